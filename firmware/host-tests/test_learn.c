// SPDX-License-Identifier: Apache-2.0
/* Baselines, thresholds, seasons: arithmetic against a double, bounds, the bound of a slow ramp. */
#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "firmware/app/fw.h"
#include "firmware/app/learn.h"
#include "firmware/app/season.h"
#include "firmware/host-tests/fake_hal.h"
#include "host/common/prng.h"

Suite *weir_test_learn(void);

static const struct weir_learn_settings set = {
	.learn_min = 60, .shift = 6, .peak_shift = 10, .step_log2 = 6, .margin_q8 = 384,
};

START_TEST(margin)
{
	ck_assert_uint_eq(weir_learn_margin(150), 384);
	ck_assert_uint_eq(weir_learn_margin(100), 256);
	ck_assert_uint_eq(weir_learn_margin(1000), 2560);
	/* Never less than was asked for. */
	ck_assert_uint_eq(weir_learn_margin(101), 259);
}
END_TEST

START_TEST(first_period)
{
	struct weir_series s = { .periods = 0 };

	weir_learn_step(&s, &set, 100);
	ck_assert_uint_eq(s.mean, 100 << 8);
	ck_assert_uint_eq(s.deviation, 50 << 8);
	ck_assert_uint_eq(s.peak, 100 << 8);
	ck_assert_uint_eq(s.periods, 1);
	/* mean + 4 deviation. */
	ck_assert_uint_eq(weir_learned(&s, 0), 300);
	ck_assert_uint_eq(weir_learned(&s, 299), 300);
	ck_assert_uint_eq(weir_learned(&s, 301), 301);
	/* Rounded up. */
	s.mean++;
	ck_assert_uint_eq(weir_learned(&s, 0), 301);
}
END_TEST

START_TEST(second_period)
{
	struct weir_series s = { .periods = 0 };

	weir_learn_step(&s, &set, 100);
	weir_learn_step(&s, &set, 40);
	/* k = 1: half way; the error is against the mean before. */
	ck_assert_uint_eq(s.mean, 70 << 8);
	ck_assert_uint_eq(s.deviation, 55 << 8);
	ck_assert_uint_eq(s.peak, (100 << 8) - (100 << 8) / 1024);
}
END_TEST

START_TEST(warm_up)
{
	/* A constant is the mean from the first period on, and the deviation of the beginning goes. */
	struct weir_series s = { .periods = 0 };

	for (unsigned i = 0; i < 60; i++) {
		weir_learn_step(&s, &set, 1000);
		ck_assert_uint_eq(s.mean, 1000 << 8);
		ck_assert_uint_eq(s.peak, 1000 << 8);
	}
	ck_assert_uint_lt(s.deviation, 20 << 8);
}
END_TEST

START_TEST(against_double)
{
	struct weir_prng r;
	double mean = 0, deviation = 0;
	struct weir_series s = { .periods = 0 };

	weir_prng_seed(&r, 1, (uint64_t)_i);
	for (unsigned n = 0; n < 5000; n++) {
		uint32_t x = (uint32_t)weir_prng_range(&r, 0, 1u << (_i % 18 + 1));
		unsigned k = n ? (unsigned)log2(n + 1) : 0;
		double e = fabs(x - mean);

		if (x > WEIR_LEARN_MOST)
			x = WEIR_LEARN_MOST;
		if (k > set.shift)
			k = set.shift;
		e = fabs(x - mean);
		mean = n ? mean + (x - mean) / (1 << k) : x;
		deviation = n ? deviation + (e - deviation) / (1 << k) : x / 2.0;
		weir_learn_step(&s, &set, x);
		/* Half a unit of the last place a step, remembered for 2^shift steps. */
		ck_assert_double_lt(fabs(s.mean / 256.0 - mean), 0.3);
		ck_assert_double_lt(fabs(s.deviation / 256.0 - deviation), 0.6);
	}
}
END_TEST

START_TEST(peak_fades)
{
	struct weir_series s = { .periods = 0 };
	unsigned n = 0;

	weir_learn_step(&s, &set, 10000);
	/* Silence teaches nothing about peaks. */
	for (unsigned i = 0; i < 5000; i++)
		weir_learn_step(&s, &set, 0);
	ck_assert_uint_eq(s.peak, 10000 << 8);
	ck_assert_uint_eq(s.mean >> 8, 0);
	for (; s.peak > 3679 << 8; n++)
		weir_learn_step(&s, &set, 1);
	/* e^-1 after 2^peak_shift. */
	ck_assert_uint_ge(n, 1023);
	ck_assert_uint_le(n, 1024);
	for (; s.peak > 256; n++)
		weir_learn_step(&s, &set, 1);
	ck_assert_uint_lt(n, 14000);
}
END_TEST

START_TEST(extremes)
{
	struct weir_learn_settings far = { .learn_min = 1, .shift = 12, .peak_shift = 15, .step_log2 = 1, .margin_q8 = 2560 };
	struct weir_series s = { .periods = 0 };

	for (unsigned i = 0; i < 70000; i++) {
		weir_learn_step(&s, &far, i & 1 ? UINT32_MAX : 0);
		weir_learn_threshold(&s, &far, 0x40000, 1, WEIR_LEARN_MOST);
		ck_assert_uint_le(s.mean, WEIR_LEARN_MOST << 8);
		ck_assert_uint_le(s.peak, WEIR_LEARN_MOST << 8);
		ck_assert_uint_le(s.deviation, WEIR_LEARN_MOST << 8);
	}
	ck_assert_uint_eq(s.periods, UINT16_MAX);
	ck_assert_uint_eq(weir_learned(&s, 0), WEIR_LEARN_MOST);
	ck_assert_uint_eq(s.threshold, WEIR_LEARN_MOST);
}
END_TEST

START_TEST(threshold_at_first)
{
	struct weir_series s = { .periods = 0 };

	for (unsigned i = 0; i < 60; i++) {
		ck_assert(!weir_learn_threshold(&s, &set, 0, 16, 5000));
		ck_assert_uint_eq(s.threshold, 0);
		weir_learn_step(&s, &set, 200);
	}
	ck_assert(weir_learn_threshold(&s, &set, 0, 16, 5000));
	ck_assert_uint_eq(s.threshold, (weir_learned(&s, 0) * 3 + 1) / 2);
	ck_assert(!weir_learn_threshold(&s, &set, 0, 16, 5000));
}
END_TEST

/* Random walks with random settings: within the bounds, and never more than a step. */
START_TEST(bounds)
{
	struct weir_prng r;

	weir_prng_seed(&r, 2, (uint64_t)_i);
	for (unsigned run = 0; run < 50; run++) {
		struct weir_series s = { .periods = 0 };
		uint32_t floor = (uint32_t)weir_prng_range(&r, 1, 300), ceiling = (uint32_t)weir_prng_range(&r, 1, 3000);
		struct weir_learn_settings one = set;

		/* So that it falls, too. */
		one.peak_shift = 4;
		one.shift = 3;
		one.step_log2 = (uint32_t)weir_prng_range(&r, 1, 12);
		one.margin_q8 = (uint32_t)weir_prng_range(&r, 256, 2560);
		for (unsigned i = 0; i < 400; i++) {
			uint32_t before = s.threshold, step = before >> one.step_log2, low = floor < ceiling ? floor : ceiling;

			weir_learn_step(&s, &one, (uint32_t)weir_prng_below(&r, i / 50 % 2 ? 3000 : 20));
			ck_assert(weir_learn_threshold(&s, &one, 0, floor, ceiling) == (s.threshold != before));
			if (!s.threshold)
				continue;
			ck_assert_uint_ge(s.threshold, low);
			ck_assert_uint_le(s.threshold, ceiling);
			if (!before)
				continue;
			if (!step)
				step = 1;
			ck_assert_uint_le(s.threshold, before + step);
			ck_assert_uint_ge(s.threshold + step, before);
		}
	}
}
END_TEST

START_TEST(new_bounds)
{
	struct weir_series s = { .periods = 0 };

	for (unsigned i = 0; i < 100; i++)
		weir_learn_step(&s, &set, 200);
	weir_learn_threshold(&s, &set, 0, 16, 5000);
	/* What the host says holds at once. */
	weir_learn_threshold(&s, &set, 0, 16, 100);
	ck_assert_uint_eq(s.threshold, 100);
	weir_learn_threshold(&s, &set, 0, 700, 5000);
	ck_assert_uint_eq(s.threshold, 700);
	weir_learn_threshold(&s, &set, 0, 700, 600);
	ck_assert_uint_eq(s.threshold, 600);
}
END_TEST

/* BEYOND-6: an attacker who sends just what the threshold lets him, from a start of _i a window. */
START_TEST(slow_ramp)
{
	struct weir_series s = { .periods = 0 };
	uint32_t start, ceiling = 100 * (uint32_t)_i;
	unsigned n, doubled = 0;
	double bound;

	for (unsigned i = 0; i < 1000; i++) {
		weir_learn_step(&s, &set, (uint32_t)_i * 2 / 3);
		weir_learn_threshold(&s, &set, 0, 16, ceiling);
	}
	start = s.threshold;
	bound = start;
	for (n = 1; n <= 2000; n++) {
		weir_learn_step(&s, &set, s.threshold);
		weir_learn_threshold(&s, &set, 0, 16, ceiling);
		/* Below 64 by one a period, above by 1/64. */
		bound = bound < 64 ? bound + 1 : bound * (1 + 1.0 / 64);
		ck_assert_double_le(s.threshold, bound);
		ck_assert_uint_le(s.threshold, ceiling);
		if (!doubled && s.threshold >= 2 * start)
			doubled = n;
	}
	ck_assert_uint_eq(s.threshold, ceiling);
	if (start >= 64)
		ck_assert_uint_ge(doubled, 45);
	else
		ck_assert_uint_ge(doubled, start);
}
END_TEST

START_TEST(season_numbers)
{
	for (uint32_t v = 0; v <= WEIR_LEARN_MOST; v += v / 1000 + 1) {
		uint32_t u = weir_season_unpack(weir_season_pack(v));

		ck_assert_uint_ge(u, v);
		ck_assert_uint_le(u, v + v / 1024);
	}
	ck_assert_uint_eq(weir_season_unpack(weir_season_pack(WEIR_LEARN_MOST)), 0x40000);
}
END_TEST

static struct weir_fw *season_fw(uint32_t slots, uint32_t slot_s)
{
	struct weir_fw *fw = calloc(1, sizeof(*fw));

	ck_assert_ptr_nonnull(fw);
	fw->param[WEIR_PARAM_season_slots] = slots;
	fw->param[WEIR_PARAM_season_slot_s] = slot_s;
	return fw;
}

/* Slots of 100 s; a value of 100 * slot in each second of a slot. */
static void season_pass(struct weir_fw *fw, uint32_t from_s, uint32_t to_s, uint32_t times)
{
	for (uint32_t t = from_s; t < to_s; t++) {
		weir_season_step(fw, (uint64_t)t * 1000000);
		weir_season_add(fw, 3, times * (t / 100 % 4));
	}
}

START_TEST(season_cycle)
{
	struct weir_fw *fw = season_fw(4, 100);

	/* From the middle of slot 1 on: that one does not count, and for the others only when they are over. */
	season_pass(fw, 150, 250, 100);
	ck_assert_uint_eq(fw->season_slot, 2);
	ck_assert_uint_eq(weir_season_get(fw, 3), 0);
	season_pass(fw, 250, 550, 100);
	ck_assert_uint_eq(fw->season_slot, 1);
	ck_assert_uint_eq(fw->season[3][1], 0);
	ck_assert_uint_eq(weir_season_unpack(fw->season[3][2]), 200);
	ck_assert_uint_eq(weir_season_unpack(fw->season[3][3]), 300);
	/* Slot 2, which comes next, counts already. */
	ck_assert_uint_eq(weir_season_get(fw, 3), 200);
	ck_assert_uint_eq(weir_season_get(fw, 4), 0);
	/* Twice as much the next day: a quarter of the way. */
	season_pass(fw, 550, 800, 200);
	weir_season_step(fw, 800000000);
	ck_assert_uint_eq(weir_season_unpack(fw->season[3][2]), 250);
	ck_assert_uint_eq(weir_season_unpack(fw->season[3][3]), 375);
	/* The last slot looks at the first. */
	fw->season[3][0] = weir_season_pack(1000);
	season_pass(fw, 800, 1101, 0);
	ck_assert_uint_eq(fw->season_slot, 3);
	ck_assert_uint_eq(weir_season_get(fw, 3), 1000);
	free(fw);
}
END_TEST

START_TEST(season_jumps)
{
	struct weir_fw *fw = season_fw(4, 100);

	season_pass(fw, 0, 250, 100);
	/* Over a whole slot: what was in the running one still counts, the one jumped into does not. */
	season_pass(fw, 550, 601, 100);
	ck_assert_uint_eq(fw->season[3][1], weir_season_pack(100));
	ck_assert_uint_eq(fw->season_slot, 2);
	/* Another cycle: anew. */
	fw->param[WEIR_PARAM_season_slots] = 3;
	season_pass(fw, 601, 602, 100);
	ck_assert_uint_eq(fw->season[3][1], 0);
	fw->param[WEIR_PARAM_season_slots] = 0;
	season_pass(fw, 602, 603, 100);
	ck_assert_uint_eq(weir_season_get(fw, 3), 0);
	/* Of 24 series. */
	fw->param[WEIR_PARAM_season_slots] = 24;
	weir_season_step(fw, 603000000);
	weir_season_add(fw, WEIR_SEASON_SERIES, 1);
	ck_assert_uint_eq(weir_season_pack(1), 1);
	ck_assert_uint_eq(weir_season_get(fw, WEIR_SEASON_SERIES), 0);
	free(fw);
}
END_TEST

Suite *weir_test_learn(void)
{
	Suite *s = suite_create("learn");
	TCase *t = tcase_create("learn");

	tcase_set_timeout(t, 0);
	tcase_add_test(t, margin);
	tcase_add_test(t, first_period);
	tcase_add_test(t, second_period);
	tcase_add_test(t, warm_up);
	tcase_add_loop_test(t, against_double, 0, 18);
	tcase_add_test(t, peak_fades);
	tcase_add_test(t, extremes);
	tcase_add_test(t, threshold_at_first);
	tcase_add_loop_test(t, bounds, 0, 20);
	tcase_add_test(t, new_bounds);
	tcase_add_loop_test(t, slow_ramp, 10, 300);
	tcase_add_test(t, season_numbers);
	tcase_add_test(t, season_cycle);
	tcase_add_test(t, season_jumps);
	suite_add_tcase(s, t);
	return s;
}
