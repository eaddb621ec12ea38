// SPDX-License-Identifier: Apache-2.0
/* The closed loop around a stand-in for the appliance, far simpler than docs/datapath.md: it validates the source of a
 * SYN by each of the three methods as RFC 4987 and its like describe them. Shows that real clients react as the
 * methods need, within their second try, and that the loop brings answers to them and finds one that goes wrong.
 * Each run has a process of its own, since lwIP has one state. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "sim/common/packet_build.h"
#include "host/common/prng.h"
#include "sim/loop/loop.h"

enum {
	Eth = 14, Slots = 1 << 20, Ways = 4,
	EarliestNs = 500000000,          /* a retransmission comes no sooner, */
	LatestNs = 2000000000,           /* and no later */
};

enum method { AckCookie, SynCookie, Retransmission, NoAnswer, Broken };

/* --- the stand-in, as weir_session_*: this program does not link session.c */

struct weir_session {
	const struct weir_session_sink *sink;
	void *ctx;
	struct weir_session_counts counts;
	uint64_t *proven, *open;         /* hashes, each at its place */
	struct seen {
		uint64_t hash, time_ns;
	} *seen;
};

static enum method method;

static struct packet {
	const uint8_t *ip, *tcp;
	int family;
	uint32_t seq, ack;
	uint8_t flags;
	uint64_t source, flow;           /* hashes of address; of address and port */
} k;

static uint32_t be32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static void parse(const uint8_t *frame, int side)
{
	unsigned at, n;

	k.ip = frame + Eth;
	k.family = k.ip[0] >> 4;
	k.tcp = k.ip + (k.family == 4 ? 20 : 40);
	k.seq = be32(k.tcp + 4);
	k.ack = be32(k.tcp + 8);
	k.flags = k.tcp[13] & (WEIR_TCP_SYN | WEIR_TCP_ACK | WEIR_TCP_RST);
	n = k.family == 4 ? 4 : 16;
	at = (k.family == 4 ? 12 : 8) + (side ? n : 0);
	k.source = 1;
	for (unsigned i = 0; i < n; i++)
		k.source = weir_mix64(k.source, k.ip[at + i]);
	k.flow = weir_mix64(k.source, (uint64_t)k.tcp[side * 2] << 8 | k.tcp[side * 2 + 1]);
}

static bool has(const uint64_t *set, uint64_t hash)
{
	return set[hash % Slots] == hash;
}

static struct weir_addr address(unsigned at)
{
	struct weir_addr a = { .family = (uint8_t)k.family };

	memcpy(a.b, k.ip + at, k.family == 4 ? 4 : 16);
	return a;
}

static void answer(struct weir_session *s, uint8_t flags, uint32_t seq, uint32_t ack, uint64_t time_ns)
{
	static const uint8_t mac[6] = { 2, 0, 0, 0, 0, 9 };
	uint8_t bytes[128];
	struct weir_pkt p;

	weir_pkt_init(&p, bytes, sizeof(bytes));
	weir_pkt_eth(&p, mac, mac);
	weir_pkt_ip(&p, &(struct weir_ip_spec){
		.src = address(k.family == 4 ? 16 : 24), .dst = address(k.family == 4 ? 12 : 8), .ttl = 64,
	});
	weir_pkt_tcp(&p, &(struct weir_tcp_spec){
		.sport = WEIR_LOOP_PORT, .dport = (uint16_t)(k.tcp[0] << 8 | k.tcp[1]), .seq = seq, .ack = ack,
		.flags = flags, .window = 1000,
	});
	ck_assert(!weir_pkt_end(&p));
	s->sink->out(s->ctx, 0, bytes, (uint32_t)p.len, time_ns);
}

static uint32_t cookie(void)
{
	return (uint32_t)weir_mix64(k.flow, 99) | 1;
}

static bool retransmitted(struct weir_session *s, uint64_t time_ns)
{
	uint64_t hash = weir_mix64(k.flow, k.seq), before;
	struct seen *way = &s->seen[hash % Slots & ~(Ways - 1ull)], *oldest = way;

	for (int i = 0; i < Ways; i++) {
		if (way[i].hash == hash) {
			before = way[i].time_ns;
			return time_ns - before >= EarliestNs && time_ns - before <= LatestNs;
		}
		if (way[i].time_ns < oldest->time_ns)
			oldest = &way[i];
	}
	*oldest = (struct seen){ hash, time_ns };
	return false;
}

static enum weir_fate judge_syn(struct weir_session *s, uint64_t time_ns)
{
	if (method == Broken)
		return WEIR_FATE_DROPPED;
	if (has(s->proven, k.source) || (method == Retransmission && retransmitted(s, time_ns))) {
		s->open[k.flow % Slots] = k.flow;
		return WEIR_FATE_PASSED;
	}
	if (method == AckCookie)
		answer(s, WEIR_TCP_SYN | WEIR_TCP_ACK, 7, cookie(), time_ns);
	else if (method == SynCookie)
		answer(s, WEIR_TCP_SYN | WEIR_TCP_ACK, cookie(), k.seq + 1, time_ns);
	return method == AckCookie || method == SynCookie ? WEIR_FATE_ANSWERED : WEIR_FATE_DROPPED;
}

static enum weir_fate judge(struct weir_session *s, int side, uint64_t time_ns)
{
	if (side)
		return WEIR_FATE_PASSED;
	if (k.flags == WEIR_TCP_SYN)
		return judge_syn(s, time_ns);
	if (has(s->open, k.flow))
		return WEIR_FATE_PASSED;
	/* With or without ACK: lwIP itself sends one. */
	if (method == AckCookie && k.flags & WEIR_TCP_RST && k.seq == cookie()) {
		s->proven[k.source % Slots] = k.source;
		return WEIR_FATE_CONSUMED;
	}
	if (method == SynCookie && k.flags == WEIR_TCP_ACK && k.ack == cookie() + 1) {
		s->proven[k.source % Slots] = k.source;
		answer(s, WEIR_TCP_RST, k.ack, 0, time_ns);
		return WEIR_FATE_ANSWERED;
	}
	return WEIR_FATE_DROPPED;
}

int weir_session_new(const struct weir_engine_ops *first, const struct weir_engine_ops *second,
		     const struct weir_engine_options *options, const struct weir_session_sink *sink, void *ctx,
		     struct weir_session **ret, const struct weir_engine_ops **ret_failed)
{
	struct weir_session *s = calloc(1, sizeof(*s));

	(void)first;
	(void)second;
	(void)options;
	(void)ret_failed;
	ck_assert_ptr_nonnull(s);
	s->sink = sink;
	s->ctx = ctx;
	s->proven = calloc(Slots, sizeof(*s->proven));
	s->open = calloc(Slots, sizeof(*s->open));
	s->seen = calloc(Slots, sizeof(*s->seen));
	ck_assert(s->proven && s->open && s->seen);
	*ret = s;
	return 0;
}

void weir_session_free(struct weir_session *s)
{
	if (!s)
		return;
	free(s->proven);
	free(s->open);
	free(s->seen);
	free(s);
}

int weir_session_write(struct weir_session *s, uint32_t addr, uint32_t value)
{
	(void)s;
	(void)addr;
	(void)value;
	return 0;
}

int weir_session_submit(struct weir_session *s, const struct weir_input *in)
{
	struct weir_packet p = { .number = in->number, .side = in->side };

	parse(in->bytes, in->side);
	p.fate = judge(s, in->side, in->arrival_ns);
	if (p.fate == WEIR_FATE_PASSED)
		s->sink->out(s->ctx, 1 - in->side, in->bytes, in->wire_len, in->arrival_ns);
	s->sink->fate(s->ctx, &p);
	return 0;
}

int weir_session_run(struct weir_session *s, uint64_t until_ns)
{
	(void)s;
	(void)until_ns;
	return 0;
}

int weir_session_finish(struct weir_session *s)
{
	(void)s;
	return 0;
}

const struct weir_session_counts *weir_session_counts(const struct weir_session *s)
{
	return &s->counts;
}

uint64_t weir_session_unexplained(const struct weir_session *s)
{
	(void)s;
	return 0;
}

void weir_session_state(const struct weir_session *s, unsigned table, struct weir_session_state *ret)
{
	(void)s;
	(void)table;
	*ret = (struct weir_session_state){ 0 };
}

uint64_t weir_session_clocks(const struct weir_session *s)
{
	(void)s;
	return 0;
}

/* --- runs */

static void on_problem(void *ctx, const char *text)
{
	(void)ctx;
	ck_abort_msg("%s", text);
}

static void run(enum method m, int family, uint32_t rto_ms, uint64_t rate_pps, struct weir_loop_result *ret)
{
	const struct weir_writes writes = { 0 };
	struct weir_loop_options o;
	const char *detail;

	method = m;
	weir_loop_defaults(&o, family);
	o.rto_ms = rto_ms;
	o.rate_pps = rate_pps;
	o.burst_ms = rate_pps ? 20 : 0;
	o.clients = 500;
	o.spread_ms = 2000;
	ck_assert_int_eq(weir_loop_run(&o, &writes, NULL, NULL, NULL, on_problem, NULL, ret, &detail), 0);
}

static const struct {
	enum method method;
	int family;
	uint32_t rto_ms;
} rows[] = {
	{ AckCookie, 4, 1000 }, { AckCookie, 6, 1000 }, { AckCookie, 4, 0 }, { AckCookie, 6, 0 },
	{ SynCookie, 4, 1000 }, { SynCookie, 6, 1000 }, { SynCookie, 4, 0 }, { SynCookie, 6, 0 },
	{ Retransmission, 4, 1000 }, { Retransmission, 6, 1000 },
};

enum { Rows = sizeof(rows) / sizeof(rows[0]) };

START_TEST(test_method)
{
	struct weir_loop_result r;

	run(rows[_i].method, rows[_i].family, rows[_i].rto_ms, 20000, &r);
	ck_assert_uint_eq(r.served, 500);
	ck_assert_uint_eq(r.alive, 20);
	ck_assert_uint_eq(r.most_tries, 2);
	ck_assert_uint_eq(r.flood_reached, 0);
	ck_assert_uint_gt(r.watch.kind[WEIR_LOOP_FLOOD].sent, 60000);
	ck_assert_uint_eq(r.accepted, 520);
	for (uint32_t i = 0; i < r.clients + r.residents; i++) {
		const struct weir_client *c = &r.client[i];
		uint64_t wait_ns = c->connected_ns - c->first_syn_ns;

		ck_assert_uint_eq(c->syns, 2);
		ck_assert_uint_eq(c->resets, rows[_i].method == SynCookie);
		if (rows[_i].method == SynCookie)
			ck_assert(wait_ns > 110000000 && wait_ns < 111000000);
		else if (rows[_i].rto_ms)
			ck_assert(wait_ns > 1020000000 && wait_ns < 1021000000);
		else
			ck_assert(wait_ns > 40000000 && wait_ns < 41000000);
	}
	weir_loop_result_done(&r);
}
END_TEST

/* A source that gets no answer, and never sends the same SYN in the window. */
START_TEST(test_nobody_gets_in)
{
	struct weir_loop_result r;

	run(_i ? Broken : NoAnswer, 4, 1000, 0, &r);
	ck_assert_uint_eq(r.served, 0);
	ck_assert_uint_eq(r.failed, 500);
	ck_assert_uint_eq(r.alive, 0);
	ck_assert_uint_eq(r.accepted, 0);
	weir_loop_result_done(&r);
}
END_TEST

int main(void)
{
	TCase *c = tcase_create("loop_methods");
	Suite *s = suite_create("loop_methods");
	SRunner *r;
	int failed;

	tcase_add_loop_test(c, test_method, 0, Rows);
	tcase_add_loop_test(c, test_nobody_gets_in, 0, 2);
	tcase_set_timeout(c, 120);
	suite_add_tcase(s, c);
	r = srunner_create(s);
	srunner_set_fork_status(r, CK_FORK);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
