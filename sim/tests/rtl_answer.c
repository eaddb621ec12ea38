// SPDX-License-Identifier: Apache-2.0
/* rtl-answer [--gmii]: SYN floods through hardware and model with both kinds of cookie and with retransmission, in both families,
 * with 0 to 2 tags, TCP options and payload. Every answer is looked at here as well, byte for byte, and what it asks for is
 * done: the client's next segment proves it, and then its SYN passes. With retransmission the first Limit are not answered;
 * their second SYN passes. Frames of the other side, which share the queue with the answers, pass meanwhile. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "sim/common/packet_build.h"
#include "host/common/prng.h"
#include "sim/engine/session.h"
#include "host/common/lists.h"
#include "weir/weir_regs.h"

enum { AckCookie = 1, SynCookie = 2, Retransmission = 3 };
enum {
	Clients = 360, FirstPort = 2000, Hosts = 4, Threshold = 4, Limit = 40, MaxShown = 10,
	L2Bytes = 14, TagBytes = 4, Ip4Bytes = 20, Ip6Bytes = 40, TcpBytes = 20,
	GapNs = 2000,     /* above the time on the wire of every frame here: at GMII depth the sides could change places */
	LongNs = 16000,
	RetryNs = 600000000, /* two or three slices of the sketch */
	SlowRate = 3000,  /* 2^-16 bytes a clock: 23 Mbit/s */
};

/* One that sends a SYN: its port is FirstPort + its number. */
struct client {
	uint8_t frame[2048];
	uint32_t len, seq;
	unsigned tags;
	bool v6, answered, reset;
	uint32_t cookie;
};

static struct client clients[Clients];
static unsigned method;
static uint64_t checks, failed, number, now_ns;
static unsigned answers, resets;
static uint64_t fates[WEIR_FATES];
static enum weir_fate last_fate[Clients];

static void check(bool ok, const char *what, uint64_t which)
{
	checks++;
	if (!ok && failed++ < MaxShown)
		printf("method %u, %" PRIu64 ": %s\n", method, which, what);
}

static uint32_t get32(const uint8_t *at)
{
	return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static uint32_t get16(const uint8_t *at)
{
	return (uint32_t)at[0] << 8 | at[1];
}

/* With pseudo-header. */
static bool tcp_sum_right(const uint8_t *ip, bool v6)
{
	uint8_t b[32 + 8 + TcpBytes] = { 0 };
	uint32_t n = v6 ? 32 : 8;

	memcpy(b, ip + (v6 ? 8 : 12), n);
	b[n + 1] = 6;
	b[n + 3] = TcpBytes;
	memcpy(b + n + 4, ip + (v6 ? Ip6Bytes : Ip4Bytes), TcpBytes);
	return !weir_csum(b, n + 4 + TcpBytes);
}

static void check_numbers(struct client *c, const uint8_t *tcp, uint64_t i)
{
	uint32_t seq = get32(tcp + 4), ack = get32(tcp + 8);

	check(tcp[12] == 0x50 && !get16(tcp + 14) && !get16(tcp + 18), "offset, window, urgent pointer", i);
	if (tcp[13] == WEIR_TCP_RST) {
		resets++;
		check(method == SynCookie && c->answered && !c->reset, "a reset without a proof", i);
		check(seq == c->cookie + 1 && !ack, "numbers of the reset", i);
		c->reset = true;
		return;
	}
	answers++;
	check(tcp[13] == (WEIR_TCP_SYN | WEIR_TCP_ACK) && !c->answered, "neither SYN-ACK nor reset, or again", i);
	check(ack == (method == SynCookie ? c->seq + 1 : seq), "numbers of the SYN-ACK", i);
	c->cookie = seq;
	c->answered = true;
}

static void on_answer(void *ctx, int side, const uint8_t *f, uint32_t len, uint64_t time_ns)
{
	uint32_t type = get16(f + 12), tags = 0, l3, l4, size, i;
	struct client *c;

	(void)ctx;
	(void)time_ns;
	while (tags < 2 && (type == 0x8100 || type == 0x88a8))
		type = get16(f + 12 + TagBytes * ++tags);
	l3 = L2Bytes + TagBytes * tags;
	l4 = l3 + (type == 0x86dd ? Ip6Bytes : Ip4Bytes);
	i = get16(f + l4 + 2) - FirstPort;
	check(side == 0 && i < Clients, "an answer to nobody", number);
	if (i >= Clients)
		return;
	c = &clients[i];
	size = c->v6 ? 16 : 4;
	check(tags == c->tags && (type == 0x86dd) == c->v6, "tags and family", i);
	check(!memcmp(f, c->frame + 6, 6) && !memcmp(f + 6, c->frame, 6) &&
	      !memcmp(f + 12, c->frame + 12, l3 - 12), "layer 2", i);
	check(len == (l4 + TcpBytes < 60 ? 60 : l4 + TcpBytes) && len <= c->len, "length", i);
	for (uint32_t at = l4 + TcpBytes; at < len; at++)
		check(!f[at], "padding", i);
	if (c->v6) {
		check(get32(f + l3) == 0x60000000 && get32(f + l3 + 4) == 0x00140640, "header of IPv6", i);
	} else {
		check(get32(f + l3) == 0x45000028 && get32(f + l3 + 4) == 0x00004000 && get16(f + l3 + 8) == 0x4006,
		      "header of IPv4", i);
		check(!weir_csum(f + l3, Ip4Bytes), "sum of IPv4", i);
	}
	check(!memcmp(f + l4 - 2 * size, c->frame + l4 - size, size) &&
	      !memcmp(f + l4 - size, c->frame + l4 - 2 * size, size), "addresses", i);
	check(get16(f + l4) == get16(c->frame + l4 + 2), "ports", i);
	check(tcp_sum_right(f + l3, c->v6), "sum of TCP", i);
	check_numbers(c, f + l4, i);
}

static void on_fate(void *ctx, const struct weir_packet *p)
{
	uint32_t i = p->rec.sport - (uint32_t)FirstPort;

	(void)ctx;
	fates[p->fate]++;
	if (!p->side && i < Clients)
		last_fate[i] = p->fate;
}

static void on_problem(void *ctx, const char *text)
{
	(void)ctx;
	check(false, text, number);
}

static const struct weir_session_sink sink = { .fate = on_fate, .problem = on_problem, .answer = on_answer };

static void write_entry(struct weir_session *s, uint32_t addr, const uint32_t word[8])
{
	for (uint32_t i = 0; i < 8; i++)
		check(!weir_session_write(s, addr + 4 * i, word[i]), "register", addr);
}

/* No field crosses a word. */
#define SET(word, field, value) ((word)[field##_LSB / 32] |= (uint32_t)(value) << field##_LSB % 32)

static void setup(struct weir_session *s, struct weir_prng *p)
{
	uint32_t word[8] = { 0 };

	for (uint32_t i = 0; i < WEIR_REG_HASH_KEY_COUNT; i++)
		check(!weir_session_write(s, WEIR_REG_HASH_KEY(i), (uint32_t)weir_prng_next(p)), "hash key", i);
	SET(word, WEIR_REG_TABLE_CFG_TIMEOUT, 100);
	for (uint32_t k = 0; k < WEIR_REG_TABLE_CFG_COUNT; k++)
		write_entry(s, WEIR_REG_TABLE_CFG(k), word);
	memset(word, 0, sizeof(word));
	SET(word, WEIR_REG_STATE_CFG_CONNECTION_MODE, 1);
	SET(word, WEIR_REG_STATE_CFG_CONNECTION_WINDOW_LOG2, 20);
	SET(word, WEIR_REG_STATE_CFG_CONNECTION_HALF_OPEN, 30);
	SET(word, WEIR_REG_STATE_CFG_CONNECTION_ESTABLISHED, 300);
	write_entry(s, WEIR_REG_STATE_CFG_CONNECTION, word);
	memset(word, 0, sizeof(word));
	SET(word, WEIR_REG_STATE_CFG_SYN_METHOD, method);
	SET(word, WEIR_REG_STATE_CFG_SYN_ENABLE, 1);
	SET(word, WEIR_REG_STATE_CFG_SYN_HOST_THRESHOLD, Threshold);
	SET(word, WEIR_REG_STATE_CFG_SYN_HOST_HOLD, 100);
	SET(word, WEIR_REG_STATE_CFG_SYN_HOST_TIMEOUT, 255);
	SET(word, WEIR_REG_STATE_CFG_SYN_PROVEN_TIMEOUT, 60);
	SET(word, WEIR_REG_STATE_CFG_SYN_SKETCH_LIMIT, Limit);
	write_entry(s, WEIR_REG_STATE_CFG_SYN, word);
	memset(word, 0, sizeof(word));
	SET(word, WEIR_REG_STATE_CFG_ACTIONS_SYN, 2);
	write_entry(s, WEIR_REG_STATE_CFG_ACTIONS, word);
	for (uint32_t key = 0; key < 2; key++) {
		memset(word, 0, sizeof(word));
		for (uint32_t i = 0; i < 4; i++)
			word[i] = (uint32_t)weir_prng_next(p);
		write_entry(s, WEIR_REG_STATE_CFG_COOKIE_KEY(key), word);
	}
	check(!weir_session_write(s, WEIR_REG_CTRL, WEIR_REG_CTRL_RUN_MASK), "run", 0);
}

static void submit(struct weir_session *s, const uint8_t *bytes, uint32_t len, uint32_t captured, int side)
{
	now_ns += captured > 200 ? LongNs : GapNs;
	number++;
	check(!weir_session_submit(s, &(struct weir_input){
		.bytes = bytes, .captured = captured, .wire_len = len, .side = side, .number = number,
		.time_ns = now_ns - 700, .arrival_ns = now_ns,
	}), "submit", number);
}

static struct weir_addr address(bool v6, unsigned net, uint32_t host)
{
	struct weir_addr a = { .family = v6 ? 6 : 4 };

	a.b[0] = v6 ? 0x20 : (uint8_t)net;
	a.b[1] = v6 ? 0x01 : 0xff;
	if (v6)
		a.b[8] = (uint8_t)net;
	a.b[v6 ? 14 : 2] = (uint8_t)(host >> 8);
	a.b[v6 ? 15 : 3] = (uint8_t)host;
	return a;
}

/* A segment of a client, or, with dir 1, of the other side. */
static uint32_t build(uint8_t *buf, const struct client *c, uint32_t i, int dir, const struct weir_tcp_spec *tcp,
		      uint32_t payload)
{
	static const uint8_t mac[2][6] = { { 2, 0, 0, 0xff, 0xff, 1 }, { 2, 1, 2, 3, 4, 5 } };
	static const uint8_t bytes[1200];
	struct weir_addr remote = address(c->v6, 10, i), host = address(c->v6, 192, i % Hosts);
	struct weir_pkt p;

	weir_pkt_init(&p, buf, 2048);
	weir_pkt_eth(&p, mac[dir], mac[!dir]);
	for (unsigned t = 0; t < c->tags; t++)
		weir_pkt_vlan(&p, t ? 0x8100 : 0x88a8, (uint16_t)(100 + i));
	weir_pkt_ip(&p, &(struct weir_ip_spec){ .src = dir ? host : remote, .dst = dir ? remote : host,
						.ttl = (uint8_t)(30 + i % 200), .tos = (uint8_t)i, .id = (uint16_t)i });
	weir_pkt_tcp(&p, tcp);
	weir_pkt_bytes(&p, bytes, payload);
	check(!weir_pkt_end(&p), "frame", i);
	return (uint32_t)p.len;
}

static void syn(struct weir_session *s, struct weir_prng *p, uint32_t i, bool cut)
{
	static const uint8_t options[40] = { 2, 4, 5, 0xb4, 1, 3, 3, 7 };
	static const uint32_t lens[] = { 0, 0, 4, 8, 20, 40 };
	struct client *c = &clients[i];
	uint32_t payload = weir_prng_below(p, 5) ? 0 : (uint32_t)weir_prng_below(p, 1100);
	struct weir_tcp_spec tcp = {
		.sport = (uint16_t)(FirstPort + i), .dport = 80, .flags = WEIR_TCP_SYN, .window = 1000,
		.seq = i % 5 ? (uint32_t)weir_prng_next(p) : UINT32_MAX - i % 2, .opt = options,
		.opt_len = (uint8_t)lens[weir_prng_below(p, sizeof(lens) / sizeof(*lens))],
	};

	*c = (struct client){ .seq = tcp.seq, .tags = i / Hosts % 3, .v6 = i % 2 };
	c->len = build(c->frame, c, i, 0, &tcp, payload);
	submit(s, c->frame, c->len, cut && payload > 20 ? c->len - 20 : c->len, 0);
}

/* A frame of the other side, into the queue of the answers. */
static void other(struct weir_session *s, uint32_t i)
{
	uint8_t buf[2048];
	struct weir_tcp_spec tcp = { .sport = 80, .dport = 1000, .flags = WEIR_TCP_ACK, .seq = i };
	uint32_t len = build(buf, &clients[i], i, 1, &tcp, i % 70);

	submit(s, buf, len, len, 1);
}

static void prove(struct weir_session *s, uint32_t i)
{
	const struct client *c = &clients[i];
	uint8_t buf[2048];
	struct weir_tcp_spec tcp = { .sport = (uint16_t)(FirstPort + i), .dport = 80 };
	uint32_t len;

	tcp.seq = method == SynCookie ? c->seq + 1 : c->cookie;
	tcp.ack = method == SynCookie ? c->cookie + 1 : 0;
	tcp.flags = method == SynCookie ? WEIR_TCP_ACK : WEIR_TCP_RST;
	len = build(buf, c, i, 0, &tcp, i % 3 == 2 && method == SynCookie ? 30 : 0);
	submit(s, buf, len, len, 0);
}

/* What is to be answered finds its queue full, and only that is dropped. */
static void check_slow(struct weir_session *s)
{
	const struct weir_session_counts *c = weir_session_counts(s);

	check(!weir_session_finish(s), "finish", 0);
	check(fates[WEIR_FATE_DROPPED] > 100 && answers > 50, "answers that were sent, and that found no room", answers);
	check(fates[WEIR_FATE_PASSED] + fates[WEIR_FATE_DROPPED] + answers == c->offered, "all of them", c->offered);
	check(c->generated == answers && fates[WEIR_FATE_ANSWERED] == answers, "generated and answered", answers);
	check(!c->mismatches && !weir_session_unexplained(s), "mismatches and unexplained", c->mismatches);
	printf("method %u, slow: %" PRIu64 " frames, %u SYNs answered, %" PRIu64 " dropped\n", method, c->offered, answers,
	       fates[WEIR_FATE_DROPPED]);
	weir_session_free(s);
}

static void run(bool gmii, struct weir_prng *p, bool slow)
{
	const struct weir_engine_options options = { .gmii = gmii };
	const struct weir_engine_ops *rtl = gmii ? &weir_engine_rtl_gmii : &weir_engine_rtl_stream, *bad;
	const struct weir_session_counts *counts;
	struct weir_session *s;
	/* The first ones of each host come before its flood. With a cookie they are answered in the end. */
	const uint32_t before = Hosts * (Threshold + 1), silent = before + (method == Retransmission ? Limit : 0);
	uint32_t passed = 0;

	answers = resets = 0;
	memset(fates, 0, sizeof(fates));
	now_ns = UINT64_C(1700000000000000000);
	if (weir_session_new(rtl, &weir_engine_model, &options, &sink, NULL, &s, &bad)) {
		check(false, "the engines do not start", 0);
		return;
	}
	if (slow)
		check(!weir_session_write(s, WEIR_REG_SHAPER_RATE(0), SlowRate), "shaper", 0);
	setup(s, p);
	for (uint32_t i = 0; i < Clients; i++) {
		syn(s, p, i, !gmii && i % 4 == 0);
		if (i % 3 == 0)
			other(s, i);
	}
	if (slow) {
		check_slow(s);
		return;
	}
	/* So that all have left. */
	now_ns += 1000000;
	for (uint32_t i = 0; i < Clients; i++)
		if (clients[i].answered)
			prove(s, i);
	now_ns += method == Retransmission ? RetryNs : 1000000;
	for (uint32_t i = 0; i < Clients; i++) {
		struct client was = clients[i];

		submit(s, was.frame, was.len, was.len, 0);
	}
	check(!weir_session_finish(s), "finish", 0);
	counts = weir_session_counts(s);
	for (uint32_t i = 0; i < Clients; i++)
		passed += last_fate[i] == WEIR_FATE_PASSED;
	check(answers + silent >= Clients, "fewer answers than SYNs of the flood", answers);
	check(method != Retransmission || answers <= Clients - Limit, "answers to those that are remembered", answers);
	check(method == SynCookie ? resets + before >= Clients : !resets, "resets", resets);
	check(method == SynCookie ? !fates[WEIR_FATE_CONSUMED] : fates[WEIR_FATE_CONSUMED] + silent >= Clients,
	      "consumed proofs", fates[WEIR_FATE_CONSUMED]);
	check(passed + before >= Clients, "those that proved themselves pass", passed);
	check(counts->generated == answers + resets && counts->fate[WEIR_FATE_ANSWERED] == counts->generated,
	      "generated and answered", counts->generated);
	check(!counts->mismatches && !weir_session_unexplained(s), "mismatches and unexplained", counts->mismatches);
	printf("method %u: %" PRIu64 " frames, %u SYNs answered, %u proofs reset, %" PRIu64 " consumed\n", method,
	       counts->offered, answers, resets, fates[WEIR_FATE_CONSUMED]);
	weir_session_free(s);
}

int main(int argc, char **argv)
{
	bool gmii = argc > 1 && !strcmp(argv[1], "--gmii");
	struct weir_prng p;

	weir_prng_seed(&p, 1, 16);
	for (method = AckCookie; method <= Retransmission; method++)
		run(gmii, &p, false);
	method = SynCookie;
	run(gmii, &p, true);
	printf("rtl-answer: %" PRIu64 " checks, %" PRIu64 " failed\n", checks, failed);
	return failed ? 1 : 0;
}
