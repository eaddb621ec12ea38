// SPDX-License-Identifier: Apache-2.0
#include "schedule.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
	NsPerByte = 8,
	PreambleBytes = 8, FcsBytes = 4, GapBytes = 12,
	ShortestBytes = 60, LongestBytes = 65535,
	StepBackNs = 1000000000,    /* a clock that was set, or joined files; less is a packet out of order */
};

struct frame {
	struct frame *next;
	struct weir_input in;
	uint8_t bytes[];
};

struct lane {
	struct frame *head, *tail;
	uint64_t free_ns;           /* when the wire is free */
};

struct source {
	void *ctx;
	bool ended;
	bool started;
	uint64_t offset_ns, time_ns; /* added to capture times; the latest time then */
	struct weir_scheduled held;  /* with two sources: the next one */
	bool has_held;
};

struct weir_schedule {
	weir_source_next *next;
	struct source source[2];
	int n_sources;
	bool fast;
	size_t ahead, queued;
	struct lane lane[2];
	uint64_t number;
	uint64_t time_ns;           /* of the frame read last: nothing starts before */
	uint64_t floor_ns;          /* arrival of the frame handed out last */
	bool started;
	int error;
	struct frame *out;          /* handed out last */
};

uint64_t weir_wire_ns(uint32_t wire_len)
{
	uint64_t n = wire_len < ShortestBytes ? ShortestBytes : wire_len;

	if (n > LongestBytes)
		n = LongestBytes;
	return (PreambleBytes + n + FcsBytes + GapBytes) * NsPerByte;
}

struct weir_schedule *weir_schedule_new(weir_source_next *next, void *const ctx[2], int n_sources, bool fast,
					size_t ahead)
{
	struct weir_schedule *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->next = next;
	s->n_sources = n_sources;
	for (int i = 0; i < n_sources; i++)
		s->source[i].ctx = ctx[i];
	s->fast = fast;
	s->ahead = ahead;
	return s;
}

void weir_schedule_free(struct weir_schedule *s)
{
	if (!s)
		return;
	for (int side = 0; side < 2; side++)
		while (s->lane[side].head) {
			struct frame *f = s->lane[side].head;

			s->lane[side].head = f->next;
			free(f);
		}
	free(s->out);
	free(s);
}

/* Capture time with its steps back taken out. */
static uint64_t straighten(struct source *c, uint64_t time_ns)
{
	uint64_t t = time_ns + c->offset_ns;

	if (c->started && t < c->time_ns) {
		if (c->time_ns - t >= StepBackNs)
			c->offset_ns += c->time_ns - t;
		t = c->time_ns;
	}
	c->started = true;
	c->time_ns = t;
	return t;
}

/* Fill c->held. */
static int fetch(struct weir_schedule *s, int i)
{
	struct source *c = &s->source[i];
	int rc;

	if (c->has_held || c->ended)
		return 0;
	rc = s->next(c->ctx, &c->held);
	if (rc <= 0) {
		c->ended = true;
		if (rc < 0 && !s->error)
			s->error = rc;
		return 0;
	}
	c->held.time_ns = straighten(c, c->held.time_ns);
	if (s->n_sources == 2)
		c->held.side = i;
	c->has_held = true;
	return 0;
}

/* The source whose frame is next; NULL at the end of all. */
static struct source *choose(struct weir_schedule *s)
{
	struct source *best = NULL;

	for (int i = 0; i < s->n_sources; i++) {
		struct source *c = &s->source[i];

		fetch(s, i);
		if (c->has_held && (!best || c->held.time_ns < best->held.time_ns))
			best = c;
	}
	return best;
}

/* Read one frame and put it on its wire. @retval 1, 0 at the end, -ENOMEM */
static int take(struct weir_schedule *s)
{
	struct source *c = choose(s);
	const struct weir_scheduled *h;
	struct frame *f;
	struct lane *l;
	uint64_t start, wire;
	uint32_t kept;

	if (!c)
		return 0;
	h = &c->held;
	kept = h->captured < WEIR_SCHEDULE_BYTES ? h->captured : WEIR_SCHEDULE_BYTES;
	f = malloc(sizeof(*f) + kept);
	if (!f)
		return -ENOMEM;
	memcpy(f->bytes, h->bytes, kept);
	if (!s->started || (!s->fast && h->time_ns > s->time_ns))
		s->time_ns = h->time_ns;
	s->started = true;
	l = &s->lane[h->side];
	wire = weir_wire_ns(h->wire_len);
	start = l->free_ns > s->time_ns ? l->free_ns : s->time_ns;
	if (start + wire - GapBytes * NsPerByte < s->floor_ns)
		start = s->floor_ns - wire + GapBytes * NsPerByte;
	l->free_ns = start + wire;
	f->next = NULL;
	f->in = (struct weir_input){
		.bytes = f->bytes, .captured = kept, .wire_len = h->wire_len, .side = h->side,
		.number = ++s->number, .time_ns = start,
		/* The gap is behind the last byte. */
		.arrival_ns = start + wire - GapBytes * NsPerByte,
	};
	if (l->tail)
		l->tail->next = f;
	else
		l->head = f;
	l->tail = f;
	s->queued++;
	c->has_held = false;
	return 1;
}

/* The side whose first frame arrives first; -1 when there is none. */
static int first_side(const struct weir_schedule *s)
{
	const struct frame *u = s->lane[0].head, *p = s->lane[1].head;

	if (!u || !p)
		return u ? 0 : p ? 1 : -1;
	return p->in.arrival_ns < u->in.arrival_ns;
}

/* Whether a frame that is still to be read could come before this one. */
static bool may_be_overtaken(const struct weir_schedule *s, const struct frame *f)
{
	int other = 1 - f->in.side;
	uint64_t start = s->time_ns > s->lane[other].free_ns ? s->time_ns : s->lane[other].free_ns;

	if (s->lane[other].head)
		return false; /* its own side's frames keep their order */
	return start + weir_wire_ns(0) - GapBytes * NsPerByte <= f->in.arrival_ns;
}

int weir_schedule_next(struct weir_schedule *s, struct weir_input *ret)
{
	bool ended = false;
	struct frame *f;
	int side, rc;

	free(s->out);
	s->out = NULL;
	for (;;) {
		side = first_side(s);
		if (side >= 0 && (ended || s->queued >= s->ahead || !may_be_overtaken(s, s->lane[side].head)))
			break;
		if (side < 0 && ended) {
			rc = s->error;
			s->error = 0;
			return rc;
		}
		rc = take(s);
		if (rc < 0)
			return rc;
		ended = !rc;
	}
	f = s->lane[side].head;
	s->lane[side].head = f->next;
	if (!f->next)
		s->lane[side].tail = NULL;
	s->queued--;
	s->floor_ns = f->in.arrival_ns;
	s->out = f;
	*ret = f->in;
	return 1;
}
