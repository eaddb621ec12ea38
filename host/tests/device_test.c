// SPDX-License-Identifier: Apache-2.0
/* Devices over an appliance of the tests: opening, versions, requests, repeats, notices, bit rates. */
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "fake_board.h"
#include "host/tests/check_run.h"
#include "weir/weir_regs.h"

_Static_assert(offsetof(struct weir_open_options, mail_ms) > offsetof(struct weir_open_options, debug_ctx), "what was added stands at the end");

static struct fake_board b;
static struct weir_dev *dev;
static char detail[WEIR_DETAIL];
static uint32_t words[9000], got[9000];

static void setup(void)
{
	fake_board_init(&b);
	dev = NULL;
	for (unsigned i = 0; i < 9000; i++)
		words[i] = 0x9e3779b9u * (i + 1);
	memset(got, 0x55, sizeof(got));
}

static void teardown(void)
{
	weir_dev_close(dev);
	dev = NULL;
	ck_assert_uint_eq(b.opens, b.closes);
	fake_board_done(&b);
}

static void open_it(void)
{
	int rc = fake_board_open(&b, NULL, &dev, detail);

	ck_assert_msg(rc == 0, "%d: %s", rc, detail);
	ck_assert_str_eq(detail, "");
}

/** How it has been left: it still works. */
static void works(void)
{
	uint32_t word = 0;

	ck_assert_int_eq(weir_read(dev, WEIR_REG_ID, 1, &word), 0);
	ck_assert_uint_eq(word, WEIR_REG_ID_ID_RESET);
	ck_assert_str_eq(weir_dev_detail(dev), "");
}

/* --- Opening */

START_TEST(caps)
{
	const struct weir_caps *c;

	open_it();
	c = weir_dev_caps(dev);
	ck_assert_uint_eq(c->protocol, 1);
	ck_assert_uint_eq(c->map_major, WEIR_REG_VERSION_MAJOR_RESET);
	ck_assert_uint_eq(c->map_minor, WEIR_REG_VERSION_MINOR_RESET);
	ck_assert_uint_eq(c->soc_major, WEIR_SOC_VERSION_MAJOR_RESET);
	ck_assert_uint_eq(c->soc_minor, WEIR_SOC_VERSION_MINOR_RESET);
	ck_assert_uint_eq(c->clock_khz, 62500);
	ck_assert_uint_eq(c->max_rules, 2048);
	ck_assert(c->firmware);
	ck_assert_uint_eq(c->table_entries[0], 1024);
	ck_assert_uint_eq(c->table_entries[3], 256);
	ck_assert_uint_eq(c->table_entries[6], 512);
	ck_assert_uint_eq(c->state_entries[0], 1024);
	ck_assert_uint_eq(c->state_entries[1], 512);
	ck_assert_uint_eq(c->state_entries[6], 256);
	ck_assert_str_eq(weir_dev_url(dev), "fake:");
	ck_assert_int_eq(weir_dev_fd(dev), -ENOSYS);
	ck_assert_uint_eq(b.words_written, 0);
}
END_TEST

START_TEST(stopped_core)
{
	b.reg[WEIR_SOC_CPU / 4] = 0;
	open_it();
	ck_assert(!weir_dev_caps(dev)->firmware);
}
END_TEST

START_TEST(versions)
{
	static const struct {
		uint8_t version, words_max;
		uint32_t address, word;   /* of a register that is another one */
		int rc;
		const char *says;
	} t[] = {
		{ 2, 64, WEIR_REG_CLOCK, 1, WEIR_EVERSION, "version 1" },
		{ 1, 63, WEIR_REG_CLOCK, 1, WEIR_EVERSION, "63 words" },
		{ 1, 255, WEIR_REG_CLOCK, 1, 0, "" },
		{ 1, 64, WEIR_REG_ID, 0x57454953, WEIR_EIDENTITY, "0x57454953" },
		{ 1, 64, WEIR_REG_VERSION, (WEIR_REG_VERSION_MAJOR_RESET + 1) << 16, WEIR_EVERSION, "tools of its release" },
		{ 1, 64, WEIR_REG_VERSION, (WEIR_REG_VERSION_MAJOR_RESET - 1) << 16 | 9, WEIR_EVERSION, "tools of its release" },
		{ 1, 64, WEIR_REG_VERSION, WEIR_REG_VERSION_MAJOR_RESET << 16 | 0xffff, 0, "" },
		{ 1, 64, WEIR_SOC_VERSION, (WEIR_SOC_VERSION_MAJOR_RESET + 1) << 16, WEIR_EVERSION, "soft core's part 2" },
		{ 1, 64, WEIR_SOC_VERSION, WEIR_SOC_VERSION_MAJOR_RESET << 16 | 7, 0, "" },
	};

	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		uint32_t keep = b.reg[t[i].address / 4];
		int rc;

		b.version = t[i].version;
		b.words_max = t[i].words_max;
		b.reg[t[i].address / 4] = t[i].word;
		dev = NULL;
		rc = fake_board_open(&b, NULL, &dev, detail);
		ck_assert_msg(rc == t[i].rc, "%zu: %d %s", i, rc, detail);
		ck_assert((dev != NULL) == (rc == 0));
		ck_assert_msg(strstr(detail, t[i].says) != NULL, "%zu: %s", i, detail);
		weir_dev_close(dev);
		dev = NULL;
		b.reg[t[i].address / 4] = keep;
	}
}
END_TEST

START_TEST(nobody)
{
	struct weir_open_options o = { .timeout_ms = 70, .attempts = 3 };

	b.deaf = true;
	ck_assert_int_eq(fake_board_open(&b, &o, &dev, detail), -ETIMEDOUT);
	ck_assert_int_eq(b.now_ms, 1000 + 3 * 70);
	ck_assert_uint_eq(b.sends, 3);
	ck_assert_ptr_null(dev);
	ck_assert_str_eq(detail, "fake:: no reply to hello, sent 3 times, 70 ms each: nothing came back");
}
END_TEST

START_TEST(usual_timing)
{
	struct weir_open_options o = { 0 };

	/* 100 ms and what 1,092 octets of ten bits take, five times. */
	b.deaf = true;
	ck_assert_int_eq(fake_board_open(&b, &o, &dev, detail), -ETIMEDOUT);
	ck_assert_int_eq(b.now_ms, 1000 + 5 * 103);
	b.now_ms = 0;
	o.bit_rate = 9600;
	ck_assert_int_eq(fake_board_open(&b, &o, &dev, detail), -ETIMEDOUT);
	/* At 9600, then at the rate of power-on. */
	ck_assert_int_eq(b.now_ms, 2 * 5 * (100 + 10 * 1092 * 1000 / 9600));
}
END_TEST

START_TEST(echo)
{
	b.echo = true;
	ck_assert_int_eq(fake_board_open(&b, NULL, &dev, detail), -ETIMEDOUT);
	ck_assert_msg(strstr(detail, "only other frames"), "%s", detail);
}
END_TEST

START_TEST(no_frames)
{
	b.deaf = true;
	fake_put(&b, "OK\r\nlogin: ", 11);
	ck_assert_int_eq(fake_board_open(&b, NULL, &dev, detail), -ETIMEDOUT);
	ck_assert_msg(strstr(detail, "is it a Weir appliance"), "%s", detail);
	fake_put(&b, "~~garbled~~", 11);
	ck_assert_int_eq(fake_board_open(&b, NULL, &dev, detail), -ETIMEDOUT);
	ck_assert_msg(strstr(detail, "is the bit rate right"), "%s", detail);
}
END_TEST

/** What lies there of a host before us: replies that are none of ours. */
START_TEST(leftovers)
{
	fake_put(&b, "\x33\x44", 2);
	fake_put_body(&b, "\x82\x01\x00\x11\x22\x33\x44", 7);
	fake_put_body(&b, "\x83\x01\x00", 3);
	fake_notice(&b, 1);
	open_it();
	works();
}
END_TEST

START_TEST(hello_refused)
{
	fake_put_body(&b, "\x81\x01\x02", 3);
	ck_assert_int_eq(fake_board_open(&b, NULL, &dev, detail), WEIR_EPROTOCOL);
	ck_assert_msg(strstr(detail, "refuses to say what it is"), "%s", detail);
	fake_put_body(&b, "\x81\x01\x00\x01", 4);
	ck_assert_int_eq(fake_board_open(&b, NULL, &dev, detail), WEIR_EPROTOCOL);
	ck_assert_msg(strstr(detail, "wrong length or status"), "%s", detail);
}
END_TEST

/** A frame that has the right type, number and check, and cannot be. */
START_TEST(senseless)
{
	open_it();
	fake_put_body(&b, "\x82\x04\x00\x11\x22\x33\x44\x55", 8);
	ck_assert_int_eq(weir_read(dev, 0, 1, got), WEIR_EPROTOCOL);
	ck_assert_msg(strstr(weir_dev_detail(dev), "read at 0x000000"), "%s", weir_dev_detail(dev));
	ck_assert_uint_eq(got[0], 0x55555555);
	works();
	fake_put_body(&b, "\x82\x06\x09", 3);
	ck_assert_int_eq(weir_read(dev, 0, 1, got), WEIR_EPROTOCOL);
	works();
}
END_TEST

START_TEST(unknown_url)
{
	static const char *const urls[] = { "", "usb", "sim", "fake:x", "SIM:/x", ":", "simx:/y" };
	struct weir_dev *keep = (struct weir_dev *)&b;

	for (size_t i = 0; i < sizeof(urls) / sizeof(urls[0]); i++) {
		dev = keep;
		ck_assert_int_eq(weir_dev_open(urls[i], NULL, &dev, detail), -EINVAL);
		ck_assert_msg(strstr(detail, "no such kind of device"), "%s", detail);
		ck_assert_ptr_eq(dev, keep);
		ck_assert_int_eq(weir_dev_open(urls[i], NULL, &dev, NULL), -EINVAL);
	}
	dev = NULL;
}
END_TEST

START_TEST(no_record)
{
	struct weir_open_options o = { .record = "/nowhere/at/all" };

	ck_assert_int_eq(fake_board_open(&b, &o, &dev, detail), -ENOENT);
	ck_assert_msg(strstr(detail, "/nowhere/at/all"), "%s", detail);
}
END_TEST

/* --- Requests */

START_TEST(pieces)
{
	static const struct {
		uint32_t address;
		size_t n;
		unsigned requests;
	} t[] = {
		{ 0x100000, 1, 1 },
		{ 0x100000, 64, 1 },
		{ 0x100004, 64, 1 },          /* one request, come what may */
		{ 0x100000, 65, 2 },
		{ 0x100010, 120, 3 },         /* 60, 60 of 64 rounded to entries: 4 + ... */
		{ 0x100000, 8192, 128 },
		{ 0x1ffffc, 1, 1 },
		{ 0x1f8000, 8192, 128 },
	};

	open_it();
	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		unsigned before = b.done;

		ck_assert_int_eq(weir_write(dev, t[i].address, t[i].n, words), 0);
		ck_assert(!memcmp(&b.reg[t[i].address / 4], words, 4 * t[i].n));
		ck_assert_int_eq(weir_read(dev, t[i].address, t[i].n, got), 0);
		ck_assert(!memcmp(got, words, 4 * t[i].n));
		if (t[i].address != 0x100010)
			ck_assert_uint_eq(b.done - before, 2 * t[i].requests);
	}
	/* Cut between entries: the last request begins with one. */
	ck_assert_int_eq(weir_write(dev, 0x100010, 120, words), 0);
	ck_assert_uint_eq((b.body[2] | b.body[3] << 8) % 32, 0);
}
END_TEST

START_TEST(places)
{
	static const struct {
		uint32_t address;
		size_t n;
	} t[] = { { 0, 0 }, { 0, 8193 }, { 0, SIZE_MAX }, { 1, 1 }, { 2, 1 }, { 0x1ffffc, 2 }, { 0x200000, 1 }, { 0xfffffffc, 1 }, { 0xfffffffc, 2 } };
	unsigned sends;

	open_it();
	sends = b.sends;
	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		ck_assert_int_eq(weir_read(dev, t[i].address, t[i].n, got), -EINVAL);
		ck_assert_str_ne(weir_dev_detail(dev), "");
		ck_assert_int_eq(weir_write(dev, t[i].address, t[i].n, words), -EINVAL);
		ck_assert_int_eq(weir_fill(dev, t[i].address, t[i].n, 0), -EINVAL);
	}
	ck_assert_uint_eq(b.sends, sends);
	works();
}
END_TEST

START_TEST(fill)
{
	open_it();
	ck_assert_int_eq(weir_fill(dev, 0x108000, 8192, 0xabcdef01), 0);
	ck_assert_uint_eq(b.reg[0x108000 / 4], 0xabcdef01);
	ck_assert_uint_eq(b.reg[0x108000 / 4 + 8191], 0xabcdef01);
	ck_assert_uint_eq(b.reg[0x108000 / 4 + 8192], 0);
	ck_assert_uint_eq(b.reg[0x108000 / 4 - 1], 0);
}
END_TEST

START_TEST(refused)
{
	open_it();
	for (unsigned status = 1; status <= 2; status++) {
		b.status = (uint8_t)status;
		ck_assert_int_eq(weir_read(dev, 0, 1, got), WEIR_EPROTOCOL);
		ck_assert_int_eq(weir_write(dev, 0x100000, 1, words), WEIR_EPROTOCOL);
		ck_assert_int_eq(weir_fill(dev, 0x100000, 1, 0), WEIR_EPROTOCOL);
		ck_assert_str_ne(weir_dev_detail(dev), "");
		ck_assert_uint_eq(b.words_written, 0);
	}
	b.status = 0;
	works();
}
END_TEST

/** Each of four kinds of loss in turn, on the way out and back: done once, told once, and counted. */
START_TEST(repeats)
{
	static const struct {
		enum fake_fault fault;
		unsigned step, ms;   /* 0: the send, 1: the receive; and how long it takes */
	} t[] = {
		{ FAKE_LOST, 0, 101 }, { FAKE_CUT, 0, 101 }, { FAKE_GARBAGE, 0, 101 }, { FAKE_STALL, 0, 101 },
		{ FAKE_LOST, 1, 101 }, { FAKE_CUT, 1, 102 }, { FAKE_GARBAGE, 1, 102 }, { FAKE_STALL, 1, 101 },
	};
	struct weir_link_stats before, after;

	open_it();
	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		unsigned done = b.done;
		int64_t start_ms = b.now_ms;

		weir_dev_link_stats(dev, &before);
		fake_arm(&b, t[i].fault, t[i].step, 1);
		ck_assert_int_eq(weir_write(dev, 0x100000 + 4 * (uint32_t)i, 1, words + i), 0);
		weir_dev_link_stats(dev, &after);
		ck_assert_uint_eq(b.done, done + 1);
		ck_assert_uint_eq(b.reg[0x100000 / 4 + i], words[i]);
		ck_assert_uint_eq(after.requests, before.requests + 1);
		ck_assert_msg(after.repeated == before.repeated + 1, "%zu", i);
		ck_assert_int_ge(b.now_ms - start_ms, 100);
		ck_assert_int_le(b.now_ms - start_ms, t[i].ms + 1);
		works();
	}
	ck_assert_uint_gt(after.bad_frames, 0);
}
END_TEST

START_TEST(gives_up)
{
	open_it();
	fake_arm(&b, FAKE_LOST, 0, 0);
	ck_assert_int_eq(weir_write(dev, 0x100000, 1, words), -ETIMEDOUT);
	ck_assert_msg(strstr(weir_dev_detail(dev), "write at 0x100000, sent 5 times, 100 ms each"), "%s", weir_dev_detail(dev));
	ck_assert_uint_eq(b.reg[0x100000 / 4], 0);
	fake_arm(&b, FAKE_NONE, 0, 0);
	works();
	/* The replies are lost: it has been done, wholly, once. */
	fake_arm(&b, FAKE_LOST, 1, 0);
	b.done = 0;
	ck_assert_int_eq(weir_write(dev, 0x100000, 64, words), -ETIMEDOUT);
	ck_assert_uint_eq(b.done, 1);
	fake_arm(&b, FAKE_NONE, 0, 0);
	works();
}
END_TEST

/** The reply comes when nobody waits any more: it must not pass for the next one's. */
START_TEST(late)
{
	open_it();
	b.reg[0x100000 / 4] = 1;
	b.reg[0x100004 / 4] = 2;
	fake_arm(&b, FAKE_STALL, 0, 0);
	ck_assert_int_eq(weir_read(dev, 0x100000, 1, got), -ETIMEDOUT);
	fake_arm(&b, FAKE_NONE, 0, 0);
	ck_assert_int_eq(weir_read(dev, 0x100004, 1, got), 0);
	ck_assert_uint_eq(got[0], 2);
	/* All replies are late by one attempt. */
	for (unsigned i = 0; i < 20; i++) {
		fake_arm(&b, FAKE_STALL, 1, 1);
		ck_assert_int_eq(weir_read(dev, 0x100000 + i % 2 * 4, 1, got), 0);
		ck_assert_uint_eq(got[0], 1 + i % 2);
	}
	fake_arm(&b, FAKE_TWICE, 0, 0);
	for (unsigned i = 0; i < 20; i++) {
		ck_assert_int_eq(weir_read(dev, 0x100000 + i % 2 * 4, 1, got), 0);
		ck_assert_uint_eq(got[0], 1 + i % 2);
	}
}
END_TEST

START_TEST(numbers_go_round)
{
	open_it();
	b.done = 0;
	for (uint32_t i = 0; i < 700; i++) {
		ck_assert_int_eq(weir_write(dev, 0x100000, 1, &i), 0);
		ck_assert_uint_eq(b.reg[0x100000 / 4], i);
	}
	ck_assert_uint_eq(b.done, 700);
	ck_assert_uint_eq(b.repeated, 0);
}
END_TEST

/** A line that never is silent: the time for a reply is over all the same. */
START_TEST(babble)
{
	static uint8_t noise[FAKE_QUEUE - 600];

	open_it();
	memset(noise, 0x55, sizeof(noise));
	b.deaf = true;
	fake_put(&b, noise, sizeof(noise));
	ck_assert_int_eq(weir_read(dev, 0, 1, got), -ETIMEDOUT);
	ck_assert_int_le(b.now_ms, 1000 + 600);
	b.deaf = false;
	works();
}
END_TEST

START_TEST(signals)
{
	struct weir_link_stats s;

	open_it();
	for (unsigned step = 0; step < 4; step++) {
		fake_arm(&b, FAKE_SIGNAL, step, 3);
		works();
	}
	/* They cost no attempt. */
	fake_arm(&b, FAKE_SIGNAL, 0, 20);
	works();
	weir_dev_link_stats(dev, &s);
	ck_assert_uint_eq(s.repeated, 0);
	fake_arm(&b, FAKE_SIGNAL, 0, 0);
	ck_assert_int_eq(weir_read(dev, 0, 1, got), -ETIMEDOUT);
	ck_assert_int_eq(weir_dev_poll(dev, 100), -EINTR);
	fake_arm(&b, FAKE_NONE, 0, 0);
	ck_assert_int_eq(weir_dev_poll(dev, 100), 0);
	works();
}
END_TEST

START_TEST(gone)
{
	uint32_t message[WEIR_MAIL_WORDS_HOST] = { 1 };

	for (enum fake_fault fault = FAKE_UNPLUG; fault <= FAKE_BROKEN; fault++) {
		unsigned step;

		open_it();
		fake_arm(&b, fault, 1, 1);
		ck_assert_int_eq(weir_read(dev, 0, 1, got), fault == FAKE_UNPLUG ? -ENODEV : -EIO);
		ck_assert_msg(strstr(weir_dev_detail(dev), "open again"), "%s", weir_dev_detail(dev));
		/* It may be there again, but is not asked. */
		b.failed = 0;
		step = b.step;
		ck_assert_int_eq(weir_read(dev, 0, 1, got), -ENODEV);
		ck_assert_int_eq(weir_write(dev, 0x100000, 1, words), -ENODEV);
		ck_assert_int_eq(weir_fill(dev, 0x100000, 1, 1), -ENODEV);
		ck_assert_int_eq(weir_dev_poll(dev, 10), -ENODEV);
		ck_assert_int_eq(weir_mail(dev, message, got), -ENODEV);
		ck_assert_str_ne(weir_dev_detail(dev), "");
		ck_assert_uint_eq(b.step, step);
		weir_dev_close(dev);
		dev = NULL;
	}
}
END_TEST

/* --- Notices */

static struct {
	unsigned n, lost;
	uint32_t first;
	int again;
} heard;

static void hear(void *ctx, const uint32_t w[16], unsigned lost)
{
	uint32_t word;

	ck_assert_ptr_eq(ctx, &b);
	for (unsigned i = 0; i < 16; i++)
		ck_assert_uint_eq(w[i], w[0] + i);
	ck_assert(heard.n == 0 || w[0] > heard.first);
	heard.first = w[0];
	heard.n++;
	heard.lost += lost;
	/* Not from here. */
	heard.again = weir_read(dev, 0, 1, &word);
}

START_TEST(notices)
{
	struct weir_link_stats s;

	open_it();
	memset(&heard, 0, sizeof(heard));
	weir_dev_on_notice(dev, hear, &b);
	for (unsigned i = 0; i < 300; i++) {
		fake_notice(&b, 1 + 100 * i);
		ck_assert_int_eq(weir_read(dev, 0, 1, got), 0);
	}
	ck_assert_uint_eq(heard.n, 300);
	ck_assert_uint_eq(heard.lost, 0);
	ck_assert_int_eq(heard.again, -EBUSY);
	/* Three are lost on the way, and over the end of the numbers 200. */
	b.notice_number = (uint8_t)(b.notice_number + 3);
	fake_notice(&b, 40000);
	ck_assert_int_eq(weir_dev_poll(dev, 50), 0);
	ck_assert_uint_eq(heard.lost, 3);
	b.notice_number = (uint8_t)(b.notice_number + 200);
	fake_notice(&b, 50000);
	ck_assert_int_eq(weir_dev_poll(dev, -1), 0);
	ck_assert_uint_eq(heard.lost, 203);
	weir_dev_link_stats(dev, &s);
	ck_assert_uint_eq(s.notices, 302);
	ck_assert_uint_eq(s.notices_lost, 203);
	/* Behind the reply in one piece, and with nobody to hear them. */
	fake_notice(&b, 60000);
	weir_dev_on_notice(dev, NULL, NULL);
	works();
	weir_dev_link_stats(dev, &s);
	ck_assert_uint_eq(s.notices, 303);
}
END_TEST

START_TEST(polling)
{
	open_it();
	memset(&heard, 0, sizeof(heard));
	weir_dev_on_notice(dev, hear, &b);
	b.now_ms = 5000;
	ck_assert_int_eq(weir_dev_poll(dev, 250), 0);
	ck_assert_int_eq(b.now_ms, 5250);
	ck_assert_int_eq(weir_dev_poll(dev, 0), 0);
	ck_assert_int_eq(b.now_ms, 5250);
	/* All that are there, at once. */
	for (unsigned i = 0; i < 5; i++)
		fake_notice(&b, 1 + 20 * i);
	ck_assert_int_eq(weir_dev_poll(dev, -1), 0);
	ck_assert_uint_eq(heard.n, 5);
	ck_assert_int_lt(b.now_ms, 5260);
	/* One that is none, then one. */
	fake_put_body(&b, "\x40\x00\x01", 3);
	fake_notice(&b, 1000);
	ck_assert_int_eq(weir_dev_poll(dev, 0), 0);
	ck_assert_uint_eq(heard.n, 6);
	fake_arm(&b, FAKE_UNPLUG, 0, 1);
	ck_assert_int_eq(weir_dev_poll(dev, -1), -ENODEV);
}
END_TEST

/* --- Bit rates */

START_TEST(faster)
{
	struct weir_open_options o = { .bit_rate = 12000000, .timeout_ms = 100 };

	ck_assert_int_eq(fake_board_open(&b, &o, &dev, detail), 0);
	ck_assert_uint_eq(b.line_rate, 12000000);
	ck_assert_uint_eq(b.reg[WEIR_SOC_LINK_RATE / 4], 6291);
	works();
	weir_dev_close(dev);
	/* The next host finds it as at power-on. */
	ck_assert_uint_eq(b.reg[WEIR_SOC_LINK_RATE / 4], 1573);
	/* One that was left at the faster rate. */
	b.bit_rate = 12000000;
	b.words_written = 0;
	ck_assert_int_eq(fake_board_open(&b, &o, &dev, detail), 0);
	works();
	ck_assert_uint_eq(b.words_written, 0);
}
END_TEST

START_TEST(too_fast)
{
	struct weir_open_options o = { .bit_rate = 12000000, .timeout_ms = 100, .attempts = 2 };

	/* What is said at the new rate gets lost: from the first step behind the write of the rate on. */
	fake_arm(&b, FAKE_LOST, 8, 0);
	ck_assert_int_eq(fake_board_open(&b, &o, &dev, detail), -ETIMEDOUT);
	ck_assert_msg(strstr(detail, "answers at 3000000 bit/s, but not at 12000000; switch it off"), "%s", detail);
}
END_TEST

/** The host cannot hear the new rate, but be heard: the appliance is at the old one again. */
START_TEST(half_too_fast)
{
	struct weir_open_options o = { .bit_rate = 12000000, .timeout_ms = 100, .attempts = 2 };

	b.mute_above = 6000000;
	ck_assert_int_eq(fake_board_open(&b, &o, &dev, detail), -ETIMEDOUT);
	ck_assert_msg(strstr(detail, "it is back at the former"), "%s", detail);
	ck_assert_uint_eq(b.reg[WEIR_SOC_LINK_RATE / 4], 1573);
	ck_assert_int_eq(fake_board_open(&b, NULL, &dev, detail), 0);
	works();
}
END_TEST

START_TEST(rate_refused)
{
	struct weir_open_options o = { .bit_rate = 12000000, .timeout_ms = 100, .attempts = 2 };

	b.rate_refused = WEIR_BIT_RATE;
	ck_assert_int_eq(fake_board_open(&b, &o, &dev, detail), -EINVAL);
	ck_assert_msg(strstr(detail, "the line does not take 3000000 bit/s"), "%s", detail);
	ck_assert_uint_eq(b.words_written, 0);
}
END_TEST

/* --- Texts */

static unsigned lines;

static void count_line(void *ctx, const char *line)
{
	ck_assert_ptr_eq(ctx, &b);
	ck_assert_ptr_null(strchr(line, '\n'));
	lines++;
}

START_TEST(debug)
{
	struct weir_open_options o = { .timeout_ms = 100, .debug = count_line, .debug_ctx = &b };

	lines = 0;
	ck_assert_int_eq(fake_board_open(&b, &o, &dev, detail), 0);
	ck_assert_uint_eq(lines, 0);
	fake_arm(&b, FAKE_LOST, 0, 1);
	works();
	ck_assert_uint_eq(lines, 1);
}
END_TEST

START_TEST(errors)
{
	static const struct {
		int error;
		const char *name;
	} t[] = {
		{ 0, "ok" }, { -ETIMEDOUT, "timedout" }, { -ENODEV, "nodev" }, { WEIR_EVERSION, "version" }, { WEIR_EREPLAY, "replay" },
		{ -EXDEV, "system" }, { 1, "unknown" }, { -999, "unknown" }, { -2000, "unknown" }, { -1000, "unknown" },
	};

	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		ck_assert_str_eq(weir_error_name(t[i].error), t[i].name);
		ck_assert_str_ne(weir_strerror(t[i].error), "");
	}
	ck_assert_str_eq(weir_strerror(-999), "unknown error");
	ck_assert_str_eq(weir_strerror(-EXDEV), "Invalid cross-device link");
	for (int error = WEIR_EREPLAY; error <= 0; error++) {
		const char *name = weir_error_name(error);

		if (strcmp(name, "unknown") != 0 && strcmp(name, "system") != 0)
			ck_assert_int_eq(weir_error_find(name, strlen(name)), error);
	}
	ck_assert_int_eq(weir_error_find("timedouts", 9), 1);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("device");
	TCase *t = tcase_create("device");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, caps);
	tcase_add_test(t, stopped_core);
	tcase_add_test(t, versions);
	tcase_add_test(t, nobody);
	tcase_add_test(t, usual_timing);
	tcase_add_test(t, echo);
	tcase_add_test(t, no_frames);
	tcase_add_test(t, leftovers);
	tcase_add_test(t, hello_refused);
	tcase_add_test(t, senseless);
	tcase_add_test(t, unknown_url);
	tcase_add_test(t, no_record);
	tcase_add_test(t, pieces);
	tcase_add_test(t, places);
	tcase_add_test(t, fill);
	tcase_add_test(t, refused);
	tcase_add_test(t, repeats);
	tcase_add_test(t, gives_up);
	tcase_add_test(t, late);
	tcase_add_test(t, numbers_go_round);
	tcase_add_test(t, babble);
	tcase_add_test(t, signals);
	tcase_add_test(t, gone);
	tcase_add_test(t, notices);
	tcase_add_test(t, polling);
	tcase_add_test(t, faster);
	tcase_add_test(t, too_fast);
	tcase_add_test(t, half_too_fast);
	tcase_add_test(t, rate_refused);
	tcase_add_test(t, debug);
	tcase_add_test(t, errors);
	suite_add_tcase(s, t);
	return check_run(s);
}
