// SPDX-License-Identifier: Apache-2.0
/* The memory of captured frames beside the model, against the text of docs/soc.md, "Capture": registers, which frames fit, what an entry holds. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "firmware/hal/event.h"
#include "host/tests/check_run.h"
#include "sim/firmware/native.h"
#include "sim/live/capture_end.h"
#include "weir/weir_regs.h"

enum { Run = 1, AllSides = 3 << 8, AllVerdicts = 0xff << 16, Everything = Run | AllSides | AllVerdicts };

static struct weir_capture_end c;
static uint8_t octets[2000];

static void setup(void)
{
	weir_capture_end_init(&c);
	for (size_t i = 0; i < sizeof(octets); i++)
		octets[i] = (uint8_t)(i * 7 + 1);
}

static uint32_t get(uint32_t address)
{
	uint32_t v = 0xdeadbeef;

	ck_assert(weir_capture_end_read(&c, address, &v));
	return v;
}

static void set(uint32_t address, uint32_t value)
{
	ck_assert(weir_capture_end_write(&c, address, value));
}

static struct weir_record frame(uint32_t number)
{
	return (struct weir_record){ .seqno = number, .stamp_us = 0x123456789abcdefu + number, .len = 300, .verdict = 1, .reason = 0x12, .dir = 1 };
}

static void judge(const struct weir_record *r, uint32_t known)
{
	weir_capture_end_record(&c, r, octets, known);
}

static unsigned waiting(void)
{
	return get(WEIR_SOC_CAPTURE_QUEUE) & 0xff;
}

static uint32_t missed(void)
{
	return get(WEIR_SOC_CAPTURE_QUEUE) >> 8;
}

/** Whether a frame of these settings becomes an entry; none is left. */
static bool kept(uint32_t settings, uint32_t reason, const struct weir_record *r)
{
	bool any;

	set(WEIR_SOC_CAPTURE, settings);
	set(WEIR_SOC_CAPTURE_REASON, reason);
	judge(r, r->len);
	any = waiting();
	ck_assert_uint_le(waiting(), 1);
	set(WEIR_SOC_CAPTURE_POP, 0);
	ck_assert_uint_eq(waiting(), 0);
	return any;
}

START_TEST(registers)
{
	uint32_t v = 77;

	ck_assert_uint_eq(get(WEIR_SOC_CAPTURE), 0x00ff0300);
	ck_assert_uint_eq(get(WEIR_SOC_CAPTURE_REASON), 0);
	ck_assert_uint_eq(get(WEIR_SOC_CAPTURE_QUEUE), 0);
	ck_assert_uint_eq(get(WEIR_SOC_CAPTURE_POP), 0);
	/* Only the bits that there are. */
	set(WEIR_SOC_CAPTURE, 0xffffffff);
	ck_assert_uint_eq(get(WEIR_SOC_CAPTURE), 0x00ff03f1);
	set(WEIR_SOC_CAPTURE, 0);
	ck_assert_uint_eq(get(WEIR_SOC_CAPTURE), 0);
	set(WEIR_SOC_CAPTURE_REASON, 0xffffa55a);
	ck_assert_uint_eq(get(WEIR_SOC_CAPTURE_REASON), 0xa55a);
	/* What can only be read, and what is somebody else's. */
	ck_assert(!weir_capture_end_write(&c, WEIR_SOC_CAPTURE_QUEUE, 1));
	ck_assert(!weir_capture_end_write(&c, WEIR_SOC_CAPTURE_HEAD(0), 1));
	ck_assert(!weir_capture_end_read(&c, WEIR_SOC_CAPTURE_HEAD(64), &v) && !weir_capture_end_read(&c, WEIR_SOC_CAPTURE_HEAD(0) - 4, &v));
	ck_assert(!weir_capture_end_read(&c, WEIR_SOC_EVENT_POP, &v) && !weir_capture_end_write(&c, WEIR_SOC_EVENT_POP, 1) && v == 77);
	/* A pop of nothing does nothing. */
	set(WEIR_SOC_CAPTURE_POP, 1);
	ck_assert_uint_eq(get(WEIR_SOC_CAPTURE_QUEUE), 0);
}
END_TEST

START_TEST(entry)
{
	static const struct {
		uint32_t len, known, kept;
	} t[] = { { 60, 60, 60 }, { 60, 14, 14 }, { 239, 300, 239 }, { 240, 240, 240 }, { 241, 241, 240 }, { 1514, 1514, 240 }, { 1992, 100, 100 },
		  { 2000, 2000, 240 }, { 61, 0, 0 } };

	set(WEIR_SOC_CAPTURE, Everything);
	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		struct weir_record r = { .seqno = 0xfedcba98, .stamp_us = 0xff12345678abcdefu, .len = (uint16_t)t[i].len, .verdict = 5, .reason = 0xd0,
					 .dir = (uint8_t)(i % 2) };

		judge(&r, t[i].known);
		ck_assert_uint_eq(get(WEIR_SOC_CAPTURE_HEAD(0)), 0xfedcba98);
		ck_assert_uint_eq(get(WEIR_SOC_CAPTURE_HEAD(1)), 0x78abcdef);
		ck_assert_uint_eq(get(WEIR_SOC_CAPTURE_HEAD(2)), 0x123456 | t[i].kept << 24);
		ck_assert_uint_eq(get(WEIR_SOC_CAPTURE_HEAD(3)), 0xd0 | 5 << 8 | i % 2 << 11 | t[i].len << 16);
		for (uint32_t k = 0; k < t[i].kept; k++)
			ck_assert_uint_eq(get(WEIR_SOC_CAPTURE_HEAD(4 + k / 4)) >> 8 * (k % 4) & 0xff, octets[k]);
		set(WEIR_SOC_CAPTURE_POP, 0xffffffff);
	}
	ck_assert_uint_eq(get(WEIR_SOC_CAPTURE_QUEUE), 0);
}
END_TEST

START_TEST(which)
{
	for (unsigned i = 0; i < 8 * 4 * 2; i++) {
		struct weir_record r = frame(0);
		unsigned sides = i / 16, dir = i % 2;

		r.dir = (uint8_t)dir;
		r.verdict = i / 2 % 8;
		/* Only its side and its verdict; all but them. */
		ck_assert(kept(Run | 1u << (8 + dir) | 1u << (16 + r.verdict), 0, &r));
		ck_assert(!kept(Run | (3u & ~(1u << dir)) << 8 | AllVerdicts, 0, &r));
		ck_assert(!kept(Run | AllSides | (0xffu & ~(1u << r.verdict)) << 16, 0, &r));
		ck_assert(!kept(Everything & ~Run, 0, &r));
		ck_assert_uint_eq(kept(Run | sides << 8 | AllVerdicts, 0, &r), sides >> dir & 1);
	}
	for (unsigned i = 0; i < 256; i++) {
		struct weir_record r = frame(0);

		r.reason = (uint8_t)i;
		ck_assert(kept(Everything, 0x5a, &r));                                 /* no bit of it counts */
		ck_assert_uint_eq(kept(Everything, 0xff12, &r), i == 0x12);
		ck_assert_uint_eq(kept(Everything, 0xe040, &r), i >= 0x40 && i < 0x60);
		ck_assert_uint_eq(kept(Everything, 0x01fe, &r), i % 2 == 0);
	}
}
END_TEST

/** One of 2^n, of each side so many, and the numbers that the text says. */
START_TEST(sample)
{
	for (unsigned log2 = 0; log2 < 16; log2++) {
		unsigned side[2] = { 0 }, all = 1u << 17, wrong = 0;

		set(WEIR_SOC_CAPTURE, Everything | log2 << 4);
		for (uint32_t i = 0; i < all; i++) {
			struct weir_record r = frame(i);
			bool is;

			c.count = 0;
			judge(&r, 0);
			is = c.count;
			wrong += is != (((i ^ i >> 7) & ((1u << log2) - 1)) == 0);
			side[i % 2] += is;
		}
		ck_assert_uint_eq(wrong, 0);
		ck_assert_uint_eq(side[0] + side[1], all >> log2);
		if (log2 && log2 < 15)
			ck_assert_uint_eq(side[0], side[1]);
	}
}
END_TEST

/** Events of what is dropped follow the same rule: a frame makes one when it would be captured. */
START_TEST(events_alike)
{
	for (unsigned log2 = 0; log2 < 16; log2++) {
		uint32_t enable = WEIR_SOC_EVENT_ENABLE_SAMPLE_MASK | log2, word[WEIR_EVENT_WORDS];
		unsigned side[2] = { 0 }, wrong = 0;

		for (uint32_t i = 0; i < 1u << 17; i++) {
			struct weir_record r = frame(i);
			bool is = weir_soc_event(&r, enable, word);

			wrong += is != (((i ^ i >> 7) & ((1u << log2) - 1)) == 0);
			wrong += is && !WEIR_EVENT_GET(word, IS_SAMPLE);
			wrong += weir_soc_event(&r, log2, word);
			side[i % 2] += is;
		}
		ck_assert_uint_eq(wrong, 0);
		ck_assert_uint_eq(side[0] + side[1], (1u << 17) >> log2);
		if (log2 && log2 < 15)
			ck_assert_uint_eq(side[0], side[1]);
	}
}
END_TEST

START_TEST(full)
{
	struct weir_record r;
	uint32_t next = 0, oldest = 0;

	set(WEIR_SOC_CAPTURE, Everything);
	for (unsigned round = 0; round < 50; round++) {
		unsigned take = round % 17;
		uint32_t lost = missed();

		while (waiting() < 16) {
			r = frame(next++);
			judge(&r, r.len);
		}
		for (unsigned k = 0; k < 3; k++) {
			r = frame(0x80000000u + k);
			judge(&r, r.len);
		}
		ck_assert_uint_eq(missed(), lost + 3);
		ck_assert_uint_eq(waiting(), 16);
		for (; take; take--) {
			ck_assert_uint_eq(get(WEIR_SOC_CAPTURE_HEAD(0)), oldest++);
			set(WEIR_SOC_CAPTURE_POP, 0);
		}
	}
	/* What does not fit is not missed; what waits stays when it ends. */
	set(WEIR_SOC_CAPTURE, Everything & ~Run);
	judge(&r, r.len);
	ck_assert_uint_eq(missed(), 150);
	ck_assert_uint_ne(waiting(), 0);
	ck_assert_uint_eq(get(WEIR_SOC_CAPTURE_HEAD(0)), oldest);
}
END_TEST

START_TEST(wrap)
{
	struct weir_record r = frame(1);

	set(WEIR_SOC_CAPTURE, Everything);
	for (unsigned i = 0; i < 16; i++)
		judge(&r, r.len);
	c.missed = 0xffffff;
	ck_assert_uint_eq(get(WEIR_SOC_CAPTURE_QUEUE), 0xffffff10);
	judge(&r, r.len);
	ck_assert_uint_eq(get(WEIR_SOC_CAPTURE_QUEUE), 0x10);
}
END_TEST

int main(void)
{
	const TTest *const cases[] = { registers, entry, which, sample, events_alike, full, wrap };
	TCase *t = tcase_create("capture_end");

	tcase_set_timeout(t, 60);
	tcase_add_checked_fixture(t, setup, NULL);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		tcase_add_test(t, cases[i]);
	return check_run_case("capture_end", t);
}
