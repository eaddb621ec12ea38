// SPDX-License-Identifier: Apache-2.0
/* Parts of weirctl that no simulated appliance brings to their edges: counters that wrap or begin anew, rates, numbers as text,
 * rules of words. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "host/tests/check_run.h"
#include "host/weirctl/capture_out.h"
#include "host/weirctl/frame.h"
#include "host/weirctl/metrics.h"
#include "host/weirctl/ruleset.h"

START_TEST(test_delta)
{
	static const struct {
		uint64_t before, now;
		unsigned bits;
		uint64_t delta;
	} rows[] = {
		{ 0, 0, 32, 0 }, { 5, 9, 32, 4 }, { 0xfffffff0, 0x10, 32, 0x20 }, { 0xffffffffful, 2, 36, 3 }, { 0, 0x7fffffff, 32, 0x7fffffff },
		/* Gone back by more than half: begun anew, so all of it has come since. */
		{ 1000, 10, 32, 10 }, { 1ul << 35, 7, 36, 7 }, { (1ul << 35) + 8, 7, 36, (1ul << 35) - 1 }, { 50000000, 0, 36, 0 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		ck_assert_uint_eq(sample_delta(rows[i].before, rows[i].now, rows[i].bits), rows[i].delta);
}
END_TEST

static struct sample before, now;

static void look(struct sample *s, double at_s, uint64_t pass, uint64_t drop, uint64_t udp0, uint64_t udp1)
{
	const struct weir_counter counters[] = {
		{ WEIR_COUNT_REASON, 0, 2, "pass", "", pass }, { WEIR_COUNT_REASON, 0x12, 2, "meter_class", "", drop },
		{ WEIR_COUNT_CLASS, 13, 0, "udp", "", udp0 }, { WEIR_COUNT_CLASS, 13, 1, "udp", "", udp1 },
	};

	*s = (struct sample){ .at_s = at_s, .counters = 4 };
	memcpy(s->counter, counters, sizeof(counters));
}

START_TEST(test_rates)
{
	struct rate r[4];
	struct totals t;

	look(&before, 10, (1ull << 36) - 100, 50, 1000, 0);
	look(&now, 12, 300, 250, 1000, 80);
	now.stats.side[1].egress_full = 20;
	ck_assert_uint_eq(sample_rates(&before, &now, WEIR_COUNT_REASON, r, 4), 2);
	/* Loudest first; the first one has wrapped. */
	ck_assert(!strcmp(r[0].name, "pass") && r[0].per_s[2] == 200 && !strcmp(r[1].name, "meter_class") && r[1].per_s[2] == 100);
	ck_assert_uint_eq(sample_rates(&before, &now, WEIR_COUNT_CLASS, r, 4), 1);
	ck_assert(r[0].per_s[0] == 0 && r[0].per_s[1] == 40 && r[0].per_s[2] == 40);
	ck_assert_uint_eq(sample_rates(&before, &now, WEIR_COUNT_REASON, r, 1), 1);
	sample_totals(&before, &now, &t);
	/* What found its queue full was passed by its reason, and dropped all the same. */
	ck_assert(t.passed == 190 && t.dropped == 110 && t.offered == 300 && t.answered == 0 && t.other == 0);
	/* No time between: no rates, and no division by it. */
	now.at_s = 10;
	ck_assert_uint_eq(sample_rates(&before, &now, WEIR_COUNT_REASON, r, 4), 0);
}
END_TEST

START_TEST(test_units)
{
	ck_assert(sample_unit(32) == SAMPLE_PACKETS && sample_unit(195) == SAMPLE_CONNECTIONS && sample_unit(196) == SAMPLE_CONNECTIONS);
	ck_assert(sample_unit(256 + 40) == SAMPLE_BYTES && sample_unit(194) == SAMPLE_PACKETS);
	ck_assert(sample_per_second(195, 64) == 64);
	ck_assert_double_eq_tol(sample_per_second(32, 65536), 1e6, 1e-6);
	ck_assert_double_eq_tol(sample_per_second(256 + 40, 1024), 1e6, 1e-6);
}
END_TEST

START_TEST(test_texts)
{
	static const struct {
		double value;
		const char *text;
	} rows[] = {
		{ 0, "0" }, { 0.04, "0.0" }, { 9.94, "9.9" }, { 9.96, "10" }, { 999, "999" }, { 999.6, "1.00k" }, { 1234, "1.23k" }, { 12345, "12.3k" },
		{ 999499, "999k" }, { 999500, "1.00M" }, { 1e18, "1.00E" }, { 1e24, "1000000E" },
	};
	static const struct {
		uint64_t time_s;
		const char *text;
	} times[] = { { 0, "+0d 00:00:00" }, { 90061, "+1d 01:01:01" }, { 1795312682, "2026-11-22T01:58:02Z" } };
	char buf[CTL_TEXT];
	uint64_t v = 7;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		ck_assert_str_eq(ctl_count(rows[i].value, buf), rows[i].text);
	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++)
		ck_assert_str_eq(ctl_time_s(times[i].time_s, buf), times[i].text);
	ck_assert(!ctl_number_read("42", 1, 42, &v) && v == 42);
	ck_assert(ctl_number_read("43", 1, 42, &v) == -ERANGE && ctl_number_read("", 0, 9, &v) == -EINVAL && ctl_number_read("1x", 0, 9, &v) == -EINVAL);
	ck_assert(ctl_number_read("-1", 0, 9, &v) == -EINVAL && ctl_number_read(" 1", 0, 9, &v) == -EINVAL && v == 42);
	ck_assert(ctl_number_read("99999999999999999999", 0, UINT64_MAX, &v) == -ERANGE);
}
END_TEST

START_TEST(test_words)
{
	static char *words[] = { (char *)"block", (char *)"from", (char *)"2001:db8::", (char *)"expires", (char *)"90s" };
	static char *rate[] = { (char *)"limit", (char *)"packets_per_s", (char *)"1k", (char *)"to", (char *)"192.0.2.1", (char *)"burst_packets", (char *)"5" };
	char rule[RULESET_RULE_TEXT], again[RULESET_RULE_TEXT], detail[200];

	ck_assert(!ruleset_words(words, 5, 1000000000, rule, detail, sizeof(detail)));
	ck_assert_str_eq(rule, "{action: block, from: \"2001:db8::\", expires: \"2001-09-09T01:48:10Z\"}");
	ck_assert(!ruleset_rule(rule, again, detail, sizeof(detail)));
	ck_assert_str_eq(again, rule);
	ck_assert(!ruleset_words(rate, 7, 0, rule, detail, sizeof(detail)));
	ck_assert_str_eq(rule, "{action: limit, to: 192.0.2.1, rate: {packets_per_s: 1k, burst_packets: 5}}");
	ck_assert_int_eq(ruleset_words(words, 4, 0, rule, detail, sizeof(detail)), -EINVAL);
	ck_assert_int_eq(ruleset_rule("- 1", rule, detail, sizeof(detail)), -EINVAL);
}
END_TEST

#define MACS 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2
#define IP4(ihl, fragment, protocol) 0x40 | (ihl), 0, 0, 60, 0, 1, (fragment) >> 8, (fragment) & 0xff, 64, protocol, 0, 0, 198, 51, 100, 7, 192, 0, 2, 10
#define IP6(next) 0x60, 0, 0, 0, 0, 40, next, 64, 0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2
#define PORTS 0x0f, 0xa1, 0, 53

START_TEST(test_frame)
{
	static const struct {
		size_t n;
		uint8_t octets[100];
		const char *text;
	} t[] = {
		{ 38, { MACS, 8, 0, IP4(5, 0, 17), PORTS }, "198.51.100.7:4001 > 192.0.2.10:53 udp" },
		{ 37, { MACS, 8, 0, IP4(5, 0, 17), PORTS }, "198.51.100.7 > 192.0.2.10 udp" },
		{ 33, { MACS, 8, 0, IP4(5, 0, 17) }, "ethertype 0x0800" },
		{ 42, { MACS, 8, 0, IP4(6, 0x4000, 6), 1, 1, 1, 1, PORTS }, "198.51.100.7:4001 > 192.0.2.10:53 tcp" },
		{ 38, { MACS, 8, 0, IP4(5, 0x2000, 17), PORTS }, "198.51.100.7:4001 > 192.0.2.10:53 udp" },
		{ 38, { MACS, 8, 0, IP4(5, 1, 17), PORTS }, "198.51.100.7 > 192.0.2.10 udp" },
		{ 38, { MACS, 8, 0, IP4(4, 0, 17), PORTS }, "198.51.100.7 > 192.0.2.10 udp" },
		{ 38, { MACS, 8, 0, IP4(15, 0, 17), PORTS }, "198.51.100.7 > 192.0.2.10 udp" },
		{ 38, { MACS, 8, 0, IP4(5, 0, 1), PORTS }, "198.51.100.7 > 192.0.2.10 icmp" },
		{ 38, { MACS, 8, 0, IP4(5, 0, 47), PORTS }, "198.51.100.7 > 192.0.2.10 protocol 47" },
		{ 42, { MACS, 0x81, 0, 0, 5, 8, 0, IP4(5, 0, 17), PORTS }, "198.51.100.7:4001 > 192.0.2.10:53 udp" },
		{ 46, { MACS, 0x88, 0xa8, 0, 5, 0x81, 0, 0, 5, 8, 0, IP4(5, 0, 132), PORTS }, "198.51.100.7:4001 > 192.0.2.10:53 sctp" },
		{ 50, { MACS, 0x81, 0, 0, 5, 0x81, 0, 0, 5, 0x81, 0, 0, 5, 8, 0, IP4(5, 0, 17), PORTS }, "ethertype 0x8100" },
		{ 17, { MACS, 0x81, 0, 0, 5, 8 }, "ethertype 0x0000" }, { 13, { MACS, 8 }, "ethertype 0x0000" }, { 0, { 0 }, "ethertype 0x0000" },
		{ 58, { MACS, 0x86, 0xdd, IP6(6), PORTS }, "[2001:db8::1]:4001 > [2001:db8::2]:53 tcp" },
		{ 58, { MACS, 8, 0, IP6(6), PORTS }, "ethertype 0x0800" }, { 54, { MACS, 0x86, 0xdd, IP4(5, 0, 17), PORTS }, "ethertype 0x86dd" },
		{ 54, { MACS, 0x86, 0xdd, IP6(58) }, "2001:db8::1 > 2001:db8::2 icmp6" },
		{ 66, { MACS, 0x86, 0xdd, IP6(0), 17, 0, 0, 0, 0, 0, 0, 0, PORTS }, "[2001:db8::1]:4001 > [2001:db8::2]:53 udp" },
		{ 65, { MACS, 0x86, 0xdd, IP6(0), 17, 1, 0, 0, 0, 0, 0, 0, PORTS }, "2001:db8::1 > 2001:db8::2 udp" },
		{ 66, { MACS, 0x86, 0xdd, IP6(51), 17, 0, 0, 0, 0, 0, 0, 0, PORTS }, "[2001:db8::1]:4001 > [2001:db8::2]:53 udp" },
		{ 66, { MACS, 0x86, 0xdd, IP6(44), 17, 0, 0, 1, 0, 0, 0, 0, PORTS }, "[2001:db8::1]:4001 > [2001:db8::2]:53 udp" },
		{ 66, { MACS, 0x86, 0xdd, IP6(44), 17, 0, 0, 8, 0, 0, 0, 0, PORTS }, "2001:db8::1 > 2001:db8::2 udp" },
		{ 60, { MACS, 0x86, 0xdd, IP6(43), 17, 0, 0, 0, 0, 0 }, "2001:db8::1 > 2001:db8::2 protocol 43" },
		{ 60, { MACS, 8, 6, 0, 1 }, "ethertype 0x0806" },
	};
	struct weir_capture_frame f = { .stamp_us = 1795312682000123, .len = 1514, .verdict_name = "drop", .reason_name = "meter_class", .side = 1 };
	char text[FRAME_TEXT], line[CAPTURE_LINE];
	struct frame_ends e;

	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		frame_read(t[i].octets, t[i].n, &e);
		ck_assert_msg(!strcmp(frame_text(&e, text), t[i].text), "%zu: %s instead of %s", i, text, t[i].text);
	}
	f.captured = (uint16_t)t[0].n;
	memcpy(f.octets, t[0].octets, t[0].n);
	ck_assert_str_eq(capture_line(&f, line), "2026-11-22T01:58:02.000123Z protected   1514 drop    meter_class      198.51.100.7:4001 > 192.0.2.10:53 udp");
	f.stamp_us = 61000005;
	ck_assert_str_eq(capture_line(&f, line), "+0d 00:01:01.000005 protected   1514 drop    meter_class      198.51.100.7:4001 > 192.0.2.10:53 udp");
}
END_TEST

int main(void)
{
	Suite *s = suite_create("weirctl");
	TCase *t = tcase_create("parts");

	tcase_add_test(t, test_delta);
	tcase_add_test(t, test_rates);
	tcase_add_test(t, test_units);
	tcase_add_test(t, test_texts);
	tcase_add_test(t, test_words);
	tcase_add_test(t, test_frame);
	suite_add_tcase(s, t);
	return check_run(s);
}
