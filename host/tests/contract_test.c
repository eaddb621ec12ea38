// SPDX-License-Identifier: Apache-2.0
/* What every way to an appliance owes its caller, through the public headers alone: the same cases over sim:, tty:, usb: and replay:.
 *
 *   contract_test [--record FILE] [--mail-ms N] URL
 *
 * "%s" in FILE and URL becomes the name of the case: each opens the device anew, so each has a record of its own. N: how long the firmware
 * may take for an answer, when what is behind the line is simulated. An appliance is left as it was found. */
#include <check.h>
#include <errno.h>
#include <getopt.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "weir/capture.h"
#include "weir/device.h"
#include "weir/meter.h"
#include "weir/weir_regs.h"

enum { Most = 8192, Rule = WEIR_REG_RULE_EXACT_COUNT - 32, Meter = 15, LetInTries = 100 };

static const char *url, *record;
static uint32_t mail_ms;
static struct weir_dev *dev;
static uint32_t first[Most], second[Most], keep[Most];

/* --- Opening and closing around each case */

/** The case's name where "%s" stands. */
static void put_name(char *buf, size_t n, const char *text, const char *name)
{
	const char *at = strstr(text, "%s");

	if (at)
		snprintf(buf, n, "%.*s%s%s", (int)(at - text), text, name, at + 2);
	else
		snprintf(buf, n, "%s", text);
}

/** The case before has just left; an appliance that serves one host may still be busy with that. */
static void enter(const char *name)
{
	static const struct timespec step = { .tv_nsec = 20000000 };
	char file[512], where[512], detail[WEIR_DETAIL];
	struct weir_open_options o = { .mail_ms = mail_ms };
	int rc;

	put_name(where, sizeof(where), url, name);
	if (record) {
		put_name(file, sizeof(file), record, name);
		o.record = file;
	}
	for (unsigned i = 0; i < LetInTries; i++) {
		rc = weir_dev_open(where, &o, &dev, detail);
		if (rc != -EBUSY)
			break;
		nanosleep(&step, NULL);
	}
	ck_assert_msg(rc == 0, "open: %s: %s", weir_error_name(rc), detail);
}

static void leave(void)
{
	weir_dev_close(dev);
	dev = NULL;
}

static void ok(int rc, const char *what)
{
	ck_assert_msg(rc == 0, "%s: %s: %s", what, weir_error_name(rc), weir_dev_detail(dev));
	ck_assert_str_eq(weir_dev_detail(dev), "");
}

#define OK(call) ok(call, #call)
#define CASE(name) START_TEST(name) { enter(#name);
#define END leave(); } END_TEST

/* --- Cases */

CASE(identity)
	const struct weir_caps *c = weir_dev_caps(dev);

	ck_assert_uint_eq(c->protocol, 1);
	ck_assert_uint_eq(c->map_major, WEIR_REG_VERSION_MAJOR_RESET);
	ck_assert_uint_eq(c->soc_major, WEIR_SOC_VERSION_MAJOR_RESET);
	ck_assert_uint_ge(c->clock_khz, 1000);
	ck_assert_uint_le(c->clock_khz, 1000000);
	ck_assert_uint_eq(c->max_rules, WEIR_REG_RULE_EXACT_COUNT);
	ck_assert_uint_eq(c->table_entries[0], WEIR_REG_TABLE_REMOTE_COUNT);
	ck_assert_uint_eq(c->table_entries[6], WEIR_REG_TABLE_UDP_SOURCE_COUNT);
	ck_assert_uint_eq(c->state_entries[0], WEIR_REG_STATE_CONNECTION_COUNT);
	ck_assert_uint_eq(c->state_entries[6], WEIR_REG_STATE_SERVER_COUNT);
	ck_assert_str_ne(weir_dev_url(dev), "");
	OK(weir_read(dev, WEIR_REG_ID, 2, first));
	ck_assert_uint_eq(first[0], WEIR_REG_ID_ID_RESET);
	ck_assert_uint_eq(first[1] >> 16, c->map_major);
	ck_assert_uint_eq(first[1] & 0xffff, c->map_minor);
	OK(weir_read(dev, WEIR_SOC_ID, 1, first));
	ck_assert_uint_eq(first[0], WEIR_SOC_ID_ID_RESET);
END

/** One entry, one request, and as it was: the last override of the table of remote addresses. */
CASE(entry)
	OK(weir_read(dev, WEIR_REG_METER_CFG(Meter), 8, keep));
	memcpy(first, keep, 32);
	WEIR_FIELD_PUT(first, WEIR_REG_METER_CFG_PKT_COST, 0x5a5a5a5);
	WEIR_FIELD_PUT(first, WEIR_REG_METER_CFG_PKT_TAU, 0x7e7d7e7);
	OK(weir_write(dev, WEIR_REG_METER_CFG(Meter), 8, first));
	OK(weir_read(dev, WEIR_REG_METER_CFG(Meter), 8, second));
	ck_assert_mem_eq(first, second, 32);
	OK(weir_write(dev, WEIR_REG_METER_CFG(Meter), 8, keep));
	OK(weir_read(dev, WEIR_REG_METER_CFG(Meter), 8, second));
	ck_assert_mem_eq(keep, second, 32);
END

/** 32 entries of rules that are in no set, so match nothing: 256 words, several requests; prints of octets that have to be escaped. */
CASE(many_entries)
	OK(weir_read(dev, WEIR_REG_RULE_EXACT(Rule), 256, keep));
	memset(first, 0, 1024);
	for (unsigned i = 0; i < 32; i++)
		first[8 * i] = i % 2 ? 0x3e7d7e00u + i : 0x3d7e7d00u + i;
	OK(weir_write(dev, WEIR_REG_RULE_EXACT(Rule), 256, first));
	OK(weir_read(dev, WEIR_REG_RULE_EXACT(Rule), 256, second));
	ck_assert_mem_eq(first, second, 1024);
	/* One at a time they are the same. */
	for (unsigned i = 0; i < 32; i++) {
		OK(weir_read(dev, WEIR_REG_RULE_EXACT(Rule + i), 8, second));
		ck_assert_mem_eq(first + 8 * i, second, 32);
	}
	OK(weir_write(dev, WEIR_REG_RULE_EXACT(Rule), 256, keep));
	OK(weir_read(dev, WEIR_REG_RULE_EXACT(Rule), 256, second));
	ck_assert_mem_eq(keep, second, 1024);
END

/** The message for the firmware lies still while nobody says that it is there. */
CASE(fill)
	OK(weir_read(dev, WEIR_SOC_MAIL_IN(0), WEIR_SOC_MAIL_IN_COUNT, keep));
	OK(weir_fill(dev, WEIR_SOC_MAIL_IN(0), WEIR_SOC_MAIL_IN_COUNT, 0x7e7d5e5d));
	OK(weir_read(dev, WEIR_SOC_MAIL_IN(0), WEIR_SOC_MAIL_IN_COUNT, second));
	for (unsigned i = 0; i < WEIR_SOC_MAIL_IN_COUNT; i++)
		ck_assert_uint_eq(second[i], 0x7e7d5e5d);
	OK(weir_fill(dev, WEIR_SOC_MAIL_IN(3), 2, 0));
	OK(weir_read(dev, WEIR_SOC_MAIL_IN(2), 4, second));
	ck_assert_uint_eq(second[0], 0x7e7d5e5d);
	ck_assert_uint_eq(second[1], 0);
	ck_assert_uint_eq(second[2], 0);
	ck_assert_uint_eq(second[3], 0x7e7d5e5d);
	OK(weir_write(dev, WEIR_SOC_MAIL_IN(0), WEIR_SOC_MAIL_IN_COUNT, keep));
END

/** The largest read: half of the rules; twice the same. */
CASE(big_read)
	OK(weir_read(dev, WEIR_REG_RULE_EXACT(0), Most, first));
	OK(weir_read(dev, WEIR_REG_RULE_EXACT(0), Most, second));
	ck_assert_mem_eq(first, second, sizeof(first));
END

/** What is asked wrongly does not reach the appliance, and does not hurt. */
CASE(wrong_places)
	struct weir_link_stats before, after;

	memset(first, 0xaa, 64);
	weir_dev_link_stats(dev, &before);
	ck_assert_int_eq(weir_read(dev, 2, 1, first), -EINVAL);
	ck_assert_int_eq(weir_read(dev, 0x200000, 1, first), -EINVAL);
	ck_assert_int_eq(weir_read(dev, 0, 0, first), -EINVAL);
	ck_assert_int_eq(weir_write(dev, 0x1ffffc, 2, first), -EINVAL);
	ck_assert_int_eq(weir_write(dev, 0x100000, Most + 1, first), -EINVAL);
	ck_assert_int_eq(weir_fill(dev, 0x1f8004, Most, 0), -EINVAL);
	ck_assert_str_ne(weir_dev_detail(dev), "");
	weir_dev_link_stats(dev, &after);
	ck_assert_uint_eq(before.requests, after.requests);
	ck_assert_uint_eq(first[0], 0xaaaaaaaa);
	OK(weir_read(dev, WEIR_REG_ID, 1, first));
	ck_assert_uint_eq(first[0], WEIR_REG_ID_ID_RESET);
END

/** An access to no entry shows in the status, until that is written. */
CASE(effect)
	OK(weir_write(dev, WEIR_REG_STATUS, 1, &(uint32_t){ WEIR_REG_STATUS_BAD_ENTRY_MASK }));
	OK(weir_read(dev, WEIR_REG_STATUS, 1, first));
	ck_assert_uint_eq(first[0] & WEIR_REG_STATUS_BAD_ENTRY_MASK, 0);
	OK(weir_read(dev, WEIR_REG_RULE_CFG + WEIR_ENTRY_SPAN, 8, second));
	OK(weir_read(dev, WEIR_REG_STATUS, 1, first));
	ck_assert_uint_ne(first[0] & WEIR_REG_STATUS_BAD_ENTRY_MASK, 0);
	OK(weir_write(dev, WEIR_REG_STATUS, 1, &(uint32_t){ WEIR_REG_STATUS_BAD_ENTRY_MASK }));
	OK(weir_read(dev, WEIR_REG_STATUS, 1, first));
	ck_assert_uint_eq(first[0] & WEIR_REG_STATUS_BAD_ENTRY_MASK, 0);
END

/** Static configuration is refused while frames are taken, and the appliance says so. */
CASE(refusal)
	OK(weir_read(dev, WEIR_REG_CTRL, 1, first));
	OK(weir_read(dev, WEIR_REG_MAX_FRAME, 1, keep));
	if (first[0] & WEIR_REG_CTRL_RUN_MASK) {
		OK(weir_write(dev, WEIR_REG_MAX_FRAME, 1, &(uint32_t){ keep[0] ^ 1 }));
		OK(weir_read(dev, WEIR_REG_MAX_FRAME, 1, second));
		ck_assert_uint_eq(keep[0], second[0]);
		OK(weir_read(dev, WEIR_REG_STATUS, 1, first));
		ck_assert_uint_ne(first[0] & WEIR_REG_STATUS_WRITE_REFUSED_MASK, 0);
		OK(weir_write(dev, WEIR_REG_STATUS, 1, &(uint32_t){ WEIR_REG_STATUS_WRITE_REFUSED_MASK }));
		OK(weir_read(dev, WEIR_REG_STATUS, 1, first));
		ck_assert_uint_eq(first[0] & WEIR_REG_STATUS_WRITE_REFUSED_MASK, 0);
	} else {
		OK(weir_write(dev, WEIR_REG_MAX_FRAME, 1, &(uint32_t){ keep[0] ^ 1 }));
		OK(weir_read(dev, WEIR_REG_MAX_FRAME, 1, second));
		ck_assert_uint_eq(keep[0] ^ 1, second[0]);
		OK(weir_write(dev, WEIR_REG_MAX_FRAME, 1, keep));
	}
END

/** The firmware, or that there is none. */
CASE(mail)
	uint32_t hello[WEIR_MAIL_WORDS_HOST] = { 1 }, get[WEIR_MAIL_WORDS_HOST] = { 2, 8 }, set[WEIR_MAIL_WORDS_HOST] = { 3, 8, 77 };
	uint32_t unknown[WEIR_MAIL_WORDS_HOST] = { 99 }, old[WEIR_MAIL_WORDS_HOST], answer[WEIR_MAIL_WORDS_HOST];

	memset(answer, 0x5a, sizeof(answer));
	if (!weir_dev_caps(dev)->firmware) {
		ck_assert_int_eq(weir_mail(dev, hello, answer), WEIR_EFIRMWARE);
		ck_assert_uint_eq(answer[0], 0x5a5a5a5a);
	} else {
		OK(weir_mail(dev, hello, answer));
		ck_assert_uint_eq(answer[0], 1);
		ck_assert_uint_eq(answer[1], 1);   /* version */
		ck_assert_uint_gt(answer[3], 8);   /* parameters */
		memset(answer, 0x5a, sizeof(answer));
		ck_assert_int_eq(weir_mail(dev, unknown, answer), WEIR_EUNKNOWN);
		ck_assert_uint_eq(answer[0], 0x5a5a5a5a);
		/* A parameter: hold_s. */
		OK(weir_mail(dev, get, old));
		OK(weir_mail(dev, set, answer));
		OK(weir_mail(dev, get, answer));
		ck_assert_uint_eq(answer[2], 77);
		set[2] = 3601;
		ck_assert_int_eq(weir_mail(dev, set, answer), -ERANGE);
		OK(weir_mail(dev, get, answer));
		ck_assert_uint_eq(answer[2], 77);
		set[2] = old[2];
		OK(weir_mail(dev, set, answer));
		OK(weir_mail(dev, get, answer));
		ck_assert_uint_eq(answer[2], old[2]);
		/* Many in a row: each its own answer. */
		for (uint32_t i = 0; i < 17; i++) {
			get[1] = i;
			OK(weir_mail(dev, get, answer));
			ck_assert_uint_eq(answer[1], i);
		}
		get[1] = 1000;
		ck_assert_int_eq(weir_mail(dev, get, answer), -ERANGE);
	}
END

/** Bounds of several series in one message: all or none; with a firmware that has no policy yet no series is in use. */
CASE(bounds)
	static const struct weir_bounds b[] = { { 33, 20, 200 }, { 34, 20, 200 }, { 33, 0, 0 } };
	struct weir_series s[40], one;
	struct weir_bounds all[40];
	size_t n = 0, done = 77;

	if (!weir_dev_caps(dev)->firmware) {
		ck_assert_int_eq(weir_series_bounds_set(dev, b, 3, &done), WEIR_EFIRMWARE);
		ck_assert_uint_eq(done, 0);
	} else {
		OK(weir_series_list(dev, s, 40, &n));
		OK(weir_series_bounds_set(dev, b, 0, &done));
		for (size_t i = 0; i < n; i++)
			all[i] = (struct weir_bounds){ s[i].number, (uint32_t)i + 20, (uint32_t)i + 120 };
		OK(weir_series_bounds_set(dev, all, n, &done));
		ck_assert_uint_eq(done, n);
		for (size_t i = 0; i < n; i++) {
			OK(weir_series_get(dev, s[i].number, &one));
			ck_assert(one.floor == i + 20 && one.ceiling == i + 120);
		}
		if (n) {
			/* The last one is refused: "class.override0" is never learned. */
			all[n < 7 ? n : 6] = (struct weir_bounds){ 24, 1, 2 };
			all[0].floor = 19;
			ck_assert_int_eq(weir_series_bounds_set(dev, all, n < 7 ? n + 1 : 7, &done), WEIR_EUNKNOWN);
			ck_assert_uint_eq(done, 0);
			ck_assert_str_ne(weir_dev_detail(dev), "");
			OK(weir_series_get(dev, s[0].number, &one));
			ck_assert_uint_eq(one.floor, 20);
			for (size_t i = 0; i < n; i++)
				all[i] = (struct weir_bounds){ s[i].number, 0, 0 };
			OK(weir_series_bounds_set(dev, all, n, &done));
			OK(weir_series_get(dev, s[0].number, &one));
			ck_assert(one.floor != 20);
		} else {
			ck_assert_int_eq(weir_series_bounds_set(dev, b, 3, &done), WEIR_EUNKNOWN);
			ck_assert_uint_eq(done, 0);
			ck_assert_ptr_nonnull(strstr(weir_dev_detail(dev), "not in use"));
		}
	}
END

static void hear(void *ctx, const uint32_t words[16], unsigned lost)
{
	uint32_t unused;

	(void)words;
	(void)lost;
	++*(unsigned *)ctx;
	ck_assert_int_eq(weir_read(dev, 0, 1, &unused), -EBUSY);
}

/** What was lost in time for notices can only be waited for; none has to come. */
CASE(polling)
	struct weir_link_stats s;
	unsigned heard = 0;

	weir_dev_on_notice(dev, hear, &heard);
	OK(weir_dev_poll(dev, 0));
	OK(weir_dev_poll(dev, 50));
	OK(weir_dev_poll(dev, 1));
	OK(weir_read(dev, WEIR_REG_ID, 1, first));
	weir_dev_link_stats(dev, &s);
	ck_assert_uint_eq(s.notices, heard);
	if (weir_dev_fd(dev) >= 0) {
		struct pollfd p = { .fd = weir_dev_fd(dev), .events = POLLIN };

		/* Everything has been fetched; whatever it says, nothing blocks. */
		ck_assert_int_ge(poll(&p, 1, 0), 0);
		OK(weir_dev_poll(dev, 0));
	} else {
		ck_assert_int_eq(weir_dev_fd(dev), -ENOSYS);
	}
END

/** Without traffic there is no frame, but everything else of a capture: its registers as they were, and nobody beside it. */
CASE(capture)
	static const struct weir_capture_filter some = { .sample_log2 = 2, .sides = 1, .verdicts = 0x12, .reason_match = 0x40, .reason_mask = 0xc0 };
	struct weir_capture_run *run = NULL, *other = NULL;
	struct weir_capture_frame frame = { .number = 77 };

	ck_assert_uint_ge(weir_dev_caps(dev)->soc_minor, 1);
	OK(weir_write(dev, WEIR_SOC_CAPTURE, 2, (uint32_t[]){ 0x00810250, 0x1234 }));
	OK(weir_capture_start(dev, &some, false, &run));
	OK(weir_read(dev, WEIR_SOC_CAPTURE, 3, first));
	ck_assert_uint_eq(first[0], 0x00120121);
	ck_assert_uint_eq(first[1], 0xc040);
	ck_assert_uint_eq(first[2] & 0xff, 0);
	OK(weir_capture_take(run, &frame));
	ck_assert_uint_eq(frame.number, 77);
	ck_assert_uint_eq(weir_capture_missed(run), 0);
	ck_assert_int_eq(weir_capture_start(dev, NULL, false, &other), WEIR_EREFUSED);
	ck_assert_ptr_null(other);
	ck_assert_str_ne(weir_dev_detail(dev), "");
	OK(weir_capture_halt(run));
	OK(weir_read(dev, WEIR_SOC_CAPTURE, 1, first));
	ck_assert_uint_eq(first[0], 0x00120120);
	OK(weir_capture_take(run, &frame));
	OK(weir_capture_stop(run));
	OK(weir_read(dev, WEIR_SOC_CAPTURE, 2, first));
	ck_assert_uint_eq(first[0], 0x00810250);
	ck_assert_uint_eq(first[1], 0x1234);
	/* Somebody has gone without an end: by force, and then it is over. */
	OK(weir_write(dev, WEIR_SOC_CAPTURE, 1, &(uint32_t){ 0x00ff0301 }));
	OK(weir_capture_start(dev, NULL, true, &run));
	/* An interrupted one tells, and does not go on as if nothing had been. */
	OK(weir_write(dev, WEIR_SOC_CAPTURE, 1, &(uint32_t){ 0x00ff0300 }));
	ck_assert_int_eq(weir_capture_take(run, &frame), WEIR_EREFUSED);
	OK(weir_capture_stop(run));
	OK(weir_write(dev, WEIR_SOC_CAPTURE_POP, 1, &(uint32_t){ 1 }));
	OK(weir_read(dev, WEIR_SOC_CAPTURE, 3, first));
	ck_assert_uint_eq(first[0], 0x00ff0300);
	ck_assert_uint_eq(first[2] & 0xff, 0);
	OK(weir_write(dev, WEIR_SOC_CAPTURE, 2, (uint32_t[]){ 0x00ff0300, 0 }));
END

/** The count of requests is what was asked, and time goes on. */
CASE(counted)
	struct weir_link_stats before, after;

	weir_dev_link_stats(dev, &before);
	ck_assert_uint_ge(before.requests, 3);
	OK(weir_read(dev, WEIR_REG_NOW_LOW, 2, first));
	for (unsigned i = 0; i < 20; i++)
		OK(weir_read(dev, WEIR_REG_METER_CFG(0), 64, second));
	OK(weir_read(dev, WEIR_REG_NOW_LOW, 2, second));
	weir_dev_link_stats(dev, &after);
	ck_assert_uint_eq(after.requests, before.requests + 22);
	ck_assert(((uint64_t)second[1] << 32 | second[0]) >= ((uint64_t)first[1] << 32 | first[0]));
END

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "record", required_argument, NULL, 'r' }, { "mail-ms", required_argument, NULL, 'm' }, { 0 }
	};
	const TTest *const cases[] = { identity, entry, many_entries, fill, big_read, wrong_places, effect, refusal, mail, bounds, polling, capture, counted };
	Suite *s = suite_create("contract");
	TCase *t = tcase_create("contract");
	SRunner *r = srunner_create(s);
	int failed, option;

	while ((option = getopt_long(argc, argv, "r:", options, NULL)) != -1) {
		if (option == 'r')
			record = optarg;
		else if (option == 'm')
			mail_ms = (uint32_t)strtoul(optarg, NULL, 10);
		else
			return 2;
	}
	if (argc - optind != 1) {
		fprintf(stderr, "usage: contract_test [--record FILE] [--mail-ms N] URL\n");
		return 2;
	}
	url = argv[optind];
	tcase_set_timeout(t, 300);
	tcase_add_checked_fixture(t, NULL, leave);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		tcase_add_test(t, cases[i]);
	suite_add_tcase(s, t);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
