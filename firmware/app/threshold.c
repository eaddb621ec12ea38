// SPDX-License-Identifier: Apache-2.0
#include "firmware/app/threshold.h"

#include "firmware/app/meters.h"
#include "weir/weir_regs.h"

#define WINDOW (1u << 24)                 /* one window, in 2^-8 us */
#define PKT_COST_MOST 0xfffffffu
#define BYTE_COST_MOST 0xfffffu
#define BYTE_LEVEL_MOST 0xffffffu
#define FRAME_MOST 2000                   /* bytes, docs/datapath.md 6.1 */

/* Every field used here lies within one word; weir_field_get() goes bit by bit, in 64 bits. */
static inline uint32_t get(const uint32_t word[8], unsigned lsb, unsigned bits)
{
	return word[lsb / 32] >> lsb % 32 & ((1u << bits) - 1);
}

static inline void put(uint32_t word[8], unsigned lsb, unsigned bits, uint32_t value)
{
	uint32_t mask = ((1u << bits) - 1) << lsb % 32;

	word[lsb / 32] = (word[lsb / 32] & ~mask) | (value << lsb % 32 & mask);
}

#define GET(word, field) get(word, WEIR_REG_##field##_LSB, WEIR_REG_##field##_BITS)
#define PUT(word, field, value) put(word, WEIR_REG_##field##_LSB, WEIR_REG_##field##_BITS, value)

/** Where the threshold of a series of state is. */
static const struct place {
	uint32_t addr;
	uint8_t lsb, bits;
	uint16_t most;                    /* 0: what the field holds */
} states[] = {
	{ WEIR_REG_STATE_CFG_SYN, WEIR_REG_STATE_CFG_SYN_HOST_THRESHOLD_LSB, WEIR_REG_STATE_CFG_SYN_HOST_THRESHOLD_BITS, 0 },
	{ WEIR_REG_STATE_CFG_SYN, WEIR_REG_STATE_CFG_SYN_TOTAL_THRESHOLD_LSB, WEIR_REG_STATE_CFG_SYN_TOTAL_THRESHOLD_BITS, 0 },
	{ WEIR_REG_STATE_CFG_ZOMBIE, WEIR_REG_STATE_CFG_ZOMBIE_THRESHOLD_LSB, WEIR_REG_STATE_CFG_ZOMBIE_THRESHOLD_BITS, 0 },
	/* The counts saturate: a limit above these would be none (docs/policy.md). */
	{ WEIR_REG_STATE_CFG_ZOMBIE, WEIR_REG_STATE_CFG_ZOMBIE_CONCURRENT_LSB, WEIR_REG_STATE_CFG_ZOMBIE_CONCURRENT_BITS, 2046 },
	{ WEIR_REG_STATE_CFG_ZOMBIE, WEIR_REG_STATE_CFG_ZOMBIE_OPENED_LSB, WEIR_REG_STATE_CFG_ZOMBIE_OPENED_BITS, 254 },
};

static bool is_state(unsigned number)
{
	return number >= WEIR_SERIES_STATE && number < WEIR_PEAKS;
}

static uint32_t least(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

/** The fields of a series, of its entry. */
static void fields(unsigned number, const uint32_t word[8], uint32_t *ret_cost, uint32_t *ret_tau, uint32_t *ret_level)
{
	if (is_state(number)) {
		const struct place *p = &states[number - WEIR_SERIES_STATE];

		*ret_cost = *ret_tau = 0;
		*ret_level = get(word, p->lsb, p->bits);
	} else if (number >= WEIR_SERIES_BYTES) {
		*ret_cost = GET(word, METER_CFG_BYTE_COST);
		*ret_tau = GET(word, METER_CFG_BYTE_TAU);
		*ret_level = GET(word, METER_CFG_BYTE_THRESHOLD);
	} else {
		*ret_cost = GET(word, METER_CFG_PKT_COST);
		*ret_tau = GET(word, METER_CFG_PKT_TAU);
		*ret_level = GET(word, METER_CFG_PKT_THRESHOLD);
	}
}

static uint32_t address(unsigned number)
{
	return is_state(number) ? states[number - WEIR_SERIES_STATE].addr
				: WEIR_REG_METER_CFG(number % WEIR_SERIES_BYTES);
}

uint32_t weir_limit_policy(const struct weir_limit *l)
{
	uint32_t t = l->number >= WEIR_SERIES_BYTES ? l->level >> 6 : l->level;

	if (!t && l->cost)
		t = l->number >= WEIR_SERIES_BYTES ? (WINDOW << 2) / l->cost : WINDOW / l->cost;
	if (!t)
		return 1;
	return least(t, weir_limit_most(l->number));
}

uint32_t weir_limit_quiet(const struct weir_limit *l)
{
	return l->number >= WEIR_SERIES_BYTES ? l->now[1] >> 6 : l->now[1];
}

uint32_t weir_limit_most(unsigned number)
{
	if (is_state(number)) {
		const struct place *p = &states[number - WEIR_SERIES_STATE];

		return p->most ? p->most : (1u << p->bits) - 1;
	}
	return 0x3ffff;
}

bool weir_limit_read(const struct weir_hal *hal, unsigned number, struct weir_limit *ret_limit)
{
	uint32_t word[8];
	struct weir_limit l = { .number = (uint16_t)number };

	if (is_state(number)) {
		hal->read_entry(hal->ctx, WEIR_REG_STATE_CFG_SYN, word);
		if (!GET(word, STATE_CFG_SYN_ENABLE))
			return false;
	}
	hal->read_entry(hal->ctx, address(number), word);
	fields(number, word, &l.cost, &l.tau, &l.level);
	if (!l.cost && !l.level)
		return false;
	l.in_use = weir_limit_policy(&l);
	l.now[0] = l.cost;
	l.now[1] = l.level;
	*ret_limit = l;
	return true;
}

bool weir_limit_same(const struct weir_hal *hal, const struct weir_limit *l)
{
	uint32_t word[8], cost, tau, level;

	hal->read_entry(hal->ctx, address(l->number), word);
	fields(l->number, word, &cost, &tau, &level);
	return cost == l->now[0] && level == l->now[1];
}

/** Tolerance with a new cost: the policy's time. But what was learned is counts of windows, wherever in the window their packets
 * lie: not below one window, unless the policy's burst is smaller; and within what the arithmetic of 6.1 holds.
 *
 * @param frame  Cost of the largest frame. */
static uint32_t tolerance(const struct weir_limit *l, uint32_t cost, uint32_t frame)
{
	uint32_t burst = l->cost ? l->tau / l->cost : 0;
	uint32_t window = burst && cost > WINDOW / burst ? WINDOW : burst * cost;
	uint32_t tau = window > l->tau ? window : l->tau;

	return least(tau, 15 * WINDOW - frame);
}

static void store(const struct weir_hal *hal, struct weir_limit *l, uint32_t cost, uint32_t tau, uint32_t level)
{
	uint32_t word[8], addr = address(l->number);

	hal->read_entry(hal->ctx, addr, word);
	if (is_state(l->number)) {
		const struct place *p = &states[l->number - WEIR_SERIES_STATE];

		put(word, p->lsb, p->bits, level);
	} else if (l->number >= WEIR_SERIES_BYTES) {
		PUT(word, METER_CFG_BYTE_COST, cost);
		PUT(word, METER_CFG_BYTE_TAU, tau);
		PUT(word, METER_CFG_BYTE_THRESHOLD, level);
	} else {
		PUT(word, METER_CFG_PKT_COST, cost);
		PUT(word, METER_CFG_PKT_TAU, tau);
		PUT(word, METER_CFG_PKT_THRESHOLD, level);
	}
	hal->write_entry(hal->ctx, addr, word);
	l->now[0] = cost;
	l->now[1] = level;
}

void weir_limit_write(const struct weir_hal *hal, struct weir_limit *l, uint32_t t, uint32_t quiet)
{
	uint32_t cost, tau, level;

	if (is_state(l->number)) {
		cost = tau = 0;
		level = t;
	} else if (l->number >= WEIR_SERIES_BYTES) {
		cost = least(((WINDOW << 2) + t / 2) / t, BYTE_COST_MOST);
		tau = tolerance(l, cost, (FRAME_MOST * cost) >> 8);
		level = quiet > BYTE_LEVEL_MOST >> 6 ? BYTE_LEVEL_MOST : quiet << 6;
	} else {
		cost = (WINDOW + t / 2) / t;
		tau = tolerance(l, cost, cost);
		level = least(quiet, 0x3ffff);
	}
	/* A threshold that limits nothing goes on limiting nothing. */
	if (!l->cost)
		cost = 0, tau = l->tau;
	store(hal, l, cost, tau, level);
	l->in_use = t;
}

void weir_limit_restore(const struct weir_hal *hal, struct weir_limit *l)
{
	store(hal, l, l->cost, l->tau, l->level);
	l->in_use = weir_limit_policy(l);
}

/** Entries 24 to 31 hold limits of rules, besides overrides of `pair`; from 112 on to 127 there are none. */
static bool has_dry(unsigned i)
{
	return !(i >= 24 && i < 32) && !(i >= 112 && i < 128);
}

void weir_dry_read(const struct weir_hal *hal, struct weir_dry *ret_dry)
{
	uint32_t word[8];
	struct weir_dry dry = { .tables = 0 };

	for (unsigned i = 0; i < WEIR_REG_METER_CFG_COUNT; i++) {
		if (!has_dry(i))
			continue;
		hal->read_entry(hal->ctx, WEIR_REG_METER_CFG(i), word);
		dry.meter[i / 32] |= GET(word, METER_CFG_DRY_RUN) << i % 32;
	}
	for (unsigned i = 0; i < WEIR_REG_TABLE_CFG_COUNT; i++) {
		hal->read_entry(hal->ctx, WEIR_REG_TABLE_CFG(i), word);
		dry.tables |= GET(word, TABLE_CFG_FULL_DRY_RUN) << i;
	}
	hal->read_entry(hal->ctx, WEIR_REG_STATE_CFG_ACTIONS, word);
	dry.actions = word[0];
	*ret_dry = dry;
}

void weir_dry_apply(const struct weir_hal *hal, const struct weir_dry *dry, bool on)
{
	uint32_t word[8], bit;

	for (unsigned i = 0; i < WEIR_REG_METER_CFG_COUNT; i++) {
		if (!has_dry(i))
			continue;
		hal->read_entry(hal->ctx, WEIR_REG_METER_CFG(i), word);
		bit = dry->meter[i / 32] >> i % 32 & 1;
		/* What has no limit drops nothing: no write for it. */
		if (on && (GET(word, METER_CFG_PKT_COST) || GET(word, METER_CFG_BYTE_COST)))
			bit = 1;
		if (GET(word, METER_CFG_DRY_RUN) == bit)
			continue;
		PUT(word, METER_CFG_DRY_RUN, bit);
		hal->write_entry(hal->ctx, WEIR_REG_METER_CFG(i), word);
	}
	for (unsigned i = 0; i < WEIR_REG_TABLE_CFG_COUNT; i++) {
		hal->read_entry(hal->ctx, WEIR_REG_TABLE_CFG(i), word);
		bit = on || (dry->tables >> i & 1);
		if (GET(word, TABLE_CFG_FULL_DRY_RUN) == bit)
			continue;
		PUT(word, TABLE_CFG_FULL_DRY_RUN, bit);
		hal->write_entry(hal->ctx, WEIR_REG_TABLE_CFG(i), word);
	}
	hal->read_entry(hal->ctx, WEIR_REG_STATE_CFG_ACTIONS, word);
	bit = (word[0] & 0xbbbbbbbbu) | (on ? 0x44444444u : dry->actions & 0x44444444u);
	if (word[0] == bit)
		return;
	word[0] = bit;
	hal->write_entry(hal->ctx, WEIR_REG_STATE_CFG_ACTIONS, word);
}
