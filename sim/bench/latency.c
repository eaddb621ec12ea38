// SPDX-License-Identifier: Apache-2.0
/* One frame at a time through idle hardware, in both directions, at all places against the slots and the microsecond.
 * One more goes ahead: time jumps to its arrival, and the sweep after that holds it up.
 * Without shapers: skipped idle time does not fill their buckets. */
#include <errno.h>
#include <stdio.h>

#include "bench.h"
#include "sim/common/packet_build.h"
#include "sim/engine/rtl_sim.h"

enum { Frames = 128, AheadNs = 1000000, GapNs = 20000, StepNs = WEIR_RTL_CORE_NS, HeaderBytes = 14 + 20 + 8 };

static const uint64_t StartNs = UINT64_C(1767225600000000000);

struct state {
	struct bench_latency *l;
	uint64_t ns[Frames];
};

static void on_record(void *ctx, uint64_t cookie, const struct weir_record *rec)
{
	(void)ctx;
	(void)cookie;
	(void)rec;
}

static void on_lost(void *ctx, uint64_t cookie)
{
	(void)ctx;
	(void)cookie;
}

static void on_out(void *ctx, uint64_t cookie, int side, const uint8_t *frame, uint32_t len, uint64_t time_ns,
		   uint64_t latency_ns)
{
	struct state *s = ctx;
	struct bench_latency *l = s->l;

	if (!cookie)
		return;
	(void)side;
	(void)frame;
	(void)len;
	(void)time_ns;
	if (l->frames < Frames)
		s->ns[l->frames] = latency_ns;
	l->frames++;
	l->sum_ns += latency_ns;
	if (latency_ns < l->min_ns)
		l->min_ns = latency_ns;
	if (latency_ns > l->max_ns)
		l->max_ns = latency_ns;
}

static void on_stray(void *ctx, int side, const uint8_t *frame, uint32_t len, uint64_t time_ns)
{
	struct state *s = ctx;

	(void)side;
	(void)frame;
	(void)len;
	(void)time_ns;
	s->l->error = -EBADMSG;
}

static const struct weir_rtl_events events = {
	.record = on_record, .refused = on_lost, .egress_full = on_lost,
	.out = on_out, .stray = on_stray,
};

/* A datagram of an honest client to a server, or back, of exactly len bytes. */
static int build(struct weir_pkt *p, uint8_t *buf, size_t cap, uint32_t len, int side)
{
	static const uint8_t mac[2][6] = { { 2, 0, 0, 0, 0, 1 }, { 2, 0, 0, 0, 0, 2 } };
	struct weir_addr end[2];

	if (weir_addr_parse("198.18.0.1", &end[0]) || weir_addr_parse("192.0.2.10", &end[1]))
		return -EINVAL;
	weir_pkt_init(p, buf, cap);
	weir_pkt_eth(p, mac[!side], mac[side]);
	weir_pkt_ip(p, &(struct weir_ip_spec){ .src = end[side], .dst = end[!side], .ttl = 60 });
	weir_pkt_udp(p, side ? 4433 : 40000, side ? 40000 : 4433);
	weir_pkt_room(p, len - HeaderBytes);
	return weir_pkt_end(p);
}

static int play(struct weir_rtl_sim *sim, uint32_t len)
{
	uint8_t buf[2048] = { 0 };
	struct weir_pkt p;
	int rc = 0;

	for (unsigned i = 0; !rc && i <= Frames; i++) {
		int side = (int)(i & 1);

		rc = build(&p, buf, sizeof(buf), len, side);
		if (!rc)
			rc = weir_rtl_submit(sim, p.buf, (uint32_t)p.len, (uint32_t)p.len, side,
					     StartNs + (i ? AheadNs : 0) + (uint64_t)i * GapNs + i / 2 * StepNs, i);
	}
	return rc ? rc : weir_rtl_run(sim);
}

void bench_latency(const void *ctx, void *ret)
{
	const struct bench_latency_job *job = ctx;
	const struct bench_setup setup = { .policy = job->policy, .free_egress = true };
	const struct weir_rtl_options options = { .gmii = job->gmii };
	struct bench_latency *l = ret;
	struct state s = { .l = l };
	struct weir_rtl_sim *sim;
	struct weir_policy p;

	*l = (struct bench_latency){ .min_ns = UINT64_MAX };
	l->error = bench_policy(&setup, &p, l->detail);
	if (l->error)
		return;
	sim = weir_rtl_open(&options, &events, &s);
	if (!sim || !bench_setup_rtl(sim, &p)) {
		l->error = -EIO;
		snprintf(l->detail, sizeof(l->detail), "this depth does not start");
		weir_rtl_close(sim);
		return;
	}
	if (play(sim, job->len) || l->frames != Frames) {
		l->error = -EIO;
		snprintf(l->detail, sizeof(l->detail), "%u bytes: a frame did not come out", job->len);
	} else {
		l->p50_ns = bench_median(s.ns, Frames);
	}
	weir_rtl_close(sim);
}
