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
	unsigned n_prefix, n_exact;      /**< ids used; of prefix rules not always the first ones */
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

/** Make the strings of a map's prefix rules anew from its rules, as placing them made them.
 * @return false: the policy has rules that nobody can have placed so; nothing is to be said of the strings then. */
bool weir_rules_strings(const struct weir_policy *p, struct weir_rule_map *map);

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

/** The same beside rules that are in force, which stay where they are until the others take over: in both a rule that is the
 * same in all it does keeps its ids, everything else gets ids of its own. (But prefix rules of two sets share ids, unless a
 * limit would get that of another limit: what it has let pass would count for the new one.)
 *
 * @param old, old_map  What is in force. @param taken  Its limits included. */
int weir_rules_place_beside(const struct weir_policy *p, const struct weir_hash *hash, uint64_t now_s,
			    const uint8_t taken[WEIR_RULES_LIMIT_SETS], const struct weir_policy *old,
			    const struct weir_rule_map *old_map, const char *file, struct weir_rule_map *ret, char *detail);

/** Whether two rules do the same to the same packets. */
bool weir_rule_equal(const struct weir_rule *a, const struct weir_rule *b);

/** The rule of an id; NULL: none. */
static inline const struct weir_rule *weir_rules_at(const struct weir_policy *p, const struct weir_rule_map *map, unsigned id)
{
	return map->rule[id] ? &p->rules.list[map->rule[id] - 1] : NULL;
}

/** The rule as a policy file has it: a YAML flow map, which is read back as the same rule. @return buf (n bytes; WEIR_RULE_YAML holds
 * all of it) */
char *weir_rule_yaml(const struct weir_rule *r, char *buf, size_t n);
enum { WEIR_RULE_YAML = 640 };

/** Read a rules file: a policy with the section `rules` alone.
 * @param p       The policy that it is for: its rules are replaced; divert_mac stays unless the file gives one.
 * @param detail  WEIR_POLICY_DETAIL bytes: one line, as of weir_policy_load().
 * @retval 0; -EINVAL, -ENOMEM: *p is undefined. */
int weir_rules_load(FILE *f, const char *file, struct weir_policy *p, char *detail);

/** What a limit has in the table `pair`, and which of that table's configurations (docs/datapath.md 18.3). */
struct weir_limit_pin {
	uint16_t id;
	uint8_t way, number;             /**< 0 to 3; 1 to 7 */
};
enum { WEIR_LIMITS = 4 * WEIR_RULES_LIMIT_SETS, WEIR_PAIR_CONFIGS = 7 };

/** What is in use of the table `pair`. */
struct weir_pair_use {
	uint8_t ways[WEIR_RULES_LIMIT_SETS];        /**< of each set, bit w: pinned */
	bool has[WEIR_PAIR_CONFIGS];                /**< of number i + 1 */
	uint32_t config[WEIR_PAIR_CONFIGS][8];
};

/** Add limits that are in force. */
void weir_limits_use(const struct weir_policy *p, const struct weir_rule_map *map, const struct weir_limit_pin *pin, size_t n,
		     struct weir_pair_use *use);
/** Find places and configurations for the limits of a map, beside what is in use.
 *
 * @param use      What others have; what is given here is added.
 * @param old_pin  Those in force, n_old of them: a limit that keeps its id keeps its place.
 * @param ret_pin  WEIR_LIMITS.
 * @retval 0; -EINVAL no room: see detail (WEIR_POLICY_DETAIL bytes). */
int weir_limits_place(const struct weir_policy *p, const struct weir_rule_map *map, const struct weir_limit_pin *old_pin, size_t n_old,
		      struct weir_pair_use *use, const char *file, struct weir_limit_pin *ret_pin, size_t *ret_n, char *detail);
/** Address and words of what holds a limit. */
uint32_t weir_limit_words(const struct weir_limit_pin *pin, uint32_t ret_word[8]);
/** Address of a configuration of the table `pair`, 1 to 7. */
uint32_t weir_pair_config_address(unsigned number);

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

/* The parts of it. */
/** An entry of rule_exact: hits 0. @param sets  Bit s: it is in set s. */
void weir_rule_exact_words(const struct weir_rule *r, const struct weir_hash *hash, unsigned sets, uint32_t ret_word[8]);
/** Entry e (0 to 511) of a set's vectors; hits 0. @return whether any bit of it is 1. */
bool weir_rules_vectors(const struct weir_policy *p, const struct weir_rule_map *map, unsigned e, uint32_t ret_word[8]);
/** The entry rule_cfg. */
void weir_rules_cfg_words(const struct weir_policy *p, const struct weir_rule_map *map, unsigned set, uint32_t ret_word[8]);

/** Key of a limit in the table `pair`. */
static inline struct weir_hash_key weir_rule_limit_key(unsigned id)
{
	return (struct weir_hash_key){ .tag = ((uint64_t)1 << 39) + id, .index = id % 1024 };
}

#endif
