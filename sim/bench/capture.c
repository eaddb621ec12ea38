// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "sim/capture/reader.h"
#include "sim/capture/sides.h"
#include "sim/schedule/schedule.h"

enum { FrameMin = 60, Ahead = 1024 };

struct source {
	struct weir_capture *capture;
	struct weir_sides sides;
};

static int next(void *ctx, struct weir_scheduled *ret)
{
	struct source *s = ctx;
	struct weir_captured c;
	int rc = weir_capture_next(s->capture, &c);

	if (rc == 1)
		*ret = (struct weir_scheduled){
			.bytes = c.bytes, .captured = c.captured, .wire_len = c.wire_len, .time_ns = c.time_ns,
			.side = weir_sides_of(&s->sides, c.bytes, c.captured),
		};
	return rc;
}

/* A copy, padded with zeros to the least length and to whole words. */
static bool keep(struct bench_capture *c, size_t *room, const struct weir_input *in)
{
	uint32_t len = in->wire_len < FrameMin ? FrameMin : in->wire_len;
	uint8_t *bytes = calloc(1, (len + 7) & ~7u);

	if (c->n == *room) {
		size_t more = *room ? 2 * *room : 4096;
		struct bench_frame *f = realloc(c->frame, more * sizeof(*f));

		if (!f)
			return false;
		c->frame = f;
		*room = more;
	}
	if (!bytes)
		return false;
	memcpy(bytes, in->bytes, in->captured < len ? in->captured : len);
	c->frame[c->n++] = (struct bench_frame){
		.bytes = bytes, .len = len, .side = in->side, .arrival_ns = in->arrival_ns,
	};
	c->bytes += len;
	c->wire_ns = in->arrival_ns - c->frame[0].arrival_ns;
	return true;
}

int bench_capture_read(const char *file, const struct weir_policy *p, size_t max, uint64_t limit_ns,
		       struct bench_capture *ret, char *detail)
{
	static struct source s;
	void *const ctx[2] = { &s, NULL };
	struct bench_capture c = { 0 };
	struct weir_schedule *schedule;
	struct weir_input in;
	size_t room = 0;
	int rc = weir_capture_open(file, &s.capture, detail);

	if (rc)
		return rc;
	weir_sides_init(&s.sides, p->protect, p->n_protect);
	schedule = weir_schedule_new(next, ctx, 1, true, Ahead);
	rc = schedule ? 1 : -ENOMEM;
	while (rc == 1 && c.n < max) {
		rc = weir_schedule_next(schedule, &in);
		if (rc != 1 || (c.n && in.arrival_ns - c.frame[0].arrival_ns > limit_ns))
			break;
		if (in.wire_len < WEIR_SESSION_RUNT || in.wire_len > WEIR_ENGINE_FRAME_MAX)
			continue;
		if (!keep(&c, &room, &in))
			rc = -ENOMEM;
	}
	if (rc >= 0 && !c.n)
		rc = -ENODATA;
	if (rc < 0)
		snprintf(detail, BENCH_DETAIL, "%s: %s", file, strerror(-rc));
	weir_schedule_free(schedule);
	weir_capture_close(s.capture);
	if (rc < 0)
		return rc;
	*ret = c;
	return 0;
}
