// SPDX-License-Identifier: Apache-2.0
/* rtl-random [--gmii] [--state] [COUNT [SEED]]: random frames, configurations, rules and times through RTL (stream depth, or at the GMII
 * pins) and model (with --state most frames are of TCP conversations, and state is configured; at stream depth other rules come into force
 * now and then); every record and every frame that leaves is compared. The model refuses, and judges, by itself; only
 * `egress_full` comes from the RTL, and at the GMII pins the order of the two sides, and the stamps.
 *
 * Peaks are read and written while frames are on their way through the RTL, now and then closely one behind the other. The model has
 * the same access between the same two frames: it judges a frame when the RTL's record of it comes. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "random_frame.h"
#include "random_peaks.h"
#include "random_rules.h"
#include "random_talk.h"
#include "sim/engine/rtl_sim.h"
#include "host/common/lists.h"
#include "sim/model/weir_model.h"
#include "sim/tests/model_setup.h"
#include "weir/weir_regs.h"

enum { FrameMin = 60, FrameMax = 2047, FramesPerPolicy = 4000, FramesPerRules = 800, MaxShown = 10, Window = 1024,
	FramesPerPeak = 8, FramesPerBurst = 500, LongestBurst = 200 };

struct expected {
	struct weir_record rec;
	bool refused;
	int dir;
	uint32_t len, known;
	uint64_t stamp_us;      /* at the GMII pins only the RTL knows */
	unsigned answer_len;
	uint8_t answer[WEIR_ANSWER_MAX];
	uint8_t bytes[WEIR_RANDOM_FRAME_MAX];
};

struct run {
	struct weir_prng p;
	struct weir_model *model;
	struct weir_rtl_sim *rtl;
	uint64_t seed, policy, now_ns;
	bool gmii, state;
	struct weir_random_talks talks;
	struct weir_hash hash;
	unsigned rule_set;      /* in force */
	uint64_t swaps, ruled;  /* frames to which a rule applied */
	uint64_t peaks, peaks_alive, overtaken;   /* read; that were not 0; frames that were inside meanwhile */
	bool accessing;         /* a peak */
	uint32_t seqno;         /* of the last record */
	unsigned burst;         /* frames left of it */
	uint64_t checks, failed, left, refused, egress_full, answered;
	uint64_t verdicts[WEIR_VERDICTS];
	struct expected window[Window]; /* by cookie; cleared when the hardware has answered */
	uint64_t submitted;
};

static void fail(struct run *r, uint64_t cookie, const char *what, const char *detail)
{
	if (r->failed++ < MaxShown)
		printf("seed %" PRIu64 " policy %" PRIu64 " frame %" PRIu64 ": %s: %s\n", r->seed, r->policy,
		       cookie, what, detail);
}

static void judge(struct run *r, struct expected *e, uint64_t stamp_us)
{
	weir_model_packet(r->model, e->bytes, e->len, e->known, e->dir, stamp_us, &e->rec);
	e->answer_len = weir_model_answer(r->model, e->answer);
	weir_random_talks_answer(&r->talks, e->answer, e->answer_len);
}

static void on_record(void *ctx, uint64_t cookie, const struct weir_record *rec)
{
	struct run *r = ctx;
	struct expected *e = &r->window[cookie % Window];
	char text[2048];

	r->checks++;
	r->seqno = rec->seqno;
	r->overtaken += r->accessing;
	r->ruled += rec->rule != 0;
	r->verdicts[rec->verdict % WEIR_VERDICTS]++;
	if (e->refused) {
		fail(r, cookie, "the model refuses it", weir_record_format(rec, text, sizeof(text)));
		return;
	}
	judge(r, e, r->gmii ? rec->stamp_us : e->stamp_us);
	if (weir_record_compare(&e->rec, rec, text, sizeof(text))) {
		fail(r, cookie, "model-rtl", text);
		if (r->failed <= MaxShown)
			printf("  model: %s\n", weir_record_format(&e->rec, text, sizeof(text)));
	}
}

static void on_refused(void *ctx, uint64_t cookie)
{
	struct run *r = ctx;

	r->checks++;
	r->refused++;
	if (!r->window[cookie % Window].refused)
		fail(r, cookie, "refused", "the model does not");
}

static void on_egress_full(void *ctx, uint64_t cookie)
{
	struct run *r = ctx;

	(void)cookie;
	r->egress_full++;
}

static void on_out(void *ctx, uint64_t cookie, int side, const uint8_t *frame, uint32_t len, uint64_t time_ns,
		   uint64_t latency_ns)
{
	struct run *r = ctx;

	(void)cookie;
	(void)side;
	(void)frame;
	(void)len;
	(void)time_ns;
	(void)latency_ns;
	r->checks++;
	r->left++;
}

static void on_stray(void *ctx, int side, const uint8_t *frame, uint32_t len, uint64_t time_ns)
{
	char text[64];

	(void)frame;
	(void)time_ns;
	snprintf(text, sizeof(text), "side %d, %u bytes", side, len);
	fail(ctx, 0, "a frame left that is not the next one", text);
}

static void on_answered(void *ctx, uint64_t cookie, int side, const uint8_t *frame, uint32_t len, uint64_t time_ns,
			uint64_t latency_ns)
{
	struct run *r = ctx;
	const struct expected *e = &r->window[cookie % Window];

	(void)side;
	(void)time_ns;
	(void)latency_ns;
	r->checks++;
	r->answered++;
	if (len != e->answer_len || memcmp(frame, e->answer, len))
		fail(r, cookie, "answer", "not that of the model");
}

/* What was done to a peak of the RTL is done to the model's, here between the same two frames. */
static void on_maint(void *ctx, const struct weir_maint *m)
{
	struct run *r = ctx;
	struct weir_random_peak a = { .index = m->index, .write = m->write, .word = { m->word[0], m->word[1] } };
	char text[128];

	if (m->target != WEIR_TARGET_PEAK)
		return;
	weir_random_peak_model(r->model, &a);
	r->checks++;
	if (m->seqno != r->seqno) {
		snprintf(text, sizeof(text), "behind frame %u, and %u was the last record", m->seqno, r->seqno);
		fail(r, r->submitted, "peak", text);
	}
	if (m->write)
		return;
	r->peaks++;
	r->peaks_alive += a.word[0] || a.word[1];
	r->checks++;
	if (a.word[0] == m->word[0] && a.word[1] == m->word[1])
		return;
	snprintf(text, sizeof(text), "%u behind frame %u: model %x.%08x rtl %x.%08x", m->index, m->seqno, a.word[1], a.word[0],
		 m->word[1], m->word[0]);
	fail(r, r->submitted, "peak model-rtl", text);
}

static const struct weir_rtl_events events = {
	.record = on_record, .refused = on_refused, .egress_full = on_egress_full, .out = on_out,
	.stray = on_stray, .answered = on_answered, .maint = on_maint,
};

/* The RTL gets what the model says that it has. */
static void copy(struct run *r, uint32_t from, uint32_t end)
{
	uint32_t addr, value;

	for (addr = from; addr < end; addr += 4)
		if (!weir_model_read(r->model, addr, &value) && weir_rtl_write(r->rtl, addr, value))
			fail(r, addr, "register write", "refused by the RTL");
}

static void copy_entries(struct run *r, uint32_t base, uint32_t count)
{
	uint32_t i, word, value[8], any;

	for (i = 0; i < count; i++) {
		for (any = 0, word = 0; word < 8; word++) {
			value[word] = 0;
			weir_model_read(r->model, base + 0x20 * i + 4 * word, &value[word]);
			any |= value[word];
		}
		for (word = 0; any && word < 8; word++)
			if (weir_rtl_write(r->rtl, base + 0x20 * i + 4 * word, value[word]))
				fail(r, base + 0x20 * i, "entry write", "refused by the RTL");
	}
}

/* The keys of cookies cannot be read back. */
static void set_cookie_key(struct run *r, uint32_t base)
{
	for (uint32_t i = 0; i < 8; i++) {
		uint32_t word = i < 4 ? (uint32_t)weir_prng_next(&r->p) : 0;

		weir_model_write(r->model, base + 4 * i, word);
		weir_rtl_write(r->rtl, base + 4 * i, word);
	}
}

static void write_both(void *ctx, uint32_t addr, uint32_t value)
{
	struct run *r = ctx;

	if (weir_model_write(r->model, addr, value) || weir_rtl_write(r->rtl, addr, value))
		fail(r, addr, "register write", "refused");
}

/* Other rules into the set that is not in force, and then it is. */
static void swap_rules(struct run *r)
{
	unsigned other = !r->rule_set;

	weir_random_rules(&r->p, &r->hash, other, write_both, r);
	weir_random_rules_cfg(&r->p, other, write_both, r);
	r->rule_set = other;
	r->swaps++;
}

static void access_peak(struct run *r, const struct weir_random_peak *a)
{
	uint32_t word[2] = { 0 };
	uint64_t done = r->peaks;
	int rc = 0;

	r->accessing = true;
	for (uint32_t i = 0; i < (a->write ? 8 : 2) && !rc; i++) {
		uint32_t addr = WEIR_REG_PEAK(a->index) + 4 * i;

		rc = a->write ? weir_rtl_write(r->rtl, addr, i < 2 ? a->word[i] : 0) : weir_rtl_read(r->rtl, addr, &word[i]);
	}
	r->accessing = false;
	if (rc || r->peaks != done + !a->write)
		fail(r, r->submitted, "peak", "no access in the RTL");
}

static void random_peak(struct run *r)
{
	struct weir_random_peak a;

	weir_random_peak_choose(&r->p, &a);
	access_peak(r, &a);
}

static void all_peaks(struct run *r)
{
	for (uint32_t i = 0; i < WEIR_REG_PEAK_COUNT; i++)
		access_peak(r, &(struct weir_random_peak){ .index = i });
}

static void configure_state(struct run *r)
{
	setup_random_state(r->model, &r->p, r->now_ns / 1000);
	copy_entries(r, WEIR_REG_STATE_CFG_CONNECTION, 4);
	copy_entries(r, WEIR_REG_STATE_CFG_ZOMBIE, 1);
	set_cookie_key(r, WEIR_REG_STATE_CFG_COOKIE_KEY(0));
	set_cookie_key(r, WEIR_REG_STATE_CFG_COOKIE_KEY(1));
	weir_random_talks_init(&r->talks);
}

static bool policy_begin(struct run *r)
{
	const struct weir_rtl_options options = { .gmii = r->gmii };
	uint32_t i, key[WEIR_HASH_KEY_WORDS];

	r->policy++;
	r->seqno = 0;
	r->model = weir_model_new();
	r->rtl = weir_rtl_open(&options, &events, r);
	if (!r->model || !r->rtl)
		return false;
	r->now_ns = UINT64_C(1700000000000000000) + weir_prng_below(&r->p, UINT64_C(1) << 60);
	setup_random(r->model, &r->p);
	weir_model_write(r->model, WEIR_REG_CTRL, 0);
	copy(r, WEIR_REG_MAX_FRAME, WEIR_REG_HASH_KEY(0));
	for (i = 0; i < WEIR_REG_HASH_KEY_COUNT; i++) { /* write-only */
		key[i] = (uint32_t)weir_prng_next(&r->p);
		write_both(r, WEIR_REG_HASH_KEY(i), key[i]);
	}
	weir_hash_key_set(&r->hash, key);
	if (r->state)
		configure_state(r);
	copy_entries(r, WEIR_REG_BYPASS, 1);
	copy_entries(r, WEIR_REG_METER_CFG(0), WEIR_REG_METER_CFG_COUNT);
	copy_entries(r, WEIR_REG_TABLE_CFG(0), WEIR_REG_TABLE_CFG_COUNT);
	copy_entries(r, WEIR_REG_ANOMALY_CFG(0), WEIR_REG_ANOMALY_CFG_COUNT);
	copy_entries(r, WEIR_REG_TABLE_REMOTE(0), WEIR_REG_TABLE_REMOTE_COUNT);
	copy_entries(r, WEIR_REG_TABLE_PAIR(0), WEIR_REG_TABLE_PAIR_COUNT);
	copy_entries(r, WEIR_REG_TABLE_CLASS(0), WEIR_REG_TABLE_CLASS_COUNT);
	copy_entries(r, WEIR_REG_TABLE_ADDRESS(0), WEIR_REG_TABLE_ADDRESS_COUNT);
	copy_entries(r, WEIR_REG_TABLE_PREFIX(0), WEIR_REG_TABLE_PREFIX_COUNT);
	copy_entries(r, WEIR_REG_TABLE_PORT(0), WEIR_REG_TABLE_PORT_COUNT);
	copy_entries(r, WEIR_REG_TABLE_UDP_SOURCE(0), WEIR_REG_TABLE_UDP_SOURCE_COUNT);
	r->rule_set = (unsigned)weir_prng_below(&r->p, 2);
	swap_rules(r);
	weir_model_write(r->model, WEIR_REG_CTRL, WEIR_REG_CTRL_RUN_MASK);
	return !weir_rtl_write(r->rtl, WEIR_REG_CTRL, WEIR_REG_CTRL_RUN_MASK);
}

/* Counters are exact, so they are compared, and rules with their hits; entries of tables are not (a sweep may have freed an expired
 * one). */
static void compare_counters(struct run *r, const char *what, uint32_t base, uint32_t count)
{
	uint32_t i, word, model, rtl;
	char text[64];

	for (i = 0; i < count; i++)
		for (word = 0; word < 4; word++) {
			model = rtl = 0;
			weir_model_read(r->model, base + 0x20 * i + 4 * word, &model);
			weir_rtl_read(r->rtl, base + 0x20 * i + 4 * word, &rtl);
			r->checks++;
			if (model == rtl)
				continue;
			snprintf(text, sizeof(text), "%u.%u: %u %u", i, word, model, rtl);
			fail(r, r->submitted, what, text);
		}
}

static void policy_end(struct run *r)
{
	int rc = weir_rtl_run(r->rtl);
	char text[64];

	all_peaks(r);
	all_peaks(r);   /* 0 now */
	compare_counters(r, "counter model-rtl", WEIR_REG_COUNTER0(0), WEIR_REG_COUNTER0_COUNT);
	compare_counters(r, "counter model-rtl", WEIR_REG_COUNTER1(0), WEIR_REG_COUNTER1_COUNT);
	compare_counters(r, "prefix rule model-rtl", WEIR_REG_RULE_PREFIX(0), WEIR_REG_RULE_PREFIX_COUNT);
	compare_counters(r, "exact rule model-rtl", WEIR_REG_RULE_EXACT(0), WEIR_REG_RULE_EXACT_COUNT);

	if (rc) {
		snprintf(text, sizeof(text), "%d", rc);
		fail(r, r->submitted, "frames that got no verdict or did not leave (or error)", text);
	}
	weir_rtl_close(r->rtl);
	weir_model_free(r->model);
}

static void pass_time(struct run *r)
{
	unsigned kind = (unsigned)weir_prng_below(&r->p, 1000);

	if (!r->burst && !weir_prng_below(&r->p, FramesPerBurst))
		r->burst = 1 + (unsigned)weir_prng_below(&r->p, LongestBurst);
	if (r->burst) {
		r->burst--;
		r->now_ns += weir_prng_below(&r->p, 200);
		return;
	}
	if (kind < 900)
		r->now_ns += weir_prng_below(&r->p, 20000);
	else if (kind < 990)
		r->now_ns += weir_prng_below(&r->p, 100000);
	else if (kind < 996)
		r->now_ns += weir_prng_below(&r->p, 3000000000);
	else if (kind < 997)
		r->now_ns += weir_prng_below(&r->p, UINT64_C(1) << weir_prng_below(&r->p, 56));
}

static int one_frame(struct run *r)
{
	struct expected *e = &r->window[r->submitted % Window];

	e->dir = !weir_prng_below(&r->p, 4);
	if (r->state && weir_prng_below(&r->p, 8))
		e->known = e->len = (uint32_t)weir_random_talks_frame(&r->talks, &r->p, e->bytes, &e->dir);
	else
		e->len = (uint32_t)weir_random_frame(&r->p, e->bytes, sizeof(e->bytes), &e->known);
	if (e->len < FrameMin) {
		memset(e->bytes + e->len, 0, FrameMin - e->len);
		if (e->known == e->len)
			e->known = FrameMin;
		e->len = FrameMin;
	}
	if (e->len > FrameMax)
		return 0;
	if (r->gmii)
		e->known = e->len;
	if (!r->gmii && r->submitted % FramesPerRules == FramesPerRules - 1) {
		int rc = weir_rtl_run(r->rtl);

		if (rc)
			return rc < 0 ? rc : -EIO;
		/* The egress may have taken longer than the next frame would wait. */
		if (r->now_ns < weir_rtl_time_ns(r->rtl))
			r->now_ns = weir_rtl_time_ns(r->rtl);
		all_peaks(r);
		swap_rules(r);
	}
	if (!weir_prng_below(&r->p, FramesPerPeak))
		random_peak(r);
	pass_time(r);
	e->refused = weir_model_refuse(r->model, e->bytes, e->len, e->known, e->dir) != 0;
	e->stamp_us = r->now_ns / 1000;
	return weir_rtl_submit(r->rtl, e->bytes, e->len, e->known, e->dir, r->now_ns, r->submitted++);
}

int main(int argc, char **argv)
{
	static struct run r;
	uint64_t i, count;
	int rc = 0;

	for (; argc > 1 && argv[1][0] == '-'; argc--, argv++) {
		r.gmii |= !strcmp(argv[1], "--gmii");
		r.state |= !strcmp(argv[1], "--state");
	}
	count = argc > 1 ? strtoull(argv[1], NULL, 0) : 20000;
	r.seed = argc > 2 ? strtoull(argv[2], NULL, 0) : 1;
	weir_prng_seed(&r.p, r.seed, 77);
	for (i = 0; i < count && !rc; i++) {
		if (i % FramesPerPolicy == 0) {
			if (i)
				policy_end(&r);
			if (!policy_begin(&r)) {
				fprintf(stderr, "rtl-random: the hardware does not start\n");
				return 1;
			}
		}
		rc = one_frame(&r);
	}
	if (rc)
		fail(&r, i, "submit", strerror(-rc));
	else if (count)
		policy_end(&r);
	printf("%" PRIu64 " frames: %" PRIu64 " passed, %" PRIu64 " dropped, %" PRIu64 " demoted, %" PRIu64
	       " consumed, %" PRIu64 " refused, %" PRIu64 " answered, %" PRIu64 " diverted, %" PRIu64 " left, %" PRIu64 " found the egress full; %" PRIu64
	       " met a rule, %" PRIu64 " sets of rules; %" PRIu64 " peaks read, %" PRIu64 " not 0, %" PRIu64 " frames left the slots meanwhile\n",
	       r.submitted,
	       r.verdicts[WEIR_VERDICT_pass], r.verdicts[WEIR_VERDICT_drop], r.verdicts[WEIR_VERDICT_demote],
	       r.verdicts[WEIR_VERDICT_consume], r.refused, r.answered, r.verdicts[WEIR_VERDICT_divert], r.left, r.egress_full,
	       r.ruled, r.swaps, r.peaks, r.peaks_alive, r.overtaken);
	printf("rtl-random: %" PRIu64 " checks, %" PRIu64 " failed\n", r.checks, r.failed);
	return r.failed ? 1 : 0;
}
