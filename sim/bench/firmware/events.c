// SPDX-License-Identifier: Apache-2.0
/* Dropped frames at an even pace, each of them an event of another source; does the queue overflow? Once away from the ends of the
 * firmware's periods, once across one, where it reads counters and peaks and takes no event meanwhile. Binary search over the pace,
 * in core clocks. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "firmware.h"
#include "sim/common/packet_build.h"
#include "host/policy/compile.h"
#include "sim/engine/engine.h"
#include "sim/firmware/image.h"
#include "host/common/lists.h"
#include "weir/weir_regs.h"

enum {
	PeriodUs = 66000, CoreNs = 16, Seed = 1, OpSet = 3, AllSamples = WEIR_SOC_EVENT_ENABLE_SAMPLE_MASK,
	BeforeUs = 3000, SpanUs = 20000, QuickSpanUs = 8000, MiddleUs = 25000,   /* a window of events: so long before the end of a period; how long */
	PeriodsMost = 40, FirstClocks = 2000, FastClocks = 100, SlowClocks = 100000, GrainPercent = 3, QuickPercent = 30,
};
static const uint64_t start_ns = UINT64_C(1700000000) * 1000000000;

struct run {
	struct weir_engine *e;
	uint64_t now_ns, sent, dropped;
	uint64_t first_read_us;    /* first counter that was read in this period's end */
	uint64_t clocks_first, clocks_last;   /* from that to the last entry */
	bool counting;
};
static struct run run;

static void on_record(void *ctx, uint64_t cookie, const struct weir_record *rec)
{
	(void)ctx;
	(void)cookie;
	run.dropped += rec->verdict == WEIR_VERDICT_drop;
}

static void on_refused(void *ctx, uint64_t cookie, unsigned reason)
{
	(void)ctx;
	(void)cookie;
	(void)reason;
}

static void on_egress_full(void *ctx, uint64_t cookie)
{
	(void)ctx;
	(void)cookie;
}

static void on_out(void *ctx, uint64_t cookie, int side, const uint8_t *frame, uint32_t len, uint64_t time_ns, uint64_t latency_ns)
{
	(void)ctx;
	(void)cookie;
	(void)side;
	(void)frame;
	(void)len;
	(void)time_ns;
	(void)latency_ns;
}

static void on_stray(void *ctx, int side, const uint8_t *frame, uint32_t len, uint64_t time_ns)
{
	(void)ctx;
	(void)side;
	(void)frame;
	(void)len;
	(void)time_ns;
}

/* The end of a period begins with the counters of reasons, and ends with the last peak. */
static void on_maint(void *ctx, const struct weir_maint *m)
{
	uint64_t clock;

	(void)ctx;
	if (m->own || m->write || !run.e)
		return;
	clock = weir_engine_rtl_stream.clocks(run.e);
	if (m->target == WEIR_TARGET_COUNTER0 && !run.counting) {
		run.counting = true;
		run.first_read_us = m->stamp_us;
		run.clocks_first = clock;
	}
	if (m->target == WEIR_TARGET_PEAK) {
		run.counting = false;
		run.clocks_last = clock;
	}
}

static const struct weir_engine_events events = {
	.record = on_record, .refused = on_refused, .egress_full = on_egress_full, .out = on_out, .stray = on_stray, .answered = on_out,
	.maint = on_maint,
};

static int configure(struct weir_engine *e, struct weir_policy *p)
{
	char detail[WEIR_POLICY_DETAIL];
	struct weir_writes w;
	int rc;

	weir_policy_default(p);
	rc = weir_policy_open("sim/bench/firmware/events.yaml", p, detail);
	rc = rc ? rc : weir_policy_compile(p, Seed, "events", &w, detail);
	if (rc) {
		fprintf(stderr, "%s\n", detail);
		return rc;
	}
	for (size_t i = 0; i < w.n && !rc; i++)
		rc = weir_engine_rtl_stream.write(e, w.write[i].addr, w.write[i].value);
	weir_writes_done(&w);
	return rc;
}

static int submit(uint64_t at_ns)
{
	static const uint8_t mac[2][6] = { { 2, 0, 0, 0, 0, 1 }, { 2, 0, 0, 0, 0, 2 } };
	struct weir_addr src = { .family = 4, .b = { 203, 0, 113, (uint8_t)(run.sent % 251) } };
	struct weir_addr dst = { .family = 4, .b = { 192, 0, 2, 10 } };
	uint8_t buf[128];
	struct weir_pkt p;

	weir_pkt_init(&p, buf, sizeof(buf));
	weir_pkt_eth(&p, mac[1], mac[0]);
	weir_pkt_ip(&p, &(struct weir_ip_spec){ .src = src, .dst = dst, .ttl = 64 });
	weir_pkt_udp(&p, 4000, 5000);
	if (weir_pkt_end(&p))
		return -EINVAL;
	run.now_ns = at_ns;
	return weir_engine_rtl_stream.submit(run.e, &(struct weir_engine_frame){ .bytes = buf, .len = (uint32_t)p.len,
		.known = (uint32_t)p.len, .arrival_ns = at_ns, .cookie = ++run.sent });
}

static uint32_t lost(void)
{
	uint32_t value = 0;

	weir_engine_rtl_stream.read(run.e, WEIR_SOC_EVENT_QUEUE, &value);
	return value >> WEIR_SOC_EVENT_QUEUE_LOST_LSB;
}

static uint32_t waiting(void)
{
	uint32_t value = 0;

	weir_engine_rtl_stream.read(run.e, WEIR_SOC_EVENT_QUEUE, &value);
	return value & WEIR_SOC_EVENT_QUEUE_COUNT_MASK;
}

/* One frame a period later, so that the hardware comes to rest behind the next end of a period. */
static int next_period(void)
{
	int rc = submit(run.now_ns + UINT64_C(1000) * PeriodUs);

	return rc ? rc : weir_engine_rtl_stream.finish(run.e);
}

/* A window of events. @retval 0 none lost; 1 some; negative: it does not work */
static int offer(uint64_t clocks, bool across, uint64_t span_us)
{
	uint64_t end_us, from_ns, gap_ns = clocks * CoreNs, dropped;
	uint32_t before;
	int rc = next_period();

	/* The next end of a period that is far enough away. */
	end_us = run.first_read_us + PeriodUs;
	while (end_us * 1000 < run.now_ns + UINT64_C(1000) * (MiddleUs + BeforeUs))
		end_us += PeriodUs;
	from_ns = (across ? end_us - BeforeUs : end_us + MiddleUs) * 1000;
	before = lost();
	if (waiting())
		return -EBUSY;
	dropped = run.dropped;
	for (uint64_t at = 0; !rc && at < span_us * 1000; at += gap_ns)
		rc = submit(from_ns + at);
	rc = rc ? rc : weir_engine_rtl_stream.finish(run.e);
	if (!rc && run.dropped - dropped != (span_us * 1000 + gap_ns - 1) / gap_ns)
		rc = -EPROTO;
	return rc ? rc : lost() != before;
}

/* @return the shortest gap in clocks at which nothing is lost; 0: it does not work */
static uint64_t search(bool across, uint64_t span_us, unsigned percent, unsigned *steps)
{
	uint64_t bad = 0, good = 0, clocks = FirstClocks;

	for (*steps = 0; !bad || !good || (good - bad) * 100 > good * percent; ++*steps) {
		int rc = offer(clocks, across, span_us);

		if (rc < 0 || clocks < FastClocks || clocks > SlowClocks)
			return 0;
		if (rc)
			bad = clocks;
		else
			good = clocks;
		clocks = !good ? 2 * clocks : !bad ? clocks / 2 : (good + bad) / 2;
	}
	return good;
}

/* So many frames at once, each an event, until the core sleeps again, away from the end of a period. Time in which nothing happens has
 * no clocks. @retval 0 *ret set */
static int until_rest(unsigned frames, uint64_t *ret_clocks)
{
	uint64_t from;
	int rc = next_period();

	from = weir_engine_rtl_stream.clocks(run.e);
	for (unsigned i = 0; !rc && i < frames; i++)
		rc = submit((run.first_read_us + MiddleUs) * 1000 + i);
	rc = rc ? rc : weir_engine_rtl_stream.finish(run.e);
	if (!rc && waiting())
		rc = -EBUSY;
	*ret_clocks = weir_engine_rtl_stream.clocks(run.e) - from;
	return rc;
}

/* What one event more takes: of those that `why` is told of, and of those that wait behind them. */
static int one_more(uint64_t *ret_told, uint64_t *ret_more)
{
	enum { First = 1, Told = 4, All = 32 };   /* firmware/app/fw.c: WHYS_A_POLL, EVENTS_A_POLL */
	uint64_t first, told, all;
	int rc = until_rest(First, &first);

	rc = rc ? rc : until_rest(Told, &told);
	rc = rc ? rc : until_rest(All, &all);
	if (rc || told <= first || all <= told)
		return rc ? rc : -EPROTO;
	*ret_told = (told - first) / (Told - First);
	*ret_more = (all - told) / (All - Told);
	return 0;
}

static bool begin(const struct firmware_job *job)
{
	static uint32_t word[WEIR_IMAGE_WORDS];
	static struct weir_policy p;
	struct weir_engine_options o = { .image = word };
	uint32_t answer[WEIR_ENGINE_MAIL_WORDS];
	char detail[400];
	int rc;

	if (weir_image_read(job->image, word, &o.image_words, detail, sizeof(detail))) {
		fprintf(stderr, "%s\n", detail);
		return false;
	}
	rc = weir_engine_rtl_stream.open(&o, &events, NULL, &run.e);
	rc = rc ? rc : configure(run.e, &p);
	rc = rc ? rc : weir_engine_rtl_stream.start(run.e, start_ns);
	for (uint32_t i = 0; !rc && i < WEIR_FIRMWARE_PARAMS; i++) {
		const uint32_t set[WEIR_ENGINE_MAIL_WORDS] = { OpSet, i, p.firmware[i] };

		rc = weir_engine_rtl_stream.mail(run.e, set, answer);
		rc = rc ? rc : answer[0] >> 24 ? -EINVAL : 0;
	}
	rc = rc ? rc : submit(start_ns);
	/* The first one has the length that it had before the policy's was told. */
	for (unsigned i = 0; !rc && !run.first_read_us && i < PeriodsMost; i++)
		rc = next_period();
	/* Every dropped frame; the firmware's own setting does not change any more. */
	rc = rc ? rc : weir_engine_rtl_stream.write(run.e, WEIR_SOC_EVENT_ENABLE, AllSamples);
	if (rc)
		fprintf(stderr, "%s\n", strerror(-rc));
	return !rc && run.first_read_us;
}

int firmware_events(const struct firmware_job *job, json_t *root)
{
	static const char *const name[] = { "between_periods", "across_the_end_of_a_period" };
	json_t *o = json_object();
	uint64_t told = 0, more = 0;
	unsigned steps = 0;
	int failed = 0;

	run = (struct run){ 0 };
	printf("\nEvents a second that the firmware takes, none lost (64 wait): default policy, 24 series, dropped frames of 251 sources\n");
	printf("  %-28s %14s %18s %18s %6s\n", "", "clocks apart", "a second, 62.5 MHz", "a second, 75 MHz", "steps");
	if (!begin(job)) {
		printf("  FAILED: hardware or firmware do not start\n");
		failed++;
	}
	if (!failed && one_more(&told, &more)) {
		printf("  FAILED: single events\n");
		failed++;
	}
	for (int across = 0; across < 2 && !failed; across++) {
		uint64_t clocks = search(across, job->quick ? QuickSpanUs : SpanUs, job->quick ? QuickPercent : GrainPercent, &steps);

		failed += !clocks;
		printf("  %-28s %14" PRIu64 " %18.0f %18.0f %6u\n", name[across], clocks, clocks ? 62.5e6 / (double)clocks : 0,
		       clocks ? 75e6 / (double)clocks : 0, steps);
		fflush(stdout);
		json_object_set_new(o, name[across], json_pack("{s:I, s:f, s:f}", "clocks_apart", (json_int_t)clocks, "events_per_s_62_5_mhz",
			clocks ? 62.5e6 / (double)clocks : 0.0, "events_per_s_75_mhz", clocks ? 75e6 / (double)clocks : 0.0));
	}
	if (!failed) {
		printf("  end of a period, from the first counter read to the last peak: %" PRIu64 " clocks, %.2f ms at 62.5 MHz\n",
		       run.clocks_last - run.clocks_first, (double)(run.clocks_last - run.clocks_first) / 62500);
		printf("  one event more of those that wait together: %" PRIu64 " clocks with what \"why\" keeps of it, %" PRIu64 " without\n", told, more);
		json_object_set_new(o, "clocks_of_an_event_with_why", json_integer((json_int_t)told));
		json_object_set_new(o, "clocks_of_an_event", json_integer((json_int_t)more));
		json_object_set_new(o, "end_of_period_clocks", json_integer((json_int_t)(run.clocks_last - run.clocks_first)));
	}
	json_object_set_new(root, "events", o);
	weir_engine_rtl_stream.close(run.e);
	return failed;
}
