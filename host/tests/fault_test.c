// SPDX-License-Identifier: Apache-2.0
/* Every fault of the line at every step of every operation: a documented error, a known state, and the device goes on, or can be opened again. And
 * every allocation of every operation, failing. */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fail_alloc.h"
#include "fake_board.h"
#include "weir/capture.h"
#include "weir/weir_regs.h"

enum { Long = 200, Forever = 0, StepsMost = 400 };

static struct fake_board b;
static char detail[WEIR_DETAIL];
static uint32_t old_words[Long], new_words[Long], got[Long];
static const struct weir_open_options options = { .timeout_ms = 20, .attempts = 3 };

/* --- Operations, and what must be so behind them, whatever has happened */

/** The words at an address are the old or the new ones; of several requests the first k new, the others old.
 * @param rc  0: all are new. */
static void check_written(uint32_t address, size_t n, int rc)
{
	size_t k = 0;

	while (k < n && b.reg[address / 4 + k] == new_words[k])
		k++;
	ck_assert_msg(rc != 0 || k == n, "only %zu of %zu", k, n);
	ck_assert_msg(k == n || k % WEIR_LINK_WORDS_MAX == 0, "half a request: %zu of %zu", k, n);
	for (; k < n; k++)
		ck_assert_uint_eq(b.reg[address / 4 + k], old_words[k]);
}

static void check_read(size_t n, int rc)
{
	size_t k = 0;

	while (k < n && got[k] == old_words[k])
		k++;
	ck_assert(rc != 0 || k == n);
	ck_assert_uint_eq(k == n ? 0 : k % WEIR_LINK_WORDS_MAX, 0);
	for (; k < n; k++)
		ck_assert_uint_eq(got[k], 0x55555555);
}

static int do_read_one(struct weir_dev *dev)
{
	return weir_read(dev, 0x100000, 1, got);
}

static void is_read_one(int rc)
{
	check_read(1, rc);
}

static int do_read(struct weir_dev *dev)
{
	return weir_read(dev, 0x100000, Long, got);
}

static void is_read(int rc)
{
	check_read(Long, rc);
}

static int do_write_one(struct weir_dev *dev)
{
	return weir_write(dev, 0x100000, WEIR_LINK_WORDS_MAX, new_words);
}

static void is_write_one(int rc)
{
	check_written(0x100000, WEIR_LINK_WORDS_MAX, rc);
}

static int do_write(struct weir_dev *dev)
{
	return weir_write(dev, 0x100000, Long, new_words);
}

static void is_write(int rc)
{
	check_written(0x100000, Long, rc);
}

static int do_fill(struct weir_dev *dev)
{
	return weir_fill(dev, 0x100000, Long, 42);
}

static void is_fill(int rc)
{
	bool done = b.reg[0x100000 / 4] == 42;

	ck_assert(rc != 0 || done);
	for (unsigned i = 0; i < Long; i++)
		ck_assert_uint_eq(b.reg[0x100000 / 4 + i], done ? 42 : old_words[i]);
}

static int do_mail(struct weir_dev *dev)
{
	uint32_t message[WEIR_MAIL_WORDS_HOST] = { 5, 1, 2, 3 };

	return weir_mail(dev, message, got);
}

static void is_mail(int rc)
{
	ck_assert_uint_le(b.mails, 1);
	ck_assert_uint_eq(got[0], rc ? 0x55555555 : 5);
	ck_assert_uint_eq(got[3], rc ? 0x55555555 : 4);
}

/* --- Mail in a row */

enum { RowMessages = 4 };
static size_t row_done;

static void make_mail(const void *ctx, size_t i, uint32_t ret[WEIR_MAIL_WORDS_HOST])
{
	(void)ctx;
	ret[0] = 5;
	ret[3] = 100 + (uint32_t)i;
}

static int do_row(struct weir_dev *dev)
{
	return weir_mail_row(dev, RowMessages, make_mail, NULL, WEIR_MAIL_WORDS_HOST, got, &row_done);
}

static void is_row(int rc)
{
	ck_assert(rc ? row_done < RowMessages : row_done == RowMessages && got[3] == 100 + RowMessages);
	ck_assert(b.mails == row_done || (rc && b.mails == row_done + 1));
}

/* --- A capture: five frames, and the registers as they were */

enum { Frames = 5, OldSettings = 0x00050230, OldReason = 0x0f12, Settings = 0x00ff0301 };

/* Counted here and checked later: Check allocates, and allocations are counted meanwhile. */
static unsigned taken, strange;

static int do_capture(struct weir_dev *dev)
{
	static const uint8_t octets[100] = { 0x7e, 0x7d, 1, 2, 3 };
	struct weir_capture_run *run = NULL;
	int rc, end;

	taken = strange = 0;
	rc = weir_capture_start(dev, NULL, false, &run);
	strange += (rc != 0) != (run == NULL);
	if (rc)
		return rc;
	for (uint32_t i = 0; i < Frames; i++)
		weir_capture_end_record(&b.capture, &(struct weir_record){ .seqno = i, .len = 100 }, octets, sizeof(octets));
	do {
		struct weir_capture_frame f = { .number = 77 };

		rc = weir_capture_take(run, &f);
		strange += f.number != (rc == 1 ? taken : 77) || (rc == 1 && memcmp(f.octets, octets, sizeof(octets)));
		taken += rc == 1;
	} while (rc == 1);
	end = weir_capture_stop(run);
	return rc ? rc : end;
}

static void is_capture(int rc)
{
	bool old = b.capture.settings == OldSettings && b.capture.reason == OldReason;

	ck_assert_uint_eq(strange, 0);
	ck_assert(rc ? taken <= Frames : taken == Frames && old && !b.capture.count);
	/* Both registers, or none. */
	ck_assert(old || ((b.capture.settings | 1) == Settings && !b.capture.reason));
}

static int do_poll(struct weir_dev *dev)
{
	return weir_dev_poll(dev, 20);
}

static void is_poll(int rc)
{
	(void)rc;
}

static const struct op {
	const char *name;
	int (*run)(struct weir_dev *dev);
	void (*is)(int rc);
	bool waits;   /* no answer is no error */
} ops[] = {
	{ "read one", do_read_one, is_read_one, false }, { "read", do_read, is_read, false },
	{ "write one", do_write_one, is_write_one, false }, { "write", do_write, is_write, false },
	{ "fill", do_fill, is_fill, false }, { "mail", do_mail, is_mail, false }, { "mail in a row", do_row, is_row, false },
	{ "capture", do_capture, is_capture, false }, { "poll", do_poll, is_poll, true },
};
enum { Ops = sizeof(ops) / sizeof(ops[0]) };

static void setup(void)
{
	fake_board_init(&b);
	for (unsigned i = 0; i < Long; i++) {
		old_words[i] = 0x7e000000 + i;
		new_words[i] = 0x7d7e0000 + i;
	}
}

static void teardown(void)
{
	ck_assert_uint_eq(b.opens, b.closes);
	fake_board_done(&b);
	counting = false;
}

static void refresh(void)
{
	memcpy(&b.reg[0x100000 / 4], old_words, sizeof(old_words));
	memset(got, 0x55, sizeof(got));
	memset(&b.reg[WEIR_SOC_MAIL_IN(0) / 4], 0, 64);
	b.reg[WEIR_SOC_MAIL / 4] = 0;
	weir_capture_end_init(&b.capture);
	b.capture.settings = OldSettings;
	b.capture.reason = OldReason;
	b.mails = 0;
	b.failed = 0;
	b.queued = 0;
}

static struct weir_dev *open_it(void)
{
	struct weir_dev *dev = NULL;
	int rc;

	fake_arm(&b, FAKE_NONE, 0, 0);
	rc = fake_board_open(&b, &options, &dev, detail);
	ck_assert_msg(rc == 0, "%s", detail);
	return dev;
}

/** What may come of a fault, with as much time as there is. */
static bool documented(const struct op *op, enum fake_fault fault, unsigned times, int rc)
{
	switch (fault) {
	case FAKE_UNPLUG:
		return rc == -ENODEV;
	case FAKE_BROKEN:
		return rc == -EIO;
	case FAKE_SIGNAL:
		return rc == 0 || (op->waits ? rc == -EINTR : times == Forever && rc == -ETIMEDOUT);
	default:
		/* Once, a repeat gets over it; for ever, twice the same, or noise before it, still is the same. */
		return rc == 0 || (times == Forever && rc == -ETIMEDOUT);
	}
}

/** One operation with one fault. @return whether the fault was reached */
static bool sweep_step(const struct op *op, enum fake_fault fault, unsigned step, unsigned times)
{
	struct weir_dev *dev = open_it();
	bool reached;
	int rc;

	refresh();
	fake_arm(&b, fault, step, times);
	rc = op->run(dev);
	reached = b.step > step;
	ck_assert_msg(rc == 0 || reached, "%s fails by itself: %d", op->name, rc);
	if (reached)
		ck_assert_msg(documented(op, fault, times, rc), "%s, %s at step %u, %u times: %d (%s)", op->name, fake_fault_name(fault), step, times,
			      rc, weir_dev_detail(dev));
	ck_assert_str_eq(rc && rc != -EINTR ? "said" : "", weir_dev_detail(dev)[0] ? "said" : "");
	op->is(rc);
	/* What is left of it: a device that goes on, or one that says that it is gone. */
	fake_arm(&b, FAKE_NONE, 0, 0);
	if (rc == -ENODEV || rc == -EIO) {
		ck_assert_int_eq(weir_read(dev, 0, 1, got), -ENODEV);
		weir_dev_close(dev);
		b.failed = 0;
		dev = open_it();
	}
	ck_assert_int_eq(weir_read(dev, 0, 1, got), 0);
	ck_assert_uint_eq(got[0], WEIR_REG_ID_ID_RESET);
	refresh();
	ck_assert_int_eq(do_mail(dev), 0);
	is_mail(0);
	weir_dev_close(dev);
	return reached;
}

static unsigned swept;

START_TEST(operations)
{
	const struct op *op = &ops[_i];

	for (enum fake_fault fault = FAKE_LOST; fault < FAKE_FAULTS; fault++) {
		for (unsigned times = 0; times < 3; times++) {
			unsigned step = 0;

			while (sweep_step(op, fault, step, times)) {
				step++;
				swept++;
				ck_assert_uint_lt(step, StepsMost);
			}
			ck_assert_uint_gt(step, 0);
		}
	}
}
END_TEST

/** Opening: nothing is left open, the appliance is as it was, and the caller's variable too. */
START_TEST(opening)
{
	for (enum fake_fault fault = FAKE_LOST; fault < FAKE_FAULTS; fault++) {
		for (unsigned times = 0; times < 3; times++) {
			bool reached = true;

			for (unsigned step = 0; reached; step++) {
				struct weir_dev *dev = (struct weir_dev *)&b;
				static const struct op op = { .name = "open" };
				int rc;

				refresh();
				b.words_written = 0;
				fake_arm(&b, fault, step, times);
				rc = fake_board_open(&b, &options, &dev, detail);
				reached = b.step > step;
				ck_assert_msg(!reached || documented(&op, fault, times, rc), "%s at %u, %u times: %d %s", fake_fault_name(fault), step,
					      times, rc, detail);
				ck_assert(reached || rc == 0);
				ck_assert((rc == 0) == (dev != (struct weir_dev *)&b));
				ck_assert((rc == 0) == (detail[0] == '\0'));
				ck_assert_uint_eq(b.words_written, 0);
				if (rc == 0)
					weir_dev_close(dev);
				ck_assert_uint_eq(b.opens, b.closes);
				swept++;
			}
		}
	}
}
END_TEST

/** Two faults, the second at any distance: what the first leaves must not make the second worse. */
START_TEST(pairs)
{
	for (enum fake_fault fault = FAKE_LOST; fault < FAKE_UNPLUG; fault++) {
		for (unsigned gap = 1; gap < 8; gap++) {
			struct weir_dev *dev = open_it();

			refresh();
			for (unsigned i = 0; i < 30; i++) {
				fake_arm(&b, fault, i % gap, 1);
				ck_assert_int_eq(weir_write(dev, 0x100000, 8, new_words + i), 0);
				ck_assert_mem_eq(&b.reg[0x100000 / 4], new_words + i, 32);
				ck_assert_int_eq(weir_read(dev, 0x100000, 8, got), 0);
				ck_assert_mem_eq(got, new_words + i, 32);
			}
			weir_dev_close(dev);
		}
	}
}
END_TEST

/* --- Memory */

static char record[] = "build/host/fault_test.XXXXXX";

/** Open, do everything, close. @return the error of opening; whatever is open does everything. */
static int everything(const char *url)
{
	struct weir_open_options o = { .timeout_ms = 20, .attempts = 3, .record = url ? NULL : record };
	struct weir_dev *dev = NULL;
	int rc;

	/* Only the library's: Check allocates, too. */
	counting = true;
	rc = url ? weir_dev_open(url, &o, &dev, detail) : fake_board_open(&b, &o, &dev, detail);
	counting = false;
	if (rc) {
		ck_assert_ptr_null(dev);
		return rc;
	}
	for (unsigned i = 0; i < Ops; i++) {
		counting = true;
		rc = ops[i].run(dev);
		counting = false;
		if (rc) {
			ops[i].is(rc);
			/* The next one works; a record has none. */
			ck_assert_str_ne(weir_dev_detail(dev), "");
			ck_assert(url || !weir_read(dev, 0, 1, got));
			break;
		}
	}
	weir_dev_close(dev);
	return rc;
}

/** The n-th allocation fails, for every n. Nothing is lost: LeakSanitizer looks after that. */
static void sweep_memory(const char *url)
{
	for (fail_at = 1;; fail_at++) {
		int rc;

		refresh();
		allocations = 0;
		rc = everything(url);
		swept++;
		if (allocations < fail_at) {
			ck_assert_int_eq(rc, 0);
			break;
		}
		ck_assert_msg(rc == -ENOMEM, "allocation %u: %d", fail_at, rc);
		ck_assert_uint_eq(b.opens, b.closes);
		ck_assert_uint_lt(fail_at, 100);
	}
	ck_assert_uint_gt(fail_at, 3);
}

START_TEST(memory)
{
	char url[64];
	int fd = mkstemp(record);

	ck_assert_int_ge(fd, 0);
	close(fd);
	sweep_memory(NULL);
	snprintf(url, sizeof(url), "replay:%s", record);
	sweep_memory(url);
	unlink(record);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("faults");
	TCase *t = tcase_create("faults");
	SRunner *r = srunner_create(s);
	int failed;

	tcase_set_timeout(t, 300);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, operations, 0, Ops);
	tcase_add_test(t, opening);
	tcase_add_test(t, pairs);
	tcase_add_test(t, memory);
	suite_add_tcase(s, t);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	printf("faults-swept: %u checks, 0 failed\n", swept);
	return failed != 0;
}
