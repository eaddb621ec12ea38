// SPDX-License-Identifier: Apache-2.0
/* GMII depth: when frames go onto the wires, what `now` is, and whose frame it was that the MAC or the arbiter took.
 *
 * Frames of a side stay in order up to the arbiter, which takes from both sides as it likes: it tells whose it takes,
 * so that `judging` is in the order of the numbers. The MAC tells how each carrier ended, in the order of the wire. */
#include <errno.h>
#include <stdlib.h>

#include "rtl_dpi.h"
#include "rtl_sim_priv.h"

enum {
	MaxPendingGmii = 256,
	DrainClocksGmii = 32,    /* the MAC's counters reach their registers meanwhile */
	JumpMinNs = 1000,        /* below, stepping is as fast */
	SettleClocks = 12,       /* after a jump of time within a window */
	SettleWindowClocks = 64, /* across windows: a sweep may be due, which shows as not idle by then */
	LostClocks = 4096,       /* longer than any frame takes from anywhere to the next place */
	/* Frames come in the order of their ends. A longer one may start earlier than those before it. */
	MaxLeadNs = WEIR_RTL_GMII_NS * (WEIR_GMII_PREAMBLE_BYTES + WEIR_GMII_MAX_BYTES + WEIR_GMII_FCS_BYTES),
};

static uint64_t due_ns(const struct weir_rtl_sim *s, const struct weir_rtl_frame *f)
{
	uint64_t lead = WEIR_RTL_GMII_NS * (uint64_t)weir_gmii_wire_bytes(f->len);

	return s->options.saturate || f->arrival_ns < lead ? 0 : f->arrival_ns - lead;
}

static void start(struct weir_rtl_sim *s, int side)
{
	struct weir_rtl_gmii_depth *g = &s->gmii;
	struct weir_rtl_frame *f = g->pending[side].head;

	if (!f || s->freeze || g->settle_left || !weir_gmii_in_free(&g->in[side], g->clock) ||
	    due_ns(s, f) > s->time_ns)
		return;
	weir_rtl_queue_pop(&g->pending[side]);
	weir_rtl_queue_push(&g->wire[side], f);
	weir_gmii_in_start(&g->in[side], f->bytes, f->len);
	g->sending[side] = f;
}

void weir_sim_gmii(uint32_t *ret_rx_u, uint32_t *ret_rx_p, uint32_t tx_u, uint32_t tx_p)
{
	struct weir_rtl_sim *s = weir_rtl_current;
	const uint32_t tx[2] = { tx_u, tx_p };
	uint32_t rx[2] = { 0, 0 };

	for (int side = 0; s && side < 2; side++) {
		struct weir_rtl_gmii_depth *g = &s->gmii;
		struct weir_gmii_out *o = &g->out[side];
		bool end;

		switch (weir_gmii_out_pins(o, tx[side], g->clock)) {
		case WEIR_GMII_FRAME:
			weir_rtl_left(s, side, o->bytes, o->fill, g->first_ns[side], o->first_clock,
				      WEIR_RTL_GMII_NS);
			break;
		case WEIR_GMII_BAD:
			s->events->stray(s->ctx, side, o->bytes, o->fill, g->first_ns[side]);
			break;
		case WEIR_GMII_NONE:
			if (o->carrier && o->first_clock == g->clock)
				g->first_ns[side] = s->time_ns;
			break;
		}
		start(s, side);
		rx[side] = weir_gmii_in_pins(&g->in[side], g->clock, &end);
		if (end) {
			g->sending[side]->last_clock = g->clock;
			if (g->sending[side]->orphan)
				free(g->sending[side]);
			g->sending[side] = NULL;
			s->progress_clock = s->clocks;
		}
	}
	if (s) {
		s->gmii.clock++;
		if (!s->freeze && !s->gmii.settle_left)
			s->time_ns += WEIR_RTL_GMII_NS;
	}
	*ret_rx_u = rx[0];
	*ret_rx_p = rx[1];
}

void weir_sim_on_carrier(uint32_t side, uint32_t how)
{
	struct weir_rtl_sim *s = weir_rtl_current;
	struct weir_rtl_frame *f = s ? weir_rtl_queue_pop(&s->gmii.wire[side]) : NULL;

	if (!f)
		return;
	if (how == WEIR_CARRIER_GOOD) {
		weir_rtl_queue_push(&s->gmii.arrived[side], f);
		return;
	}
	if (how == WEIR_CARRIER_OVERSIZE)
		s->events->refused(s->ctx, f->cookie);
	else
		s->gmii.lost++;
	if (f == s->gmii.sending[side]) /* reception was switched off within it */
		f->orphan = true;
	else
		free(f);
}

void weir_rtl_gmii_taken(struct weir_rtl_sim *s, int side)
{
	struct weir_rtl_frame *f = weir_rtl_queue_pop(&s->gmii.arrived[side]);

	if (f)
		weir_rtl_queue_push(&s->judging, f);
}

void weir_rtl_gmii_settle(struct weir_rtl_sim *s)
{
	struct weir_rtl_gmii_depth *g = &s->gmii;

	if (!g->settle_left)
		return;
	if (s->out_flags & WEIR_RTL_IDLE)
		g->settle_left--;
	else
		g->settle_left = g->settle_clocks;
}

static size_t inside(const struct weir_rtl_sim *s)
{
	size_t n = s->judging.count;

	for (int side = 0; side < 2; side++)
		n += s->gmii.wire[side].count + s->gmii.arrived[side].count + s->leaving[side][0].count +
		     s->leaving[side][1].count;
	return n;
}

static int forget(struct weir_rtl_queue *q)
{
	int n = (int)q->count;

	weir_rtl_queue_done(q);
	return n;
}

/* The hardware has nothing, but there should be frames: it lost them. Later ones must not get their answers. */
static void give_up(struct weir_rtl_sim *s)
{
	struct weir_rtl_gmii_depth *g = &s->gmii;

	for (int side = 0; side < 2; side++)
		g->lost += forget(&g->wire[side]) + forget(&g->arrived[side]) + forget(&s->leaving[side][0]) +
			   forget(&s->leaving[side][1]);
	g->lost += forget(&s->judging);
}

static void jump(struct weir_rtl_sim *s, uint64_t to_ns)
{
	struct weir_rtl_gmii_depth *g = &s->gmii;
	bool windows = to_ns / 1000 >> 16 != s->time_ns / 1000 >> 16;

	s->time_ns = to_ns;
	g->settle_clocks = g->settle_left = windows ? SettleWindowClocks : SettleClocks;
}

static void look(struct weir_rtl_sim *s)
{
	struct weir_rtl_gmii_depth *g = &s->gmii;
	bool wires = g->in[0].bytes || g->in[1].bytes || g->out[0].carrier || g->out[1].carrier;

	if (wires || !(s->out_flags & WEIR_RTL_IDLE)) {
		g->idle_clocks = g->stuck_clocks = 0;
	} else if (!inside(s)) {
		g->idle_clocks++;
		g->stuck_clocks = 0;
	} else {
		g->idle_clocks = 0;
		if (++g->stuck_clocks >= LostClocks)
			give_up(s);
	}
}

/* When the next frame starts that was submitted. */
static uint64_t next_ns(const struct weir_rtl_sim *s)
{
	uint64_t next = UINT64_MAX;

	for (int side = 0; side < 2; side++) {
		const struct weir_rtl_frame *f = s->gmii.pending[side].head;

		if (f && due_ns(s, f) < next)
			next = due_ns(s, f);
	}
	return next;
}

/* Nothing can happen before the next frame. */
static bool resting(const struct weir_rtl_sim *s)
{
	return s->gmii.idle_clocks >= DrainClocksGmii && !s->gmii.settle_left;
}

/* Step once, or go at once to the next frame, to what the firmware waits for, or to the limit behind which frames may be
 * that are not known yet. */
static int advance(struct weir_rtl_sim *s, uint64_t limit_ns)
{
	uint64_t next = next_ns(s), deadline = s->soc.runs ? weir_rtl_soc_deadline_ns(s) : UINT64_MAX;

	if (s->soc.notice)
		weir_rtl_soc_notice(s);
	if (next > deadline)
		next = deadline;
	if (next > limit_ns)
		next = limit_ns;
	if (!s->options.no_skip && (!s->soc.runs || weir_rtl_soc_idle(s)) && resting(s) && next != UINT64_MAX && next > s->time_ns + JumpMinNs)
		jump(s, next);
	weir_rtl_step(s);
	look(s);
	if (s->clocks - s->progress_clock > WEIR_RTL_STALL_CLOCKS && !(s->out_flags & WEIR_RTL_IDLE))
		return -ETIMEDOUT;
	return 0;
}

/* Nothing more happens before limit_ns, up to which all frames have been submitted. */
static bool done_until(const struct weir_rtl_sim *s, uint64_t limit_ns)
{
	return s->options.saturate || s->time_ns >= limit_ns ||
	       (resting(s) && next_ns(s) > limit_ns && !s->soc.runs);
}

void weir_rtl_gmii_begin(struct weir_rtl_sim *s, uint64_t first_arrival_ns)
{
	if (s->gmii.begun)
		return;
	s->gmii.begun = true;
	jump(s, first_arrival_ns < MaxLeadNs ? 0 : first_arrival_ns - MaxLeadNs);
}

int weir_rtl_gmii_submit(struct weir_rtl_sim *s, struct weir_rtl_frame *f)
{
	struct weir_rtl_gmii_depth *g = &s->gmii;
	uint64_t limit_ns = f->arrival_ns < MaxLeadNs ? 0 : f->arrival_ns - MaxLeadNs;
	int rc = 0;

	weir_rtl_gmii_begin(s, f->arrival_ns);
	weir_rtl_queue_push(&g->pending[f->side], f);
	while (!rc && (g->pending[0].count + g->pending[1].count > MaxPendingGmii || !done_until(s, limit_ns)))
		rc = advance(s, limit_ns);
	return rc;
}

int weir_rtl_gmii_run(struct weir_rtl_sim *s)
{
	struct weir_rtl_gmii_depth *g = &s->gmii;
	int rc = 0;

	g->idle_clocks = 0;
	while (!rc && (g->pending[0].head || g->pending[1].head || g->idle_clocks < DrainClocksGmii))
		rc = advance(s, UINT64_MAX);
	return rc ? rc : g->lost;
}

void weir_rtl_gmii_done(struct weir_rtl_sim *s)
{
	for (int side = 0; side < 2; side++) {
		if (s->gmii.sending[side] && s->gmii.sending[side]->orphan)
			free(s->gmii.sending[side]);
		weir_rtl_queue_done(&s->gmii.pending[side]);
		weir_rtl_queue_done(&s->gmii.wire[side]);
		weir_rtl_queue_done(&s->gmii.arrived[side]);
	}
}
