// SPDX-License-Identifier: Apache-2.0
/* Rules as the 256 bits that the register port moves (docs/datapath.md 18; docs/registers.md). */
#include "model_priv.h"
#include "weir/weir_regs.h"

#define GET(word, field) WEIR_FIELD_GET(word, WEIR_REG_RULE_##field)
#define PUT(word, field, value) WEIR_FIELD_PUT(word, WEIR_REG_RULE_##field, value)

#define VECTORS 4u             /* an entry */
#define TARGET_EXACT_1 (WEIR_TARGET_RULE_EXACT + 1)   /* the second half of the places */
#define EXACT_ENTRIES (WEIR_TARGET_SPAN / WEIR_ENTRY_SPAN)

uint32_t weir_rule_entry_count(unsigned target)
{
	switch (target) {
	case WEIR_TARGET_RULE_PREFIX:
		return WEIR_REG_RULE_PREFIX_COUNT;
	case WEIR_TARGET_RULE_EXACT:
	case TARGET_EXACT_1:
		return EXACT_ENTRIES;
	default:
		return target == WEIR_TARGET_RULE_CFG;
	}
}

/** Where a vector of an entry lies. */
struct place {
	unsigned set, piece, value;
};

static struct place vector_of(uint32_t index, unsigned i)
{
	uint32_t number = VECTORS * index + i;

	return (struct place){
		.set = number / (WEIR_PREFIX_PIECES * WEIR_PREFIX_VALUES),
		.piece = number / WEIR_PREFIX_VALUES % WEIR_PREFIX_PIECES,
		.value = number % WEIR_PREFIX_VALUES,
	};
}

static uint32_t place_of(unsigned target, uint32_t index)
{
	return (target == TARGET_EXACT_1) * EXACT_ENTRIES + index;
}

static void read_exact(const struct weir_exact_rule *e, uint32_t *word)
{
	PUT(word, EXACT_PRINT, e->print);
	PUT(word, EXACT_IN_SET0, e->in_set[0]);
	PUT(word, EXACT_IN_SET1, e->in_set[1]);
	PUT(word, EXACT_ACTION, e->action);
	PUT(word, EXACT_COUNT, e->count);
	PUT(word, EXACT_COARSE, e->coarse);
}

static void write_exact(struct weir_exact_rule *e, const uint32_t *word)
{
	*e = (struct weir_exact_rule){
		.print = (uint32_t)GET(word, EXACT_PRINT),
		.in_set = { (uint8_t)GET(word, EXACT_IN_SET0), (uint8_t)GET(word, EXACT_IN_SET1) },
		.action = (uint8_t)GET(word, EXACT_ACTION),
		.count = (uint32_t)GET(word, EXACT_COUNT),
		.coarse = (uint8_t)GET(word, EXACT_COARSE),
	};
}

void weir_rule_entry_read(const struct weir_model *m, unsigned target, uint32_t index, uint32_t *word)
{
	const struct weir_rules *s = &m->rules;

	switch (target) {
	case WEIR_TARGET_RULE_PREFIX:
		for (unsigned i = 0; i < VECTORS; i++) {
			struct place p = vector_of(index, i);

			word[i] = s->vector[p.set][p.piece][p.value];
		}
		break;
	case WEIR_TARGET_RULE_CFG:
		PUT(word, CFG_ACTIVE_SET, s->set);
		PUT(word, CFG_ENABLE, s->enable);
		PUT(word, CFG_DRY_RUN, s->dry_run);
		break;
	default:
		read_exact(&s->exact[place_of(target, index)], word);
	}
}

void weir_rule_entry_write(struct weir_model *m, unsigned target, uint32_t index, const uint32_t *word)
{
	struct weir_rules *s = &m->rules;

	switch (target) {
	case WEIR_TARGET_RULE_PREFIX:
		for (unsigned i = 0; i < VECTORS; i++) {
			struct place p = vector_of(index, i);

			s->vector[p.set][p.piece][p.value] = word[i];
		}
		break;
	case WEIR_TARGET_RULE_CFG:
		s->set = (uint8_t)GET(word, CFG_ACTIVE_SET);
		s->enable = (uint8_t)GET(word, CFG_ENABLE);
		s->dry_run = (uint8_t)GET(word, CFG_DRY_RUN);
		break;
	default:
		write_exact(&s->exact[place_of(target, index)], word);
	}
}
