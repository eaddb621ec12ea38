// SPDX-License-Identifier: Apache-2.0
/* The policy: its schema, its complaints, and what it is compiled to. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "host/tests/check_run.h"
#include "policy_text.h"
#include "host/policy/compile.h"
#include "sim/model/weir_model.h"
#include "weir/weir_regs.h"

static const struct policy_complaint broken[] = {
	{ " ", 1, "empty" },
	{ "bypass: true\n", 1, "weir_policy: 1" },
	{ "weir_policy: 2\n", 1, "out of range" },
	{ "weir_policy: 1\nfoo: 1\n", 2, "no \"foo\"" },
	{ "weir_policy: 1\nmetres: {}\n", 2, "there are" },
	{ "weir_policy: 1\nfirmware: {perod_ms: 5}\n", 2, "no \"perod_ms\"" },
	{ "weir_policy: 1\nfirmware: {period_ms: 65}\n", 2, "out of range" },
	{ "weir_policy: 1\nfirmware:\n  margin: 150\n  mode: 3\n", 4, "none of: off, learning" },
	{ "weir_policy: 1\nfirmware: [mode]\n", 2, "" },
	{ "weir_policy: 1\nbypass: maybe\n", 2, "none of: false, true" },
	{ "weir_policy: 1\nbypass: true\nbypass: true\n", 3, "again, after line 2" },
	{ "weir_policy: 1\nframes: {max_bytes: 59}\n", 2, "60 to 1992" },
	{ "weir_policy: 1\nframes:\n  max_bytes: 2000\n", 3, "60 to 1992" },
	{ "weir_policy: 1\nframes: {link_control: [16]}\n", 2, "0 to 15" },
	{ "weir_policy: 1\nprefix_lengths: {ipv4: 33}\n", 2, "0 to 32" },
	{ "weir_policy: 1\nreflector_ports: [53, 53]\n", 1, "53 twice" },
	{ "weir_policy: 1\nreflector_ports: [1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17]\n", 2, "more than 16" },
	{ "weir_policy: 1\nreflector_ports: 53\n", 2, "a list expected" },
	{ "weir_policy: 1\nprotected: [192.0.2.1/24]\n", 2, "clear them" },
	{ "weir_policy: 1\nprotected: [somewhere]\n", 2, "no prefix" },
	{ "weir_policy: 1\nshapers: {to_protected: {bits_per_s: 1}}\n", 2, "100000 to" },
	{ "weir_policy: 1\nanomalies: {ip4_chksum: drop}\n", 2, "nearest is \"ip4_checksum\"" },
	{ "weir_policy: 1\nanomalies:\n  ip_land: shout\n", 3, "ignore, count, drop, demote" },
	{ "weir_policy: 1\nanomalies: {ip_land: {dry: true}}\n", 2, "no \"dry\"" },
	{ "weir_policy: 1\nconnections: {mode: half}\n", 2, "off, on, asymmetric" },
	{ "weir_policy: 1\nconnections:\n  modus: on\n", 3, "no \"modus\"" },
	{ "weir_policy: 1\nconnections: {window_log2: 15}\n", 2, "16 to 30" },
	{ "weir_policy: 1\nconnections: {established_s: 1073}\n", 2, "1 to 1072" },
	{ "weir_policy: 1\nconnections: {out_of_state: {none: limit}}\n", 2, "count, drop, demote" },
	{ "weir_policy: 1\nconnections:\n  out_of_state:\n    nome: drop\n", 4, "there are none, state" },
	{ "weir_policy: 1\nconnections: {out_of_state: {none: {dry: true}}}\n", 2, "no \"dry\"" },
	{ "weir_policy: 1\nconnections: {when_full: closed, out_of_state: {full: count}}\n", 2, "give full: drop" },
	{ "weir_policy: 1\nconnections: {mode: asymmetric, out_of_state: {none: drop}}\n", 2, "unless mode is on" },
	{ "weir_policy: 1\nconnections:\n  mode: off\n  adopt_s: 5\n", 3, "adopt_s has no effect" },
	{ "weir_policy: 1\nconnections:\n  mode: off\n  when_full: closed\n", 3, "when_full: closed has no effect" },
	{ "weir_policy: 1\nlegit: {timeout_s: 68653}\n", 2, "1 to 68652" },
	{ "weir_policy: 1\nlegit: {entered_by: me}\n", 2, "hardware, firmware" },
	{ "weir_policy: 1\nsyn_flood: {method: cookie}\n", 2, "none, ack_cookie, syn_cookie, retransmission" },
	{ "weir_policy: 1\nsyn_flood: {per_address_syn_per_s: 124001}\n", 2, "2 to 124000" },
	{ "weir_policy: 1\nsyn_flood: {proven_timeout_s: 0}\n", 2, "1 to 1072" },
	{ "weir_policy: 1\nsyn_flood: {timeout_ms: 3000}\n", 2, "longer than timeout_ms" },
	{ "weir_policy: 1\nsyn_flood: {retransmission_syn_per_s: 3}\n", 2, "4 to 15000" },
	{ "weir_policy: 1\nsyn_flood: {retransmission_syn_per_s: 15001}\n", 2, "4 to 15000" },
	{ "weir_policy: 1\nsyn_flood: {retransmission_syn_per_s: off}\n", 2, "no whole number" },
	{ "weir_policy: 1\nzombie_flood: {connections_per_source: 2047}\n", 2, "1 to 2046" },
	{ "weir_policy: 1\nzombie_flood: {new_per_source: 255}\n", 2, "1 to 254" },
	{ "weir_policy: 1\nzombie_flood: {total_syn_per_s: 1}\n", 2, "2 to 3900000" },
	{ "weir_policy: 1\nzombie_flood: {action: limit}\n", 2, "count, drop, demote" },
	{ "weir_policy: 1\nzombie_flood: {when: now}\n", 2, "no \"when\"" },
	{ "weir_policy: 1\nsources: {threshold: 0}\n", 2, "1 to 65535" },
	{ "weir_policy: 1\nsources: {threshold: unlimited}\n", 2, "no whole number" },
	{ "weir_policy: 1\nsources: {grow: 16}\n", 2, "0 to 15" },
	{ "weir_policy: 1\nsources: {action: limit}\n", 2, "count, drop, demote" },
	{ "weir_policy: 1\ntables: {remotes: {}}\n", 2, "no \"remotes\"" },
	{ "weir_policy: 1\ntables: {remote: {timeout_ms: 17000}}\n", 2, "1 to 16711" },
	{ "weir_policy: 1\ntables: {remote: {full_dry_run: true}}\n", 2, "when_full: closed" },
	{ "weir_policy: 1\nmeters: {remote: {packets_per_s: -1}}\n", 2, "no whole number" },
	{ "weir_policy: 1\nmeters: {remote: {packets_per_s: 99999999999999999999}}\n", 2, "no whole number" },
	{ "weir_policy: 1\nmeters: {remote: {packets_per_s: 1}}\n", 2, "2 to 16000000" },
	{ "weir_policy: 1\nmeters: {remote: {packets_per_s: 100, burst_packets: 99}}\n", 2, "at most 98" },
	{ "weir_policy: 1\nmeters: {address: {bytes_per_s: 100k, burst_bytes: 99k}}\n", 2, "more than 0.98 s" },
	{ "weir_policy: 1\nmeters: {remote: {bytes_per_s: 100k}}\n", 2, "packets only" },
	{ "weir_policy: 1\nmeters: {remote: {packets_per_s: unlimited}}\n", 2, "without a limit" },
	{ "weir_policy: 1\nmeters: {protocol: {burst_packets: 5}}\n", 2, "packets_per_s; give the rate" },
	{ "weir_policy: 1\nmeters: {remote: {hold_ms: 9000}}\n", 2, "longer than the table's timeout_ms" },
	{ "weir_policy: 1\nmeters:\n  class:\n    sin: {}\n", 4, "there are syn, tcp" },
	{ "weir_policy: 1\nmeters: {port: {sctp: {}}}\n", 2, "tcp, udp, icmp, icmpv6" },
	{ "weir_policy: 1\nmeters: {inbound: {vlan: {}}}\n", 2, "no \"vlan\"" },
	{ "weir_policy: 1\nmeters: {class: {packets_per_s: 5}}\n", 2, "no \"packets_per_s\"" },
	{ "weir_policy: 1\noverrides: [{packets_per_s: 5}]\n", 2, "\"meter\" is missing" },
	{ "weir_policy: 1\noverrides:\n  - {meter: remote}\n", 3, "needs \"remote\"" },
	{ "weir_policy: 1\noverrides: [{meter: remote, remote: 1.2.3.4, port: tcp/1}]\n", 2, "has no \"port\"" },
	{ "weir_policy: 1\noverrides: [{meter: port, port: tcp/70000}]\n", 2, "is none; give tcp/443" },
	{ "weir_policy: 1\noverrides: [{meter: port, port: icmp/300}]\n", 2, "is none" },
	{ "weir_policy: 1\noverrides: [{meter: protocol, protocol: 256}]\n", 2, "0 to 255" },
	{ "weir_policy: 1\noverrides: [{meter: prefix, prefix: 10.0.0.0/8, packets_per_s: 5}]\n", 2, "have length 24" },
	{ "weir_policy: 1\noverrides: [{meter: pair, remote: 1.2.3.4, address: \"::1\"}]\n", 2, "different families" },
	{ "weir_policy: 1\noverrides:\n- {meter: address, address: 1.2.3.4}\n- {meter: address, address: 1.2.3.4}\n", 4,
	  "again, after line 3" },
	{ "weir_policy: 1\nmeters: {remote: {pakets_per_s: 5}}\n", 2, "packets_per_s" },
	{ "weir_policy: 1\nbypass: &a true\nframes: *a\n", 3, "aliases" },
	{ "weir_policy: 1\n---\nweir_policy: 1\n", 3, "second document" },
	{ "weir_policy: 1\nbypass: [\n", 3, "not YAML" },
	{ "weir_policy: 1\n\tbypass: true\n", 2, "not YAML" },
	{ "weir_policy: [[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]\n", 1, "nested too deeply" },
	{ "[1, 2]\n", 1, "name: value" },
};

START_TEST(test_broken)
{
	policy_text_refused(&broken[_i]);
}
END_TEST

START_TEST(test_examples_load)
{
	static const char *const files[] = { "policies/default.yaml", "policies/demo.yaml", "policies/count-only.yaml" };
	char detail[WEIR_POLICY_DETAIL] = "";
	static struct weir_policy p;
	struct weir_writes w;

	weir_policy_default(&p);
	ck_assert_msg(!weir_policy_open(files[_i], &p, detail), "%s", detail);
	ck_assert_msg(!weir_policy_compile(&p, 1, files[_i], &w, detail), "%s", detail);
	weir_writes_done(&w);
}
END_TEST

/* The file that documents the default policy is the default policy. */
START_TEST(test_default_file)
{
	char detail[WEIR_POLICY_DETAIL] = "";
	static struct weir_policy a, b;
	struct weir_writes wa, wb;

	weir_policy_default(&a);
	weir_policy_default(&b);
	ck_assert_msg(!weir_policy_open("policies/default.yaml", &b, detail), "%s", detail);
	ck_assert_int_eq(weir_policy_check(&a, "default", detail), 0);
	ck_assert_int_eq(weir_policy_compile(&a, 1, "a", &wa, detail), 0);
	ck_assert_int_eq(weir_policy_compile(&b, 1, "b", &wb, detail), 0);
	ck_assert_uint_eq(wa.n, wb.n);
	for (size_t i = 0; i < wa.n; i++) {
		ck_assert_uint_eq(wa.write[i].addr, wb.write[i].addr);
		ck_assert_msg(wa.write[i].value == wb.write[i].value, "0x%06x: 0x%08x, file 0x%08x", wa.write[i].addr,
			      wa.write[i].value, wb.write[i].value);
	}
	weir_writes_done(&wa);
	weir_writes_done(&wb);
}
END_TEST

/* Value that a register gets last. */
static uint32_t last(const struct weir_writes *w, uint32_t addr)
{
	for (size_t i = w->n; i--;)
		if (w->write[i].addr == addr)
			return w->write[i].value;
	ck_abort_msg("0x%06x is not written", addr);
	return 0;
}

static void entry(const struct weir_writes *w, uint32_t addr, uint32_t word[8])
{
	for (uint32_t i = 0; i < 8; i++)
		word[i] = last(w, addr + 4 * i);
}

static void compile(const char *text, uint64_t seed, struct weir_writes *w)
{
	char detail[WEIR_POLICY_DETAIL] = "";
	static struct weir_policy p;

	ck_assert_msg(!policy_text_load(text, &p, detail), "%s", detail);
	ck_assert_msg(!weir_policy_compile(&p, seed, "p.yaml", w, detail), "%s", detail);
}

/* The formulas of datapath.md 6.1, worked out by hand. */
START_TEST(test_conversion)
{
	struct weir_writes w;
	uint32_t word[8];

	compile("weir_policy: 1\nmeters:\n  address: {packets_per_s: 1000, burst_packets: 10, bytes_per_s: 1M, burst_bytes: 5000,"
		" action: drop, effect: demote, dry_run: true, hold_ms: 66}\n", 1, &w);
	entry(&w, WEIR_REG_METER_CFG(16 * 3), word);
	ck_assert_uint_eq(WEIR_FIELD_GET(word, WEIR_REG_METER_CFG_PKT_COST), 256000);
	ck_assert_uint_eq(WEIR_FIELD_GET(word, WEIR_REG_METER_CFG_PKT_TAU), 9 * 256000);
	ck_assert_uint_eq(WEIR_FIELD_GET(word, WEIR_REG_METER_CFG_PKT_THRESHOLD), 66);
	ck_assert_uint_eq(WEIR_FIELD_GET(word, WEIR_REG_METER_CFG_BYTE_COST), 65536);
	ck_assert_uint_eq(WEIR_FIELD_GET(word, WEIR_REG_METER_CFG_BYTE_TAU), 5000 * 256);
	ck_assert_uint_eq(WEIR_FIELD_GET(word, WEIR_REG_METER_CFG_BYTE_THRESHOLD), 65536);
	ck_assert_uint_eq(WEIR_FIELD_GET(word, WEIR_REG_METER_CFG_ACTION), 2);
	ck_assert_uint_eq(WEIR_FIELD_GET(word, WEIR_REG_METER_CFG_EFFECT), 1);
	ck_assert_uint_eq(WEIR_FIELD_GET(word, WEIR_REG_METER_CFG_DRY_RUN), 1);
	ck_assert_uint_eq(WEIR_FIELD_GET(word, WEIR_REG_METER_CFG_HOLD), 2);
	/* 3 per second: 85,333,333.3 rounds down; 0.2 a window counts as 1. */
	weir_writes_done(&w);
	compile("weir_policy: 1\nmeters: {udp_source: {packets_per_s: 3, burst_packets: 1}}\n", 1, &w);
	entry(&w, WEIR_REG_METER_CFG(16 * 6), word);
	ck_assert_uint_eq(WEIR_FIELD_GET(word, WEIR_REG_METER_CFG_PKT_COST), 85333333);
	ck_assert_uint_eq(WEIR_FIELD_GET(word, WEIR_REG_METER_CFG_PKT_TAU), 0);
	ck_assert_uint_eq(WEIR_FIELD_GET(word, WEIR_REG_METER_CFG_PKT_THRESHOLD), 1);
	weir_writes_done(&w);
}
END_TEST

START_TEST(test_places)
{
	struct weir_writes w;
	uint32_t word[8];

	compile("weir_policy: 1\nframes: {max_bytes: 100, link_control: [0, 3]}\nprefix_lengths: {ipv4: 16, ipv6: 48}\n"
		"shapers: {to_unprotected: {bits_per_s: 500M, burst_bytes: 3000}}\nanomalies: {ip_land: {action: demote, dry_run: true}}\n"
		"tables: {port: {timeout_ms: 5000, when_full: closed, full_effect: demote, full_dry_run: true}}\n"
		"reflector_ports: [7]\n"
		"meters: {class: {frag: {packets_per_s: 32}}, port: {icmp: {packets_per_s: 64}}, outbound: {rst: {packets_per_s: 128}}}\n",
		1, &w);
	ck_assert_uint_eq(last(&w, WEIR_REG_MAX_FRAME), 100);
	ck_assert_uint_eq(last(&w, WEIR_REG_LINK_CONSUME), 9);
	ck_assert_uint_eq(last(&w, WEIR_REG_PREFIX_LEN), 48 << 8 | 16);
	ck_assert_uint_eq(last(&w, WEIR_REG_SHAPER_RATE(0)), 0x10000);
	ck_assert_uint_eq(last(&w, WEIR_REG_SHAPER_RATE(1)), 0x20000);
	ck_assert_uint_eq(last(&w, WEIR_REG_SHAPER_BURST(0)), 3000);
	ck_assert_uint_eq(last(&w, WEIR_REG_REFLECTOR(0)), 7);
	ck_assert_uint_eq(last(&w, WEIR_REG_REFLECTOR(1)), 0);
	entry(&w, WEIR_REG_ANOMALY_CFG(43), word);
	ck_assert_uint_eq(word[0], 3 | 4);
	entry(&w, WEIR_REG_TABLE_CFG(5), word);
	ck_assert_uint_eq(word[0], 77 | 7 << 8);
	entry(&w, WEIR_REG_METER_CFG(16 * 2 + 5), word);
	ck_assert_uint_eq(WEIR_FIELD_GET(word, WEIR_REG_METER_CFG_PKT_COST), 8000000);
	entry(&w, WEIR_REG_METER_CFG(16 * 5 + 2), word);
	ck_assert_uint_eq(WEIR_FIELD_GET(word, WEIR_REG_METER_CFG_PKT_COST), 4000000);
	entry(&w, WEIR_REG_METER_CFG(128 + 24 + 11), word);
	ck_assert_uint_eq(WEIR_FIELD_GET(word, WEIR_REG_METER_CFG_PKT_COST), 2000000);
	/* Run comes last: before it, static configuration is open. */
	ck_assert_uint_eq(w.write[w.n - 1].addr, WEIR_REG_CTRL);
	ck_assert_uint_eq(w.write[w.n - 1].value, WEIR_REG_CTRL_RUN_MASK);
	weir_writes_done(&w);
}
END_TEST

/* datapath.md 12.2, word by word. */
START_TEST(test_state_places)
{
	struct weir_writes w, v;
	uint32_t word[8];

	compile("weir_policy: 1\n", 5, &w);
	entry(&w, WEIR_REG_STATE_CFG_CONNECTION, word);
	ck_assert_uint_eq(word[0], 1 | 23 << 8);
	ck_assert_uint_eq(word[1], 10 | 573 << 16);      /* 10 s are 9.54 units, 600 s 572.2 */
	ck_assert_uint_eq(word[2], 58 | 5 << 16);
	ck_assert_uint_eq(word[3], 0);
	entry(&w, WEIR_REG_STATE_CFG_SYN, word);
	ck_assert_uint_eq(word[0], 1 | 1 << 4);
	ck_assert_uint_eq(word[1], 131 | 62 << 16);
	ck_assert_uint_eq(word[2], 1311 | 62 << 24);
	ck_assert_uint_eq(word[3], 255 | 215 << 16);
	ck_assert_uint_eq(word[4], 58 | 262u << 20);
	entry(&w, WEIR_REG_STATE_CFG_SOURCE, word);
	ck_assert_uint_eq(word[0], 32768u | 6 << 16 | 6 << 20 | 16u << 24);
	entry(&w, WEIR_REG_STATE_CFG_ACTIONS, word);
	ck_assert_uint_eq(word[0], 2 << 12 | 2 << 20 | 2 << 24 | 2 << 28);
	entry(&w, WEIR_REG_STATE_CFG_ZOMBIE, word);
	ck_assert_uint_eq(word[0], 131 | 62 << 24);
	ck_assert_uint_eq(word[1], 64 | 32 << 16);
	/* Two keys of their own, which follow from the seed. */
	compile("weir_policy: 1\n", 6, &v);
	for (uint32_t i = 0; i < 4; i++) {
		uint32_t key = last(&w, WEIR_REG_STATE_CFG_COOKIE_KEY(0) + 4 * i);

		ck_assert_uint_ne(key, last(&w, WEIR_REG_STATE_CFG_COOKIE_KEY(1) + 4 * i));
		ck_assert_uint_ne(key, last(&v, WEIR_REG_STATE_CFG_COOKIE_KEY(0) + 4 * i));
		ck_assert_uint_ne(key, last(&w, WEIR_REG_HASH_KEY(i)));
	}
	weir_writes_done(&w);
	weir_writes_done(&v);
	compile("weir_policy: 1\nconnections: {mode: asymmetric, when_full: closed, window_log2: 16, half_open_s: 1072, closed_s: 1,"
		" out_of_state: {full: {action: demote, dry_run: true}}}\n"
		"legit: {timeout_s: 68652, when_full: open, entered_by: firmware}\n"
		"syn_flood: {enabled: false, method: retransmission, per_address_syn_per_s: 124k, total_syn_per_s: unlimited,"
		" hold_ms: 0, timeout_ms: 1, proven_timeout_s: 1072, retransmission_syn_per_s: 15k, dry_run: true}\n"
		"zombie_flood: {total_syn_per_s: 3900k, hold_ms: 16711, connections_per_source: 2046, new_per_source: unlimited,"
		" action: demote, dry_run: true}\n"
		"sources: {threshold: off, grow: 1, decay: 15, timeout_s: 267, action: demote, dry_run: true}\n", 5, &w);
	entry(&w, WEIR_REG_STATE_CFG_CONNECTION, word);
	ck_assert_uint_eq(word[0], 2 | 1 << 2 | 16 << 8);
	ck_assert_uint_eq(word[1], 1023 | 573 << 16);
	ck_assert_uint_eq(word[2], 58 | 1 << 16);
	entry(&w, WEIR_REG_STATE_CFG_SYN, word);
	ck_assert_uint_eq(word[0], 3);
	ck_assert_uint_eq(word[1], 8126);
	ck_assert_uint_eq(word[2], 0);
	ck_assert_uint_eq(word[3], 1 | 1023 << 16);
	ck_assert_uint_eq(word[4], 1023 | 3 << 16 | 3932u << 20);
	entry(&w, WEIR_REG_STATE_CFG_SOURCE, word);
	ck_assert_uint_eq(word[0], 1 << 16 | 15 << 20 | 255u << 24);
	entry(&w, WEIR_REG_STATE_CFG_ZOMBIE, word);
	ck_assert_uint_eq(word[0], 255590 | 255u << 24);
	ck_assert_uint_eq(word[1], 2046);
	entry(&w, WEIR_REG_STATE_CFG_ACTIONS, word);
	ck_assert_uint_eq(word[0], 7 << 12 | 6 << 20 | 7 << 24 | 7 << 28);
	weir_writes_done(&w);
	compile("weir_policy: 1\nconnections: {out_of_state: {none: drop, state: demote, window: {action: drop, dry_run: true}, icmp_quote: drop}}\n",
		5, &w);
	entry(&w, WEIR_REG_STATE_CFG_ACTIONS, word);
	ck_assert_uint_eq(word[0], 2 | 3 << 4 | 6 << 8 | 2 << 12 | 2 << 16 | 2 << 20 | 2 << 24 | 2 << 28);
	weir_writes_done(&w);
	/* Uses of the sketch in 2^18 us, rounded. */
	compile("weir_policy: 1\nsyn_flood: {retransmission_syn_per_s: unlimited}\n", 5, &w);
	entry(&w, WEIR_REG_STATE_CFG_SYN, word);
	ck_assert_uint_eq(word[4], 58);
	weir_writes_done(&w);
	compile("weir_policy: 1\nsyn_flood: {retransmission_syn_per_s: 4}\n", 5, &w);
	entry(&w, WEIR_REG_STATE_CFG_SYN, word);
	ck_assert_uint_eq(word[4], 58 | 1u << 20);
	weir_writes_done(&w);
	compile("weir_policy: 1\nsyn_flood: {retransmission_syn_per_s: 6}\n", 5, &w);
	entry(&w, WEIR_REG_STATE_CFG_SYN, word);
	ck_assert_uint_eq(word[4], 58 | 2u << 20);   /* 1.57 */
	weir_writes_done(&w);
}
END_TEST

/* Adoption is counted from the first frame. */
START_TEST(test_adoption)
{
	const uint64_t first_us = UINT64_C(1700000000000000);
	const uint32_t addr = WEIR_REG_STATE_CFG_CONNECTION + 12;
	struct weir_writes w;
	uint64_t until;

	compile("weir_policy: 1\n", 1, &w);
	weir_writes_start(&w, first_us);
	ck_assert_uint_eq(last(&w, addr), 0);
	weir_writes_done(&w);
	compile("weir_policy: 1\nconnections: {adopt_s: 30}\n", 1, &w);
	ck_assert_uint_eq(last(&w, addr), 0);
	weir_writes_start(&w, first_us);
	until = (uint64_t)last(&w, addr) << 20;
	ck_assert_uint_ge(until, first_us + 30000000);
	ck_assert_uint_le(until, first_us + 30000000 + (1 << 20));
	/* Again, for who finds that the first frame is another one. */
	weir_writes_start(&w, 0);
	ck_assert_uint_eq(last(&w, addr), 29);
	weir_writes_done(&w);
}
END_TEST

/* Those that the section names, and the defaults of the list for the others. */
START_TEST(test_firmware)
{
	static struct weir_policy p;
	char detail[WEIR_POLICY_DETAIL];
	const char *text = "weir_policy: 1\nfirmware: {mode: dry_run, period_ms: 100, learn_min: 65535}\n";

	ck_assert_msg(!policy_text_load(text, &p, detail), "%s", detail);
	ck_assert_uint_eq(p.firmware[WEIR_FIRMWARE_mode], 2);
	ck_assert_uint_eq(p.firmware[WEIR_FIRMWARE_period_ms], 100);
	ck_assert_uint_eq(p.firmware[WEIR_FIRMWARE_learn_min], 65535);
	ck_assert_uint_eq(p.firmware[WEIR_FIRMWARE_margin], 150);
	ck_assert_uint_eq(p.firmware[WEIR_FIRMWARE_peak_shift], 10);
}
END_TEST

START_TEST(test_overrides_share)
{
	struct weir_writes w;
	uint32_t word[8];
	unsigned pinned[8] = { 0 };

	compile("weir_policy: 1\noverrides:\n"
		"- {meter: address, address: 192.0.2.1, packets_per_s: 100}\n"
		"- {meter: address, address: 192.0.2.2, packets_per_s: 200}\n"
		"- {meter: address, address: \"2001:db8::1\", packets_per_s: 100}\n"
		"- {meter: protocol, protocol: 47, packets_per_s: 50, action: limit}\n", 7, &w);
	for (uint32_t i = 0; i < WEIR_REG_TABLE_ADDRESS_COUNT; i++) {
		uint32_t addr = WEIR_REG_TABLE_ADDRESS(i);
		bool written = false;

		for (size_t k = 0; k < w.n; k++)
			written |= w.write[k].addr == addr;
		if (!written)
			continue;
		entry(&w, addr, word);
		ck_assert_uint_ne(WEIR_FIELD_GET(word, WEIR_REG_TABLE_ADDRESS_TAG), 0);
		pinned[WEIR_FIELD_GET(word, WEIR_REG_TABLE_ADDRESS_CFG)]++;
	}
	ck_assert_uint_eq(pinned[1], 2);
	ck_assert_uint_eq(pinned[2], 1);
	entry(&w, WEIR_REG_METER_CFG(16 * 3 + 8 + 2), word);
	ck_assert_uint_eq(WEIR_FIELD_GET(word, WEIR_REG_METER_CFG_PKT_COST), 1280000);
	entry(&w, WEIR_REG_CLASS_BANK(47), word);
	ck_assert_uint_eq(WEIR_FIELD_GET(word, WEIR_REG_CLASS_BANK_CFG), 1);
	entry(&w, WEIR_REG_METER_CFG(177), word);
	ck_assert_uint_eq(WEIR_FIELD_GET(word, WEIR_REG_METER_CFG_PKT_COST), 5120000);
	weir_writes_done(&w);
}
END_TEST

START_TEST(test_too_many_overrides)
{
	char text[2000] = "weir_policy: 1\noverrides:\n", detail[WEIR_POLICY_DETAIL];
	static struct weir_policy p;
	struct weir_writes w;
	size_t n = strlen(text);

	for (int i = 1; i <= 8; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "- {meter: port, port: tcp/%d, packets_per_s: %d00}\n", i, i);
	ck_assert_int_eq(policy_text_load(text, &p, detail), 0);
	ck_assert_int_eq(weir_policy_compile(&p, 1, "p.yaml", &w, detail), -EINVAL);
	ck_assert_ptr_nonnull(strstr(detail, "p.yaml:10: port tcp/8: the table has room for 7"));
	/* Five keys in one set of four ways: some seed does that to 64 equal keys in 64 sets. */
	n = (size_t)snprintf(text, sizeof(text), "weir_policy: 1\noverrides:\n");
	weir_policy_default(&p);
	for (size_t i = 0; i < WEIR_POLICY_OVERRIDES; i++) {
		p.override[i] = (struct weir_override){ .table = WEIR_TABLE_address, .meter = p.meter[WEIR_TABLE_address][0] };
		p.override[i].address = (struct weir_addr){ .family = 4, .b = { 10, 0, 0, (uint8_t)i } };
	}
	p.n_override = WEIR_POLICY_OVERRIDES;
	for (uint64_t seed = 0; seed < 5000; seed++) {
		int rc = weir_policy_compile(&p, seed, "p.yaml", &w, detail);

		if (rc) {
			ck_assert_int_eq(rc, -EINVAL);
			ck_assert_ptr_nonnull(strstr(detail, "--seed"));
			return;
		}
		weir_writes_done(&w);
	}
	ck_abort_msg("no seed does that");
}
END_TEST

/* The hash key follows from the seed, and from nothing else. */
START_TEST(test_seed)
{
	struct weir_writes a, b, c;

	compile("weir_policy: 1\n", 5, &a);
	compile("weir_policy: 1\nbypass: true\n", 5, &b);
	compile("weir_policy: 1\n", 6, &c);
	ck_assert_uint_eq(last(&a, WEIR_REG_HASH_KEY(3)), last(&b, WEIR_REG_HASH_KEY(3)));
	ck_assert_uint_ne(last(&a, WEIR_REG_HASH_KEY(3)), last(&c, WEIR_REG_HASH_KEY(3)));
	ck_assert_uint_eq(last(&b, WEIR_REG_BYPASS), 1);
	weir_writes_done(&a);
	weir_writes_done(&b);
	weir_writes_done(&c);
}
END_TEST

/* A pinned key of each kind is found by the model: the packet that uses it sees its threshold. */
START_TEST(test_overrides_hit)
{
	static const char *const overrides[] = {
		"{meter: remote, remote: 198.51.100.7, packets_per_s: 7000, burst_packets: 1, action: limit}",
		"{meter: pair, remote: 198.51.100.7, address: 192.0.2.10, packets_per_s: 7000, burst_packets: 1, action: limit}",
		"{meter: class, address: 192.0.2.10, class: udp_reflect, packets_per_s: 7000, burst_packets: 1, action: limit}",
		"{meter: address, address: 192.0.2.10, packets_per_s: 7000, burst_packets: 1, action: limit}",
		"{meter: prefix, prefix: 192.0.2.0/24, packets_per_s: 7000, burst_packets: 1, action: limit}",
		"{meter: port, port: udp/4242, packets_per_s: 7000, burst_packets: 1, action: limit}",
		"{meter: udp_source, source_port: 53, packets_per_s: 7000, burst_packets: 1, action: limit}",
		"{meter: protocol, protocol: 17, packets_per_s: 7000, burst_packets: 1, action: limit}",
	};
	/* UDP 198.51.100.7:53 > 192.0.2.10:4242, checksums absent or right. */
	uint8_t frame[60] = {
		2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0, 0x45, 0, 0, 28, 0, 0, 0, 0, 64, 17, 0, 0, 198, 51, 100, 7,
		192, 0, 2, 10, 0, 53, 16, 146, 0, 8, 0, 0 };
	struct weir_model *m = weir_model_new();
	struct weir_record r;
	struct weir_writes w;
	char text[300];
	uint32_t sum = 0;

	for (int i = 14; i < 34; i += 2)
		sum += (uint32_t)frame[i] << 8 | frame[i + 1];
	sum = (sum & 0xffff) + (sum >> 16);
	sum = ~(sum + (sum >> 16));
	frame[24] = (uint8_t)(sum >> 8);
	frame[25] = (uint8_t)sum;
	snprintf(text, sizeof(text), "weir_policy: 1\noverrides:\n- %s\n", overrides[_i]);
	compile(text, 3, &w);
	for (size_t i = 0; i < w.n; i++)
		ck_assert_int_eq(weir_model_write(m, w.write[i].addr, w.write[i].value), 0);
	for (int i = 0; i < 2; i++)
		weir_model_packet(m, frame, sizeof(frame), sizeof(frame), 0, 5000000, &r);
	ck_assert_uint_eq(r.verdict, WEIR_VERDICT_drop);
	ck_assert_uint_eq(r.threshold, 459);
	ck_assert_uint_eq(r.reason, WEIR_REASON_meter_remote + (unsigned)_i);
	weir_writes_done(&w);
	weir_model_free(m);
}
END_TEST

int main(void)
{
	TCase *c = tcase_create("policy");
	Suite *s = suite_create("policy");

	tcase_add_loop_test(c, test_broken, 0, (int)(sizeof(broken) / sizeof(broken[0])));
	tcase_add_loop_test(c, test_examples_load, 0, 3);
	tcase_add_test(c, test_default_file);
	tcase_add_test(c, test_conversion);
	tcase_add_test(c, test_places);
	tcase_add_test(c, test_state_places);
	tcase_add_test(c, test_adoption);
	tcase_add_test(c, test_overrides_share);
	tcase_add_test(c, test_too_many_overrides);
	tcase_add_test(c, test_firmware);
	tcase_add_test(c, test_seed);
	tcase_add_loop_test(c, test_overrides_hit, 0, 8);
	tcase_set_timeout(c, 120);
	suite_add_tcase(s, c);
	return check_run(s);
}
