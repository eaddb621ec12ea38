// SPDX-License-Identifier: Apache-2.0
/** The record of a packet (docs/datapath.md 9): what the parser found and what was decided.
 *
 * The same struct for the hardware and for the model, so that the two can be compared. */
#ifndef WEIR_RECORD_H
#define WEIR_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Bits of tcp_flags. */
enum weir_record_tcp_flag {
	WEIR_FLAG_fin = 1, WEIR_FLAG_syn = 2, WEIR_FLAG_rst = 4, WEIR_FLAG_psh = 8, WEIR_FLAG_ack = 16,
	WEIR_FLAG_urg = 32,
};

struct weir_record {
	uint64_t stamp_us;
	uint64_t anomalies[2];   /**< bit code % 64 of word code / 64, the ignored ones cleared */
	uint64_t tag;            /**< 40 bits */
	uint32_t seqno;
	uint32_t classes;        /**< bit = number in classes.def */
	uint32_t threshold;
	uint32_t measured;
	uint8_t remote[16];      /**< IPv4: in the last four bytes */
	uint8_t protect[16];     /**< the protected address */
	uint16_t len;            /**< F */
	uint16_t sport, dport;
	uint32_t trips, ends;    /**< bits 0-6 keyed tables, 7-14 groups of the class bank, 15 host, 16 total SYN,
				  17 zombie */
	uint32_t tcp_seq, tcp_ack; /**< 2.8; of a quote: the quoted sequence number */
	uint16_t tcp_len;
	uint16_t quote_rport, quote_pport;
	uint16_t rule;           /**< 0, or 1 + the id of the rule that applies (18.2) */
	uint8_t quote_remote[16];
	uint8_t tags, plain, tcp_flags, tcp_ws, quote;
	uint8_t event;           /**< enum weir_state_event */
	uint8_t legit, proven;
	uint8_t flood;           /**< bit 0 host, 1 total, 2 zombie */
	uint8_t dir;             /**< 0 inbound, 1 outbound */
	uint8_t verdict, reason, dry_reason;
	uint8_t unit;            /**< 0 packets, 1 bytes */
	uint8_t l3_valid, l4_proto_valid, l4_valid, is_frag, exempt, link_control;
	uint8_t family;          /**< 1: IPv6; meaningful with l3_valid */
	uint8_t proto;
	uint8_t link_low;        /**< meaningful with link_control */
	uint8_t tclass;
};

static inline bool weir_record_has_class(const struct weir_record *r, unsigned class_number)
{
	return r->classes >> class_number & 1;
}

static inline bool weir_record_has_anomaly(const struct weir_record *r, unsigned code)
{
	return r->anomalies[code / 64] >> (code % 64) & 1;
}

/** Compare two records field by field (family and link_low only where they mean something).
 *
 * @param buf  Gets "field a-value b-value" of each differing field, joined by ", " and cut to n
 *             bytes with the final NUL; may be NULL when n is 0.
 * @return number of differing fields. */
int weir_record_compare(const struct weir_record *a, const struct weir_record *b, char *buf, size_t n);

/** One line with everything a reader wants to know of a record; cut to n > 0 bytes. Returns buf. */
char *weir_record_format(const struct weir_record *r, char *buf, size_t n);

#endif
