// SPDX-License-Identifier: Apache-2.0
/** Rules of a policy on their way into the hardware: which of them is where (docs/datapath.md 18).
 *
 * An id is 0 to 31 for a prefix rule, 32 + place for an exact one. A rule of the policy has one id, or several when a
 * range of ports takes several prefix rules. */
#ifndef WEIR_POLICY_RULES_H
#define WEIR_POLICY_RULES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "policy.h"
#include "host/common/hash.h"

enum { WEIR_PROTO_ICMP = 1, WEIR_PROTO_TCP = 6, WEIR_PROTO_UDP = 17, WEIR_PROTO_ICMPV6 = 58 };

enum {
	WEIR_RULES_PREFIX = 32,
	WEIR_RULES_EXACT = 2048,
	WEIR_RULES_IDS = WEIR_RULES_PREFIX + WEIR_RULES_EXACT,
	WEIR_RULES_PIECES = 61,       /**< of five bits each, of a prefix rule's string */
	WEIR_RULES_STRING = 39,       /**< bytes of the string */
	WEIR_RULES_LIMIT_SETS = 128,  /**< of the table `pair`, where limits are kept */
};

/** A prefix rule's string: where mask is 1, the bit must be that of value. */
struct weir_ternary {
	uint8_t value[WEIR_RULES_STRING], mask[WEIR_RULES_STRING];
};

struct weir_rule_map {
	uint16_t rule[WEIR_RULES_IDS];   /**< by id: index in the policy's list + 1; 0: no rule */
	struct weir_ternary prefix[WEIR_RULES_PREFIX];
	unsigned n_prefix, n_exact;      /**< ids used */
	unsigned n_expired;              /**< rules left out */
	uint64_t now_s;
};

/** "block", "limit", "divert", "allow", by number; NULL ends. */
extern const char *const weir_rule_actions[];
const char *weir_rule_action_name(enum weir_rule_action action);

/** Number of a protocol with a name. @retval 0; -ENOENT. */
int weir_rule_protocol_find(const char *name, uint8_t *ret);
/** Name of a protocol, or its number. @return buf */
char *weir_rule_protocol_format(uint8_t protocol, char *buf, size_t n);

/** Whether the rule is left out at this time. */
static inline bool weir_rule_expired(const struct weir_rule *r, uint64_t now_s)
{
	return r->expires_s && r->expires_s <= now_s;
}

/** 4 or 6; 0: both. */
uint8_t weir_rule_family(const struct weir_rule *r);

/** Whether it can be an exact rule: those are looked up by hash, and there are many places. */
bool weir_rule_exact(const struct weir_rule *r);

/** Prefix rules that it takes if it is none of the exact ones. */
unsigned weir_rule_places(const struct weir_rule *r);

/** Both are for the same packets. */
bool weir_rule_same(const struct weir_rule *a, const struct weir_rule *b);

enum { WEIR_RULE_TEXT = 256 };
/** The rule in words, without its action: "from 198.51.100.0/24 to 192.0.2.10 protocol tcp port 80-90".
 * @return buf (n bytes; WEIR_RULE_TEXT holds all of it) */
char *weir_rule_format(const struct weir_rule *r, char *buf, size_t n);

/** "2026-11-30T18:00:00Z"; "" for 0. @return buf */
char *weir_rule_time_format(uint64_t time_s, char *buf, size_t n);

/** Give every rule that has not expired its ids; the same rules and keys always get the same ones.
 *
 * Prefix rules: those that allow first, then by priority, then in the order of the list.
 * @param taken   entries of each set of the table `pair` that something else has: limits avoid full sets
 * @param detail  WEIR_POLICY_DETAIL bytes
 * @retval 0; -EINVAL more than fits: see detail. */
int weir_rules_place(const struct weir_policy *p, const struct weir_hash *hash, uint64_t now_s,
		     const uint8_t taken[WEIR_RULES_LIMIT_SETS], const char *file, struct weir_rule_map *ret, char *detail);

/** One register write. */
typedef void weir_rule_put(void *ctx, uint32_t addr, const uint32_t word[8]);

/** Write the rules into a set: prefix rules into its vectors, exact ones into their places with the set's bit alone. The
 * set comes into force with rule_cfg, which is written last. Limits need their meters before (docs/datapath.md 18.3).
 *
 * @param set    0 or 1
 * @param clean  What the vectors and places hold is all zero, as after the start: zeros need no write. Otherwise
 *               everything is written, and the exact rules of the other set are gone with the writing of their places,
 *               before this set comes into force: until then frames meet fewer of them. */
void weir_rules_put(const struct weir_policy *p, const struct weir_rule_map *map, const struct weir_hash *hash, unsigned set,
		    bool clean, weir_rule_put *put, void *ctx);

/** Key of a limit in the table `pair`. */
static inline struct weir_hash_key weir_rule_limit_key(unsigned id)
{
	return (struct weir_hash_key){ .tag = ((uint64_t)1 << 39) + id, .index = id % 1024 };
}

#endif
