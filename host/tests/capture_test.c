// SPDX-License-Identifier: Apache-2.0
/* Capturing over an appliance of the tests, whose memory is that of sim/live/capture_end.h: settings, frames, what is missed, who else captures,
 * and that no fault of the line loses a frame or brings one twice. */
#include <check.h>
#include <errno.h>
#include <string.h>

#include "check_run.h"
#include "fake_board.h"
#include "host/common/lists.h"
#include "weir/capture.h"
#include "weir/weir_regs.h"

enum { OldSettings = 0x00050230, OldReason = 0x0f12 };

static struct fake_board b;
static struct weir_dev *dev;
static struct weir_capture_run *run;
static struct weir_capture_frame frame;
static char detail[WEIR_DETAIL];
static uint8_t octets[1514];

static void setup(void)
{
	static const struct weir_open_options once = { .timeout_ms = 20, .attempts = 1 };

	fake_board_init(&b);
	dev = NULL;
	run = NULL;
	for (size_t i = 0; i < sizeof(octets); i++)
		octets[i] = (uint8_t)(i * 5 + 3);
	b.capture.settings = OldSettings;
	b.capture.reason = OldReason;
	ck_assert_msg(!fake_board_open(&b, &once, &dev, detail), "%s", detail);
}

static void teardown(void)
{
	weir_capture_stop(run);
	weir_dev_close(dev);
	ck_assert_uint_eq(b.opens, b.closes);
	fake_board_done(&b);
}

static void put(uint32_t number, unsigned len)
{
	struct weir_record r = { .seqno = number, .stamp_us = 0xab12345678u + number, .len = (uint16_t)len, .verdict = WEIR_VERDICT_drop,
				 .reason = WEIR_REASON_meter_class, .dir = number % 2 };

	weir_capture_end_record(&b.capture, &r, octets, len);
}

static void start(const struct weir_capture_filter *filter)
{
	int rc = weir_capture_start(dev, filter, false, &run);

	ck_assert_msg(!rc, "%d %s", rc, weir_dev_detail(dev));
	ck_assert_str_eq(weir_dev_detail(dev), "");
}

static void is_old(void)
{
	ck_assert_uint_eq(b.capture.settings, OldSettings);
	ck_assert_uint_eq(b.capture.reason, OldReason);
	ck_assert_uint_eq(b.capture.count, 0);
}

START_TEST(frames)
{
	static const unsigned lens[] = { 60, 239, 240, 241, 1514 };

	start(NULL);
	ck_assert_uint_eq(b.capture.settings, 0x00ff0301);
	ck_assert_uint_eq(b.capture.reason, 0);
	memset(&frame, 0x55, sizeof(frame));
	ck_assert_int_eq(weir_capture_take(run, &frame), 0);
	ck_assert_uint_eq(frame.number, 0x55555555);
	for (unsigned i = 0; i < 5; i++)
		put(0xfffffffeu + i, lens[i]);
	for (unsigned i = 0; i < 5; i++) {
		ck_assert_int_eq(weir_capture_take(run, &frame), 1);
		ck_assert_uint_eq(frame.number, 0xfffffffeu + i);
		ck_assert_uint_eq(frame.stamp_us, 0xab12345678u + (uint64_t)(0xfffffffeu + i));
		ck_assert_uint_eq(frame.len, lens[i]);
		ck_assert_uint_eq(frame.captured, lens[i] < 240 ? lens[i] : 240);
		ck_assert_mem_eq(frame.octets, octets, frame.captured);
		ck_assert_uint_eq(frame.side, i % 2);
		ck_assert_uint_eq(frame.verdict, WEIR_VERDICT_drop);
		ck_assert_str_eq(frame.verdict_name, "drop");
		ck_assert_str_eq(frame.reason_name, "meter_class");
	}
	ck_assert_int_eq(weir_capture_take(run, &frame), 0);
	put(9, 60);
	ck_assert_int_eq(weir_capture_halt(run), 0);
	put(10, 60);
	ck_assert_int_eq(weir_capture_take(run, &frame), 1);
	ck_assert_uint_eq(frame.number, 9);
	ck_assert_int_eq(weir_capture_take(run, &frame), 0);
	ck_assert_int_eq(weir_capture_stop(run), 0);
	run = NULL;
	is_old();
	ck_assert_int_eq(weir_capture_stop(NULL), 0);
}
END_TEST

START_TEST(settings)
{
	static const struct {
		struct weir_capture_filter filter;
		uint32_t settings, reason;
		int rc;
	} t[] = {
		{ { 15, 1, 0x02, 0x12, 0xff }, 0x000201f1, 0xff12, 0 }, { { 0, 2, 0x80, 0, 0 }, 0x00800201, 0, 0 }, { { 3, 3, 0xff, 0x40, 0xc0 }, 0x00ff0331, 0xc040, 0 },
		{ { 16, 3, 0xff, 0, 0 }, 0, 0, -EINVAL }, { { 0, 0, 0xff, 0, 0 }, 0, 0, -EINVAL }, { { 0, 4, 0xff, 0, 0 }, 0, 0, -EINVAL },
		{ { 0, 3, 0, 0, 0 }, 0, 0, -EINVAL },
	};

	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		unsigned done = b.done;

		ck_assert_int_eq(weir_capture_start(dev, &t[i].filter, false, &run), t[i].rc);
		ck_assert((run != NULL) == !t[i].rc);
		ck_assert((weir_dev_detail(dev)[0] != 0) == (t[i].rc != 0));
		if (!t[i].rc) {
			ck_assert_uint_eq(b.capture.settings, t[i].settings);
			ck_assert_uint_eq(b.capture.reason, t[i].reason);
		} else {
			ck_assert_uint_eq(b.done, done);
		}
		ck_assert_int_eq(weir_capture_stop(run), 0);
		run = NULL;
		is_old();
	}
}
END_TEST

START_TEST(who_else)
{
	put(1, 60);
	b.capture.settings |= 1;
	put(3, 60);
	put(5, 60);
	ck_assert_uint_eq(b.capture.count, 0);   /* the filter of the one before lets nothing through */
	b.capture.settings = 0x00ff0301;
	b.capture.reason = 0;
	for (unsigned i = 0; i < 20; i++)
		put(i, 60);
	ck_assert_int_eq(weir_capture_start(dev, NULL, false, &run), WEIR_EREFUSED);
	ck_assert_ptr_null(run);
	ck_assert_ptr_nonnull(strstr(weir_dev_detail(dev), "somebody captures"));
	ck_assert_uint_eq(b.capture.settings, 0x00ff0301);
	ck_assert_uint_eq(b.capture.count, 16);
	/* By force: what waits is thrown away, what was missed is not ours. */
	ck_assert_int_eq(weir_capture_start(dev, NULL, true, &run), 0);
	ck_assert_int_eq(weir_capture_take(run, &frame), 0);
	ck_assert_uint_eq(weir_capture_missed(run), 0);
	put(30, 60);
	ck_assert_int_eq(weir_capture_stop(run), 0);
	run = NULL;
	ck_assert_uint_eq(b.capture.settings, 0x00ff0300);
	ck_assert_uint_eq(b.capture.count, 0);
	/* Somebody changes it behind our back, or it is switched off and on. */
	start(NULL);
	weir_capture_end_init(&b.capture);
	ck_assert_int_eq(weir_capture_take(run, &frame), WEIR_EREFUSED);
	ck_assert_str_ne(weir_dev_detail(dev), "");
	/* What belongs to somebody else now is left as it is. */
	b.capture.settings = 0x00ff0211;
	put(0, 60);
	ck_assert_int_eq(b.capture.count, 0);
	put(129, 60);
	ck_assert_int_eq(b.capture.count, 1);
	ck_assert_int_eq(weir_capture_stop(run), 0);
	run = NULL;
	ck_assert_uint_eq(b.capture.settings, 0x00ff0211);
	ck_assert_int_eq(b.capture.count, 1);
}
END_TEST

START_TEST(missed)
{
	uint64_t all = 0;

	b.capture.missed = 0xfffffe;
	start(NULL);
	for (unsigned round = 0; round < 3; round++) {
		for (unsigned i = 0; i < 16 + 3; i++)
			put(i, 60);
		for (unsigned i = 0; i < 16; i++)
			ck_assert_int_eq(weir_capture_take(run, &frame), 1);
		ck_assert_int_eq(weir_capture_take(run, &frame), 0);
		all += 3;
		ck_assert_uint_eq(weir_capture_missed(run), all);
	}
	b.capture.missed = (b.capture.missed + 0xfffff0) & 0xffffff;
	ck_assert_int_eq(weir_capture_take(run, &frame), 0);
	ck_assert_uint_eq(weir_capture_missed(run), all + 0xfffff0);
	b.capture.missed = (b.capture.missed + 0xfffff0) & 0xffffff;
	ck_assert_int_eq(weir_capture_take(run, &frame), 0);
	ck_assert_uint_eq(weir_capture_missed(run), all + 2ull * 0xfffff0);
}
END_TEST

START_TEST(old_appliance)
{
	weir_dev_close(dev);
	b.reg[WEIR_SOC_VERSION / 4] = WEIR_SOC_VERSION_MAJOR_RESET << 16;
	ck_assert_int_eq(fake_board_open(&b, NULL, &dev, detail), 0);
	b.words_written = 0;
	ck_assert_int_eq(weir_capture_start(dev, NULL, true, &run), WEIR_EVERSION);
	ck_assert_ptr_nonnull(strstr(weir_dev_detail(dev), "cannot capture"));
	ck_assert_uint_eq(b.words_written, 0);
	ck_assert_ptr_null(run);
}
END_TEST

START_TEST(nonsense)
{
	start(NULL);
	put(1, 60);
	b.capture.entry[0][2] |= 0xff000000;   /* 255 octets of 60 */
	ck_assert_int_eq(weir_capture_take(run, &frame), WEIR_EPROTOCOL);
	b.capture.entry[0][2] = 61u << 24;
	ck_assert_int_eq(weir_capture_take(run, &frame), WEIR_EPROTOCOL);
	ck_assert_str_ne(weir_dev_detail(dev), "");
	b.capture.entry[0][2] = 60u << 24;
	ck_assert_int_eq(weir_capture_take(run, &frame), 1);
}
END_TEST

START_TEST(names)
{
	uint8_t v = 99;

	ck_assert(!weir_capture_reason("meter_class", &v) && v == WEIR_REASON_meter_class);
	ck_assert(!weir_capture_reason("class_udp", &v) && v == WEIR_REASON_class_0 + WEIR_CLASS_udp);
	ck_assert(!weir_capture_reason("pass", &v) && v == 0);
	ck_assert(weir_capture_reason("frogs", &v) == WEIR_EUNKNOWN && weir_capture_reason("", &v) == WEIR_EUNKNOWN && v == 0);
	ck_assert(!weir_capture_verdict("answer", &v) && v == 4);
	ck_assert(weir_capture_verdict("Drop", &v) == WEIR_EUNKNOWN && v == 4);
}
END_TEST

/** A request that gets no answer may have been done. Whatever step fails, and however often: each frame once, in order, and the end as it should be. */
START_TEST(once_each)
{
	unsigned trouble = 0;

	for (unsigned times = 1; times < 4; times++)
		for (unsigned step = 0; step < 40; step++)
			for (enum fake_fault fault = FAKE_LOST; fault <= FAKE_STALL; fault++) {
				uint32_t next = 0;
				unsigned tries = 0;

				start(NULL);
				for (unsigned i = 0; i < 6; i++)
					put(i, 100);
				fake_arm(&b, fault, step, times);
				while (tries < 50 && next < 8) {
					int rc = weir_capture_take(run, &frame);

					tries += rc != 1;
					trouble += rc < 0;
					ck_assert(rc == 0 || rc == 1 || rc == -ETIMEDOUT);
					if (rc == 1)
						ck_assert_uint_eq(frame.number, next++);
					/* Two more, when all have been taken. */
					if (rc == 0 && next == 6)
						for (unsigned i = 6; i < 8; i++)
							put(i, 100);
				}
				ck_assert_msg(next == 8, "%s at %u, %u times: %u frames", fake_fault_name(fault), step, times, next);
				fake_arm(&b, FAKE_NONE, 0, 0);
				ck_assert_int_eq(weir_capture_stop(run), 0);
				run = NULL;
				is_old();
			}
	ck_assert_uint_gt(trouble, 100);
}
END_TEST

int main(void)
{
	const TTest *const cases[] = { frames, settings, who_else, missed, old_appliance, nonsense, names, once_each };
	TCase *t = tcase_create("capture");

	tcase_set_timeout(t, 120);
	tcase_add_checked_fixture(t, setup, teardown);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		tcase_add_test(t, cases[i]);
	return check_run_case("capture", t);
}
