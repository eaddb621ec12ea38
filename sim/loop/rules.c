// SPDX-License-Identifier: Apache-2.0
#include "rules.h"

#include "weir/weir_regs.h"

enum {
	EntryBytes = 0x20,
	PrefixEntries = 1024, SetEntries = 512,    /* of rule_prefix; those of a set */
	ExactEntries = 2048,
	InSet0 = 30, InSet1 = 31,                  /* bits of word 0 of an entry of rule_exact */
};

static bool in(uint32_t addr, uint32_t first, uint32_t entries)
{
	return addr >= first && addr < first + entries * EntryBytes;
}

/* Whether it is one of a rule; changed to set 1. */
static bool second_set(struct weir_write *w)
{
	if (in(w->addr, WEIR_REG_RULE_PREFIX(0), PrefixEntries)) {
		w->addr += SetEntries * EntryBytes;
		return true;
	}
	if (in(w->addr, WEIR_REG_RULE_EXACT(0), ExactEntries)) {
		if (w->addr % EntryBytes == 0 && w->value >> InSet0 & 1)
			w->value = (w->value & ~(UINT32_C(1) << InSet0)) | UINT32_C(1) << InSet1;
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
