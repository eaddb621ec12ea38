// SPDX-License-Identifier: Apache-2.0
/* A capture through the hardware. Each frame has a place by its cookie, in which what became of it is noted, so that one
 * with two verdicts, or none, shows up.
 *
 * One more frame goes ahead alone: time jumps to the capture's, and the sweep after that holds the input up. The next
 * sweep, beside the frames, is due 128 windows later: the times are such that it begins after an eighth of the run. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "sim/engine/rtl_sim.h"

enum { WindowNs = 65536000, WindowsAhead = 128, EdgeAfter = 8 };

static const uint64_t AheadCookie = UINT64_MAX;

/* What became of a frame. Passed: or to be answered; Left: or its answer. */
enum fate { Inside, Refused, Stopped, Passed, Left, EgressFull };

struct state {
	struct bench_run *r;
	const struct bench_capture *capture;
	struct weir_rtl_sim *sim;
	uint8_t *fate;
	uint64_t *latency_ns;  /* of those that left */
	uint64_t doubled;      /* events that do not follow on the one before */
	uint64_t last_wide;    /* number of the record that closed the last interval of 16, 0: none yet */
};

static void step(struct state *s, uint64_t cookie, enum fate from, enum fate to)
{
	if (cookie == AheadCookie)
		return;
	if (cookie >= s->capture->n || s->fate[cookie] != from) {
		s->doubled++;
		return;
	}
	s->fate[cookie] = (uint8_t)to;
}

static uint64_t words(uint32_t len)
{
	return (len + 7) / 8;
}

static void on_record(void *ctx, uint64_t cookie, const struct weir_record *rec)
{
	struct state *s = ctx;
	struct bench_run *r = s->r;
	uint64_t clock = weir_rtl_clocks(s->sim), interval = clock - r->last_clock;
	bool passes = rec->verdict == WEIR_VERDICT_pass || rec->verdict == WEIR_VERDICT_demote;

	step(s, cookie, Inside, passes || rec->verdict == WEIR_VERDICT_answer ? Passed : Stopped);
	if (cookie == AheadCookie)
		return;
	r->verdicts[rec->verdict % WEIR_VERDICTS]++;
	if (!passes)
		r->reasons[rec->reason]++;
	if (!r->records++) {
		r->first_clock = clock;
	} else {
		r->span_words += words(rec->len);
		if (interval == BENCH_SLOT_CLOCKS) {
			r->slots_of_8++;
		} else if (interval == 2 * BENCH_SLOT_CLOCKS) {
			r->slots_of_16++;
			if (s->last_wide && r->records - s->last_wide < r->least_between)
				r->least_between = r->records - s->last_wide;
			s->last_wide = r->records;
		} else {
			r->slots_other++;
		}
	}
	r->last_clock = clock;
}

static void on_refused(void *ctx, uint64_t cookie)
{
	struct state *s = ctx;

	step(s, cookie, Inside, Refused);
	s->r->refused++;
}

static void on_egress_full(void *ctx, uint64_t cookie)
{
	struct state *s = ctx;

	step(s, cookie, Passed, EgressFull);
	s->r->egress_full++;
}

static void on_out(void *ctx, uint64_t cookie, int side, const uint8_t *frame, uint32_t len, uint64_t time_ns,
		   uint64_t latency_ns)
{
	struct state *s = ctx;
	struct bench_run *r = s->r;

	(void)side;
	(void)frame;
	(void)len;
	(void)time_ns;
	step(s, cookie, Passed, Left);
	if (cookie == AheadCookie)
		return;
	if (r->left < s->capture->n)
		s->latency_ns[r->left] = latency_ns;
	r->left++;
	r->latency_sum_ns += latency_ns;
	if (latency_ns < r->latency_min_ns)
		r->latency_min_ns = latency_ns;
	if (latency_ns > r->latency_max_ns)
		r->latency_max_ns = latency_ns;
}

static void on_answered(void *ctx, uint64_t cookie, int side, const uint8_t *frame, uint32_t len, uint64_t time_ns,
			uint64_t latency_ns)
{
	struct state *s = ctx;

	(void)side;
	(void)frame;
	(void)len;
	(void)time_ns;
	(void)latency_ns;
	step(s, cookie, Passed, Left);
	s->r->answered++;
}

static void on_stray(void *ctx, int side, const uint8_t *frame, uint32_t len, uint64_t time_ns)
{
	struct state *s = ctx;

	(void)side;
	(void)frame;
	(void)len;
	(void)time_ns;
	s->r->strays++;
}

static const struct weir_rtl_events events = {
	.record = on_record, .refused = on_refused, .egress_full = on_egress_full, .out = on_out,
	.stray = on_stray, .answered = on_answered,
};

static int play(struct state *s, const struct bench_run_job *job)
{
	const struct bench_capture *c = s->capture;
	const struct bench_frame *first = &c->frame[0];
	/* Saturated at stream depth, time goes on by what the words take. */
	bool by_words = job->saturate && !job->gmii;
	uint64_t span_ns = by_words ? WEIR_RTL_CORE_NS * s->r->words : c->wire_ns;
	uint64_t ahead_ns = first->arrival_ns / WindowNs * WindowNs, gone_ns = 0;
	uint64_t start_ns = ahead_ns + (uint64_t)WindowsAhead * WindowNs - span_ns / EdgeAfter;
	int rc = weir_rtl_submit(s->sim, first->bytes, first->len, first->len, first->side, ahead_ns, AheadCookie);

	for (size_t i = 0; !rc && i < c->n; i++) {
		const struct bench_frame *f = &c->frame[i];

		if (!by_words)
			gone_ns = f->arrival_ns - first->arrival_ns;
		rc = weir_rtl_submit(s->sim, f->bytes, f->len, f->len, f->side, start_ns + gone_ns, i);
		if (by_words)
			gone_ns += WEIR_RTL_CORE_NS * words(f->len);
	}
	return rc ? rc : weir_rtl_run(s->sim);
}

static void measure(struct state *s, const struct bench_run_job *job, const struct weir_policy *p)
{
	const struct weir_rtl_options options = { .gmii = job->gmii, .saturate = job->saturate };
	struct bench_run *r = s->r;
	uint64_t clocks;
	int rc;

	s->sim = weir_rtl_open(&options, &events, s);
	if (!s->sim || !bench_setup_rtl(s->sim, p)) {
		r->error = -EIO;
		snprintf(r->detail, sizeof(r->detail), s->sim ? "a register was refused" :
			 "this depth does not start");
		return;
	}
	clocks = weir_rtl_clocks(s->sim);
	r->wall_s = bench_wall_s();
	r->cpu_s = bench_cpu_s();
	rc = play(s, job);
	r->wall_s = bench_wall_s() - r->wall_s;
	r->cpu_s = bench_cpu_s() - r->cpu_s;
	r->clocks = weir_rtl_clocks(s->sim) - clocks;
	weir_rtl_close(s->sim);
	if (rc < 0) {
		r->error = rc;
		snprintf(r->detail, sizeof(r->detail), "the hardware makes no progress");
		return;
	}
	for (size_t i = 0; i < s->capture->n; i++)
		r->unexplained += s->fate[i] == Inside || s->fate[i] == Passed;
	r->unexplained += r->strays + s->doubled;
	r->latency_p50_ns = bench_median(s->latency_ns, r->left < s->capture->n ? r->left : s->capture->n);
}

void bench_run(const void *ctx, void *ret)
{
	const struct bench_run_job *job = ctx;
	struct bench_run *r = ret;
	struct bench_capture capture;
	struct state s = { .r = r, .capture = &capture };
	struct weir_policy p;

	*r = (struct bench_run){ .latency_min_ns = UINT64_MAX, .least_between = UINT64_MAX };
	r->error = bench_policy(&job->setup, &p, r->detail);
	if (!r->error)
		r->error = bench_capture_read(job->capture, &p, job->max_frames, job->limit_ns, &capture, r->detail);
	if (r->error)
		return;
	s.fate = calloc(capture.n, 1);
	s.latency_ns = calloc(capture.n, sizeof(*s.latency_ns));
	if (!s.fate || !s.latency_ns) {
		free(s.fate);
		free(s.latency_ns);
		r->error = -ENOMEM;
		return;
	}
	r->frames = capture.n;
	r->bytes = capture.bytes;
	r->wire_ns = capture.wire_ns;
	for (size_t i = 0; i < capture.n; i++)
		r->words += words(capture.frame[i].len);
	r->rss_before_kib = bench_rss_kib();
	measure(&s, job, &p);
	r->rss_kib = bench_rss_kib();
	free(s.fate);
	free(s.latency_ns);
}
