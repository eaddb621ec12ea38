// SPDX-License-Identifier: Apache-2.0
/* Peaks of state: SYN meters and counts of connections (docs/datapath.md 19, 14.1, 13.4). */
#include "model_peak.h"
#include "model_rules.h"
#include "model_state.h"
#include "model_test.h"
#include "weir/weir_regs.h"

#define COUNT(a) (int)(sizeof(a) / sizeof((a)[0]))
#define HALF_US (UINT64_C(1) << 24)
#define EST_US (UINT64_C(1) << 28)
#define NOW (1000 * EST_US + 3)
#define ISN 5000u

enum { SYN_HOST = 192, SYN_TOTAL, SYN_LEGIT, CONNECTIONS, OPENED };

static void begin(void)
{
	state_begin();
	for (unsigned i = 0; i < 8; i++)
		state_timeout[WEIR_STATE_connection][i] = 1023;
	state_cfg.mode = WEIR_CONNECTION_on;
	state_cfg.enable = 1;
	state_configure();
}

/** All five, which are 0 then. */
static void check(unsigned syn_host, unsigned syn_total, unsigned syn_legit, unsigned connections, unsigned opened)
{
	peak_check(SYN_HOST, syn_host, 0);
	peak_check(SYN_TOTAL, syn_total, 0);
	peak_check(SYN_LEGIT, syn_legit, 0);
	peak_check(CONNECTIONS, connections, 0);
	peak_check(OPENED, opened, 0);
}

static void know(enum weir_state_number table, const struct seg *s)
{
	unsigned log2 = (unsigned)weir_state_info(table)->clock_log2;
	struct weir_state_entry e = { .tag = state_remote_key(s).tag, .time = NOW >> log2 & 0xfff };

	state_time(NOW);
	state_write(table, state_remote_key(s), 0, &e);
}

static void syns(uint64_t stamp_us, unsigned n, const struct seg *s)
{
	struct seg each = *s;

	each.flags = SYN;
	while (n--) {
		each.rport = (uint16_t)(1000 + n);
		state_packet(stamp_us, &each);
	}
}

static enum weir_state_event syn_ack(uint64_t stamp_us, uint8_t src, uint16_t port)
{
	return TCP(stamp_us, .src = src, .rport = port, .dir = 1, .flags = SYN | ACK, .seq = ISN - 1, .ack = 1000).event;
}

/** Establishes, and is data later. */
static enum weir_state_event ack(uint64_t stamp_us, uint8_t src, uint16_t port)
{
	return TCP(stamp_us, .src = src, .rport = port, .flags = ACK, .seq = 1000, .ack = ISN).event;
}

/* One address has the most, all have the sum; the counts are of a window, and need no threshold. */
START_TEST(syn)
{
	syns(NOW, 4, &(struct seg){ 0 });
	syns(NOW, 7, &(struct seg){ .net = 0x0301 });
	syns(NOW, 2, &(struct seg){ .v6 = 1 });
	check(7, 13, 0, 0, 0);
	check(0, 0, 0, 0, 0);
	syns(NOW, 1, &(struct seg){ 0 });
	check(5, 14, 0, 0, 0);
	syns(NOW + WINDOW_US, 2, &(struct seg){ 0 });
	syns(NOW + 2 * WINDOW_US, 1, &(struct seg){ 0 });
	check(2, 2, 0, 0, 0);
}
END_TEST

/* What updates a meter without being its SYN does not show its count. */
START_TEST(no_syn)
{
	static const struct seg others[] = {
		{ .flags = ACK }, { .flags = SYN | ACK }, { .flags = RST }, { .flags = SYN, .dir = 1, .seq = 77 },
		{ .flags = SYN, .ttl0 = 1 }, { .flags = SYN, .bad_sum = 1 }, { .flags = SYN, .quote = 1 },
	};

	syns(NOW, 3, &(struct seg){ 0 });
	check(3, 3, 0, 0, 0);
	state_packet(NOW, &others[_i]);
	check(0, 0, 0, 0, 0);
	syns(NOW, 1, &(struct seg){ .rport = 77 });
	check(4, 4, 0, 0, 0);
}
END_TEST

/* Off, in bypass, and of allowed frames there is no update. */
START_TEST(none)
{
	know(WEIR_STATE_legit, &(struct seg){ 0 });
	if (_i == 0) {
		state_cfg.enable = 0;
		state_configure();
	} else if (_i == 1) {
		setup_bypass(send_model, 1);
	} else {
		rules_all(WEIR_RULE_allow);
		rules_cfg(0, 1, 0);
	}
	syns(NOW, 3, &(struct seg){ 0 });
	check(0, 0, 0, 0, 0);
}
END_TEST

/* A host without room has no count; the others go on. */
START_TEST(host_full)
{
	const struct weir_state_entry e = { .time = (NOW >> 16) & 0x3ff, .host = { .flood = 1 } };

	state_time(NOW);
	state_fill(WEIR_STATE_host, state_host_key(&(struct seg){ 0 }), &e);
	syns(NOW, 3, &(struct seg){ 0 });
	check(0, 3, 0, 0, 0);
}
END_TEST

/* The count of a host ends at 13 bits. */
START_TEST(host_most)
{
	struct weir_hash_key key = state_host_key(&(struct seg){ 0 });
	const struct weir_state_entry e = { .tag = key.tag, .time = (NOW >> 16) & 0x3ff, .host = { .count = 8190 } };

	state_time(NOW);
	state_write(WEIR_STATE_host, key, 0, &e);
	syns(NOW, 3, &(struct seg){ 0 });
	check(8191, 3, 0, 0, 0);
}
END_TEST

/* SYNs that open a connection, of legitimate addresses. */
START_TEST(syn_legit)
{
	know(WEIR_STATE_legit, &(struct seg){ 0 });
	know(WEIR_STATE_legit, &(struct seg){ .src = 8 });
	know(WEIR_STATE_proven, &(struct seg){ .src = 9 });
	syns(NOW, 3, &(struct seg){ 0 });
	syns(NOW, 2, &(struct seg){ .src = 8 });
	syns(NOW, 9, &(struct seg){ .src = 9 });
	check(14, 14, 5, 0, 0);
	syns(NOW, 1, &(struct seg){ .src = 9 });
	check(15, 15, 0, 0, 0);
	/* Again within a connection that is half open to the other side: no new one, so none of its SYNs. */
	TCP(NOW, .dir = 1, .flags = SYN, .seq = ISN - 1);
	check(0, 0, 0, 0, 0);
	ck_assert_uint_eq(TCP(NOW, .flags = SYN, .seq = 1).event, WEIR_EVENT_simultaneous);
	ck_assert_uint_eq(TCP(NOW, .flags = SYN, .seq = 1).event, WEIR_EVENT_known);
	check(17, 17, 0, 0, 0);
	/* Without connections every SYN of theirs is one. */
	state_cfg.mode = WEIR_CONNECTION_off;
	state_configure();
	TCP(NOW, .flags = SYN, .seq = 1);
	check(18, 18, 6, 0, 0);
}
END_TEST

/* One address's connections, from opening to the end; what leaves alone shows nothing. */
START_TEST(conversation)
{
	syn_ack(NOW, 7, 1);
	check(0, 0, 0, 0, 1);
	ck_assert_uint_eq(ack(NOW, 7, 1), WEIR_EVENT_established);
	check(0, 0, 0, 1, 1);
	ck_assert_uint_eq(ack(NOW, 7, 1), WEIR_EVENT_known);
	check(0, 0, 0, 1, 1);
	ck_assert_uint_eq(TCP(NOW, .rport = 1, .dir = 1, .flags = RST, .seq = ISN).event, WEIR_EVENT_reset);
	check(0, 0, 0, 0, 0);
	ck_assert_uint_eq(ack(NOW, 7, 1), WEIR_EVENT_known); /* closed: writes nothing */
	check(0, 0, 0, 0, 0);
}
END_TEST

/* The most of one remote address; a protected one has no peak. */
START_TEST(addresses)
{
	for (uint8_t src = 1; src < 5; src++)
		for (uint16_t port = 0; port < (src == 3 ? 6 : 2); port++) {
			syn_ack(NOW, src, (uint16_t)(1 + port));
			ack(NOW, src, (uint16_t)(1 + port));
		}
	check(0, 0, 0, 6, 6);
	ack(NOW, 1, 1);
	check(0, 0, 0, 2, 2);
}
END_TEST

/* Both slices count, as the clock of the frame makes them; opening is of the running one. */
START_TEST(slices)
{
	static const struct { uint64_t later; unsigned connections, opened; } rows[] = {
		{ 0, 300 + 500 + 1, 200 }, { HALF_US, 300 + 500 + 1, 0 }, { EST_US, 300 + 1, 0 }, { 2 * EST_US, 1, 0 },
	};
	struct weir_hash_key key = state_remote_key(&(struct seg){ 0 });
	const struct weir_state_entry e = {
		.tag = key.tag, .time = (NOW / HALF_US) & 0x3ff,
		.counts = { .half_now = 9, .half_before = 9, .est_now = 300, .est_before = 500, .opened = 200 },
	};
	uint64_t now = NOW + rows[_i].later;

	/* An inside address opens: joins half_now, not opened; then it is established. */
	TCP(now, .rport = 5, .dir = 1, .flags = SYN, .seq = ISN - 1);
	check(0, 0, 0, 0, 0);
	TCP(now, .rport = 5, .flags = SYN | ACK, .seq = 99, .ack = ISN);
	check(0, 0, 0, 0, 0);
	state_time(NOW);
	state_write(WEIR_STATE_client, key, 0, &e); /* in place of the one that was made */
	ck_assert_uint_eq(TCP(now, .rport = 5, .dir = 1, .flags = ACK, .seq = ISN, .ack = 100).event, WEIR_EVENT_established);
	check(0, 0, 0, rows[_i].connections, rows[_i].opened);
}
END_TEST

/* The fields' maxima. */
START_TEST(most)
{
	struct weir_hash_key key = state_remote_key(&(struct seg){ 0 });
	const struct weir_state_entry e = {
		.tag = key.tag, .time = (NOW / HALF_US) & 0x3ff,
		.counts = { .est_now = 1023, .est_before = 1023, .opened = 255 },
	};

	state_time(NOW);
	state_write(WEIR_STATE_client, key, 0, &e);
	syn_ack(NOW, 7, 1);
	check(0, 0, 0, 2046, 255);
}
END_TEST

/* A connection without room opens all the same; nothing else of it counts. */
START_TEST(connections_full)
{
	const struct weir_state_entry e = { .time = NOW >> 20 & 0xfff, .connection = { .state = WEIR_ESTABLISHED } };

	state_time(NOW);
	state_fill(WEIR_STATE_connection, state_connection_key(&(struct seg){ .rport = 1 }), &e);
	ck_assert_uint_eq(syn_ack(NOW, 7, 1), WEIR_EVENT_full);
	check(0, 0, 0, 0, 1);
	ck_assert_uint_eq(ack(NOW, 7, 1), WEIR_EVENT_full);
	check(0, 0, 0, 0, 0);
}
END_TEST

/* With SYN validation off connections count all the same; with mode 0 they do not. */
START_TEST(modes)
{
	state_cfg.enable = 0;
	state_cfg.mode = (uint8_t)_i;
	state_configure();
	syn_ack(NOW, 7, 1);
	check(0, 0, 0, 0, _i == WEIR_CONNECTION_on || _i == WEIR_CONNECTION_asymmetric);
}
END_TEST

Suite *weir_model_state_peak_suite(void)
{
	Suite *s = suite_create("model: peaks of state");
	TCase *t = tcase_create("peaks");

	suite_add_tcase(s, t);
	tcase_add_checked_fixture(t, begin, send_end);
	tcase_add_test(t, syn);
	tcase_add_loop_test(t, no_syn, 0, 7);
	tcase_add_loop_test(t, none, 0, 3);
	tcase_add_test(t, host_full);
	tcase_add_test(t, host_most);
	tcase_add_test(t, syn_legit);
	tcase_add_test(t, conversation);
	tcase_add_test(t, addresses);
	tcase_add_loop_test(t, slices, 0, 4);
	tcase_add_test(t, most);
	tcase_add_test(t, connections_full);
	tcase_add_loop_test(t, modes, 0, 4);
	return s;
}
