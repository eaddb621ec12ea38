// SPDX-License-Identifier: Apache-2.0
/* Zombie floods (docs/datapath.md 14.1, 14.4): the meter of legitimate SYNs, the limits. */
#include <string.h>

#include "model_rules.h"
#include "model_state.h"
#include "model_test.h"
#include "weir/weir_regs.h"

#define COUNT(a) (int)(sizeof(a) / sizeof((a)[0]))
#define EV(name) WEIR_EVENT_##name
#define HALF_US (UINT64_C(1) << 24)
#define EST_US (UINT64_C(1) << 28)
#define NOW (1000 * EST_US + 3)
#define TRIP (1u << 17)
#define ZOMBIE 4u               /* in flood */

static void know(enum weir_state_number table, uint64_t stamp_us, const struct seg *s)
{
	unsigned log2 = (unsigned)weir_state_info(table)->clock_log2;
	struct weir_state_entry e = { .tag = state_remote_key(s).tag, .time = stamp_us >> log2 & 0xfff };

	state_time(stamp_us);
	state_write(table, state_remote_key(s), 0, &e);
}

/** Source 7 is legitimate; a zombie flood at the third SYN of a window. */
static void begin(void)
{
	state_begin();
	state_cfg.mode = WEIR_CONNECTION_on;
	state_cfg.enable = 1;
	state_cfg.zombie_threshold = 2;
	state_cfg.zombie_hold = 3;
	state_cfg.action[WEIR_ACTION_syn] = WEIR_DO_drop;
	state_cfg.action[WEIR_ACTION_zombie_limit] = WEIR_DO_drop;
	state_configure();
	know(WEIR_STATE_legit, NOW, &(struct seg){ 0 });
}

/** n SYNs of a source. @return the last one, with the trips and ends of all */
static struct weir_record syns(uint64_t stamp_us, unsigned n, uint8_t src)
{
	struct weir_record last = { 0 };
	uint32_t trips = 0, ends = 0;

	while (n--) {
		last = TCP(stamp_us, .src = src, .rport = (uint16_t)(1000 + n), .flags = SYN);
		trips |= last.trips;
		ends |= last.ends;
	}
	last.trips = trips;
	last.ends = ends;
	return last;
}

static void set_counts(uint64_t stamp_us, unsigned est_now, unsigned est_before, unsigned opened)
{
	struct weir_hash_key key = state_remote_key(&(struct seg){ 0 });
	struct weir_state_entry e = {
		.tag = key.tag, .time = stamp_us / HALF_US & 0x3ff,
		.counts = { .half_now = 100, .half_before = 100, .est_now = (uint16_t)est_now,
			    .est_before = (uint16_t)est_before, .opened = (uint8_t)opened },
	};

	state_time(stamp_us);
	state_write(WEIR_STATE_client, key, 0, &e);
}

/* It is declared by a SYN beyond the threshold, and in force from the next frame on. */
START_TEST(meter)
{
	struct weir_record r = syns(NOW, 2, 7);

	ck_assert_uint_eq(r.legit, 1);
	ck_assert_uint_eq(r.trips, 0);
	r = syns(NOW, 1, 7);
	ck_assert_uint_eq(r.trips, TRIP);
	ck_assert_uint_eq(r.flood, 0);
	r = syns(NOW, 1, 7);
	ck_assert_uint_eq(r.trips, 0);
	ck_assert_uint_eq(r.flood, ZOMBIE);
	ck_assert_uint_eq(r.verdict, WEIR_VERDICT_pass);
	/* It is one for all. */
	ck_assert_uint_eq(TCP(NOW, .src = 9, .net = 0x0301, .flags = ACK).flood, ZOMBIE);
	ck_assert_uint_eq(TCP(NOW, .v6 = 1, .flags = ACK).flood, ZOMBIE);
	ck_assert_uint_eq(TCP(NOW, .dir = 1, .flags = ACK).flood, 0);
	ck_assert_uint_eq(TCP(NOW, .flags = ACK, .bad_sum = 1).flood, 0);
	ck_assert_uint_eq(SEND(NOW, .dst = 0x020a).flood, 0);
}
END_TEST

/* What counts: new SYNs of a legitimate address. */
START_TEST(counts)
{
	const struct weir_state_entry e = { .time = NOW >> 26 & 0xfff };

	syns(NOW, 2, 7);
	ck_assert_uint_eq(syns(NOW, 9, 8).trips, 0); /* not legitimate */
	know(WEIR_STATE_proven, NOW, &(struct seg){ .src = 8 });
	ck_assert_uint_eq(syns(NOW, 9, 8).trips, 0); /* proven only */
	state_cfg.legit_fail_open = 1;
	state_configure();
	state_fill(WEIR_STATE_legit, state_remote_key(&(struct seg){ .src = 8 }), &e);
	ck_assert_uint_eq(syns(NOW, 9, 8).trips, 0); /* no room, but no hit */
	/* Of a connection that is there: known, state, simultaneous. */
	TCP(NOW, .dir = 1, .flags = SYN, .seq = 4999);
	ck_assert_uint_eq(TCP(NOW, .flags = SYN, .seq = 1).event, EV(simultaneous));
	ck_assert_uint_eq(TCP(NOW, .flags = SYN, .seq = 1).event, EV(known));
	ck_assert_uint_eq(TCP(NOW, .flags = SYN, .seq = 5).event, EV(state));
	TCP(NOW, .flags = SYN | ACK);
	TCP(NOW, .flags = ACK, .rport = 99);
	TCP(NOW, .flags = SYN, .rport = 99, .ttl0 = 1);
	ck_assert_uint_eq(TCP(NOW, .flags = ACK).flood, 0);
	ck_assert_uint_eq(TCP(NOW, .flags = SYN, .rport = 99).trips, TRIP);
}
END_TEST

/* With connection mode 0, or 3, which counts as 0, every SYN of a legitimate address counts. */
START_TEST(no_connections)
{
	TCP(NOW, .dir = 1, .flags = SYN, .seq = 4999);
	state_cfg.mode = (uint8_t)_i;
	state_cfg.concurrent = 1;
	state_configure();
	TCP(NOW, .flags = SYN, .seq = 1);
	TCP(NOW, .flags = SYN, .seq = 1);
	ck_assert_uint_eq(TCP(NOW, .flags = SYN, .seq = 1).trips, TRIP);
	/* Nobody looks at `client` then. */
	set_counts(NOW, 9, 9, 9);
	ck_assert_uint_eq(TCP(NOW, .flags = SYN, .seq = 1).flood, ZOMBIE);
	ck_assert_uint_eq(TCP(NOW, .flags = SYN, .seq = 1).reason, WEIR_REASON_pass);
}
END_TEST

/* Hysteresis, as of the others; any SYN brings the end, other frames do not. */
START_TEST(hold)
{
	uint64_t t = NOW;

	state_cfg.zombie_threshold = 10;
	state_configure();
	ck_assert_uint_eq(syns(t, 11, 7).trips, TRIP);
	ck_assert_uint_eq(syns(t += WINDOW_US, 5, 7).ends, 0);      /* of 11: loud */
	ck_assert_uint_eq(syns(t += WINDOW_US, 4, 7).ends, 0);      /* of 5: loud */
	ck_assert_uint_eq(syns(t += WINDOW_US, 1, 9).flood, ZOMBIE); /* of 4: quiet 1 */
	ck_assert_uint_eq(TCP(t += WINDOW_US, .flags = ACK).flood, ZOMBIE);
	ck_assert_uint_eq(TCP(t += WINDOW_US, .flags = ACK).flood, ZOMBIE);
	ck_assert_uint_eq(TCP(t, .flags = ACK).ends, 0);
	/* The frame that ends it is still judged by it. */
	know(WEIR_STATE_legit, t, &(struct seg){ 0 });
	state_cfg.opened = 1;
	state_configure();
	set_counts(t, 0, 0, 1);
	ck_assert_uint_eq(TCP(t, .flags = SYN).reason, WEIR_REASON_zombie_limit);
	ck_assert_uint_eq(TCP(t += 2 * WINDOW_US, .flags = ACK).flood, 0);
	ck_assert_uint_eq(syns(t, 11, 7).trips, TRIP);
	t += 4 * WINDOW_US;
	ck_assert_uint_eq(TCP(t, .flags = ACK).flood, ZOMBIE);
	{
		struct weir_record r = TCP(t, .flags = SYN);

		ck_assert_uint_eq(r.ends, TRIP);
		ck_assert_uint_eq(r.flood, ZOMBIE);
		ck_assert_uint_eq(r.reason, WEIR_REASON_zombie_limit);
	}
	ck_assert_uint_eq(TCP(t, .flags = SYN).flood, 0);
}
END_TEST

/* Threshold 0 ends it, and never declares; enable 0 hides it; the other two do not matter to it. */
START_TEST(off)
{
	struct weir_record r;

	syns(NOW, 3, 7);
	state_cfg.enable = 0;
	state_configure();
	ck_assert_uint_eq(syns(NOW, 3, 7).flood, 0);
	state_cfg.enable = 1;
	state_cfg.zombie_threshold = 0;
	state_configure();
	ck_assert_uint_eq(TCP(NOW, .flags = ACK).flood, ZOMBIE);
	r = syns(NOW, 1, 9);
	ck_assert_uint_eq(r.flood, ZOMBIE);
	ck_assert_uint_eq(r.ends, TRIP);
	r = syns(NOW, 30, 7);
	ck_assert_uint_eq(r.flood | r.trips | r.ends, 0);
	state_cfg.enable = 0;
	state_cfg.zombie_threshold = 2;
	state_configure();
	ck_assert_uint_eq(syns(NOW + WINDOW_US, 9, 7).trips, 0);
	state_cfg.enable = 1;
	state_configure();
	r = syns(NOW + WINDOW_US, 2, 7);
	ck_assert_uint_eq(r.flood | r.trips | r.ends, 0);
	state_cfg.zombie_threshold = 0;
	state_cfg.host_threshold = 40;
	state_cfg.total_threshold = 40;
	state_configure();
	ck_assert_uint_eq(syns(NOW + WINDOW_US, 41, 9).trips, 3u << 15);
	ck_assert_uint_eq(syns(NOW + WINDOW_US, 1, 9).flood, 3);
}
END_TEST

/* 18 bits, fresh after clear. */
START_TEST(wide)
{
	struct weir_record r;

	state_cfg.zombie_threshold = 0x3fffe;
	state_configure();
	TCP(NOW, .flags = SYN);
	for (unsigned i = 1; i < 0x3fffe; i++) {
		weir_model_packet(send_model, state_last, 60, 60, 0, NOW, &r);
		if (r.trips)
			ck_abort_msg("trips at %u", i);
	}
	ck_assert_uint_eq(TCP(NOW, .flags = SYN).trips, TRIP);
	state_cfg.zombie_threshold = 2;
	state_configure();
	ck_assert_uint_eq(TCP(NOW, .flags = SYN).flood, ZOMBIE);
	ck_assert_int_eq(weir_model_write(send_model, WEIR_REG_CTRL, WEIR_REG_CTRL_CLEAR_MASK), 0);
	setup_defaults(send_model);
	state_configure();
	ck_assert_uint_eq(TCP(NOW, .flags = SYN).flood, 0);
	know(WEIR_STATE_legit, NOW, &(struct seg){ 0 });
	ck_assert_uint_eq(syns(NOW, 2, 7).trips, 0);
	ck_assert_uint_eq(syns(NOW, 1, 7).trips, TRIP);
}
END_TEST

/* Limits and counts of the source, and what comes of them. */
static const struct {
	unsigned concurrent, opened, est_now, est_before, n_opened;
	unsigned threshold, measured;   /* 0: no candidate */
} limits[] = {
	{ 0, 0, 900, 900, 255, 0, 0 },
	{ 5, 0, 2, 2, 255, 0, 0 }, { 5, 0, 2, 3, 0, 5, 5 }, { 5, 0, 9, 0, 0, 5, 9 }, { 5, 0, 0, 9, 0, 5, 9 },
	{ 2047, 0, 1023, 1023, 0, 0, 0 }, { 2046, 0, 1023, 1023, 0, 2046, 2046 }, { 1, 0, 0, 0, 200, 0, 0 },
	{ 0, 7, 900, 0, 6, 0, 0 }, { 0, 7, 0, 0, 7, 7, 7 }, { 0, 255, 0, 0, 254, 0, 0 }, { 0, 255, 0, 0, 255, 255, 255 },
	{ 5, 7, 5, 0, 7, 5, 5 }, { 5, 7, 4, 0, 8, 7, 8 }, { 5, 7, 4, 0, 6, 0, 0 },
};

START_TEST(limit)
{
	struct weir_record r;

	state_cfg.concurrent = (uint16_t)limits[_i].concurrent;
	state_cfg.opened = (uint8_t)limits[_i].opened;
	state_configure();
	set_counts(NOW, limits[_i].est_now, limits[_i].est_before, limits[_i].n_opened);
	/* Not before a flood is declared. */
	ck_assert_uint_eq(syns(NOW, 3, 7).reason, WEIR_REASON_pass);
	r = syns(NOW, 1, 7);
	ck_assert_uint_eq(r.verdict, limits[_i].threshold ? WEIR_VERDICT_drop : WEIR_VERDICT_pass);
	ck_assert_uint_eq(r.reason, limits[_i].threshold ? WEIR_REASON_zombie_limit : WEIR_REASON_pass);
	ck_assert_uint_eq(r.threshold, limits[_i].threshold);
	ck_assert_uint_eq(r.measured, limits[_i].measured);
	ck_assert_uint_eq(r.tag, limits[_i].threshold ? state_remote_key(&(struct seg){ 0 }).tag : 0);
	ck_assert_uint_eq(r.unit, 0);
	/* Frames that open nothing are not limited. */
	ck_assert_uint_eq(TCP(NOW, .flags = ACK, .rport = 2).reason, WEIR_REASON_pass);
	/* The same for who has proved himself, and for whom `legit` has no room. */
	know(WEIR_STATE_proven, NOW, &(struct seg){ 0 });
	state_write(WEIR_STATE_legit, state_remote_key(&(struct seg){ 0 }), 0, &(struct weir_state_entry){ .tag = 0 });
	r = syns(NOW, 1, 7);
	ck_assert_uint_eq(r.legit, 0);
	ck_assert_uint_eq(r.proven, 1);
	ck_assert_uint_eq(r.reason, limits[_i].threshold ? WEIR_REASON_zombie_limit : WEIR_REASON_pass);
	state_write(WEIR_STATE_proven, state_remote_key(&(struct seg){ 0 }), 0, &(struct weir_state_entry){ .tag = 0 });
	state_cfg.legit_fail_open = 1;
	state_configure();
	state_fill(WEIR_STATE_legit, state_remote_key(&(struct seg){ 0 }), &(struct weir_state_entry){ .time = NOW >> 26 & 0xfff });
	ck_assert_uint_eq(syns(NOW, 1, 7).reason, limits[_i].threshold ? WEIR_REASON_zombie_limit : WEIR_REASON_pass);
	/* Others are challenged, or what method there is. */
	state_cfg.legit_fail_open = 0;
	state_configure();
	r = syns(NOW, 1, 7);
	ck_assert_uint_eq(r.reason, WEIR_REASON_syn_flood);
	ck_assert_uint_eq(r.tag, state_host_key(&(struct seg){ 0 }).tag);
}
END_TEST

/* Its own action and dry_run. */
START_TEST(action)
{
	struct weir_record r;

	state_cfg.opened = 1;
	state_cfg.action[WEIR_ACTION_syn] = 0;
	state_cfg.action[WEIR_ACTION_zombie_limit] = WEIR_DO_demote;
	state_configure();
	set_counts(NOW, 0, 0, 1);
	syns(NOW, 3, 7);
	ck_assert_uint_eq(syns(NOW, 1, 7).verdict, WEIR_VERDICT_demote);
	state_cfg.dry_run[WEIR_ACTION_zombie_limit] = 1;
	state_configure();
	r = syns(NOW, 1, 7);
	ck_assert_uint_eq(r.verdict, WEIR_VERDICT_pass);
	ck_assert_uint_eq(r.dry_reason, WEIR_REASON_zombie_limit);
	ck_assert_uint_eq(r.measured, 1);
	state_cfg.dry_run[WEIR_ACTION_zombie_limit] = 0;
	for (unsigned none = 0; none < 2; none++) {
		state_cfg.action[WEIR_ACTION_zombie_limit] = (uint8_t)none;
		state_configure();
		ck_assert_uint_eq(syns(NOW, 1, 7).verdict, WEIR_VERDICT_pass);
	}
	/* Others pass, as the SYN reasons do nothing. */
	ck_assert_uint_eq(syns(NOW, 1, 9).verdict, WEIR_VERDICT_pass);
	state_cfg.action[WEIR_ACTION_syn] = WEIR_DO_drop;
	state_cfg.dry_run[WEIR_ACTION_syn] = 1;
	state_cfg.action[WEIR_ACTION_zombie_limit] = WEIR_DO_drop;
	state_configure();
	ck_assert_uint_eq(syns(NOW, 1, 7).verdict, WEIR_VERDICT_drop);
	ck_assert_uint_eq(syns(NOW, 1, 9).dry_reason, WEIR_REASON_syn_flood);
}
END_TEST

/* Counts are those after the clock of the frame, and the entry stays as it is. */
START_TEST(aged)
{
	static const struct { uint64_t later; bool opened, concurrent; } cases[] = {
		{ 0, true, true }, { HALF_US, false, true }, { EST_US, false, true }, { 2 * EST_US - HALF_US, false, true },
		{ 2 * EST_US, false, false },
	};
	uint64_t now = NOW + cases[_i].later;
	struct weir_state_entry e;
	struct weir_record r;

	set_counts(NOW, 6, 0, 6);
	know(WEIR_STATE_legit, now, &(struct seg){ 0 });
	syns(now, 3, 7);
	state_cfg.opened = 6;
	state_configure();
	ck_assert_uint_eq(syns(now, 1, 7).reason == WEIR_REASON_zombie_limit, cases[_i].opened);
	state_cfg.opened = 0;
	state_cfg.concurrent = 6;
	state_configure();
	r = syns(now, 1, 7);
	ck_assert_uint_eq(r.reason == WEIR_REASON_zombie_limit, cases[_i].concurrent);
	ck_assert(state_read(WEIR_STATE_client, state_remote_key(&(struct seg){ 0 }), &e));
	ck_assert_uint_eq(e.time, NOW / HALF_US & 0x3ff);
	ck_assert_uint_eq(e.counts.est_now, 6);
	ck_assert_uint_eq(e.counts.opened, 6);
}
END_TEST

/* A flood all the same: others are challenged, nobody becomes legitimate. */
START_TEST(others)
{
	struct weir_state_entry e;

	state_cfg.method = WEIR_SYN_ack_cookie;
	state_configure();
	syns(NOW, 3, 7);
	ck_assert_uint_eq(syns(NOW, 1, 9).reason, WEIR_REASON_syn_challenge);
	TCP(NOW, .src = 9, .dir = 1, .flags = SYN | ACK, .seq = 4999, .ack = 1000);
	ck_assert_uint_eq(TCP(NOW, .src = 9, .flags = ACK, .seq = 1000, .ack = 5000).event, EV(established));
	ck_assert(!state_read(WEIR_STATE_legit, state_remote_key(&(struct seg){ .src = 9 }), &e));
}
END_TEST

/* What a rule allows is not limited, and does not count. */
START_TEST(allowed)
{
	state_cfg.opened = 1;
	state_configure();
	set_counts(NOW, 0, 0, 1);
	rules_cfg(0, 1, 0);
	rules_all(WEIR_RULE_allow);
	ck_assert_uint_eq(syns(NOW, 9, 7).trips, 0);
	rules_cfg(0, 0, 0);
	ck_assert_uint_eq(syns(NOW, 2, 7).trips, 0);
	ck_assert_uint_eq(syns(NOW, 1, 7).trips, TRIP);
	ck_assert_uint_eq(syns(NOW, 1, 7).reason, WEIR_REASON_zombie_limit);
	rules_cfg(0, 1, 0);
	ck_assert_uint_eq(syns(NOW, 1, 7).reason, WEIR_REASON_rule_allow);
	ck_assert_uint_eq(syns(NOW, 1, 7).flood, ZOMBIE);
	/* Nor does it end the flood. */
	ck_assert_uint_eq(syns(NOW + 100 * WINDOW_US, 1, 7).ends, 0);
	ck_assert_uint_eq(syns(NOW + 100 * WINDOW_US, 1, 7).flood, ZOMBIE);
}
END_TEST

/* The candidate of a score stands before it; both floods' reasons do not meet. */
START_TEST(scored)
{
	struct weir_state_entry e = { .tag = state_remote_key(&(struct seg){ 0 }).tag, .score = 100 };
	struct weir_record r;

	state_cfg.opened = 1;
	state_cfg.source_threshold = 1;
	state_cfg.action[WEIR_ACTION_source_score] = WEIR_DO_demote;
	state_configure();
	set_counts(NOW, 0, 0, 1);
	syns(NOW, 3, 7);
	e.time = NOW / UNIT_US & 0xfff;
	state_time(NOW);
	state_write(WEIR_STATE_source, state_remote_key(&(struct seg){ 0 }), 0, &e);
	ck_assert_uint_eq(syns(NOW, 1, 7).reason, WEIR_REASON_zombie_limit);
	state_cfg.action[WEIR_ACTION_source_score] = WEIR_DO_drop;
	state_configure();
	r = syns(NOW, 1, 7);
	ck_assert_uint_eq(r.reason, WEIR_REASON_source_score);
	/* What it drops counts all the same. */
	ck_assert_uint_eq(syns(NOW + WINDOW_US, 12, 7).flood, ZOMBIE);
	ck_assert_uint_eq(syns(NOW + 3 * WINDOW_US, 1, 7).ends, 0);
}
END_TEST

Suite *weir_model_state_zombie_suite(void)
{
	Suite *s = suite_create("model: zombie floods");
	TCase *t = tcase_create("zombie floods");

	suite_add_tcase(s, t);
	tcase_add_checked_fixture(t, begin, send_end);
	tcase_add_test(t, meter);
	tcase_add_test(t, counts);
	tcase_add_loop_test(t, no_connections, 0, 1);
	tcase_add_loop_test(t, no_connections, 3, 4);
	tcase_add_test(t, hold);
	tcase_add_test(t, off);
	tcase_add_test(t, wide);
	tcase_add_loop_test(t, limit, 0, COUNT(limits));
	tcase_add_test(t, action);
	tcase_add_loop_test(t, aged, 0, 5);
	tcase_add_test(t, others);
	tcase_add_test(t, allowed);
	tcase_add_test(t, scored);
	return s;
}
