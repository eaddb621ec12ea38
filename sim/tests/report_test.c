// SPDX-License-Identifier: Apache-2.0
/* A run's bookkeeping against an engine that misbehaves on order, and what is reported of it. */
#define _GNU_SOURCE
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/tests/check_run.h"
#include "sim/engine/session.h"
#include "sim/report/detect.h"
#include "sim/report/stats.h"
#include "sim/report/timeline.h"
#include "sim/report/trace.h"

/* What the fake engine does with the frame of each number. */
enum act {
	Pass, Drop, Demote, Lose, NoVerdict, Change, Twice, Late, Full, Refuse, Wrong, Invent, Hang,
	Uncalled,   /* an answer to a frame that passes */
	Answer, AnswerFull, AnswerLost, AnswerTwice, AnswerAcross, AnswerLate, AnswerChanged, AnswerLong, AnswerAlone, AnswerItself,
};

struct weir_engine {
	const struct weir_engine_events *events;
	void *ctx;
	uint64_t frames;
	struct weir_engine_frame late;
	uint8_t late_bytes[2048];
};

enum { ScriptMax = 4096, AnswerLen = 60 };
static enum act script[ScriptMax];

static int fake_open(const struct weir_engine_options *o, const struct weir_engine_events *events, void *ctx,
		     struct weir_engine **ret)
{
	(void)o;
	*ret = calloc(1, sizeof(**ret));
	(*ret)->events = events;
	(*ret)->ctx = ctx;
	return 0;
}

static int fake_write(struct weir_engine *e, uint32_t addr, uint32_t value)
{
	(void)e;
	(void)value;
	return addr == 0xbad ? -EPERM : 0;
}

static int fake_read(struct weir_engine *e, uint32_t addr, uint32_t *ret_value)
{
	(void)e;
	(void)addr;
	*ret_value = 0;
	return 0;
}

static struct weir_record record_of(const struct weir_engine_frame *f, enum act act)
{
	struct weir_record r = { .seqno = (uint32_t)f->cookie, .len = (uint16_t)f->len, .dir = (uint8_t)f->side,
				 .stamp_us = f->arrival_ns / 1000 };

	r.verdict = act == Drop ? WEIR_VERDICT_drop : act == Demote ? WEIR_VERDICT_demote : WEIR_VERDICT_pass;
	if (act >= Answer)
		r.verdict = WEIR_VERDICT_answer;
	r.reason = act >= Answer ? WEIR_REASON_syn_challenge : act == Drop ? WEIR_REASON_meter_remote : WEIR_REASON_pass;
	return r;
}

static void leave(struct weir_engine *e, const struct weir_engine_frame *f, const uint8_t *bytes)
{
	e->events->out(e->ctx, f->cookie, 1 - f->side, bytes, f->len, f->arrival_ns + 500, 500);
}

static void answer(struct weir_engine *e, const struct weir_engine_frame *f, int side, uint32_t len, uint8_t last)
{
	uint8_t bytes[WEIR_ENGINE_ANSWER_MAX];

	memset(bytes, 0x5a, sizeof(bytes));
	bytes[len - 1] = last;
	e->events->answered(e->ctx, f->cookie, side, bytes, len, f->arrival_ns + 500, 500);
}

static int fake_submit(struct weir_engine *e, const struct weir_engine_frame *f)
{
	enum act act = script[f->cookie % ScriptMax];
	struct weir_record r = record_of(f, act);
	uint8_t changed[2048];

	e->frames++;
	if (act == Hang)
		return -ETIMEDOUT;
	if (act == Refuse) {
		e->events->refused(e->ctx, f->cookie, WEIR_REASON_oversize);
		return 0;
	}
	if (act == NoVerdict)
		return 0;
	e->events->record(e->ctx, f->cookie, &r);
	if (e->late.len) {
		/* The one before leaves only now, behind this one. */
		leave(e, f, f->bytes);
		if (script[e->late.cookie % ScriptMax] == AnswerLate)
			answer(e, &e->late, e->late.side, AnswerLen, 1);
		else
			leave(e, &e->late, e->late_bytes);
		e->late.len = 0;
		return 0;
	}
	switch (act) {
	case Late:
	case AnswerLate:
		e->late = *f;
		memcpy(e->late_bytes, f->bytes, f->len);
		break;
	case Full:
	case AnswerFull:
		e->events->egress_full(e->ctx, f->cookie);
		break;
	case Change:
		memcpy(changed, f->bytes, f->len);
		changed[f->len - 1] ^= 1;
		leave(e, f, changed);
		break;
	case Twice:
		leave(e, f, f->bytes);
		leave(e, f, f->bytes);
		break;
	case Invent:
		leave(e, f, f->bytes);
		e->events->stray(e->ctx, 1, f->bytes, f->len, 5);
		break;
	case Pass:
	case Demote:
		leave(e, f, f->bytes);
		break;
	case AnswerTwice:
		answer(e, f, f->side, AnswerLen, 1);
		answer(e, f, f->side, AnswerLen, 1);
		break;
	case AnswerChanged:
		answer(e, f, f->side, AnswerLen, 2);
		break;
	case AnswerLong:
		answer(e, f, f->side, WEIR_ENGINE_ANSWER_MAX, 1);
		break;
	case AnswerAcross:
		answer(e, f, 1 - f->side, AnswerLen, 1);
		break;
	case AnswerItself:
		leave(e, f, f->bytes);
		break;
	case Uncalled:
	case Answer:
	case AnswerAlone:
		answer(e, f, f->side, AnswerLen, 1);
		break;
	default:
		break;
	}
	return 0;
}

static int fake_finish(struct weir_engine *e)
{
	(void)e;
	return 0;
}

static void fake_table(struct weir_engine *e, unsigned table, struct weir_engine_table *ret)
{
	(void)e;
	(void)table;
	*ret = (struct weir_engine_table){ 0 };
}

static uint64_t fake_clocks(const struct weir_engine *e)
{
	return e->frames;
}

static void fake_close(struct weir_engine *e)
{
	free(e);
}

/* The second one: as the first, but for `Wrong`. */
static int second_submit(struct weir_engine *e, const struct weir_engine_frame *f)
{
	enum act act = script[f->cookie % ScriptMax];
	struct weir_record r = record_of(f, act);

	if (act == Refuse) {
		e->events->refused(e->ctx, f->cookie, WEIR_REASON_oversize);
		return 0;
	}
	if (act == Wrong)
		r.reason = WEIR_REASON_bypass;
	e->events->record(e->ctx, f->cookie, &r);
	if (r.verdict == WEIR_VERDICT_answer && act != AnswerAlone)
		answer(e, f, f->side, AnswerLen, 1);
	if (r.verdict == WEIR_VERDICT_pass || r.verdict == WEIR_VERDICT_demote)
		leave(e, f, f->bytes);
	return 0;
}

#define FAKE(name_, submit_) { .name = (name_), .open = fake_open, .write = fake_write, .read = fake_read, \
	.submit = (submit_), .finish = fake_finish, .table = fake_table, .clocks = fake_clocks, .close = fake_close }
static const struct weir_engine_ops first = FAKE("first", fake_submit), second = FAKE("second", second_submit);

struct seen {
	uint64_t fates[WEIR_FATES], outs, answers, problems;
	char last[4000];
};

static void on_fate(void *ctx, const struct weir_packet *p)
{
	struct seen *s = ctx;

	s->fates[p->fate]++;
}

static void on_out(void *ctx, int side, const uint8_t *frame, uint32_t len, uint64_t time_ns)
{
	struct seen *s = ctx;

	(void)side;
	(void)frame;
	(void)len;
	(void)time_ns;
	s->outs++;
}

static void on_answer(void *ctx, int side, const uint8_t *frame, uint32_t len, uint64_t time_ns)
{
	struct seen *s = ctx;

	(void)side;
	(void)frame;
	(void)len;
	(void)time_ns;
	s->answers++;
}

static void on_problem(void *ctx, const char *text)
{
	struct seen *s = ctx;

	s->problems++;
	snprintf(s->last, sizeof(s->last), "%s", text);
}

static const struct weir_session_sink sink = { .fate = on_fate, .out = on_out, .problem = on_problem,
					       .answer = on_answer };

static struct weir_session *start(struct seen *seen, bool compare)
{
	const struct weir_engine_options options = { .gmii = false };
	const struct weir_engine_ops *failed;
	struct weir_session *s;

	memset(seen, 0, sizeof(*seen));
	memset(script, 0, sizeof(script));
	ck_assert_int_eq(weir_session_new(&first, compare ? &second : NULL, &options, &sink, seen, &s, &failed), 0);
	return s;
}

static int offer(struct weir_session *s, uint64_t number, uint32_t captured, uint32_t wire_len)
{
	uint8_t bytes[2048];
	struct weir_input in = { .bytes = bytes, .captured = captured, .wire_len = wire_len, .side = number % 3 == 0,
				 .number = number, .time_ns = 1000 * number, .arrival_ns = 1000 * number + 600 };

	memset(bytes, (int)number, sizeof(bytes));
	return weir_session_submit(s, &in);
}

static void run_script(enum act act, bool compare, struct seen *seen, struct weir_session_counts *ret,
		       uint64_t *ret_unexplained)
{
	struct weir_session *s = start(seen, compare);

	script[5] = act;
	for (uint64_t i = 1; i <= 10; i++)
		ck_assert_int_eq(offer(s, i, 100, 100), 0);
	ck_assert_int_eq(weir_session_finish(s), 0);
	*ret = *weir_session_counts(s);
	*ret_unexplained = weir_session_unexplained(s);
	weir_session_free(s);
}

static const struct {
	enum act act;
	uint64_t passed, dropped, refused, lost, unexplained, mismatches, answered;
	bool differs;               /* only to be seen with a second engine */
} cases[] = {
	{ Pass, 10, 0, 0, 0, 0, 0, 0, false },
	{ Demote, 10, 0, 0, 0, 0, 0, 0, false },
	{ Drop, 9, 1, 0, 0, 0, 0, 0, false },
	{ Full, 9, 1, 0, 0, 0, 0, 0, false },
	{ Refuse, 9, 0, 1, 0, 0, 0, 0, false },
	{ Lose, 9, 0, 0, 1, 1, 0, 0, false },
	{ NoVerdict, 9, 0, 0, 1, 1, 0, 0, false },
	{ Twice, 10, 0, 0, 0, 1, 0, 0, false },
	{ Invent, 10, 0, 0, 0, 1, 0, 0, false },
	{ Change, 10, 0, 0, 0, 0, 1, 0, false },
	{ Wrong, 9, 0, 0, 1, 1, 1, 0, true },
	{ Uncalled, 9, 0, 0, 1, 2, 0, 0, false },
	{ Answer, 9, 0, 0, 0, 0, 0, 1, false },
	{ AnswerFull, 9, 1, 0, 0, 0, 0, 0, false },
	{ AnswerLost, 9, 0, 0, 1, 1, 0, 0, false },
	{ AnswerTwice, 9, 0, 0, 0, 1, 0, 1, false },
	{ AnswerAcross, 9, 0, 0, 1, 2, 0, 0, false },
	{ AnswerItself, 9, 0, 0, 1, 2, 0, 0, false },
	{ AnswerChanged, 9, 0, 0, 0, 0, 1, 1, true },
	{ AnswerLong, 9, 0, 0, 0, 0, 1, 1, true },
	{ AnswerAlone, 9, 0, 0, 0, 0, 1, 1, true },
};

START_TEST(test_accounts)
{
	uint64_t unexplained;
	struct seen seen;
	struct weir_session_counts c;

	for (int compare = 0; compare < 2; compare++) {
		run_script(cases[_i].act, compare, &seen, &c, &unexplained);
		ck_assert_uint_eq(c.offered, 10);
		ck_assert_uint_eq(c.fate[WEIR_FATE_PASSED], cases[_i].passed);
		ck_assert_uint_eq(c.fate[WEIR_FATE_DROPPED], cases[_i].dropped);
		ck_assert_uint_eq(c.fate[WEIR_FATE_REFUSED], cases[_i].refused);
		ck_assert_uint_eq(c.fate[WEIR_FATE_ANSWERED], cases[_i].answered);
		ck_assert_uint_eq(c.generated, cases[_i].answered);
		ck_assert_uint_eq(seen.answers, cases[_i].answered);
		ck_assert_uint_eq(c.fate[WEIR_FATE_LOST], cases[_i].lost);
		ck_assert_uint_eq(unexplained, cases[_i].unexplained);
		ck_assert_uint_eq(c.mismatches, cases[_i].differs && !compare ? 0 : cases[_i].mismatches);
		ck_assert_uint_eq(c.compared, compare ? 10 - (cases[_i].act == NoVerdict) : 0);
		for (int f = 0; f < WEIR_FATES; f++)
			ck_assert_uint_eq(seen.fates[f], c.fate[f]);
		ck_assert(seen.problems == c.mismatches + unexplained);
	}
}
END_TEST

START_TEST(test_order_of_queue)
{
	struct seen seen;
	struct weir_session *s = start(&seen, false);

	script[1] = Late;
	ck_assert_int_eq(offer(s, 1, 100, 100), 0);
	ck_assert_int_eq(offer(s, 2, 100, 100), 0);
	ck_assert_uint_eq(weir_session_counts(s)->mismatches, 1);
	ck_assert_ptr_nonnull(strstr(seen.last, "packet 1: left behind"));
	/* An answer stands in the lower queue of its own side, which is not that of what passes from there. */
	script[3] = AnswerLate; /* by the order of the offers */
	ck_assert_int_eq(offer(s, 7, 100, 100), 0);
	ck_assert_int_eq(offer(s, 8, 100, 100), 0);
	ck_assert_uint_eq(weir_session_counts(s)->mismatches, 1);
	script[5] = AnswerLate;
	script[6] = Demote;
	ck_assert_int_eq(offer(s, 10, 100, 100), 0);
	ck_assert_int_eq(offer(s, 12, 100, 100), 0);
	ck_assert_uint_eq(weir_session_counts(s)->mismatches, 2);
	ck_assert_ptr_nonnull(strstr(seen.last, "packet 10: its answer left behind"));
	/* The other queue may overtake. */
	script[7] = Late;
	script[8] = Demote;
	ck_assert_int_eq(offer(s, 13, 100, 100), 0);
	ck_assert_int_eq(offer(s, 14, 100, 100), 0);
	ck_assert_uint_eq(weir_session_counts(s)->fate[WEIR_FATE_PASSED], 6);
	ck_assert_uint_eq(weir_session_counts(s)->mismatches, 2);
	weir_session_free(s);
}
END_TEST

START_TEST(test_mismatch_shows_both)
{
	uint64_t unexplained;
	struct weir_session_counts c;
	struct seen seen;
	struct weir_session *s = start(&seen, true);

	script[1] = Wrong;
	ck_assert_int_eq(offer(s, 1, 100, 100), 0);
	ck_assert_ptr_nonnull(strstr(seen.last, "packet 1: reason"));
	ck_assert_ptr_nonnull(strstr(seen.last, "\n  first: "));
	ck_assert_ptr_nonnull(strstr(seen.last, "\n  second: "));
	weir_session_free(s);
	run_script(Refuse, true, &seen, &c, &unexplained);
	ck_assert_uint_eq(c.mismatches, 0);
}
END_TEST

START_TEST(test_lengths)
{
	struct seen seen;
	struct weir_session *s = start(&seen, true);

	ck_assert_int_eq(offer(s, 1, 13, 13), 0);
	ck_assert_int_eq(offer(s, 2, 0, 0), 0);
	ck_assert_int_eq(offer(s, 3, 2047, 2048), 0);
	ck_assert_uint_eq(weir_session_counts(s)->fate[WEIR_FATE_REFUSED], 3);
	for (uint32_t n = 14; n <= 2047; n++)
		ck_assert_int_eq(offer(s, n, n / 2, n), 0);
	ck_assert_int_eq(weir_session_finish(s), 0);
	ck_assert_uint_eq(weir_session_counts(s)->fate[WEIR_FATE_PASSED], 2034);
	ck_assert_uint_eq(weir_session_counts(s)->mismatches, 0);
	ck_assert_uint_eq(weir_session_unexplained(s), 0);
	weir_session_free(s);
}
END_TEST

START_TEST(test_hang_and_register)
{
	struct seen seen;
	struct weir_session *s = start(&seen, true);

	ck_assert_int_eq(weir_session_write(s, 0x100, 1), 0);
	ck_assert_int_eq(weir_session_write(s, 0xbad, 1), -EPERM);
	ck_assert_ptr_nonnull(strstr(seen.last, "0x000bad"));
	script[1] = Hang;
	ck_assert_int_eq(offer(s, 1, 100, 100), -ETIMEDOUT);
	weir_session_free(s);
}
END_TEST

/* Frames that never get a verdict do not make memory grow without end. */
START_TEST(test_bounded)
{
	struct seen seen;
	struct weir_session *s = start(&seen, false);
	uint64_t i = 1;
	int rc = 0;

	for (int k = 0; k < ScriptMax; k++)
		script[k] = NoVerdict;
	for (; i < 100000 && !rc; i++)
		rc = offer(s, i, 60, 60);
	ck_assert_int_eq(rc, -ENOBUFS);
	ck_assert_uint_le(i, 20000);
	ck_assert_int_eq(weir_session_finish(s), 0);
	ck_assert_uint_eq(weir_session_unexplained(s), weir_session_counts(s)->offered);
	weir_session_free(s);
}
END_TEST

static struct weir_policy policy;

START_TEST(test_trace_order)
{
	char *text = NULL, want[40];
	size_t n = 0;
	FILE *f = open_memstream(&text, &n);
	struct weir_trace *t = weir_trace_new(f, &policy, NULL);
	const char *at;

	/* 1, then 3000 down to 2. */
	for (uint64_t i = 0; i < 3000; i++) {
		struct weir_packet p = { .number = i ? 3001 - i : 1, .len = 60, .wire_len = 60, .fate = WEIR_FATE_DROPPED,
					 .latency_ns = WEIR_LATENCY_NONE,
					 .rec = { .verdict = WEIR_VERDICT_drop, .reason = WEIR_REASON_meter_class, .family = 0,
						  .tclass = WEIR_TCLASS_udp, .protect = { [12] = 192, 0, 2, 1 }, .threshold = 5,
						  .measured = 6, .classes = 1 | 1 << WEIR_CLASS_udp, .dry_reason = WEIR_REASON_meter_port } };

		ck_assert_int_eq(weir_trace_packet(t, &p), 0);
	}
	ck_assert_int_eq(weir_trace_close(t), 0);
	at = text;
	for (unsigned i = 1; i <= 3000; i++) {
		snprintf(want, sizeof(want), "{\"n\":%u,", i);
		ck_assert(!strncmp(at, want, strlen(want)));
		at = strchr(at, '\n') + 1;
	}
	ck_assert_int_eq(*at, 0);
	at = strchr(text, '\n');
	ck_assert_int_eq((int)(at - text), (int)strlen(
		"{\"n\":1,\"t_ns\":0,\"side\":\"U\",\"len\":60,\"verdict\":\"drop\",\"reason\":\"meter_class\",\"key\":\"192.0.2.1 udp\","
		"\"threshold\":5,\"measured\":6,\"unit\":\"packets\",\"latency_ns\":null,\"classes\":[\"all\",\"udp\"],\"anomalies\":[],"
		"\"event\":null,\"legit\":false,\"proven\":false,\"flood\":[],\"rule\":null,\"dry_reason\":\"meter_port\"}"));
	free(text);
}
END_TEST

START_TEST(test_latency)
{
	static struct weir_stats s;
	struct weir_packet p = { .fate = WEIR_FATE_PASSED, .len = 60, .wire_len = 60 };

	weir_stats_init(&s, &policy, NULL);
	ck_assert_uint_eq(weir_stats_latency(&s, 0.5), 0);
	for (uint64_t i = 1; i <= 1000; i++) {
		p.latency_ns = 16 * i;
		weir_stats_packet(&s, &p);
	}
	ck_assert_uint_eq(s.latency_min, 16);
	ck_assert_uint_eq(s.latency_max, 16000);
	ck_assert_uint_eq(weir_stats_latency(&s, 0.5), 8000);
	ck_assert_uint_eq(weir_stats_latency(&s, 0.99), 15840);
	for (unsigned shift = 15; shift < 63; shift++) {
		weir_stats_init(&s, &policy, NULL);
		p.latency_ns = ((uint64_t)1 << shift) + ((uint64_t)1 << (shift - 3)) + 1;
		weir_stats_packet(&s, &p);
		p.latency_ns = UINT64_MAX - 1;
		weir_stats_packet(&s, &p);
		ck_assert_uint_ge(weir_stats_latency(&s, 0.5), (uint64_t)1 << shift);
		ck_assert_double_le((double)weir_stats_latency(&s, 0.5), 1.016 * (double)(((uint64_t)9 << (shift - 3)) + 1) + 8);
	}
}
END_TEST

START_TEST(test_keys_are_bounded)
{
	static struct weir_stats s;
	struct weir_packet p = { .fate = WEIR_FATE_DROPPED, .len = 60, .wire_len = 60, .latency_ns = WEIR_LATENCY_NONE,
				 .rec = { .verdict = WEIR_VERDICT_drop, .reason = WEIR_REASON_meter_remote, .threshold = 3 } };
	const struct weir_meter_row *row;
	uint64_t sum = 0;
	size_t n;

	weir_stats_init(&s, &policy, NULL);
	for (uint32_t i = 0; i < 5000; i++) {
		p.rec.remote[14] = (uint8_t)(i >> 8);
		p.rec.remote[15] = (uint8_t)i;
		p.rec.trips = i % 7 == 0;
		p.arrival_ns = i + 1;
		p.rec.measured = i;
		weir_stats_packet(&s, &p);
	}
	/* Once more, for one of them. */
	weir_stats_packet(&s, &p);
	row = weir_stats_meters(&s, &n);
	ck_assert_uint_eq(n, WEIR_STATS_KEYS);
	for (size_t i = 0; i < n; i++)
		sum += row[i].dropped;
	ck_assert_uint_eq(sum + s.others.dropped, 5001);
	ck_assert_uint_eq(s.reason[WEIR_REASON_meter_remote][WEIR_VERDICT_drop], 5001);
}
END_TEST

START_TEST(test_timeline)
{
	static struct weir_timeline t;
	struct weir_packet p = { .fate = WEIR_FATE_PASSED };
	uint64_t offered = 0, removed = 0;

	weir_timeline_init(&t);
	for (uint64_t i = 0; i < 10000; i++) {
		p.arrival_ns = 1000000000000u + i * i * 1000;
		p.fate = i % 4 ? WEIR_FATE_PASSED : WEIR_FATE_DROPPED;
		p.rec.reason = WEIR_REASON_meter_class;
		p.rec.tclass = 3;
		weir_timeline_packet(&t, &p);
	}
	/* A jump of 300 years. */
	p.arrival_ns += 300ull * 365 * 86400 * 1000000000;
	weir_timeline_packet(&t, &p);
	ck_assert_uint_le(t.used, WEIR_TIMELINE_BINS);
	for (size_t i = 0; i < t.used; i++) {
		offered += t.bin[i].offered;
		removed += t.bin[i].cause[WEIR_TIMELINE_CLASS + 3];
	}
	ck_assert_uint_eq(offered, 10001);
	ck_assert_uint_eq(removed, 2500);
}
END_TEST

/* What each word of an entry says, and that nothing else does. */
START_TEST(test_threshold_words)
{
	enum { Syn = 0x1b8020, Zombie = 0x1b80c0, Meter35 = 0x110000 + 32 * 35, Flags = 0x30000000 };
	static const struct {
		uint32_t addr, value;
		unsigned series;
		uint32_t threshold;     /* 0: none */
	} rows[] = {
		{ Meter35, Flags | 51150, 35, 328 }, { Meter35, Flags, 35, WEIR_TIMELINE_UNLIMITED }, { Meter35 + 4, 51150, 35, 0 },
		{ Meter35 + 12, 0x7ff00000 | 10240, 35 + 256, 6554 }, { Meter35 + 12, 10240, 35, 0 },
		{ 0x110000 + 32 * 191, 1 << 24, 191, 1 }, { 0x110000 + 32 * 192, 1 << 24, 192, 0 },
		{ Syn + 4, 0xff0000 | 131, 192, 131 }, { Syn + 8, 0x7f000000 | 1311, 193, 1311 }, { Syn, 131, 192, 0 },
		{ Zombie, 0x7f000000 | 77, 194, 77 }, { Zombie, 0, 194, WEIR_TIMELINE_UNLIMITED }, { Zombie + 4, 77, 194, 0 },
	};
	static struct weir_timeline t;
	static struct weir_threshold_step step[WEIR_TIMELINE_BINS];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		weir_timeline_init(&t);
		weir_timeline_write(&t, 5, rows[i].addr, rows[i].value);
		ck_assert_msg(weir_timeline_thresholds(&t, rows[i].series, step) == !!rows[i].threshold &&
			      (!rows[i].threshold || (step[0].threshold == rows[i].threshold && !step[0].at_ns)), "row %zu", i);
	}
}
END_TEST

static const uint64_t second_ns = 1000000000;
enum { ClassUdp = 35, ClassUdpEntry = 0x110000 + 32 * ClassUdp, Window = 1 << 24 };

/* Half a minute: the policy's threshold, a learned one at 10 s that moves at 20 s, and peaks read each second. */
static void fill_half_minute(struct weir_timeline *t)
{
	struct weir_packet p = { .fate = WEIR_FATE_PASSED };

	weir_timeline_init(t);
	weir_timeline_write(t, 0, ClassUdpEntry, Window / 400);
	weir_timeline_peak(t, 0, ClassUdp, 4242);   /* a self-test */
	for (uint64_t s = 0; s <= 30; s++) {
		p.arrival_ns = (1000 + s) * second_ns;
		weir_timeline_packet(t, &p);
		if (s == 10 || s == 20)
			weir_timeline_write(t, p.arrival_ns, ClassUdpEntry, Window / (4 * (uint32_t)s));
		weir_timeline_peak(t, p.arrival_ns, ClassUdp, (uint32_t)(s == 15 ? 300 : s % 3));
		weir_timeline_peak(t, p.arrival_ns, ClassUdp, 0);
	}
}

/* Steps get longer as time goes on, and the last value written in one counts; of peaks the largest. */
START_TEST(test_threshold_steps)
{
	static struct weir_timeline t;
	static struct weir_threshold_step step[WEIR_TIMELINE_BINS];
	uint32_t top = 0;

	fill_half_minute(&t);
	ck_assert_uint_eq(weir_timeline_thresholds(&t, ClassUdp, step), 3);
	ck_assert_uint_eq(step[0].at_ns, 0);
	ck_assert_uint_eq(step[0].threshold, 400);
	for (unsigned i = 1; i < 3; i++) {
		ck_assert_uint_eq(step[i].threshold, 40 * i);
		ck_assert_uint_le(step[i].at_ns, 10 * i * second_ns);
		ck_assert_uint_gt(step[i].at_ns + t.width_ns, 10 * i * second_ns);
	}
	for (size_t i = 0; i < WEIR_TIMELINE_BINS; i++)
		if (t.peak[ClassUdp][i] > top)
			top = t.peak[ClassUdp][i];
	ck_assert_uint_eq(top, 301);
	ck_assert_uint_eq(t.peak[ClassUdp][(15 * second_ns) / t.width_ns], 301);
	/* A day later all of that is one step or two. */
	weir_timeline_write(&t, (1000 + 86400) * second_ns, ClassUdpEntry, Window / 100);
	ck_assert_uint_le(t.used, 1 + 30 * second_ns / t.width_ns);
	ck_assert_uint_eq(weir_timeline_thresholds(&t, ClassUdp, step), 2);
	ck_assert_uint_eq(step[0].threshold, 80);
	ck_assert_uint_eq(step[1].threshold, 100);
	ck_assert_uint_eq(t.peak[ClassUdp][0], 301);
}
END_TEST

static char *picture_of(const struct weir_timeline *t, const struct weir_alarm_list *alarms)
{
	const struct weir_picture picture = { .title = "it's", .alarms = alarms };
	char *at = NULL;
	size_t n = 0;
	FILE *f = open_memstream(&at, &n);

	weir_plot_script(f, t, "x.svg", &picture);
	fclose(f);
	return at;
}

START_TEST(test_picture_of_alarms)
{
	/* Notices: start at 12 s, end at 18 s; another one, of bytes, is still on. */
	static const uint32_t notice[][WEIR_ALARM_WORDS] = {
		{ 0x00230901, 1 }, { 0x00230b01, 1 }, { 0x01300501, 2 },
	};
	static const unsigned at_s[] = { 12, 18, 25 };
	static const char *const there[] = {
		"rectangle from first 12, graph 0 to first 18, graph 1", "'alarm: class.udp, major' at first 12,",
		"'alarm: address.bytes, minor' at first 25,", "title 'class.udp, threshold'", "title 'class.udp, measured'",
		"0 6103.52\n", " 4577.64\n", "rectangle from first 25, graph 0 to first 30.",
	};
	static struct weir_timeline t;
	static struct weir_alarm_list alarms, none;
	char *text;

	fill_half_minute(&t);
	weir_timeline_write(&t, 0, 0x110000 + 32 * 48 + 12, 10240);   /* bytes have a limit, and no curve */
	for (size_t i = 0; i < sizeof(notice) / sizeof(notice[0]); i++)
		weir_alarm_list_notice(&alarms, (1000 + at_s[i]) * 1000000ull, notice[i]);
	text = picture_of(&t, &alarms);
	for (size_t i = 0; i < sizeof(there) / sizeof(there[0]); i++)
		ck_assert_msg(strstr(text, there[i]), "%s is not there", there[i]);
	ck_assert_ptr_null(strstr(text, "title 'address"));
	free(text);
	for (int i = 0; i < 2; i++) {
		text = picture_of(&t, i ? &none : NULL);
		ck_assert_msg(!strstr(text, "threshold") && !strstr(text, "rectangle"), "alarms that there are none of");
		free(text);
	}
}
END_TEST

START_TEST(test_detect)
{
	char detail[300], *at = NULL;
	size_t n = 0;
	FILE *f = open_memstream(&at, &n);
	struct weir_label_attack a = { .name = "flood", .classes = WEIR_LABEL_CLASS_syn, .start_ns = 0, .end_ns = 1 };
	struct weir_labels *labels;
	static struct weir_detect d;
	struct weir_packet p = { .latency_ns = WEIR_LATENCY_NONE, .rec = { .l3_valid = 1 } };

	ck_assert_int_eq(weir_prefix_parse("192.0.2.1/32", &a.target), 0);
	weir_labels_write_head(f, &a, 1);
	for (uint64_t i = 1; i <= 400; i++)
		weir_labels_write_packet(f, i, i % 2 ? "flood" : NULL, NULL);
	weir_labels_write_end(f, 400);
	fclose(f);
	f = fmemopen(at, n, "r");
	ck_assert_msg(!weir_labels_read(f, "labels", 1000, &labels, detail, sizeof(detail)), "%s", detail);
	fclose(f);
	weir_detect_init(&d, labels);
	memcpy(p.rec.protect + 12, "\xc0\x00\x02\x01", 4);
	for (uint64_t i = 1; i <= 400; i++) {
		bool attack = i % 2;

		p.number = i;
		p.arrival_ns = 1000 * i;
		/* The 20th attack packet and all that follow are removed, and every fourth honest SYN. */
		p.fate = attack ? (i >= 39 ? WEIR_FATE_DROPPED : WEIR_FATE_PASSED)
				: (i % 8 ? WEIR_FATE_PASSED : WEIR_FATE_DROPPED);
		p.rec.tclass = !attack && i % 4 == 2 ? WEIR_TCLASS_udp : WEIR_TCLASS_syn;
		weir_detect_packet(&d, &p);
	}
	ck_assert_uint_eq(d.attack[0].packets, 200);
	ck_assert_uint_eq(d.attack[0].removed, 181);
	ck_assert_uint_eq(d.attack[0].first_removed_ns - d.attack[0].first_ns, 38000);
	/* 95 of the last 100: the 20th to the 114th removed, seen with the 114th. */
	ck_assert_uint_eq(d.attack[0].mostly_removed_ns, 1000 * (2 * 114 - 1));
	ck_assert_uint_eq(d.inside.packets, 100);
	ck_assert_uint_eq(d.inside.lost, 50);
	ck_assert_uint_eq(d.outside.packets, 100);
	ck_assert_uint_eq(d.outside.lost, 0);
	weir_labels_free(labels);
	free(at);
}
END_TEST

START_TEST(test_key_texts)
{
	struct weir_record r = { .family = 0, .l3_valid = 1, .proto = 1, .dport = 0x0803, .sport = 53, .tclass = WEIR_TCLASS_icmp,
				 .classes = 1 | 1 << WEIR_CLASS_ipv4 | 1 << WEIR_CLASS_icmp, .dir = 1,
				 .remote = { [12] = 198, 51, 100, 7 }, .protect = { [12] = 192, 0, 2, 10 } };
	static const char *const want[WEIR_PLACES] = {
		"198.51.100.7", "198.51.100.7 > 192.0.2.10", "192.0.2.10 icmp", "192.0.2.10", "192.0.2.0/24", "icmp/8/3",
		"53", "outbound all", NULL, "outbound ipv4", NULL, NULL, "outbound icmp", "1", NULL,
		"192.0.2.10", "all", "all", "198.51.100.7", "198.51.100.7 2051 > 192.0.2.10 53", "198.51.100.7" };
	struct weir_key k;
	char text[WEIR_KEY_TEXT];

	for (unsigned place = 0; place < WEIR_PLACES; place++) {
		if (!want[place])
			continue;
		weir_key_of(&r, place, &policy, NULL, &k);
		ck_assert_str_eq(weir_key_format(&k, text), want[place]);
	}
	ck_assert_int_eq(weir_key_place(WEIR_REASON_full_port), WEIR_TABLE_port);
	ck_assert_int_eq(weir_key_place(WEIR_REASON_class_0 + WEIR_CLASS_icmp), WEIR_PLACE_GROUP + 5);
	ck_assert_int_eq(weir_key_place(WEIR_REASON_syn_challenge), WEIR_PLACE_HOST);
	ck_assert_int_eq(weir_key_place(WEIR_REASON_source_score), WEIR_PLACE_SOURCE);
	ck_assert_int_eq(weir_key_place(WEIR_REASON_zombie_limit), WEIR_PLACE_CLIENT);
	ck_assert_int_eq(weir_key_place(WEIR_REASON_rule_limit), WEIR_TABLE_pair);
	ck_assert_int_eq(weir_key_place(WEIR_REASON_rule_block), -1);
	ck_assert_int_eq(weir_key_place(WEIR_REASON_icmp_quote), WEIR_PLACE_CONNECTION);
	/* The connection that a quote is about, not the router that tells of it. */
	r.quote = 1;
	r.quote_rport = 4711;
	r.quote_pport = 80;
	memcpy(r.quote_remote + 12, "\xcb\x00\x71\x05", 4);
	weir_key_of(&r, WEIR_PLACE_CONNECTION, &policy, NULL, &k);
	ck_assert_str_eq(weir_key_format(&k, text), "203.0.113.5 4711 > 192.0.2.10 80");
	ck_assert_int_eq(weir_key_place(WEIR_REASON_pass), -1);
	ck_assert_int_eq(weir_key_place(WEIR_REASON_anomaly_0), -1);
}
END_TEST

/* What state adds: events, floods with their keys, answers. Connections are not told apart. */
START_TEST(test_state)
{
	static struct weir_stats s;
	struct weir_packet p = {
		.latency_ns = WEIR_LATENCY_NONE, .fate = WEIR_FATE_ANSWERED, .arrival_ns = 500,
		.rec = { .l3_valid = 1, .event = WEIR_EVENT_syn_new, .verdict = WEIR_VERDICT_answer,
			 .reason = WEIR_REASON_syn_challenge, .threshold = 131, .measured = 132, .flood = 1, .trips = 1 << 15,
			 .remote = { [12] = 198, 51, 100, 7 }, .protect = { [12] = 192, 0, 2, 10 } } };
	const struct weir_meter_row *row;
	struct weir_meter_policy m;
	char text[WEIR_KEY_TEXT];
	size_t n;

	weir_stats_init(&s, &policy, NULL);
	weir_stats_packet(&s, &p);
	p.rec.trips = 1 << 16;
	p.rec.flood = 3;
	p.rec.measured = 140;
	weir_stats_packet(&s, &p);
	p.rec.trips = 0;
	p.rec.ends = 3 << 15;
	p.rec.flood = 0;
	p.rec.legit = 1;
	p.rec.proven = 1;
	p.rec.event = WEIR_EVENT_established;
	p.rec.verdict = WEIR_VERDICT_drop;
	p.rec.reason = WEIR_REASON_conn_window;
	p.rec.threshold = 0;
	weir_stats_packet(&s, &p);
	ck_assert_uint_eq(s.events[WEIR_EVENT_syn_new], 2);
	ck_assert_uint_eq(s.events[WEIR_EVENT_established], 1);
	ck_assert_uint_eq(s.flood[0], 2);
	ck_assert_uint_eq(s.flood[1], 1);
	ck_assert_uint_eq(s.legit, 1);
	ck_assert_uint_eq(s.proven, 1);
	row = weir_stats_meters(&s, &n);
	ck_assert_uint_eq(n, 2);
	ck_assert_str_eq(weir_place_name(row[0].key.place), "syn_host");
	ck_assert_str_eq(weir_key_format(&row[0].key, text), "192.0.2.10");
	ck_assert_uint_eq(row[0].trips, 1);
	ck_assert_uint_eq(row[0].ends, 1);
	ck_assert_uint_eq(row[0].answered, 2);
	ck_assert_uint_eq(row[0].dropped, 0);
	ck_assert_uint_eq(row[0].first_drop_ns, 500);
	ck_assert_uint_eq(row[0].threshold, 131);
	ck_assert_uint_eq(row[0].max_measured, 140);
	ck_assert_str_eq(weir_place_name(row[1].key.place), "syn_total");
	ck_assert_uint_eq(row[1].trips, 1);
	ck_assert_uint_eq(row[1].ends, 1);
	m = weir_key_meter(&row[0].key, &policy);
	ck_assert_uint_eq(m.packets_per_s, 2000);
	ck_assert_int_eq(m.action, WEIR_METER_DECLARE);
	m = weir_key_meter(&row[1].key, &policy);
	ck_assert_uint_eq(m.packets_per_s, 20000);
}
END_TEST

int main(void)
{
	TCase *c = tcase_create("report");
	Suite *s = suite_create("report");

	weir_policy_default(&policy);
	tcase_add_loop_test(c, test_accounts, 0, (int)(sizeof(cases) / sizeof(cases[0])));
	tcase_add_test(c, test_order_of_queue);
	tcase_add_test(c, test_mismatch_shows_both);
	tcase_add_test(c, test_lengths);
	tcase_add_test(c, test_hang_and_register);
	tcase_add_test(c, test_bounded);
	tcase_add_test(c, test_trace_order);
	tcase_add_test(c, test_latency);
	tcase_add_test(c, test_keys_are_bounded);
	tcase_add_test(c, test_timeline);
	tcase_add_test(c, test_threshold_words);
	tcase_add_test(c, test_threshold_steps);
	tcase_add_test(c, test_picture_of_alarms);
	tcase_add_test(c, test_detect);
	tcase_add_test(c, test_key_texts);
	tcase_add_test(c, test_state);
	suite_add_tcase(s, c);
	return check_run(s);
}
