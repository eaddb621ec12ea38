// SPDX-License-Identifier: Apache-2.0
/* Method 3 (docs/datapath.md 14.4): the sketch, and what becomes of SYNs while it is crowded. */
#include <string.h>

#include "model_setup.h"
#include "model_state.h"
#include "model_test.h"
#include "weir/weir_regs.h"

#define SLICE_US (UINT64_C(1) << 18)
#define NOW ((UINT64_C(16000) << 18) + 100)   /* in slice 0 */

/** The host of the default address is under flood, from now on for a long time. */
static void declare(uint64_t t)
{
	struct weir_state_entry e = { .time = t >> 16 & 0x3ff, .host = { .flood = 1 } };

	e.tag = state_host_key(&(struct seg){ 0 }).tag;
	state_time(t);
	state_write(WEIR_STATE_host, state_host_key(&(struct seg){ 0 }), 0, &e);
}

static void begin(void)
{
	state_begin();
	state_cfg.mode = WEIR_CONNECTION_on;
	state_cfg.enable = 1;
	state_cfg.host_threshold = 8191;
	state_cfg.host_hold = 255;
	state_cfg.method = WEIR_SYN_retransmission;
	state_cfg.action[WEIR_ACTION_syn] = WEIR_DO_drop;
	state_cfg.cookie_key[0].k0 = 0x42;
	state_cfg.cookie_key[1].k0 = 0x43;
	state_timeout[WEIR_STATE_host][0] = 255;
	state_configure();
	declare(NOW);
}

static void limit(uint16_t n)
{
	state_cfg.sketch_limit = n;
	state_configure();
}

static unsigned reason(uint64_t t, uint16_t port)
{
	return TCP(t, .rport = port, .flags = SYN).reason;
}

#define ck_reason(t, port, name) ck_assert_uint_eq(reason(t, port), WEIR_REASON_##name)

/** n SYNs of other ports of which each must have a reason. */
static void many(uint64_t t, unsigned n, unsigned want)
{
	static uint16_t port;

	for (unsigned i = 0; i < n; i++) {
		port = (uint16_t)(10000 + (port + 1) % 30000);
		ck_assert_uint_eq(TCP(t, .rport = port, .src = 99, .flags = SYN).reason, want);
	}
}

static uint32_t cell(const struct seg *s)
{
	uint32_t word[8], c = (uint32_t)(state_connection_key(s).tag & 4095);

	setup_read(send_model, WEIR_REG_SKETCH(c / 4), word);
	return (uint32_t)weir_field_get(word, 9 * (c % 4), 9);
}

static void set_cell(const struct seg *s, uint32_t v)
{
	uint32_t word[8] = { 0 }, c = (uint32_t)(state_connection_key(s).tag & 4095);

	weir_field_put(word, 9 * (c % 4), 9, v);
	setup_entry(send_model, WEIR_REG_SKETCH(c / 4), word);
}

/* A second SYN 2 to 4 slices of 0.26 s behind the first passes; a cell tells 16 slices apart. */
START_TEST(seen)
{
	uint64_t t = NOW;

	ck_reason(t, 40000, syn_first);
	ck_reason(t, 40000, syn_first);
	ck_reason(t + SLICE_US - 101, 40000, syn_first);
	ck_reason(t + SLICE_US - 100, 40000, syn_first);
	ck_reason(t + 2 * SLICE_US, 3, syn_first);
	ck_reason(t + 2 * SLICE_US, 40000, pass);
	for (unsigned gap = 1; gap < 20; gap++) {
		unsigned want = gap % 16 >= 2 && gap % 16 <= 4 ? WEIR_REASON_pass : WEIR_REASON_syn_first;
		uint16_t port = (uint16_t)(100 + gap);

		t += 20 * SLICE_US;
		declare(t);
		ck_reason(t, port, syn_first);
		ck_assert_msg(reason(t + gap * SLICE_US, port) == want, "%u slices", gap);
	}
}
END_TEST

/* Its cell follows from the tag of its connection, in both families, with connections off as well. */
START_TEST(cells)
{
	const struct seg s = { .flags = SYN, .rport = 3 };
	uint64_t t = NOW + 5 * SLICE_US;

	if (_i) {
		state_cfg.mode = WEIR_CONNECTION_off;
		state_configure();
	}
	/* Slice 3, history 1 and 4: two slices later bits 2 and, shifted out, 5. */
	set_cell(&s, 3 << 5 | 9);
	ck_assert_uint_eq(state_packet(t, &s).verdict, WEIR_VERDICT_pass);
	ck_assert_uint_eq(cell(&s), 5 << 5 | 5);
	/* Used when it is dry, not when nothing is done. */
	state_cfg.action[WEIR_ACTION_syn] = WEIR_DO_nothing;
	state_configure();
	state_packet(t + SLICE_US, &s);
	ck_assert_uint_eq(cell(&s), 5 << 5 | 5);
	state_cfg.action[WEIR_ACTION_syn] = WEIR_DO_drop;
	state_cfg.dry_run[WEIR_ACTION_syn] = 1;
	state_configure();
	ck_assert_uint_eq(state_packet(t + SLICE_US, &s).dry_reason, 0);
	ck_assert_uint_eq(cell(&s), 6 << 5 | 11);
	ck_assert_uint_eq(TCP(t + SLICE_US, .rport = 4, .flags = SYN).dry_reason, WEIR_REASON_syn_first);
}
END_TEST

START_TEST(cells_v6)
{
	const struct seg s = { .v6 = 1, .flags = SYN, .rport = 3 };

	state_cfg.total_threshold = 1;
	state_cfg.total_hold = 255;
	state_configure();
	TCP(NOW, .v6 = 1, .src = 9, .flags = SYN);
	ck_assert_uint_eq(state_packet(NOW, &s).reason, WEIR_REASON_syn_first);
	ck_assert_uint_eq(cell(&s), 1);
	ck_assert_uint_eq(state_packet(NOW + 4 * SLICE_US, &s).verdict, WEIR_VERDICT_pass);
	ck_assert_uint_eq(cell(&s), 4 << 5 | 17);
}
END_TEST

/* As many as the limit in a slice; those beyond are answered, and not remembered. */
START_TEST(crowded)
{
	const struct seg s = { .flags = SYN, .rport = 3, .seq = 77 };
	struct weir_record r;

	limit(3);
	many(NOW, 3, WEIR_REASON_syn_first);
	ck_assert_uint_eq(cell(&s), 0);
	r = state_packet(NOW, &s);
	ck_assert_uint_eq(r.verdict, WEIR_VERDICT_answer);
	ck_assert_uint_eq(r.reason, WEIR_REASON_syn_challenge);
	ck_assert_uint_eq(r.tag, state_host_key(&s).tag);
	ck_assert_uint_eq(r.threshold, 8191);
	ck_assert_uint_eq(r.measured, 4);
	ck_assert_uint_eq(cell(&s), 0);
	ck_reason(NOW + 3 * SLICE_US, 3, syn_first);
}
END_TEST

/* The slice before counts as well, and only that one; slices are told apart modulo 16. */
START_TEST(crowded_before)
{
	uint64_t t = NOW;

	limit(3);
	for (unsigned gap = 0; gap < 35; gap++) {
		declare(t);
		many(t, 3, WEIR_REASON_syn_first);
		t += gap * SLICE_US;
		many(t, 1, gap % 16 < 2 ? WEIR_REASON_syn_challenge : WEIR_REASON_syn_first);
		/* One less than the limit crowds nothing. */
		t += 8 * SLICE_US;
		declare(t);
		many(t, 2, WEIR_REASON_syn_first);
		t += SLICE_US;
		many(t, 3, WEIR_REASON_syn_first);
		many(t, 1, WEIR_REASON_syn_challenge);
		t += 8 * SLICE_US;
	}
}
END_TEST

/* Who is answered counts, too: it is crowded until a whole slice has brought fewer. Time going by empties it. */
START_TEST(crowded_on)
{
	uint64_t t = NOW;

	limit(5);
	many(t, 5, WEIR_REASON_syn_first);
	for (unsigned i = 0; i < 9; i++)
		many(t, 5, WEIR_REASON_syn_challenge), t += SLICE_US;
	many(t, 4, WEIR_REASON_syn_challenge);
	t += SLICE_US;
	many(t, 5, WEIR_REASON_syn_first);
	many(t, 1, WEIR_REASON_syn_challenge);
	many(t + 2 * SLICE_US, 5, WEIR_REASON_syn_first);
}
END_TEST

/* Who was seen passes while it is crowded, and counts; his cell grows older, and is not set again. */
START_TEST(crowded_seen)
{
	const struct seg s = { .flags = SYN, .rport = 3 };
	uint64_t t = NOW + 3 * SLICE_US;

	limit(4);
	ck_reason(NOW, 3, syn_first);
	many(t, 4, WEIR_REASON_syn_first);
	many(t, 1, WEIR_REASON_syn_challenge);
	ck_assert_uint_eq(cell(&s), 1);
	ck_reason(t, 3, pass);
	ck_assert_uint_eq(cell(&s), 3 << 5 | 8);
	ck_reason(t + SLICE_US, 3, pass);
	ck_assert_uint_eq(cell(&s), 4 << 5 | 16);
	/* Four slices are over. */
	ck_reason(t + 2 * SLICE_US, 3, syn_first);
	/* Four times seen fill a slice. */
	t += 100 * SLICE_US;
	declare(t);
	ck_reason(t, 4, syn_first);
	t += 2 * SLICE_US;
	for (unsigned i = 0; i < 4; i++)
		ck_reason(t, 4, pass);
	many(t, 1, WEIR_REASON_syn_challenge);
}
END_TEST

/* No more than the limit pass in a slice; the next ones are answered. In the next slice so many again. */
START_TEST(passed_most)
{
	uint64_t t = NOW;

	limit(4);
	ck_reason(t, 3, syn_first);
	ck_reason(t, 4, syn_first);
	for (unsigned slice = 2; slice <= 4; slice++) {
		t = NOW + slice * SLICE_US;
		many(t, 1, slice == 2 ? WEIR_REASON_syn_first : WEIR_REASON_syn_challenge);
		for (uint16_t i = 0; i < 4; i++)
			ck_reason(t, 3 + i % 2, pass);
		ck_reason(t, 3, syn_challenge);
		ck_reason(t, 4, syn_challenge);
		many(t, 3, WEIR_REASON_syn_challenge);
	}
	/* Without a limit as many as there are; what has passed counts all the same, up to 4,095. */
	t += 8 * SLICE_US;
	declare(t);
	limit(0);
	ck_reason(t, 3, syn_first);
	t += 3 * SLICE_US;
	for (unsigned i = 0; i < 4500; i++)
		ck_reason(t, 3, pass);
	limit(4095);
	ck_reason(t, 3, syn_challenge);
	limit(0);
	ck_reason(t, 3, pass);
	ck_reason(t + SLICE_US, 3, pass);
}
END_TEST

/* A cell that was set before the sketch was crowded is old for good, not again each 16 slices. */
START_TEST(crowded_wraps)
{
	const struct seg s = { .flags = SYN, .rport = 3 };
	uint64_t t = NOW;

	limit(1);
	ck_reason(t, 3, syn_first);
	for (unsigned slice = 1; slice < 40; slice++) {
		t = NOW + slice * SLICE_US;
		declare(t);
		many(t, 1, WEIR_REASON_syn_challenge);
		if (slice > 4) {
			ck_reason(t, 3, syn_challenge);
			ck_assert_uint_eq(cell(&s), slice % 16 << 5);
		}
	}
}
END_TEST

/* Without a limit it is never crowded, but counted all the same; the counts stay at 4,095. */
START_TEST(crowded_most)
{
	uint64_t t = NOW;

	many(t, 5000, WEIR_REASON_syn_first);
	limit(4095);
	many(t, 1, WEIR_REASON_syn_challenge);
	t += SLICE_US;
	many(t, 1, WEIR_REASON_syn_challenge);
	t += 8 * SLICE_US;
	declare(t);
	many(t, 4095, WEIR_REASON_syn_first);
	many(t, 4097, WEIR_REASON_syn_challenge);
	t += SLICE_US;
	many(t, 1, WEIR_REASON_syn_challenge);
	limit(0);
	many(t, 1, WEIR_REASON_syn_first);
	limit(1);
	many(t, 1, WEIR_REASON_syn_challenge);
}
END_TEST

/* Crowded, with what cannot be answered, and dry. */
START_TEST(crowded_unanswered)
{
	struct weir_record r;

	limit(1);
	many(NOW, 1, WEIR_REASON_syn_first);
	r = TCP(NOW, .rport = 3, .flags = SYN, .options = 1);
	ck_assert_uint_eq(r.verdict, WEIR_VERDICT_drop);
	ck_assert_uint_eq(r.reason, WEIR_REASON_syn_flood);
	ck_assert_uint_eq(TCP(NOW, .rport = 3, .flags = SYN, .snap = 1).reason, WEIR_REASON_syn_flood);
	state_cfg.dry_run[WEIR_ACTION_syn] = 1;
	state_configure();
	r = TCP(NOW, .rport = 3, .flags = SYN);
	ck_assert_uint_eq(r.verdict, WEIR_VERDICT_pass);
	ck_assert_uint_eq(r.dry_reason, WEIR_REASON_syn_flood);
}
END_TEST

/* Only what uses the sketch counts: none that passes as legitimate or proven, none of no flood, none when nothing is done, no
 * SYN of a connection, none that the score has dropped. */
START_TEST(crowded_by_whom)
{
	const struct seg s = { .flags = SYN, .rport = 3 };
	struct weir_state_entry e = { .tag = state_remote_key(&s).tag, .time = NOW >> 20 & 0xfff };

	limit(1);
	switch (_i) {
	case 0:
		e.time = NOW >> 26 & 0xfff;
		state_write(WEIR_STATE_legit, state_remote_key(&s), 0, &e);
		ck_reason(NOW, 3, pass);
		break;
	case 1:
		state_write(WEIR_STATE_proven, state_remote_key(&s), 0, &e);
		ck_reason(NOW, 3, pass);
		break;
	case 2:
		ck_assert_uint_eq(TCP(NOW, .net = 0x0301, .flags = SYN).verdict, WEIR_VERDICT_pass);
		break;
	case 3:
		state_cfg.action[WEIR_ACTION_syn] = WEIR_DO_nothing;
		state_configure();
		ck_reason(NOW, 3, pass);
		state_cfg.action[WEIR_ACTION_syn] = WEIR_DO_drop;
		state_configure();
		break;
	case 4:
		TCP(NOW, .dir = 1, .rport = 3, .flags = SYN | ACK, .seq = 4999, .ack = 1000);
		ck_assert_uint_eq(TCP(NOW, .rport = 3, .flags = SYN, .seq = 5).event, WEIR_EVENT_syn_new);
		ck_assert_uint_eq(TCP(NOW, .rport = 3, .flags = SYN, .seq = 999).event, WEIR_EVENT_known);
		many(NOW, 1, WEIR_REASON_syn_challenge);   /* by the first of these two */
		return;
	case 5:
		state_cfg.source_threshold = 1;
		state_cfg.action[WEIR_ACTION_source_score] = WEIR_DO_drop;
		state_configure();
		e = (struct weir_state_entry){ .tag = state_remote_key(&s).tag, .time = NOW >> 20 & 0xfff, .score = 9 };
		state_write(WEIR_STATE_source, state_remote_key(&s), 0, &e);
		ck_reason(NOW, 3, source_score);
		break;
	default:
		state_cfg.method = WEIR_SYN_ack_cookie;
		state_configure();
		ck_reason(NOW, 3, syn_challenge);
		state_cfg.method = WEIR_SYN_retransmission;
		state_configure();
	}
	many(NOW, 1, WEIR_REASON_syn_first);
	many(NOW, 1, WEIR_REASON_syn_challenge);
}
END_TEST

/* The whole of it: answered, reset, and the second SYN passes although it is crowded no more. */
START_TEST(crowded_proof)
{
	uint64_t t = NOW + 6 * SLICE_US;
	struct weir_record r;
	uint32_t cookie;

	limit(1);
	many(NOW, 1, WEIR_REASON_syn_first);
	r = TCP(NOW, .rport = 3, .seq = 77, .flags = SYN);
	ck_assert_uint_eq(r.verdict, WEIR_VERDICT_answer);
	cookie = weir_cookie_make(&state_cfg, &r, weir_cookie_epoch(NOW));
	r = TCP(NOW, .rport = 3, .seq = cookie, .flags = RST);
	ck_assert_uint_eq(r.verdict, WEIR_VERDICT_consume);
	ck_assert_uint_eq(r.reason, WEIR_REASON_syn_proof);
	r = TCP(t, .rport = 3, .seq = 77, .flags = SYN);
	ck_assert_uint_eq(r.verdict, WEIR_VERDICT_pass);
	ck_assert_uint_eq(r.proven, 1);
	many(t, 1, WEIR_REASON_syn_first);
}
END_TEST

/* Clear empties the counts, too. */
START_TEST(crowded_clear)
{
	limit(2);
	many(NOW, 2, WEIR_REASON_syn_first);
	many(NOW, 1, WEIR_REASON_syn_challenge);
	ck_assert_int_eq(weir_model_write(send_model, WEIR_REG_CTRL, WEIR_REG_CTRL_CLEAR_MASK), 0);
	setup_defaults(send_model);
	state_configure();
	declare(NOW);
	many(NOW, 2, WEIR_REASON_syn_first);
	many(NOW, 1, WEIR_REASON_syn_challenge);
}
END_TEST

Suite *weir_model_state_sketch_suite(void)
{
	Suite *s = suite_create("model: sketch");
	TCase *t = tcase_create("sketch");

	suite_add_tcase(s, t);
	tcase_add_checked_fixture(t, begin, send_end);
	tcase_add_test(t, seen);
	tcase_add_loop_test(t, cells, 0, 2);
	tcase_add_test(t, cells_v6);
	tcase_add_test(t, crowded);
	tcase_add_test(t, crowded_before);
	tcase_add_test(t, crowded_on);
	tcase_add_test(t, crowded_seen);
	tcase_add_test(t, passed_most);
	tcase_add_test(t, crowded_wraps);
	tcase_add_test(t, crowded_most);
	tcase_add_test(t, crowded_unanswered);
	tcase_add_loop_test(t, crowded_by_whom, 0, 7);
	tcase_add_test(t, crowded_proof);
	tcase_add_test(t, crowded_clear);
	return s;
}
