// SPDX-License-Identifier: Apache-2.0
/* rtl-firmware PROBE [--gmii]: firmware on the simulated soft core (sim/tests/probe/probe.c) reads and clears peaks and moves a
 * threshold while frames pass. The model follows by the log of maintenance; time is skipped or not, and the verdicts are the
 * same. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/common/packet_build.h"
#include "host/policy/compile.h"
#include "sim/firmware/image.h"
#include "host/common/lists.h"

enum {
	Frames = 300, Remotes = 3, PeriodUs = 3001, MaxShown = 10, Seed = 11,
	BurstNs = 3000, PauseNs = 400000, BurstFrames = 6,
};
static const uint64_t start_ns = UINT64_C(1700000000) * 1000000000;

struct run {
	uint32_t reason[Frames], threshold[Frames], measured[Frames];
	enum weir_fate fate[Frames];
	unsigned periods, notices;
	uint64_t notice_us, clocks, maintenance, dropped;
};

static uint64_t checks, failed;
static uint32_t image[WEIR_IMAGE_WORDS], words;

static void check(bool ok, const char *what, uint64_t which)
{
	checks++;
	if (!ok && failed++ < MaxShown)
		printf("%s (%" PRIu64 ")\n", what, which);
}

static void on_fate(void *ctx, const struct weir_packet *p)
{
	struct run *r = ctx;
	uint64_t i = p->number - 1;

	if (i >= Frames)
		return;
	r->fate[i] = p->fate;
	r->reason[i] = p->rec.reason;
	r->threshold[i] = p->rec.threshold;
	r->measured[i] = p->rec.measured;
	r->dropped += p->fate == WEIR_FATE_DROPPED;
}

static void on_problem(void *ctx, const char *text)
{
	(void)ctx;
	check(false, text, 0);
}

static void on_notice(void *ctx, uint64_t now_us, const uint32_t word[WEIR_ENGINE_MAIL_WORDS])
{
	struct run *r = ctx;

	r->notices++;
	r->notice_us = now_us - start_ns / 1000;
	check(word[1] == 4 && word[5] > 0 && word[5] < Frames, "words of the notice", word[5]);
}

static void on_console(void *ctx, uint64_t now_us, const char *text)
{
	struct run *r = ctx;

	(void)now_us;
	r->periods += *text == '\n';
}

static const struct weir_session_sink sink = {
	.fate = on_fate, .problem = on_problem, .notice = on_notice, .console = on_console,
};

static int configure(struct weir_session *s)
{
	static struct weir_policy p;
	struct weir_writes w;
	char detail[WEIR_POLICY_DETAIL];
	char text[] = "weir_policy: 1\nmeters:\n  remote: {packets_per_s: 80, burst_packets: 4, action: limit}\n";
	FILE *f = fmemopen(text, strlen(text), "r");
	int rc;

	weir_policy_default(&p);
	rc = f ? weir_policy_load(f, "test", &p, detail) : -ENOMEM;
	if (f)
		fclose(f);
	rc = rc ? rc : weir_policy_compile(&p, Seed, "test", &w, detail);
	if (rc)
		return rc;
	for (size_t i = 0; i < w.n && !rc; i++)
		rc = weir_session_write(s, w.write[i].addr, w.write[i].value);
	weir_writes_done(&w);
	return rc;
}

static uint32_t build(uint8_t *buf, size_t cap, uint64_t number)
{
	static const uint8_t mac[2][6] = { { 2, 0, 0, 0, 0, 1 }, { 2, 0, 0, 0, 0, 2 } };
	struct weir_addr src = { .family = 4, .b = { 198, 51, 100, (uint8_t)(1 + number % Remotes) } };
	struct weir_addr dst = { .family = 4, .b = { 192, 0, 2, 10 } };
	struct weir_pkt p;

	weir_pkt_init(&p, buf, cap);
	weir_pkt_eth(&p, mac[0], mac[1]);
	weir_pkt_ip(&p, &(struct weir_ip_spec){ .src = src, .dst = dst, .ttl = 64 });
	weir_pkt_udp(&p, 4000, 5000);
	check(!weir_pkt_end(&p), "build", number);
	return (uint32_t)p.len;
}

/* Bursts, and pauses in which time can be skipped. */
static void play(struct weir_session *s)
{
	uint64_t now_ns = start_ns, prng = Seed;
	uint8_t buf[128];

	for (uint64_t i = 0; i < Frames; i++) {
		struct weir_input in = { .bytes = buf, .number = i + 1, .time_ns = now_ns, .arrival_ns = now_ns + 672 };

		in.captured = in.wire_len = build(buf, sizeof(buf), i);
		check(!weir_session_submit(s, &in), "submit", i);
		prng = prng * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
		now_ns += BurstNs + (i % BurstFrames ? 0 : PauseNs + (prng >> 44));
	}
}

static void run(struct run *r, bool gmii, bool both, bool no_skip)
{
	const struct weir_engine_options o = { .gmii = gmii, .no_skip = no_skip, .image = image, .image_words = words };
	const struct weir_engine_ops *failing, *first = gmii ? &weir_engine_rtl_gmii : &weir_engine_rtl_stream;
	uint32_t word[WEIR_ENGINE_MAIL_WORDS], answer[WEIR_ENGINE_MAIL_WORDS];
	const struct weir_session_counts *c;
	struct weir_session *s;

	*r = (struct run){ 0 };
	if (weir_session_new(first, both ? &weir_engine_model : NULL, &o, &sink, r, &s, &failing)) {
		check(false, "open", 0);
		return;
	}
	check(!configure(s), "policy", 0);
	check(weir_session_mail(s, word, answer) == -ENODEV, "mail to nobody", 0);
	check(!weir_session_start(s, start_ns), "start", 0);
	for (uint32_t i = 0; i < WEIR_ENGINE_MAIL_WORDS; i++)
		word[i] = 0x01020304 * i;
	for (int k = 0; k < 2; k++) {
		check(!weir_session_mail(s, word, answer), "mail", 0);
		for (uint32_t i = 0; i < WEIR_ENGINE_MAIL_WORDS; i++)
			check(answer[i] == word[i] + (i ? 1 : 0), "answer", i);
	}
	play(s);
	check(!weir_session_finish(s), "finish", 0);
	c = weir_session_counts(s);
	check(!c->mismatches && !weir_session_unexplained(s), "mismatches, unexplained", c->mismatches);
	check(c->compared == (both ? Frames : 0), "compared", c->compared);
	r->maintenance = c->maintenance;
	r->clocks = weir_session_clocks(s);
	weir_session_free(s);
}

/* What firmware does takes effect between the same frames whether time is skipped or not. */
static void same(const struct run *a, const struct run *b)
{
	for (uint64_t i = 0; i < Frames; i++)
		check(a->fate[i] == b->fate[i] && a->reason[i] == b->reason[i] && a->threshold[i] == b->threshold[i] &&
		      a->measured[i] == b->measured[i], "another verdict without skipping", i);
	check(a->notice_us == b->notice_us, "another time of the notice", b->notice_us);
}

int main(int argc, char **argv)
{
	static struct run skipped, whole;
	char detail[400];
	bool gmii = argc > 2 && !strcmp(argv[2], "--gmii");

	if (argc < 2 || weir_image_read(argv[1], image, &words, detail, sizeof(detail))) {
		fprintf(stderr, "usage: rtl-firmware PROBE [--gmii]\n%s\n", argc < 2 ? "" : detail);
		return EXIT_FAILURE;
	}
	run(&skipped, gmii, true, false);
	check(skipped.notices == 1 && skipped.notice_us >= 4 * PeriodUs && skipped.notice_us < 5 * PeriodUs, "notice",
	      skipped.notice_us);
	check(skipped.periods >= 5 && skipped.maintenance >= 6 * skipped.periods - 6, "periods", skipped.periods);
	check(skipped.dropped > 20 && skipped.dropped < Frames, "dropped by the meter that it moves", skipped.dropped);
	if (!gmii) {
		run(&whole, gmii, false, true);
		same(&skipped, &whole);
		check(skipped.clocks < whole.clocks / 2, "clocks with skipping", skipped.clocks);
	}
	printf("%u periods of the firmware, %" PRIu64 " entries read and written, %" PRIu64 " frames dropped; %" PRIu64
	       " clocks, %" PRIu64 " without skipping\n", skipped.periods, skipped.maintenance, skipped.dropped, skipped.clocks,
	       whole.clocks);
	printf("rtl-firmware: %" PRIu64 " checks, %" PRIu64 " failed\n", checks, failed);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
