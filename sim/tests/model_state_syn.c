// SPDX-License-Identifier: Apache-2.0
/* SYN floods (docs/datapath.md 14): meters, legitimate addresses, proofs, the decision. */
#include <string.h>

#include "model_state.h"
#include "model_test.h"
#include "weir/weir_regs.h"

#define EV(name) WEIR_EVENT_##name
#define HOST_TRIP (1u << 15)
#define TOTAL_TRIP (1u << 16)
#define EPOCH_US (UINT64_C(1) << 22)
#define NOW (1000 * EPOCH_US + 12345)

static const uint64_t key0[2] = { UINT64_C(0x0123456789abcdef), UINT64_C(0xfedcba9876543210) };
static const uint64_t key1[2] = { UINT64_C(0x1111222233334444), UINT64_C(0x5555666677778888) };

/** SYN validation on, connections on, everything declared at the third SYN of a window. */
static void begin(void)
{
	state_begin();
	state_cfg.mode = WEIR_CONNECTION_on;
	state_cfg.enable = 1;
	state_cfg.host_threshold = 2;
	state_cfg.host_hold = 3;
	state_cfg.action[WEIR_ACTION_syn] = WEIR_DO_drop;
	state_cfg.cookie_key[0].k0 = key0[0];
	state_cfg.cookie_key[0].k1 = key0[1];
	state_cfg.cookie_key[1].k0 = key1[0];
	state_cfg.cookie_key[1].k1 = key1[1];
	state_configure();
}

/** n SYNs of other sources in the window of a time. @return trips and ends that they brought */
static struct weir_record syns(uint64_t stamp_us, unsigned n, uint16_t net)
{
	struct weir_record last = { 0 };
	uint32_t trips = 0, ends = 0;

	for (unsigned i = 0; i < n; i++) {
		last = TCP(stamp_us, .src = 200, .rport = (uint16_t)(1000 + i), .net = net, .flags = SYN);
		trips |= last.trips;
		ends |= last.ends;
	}
	last.trips = trips;
	last.ends = ends;
	return last;
}

static struct weir_syn_meter host(uint64_t *ret_win)
{
	struct weir_state_entry e;

	ck_assert(state_read(WEIR_STATE_host, state_host_key(&(struct seg){ 0 }), &e));
	if (ret_win)
		*ret_win = e.time;
	return e.host;
}

START_TEST(host_meter)
{
	struct weir_record r = syns(NOW, 2, 0);
	uint64_t win;

	ck_assert_uint_eq(r.flood, 0);
	ck_assert_uint_eq(r.trips, 0);
	ck_assert_uint_eq(host(&win).count, 2);
	ck_assert_uint_eq(win, NOW >> 16 & 0x3ff);
	r = TCP(NOW, .flags = SYN);
	ck_assert_uint_eq(r.trips, HOST_TRIP);
	ck_assert_uint_eq(r.flood, 1);
	ck_assert_uint_eq(r.verdict, WEIR_VERDICT_drop);
	ck_assert_uint_eq(r.reason, WEIR_REASON_syn_flood);
	ck_assert_uint_eq(r.tag, state_host_key(&(struct seg){ 0 }).tag);
	ck_assert_uint_eq(r.threshold, 2);
	ck_assert_uint_eq(r.measured, 3);
	r = TCP(NOW, .flags = SYN);
	ck_assert_uint_eq(r.trips, 0);
	ck_assert_uint_eq(r.measured, 4);
	/* Another host, other frames to this one, what goes out, what is no TCP. */
	ck_assert_uint_eq(TCP(NOW, .net = 0x0301, .flags = SYN).flood, 0);
	ck_assert_uint_eq(TCP(NOW, .flags = ACK).flood, 1);
	ck_assert_uint_eq(TCP(NOW, .flags = ACK, .ttl0 = 1).flood, 0);
	ck_assert_uint_eq(TCP(NOW, .dir = 1, .flags = ACK).flood, 0);
	ck_assert_uint_eq(SEND(NOW, .dst = 0x020a).flood, 0);
	ck_assert_uint_eq(host(NULL).count, 4);
}
END_TEST

/* Frames other than SYNs update a host that is there, and make none. */
START_TEST(host_other_frames)
{
	struct weir_state_entry e;

	TCP(NOW, .flags = ACK);
	TCP(NOW, .flags = SYN | ACK);
	TCP(NOW, .flags = RST);
	TCP(NOW, .dir = 1, .flags = SYN);
	ck_assert(!state_read(WEIR_STATE_host, state_host_key(&(struct seg){ 0 }), &e));
	syns(NOW, 2, 0);
	TCP(NOW, .flags = ACK);
	ck_assert_uint_eq(host(NULL).count, 2);
	TCP(NOW + WINDOW_US, .flags = ACK);
	ck_assert_uint_eq(host(NULL).count, 0);
}
END_TEST

/* Hysteresis: quiet counts windows below half of the threshold, and the windows without packets. */
START_TEST(host_hold)
{
	uint64_t t = NOW, win;

	state_cfg.host_threshold = 10;
	state_configure();
	ck_assert_uint_eq(syns(t, 11, 0).trips, HOST_TRIP);
	ck_assert_uint_eq(syns(t += WINDOW_US, 5, 0).ends, 0);   /* of 11 SYNs: loud, quiet 0 */
	ck_assert_uint_eq(host(NULL).quiet, 0);
	ck_assert_uint_eq(syns(t += WINDOW_US, 4, 0).ends, 0);   /* of 5: loud */
	ck_assert_uint_eq(host(NULL).quiet, 0);
	ck_assert_uint_eq(syns(t += WINDOW_US, 1, 0).flood, 1);  /* of 4: quiet 1 */
	ck_assert_uint_eq(host(NULL).quiet, 1);
	ck_assert_uint_eq(syns(t += WINDOW_US, 9, 0).flood, 1);  /* of 1: quiet 2 */
	ck_assert_uint_eq(host(NULL).quiet, 2);
	ck_assert_uint_eq(syns(t += WINDOW_US, 1, 0).flood, 1);  /* of 9: loud again */
	ck_assert_uint_eq(host(NULL).quiet, 0);
	t += 3 * WINDOW_US;
	ck_assert_uint_eq(TCP(t, .flags = ACK).ends, HOST_TRIP); /* of 1, and two of none: quiet 3 */
	ck_assert_uint_eq(host(&win).flood, 0);
	ck_assert_uint_eq(win, t >> 16 & 0x3ff);
	/* A loud window counts 0, those behind it count. */
	ck_assert_uint_eq(syns(t += WINDOW_US, 11, 0).trips, HOST_TRIP);
	ck_assert_uint_eq(TCP(t + 3 * WINDOW_US, .flags = ACK).ends, 0);
	ck_assert_uint_eq(host(NULL).quiet, 2);
	ck_assert_uint_eq(TCP(t + 4 * WINDOW_US, .flags = ACK).ends, HOST_TRIP);
}
END_TEST

/* What was quiet before a trip does not count for its end. */
START_TEST(host_quiet_before)
{
	ck_assert_uint_eq(syns(NOW, 1, 0).trips, 0);
	ck_assert_uint_eq(syns(NOW + 5 * WINDOW_US, 1, 0).trips, 0);
	ck_assert_uint_ge(host(NULL).quiet, 3);
	ck_assert_uint_eq(syns(NOW + 5 * WINDOW_US, 2, 0).trips, HOST_TRIP);
	ck_assert_uint_eq(host(NULL).quiet, 0);
	ck_assert_uint_eq(TCP(NOW + 7 * WINDOW_US, .flags = ACK).ends, 0);
}
END_TEST

/* Victims: not under flood; the fewest SYNs, none from two windows on. */
START_TEST(host_victims)
{
	static const struct {
		uint8_t age[4], flood[4];
		uint16_t count[4];
		int victim;
	} cases[] = {
		{ { 0 }, { 0 }, { 9, 8, 7, 8 }, 2 }, { { 0 }, { 0, 0, 1, 0 }, { 9, 8, 7, 8 }, 1 },
		{ { 0, 1, 2, 0 }, { 0 }, { 9, 1, 9, 8 }, 2 }, { { 0, 1, 1, 1 }, { 0 }, { 9, 2, 1, 8 }, 2 },
		{ { 0 }, { 1, 1, 1, 1 }, { 0 }, -1 },
	};
	struct weir_hash_key key = state_host_key(&(struct seg){ 0 });

	state_time(NOW);
	for (unsigned way = 0; way < 4; way++)
		state_write(WEIR_STATE_host, key, way, &(struct weir_state_entry){
			.tag = key.tag + 4 + way, .time = ((NOW >> 16) - cases[_i].age[way]) & 0x3ff,
			.host = { .count = cases[_i].count[way], .flood = cases[_i].flood[way] } });
	TCP(NOW, .flags = SYN);
	for (unsigned way = 0; way < 4; way++) {
		struct weir_state_entry e;
		struct weir_hash_key other = { .tag = key.tag + 4 + way, .index = key.index };

		ck_assert_uint_eq(state_read(WEIR_STATE_host, other, &e), (int)way != cases[_i].victim);
	}
}
END_TEST

/* A threshold of 0 declares nothing, and clears what is declared. */
START_TEST(threshold_0)
{
	struct weir_record r;

	ck_assert_uint_eq(syns(NOW, 3, 0).flood, 1);
	state_cfg.host_threshold = 0;
	state_configure();
	r = syns(NOW, 1, 0);
	ck_assert_uint_eq(r.flood, 0);
	ck_assert_uint_eq(r.ends, HOST_TRIP);
	ck_assert_uint_eq(host(NULL).flood, 0);
	ck_assert_uint_eq(syns(NOW, 100, 0).flood, 0);
}
END_TEST

START_TEST(disabled)
{
	struct weir_state_entry e;

	syns(NOW, 3, 0);
	state_cfg.enable = 0;
	state_configure();
	ck_assert_uint_eq(syns(NOW, 5, 0).flood, 0);
	ck_assert_uint_eq(syns(NOW, 5, 0).verdict, WEIR_VERDICT_pass);
	ck_assert_uint_eq(host(NULL).count, 3);
	syns(NOW, 5, 0x0301);
	ck_assert(!state_read(WEIR_STATE_host, state_host_key(&(struct seg){ .net = 0x0301 }), &e));
	state_cfg.enable = 1;
	state_configure();
	ck_assert_uint_eq(syns(NOW, 1, 0).flood, 1);
}
END_TEST

START_TEST(total_meter)
{
	struct weir_record r;

	state_cfg.host_threshold = 0;
	state_cfg.total_threshold = 5;
	state_cfg.total_hold = 2;
	state_configure();
	for (uint16_t i = 0; i < 5; i++)
		ck_assert_uint_eq(syns(NOW, 1, 0x0300 + i).flood, 0);
	r = TCP(NOW, .flags = SYN);
	ck_assert_uint_eq(r.trips, TOTAL_TRIP);
	ck_assert_uint_eq(r.flood, 2);
	ck_assert_uint_eq(r.reason, WEIR_REASON_syn_flood);
	ck_assert_uint_eq(r.threshold, 0);
	ck_assert_uint_eq(r.measured, 1);
	/* Only SYNs update it; for other frames it is as it is. */
	ck_assert_uint_eq(TCP(NOW + 10 * WINDOW_US, .flags = ACK).flood, 2);
	ck_assert_uint_eq(TCP(NOW + 10 * WINDOW_US, .flags = ACK).ends, 0);
	r = syns(NOW + 10 * WINDOW_US, 1, 0);
	ck_assert_uint_eq(r.ends, TOTAL_TRIP);
	ck_assert_uint_eq(r.flood, 0);
	/* Both at once. */
	state_cfg.host_threshold = 5;
	state_configure();
	r = syns(NOW + 20 * WINDOW_US, 6, 0);
	ck_assert_uint_eq(r.trips, HOST_TRIP | TOTAL_TRIP);
	ck_assert_uint_eq(r.flood, 3);
	/* SYNs that an anomaly drops do not count. */
	for (unsigned i = 0; i < 9; i++)
		TCP(NOW + 30 * WINDOW_US, .flags = SYN, .ttl0 = 1);
	ck_assert_uint_eq(syns(NOW + 30 * WINDOW_US, 5, 0x0400).trips, 0);
}
END_TEST

/* A window jump beyond what ten bits tell. */
START_TEST(total_long_ago)
{
	state_cfg.host_threshold = 0;
	state_cfg.total_threshold = 1;
	state_cfg.total_hold = 255;
	state_configure();
	ck_assert_uint_eq(syns(NOW, 3, 0).flood, 2);
	ck_assert_uint_eq(syns(NOW + 1024 * WINDOW_US, 1, 0).ends, TOTAL_TRIP);
}
END_TEST

/* An address whose handshake was completed, checked and not under flood is legitimate. */
START_TEST(legit_enters)
{
	static const struct {
		const char *what;
		uint8_t manual, bad, opener, flood;
	} cases[] = {
		{ "", 0, 0, 0, 0 }, { "manual", 1, 0, 0, 0 }, { "unknown sum", 0, 1, 0, 0 },
		{ "opened from inside", 0, 0, 1, 0 }, { "flood", 0, 0, 0, 1 },
	};
	const struct seg s = { .flags = ACK, .seq = 1000, .ack = 5000, .len = 50, .cut = cases[_i].bad };
	struct weir_hash_key key = state_remote_key(&s);
	struct weir_state_entry e;
	struct weir_record r;

	state_cfg.legit_manual = cases[_i].manual;
	state_configure();
	if (cases[_i].opener) {
		TCP(NOW, .dir = 1, .flags = SYN, .seq = 4999);
		TCP(NOW, .flags = SYN, .seq = 999);
	} else {
		TCP(NOW, .dir = 1, .flags = SYN | ACK, .seq = 4999, .ack = 1000);
	}
	if (cases[_i].flood)
		syns(NOW, 3, 0);
	r = state_packet(NOW, &s);
	ck_assert_uint_eq(r.event, EV(established));
	ck_assert_uint_eq(r.legit, 0);
	ck_assert_uint_eq(state_read(WEIR_STATE_legit, key, &e), _i == 0);
	if (_i)
		return;
	ck_assert_uint_eq(e.time, NOW >> 26 & 0xfff);
	ck_assert_uint_eq(TCP(NOW, .rport = 1, .flags = SYN).legit, 1);
	ck_assert_uint_eq(TCP(NOW, .dir = 1, .flags = SYN).legit, 0);
	ck_assert_uint_eq(TCP(NOW, .ttl0 = 1, .flags = SYN).legit, 0);
	ck_assert_uint_eq(TCP(NOW, .src = 8, .flags = SYN).legit, 0);
	/* Known traffic alone does not renew it, a handshake does. */
	TCP(NOW + (UINT64_C(1) << 26), .flags = ACK, .seq = 1050, .ack = 5000);
	ck_assert(state_read(WEIR_STATE_legit, key, &e));
	ck_assert_uint_eq(e.time, NOW >> 26 & 0xfff);
	TCP(NOW + (UINT64_C(1) << 26), .dir = 1, .rport = 9, .flags = SYN | ACK, .seq = 4999, .ack = 1000);
	ck_assert_uint_eq(TCP(NOW + (UINT64_C(1) << 26), .rport = 9, .flags = ACK, .seq = 1000, .ack = 5000).legit, 1);
	ck_assert(state_read(WEIR_STATE_legit, key, &e));
	ck_assert_uint_eq(e.time, ((NOW >> 26) + 1) & 0xfff);
}
END_TEST

/* Nor is one entered whose connection was adopted. */
START_TEST(legit_adopted)
{
	const struct seg s = { .flags = ACK, .seq = 1000, .ack = 5000 };
	struct weir_state_entry e = {
		.tag = state_connection_key(&s).tag, .time = NOW >> 20 & 0xfff,
		.connection = { .state = WEIR_SYN_RECEIVED, .adopted = 1, .end_r = 1000, .end_p = 5000 },
	};

	state_time(NOW);
	state_write(WEIR_STATE_connection, state_connection_key(&s), 0, &e);
	ck_assert_uint_eq(state_packet(NOW, &s).event, EV(established));
	ck_assert(!state_read(WEIR_STATE_legit, state_remote_key(&s), &e));
}
END_TEST

/* A full set: no victims; fail-open lets SYNs pass. */
START_TEST(legit_full)
{
	const struct seg s = { .flags = SYN };
	struct weir_hash_key key = state_remote_key(&s);
	struct weir_state_entry e = { .time = NOW >> 26 & 0xfff };
	struct weir_model_table stat;
	struct weir_record r;

	state_time(NOW);
	state_fill(WEIR_STATE_legit, key, &e);
	TCP(NOW, .dir = 1, .flags = SYN | ACK, .seq = 4999, .ack = 1000);
	ck_assert_uint_eq(TCP(NOW, .flags = ACK, .seq = 1000, .ack = 5000).event, EV(established));
	ck_assert(!state_read(WEIR_STATE_legit, key, &e));
	weir_model_state(send_model, WEIR_STATE_legit, NOW, &stat);
	ck_assert_uint_eq(stat.full, 1);
	syns(NOW, 3, 0);
	ck_assert_uint_eq(TCP(NOW, .rport = 77, .flags = SYN).verdict, WEIR_VERDICT_drop);
	state_cfg.legit_fail_open = 1;
	state_configure();
	r = TCP(NOW, .rport = 77, .flags = SYN);
	ck_assert_uint_eq(r.verdict, WEIR_VERDICT_pass);
	ck_assert_uint_eq(r.legit, 0);
	/* When one of them has expired there is room. */
	state_timeout[WEIR_STATE_legit][0] = 1;
	state_configure();
	r = TCP(NOW + (UINT64_C(1) << 26), .rport = 77, .flags = SYN);
	syns(NOW + (UINT64_C(1) << 26), 3, 0);
	ck_assert_uint_eq(TCP(NOW + (UINT64_C(1) << 26), .rport = 77, .flags = SYN).verdict, WEIR_VERDICT_drop);
}
END_TEST

/** Cookie of the default addresses. */
static uint32_t cookie(const struct seg *s, uint32_t epoch)
{
	struct weir_record r = { .sport = s->rport ? s->rport : 40000, .dport = 80 };

	send_source(s->src ? s->src : 7, r.remote);
	send_target(0x020a, r.protect);
	return weir_cookie_make(&state_cfg, &r, epoch & 0xffffff);
}

/* A SYN under flood: who passes, and what becomes of the others. */
START_TEST(decision)
{
	const struct seg s = { .flags = SYN, .rport = 77 };
	struct weir_state_entry e = { .tag = state_remote_key(&s).tag };
	struct weir_record r;

	state_time(NOW);
	syns(NOW, 3, 0);
	ck_assert_uint_eq(state_packet(NOW, &s).reason, WEIR_REASON_syn_flood);
	state_cfg.action[WEIR_ACTION_syn] = WEIR_DO_demote; /* counts as drop */
	state_configure();
	ck_assert_uint_eq(state_packet(NOW, &s).verdict, WEIR_VERDICT_drop);
	state_cfg.dry_run[WEIR_ACTION_syn] = 1;
	state_configure();
	r = state_packet(NOW, &s);
	ck_assert_uint_eq(r.verdict, WEIR_VERDICT_pass);
	ck_assert_uint_eq(r.dry_reason, WEIR_REASON_syn_flood);
	state_cfg.method = WEIR_SYN_ack_cookie;
	state_configure();
	ck_assert_uint_eq(state_packet(NOW, &s).dry_reason, WEIR_REASON_syn_flood);
	state_cfg.dry_run[WEIR_ACTION_syn] = 0;
	state_cfg.action[WEIR_ACTION_syn] = WEIR_DO_nothing;
	state_configure();
	r = state_packet(NOW, &s);
	ck_assert_uint_eq(r.verdict, WEIR_VERDICT_pass);
	ck_assert_uint_eq(r.dry_reason, 0);
	state_cfg.action[WEIR_ACTION_syn] = WEIR_DO_drop;
	state_configure();
	r = state_packet(NOW, &s);
	ck_assert_uint_eq(r.verdict, WEIR_VERDICT_answer);
	ck_assert_uint_eq(r.reason, WEIR_REASON_syn_challenge);
	ck_assert_uint_eq(r.tag, state_host_key(&s).tag);
	ck_assert_uint_eq(r.threshold, 2);
	/* Not to be answered. */
	ck_assert_uint_eq(TCP(NOW, .rport = 77, .flags = SYN, .options = 1).reason, WEIR_REASON_syn_flood);
	ck_assert_uint_eq(TCP(NOW, .rport = 77, .flags = SYN, .snap = 1).reason, WEIR_REASON_syn_flood);
	ck_assert_uint_eq(TCP(NOW, .rport = 77, .flags = SYN, .group = 1).reason, WEIR_REASON_syn_flood);
	ck_assert_uint_eq(TCP(NOW, .rport = 77, .flags = SYN, .to_group = 1).reason, WEIR_REASON_syn_flood);
	ck_assert_uint_eq(TCP(NOW, .rport = 77, .flags = SYN, .to_group = 2).reason, WEIR_REASON_syn_flood);
	ck_assert_uint_eq(TCP(NOW, .rport = 77, .flags = SYN, .len = 8).reason, WEIR_REASON_syn_challenge);
	ck_assert_uint_eq(TCP(NOW, .rport = 77, .flags = SYN, .tags = 2).reason, WEIR_REASON_syn_challenge);
	setup_anomaly(send_model, WEIR_ANOMALY_eth_src_multicast, WEIR_ANOMALY_Ignore, 0); /* as found */
	ck_assert_uint_eq(TCP(NOW, .rport = 77, .flags = SYN, .group = 1).reason, WEIR_REASON_syn_flood);
	/* A SYN of a connection, and one that does not fit its connection. */
	TCP(NOW, .dir = 1, .rport = 78, .flags = SYN | ACK, .seq = 4999, .ack = 1000);
	ck_assert_uint_eq(TCP(NOW, .rport = 78, .flags = SYN, .seq = 999).verdict, WEIR_VERDICT_pass);
	ck_assert_uint_eq(TCP(NOW, .rport = 78, .flags = SYN, .seq = 1999).reason, WEIR_REASON_syn_challenge);
	TCP(NOW, .dir = 1, .rport = 79, .flags = SYN, .seq = 1);
	ck_assert_uint_eq(TCP(NOW, .rport = 79, .flags = SYN, .seq = 999).verdict, WEIR_VERDICT_pass);
	ck_assert_uint_eq(TCP(NOW, .rport = 79, .flags = SYN, .seq = 1999).verdict, WEIR_VERDICT_pass);
	/* Without connections every SYN is judged. */
	state_cfg.mode = WEIR_CONNECTION_off;
	state_configure();
	ck_assert_uint_eq(TCP(NOW, .rport = 78, .flags = SYN, .seq = 999).reason, WEIR_REASON_syn_challenge);
	/* Legitimate, proven. */
	e.time = NOW >> 26 & 0xfff;
	state_write(WEIR_STATE_legit, state_remote_key(&s), 1, &e);
	ck_assert_uint_eq(state_packet(NOW, &s).verdict, WEIR_VERDICT_pass);
	state_write(WEIR_STATE_legit, state_remote_key(&s), 1, &(struct weir_state_entry){ 0 });
	e.time = NOW >> 20 & 0xfff;
	state_write(WEIR_STATE_proven, state_remote_key(&s), 1, &e);
	r = state_packet(NOW, &s);
	ck_assert_uint_eq(r.verdict, WEIR_VERDICT_pass);
	ck_assert_uint_eq(r.proven, 1);
	ck_assert_uint_eq(r.legit, 0);
}
END_TEST

/* The proofs of all methods, over time and over a change of keys. */
START_TEST(proofs)
{
	static const struct {
		const char *what;
		int64_t later_us;      /* the proof behind the challenge */
		bool proves;
	} cases[] = {
		{ "now", 1, true }, { "the next epoch", EPOCH_US, true },
		{ "end of the next epoch", 2 * EPOCH_US - 12346, true },
		{ "expired", 2 * EPOCH_US - 12345, false }, { "one epoch early", -(int64_t)EPOCH_US, false },
		{ "four epochs later", 4 * EPOCH_US, false }, { "64 epochs later", 64 * EPOCH_US, false },
	};
	static const uint64_t starts[] = {
		NOW, 64 * 7 * EPOCH_US - EPOCH_US + 12345 /* the last epoch of a key */, 12345 /* the first of all */,
		((UINT64_C(1) << 24) - 1) * EPOCH_US + 12345 /* the number of the epoch wraps */,
	};

	for (unsigned method = WEIR_SYN_ack_cookie; method <= WEIR_SYN_retransmission; method++) {
		bool rst = method != WEIR_SYN_syn_cookie;

		for (unsigned i = 0; i < 4; i++) {
			uint64_t start = starts[i], later = start + (uint64_t)cases[_i].later_us;
			struct seg s = { .rport = 77, .flags = rst ? RST : ACK, .tags = 1 };
			struct weir_state_entry e;
			struct weir_record r;
			uint32_t c;

			if (cases[_i].later_us < 0 && start < EPOCH_US)
				continue;
			send_end();
			begin();
			state_cfg.method = (uint8_t)method;
			state_cfg.sketch_limit = 1;
			state_configure();
			c = cookie(&s, (uint32_t)(start >> 22));
			s.seq = rst ? c : 123;
			s.ack = rst ? 0 : c + 1;
			r = state_packet(later, &s);
			ck_assert_uint_eq(r.event, EV(none));
			ck_assert_uint_eq(r.proven, 0);
			ck_assert_uint_eq(r.verdict, !cases[_i].proves ? WEIR_VERDICT_pass : rst ?
					  WEIR_VERDICT_consume : WEIR_VERDICT_answer);
			ck_assert_uint_eq(r.reason, cases[_i].proves ? WEIR_REASON_syn_proof : WEIR_REASON_pass);
			ck_assert_uint_eq(r.tag, cases[_i].proves ? state_connection_key(&s).tag : 0);
			ck_assert_uint_eq(state_read(WEIR_STATE_proven, state_remote_key(&s), &e), cases[_i].proves);
			if (!cases[_i].proves)
				continue;
			ck_assert_uint_eq(e.time, later >> 20 & 0xfff);
			ck_assert_uint_eq(state_packet(later, &s).proven, 1);
			syns(later, 3, 0);
			ck_assert_uint_eq(TCP(later, .rport = 5, .flags = SYN).verdict, WEIR_VERDICT_pass);
			/* Proven as long as its timeout. */
			later += 99 * UNIT_US;
			later -= later % UNIT_US;
			syns(later, 3, 0);
			ck_assert_uint_eq(TCP(later, .rport = 5, .flags = SYN).verdict, WEIR_VERDICT_pass);
			syns(later + UNIT_US, 3, 0);
			ck_assert_uint_eq(TCP(later + UNIT_US, .rport = 5, .flags = SYN).verdict, WEIR_VERDICT_answer);
		}
	}
}
END_TEST

/* What does not prove: other numbers, ports, addresses, flags, methods; connections that are there. */
START_TEST(no_proofs)
{
	struct seg s = { .rport = 77 };
	uint32_t c = cookie(&s, NOW >> 22);

	state_cfg.method = WEIR_SYN_ack_cookie;
	state_configure();
	ck_assert_uint_eq(TCP(NOW, .rport = 77, .flags = RST, .seq = c ^ 1).reason, WEIR_REASON_pass);
	ck_assert_uint_eq(TCP(NOW, .rport = 77, .flags = RST, .seq = c ^ 0x40000000).reason, WEIR_REASON_pass);
	ck_assert_uint_eq(TCP(NOW, .rport = 78, .flags = RST, .seq = c).reason, WEIR_REASON_pass);
	ck_assert_uint_eq(TCP(NOW, .rport = 77, .pport = 81, .flags = RST, .seq = c).reason, WEIR_REASON_pass);
	ck_assert_uint_eq(TCP(NOW, .rport = 77, .src = 8, .flags = RST, .seq = c).reason, WEIR_REASON_pass);
	ck_assert_uint_eq(TCP(NOW, .rport = 77, .net = 0x020b, .flags = RST, .seq = c).reason, WEIR_REASON_pass);
	ck_assert_uint_eq(TCP(NOW, .rport = 77, .flags = ACK, .seq = c, .ack = c + 1).reason, WEIR_REASON_pass);
	ck_assert_uint_eq(TCP(NOW, .rport = 77, .dir = 1, .flags = RST, .seq = c).reason, WEIR_REASON_pass);
	ck_assert_uint_eq(TCP(NOW, .rport = 77, .flags = SYN, .seq = c).reason, WEIR_REASON_pass);
	ck_assert_uint_eq(TCP(NOW, .rport = 77, .flags = RST, .ttl0 = 1, .seq = c).reason,
			  WEIR_REASON_anomaly_0 + WEIR_ANOMALY_ip4_ttl_zero);
	state_cfg.method = WEIR_SYN_syn_cookie;
	state_configure();
	ck_assert_uint_eq(TCP(NOW, .rport = 77, .flags = RST, .seq = c).reason, WEIR_REASON_pass);
	ck_assert_uint_eq(TCP(NOW, .rport = 77, .flags = RST | ACK, .ack = c + 1).reason, WEIR_REASON_pass);
	ck_assert_uint_eq(TCP(NOW, .rport = 77, .flags = ACK, .ack = c).reason, WEIR_REASON_pass);
	state_cfg.method = WEIR_SYN_retransmission;
	for (uint16_t limit = 0; limit < 2; limit++) {
		state_cfg.sketch_limit = limit;
		state_configure();
		ck_assert_uint_eq(TCP(NOW, .rport = 77, .flags = ACK, .ack = c + 1).reason, WEIR_REASON_pass);
		ck_assert_uint_eq(TCP(NOW, .rport = 77, .flags = ACK, .seq = c).reason, WEIR_REASON_pass);
		ck_assert_uint_eq(TCP(NOW, .rport = 77, .flags = RST, .seq = c ^ 1).reason, WEIR_REASON_pass);
		ck_assert_uint_eq(TCP(NOW, .rport = 77, .flags = RST, .seq = c).reason,
				  limit ? WEIR_REASON_syn_proof : WEIR_REASON_pass);
	}
	/* A limit is of that method alone. */
	state_cfg.method = WEIR_SYN_none;
	state_configure();
	ck_assert_uint_eq(TCP(NOW, .rport = 77, .flags = RST, .seq = c).reason, WEIR_REASON_pass);
	state_cfg.method = WEIR_SYN_syn_cookie;
	state_cfg.enable = 0;
	state_configure();
	ck_assert_uint_eq(TCP(NOW, .rport = 77, .flags = ACK, .ack = c + 1).reason, WEIR_REASON_pass);
	state_cfg.enable = 1;
	state_configure();
	/* There is a connection: half-open. After its end the proof counts. */
	TCP(NOW, .rport = 77, .dir = 1, .flags = SYN | ACK, .seq = c, .ack = 1000);
	ck_assert_uint_eq(TCP(NOW, .rport = 77, .flags = ACK, .seq = 77777777, .ack = c + 1).event, EV(window));
	ck_assert_uint_eq(TCP(NOW, .rport = 77, .flags = ACK, .seq = 1000, .ack = c + 1).event, EV(established));
	TCP(NOW, .rport = 77, .dir = 1, .flags = RST);
	ck_assert_uint_eq(TCP(NOW, .rport = 77, .flags = ACK, .seq = 1000, .ack = c + 1).reason, WEIR_REASON_syn_proof);
}
END_TEST

/* A proof instead of the candidate of 13.3; with connections off; what cannot be answered is consumed. */
START_TEST(proof_candidates)
{
	struct seg s = { .rport = 77 };
	uint32_t c = cookie(&s, NOW >> 22);

	state_cfg.method = WEIR_SYN_syn_cookie;
	state_cfg.action[WEIR_ACTION_conn_none] = WEIR_DO_drop;
	state_cfg.dry_run[WEIR_ACTION_syn] = 1; /* means the SYNs */
	state_configure();
	ck_assert_uint_eq(TCP(NOW, .rport = 77, .flags = ACK, .ack = c).reason, WEIR_REASON_conn_none);
	ck_assert_uint_eq(TCP(NOW, .rport = 77, .flags = ACK, .ack = c + 1).reason, WEIR_REASON_syn_proof);
	ck_assert_uint_eq(TCP(NOW, .rport = 77, .flags = ACK, .ack = c + 1, .options = 1).verdict, WEIR_VERDICT_consume);
	state_cfg.mode = WEIR_CONNECTION_off;
	state_configure();
	ck_assert_uint_eq(TCP(NOW, .rport = 77, .flags = ACK, .ack = c + 1).verdict, WEIR_VERDICT_answer);
	ck_assert_uint_eq(TCP(NOW, .rport = 77, .flags = ACK, .ack = c).reason, WEIR_REASON_pass);
}
END_TEST

Suite *weir_model_state_syn_suite(void)
{
	Suite *s = suite_create("model: SYN floods");
	TCase *t = tcase_create("syn");

	suite_add_tcase(s, t);
	tcase_add_checked_fixture(t, begin, send_end);
	tcase_add_test(t, host_meter);
	tcase_add_test(t, host_other_frames);
	tcase_add_test(t, host_hold);
	tcase_add_test(t, host_quiet_before);
	tcase_add_loop_test(t, host_victims, 0, 5);
	tcase_add_test(t, threshold_0);
	tcase_add_test(t, disabled);
	tcase_add_test(t, total_meter);
	tcase_add_test(t, total_long_ago);
	tcase_add_loop_test(t, legit_enters, 0, 5);
	tcase_add_test(t, legit_adopted);
	tcase_add_test(t, legit_full);
	tcase_add_test(t, decision);
	tcase_add_loop_test(t, proofs, 0, 7);
	tcase_add_test(t, no_proofs);
	tcase_add_test(t, proof_candidates);
	return s;
}
