// SPDX-License-Identifier: Apache-2.0
/* Which rule applies, and what follows from it (docs/datapath.md 18.3, and 5.2, 5.4, 7, 8, 12 to 15 of what is allowed or
 * stopped). */
#include <string.h>

#include "model_rules.h"
#include "model_state.h"
#include "model_test.h"
#include "weir/weir_regs.h"

#define COUNT(a) (int)(sizeof(a) / sizeof((a)[0]))
#define NOW (500 * UNIT_US + 77)
#define EV(name) WEIR_EVENT_##name
#define NONE 9u
#define PLACE rules_place_a(rules_key_pair())
#define ID_EXACT (1 + 32 + PLACE)

/* Action of a prefix rule, of an exact rule (NONE: there is none), and which applies. */
static const struct {
	unsigned prefix, exact;
	char applies;          /* p, e, - */
	enum weir_verdict verdict;
	enum weir_reason reason;
} cases[] = {
	{ NONE, NONE, '-', WEIR_VERDICT_pass, WEIR_REASON_pass },
	{ WEIR_RULE_block, NONE, 'p', WEIR_VERDICT_drop, WEIR_REASON_rule_block },
	{ NONE, WEIR_RULE_block, 'e', WEIR_VERDICT_drop, WEIR_REASON_rule_block },
	{ WEIR_RULE_block, WEIR_RULE_block, 'e', WEIR_VERDICT_drop, WEIR_REASON_rule_block },
	{ WEIR_RULE_block, WEIR_RULE_divert, 'e', WEIR_VERDICT_divert, WEIR_REASON_rule_divert },
	{ WEIR_RULE_divert, WEIR_RULE_block, 'e', WEIR_VERDICT_drop, WEIR_REASON_rule_block },
	{ WEIR_RULE_block, WEIR_RULE_limit, 'e', WEIR_VERDICT_pass, WEIR_REASON_pass },
	{ WEIR_RULE_limit, WEIR_RULE_block, 'e', WEIR_VERDICT_drop, WEIR_REASON_rule_block },
	{ WEIR_RULE_allow, WEIR_RULE_block, 'p', WEIR_VERDICT_pass, WEIR_REASON_rule_allow },
	{ WEIR_RULE_allow, WEIR_RULE_divert, 'p', WEIR_VERDICT_pass, WEIR_REASON_rule_allow },
	{ WEIR_RULE_allow, WEIR_RULE_allow, 'p', WEIR_VERDICT_pass, WEIR_REASON_rule_allow },
	{ WEIR_RULE_block, WEIR_RULE_allow, 'e', WEIR_VERDICT_pass, WEIR_REASON_rule_allow },
	{ WEIR_RULE_divert, WEIR_RULE_allow, 'e', WEIR_VERDICT_pass, WEIR_REASON_rule_allow },
	{ NONE, WEIR_RULE_allow, 'e', WEIR_VERDICT_pass, WEIR_REASON_rule_allow },
	{ NONE, WEIR_RULE_limit, 'e', WEIR_VERDICT_pass, WEIR_REASON_pass },
};

START_TEST(applies)
{
	char want = cases[_i].applies;
	struct weir_record r;

	if (cases[_i].prefix != NONE)
		rules_all(cases[_i].prefix);
	if (cases[_i].exact != NONE)
		rules_exact(PLACE, rules_key_pair(), 1, cases[_i].exact);
	r = SEND(NOW);
	ck_assert_uint_eq(r.rule, want == 'p' ? 1 : want == 'e' ? ID_EXACT : 0);
	ck_assert_uint_eq(r.verdict, cases[_i].verdict);
	ck_assert_uint_eq(r.reason, cases[_i].reason);
	ck_assert_uint_eq(r.dry_reason, 0);
	ck_assert_uint_eq(r.tag | r.threshold | r.measured | r.unit, 0);
	ck_assert_uint_eq(rules_prefix_hits(0, 0), want == 'p');
	ck_assert_uint_eq(rules_exact_read(PLACE).count, want == 'e');
	ck_assert_uint_eq(rules_counter(cases[_i].reason), 1);
	/* With dry_run: the same rule, a hit, and it passes. */
	rules_cfg(0, 1, 1);
	r = SEND(NOW);
	ck_assert_uint_eq(r.rule, want == 'p' ? 1 : want == 'e' ? ID_EXACT : 0);
	ck_assert_uint_eq(r.verdict, WEIR_VERDICT_pass);
	ck_assert_uint_eq(r.reason, WEIR_REASON_pass);
	ck_assert_uint_eq(r.dry_reason, cases[_i].verdict == WEIR_VERDICT_pass ? 0 : cases[_i].reason);
	ck_assert_uint_eq(rules_prefix_hits(0, 0), 2 * (want == 'p'));
	ck_assert_uint_eq(rules_exact_read(PLACE).count, 2 * (want == 'e'));
}
END_TEST

static bool has_entry(unsigned table, struct weir_hash_key key)
{
	uint32_t word[8];

	return setup_find(send_model, table, key.tag, word) >= 0;
}

/** Of the meter of a class inbound. */
static uint32_t class_field(unsigned c, unsigned lsb, unsigned bits)
{
	uint32_t word[8];

	setup_read(send_model, WEIR_REG_CLASS_BANK(256 + c), word);
	return (uint32_t)weir_field_get(word, lsb, bits);
}
#define CLASS(c, field) class_field(WEIR_CLASS_##c, WEIR_REG_CLASS_BANK_##field##_LSB, WEIR_REG_CLASS_BANK_##field##_BITS)

/* Stopped by a rule: no state but the score of its source, no new entries, no tokens. */
START_TEST(stopped)
{
	struct weir_meter_cfg c = setup_rate(WEIR_METER_limit, 1000, 1, 7);
	struct weir_state_entry e = { .time = NOW / UNIT_US, .score = 100 };
	struct weir_record r;

	setup_meter(send_model, SETUP_CLASS(0, WEIR_CLASS_tcp), &c);
	state_cfg.mode = WEIR_CONNECTION_on;
	state_cfg.enable = 1;
	state_cfg.source_threshold = 1;
	state_cfg.action[WEIR_ACTION_source_score] = WEIR_DO_drop;
	state_cfg.action[WEIR_ACTION_conn_none] = WEIR_DO_drop;
	state_configure();
	for (unsigned action = WEIR_RULE_block; action <= WEIR_RULE_divert; action += 2) {
		rules_all(action);
		ck_assert_uint_eq(TCP(NOW, .flags = SYN).event, EV(unseen));
		r = TCP(NOW, .flags = ACK);
		ck_assert_uint_eq(r.event, EV(unseen));
		ck_assert_uint_eq(r.verdict, action == WEIR_RULE_block ? WEIR_VERDICT_drop : WEIR_VERDICT_divert);
		ck_assert_uint_eq(TCP(NOW, .dir = 1, .flags = SYN).event, EV(unseen));
		ck_assert_uint_eq(TCP(NOW, .dir = 1, .flags = SYN).rule, 1);
		ck_assert_uint_eq(TCP(NOW, .quote = 1).event, EV(unseen));
	}
	ck_assert(!state_read(WEIR_STATE_host, state_host_key(&(struct seg){ 0 }), &e));
	ck_assert(!state_read(WEIR_STATE_connection, state_connection_key(&(struct seg){ 0 }), &e));
	ck_assert(!has_entry(WEIR_TABLE_remote, rules_key_remote()));
	ck_assert(!has_entry(WEIR_TABLE_pair, rules_key_pair()));
	ck_assert_uint_eq(CLASS(all, COUNT), 6);
	ck_assert_uint_eq(CLASS(tcp, TAT), 0);
	/* The score's candidate stands behind that of the rule. */
	e = (struct weir_state_entry){ .tag = state_remote_key(&(struct seg){ 0 }).tag, .time = NOW / UNIT_US, .score = 100 };
	state_time(NOW);
	state_write(WEIR_STATE_source, state_remote_key(&(struct seg){ 0 }), 0, &e);
	ck_assert_uint_eq(TCP(NOW, .flags = ACK).reason, WEIR_REASON_rule_divert);
	rules_cfg(0, 1, 1);
	r = TCP(NOW, .flags = ACK);
	ck_assert_uint_eq(r.reason, WEIR_REASON_source_score);
	ck_assert_uint_eq(r.dry_reason, WEIR_REASON_rule_divert);
	ck_assert_uint_eq(r.event, EV(none));
}
END_TEST

/* A rule's candidate stands before those of anomalies. */
START_TEST(before_anomalies)
{
	struct weir_record r;

	rules_all(WEIR_RULE_block);
	r = SEND(NOW, .ttl0 = 1);
	ck_assert_uint_eq(r.reason, WEIR_REASON_rule_block);
	rules_cfg(0, 1, 1);
	r = SEND(NOW, .ttl0 = 1);
	ck_assert_uint_eq(r.reason, WEIR_REASON_anomaly_0 + WEIR_ANOMALY_ip4_ttl_zero);
	ck_assert_uint_eq(r.dry_reason, WEIR_REASON_rule_block);
	rules_cfg(0, 1, 0);
	setup_anomaly(send_model, WEIR_ANOMALY_ip4_ttl_zero, WEIR_ANOMALY_Drop, 1);
	r = SEND(NOW, .ttl0 = 1);
	ck_assert_uint_eq(r.reason, WEIR_REASON_rule_block);
	ck_assert_uint_eq(r.dry_reason, 0);
	/* A frame that an anomaly drops has its hit all the same. */
	ck_assert_uint_eq(rules_prefix_hits(0, 0), 3);
}
END_TEST

/* Allowed: nothing objects, meters count and give no tokens. */
START_TEST(allowed_meters)
{
	struct weir_meter_cfg c = setup_rate(WEIR_METER_limit, 1000, 1, 7);
	struct weir_record r;

	for (unsigned i = 0; i < WEIR_REG_METER_CFG_COUNT; i++)
		setup_meter(send_model, i, &c);
	for (unsigned k = 0; k < WEIR_TABLES; k++)
		setup_table(send_model, k, &(struct weir_table_cfg){ .timeout = 5, .fail_closed = 1 });
	rules_all(WEIR_RULE_allow);
	for (unsigned i = 0; i < 5; i++) {
		r = SEND(NOW, .ttl0 = 1);
		ck_assert_uint_eq(r.verdict, WEIR_VERDICT_pass);
		ck_assert_uint_eq(r.reason, WEIR_REASON_rule_allow);
		ck_assert_uint_eq(r.dry_reason, 0);
		ck_assert_uint_eq(r.tag | r.threshold | r.measured, 0);
		ck_assert(weir_record_has_anomaly(&r, WEIR_ANOMALY_ip4_ttl_zero));
		ck_assert_uint_eq(SEND(NOW, .dir = 1).reason, WEIR_REASON_rule_allow);
	}
	ck_assert_uint_eq(rules_counter(WEIR_REASON_rule_allow), 10);
	ck_assert_uint_eq(rules_counter(512 + WEIR_ANOMALY_ip4_ttl_zero), 5);
	ck_assert(!has_entry(WEIR_TABLE_remote, rules_key_remote()));
	ck_assert(!has_entry(WEIR_TABLE_pair, rules_key_pair()));
	ck_assert(!has_entry(WEIR_TABLE_address, weir_hash_address(&send_hash, 0, r.protect)));
	ck_assert(!has_entry(WEIR_TABLE_port, weir_hash_port(&send_hash, 1, 7777)));
	ck_assert_uint_eq(CLASS(all, COUNT), 5);
	ck_assert_uint_eq(CLASS(all, TAT), 0);
	ck_assert_uint_eq(CLASS(udp, COUNT), 5);
	/* With dry_run it is like any frame. */
	rules_cfg(0, 1, 1);
	ck_assert_uint_eq(SEND(NOW).verdict, WEIR_VERDICT_pass);
	ck_assert(has_entry(WEIR_TABLE_remote, rules_key_remote()));
	ck_assert_uint_eq(SEND(NOW).reason, WEIR_REASON_meter_remote);
}
END_TEST

/** Everything of state on, a host flood at the second SYN. */
static void state_on(void)
{
	state_cfg.mode = WEIR_CONNECTION_on;
	state_cfg.enable = 1;
	state_cfg.host_threshold = 1;
	state_cfg.total_threshold = 10;
	state_cfg.zombie_threshold = 10;
	state_cfg.source_threshold = 1;
	for (unsigned i = 0; i < WEIR_STATE_ACTIONS; i++)
		state_cfg.action[i] = WEIR_DO_drop;
	state_cfg.fail_closed = 1;
	state_configure();
}

/* Allowed: connections are followed, sources become legitimate, and nothing of it objects. */
START_TEST(allowed_state)
{
	struct weir_state_entry e = { .time = NOW / UNIT_US & 0xfff, .score = 100 };
	struct weir_hash_key remote = state_remote_key(&(struct seg){ 0 });
	struct weir_record r;

	state_on();
	rules_all(WEIR_RULE_allow);
	e.tag = remote.tag;
	state_time(NOW);
	state_write(WEIR_STATE_source, remote, 0, &e);
	for (unsigned i = 0; i < 40; i++) {
		r = TCP(NOW, .rport = (uint16_t)(1 + i), .flags = SYN);
		ck_assert_uint_eq(r.event, EV(syn_new));
		ck_assert_uint_eq(r.reason, WEIR_REASON_rule_allow);
		ck_assert_uint_eq(r.flood | r.trips | r.ends, 0);
	}
	ck_assert(!state_read(WEIR_STATE_host, state_host_key(&(struct seg){ 0 }), &e));
	ck_assert(state_read(WEIR_STATE_source, remote, &e));
	ck_assert_uint_eq(e.score, 100);
	r = TCP(NOW, .flags = ACK);
	ck_assert_uint_eq(r.event, EV(none));
	ck_assert_uint_eq(r.reason, WEIR_REASON_rule_allow);
	ck_assert_uint_eq(TCP(NOW, .quote = 1).event, EV(quote));
	ck_assert_uint_eq(TCP(NOW, .quote = 1).reason, WEIR_REASON_rule_allow);
	/* An anomaly whose action is to drop does not spoil it; those of 12 do. */
	ck_assert_uint_eq(TCP(NOW, .flags = ACK, .ttl0 = 1).event, EV(none));
	ck_assert_uint_eq(TCP(NOW, .flags = ACK, .bad_sum = 1).event, EV(unseen));
	ck_assert_uint_eq(TCP(NOW, .flags = ACK, .bad_sum = 1).reason, WEIR_REASON_rule_allow);
	/* A handshake. */
	ck_assert_uint_eq(TCP(NOW, .dir = 1, .flags = SYN | ACK, .seq = 4999, .ack = 1000).event, EV(half_open));
	r = TCP(NOW, .flags = ACK, .seq = 1000, .ack = 5000);
	ck_assert_uint_eq(r.event, EV(established));
	ck_assert_uint_eq(r.tclass, WEIR_TCLASS_tcp_known);
	ck_assert_uint_eq(r.legit, 0);
	r = TCP(NOW, .flags = ACK, .seq = 1000, .ack = 5000);
	ck_assert_uint_eq(r.event, EV(known));
	ck_assert_uint_eq(r.legit, 1);
	ck_assert(state_read(WEIR_STATE_client, remote, &e));
	ck_assert_uint_eq(e.counts.est_now, 1);
	ck_assert(state_read(WEIR_STATE_server, state_host_key(&(struct seg){ 0 }), &e));
	ck_assert_uint_eq(e.counts.opened, 1);
}
END_TEST

/* The flags of an allowed frame: no host, the others as they are; in a flood it makes nobody legitimate. */
START_TEST(allowed_flood)
{
	struct weir_state_entry e;
	struct weir_record r;

	state_on();
	rules_all(WEIR_RULE_allow);
	rules_cfg(0, 0, 0);
	for (unsigned i = 0; i < 12; i++)
		r = TCP(NOW, .src = 30, .rport = (uint16_t)(1 + i), .flags = SYN);
	ck_assert_uint_eq(r.flood, 3);
	rules_cfg(0, 1, 0);
	r = TCP(NOW, .src = 30, .flags = SYN);
	ck_assert_uint_eq(r.flood, 2);
	ck_assert_uint_eq(r.reason, WEIR_REASON_rule_allow);
	ck_assert_uint_eq(TCP(NOW, .flags = ACK).flood, 2);
	ck_assert(state_read(WEIR_STATE_host, state_host_key(&(struct seg){ 0 }), &e));
	ck_assert_uint_eq(e.host.count, 12);
	TCP(NOW, .dir = 1, .flags = SYN | ACK, .seq = 4999, .ack = 1000);
	ck_assert_uint_eq(TCP(NOW, .flags = ACK, .seq = 1000, .ack = 5000).event, EV(established));
	ck_assert(!state_read(WEIR_STATE_legit, state_remote_key(&(struct seg){ 0 }), &e));
	/* The hold of the host's flood is over; an allowed frame does not see to it, nor to that of the total. */
	r = TCP(NOW + 20 * WINDOW_US, .flags = SYN, .rport = 2);
	ck_assert_uint_eq(r.ends, 0);
	ck_assert_uint_eq(r.flood, 2);
	state_cfg.enable = 0;
	state_configure();
	ck_assert_uint_eq(TCP(NOW, .flags = SYN).flood, 0);
}
END_TEST

/* An allowed frame proves nothing, is not answered and has no place in the sketch. */
START_TEST(allowed_proof)
{
	struct weir_state_entry e;
	struct weir_record r;
	uint8_t answer[WEIR_ANSWER_MAX];
	uint32_t cookie;

	state_on();
	state_cfg.total_threshold = 1;
	state_cfg.method = WEIR_SYN_ack_cookie;
	state_configure();
	TCP(NOW, .src = 30, .flags = SYN);
	r = TCP(NOW, .flags = SYN);
	ck_assert_uint_eq(r.reason, WEIR_REASON_syn_challenge);
	cookie = weir_cookie_make(&state_cfg, &r, weir_cookie_epoch(NOW));
	rules_all(WEIR_RULE_allow);
	r = TCP(NOW, .flags = RST, .seq = cookie);
	ck_assert_uint_eq(r.reason, WEIR_REASON_rule_allow);
	ck_assert(!state_read(WEIR_STATE_proven, state_remote_key(&(struct seg){ 0 }), &e));
	ck_assert_uint_eq(TCP(NOW, .flags = SYN).verdict, WEIR_VERDICT_pass);
	ck_assert_uint_eq(weir_model_answer(send_model, answer), 0);
	rules_cfg(0, 0, 0);
	ck_assert_uint_eq(TCP(NOW, .flags = RST, .seq = cookie).reason, WEIR_REASON_syn_proof);
	rules_cfg(0, 1, 0);
	ck_assert_uint_eq(TCP(NOW, .flags = SYN).proven, 1);
	state_cfg.method = WEIR_SYN_retransmission;
	state_configure();
	TCP(NOW, .src = 33, .flags = SYN);
	for (uint32_t i = 0; i < WEIR_REG_SKETCH_COUNT; i++) {
		uint32_t word[8];

		setup_read(send_model, WEIR_REG_SKETCH(i), word);
		ck_assert_uint_eq(word[0] | word[1], 0);
	}
	rules_cfg(0, 0, 0);
	ck_assert_uint_eq(TCP(NOW, .src = 33, .flags = SYN).reason, WEIR_REASON_syn_first);
}
END_TEST

/** Outbound frames, with which the outcomes of those before come. */
static void others(uint64_t stamp_us)
{
	for (unsigned i = 0; i < 8; i++)
		SEND(stamp_us, .dir = 1, .src = 88, .dst = 0x0999, .dport = 2);
}

/** Score that a frame's outcome brings. */
static uint32_t score_after(uint64_t stamp_us, uint32_t before)
{
	struct weir_state_entry e = { .tag = rules_key_remote().tag, .time = stamp_us / UNIT_US & 0xfff, .score = before };

	others(stamp_us);
	state_time(stamp_us);
	state_write(WEIR_STATE_source, rules_key_remote(), 0, &e);
	SEND(stamp_us);
	others(stamp_us);
	ck_assert(state_read(WEIR_STATE_source, rules_key_remote(), &e));
	return e.score;
}

/* Rules leave scores alone: neither flood nor good. */
START_TEST(outcome)
{
	struct prefix_rule rule = { .action = WEIR_RULE_block };
	struct weir_meter_cfg c = setup_rate(WEIR_METER_drop, 1000, 1, 7);

	state_cfg.grow = 0;
	state_cfg.decay = 1;
	state_configure();
	ck_assert_uint_eq(score_after(NOW, 100), 50);
	prefix_want(&rule, AT_DIR, 1, 0);
	for (unsigned action = 0; action < 4; action++) {
		rule.action = action;
		rules_prefix(0, &rule, 1);
		ck_assert_uint_eq(score_after(NOW, 100), action == WEIR_RULE_limit ? 50 : 100);
	}
	/* What a limit drops is none either. */
	setup_meter(send_model, SETUP_TABLE(WEIR_TABLE_pair, 0), &c);
	rule.action = WEIR_RULE_limit;
	rules_prefix(0, &rule, 1);
	SEND(NOW);
	ck_assert_uint_eq(SEND(NOW).reason, WEIR_REASON_rule_limit);
	ck_assert_uint_eq(score_after(NOW, 100), 100);
	rules_cfg(0, 0, 0);
	SEND(NOW);
	ck_assert_uint_eq(score_after(NOW, 100), 201);
}
END_TEST

/* A pinned entry of `pair` holds the limit, of all that the rule fits. */
START_TEST(limit)
{
	struct weir_meter_cfg c = setup_rate(WEIR_METER_limit, 1000, 3, 7);
	unsigned id = 32 + PLACE + 1;
	uint64_t tag = (UINT64_C(1) << 39) + id;
	struct weir_record r;

	c.effect = 1;
	setup_meter(send_model, SETUP_OVERRIDE(WEIR_TABLE_pair, 5), &c);
	setup_pin(send_model, WEIR_TABLE_pair, 4 * (id % 1024 % 128) + 2, tag, 5);
	rules_exact(id - 32, rules_key_remote(), 1, WEIR_RULE_limit);
	/* In the wrong bucket it is none. */
	ck_assert_uint_eq(SEND(NOW).rule, 0);
	rules_exact(id - 32, (struct weir_hash_key){ .tag = 0 }, 0, 0);
	rules_exact(id - 32, rules_key_pair(), 1, WEIR_RULE_limit);
	for (unsigned i = 0; i < 3; i++) {
		r = SEND(NOW, .dport = (uint16_t)(1 + i));
		ck_assert_uint_eq(r.rule, 1 + id);
		ck_assert_uint_eq(r.reason, WEIR_REASON_pass);
	}
	r = SEND(NOW);
	ck_assert_uint_eq(r.verdict, WEIR_VERDICT_demote);
	ck_assert_uint_eq(r.reason, WEIR_REASON_rule_limit);
	ck_assert_uint_eq(r.tag, tag);
	ck_assert_uint_eq(r.threshold, 7);
	ck_assert_uint_eq(r.measured, 4);
	ck_assert_uint_eq(r.unit, 0);
	/* In place of its own key; `remote` stays as it is. */
	ck_assert_uint_eq(has_entry(WEIR_TABLE_pair, rules_key_pair()), 1);
	ck_assert(has_entry(WEIR_TABLE_remote, rules_key_remote()));
	ck_assert_uint_eq(send_entry(WEIR_TABLE_pair, rules_key_pair().tag, NULL).m.count, 1);
	ck_assert_uint_eq(send_entry(WEIR_TABLE_pair, tag, NULL).m.count, 4);
	/* What goes out, and with dry_run nothing. */
	ck_assert_uint_eq(SEND(NOW, .dir = 1).reason, WEIR_REASON_pass);
	rules_cfg(0, 1, 1);
	ck_assert_uint_eq(SEND(NOW).reason, WEIR_REASON_pass);
	ck_assert_uint_eq(SEND(NOW).rule, 1 + id);
	ck_assert_uint_eq(send_entry(WEIR_TABLE_pair, tag, NULL).m.count, 4);
}
END_TEST

/* Without a pinned entry a limit is an entry like others; a full table has the rule's reason too; a quote is not looked up. */
START_TEST(limit_full)
{
	struct weir_meter_cfg c = setup_rate(WEIR_METER_drop, 1000, 1, 7);
	uint64_t tag = (UINT64_C(1) << 39) + 7;
	struct prefix_rule rule[8] = { { .action = WEIR_RULE_limit } };
	struct weir_record r;

	for (unsigned i = 0; i < 7; i++)
		prefix_want(&rule[i], AT_RPORT, 16, 1);
	rule[7].action = WEIR_RULE_limit;
	rules_prefix(0, rule, 8);
	setup_meter(send_model, SETUP_TABLE(WEIR_TABLE_pair, 0), &c);
	SEND(NOW);
	r = SEND(NOW, .src = 9);
	ck_assert_uint_eq(r.reason, WEIR_REASON_rule_limit);
	ck_assert_uint_eq(r.verdict, WEIR_VERDICT_drop);
	ck_assert_uint_eq(r.tag, tag);
	ck_assert_uint_eq(r.trips, 1u << WEIR_TABLE_pair);
	ck_assert_uint_eq(TCP(NOW, .quote = 1).reason, WEIR_REASON_pass);
	ck_assert_uint_eq(TCP(NOW, .quote = 1).rule, 8);
	/* The set is that of index 7. */
	for (unsigned way = 0; way < 4; way++)
		setup_pin(send_model, WEIR_TABLE_pair, 4 * 7 + way, 1 + way, 1);
	ck_assert_uint_eq(SEND(NOW).reason, WEIR_REASON_pass);
	setup_table(send_model, WEIR_TABLE_pair, &(struct weir_table_cfg){ .timeout = 5, .fail_closed = 1 });
	r = SEND(NOW);
	ck_assert_uint_eq(r.verdict, WEIR_VERDICT_drop);
	ck_assert_uint_eq(r.reason, WEIR_REASON_rule_limit);
	ck_assert_uint_eq(r.tag, tag);
	ck_assert_uint_eq(r.measured, 0);
}
END_TEST

/* The largest id: index and tag of a limit. */
START_TEST(limit_id)
{
	ck_assert_uint_eq(weir_rule_limit_key(1).tag, UINT64_C(1) << 39);
	ck_assert_uint_eq(weir_rule_limit_key(1).index, 0);
	ck_assert_uint_eq(weir_rule_limit_key(1 + 32 + 2047).tag, (UINT64_C(1) << 39) + 2079);
	ck_assert_uint_eq(weir_rule_limit_key(1 + 32 + 2047).index, 31);
	ck_assert_uint_eq(weir_rule_limit_key(1 + 1023).index, 1023);
	ck_assert_uint_eq(weir_rule_limit_key(1 + 1024).index, 0);
}
END_TEST

/* Diverted frames go to the address of a register, which is fixed while frames pass. */
START_TEST(divert_mac)
{
	static const uint8_t want[6] = { 0x12, 0x34, 0x56, 0x78, 0x9a, 0xbc };
	uint8_t mac[6] = { 1, 1, 1, 1, 1, 1 };
	uint32_t value;

	weir_model_divert_mac(send_model, mac);
	ck_assert_mem_eq(mac, (uint8_t[6]){ 0 }, 6);
	ck_assert_int_eq(weir_model_write(send_model, WEIR_REG_DIVERT_MAC_FIRST, 0x12345678), 0);
	ck_assert_int_eq(weir_model_write(send_model, WEIR_REG_DIVERT_MAC_LAST, 0xffff9abc), 0);
	weir_model_divert_mac(send_model, mac);
	ck_assert_mem_eq(mac, want, 6);
	ck_assert_int_eq(weir_model_read(send_model, WEIR_REG_DIVERT_MAC_FIRST, &value), 0);
	ck_assert_uint_eq(value, 0x12345678);
	ck_assert_int_eq(weir_model_read(send_model, WEIR_REG_DIVERT_MAC_LAST, &value), 0);
	ck_assert_uint_eq(value, 0x9abc);
	ck_assert_int_eq(weir_model_write(send_model, WEIR_REG_CTRL, WEIR_REG_CTRL_RUN_MASK), 0);
	ck_assert_int_lt(weir_model_write(send_model, WEIR_REG_DIVERT_MAC_FIRST, 0), 0);
	weir_model_divert_mac(send_model, mac);
	ck_assert_mem_eq(mac, want, 6);
}
END_TEST

static void begin(void)
{
	state_begin();
	rules_cfg(0, 1, 0);
}

Suite *weir_model_rule_suite(void)
{
	Suite *s = suite_create("model: rules");
	TCase *t = tcase_create("rules");

	suite_add_tcase(s, t);
	tcase_add_checked_fixture(t, begin, send_end);
	tcase_add_loop_test(t, applies, 0, COUNT(cases));
	tcase_add_test(t, stopped);
	tcase_add_test(t, before_anomalies);
	tcase_add_test(t, allowed_meters);
	tcase_add_test(t, allowed_state);
	tcase_add_test(t, allowed_flood);
	tcase_add_test(t, allowed_proof);
	tcase_add_test(t, outcome);
	tcase_add_test(t, limit);
	tcase_add_test(t, limit_full);
	tcase_add_test(t, limit_id);
	tcase_add_test(t, divert_mac);
	return s;
}
