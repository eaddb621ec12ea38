// SPDX-License-Identifier: Apache-2.0
#include "wire.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/common/link_proto.h"
#include "host/libweir/device_priv.h"
#include "host/policy/compile.h"
#include "sim/engine/rtl_sim_priv.h"

enum {
	BitsPerOctet = 10, PsPerNs = 1000, PsPerMs = 1000000000,
	Room = 8192,             /* octets on their way; a request has 600 at most, a reply likewise */
	SkipMarginNs = 8 * WEIR_RTL_CORE_NS,
	StepNs = 16 * WEIR_RTL_CORE_NS, ReplyMs = 100, BootNs = 12000000, Seed = 1,
	FullRequest = 64, FlagTypeNumberAddressFcs = 1 + 2 + 4 + 4, WordOctets = 4,
};

struct octet {
	uint8_t value;
	uint64_t due_ps;         /* its last bit is there */
};

struct line {
	struct octet octet[Room];
	size_t head, count;
	uint64_t free_ps;        /* the line is busy until */
};

struct bench_wire {
	struct bench_wire_options options;
	struct weir_rtl_sim *sim;
	uint64_t base_ns;        /* simulated time at open */
	uint64_t octet_ps, now_ps;
	struct line to, from;
	struct bench_wire_counts counts;
	void (*feed)(void *ctx, struct weir_rtl_sim *sim, uint64_t until_ns);
	void *feed_ctx;
	bool heard;              /* since the last octet that was sent */
	bool stuck;
};

/* libweir's transport gets no pointer from outside. */
static struct bench_wire *the_wire;

static uint64_t sim_ps(const struct bench_wire *w)
{
	return (weir_rtl_time_ns(w->sim) - w->base_ns) * PsPerNs;
}

static bool put(struct bench_wire *w, struct line *l, uint8_t value, uint64_t at_ps)
{
	if (l->count == Room)
		return false;
	l->free_ps = (l->free_ps > at_ps ? l->free_ps : at_ps) + w->octet_ps;
	l->octet[(l->head + l->count++) % Room] = (struct octet){ value, l->free_ps };
	return true;
}

static struct octet pop(struct line *l)
{
	struct octet o = l->octet[l->head];

	l->head = (l->head + 1) % Room;
	l->count--;
	return o;
}

/* --- The hardware's side ------------------------------------------------------------------------------------------ */

static void on_link(void *ctx, const uint8_t *octets, size_t n)
{
	struct bench_wire *w = the_wire;

	(void)ctx;
	for (size_t i = 0; i < n; i++)
		w->stuck |= !put(w, &w->from, octets[i], sim_ps(w));
	w->counts.octets_from += n;
}

/* Between two octets a hardware that has nothing else to do does nothing but sweep its tables now and then, for which it has enough clocks left. */
static void skip(struct bench_wire *w, uint64_t until_ns)
{
	struct weir_rtl_sim *s = w->sim;
	uint64_t timer_ns = s->soc.runs ? weir_rtl_soc_deadline_ns(s) : UINT64_MAX;

	if (s->soc.runs && !weir_rtl_soc_idle(s))
		return;
	if (until_ns > timer_ns)
		until_ns = timer_ns;
	if (until_ns > s->time_ns + SkipMarginNs)
		s->time_ns += (until_ns - SkipMarginNs - s->time_ns) / WEIR_RTL_CORE_NS * WEIR_RTL_CORE_NS;
}

static void run_sim(struct bench_wire *w, uint64_t until_ps)
{
	uint64_t until_ns = w->base_ns + until_ps / PsPerNs;

	if (w->feed)
		w->feed(w->feed_ctx, w->sim, until_ns);
	while (!w->stuck && weir_rtl_time_ns(w->sim) + WEIR_RTL_CORE_NS <= until_ns) {
		w->stuck = weir_rtl_run_until(w->sim, until_ns) < 0;
		if (!w->feed && weir_rtl_quiet(w->sim))
			skip(w, until_ns);
	}
}

/* Octets go in when their last bit is there. */
static void advance(struct bench_wire *w, uint64_t until_ps)
{
	while (!w->stuck && w->now_ps < until_ps) {
		uint64_t next_ps = until_ps;

		if (w->to.count && w->to.octet[w->to.head].due_ps < next_ps)
			next_ps = w->to.octet[w->to.head].due_ps;
		run_sim(w, next_ps);
		w->now_ps = next_ps;
		while (w->to.count && w->to.octet[w->to.head].due_ps <= w->now_ps) {
			uint8_t value = pop(&w->to).value;

			w->stuck |= weir_rtl_link(w->sim, &value, 1) != 1;
		}
	}
}

/* --- libweir's side ----------------------------------------------------------------------------------------------- */

static int line_open(const char *rest, const struct weir_transport_options *options, struct weir_transport **ret, char *detail)
{
	(void)rest;
	(void)options;
	(void)detail;
	*ret = (struct weir_transport *)the_wire;
	return 0;
}

static void line_close(struct weir_transport *t)
{
	(void)t;
}

static int line_send(struct weir_transport *t, const uint8_t *octets, size_t n, int64_t deadline_ms)
{
	struct bench_wire *w = (struct bench_wire *)t;

	(void)deadline_ms;
	w->counts.turns += w->heard || !w->counts.octets_to;
	w->heard = false;
	for (size_t i = 0; i < n; i++)
		if (!put(w, &w->to, octets[i], w->now_ps))
			return -EIO;
	w->counts.octets_to += n;
	return 0;
}

static int line_receive(struct weir_transport *t, uint8_t *ret, size_t room, int64_t deadline_ms)
{
	struct bench_wire *w = (struct bench_wire *)t;
	uint64_t deadline_ps = deadline_ms > INT64_MAX / PsPerMs ? UINT64_MAX : deadline_ms < 0 ? 0 : (uint64_t)deadline_ms * PsPerMs;

	(void)room;
	for (;;) {
		uint64_t next_ps = w->now_ps + (uint64_t)StepNs * PsPerNs;

		if (w->stuck)
			return -EIO;
		if (w->from.count && w->from.octet[w->from.head].due_ps <= w->now_ps) {
			*ret = pop(&w->from).value;
			w->heard = true;
			return 1;
		}
		if (w->now_ps >= deadline_ps)
			return 0;
		/* What the hardware says later comes later than what it has said. */
		if (w->from.count)
			next_ps = w->from.octet[w->from.head].due_ps;
		else if (w->to.count > 1)
			next_ps = w->to.octet[(w->to.head + w->to.count - 1) % Room].due_ps;
		advance(w, next_ps < deadline_ps ? next_ps : deadline_ps);
	}
}

static int64_t line_now_ms(struct weir_transport *t)
{
	return (int64_t)(((struct bench_wire *)t)->now_ps / PsPerMs);
}

static const struct weir_transport_ops line_ops = {
	.scheme = "bench", .timeout_ms = ReplyMs, .open = line_open, .send = line_send, .receive = line_receive, .close = line_close,
	.now_ms = line_now_ms,
};

/* --- Opening ------------------------------------------------------------------------------------------------------ */

static int configure(struct bench_wire *w, char *detail)
{
	static struct weir_policy p;
	struct weir_writes writes;
	int rc;

	weir_policy_default(&p);
	rc = weir_policy_open(w->options.policy, &p, detail);
	rc = rc ? rc : weir_policy_compile(&p, Seed, w->options.policy, &writes, detail);
	if (rc)
		return rc;
	for (size_t i = 0; i < writes.n && !rc; i++)
		rc = weir_rtl_write(w->sim, writes.write[i].addr, writes.write[i].value);
	weir_writes_done(&writes);
	if (rc)
		snprintf(detail, WEIR_DETAIL, "%s: a register refuses it", w->options.policy);
	return rc;
}

/* Events that nobody wants. */
static void no_record(void *ctx, uint64_t cookie, const struct weir_record *rec)
{
	(void)ctx;
	(void)cookie;
	(void)rec;
}

static void no_cookie(void *ctx, uint64_t cookie)
{
	(void)ctx;
	(void)cookie;
}

static void no_out(void *ctx, uint64_t cookie, int side, const uint8_t *frame, uint32_t len, uint64_t time_ns, uint64_t latency_ns)
{
	(void)ctx;
	(void)cookie;
	(void)side;
	(void)frame;
	(void)len;
	(void)time_ns;
	(void)latency_ns;
}

static void no_stray(void *ctx, int side, const uint8_t *frame, uint32_t len, uint64_t time_ns)
{
	no_out(ctx, 0, side, frame, len, time_ns, 0);
}

static void complete(struct weir_rtl_events *e)
{
	e->record = e->record ? e->record : no_record;
	e->refused = e->refused ? e->refused : no_cookie;
	e->egress_full = e->egress_full ? e->egress_full : no_cookie;
	e->out = e->out ? e->out : no_out;
	e->stray = e->stray ? e->stray : no_stray;
	e->link = on_link;
}

int bench_wire_open(const struct bench_wire_options *options, struct bench_wire **ret, struct weir_dev **ret_dev, char *detail)
{
	static const struct weir_rtl_options stream = { 0 };   /* at the stream side of the MACs, as weir-sim --listen */
	struct bench_wire *w = calloc(1, sizeof(*w));
	int rc = 0;

	snprintf(detail, WEIR_DETAIL, "the simulated hardware does not start");
	if (!w)
		return -ENOMEM;
	w->options = *options;
	complete(&w->options.events);
	bench_wire_rate(w, options->bit_rate);
	the_wire = w;
	w->sim = weir_rtl_open(&stream, &w->options.events, options->ctx);
	if (!w->sim)
		rc = -EIO;
	if (!rc && options->policy)
		rc = configure(w, detail);
	if (!rc && options->image)
		rc = weir_rtl_start(w->sim, options->image, options->image_words, WEIR_RTL_CORE_NS);
	w->base_ns = w->sim ? weir_rtl_time_ns(w->sim) : 0;
	/* It starts, and tests its memory. */
	if (!rc && options->image)
		rc = bench_wire_pass(w, BootNs);
	rc = rc ? rc : weir_dev_over(&line_ops, "", "bench:", NULL, ret_dev, detail);
	if (rc) {
		bench_wire_close(w);
		return rc;
	}
	*ret = w;
	return 0;
}

void bench_wire_close(struct bench_wire *w)
{
	if (!w)
		return;
	weir_rtl_close(w->sim);
	the_wire = NULL;
	free(w);
}

void bench_wire_counts(const struct bench_wire *w, struct bench_wire_counts *ret)
{
	*ret = w->counts;
	ret->now_ps = w->now_ps;
}

int bench_wire_pass(struct bench_wire *w, uint64_t ns)
{
	uint64_t until_ps = w->now_ps + ns * PsPerNs, step_ps = w->feed ? (uint64_t)StepNs * PsPerNs : until_ps;

	while (!w->stuck && w->now_ps < until_ps)
		advance(w, until_ps - w->now_ps > step_ps ? w->now_ps + step_ps : until_ps);
	return w->stuck ? -EIO : 0;
}

struct weir_rtl_sim *bench_wire_sim(struct bench_wire *w)
{
	return w->sim;
}

void bench_wire_feed(struct bench_wire *w, void (*feed)(void *ctx, struct weir_rtl_sim *sim, uint64_t until_ns), void *ctx)
{
	w->feed = feed;
	w->feed_ctx = ctx;
}

void bench_wire_rate(struct bench_wire *w, uint32_t bit_rate)
{
	w->octet_ps = UINT64_C(1000000000000) * BitsPerOctet / bit_rate;
}

uint64_t bench_wire_least_octets(uint64_t words)
{
	uint64_t requests = (words + FullRequest - 1) / FullRequest;

	return words * WordOctets + requests * FlagTypeNumberAddressFcs;
}
