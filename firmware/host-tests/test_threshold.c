// SPDX-License-Identifier: Apache-2.0
/* Thresholds to fields and back, against the formulas of docs/datapath.md 6.1; modes. */
#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "firmware/app/meters.h"
#include "firmware/app/threshold.h"
#include "firmware/host-tests/fake_hal.h"
#include "host/common/prng.h"
#include "weir/weir_regs.h"

Suite *weir_test_threshold(void);

#define FIELD(f, i, name) WEIR_FIELD_GET(fake_entry(f, WEIR_REG_METER_CFG(i)), WEIR_REG_METER_CFG_##name)
static struct fake_hal *f;

static void setup(void)
{
	f = fake_hal_new();
	fake_policy(f);
}

static void teardown(void)
{
	free(f);
}

START_TEST(policy_is_read)
{
	struct weir_limit l = { .number = 99 };

	ck_assert(weir_limit_read(&f->hal, 32, &l));
	ck_assert_uint_eq(l.number, 32);
	ck_assert_uint_eq(l.cost, 51200);
	ck_assert_uint_eq(l.level, 328);
	ck_assert_uint_eq(l.tau, 1249 * 51200);
	ck_assert_uint_eq(l.in_use, 328);
	ck_assert_uint_eq(weir_limit_policy(&l), 328);
	ck_assert(weir_limit_same(&f->hal, &l));
	ck_assert(weir_limit_read(&f->hal, 256 + 48, &l));
	ck_assert_uint_eq(l.in_use, (100000000ull * 65536 / 1000000 + 1) / 64);
	/* No limit: not in use, and what was told stays. */
	ck_assert(!weir_limit_read(&f->hal, 128, &l));
	ck_assert(!weir_limit_read(&f->hal, 256 + 128, &l));
	ck_assert_uint_eq(l.number, 256 + 48);
	/* A threshold alone. */
	fake_entry(f, WEIR_REG_METER_CFG(128))[2] = 77;
	ck_assert(weir_limit_read(&f->hal, 128, &l));
	ck_assert_uint_eq(l.in_use, 77);
	/* A cost alone. */
	fake_meter(f, 128, 10000, 0);
	WEIR_FIELD_PUT(fake_entry(f, WEIR_REG_METER_CFG(128)), WEIR_REG_METER_CFG_PKT_THRESHOLD, 0);
	ck_assert(weir_limit_read(&f->hal, 128, &l));
	ck_assert_uint_eq(l.in_use, 655);
}
END_TEST

static const struct { unsigned number; uint32_t value, most; } states[] = {
	{ 192, 131, 8191 }, { 193, 1311, 262143 }, { 194, 131, 262143 }, { 195, 64, 2046 }, { 196, 32, 254 },
};

START_TEST(state)
{
	struct weir_limit l;
	uint32_t before[16], after[16];
	uint32_t syn = WEIR_REG_STATE_CFG_SYN, zombie = WEIR_REG_STATE_CFG_ZOMBIE;
	unsigned changed = 0;

	ck_assert(weir_limit_read(&f->hal, states[_i].number, &l));
	ck_assert_uint_eq(l.in_use, states[_i].value);
	ck_assert_uint_eq(weir_limit_most(l.number), states[_i].most);
	memcpy(before, fake_entry(f, syn), 32);
	memcpy(before + 8, fake_entry(f, zombie), 32);
	weir_limit_write(&f->hal, &l, states[_i].most, 1);
	ck_assert_uint_eq(l.in_use, states[_i].most);
	ck_assert_uint_eq(weir_limit_quiet(&l), states[_i].most);
	ck_assert(weir_limit_same(&f->hal, &l));
	ck_assert(weir_limit_read(&f->hal, states[_i].number, &l));
	ck_assert_uint_eq(l.in_use, states[_i].most);
	/* Nothing but this field. */
	memcpy(after, fake_entry(f, syn), 32);
	memcpy(after + 8, fake_entry(f, zombie), 32);
	for (unsigned i = 0; i < 16; i++)
		changed += before[i] != after[i];
	ck_assert_uint_eq(changed, 1);
	for (unsigned i = 0; i < 5; i++)
		if (i != (unsigned)_i) {
			ck_assert(weir_limit_read(&f->hal, states[i].number, &l));
			ck_assert_uint_eq(l.in_use, states[i].value);
		}
	fake_entry(f, syn)[0] = 0;
	ck_assert(!weir_limit_read(&f->hal, states[_i].number, &l));
}
END_TEST

/* Each threshold from 1 to the largest: cost, tolerance and level as real numbers say. */
START_TEST(packets)
{
	struct weir_limit l;

	ck_assert(weir_limit_read(&f->hal, 33, &l));
	for (uint32_t t = 1; t <= 0x3ffff; t += t / 64 + 1) {
		double cost = pow(2, 24) / t, burst, tau;

		weir_limit_write(&f->hal, &l, t, t + t / 2);
		ck_assert_uint_eq(FIELD(f, 33, PKT_COST), (uint32_t)floor(cost + 0.5));
		ck_assert_uint_eq(FIELD(f, 33, PKT_THRESHOLD), t + t / 2 < 0x3ffff ? t + t / 2 : 0x3ffff);
		cost = FIELD(f, 33, PKT_COST);
		tau = FIELD(f, 33, PKT_TAU);
		ck_assert_double_le(cost + tau, 15 * pow(2, 24));
		ck_assert_double_ge(cost, 1);
		/* Never more at once than the policy lets, unless the threshold is above the policy's; never less time than
		 * the policy's, nor than a window's worth, where the range allows. */
		burst = 1 + tau / cost;
		if (t < 9830)
			ck_assert_double_le(burst, 1 + (double)l.tau / l.cost);
		if (t > 1)
			ck_assert_double_ge(tau, fmin(l.tau, 14 * pow(2, 24)));
		ck_assert_uint_eq(l.in_use, t);
		ck_assert(weir_limit_same(&f->hal, &l));
		/* What it is not about stays. */
		ck_assert_uint_eq(FIELD(f, 33, ACTION), 2);
		ck_assert_uint_eq(FIELD(f, 33, HOLD), 62);
		ck_assert_uint_eq(FIELD(f, 33, BYTE_COST), 0);
	}
	weir_limit_restore(&f->hal, &l);
	ck_assert_uint_eq(FIELD(f, 33, PKT_COST), l.cost);
	ck_assert_uint_eq(FIELD(f, 33, PKT_TAU), l.tau);
	ck_assert_uint_eq(FIELD(f, 33, PKT_THRESHOLD), l.level);
	ck_assert_uint_eq(l.in_use, 9830);
}
END_TEST

START_TEST(bytes)
{
	struct weir_limit l;
	uint32_t before[3];

	ck_assert(weir_limit_read(&f->hal, 256 + 48, &l));
	memcpy(before, fake_entry(f, WEIR_REG_METER_CFG(48)), sizeof(before));
	for (uint32_t t = 1; t <= 0x3ffff; t += t / 64 + 1) {
		double cost = pow(2, 32) / (64.0 * t), tau;

		weir_limit_write(&f->hal, &l, t, t + t / 2);
		ck_assert_uint_eq(FIELD(f, 48, BYTE_COST), (uint32_t)fmin(floor(cost + 0.5), 0xfffff));
		ck_assert_uint_eq(FIELD(f, 48, BYTE_THRESHOLD), (uint32_t)fmin((t + t / 2) * 64.0, 0xffffff));
		cost = FIELD(f, 48, BYTE_COST);
		tau = FIELD(f, 48, BYTE_TAU);
		ck_assert_double_le(tau + 2000 * cost / 256, 15 * pow(2, 24));
		ck_assert_double_ge(tau, fmin(l.tau, 14 * pow(2, 24)));
		ck_assert(!memcmp(before, fake_entry(f, WEIR_REG_METER_CFG(48)), sizeof(before)));
	}
	weir_limit_restore(&f->hal, &l);
	ck_assert_uint_eq(FIELD(f, 48, BYTE_COST), l.cost);
	ck_assert_uint_eq(FIELD(f, 48, BYTE_TAU), l.tau);
	ck_assert_uint_eq(FIELD(f, 48, BYTE_THRESHOLD), l.level);
}
END_TEST

/* A window's worth of what was learned, back to back, does not trip; of a policy that lets one packet at once it does. */
START_TEST(small_burst)
{
	struct weir_limit l;
	uint32_t *word = fake_entry(f, WEIR_REG_METER_CFG(36));

	WEIR_FIELD_PUT(word, WEIR_REG_METER_CFG_PKT_TAU, 50 * WEIR_FIELD_GET(word, WEIR_REG_METER_CFG_PKT_COST));
	ck_assert(weir_limit_read(&f->hal, 36, &l));
	weir_limit_write(&f->hal, &l, 30, 50);
	ck_assert_uint_eq(FIELD(f, 36, PKT_TAU), 1 << 24);
	weir_limit_write(&f->hal, &l, 60, 100);
	ck_assert_uint_eq(FIELD(f, 36, PKT_TAU), 50 * FIELD(f, 36, PKT_COST));
	WEIR_FIELD_PUT(word, WEIR_REG_METER_CFG_PKT_TAU, 0);
	ck_assert(weir_limit_read(&f->hal, 36, &l));
	weir_limit_write(&f->hal, &l, 30, 50);
	ck_assert_uint_eq(FIELD(f, 36, PKT_TAU), 0);
	/* The longest burst that a policy may give, and beyond. */
	WEIR_FIELD_PUT(word, WEIR_REG_METER_CFG_PKT_TAU, (15 << 24) - WEIR_FIELD_GET(word, WEIR_REG_METER_CFG_PKT_COST));
	ck_assert(weir_limit_read(&f->hal, 36, &l));
	weir_limit_write(&f->hal, &l, 3, 5);
	ck_assert_uint_eq(FIELD(f, 36, PKT_TAU) + FIELD(f, 36, PKT_COST), 15 << 24);
	/* Cost and threshold both tell whose it is. */
	WEIR_FIELD_PUT(word, WEIR_REG_METER_CFG_PKT_COST, 1);
	ck_assert(!weir_limit_same(&f->hal, &l));
	/* A threshold that limits nothing. */
	memset(word, 0, 32);
	WEIR_FIELD_PUT(word, WEIR_REG_METER_CFG_PKT_THRESHOLD, 50);
	ck_assert(weir_limit_read(&f->hal, 36, &l));
	weir_limit_write(&f->hal, &l, 30, 40);
	ck_assert_uint_eq(FIELD(f, 36, PKT_COST), 0);
	ck_assert_uint_eq(FIELD(f, 36, PKT_THRESHOLD), 40);
}
END_TEST

static bool is_dry(unsigned i)
{
	return fake_entry(f, WEIR_REG_METER_CFG(i))[0] >> 31;
}

START_TEST(modes)
{
	struct weir_dry dry;
	struct weir_prng r;
	uint32_t (*before)[8] = calloc(WEIR_REG_METER_CFG_COUNT + 8, 32);
	unsigned writes;

	ck_assert_ptr_nonnull(before);
	weir_prng_seed(&r, 3, (uint64_t)_i);
	for (unsigned i = 0; i < WEIR_REG_METER_CFG_COUNT; i++) {
		if (weir_prng_below(&r, 2))
			fake_meter(f, i, (uint32_t)weir_prng_below(&r, 3) * 1000, 0);
		fake_entry(f, WEIR_REG_METER_CFG(i))[0] |= (uint32_t)weir_prng_below(&r, 2) << 31;
	}
	for (unsigned i = 0; i < 7; i++)
		fake_entry(f, WEIR_REG_TABLE_CFG(i))[0] = (uint32_t)weir_prng_below(&r, 2048);
	fake_entry(f, WEIR_REG_STATE_CFG_ACTIONS)[0] = (uint32_t)weir_prng_next(&r) & 0x77777777;
	for (unsigned i = 0; i < WEIR_REG_METER_CFG_COUNT; i++)
		memcpy(before[i], fake_entry(f, WEIR_REG_METER_CFG(i)), 32);
	for (unsigned i = 0; i < 7; i++)
		memcpy(before[WEIR_REG_METER_CFG_COUNT + i], fake_entry(f, WEIR_REG_TABLE_CFG(i)), 32);
	memcpy(before[WEIR_REG_METER_CFG_COUNT + 7], fake_entry(f, WEIR_REG_STATE_CFG_ACTIONS), 32);

	weir_dry_read(&f->hal, &dry);
	weir_dry_apply(&f->hal, &dry, true);
	for (unsigned i = 0; i < WEIR_REG_METER_CFG_COUNT; i++) {
		const uint32_t *word = fake_entry(f, WEIR_REG_METER_CFG(i));

		/* Rules stay as they are, and so does all but this bit. */
		if ((i < 24 || i >= 32) && (i < 112 || i >= 128) && (word[0] & 0xfffffff))
			ck_assert(is_dry(i));
		else
			ck_assert_uint_eq(word[0], before[i][0]);
		ck_assert_uint_eq(word[0] & 0x7fffffff, before[i][0] & 0x7fffffff);
		ck_assert(!memcmp(word + 1, before[i] + 1, 28));
	}
	for (unsigned i = 0; i < 7; i++)
		ck_assert_uint_eq(fake_entry(f, WEIR_REG_TABLE_CFG(i))[0],
				  before[WEIR_REG_METER_CFG_COUNT + i][0] | 1u << WEIR_REG_TABLE_CFG_FULL_DRY_RUN_LSB);
	ck_assert_uint_eq(fake_entry(f, WEIR_REG_STATE_CFG_ACTIONS)[0],
			  before[WEIR_REG_METER_CFG_COUNT + 7][0] | 0x44444444);
	writes = f->entry_writes;
	weir_dry_apply(&f->hal, &dry, true);
	ck_assert_uint_eq(f->entry_writes, writes);

	/* The policy's bits, exactly. */
	weir_dry_apply(&f->hal, &dry, false);
	for (unsigned i = 0; i < WEIR_REG_METER_CFG_COUNT; i++)
		ck_assert(!memcmp(fake_entry(f, WEIR_REG_METER_CFG(i)), before[i], 32));
	for (unsigned i = 0; i < 7; i++)
		ck_assert(!memcmp(fake_entry(f, WEIR_REG_TABLE_CFG(i)), before[WEIR_REG_METER_CFG_COUNT + i], 32));
	ck_assert(!memcmp(fake_entry(f, WEIR_REG_STATE_CFG_ACTIONS), before[WEIR_REG_METER_CFG_COUNT + 7], 32));
	free(before);
}
END_TEST

Suite *weir_test_threshold(void)
{
	Suite *s = suite_create("threshold");
	TCase *t = tcase_create("threshold");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, policy_is_read);
	tcase_add_loop_test(t, state, 0, 5);
	tcase_add_test(t, packets);
	tcase_add_test(t, bytes);
	tcase_add_test(t, small_burst);
	tcase_add_loop_test(t, modes, 0, 20);
	suite_add_tcase(s, t);
	return s;
}
