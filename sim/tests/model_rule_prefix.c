// SPDX-License-Identifier: Apache-2.0
/* Prefix rules (docs/datapath.md 18.1). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model_rules.h"
#include "model_test.h"
#include "host/common/addr.h"
#include "weir/weir_regs.h"

#define COUNT(a) (int)(sizeof(a) / sizeof((a)[0]))
#define NOW 1000000u
#define PIECES 61u

static void address(const char *text, uint8_t ret[16])
{
	struct weir_addr a;

	ck_assert_int_eq(weir_addr_parse(text, &a), 0);
	memset(ret, 0, 16);
	memcpy(a.family == 6 ? ret : ret + 12, a.b, a.family == 6 ? 16 : 4);
}

/** A rule that fits these pieces alone is found, and not with any of them changed. */
static void check_pieces(const struct weir_record *r, const unsigned piece[PIECES], unsigned rule)
{
	static struct weir_rules s;
	enum weir_rule_action action;

	memset(&s, 0, sizeof(s));
	s.set = rule % 2;
	for (unsigned i = 0; i < PIECES; i++)
		s.vector[s.set][i][piece[i]] = UINT32_C(1) << rule;
	ck_assert_int_eq(weir_rule_prefix_find(&s, r, &action), (int)rule);
	for (unsigned i = 0; i < PIECES; i++) {
		for (unsigned value = 0; value < 32; value++)
			s.vector[s.set][i][value] ^= UINT32_C(1) << rule;
		ck_assert_int_eq(weir_rule_prefix_find(&s, r, &action), -1);
		for (unsigned value = 0; value < 32; value++)
			s.vector[s.set][i][value] ^= UINT32_C(1) << rule;
	}
	s.set = !s.set;
	ck_assert_int_eq(weir_rule_prefix_find(&s, r, &action), -1);
}

START_TEST(vectors)
{
	char line[512], remote[64], protect[64];
	unsigned rows = 0;
	FILE *f = fopen("docs/vectors/rule_pieces.txt", "r");

	ck_assert_ptr_nonnull(f);
	while (fgets(line, sizeof(line), f)) {
		unsigned family, dir, frag, l4, l4_proto, icmp, proto, sport, dport, piece[PIECES];
		struct weir_record r = { .l3_valid = 1 };
		char *at = strchr(line, '|');

		if (line[0] == '#')
			continue;
		ck_assert_ptr_nonnull(at);
		ck_assert_int_eq(sscanf(line, "%63s %63s %u %u %u %u %u %u %u %u %u", remote, protect, &family, &dir,
					&frag, &l4, &l4_proto, &icmp, &proto, &sport, &dport), 11);
		at++;
		for (unsigned i = 0; i < PIECES; i++)
			piece[i] = (unsigned)strtoul(at, &at, 10);
		address(remote, r.remote);
		address(protect, r.protect);
		r.family = (uint8_t)family;
		r.dir = (uint8_t)dir;
		r.is_frag = (uint8_t)frag;
		r.l4_valid = (uint8_t)l4;
		r.l4_proto_valid = (uint8_t)l4_proto;
		r.proto = (uint8_t)proto;
		r.sport = (uint16_t)sport;
		r.dport = (uint16_t)dport;
		r.classes = 1u << WEIR_CLASS_all | icmp << WEIR_CLASS_icmp;
		check_pieces(&r, piece, rows % 32);
		rows++;
	}
	fclose(f);
	ck_assert_uint_gt(rows, 40);
}
END_TEST

/* One field wanted of one frame. */
static const struct {
	enum parse_base base;
	const char *changes;
	unsigned dir, at, bits;
	uint64_t value;
} fields[] = {
	{ U4, "", 0, AT_REMOTE + 96, 32, 0xc6336407 }, { U4, "", 0, AT_PROTECT + 96, 32, 0xc000020a },
	{ U4, "", 1, AT_REMOTE + 96, 32, 0xc000020a }, { U4, "", 1, AT_PROTECT + 96, 32, 0xc6336407 },
	{ U4, "", 0, AT_REMOTE + 32, 64, 0 },
	{ T6, "", 0, AT_REMOTE, 48, UINT64_C(0x20010db80001) }, { T6, "", 0, AT_PROTECT + 64, 64, 0x10 },
	{ U4, "", 0, AT_RPORT, 16, 40000 }, { U4, "", 0, AT_PPORT, 16, 7777 },
	{ U4, "", 1, AT_RPORT, 16, 7777 }, { U4, "", 1, AT_PPORT, 16, 40000 },
	{ T6, "", 1, AT_RPORT, 16, 80 }, { T6, "", 0, AT_PPORT, 16, 80 },
	{ I4, "", 0, AT_RPORT, 16, 0 }, { I4, "", 0, AT_PPORT, 16, 0x0800 },
	{ I4, "", 1, AT_RPORT, 16, 0 }, { I4, "", 1, AT_PPORT, 16, 0x0800 },
	{ I6, "", 0, AT_PPORT, 16, 0x8000 }, { I6, "", 1, AT_PPORT, 16, 0x8000 },
	{ T4, "", 0, AT_PROTO, 8, 6 }, { I6, "", 0, AT_PROTO, 8, 58 }, { R4, "n=2f p=00000800", 0, AT_PROTO, 8, 47 },
	{ U4, "", 0, AT_ZERO, 4, 0 }, { U4, "", 1, AT_ZERO, 4, 0 },
	{ U4, "", 0, AT_DIR, 1, 0 }, { U4, "", 1, AT_DIR, 1, 1 }, { T4, "", 0, AT_FAMILY, 1, 0 }, { T6, "", 0, AT_FAMILY, 1, 1 },
	{ U4, "", 0, AT_FRAG, 1, 0 }, { U4, "3+6=2000 fix3", 0, AT_FRAG, 1, 1 }, { U4, "3+6=0001 fix3", 0, AT_FRAG, 1, 1 },
	{ U4, "", 0, AT_L4, 1, 1 }, { U4, "3+6=2000 fix3", 0, AT_L4, 1, 1 }, { U4, "3+6=0001 fix3", 0, AT_L4, 1, 0 },
	{ U4, "3+6=0001 fix3", 0, AT_PPORT, 16, 0 },
	{ R4, "n=2f p=00000800", 0, AT_L4, 1, 0 }, { R4, "n=2f p=00000800", 0, AT_L4_PROTO, 1, 1 },
	{ U4, "3+6=0001 fix3", 0, AT_L4_PROTO, 1, 1 },
};

START_TEST(field)
{
	struct prefix_rule rule = { .action = WEIR_RULE_block }, other = rule;
	struct weir_record r;
	unsigned last = fields[_i].at + fields[_i].bits - 1;

	prefix_want(&rule, fields[_i].at, fields[_i].bits, fields[_i].value);
	rules_prefix(0, &rule, 1);
	r = rules_frame(NOW, fields[_i].base, fields[_i].changes, fields[_i].dir);
	ck_assert_uint_eq(r.rule, 1);
	ck_assert_uint_eq(r.verdict, WEIR_VERDICT_drop);
	ck_assert_uint_eq(r.reason, WEIR_REASON_rule_block);
	/* Each of its bits is looked at. */
	for (unsigned i = fields[_i].at; i <= last; i++) {
		other = rule;
		other.one[i] = !rule.one[i];
		rules_prefix(0, &other, 1);
		ck_assert_uint_eq(rules_frame(NOW, fields[_i].base, fields[_i].changes, fields[_i].dir).rule, 0);
		i += 7 * (fields[_i].bits > 32);
	}
}
END_TEST

/* The lowest rule that fits, whatever the actions. */
START_TEST(lowest)
{
	static struct prefix_rule rule[32];

	memset(rule, 0, sizeof(rule));
	for (unsigned i = 0; i < 32; i++)
		rule[i].action = i % 4;
	for (unsigned i = 0; i < 31; i++) {
		rules_prefix(0, rule, 32);
		ck_assert_uint_eq(SEND(NOW).rule, 1 + i);
		ck_assert_uint_eq(rules_prefix_hits(0, i), 1);
		prefix_want(&rule[i], AT_PPORT, 16, 1);
	}
	rules_prefix(0, rule, 32);
	ck_assert_uint_eq(SEND(NOW).rule, 32);
	ck_assert_uint_eq(SEND(NOW, .dport = 1).rule, 1);
	/* A later one that allows does not change what is found. */
	rule[0] = (struct prefix_rule){ .action = WEIR_RULE_block };
	rule[1] = (struct prefix_rule){ .action = WEIR_RULE_allow };
	rules_prefix(0, rule, 2);
	ck_assert_uint_eq(SEND(NOW).reason, WEIR_REASON_rule_block);
}
END_TEST

START_TEST(actions)
{
	static const struct { unsigned action, verdict, reason; } want[] = {
		{ WEIR_RULE_block, WEIR_VERDICT_drop, WEIR_REASON_rule_block },
		{ WEIR_RULE_limit, WEIR_VERDICT_pass, WEIR_REASON_pass },
		{ WEIR_RULE_divert, WEIR_VERDICT_divert, WEIR_REASON_rule_divert },
		{ WEIR_RULE_allow, WEIR_VERDICT_pass, WEIR_REASON_rule_allow },
	};
	struct prefix_rule rule[32] = { { .action = 0 } };

	for (unsigned r = 0; r < 32; r++)
		prefix_want(&rule[r], AT_PPORT, 16, 100 + r)->action = r / 3 % 4;
	rules_prefix(0, rule, 32);
	for (unsigned r = 0; r < 32; r++) {
		struct weir_record rec = SEND(NOW, .dport = (uint16_t)(100 + r));

		ck_assert_uint_eq(rec.rule, 1 + r);
		ck_assert_uint_eq(rec.verdict, want[r / 3 % 4].verdict);
		ck_assert_uint_eq(rec.reason, want[r / 3 % 4].reason);
		ck_assert_uint_eq(rec.tag, 0);
		ck_assert_uint_eq(rec.threshold, 0);
		ck_assert_uint_eq(rec.measured, 0);
	}
}
END_TEST

/* Hits lie in the set in force, and wrap. */
START_TEST(hits)
{
	struct prefix_rule rule[7] = { { .action = 0 } };
	uint32_t word[8] = { 1, 2, UINT32_MAX, 4 };

	for (unsigned r = 0; r < 6; r++)
		prefix_want(&rule[r], AT_PPORT, 16, 1);
	rules_prefix(0, rule, 7);
	rules_prefix(1, rule, 7);
	setup_entry(send_model, WEIR_REG_RULE_PREFIX(512 + 8 * 63 + 1), word);
	SEND(NOW);
	SEND(NOW);
	ck_assert_uint_eq(rules_prefix_hits(0, 6), 2);
	ck_assert_uint_eq(rules_prefix_hits(1, 6), UINT32_MAX);
	rules_cfg(1, 1, 1);
	SEND(NOW);
	ck_assert_uint_eq(rules_prefix_hits(1, 6), 0);
	ck_assert_uint_eq(rules_prefix_hits(1, 5), 2);
	ck_assert_uint_eq(rules_prefix_hits(1, 7), 4);
	ck_assert_uint_eq(rules_prefix_hits(0, 6), 2);
	ck_assert_uint_eq(rules_prefix_hits(0, 0), 0);
}
END_TEST

/* One set alone is looked at, and the other can be written meanwhile. */
START_TEST(swap)
{
	struct prefix_rule rule[2] = { { .action = WEIR_RULE_block }, { .action = WEIR_RULE_block } };

	prefix_want(&rule[0], AT_PPORT, 16, 1);
	rules_prefix(1, rule, 2);
	ck_assert_uint_eq(SEND(NOW).rule, 0);
	rules_cfg(1, 1, 0);
	ck_assert_uint_eq(SEND(NOW).rule, 2);
	rules_all(WEIR_RULE_divert);
	ck_assert_uint_eq(SEND(NOW).rule, 2);
	rules_cfg(0, 1, 0);
	ck_assert_uint_eq(SEND(NOW).rule, 1);
	rules_cfg(0, 0, 0);
	ck_assert_uint_eq(SEND(NOW).rule, 0);
}
END_TEST

/* What rules do not look at. */
START_TEST(no_look_up)
{
	static const char nd[] = "@54=87 @21=ff fix4";

	rules_all(WEIR_RULE_block);
	ck_assert_uint_eq(rules_frame(NOW, ARP, "", 0).rule, 0);
	ck_assert_uint_eq(rules_frame(NOW, ETH, "", 0).rule, 0);
	ck_assert_uint_eq(rules_frame(NOW, I6, nd, 0).exempt, 1);
	ck_assert_uint_eq(rules_frame(NOW, I6, nd, 0).rule, 0);
	ck_assert_uint_eq(rules_frame(NOW, I6, nd, 1).rule, 0);
	ck_assert_uint_eq(rules_frame(NOW, ETH, "@0=0180c2000001 @12=8808 @14=0001", 0).verdict, WEIR_VERDICT_consume);
	rules_cfg(0, 0, 0);
	ck_assert_uint_eq(SEND(NOW).rule, 0);
	rules_cfg(0, 1, 0);
	setup_bypass(send_model, 1);
	ck_assert_uint_eq(SEND(NOW).reason, WEIR_REASON_bypass);
	ck_assert_uint_eq(SEND(NOW).rule, 0);
	setup_bypass(send_model, 0);
	ck_assert_uint_eq(rules_prefix_hits(0, 0), 0);
	/* Quotes, fragments and what goes out do count. */
	ck_assert_uint_eq(SEND(NOW, .dir = 1).reason, WEIR_REASON_rule_block);
	ck_assert_uint_eq(rules_frame(NOW, U4, "3+6=0001 fix3", 0).reason, WEIR_REASON_rule_block);
	ck_assert_uint_eq(rules_prefix_hits(0, 0), 2);
}
END_TEST

/* Cleared: no rule fits, none in force, everything zero. */
START_TEST(clear)
{
	uint32_t word[8];

	rules_all(WEIR_RULE_block);
	rules_exact(2047, rules_key_pair(), 3, WEIR_RULE_block);
	rules_cfg(1, 1, 1);
	ck_assert_int_eq(weir_model_write(send_model, WEIR_REG_CTRL, WEIR_REG_CTRL_CLEAR_MASK), 0);
	setup_read(send_model, WEIR_REG_RULE_CFG, word);
	ck_assert_uint_eq(word[0], 0);
	for (uint32_t i = 0; i < WEIR_REG_RULE_PREFIX_COUNT; i++) {
		setup_read(send_model, WEIR_REG_RULE_PREFIX(i), word);
		ck_assert_uint_eq(word[0] | word[1] | word[2] | word[3], 0);
	}
	setup_read(send_model, WEIR_REG_RULE_EXACT(2047), word);
	ck_assert_uint_eq(word[0] | word[1], 0);
	rules_cfg(0, 1, 0);
	ck_assert_uint_eq(SEND(NOW).rule, 0);
}
END_TEST

static void begin(void)
{
	send_begin();
	rules_cfg(0, 1, 0);
}

Suite *weir_model_rule_prefix_suite(void)
{
	Suite *s = suite_create("model: prefix rules");
	TCase *t = tcase_create("prefix rules");

	suite_add_tcase(s, t);
	tcase_add_checked_fixture(t, begin, send_end);
	tcase_add_test(t, vectors);
	tcase_add_loop_test(t, field, 0, COUNT(fields));
	tcase_add_test(t, lowest);
	tcase_add_test(t, actions);
	tcase_add_test(t, hits);
	tcase_add_test(t, swap);
	tcase_add_test(t, no_look_up);
	tcase_add_test(t, clear);
	return s;
}
