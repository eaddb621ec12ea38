// SPDX-License-Identifier: Apache-2.0
/** Rules (docs/datapath.md 18): the two memories and which rule applies.
 *
 * weir_rules_judge() is the entry. rule_prefix.c matches prefix rules, rule_exact.c looks exact ones up. */
#ifndef WEIR_RULE_H
#define WEIR_RULE_H

#include <stdbool.h>
#include <stdint.h>

#include "decide.h"
#include "host/common/hash.h"
#include "record.h"

#define WEIR_RULE_SETS 2u
#define WEIR_PREFIX_RULES 32u
#define WEIR_PREFIX_PIECES 64u      /* 61 of the frame, two of actions, one of hits */
#define WEIR_PREFIX_VALUES 32u
#define WEIR_EXACT_WAYS 4u
#define WEIR_EXACT_PLACES 2048u

enum weir_rule_action { WEIR_RULE_block, WEIR_RULE_limit, WEIR_RULE_divert, WEIR_RULE_allow };

struct weir_exact_rule {
	uint32_t print;               /**< 30 bits */
	uint32_t count;               /**< 17 bits: hits, or, coarse, about a 64th of them */
	uint8_t in_set[WEIR_RULE_SETS];
	uint8_t action;               /**< enum weir_rule_action */
	uint8_t coarse;
};

struct weir_rules {
	uint32_t vector[WEIR_RULE_SETS][WEIR_PREFIX_PIECES][WEIR_PREFIX_VALUES];   /**< bit r: rule r */
	struct weir_exact_rule exact[WEIR_EXACT_PLACES];   /**< place = 4 * bucket + way */
	uint8_t set;                  /**< that in force */
	uint8_t enable, dry_run;
};

/** Keys of a frame (18.2). */
struct weir_rule_keys {
	struct weir_hash_key pair, remote, port;   /**< of 5.1; port with l4_valid */
};

/** What the rules mean for the frame beside their candidate. At most one is set. */
struct weir_rule_effect {
	bool allowed;
	bool limited;                 /**< by the rule of the record; inbound */
};

/** Find the rule that applies to a frame that is neither in bypass nor consumed; set r->rule, count the hit, add the
 * candidate. Enable is 1 here.
 * @param keys  of inbound frames; unused otherwise */
struct weir_rule_effect weir_rules_judge(struct weir_rules *s, struct weir_record *r,
					 const struct weir_rule_keys *keys, struct weir_decision *d);

/** The key of the limit of a rule in the table `pair` (18.3). @param rule  as in the record */
struct weir_hash_key weir_rule_limit_key(unsigned rule);

/** Prefix rule for a frame, -1: none. */
int weir_rule_prefix_find(const struct weir_rules *s, const struct weir_record *r, enum weir_rule_action *ret_action);
void weir_rule_prefix_hit(struct weir_rules *s, unsigned rule);

/** Place of the exact rule for an inbound frame that is no quote, -1: none. */
int weir_rule_exact_find(const struct weir_rules *s, const struct weir_record *r, const struct weir_rule_keys *keys);
void weir_rule_exact_hit(struct weir_exact_rule *rule, uint32_t seqno);

#endif
