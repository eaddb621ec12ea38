// SPDX-License-Identifier: Apache-2.0
/* Devices know nothing of each other: several threads, each with a device of its own, faults, records and replays, under ThreadSanitizer. */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fake_board.h"
#include "weir/weir_regs.h"

enum { Threads = 4, Rounds = 40 };

struct worker {
	struct fake_board board;
	pthread_t thread;
	unsigned number, checks, failed;
	unsigned heard;
};

static void check(struct worker *w, bool is, const char *what)
{
	w->checks++;
	if (is)
		return;
	w->failed++;
	printf("thread %u: %s\n", w->number, what);
}

static void hear(void *ctx, const uint32_t words[16], unsigned lost)
{
	struct worker *w = ctx;

	(void)words;
	(void)lost;
	w->heard++;
}

/** The same conversation every time: what it sends depends on the round alone. */
static void talk(struct worker *w, struct weir_dev *dev, unsigned round)
{
	uint32_t words[100], got[100], message[WEIR_MAIL_WORDS_HOST] = { 3, round }, answer[WEIR_MAIL_WORDS_HOST];

	weir_dev_on_notice(dev, hear, w);
	for (unsigned i = 0; i < 100; i++)
		words[i] = round * 1000 + w->number * 100 + i;
	check(w, weir_write(dev, 0x100000, 100, words) == 0, "write");
	check(w, weir_read(dev, 0x100000, 100, got) == 0 && !memcmp(words, got, sizeof(got)), "read");
	check(w, weir_mail(dev, message, answer) == 0 && answer[1] == round + 1, "mail");
	check(w, weir_dev_poll(dev, 5) == 0, "poll");
	check(w, weir_read(dev, 1, 1, got) == -EINVAL && strstr(weir_dev_detail(dev), "words at 0x1"), "detail");
}

static void *work(void *arg)
{
	struct worker *w = arg;
	char file[64], url[96], detail[WEIR_DETAIL];
	int fd;

	snprintf(file, sizeof(file), "/tmp/weir-threads-XXXXXX");
	fd = mkstemp(file);
	snprintf(url, sizeof(url), "replay:%s", file);
	check(w, fd >= 0, "temporary file");
	close(fd);
	fake_board_init(&w->board);
	for (unsigned round = 0; round < Rounds; round++) {
		struct weir_open_options o = { .timeout_ms = 10, .record = file };
		struct weir_dev *dev;
		int rc = fake_board_open(&w->board, &o, &dev, detail);

		check(w, rc == 0, detail);
		if (rc)
			break;
		fake_arm(&w->board, (enum fake_fault)(round % FAKE_UNPLUG), 3, 2);
		fake_notice(&w->board, round);
		/* A signal ends a poll, and is told. */
		if (round % FAKE_UNPLUG == FAKE_SIGNAL)
			fake_arm(&w->board, FAKE_NONE, 0, 0);
		talk(w, dev, round);
		weir_dev_close(dev);
		rc = weir_dev_open(url, NULL, &dev, detail);
		check(w, rc == 0, detail);
		if (rc)
			break;
		talk(w, dev, round);
		weir_dev_close(dev);
		check(w, weir_dev_open("replay:/no/such/file", NULL, &dev, detail) == -ENOENT, "no file");
		check(w, strcmp(weir_error_name(-ENOENT), "noent") == 0, weir_strerror(WEIR_EREPLAY));
	}
	check(w, w->heard >= Rounds, "notices");
	fake_board_done(&w->board);
	unlink(file);
	return NULL;
}

int main(void)
{
	static struct worker workers[Threads];
	unsigned checks = 0, failed = 0;

	for (unsigned i = 0; i < Threads; i++) {
		workers[i].number = i;
		if (pthread_create(&workers[i].thread, NULL, work, &workers[i]))
			return 1;
	}
	for (unsigned i = 0; i < Threads; i++) {
		pthread_join(workers[i].thread, NULL);
		checks += workers[i].checks;
		failed += workers[i].failed;
	}
	printf("threads: %u checks, %u failed\n", checks, failed);
	return failed != 0;
}
