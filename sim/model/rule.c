// SPDX-License-Identifier: Apache-2.0
/* Which rule applies, and what follows from it (docs/datapath.md 18.3). */
#include "rule.h"

#include "host/common/lists.h"

#define ID_EXACT_0 32u         /* ids of exact rules begin here */
#define LIMIT_TAG (UINT64_C(1) << 39)
#define INDEX_MASK 0x3ffu

struct weir_hash_key weir_rule_limit_key(unsigned rule)
{
	unsigned id = rule - 1;

	return (struct weir_hash_key){ .tag = LIMIT_TAG + id, .index = id & INDEX_MASK };
}

static void object(struct weir_decision *d, unsigned reason, unsigned verdict, uint8_t dry_run)
{
	weir_decision_add(d, &(struct weir_candidate){
		.reason = (uint8_t)reason, .verdict = (uint8_t)verdict, .dry_run = dry_run });
}

struct weir_rule_effect weir_rules_judge(struct weir_rules *s, struct weir_record *r,
					 const struct weir_rule_keys *keys, struct weir_decision *d)
{
	struct weir_rule_effect effect = { .allowed = false };
	enum weir_rule_action action = WEIR_RULE_block;
	int prefix, exact;

	if (!r->l3_valid || r->exempt)
		return effect;
	prefix = weir_rule_prefix_find(s, r, &action);
	exact = r->dir || r->quote ? -1 : weir_rule_exact_find(s, r, keys);
	if (prefix >= 0 && (action == WEIR_RULE_allow || exact < 0)) {
		weir_rule_prefix_hit(s, (unsigned)prefix);
		r->rule = (uint16_t)(1 + prefix);
	} else if (exact >= 0) {
		weir_rule_exact_hit(&s->exact[exact], r->seqno);
		r->rule = (uint16_t)(1 + ID_EXACT_0 + (unsigned)exact);
		action = s->exact[exact].action;
	} else {
		return effect;
	}
	switch (action) {
	case WEIR_RULE_block:
		object(d, WEIR_REASON_rule_block, WEIR_VERDICT_drop, s->dry_run);
		break;
	case WEIR_RULE_divert:
		object(d, WEIR_REASON_rule_divert, WEIR_VERDICT_divert, s->dry_run);
		break;
	case WEIR_RULE_limit:
		effect.limited = !s->dry_run && !r->dir;
		break;
	case WEIR_RULE_allow:
		effect.allowed = !s->dry_run;
		break;
	}
	return effect;
}
