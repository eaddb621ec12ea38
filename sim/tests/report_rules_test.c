// SPDX-License-Identifier: Apache-2.0
/* What report and trace tell of rules and zombie floods. */
#include <stdlib.h>
#include <string.h>

#include "host/tests/check_run.h"
#include "sim/report/stats.h"
#include "sim/report/trace.h"

static struct weir_policy policy;
static struct weir_rule_map rules;

/* Three rules: exact 1,000 limits, prefix 3 blocks, prefix 4 limits. */
static void some_rules(void)
{
	struct weir_rule *r = policy.rules.list;

	memset(&rules, 0, sizeof(rules));
	policy.rules.n = 3;
	r[0] = (struct weir_rule){ .action = WEIR_RULE_LIMIT, .line = 70000, .meter = { .packets_per_s = 77, .action = WEIR_METER_LIMIT } };
	r[1] = (struct weir_rule){ .action = WEIR_RULE_BLOCK, .line = 9, .originator = "noc 17" };
	r[2] = (struct weir_rule){ .action = WEIR_RULE_LIMIT, .line = 10, .meter = { .packets_per_s = 99, .action = WEIR_METER_DROP } };
	rules.rule[WEIR_RULES_PREFIX + 1000] = 1;
	rules.rule[3] = 2;
	rules.rule[4] = 3;
}

/* A limit counts for its rule, not for the pair of whoever sent; the pair's own meter does where no limit applies. */
START_TEST(test_rule_keys)
{
	static struct weir_stats s;
	struct weir_packet p = {
		.latency_ns = WEIR_LATENCY_NONE, .fate = WEIR_FATE_DROPPED, .arrival_ns = 500,
		.rec = { .l3_valid = 1, .verdict = WEIR_VERDICT_drop, .reason = WEIR_REASON_rule_limit, .threshold = 5, .measured = 6,
			 .rule = 1 + 32 + 1000, .trips = 1 << WEIR_TABLE_pair,
			 .remote = { [12] = 198, 51, 100, 7 }, .protect = { [12] = 192, 0, 2, 10 } } };
	const struct weir_meter_row *row;
	char text[WEIR_KEY_TEXT];
	size_t n;

	some_rules();
	weir_stats_init(&s, &policy, &rules);
	weir_stats_packet(&s, &p);
	p.rec.remote[15] = 8;
	weir_stats_packet(&s, &p);
	p.rec.rule = 1 + 4;
	weir_stats_packet(&s, &p);
	p.rec.rule = 1 + 3;
	p.rec.reason = WEIR_REASON_meter_pair;
	weir_stats_packet(&s, &p);
	row = weir_stats_meters(&s, &n);
	ck_assert_uint_eq(n, 3);
	ck_assert_str_eq(weir_place_name(row[0].key.place), "rule");
	ck_assert_str_eq(weir_key_format(&row[0].key, text), "line 70000");
	ck_assert_uint_eq(row[0].dropped, 2);
	ck_assert_uint_eq(row[0].trips, 2);
	ck_assert_uint_eq(weir_key_meter(&row[0].key, &policy).packets_per_s, 77);
	for (size_t i = 1; i < 3; i++) {
		bool pair = row[i].key.place == WEIR_TABLE_pair;

		ck_assert_str_eq(weir_key_format(&row[i].key, text), pair ? "198.51.100.8 > 192.0.2.10" : "line 10");
		ck_assert_uint_eq(row[i].dropped, 1);
	}
	/* In dry run a limit does nothing: the pair is itself. */
	policy.rules.dry_run = true;
	p.rec.rule = 1 + 4;
	weir_stats_init(&s, &policy, &rules);
	weir_stats_packet(&s, &p);
	ck_assert_str_eq(weir_place_name(weir_stats_meters(&s, &n)->key.place), "pair");
	weir_policy_default(&policy);
}
END_TEST

/* The trace says which rule, in the user's words. */
START_TEST(test_rule_trace)
{
	char *text = NULL;
	size_t n = 0;
	struct weir_trace *t;
	static const uint16_t ids[] = { 0, 1 + 3, 1 + 4, 1 + 5 };
	static const char *const want[] = {
		"\"flood\":[\"host\",\"total\",\"zombie\"],\"rule\":null,", "\"rule\":{\"id\":3,\"line\":9,\"action\":\"block\",\"originator\":\"noc 17\"},",
		"\"rule\":{\"id\":4,\"line\":10,\"action\":\"limit\"},", "\"rule\":{\"id\":5}," };
	const char *at;

	some_rules();
	t = weir_trace_new(open_memstream(&text, &n), &policy, &rules);
	for (unsigned i = 0; i < 4; i++) {
		struct weir_packet p = { .number = i + 1, .len = 60, .latency_ns = WEIR_LATENCY_NONE,
					 .rec = { .rule = ids[i], .flood = 7 } };

		ck_assert_int_eq(weir_trace_packet(t, &p), 0);
	}
	ck_assert_int_eq(weir_trace_close(t), 0);
	at = text;
	for (unsigned i = 0; i < 4; i++) {
		const char *end = strchr(at, '\n');

		ck_assert_msg(strstr(at, want[i]) && strstr(at, want[i]) < end, "%s", at);
		at = end + 1;
	}
	free(text);
	weir_policy_default(&policy);
}
END_TEST

/* A zombie flood has its meter; who is held back has a row of its own. */
START_TEST(test_zombie)
{
	static struct weir_stats s;
	struct weir_packet p = {
		.latency_ns = WEIR_LATENCY_NONE, .fate = WEIR_FATE_DROPPED, .arrival_ns = 500,
		.rec = { .l3_valid = 1, .verdict = WEIR_VERDICT_drop, .reason = WEIR_REASON_zombie_limit, .threshold = 128, .measured = 130,
			 .trips = 1 << 17, .flood = 4, .remote = { [12] = 198, 51, 100, 7 } } };
	const struct weir_meter_row *row;
	char text[WEIR_KEY_TEXT];
	size_t n;

	weir_stats_init(&s, &policy, NULL);
	weir_stats_packet(&s, &p);
	ck_assert_uint_eq(s.flood[0] + s.flood[1], 0);
	ck_assert_uint_eq(s.flood[2], 1);
	row = weir_stats_meters(&s, &n);
	ck_assert_uint_eq(n, 2);
	ck_assert_str_eq(weir_place_name(row[0].key.place), "client");
	ck_assert_str_eq(weir_key_format(&row[0].key, text), "198.51.100.7");
	ck_assert_uint_eq(row[0].dropped, 1);
	ck_assert_uint_eq(row[0].max_measured, 130);
	ck_assert_int_eq(weir_key_meter(&row[0].key, &policy).action, WEIR_METER_DROP);
	ck_assert_str_eq(weir_place_name(row[1].key.place), "zombie");
	ck_assert_str_eq(weir_key_format(&row[1].key, text), "all");
	ck_assert_uint_eq(row[1].trips, 1);
	ck_assert_uint_eq(weir_key_meter(&row[1].key, &policy).packets_per_s, 2000);
}
END_TEST

int main(void)
{
	TCase *c = tcase_create("report_rules");
	Suite *s = suite_create("report_rules");

	weir_policy_default(&policy);
	tcase_add_test(c, test_rule_keys);
	tcase_add_test(c, test_rule_trace);
	tcase_add_test(c, test_zombie);
	suite_add_tcase(s, c);
	return check_run(s);
}
