// SPDX-License-Identifier: Apache-2.0
/* The mailbox: tags, what another host left, a firmware that is slow, refuses, or is not there. */
#include <errno.h>
#include <string.h>

#include "fake_board.h"
#include "host/tests/check_run.h"
#include "weir/weir_regs.h"

static struct fake_board b;
static struct weir_dev *dev;
static char detail[WEIR_DETAIL];
static uint32_t message[WEIR_MAIL_WORDS_HOST], answer[WEIR_MAIL_WORDS_HOST];

enum { Op = 7, InFull = 1, OutFull = 2 };

static void setup(void)
{
	fake_board_init(&b);
	for (unsigned i = 0; i < WEIR_MAIL_WORDS_HOST; i++) {
		message[i] = i ? 0x1000 * i : Op;
		answer[i] = 0x55555555;
	}
	ck_assert_int_eq(fake_board_open(&b, NULL, &dev, detail), 0);
}

static void teardown(void)
{
	weir_dev_close(dev);
	fake_board_done(&b);
}

static uint32_t *flags(void)
{
	return &b.reg[WEIR_SOC_MAIL / 4];
}

/** What a host that is gone had said. */
static void left(uint32_t tag)
{
	b.reg[WEIR_SOC_MAIL_IN(0) / 4] = Op | tag << 8;
	for (unsigned i = 1; i < 16; i++)
		b.reg[WEIR_SOC_MAIL_IN(i) / 4] = 0xdead0000;
}

static void right(void)
{
	int rc = weir_mail(dev, message, answer);

	ck_assert_msg(rc == 0, "%d: %s", rc, weir_dev_detail(dev));
	ck_assert_uint_eq(answer[0], Op);
	for (unsigned i = 1; i < 16; i++)
		ck_assert_uint_eq(answer[i], message[i] + 1);
	ck_assert_uint_eq(*flags(), 0);
}

static void wrong(int rc, const char *says)
{
	ck_assert_int_eq(weir_mail(dev, message, answer), rc);
	ck_assert_msg(strstr(weir_dev_detail(dev), says) != NULL, "%s", weir_dev_detail(dev));
	for (unsigned i = 0; i < 16; i++)
		ck_assert_uint_eq(answer[i], 0x55555555);
}

START_TEST(asks)
{
	uint32_t first;

	right();
	first = b.reg[WEIR_SOC_MAIL_IN(0) / 4];
	b.done = 0;
	right();
	/* Message, flag, look, answer, flag. */
	ck_assert_uint_eq(b.done, 5);
	ck_assert_uint_ne(b.reg[WEIR_SOC_MAIL_IN(0) / 4], first);
	ck_assert_uint_eq(b.mails, 2);
}
END_TEST

/** 70,000: the tag goes round. */
START_TEST(many)
{
	for (unsigned i = 0; i < 70000; i++) {
		message[5] = i;
		ck_assert_int_eq(weir_mail(dev, message, answer), 0);
		ck_assert_uint_eq(answer[5], i + 1);
	}
	ck_assert_uint_eq(b.mails, 70000);
}
END_TEST

START_TEST(not_ours)
{
	for (unsigned i = 0; i < 24; i++) {
		message[0] = Op | 0x100u << i;
		ck_assert_int_eq(weir_mail(dev, message, answer), -EINVAL);
	}
	ck_assert_uint_eq(b.mails, 0);
}
END_TEST

START_TEST(stale_answer)
{
	*flags() = OutFull;
	left(1);
	b.reg[WEIR_SOC_MAIL_OUT(0) / 4] = Op | 2u << 8;
	right();
	/* Not even with the tag that would be ours: tags go on from the message that lies there. */
	*flags() = 0;
	right();
}
END_TEST

/** The host before us had asked, and died: the firmware takes it after a while, and answers before us or behind our message. */
START_TEST(stale_message)
{
	for (int looks = 0; looks < 12; looks++) {
		for (int slow = 0; slow < 9; slow++) {
			weir_dev_close(dev);
			ck_assert_int_eq(fake_board_open(&b, NULL, &dev, detail), 0);
			left(1);   /* the tag of a host that begins to count */
			*flags() = InFull;
			b.patience = looks;
			b.slow_answer = slow;
			b.mails = 0;
			right();
			ck_assert_uint_eq(b.mails, 2);
			/* And from then on. */
			right();
			right();
		}
	}
}
END_TEST

START_TEST(stuck_message)
{
	int64_t start_ms = b.now_ms;

	b.no_firmware = true;
	left(1);
	*flags() = InFull;
	wrong(WEIR_EFIRMWARE, "has not taken an earlier message");
	ck_assert_uint_eq(*flags(), InFull);
	ck_assert_int_ge(b.now_ms - start_ms, 1000);
	ck_assert_int_le(b.now_ms - start_ms, 1000 + 50);
	/* It was only asleep. */
	b.no_firmware = false;
	right();
}
END_TEST

START_TEST(no_answer)
{
	int64_t start_ms = b.now_ms;

	b.no_firmware = true;
	wrong(WEIR_EFIRMWARE, "does not answer (1000 ms)");
	ck_assert_int_ge(b.now_ms - start_ms, 1000);
	ck_assert_int_le(b.now_ms - start_ms, 1000 + 50);
	b.no_firmware = false;
	right();
	ck_assert_uint_eq(b.mails, 2);
}
END_TEST

/** It comes back to life with our message of then before it: taken and answered while the next one is on its way, each at its own time. */
START_TEST(revived)
{
	for (int looks = 0; looks < 8; looks++) {
		for (int slow = 0; slow < 8; slow++) {
			b.no_firmware = true;
			memset(answer, 0x55, sizeof(answer));
			wrong(WEIR_EFIRMWARE, "does not answer");
			b.no_firmware = false;
			b.patience = looks;
			b.slow_answer = slow;
			message[9]++;
			right();
			b.slow_answer = 0;
			right();
		}
	}
}
END_TEST

START_TEST(stopped)
{
	int64_t start_ms = b.now_ms;

	b.reg[WEIR_SOC_CPU / 4] = 0;
	wrong(WEIR_EFIRMWARE, "soft core is stopped");
	ck_assert_int_le(b.now_ms - start_ms, 5);
	b.reg[WEIR_SOC_CPU / 4] = 1;
	right();
}
END_TEST

START_TEST(slow)
{
	b.slow_answer = 20;
	right();
	b.patience = 10;
	right();
}
END_TEST

START_TEST(statuses)
{
	static const struct {
		uint32_t status;
		int rc;
		const char *says;
	} t[] = { { 1, WEIR_EUNKNOWN, "operation 7" }, { 2, -ERANGE, "out of range" }, { 3, WEIR_EREFUSED, "now" }, { 4, WEIR_EPROTOCOL, "status 4" },
		  { 255, WEIR_EPROTOCOL, "status 255" } };

	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		b.mail_status = t[i].status;
		wrong(t[i].rc, t[i].says);
		ck_assert_uint_eq(*flags(), 0);
		b.mail_status = 0;
		right();
		memset(answer, 0x55, sizeof(answer));
	}
}
END_TEST

START_TEST(not_now)
{
	b.not_now = 4;
	right();
	ck_assert_uint_eq(b.mails, 5);
}
END_TEST

static unsigned heard;

static void hear(void *ctx, const uint32_t w[16], unsigned lost)
{
	(void)ctx;
	(void)w;
	(void)lost;
	heard++;
}

START_TEST(notices)
{
	heard = 0;
	weir_dev_on_notice(dev, hear, NULL);
	b.slow_answer = 6;
	fake_notice(&b, 5);
	right();
	ck_assert_uint_eq(heard, 1);
}
END_TEST

/** Whatever a lost frame of it leaves: the next message gets its own answer. */
START_TEST(lost)
{
	for (unsigned step = 0; step < 30; step++) {
		for (enum fake_fault fault = FAKE_LOST; fault < FAKE_UNPLUG; fault++) {
			int rc;

			fake_arm(&b, fault, step, 10);   /* all attempts of one request */
			message[3] = 16 * step + (unsigned)fault;
			rc = weir_mail(dev, message, answer);
			ck_assert_msg(rc == 0 || rc == -ETIMEDOUT, "%s at %u: %d", fake_fault_name(fault), step, rc);
			ck_assert(rc != 0 || answer[3] == message[3] + 1);
			fake_arm(&b, FAKE_NONE, 0, 0);
			message[3] = ~message[3];
			right();
		}
	}
}
END_TEST

/* --- Messages in a row */

enum { RowMost = 9, RowWords = 3 };

static unsigned made;

static void make(const void *ctx, size_t i, uint32_t ret[WEIR_MAIL_WORDS_HOST])
{
	ck_assert_ptr_eq(ctx, &made);
	ck_assert_uint_eq(i, made++);
	for (unsigned k = 0; k < WEIR_MAIL_WORDS_HOST; k++)
		ck_assert_uint_eq(ret[k], 0);
	ret[0] = Op;
	ret[1] = 1000 + (uint32_t)i;
	ret[15] = 0xabcd;
}

/** @param done  Messages that are to be done. */
static int row(size_t n, size_t done)
{
	size_t ret_done = 77;
	int rc;

	made = b.mails = 0;
	answer[RowWords] = 0x55555555;
	rc = weir_mail_row(dev, n, make, &made, RowWords, answer, &ret_done);
	ck_assert_msg(ret_done == done, "%zu done, %zu wanted: %d %s", ret_done, done, rc, weir_dev_detail(dev));
	ck_assert_uint_eq(answer[RowWords], 0x55555555);
	return rc;
}

static void row_right(size_t n)
{
	ck_assert_int_eq(row(n, n), 0);
	ck_assert_uint_eq(b.mails, n);
	ck_assert_uint_eq(*flags(), 0);
	if (n) {
		ck_assert_uint_eq(b.reg[WEIR_SOC_MAIL_IN(1) / 4], 1000 + n - 1);
		ck_assert_uint_eq(b.reg[WEIR_SOC_MAIL_IN(15) / 4], 0xabcd);
		ck_assert_uint_eq(answer[1], 1000 + n);
	}
}

/** Whatever the firmware's time is; one that stands alone, or finds something else in the mailbox, is as any other. */
START_TEST(rows)
{
	b.done = 0;
	row_right(0);
	ck_assert_uint_eq(b.done, 0);
	for (size_t n = 1; n < RowMost; n++)
		for (int late = 0; late < 6; late++)
			for (int looks = 0; looks < 6; looks++) {
				b.slow_answer = late;
				b.patience = looks;
				row_right(n);
				right();
				left(1);
				*flags() = OutFull;
				weir_dev_close(dev);
				ck_assert_int_eq(fake_board_open(&b, NULL, &dev, detail), 0);
				row_right(n);
			}
	/* Message, flags, look, answer of each, and the last flag: no more, and no answer stays where it was. */
	b.slow_answer = 0;
	b.done = 0;
	row_right(5);
	ck_assert_uint_eq(b.done, 4 * 5 + 1);
}
END_TEST

/** One is refused: none behind it is handed over. */
START_TEST(row_refused)
{
	for (size_t n = 1; n < RowMost; n++)
		for (unsigned nth = 1; nth <= n; nth++)
			for (int late = 0; late < 5; late++) {
				b.slow_answer = late;
				b.refuse_nth = nth;
				ck_assert_int_eq(row(n, nth - 1), -ERANGE);
				ck_assert_uint_eq(b.mails, nth);
				ck_assert_uint_eq(answer[0] >> 24, 2);
				ck_assert_uint_le(made, nth + 1);
				ck_assert_uint_eq(*flags(), 0);
				ck_assert_ptr_nonnull(strstr(weir_dev_detail(dev), "out of range"));
				right();
				row_right(n);
			}
	b.not_now = 1;
	ck_assert_int_eq(row(3, 0), WEIR_EREFUSED);
	ck_assert_uint_eq(b.mails, 1);
	b.mail_status = 1;
	ck_assert_int_eq(row(3, 0), WEIR_EUNKNOWN);
	b.mail_status = 0;
	row_right(3);
}
END_TEST

/** It stops in the middle of a row, and comes back. */
START_TEST(row_no_answer)
{
	b.no_firmware = true;
	ck_assert_int_eq(row(4, 0), WEIR_EFIRMWARE);
	b.no_firmware = false;
	right();
	row_right(4);
	/* As slow as it may be, and slower. */
	b.slow_answer = 30;
	row_right(3);
	b.slow_answer = 120;
	ck_assert_int_eq(row(3, 0), WEIR_EFIRMWARE);
	b.slow_answer = 0;
	right();
}
END_TEST

/** Whatever a lost frame leaves: at most the message behind those that are told to be done has been done, and the next gets its own answer. */
START_TEST(row_lost)
{
	for (unsigned step = 0; step < 60; step++) {
		for (enum fake_fault fault = FAKE_LOST; fault < FAKE_UNPLUG; fault++) {
			size_t done = 77;
			int rc;

			made = b.mails = 0;
			fake_arm(&b, fault, step, 10);
			rc = weir_mail_row(dev, 4, make, &made, RowWords, answer, &done);
			ck_assert_msg(rc == 0 || rc == -ETIMEDOUT, "%s at %u: %d", fake_fault_name(fault), step, rc);
			ck_assert_msg(done <= b.mails && b.mails <= done + 1 && (rc || done == 4), "%s at %u: %zu told, %u done", fake_fault_name(fault),
				      step, done, b.mails);
			fake_arm(&b, FAKE_NONE, 0, 0);
			message[3] = ~message[3];
			right();
			row_right(2);
		}
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("mail");
	TCase *t = tcase_create("mail");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, asks);
	tcase_add_test(t, many);
	tcase_add_test(t, not_ours);
	tcase_add_test(t, stale_answer);
	tcase_add_test(t, stale_message);
	tcase_add_test(t, stuck_message);
	tcase_add_test(t, no_answer);
	tcase_add_test(t, revived);
	tcase_add_test(t, stopped);
	tcase_add_test(t, slow);
	tcase_add_test(t, statuses);
	tcase_add_test(t, not_now);
	tcase_add_test(t, notices);
	tcase_add_test(t, lost);
	tcase_add_test(t, rows);
	tcase_add_test(t, row_refused);
	tcase_add_test(t, row_no_answer);
	tcase_add_test(t, row_lost);
	suite_add_tcase(s, t);
	return check_run(s);
}
