// SPDX-License-Identifier: Apache-2.0
/** Attacks: what one is, and the stream that sends it. Specifications are read in spec.c. */
#ifndef WEIR_GEN_ATTACK_H
#define WEIR_GEN_ATTACK_H

#include "gen.h"
#include "pdu.h"
#include "sim/common/labels.h"

#define GEN_ATTACKS_MAX WEIR_LABEL_ATTACKS_MAX
#define GEN_KINDS_MAX 96

enum gen_sources { GEN_SRC_SPOOFED, GEN_SRC_FEW, GEN_SRC_PREFIX, GEN_SRC_CLIENTS };
enum gen_spacing { GEN_SPACING_RANDOM, GEN_SPACING_EVEN };
enum gen_method { GEN_SCAN_SYN, GEN_SCAN_ACK, GEN_SCAN_UDP, GEN_SCAN_FIN, GEN_SCAN_NULL, GEN_SCAN_XMAS };

struct gen_range {
	uint32_t lo, hi;
};

struct gen_attack {
	struct weir_label_attack label;   /* name, classes, target, start and end since 1970 */
	const struct gen_attack_type *type;
	uint64_t rate_pps;
	uint64_t start_ns, duration_ns;   /* from the start of the capture */
	uint64_t ramp_ns;                 /* rate rises from almost nothing during this time; 0 = at once */
	uint64_t on_ns, off_ns;           /* pulses; on_ns 0 = no pulses */
	struct gen_range port, sport;     /* destination and source port */
	struct gen_range size;            /* frame without FCS and tags; hi 0 = the type's own */
	enum gen_sources sources;
	uint32_t n_sources;
	struct weir_prefix source_prefix;
	unsigned ttl;                     /* 0 = as it comes */
	struct gen_vlan vlan;
	enum gen_spacing spacing;
	enum gen_method method;
	uint8_t kinds[GEN_KINDS_MAX];     /* malformed: which, as indices */
	size_t n_kinds;
	uint64_t seed;
	const struct weir_prefix *protect, *remote;   /* borrowed: who must not be forged, who is a client */
	size_t n_protect, n_remote;
	unsigned clients;
};

/* Keys of a specification that not every type has. */
enum { GEN_KEY_PORT = 1, GEN_KEY_SPORT = 2, GEN_KEY_SIZE = 4, GEN_KEY_KIND = 8, GEN_KEY_METHOD = 16,
       GEN_KEY_BIG = 32 /* sizes beyond the MTU, as fragments */ };

struct gen_build;

struct gen_attack_type {
	const char *name;
	unsigned classes, keys;
	struct gen_range size, port, sport;   /* defaults; size is of the frame */
	enum gen_sources sources;
	uint32_t n_sources;
	/** Append IP and above. */
	void (*build)(struct gen_build *b, struct weir_pkt *p);
	const struct gen_reflector *reflector;
	const char *help;
};

/* What a builder works with: addresses and length are chosen already. */
struct gen_build {
	const struct gen_attack *a;
	struct weir_prng *r;
	uint64_t n;                       /* how many came before */
	enum gen_side from;
	struct weir_addr src, dst;
	uint8_t ttl;
	size_t payload;                   /* bytes above the IP header that make up the wanted size */
	const char *detail;
};

/** Number of types: fixed ones, then one per reflector. */
size_t gen_attack_types(void);
const struct gen_attack_type *gen_attack_type(size_t i);

/** Largest frame before it is cut into fragments, without FCS and tags. */
uint32_t gen_attack_max_frame(const struct gen_attack *a);

/** Add the attack's stream; a is borrowed until the mixer is freed.
 * @param number   of the attack, for its frames' labels
 * @param skipped  counts frames for which the wire had no room
 * @retval 0; -ENOMEM. */
int gen_attack_add(struct gen_mixer *m, const struct gen_attack *a, int number, uint64_t *skipped);

/** A source address as the attack chooses it; *hash gets a number that is fixed per source. */
struct weir_addr gen_attack_source(const struct gen_attack *a, struct weir_prng *r, uint64_t *hash);

/** The i-th address of an honest client (honest.c). */
struct weir_addr gen_client_addr(const struct weir_prefix *remote, unsigned i);

/* Malformed frames: kinds have the names of docs/lists/anomalies.def. */
size_t gen_malformed_kinds(void);
const char *gen_malformed_name(size_t kind);
const char *gen_malformed_help(size_t kind);
/** True when the kind exists for addresses of this family. */
bool gen_malformed_has(size_t kind, int family);
/** Build a whole frame of that kind, ended. */
void gen_malformed_build(size_t kind, struct gen_build *b, const struct gen_vlan *vlan,
			 struct gen_frame *f);

#endif
