// SPDX-License-Identifier: Apache-2.0
/* The parts of the closed loop: events, flood, and how a client reacts to what an appliance may answer. Each test has a
 * process of its own, since lwIP has one state. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "sim/common/packet_build.h"
#include "sim/loop/bots.h"
#include "sim/loop/client.h"
#include "sim/loop/events.h"
#include "sim/loop/flood.h"
#include "sim/loop/rules.h"
#include "sim/loop/server.h"
#include "sim/loop/stack.h"
#include "weir/weir_regs.h"

enum { Ms = 1000000, Second = 1000000000, Segments = 64, Port = 80 };

START_TEST(test_events_by_time)
{
	struct weir_events e = { 0 };
	struct weir_prng r;
	uint64_t last = 0, order = 0;

	weir_prng_seed(&r, 1, 0);
	for (int i = 0; i < 5000; i++)
		weir_events_push(&e, &(struct weir_event){ .time_ns = weir_prng_below(&r, 500) });
	for (int i = 0; i < 20000; i++) {
		struct weir_event top = weir_events_pop(&e);

		ck_assert_uint_ge(top.time_ns, last);
		ck_assert(top.time_ns > last || top.order > order);
		last = top.time_ns;
		order = top.order;
		weir_events_push(&e, &(struct weir_event){ .time_ns = last + weir_prng_below(&r, 500) });
	}
	ck_assert_uint_eq(e.n, 5000);
	ck_assert(!e.full);
	weir_events_done(&e);
}
END_TEST

START_TEST(test_events_have_a_bound)
{
	struct weir_events e = { 0 };

	for (int i = 0; i <= WEIR_EVENTS_MOST && !e.full; i++)
		weir_events_push(&e, &(struct weir_event){ .time_ns = (uint64_t)i });
	ck_assert(e.full);
	ck_assert_uint_eq(e.n, WEIR_EVENTS_MOST);
	weir_events_done(&e);
}
END_TEST

/* Frames from the flood's start until its end, the wire free at once. */
static uint64_t count_flood(struct weir_flood *f, uint64_t wire_ns)
{
	uint64_t n = 0, free_ns = 0;

	for (; f->next_ns != UINT64_MAX; n++) {
		uint64_t start = f->next_ns > free_ns ? f->next_ns : free_ns;

		free_ns = start + wire_ns;
		weir_flood_sent(f, start, wire_ns);
	}
	return n;
}

START_TEST(test_flood_rates)
{
	struct weir_flood_options o = { .from_ns = Second, .until_ns = 3ull * Second, .rate_pps = 20000, .seed = 1 };
	struct weir_flood f;
	uint64_t n;

	weir_flood_init(&f, &o);
	n = count_flood(&f, 672);
	ck_assert(n > 39000 && n < 41000);
	/* Two bursts of 20 ms; no burst alone counts much less. */
	o.rate_pps = 0;
	o.burst_ns = 20 * Ms;
	o.burst_every_ns = Second;
	weir_flood_init(&f, &o);
	n = count_flood(&f, 672);
	ck_assert(n > 59500 && n < 59600);
	o.rate_pps = 1000;
	weir_flood_init(&f, &o);
	n = count_flood(&f, 672);
	ck_assert(n > 61200 && n < 61800);
	/* More than the wire carries: all that it carries, and at the end what has waited for a millisecond. */
	o.burst_ns = 0;
	o.rate_pps = 2000000;
	weir_flood_init(&f, &o);
	n = count_flood(&f, 672);
	ck_assert_uint_gt(n, 2970000);
	ck_assert_uint_le(n, 2976191 + 1489);
	o.rate_pps = 0;
	weir_flood_init(&f, &o);
	ck_assert_uint_eq(count_flood(&f, 672), 0);
}
END_TEST

START_TEST(test_flood_sources)
{
	static const char *const prefixes[] = { "11.0.0.0/8", "2a00::/12", "10.1.2.3", "11.128.0.0/9" };
	uint8_t bytes[256];

	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
		struct weir_flood_options o = { .port = Port, .rate_pps = 1, .until_ns = Second, .seed = 3 };
		struct weir_addr a = { 0 };
		struct weir_flood f;
		unsigned others = 0;

		ck_assert(!weir_prefix_parse(prefixes[i], &o.sources));
		a.family = o.sources.addr.family;
		weir_addr_parse(a.family == 4 ? "192.0.2.1" : "2001:db8::1", &o.server);
		weir_flood_init(&f, &o);
		for (int n = 0; n < 200; n++) {
			static const uint8_t mac[6] = { 2 };
			unsigned size = a.family == 4 ? 4 : 16;
			uint8_t before[16];
			struct weir_pkt p;

			memcpy(before, a.b, 16);
			weir_pkt_init(&p, bytes, sizeof(bytes));
			weir_pkt_eth(&p, mac, mac);
			weir_flood_build(&f, &p);
			ck_assert(!weir_pkt_end(&p));
			memcpy(a.b, bytes + 14 + (size == 4 ? 12 : 8), size);
			ck_assert(weir_prefix_has(&o.sources, &a));
			others += !!memcmp(a.b, before, size);
		}
		ck_assert(o.sources.len == 32 ? others == 1 : others >= 198);
	}
}
END_TEST

/* --- a client, and a test in place of appliance and server */

static struct bench {
	struct weir_clients all;
	struct weir_client client;
	struct weir_addr addr[2];        /* client, server */
	unsigned n;
	struct segment {
		uint64_t ns;
		uint8_t flags;
		uint32_t seq, ack;
		uint16_t sport;
	} segment[Segments];
} b;

static uint32_t be32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static void on_send(void *ctx, int side, const uint8_t *ip, uint32_t len)
{
	const uint8_t *tcp = ip + (ip[0] >> 4 == 4 ? 20 : 40);

	(void)ctx;
	ck_assert_int_eq(side, 0);
	ck_assert_uint_lt(b.n, Segments);
	ck_assert_uint_ge(len, (uint32_t)(tcp - ip) + 20);
	ck_assert_int_eq(ip[0] >> 4, b.addr[0].family);
	ck_assert(!memcmp(ip + (ip[0] >> 4 == 4 ? 12 : 8), b.addr[0].b, ip[0] >> 4 == 4 ? 4 : 16));
	b.segment[b.n++] = (struct segment){
		weir_stack_now(), tcp[13], be32(tcp + 4), be32(tcp + 8), (uint16_t)(tcp[0] << 8 | tcp[1]),
	};
	if ((tcp[13] & (WEIR_TCP_SYN | WEIR_TCP_ACK)) == WEIR_TCP_SYN)
		weir_client_sent_syn(&b.client);
}

static void on_due(void *ctx, struct weir_client *c)
{
	(void)ctx;
	(void)c;
}

static void start(int family, uint32_t rto_ms)
{
	memset(&b, 0, sizeof(b));
	weir_addr_parse(family == 4 ? "198.18.0.1" : "2001:2::1", &b.addr[0]);
	weir_addr_parse(family == 4 ? "192.0.2.10" : "2001:db8:1::a", &b.addr[1]);
	b.all = (struct weir_clients){
		.o = {
			.server = b.addr[1], .port = Port, .rto_ms = rto_ms, .again_ms = 50, .connects_most = 2,
			.reply_bytes = 100, .say_ms = 200,
		},
		.due = on_due, .client = &b.client, .n = 1, .undecided = 1,
	};
	b.client = (struct weir_client){ .all = &b.all, .addr = b.addr[0], .due_ns = Second };
	weir_stack_init(on_send, NULL, Second);
}

/* Let time go by, with all timers. */
static void until(uint64_t ns)
{
	for (;;) {
		uint64_t stack = weir_stack_next(), t = b.client.due_ns < stack ? b.client.due_ns : stack;

		if (t > ns)
			break;
		weir_stack_time(t > weir_stack_now() ? t : weir_stack_now());
		if (b.client.due_ns <= t) {
			b.client.due_ns = UINT64_MAX;
			weir_client_timer(&b.client);
		}
	}
	weir_stack_time(ns);
}

/* A segment from the server's address, in answer to the last one sent. */
static void reply(uint8_t flags, uint32_t seq, uint32_t ack, const void *payload, size_t len)
{
	static const uint8_t mac[6] = { 2 };
	uint8_t bytes[512];
	struct weir_pkt p;

	weir_pkt_init(&p, bytes, sizeof(bytes));
	weir_pkt_eth(&p, mac, mac);
	weir_pkt_ip(&p, &(struct weir_ip_spec){ .src = b.addr[1], .dst = b.addr[0], .ttl = 64 });
	weir_pkt_tcp(&p, &(struct weir_tcp_spec){
		.sport = Port, .dport = b.segment[b.n - 1].sport, .seq = seq, .ack = ack, .flags = flags, .window = 1000,
	});
	weir_pkt_bytes(&p, payload, len);
	ck_assert(!weir_pkt_end(&p));
	weir_client_receive(&b.client, bytes + 14, (uint32_t)p.end - 14);
}

static const int families[] = { 4, 6 };

/* A visitor that comes twice: counted is the second time, and no port is used twice. */
START_TEST(test_comes_again)
{
	uint8_t bytes[100] = { 0 };
	uint32_t iss;
	uint16_t port;

	start(families[_i], 1000);
	b.client.again_ns = 5ull * Second;
	until(Second + 20 * Ms);
	iss = b.segment[0].seq;
	port = b.segment[0].sport;
	reply(WEIR_TCP_SYN | WEIR_TCP_ACK, 5000, iss + 1, NULL, 0);
	reply(WEIR_TCP_ACK, 5001, iss + 1 + WEIR_SERVER_REQUEST, bytes, 100);
	ck_assert_int_eq(b.client.state, WEIR_CLIENT_IDLE);
	ck_assert(b.client.known);
	ck_assert_uint_eq(b.client.syns, 0);
	ck_assert_uint_eq(b.all.undecided, 1);
	/* The server is done, too. */
	reply(WEIR_TCP_ACK | WEIR_TCP_FIN, 5101, iss + 2 + WEIR_SERVER_REQUEST, NULL, 0);
	b.n = 0;
	until(5ull * Second - 1);
	ck_assert_uint_eq(b.n, 0);
	until(5ull * Second);
	ck_assert_uint_eq(b.n, 1);
	ck_assert_uint_eq(b.segment[0].flags, WEIR_TCP_SYN);
	ck_assert_uint_ne(b.segment[0].sport, port);
	ck_assert_uint_eq(b.client.syns, 1);
	ck_assert_uint_eq(b.client.first_syn_ns, 5ull * Second);
	iss = b.segment[0].seq;
	reply(WEIR_TCP_SYN | WEIR_TCP_ACK, 5000, iss + 1, NULL, 0);
	reply(WEIR_TCP_ACK, 5001, iss + 1 + WEIR_SERVER_REQUEST, bytes, 100);
	ck_assert_int_eq(b.client.state, WEIR_CLIENT_DONE);
	ck_assert_uint_eq(b.all.undecided, 0);
}
END_TEST

/* --- a bot, and a test in place of appliance and server */

static struct {
	struct weir_bots all;
	struct weir_bot *bot;
	unsigned n;
	struct weir_tcp_spec last[Segments];
} z;

static void on_bot(void *ctx, const struct weir_ip_spec *ip, const struct weir_tcp_spec *tcp)
{
	(void)ctx;
	ck_assert(weir_addr_equal(&ip->src, &z.bot->addr));
	ck_assert_uint_lt(z.n, Segments);
	z.last[z.n++] = *tcp;
}

static void begin_bot(int family, struct weir_bots_options o)
{
	memset(&z, 0, sizeof(z));
	o.n = 1;
	o.port = Port;
	o.start_ns = Second;
	o.seed = 1;
	weir_addr_parse(family == 4 ? "192.0.2.10" : "2001:db8:1::a", &o.server);
	weir_prefix_parse(family == 4 ? "203.0.112.0/20" : "2001:db8:b07::/48", &o.sources);
	ck_assert(!weir_bots_init(&z.all, &o, on_bot, NULL));
	z.bot = z.all.bot;
}

/* From the server to a port of the bot. */
static void to_bot(uint16_t port, uint8_t flags, uint32_t seq, uint32_t ack)
{
	static const uint8_t mac[6] = { 2 };
	uint8_t bytes[512];
	struct weir_pkt p;

	weir_pkt_init(&p, bytes, sizeof(bytes));
	weir_pkt_eth(&p, mac, mac);
	weir_pkt_ip(&p, &(struct weir_ip_spec){ .src = z.all.o.server, .dst = z.bot->addr, .ttl = 64 });
	weir_pkt_tcp(&p, &(struct weir_tcp_spec){ .sport = Port, .dport = port, .seq = seq, .ack = ack, .flags = flags });
	ck_assert(!weir_pkt_end(&p));
	weir_bots_receive(&z.all, z.bot, bytes + 14, (uint32_t)p.end - 14);
}

static void is_last(unsigned n, uint8_t flags, uint32_t seq, uint32_t ack)
{
	ck_assert_uint_eq(z.n, n);
	ck_assert_uint_eq(z.last[n - 1].flags, flags);
	ck_assert_uint_eq(z.last[n - 1].seq, seq);
	ck_assert_uint_eq(z.last[n - 1].ack, ack);
}

/* The first one is closed at once, whatever becomes of the others. */
START_TEST(test_bot_first)
{
	uint32_t iss;
	uint16_t port;

	begin_bot(families[_i], (struct weir_bots_options){ .rate_per_s = 10, .from_ns = 4ull * Second, .until_ns = 5ull * Second });
	ck_assert(z.bot->due_ns >= Second && z.bot->due_ns < 2ull * Second);
	weir_bots_open(&z.all, z.bot, z.bot->due_ns);
	iss = z.last[0].seq;
	port = z.last[0].sport;
	is_last(1, WEIR_TCP_SYN, iss, 0);
	to_bot(port, WEIR_TCP_SYN | WEIR_TCP_ACK, 70, iss + 1);
	ck_assert_uint_eq(z.last[1].flags, WEIR_TCP_ACK);
	is_last(3, WEIR_TCP_FIN | WEIR_TCP_ACK, iss + 1, 71);
	/* The server's SYN-ACK again, its ACK, its FIN, that again. */
	to_bot(port, WEIR_TCP_SYN | WEIR_TCP_ACK, 70, iss + 1);
	is_last(4, WEIR_TCP_ACK, iss + 1, 71);
	to_bot(port, WEIR_TCP_ACK, 71, iss + 2);
	ck_assert_uint_eq(z.n, 4);
	to_bot(port, WEIR_TCP_FIN | WEIR_TCP_ACK, 71, iss + 2);
	is_last(5, WEIR_TCP_ACK, iss + 2, 72);
	to_bot(port, WEIR_TCP_FIN | WEIR_TCP_ACK, 71, iss + 2);
	is_last(6, WEIR_TCP_ACK, iss + 2, 72);
	ck_assert_uint_eq(z.bot->connected, 1);
	weir_bots_done(&z.all);
}
END_TEST

START_TEST(test_bot_holds)
{
	uint64_t n = 0;
	uint32_t iss;
	uint16_t port;

	begin_bot(families[_i], (struct weir_bots_options){ .strangers = true, .rate_per_s = 100, .from_ns = 4ull * Second, .until_ns = 5ull * Second });
	ck_assert(z.bot->due_ns >= 4ull * Second && z.bot->due_ns < 4ull * Second + 20 * Ms);
	weir_bots_open(&z.all, z.bot, z.bot->due_ns);
	iss = z.last[0].seq;
	port = z.last[0].sport;
	/* A challenge: somebody else's acknowledgement. It stays as it is. */
	to_bot(port, WEIR_TCP_SYN | WEIR_TCP_ACK, 70, iss + 1000);
	is_last(2, WEIR_TCP_RST, iss + 1000, 0);
	to_bot(port, WEIR_TCP_SYN | WEIR_TCP_ACK, 70, iss + 1);
	is_last(3, WEIR_TCP_ACK, iss + 1, 71);
	ck_assert_uint_eq(z.bot->connected, 1);
	to_bot(port, WEIR_TCP_FIN | WEIR_TCP_ACK, 71, iss + 1);
	ck_assert_uint_eq(z.last[3].flags, WEIR_TCP_ACK);
	is_last(5, WEIR_TCP_FIN | WEIR_TCP_ACK, iss + 1, 72);
	to_bot(port, WEIR_TCP_ACK, 72, iss + 2);
	/* Of none of its connections. */
	to_bot((uint16_t)(port + 1), WEIR_TCP_ACK, 5, 6);
	is_last(7, WEIR_TCP_RST, 6, 0);
	to_bot((uint16_t)(port + 1), WEIR_TCP_RST, 5, 6);
	to_bot(1, WEIR_TCP_ACK, 5, 6);
	to_bot(60000, WEIR_TCP_ACK, 5, 6);
	ck_assert_uint_eq(z.n, 7);
	ck_assert_uint_eq(z.bot->resets, 0);
	while (z.bot->due_ns != UINT64_MAX) {
		z.n = 0;
		weir_bots_open(&z.all, z.bot, z.bot->due_ns);
		n++;
	}
	ck_assert(n > 70 && n < 130);
	to_bot(z.last[0].sport, WEIR_TCP_RST | WEIR_TCP_ACK, 0, z.last[0].seq + 1);
	ck_assert_uint_eq(z.bot->resets, 1);
	weir_bots_done(&z.all);
}
END_TEST

/* Held connections take up its places; SYNs without an answer for three seconds. */
START_TEST(test_bot_places)
{
	begin_bot(4, (struct weir_bots_options){ .strangers = true, .later_per_s = 1, .later_ns = 3ull * Second });
	for (unsigned i = 0; i < WEIR_BOT_PLACES; i++) {
		z.n = 0;
		weir_bots_open(&z.all, z.bot, 4ull * Second);
		to_bot(z.last[0].sport, WEIR_TCP_SYN | WEIR_TCP_ACK, 70, z.last[0].seq + (i ? 1 : 2));
	}
	ck_assert_uint_eq(z.bot->connected, WEIR_BOT_PLACES - 1);
	weir_bots_open(&z.all, z.bot, 7ull * Second);
	ck_assert_uint_eq(z.bot->crowded, 1);
	weir_bots_open(&z.all, z.bot, 7ull * Second + 1);
	ck_assert_uint_eq(z.bot->crowded, 1);
	ck_assert_uint_eq(z.bot->syns, WEIR_BOT_PLACES + 1);
	ck_assert(z.bot->due_ns > 7ull * Second && z.bot->due_ns <= 9ull * Second + 1);
	weir_bots_done(&z.all);
}
END_TEST

/* --- rules of the second policy, for set 1 */

START_TEST(test_second_rules)
{
	struct weir_write w[] = {
		{ WEIR_REG_CTRL, 1 }, { WEIR_REG_RULE_PREFIX(0), 1 }, { WEIR_REG_RULE_PREFIX(511) + 28, 2 },
		{ WEIR_REG_RULE_EXACT(0), 0x40000005 }, { WEIR_REG_RULE_EXACT(0) + 4, 0x40000006 },
		{ WEIR_REG_RULE_EXACT(2047), 7 }, { WEIR_REG_METER_CFG(3), 8 }, { WEIR_REG_RULE_CFG, 2 },
		{ WEIR_REG_RULE_CFG + 4, 0 },
	};
	static const struct weir_write kept[] = {
		{ WEIR_REG_RULE_PREFIX(512), 1 }, { WEIR_REG_RULE_PREFIX(1023) + 28, 2 },
		{ WEIR_REG_RULE_EXACT(0), 0x80000005 }, { WEIR_REG_RULE_EXACT(0) + 4, 0x40000006 },
		{ WEIR_REG_RULE_EXACT(2047), 7 }, { WEIR_REG_RULE_CFG, 3 }, { WEIR_REG_RULE_CFG + 4, 0 },
	};
	struct weir_writes all = { .write = w, .n = sizeof(w) / sizeof(w[0]) };

	weir_loop_rules(&all);
	ck_assert_uint_eq(all.n, sizeof(kept) / sizeof(kept[0]));
	ck_assert(!memcmp(w, kept, sizeof(kept)));
}
END_TEST

START_TEST(test_linux_syn_timer)
{
	static const uint64_t at_s[] = { 0, 1, 3, 7, 15, 31, 63 };

	start(families[_i], 1000);
	until(200ull * Second);
	ck_assert_uint_eq(b.n, 7);
	for (int i = 0; i < 7; i++) {
		ck_assert_uint_eq(b.segment[i].flags, WEIR_TCP_SYN);
		ck_assert_uint_eq(b.segment[i].seq, b.segment[0].seq);
		ck_assert_uint_eq(b.segment[i].ns, (1 + at_s[i]) * Second);
	}
	ck_assert_uint_eq(b.client.syns, 7);
	ck_assert_int_eq(b.client.state, WEIR_CLIENT_FAILED);
	ck_assert_uint_eq(b.client.timeouts, 1);
	ck_assert_uint_eq(b.all.undecided, 0);
}
END_TEST

START_TEST(test_own_syn_timer)
{
	start(families[_i], 0);
	until(8ull * Second);
	ck_assert_uint_eq(b.n, 3);
	ck_assert_uint_le(b.segment[1].ns, 4ull * Second);
	ck_assert_uint_gt(b.segment[1].ns, 3ull * Second);
}
END_TEST

START_TEST(test_wrong_ack_linux)
{
	uint32_t iss;

	start(families[_i], 1000);
	until(Second + 20 * Ms);
	iss = b.segment[0].seq;
	reply(WEIR_TCP_SYN | WEIR_TCP_ACK, 77, iss + 1000, NULL, 0);
	ck_assert_uint_eq(b.n, 2);
	ck_assert(b.segment[1].flags & WEIR_TCP_RST);
	ck_assert_uint_eq(b.segment[1].seq, iss + 1000);
	/* Nothing until the timer; then it is the same SYN. */
	until(2ull * Second - 1);
	ck_assert_uint_eq(b.n, 2);
	until(2ull * Second);
	ck_assert_uint_eq(b.n, 3);
	ck_assert_uint_eq(b.segment[2].flags, WEIR_TCP_SYN);
	ck_assert_uint_eq(b.segment[2].seq, iss);
	reply(WEIR_TCP_SYN | WEIR_TCP_ACK, 99, iss + 1, NULL, 0);
	ck_assert_int_eq(b.client.state, WEIR_CLIENT_CONNECTED);
	ck_assert_uint_eq(b.client.syns, 2);
}
END_TEST

START_TEST(test_wrong_ack_own)
{
	uint32_t iss;

	start(families[_i], 0);
	until(Second + 20 * Ms);
	iss = b.segment[0].seq;
	reply(WEIR_TCP_SYN | WEIR_TCP_ACK, 77, iss + 1000, NULL, 0);
	ck_assert_uint_eq(b.n, 3);
	ck_assert(b.segment[1].flags & WEIR_TCP_RST);
	ck_assert_uint_eq(b.segment[2].flags, WEIR_TCP_SYN);
	ck_assert_uint_eq(b.client.syns, 2);
}
END_TEST

/* A SYN cookie: connected as it seems, then reset; the next connection from another port. */
START_TEST(test_reset_and_again)
{
	uint32_t iss, next;
	uint16_t port;

	start(families[_i], 1000);
	until(Second + 20 * Ms);
	iss = b.segment[0].seq;
	port = b.segment[0].sport;
	reply(WEIR_TCP_SYN | WEIR_TCP_ACK, 5000, iss + 1, NULL, 0);
	ck_assert_int_eq(b.client.state, WEIR_CLIENT_CONNECTED);
	ck_assert_uint_ge(b.n, 2);
	ck_assert_uint_eq(b.segment[1].ack, 5001);
	reply(WEIR_TCP_RST, 5001, 0, NULL, 0);
	ck_assert_int_eq(b.client.state, WEIR_CLIENT_IDLE);
	ck_assert_uint_eq(b.client.resets, 1);
	next = b.n;
	until(Second + 71 * Ms);
	ck_assert_uint_eq(b.n, next + 1);
	ck_assert_uint_eq(b.segment[next].flags, WEIR_TCP_SYN);
	ck_assert_uint_ne(b.segment[next].sport, port);
	ck_assert_uint_eq(b.client.syns, 2);
	/* Again: it has opened as many as it may. */
	reply(WEIR_TCP_RST | WEIR_TCP_ACK, 0, b.segment[next].seq + 1, NULL, 0);
	ck_assert_int_eq(b.client.state, WEIR_CLIENT_FAILED);
}
END_TEST

START_TEST(test_served)
{
	uint8_t bytes[100] = { 0 };
	uint32_t iss;

	start(families[_i], 1000);
	until(Second + 20 * Ms);
	iss = b.segment[0].seq;
	reply(WEIR_TCP_SYN | WEIR_TCP_ACK, 5000, iss + 1, NULL, 0);
	reply(WEIR_TCP_ACK, 5001, iss + 1 + WEIR_SERVER_REQUEST, bytes, 60);
	ck_assert_int_eq(b.client.state, WEIR_CLIENT_CONNECTED);
	reply(WEIR_TCP_ACK, 5061, iss + 1 + WEIR_SERVER_REQUEST, bytes, 40);
	ck_assert_int_eq(b.client.state, WEIR_CLIENT_DONE);
	ck_assert_uint_eq(b.all.undecided, 0);
	ck_assert_uint_eq(b.client.connected_ns - b.client.first_syn_ns, 20 * Ms);
	ck_assert(b.segment[b.n - 1].flags & WEIR_TCP_FIN);
}
END_TEST

/* What comes back must be what was said. */
START_TEST(test_resident)
{
	uint8_t other[64] = { 1 };
	uint32_t iss;

	start(families[_i], 1000);
	b.client.resident = true;
	b.all.undecided = 0;
	until(Second + 20 * Ms);
	iss = b.segment[0].seq;
	reply(WEIR_TCP_SYN | WEIR_TCP_ACK, 5000, iss + 1, NULL, 0);
	ck_assert_uint_eq(b.client.sent, 64);
	ck_assert(!weir_client_alive(&b.client));
	reply(WEIR_TCP_ACK, 5001, iss + 65, other, 64);
	ck_assert_uint_eq(b.client.received, 64);
	ck_assert(!weir_client_alive(&b.client));
	reply(WEIR_TCP_RST, 5065, 0, NULL, 0);
	ck_assert_int_eq(b.client.state, WEIR_CLIENT_FAILED);
}
END_TEST

int main(void)
{
	TCase *c = tcase_create("loop");
	Suite *s = suite_create("loop");
	SRunner *r;
	int failed;

	tcase_add_test(c, test_events_by_time);
	tcase_add_test(c, test_events_have_a_bound);
	tcase_add_test(c, test_flood_rates);
	tcase_add_test(c, test_flood_sources);
	tcase_add_loop_test(c, test_linux_syn_timer, 0, 2);
	tcase_add_loop_test(c, test_own_syn_timer, 0, 2);
	tcase_add_loop_test(c, test_wrong_ack_linux, 0, 2);
	tcase_add_loop_test(c, test_wrong_ack_own, 0, 2);
	tcase_add_loop_test(c, test_reset_and_again, 0, 2);
	tcase_add_loop_test(c, test_served, 0, 2);
	tcase_add_loop_test(c, test_resident, 0, 2);
	tcase_add_loop_test(c, test_comes_again, 0, 2);
	tcase_add_loop_test(c, test_bot_first, 0, 2);
	tcase_add_loop_test(c, test_bot_holds, 0, 2);
	tcase_add_test(c, test_bot_places);
	tcase_add_test(c, test_second_rules);
	tcase_set_timeout(c, 60);
	suite_add_tcase(s, c);
	r = srunner_create(s);
	srunner_set_fork_status(r, CK_FORK);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
