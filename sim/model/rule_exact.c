// SPDX-License-Identifier: Apache-2.0
/* Exact rules: three keys, two buckets each (docs/datapath.md 18.2). */
#include "rule.h"

#define BUCKETS 512u
#define BUCKET_B_SHIFT 31
#define PRINT_MASK 0x3fffffffu
#define COUNT_END (UINT32_C(1) << 17)
#define COUNT_COARSE (UINT32_C(1) << 11)
#define COARSE_FRAMES 64u

/** Look through one bucket. @return whether the search is over */
static bool look(const struct weir_rules *s, uint32_t bucket, uint32_t print, int *found)
{
	for (uint32_t place = WEIR_EXACT_WAYS * bucket; place < WEIR_EXACT_WAYS * (bucket + 1); place++) {
		const struct weir_exact_rule *e = &s->exact[place];

		if (e->print != print || !e->in_set[s->set])
			continue;
		if (*found < 0 || e->action == WEIR_RULE_allow)
			*found = (int)place;
		if (e->action == WEIR_RULE_allow)
			return true;
	}
	return false;
}

static bool look_both(const struct weir_rules *s, struct weir_hash_key key, int *found)
{
	uint32_t print = (uint32_t)key.tag & PRINT_MASK;

	return look(s, key.index % BUCKETS, print, found) ||
	       look(s, (uint32_t)(key.tag >> BUCKET_B_SHIFT), print, found);
}

int weir_rule_exact_find(const struct weir_rules *s, const struct weir_record *r, const struct weir_rule_keys *keys)
{
	const struct weir_hash_key service = {
		.tag = keys->pair.tag ^ keys->port.tag, .index = keys->pair.index ^ keys->port.index,
	};
	int found = -1;

	if (r->l4_valid && look_both(s, service, &found))
		return found;
	if (!look_both(s, keys->pair, &found))
		look_both(s, keys->remote, &found);
	return found;
}

void weir_rule_exact_hit(struct weir_exact_rule *rule, uint32_t seqno)
{
	if (!rule->coarse) {
		if (++rule->count == COUNT_END) {
			rule->coarse = 1;
			rule->count = COUNT_COARSE;
		}
	} else if (seqno % COARSE_FRAMES == 0 && rule->count < COUNT_END - 1) {
		rule->count++;
	}
}
