// SPDX-License-Identifier: Apache-2.0
/* libFuzzer: any bytes as a capture, through reader, guess, sides, schedule and model. Every frame that can be read
 * must get exactly one fate. The first byte chooses pacing and look-ahead. */
#define _GNU_SOURCE
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "sim/capture/guess.h"
#include "sim/capture/reader.h"
#include "sim/capture/sides.h"
#include "sim/engine/session.h"
#include "sim/schedule/schedule.h"

enum { FramesMost = 2000 };

struct run {
	struct weir_capture *capture;
	struct weir_sides sides;
	struct weir_guess *guess;
	uint64_t fates, frames;
};

static int next_frame(void *ctx, struct weir_scheduled *ret)
{
	struct run *r = ctx;
	struct weir_captured c;
	int rc = r->frames < FramesMost ? weir_capture_next(r->capture, &c) : 0;

	if (rc <= 0)
		return rc;
	r->frames++;
	weir_guess_frame(r->guess, c.bytes, c.captured);
	*ret = (struct weir_scheduled){ c.bytes, c.captured, c.wire_len, c.time_ns,
					weir_sides_of(&r->sides, c.bytes, c.captured) };
	return 1;
}

static void on_fate(void *ctx, const struct weir_packet *p)
{
	struct run *r = ctx;

	(void)p;
	r->fates++;
}

static void on_problem(void *ctx, const char *text)
{
	(void)ctx;
	fprintf(stderr, "%s\n", text);
	abort();
}

static const struct weir_session_sink sink = { .fate = on_fate, .problem = on_problem };

static void judge(struct run *r, uint8_t choice)
{
	const struct weir_engine_options options = { .gmii = choice & 1 };
	void *ctx[2] = { r, NULL };
	struct weir_schedule *s = weir_schedule_new(next_frame, ctx, 1, choice & 2, choice & 4 ? 2 : 64);
	const struct weir_engine_ops *failed;
	struct weir_session *session;
	struct weir_prefix guessed[WEIR_GUESS_MAX];
	struct weir_input in;
	uint64_t last = 0;

	if (!s || weir_session_new(&weir_engine_model, NULL, &options, &sink, r, &session, &failed))
		abort();
	while (weir_schedule_next(s, &in) == 1) {
		if (in.arrival_ns < last || weir_session_submit(session, &in))
			abort();
		last = in.arrival_ns;
	}
	if (weir_session_finish(session) || r->fates != r->frames || weir_session_unexplained(session))
		abort();
	weir_guess_result(r->guess, guessed);
	weir_session_free(session);
	weir_schedule_free(s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct weir_prefix protect = { .addr = { .family = 4, .b = { 192, 0, 2 } }, .len = 24 };
	char detail[WEIR_CAPTURE_DETAIL], name[64];
	static struct run r;
	int fd;

	if (!size)
		return 0;
	fd = memfd_create("capture", MFD_CLOEXEC);
	if (fd < 0 || write(fd, data + 1, size - 1) != (ssize_t)size - 1)
		abort();
	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	r = (struct run){ .guess = weir_guess_new() };
	weir_sides_init(&r.sides, &protect, 1);
	if (!weir_capture_open(name, &r.capture, detail)) {
		judge(&r, data[0]);
		weir_capture_close(r.capture);
	}
	weir_guess_free(r.guess);
	close(fd);
	return 0;
}
