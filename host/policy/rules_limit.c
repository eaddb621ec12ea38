// SPDX-License-Identifier: Apache-2.0
/* Limits in the table `pair`: which entry holds one, with which of the table's configurations. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "compile.h"
#include "rules.h"
#include "rules_priv.h"
#include "weir/weir_regs.h"

enum { FirstConfig = 16 * WEIR_TABLE_pair + 8, SetMask = WEIR_RULES_LIMIT_SETS - 1 };

static unsigned set_of(unsigned id)
{
	return weir_rule_limit_key(id).index & SetMask;
}

uint32_t weir_pair_config_address(unsigned number)
{
	return WEIR_REG_METER_CFG(FirstConfig + number);
}

uint32_t weir_limit_words(const struct weir_limit_pin *pin, uint32_t ret_word[8])
{
	memset(ret_word, 0, 8 * sizeof(*ret_word));
	WEIR_FIELD_PUT(ret_word, WEIR_REG_TABLE_REMOTE_TAG, weir_rule_limit_key(pin->id).tag);
	WEIR_FIELD_PUT(ret_word, WEIR_REG_TABLE_REMOTE_CFG, pin->number);
	return WEIR_REG_TABLE_PAIR(WEIR_RULES_WAYS * set_of(pin->id) + pin->way);
}

static void use_one(const struct weir_rule *r, const struct weir_limit_pin *pin, struct weir_pair_use *use)
{
	use->ways[set_of(pin->id)] |= (uint8_t)(1u << pin->way);
	use->has[pin->number - 1] = true;
	weir_meter_words(&r->meter, use->config[pin->number - 1]);
}

void weir_limits_use(const struct weir_policy *p, const struct weir_rule_map *map, const struct weir_limit_pin *pin, size_t n,
		     struct weir_pair_use *use)
{
	for (size_t i = 0; i < n; i++)
		use_one(weir_rules_at(p, map, pin[i].id), &pin[i], use);
}

/* Number of a configuration: an equal one, or a free one. @return 0: all are taken */
static uint8_t number_for(const struct weir_rule *r, const struct weir_pair_use *use)
{
	uint32_t word[8];
	uint8_t unused = 0;

	weir_meter_words(&r->meter, word);
	for (uint8_t i = 0; i < WEIR_PAIR_CONFIGS; i++) {
		if (use->has[i] && !memcmp(use->config[i], word, sizeof(word)))
			return (uint8_t)(i + 1);
		if (!use->has[i] && !unused)
			unused = (uint8_t)(i + 1);
	}
	return unused;
}

static int place_one(const struct weir_rule *r, unsigned id, struct weir_pair_use *use, struct weir_limit_pin *ret, const char **why)
{
	uint64_t tag = weir_rule_limit_key(id).tag;
	unsigned ways = use->ways[set_of(id)];

	*ret = (struct weir_limit_pin){ .id = (uint16_t)id, .number = number_for(r, use), .way = (uint8_t)(tag % WEIR_RULES_WAYS) };
	*why = "limits and overrides of pair have room for 7 different rates, those in force included; give some the same values, or load "
	       "the rules in two steps";
	if (!ret->number)
		return -EINVAL;
	*why = "four others have its set of the table pair, where limits are kept, those in force included; use fewer limits, or load the "
	       "rules in two steps";
	if (ways == (1u << WEIR_RULES_WAYS) - 1)
		return -EINVAL;
	while (ways >> ret->way & 1)
		ret->way = (uint8_t)((ret->way + 1) % WEIR_RULES_WAYS);
	use_one(r, ret, use);
	return 0;
}

int weir_limits_place(const struct weir_policy *p, const struct weir_rule_map *map, const struct weir_limit_pin *old_pin, size_t n_old,
		      struct weir_pair_use *use, const char *file, struct weir_limit_pin *ret_pin, size_t *ret_n, char *detail)
{
	const char *why = "";
	size_t n = 0;

	for (unsigned id = 0; id < WEIR_RULES_IDS; id++) {
		const struct weir_rule *r = weir_rules_at(p, map, id);
		size_t i = 0;

		if (!r || r->action != WEIR_RULE_LIMIT)
			continue;
		while (i < n_old && old_pin[i].id != id)
			i++;
		if (i < n_old) {
			ret_pin[n++] = old_pin[i];
			continue;
		}
		if (n == WEIR_LIMITS || place_one(r, id, use, &ret_pin[n], &why)) {
			snprintf(detail, WEIR_POLICY_DETAIL, "%s:%u: rules: %s", file, r->line, why);
			return -EINVAL;
		}
		n++;
	}
	*ret_n = n;
	return 0;
}
