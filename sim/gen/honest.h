// SPDX-License-Identifier: Apache-2.0
/** Honest traffic: clients on the unprotected side that use the servers behind the appliance, the
 * servers' own questions to the outside, and the two routers' address resolution.
 *
 * Open loop: the conversations are written down beforehand. They hold retransmissions, but nobody
 * here notices when the appliance drops a packet. */
#ifndef WEIR_GEN_HONEST_H
#define WEIR_GEN_HONEST_H

#include "script.h"

/* What one session builder gets. */
struct gen_session {
	struct gen_script *s;
	struct weir_prng *r;
	uint64_t t0_ns;                  /* first packet */
	uint64_t unix_ns;                /* the same, since 1970 */
	uint64_t react_ns[GEN_SIDES];    /* from a packet passing us to the host's answer passing us */
	uint64_t byte_ns[GEN_SIDES];     /* access line, per byte */
	uint32_t loss_ppm;               /* TCP flights that lose a segment */
	enum gen_side from;              /* who opens it */
	bool windows;                    /* initial values of that family of systems */
};

void gen_build_http_get(struct gen_session *x);
void gen_build_http_post(struct gen_session *x);
void gen_build_https(struct gen_session *x);
void gen_build_dns(struct gen_session *x);
void gen_build_dns_large(struct gen_session *x);
void gen_build_ntp(struct gen_session *x);
void gen_build_udp(struct gen_session *x);
void gen_build_udp_large(struct gen_session *x);
void gen_build_echo(struct gen_session *x);

#define GEN_MIX_MAX 16

struct gen_mix {
	const char *name;
	unsigned weight;                 /* default share */
	enum gen_side from;
	uint16_t port;                   /* of the service; 0 = none */
	void (*build)(struct gen_session *x);
	const char *help;
};

extern const struct gen_mix gen_mixes[];
extern const size_t gen_n_mixes;

struct gen_honest {
	uint64_t seed, epoch_ns;
	unsigned clients, servers;       /* servers: per protected prefix */
	uint64_t think_ns;               /* mean pause between the sessions of a client */
	uint64_t day_ns;                 /* length of a day, at whose noon nine times as many clients are about as at its midnight; 0: none */
	uint32_t loss_ppm;
	unsigned ipv6_percent;           /* of sessions, where both families are protected */
	const struct weir_prefix *protect, *remote;
	size_t n_protect, n_remote;
	const struct gen_vlan *vlan;
	size_t n_vlan;                   /* at least 1 */
	unsigned weight[GEN_MIX_MAX];
};

/** The i-th server of a protected prefix, and its routers' own address. */
struct weir_addr gen_server(const struct weir_prefix *p, unsigned i);

/** Add a stream per client, and one per family for the routers. h is borrowed until the mixer is
 * freed. @retval 0 ok; -ENOMEM. */
int gen_honest_add(struct gen_mixer *m, const struct gen_honest *h);
/** Streams that gen_honest_add() will add at most. */
size_t gen_honest_streams(const struct gen_honest *h);

#endif
