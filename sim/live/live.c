// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "live.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

enum {
	QueueFrames = 512,      /* a side */
	FrameBytes = 2048,
	InsideMost = 64,        /* in the hardware; more only wait there, where their stamps would be older than they need be */
	ReadMost = 256,         /* frames of a side in one go: the hardware must have its turn */
	TickNs = 20000000,      /* time goes on by at least so much: tables age, and no sweep is long */
	BusyNs = 1000000,       /* as weir_session_live() works at most: not faster than it would be outside */
	PollsMost = WEIR_LINK_SOCKET_POLLS + 2 * WEIR_IFACE_POLLS,
};
#define SECOND_NS 1000000000u

struct frame {
	uint64_t turn;          /* in the order of both sides */
	uint32_t len;
	uint8_t bytes[FrameBytes];
};

struct side {
	struct frame frame[QueueFrames];
	unsigned head, count;
};

struct weir_live {
	struct weir_live_setup setup;
	struct weir_live_counts counts;
	uint64_t turn;
	uint64_t told, told_at_ns;      /* not carried, and when that was looked at */
	uint64_t number;                /* of the last frame submitted */
	struct side side[2];
};

struct weir_live *weir_live_new(const struct weir_live_setup *setup)
{
	struct weir_live *l = calloc(1, sizeof(*l));

	if (!l)
		return NULL;
	l->setup = *setup;
	l->counts.short_pps = setup->short_pps;
	l->counts.long_pps = setup->long_pps;
	for (int s = 0; s < 2; s++)
		l->counts.side[s].name = setup->name[s] ? setup->name[s] : "";
	return l;
}

void weir_live_free(struct weir_live *l)
{
	free(l);
}

/* All that is there, up to a limit: what waits in the kernel for long is lost there. */
static void read_side(struct weir_live *l, int s)
{
	struct weir_live_side_counts *c = &l->counts.side[s];
	struct side *q = &l->side[s];
	uint8_t spare[FrameBytes];

	for (int i = 0; i < ReadMost; i++) {
		bool room = q->count < QueueFrames;
		struct frame *f = &q->frame[(q->head + q->count) % QueueFrames];
		size_t len = 0;

		if (!weir_iface_read(l->setup.iface[s], room ? f->bytes : spare, FrameBytes, &len))
			return;
		c->arrived++;
		if (!room) {
			c->queue_full++;
			continue;
		}
		f->turn = l->turn++;
		f->len = (uint32_t)len;
		q->count++;
	}
}

static int submit(struct weir_live *l, struct weir_session *session, int s, uint64_t now_ns)
{
	struct side *q = &l->side[s];
	const struct frame *f = &q->frame[q->head];
	const struct weir_input in = {
		.bytes = f->bytes, .captured = f->len < FrameBytes ? f->len : FrameBytes, .wire_len = f->len, .side = s,
		.number = ++l->number, .time_ns = now_ns, .arrival_ns = now_ns,
	};

	q->head = (q->head + 1) % QueueFrames;
	q->count--;
	return weir_session_submit(session, &in);
}

/* The oldest first, as many as the hardware is to hold. A frame's stamp is the time now. */
static int submit_all(struct weir_live *l, struct weir_session *session, const struct weir_live_clock *clock)
{
	int rc = 0;

	while (!rc && (l->side[0].count || l->side[1].count) && weir_session_inside(session) < InsideMost &&
	       weir_session_takes(session)) {
		const struct side *u = &l->side[0], *p = &l->side[1];
		int s = !u->count || (p->count && p->frame[p->head].turn < u->frame[u->head].turn);

		rc = submit(l, session, s, weir_live_clock_ns(clock));
	}
	return rc;
}

static void tell(struct weir_live *l)
{
	uint64_t all = 0, at_ns = weir_live_monotonic_ns();

	if (!l->setup.iface[0] || at_ns - l->told_at_ns < SECOND_NS)
		return;
	l->told_at_ns = at_ns;
	for (int s = 0; s < 2; s++) {
		l->counts.side[s].kernel = weir_iface_kernel_dropped(l->setup.iface[s]);
		all += weir_live_not_carried(&l->counts.side[s]);
	}
	if (all > l->told && l->setup.tell)
		l->setup.tell(l->setup.ctx, &l->counts, all - l->told);
	l->told = all;
}

static uint64_t before(uint64_t at_ns, uint64_t now_ns)
{
	return at_ns > now_ns ? at_ns - now_ns : 0;
}

static int wait_outside(struct weir_live *l, uint64_t most_ns)
{
	struct timespec t = { .tv_sec = (time_t)(most_ns / SECOND_NS), .tv_nsec = (long)(most_ns % SECOND_NS) };
	struct pollfd p[PollsMost];
	size_t n = 0;

	if (l->setup.link)
		n += weir_link_socket_polls(l->setup.link, p + n);
	for (int s = 0; s < 2 && l->setup.iface[s]; s++)
		n += weir_iface_polls(l->setup.iface[s], p + n);
	return ppoll(p, (nfds_t)n, &t, NULL) < 0 && errno != EINTR ? -errno : 0;
}

int weir_live_run(struct weir_live *l, struct weir_session *s, const struct weir_live_clock *clock, uint64_t for_ns,
		  bool until_served)
{
	uint64_t begun_ns = weir_live_monotonic_ns();

	for (;;) {
		uint64_t wake_ns = UINT64_MAX, sleep_ns = TickNs, gone_ns = weir_live_monotonic_ns() - begun_ns, now_ns;
		int rc, busy;

		if (*l->setup.stop || gone_ns >= for_ns)
			return 0;
		if (l->setup.link)
			weir_link_socket_pump(l->setup.link, s);
		if (until_served && weir_link_socket_served(l->setup.link))
			return 0;
		for (int side = 0; side < 2 && l->setup.iface[side]; side++) {
			read_side(l, side);
			if (weir_iface_gone(l->setup.iface[side]))
				return -ENODEV;
		}
		rc = submit_all(l, s, clock);
		if (rc)
			return rc;
		now_ns = weir_live_clock_ns(clock);
		busy = weir_session_live(s, now_ns, &wake_ns);
		if (busy < 0)
			return busy;
		tell(l);
		if (before(wake_ns, now_ns) < sleep_ns)
			sleep_ns = before(wake_ns, now_ns);
		if (for_ns - gone_ns < sleep_ns)
			sleep_ns = for_ns - gone_ns;
		if (busy || (l->setup.link && weir_link_socket_urgent(l->setup.link)))
			sleep_ns = 0;
		rc = wait_outside(l, sleep_ns);
		if (rc)
			return rc;
	}
}

int weir_live_catch_up(struct weir_live *l, struct weir_session *s, uint64_t from_ns, uint64_t to_ns)
{
	uint64_t now_ns = from_ns, step_ns;

	while (now_ns < to_ns && !*l->setup.stop) {
		uint64_t wake_ns = UINT64_MAX;
		int busy;

		if (l->setup.link)
			weir_link_socket_pump(l->setup.link, s);
		busy = weir_session_live(s, now_ns, &wake_ns);
		if (busy < 0)
			return busy;
		/* What works may wait for time to go on. */
		step_ns = busy ? BusyNs : before(wake_ns, now_ns);
		if (!step_ns || step_ns > TickNs)
			step_ns = TickNs;
		now_ns += before(to_ns, now_ns) < step_ns ? before(to_ns, now_ns) : step_ns;
	}
	return 0;
}

void weir_live_end(struct weir_live *l)
{
	for (int s = 0; s < 2 && l->setup.iface[s]; s++) {
		l->counts.side[s].kernel = weir_iface_kernel_dropped(l->setup.iface[s]);
		l->counts.side[s].left_over = l->side[s].count;
		l->side[s].count = 0;
	}
}

void weir_live_out(struct weir_live *l, int side, const uint8_t *frame, uint32_t len)
{
	if (!l->setup.iface[side])
		return;
	if (weir_iface_write(l->setup.iface[side], frame, len))
		l->counts.side[side].delivered++;
	else
		l->counts.side[side].undelivered++;
}

const struct weir_live_counts *weir_live_counts(const struct weir_live *l)
{
	return &l->counts;
}
