// SPDX-License-Identifier: Apache-2.0
/* Alarms from their start to their end (docs/firmware.md, "Alarms"). */
#include <check.h>
#include <string.h>

#include "firmware/app/alarm.h"

Suite *weir_test_alarm(void);

#define S 1000000ull
enum { UDP = 128 + 14, BYTES = UDP + WEIR_SERIES_BYTES };

static const struct weir_alarm_settings settings = {.hold_s = 10, .merge_s = 60};
static const uint32_t remote[4] = {0, 0, 0, 0xc6336407}, other[4] = {0x20010db8, 0, 0, 1};
static struct weir_alarms a;

static void setup(void)
{
	weir_alarms_init(&a);
}

static const struct weir_alarm *loud_at(uint64_t now_us, unsigned series, uint32_t measured)
{
	return weir_alarm_loud(&a, &settings, now_us, WEIR_ALARM_METER, series, 100, measured, NULL, false, 0);
}

static const struct weir_alarm *trip_at(uint64_t now_us, unsigned series, uint32_t measured, const uint32_t address[4])
{
	return weir_alarm_loud(&a, &settings, now_us, WEIR_ALARM_METER, series, 100, measured, address, true, 0);
}

static const struct weir_alarm *period_at(uint64_t now_us, unsigned series, uint32_t measured)
{
	return weir_alarm_period(&a, &settings, now_us, series, 100, measured, 0, NULL);
}

static unsigned count_on(void)
{
	unsigned on = 0;

	for (unsigned i = 0; i < WEIR_ALARMS_KEPT; i++)
		on += a.ring[i].number && a.ring[i].on;
	return on;
}

START_TEST(test_life)
{
	const struct weir_alarm *x = trip_at(5 * S, UDP, 101, remote);

	ck_assert_ptr_nonnull(x);
	ck_assert_int_eq(x->number, 1);
	ck_assert_int_eq(x->state, WEIR_ALARM_START);
	ck_assert_int_eq(x->severity, WEIR_SEVERITY_MINOR);
	ck_assert(x->on);
	ck_assert_mem_eq(x->address, remote, 16);
	/* Told again when it has doubled, not before; another key, louder, becomes the one that is told. */
	ck_assert_ptr_null(trip_at(6 * S, UDP, 150, NULL));
	ck_assert_mem_eq(weir_alarm_get(&a, 1)->address, remote, 16);
	ck_assert_ptr_null(trip_at(6 * S, UDP, 201, other));
	x = loud_at(7 * S, UDP, 202);
	ck_assert_ptr_nonnull(x);
	ck_assert_int_eq(x->number, 1);
	ck_assert_int_eq(x->state, WEIR_ALARM_PEAK);
	ck_assert_int_eq(x->severity, WEIR_SEVERITY_MAJOR);
	ck_assert_mem_eq(x->address, other, 16);
	ck_assert_ptr_null(trip_at(7 * S, UDP, 180, remote));
	ck_assert_mem_eq(weir_alarm_get(&a, 1)->address, other, 16);
	ck_assert_ptr_null(loud_at(8 * S, UDP, 403));
	ck_assert_ptr_nonnull(loud_at(8 * S, UDP, 404));
	ck_assert_ptr_null(loud_at(8 * S, UDP, 50));
	/* All four trips have ended; half of the threshold is not above half of it. */
	for (int i = 0; i < 4; i++)
		weir_alarm_quiet(&a, UDP);
	ck_assert_ptr_null(period_at(9 * S, UDP, 51));
	ck_assert_ptr_null(period_at(19 * S - 1, UDP, 50));
	x = period_at(19 * S, UDP, 50);
	ck_assert_ptr_nonnull(x);
	ck_assert_int_eq(x->state, WEIR_ALARM_END);
	ck_assert(!x->on);
	ck_assert_int_eq(x->number, 1);
	ck_assert_uint_eq(x->worst, 404);
	ck_assert_uint_eq(x->last, 50);
	ck_assert_uint_eq(x->threshold, 100);
	ck_assert_uint_eq(x->end_us, 19 * S);
	/* Over is over, and a free place is no alarm. */
	ck_assert_ptr_null(weir_alarm_get(&a, 0));
	ck_assert_ptr_null(period_at(40 * S, UDP, 0));
	ck_assert_uint_eq(a.numbers, 1);
}
END_TEST

/* A key that is tripped holds its alarm, though nothing is above half of the threshold: its packets are dropped. */
START_TEST(test_tripped)
{
	trip_at(S, UDP, 101, remote);
	trip_at(S, UDP, 101, other);
	ck_assert_ptr_null(period_at(12 * S, UDP, 10));
	weir_alarm_quiet(&a, UDP);
	ck_assert_ptr_null(period_at(13 * S, UDP, 10));
	weir_alarm_quiet(&a, UDP);
	ck_assert_ptr_nonnull(period_at(14 * S, UDP, 10));
	/* More ends than trips, and ends of what has none. */
	weir_alarm_quiet(&a, UDP);
	weir_alarm_quiet(&a, UDP + 1);
	ck_assert_ptr_nonnull(trip_at(200 * S, UDP, 101, remote));
	ck_assert_int_eq(weir_alarm_get(&a, 2)->tripped, 1);
}
END_TEST

/* An end that was never heard of: 256 windows later no key can be tripped. */
START_TEST(test_end_lost)
{
	trip_at(S, UDP, 101, remote);
	ck_assert_ptr_null(period_at(S + 256 * 65536 - 1, UDP, 10));
	ck_assert_ptr_nonnull(period_at(S + 256 * 65536, UDP, 10));
}
END_TEST

/* So many trips that the count of keys is full, and as many ends. */
START_TEST(test_many_keys)
{
	for (int i = 0; i < 300; i++)
		trip_at(S, UDP, 101, remote);
	ck_assert_int_eq(weir_alarm_get(&a, 1)->tripped, UINT8_MAX);
	for (int i = 0; i < 300; i++)
		weir_alarm_quiet(&a, UDP);
	ck_assert_int_eq(weir_alarm_get(&a, 1)->tripped, 0);
	ck_assert_int_eq(a.numbers, 1);
}
END_TEST

/* 50 pulses are one alarm: closer than hold_s without an end, farther with ends that are taken back, and told so. */
START_TEST(test_pulses)
{
	static const struct { unsigned pause_s, ends, resumed; } row[] = {{4, 1, 0}, {30, 50, 49}, {59, 50, 49}};

	for (unsigned r = 0; r < sizeof(row) / sizeof(row[0]); r++) {
		unsigned starts = 0, ends = 0, resumed = 0;
		uint64_t t = S;

		setup();
		for (unsigned pulse = 0; pulse < 50; pulse++) {
			const struct weir_alarm *x = trip_at(t, UDP, 150, remote);

			starts += x && x->state == WEIR_ALARM_START;
			resumed += x && x->state == WEIR_ALARM_ON && x->on && !x->end_us;
			weir_alarm_quiet(&a, UDP);
			for (unsigned i = 0; i < row[r].pause_s; i++) {
				t += S;
				ends += period_at(t, UDP, 0) != NULL;
			}
		}
		for (unsigned i = 0; i < 100; i++, t += S)
			ends += period_at(t, UDP, 0) != NULL;
		ck_assert_uint_eq(starts, 1);
		ck_assert_uint_eq(a.numbers, 1);
		ck_assert_uint_eq(ends, row[r].ends);
		ck_assert_uint_eq(resumed, row[r].resumed);
		ck_assert_uint_eq(weir_alarm_get(&a, 1)->start_us, S);
	}
}
END_TEST

START_TEST(test_merge_bound)
{
	trip_at(S, UDP, 150, remote);
	weir_alarm_quiet(&a, UDP);
	ck_assert_ptr_nonnull(period_at(11 * S, UDP, 0));
	ck_assert_int_eq(loud_at(71 * S, UDP, 150)->number, 1);
	ck_assert_ptr_nonnull(period_at(81 * S, UDP, 0));
	ck_assert_int_eq(loud_at(141 * S + 1, UDP, 150)->number, 2);
	/* Two of the series are kept: the later one goes on. */
	ck_assert_ptr_nonnull(period_at(160 * S, UDP, 0));
	ck_assert_int_eq(loud_at(170 * S, UDP, 150)->number, 2);
	/* Told as it goes on with 500: what is less than twice that is no news. */
	ck_assert_ptr_nonnull(period_at(180 * S, UDP, 0));
	ck_assert_int_eq(loud_at(190 * S, UDP, 500)->number, 2);
	ck_assert_ptr_null(loud_at(191 * S, UDP, 999));
	ck_assert_ptr_nonnull(loud_at(191 * S, UDP, 1000));
}
END_TEST

START_TEST(test_severity)
{
	static const struct { unsigned kind; uint32_t threshold, measured; int severity; } row[] = {
		{WEIR_ALARM_METER, 100, 101, WEIR_SEVERITY_MINOR},
		{WEIR_ALARM_METER, 100, 199, WEIR_SEVERITY_MINOR},
		{WEIR_ALARM_METER, 100, 200, WEIR_SEVERITY_MAJOR},
		{WEIR_ALARM_METER, 100, 999, WEIR_SEVERITY_MAJOR},
		{WEIR_ALARM_METER, 100, 1000, WEIR_SEVERITY_CRITICAL},
		{WEIR_ALARM_METER, 0xffffffff, 0xffffffff, WEIR_SEVERITY_MINOR},
		{WEIR_ALARM_METER, 0x80000001, 0xffffffff, WEIR_SEVERITY_MINOR},
		{WEIR_ALARM_METER, 0x7fffffff, 0xffffffff, WEIR_SEVERITY_MAJOR},
		{WEIR_ALARM_LOST, 0, 100000, WEIR_SEVERITY_MINOR},
		{WEIR_ALARM_LOST, 0, 0, WEIR_SEVERITY_MINOR},
		{WEIR_ALARM_RESTARTED, 0, 0, WEIR_SEVERITY_MAJOR},
		{WEIR_ALARM_SELF_TEST, 0, 7, WEIR_SEVERITY_MAJOR},
		{WEIR_ALARM_IMPORT, 0, 0, WEIR_SEVERITY_MAJOR},
	};

	for (unsigned i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		const struct weir_alarm *x;

		setup();
		x = weir_alarm_loud(&a, &settings, S, row[i].kind, row[i].kind == WEIR_ALARM_METER ? UDP : WEIR_SERIES_NONE,
				    row[i].threshold, row[i].measured, NULL, false, 0);
		ck_assert_ptr_nonnull(x);
		ck_assert_msg(x->severity == row[i].severity, "row %u: %u", i, x->severity);
	}
}
END_TEST

/* Those without a series end by themselves, each by its own time. */
START_TEST(test_without_series)
{
	for (unsigned kind = WEIR_ALARM_LOST; kind <= WEIR_ALARM_IMPORT; kind++)
		ck_assert_ptr_nonnull(weir_alarm_loud(&a, &settings, kind * S, kind, WEIR_SERIES_NONE, 0, 1, NULL, false, 0));
	ck_assert_uint_eq(a.numbers, 4);
	weir_alarm_loud(&a, &settings, 6 * S, WEIR_ALARM_LOST, WEIR_SERIES_NONE, 0, 1, NULL, false, 0);
	ck_assert_uint_eq(a.numbers, 4);
	ck_assert_ptr_null(period_at(12 * S, WEIR_SERIES_NONE, 0));
	ck_assert_int_eq(period_at(13 * S, WEIR_SERIES_NONE, 0)->kind, WEIR_ALARM_RESTARTED);
	ck_assert_ptr_null(period_at(13 * S, WEIR_SERIES_NONE, 0));
	ck_assert_int_eq(period_at(15 * S, WEIR_SERIES_NONE, 0)->kind, WEIR_ALARM_SELF_TEST);
	ck_assert_int_eq(period_at(15 * S, WEIR_SERIES_NONE, 0)->kind, WEIR_ALARM_IMPORT);
	ck_assert_ptr_null(period_at(15 * S, WEIR_SERIES_NONE, 0));
	ck_assert_int_eq(period_at(16 * S, WEIR_SERIES_NONE, 0)->kind, WEIR_ALARM_LOST);
	ck_assert_uint_eq(count_on(), 0);
}
END_TEST

START_TEST(test_dropped)
{
	weir_alarm_loud(&a, &settings, S, WEIR_ALARM_METER, UDP, 100, 150, NULL, false, 0xfffffff0);
	weir_alarm_period(&a, &settings, 2 * S, UDP, 100, 60, 0x10, NULL);
	ck_assert_uint_eq(weir_alarm_get(&a, 1)->dropped, 0x20);
	/* Cleared meanwhile. */
	weir_alarm_period(&a, &settings, 3 * S, UDP, 100, 60, 0, NULL);
	weir_alarm_period(&a, &settings, 4 * S, UDP, 100, 60, 0x7fffffff, NULL);
	ck_assert_uint_eq(weir_alarm_get(&a, 1)->dropped, 0x8000001f);
	/* What is dropped between its end and its going on is not its own. */
	ck_assert_ptr_nonnull(weir_alarm_period(&a, &settings, 14 * S, UDP, 100, 0, 0x80000000, NULL));
	weir_alarm_loud(&a, &settings, 20 * S, WEIR_ALARM_METER, UDP, 100, 150, NULL, false, 0xf0000000);
	ck_assert_uint_eq(weir_alarm_get(&a, 1)->dropped, 0x80000020);
	weir_alarm_period(&a, &settings, 21 * S, UDP, 100, 60, 0x6f000000, NULL);
	weir_alarm_period(&a, &settings, 22 * S, UDP, 100, 60, 0x70000000, NULL);
	ck_assert_uint_eq(weir_alarm_get(&a, 1)->dropped, 0xffffffff);
}
END_TEST

/* 40 series one after the other: the last 32 are kept, by their numbers. */
START_TEST(test_ring)
{
	for (unsigned i = 0; i < 40; i++) {
		uint64_t t = (1 + 20 * i) * S;

		ck_assert_uint_eq(loud_at(t, i, 150)->number, i + 1);
		ck_assert_ptr_nonnull(period_at(t + 10 * S, i, 0));
	}
	for (unsigned i = 0; i < 42; i++) {
		const struct weir_alarm *x = weir_alarm_get(&a, i);

		ck_assert_msg((x != NULL) == (i >= 9 && i <= 40), "alarm %u", i);
		if (x)
			ck_assert_uint_eq(x->series, i - 1);
	}
}
END_TEST

/* One that has been on for long outlives in the ring those that have come and gone. */
START_TEST(test_ring_keeps_what_is_on)
{
	loud_at(S, 100, 150);
	for (unsigned i = 0; i < 64; i++) {
		uint64_t t = (1 + 20 * i) * S;

		loud_at(t, i % 50, 150);
		ck_assert_ptr_nonnull(period_at(t + 10 * S, i % 50, 0));
		ck_assert_ptr_null(period_at(t + 10 * S, 100, 60));
	}
	ck_assert_ptr_nonnull(period_at(2000 * S, 100, 0));
	ck_assert_ptr_nonnull(weir_alarm_get(&a, 1));
	loud_at(2001 * S, 60, 150);
	ck_assert_ptr_nonnull(weir_alarm_get(&a, 1));
	ck_assert_uint_eq(weir_alarm_get(&a, 1)->end_us, 2000 * S);
}
END_TEST

/* 16 are on: a worse one takes the place of the least, a lesser one gets none; both stay frozen. */
START_TEST(test_room)
{
	for (unsigned i = 0; i < 16; i++)
		ck_assert_ptr_nonnull(loud_at(S, i, 150 + 10 * i));
	ck_assert_uint_eq(count_on(), 16);
	ck_assert_ptr_null(loud_at(2 * S, 20, 150));
	ck_assert_ptr_null(loud_at(2 * S, 20, 149));
	ck_assert_uint_eq(a.numbers, 16);
	ck_assert_ptr_nonnull(loud_at(3 * S, 20, 151));
	ck_assert_uint_eq(count_on(), 16);
	ck_assert(!weir_alarm_get(&a, 1)->on);
	ck_assert_uint_eq(weir_alarm_get(&a, 1)->end_us, 3 * S);
	/* The one that had to go does not come back, as it was no worse; grown worse, it does, under its number. */
	ck_assert_ptr_null(loud_at(4 * S, 0, 150));
	ck_assert_uint_eq(loud_at(4 * S, 0, 5000)->number, 1);
	ck_assert_uint_eq(count_on(), 16);
	ck_assert(!weir_alarm_get(&a, 17)->on);
	/* Severity comes before the ratio. */
	ck_assert_ptr_null(weir_alarm_loud(&a, &settings, 5 * S, WEIR_ALARM_LOST, WEIR_SERIES_NONE, 0, 9, NULL, false, 0));
	ck_assert_ptr_nonnull(weir_alarm_loud(&a, &settings, 5 * S, WEIR_ALARM_RESTARTED, WEIR_SERIES_NONE, 0, 0, NULL,
					      false, 0));
	ck_assert_uint_eq(count_on(), 16);
}
END_TEST

/* Whatever happens, 16 on at most, and numbers are never given twice. */
START_TEST(test_room_random)
{
	uint32_t x = 1;
	uint64_t t = S;

	for (unsigned i = 0; i < 200000; i++) {
		unsigned series;

		x = x * 1664525 + 1013904223;
		series = x >> 26;
		t += (x >> 8 & 0xff) * 4000;
		switch (x >> 16 & 3) {
		case 0:
			trip_at(t, series, 100 + (x >> 18 & 0x3ff), remote);
			break;
		case 1:
			loud_at(t, series, 100 + (x >> 18 & 0xff));
			break;
		case 2:
			weir_alarm_quiet(&a, series);
			break;
		default:
			period_at(t, series, x >> 18 & 0x7f);
		}
		ck_assert_uint_le(count_on(), WEIR_ALARMS_ON);
		if (i % 64 == 0)
			for (unsigned m = 0; m < WEIR_ALARMS_KEPT; m++)
				for (unsigned n = m + 1; n < WEIR_ALARMS_KEPT; n++)
					ck_assert(!a.ring[m].number || a.ring[m].number != a.ring[n].number);
	}
	ck_assert_uint_gt(a.numbers, 1000);
}
END_TEST

/* Of one series there is never more than one on, bytes and packets apart. */
START_TEST(test_units)
{
	ck_assert_uint_eq(loud_at(S, UDP, 150)->number, 1);
	ck_assert_uint_eq(loud_at(S, BYTES, 150)->number, 2);
	ck_assert_ptr_null(loud_at(S, UDP, 150));
	ck_assert_ptr_null(loud_at(S, BYTES, 150));
	ck_assert_ptr_nonnull(period_at(11 * S, BYTES, 0));
	ck_assert(weir_alarm_get(&a, 1)->on);
}
END_TEST

START_TEST(test_frozen)
{
	unsigned kin = weir_series_kin(UDP);

	ck_assert_uint_ne(kin, 0);
	ck_assert_uint_eq(weir_alarms_frozen(&a, S, 60 * S), 0);
	weir_alarm_loud(&a, &settings, S, WEIR_ALARM_LOST, WEIR_SERIES_NONE, 0, 1, NULL, false, 0);
	ck_assert_uint_eq(weir_alarms_frozen(&a, S, 60 * S), 0);
	loud_at(S, UDP, 150);
	ck_assert_uint_eq(weir_alarms_frozen(&a, 5000 * S, 60 * S), kin);
	period_at(100 * S, UDP, 0);
	ck_assert_uint_eq(weir_alarms_frozen(&a, 160 * S - 1, 60 * S), kin);
	ck_assert_uint_eq(weir_alarms_frozen(&a, 160 * S, 60 * S), 0);
	ck_assert_uint_eq(weir_alarms_frozen(&a, 100 * S, 0), 0);
	/* A trip that nobody could place. */
	loud_at(200 * S, WEIR_SERIES_NONE, 150);
	ck_assert_uint_eq(weir_alarms_frozen(&a, 200 * S, 60 * S), WEIR_KIN_ALL);
}
END_TEST

/* What finds no room, and what leaves the ring early, is frozen all the same. */
START_TEST(test_frozen_without_room)
{
	unsigned kin = weir_series_kin(UDP);

	for (unsigned i = 0; i < 16; i++)
		ck_assert_ptr_nonnull(weir_alarm_loud(&a, &settings, S, WEIR_ALARM_RESTARTED, i, 0, 0, NULL, false, 0));
	ck_assert_ptr_null(loud_at(2 * S, UDP, 150));
	ck_assert_uint_eq(weir_alarms_frozen(&a, 2 * S, 60 * S), kin);
	ck_assert_uint_eq(weir_alarms_frozen(&a, 62 * S, 60 * S), 0);

	setup();
	loud_at(S, UDP, 150);
	period_at(11 * S, UDP, 0);
	for (unsigned i = 0; i < 40; i++) {
		weir_alarm_loud(&a, &settings, 12 * S, WEIR_ALARM_LOST, i, 0, 0, NULL, false, 0);
		weir_alarm_period(&a, &settings, 30 * S, i, 0, 0, 0, NULL);
	}
	ck_assert_ptr_null(weir_alarm_get(&a, 1));
	ck_assert_uint_eq(weir_alarms_frozen(&a, 70 * S, 60 * S), kin);
	ck_assert_uint_eq(weir_alarms_frozen(&a, 71 * S, 60 * S), 0);

	/* One finds no room at 50 s; one that ended before leaves the ring after: 50 s it is. */
	setup();
	loud_at(S, UDP, 150);
	period_at(11 * S, UDP, 0);
	for (unsigned i = 0; i < 16; i++)
		weir_alarm_loud(&a, &settings, 12 * S, WEIR_ALARM_RESTARTED, i, 0, 0, NULL, false, 0);
	ck_assert_ptr_null(loud_at(50 * S, UDP + 1, 150));
	for (unsigned i = 0; i < 16; i++)
		weir_alarm_period(&a, &settings, 51 * S, i, 0, 0, 0, NULL);
	for (unsigned i = 0; i < 16; i++)
		weir_alarm_loud(&a, &settings, 52 * S, WEIR_ALARM_LOST, i, 0, 0, NULL, false, 0);
	ck_assert_ptr_null(weir_alarm_get(&a, 1));
	ck_assert_uint_eq(weir_alarms_frozen(&a, 110 * S - 1, 60 * S), kin | weir_series_kin(UDP + 1));
	ck_assert_uint_eq(weir_alarms_frozen(&a, 110 * S, 60 * S), 0);
}
END_TEST

START_TEST(test_words)
{
	static const uint32_t top[4] = {1, 2, 3, 4};
	uint32_t word[16];

	weir_alarm_loud(&a, &settings, 7 * S + 999999, WEIR_ALARM_METER, BYTES, 100, 250, other, true, 1000);
	weir_alarm_words(weir_alarm_get(&a, 1), word);
	ck_assert_uint_eq(word[0], 1 | 1 << 8 | 2 << 10 | (uint32_t)BYTES << 16);
	weir_alarm_period(&a, &settings, 8 * S, BYTES, 100, 90, 1234, top);
	weir_alarm_words(weir_alarm_get(&a, 1), word);
	ck_assert_uint_eq(word[0], 1 | 0 << 8 | 2 << 10 | (uint32_t)BYTES << 16);
	ck_assert_uint_eq(word[1], 1);
	ck_assert_uint_eq(word[2], 7);
	ck_assert_uint_eq(word[3], 0);
	ck_assert_uint_eq(word[4], 100);
	ck_assert_uint_eq(word[5], 250);
	ck_assert_uint_eq(word[6], 90);
	ck_assert_uint_eq(word[7], 234);
	ck_assert_mem_eq(word + 8, other, 16);
	ck_assert_mem_eq(word + 12, top, 16);
	weir_alarm_quiet(&a, BYTES);
	ck_assert_ptr_nonnull(weir_alarm_period(&a, &settings, 18 * S, BYTES, 100, 50, 1234, NULL));
	weir_alarm_words(weir_alarm_get(&a, 1), word);
	ck_assert_uint_eq(word[0], 1 | 3 << 8 | 2 << 10 | (uint32_t)BYTES << 16);
	ck_assert_uint_eq(word[3], 18);
	ck_assert_mem_eq(word + 12, top, 16);
	weir_alarm_loud(&a, &settings, 99 * S, WEIR_ALARM_IMPORT, WEIR_SERIES_NONE, 0, 0, NULL, false, 0);
	weir_alarm_words(weir_alarm_get(&a, 2), word);
	ck_assert_uint_eq(word[0], 5 | 1 << 8 | 2 << 10 | 0xfffu << 16);
	for (unsigned i = 8; i < 16; i++)
		ck_assert_uint_eq(word[i], 0);
}
END_TEST

Suite *weir_test_alarm(void)
{
	Suite *s = suite_create("alarm");
	TCase *t = tcase_create("alarm");

	tcase_add_checked_fixture(t, setup, NULL);
	tcase_add_test(t, test_life);
	tcase_add_test(t, test_tripped);
	tcase_add_test(t, test_end_lost);
	tcase_add_test(t, test_many_keys);
	tcase_add_test(t, test_pulses);
	tcase_add_test(t, test_merge_bound);
	tcase_add_test(t, test_severity);
	tcase_add_test(t, test_without_series);
	tcase_add_test(t, test_dropped);
	tcase_add_test(t, test_ring);
	tcase_add_test(t, test_ring_keeps_what_is_on);
	tcase_add_test(t, test_room);
	tcase_add_test(t, test_room_random);
	tcase_add_test(t, test_units);
	tcase_add_test(t, test_frozen);
	tcase_add_test(t, test_frozen_without_room);
	tcase_add_test(t, test_words);
	suite_add_tcase(s, t);
	return s;
}
