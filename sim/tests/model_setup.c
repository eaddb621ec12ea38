// SPDX-License-Identifier: Apache-2.0
#include "model_setup.h"

#include <assert.h>
#include <string.h>

#include "host/common/lists.h"
#include "sim/model/state.h"
#include "weir/weir_regs.h"

#define PUT(word, field, value) WEIR_FIELD_PUT(word, WEIR_REG_##field, value)
#define TIME_MAX (15u << 24)    /* most that cost and tau may be together */

static void write_word(struct weir_model *m, uint32_t addr, uint32_t value)
{
	int rc = weir_model_write(m, addr, value);

	assert(!rc);
	(void)rc;
}

void setup_entry(struct weir_model *m, uint32_t addr, const uint32_t word[8])
{
	for (uint32_t i = 0; i < 8; i++)
		write_word(m, addr + 4 * i, word[i]);
}

void setup_read(struct weir_model *m, uint32_t addr, uint32_t ret_word[8])
{
	for (uint32_t i = 0; i < 8; i++) {
		int rc = weir_model_read(m, addr + 4 * i, &ret_word[i]);

		assert(!rc);
		(void)rc;
	}
}

void setup_meter(struct weir_model *m, unsigned index, const struct weir_meter_cfg *c)
{
	uint32_t word[8] = { 0 };

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
	setup_entry(m, WEIR_REG_METER_CFG(index), word);
}

void setup_table(struct weir_model *m, unsigned table, const struct weir_table_cfg *c)
{
	uint32_t word[8] = { 0 };

	PUT(word, TABLE_CFG_TIMEOUT, c->timeout);
	PUT(word, TABLE_CFG_FAIL_CLOSED, c->fail_closed);
	PUT(word, TABLE_CFG_FULL_DRY_RUN, c->full_dry_run);
	PUT(word, TABLE_CFG_FULL_EFFECT, c->full_effect);
	setup_entry(m, WEIR_REG_TABLE_CFG(table), word);
}

void setup_anomaly(struct weir_model *m, unsigned code, unsigned action, unsigned dry_run)
{
	uint32_t word[8] = { 0 };

	PUT(word, ANOMALY_CFG_ACTION, action);
	PUT(word, ANOMALY_CFG_DRY_RUN, dry_run);
	setup_entry(m, WEIR_REG_ANOMALY_CFG(code), word);
}

void setup_bypass(struct weir_model *m, unsigned on)
{
	setup_entry(m, WEIR_REG_BYPASS, (uint32_t[8]){ on });
}

uint32_t setup_entry_addr(unsigned table, uint32_t entry)
{
	uint32_t span = WEIR_REG_TABLE_PAIR(0) - WEIR_REG_TABLE_REMOTE(0);

	return WEIR_REG_TABLE_REMOTE(entry) + span * table;
}

int setup_find(struct weir_model *m, unsigned table, uint64_t tag, uint32_t ret_word[8])
{
	for (uint32_t i = 0; i < 4u << weir_table_info(table)->sets_log2; i++) {
		setup_read(m, setup_entry_addr(table, i), ret_word);
		if (WEIR_FIELD_GET(ret_word, WEIR_REG_TABLE_REMOTE_TAG) == tag)
			return (int)i;
	}
	return -1;
}

void setup_pin(struct weir_model *m, unsigned table, uint32_t entry, uint64_t tag, unsigned cfg)
{
	uint32_t word[8] = { 0 };

	PUT(word, TABLE_REMOTE_TAG, tag);
	PUT(word, TABLE_REMOTE_CFG, cfg);
	setup_entry(m, setup_entry_addr(table, entry), word);
}

static const uint32_t hash_key[WEIR_HASH_KEY_WORDS] = {
	0xeccf7d56, 0x630d65e5, 0x4a11ffd3, 0x1cb000fc, 0xd3572a05, 0x5514ed2c,
	0x25d05d37, 0x624408d2, 0xe1606878, 0x7899781e, 0x77aef380,
};

void setup_hash(struct weir_hash *h)
{
	weir_hash_key_set(h, hash_key);
}

void setup_defaults(struct weir_model *m)
{
	for (unsigned i = 0; i < WEIR_HASH_KEY_WORDS; i++)
		write_word(m, WEIR_REG_HASH_KEY(i), hash_key[i]);
	for (unsigned code = 0; code < WEIR_ANOMALIES; code++)
		setup_anomaly(m, code, (unsigned)weir_anomaly_default(code), 0);
	for (unsigned k = 0; k < WEIR_TABLES; k++)
		setup_table(m, k, &(struct weir_table_cfg){
			.timeout = (uint8_t)weir_table_info(k)->timeout_windows });
}

struct weir_meter_cfg setup_rate(unsigned action, uint32_t cost_us, uint32_t packets, uint32_t threshold)
{
	return (struct weir_meter_cfg){
		.action = (uint8_t)action, .pkt_cost = cost_us << 8, .pkt_tau = (packets - 1) * (cost_us << 8),
		.pkt_threshold = threshold, .byte_tau = TIME_MAX,
	};
}

static uint32_t random_time(struct weir_prng *p, uint32_t max)
{
	return (uint32_t)weir_prng_below(p, (max >> weir_prng_below(p, 26)) + 1);
}

static struct weir_meter_cfg random_meter(struct weir_prng *p)
{
	struct weir_meter_cfg c = {
		.pkt_threshold = random_time(p, 0x3ffff), .byte_threshold = random_time(p, 0xffffff),
		.action = (uint8_t)weir_prng_below(p, 4),
		.effect = !weir_prng_below(p, 4), .dry_run = !weir_prng_below(p, 4),
		.hold = (uint8_t)(weir_prng_below(p, 2) ? weir_prng_below(p, 4) : weir_prng_below(p, 256)),
	};

	c.pkt_cost = random_time(p, TIME_MAX);
	c.pkt_tau = random_time(p, TIME_MAX - c.pkt_cost);
	c.byte_cost = random_time(p, 0xfffff);
	c.byte_tau = random_time(p, TIME_MAX - (c.byte_cost * 2000u >> 8));
	if (!weir_prng_below(p, 3))
		c.pkt_cost = c.pkt_tau = 0;
	if (!weir_prng_below(p, 3))
		c.byte_cost = c.byte_tau = 0;
	return c;
}

void setup_random(struct weir_model *m, struct weir_prng *p)
{
	for (unsigned i = 0; i < WEIR_REG_METER_CFG_COUNT; i++) {
		struct weir_meter_cfg c = random_meter(p);

		setup_meter(m, i, &c);
	}
	for (unsigned k = 0; k < WEIR_TABLES; k++)
		setup_table(m, k, &(struct weir_table_cfg){
			.timeout = (uint8_t)(1 + weir_prng_below(p, weir_prng_below(p, 2) ? 8 : 255)),
			.fail_closed = (uint8_t)weir_prng_below(p, 2),
			.full_dry_run = !weir_prng_below(p, 3), .full_effect = !weir_prng_below(p, 3) });
	for (unsigned code = 0; code < WEIR_ANOMALIES; code++)
		setup_anomaly(m, code, (unsigned)weir_prng_below(p, 4), !weir_prng_below(p, 4));
	for (unsigned k = 0; k < WEIR_TABLES; k++)
		for (unsigned i = 0; i < 4; i++)
			setup_pin(m, k, (uint32_t)weir_prng_below(p, 4u << weir_table_info(k)->sets_log2),
				  weir_prng_next(p) & 0xffffffffff, 1 + (unsigned)weir_prng_below(p, 7));
}

/* --- state --- */

#define STATE(word, field, value) WEIR_FIELD_PUT(word, WEIR_REG_STATE_##field, value)

/** Mostly small: 0 up to the largest value of so many bits. */
static uint32_t small(struct weir_prng *p, unsigned bits)
{
	return (uint32_t)weir_prng_below(p, UINT64_C(1) << (weir_prng_below(p, 8) ? (bits < 4 ? bits : 4) : bits));
}

static void random_connections(struct weir_model *m, struct weir_prng *p, uint64_t stamp_us)
{
	uint32_t word[8] = { 0 }, unit = (uint32_t)(stamp_us >> 20);

	STATE(word, CFG_CONNECTION_MODE, weir_prng_below(p, 8) ? 1 + !weir_prng_below(p, 4) : 3 * weir_prng_below(p, 2));
	STATE(word, CFG_CONNECTION_FAIL_CLOSED, weir_prng_below(p, 2));
	STATE(word, CFG_CONNECTION_WINDOW_LOG2, 16 + weir_prng_below(p, 15));
	STATE(word, CFG_CONNECTION_HALF_OPEN, small(p, 10));
	STATE(word, CFG_CONNECTION_ESTABLISHED, small(p, 10));
	STATE(word, CFG_CONNECTION_CLOSING, small(p, 10));
	STATE(word, CFG_CONNECTION_CLOSED, small(p, 10));
	STATE(word, CFG_CONNECTION_ADOPT_UNTIL, weir_prng_below(p, 2) ? 0 : unit + small(p, 6));
	setup_entry(m, WEIR_REG_STATE_CFG_CONNECTION, word);
}

/** None, the edges, or small. */
static uint32_t random_limit(struct weir_prng *p)
{
	static const uint32_t edges[] = { 0, 1, 2, 4094, 4095 };
	uint64_t i = weir_prng_below(p, 10);

	return i < sizeof(edges) / sizeof(edges[0]) ? edges[i] : small(p, 12);
}

static void random_syn(struct weir_model *m, struct weir_prng *p)
{
	uint32_t word[8] = { 0 };

	STATE(word, CFG_SYN_METHOD, weir_prng_below(p, 8) ? 1 + weir_prng_below(p, 3) : 0);
	STATE(word, CFG_SYN_ENABLE, weir_prng_below(p, 8) != 0);
	STATE(word, CFG_SYN_HOST_THRESHOLD, small(p, 13));
	STATE(word, CFG_SYN_HOST_HOLD, small(p, 8));
	STATE(word, CFG_SYN_TOTAL_THRESHOLD, weir_prng_below(p, 2) ? 0 : small(p, 18));
	STATE(word, CFG_SYN_TOTAL_HOLD, small(p, 8));
	STATE(word, CFG_SYN_HOST_TIMEOUT, small(p, 8));
	STATE(word, CFG_SYN_LEGIT_TIMEOUT, small(p, 10));
	STATE(word, CFG_SYN_PROVEN_TIMEOUT, small(p, 10));
	STATE(word, CFG_SYN_LEGIT_FAIL_OPEN, weir_prng_below(p, 2));
	STATE(word, CFG_SYN_LEGIT_MANUAL, !weir_prng_below(p, 4));
	STATE(word, CFG_SYN_SKETCH_LIMIT, random_limit(p));
	setup_entry(m, WEIR_REG_STATE_CFG_SYN, word);
}

void setup_random_state(struct weir_model *m, struct weir_prng *p, uint64_t stamp_us)
{
	static const uint32_t actions[] = { 0, 2, 3 };
	uint32_t word[8] = { 0 };

	random_connections(m, p, stamp_us);
	random_syn(m, p);
	STATE(word, CFG_SOURCE_THRESHOLD, weir_prng_below(p, 3) ? 1 + small(p, 16) : 0);
	STATE(word, CFG_SOURCE_GROW, weir_prng_below(p, 16));
	STATE(word, CFG_SOURCE_DECAY, weir_prng_below(p, 16));
	STATE(word, CFG_SOURCE_TIMEOUT, small(p, 8));
	setup_entry(m, WEIR_REG_STATE_CFG_SOURCE, word);
	memset(word, 0, sizeof(word));
	for (unsigned i = 0; i < WEIR_STATE_ACTIONS; i++)
		weir_field_put(word, 4 * i, 4, actions[weir_prng_below(p, 3)] | !weir_prng_below(p, 4) << 2);
	setup_entry(m, WEIR_REG_STATE_CFG_ACTIONS, word);
	memset(word, 0, sizeof(word));
	STATE(word, CFG_ZOMBIE_THRESHOLD, weir_prng_below(p, 3) ? small(p, 18) : 0);
	STATE(word, CFG_ZOMBIE_HOLD, small(p, 8));
	STATE(word, CFG_ZOMBIE_CONCURRENT, small(p, 11));
	STATE(word, CFG_ZOMBIE_OPENED, small(p, 8));
	setup_entry(m, WEIR_REG_STATE_CFG_ZOMBIE, word);
	for (unsigned key = 0; key < 2; key++) {
		for (unsigned i = 0; i < 8; i++)
			word[i] = i < 4 ? (uint32_t)weir_prng_next(p) : 0;
		setup_entry(m, WEIR_REG_STATE_CFG_COOKIE_KEY(key), word);
	}
}

void setup_random_entry(struct weir_model *m, struct weir_prng *p)
{
	unsigned k = (unsigned)weir_prng_below(p, WEIR_STATES + 1);
	uint32_t word[8], index;

	for (unsigned i = 0; i < 8; i++)
		word[i] = (uint32_t)weir_prng_next(p);
	if (k == WEIR_STATES) {
		setup_entry(m, WEIR_REG_SKETCH(weir_prng_below(p, WEIR_REG_SKETCH_COUNT)), word);
		return;
	}
	if (k == WEIR_STATE_connection)
		STATE(word, CONNECTION_STATE, 1 + weir_prng_below(p, 6));
	if (!weir_prng_below(p, 4))
		memset(word, 0, sizeof(word)); /* frees it */
	index = (uint32_t)weir_prng_below(p, 4u << weir_state_info(k)->sets_log2);
	setup_entry(m, WEIR_REG_STATE_CONNECTION(index) + WEIR_TARGET_SPAN * k, word);
}

void setup_fill_connections(struct weir_model *m, struct weir_prng *p, uint64_t stamp_us)
{
	for (uint32_t i = 0; i < WEIR_REG_STATE_CONNECTION_COUNT; i++) {
		uint32_t word[8] = { 0 };

		STATE(word, CONNECTION_TAG, weir_prng_next(p) | 1);
		STATE(word, CONNECTION_TIME, stamp_us >> 20);
		STATE(word, CONNECTION_STATE, 4 + weir_prng_below(p, 2));
		setup_entry(m, WEIR_REG_STATE_CONNECTION(i), word);
	}
}
