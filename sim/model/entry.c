// SPDX-License-Identifier: Apache-2.0
/* Entries as the 256 bits that the register port moves (docs/datapath.md 5.3, 5.4; docs/registers.md). */
#include <string.h>

#include "model_priv.h"
#include "weir/weir_regs.h"

#define WIN_BITS WEIR_REG_TABLE_REMOTE_WIN_BITS
#define WIN_MASK ((1u << WIN_BITS) - 1)

/* The seven tables have the same layout. */
#define GET(word, field) WEIR_FIELD_GET(word, WEIR_REG_##field)
#define PUT(word, field, value) WEIR_FIELD_PUT(word, WEIR_REG_##field, value)

uint32_t weir_entry_count(unsigned target)
{
	switch (target) {
	case WEIR_TARGET_BYPASS:
		return 1;
	case WEIR_TARGET_METER_CFG:
		return WEIR_METER_CFGS;
	case WEIR_TARGET_TABLE_CFG:
		return WEIR_TABLES;
	case WEIR_TARGET_ANOMALY_CFG:
		return WEIR_ANOMALIES;
	case WEIR_TARGET_CLASS_BANK:
		return WEIR_CLASS_ENTRIES;
	case WEIR_TARGET_COUNTER0:
		return WEIR_COUNTERS0;
	case WEIR_TARGET_COUNTER1:
		return WEIR_COUNTERS1;
	case WEIR_TARGET_PEAK:
		return WEIR_PEAKS;
	default:
		break;
	}
	if (target < WEIR_TARGET_TABLE_REMOTE || target >= WEIR_TARGET_TABLE_REMOTE + WEIR_TABLES)
		return target >= WEIR_TARGET_RULE_PREFIX ? weir_rule_entry_count(target) : weir_state_entry_count(target);
	return WEIR_TABLE_WAYS << weir_table_info(target - WEIR_TARGET_TABLE_REMOTE)->sets_log2;
}

/** The youngest window, not after now, with these low bits. */
static uint64_t whole_window(const struct weir_model *m, uint64_t win)
{
	uint64_t now = m->stamp_us >> WEIR_WINDOW_BITS;

	return now - ((now - win) & WIN_MASK);
}

/** Places that no meter uses, and bytes where none are counted, are not kept (datapath.md 6.1). */
static bool meter_cfg_kept(uint32_t index)
{
	enum { ClassBank = 128, BankKinds = 24, Protocol = 176, BankEnd = 184, Override = 9, TableClass = 2, TablePort = 5, PortKinds = 4 };
	uint32_t number = index % 16;

	if (index >= ClassBank)
		return index >= Protocol ? index < BankEnd : (index - ClassBank) % BankKinds < 20;
	if (index / 16 >= WEIR_TABLES)
		return false;
	if (number >= Override)
		return true;
	return index / 16 == TableClass ? number != Override - 1 : index / 16 == TablePort ? number < PortKinds : !number;
}

static bool meter_cfg_bytes(uint32_t index)
{
	enum { ClassBank = 128 };

	return index >= ClassBank || weir_table_info(index / 16)->bytes;
}

static void read_meter_cfg(const struct weir_meter_cfg *c, uint32_t *word)
{
	PUT(word, METER_CFG_PKT_COST, c->pkt_cost);
	PUT(word, METER_CFG_PKT_TAU, c->pkt_tau);
	PUT(word, METER_CFG_PKT_THRESHOLD, c->pkt_threshold);
	PUT(word, METER_CFG_BYTE_COST, c->byte_cost);
	PUT(word, METER_CFG_BYTE_TAU, c->byte_tau);
	PUT(word, METER_CFG_BYTE_THRESHOLD, c->byte_threshold);
	PUT(word, METER_CFG_ACTION, c->action);
	PUT(word, METER_CFG_EFFECT, c->effect);
	PUT(word, METER_CFG_DRY_RUN, c->dry_run);
	PUT(word, METER_CFG_HOLD, c->hold);
}

static void write_meter_cfg(struct weir_meter_cfg *c, bool bytes, const uint32_t *word)
{
	*c = (struct weir_meter_cfg){
		.pkt_cost = (uint32_t)GET(word, METER_CFG_PKT_COST),
		.pkt_tau = (uint32_t)GET(word, METER_CFG_PKT_TAU),
		.pkt_threshold = (uint32_t)GET(word, METER_CFG_PKT_THRESHOLD),
		.byte_cost = (uint32_t)GET(word, METER_CFG_BYTE_COST),
		.byte_tau = (uint32_t)GET(word, METER_CFG_BYTE_TAU),
		.byte_threshold = (uint32_t)GET(word, METER_CFG_BYTE_THRESHOLD),
		.action = (uint8_t)GET(word, METER_CFG_ACTION),
		.effect = (uint8_t)GET(word, METER_CFG_EFFECT),
		.dry_run = (uint8_t)GET(word, METER_CFG_DRY_RUN),
		.hold = (uint8_t)GET(word, METER_CFG_HOLD),
	};
	if (!bytes)
		c->byte_cost = c->byte_tau = c->byte_threshold = 0;
}

static void read_table_cfg(const struct weir_table_cfg *c, uint32_t *word)
{
	PUT(word, TABLE_CFG_TIMEOUT, c->timeout);
	PUT(word, TABLE_CFG_FAIL_CLOSED, c->fail_closed);
	PUT(word, TABLE_CFG_FULL_DRY_RUN, c->full_dry_run);
	PUT(word, TABLE_CFG_FULL_EFFECT, c->full_effect);
}

static void write_table_cfg(struct weir_table_cfg *c, const uint32_t *word)
{
	c->timeout = (uint8_t)GET(word, TABLE_CFG_TIMEOUT);
	c->fail_closed = (uint8_t)GET(word, TABLE_CFG_FAIL_CLOSED);
	c->full_dry_run = (uint8_t)GET(word, TABLE_CFG_FULL_DRY_RUN);
	c->full_effect = (uint8_t)GET(word, TABLE_CFG_FULL_EFFECT);
}

static void write_anomaly_cfg(struct weir_model *m, uint32_t code, const uint32_t *word)
{
	uint64_t bit = UINT64_C(1) << (code % 64);
	uint64_t *reported = &m->anomaly_sets.reported[code / 64];
	uint64_t *objecting = &m->anomaly_sets.objecting[code / 64];
	uint8_t action = (uint8_t)GET(word, ANOMALY_CFG_ACTION);

	m->anomaly_action[code] = action;
	m->anomaly_dry_run[code] = (uint8_t)GET(word, ANOMALY_CFG_DRY_RUN);
	*reported = action == WEIR_ANOMALY_Ignore ? *reported & ~bit : *reported | bit;
	*objecting = action == WEIR_ANOMALY_Drop || action == WEIR_ANOMALY_Demote ? *objecting | bit :
										    *objecting & ~bit;
}

static void read_class_entry(const struct weir_meter_state *s, uint32_t *word)
{
	PUT(word, CLASS_BANK_TAT, s->tat);
	PUT(word, CLASS_BANK_WIN, s->win);
	PUT(word, CLASS_BANK_COUNT, s->count);
	PUT(word, CLASS_BANK_TRIPPED, s->tripped);
	PUT(word, CLASS_BANK_QUIET, s->quiet);
	PUT(word, CLASS_BANK_CFG, s->cfg);
	PUT(word, CLASS_BANK_BTAT, s->btat);
	PUT(word, CLASS_BANK_BCOUNT, s->bcount);
	PUT(word, CLASS_BANK_PREV_COUNT, s->prev_count);
}

static void write_class_entry(const struct weir_model *m, struct weir_meter_state *s, const uint32_t *word)
{
	*s = (struct weir_meter_state){
		.win = whole_window(m, GET(word, CLASS_BANK_WIN)),
		.tat = (uint32_t)GET(word, CLASS_BANK_TAT),
		.btat = (uint32_t)GET(word, CLASS_BANK_BTAT),
		.count = (uint32_t)GET(word, CLASS_BANK_COUNT),
		.bcount = (uint32_t)GET(word, CLASS_BANK_BCOUNT),
		.prev_count = (uint32_t)GET(word, CLASS_BANK_PREV_COUNT),
		.tripped = (uint8_t)GET(word, CLASS_BANK_TRIPPED),
		.quiet = (uint8_t)GET(word, CLASS_BANK_QUIET),
		.cfg = (uint8_t)GET(word, CLASS_BANK_CFG),
	};
}

static void read_table_entry(const struct weir_table_entry *e, bool bytes, uint32_t *word)
{
	PUT(word, TABLE_REMOTE_TAG, e->tag);
	PUT(word, TABLE_REMOTE_TAT, e->m.tat);
	PUT(word, TABLE_REMOTE_WIN, e->m.win);
	PUT(word, TABLE_REMOTE_COUNT, e->m.count);
	PUT(word, TABLE_REMOTE_TRIPPED, e->m.tripped);
	PUT(word, TABLE_REMOTE_QUIET, e->m.quiet);
	PUT(word, TABLE_REMOTE_CFG, e->m.cfg);
	if (bytes) {
		PUT(word, TABLE_REMOTE_BTAT, e->m.btat);
		PUT(word, TABLE_REMOTE_BCOUNT, e->m.bcount);
	}
}

static void write_table_entry(struct weir_model *m, unsigned k, uint32_t index, const uint32_t *word)
{
	bool bytes = weir_table_info(k)->bytes;
	struct weir_table_entry e = {
		.tag = GET(word, TABLE_REMOTE_TAG),
		.m = {
			.win = whole_window(m, GET(word, TABLE_REMOTE_WIN)),
			.tat = (uint32_t)GET(word, TABLE_REMOTE_TAT),
			.count = (uint32_t)GET(word, TABLE_REMOTE_COUNT),
			.tripped = (uint8_t)GET(word, TABLE_REMOTE_TRIPPED),
			.quiet = (uint8_t)GET(word, TABLE_REMOTE_QUIET),
			.cfg = (uint8_t)GET(word, TABLE_REMOTE_CFG),
			.btat = bytes ? (uint32_t)GET(word, TABLE_REMOTE_BTAT) : 0,
			.bcount = bytes ? (uint32_t)GET(word, TABLE_REMOTE_BCOUNT) : 0,
		},
	};

	weir_table_set(&m->table[k], index, &e);
}

void weir_entry_read(struct weir_model *m, unsigned target, uint32_t index, uint32_t ret_word[8])
{
	unsigned k = target - WEIR_TARGET_TABLE_REMOTE;

	memset(ret_word, 0, 8 * sizeof(*ret_word));
	switch (target) {
	case WEIR_TARGET_BYPASS:
		ret_word[0] = m->bypass;
		break;
	case WEIR_TARGET_METER_CFG:
		read_meter_cfg(&m->meter_cfg[index], ret_word);
		break;
	case WEIR_TARGET_TABLE_CFG:
		read_table_cfg(&m->table[index].cfg, ret_word);
		break;
	case WEIR_TARGET_ANOMALY_CFG:
		PUT(ret_word, ANOMALY_CFG_ACTION, m->anomaly_action[index]);
		PUT(ret_word, ANOMALY_CFG_DRY_RUN, m->anomaly_dry_run[index]);
		break;
	case WEIR_TARGET_CLASS_BANK:
		read_class_entry(&m->class_bank[index], ret_word);
		break;
	case WEIR_TARGET_COUNTER0:
		PUT(ret_word, COUNTER0_COUNT, m->counter0[index]);
		break;
	case WEIR_TARGET_COUNTER1:
		PUT(ret_word, COUNTER1_COUNT, m->counter1[index]);
		break;
	case WEIR_TARGET_PEAK:
		weir_peak_read(m, index, ret_word);
		break;
	default:
		if (target >= WEIR_TARGET_RULE_PREFIX) {
			weir_rule_entry_read(m, target, index, ret_word);
			break;
		}
		if (k >= WEIR_TABLES) {
			weir_state_entry_read(m, target, index, ret_word);
			break;
		}
		read_table_entry(&m->table[k].entry[index], weir_table_info(k)->bytes, ret_word);
	}
}

void weir_entry_write(struct weir_model *m, unsigned target, uint32_t index, const uint32_t word[8])
{
	switch (target) {
	case WEIR_TARGET_BYPASS:
		m->bypass = GET(word, BYPASS_BYPASS);
		break;
	case WEIR_TARGET_METER_CFG:
		if (meter_cfg_kept(index))
			write_meter_cfg(&m->meter_cfg[index], meter_cfg_bytes(index), word);
		break;
	case WEIR_TARGET_TABLE_CFG:
		write_table_cfg(&m->table[index].cfg, word);
		break;
	case WEIR_TARGET_ANOMALY_CFG:
		write_anomaly_cfg(m, index, word);
		break;
	case WEIR_TARGET_CLASS_BANK:
		write_class_entry(m, &m->class_bank[index], word);
		break;
	case WEIR_TARGET_COUNTER0:
		m->counter0[index] = GET(word, COUNTER0_COUNT);
		break;
	case WEIR_TARGET_COUNTER1:
		m->counter1[index] = GET(word, COUNTER1_COUNT);
		break;
	case WEIR_TARGET_PEAK:
		weir_peak_write(m, index, word);
		break;
	default:
		if (target >= WEIR_TARGET_RULE_PREFIX)
			weir_rule_entry_write(m, target, index, word);
		else if (target - WEIR_TARGET_TABLE_REMOTE >= WEIR_TABLES)
			weir_state_entry_write(m, target, index, word);
		else
			write_table_entry(m, target - WEIR_TARGET_TABLE_REMOTE, index, word);
	}
}
