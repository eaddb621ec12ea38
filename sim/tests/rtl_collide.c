// SPDX-License-Identifier: Apache-2.0
/* rtl-collide: hash flooding (BEYOND-5). Addresses that all fall into one set under one hash key, sent to hardware and model that have this
 * key, and to ones that have another: with the known key four of them fill the set, with the other one they are addresses like any other.
 * Then what a full set means for one more address, by the table's fail-open or fail-closed. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "sim/common/packet_build.h"
#include "host/common/prng.h"
#include "sim/engine/session.h"
#include "host/common/hash.h"
#include "host/common/lists.h"
#include "weir/weir_regs.h"

enum { Chosen = 64, Ways = 4, Sets = 256, Port = 443, MaxShown = 10, GapNs = 2000 };

/* No field crosses a word. */
#define SET(word, field, value) ((word)[field##_LSB / 32] |= (uint32_t)(value) << field##_LSB % 32)

static uint64_t checks, failed, now_ns, number;
static enum weir_fate last;

static void check(bool ok, const char *what, uint64_t which)
{
	checks++;
	if (!ok && failed++ < MaxShown)
		printf("%s: %" PRIu64 "\n", what, which);
}

static void on_fate(void *ctx, const struct weir_packet *p)
{
	(void)ctx;
	last = p->fate;
}

static void on_problem(void *ctx, const char *text)
{
	(void)ctx;
	(void)text;
	check(false, "problem", number);
}

static void on_answer(void *ctx, int side, const uint8_t *frame, uint32_t len, uint64_t time_ns)
{
	(void)ctx;
	(void)side;
	(void)frame;
	(void)len;
	(void)time_ns;
}

static const struct weir_session_sink sink = { .fate = on_fate, .problem = on_problem, .answer = on_answer };

static void write_entry(struct weir_session *s, uint32_t addr, const uint32_t word[8])
{
	for (uint32_t i = 0; i < 8; i++)
		check(!weir_session_write(s, addr + 4 * i, word[i]), "register", addr);
}

static struct weir_session *begin(const uint32_t key[WEIR_HASH_KEY_WORDS], bool open)
{
	const struct weir_engine_options options = { 0 };
	const struct weir_engine_ops *bad;
	uint32_t word[8] = { 0 };
	struct weir_session *s;

	now_ns = UINT64_C(1700000000000000000);
	if (weir_session_new(&weir_engine_rtl_stream, &weir_engine_model, &options, &sink, NULL, &s, &bad))
		return NULL;
	for (uint32_t i = 0; i < WEIR_HASH_KEY_WORDS; i++)
		check(!weir_session_write(s, WEIR_REG_HASH_KEY(i), key[i]), "hash key", i);
	SET(word, WEIR_REG_TABLE_CFG_TIMEOUT, 255);
	for (uint32_t k = 0; k < WEIR_REG_TABLE_CFG_COUNT; k++)
		write_entry(s, WEIR_REG_TABLE_CFG(k), word);
	memset(word, 0, sizeof(word));
	SET(word, WEIR_REG_STATE_CFG_CONNECTION_MODE, 1);
	SET(word, WEIR_REG_STATE_CFG_CONNECTION_WINDOW_LOG2, 20);
	SET(word, WEIR_REG_STATE_CFG_CONNECTION_HALF_OPEN, 30);
	SET(word, WEIR_REG_STATE_CFG_CONNECTION_ESTABLISHED, 300);
	write_entry(s, WEIR_REG_STATE_CFG_CONNECTION, word);
	memset(word, 0, sizeof(word));
	SET(word, WEIR_REG_STATE_CFG_SYN_METHOD, 1);
	SET(word, WEIR_REG_STATE_CFG_SYN_ENABLE, 1);
	SET(word, WEIR_REG_STATE_CFG_SYN_HOST_THRESHOLD, 200);
	SET(word, WEIR_REG_STATE_CFG_SYN_HOST_HOLD, 100);
	SET(word, WEIR_REG_STATE_CFG_SYN_HOST_TIMEOUT, 255);
	SET(word, WEIR_REG_STATE_CFG_SYN_LEGIT_TIMEOUT, 100);
	SET(word, WEIR_REG_STATE_CFG_SYN_LEGIT_FAIL_OPEN, open);
	write_entry(s, WEIR_REG_STATE_CFG_SYN, word);
	memset(word, 0, sizeof(word));
	SET(word, WEIR_REG_STATE_CFG_ACTIONS_SYN, 2);
	write_entry(s, WEIR_REG_STATE_CFG_ACTIONS, word);
	check(!weir_session_write(s, WEIR_REG_CTRL, WEIR_REG_CTRL_RUN_MASK), "run", 0);
	return s;
}

static struct weir_addr ip4(uint32_t a)
{
	return (struct weir_addr){ .family = 4, .b = { (uint8_t)(a >> 24), (uint8_t)(a >> 16), (uint8_t)(a >> 8), (uint8_t)a } };
}

/* The remote side's port follows from its address: with the same port all of them would fall into one set of `connection` too, for the
 * hash is linear. */
static void segment(struct weir_session *s, uint32_t remote, int dir, unsigned flags, uint32_t seq, uint32_t ack)
{
	uint16_t port = (uint16_t)(1024 + remote % 60000);

	static const uint8_t mac[2][6] = { { 2, 0, 0, 0, 0, 1 }, { 2, 0, 0, 0, 0, 2 } };
	struct weir_addr addr[2] = { ip4(remote), ip4(0xc0000201) };
	uint8_t buf[128];
	struct weir_pkt p;

	weir_pkt_init(&p, buf, sizeof(buf));
	weir_pkt_eth(&p, mac[!dir], mac[dir]);
	weir_pkt_ip(&p, &(struct weir_ip_spec){ .src = addr[dir], .dst = addr[!dir], .ttl = 64 });
	weir_pkt_tcp(&p, &(struct weir_tcp_spec){ .sport = dir ? Port : port, .dport = dir ? port : Port, .seq = seq,
						  .ack = ack, .flags = (uint8_t)flags, .window = 1000 });
	check(!weir_pkt_end(&p), "frame", remote);
	now_ns += GapNs;
	number++;
	check(!weir_session_submit(s, &(struct weir_input){
		.bytes = buf, .captured = (uint32_t)p.len, .wire_len = (uint32_t)p.len, .side = dir, .number = number,
		.time_ns = now_ns - 700, .arrival_ns = now_ns }), "submit", number);
}

static void handshake(struct weir_session *s, uint32_t remote)
{
	segment(s, remote, 0, WEIR_TCP_SYN, 100, 0);
	segment(s, remote, 1, WEIR_TCP_SYN | WEIR_TCP_ACK, 900, 101);
	segment(s, remote, 0, WEIR_TCP_ACK, 101, 901);
}

/* Addresses of 10/8 in one set of `remote` and `legit` (both have 256) under this key, from a first one on. */
static void choose(const struct weir_hash *h, uint32_t ret[], unsigned n)
{
	uint32_t a = 0x0a000001, set = 0;

	for (unsigned found = 0; found < n; a++) {
		uint8_t bytes[16] = { [12] = (uint8_t)(a >> 24), (uint8_t)(a >> 16), (uint8_t)(a >> 8), (uint8_t)a };
		uint32_t in = weir_hash_remote(h, 0, bytes).index % Sets;

		if (!found)
			set = in;
		if (in == set)
			ret[found++] = a;
	}
}

struct found {
	struct weir_session_state legit;
	struct weir_engine_table remote;
	enum weir_fate last;   /* of one more address of the set, in a SYN flood */
};

/* All chosen ones connect; then a flood, and one more of them. */
static void attack(const uint32_t key[WEIR_HASH_KEY_WORDS], const uint32_t chosen[Chosen + 1], bool open, struct found *f)
{
	struct weir_session *s = begin(key, open);

	check(s != NULL, "the engines do not start", 0);
	if (!s)
		return;
	for (unsigned i = 0; i < Chosen; i++)
		handshake(s, chosen[i]);
	for (uint32_t i = 0; i < 300; i++)
		segment(s, 0xcb007100 + i, 0, WEIR_TCP_SYN, i, 0);
	now_ns += 1000000;
	segment(s, chosen[Chosen], 0, WEIR_TCP_SYN, 7, 0);
	check(!weir_session_finish(s), "finish", 0);
	f->last = last;
	weir_session_state(s, WEIR_STATE_legit, &f->legit);
	weir_session_table(s, WEIR_TABLE_remote, &f->remote);
	check(!weir_session_counts(s)->mismatches && !weir_session_unexplained(s), "mismatches and unexplained",
	      weir_session_counts(s)->mismatches);
	weir_session_free(s);
}

int main(void)
{
	static struct weir_hash hash;
	uint32_t known[WEIR_HASH_KEY_WORDS], random[WEIR_HASH_KEY_WORDS], chosen[Chosen + 1];
	struct found f;
	struct weir_prng p;

	weir_prng_seed(&p, 5, 5);
	for (unsigned i = 0; i < WEIR_HASH_KEY_WORDS; i++)
		known[i] = (uint32_t)weir_prng_next(&p);
	for (unsigned i = 0; i < WEIR_HASH_KEY_WORDS; i++)
		random[i] = (uint32_t)weir_prng_next(&p);
	weir_hash_key_set(&hash, known);
	choose(&hash, chosen, Chosen + 1);

	attack(known, chosen, false, &f);
	check(f.legit.used == Ways && f.legit.full == Chosen - Ways, "known key: legitimate", f.legit.used);
	check(f.remote.evictions >= Chosen - Ways, "known key: evictions of `remote`", f.remote.evictions);
	check(f.last == WEIR_FATE_ANSWERED, "known key, fail-closed: one more is challenged", f.last);
	printf("known key: %u of %u legitimate, %u found the set full, %" PRIu64 " evictions of remote\n", f.legit.used, Chosen,
	       f.legit.full, (uint64_t)f.remote.evictions);
	attack(known, chosen, true, &f);
	check(f.last == WEIR_FATE_PASSED, "known key, fail-open: one more passes", f.last);

	attack(random, chosen, false, &f);
	check(f.legit.used == Chosen && !f.legit.full, "other key: legitimate", f.legit.used);
	check(f.last == WEIR_FATE_ANSWERED, "other key, fail-closed: one that is new is challenged", f.last);
	printf("other key: %u of %u legitimate, %u found the set full, %" PRIu64 " evictions of remote\n", f.legit.used, Chosen,
	       f.legit.full, (uint64_t)f.remote.evictions);
	attack(random, chosen, true, &f);
	check(f.last == WEIR_FATE_ANSWERED, "other key, fail-open: its set is not full", f.last);
	printf("rtl-collide: %" PRIu64 " checks, %" PRIu64 " failed\n", checks, failed);
	return failed ? 1 : 0;
}
