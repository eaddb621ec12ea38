// SPDX-License-Identifier: Apache-2.0
/* A normal day with its swing, noise and bursts: no alarm. The meters' arithmetic (docs/datapath.md 6.2) is here
 * a bucket that gets the packets of a window at once, which trips sooner than any other order. The second day is followed by a flood. */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "firmware/app/fw.h"
#include "firmware/host-tests/fake_hal.h"
#include "host/common/prng.h"
#include "weir/weir_regs.h"

Suite *weir_test_day(void);

enum { KEYS = 6, DAY_S = 86400, WINDOWS_A_DAY = 1318359 };
#define WINDOW_US 65536.0

/* Traffic of one kind: bursts (connections, requests) come at random and have so many packets each. */
struct kind {
	unsigned number;
	double bursts;        /* to one key in a window, by day */
	unsigned most;        /* packets of a burst: 1 to this */
	bool state;           /* trips above the threshold, without a bucket */
};
enum { KINDS = 9, UDP = 35 };

static const struct kind both[2][KINDS] = {
	/* Steady: many small ones. */
	{
		{ 0, 1.0, 8, false },        /* remote */
		{ 32, 0.4, 2, false },       /* class syn */
		{ 39, 6.0, 12, false },      /* class tcp_known */
		{ UDP, 0.02, 10, false },    /* class udp: sparse */
		{ 34, 0.3, 1, false },       /* class udp_reflect: answers of DNS */
		{ 36, 0.001, 4, false },     /* class icmp: next to nothing */
		{ 48, 8.0, 12, false },      /* address */
		{ 192, 0.4, 2, true },       /* SYNs to a host */
		{ 193, 2.0, 2, true },       /* SYNs in all */
	},
	/* Rare and large. */
	{
		{ 0, 0.05, 150, false }, { 32, 0.4, 2, false }, { 39, 0.3, 200, false }, { UDP, 0.0005, 100, false },
		{ 34, 0.3, 1, false }, { 36, 0.00001, 20, false }, { 48, 0.4, 200, false }, { 192, 0.4, 2, true },
		{ 193, 2.0, 2, true },
	},
};
static const struct kind *kinds;

static struct fake_hal *f;
static struct weir_fw *fw;
static struct weir_prng r;
static double bucket[KINDS][KEYS];      /* tat, windows of now */
static bool tripped[KINDS][KEYS];
static unsigned trips, loudest[KINDS];
static double wander;                   /* of the minutes */

static double uniform(void)
{
	return (weir_prng_next(&r) >> 11) * 0x1p-53;
}

static unsigned poisson(double mean)
{
	double p = exp(-mean), u = uniform();
	unsigned n = 0;

	for (double sum = p; u > sum && n < 200; sum += p)
		p *= mean / ++n;
	return n;
}

static uint32_t field(unsigned number, unsigned lsb, unsigned bits)
{
	return (uint32_t)weir_field_get(fake_entry(f, WEIR_REG_METER_CFG(number)), lsb, bits);
}

/** One window of one key. */
static void arrive(unsigned k, unsigned key, double window, unsigned count)
{
	const struct kind *d = &kinds[k];
	double cost, tau;

	if (!count)
		return;
	fake_peak(f, d->number, count, 0);
	if (count > loudest[k])
		loudest[k] = count;
	if (d->state)
		return;
	cost = field(d->number, WEIR_REG_METER_CFG_PKT_COST_LSB, 28) / 0x1p24;
	tau = field(d->number, WEIR_REG_METER_CFG_PKT_TAU_LSB, 28) / 0x1p24;
	if (bucket[k][key] < window)
		bucket[k][key] = window;
	bucket[k][key] += count * cost;
	/* The last packet of them. */
	if (bucket[k][key] - cost - window <= tau)
		return;
	bucket[k][key] = window;
	if (tripped[k][key])
		return;
	tripped[k][key] = true;
	trips++;
	fake_event(f, (d->number % 16) << 17 | 1 << 25, 1u << d->number / 16, 0, 6, 0x10 + d->number / 16, count);
}

/** Windows from..to, the firmware called at the ends of its periods. */
static void pass(unsigned from, unsigned to, double flood)
{
	for (unsigned w = from; w < to; w++) {
		double t = w * WINDOW_US / 1e6, day = 1 - 0.8 * cos(2 * M_PI * t / DAY_S);

		/* Minutes differ. */
		if (w % 1024 == 0)
			wander = 0.7 * wander + 0.3 * (0.4 + 1.2 * uniform());
		for (unsigned k = 0; k < KINDS; k++)
			for (unsigned key = 0; key < KEYS; key++) {
				unsigned count = 0, bursts = poisson(kinds[k].bursts * day * wander);

				while (bursts--)
					count += 1 + (unsigned)weir_prng_below(&r, kinds[k].most);
				if (kinds[k].number == UDP && !key)
					count += (unsigned)flood;
				arrive(k, key, w, count);
			}
		while (f->now_us + 1000000 <= (uint64_t)(w * WINDOW_US) + 6000000) {
			f->now_us += 1000000;
			weir_fw_poll(fw);
		}
	}
}

static unsigned alarms(void)
{
	return fw->alarms.numbers;
}

static void begin(int which, uint32_t floor_log2)
{
	kinds = both[which];
	f = fake_hal_new();
	fw = calloc(1, sizeof(*fw));
	ck_assert_ptr_nonnull(fw);
	fake_policy(f);
	weir_prng_seed(&r, (uint64_t)which + 1, 9);
	memset(bucket, 0, sizeof(bucket));
	memset(tripped, 0, sizeof(tripped));
	memset(loudest, 0, sizeof(loudest));
	trips = 0;
	wander = 1;
	weir_fw_init(fw, &f->hal);
	fw->param[WEIR_PARAM_floor_log2] = floor_log2;
	weir_fw_poll(fw);
}

static void from_window(unsigned from)
{
	f->now_us = (uint64_t)(from * WINDOW_US) + 5000000;
	weir_fw_poll(fw);
}

START_TEST(normal_day)
{
	unsigned first, from = WINDOWS_A_DAY / 2;

	/* Every threshold as low as learning alone makes it. */
	begin(_i, 18);
	from_window(from);
	/* From noon to noon, and once more. */
	pass(from, from + WINDOWS_A_DAY, 0);
	first = alarms();
	printf("day: %s: first day %u alarms, %u trips\n", _i ? "rare and large" : "steady", first, trips);
	pass(from + WINDOWS_A_DAY, from + 2 * WINDOWS_A_DAY, 0);
	printf("day: second day %u alarms, %u trips in all\n", alarms() - first, trips);
	for (unsigned k = 0; k < KINDS; k++) {
		int i = weir_fw_find(fw, kinds[k].number);

		printf("day: series %u: largest window %u, threshold %u, policy %u\n", kinds[k].number, loudest[k], fw->limit[i].in_use,
		       weir_limit_policy(&fw->limit[i]));
	}
	ck_assert_uint_eq(alarms() - first, 0);
	/* And twice the threshold's worth of UDP is told within half a second. */
	first = alarms();
	from += 2 * WINDOWS_A_DAY;
	pass(from, from + 8, 2 * fw->limit[weir_fw_find(fw, UDP)].in_use + 1);
	weir_fw_poll(fw);
	ck_assert_uint_eq(alarms() - first, 1);
	free(fw);
	free(f);
}
END_TEST

/* It learns at midnight, when next to nothing comes, and rare and large: the default floors are there so that the morning is no
 * alarm. */
START_TEST(quiet_night)
{
	begin(1, weir_params[WEIR_PARAM_floor_log2].def);
	from_window(0);
	pass(0, WINDOWS_A_DAY, 0);
	printf("day: from midnight, default floors: %u alarms, %u trips\n", alarms(), trips);
	ck_assert_uint_eq(alarms(), 0);
	ck_assert_uint_eq(trips, 0);
	free(fw);
	free(f);
}
END_TEST

Suite *weir_test_day(void)
{
	Suite *s = suite_create("day");
	TCase *t = tcase_create("day");

	tcase_set_timeout(t, 0);
	tcase_add_loop_test(t, normal_day, 0, 2);
	tcase_add_test(t, quiet_night);
	suite_add_tcase(s, t);
	return s;
}
