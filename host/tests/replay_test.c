// SPDX-License-Identifier: Apache-2.0
/* Records and replays: what a file may look like, and that a conversation with faults in it happens once more, to the millisecond. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fake_board.h"
#include "host/libweir/replay.h"
#include "host/tests/check_run.h"
#include "weir/weir_regs.h"

static struct fake_board b;
static char file[64], url[96], detail[WEIR_DETAIL];

static void setup(void)
{
	int fd;

	fake_board_init(&b);
	snprintf(file, sizeof(file), "/tmp/weir-replay-XXXXXX");
	fd = mkstemp(file);
	ck_assert_int_ge(fd, 0);
	close(fd);
	snprintf(url, sizeof(url), "replay:%s", file);
}

static void teardown(void)
{
	unlink(file);
	fake_board_done(&b);
}

static void write_file(const char *text, size_t n)
{
	FILE *f = fopen(file, "we");

	ck_assert_ptr_nonnull(f);
	ck_assert_uint_eq(fwrite(text, 1, n, f), n);
	ck_assert_int_eq(fclose(f), 0);
}

START_TEST(texts)
{
	static const struct {
		const char *text;
		unsigned line;   /* of the complaint; 0: none */
	} t[] = {
		{ "", 1 },
		{ "weir-replay", 1 },
		{ "weir-replay 2\n", 1 },
		{ "weir-replay 1x\n", 1 },
		{ " weir-replay 1\n", 1 },
		{ "weir-replay 1\r\n", 1 },
		{ "weir-replay 1", 0 },
		{ "weir-replay 1\n", 0 },
		{ "weir-replay 1\n\n\n# anything at all \xff\n#\n", 0 },
		{ "weir-replay 1\n> 7e\n< 7E\n= 0\n= 2147483647\n! nodev\n@ 3000000\n", 0 },
		{ "weir-replay 1\n> 7e ! timedout\n@ 1 ! inval", 0 },
		{ "weir-replay 1\n* 100 5 1000 3000000\n", 0 },
		{ "weir-replay 1\n\n* 100 5 1000 3000000\n", 3 },
		{ "weir-replay 1\n* 100 5 1000\n", 2 },
		{ "weir-replay 1\n* 100 0 1000 1\n", 2 },
		{ "weir-replay 1\n* 100 5 1000 1 1\n", 2 },
		{ "weir-replay 1\n* 100  5 1000 1\n", 2 },
		{ "weir-replay 1\n>\n", 2 },
		{ "weir-replay 1\n> \n", 2 },
		{ "weir-replay 1\n> 7\n", 2 },
		{ "weir-replay 1\n> 7g\n", 2 },
		{ "weir-replay 1\n>7e\n", 2 },
		{ "weir-replay 1\n> 7e 7e\n", 2 },
		{ "weir-replay 1\n> 7e ! \n", 2 },
		{ "weir-replay 1\n> 7e ! ok\n", 2 },
		{ "weir-replay 1\n< 7e ! nodev\n", 2 },
		{ "weir-replay 1\n# x\n= \n", 3 },
		{ "weir-replay 1\n= -1\n", 2 },
		{ "weir-replay 1\n= 2147483648\n", 2 },
		{ "weir-replay 1\n= 99999999999999999999999\n", 2 },
		{ "weir-replay 1\n= 1 ! nodev\n", 2 },
		{ "weir-replay 1\n! ok\n", 2 },
		{ "weir-replay 1\n! nonsense\n", 2 },
		{ "weir-replay 1\n@ x\n", 2 },
		{ "weir-replay 1\nx 1\n", 2 },
		{ "weir-replay 1\n= 1\n= 2\n= 3\nfoo", 5 },
	};

	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		struct weir_transport *r = NULL;
		char says[96];
		int rc;

		write_file(t[i].text, strlen(t[i].text));
		detail[0] = '\0';
		rc = weir_transport_replay.open(file, NULL, &r, detail);
		ck_assert_msg(rc == (t[i].line ? WEIR_EINPUT : 0), "%zu: %d %s", i, rc, detail);
		snprintf(says, sizeof(says), "%s:%u: ", file, t[i].line);
		ck_assert_msg(!t[i].line || !strncmp(detail, says, strlen(says)), "%zu: %s", i, detail);
		if (rc == 0)
			weir_transport_replay.close(r);
	}
}
END_TEST

START_TEST(files)
{
	struct weir_dev *dev = NULL;

	ck_assert_int_eq(weir_dev_open("replay:/no/such/file", NULL, &dev, detail), -ENOENT);
	ck_assert_msg(strstr(detail, "/no/such/file"), "%s", detail);
	ck_assert_int_eq(weir_dev_open("replay:/tmp", NULL, &dev, detail), -EISDIR);
	ck_assert_int_eq(weir_dev_open("replay:/dev/zero", NULL, &dev, detail), -EINVAL);
	ck_assert_int_eq(truncate(file, WEIR_REPLAY_MAX + 1), 0);
	ck_assert_int_eq(weir_dev_open(url, NULL, &dev, detail), -EFBIG);
	/* Zeros to the end; and a line that never ends. */
	ck_assert_int_eq(truncate(file, 1 << 20), 0);
	ck_assert_int_eq(weir_dev_open(url, NULL, &dev, detail), WEIR_EINPUT);
	ck_assert_ptr_null(dev);
}
END_TEST

/** A conversation written by hand: no clock, so deadlines go by as they are. */
START_TEST(by_hand)
{
	static const char text[] =
		"weir-replay 1\n"
		"* 100 3 1000 0\n"
		"# hello, and what it has; the first is lost\n"
		"> 7e010101f2b29f907e\n"
		"> 7e010101f2b29f907e\n"
		"< 7e8101\n"
		"< 0001405249455701000300000001008950ef3a7e\n"
		"> 7e0202000000000669ca58ae7e\n"
		"< 7e8202005249455701000300000000047867760724f400007888677663720ab17e\n"
		"> 7e0203080001000199add2ca7e\n"
		"< 7e820300010000006e31cdbc7e\n";
	struct weir_link_stats s;
	struct weir_dev *dev;
	uint32_t word = 7;

	write_file(text, sizeof(text) - 1);
	ck_assert_msg(weir_dev_open(url, NULL, &dev, detail) == 0, "%s", detail);
	weir_dev_link_stats(dev, &s);
	ck_assert_uint_eq(s.requests, 3);
	ck_assert_uint_eq(s.repeated, 1);
	ck_assert_uint_eq(weir_dev_caps(dev)->clock_khz, 62500);
	/* It goes no further, and says where. */
	ck_assert_int_eq(weir_read(dev, 0, 1, &word), WEIR_EREPLAY);
	ck_assert_msg(strstr(weir_dev_detail(dev), "the record ends, here something is sent"), "%s", weir_dev_detail(dev));
	ck_assert_uint_eq(word, 7);
	ck_assert_int_eq(weir_read(dev, 0, 1, &word), -ENODEV);
	weir_dev_close(dev);
	/* To wait for ever for what does not come is refused, too. */
	ck_assert_int_eq(weir_dev_open(url, NULL, &dev, detail), 0);
	ck_assert_int_eq(weir_dev_poll(dev, 100), 0);
	ck_assert_int_eq(weir_dev_poll(dev, -1), WEIR_EREPLAY);
	weir_dev_close(dev);
}
END_TEST

/** Another question than then. */
START_TEST(strays)
{
	struct weir_open_options o = { .record = file };
	uint32_t words[20] = { 0 };
	struct weir_dev *dev;

	ck_assert_int_eq(fake_board_open(&b, &o, &dev, detail), 0);
	ck_assert_int_eq(weir_write(dev, 0x100000, 4, words), 0);
	weir_dev_close(dev);
	ck_assert_int_eq(weir_dev_open(url, NULL, &dev, detail), 0);
	words[3] = 1;
	ck_assert_int_eq(weir_write(dev, 0x100000, 4, words), WEIR_EREPLAY);
	ck_assert_msg(strstr(weir_dev_detail(dev), "something else is sent"), "%s", weir_dev_detail(dev));
	weir_dev_close(dev);
	ck_assert_int_eq(weir_dev_open(url, NULL, &dev, detail), 0);
	ck_assert_int_eq(weir_write(dev, 0x100000, 5, words), WEIR_EREPLAY);
	weir_dev_close(dev);
}
END_TEST

/* --- The same once more, with faults */

static unsigned heard, heard_lost;

static void hear(void *ctx, const uint32_t w[16], unsigned lost)
{
	(void)ctx;
	heard += w[0];
	heard_lost += lost;
}

/** Everything that a program might do, and what came of it. @return how much was put down */
static size_t conversation(struct weir_dev *dev, struct fake_board *board, char *out, size_t room)
{
	uint32_t message[WEIR_MAIL_WORDS_HOST] = { 9, 8, 7 }, answer[WEIR_MAIL_WORDS_HOST] = { 0 }, words[100] = { 0 };
	struct weir_link_stats s;
	size_t n = 0;

	heard = heard_lost = 0;
	weir_dev_on_notice(dev, hear, NULL);
	for (unsigned i = 0; i < 12; i++) {
		int rc[5];

		if (board) {
			if (i % 3 == 1)
				fake_notice(board, i);
			if (i % 4 == 3)
				board->notice_number++;
			board->slow_answer = i % 5 == 2 ? 200 : (int)i;
			board->no_firmware = i == 7;
		}
		words[i] = i;
		rc[0] = weir_write(dev, 0x100000, 100, words);
		rc[1] = weir_read(dev, 0x100000, 100, words);
		rc[2] = weir_mail(dev, message, answer);
		rc[3] = weir_dev_poll(dev, (int)(30 * i));
		rc[4] = weir_fill(dev, 0x100000, 7, i);
		n += (size_t)snprintf(out + n, room - n, "%d %d %d %d %d, %x %x, %u %u: %s\n", rc[0], rc[1], rc[2], rc[3], rc[4], words[i],
				      answer[1], heard, heard_lost, weir_dev_detail(dev));
	}
	weir_dev_link_stats(dev, &s);
	n += (size_t)snprintf(out + n, room - n, "%lu %lu %lu %lu %lu\n", s.requests, s.repeated, s.bad_frames, s.notices, s.notices_lost);
	return n;
}

static char then[20000], now[20000];

/** The details name the device. */
static void forget_names(char *text)
{
	for (char *at; (at = strstr(text, "fake:")) != NULL;)
		memmove(at, at + 5, strlen(at + 5) + 1);
	for (char *at; (at = strstr(text, url)) != NULL;)
		memmove(at, at + strlen(url), strlen(at + strlen(url)) + 1);
}

START_TEST(again)
{
	for (enum fake_fault fault = FAKE_NONE; fault < FAKE_FAULTS; fault++) {
		for (unsigned first = 5; first < 400; first += 61) {
			struct weir_open_options o = { .timeout_ms = 40, .attempts = 2, .record = file };
			struct weir_dev *dev;

			fake_board_done(&b);
			fake_board_init(&b);
			ck_assert_int_eq(fake_board_open(&b, &o, &dev, detail), 0);
			fake_arm(&b, fault, first, first % 2 ? 3 : 40);
			conversation(dev, &b, then, sizeof(then));
			weir_dev_close(dev);
			/* With other options: those of the record hold. */
			ck_assert_msg(weir_dev_open(url, NULL, &dev, detail) == 0, "%s", detail);
			conversation(dev, NULL, now, sizeof(now));
			weir_dev_close(dev);
			forget_names(then);
			forget_names(now);
			ck_assert_msg(!strcmp(then, now), "%s from %u on:\n%s---\n%s", fake_fault_name(fault), first, then, now);
		}
	}
}
END_TEST

/** The bit rate: changed, refused, and one at which nothing comes back. */
START_TEST(rates)
{
	struct weir_open_options o = { .bit_rate = 12000000, .timeout_ms = 40, .attempts = 2, .record = file };

	for (unsigned kind = 0; kind < 3; kind++) {
		char once[WEIR_DETAIL];
		struct weir_dev *dev = NULL;
		int rc;

		fake_board_done(&b);
		fake_board_init(&b);
		b.mute_above = kind == 1 ? 6000000 : 0;
		b.rate_refused = kind == 2 ? 12000000 : 0;
		rc = fake_board_open(&b, &o, &dev, once);
		ck_assert_int_eq(rc, kind == 0 ? 0 : kind == 1 ? -ETIMEDOUT : -EINVAL);
		if (rc == 0)
			conversation(dev, &b, then, sizeof(then));
		weir_dev_close(dev);
		dev = NULL;
		ck_assert_int_eq(weir_dev_open(url, NULL, &dev, detail), rc);
		if (rc == 0) {
			conversation(dev, NULL, now, sizeof(now));
			forget_names(then);
			forget_names(now);
			ck_assert_str_eq(then, now);
		} else {
			ck_assert_str_eq(once + 5, detail + strlen(url));
		}
		weir_dev_close(dev);
	}
}
END_TEST

/** A record has keys in it: nobody else may read it. */
START_TEST(private)
{
	struct weir_open_options o = { .record = file };
	struct weir_dev *dev;
	struct stat st;

	unlink(file);
	ck_assert_int_eq(fake_board_open(&b, &o, &dev, detail), 0);
	/* What has been said is there while it goes on. */
	ck_assert_int_eq(stat(file, &st), 0);
	ck_assert_uint_eq(st.st_mode & 0777, 0600);
	ck_assert_int_gt(st.st_size, 100);
	weir_dev_close(dev);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("replay");
	TCase *t = tcase_create("replay");

	tcase_set_timeout(t, 120);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, texts);
	tcase_add_test(t, files);
	tcase_add_test(t, by_hand);
	tcase_add_test(t, strays);
	tcase_add_test(t, again);
	tcase_add_test(t, rates);
	tcase_add_test(t, private);
	suite_add_tcase(s, t);
	return check_run(s);
}
