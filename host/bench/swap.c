// SPDX-License-Identifier: Apache-2.0
/* All rules replaced while frames of 64 bytes fill both wires. Each frame is one of four kinds: of an address that only the old rules block, of one
 * that only the new ones block, of one that neither does, or from the protected side. So its verdict tells which set judged it; there must be one
 * moment before which it was the old one for every frame, and the new one behind it, and no frame may be missing. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host.h"
#include "host/common/lists.h"
#include "host/libweir/site_priv.h"
#include "sim/common/packet_build.h"
#include "weir/weir_regs.h"

enum {
	FrameNs = 672,           /* 64 bytes, preamble and gap at 1 Gbit/s; of each wire */
	QuickRules = 40, Prefixes = 32, FrameBytes = 128, FramesMost = 4000000, Protected = 10,
	FastRate = 12000000, Rate = 3000000, AfterNs = 50000,
};

enum kind { OldOnly, NewOnly, Neither, Outbound, Kinds };

struct swap {
	uint32_t bit_rate;
	unsigned n[2];           /* rules of the old and the new set */
	uint64_t next_ns[2];     /* arrival of each wire's next frame */
	uint64_t sent;
	uint8_t *kind;           /* by cookie */
	bool refused_memory;
	/* What became of them. */
	uint64_t by[2];          /* judged by the old set, by the new one, of those where that can be told */
	uint64_t records, left, dropped, refused, egress_full, strays;
	uint64_t mixed;          /* by the old set behind one by the new, or by none of them */
	uint64_t latency_max_ns;
	uint32_t last_old, first_new;     /* numbers of frames */
	bool switched;
	uint32_t switch_seqno;   /* the write of rule_cfg took effect behind this frame */
	uint64_t switch_ns;
	struct bench_wire *wire;
};

static void build(struct swap *s, enum kind kind, uint8_t buf[FrameBytes], uint32_t *ret_len)
{
	static const uint8_t mac[2][6] = { { 2, 0, 0, 0, 0, 1 }, { 2, 0, 0, 0, 0, 2 } };
	int side = kind == Outbound;
	struct weir_addr remote = { .family = 4, .b = { 198, 51, 100, (uint8_t)s->sent } }, protect = { .family = 4, .b = { 192, 0, 2, Protected } };
	struct weir_pkt p;

	if (kind == OldOnly || kind == NewOnly)
		host_rule_address(kind == NewOnly, (unsigned)(s->sent / Kinds) % s->n[kind == NewOnly], remote.b);
	weir_pkt_init(&p, buf, FrameBytes);
	weir_pkt_eth(&p, mac[1 - side], mac[side]);
	weir_pkt_ip(&p, &(struct weir_ip_spec){ .src = side ? protect : remote, .dst = side ? remote : protect, .ttl = 64 });
	weir_pkt_udp(&p, side ? 5000 : 4000, side ? 4000 : 5000);
	s->refused_memory |= weir_pkt_end(&p) != 0;
	*ret_len = (uint32_t)p.len;
}

/* By turns, each wire at its pace. */
static void feed(void *ctx, struct weir_rtl_sim *sim, uint64_t until_ns)
{
	struct swap *s = ctx;

	for (;;) {
		int side = s->next_ns[1] < s->next_ns[0];
		enum kind kind = side ? Outbound : (enum kind)(s->sent / 2 % Outbound);
		uint8_t buf[FrameBytes];
		uint32_t len;

		if (s->next_ns[side] > until_ns || s->sent == FramesMost)
			return;
		build(s, kind, buf, &len);
		s->kind[s->sent] = (uint8_t)kind;
		s->refused_memory |= weir_rtl_submit(sim, buf, len, len, side, s->next_ns[side], s->sent) != 0;
		s->sent++;
		s->next_ns[side] += FrameNs;
	}
}

static void on_record(void *ctx, uint64_t cookie, const struct weir_record *rec)
{
	struct swap *s = ctx;
	bool blocked = rec->verdict == WEIR_VERDICT_drop && rec->reason == WEIR_REASON_rule_block, passed = rec->verdict == WEIR_VERDICT_pass;
	enum kind kind = cookie < s->sent ? (enum kind)s->kind[cookie] : Kinds;
	bool new_set = kind == OldOnly ? passed : blocked;

	s->records++;
	s->dropped += !passed;
	if (!blocked && !passed)
		s->mixed++;
	if (kind != OldOnly && kind != NewOnly) {
		s->mixed += !passed;
		return;
	}
	s->by[new_set]++;
	if (new_set && s->by[1] == 1)
		s->first_new = rec->seqno;
	if (!new_set)
		s->last_old = rec->seqno;
	s->mixed += !new_set && s->by[1];
}

static void on_out(void *ctx, uint64_t cookie, int side, const uint8_t *frame, uint32_t len, uint64_t time_ns, uint64_t latency_ns)
{
	struct swap *s = ctx;

	(void)cookie;
	(void)side;
	(void)frame;
	(void)len;
	(void)time_ns;
	s->left++;
	if (latency_ns > s->latency_max_ns)
		s->latency_max_ns = latency_ns;
}

static void on_refused(void *ctx, uint64_t cookie)
{
	(void)cookie;
	((struct swap *)ctx)->refused++;
}

static void on_egress_full(void *ctx, uint64_t cookie)
{
	(void)cookie;
	((struct swap *)ctx)->egress_full++;
}

static void on_stray(void *ctx, int side, const uint8_t *frame, uint32_t len, uint64_t time_ns)
{
	(void)side;
	(void)frame;
	(void)len;
	(void)time_ns;
	((struct swap *)ctx)->strays++;
}

static void on_maint(void *ctx, const struct weir_maint *m)
{
	struct swap *s = ctx;

	if (!m->write || m->target != WEIR_TARGET_RULE_CFG || !s->sent)
		return;
	s->switched = true;
	s->switch_seqno = m->seqno;
	s->switch_ns = weir_rtl_time_ns(bench_wire_sim(s->wire));
}

static int apply(struct weir_site *site, unsigned set, unsigned n, unsigned prefixes)
{
	char *text = host_rules(set, n, prefixes);
	int rc = weir_rules_apply_text(site, text, "rules.yaml", NULL);

	free(text);
	return rc;
}

static void judge(struct host_job *job, const struct swap *s, unsigned prefixes, uint64_t begin_ns, uint64_t end_ns, int inside)
{
	uint64_t lost = s->sent - s->left - s->dropped;

	printf("  %u + %u rules by %u + %u others, %u Mbit/s: %.1f ms in all, %.1f ms to the switch, which is one entry's slot (8 clocks) behind frame %u\n",
	       s->n[0], prefixes, s->n[1], prefixes, s->bit_rate / 1000000, (double)(end_ns - begin_ns) * 1e-6, (double)(s->switch_ns - begin_ns) * 1e-6,
	       s->switch_seqno);
	printf("  %" PRIu64 " frames of 64 bytes meanwhile, 2 x 1,488,095 a second: lost %" PRIu64 ", by a mixture of both sets %" PRIu64
	       "; by the old set %" PRIu64 ", by the new one %" PRIu64 "; latency at most %" PRIu64 " ns\n",
	       s->sent, lost, s->mixed, s->by[0], s->by[1], s->latency_max_ns);
	json_array_append_new(json_object_get(job->root, "swap"), json_pack("{s:i, s:i, s:i, s:i, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "bit_rate", (int)s->bit_rate, "old_exact",
		(int)s->n[0], "new_exact", (int)s->n[1], "prefix_rules", (int)prefixes, "total_ns", (json_int_t)(end_ns - begin_ns), "to_switch_ns",
		(json_int_t)(s->switch_ns - begin_ns), "frames", (json_int_t)s->sent, "lost", (json_int_t)lost, "mixed", (json_int_t)s->mixed, "by_old",
		(json_int_t)s->by[0], "by_new", (json_int_t)s->by[1], "latency_max_ns", (json_int_t)s->latency_max_ns));
	host_check(job, !lost && !inside, "%" PRIu64 " frames lost, %d inside", lost, inside);
	host_check(job, s->records == s->sent && !s->refused && !s->egress_full && !s->strays && !s->refused_memory && s->sent < FramesMost,
		   "frames %" PRIu64 ", verdicts %" PRIu64 ", refused %" PRIu64 ", no room at the way out %" PRIu64 ", strays %" PRIu64, s->sent,
		   s->records, s->refused, s->egress_full, s->strays);
	host_check(job, !s->mixed, "%" PRIu64 " frames by neither set as a whole", s->mixed);
	host_check(job, s->by[0] && s->by[1], "both sets have judged: %" PRIu64 ", %" PRIu64, s->by[0], s->by[1]);
	host_check(job, s->switched && s->last_old <= s->switch_seqno && s->first_new > s->switch_seqno,
		   "last by the old set %u, first by the new one %u, switch behind %u", s->last_old, s->first_new, s->switch_seqno);
}

static void run(struct host_job *job, struct swap *s, unsigned prefixes)
{
	const struct bench_wire_options o = { .bit_rate = FastRate, .ctx = s, .events = {
		.record = on_record, .refused = on_refused, .egress_full = on_egress_full, .out = on_out, .stray = on_stray, .maint = on_maint } };
	struct weir_site *site = NULL;
	struct weir_rtl_sim *sim;
	uint64_t begin_ns, end_ns;
	char detail[WEIR_DETAIL];
	struct weir_dev *dev;
	int rc = bench_wire_open(&o, &s->wire, &dev, detail);

	host_check(job, !rc, "%s", detail);
	if (rc)
		return;
	sim = bench_wire_sim(s->wire);
	site = host_site(job, dev);
	rc = site ? weir_policy_apply_text(site, host_open_policy, "open.yaml") : -1;
	rc = rc ? rc : apply(site, 0, s->n[0], prefixes);
	host_check(job, !rc, "%s", weir_dev_detail(dev));
	bench_wire_rate(s->wire, s->bit_rate);
	begin_ns = weir_rtl_time_ns(sim);
	s->next_ns[0] = begin_ns + FrameNs;
	s->next_ns[1] = begin_ns + FrameNs + FrameNs / 2;
	if (!rc) {
		bench_wire_feed(s->wire, feed, s);
		/* What has no room is told before anything is written. */
		do
			rc = apply(site, 1, s->n[1], prefixes);
		while (rc == WEIR_EROOM && (s->n[1] -= HOST_RULES_STEP) > 0);
		end_ns = weir_rtl_time_ns(sim);
		host_check(job, !rc, "%s", weir_dev_detail(dev));
		rc = bench_wire_pass(s->wire, AfterNs);
		bench_wire_feed(s->wire, NULL, NULL);
		judge(job, s, prefixes, begin_ns, end_ns, rc ? rc : weir_rtl_run(sim));
	}
	host_site_end(site);
	weir_dev_close(dev);
	bench_wire_close(s->wire);
}

void host_swap(struct host_job *job)
{
	const unsigned n = job->quick ? QuickRules : HOST_RULES_MOST;
	uint8_t *kind = malloc(FramesMost);

	json_object_set_new(job->root, "swap", json_array());
	printf("\nAll rules replaced while both wires are full\n");
	host_check(job, kind, "no memory");
	for (int slow = 0; kind && slow < (job->quick ? 1 : 2); slow++) {
		struct swap s = { .bit_rate = slow ? Rate : FastRate, .n = { n, n }, .kind = kind };

		run(job, &s, slow ? Prefixes : 0);
	}
	free(kind);
}
