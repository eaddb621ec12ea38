// SPDX-License-Identifier: Apache-2.0
/* How long an operator waits for `why`: the firmware on its soft core, the link at the rate of power-on, an address of which all that the firmware
 * keeps is told (12 entries, a message each). Idle; across the ends of its periods, where it answers late; and with the wire full of dropped frames. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "host.h"
#include "host/common/lists.h"
#include "sim/common/packet_build.h"
#include "host/policy/policy.h"
#include "sim/firmware/image.h"
#include "weir/alarm.h"
#include "weir/meter.h"

enum {
	Rate = 3000000, FrameNs = 672, Kept = 12, Asks = 16, QuickAsks = 1, LoadAsks = 4, FrameBytes = 128, PeriodMs = 66, AimMs = 100,
	UsbMicroframesUs = 250, UsbTimerUs = 1000, FirstPeriodNs = 1200000000, SettleNs = 20000000, StepNs = 5300000,
};

struct flood {
	uint64_t next_ns, sent;
	bool failed;
};

static void submit(struct flood *f, struct weir_rtl_sim *sim)
{
	static const uint8_t mac[2][6] = { { 2, 0, 0, 0, 0, 1 }, { 2, 0, 0, 0, 0, 2 } };
	uint8_t buf[FrameBytes];
	struct weir_pkt p;

	weir_pkt_init(&p, buf, sizeof(buf));
	weir_pkt_eth(&p, mac[1], mac[0]);
	weir_pkt_ip(&p, &(struct weir_ip_spec){ .src = { .family = 4, .b = { 203, 0, 113, 7 } },
		.dst = { .family = 4, .b = { 192, 0, 2, (uint8_t)(10 + f->sent % Kept) } }, .ttl = 64 });
	weir_pkt_udp(&p, 4000, 5000);
	f->failed |= weir_pkt_end(&p) || weir_rtl_submit(sim, buf, (uint32_t)p.len, (uint32_t)p.len, 0, f->next_ns, f->sent);
	f->sent++;
	f->next_ns += FrameNs;
}

static void feed(void *ctx, struct weir_rtl_sim *sim, uint64_t until_ns)
{
	struct flood *f = ctx;

	while (f->next_ns <= until_ns)
		submit(f, sim);
}

/* Ask now and then. */
static void ask(struct host_job *job, struct bench_wire *w, struct weir_dev *dev, const char *name, unsigned asks)
{
	const struct weir_address address = { .family = 4, .bytes = { 203, 0, 113, 7 } };
	uint64_t sum_ps = 0, most_ps = 0, turns = 0;
	struct weir_why why[Kept];
	size_t n = 0, least = Kept;
	int rc = 0;

	for (unsigned i = 0; i < asks && !rc; i++) {
		struct bench_wire_counts then, now;

		bench_wire_counts(w, &then);
		rc = weir_why(dev, &address, why, Kept, &n);
		bench_wire_counts(w, &now);
		sum_ps += now.now_ps - then.now_ps;
		if (now.now_ps - then.now_ps > most_ps) {
			most_ps = now.now_ps - then.now_ps;
			turns = now.turns - then.turns;
		}
		least = n < least ? n : least;
		rc = rc ? rc : bench_wire_pass(w, StepNs);
	}
	host_check(job, !rc, "%s: %s", name, weir_dev_detail(dev));
	host_check(job, least > 0, "%s: nothing is told of the address", name);
	host_check(job, most_ps < UINT64_C(1000000000) * AimMs, "%s: %.1f ms, aim %d ms", name, (double)most_ps * 1e-9, AimMs);
	printf("  %-34s %5u asks, %2zu entries or more: mean %6.2f ms, most %6.2f ms (aim %d), %" PRIu64 " round trips; over USB at 250 us each %6.2f, at 1 ms %6.2f ms\n",
	       name, asks, least, (double)sum_ps * 1e-9 / asks, (double)most_ps * 1e-9, AimMs, turns,
	       (double)most_ps * 1e-9 + (double)(turns * UsbMicroframesUs) * 1e-3, (double)most_ps * 1e-9 + (double)(turns * UsbTimerUs) * 1e-3);
	json_array_append_new(json_object_get(job->root, "why"), json_pack("{s:s, s:i, s:i, s:i, s:I, s:I, s:I}", "what", name, "bit_rate", Rate, "asks",
		(int)asks, "entries_least", (int)least, "mean_ps", (json_int_t)(sum_ps / asks), "most_ps", (json_int_t)most_ps, "round_trips",
		(json_int_t)turns));
}

static void run(struct host_job *job, struct bench_wire *w, struct weir_dev *dev)
{
	struct flood f = { .next_ns = weir_rtl_time_ns(bench_wire_sim(w)) + FrameNs };
	int rc = weir_param_set(dev, WEIR_FIRMWARE_sample_log2, 0);

	rc = rc ? rc : weir_param_set(dev, WEIR_FIRMWARE_period_ms, PeriodMs);
	host_check(job, !rc, "%s", weir_dev_detail(dev));
	/* Both are in force with the next period; the one under way has the length of power-on. */
	rc = rc ? rc : bench_wire_pass(w, FirstPeriodNs);
	f.next_ns = weir_rtl_time_ns(bench_wire_sim(w)) + FrameNs;
	for (unsigned i = 0; i < Kept; i++)
		submit(&f, bench_wire_sim(w));
	rc = rc ? rc : bench_wire_pass(w, SettleNs);
	host_check(job, !rc && !f.failed, "the hardware takes no frames");
	if (rc)
		return;
	ask(job, w, dev, "idle, and at the ends of periods", job->quick ? QuickAsks : Asks);
	if (job->quick)
		return;
	f.next_ns = weir_rtl_time_ns(bench_wire_sim(w)) + FrameNs;
	bench_wire_feed(w, feed, &f);
	ask(job, w, dev, "wire full of dropped frames", LoadAsks);
	bench_wire_feed(w, NULL, NULL);
	host_check(job, !f.failed, "the hardware takes no frames");
}

void host_why(struct host_job *job)
{
	static uint32_t image[WEIR_IMAGE_WORDS];
	struct bench_wire_options o = { .bit_rate = Rate, .image = image, .policy = "sim/bench/firmware/events.yaml" };
	char detail[WEIR_DETAIL];
	struct bench_wire *w;
	struct weir_dev *dev;
	int rc = weir_image_read(job->image, image, &o.image_words, detail, sizeof(detail));

	json_object_set_new(job->root, "why", json_array());
	printf("\nWhy packets of an address were dropped: weir_why() at %d Mbit/s, simulated time\n", Rate / 1000000);
	rc = rc ? rc : bench_wire_open(&o, &w, &dev, detail);
	host_check(job, !rc, "%s", detail);
	if (rc)
		return;
	run(job, w, dev);
	weir_dev_close(dev);
	bench_wire_close(w);
}
