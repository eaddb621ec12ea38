// SPDX-License-Identifier: Apache-2.0
/* model-random [--state] COUNT [SEED]: random frames, configurations, rules and times through the model, under
 * sanitizers; with --state most frames are of TCP conversations, and state is configured. Two models judge each frame, one with sweep steps in between and one without: what
 * they find must be equal, for a sweep never changes a verdict, nor a peak. */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "random_frame.h"
#include "random_peaks.h"
#include "random_rules.h"
#include "random_talk.h"
#include "host/common/lists.h"
#include "sim/model/weir_model.h"
#include "sim/tests/model_setup.h"

#define FRAME_MIN 60u
#define FRAMES_PER_POLICY 5000u
#define FRAMES_PER_STATE_POLICY 2000u
#define JUMP_LOG2_US 50u
#define STATE_JUMP_LOG2_US 36u      /* 2^32 units of 2^20 us are not to be passed: then nothing is adopted */
#define SWEEP_ENTRIES 1024u

struct run {
	struct weir_prng p;
	struct weir_model *swept, *plain;
	bool state;
	struct weir_random_talks talks;
	struct weir_hash hash;
	unsigned rule_set;      /* in force */
	uint64_t ruled;         /* frames to which a rule applied */
	uint64_t events[WEIR_EVENTS], reasons[256], answers;
	uint32_t trips, ends, told;   /* trips, ends; legit, proven, flood (three bits) */
	uint64_t now_us;
	uint64_t checks, failed;
	uint64_t verdicts[WEIR_VERDICTS];
	uint64_t seen[2];       /* anomalies that came up at least once */
	uint32_t classes;
	uint64_t lengths[(WEIR_RANDOM_FRAME_MAX + 64) / 64];
};

static void fail(struct run *r, const char *what, const struct weir_record *a)
{
	char text[2048];

	r->failed++;
	printf("%s: %s\n", what, weir_record_format(a, text, sizeof(text)));
}

/** What holds for every record. */
static void check_record(struct run *r, const struct weir_record *a)
{
	r->checks++;
	if (a->verdict != WEIR_VERDICT_pass && a->verdict != WEIR_VERDICT_drop &&
	    a->verdict != WEIR_VERDICT_demote && a->verdict != WEIR_VERDICT_consume &&
	    a->verdict != WEIR_VERDICT_divert && !(r->state && a->verdict == WEIR_VERDICT_answer))
		fail(r, "verdict", a);
	if ((a->verdict == WEIR_VERDICT_pass) !=
	    (a->reason == WEIR_REASON_pass || a->reason == WEIR_REASON_bypass ||
	     a->reason == WEIR_REASON_rule_allow))
		fail(r, "reason", a);
	if ((a->verdict == WEIR_VERDICT_divert) != (a->reason == WEIR_REASON_rule_divert))
		fail(r, "divert", a);
	if ((a->reason >= WEIR_REASON_rule_block && a->reason <= WEIR_REASON_rule_allow && !a->rule) ||
	    a->rule > 32 + 2048 || (a->rule && (!a->l3_valid || a->exempt)))
		fail(r, "rule", a);
	if (a->l4_valid && !a->l4_proto_valid)
		fail(r, "l4_valid", a);
	if (!weir_record_has_class(a, WEIR_CLASS_all))
		fail(r, "class all", a);
	if (a->dir && (a->trips | a->ends) & 0x7f)
		fail(r, "outbound key", a);
}

static void sweep(struct run *r)
{
	uint32_t first = (uint32_t)weir_prng_below(&r->p, SWEEP_ENTRIES);
	uint32_t n = (uint32_t)weir_prng_below(&r->p, SWEEP_ENTRIES + 1);

	weir_model_time(r->swept, r->now_us);
	for (uint32_t i = 0; i < n; i++)
		weir_model_sweep(r->swept, (first + i) % SWEEP_ENTRIES);
}

static void pass_time(struct run *r)
{
	unsigned kind = (unsigned)weir_prng_below(&r->p, 1000);

	if (kind < 900)
		r->now_us += weir_prng_below(&r->p, 50);
	else if (kind < 990)
		r->now_us += weir_prng_below(&r->p, 20000);
	else if (kind < 998)
		r->now_us += weir_prng_below(&r->p, 3000000);
	else
		r->now_us += weir_prng_below(&r->p, UINT64_C(1) << weir_prng_below(&r->p, r->state ? STATE_JUMP_LOG2_US : JUMP_LOG2_US));
}

/** The answers of both models. */
static void check_answers(struct run *r, const struct weir_record *a)
{
	uint8_t answer[2][WEIR_ANSWER_MAX];
	unsigned len = weir_model_answer(r->swept, answer[0]);

	if (weir_model_answer(r->plain, answer[1]) != len || memcmp(answer[0], answer[1], len) ||
	    (len != 0) != (a->verdict == WEIR_VERDICT_answer) || len > a->len)
		fail(r, "answer", a);
	if (!len)
		return;
	r->answers++;
	weir_random_talks_answer(&r->talks, answer[0], len);
}

/** A host's write of an entry of state, the same in both. */
static void write_entry(struct run *r)
{
	struct weir_prng copy = r->p;

	weir_model_time(r->swept, r->now_us);
	weir_model_time(r->plain, r->now_us);
	setup_random_entry(r->swept, &copy);
	setup_random_entry(r->plain, &r->p);
}

static void write_both(void *ctx, uint32_t addr, uint32_t value)
{
	struct run *r = ctx;

	r->failed += weir_model_write(r->swept, addr, value) || weir_model_write(r->plain, addr, value);
}

/** Other rules into the set that is not in force, and then it is. */
static void swap_rules(struct run *r)
{
	r->rule_set = !r->rule_set;
	weir_random_rules(&r->p, &r->hash, r->rule_set, write_both, r);
	weir_random_rules_cfg(&r->p, r->rule_set, write_both, r);
}

/** What both have of a peak is equal, and so is what a write leaves. */
static void access_peak(struct run *r, const struct weir_random_peak *a)
{
	struct weir_random_peak swept = *a, plain = *a;

	weir_random_peak_model(r->swept, &swept);
	weir_random_peak_model(r->plain, &plain);
	if (a->write)
		return;
	r->checks++;
	if (swept.word[0] != plain.word[0] || swept.word[1] != plain.word[1]) {
		r->failed++;
		printf("peak %u: %08x %08x\n", a->index, swept.word[0], plain.word[0]);
	}
}

static void random_peak(struct run *r)
{
	struct weir_random_peak a;

	weir_random_peak_choose(&r->p, &a);
	access_peak(r, &a);
}

static void all_peaks(struct run *r)
{
	for (uint32_t i = 0; i < WEIR_PEAKS; i++)
		access_peak(r, &(struct weir_random_peak){ .index = i });
}

static void one_frame(struct run *r)
{
	uint8_t buf[WEIR_RANDOM_FRAME_MAX], *exact;
	struct weir_record a, b;
	uint32_t known, len;
	int dir = !weir_prng_below(&r->p, 4);
	char text[1024];

	if (r->state && weir_prng_below(&r->p, 8))
		known = len = (uint32_t)weir_random_talks_frame(&r->talks, &r->p, buf, &dir);
	else
		len = (uint32_t)weir_random_frame(&r->p, buf, sizeof(buf), &known);
	r->lengths[len / 64] |= UINT64_C(1) << (len % 64);
	/* A buffer without a spare byte, so that the sanitizer sees a read beyond the known ones. */
	exact = malloc(known ? known : 1);
	if (!exact)
		abort();
	memcpy(exact, buf, known);
	if (weir_model_refuse(r->swept, exact, len, known, dir)) {
		free(exact);
		return;
	}
	if (len < FRAME_MIN) {
		exact = realloc(exact, FRAME_MIN);
		if (!exact)
			abort();
		memset(exact + known, 0, FRAME_MIN - known);
		if (known == len)
			known = FRAME_MIN;
		len = FRAME_MIN;
	}
	pass_time(r);
	if (!weir_prng_below(&r->p, 500))
		sweep(r);
	if (r->state && !weir_prng_below(&r->p, 50))
		write_entry(r);
	if (!weir_prng_below(&r->p, 20))
		random_peak(r);
	memset(&a, 0xaa, sizeof(a));
	memset(&b, 0x55, sizeof(b));
	weir_model_packet(r->swept, exact, len, known, dir, r->now_us, &a);
	weir_model_packet(r->plain, exact, len, known, dir, r->now_us, &b);
	free(exact);
	check_record(r, &a);
	if (weir_record_compare(&a, &b, text, sizeof(text))) {
		fail(r, text, &a);
		if (r->failed > 10)
			exit(EXIT_FAILURE);
	}
	check_answers(r, &a);
	r->verdicts[a.verdict]++;
	r->events[a.event]++;
	r->reasons[a.reason]++;
	r->ruled += a.rule != 0;
	r->trips |= a.trips;
	r->ends |= a.ends;
	r->told |= (uint32_t)(a.legit | a.proven << 1 | a.flood << 2);
	r->seen[0] |= a.anomalies[0];
	r->seen[1] |= a.anomalies[1];
	r->classes |= a.classes;
}

/** The same new policy for both models. */
static void new_policy(struct run *r)
{
	struct weir_prng copy = r->p;

	weir_model_time(r->swept, r->now_us);
	weir_model_time(r->plain, r->now_us);
	all_peaks(r);
	/* A longer timeout brings expired entries back, but for those that were swept away. */
	for (uint32_t i = 0; i < SWEEP_ENTRIES; i++) {
		weir_model_sweep(r->swept, i);
		weir_model_sweep(r->plain, i);
	}
	setup_defaults(r->swept);
	setup_defaults(r->plain);
	setup_random(r->swept, &copy);
	setup_random(r->plain, &r->p);
	if (r->state) {
		copy = r->p;
		setup_random_state(r->swept, &copy, r->now_us);
		setup_random_state(r->plain, &r->p, r->now_us);
		if (!weir_prng_below(&r->p, 4)) {
			copy = r->p;
			setup_fill_connections(r->swept, &copy, r->now_us);
			setup_fill_connections(r->plain, &r->p, r->now_us);
		}
	}
	swap_rules(r);
	setup_bypass(r->swept, 0);
	setup_bypass(r->plain, 0);
}

/** The frames must have reached every part of the parser. */
static void check_reach(struct run *r)
{
	unsigned missing = 0, lengths = 0;

	for (unsigned i = 0; i < WEIR_ANOMALIES; i++)
		if (!(r->seen[i / 64] >> (i % 64) & 1) && ++missing)
			printf("never: %s\n", weir_anomaly_name(i));
	for (unsigned i = 0; i < WEIR_CLASSES; i++)
		if (!(r->classes >> i & 1) && ++missing)
			printf("never: class %s\n", weir_class_name(i));
	for (unsigned i = 1; i <= WEIR_RANDOM_FRAME_MAX; i++)
		lengths += r->lengths[i / 64] >> (i % 64) & 1;
	for (unsigned reason = WEIR_REASON_rule_block; reason <= WEIR_REASON_rule_allow; reason++) {
		printf("%s %" PRIu64 ", ", weir_reason_name(reason), r->reasons[reason]);
		missing += !r->reasons[reason];
	}
	printf("of %" PRIu64 " frames with a rule\n", r->ruled);
	printf("%u different lengths; pass %" PRIu64 ", drop %" PRIu64 ", demote %" PRIu64
	       ", consume %" PRIu64 "\n", lengths, r->verdicts[WEIR_VERDICT_pass],
	       r->verdicts[WEIR_VERDICT_drop], r->verdicts[WEIR_VERDICT_demote],
	       r->verdicts[WEIR_VERDICT_consume]);
	r->checks++;
	r->failed += missing != 0 || lengths < 2000;
}

/** With --state: every event, every reason of state. */
static void check_reach_state(struct run *r)
{
	static const uint8_t reasons[] = {
		WEIR_REASON_conn_none, WEIR_REASON_conn_state, WEIR_REASON_conn_window, WEIR_REASON_full_connection,
		WEIR_REASON_icmp_quote, WEIR_REASON_syn_flood, WEIR_REASON_syn_challenge, WEIR_REASON_syn_first,
		WEIR_REASON_syn_proof, WEIR_REASON_zombie_limit, WEIR_REASON_source_score,
	};
	unsigned missing = r->trips >> 15 != 7 || r->ends >> 15 != 7 || r->told != 31;

	for (unsigned i = 0; i < WEIR_EVENTS; i++) {
		printf("%s %" PRIu64 "%s", weir_event_name(i), r->events[i], i + 1 < WEIR_EVENTS ? ", " : "\n");
		missing += !r->events[i];
	}
	for (unsigned i = 0; i < sizeof(reasons); i++) {
		printf("%s %" PRIu64 ", ", weir_reason_name(reasons[i]), r->reasons[reasons[i]]);
		missing += !r->reasons[reasons[i]];
	}
	printf("%" PRIu64 " answers; SYN trips %u, ends %u; legit, proven, flood %x\n", r->answers, r->trips >> 15,
	       r->ends >> 15, r->told);
	r->checks++;
	r->failed += missing != 0;
}

int main(int argc, char **argv)
{
	static struct run r;
	uint64_t count, seed;

	if (argc > 1 && !strcmp(argv[1], "--state")) {
		r.state = true;
		argc--;
		argv++;
	}
	count = argc > 1 ? strtoull(argv[1], NULL, 0) : 200000;
	seed = argc > 2 ? strtoull(argv[2], NULL, 0) : 1;
	weir_random_talks_init(&r.talks);
	weir_prng_seed(&r.p, seed, 0);
	setup_hash(&r.hash);
	r.swept = weir_model_new();
	r.plain = weir_model_new();
	if (!r.swept || !r.plain)
		return EXIT_FAILURE;
	for (uint64_t i = 0; i < count; i++) {
		if (i % (r.state ? FRAMES_PER_STATE_POLICY : FRAMES_PER_POLICY) == 0)
			new_policy(&r);
		one_frame(&r);
	}
	if (count >= 100000 && !r.state)
		check_reach(&r);
	if (count >= 100000 && r.state)
		check_reach_state(&r);
	weir_model_free(r.swept);
	weir_model_free(r.plain);
	printf("model-random: %" PRIu64 " checks, %" PRIu64 " failed\n", r.checks, r.failed);
	return r.failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
