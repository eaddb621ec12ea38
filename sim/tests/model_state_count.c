// SPDX-License-Identifier: Apache-2.0
/* Counters of connections per address (docs/datapath.md 13.4), and the tags that tables of state keep (12). */
#include <string.h>

#include "model_state.h"
#include "model_test.h"
#include "weir/weir_regs.h"

#define COUNT(a) (int)(sizeof(a) / sizeof((a)[0]))
#define EV(name) WEIR_EVENT_##name
#define HALF_US (UINT64_C(1) << 24)      /* a slice */
#define EST_US (UINT64_C(1) << 28)
#define NOW (1000 * EST_US + 3)          /* of both the first */
#define ISN 5000u                        /* of the protected side */

struct counts {
	unsigned half_now, half_before, est_now, est_before, opened;
};

static const struct seg talk = { 0 };

/** Counts of one of the two tables as the entry has them; false: there is none. */
static bool read_counts(enum weir_state_number table, const struct seg *s, struct counts *ret, uint64_t *ret_time)
{
	struct weir_hash_key key = table == WEIR_STATE_client ? state_remote_key(s) : state_host_key(s);
	struct weir_state_entry e;

	if (!state_read(table, key, &e))
		return false;
	*ret = (struct counts){ e.counts.half_now, e.counts.half_before, e.counts.est_now, e.counts.est_before,
				e.counts.opened };
	if (ret_time)
		*ret_time = e.time;
	return true;
}

static void write_counts(enum weir_state_number table, uint64_t stamp_us, struct counts n)
{
	struct weir_hash_key key = table == WEIR_STATE_client ? state_remote_key(&talk) : state_host_key(&talk);
	struct weir_state_entry e = {
		.tag = key.tag, .time = stamp_us / HALF_US & 0x3ff,
		.counts = { .half_now = (uint8_t)n.half_now, .half_before = (uint8_t)n.half_before,
			    .est_now = (uint16_t)n.est_now, .est_before = (uint16_t)n.est_before,
			    .opened = (uint8_t)n.opened },
	};

	state_time(stamp_us);
	state_write(table, key, 0, &e);
}

/** Both tables count alike here. */
static void check(const struct seg *s, unsigned half_now, unsigned half_before, unsigned est_now, unsigned est_before,
		  unsigned opened)
{
	for (unsigned k = WEIR_STATE_client; k <= WEIR_STATE_server; k++) {
		struct counts n = { 0 };

		ck_assert(read_counts(k, s, &n, NULL));
		ck_assert_uint_eq(n.half_now, half_now);
		ck_assert_uint_eq(n.half_before, half_before);
		ck_assert_uint_eq(n.est_now, est_now);
		ck_assert_uint_eq(n.est_before, est_before);
		ck_assert_uint_eq(n.opened, opened);
	}
}
#define CHECK(...) check(&talk, __VA_ARGS__)

static void check_none(const struct seg *s)
{
	struct counts n;

	ck_assert(!read_counts(WEIR_STATE_client, s, &n, NULL));
	ck_assert(!read_counts(WEIR_STATE_server, s, &n, NULL));
}

static void syn_ack(uint64_t stamp_us, uint16_t port)
{
	ck_assert_uint_eq(TCP(stamp_us, .rport = port, .dir = 1, .flags = SYN | ACK, .seq = ISN - 1, .ack = 1000).event,
			  EV(half_open));
}

static void establish(uint64_t stamp_us, uint16_t port)
{
	ck_assert_uint_eq(TCP(stamp_us, .rport = port, .flags = ACK, .seq = 1000, .ack = ISN).event, EV(established));
}

/** A segment of an established connection, which renews it. */
static void data(uint64_t stamp_us, uint16_t port)
{
	ck_assert_uint_eq(TCP(stamp_us, .rport = port, .flags = ACK, .seq = 1000, .ack = ISN).event, EV(known));
}

static void begin(void)
{
	state_begin();
	for (unsigned i = 0; i < 8; i++)
		state_timeout[WEIR_STATE_connection][i] = 1023;
	state_cfg.mode = WEIR_CONNECTION_on;
	state_configure();
}

/* From SYN to closed, opened from outside. */
START_TEST(conversation)
{
	TCP(NOW, .flags = SYN, .seq = 999);
	check_none(&talk);
	syn_ack(NOW, 0);
	CHECK(1, 0, 0, 0, 1);
	/* Sent again: row 15 writes nothing. */
	TCP(NOW, .dir = 1, .flags = SYN | ACK, .seq = ISN - 1, .ack = 1000);
	TCP(NOW, .flags = SYN, .seq = 999);
	CHECK(1, 0, 0, 0, 1);
	establish(NOW, 0);
	CHECK(0, 0, 1, 0, 1);
	data(NOW, 0);
	CHECK(0, 0, 1, 0, 1);
	TCP(NOW, .dir = 1, .flags = ACK, .seq = ISN, .ack = 1000);
	CHECK(0, 0, 1, 0, 1);
	TCP(NOW, .flags = FIN | ACK, .seq = 1000, .ack = ISN);
	CHECK(0, 0, 1, 0, 1);
	TCP(NOW, .dir = 1, .flags = FIN | ACK, .seq = ISN, .ack = 1001);
	CHECK(0, 0, 1, 0, 1);
	ck_assert_uint_eq(TCP(NOW, .flags = ACK, .seq = 1001, .ack = ISN + 1).event, EV(closed));
	CHECK(0, 0, 0, 0, 1);
	/* Of a closed one nothing is left to leave. */
	ck_assert_uint_eq(TCP(NOW, .flags = ACK, .seq = 1001, .ack = ISN + 1).event, EV(known));
	syn_ack(NOW, 0);
	CHECK(1, 0, 0, 0, 2);
	ck_assert_uint_eq(TCP(NOW, .dir = 1, .flags = RST, .seq = ISN).event, EV(reset));
	CHECK(0, 0, 0, 0, 2);
}
END_TEST

/* Opened from inside: half-open all the same, but nothing that the remote side opened. */
START_TEST(outbound)
{
	TCP(NOW, .dir = 1, .flags = SYN, .seq = ISN - 1);
	CHECK(1, 0, 0, 0, 0);
	TCP(NOW, .dir = 1, .flags = SYN, .seq = ISN - 1); /* sent again */
	CHECK(1, 0, 0, 0, 0);
	TCP(NOW, .dir = 1, .flags = SYN, .seq = 2 * ISN - 1); /* overwritten */
	CHECK(1, 0, 0, 0, 0);
	ck_assert_uint_eq(TCP(NOW, .flags = SYN | ACK, .seq = 999, .ack = 2 * ISN).event, EV(half_open));
	CHECK(1, 0, 0, 0, 0);
	ck_assert_uint_eq(TCP(NOW, .dir = 1, .flags = ACK, .seq = 2 * ISN, .ack = 1000).event, EV(established));
	CHECK(0, 0, 1, 0, 0);
	/* A simultaneous opening. */
	TCP(NOW, .rport = 2, .dir = 1, .flags = SYN, .seq = ISN - 1);
	ck_assert_uint_eq(TCP(NOW, .rport = 2, .flags = SYN, .seq = 999).event, EV(simultaneous));
	CHECK(1, 0, 1, 0, 0);
	/* Adopted. */
	state_cfg.adopt_until = UINT32_MAX;
	state_configure();
	ck_assert_uint_eq(TCP(NOW, .rport = 3, .flags = ACK, .seq = 1, .ack = 1).event, EV(adopted));
	CHECK(1, 0, 2, 0, 0);
}
END_TEST

/* An entry that is overwritten is left first: row 16 in any state. */
START_TEST(overwritten)
{
	syn_ack(NOW, 0);
	TCP(NOW, .dir = 1, .flags = SYN | ACK, .seq = 70000, .ack = 2000); /* of a half-open one: not opened again */
	CHECK(1, 0, 0, 0, 1);
	ck_assert_uint_eq(TCP(NOW, .flags = ACK, .seq = 2000, .ack = 70001).event, EV(established));
	CHECK(0, 0, 1, 0, 1);
	TCP(NOW, .dir = 1, .flags = SYN | ACK, .seq = 90000, .ack = 3000); /* of an established one */
	CHECK(1, 0, 0, 0, 2);
}
END_TEST

/* Several at once, each address by itself. */
START_TEST(addresses)
{
	const struct seg other_host = { .net = 0x0301 }, other_client = { .src = 9 }, six = { .v6 = 1 };
	struct counts n;

	for (uint16_t port = 1; port <= 3; port++)
		syn_ack(NOW, port);
	establish(NOW, 2);
	CHECK(2, 0, 1, 0, 3);
	TCP(NOW, .net = 0x0301, .dir = 1, .flags = SYN | ACK, .seq = ISN - 1, .ack = 1000);
	ck_assert(read_counts(WEIR_STATE_client, &talk, &n, NULL));
	ck_assert_uint_eq(n.half_now, 3);
	ck_assert(read_counts(WEIR_STATE_server, &other_host, &n, NULL));
	ck_assert_uint_eq(n.half_now, 1);
	TCP(NOW, .src = 9, .dir = 1, .flags = SYN | ACK, .seq = ISN - 1, .ack = 1000);
	ck_assert(read_counts(WEIR_STATE_client, &other_client, &n, NULL));
	ck_assert_uint_eq(n.half_now, 1);
	ck_assert(read_counts(WEIR_STATE_server, &talk, &n, NULL));
	ck_assert_uint_eq(n.half_now, 3);
	TCP(NOW, .v6 = 1, .dir = 1, .flags = SYN | ACK, .seq = ISN - 1, .ack = 1000);
	check(&six, 1, 0, 0, 0, 1);
}
END_TEST

/* Slices: a connection joins the slice of its time, and leaves the one where it is. Half-open after d slices of 2^24 us. */
START_TEST(leave_half)
{
	struct counts n;

	syn_ack(NOW, 0);
	syn_ack(NOW, 2);
	if (_i == 0) {
		establish(NOW + HALF_US - 4, 0);
		CHECK(1, 0, 1, 0, 2);
	} else if (_i == 1) {
		establish(NOW + HALF_US, 0);
		CHECK(0, 1, 1, 0, 0);
	} else if (_i == 2) {
		establish(NOW + 2 * HALF_US, 0);
		CHECK(0, 0, 1, 0, 0);
	} else {
		establish(NOW + 15 * HALF_US, 0);
		CHECK(0, 0, 1, 0, 0);
	}
	ck_assert(read_counts(WEIR_STATE_client, &talk, &n, NULL));
}
END_TEST

/* D = 1 is not what lies in `_now`: others joined there. */
START_TEST(leave_half_before)
{
	syn_ack(NOW, 0);
	syn_ack(NOW + HALF_US, 2);
	CHECK(1, 1, 0, 0, 1);
	syn_ack(NOW + HALF_US, 3);
	establish(NOW + HALF_US, 0);
	CHECK(2, 0, 1, 0, 2);
	establish(NOW + 2 * HALF_US, 2);
	CHECK(0, 1, 2, 0, 0);
	/* D = 2, and more: it dropped out before. */
	syn_ack(NOW + 2 * HALF_US, 7);
	establish(NOW + 3 * HALF_US, 3);
	CHECK(0, 1, 3, 0, 0);
	syn_ack(NOW + 3 * HALF_US, 4);
	syn_ack(NOW + 6 * HALF_US, 5);
	syn_ack(NOW + 7 * HALF_US, 6);
	CHECK(1, 1, 3, 0, 1);
	establish(NOW + 7 * HALF_US, 4);
	CHECK(1, 1, 4, 0, 1);
}
END_TEST

/* The same of established ones, of 2^28 us. */
START_TEST(leave_est)
{
	for (uint16_t port = 1; port <= 5; port++) {
		syn_ack(NOW, port);
		establish(NOW, port);
	}
	CHECK(0, 0, 5, 0, 5);
	data(NOW + EST_US - 4, 1);
	CHECK(0, 0, 5, 0, 0);
	data(NOW + EST_US, 1);
	CHECK(0, 0, 1, 4, 0);
	data(NOW + EST_US + HALF_US, 2);
	CHECK(0, 0, 2, 3, 0);
	ck_assert_uint_eq(TCP(NOW + EST_US + HALF_US, .rport = 3, .dir = 1, .flags = RST, .seq = ISN).event, EV(reset));
	CHECK(0, 0, 2, 2, 0);
	data(NOW + 2 * EST_US, 1);
	CHECK(0, 0, 1, 1, 0);
	/* D = 2 */
	data(NOW + 2 * EST_US, 4);
	CHECK(0, 0, 2, 1, 0);
	ck_assert_uint_eq(TCP(NOW + 2 * EST_US, .rport = 5, .dir = 1, .flags = RST, .seq = ISN).event, EV(reset));
	CHECK(0, 0, 2, 1, 0);
}
END_TEST

/* The clock alone: an entry of any age that another connection joins. */
static const struct {
	unsigned slice, later;     /* of 2^24 us within 2^28; then the frame */
	struct counts want;
} ages[] = {
	{ 0, 0, { 6, 6, 7, 8, 10 } }, { 0, 1, { 1, 5, 7, 8, 1 } }, { 0, 2, { 1, 0, 7, 8, 1 } }, { 0, 15, { 1, 0, 7, 8, 1 } },
	{ 0, 16, { 1, 0, 0, 7, 1 } }, { 15, 1, { 1, 5, 0, 7, 1 } }, { 15, 16, { 1, 0, 0, 7, 1 } }, { 15, 17, { 1, 0, 0, 0, 1 } },
	{ 1, 31, { 1, 0, 0, 0, 1 } }, { 0, 31, { 1, 0, 0, 7, 1 } }, { 5, 10, { 1, 0, 7, 8, 1 } }, { 5, 11, { 1, 0, 0, 7, 1 } },
	/* 32: expired, and so is what comes later. */
	{ 0, 32, { 1, 0, 0, 0, 1 } }, { 0, 1023, { 1, 0, 0, 0, 1 } }, { 0, 1024, { 1, 0, 0, 0, 1 } }, { 0, 1025, { 1, 0, 0, 0, 1 } },
};

START_TEST(clock)
{
	/* Both clocks wrap on the way: 64 slices of 2^28 us are 1,024 of 2^24. */
	uint64_t start = 1023 * EST_US + ages[_i].slice * HALF_US, now = start + ages[_i].later * HALF_US, time;
	struct counts n;

	write_counts(WEIR_STATE_client, start, (struct counts){ 5, 6, 7, 8, 9 });
	write_counts(WEIR_STATE_server, start, (struct counts){ 5, 6, 7, 8, 9 });
	weir_model_time(send_model, now);
	syn_ack(now, 0);
	n = ages[_i].want;
	CHECK(n.half_now, n.half_before, n.est_now, n.est_before, n.opened);
	ck_assert(read_counts(WEIR_STATE_server, &talk, &n, &time));
	ck_assert_uint_eq(time, now / HALF_US & 0x3ff);
}
END_TEST

/* Counts stay within their fields, and above 0. */
START_TEST(saturation)
{
	write_counts(WEIR_STATE_client, NOW, (struct counts){ 126, 0, 1022, 0, 254 });
	write_counts(WEIR_STATE_server, NOW, (struct counts){ 126, 0, 1022, 0, 254 });
	syn_ack(NOW, 1);
	CHECK(127, 0, 1022, 0, 255);
	syn_ack(NOW, 2);
	CHECK(127, 0, 1022, 0, 255);
	write_counts(WEIR_STATE_client, NOW, (struct counts){ 0, 0, 1022, 3, 255 });
	write_counts(WEIR_STATE_server, NOW, (struct counts){ 0, 0, 1022, 3, 255 });
	establish(NOW, 1);
	CHECK(0, 0, 1023, 3, 255);
	establish(NOW, 2);
	CHECK(0, 0, 1023, 3, 255);
	write_counts(WEIR_STATE_client, NOW, (struct counts){ 0, 7, 0, 3, 0 });
	write_counts(WEIR_STATE_server, NOW, (struct counts){ 0, 7, 0, 3, 0 });
	data(NOW, 1);
	CHECK(0, 7, 1, 3, 0);
	TCP(NOW, .rport = 1, .dir = 1, .flags = RST, .seq = ISN);
	TCP(NOW, .rport = 2, .dir = 1, .flags = RST, .seq = ISN);
	CHECK(0, 7, 0, 3, 0);
	/* `_before` too. */
	syn_ack(NOW, 3);
	write_counts(WEIR_STATE_client, NOW + HALF_US, (struct counts){ 4, 0, 0, 0, 0 });
	write_counts(WEIR_STATE_server, NOW + HALF_US, (struct counts){ 4, 0, 0, 0, 0 });
	establish(NOW + HALF_US, 3);
	CHECK(4, 0, 1, 0, 0);
}
END_TEST

/* What leaves an address without entry makes none; joining makes one, with a victim if it must. */
START_TEST(entering)
{
	struct weir_state_entry e = { .tag = state_remote_key(&talk).tag };
	struct weir_model_table stat;
	struct counts n;

	syn_ack(NOW, 1);
	establish(NOW, 1);
	e.tag = 0;
	state_write(WEIR_STATE_client, state_remote_key(&talk), 0, &e);
	ck_assert_uint_eq(TCP(NOW, .rport = 1, .dir = 1, .flags = RST, .seq = ISN).event, EV(reset));
	ck_assert(!read_counts(WEIR_STATE_client, &talk, &n, NULL));
	ck_assert(read_counts(WEIR_STATE_server, &talk, &n, NULL));
	ck_assert_uint_eq(n.est_now, 0);
	/* The one of the lowest score makes room, at any age: its counts as they were written, ORed. */
	for (unsigned way = 0; way < 4; way++) {
		static const struct { unsigned now, before, opened, age; } fill[] = {
			{ 2, 0, 4, 0 }, { 5, 5, 0, 31 }, { 0, 6, 0, 0 }, { 900, 0, 0, 20 }, /* neither sums nor maxima */
		};

		e = (struct weir_state_entry){
			.tag = state_remote_key(&talk).tag + 4 + 4 * way, .time = (NOW / HALF_US - fill[way].age) & 0x3ff,
			.counts = { .est_now = (uint16_t)fill[way].now, .est_before = (uint16_t)fill[way].before,
				    .opened = (uint8_t)fill[way].opened },
		};
		state_write(WEIR_STATE_client, state_remote_key(&talk), way, &e);
	}
	syn_ack(NOW, 2);
	weir_model_state(send_model, WEIR_STATE_client, NOW, &stat);
	ck_assert_uint_eq(stat.evictions, 1);
	ck_assert_uint_eq(stat.full, 0);
	ck_assert_uint_eq(stat.size, 256);
	ck_assert(read_counts(WEIR_STATE_client, &talk, &n, NULL));
	ck_assert_uint_eq(n.half_now, 1);
	for (unsigned way = 0; way < 4; way++) {
		struct weir_hash_key key = state_remote_key(&talk);

		key.tag += 4 + 4 * way;
		ck_assert_uint_eq(state_read(WEIR_STATE_client, key, &e), way != 1);
	}
}
END_TEST

/* Frames that write no time leave the entries as they are, their clock too. */
START_TEST(untouched)
{
	uint64_t later = NOW + 3 * HALF_US, time;
	struct counts n;

	syn_ack(NOW, 0);
	establish(NOW, 0);
	CHECK(0, 0, 1, 0, 1);
	TCP(later, .flags = SYN, .seq = 999);
	TCP(later, .flags = ACK, .seq = 77777777, .ack = ISN);
	TCP(later, .flags = SYN | ACK, .seq = 999, .ack = ISN);
	TCP(later, .quote = 1, .seq = ISN);
	TCP(later, .dir = 1, .flags = SYN, .seq = 1);
	TCP(later, .rport = 9, .flags = ACK);
	TCP(later, .rport = 9, .flags = SYN);
	TCP(later, .flags = ACK, .seq = 1000, .ack = ISN, .bad_sum = 1);
	TCP(later, .flags = ACK, .seq = 1000, .ack = ISN, .ttl0 = 1);
	CHECK(0, 0, 1, 0, 1);
	ck_assert(read_counts(WEIR_STATE_client, &talk, &n, &time));
	ck_assert_uint_eq(time, NOW / HALF_US & 0x3ff);
	/* What dropped out before does not leave: nor does its clock move. */
	ck_assert_uint_eq(TCP(NOW + 2 * EST_US - 2 * HALF_US, .dir = 1, .flags = RST, .seq = ISN).event, EV(reset));
	ck_assert(read_counts(WEIR_STATE_client, &talk, &n, &time));
	syn_ack(NOW + 4 * EST_US, 2);
	write_counts(WEIR_STATE_client, NOW + 5 * EST_US, (struct counts){ 5, 6, 7, 8, 9 });
	ck_assert_uint_eq(TCP(NOW + 5 * EST_US + HALF_US, .rport = 2, .dir = 1, .flags = RST, .seq = ISN).event, EV(reset));
	ck_assert(read_counts(WEIR_STATE_client, &talk, &n, &time));
	ck_assert_uint_eq(time, (NOW + 5 * EST_US) / HALF_US & 0x3ff);
	ck_assert_uint_eq(n.half_now, 5);
	ck_assert_uint_eq(n.opened, 9);
}
END_TEST

/* An expired connection has not been there: it does not leave. In mode 0 nothing is counted. */
START_TEST(expired)
{
	struct counts n;

	state_timeout[WEIR_STATE_connection][WEIR_SYN_SENT] = 2;
	state_configure();
	syn_ack(NOW, 0);
	syn_ack(NOW + 2 * UNIT_US, 0);
	CHECK(2, 0, 0, 0, 2);
	syn_ack(NOW + 2 * UNIT_US, 5);
	state_cfg.mode = WEIR_CONNECTION_off;
	state_configure();
	TCP(NOW + 2 * UNIT_US, .dir = 1, .flags = SYN | ACK, .seq = 1, .ack = 1);
	CHECK(3, 0, 0, 0, 3);
	/* Asymmetric: as usual. */
	state_cfg.mode = WEIR_CONNECTION_asymmetric;
	state_configure();
	establish(NOW + 2 * UNIT_US, 5);
	CHECK(2, 0, 1, 0, 3);
	ck_assert(read_counts(WEIR_STATE_client, &talk, &n, NULL));
}
END_TEST

/* A connection that finds no room joins nothing, but for the opening that a SYN-ACK is. */
START_TEST(full)
{
	state_time(NOW);
	state_fill(WEIR_STATE_connection, state_connection_key(&talk),
		   &(struct weir_state_entry){ .time = NOW / UNIT_US & 0xfff, .connection.state = WEIR_ESTABLISHED });
	ck_assert_uint_eq(TCP(NOW, .dir = 1, .flags = SYN, .seq = 1).event, EV(full));
	check_none(&talk);
	/* A SYN-ACK without room is an opening all the same. */
	ck_assert_uint_eq(TCP(NOW, .dir = 1, .flags = SYN | ACK, .seq = 1, .ack = 1).event, EV(full));
	CHECK(0, 0, 0, 0, 1);
	ck_assert_uint_eq(TCP(NOW, .flags = ACK, .seq = 1, .ack = 2).event, EV(full));
	CHECK(0, 0, 0, 0, 1);
}
END_TEST

/* A score changes nothing: inbound frames that write a time are of known connections, which it does not drop. */
START_TEST(scored)
{
	struct weir_state_entry e = { .tag = state_remote_key(&talk).tag, .time = NOW / UNIT_US & 0xfff, .score = 100 };
	struct weir_record r;

	state_cfg.source_threshold = 1;
	state_cfg.action[WEIR_ACTION_source_score] = WEIR_DO_drop;
	state_cfg.adopt_until = 0;
	state_configure();
	state_time(NOW);
	state_write(WEIR_STATE_source, state_remote_key(&talk), 0, &e);
	syn_ack(NOW, 0);
	r = TCP(NOW, .flags = RST, .seq = 1000);
	ck_assert_uint_eq(r.event, EV(reset));
	CHECK(0, 0, 0, 0, 1);
	ck_assert_uint_eq(r.verdict, WEIR_VERDICT_pass);
}
END_TEST

/* Tags that differ above what a table keeps are one; 0 becomes 1, and so the probe order. */
START_TEST(tags)
{
	const struct weir_state_info *info = weir_state_info((unsigned)_i);
	struct weir_state_table t;
	struct weir_hash_key key = { .tag = 0xa5a5a5a5a5, .index = 5 }, other = key;
	struct weir_state_entry *e;

	ck_assert_int_eq(weir_state_table_init(&t, (enum weir_state_number)_i), 0);
	e = weir_state_insert(&t, key, 7);
	ck_assert_ptr_nonnull(e);
	ck_assert_uint_eq(e->tag, key.tag & ((UINT64_C(1) << info->tag_bits) - 1));
	ck_assert_int_eq(e - t.entry, 4 * 5 + 1);
	for (int bit = 0; bit < 40; bit++) {
		other.tag = key.tag ^ UINT64_C(1) << bit;
		ck_assert_ptr_eq(weir_state_find(&t, other, 7), bit < info->tag_bits ? NULL : e);
	}
	key = (struct weir_hash_key){ .tag = UINT64_C(1) << 39, .index = 6 };
	e = weir_state_insert(&t, key, 7);
	ck_assert_uint_eq(e->tag, info->tag_bits == 40 ? UINT64_C(1) << 39 : 1);
	ck_assert_int_eq(e - t.entry, 4 * 6 + (info->tag_bits == 40 ? 0 : 1));
	ck_assert_ptr_eq(weir_state_find(&t, key, 7), e);
	key.tag = 1;
	ck_assert_ptr_eq(weir_state_find(&t, key, 7), info->tag_bits == 40 ? NULL : e);
	weir_state_table_done(&t);
}
END_TEST

/* Entries lie as 12.1 says: one bit at each end of each field. */
START_TEST(layout)
{
	static const struct { unsigned table, tag, time_lsb, time, last; } want[] = {
		{ WEIR_STATE_connection, 24, 24, 12, 108 }, { WEIR_STATE_host, 40, 40, 10, 72 }, { WEIR_STATE_legit, 24, 24, 12, 36 },
		{ WEIR_STATE_proven, 24, 24, 12, 36 }, { WEIR_STATE_source, 40, 40, 12, 68 }, { WEIR_STATE_client, 20, 20, 10, 72 },
		{ WEIR_STATE_server, 20, 20, 10, 72 },
	};
	uint32_t addr = WEIR_REG_STATE_CONNECTION(9) + WEIR_TARGET_SPAN * want[_i].table, word[8] = { 0 };
	struct counts n;
	uint64_t time;

	state_time(0x3ff * EST_US);
	for (unsigned bit = 0; bit < 256; bit++) {
		uint32_t back[8];

		memset(word, 0, sizeof(word));
		word[bit / 32] = 1u << bit % 32;
		setup_entry(send_model, addr, word);
		setup_read(send_model, addr, back);
		ck_assert_uint_eq(back[bit / 32], bit < want[_i].last ? word[bit / 32] : 0);
	}
	if (want[_i].table != WEIR_STATE_client)
		return;
	/* half_now 36:30, half_before 43:37, est_now 53:44, est_before 63:54, opened 71:64 */
	addr = WEIR_REG_STATE_CLIENT(4 * (state_remote_key(&talk).index % 64));
	memset(word, 0, sizeof(word));
	weir_field_put(word, 0, 20, state_tag(WEIR_STATE_client, state_remote_key(&talk)));
	weir_field_put(word, 20, 10, 0x155);
	weir_field_put(word, 30, 7, 0x41);
	weir_field_put(word, 37, 7, 0x22);
	weir_field_put(word, 44, 10, 0x203);
	weir_field_put(word, 54, 10, 0x304);
	weir_field_put(word, 64, 8, 0x85);
	setup_entry(send_model, addr, word);
	ck_assert(read_counts(WEIR_STATE_client, &talk, &n, &time));
	ck_assert_uint_eq(time, 0x155);
	ck_assert_uint_eq(n.half_now, 0x41);
	ck_assert_uint_eq(n.half_before, 0x22);
	ck_assert_uint_eq(n.est_now, 0x203);
	ck_assert_uint_eq(n.est_before, 0x304);
	ck_assert_uint_eq(n.opened, 0x85);
}
END_TEST

/* A sweep changes no count; it frees what nobody has joined for 32 slices. */
START_TEST(sweep)
{
	struct weir_model_table stat;
	struct counts n;

	syn_ack(NOW, 0);
	for (unsigned later = 0; later < 33; later++) {
		state_time(NOW + later * HALF_US);
		for (uint32_t i = 0; i < 1024; i++)
			weir_model_sweep(send_model, i);
		ck_assert_uint_eq(read_counts(WEIR_STATE_client, &talk, &n, NULL), later < 32);
		ck_assert_uint_eq(n.half_now, 1);
		weir_model_state(send_model, WEIR_STATE_server, NOW + later * HALF_US, &stat);
		ck_assert_uint_eq(stat.used, later < 32);
	}
}
END_TEST

Suite *weir_model_state_count_suite(void)
{
	Suite *s = suite_create("model: counts of connections");
	TCase *t = tcase_create("counts"), *tables = tcase_create("tables");

	suite_add_tcase(s, t);
	tcase_add_checked_fixture(t, begin, send_end);
	tcase_add_test(t, conversation);
	tcase_add_test(t, outbound);
	tcase_add_test(t, overwritten);
	tcase_add_test(t, addresses);
	tcase_add_loop_test(t, leave_half, 0, 4);
	tcase_add_test(t, leave_half_before);
	tcase_add_test(t, leave_est);
	tcase_add_loop_test(t, clock, 0, COUNT(ages));
	tcase_add_test(t, saturation);
	tcase_add_test(t, entering);
	tcase_add_test(t, untouched);
	tcase_add_test(t, expired);
	tcase_add_test(t, full);
	tcase_add_test(t, scored);
	tcase_add_test(t, sweep);
	suite_add_tcase(s, tables);
	tcase_add_checked_fixture(tables, begin, send_end);
	tcase_add_loop_test(tables, tags, 0, WEIR_STATES);
	tcase_add_loop_test(tables, layout, 0, WEIR_STATES);
	return s;
}
