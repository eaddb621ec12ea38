// SPDX-License-Identifier: Apache-2.0
/** Payloads of the protocols that weir-gen speaks, honest ones and those of reflectors. */
#ifndef WEIR_GEN_PDU_H
#define WEIR_GEN_PDU_H

#include "gen.h"

struct gen_tcp_opts {
	uint16_t mss;               /* 0 = no such option */
	uint8_t wscale;             /* 0 = no such option */
	bool sack_ok, ts;
	uint32_t ts_val, ts_ecr;
	uint32_t sack_lo, sack_hi;  /* equal = none */
};

/** Write TCP options in the order Linux sends them; returns the length, at most 40. */
size_t gen_tcp_options(uint8_t opt[40], const struct gen_tcp_opts *o);

/** DNS question for the name, type 1 (A) or 28 (AAAA); buf holds 512. Returns the length. */
size_t gen_dns_query(uint8_t *buf, uint16_t id, const char *name, uint16_t qtype);
/** Turn a question in buf[0..len) into an answer with n addresses and pad_txt bytes of TXT records;
 * buf holds cap. Returns the length. */
size_t gen_dns_answer(uint8_t *buf, size_t len, size_t cap, unsigned n, size_t pad_txt,
		      struct weir_prng *r);

/** NTP, 48 bytes: mode 3 (client) or 4 (server). */
size_t gen_ntp(uint8_t *buf, bool server, uint64_t unix_ns, struct weir_prng *r);

/** TLS records: ClientHello and ServerHello (with fake encrypted rest); buf holds 512. */
size_t gen_tls_client_hello(uint8_t *buf, const char *host, struct weir_prng *r);
size_t gen_tls_server_hello(uint8_t *buf, struct weir_prng *r);
/** Header of an application data record of len bytes; 5 bytes. */
size_t gen_tls_record(uint8_t *buf, size_t len);

struct gen_reflector {
	const char *name;           /* of the attack: "dns-reflection" */
	uint16_t port;
	uint16_t size_min, size_max;/* UDP payload */
	/** Fill len bytes of payload that look like an answer of this service. */
	void (*fill)(uint8_t *buf, size_t len, struct weir_prng *r);
	const char *help;
};

extern const struct gen_reflector gen_reflectors[];
extern const size_t gen_n_reflectors;

#endif
