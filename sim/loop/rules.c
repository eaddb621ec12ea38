// SPDX-License-Identifier: Apache-2.0
#include "rules.h"

#include "weir/weir_regs.h"

enum {
	EntryBytes = WEIR_REG_RULE_PREFIX(1) - WEIR_REG_RULE_PREFIX(0),
	SetBytes = WEIR_REG_RULE_PREFIX_COUNT / 2 * EntryBytes,
};

/* In word 0 of an entry of rule_exact. */
static const uint32_t in_set0 = UINT32_C(1) << WEIR_REG_RULE_EXACT_IN_SET0_LSB;
static const uint32_t in_set1 = UINT32_C(1) << WEIR_REG_RULE_EXACT_IN_SET1_LSB;

static bool in(uint32_t addr, uint32_t first, uint32_t entries)
{
	return addr >= first && addr < first + entries * EntryBytes;
}

/* Whether it is one of a rule; changed to set 1. */
static bool second_set(struct weir_write *w)
{
	if (in(w->addr, WEIR_REG_RULE_PREFIX(0), WEIR_REG_RULE_PREFIX_COUNT)) {
		w->addr += SetBytes;
		return true;
	}
	if (in(w->addr, WEIR_REG_RULE_EXACT(0), WEIR_REG_RULE_EXACT_COUNT)) {
		if (w->addr % EntryBytes == 0 && w->value & in_set0)
			w->value = (w->value & ~in_set0) | in_set1;
		return true;
	}
	if (!in(w->addr, WEIR_REG_RULE_CFG, 1))
		return false;
	if (w->addr == WEIR_REG_RULE_CFG)
		w->value |= UINT32_C(1) << WEIR_REG_RULE_CFG_ACTIVE_SET_LSB;
	return true;
}

void weir_loop_rules(struct weir_writes *w)
{
	size_t n = 0;

	for (size_t i = 0; i < w->n; i++)
		if (second_set(&w->write[i]))
			w->write[n++] = w->write[i];
	w->n = n;
}
