// SPDX-License-Identifier: Apache-2.0
/* Scores of sources, answers, order of candidates, counters (docs/datapath.md 15 to 17). */
#include <string.h>

#include "model_state.h"
#include "model_test.h"
#include "weir/weir_regs.h"

#define NOW (500 * UNIT_US + 77)
#define EV(name) WEIR_EVENT_##name

static const struct seg source = { .src = 7 };

/** Score of the source, -1 without entry. */
static int score_of(uint8_t src, uint64_t *ret_time)
{
	struct weir_state_entry e;

	if (!state_read(WEIR_STATE_source, state_remote_key(&(struct seg){ .src = src }), &e))
		return -1;
	if (ret_time)
		*ret_time = e.time;
	return (int)e.score;
}

static void set_score(uint64_t stamp_us, uint32_t score)
{
	struct weir_hash_key key = state_remote_key(&source);
	struct weir_state_entry e = { .tag = key.tag, .time = stamp_us / UNIT_US & 0xfff, .score = score };

	state_time(stamp_us);
	state_write(WEIR_STATE_source, key, 0, &e);
}

/** Frames from inside, that have no outcome. */
static void others(uint64_t stamp_us, unsigned n)
{
	while (n--)
		TCP(stamp_us, .dir = 1, .src = 99, .flags = ACK);
}

/* The outcome of a frame comes with the eighth frame behind it. */
START_TEST(delay)
{
	uint64_t time;

	TCP(NOW, .ttl0 = 1, .flags = SYN);
	others(NOW, 7);
	ck_assert_int_eq(score_of(7, NULL), -1);
	others(NOW + UNIT_US, 1);
	ck_assert_int_eq(score_of(7, &time), 1);
	ck_assert_uint_eq(time, (NOW + UNIT_US) / UNIT_US);
	others(NOW + UNIT_US, 20);
	ck_assert_int_eq(score_of(7, NULL), 1);
	/* In bypass too, and by the configuration of that frame. */
	TCP(NOW, .ttl0 = 1, .flags = SYN);
	setup_bypass(send_model, 1);
	state_cfg.grow = 0;
	state_configure();
	others(NOW + UNIT_US, 8);
	ck_assert_int_eq(score_of(7, NULL), 3);
	/* Frames in bypass have no outcome. */
	TCP(NOW + UNIT_US, .ttl0 = 1, .flags = SYN);
	others(NOW + UNIT_US, 8);
	ck_assert_int_eq(score_of(7, NULL), 3);
}
END_TEST

/* Before the look-up of the frame it comes with. */
START_TEST(before_look_up)
{
	state_cfg.source_threshold = 1;
	state_cfg.action[WEIR_ACTION_source_score] = WEIR_DO_drop;
	state_configure();
	TCP(NOW, .ttl0 = 1, .flags = SYN);
	others(NOW, 6);
	ck_assert_uint_eq(TCP(NOW, .flags = SYN).verdict, WEIR_VERDICT_pass);
	ck_assert_uint_eq(TCP(NOW, .flags = SYN).reason, WEIR_REASON_source_score);
}
END_TEST

/* What counts how; `good` and `held` need an entry. */
START_TEST(outcomes)
{
	static const struct {
		const char *what;
		struct seg s;
		int after;             /* from 1000, or -2: entry with nothing before */
		enum weir_state_action action;
	} cases[] = {
		{ "anomaly", { .ttl0 = 1, .flags = SYN }, 1063, WEIR_STATE_ACTIONS },
		{ "none", { .flags = ACK }, 1063, WEIR_ACTION_conn_none },
		{ "state", { .rport = 4, .flags = SYN }, 1063, WEIR_ACTION_conn_state },
		{ "window", { .rport = 4, .flags = ACK, .seq = 99999999 }, 1063, WEIR_ACTION_conn_window },
		{ "pass", { .flags = ACK }, 993, WEIR_STATE_ACTIONS },
		{ "score", { .flags = ACK }, 1000, WEIR_ACTION_source_score },
		{ "quote", { .quote = 1 }, 1000, WEIR_ACTION_icmp_quote },
		{ "outbound", { .dir = 1, .flags = ACK }, 1000, WEIR_STATE_ACTIONS },
	};
	unsigned action = cases[_i].action;

	state_cfg.mode = WEIR_CONNECTION_on;
	state_cfg.grow = 4;   /* 1000 >> 4 = 62 */
	state_cfg.decay = 7;  /* 1000 >> 7 = 7 */
	if (action < WEIR_STATE_ACTIONS)
		state_cfg.action[action] = WEIR_DO_drop;
	if (action == WEIR_ACTION_source_score)
		state_cfg.source_threshold = 1000;
	state_configure();
	TCP(NOW, .dir = 1, .rport = 4, .flags = SYN, .seq = 9);
	TCP(NOW, .src = 44, .flags = ACK);
	state_write(WEIR_STATE_connection, state_connection_key(&(struct seg){ .rport = 4 }), 0,
		    &(struct weir_state_entry){ .tag = state_connection_key(&(struct seg){ .rport = 4 }).tag,
		    .time = NOW / UNIT_US, .connection = { .state = 4 } });
	others(NOW, 8);
	set_score(NOW, 1000);
	ck_assert_uint_eq(state_packet(NOW, &cases[_i].s).verdict,
			  action == WEIR_STATE_ACTIONS && !cases[_i].s.ttl0 ? WEIR_VERDICT_pass : WEIR_VERDICT_drop);
	others(NOW, 8);
	ck_assert_int_eq(score_of(7, NULL), cases[_i].after);
}
END_TEST

/* Only a flood enters. */
START_TEST(entering)
{
	TCP(NOW, .flags = ACK);
	others(NOW, 8);
	ck_assert_int_eq(score_of(7, NULL), -1);
	TCP(NOW, .ttl0 = 1);
	others(NOW, 8);
	ck_assert_int_eq(score_of(7, NULL), 1);
	/* decay 0 forgives all. */
	TCP(NOW, .flags = ACK);
	others(NOW, 8);
	ck_assert_int_eq(score_of(7, NULL), 0);
}
END_TEST

/* The clock of an outcome is that of the frame it comes with, for all kinds. */
START_TEST(outcome_time)
{
	uint64_t time;

	state_cfg.source_threshold = 1000;
	state_cfg.decay = 15;
	state_cfg.action[WEIR_ACTION_source_score] = WEIR_DO_drop;
	state_configure();
	for (unsigned i = 0; i < 2; i++) {
		set_score(NOW, i ? 800 : 1000);
		ck_assert_uint_eq(TCP(NOW, .flags = ACK).verdict, i ? WEIR_VERDICT_pass : WEIR_VERDICT_drop);
		others(NOW + 2 * UNIT_US, 8);
		ck_assert_int_eq(score_of(7, &time), i ? 200 : 250);
		ck_assert_uint_eq(time, NOW / UNIT_US + 2);
	}
}
END_TEST

/* A quote is not its sender's doing. */
START_TEST(outcome_quote)
{
	const struct seg router = { .src = 250 };
	struct weir_hash_key key = state_remote_key(&router);
	struct weir_state_entry e = { .tag = key.tag, .time = NOW / UNIT_US, .score = 500 };

	state_cfg.mode = WEIR_CONNECTION_on;
	state_cfg.source_threshold = 1;
	state_cfg.action[WEIR_ACTION_icmp_quote] = state_cfg.action[WEIR_ACTION_source_score] = WEIR_DO_drop;
	state_configure();
	state_time(NOW);
	state_write(WEIR_STATE_source, key, 0, &e);
	ck_assert_uint_eq(TCP(NOW, .quote = 1).reason, WEIR_REASON_icmp_quote);
	others(NOW, 8);
	ck_assert_int_eq(score_of(250, NULL), 500);
}
END_TEST

/* What the SYN reasons, a full table and what the link consumes bring: nothing. */
START_TEST(no_outcome)
{
	state_cfg.mode = WEIR_CONNECTION_on;
	state_cfg.enable = 1;
	state_cfg.host_threshold = 1;
	state_cfg.action[WEIR_ACTION_syn] = WEIR_DO_drop;
	state_configure();
	set_score(NOW, 1000);
	TCP(NOW, .src = 9, .flags = SYN);
	ck_assert_uint_eq(TCP(NOW, .flags = SYN).reason, WEIR_REASON_syn_flood);
	state_cfg.method = WEIR_SYN_ack_cookie;
	state_configure();
	ck_assert_uint_eq(TCP(NOW, .flags = SYN).reason, WEIR_REASON_syn_challenge);
	state_cfg.method = WEIR_SYN_retransmission;
	state_configure();
	ck_assert_uint_eq(TCP(NOW, .flags = SYN).reason, WEIR_REASON_syn_first);
	state_cfg.fail_closed = 1;
	state_cfg.action[WEIR_ACTION_full_connection] = WEIR_DO_drop;
	state_configure();
	state_fill(WEIR_STATE_connection, state_connection_key(&source), &(struct weir_state_entry){
		.time = NOW / UNIT_US, .connection = { .state = WEIR_ESTABLISHED } });
	ck_assert_uint_eq(TCP(NOW, .flags = ACK).reason, WEIR_REASON_full_connection);
	others(NOW, 8);
	ck_assert_int_eq(score_of(7, NULL), 1000);
}
END_TEST

/* Growth and its end, decay by time. */
START_TEST(arithmetic)
{
	static const struct {
		uint8_t grow, decay, ttl0;
		uint32_t before, units, after;
	} cases[] = {
		{ 0, 0, 1, 0, 0, 1 }, { 0, 0, 1, 1, 0, 3 }, { 0, 0, 1, 40000, 0, 65535 }, { 0, 0, 1, 65535, 0, 65535 },
		{ 15, 0, 1, 32767, 0, 32768 }, { 15, 0, 1, 32768, 0, 32770 }, { 3, 0, 1, 800, 1, 451 },
		{ 3, 0, 1, 65535, 15, 2 }, { 3, 0, 1, 65535, 16, 1 }, { 3, 0, 1, 65535, 99, 1 },
		{ 3, 0, 1, 65535, 100, 1 }, { 0, 0, 0, 65535, 0, 0 }, { 0, 1, 0, 9, 0, 5 }, { 0, 15, 0, 65535, 0, 65534 },
		{ 0, 15, 0, 32767, 0, 32767 }, { 0, 3, 0, 800, 1, 350 },
	};

	state_cfg.grow = cases[_i].grow;
	state_cfg.decay = cases[_i].decay;
	state_configure();
	set_score(NOW, cases[_i].before);
	TCP(NOW, .ttl0 = cases[_i].ttl0, .flags = ACK);
	others(NOW + cases[_i].units * UNIT_US, 8);
	ck_assert_int_eq(score_of(7, NULL), (int)cases[_i].after);
}
END_TEST

/* The candidate: threshold, decay, effect, order, known connections. */
START_TEST(candidate)
{
	struct weir_record r;

	state_cfg.mode = WEIR_CONNECTION_on;
	state_cfg.source_threshold = 100;
	state_cfg.decay = 15;
	state_cfg.action[WEIR_ACTION_source_score] = WEIR_DO_drop;
	state_cfg.action[WEIR_ACTION_conn_none] = WEIR_DO_drop;
	state_configure();
	set_score(NOW, 99);
	ck_assert_uint_eq(TCP(NOW, .flags = ACK).reason, WEIR_REASON_conn_none);
	set_score(NOW, 200);
	r = TCP(NOW, .flags = ACK);
	ck_assert_uint_eq(r.verdict, WEIR_VERDICT_drop);
	ck_assert_uint_eq(r.reason, WEIR_REASON_source_score);
	ck_assert_uint_eq(r.tag, state_remote_key(&source).tag);
	ck_assert_uint_eq(r.threshold, 100);
	ck_assert_uint_eq(r.measured, 200);
	ck_assert_uint_eq(SEND(NOW, .src = 7).reason, WEIR_REASON_source_score);
	ck_assert_uint_eq(SEND(NOW, .src = 7, .ttl0 = 1).reason, WEIR_REASON_anomaly_0 + WEIR_ANOMALY_ip4_ttl_zero);
	ck_assert_uint_eq(SEND(NOW, .src = 7, .dir = 1).reason, WEIR_REASON_pass);
	r = TCP(NOW + UNIT_US, .flags = ACK);
	ck_assert_uint_eq(r.measured, 100);
	ck_assert_uint_eq(r.reason, WEIR_REASON_source_score);
	ck_assert_uint_eq(TCP(NOW + 2 * UNIT_US, .flags = ACK).reason, WEIR_REASON_conn_none);
	/* Not of a known connection. */
	set_score(NOW, 200);
	TCP(NOW, .dir = 1, .flags = SYN | ACK, .seq = 4999, .ack = 1000);
	ck_assert_uint_eq(TCP(NOW, .flags = ACK, .seq = 1000, .ack = 5000).verdict, WEIR_VERDICT_pass);
	ck_assert_uint_eq(TCP(NOW, .flags = ACK, .seq = 1000, .ack = 5001).reason, WEIR_REASON_source_score);
	state_cfg.action[WEIR_ACTION_source_score] = WEIR_DO_demote;
	state_configure();
	r = TCP(NOW, .flags = SYN, .rport = 9);
	ck_assert_uint_eq(r.verdict, WEIR_VERDICT_demote);
	ck_assert_uint_eq(r.reason, WEIR_REASON_source_score);
	ck_assert_uint_eq(TCP(NOW, .flags = ACK, .rport = 9).reason, WEIR_REASON_conn_none);
	state_cfg.dry_run[WEIR_ACTION_source_score] = 1;
	state_configure();
	r = TCP(NOW, .flags = ACK, .rport = 9);
	ck_assert_uint_eq(r.reason, WEIR_REASON_conn_none);
	ck_assert_uint_eq(r.dry_reason, WEIR_REASON_source_score);
	ck_assert_uint_eq(r.tag, state_connection_key(&(struct seg){ .rport = 9 }).tag);
	state_cfg.source_threshold = 0;
	state_configure();
	ck_assert_uint_eq(TCP(NOW, .flags = ACK, .rport = 9).dry_reason, WEIR_REASON_pass);
}
END_TEST

/* A real drop by the score keeps an address out of `legit` and `proven`, and a SYN out of the sketch. */
START_TEST(score_keeps_out)
{
	struct weir_state_entry e;
	struct weir_record r = { .sport = 40000, .dport = 80, .stamp_us = NOW };
	uint32_t cell, word[8];

	send_source(7, r.remote);
	send_target(0x020a, r.protect);
	state_cfg.mode = WEIR_CONNECTION_off;
	state_cfg.enable = 1;
	state_cfg.total_threshold = 1;
	state_cfg.method = WEIR_SYN_ack_cookie;
	state_cfg.source_threshold = 100;
	state_cfg.action[WEIR_ACTION_source_score] = state_cfg.action[WEIR_ACTION_syn] = WEIR_DO_drop;
	state_configure();
	TCP(NOW, .src = 9, .flags = SYN);
	TCP(NOW, .src = 9, .flags = SYN);
	set_score(NOW, 200);
	r.reason = TCP(NOW, .flags = RST,
		       .seq = weir_cookie_make(&state_cfg, &r, weir_cookie_epoch(NOW))).reason;
	ck_assert_uint_eq(r.reason, WEIR_REASON_source_score);
	ck_assert(!state_read(WEIR_STATE_proven, state_remote_key(&source), &e));
	state_cfg.method = WEIR_SYN_retransmission;
	state_configure();
	ck_assert_uint_eq(TCP(NOW, .flags = SYN).reason, WEIR_REASON_source_score);
	cell = (uint32_t)(state_connection_key(&source).tag % 4096);
	setup_read(send_model, WEIR_REG_SKETCH(cell / 4), word);
	ck_assert_uint_eq(weir_field_get(word, 9 * (cell % 4), 9), 0);
	/* With dry_run it is no drop. */
	state_cfg.dry_run[WEIR_ACTION_source_score] = 1;
	state_configure();
	ck_assert_uint_eq(TCP(NOW, .flags = SYN).reason, WEIR_REASON_syn_first);
	setup_read(send_model, WEIR_REG_SKETCH(cell / 4), word);
	ck_assert_uint_ne(weir_field_get(word, 9 * (cell % 4), 9), 0);
}
END_TEST

/* --- answers --- */

static uint8_t answer[WEIR_ANSWER_MAX];

/** One's-complement sum by the book, two bytes at a time. */
static uint32_t sum(uint32_t start, const uint8_t *b, size_t n)
{
	for (size_t i = 0; i < n; i++)
		start += i % 2 ? b[i] : (uint32_t)b[i] << 8;
	while (start >> 16)
		start = (start & 0xffff) + (start >> 16);
	return start;
}

static void challenge(unsigned method)
{
	state_cfg.mode = WEIR_CONNECTION_off;
	state_cfg.enable = 1;
	state_cfg.method = (uint8_t)method;
	state_cfg.total_threshold = 1;
	state_cfg.action[WEIR_ACTION_syn] = WEIR_DO_drop;
	state_cfg.cookie_key[0].k0 = state_cfg.cookie_key[1].k0 = 0x42;
	state_configure();
	TCP(NOW, .src = 9, .flags = SYN);
	TCP(NOW, .src = 9, .flags = SYN);
}

/** Check the answer to state_last byte by byte. */
static void check_answer(const struct seg *s, uint32_t seq, uint32_t ack, uint8_t flags)
{
	static const uint8_t head4[10] = { 0x45, 0, 0, 40, 0, 0, 0x40, 0, 64, 6 };
	static const uint8_t head6[8] = { 0x60, 0, 0, 0, 0, 20, 6, 64 };
	size_t l3 = 14 + 4u * s->tags, l4 = l3 + (s->v6 ? 40 : 20), n = s->v6 ? 16 : 4, end = l4 + 20;
	unsigned len = weir_model_answer(send_model, answer);
	uint8_t *ip = answer + l3, *tcp = answer + l4;
	const uint8_t numbers[10] = { (uint8_t)(seq >> 24), (uint8_t)(seq >> 16), (uint8_t)(seq >> 8), (uint8_t)seq,
		(uint8_t)(ack >> 24), (uint8_t)(ack >> 16), (uint8_t)(ack >> 8), (uint8_t)ack, 0x50, flags };

	ck_assert_uint_eq(len, end > 60 ? end : 60);
	ck_assert_mem_eq(answer, state_last + 6, 6);
	ck_assert_mem_eq(answer + 6, state_last, 6);
	ck_assert_mem_eq(answer + 12, state_last + 12, l3 - 12);
	ck_assert_mem_eq(ip, s->v6 ? head6 : head4, s->v6 ? 8 : 10);
	ck_assert_mem_eq(tcp - 2 * n, state_last + l4 - n, n);
	ck_assert_mem_eq(tcp - n, state_last + l4 - 2 * n, n);
	if (!s->v6)
		ck_assert_uint_eq(sum(0, ip, 20), 0xffff);
	ck_assert_mem_eq(tcp, state_last + l4 + 2, 2);
	ck_assert_mem_eq(tcp + 2, state_last + l4, 2);
	ck_assert_mem_eq(tcp + 4, numbers, 10);
	ck_assert_uint_eq(tcp[14] | tcp[15] | tcp[18] | tcp[19], 0);
	ck_assert_uint_eq(sum(6 + 20, tcp - 2 * n, 2 * n + 20), 0xffff);
	for (size_t i = end; i < len; i++)
		ck_assert_uint_eq(answer[i], 0);
}

START_TEST(answers)
{
	/* The sketch when it is crowded: as an ACK cookie. */
	static const uint8_t methods[] = { WEIR_SYN_ack_cookie, WEIR_SYN_syn_cookie, WEIR_SYN_retransmission };
	bool syn_cookie = methods[_i % 3] == WEIR_SYN_syn_cookie;
	struct seg s = { .flags = SYN, .seq = 0xffffffff, .v6 = _i / 3 & 1, .tags = (uint8_t)(_i / 6), .len = _i == 7 ? 4 : 0,
			 .ws = _i & 1 };
	struct weir_record r;
	uint32_t c;

	state_cfg.sketch_limit = 1;
	challenge(methods[_i % 3]);
	r = state_packet(NOW, &s);
	ck_assert_uint_eq(r.verdict, WEIR_VERDICT_answer);
	c = weir_cookie_make(&state_cfg, &r, weir_cookie_epoch(NOW));
	check_answer(&s, c, syn_cookie ? 0 : c, SYN | ACK);
	s.flags = ACK;
	s.ack = c + 1;
	r = state_packet(NOW, &s);
	if (syn_cookie) {
		ck_assert_uint_eq(r.verdict, WEIR_VERDICT_answer);
		check_answer(&s, c + 1, 0, RST);
		return;
	}
	ck_assert_uint_eq(r.verdict, WEIR_VERDICT_pass);
	ck_assert_uint_eq(weir_model_answer(send_model, answer), 0);
}
END_TEST

/* No answer but to the last frame. */
START_TEST(answer_last)
{
	challenge(WEIR_SYN_ack_cookie);
	TCP(NOW, .flags = SYN);
	ck_assert_uint_eq(weir_model_answer(send_model, answer), 60);
	TCP(NOW, .flags = ACK);
	ck_assert_uint_eq(weir_model_answer(send_model, answer), 0);
	TCP(NOW, .flags = SYN);
	setup_bypass(send_model, 1);
	TCP(NOW, .flags = SYN);
	ck_assert_uint_eq(weir_model_answer(send_model, answer), 0);
}
END_TEST

/* --- counters, clear --- */

static uint64_t counter(unsigned index)
{
	uint32_t word[8];

	setup_read(send_model, WEIR_REG_COUNTER0(index), word);
	return WEIR_FIELD_GET(word, WEIR_REG_COUNTER0_COUNT);
}

START_TEST(counters)
{
	state_cfg.mode = WEIR_CONNECTION_on;
	state_configure();
	TCP(NOW, .flags = ACK);
	TCP(NOW, .flags = ACK);
	TCP(NOW, .dir = 1, .flags = SYN, .seq = 1);
	SEND(NOW, .src = 7);
	ck_assert_uint_eq(counter(768 + EV(none)), 2);
	ck_assert_uint_eq(counter(768 + EV(opened)), 1);
	ck_assert_uint_eq(counter(768), 0);
}
END_TEST

START_TEST(clear)
{
	struct weir_model_table stat;
	uint32_t word[8];

	challenge(WEIR_SYN_retransmission);
	state_cfg.mode = WEIR_CONNECTION_on;
	state_configure();
	TCP(NOW, .dir = 1, .flags = SYN, .seq = 1);
	TCP(NOW, .flags = SYN, .rport = 9);
	TCP(NOW, .ttl0 = 1);
	ck_assert_int_eq(weir_model_write(send_model, WEIR_REG_CTRL, WEIR_REG_CTRL_CLEAR_MASK), 0);
	others(NOW, 9);
	for (unsigned k = 0; k < WEIR_STATES; k++) {
		weir_model_state(send_model, k, NOW, &stat);
		ck_assert_uint_eq(stat.used, 0);
		ck_assert_uint_eq(stat.peak, 0);
		ck_assert_uint_eq(stat.size, 4u << weir_state_info(k)->sets_log2);
	}
	for (uint32_t i = 0; i < WEIR_REG_SKETCH_COUNT; i++) {
		setup_read(send_model, WEIR_REG_SKETCH(i), word);
		ck_assert_uint_eq(word[0] | word[1], 0);
	}
	for (unsigned i = 0; i < 8; i++) {
		setup_read(send_model, WEIR_REG_STATE_CFG_CONNECTION + WEIR_ENTRY_SPAN * i, word);
		ck_assert_uint_eq(word[0] | word[1] | word[2] | word[3] | word[4], 0);
	}
}
END_TEST

/* Configuration reads back as it was written, but for the keys. */
START_TEST(read_back)
{
	static const uint32_t want[8][5] = {
		{ 0x1f07, 0x03ff03ff, 0x03ff03ff, 0xffffffff, 0 }, { 0x13, 0x00ff1fff, 0xff03ffff, 0x03ff00ff, 0xfff303ff },
		{ 0xffffffff, 0, 0, 0, 0 }, { 0x77777777, 0, 0, 0, 0 },
		[6] = { 0xff03ffff, 0x00ff07ff, 0, 0, 0 },
	};
	static const uint32_t ones[8] = { UINT32_MAX, UINT32_MAX, UINT32_MAX, UINT32_MAX, UINT32_MAX, UINT32_MAX, UINT32_MAX,
		UINT32_MAX };
	uint32_t word[8];

	for (unsigned i = 0; i < 8; i++) {
		setup_entry(send_model, WEIR_REG_STATE_CFG_CONNECTION + WEIR_ENTRY_SPAN * i, ones);
		setup_read(send_model, WEIR_REG_STATE_CFG_CONNECTION + WEIR_ENTRY_SPAN * i, word);
		for (unsigned w = 0; w < 5; w++)
			ck_assert_uint_eq(word[w], want[i][w]);
		ck_assert_uint_eq(word[5] | word[6] | word[7], 0);
	}
	/* Entries: bits by docs/lists/states.def. */
	for (unsigned k = 0; k < WEIR_STATES; k++) {
		unsigned bits = (unsigned)weir_state_info(k)->entry_bits;
		uint32_t addr = WEIR_REG_STATE_CONNECTION(3) + WEIR_TARGET_SPAN * k;

		setup_entry(send_model, addr, ones);
		setup_read(send_model, addr, word);
		for (unsigned i = 0; i < 256; i++)
			ck_assert_uint_eq(word[i / 32] >> i % 32 & 1, i < bits);
	}
}
END_TEST

/* A sweep frees what has expired. */
START_TEST(sweep)
{
	struct weir_model_table stat;

	state_cfg.mode = WEIR_CONNECTION_on;
	state_configure();
	TCP(NOW, .dir = 1, .flags = SYN, .seq = 1);
	for (uint64_t late = 99; late <= 100; late++) {
		uint32_t used;

		state_time((NOW / UNIT_US + late) * UNIT_US);
		for (uint32_t i = 0; i < 1024; i++)
			weir_model_sweep(send_model, i);
		ck_assert_int_eq(weir_model_read(send_model, WEIR_REG_STATS_STATES_USED(WEIR_STATE_connection), &used), 0);
		ck_assert_uint_eq(used, late < 100);
	}
	weir_model_state(send_model, WEIR_STATE_connection, NOW, &stat);
	ck_assert_uint_eq(stat.peak, 1);
}
END_TEST

Suite *weir_model_state_source_suite(void)
{
	Suite *s = suite_create("model: scores, answers, counters of state");
	TCase *t = tcase_create("source");

	suite_add_tcase(s, t);
	tcase_add_checked_fixture(t, state_begin, send_end);
	tcase_add_test(t, delay);
	tcase_add_test(t, before_look_up);
	tcase_add_loop_test(t, outcomes, 0, 8);
	tcase_add_test(t, entering);
	tcase_add_test(t, outcome_time);
	tcase_add_test(t, outcome_quote);
	tcase_add_test(t, no_outcome);
	tcase_add_loop_test(t, arithmetic, 0, 16);
	tcase_add_test(t, candidate);
	tcase_add_test(t, score_keeps_out);
	tcase_add_loop_test(t, answers, 0, 18);
	tcase_add_test(t, answer_last);
	tcase_add_test(t, counters);
	tcase_add_test(t, clear);
	tcase_add_test(t, read_back);
	tcase_add_test(t, sweep);
	return s;
}
