// SPDX-License-Identifier: Apache-2.0
/* Rules of a policy: complaints, places, and what the model then does with frames. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "host/tests/check_run.h"
#include "policy_text.h"
#include "sim/common/packet_build.h"
#include "host/common/prng.h"
#include "host/policy/compile.h"
#include "sim/model/weir_model.h"
#include "weir/weir_regs.h"

#define HEAD "weir_policy: 1\nrules:\n  divert_mac: 02-00-00-00-00-0f\n  list:\n"
#define ONE(text) HEAD "  - {" text "}\n"

static struct weir_policy policy;

static const struct policy_complaint broken[] = {
	{ "weir_policy: 1\nrules: []\n", 2, "name: value" },
	{ "weir_policy: 1\nrules:\n  lists: []\n", 3, "there are dry_run, divert_mac, list" },
	{ "weir_policy: 1\nrules: {dry_run: 1}\n", 2, "false, true" },
	{ "weir_policy: 1\nrules: {divert_mac: 02-00-00-00-00}\n", 2, "no MAC address" },
	{ "weir_policy: 1\nrules: {divert_mac: 02-00-00:00-00-01}\n", 2, "no MAC address" },
	{ "weir_policy: 1\nrules: {divert_mac: 02-00-00-00-00-0g}\n", 2, "no MAC address" },
	{ "weir_policy: 1\nrules: {divert_mac: 03-00-00-00-00-01}\n", 2, "no single station" },
	{ "weir_policy: 1\nrules: {divert_mac: 00-00-00-00-00-00}\n", 2, "no single station" },
	{ ONE("from: 198.51.100.7"), 5, "\"action\" is missing" },
	{ ONE("action: drop, from: 198.51.100.7"), 5, "block, limit, divert, allow" },
	{ ONE("action: block, form: 198.51.100.7"), 5, "no \"form\"" },
	{ ONE("action: block, from: 198.51.100.7/24"), 5, "clear them" },
	{ ONE("action: block, from: here"), 5, "no prefix" },
	{ ONE("action: block"), 5, "nothing says what it is for" },
	{ ONE("action: block, direction: out"), 5, "nothing says what it is for" },
	{ ONE("action: block, from: 198.51.100.7, direction: inbound"), 5, "in, out, both" },
	{ ONE("action: block, from: 198.51.100.7, to: \"2001:db8::1\""), 5, "different families" },
	{ ONE("action: block, from: 198.51.100.7, protocol: ipx"), 5, "none of: icmp" },
	{ ONE("action: block, from: 198.51.100.7, protocol: 256"), 5, "0 to 255" },
	{ ONE("action: block, from: 198.51.100.7, port: 80"), 5, "needs a protocol" },
	{ ONE("action: block, from: 198.51.100.7, protocol: gre, port: 80"), 5, "needs a protocol" },
	{ ONE("action: block, protocol: tcp, port: 70000"), 5, "is none; give 443" },
	{ ONE("action: block, protocol: tcp, port: 90-80"), 5, "is none" },
	{ ONE("action: block, protocol: tcp, port: 80-"), 5, "is none" },
	{ ONE("action: block, protocol: tcp, port: 80x"), 5, "is none" },
	{ ONE("action: block, protocol: tcp, port: 8/0"), 5, "TCP and UDP is a number" },
	{ ONE("action: block, protocol: icmp, port: 8"), 5, "its type and code" },
	{ ONE("action: block, protocol: icmp, port: 256/0"), 5, "is none" },
	{ ONE("action: block, protocol: icmp, port: 8/256"), 5, "is none" },
	{ ONE("action: block, protocol: udp, remote_port: 8/0"), 5, "give 443 or 1000-2000" },
	{ ONE("action: block, protocol: icmp, remote_port: 80"), 5, "needs protocol: tcp or udp" },
	{ ONE("action: block, to: \"2001:db8::1\", protocol: icmp, port: 8/0"), 5, "those of IPv4" },
	{ ONE("action: block, to: 192.0.2.10, protocol: icmpv6, port: 128/0"), 5, "those of IPv6" },
	{ ONE("action: block, protocol: udp, fragments: some"), 5, "false, true" },
	{ ONE("action: block, protocol: udp, priority: 1000001"), 5, "0 to 1000000" },
	{ ONE("action: block, protocol: udp, priority: -1"), 5, "no whole number" },
	{ ONE("action: block, protocol: udp, rate: {packets_per_s: 100}"), 5, "belongs to action: limit" },
	{ ONE("action: limit, protocol: udp"), 5, "without rate" },
	{ ONE("action: limit, protocol: udp, rate: {burst_packets: 5}"), 5, "rate says no packets_per_s" },
	{ ONE("action: limit, protocol: udp, rate: {packets_per_s: unlimited}"), 5, "rate says no packets_per_s" },
	{ ONE("action: limit, protocol: udp, rate: {bytes_per_s: 100k}"), 5, "packets only" },
	{ ONE("action: limit, protocol: udp, rate: {packets_per_s: 100, bytes_per_s: 100k}"), 5, "packets only" },
	{ ONE("action: limit, protocol: udp, rate: {packets_per_s: 100, action: count}"), 5, "stops nothing" },
	{ ONE("action: limit, protocol: udp, rate: {packets_per_s: 100, burst_packets: 99}"), 5, "at most 98" },
	{ ONE("action: limit, protocol: udp, direction: both, rate: {packets_per_s: 100}"), 5, "give direction: in" },
	{ ONE("action: limit, protocol: udp, port: 1-3, rate: {packets_per_s: 100}"), 5, "would be 2 limits" },
	{ ONE("action: block, from: 198.51.100.7, originator: \"a\\\\b\""), 5, "printable ASCII" },
	{ ONE("action: block, from: 198.51.100.7, originator: \"a\\tb\""), 5, "printable ASCII" },
	{ ONE("action: block, from: 198.51.100.7, expires: tomorrow"), 5, "no whole number" },
	{ ONE("action: block, from: 198.51.100.7, expires: 2026-11-31T00:00:00Z"), 5, "is no time" },
	{ ONE("action: block, from: 198.51.100.7, expires: \"2026-11-30T00:00:00\""), 5, "is no time" },
	{ ONE("action: block, from: 198.51.100.7, expires: \"2026-11-30T24:00:00Z\""), 5, "is no time" },
	{ "weir_policy: 1\nrules:\n  list:\n  - {action: divert, from: 198.51.100.7}\n", 4, "without divert_mac" },
	{ HEAD "  - {action: block, from: 198.51.100.7}\n  - {action: allow, from: 198.51.100.7/32}\n", 6, "again, after line 5" },
	{ HEAD "  - {action: block, protocol: udp}\n  - {action: divert, protocol: 17, priority: 9}\n", 6, "again, after line 5" },
};

START_TEST(test_broken)
{
	policy_text_refused(&broken[_i]);
}
END_TEST

static void load_good(const char *text, struct weir_policy *p)
{
	char detail[WEIR_POLICY_DETAIL] = "";

	ck_assert_msg(!policy_text_load(text, p, detail), "%s", detail);
}

/* Everything that can be said is read as it was meant. */
START_TEST(test_read)
{
	char text[WEIR_RULE_TEXT];
	const struct weir_rule *r = policy.rules.list;

	load_good("weir_policy: 1\nrules:\n  dry_run: true\n  divert_mac: 02:0a:00:00:00:fF\n  list:\n"
		  "  - {action: divert, from: 198.51.100.0/24, to: 192.0.2.10, protocol: tcp, port: 80-90, remote_port: 1024-65535,"
		  " direction: both, fragments: false, priority: 7, originator: \"noc 17, night\", expires: \"2026-11-30T18:00:01Z\"}\n"
		  "  - {action: limit, to: \"2001:db8:1::/48\", protocol: 58, port: 128/0, fragments: true, expires: 1700000000,"
		  " rate: {packets_per_s: 500, burst_packets: 5, action: drop, hold_ms: 1000}}\n", &policy);
	ck_assert(policy.rules.dry_run);
	ck_assert_mem_eq(policy.rules.divert_mac, "\x02\x0a\0\0\0\xff", 6);
	ck_assert_uint_eq(policy.rules.n, 2);
	ck_assert_str_eq(weir_rule_format(&r[0], text, sizeof(text)), "from 198.51.100.0/24 to 192.0.2.10 protocol tcp port 80-90 "
			 "remote_port 1024-65535 no fragments in and out");
	ck_assert_str_eq(r[0].originator, "noc 17, night");
	ck_assert_uint_eq(r[0].priority, 7);
	ck_assert_uint_eq(r[0].expires_s, 1796061601);
	ck_assert_str_eq(weir_rule_time_format(r[0].expires_s, text, sizeof(text)), "2026-11-30T18:00:01Z");
	ck_assert_uint_eq(r[0].line, 6);
	ck_assert_str_eq(weir_rule_format(&r[1], text, sizeof(text)), "to 2001:db8:1::/48 protocol icmpv6 port 128/0 fragments");
	ck_assert_uint_eq(r[1].expires_s, 1700000000);
	ck_assert_int_eq(r[1].meter.action, WEIR_METER_DROP);
	ck_assert_uint_eq(r[1].meter.packets_per_s, 500);
}
END_TEST

/* Which rules are looked up by hash, and what the others take. */
START_TEST(test_kinds)
{
	static const struct {
		const char *rule;
		unsigned places;     /* 0: exact */
	} kinds[] = {
		{ "from: 198.51.100.7", 0 },
		{ "from: 198.51.100.7/32, to: 192.0.2.10", 0 },
		{ "from: \"2001:db8::7\", to: \"2001:db8:1::a\", protocol: tcp, port: 443", 0 },
		{ "from: 198.51.100.7, to: 192.0.2.10, protocol: icmp, port: 8/0", 0 },
		{ "from: 198.51.100.7, to: 192.0.2.10, protocol: udp, port: 53-53", 0 },
		{ "from: 198.51.100.7, to: 192.0.2.10, protocol: udp", 1 },
		{ "from: 198.51.100.7, to: 192.0.2.10, protocol: udp, port: 53, remote_port: 53", 1 },
		{ "from: 198.51.100.7, protocol: udp, port: 53", 1 },
		{ "from: 198.51.100.7, to: 192.0.2.0/24", 1 },
		{ "from: 198.51.100.0/31", 1 },
		{ "to: 192.0.2.10", 1 },
		{ "from: 198.51.100.7, direction: both", 1 },
		{ "from: 198.51.100.7, direction: out", 1 },
		{ "from: 198.51.100.7, fragments: false", 1 },
		{ "from: 198.51.100.7, priority: 1", 1 },
		{ "protocol: tcp, port: 1024-65535", 6 },
		{ "protocol: tcp, port: 1000-2000", 8 },
		{ "protocol: tcp, port: 1-65534", 30 },
		{ "protocol: tcp, port: 0-65535", 1 },
		{ "protocol: udp, port: 1024-65535, remote_port: 1-3", 12 },
	};
	struct weir_writes w;
	char text[400], detail[WEIR_POLICY_DETAIL];

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		snprintf(text, sizeof(text), ONE("action: block, %s"), kinds[i].rule);
		load_good(text, &policy);
		ck_assert_msg(weir_rule_exact(&policy.rules.list[0]) == !kinds[i].places, "%s", kinds[i].rule);
		ck_assert_int_eq(weir_policy_compile(&policy, 1, "p.yaml", &w, detail), 0);
		ck_assert_msg(w.rules.n_prefix == kinds[i].places, "%s: %u", kinds[i].rule, w.rules.n_prefix);
		ck_assert_uint_eq(w.rules.n_exact, !kinds[i].places);
		weir_writes_done(&w);
	}
}
END_TEST

static struct weir_rule rule_from(uint32_t n)
{
	return (struct weir_rule){
		.action = WEIR_RULE_BLOCK, .fragments = WEIR_RULE_ANY, .line = n + 1,
		.from = { .addr = { .family = 4, .b = { 10, (uint8_t)(n >> 16), (uint8_t)(n >> 8), (uint8_t)n } }, .len = 32 },
	};
}

/* 1,900 of the 2,048 places fill for every seed; all of them for none. */
START_TEST(test_many_exact)
{
	char detail[WEIR_POLICY_DETAIL];
	struct weir_writes w;
	unsigned fit = 0;

	weir_policy_default(&policy);
	for (uint32_t i = 0; i < WEIR_POLICY_RULES; i++)
		policy.rules.list[i] = rule_from(i * 7919);
	for (uint64_t seed = 1; seed <= 20; seed++) {
		policy.rules.n = 1900;
		ck_assert_msg(!weir_policy_compile(&policy, seed, "p.yaml", &w, detail), "%s", detail);
		ck_assert_uint_eq(w.rules.n_exact, 1900);
		weir_writes_done(&w);
		policy.rules.n = WEIR_POLICY_RULES;
		ck_assert_int_eq(weir_policy_compile(&policy, seed, "p.yaml", &w, detail), -EINVAL);
		ck_assert_ptr_nonnull(strstr(detail, "no room for this one"));
		ck_assert_int_eq(sscanf(strstr(detail, "one: ") + 5, "%u exact rules", &fit), 1);
		ck_assert_uint_ge(fit, 1950);
		ck_assert_uint_lt(fit, 2048);
	}
}
END_TEST

START_TEST(test_many_prefix)
{
	char text[4000] = HEAD, detail[WEIR_POLICY_DETAIL] = "";
	size_t n = strlen(text);
	struct weir_writes w;

	for (int i = 0; i < 4; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "  - {action: block, to: 192.0.2.%d, protocol: tcp, port: 1000-2000}\n", i);
	load_good(text, &policy);
	ck_assert_int_eq(weir_policy_compile(&policy, 1, "p.yaml", &w, detail), 0);
	ck_assert_uint_eq(w.rules.n_prefix, 32);
	weir_writes_done(&w);
	/* What goes first is placed first: the one that is too much is the last in that order, not in the file. */
	n += (size_t)snprintf(text + n, sizeof(text) - n, "  - {action: divert, to: 192.0.2.9, protocol: tcp, port: 1024-65535, priority: 5}\n");
	load_good(text, &policy);
	ck_assert_int_eq(weir_policy_compile(&policy, 1, "p.yaml", &w, detail), -EINVAL);
	ck_assert_msg(strstr(detail, "p.yaml:8: rules: no room for this one: it takes 8 of the 32 prefix rules, the 4 that go before it take 30"),
		      "%s", detail);
}
END_TEST

/* What rules.h says of the hardware. */
START_TEST(test_sizes)
{
	ck_assert_uint_eq(WEIR_RULES_LIMIT_SETS, 1u << weir_table_info(WEIR_TABLE_pair)->sets_log2);
	ck_assert_uint_eq(WEIR_RULES_EXACT, WEIR_REG_RULE_EXACT_COUNT);
	ck_assert_uint_eq(WEIR_RULES_PREFIX, WEIR_REG_RULE_PREFIX_VECTOR0_BITS);
}
END_TEST

START_TEST(test_limits_and_overrides)
{
	char text[4000] = "weir_policy: 1\noverrides:\n"
		"- {meter: pair, remote: 198.51.100.1, address: 192.0.2.10, packets_per_s: 200}\n"
		"rules:\n  list:\n";
	char detail[WEIR_POLICY_DETAIL] = "";
	size_t n = strlen(text);
	struct weir_writes w;

	/* 40 limits of two rates share the table with an override of a third one. */
	for (int i = 0; i < 40; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "  - {action: limit, from: 198.51.100.%d, rate: {packets_per_s: %d}}\n", i,
				      i % 2 ? 300 : 400);
	load_good(text, &policy);
	for (uint64_t seed = 0; seed < 50; seed++) {
		uint32_t pinned[8] = { 0 };

		ck_assert_msg(!weir_policy_compile(&policy, seed, "p.yaml", &w, detail), "%s", detail);
		for (size_t i = 0; i < w.n; i++)
			if (w.write[i].addr >= WEIR_REG_TABLE_PAIR(0) &&
			    w.write[i].addr < WEIR_REG_TABLE_PAIR(WEIR_REG_TABLE_PAIR_COUNT) && w.write[i].addr % 32 == 12)
				pinned[w.write[i].value >> (WEIR_REG_TABLE_PAIR_CFG_LSB - 96) & 7]++;
		ck_assert_uint_eq(pinned[1], 1);
		ck_assert_uint_eq(pinned[2], 20);
		ck_assert_uint_eq(pinned[3], 20);
		weir_writes_done(&w);
	}
	for (int i = 0; i < 5; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "  - {action: limit, from: 198.51.100.%d, rate: {packets_per_s: %d}}\n",
				      50 + i, 500 + i);
	load_good(text, &policy);
	ck_assert_int_eq(weir_policy_compile(&policy, 1, "p.yaml", &w, detail), -EINVAL);
	ck_assert_ptr_nonnull(strstr(detail, "7 different rates"));
}
END_TEST

START_TEST(test_expired)
{
	struct weir_writes w;
	char detail[WEIR_POLICY_DETAIL];

	load_good(HEAD "  - {action: block, from: 198.51.100.7, expires: 1000}\n  - {action: block, from: 198.51.100.8, expires: 1001}\n"
		  "  - {action: block, from: 198.51.100.0/24, expires: 999}\n  - {action: block, to: 192.0.2.1}\n", &policy);
	ck_assert_int_eq(weir_policy_compile_at(&policy, 1, 1000, "p.yaml", &w, detail), 0);
	ck_assert_uint_eq(w.rules.n_expired, 2);
	ck_assert_uint_eq(w.rules.n_exact, 1);
	ck_assert_uint_eq(w.rules.n_prefix, 1);
	ck_assert_uint_eq(w.rules.rule[0], 4);
	weir_writes_done(&w);
	ck_assert_int_eq(weir_policy_compile(&policy, 1, "p.yaml", &w, detail), 0);
	ck_assert_uint_eq(w.rules.n_expired, 0);
	weir_writes_done(&w);
}
END_TEST

/* --- With the model ----------------------------------------------------------------------------------------------- */

static struct weir_model *model_of(const struct weir_policy *p, struct weir_writes *ret)
{
	char detail[WEIR_POLICY_DETAIL] = "";
	struct weir_model *m = weir_model_new();

	ck_assert_ptr_nonnull(m);
	ck_assert_msg(!weir_policy_compile(p, 3, "p.yaml", ret, detail), "%s", detail);
	for (size_t i = 0; i < ret->n; i++)
		ck_assert_int_eq(weir_model_write(m, ret->write[i].addr, ret->write[i].value), 0);
	return m;
}

struct frame {
	uint8_t bytes[300];
	uint32_t len;
	int dir;
};

static const uint8_t mac[2][6] = { { 2, 0, 0, 0, 0, 1 }, { 2, 0, 0, 0, 0, 2 } };

static struct weir_addr address(const char *text)
{
	struct weir_addr a;

	ck_assert_int_eq(weir_addr_parse(text, &a), 0);
	return a;
}

/* proto 1 stands for ICMP and ICMPv6; its ports are type and code, in both directions. */
static struct frame build(struct weir_addr remote, struct weir_addr protect, unsigned proto, uint16_t rport, uint16_t pport,
			  int dir, bool fragment)
{
	struct frame f = { .dir = dir };
	uint8_t buf[300];
	struct weir_pkt p, cut;

	weir_pkt_init(&p, buf, sizeof(buf));
	weir_pkt_eth(&p, mac[0], mac[1]);
	weir_pkt_ip(&p, &(struct weir_ip_spec){ .src = dir ? protect : remote, .dst = dir ? remote : protect, .ttl = 64 });
	if (proto == WEIR_PROTO_TCP)
		weir_pkt_tcp(&p, &(struct weir_tcp_spec){ .sport = dir ? pport : rport, .dport = dir ? rport : pport, .flags = WEIR_TCP_ACK });
	else if (proto == WEIR_PROTO_UDP)
		weir_pkt_udp(&p, dir ? pport : rport, dir ? rport : pport);
	else if (proto == WEIR_PROTO_ICMP)
		weir_pkt_icmp(&p, (uint8_t)(pport >> 8), (uint8_t)pport, 1);
	else
		weir_pkt_proto(&p, (uint8_t)proto);
	memset(weir_pkt_room(&p, 64), 'x', 64);
	ck_assert_int_eq(weir_pkt_end(&p), 0);
	weir_pkt_init(&cut, f.bytes, sizeof(f.bytes));
	if (fragment) {
		ck_assert_int_eq(weir_pkt_fragment(&p, 16, 40, 7, &cut), 0);
		f.len = (uint32_t)cut.len;
	} else {
		memcpy(f.bytes, buf, p.len);
		f.len = (uint32_t)p.len;
	}
	return f;
}

static struct weir_record judge(struct weir_model *m, const struct frame *f, uint64_t stamp_us)
{
	struct weir_record r;

	weir_model_packet(m, f->bytes, f->len, f->len, f->dir, stamp_us, &r);
	return r;
}

/* What the engine counted of an id. */
static uint64_t hits(struct weir_model *m, unsigned id)
{
	uint32_t place = id - WEIR_RULES_PREFIX, word = id < WEIR_RULES_PREFIX ? id % 4 : 1, v = 0;
	uint32_t entry = id < WEIR_RULES_PREFIX ? WEIR_REG_RULE_PREFIX(504 + id / 4) : WEIR_REG_RULE_EXACT(place);

	ck_assert_int_eq(weir_model_read(m, entry, &v), 0);
	ck_assert_int_eq(weir_model_read(m, entry + 4 * word, &v), 0);
	return id < WEIR_RULES_PREFIX ? v : v >> 4 & 0x1ffff;
}

/* A limit is one for all that its rule is for, whoever sends it. */
START_TEST(test_limit)
{
	static const char *const rules[] = {
		"action: limit, to: 192.0.2.10, protocol: udp, port: 53, rate: {packets_per_s: 1k, burst_packets: 5}",
		"action: limit, from: 198.51.100.1, rate: {packets_per_s: 1k, burst_packets: 5}",
	};
	struct weir_writes w;
	struct weir_model *m;
	char text[300];
	unsigned dropped = 0, id = 0;

	snprintf(text, sizeof(text), ONE("%s"), rules[_i]);
	load_good(text, &policy);
	m = model_of(&policy, &w);
	while (!w.rules.rule[id])
		id++;
	for (unsigned i = 0; i < 20; i++) {
		struct weir_addr from = address("198.51.100.1");
		struct frame f;
		struct weir_record r;

		from.b[3] = (uint8_t)(_i ? 1 : 1 + i % 7);
		f = build(from, address("192.0.2.10"), WEIR_PROTO_UDP, 4000, 53, 0, false);
		r = judge(m, &f, 5000000);
		ck_assert_uint_eq(r.rule, id + 1);
		if (i < 5) {
			ck_assert_uint_eq(r.verdict, WEIR_VERDICT_pass);
			continue;
		}
		ck_assert_uint_eq(r.verdict, WEIR_VERDICT_drop);
		ck_assert_uint_eq(r.reason, WEIR_REASON_rule_limit);
		ck_assert_uint_eq(r.tag, ((uint64_t)1 << 39) + id);
		ck_assert_uint_eq(r.threshold, 66);
		dropped++;
	}
	ck_assert_uint_eq(dropped, 15);
	ck_assert_uint_eq(hits(m, id), 20);
	weir_writes_done(&w);
	weir_model_free(m);
}
END_TEST

/* Where no protocol can be found, there is none: protocol 0 is another one. */
START_TEST(test_no_protocol)
{
	struct frame f = build(address("2001:db8:f::1"), address("2001:db8:1::1"), 47, 0, 0, 0, false);
	struct weir_record r;
	struct weir_writes w;
	struct weir_model *m;

	load_good(HEAD "  - {action: block, protocol: 0}\n  - {action: divert, protocol: gre}\n", &policy);
	m = model_of(&policy, &w);
	ck_assert_uint_eq(judge(m, &f, 1000).verdict, WEIR_VERDICT_divert);
	/* A hop-by-hop header that the capture does not have. */
	f.bytes[20] = 0;
	weir_model_packet(m, f.bytes, f.len, 54, 0, 2000, &r);
	ck_assert_uint_eq(r.l3_valid, 1);
	ck_assert_uint_eq(r.l4_proto_valid, 0);
	ck_assert_uint_eq(r.rule, 0);
	weir_writes_done(&w);
	weir_model_free(m);
}
END_TEST

static void put_model(void *ctx, uint32_t addr, const uint32_t word[8])
{
	for (uint32_t i = 0; i < 8; i++)
		ck_assert_int_eq(weir_model_write(ctx, addr + 4 * i, word[i]), 0);
}

/* Rules are exchanged while frames pass: into the other set, then that one comes into force. */
START_TEST(test_exchange)
{
	static struct weir_policy turns[3];
	static struct weir_hash hash;
	static struct weir_rule_map map;
	const uint8_t taken[WEIR_RULES_LIMIT_SETS] = { 0 };
	uint32_t key[WEIR_HASH_KEY_WORDS] = { 0 };
	char detail[WEIR_POLICY_DETAIL];
	struct weir_writes w;
	struct weir_model *m;
	struct frame f[3];

	load_good(HEAD "  - {action: block, from: 198.51.100.1}\n  - {action: block, protocol: gre}\n", &turns[0]);
	load_good(HEAD "  - {action: block, from: 198.51.100.2}\n  - {action: divert, protocol: gre}\n", &turns[1]);
	load_good(HEAD "  - {action: block, from: 198.51.100.9}\n", &turns[2]);
	m = model_of(&turns[0], &w);
	f[0] = build(address("198.51.100.1"), address("192.0.2.10"), WEIR_PROTO_UDP, 4000, 53, 0, false);
	f[1] = build(address("198.51.100.2"), address("192.0.2.10"), WEIR_PROTO_UDP, 4000, 53, 0, false);
	f[2] = build(address("198.51.100.3"), address("192.0.2.10"), 47, 0, 0, 0, false);
	ck_assert_uint_eq(judge(m, &f[0], 1000).reason, WEIR_REASON_rule_block);
	ck_assert_uint_eq(judge(m, &f[1], 1000).reason, WEIR_REASON_pass);
	ck_assert_uint_eq(judge(m, &f[2], 1000).reason, WEIR_REASON_rule_block);
	for (size_t i = 0; i < w.n; i++)
		if (w.write[i].addr >= WEIR_REG_HASH_KEY(0) && w.write[i].addr <= WEIR_REG_HASH_KEY(WEIR_HASH_KEY_WORDS - 1))
			key[(w.write[i].addr - WEIR_REG_HASH_KEY(0)) / 4] = w.write[i].value;
	weir_hash_key_set(&hash, key);
	/* Over and over, so that what a set held before counts for nothing. */
	for (unsigned turn = 1; turn <= 9; turn++) {
		static const uint8_t gre[] = { WEIR_REASON_rule_block, WEIR_REASON_rule_divert, WEIR_REASON_pass };
		const struct weir_policy *p = &turns[turn % 3];

		ck_assert_int_eq(weir_rules_place(p, &hash, 0, taken, "p.yaml", &map, detail), 0);
		weir_rules_put(p, &map, &hash, turn % 2, false, put_model, m);
		for (unsigned i = 0; i < 2; i++)
			ck_assert_uint_eq(judge(m, &f[i], 2000).reason, turn % 3 == i ? WEIR_REASON_rule_block : WEIR_REASON_pass);
		ck_assert_uint_eq(judge(m, &f[2], 2000).reason, gre[turn % 3]);
	}
	weir_writes_done(&w);
	weir_model_free(m);
}
END_TEST

/* --- Random rules against what docs/policy.md says of them -------------------------------------------------------- */

static struct weir_addr random_address(struct weir_prng *rng, bool six, bool remote)
{
	struct weir_addr a = address(six ? remote ? "2001:db8:f::" : "2001:db8:1::" : remote ? "198.51.100.0" : "192.0.2.0");

	a.b[six ? 15 : 3] = (uint8_t)weir_prng_range(rng, 1, 6);
	return a;
}

static const uint16_t ports[] = { 1, 53, 80, 81, 443, 1023, 1024, 4000, 65535 };
static const uint16_t types[] = { 8 << 8, 0, 128 << 8, 129 << 8 };
static const uint8_t protos[] = { WEIR_PROTO_TCP, WEIR_PROTO_UDP, WEIR_PROTO_ICMP, 47 };

#define ANY_OF(list) ((list)[weir_prng_below(rng, sizeof(list) / sizeof((list)[0]))])

static struct frame random_frame(struct weir_prng *rng)
{
	bool six = weir_prng_below(rng, 2);
	unsigned proto = ANY_OF(protos);

	return build(random_address(rng, six, true), random_address(rng, six, false), proto, ANY_OF(ports),
		     proto == WEIR_PROTO_ICMP ? ANY_OF(types) : ANY_OF(ports), !weir_prng_below(rng, 3), !weir_prng_below(rng, 8));
}

static struct weir_prefix random_prefix(struct weir_prng *rng, bool six, bool remote)
{
	struct weir_prefix p = { .addr = random_address(rng, six, remote), .len = six ? 128 : 32 };
	uint8_t *last = &p.addr.b[six ? 15 : 3];

	switch (weir_prng_below(rng, 4)) {
	case 0:
		p.len -= 1;
		*last &= 0xfe;
		break;
	case 1:
		p.len -= 8;
		*last = 0;
		break;
	case 2:
		/* All addresses of the family. */
		if (weir_prng_below(rng, 4))
			break;
		p.len = 0;
		memset(p.addr.b, 0, sizeof(p.addr.b));
		break;
	default:
		break;
	}
	return p;
}

static struct weir_rule_ports random_ports(struct weir_prng *rng)
{
	struct weir_rule_ports p = { .given = true, .first = ANY_OF(ports) };

	p.last = weir_prng_below(rng, 3) ? p.first : ANY_OF(ports);
	return p.last < p.first ? (struct weir_rule_ports){ true, p.last, p.first } : p;
}

static struct weir_rule random_rule(struct weir_prng *rng, unsigned line)
{
	struct weir_rule r = {
		.action = (enum weir_rule_action)weir_prng_below(rng, 4), .line = line,
		.direction = weir_prng_below(rng, 3) ? WEIR_RULE_IN : (enum weir_rule_direction)weir_prng_below(rng, 3),
		.fragments = weir_prng_below(rng, 6) ? WEIR_RULE_ANY : (enum weir_rule_fragments)weir_prng_below(rng, 2),
		.priority = weir_prng_below(rng, 4) ? 0 : weir_prng_below(rng, 4),
		.meter = { .action = WEIR_METER_LIMIT },
	};
	bool six = weir_prng_below(rng, 2);

	if (weir_prng_below(rng, 4))
		r.from = random_prefix(rng, six, true);
	if (weir_prng_below(rng, 2))
		r.to = random_prefix(rng, six, false);
	if (weir_prng_below(rng, 2)) {
		r.has_protocol = true;
		r.protocol = ANY_OF(protos);
		if (r.protocol == WEIR_PROTO_ICMP && weir_prng_below(rng, 2))
			r.protocol = WEIR_PROTO_ICMPV6;
		if (r.protocol == WEIR_PROTO_TCP || r.protocol == WEIR_PROTO_UDP) {
			if (weir_prng_below(rng, 2))
				r.port = random_ports(rng);
			if (!weir_prng_below(rng, 6))
				r.remote_port = random_ports(rng);
		} else if (r.protocol != 47 && weir_prng_below(rng, 2)) {
			r.type_code = true;
			r.port = (struct weir_rule_ports){ .given = true, .first = ANY_OF(types) };
			r.port.last = r.port.first;
		}
	}
	if (r.action == WEIR_RULE_LIMIT)
		r.meter = (struct weir_meter_policy){ .packets_per_s = 16000000, .burst_packets = 1000, .action = WEIR_METER_LIMIT, .line = line };
	return r;
}

static bool has_address(const struct weir_prefix *p, unsigned family, const uint8_t wide[16])
{
	struct weir_addr a = { .family = family ? 6 : 4 };

	memcpy(a.b, family ? wide : wide + 12, family ? 16 : 4);
	return !p->addr.family || weir_prefix_has(p, &a);
}

static bool has_port(const struct weir_rule_ports *p, const struct weir_record *r, uint16_t port)
{
	return !p->given || (r->l4_valid && port >= p->first && port <= p->last);
}

/* Whether a rule is for a frame, in the words of docs/policy.md. */
static bool is_for(const struct weir_rule *rule, const struct weir_record *r)
{
	bool tcp_or_udp = r->proto == WEIR_PROTO_TCP || r->proto == WEIR_PROTO_UDP;
	uint16_t pport = r->dir && tcp_or_udp ? r->sport : r->dport, rport = r->dir ? r->dport : r->sport;

	if (rule->direction != WEIR_RULE_BOTH && (rule->direction == WEIR_RULE_OUT) != r->dir)
		return false;
	if (rule->fragments != WEIR_RULE_ANY && (rule->fragments == WEIR_RULE_FRAGMENTS) != r->is_frag)
		return false;
	if (rule->has_protocol && (!r->l4_proto_valid || rule->protocol != r->proto))
		return false;
	if (rule->type_code && (rule->protocol == WEIR_PROTO_ICMPV6) != r->family)
		return false;
	return has_address(&rule->from, r->family, r->remote) && has_address(&rule->to, r->family, r->protect) &&
	       has_port(&rule->port, r, pport) && has_port(&rule->remote_port, r, rport);
}

/* How narrow an exact rule is. */
static unsigned narrow(const struct weir_rule *r)
{
	return !!r->to.addr.family + r->port.given;
}

/* Whether a applies before b: allow, then exact ones, narrow before wide, then by priority, then in the file's order. */
static bool goes_before(const struct weir_rule *a, const struct weir_rule *b)
{
	bool exact[2] = { weir_rule_exact(a), weir_rule_exact(b) };
	bool allow[2] = { a->action == WEIR_RULE_ALLOW, b->action == WEIR_RULE_ALLOW };

	if (allow[0] != allow[1])
		return allow[0];
	if (exact[0] != exact[1])
		return exact[0] != allow[0];
	if (exact[0])
		return narrow(a) > narrow(b);
	return a->priority != b->priority ? a->priority > b->priority : a->line < b->line;
}

static void random_rules(struct weir_prng *rng, struct weir_policy *p)
{
	char detail[WEIR_POLICY_DETAIL];
	unsigned places = 0;

	weir_policy_default(p);
	p->rules.divert_mac[0] = 2;
	p->rules.dry_run = !weir_prng_below(rng, 8);
	for (unsigned line = 1; line < 200 && p->rules.n < 60; line++) {
		struct weir_rule r = random_rule(rng, line);

		p->rules.list[p->rules.n++] = r;
		if (weir_policy_check(p, "p.yaml", detail) ||
		    (!weir_rule_exact(&r) && places + weir_rule_places(&r) > WEIR_RULES_PREFIX))
			p->rules.n--;
		else if (!weir_rule_exact(&r))
			places += weir_rule_places(&r);
	}
}

START_TEST(test_random)
{
	static const uint8_t verdicts[] = { WEIR_VERDICT_drop, WEIR_VERDICT_pass, WEIR_VERDICT_divert, WEIR_VERDICT_pass };
	static const uint8_t reasons[] = { WEIR_REASON_rule_block, WEIR_REASON_pass, WEIR_REASON_rule_divert, WEIR_REASON_rule_allow };
	static uint64_t count[WEIR_RULES_IDS];
	struct weir_prng rng;
	struct weir_writes w;
	struct weir_model *m;
	unsigned seen[4] = { 0 };

	weir_prng_seed(&rng, (uint64_t)_i, 0x72756c65);
	random_rules(&rng, &policy);
	memset(count, 0, sizeof(count));
	m = model_of(&policy, &w);
	for (unsigned n = 0; n < 3000; n++) {
		struct frame f = random_frame(&rng);
		struct weir_record r = judge(m, &f, 1000 + n * 2000);
		const struct weir_rule *want = NULL, *got;

		for (size_t i = 0; i < policy.rules.n; i++)
			if (is_for(&policy.rules.list[i], &r) && (!want || goes_before(&policy.rules.list[i], want)))
				want = &policy.rules.list[i];
		got = r.rule ? &policy.rules.list[w.rules.rule[r.rule - 1] - 1] : NULL;
		ck_assert_msg(got == want, "frame %u: line %u applies, not %u", n, got ? got->line : 0, want ? want->line : 0);
		if (!want)
			continue;
		count[r.rule - 1]++;
		seen[want->action]++;
		if (policy.rules.dry_run) {
			ck_assert_uint_ne(r.reason, WEIR_REASON_rule_block);
			ck_assert_uint_ne(r.verdict, WEIR_VERDICT_divert);
			ck_assert_uint_ne(r.reason, WEIR_REASON_rule_allow);
			if (want->action == WEIR_RULE_BLOCK)
				ck_assert_uint_eq(r.dry_reason, WEIR_REASON_rule_block);
		} else if (want->action != WEIR_RULE_LIMIT) {
			ck_assert_uint_eq(r.verdict, verdicts[want->action]);
			ck_assert_uint_eq(r.reason, reasons[want->action]);
		}
	}
	for (unsigned id = 0; id < WEIR_RULES_IDS; id++)
		if (w.rules.rule[id])
			ck_assert_uint_eq(hits(m, id), count[id]);
	ck_assert_uint_gt(seen[WEIR_RULE_BLOCK] + seen[WEIR_RULE_LIMIT] + seen[WEIR_RULE_DIVERT] + seen[WEIR_RULE_ALLOW], 500);
	weir_writes_done(&w);
	weir_model_free(m);
}
END_TEST

/* Every one of many exact rules is found, by its own frame. */
START_TEST(test_all_found)
{
	struct weir_writes w;
	struct weir_model *m;

	weir_policy_default(&policy);
	policy.rules.n = 1800;
	for (uint32_t i = 0; i < policy.rules.n; i++) {
		struct weir_rule *r = &policy.rules.list[i];

		*r = rule_from(i * 31);
		if (i % 3)
			r->to = (struct weir_prefix){ .addr = address("192.0.2.10"), .len = 32 };
		if (i % 3 == 2) {
			r->has_protocol = r->port.given = true;
			r->protocol = i % 2 ? WEIR_PROTO_TCP : WEIR_PROTO_UDP;
			r->port.first = r->port.last = (uint16_t)(i + 1);
		}
	}
	m = model_of(&policy, &w);
	for (uint32_t i = 0; i < policy.rules.n; i++) {
		const struct weir_rule *rule = &policy.rules.list[i];
		struct frame f = build(rule->from.addr, address("192.0.2.10"), rule->has_protocol ? rule->protocol : WEIR_PROTO_UDP, 4000,
				       rule->port.given ? rule->port.first : 99, 0, false);
		struct weir_record r = judge(m, &f, 1000 + i);

		ck_assert_uint_eq(r.verdict, WEIR_VERDICT_drop);
		ck_assert_uint_ge(r.rule, 33);
		ck_assert_uint_eq(w.rules.rule[r.rule - 1], i + 1);
	}
	weir_writes_done(&w);
	weir_model_free(m);
}
END_TEST

int main(void)
{
	TCase *c = tcase_create("rules");
	Suite *s = suite_create("rules");

	tcase_add_loop_test(c, test_broken, 0, (int)(sizeof(broken) / sizeof(broken[0])));
	tcase_add_test(c, test_read);
	tcase_add_test(c, test_kinds);
	tcase_add_test(c, test_many_exact);
	tcase_add_test(c, test_many_prefix);
	tcase_add_test(c, test_sizes);
	tcase_add_test(c, test_limits_and_overrides);
	tcase_add_test(c, test_expired);
	tcase_add_loop_test(c, test_limit, 0, 2);
	tcase_add_test(c, test_no_protocol);
	tcase_add_test(c, test_exchange);
	tcase_add_test(c, test_all_found);
	tcase_add_loop_test(c, test_random, 0, 40);
	tcase_set_timeout(c, 120);
	suite_add_tcase(s, c);
	return check_run(s);
}
