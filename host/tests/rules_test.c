// SPDX-License-Identifier: Apache-2.0
/* Rules of a running appliance: replaced between two packets, with hits, over faults, up to full tables; over the model. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "host/common/lists.h"
#include "host/common/prng.h"
#include "host/libweir/site_priv.h"
#include "host/tests/check_run.h"
#include "ops_site.h"
#include "weir/weir_regs.h"

#define HEAD "weir_policy: 1\nrules:\n  list:\n"

static void load(const char *text)
{
	int rc = weir_policy_apply_text(site, text, "policy.yaml");

	ck_assert_msg(!rc, "%d %s", rc, weir_dev_detail(dev));
}

static void setup(void)
{
	site_setup();
	load("weir_policy: 1\nrules: {divert_mac: 02-00-00-00-00-0f}\n");
}

static size_t apply(const char *text)
{
	size_t n = 9999;
	int rc = weir_rules_apply_text(site, text, "rules.yaml", &n);

	ck_assert_msg(!rc, "%d %s", rc, weir_dev_detail(dev));
	return n;
}

static bool blocked(const char *from)
{
	struct weir_record r;

	ck_assert_int_ge(help_frame(dev, from, IN, HELP_UDP, 40000, 7, 0, &r), 0);
	return r.verdict == WEIR_VERDICT_drop && r.reason == WEIR_REASON_rule_block;
}

static struct weir_rule_row *rows(size_t *ret_n)
{
	static struct weir_rule_row row[WEIR_POLICY_RULES];
	int rc = weir_rule_list(site, row, WEIR_POLICY_RULES, ret_n);

	ck_assert_msg(!rc, "%d %s", rc, weir_dev_detail(dev));
	return row;
}

/* Places of exact rules that are not free, and pinned entries of pair: what is in the appliance, whatever the site says. */
static unsigned places_used(void)
{
	unsigned n = 0;

	for (uint32_t i = 0; i < WEIR_RULES_EXACT; i++)
		n += fake_peek(dev, WEIR_REG_RULE_EXACT(i)) != 0;
	return n;
}

static unsigned pins_used(void)
{
	unsigned n = 0;

	for (uint32_t i = 0; i < 512; i++)
		n += (fake_peek(dev, WEIR_REG_TABLE_PAIR(i) + 12) >> (WEIR_REG_TABLE_REMOTE_CFG_LSB - 96) & 7) != 0;
	return n;
}

START_TEST(test_apply)
{
	struct weir_rule_row *row;
	size_t n;

	ck_assert_int_eq(udp("203.0.113.1"), WEIR_VERDICT_pass);
	ck_assert_uint_eq(apply(HEAD "  - {action: block, from: 203.0.113.1, originator: noc-1}\n"
				"  - {action: divert, from: 203.0.113.64/26}\n  - {action: block, to: " IN ", protocol: udp, port: 80-90}\n"), 3);
	ck_assert(blocked("203.0.113.1") && blocked("203.0.113.1"));
	ck_assert_int_eq(udp("203.0.113.70"), WEIR_VERDICT_divert);
	for (uint16_t port = 78; port < 93; port++)
		ck_assert_int_eq(help_frame(dev, "203.0.113.3", IN, HELP_UDP, 40000, port, 0, NULL),
				 port >= 80 && port <= 90 ? WEIR_VERDICT_drop : WEIR_VERDICT_pass);
	row = rows(&n);
	ck_assert_uint_eq(n, 3);
	ck_assert(row[0].hits == 2 && row[1].hits == 1 && row[2].hits == 11 && !row[0].coarse && !row[0].expired);
	ck_assert_str_eq(row[0].originator, "noc-1");
	ck_assert_str_eq(row[0].text, "{action: block, from: \"203.0.113.1\", originator: \"noc-1\"}");
	/* One goes, one stays, one comes. The one that stays keeps its hits. */
	ck_assert_uint_eq(apply(HEAD "  - {action: block, from: 203.0.113.2}\n  - {action: block, to: " IN ", protocol: udp, port: 80-90}\n"
				"  - {action: block, from: 203.0.113.1, originator: other}\n"), 3);
	ck_assert(blocked("203.0.113.1") && blocked("203.0.113.2"));
	ck_assert_int_eq(udp("203.0.113.70"), WEIR_VERDICT_pass);
	row = rows(&n);
	ck_assert(n == 3 && row[0].hits == 1 && row[1].hits == 11 && row[2].hits == 3);
	ck_assert_str_eq(row[2].originator, "other");
	/* Another action for the same packets is another rule. */
	apply(HEAD "  - {action: allow, from: 203.0.113.1}\n");
	ck_assert_int_eq(udp("203.0.113.1"), WEIR_VERDICT_pass);
	row = rows(&n);
	ck_assert(n == 1 && row[0].hits == 1);
	ck_assert_uint_eq(places_used(), 1);
	/* None; dry. */
	ck_assert(!weir_rules_apply(site, NULL, &n) && !n);
	rows(&n);
	ck_assert_uint_eq(n, 0);
	ck_assert_uint_eq(places_used(), 0);
	apply("weir_policy: 1\nrules:\n  dry_run: true\n  list:\n  - {action: block, from: 203.0.113.1}\n");
	ck_assert_int_eq(udp("203.0.113.1"), WEIR_VERDICT_pass);
	ck_assert_uint_eq(rows(&n)[0].hits, 1);
}
END_TEST

/* The rules that a policy brings are the first ones. */
START_TEST(test_after_policy)
{
	size_t n;

	load(HEAD "  - {action: block, from: 203.0.113.1}\n  - {action: limit, from: 203.0.113.2, rate: {packets_per_s: 10, burst_packets: 2}}\n");
	ck_assert(blocked("203.0.113.1"));
	rows(&n);
	ck_assert_uint_eq(n, 2);
	ck_assert_uint_eq(pins_used(), 1);
	for (int i = 0; i < 3; i++) {
		apply(HEAD "  - {action: block, from: 203.0.113.1}\n  - {action: block, from: 203.0.113.3}\n");
		ck_assert(blocked("203.0.113.1") && blocked("203.0.113.3"));
		ck_assert_uint_eq(pins_used(), 0);
		ck_assert_uint_eq(places_used(), 2);
		apply(HEAD "  - {action: block, from: 203.0.113.1}\n"
		      "  - {action: limit, from: 203.0.113.2, rate: {packets_per_s: 10, burst_packets: 2}}\n");
		ck_assert(blocked("203.0.113.1") && !blocked("203.0.113.3"));
		ck_assert_uint_eq(pins_used(), 1);
		ck_assert_uint_eq(places_used(), 2);
	}
	ck_assert_uint_eq(rows(&n)[0].hits, 7);
}
END_TEST

/* How many of 20 frames at once a limit lets pass. */
static int passing(const char *from)
{
	int n = 0;

	for (int i = 0; i < 20; i++)
		n += udp(from) == WEIR_VERDICT_pass;
	return n;
}

START_TEST(test_limits)
{
#define LIMIT(from, burst) "  - {action: limit, from: " from ", rate: {packets_per_s: 3, burst_packets: " burst "}}\n"
	apply(HEAD LIMIT("203.0.113.1", "1") LIMIT("203.0.113.64/26", "2"));
	ck_assert_int_eq(passing("203.0.113.1"), 1);
	ck_assert_int_eq(passing("203.0.113.65"), 2);
	/* Those that stay go on where they were, others have their own. */
	apply(HEAD LIMIT("203.0.113.1", "1") LIMIT("203.0.113.64/26", "2") LIMIT("203.0.113.2", "1") LIMIT("203.0.113.128/26", "2"));
	ck_assert_int_eq(passing("203.0.113.1"), 0);
	ck_assert_int_eq(passing("203.0.113.65"), 0);
	ck_assert_int_eq(passing("203.0.113.2"), 1);
	ck_assert_int_eq(passing("203.0.113.130"), 2);
	ck_assert_uint_eq(pins_used(), 4);
	/* Another rate is another limit, which begins anew; also where all prefix rules before it change theirs. */
	apply(HEAD LIMIT("203.0.113.1", "2") LIMIT("203.0.113.128/26", "1") LIMIT("203.0.113.64/26", "1"));
	ck_assert_int_eq(passing("203.0.113.1"), 2);
	ck_assert_int_eq(passing("203.0.113.65"), 1);
	ck_assert_int_eq(passing("203.0.113.130"), 1);
	ck_assert_uint_eq(pins_used(), 3);
	apply(HEAD LIMIT("203.0.113.64/26", "1") "  - {action: block, from: 203.0.113.0/26}\n");
	ck_assert_int_eq(passing("203.0.113.65"), 0);
	ck_assert_uint_eq(pins_used(), 1);
	apply("weir_policy: 1\n");
	ck_assert_uint_eq(pins_used(), 0);
}
END_TEST

/* At most seven rates, old and new together; overrides of pair have some. */
START_TEST(test_rates)
{
	char text[2000] = HEAD, more[2100];
	size_t n;

	load("weir_policy: 1\noverrides:\n- {meter: pair, remote: 203.0.113.9, address: " IN ", packets_per_s: 1000}\n");
	for (int i = 1; i <= 6; i++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text),
			 "  - {action: limit, from: 203.0.113.%d, rate: {packets_per_s: %d}}\n", i, 100 + i);
	ck_assert_uint_eq(apply(text), 6);
	ck_assert_uint_eq(pins_used(), 7);
	snprintf(more, sizeof(more), "%s  - {action: limit, from: 203.0.113.8, rate: {packets_per_s: 106}}\n", text);
	ck_assert_uint_eq(apply(more), 7);
	snprintf(more, sizeof(more), "%s  - {action: limit, from: 203.0.113.8, rate: {packets_per_s: 107}}\n", text);
	ck_assert_int_eq(weir_rules_apply_text(site, more, "rules.yaml", &n), WEIR_EROOM);
	ck_assert_ptr_nonnull(strstr(weir_dev_detail(dev), "rules.yaml:10: rules: limits and overrides of pair have room for 7"));
	rows(&n);
	ck_assert_uint_eq(n, 7);
	/* In two steps. */
	apply(HEAD "  - {action: limit, from: 203.0.113.1, rate: {packets_per_s: 101}}\n");
	apply(HEAD "  - {action: limit, from: 203.0.113.1, rate: {packets_per_s: 107}}\n");
	ck_assert_uint_eq(pins_used(), 2);
}
END_TEST

START_TEST(test_refused)
{
	static const struct {
		const char *text;
		int error;
		const char *says;
	} list[] = {
		{ "", WEIR_EINPUT, "rules.yaml:1:" }, { "rules: {}\n", WEIR_EINPUT, "weir_policy: 1" },
		{ "weir_policy: 1\nbypass: true\n", WEIR_EINPUT, "rules.yaml:2: a rules file" }, { HEAD "  - {action: drop}\n", WEIR_EINPUT, "rules.yaml:4:" },
		{ HEAD "  - {action: block, from: 203.0.113.1}\n  - {action: allow, from: 203.0.113.1}\n", WEIR_EINPUT, "after line 4" },
		{ "weir_policy: 1\nrules: {divert_mac: 02-00-00-00-00-01}\n", WEIR_EREFUSED, "divert_mac" },
		{ HEAD "  - {action: block, from: 10.0.0.0/8, protocol: udp, port: 1-65534, remote_port: 1000-2000}\n", WEIR_EROOM, "rules.yaml:4:" },
		{ HEAD "  - {action: block, from: 203.0.113.1, originator: \"\xff\"}\n", WEIR_EINPUT, "UTF-8" },
	};
	size_t n = 77;

	apply(HEAD "  - {action: block, from: 203.0.113.1}\n");
	for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++) {
		int rc = weir_rules_apply_text(site, list[i].text, "rules.yaml", &n);

		ck_assert_msg(rc == list[i].error, "%zu: %d %s", i, rc, weir_dev_detail(dev));
		ck_assert_msg(strstr(weir_dev_detail(dev), list[i].says) != NULL, "%s", weir_dev_detail(dev));
		ck_assert_uint_eq(n, 77);
	}
	ck_assert_int_eq(weir_rules_apply(site, "/nowhere", &n), -ENOENT);
	ck_assert(blocked("203.0.113.1"));
	ck_assert_uint_eq(rows(&n)[0].hits, 1);
}
END_TEST

/* What has expired is left out, and says so; what is printed is taken back. */
START_TEST(test_expiry)
{
	char text[600], *saved;
	struct weir_rule_row *row;
	size_t n;

	snprintf(text, sizeof(text), HEAD "  - {action: block, from: 203.0.113.1, expires: %llu}\n"
		 "  - {action: block, from: 203.0.113.2, expires: %llu}\n", (unsigned long long)time(NULL) - 10,
		 (unsigned long long)time(NULL) + 1000);
	ck_assert_uint_eq(apply(text), 1);
	ck_assert(!blocked("203.0.113.1") && blocked("203.0.113.2"));
	row = rows(&n);
	ck_assert(n == 2 && row[0].expired && !row[1].expired && row[1].hits == 1);
	ck_assert(!weir_rules_saved(site, &saved));
	ck_assert(!strstr(saved, "203.0.113.1") && strstr(saved, "203.0.113.2"));
	ck_assert_uint_eq(apply(saved), 1);
	free(saved);
}
END_TEST

/* Every kind of rule as text and back: the same rules, and the same text again. */
START_TEST(test_round_trip)
{
	static const char *const list[] = {
		"{action: block, from: 203.0.113.0/24, direction: both, originator: noc-17, expires: \"2096-11-30T18:00:00Z\"}",
		("{action: limit, to: 192.0.2.10, protocol: udp, port: 53, rate: {packets_per_s: 1k, burst_packets: 100, action: drop, hold_ms: 500, "
		 "effect: demote, dry_run: true}}"),
		"{action: divert, to: 192.0.2.20, protocol: tcp, port: 80}",
		"{action: allow, from: 198.51.100.7, to: 192.0.2.10, protocol: tcp, port: 22}",
		"{action: block, from: \"2001:db8::/32\", protocol: icmpv6, port: 128/0, fragments: false, priority: 7}",
		"{action: block, from: \"2001:db8::1\", to: \"2001:db8:1::1\"}",
		"{action: block, protocol: 99, fragments: true, direction: out, originator: \"a: {b}, #c\"}",
		"{action: block, protocol: udp, port: 1024-2047, remote_port: 53}",
		"{action: limit, from: 203.0.113.5, rate: {packets_per_s: 16M}}",
		"{action: block, from: \"::/0\", to: \"2001:db8:1::2\", direction: both}",
	};
	char text[4000] = HEAD, *first, *second;
	struct weir_policy *a = malloc(sizeof(*a)), *b = malloc(sizeof(*b));
	char detail[WEIR_POLICY_DETAIL];
	size_t n;

	for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text), "  - %s\n", list[i]);
	n = apply(text);
	ck_assert_uint_eq(n, sizeof(list) / sizeof(list[0]));
	ck_assert(!weir_rules_saved(site, &first));
	for (int i = 0; i < 2; i++) {
		FILE *f = fmemopen(i ? first : text, strlen(i ? first : text), "r");
		struct weir_policy *p = i ? b : a;

		weir_policy_default(p);
		p->rules.divert_mac[0] = 2;
		ck_assert_msg(!weir_rules_load(f, "saved", p, detail), "%s\n%s", detail, first);
		fclose(f);
	}
	ck_assert_uint_eq(a->rules.n, b->rules.n);
	for (size_t i = 0; i < n; i++)
		ck_assert(weir_rule_equal(&a->rules.list[i], &b->rules.list[i]) && a->rules.list[i].priority == b->rules.list[i].priority &&
			  a->rules.list[i].expires_s == b->rules.list[i].expires_s &&
			  !strcmp(a->rules.list[i].originator, b->rules.list[i].originator));
	ck_assert_uint_eq(apply(first), n);
	ck_assert(!weir_rules_saved(site, &second));
	ck_assert_str_eq(first, second);
	/* Rows are such lines, too. */
	ck_assert_ptr_nonnull(strstr(first, rows(&n)[1].text));
	free(first);
	free(second);
	free(a);
	free(b);
}
END_TEST

/* --- Full tables -------------------------------------------------------------------------------------------------- */

/* All different, and in no pattern: multiplied by an odd number modulo 2^24. */
static uint32_t address(uint64_t seed, unsigned i)
{
	return 0x0b000000 | (uint32_t)((i * 2654435761u + seed * 97) & 0x7fffffu) << 1 | (uint32_t)(seed & 1);
}

/* n exact rules from a seed, some of them limits, and 32 prefix rules. @return Taken */
static char *many(uint64_t seed, unsigned n, unsigned limits, unsigned prefixes)
{
	enum { Line = 120 };
	size_t room = (size_t)(n + prefixes + 10) * Line, used;
	char *text = malloc(room);

	used = (size_t)snprintf(text, room, HEAD);
	for (unsigned i = 0; i < n; i++) {
		uint32_t a = address(seed, i);

		used += (size_t)snprintf(text + used, room - used, "  - {action: %s, from: %u.%u.%u.%u%s}\n", i < limits ? "limit" : "block", a >> 24,
					 a >> 16 & 255, a >> 8 & 255, a & 255, i < limits ? ", rate: {packets_per_s: 2, burst_packets: 1}" : "");
	}
	for (unsigned i = 0; i < prefixes; i++)
		used += (size_t)snprintf(text + used, room - used, "  - {action: block, from: 10.%u.%u.0/24}\n", (unsigned)seed, i);
	return text;
}

static int verdict_of(uint64_t seed, unsigned i)
{
	uint32_t a = address(seed, i);
	char from[32];

	snprintf(from, sizeof(from), "%u.%u.%u.%u", a >> 24, a >> 16 & 255, a >> 8 & 255, a & 255);
	return udp(from);
}

/* 800 exact and 32 prefix rules for as many others: both are in the appliance at once. With one key of a dozen the hash crowds them too much;
 * then the message says what to do, and another key it is. */
START_TEST(test_full)
{
	enum { Exact = 800, Limits = 20 };
	char *text[2] = { many(1, Exact, Limits, 32), many(2, Exact, Limits, 32) };
	uint64_t requests;
	size_t n;
	int tries = 0;

	while (weir_rules_apply_text(site, text[1], "rules.yaml", &n) || weir_rules_apply_text(site, text[0], "rules.yaml", &n)) {
		ck_assert_ptr_nonnull(strstr(weir_dev_detail(dev), "load the policy again"));
		ck_assert_int_lt(++tries, 10);
		load("weir_policy: 1\n");
	}
	for (int turn = 1; turn < 5; turn++) {
		int now = turn & 1;

		requests = fake_requests(dev);
		ck_assert_uint_eq(apply(text[now]), Exact + 32);
		requests = fake_requests(dev) - requests;
		ck_assert_msg(requests < 1500, "%u requests", (unsigned)requests);
		ck_assert_uint_eq(places_used(), Exact);
		ck_assert_uint_eq(pins_used(), Limits);
		for (unsigned i = Limits; i < Exact; i += 37) {
			ck_assert_int_eq(verdict_of(1 + (uint64_t)now, i), WEIR_VERDICT_drop);
			ck_assert_int_eq(verdict_of(2 - (uint64_t)now, i), WEIR_VERDICT_pass);
		}
		ck_assert_int_eq(udp(now ? "10.2.31.1" : "10.1.31.1"), WEIR_VERDICT_drop);
		ck_assert_int_eq(udp(now ? "10.1.31.1" : "10.2.31.1"), WEIR_VERDICT_pass);
		rows(&n);
		ck_assert_uint_eq(n, Exact + 32);
	}
	free(text[0]);
	free(text[1]);
}
END_TEST

/* More than fits beside what is in force: refused; alone it fits. */
START_TEST(test_too_full)
{
	char *text[2] = { many(1, 1200, 0, 0), many(2, 1200, 0, 0) };
	size_t n;

	ck_assert_uint_eq(apply(text[0]), 1200);
	ck_assert_int_eq(weir_rules_apply_text(site, text[1], "rules.yaml", &n), WEIR_EROOM);
	ck_assert_ptr_nonnull(strstr(weir_dev_detail(dev), "beside those in force"));
	ck_assert_int_eq(verdict_of(1, 3), WEIR_VERDICT_drop);
	ck_assert_uint_eq(places_used(), 1200);
	ck_assert(!weir_rules_apply(site, NULL, &n));
	ck_assert_uint_eq(apply(text[1]), 1200);
	free(text[0]);
	free(text[1]);
}
END_TEST

/* The vectors in force in the appliance are those of the rules in force, every one of them. */
static void vectors_right(void)
{
	struct weir_loaded *l = NULL;
	struct weir_policy *p = NULL;
	int rc = weir_site_begin(site, &l);

	ck_assert_msg(!rc, "%s", weir_dev_detail(dev));
	weir_site_unlock(site);
	ck_assert(!weir_loaded_policy(dev, l, &p) && weir_rules_strings(p, &l->map));
	/* Without prefix rules one piece is enough that fits none. */
	for (unsigned e = 0; e < (l->map.n_prefix ? WEIR_PREFIX_HITS : WEIR_ENTRIES_AT_ONCE); e++) {
		uint32_t want[WEIR_ENTRY_WORDS];

		weir_rules_vectors(p, &l->map, e, want);
		for (unsigned i = 0; i < WEIR_ENTRY_WORDS; i++) {
			uint32_t is = fake_peek(dev, WEIR_REG_RULE_PREFIX(WEIR_PREFIX_ENTRIES * l->active_set + e) + 4 * i);

			ck_assert_msg(is == want[i], "set %u, entry %u, word %u: %08x, not %08x", l->active_set, e, i, is, want[i]);
		}
	}
	weir_loaded_free(l);
	free(p);
}

/* Lists that grow, shrink, change: after each of them exactly its rules are in force, and a rule that stayed has all its hits. */
START_TEST(test_random)
{
	enum { Addresses = 64, Turns = 40 };
	unsigned hits[Addresses] = { 0 };
	bool in[Addresses] = { false };
	struct weir_prng r;

	weir_prng_seed(&r, (uint64_t)_i, 2);
	for (int turn = 0; turn < Turns; turn++) {
		char text[Addresses * 80 + 100] = HEAD, from[32];
		size_t used = strlen(text), n;
		unsigned row = 0;

		for (unsigned i = 0; i < Addresses; i++) {
			bool is = weir_prng_below(&r, 3) ? in[i] : !in[i];

			/* Every fourth a prefix rule: at most 32 places. */
			hits[i] = is && in[i] ? hits[i] : 0;
			in[i] = is;
			if (is)
				used += (size_t)snprintf(text + used, sizeof(text) - used, i % 4 ? "  - {action: block, from: 203.0.113.%u}\n"
							 : "  - {action: block, from: 203.0.113.%u/32, protocol: udp}\n", i);
		}
		apply(text);
		vectors_right();
		for (unsigned i = 0; i < Addresses; i++) {
			snprintf(from, sizeof(from), "203.0.113.%u", i);
			ck_assert(blocked(from) == in[i]);
			hits[i] += in[i];
		}
		rows(&n);
		for (unsigned i = 0; i < Addresses; i++)
			if (in[i])
				ck_assert_uint_eq(rows(&n)[row++].hits, hits[i]);
		ck_assert_uint_eq(row, n);
	}
}
END_TEST

/* --- Between two packets ------------------------------------------------------------------------------------------ */

#define OLD HEAD "  - {action: block, from: 203.0.113.1}\n  - {action: block, from: 203.0.113.2}\n  - {action: block, from: 203.0.113.64/26}\n" \
	"  - {action: block, from: 203.0.113.128/26}\n  - {action: limit, from: 203.0.113.5, rate: {packets_per_s: 2, burst_packets: 1}}\n"
#define NEW HEAD "  - {action: block, from: 203.0.113.2}\n  - {action: block, from: 203.0.113.3}\n  - {action: block, from: 203.0.113.128/26}\n" \
	"  - {action: block, from: 203.0.113.192/26}\n  - {action: limit, from: 203.0.113.6, rate: {packets_per_s: 3, burst_packets: 1}}\n"

static struct {
	unsigned old, new, neither, back;
} seen;

/* Which set is in force, by what it does to frames. 0 old, 1 new, 2 neither */
static int set_in_force(void)
{
	static const char *const probe[] = { "203.0.113.1", "203.0.113.2", "203.0.113.3", "203.0.113.65", "203.0.113.129", "203.0.113.193" };
	unsigned verdict = 0;

	for (unsigned i = 0; i < sizeof(probe) / sizeof(probe[0]); i++)
		verdict |= (unsigned)blocked(probe[i]) << i;
	return verdict == 0x1b ? 0 : verdict == 0x36 ? 1 : 2;
}

static void look(void *ctx)
{
	int is = set_in_force();

	(void)ctx;
	seen.old += is == 0;
	seen.new += is == 1;
	seen.neither += is == 2;
	seen.back += is == 0 && seen.new;
}

START_TEST(test_between_packets)
{
	uint64_t hits;
	size_t n;

	apply(OLD);
	for (int turn = 0; turn < 3; turn++) {
		memset(&seen, 0, sizeof(seen));
		hits = rows(&n)[1].hits;
		fake_watch(dev, look, NULL);
		apply(NEW);
		fake_watch(dev, NULL, NULL);
		ck_assert_msg(seen.old > 5 && seen.new > 0 && !seen.neither && !seen.back, "old %u new %u neither %u back %u", seen.old, seen.new,
			      seen.neither, seen.back);
		/* But for the hits between reading and writing its place again: at most one look. */
		ck_assert_uint_ge(rows(&n)[0].hits + 1, hits + seen.old + seen.new);
		apply(OLD);
	}
}
END_TEST

/* The link fails at the n-th request: the old rules are in force or the new ones, never anything else; the site knows which; the next change
 * leaves nothing behind. */
START_TEST(test_faults)
{
	bool for_good = _i & 1, dirty = _i >> 2 & 1;
	enum fake_fault fault = _i >> 1 & 1 ? FAKE_DONE : FAKE_NOT_DONE;
	unsigned ended[2] = { 0 }, partly = 0;
	uint64_t all = 0;

	for (uint64_t at = 0; !at || at < all; at += dirty ? 5 : 1) {
		int rc, is;
		size_t n;

		apply(OLD);
		if (dirty) {   /* what an earlier one has left makes another way */
			fake_fail(dev, 12, -ENODEV, FAKE_DONE, true);
			ck_assert(weir_rules_apply_text(site, NEW, "new", &n));
			fake_heal(dev);
			is = set_in_force();
			ck_assert_int_eq(is, 0);
		}
		if (!at) {
			all = fake_requests(dev);
			apply(NEW);
			all = fake_requests(dev) - all;
			apply(OLD);
			if (dirty) {
				fake_fail(dev, 12, -ENODEV, FAKE_DONE, true);
				ck_assert(weir_rules_apply_text(site, NEW, "new", &n));
				fake_heal(dev);
			}
		}
		fake_fail(dev, at, -ETIMEDOUT, fault, for_good);
		rc = weir_rules_apply_text(site, NEW, "new", &n);
		fake_heal(dev);
		ck_assert_msg(rc == -ETIMEDOUT || rc == WEIR_EPARTLY, "%u: %d", (unsigned)at, rc);
		is = set_in_force();
		ck_assert_msg(is < 2, "request %u of %u: neither", (unsigned)at, (unsigned)all);
		if (rc == WEIR_EPARTLY || strstr(weir_dev_detail(dev), "; the new rules are in force"))
			ck_assert_int_eq(is, 1);
		if (strstr(weir_dev_detail(dev), "the old rules stay"))
			ck_assert_int_eq(is, 0);
		partly += rc == WEIR_EPARTLY;
		ended[is]++;
		ck_assert_ptr_nonnull(strstr(rows(&n)[0].text, is ? "203.0.113.2" : "203.0.113.1"));
		ck_assert_uint_eq(n, 5);
		apply(HEAD "  - {action: block, from: 203.0.113.7}\n");
		ck_assert_uint_eq(places_used(), 1);
		ck_assert_uint_eq(pins_used(), 0);
		ck_assert(blocked("203.0.113.7") && !blocked("203.0.113.1") && !blocked("203.0.113.3"));
	}
	ck_assert_msg(ended[0] > 10 && (dirty || (ended[1] > 0 && partly > 0)), "%u %u %u", ended[0], ended[1], partly);
}
END_TEST

/* The host dies: nobody cleans up, another process finds the site as it is. */
START_TEST(test_crash)
{
	size_t n;

	for (uint64_t at = 0; at < 60; at++) {
		int is;

		apply(OLD);
		fake_fail(dev, at, -ENODEV, FAKE_DONE, true);
		if (!weir_rules_apply_text(site, NEW, "new", &n))
			at = 60;
		weir_site_close(site);
		fake_heal(dev);
		ck_assert(!weir_site_open(dev, folder, &site));
		is = set_in_force();
		ck_assert_int_lt(is, 2);
		ck_assert_ptr_nonnull(strstr(rows(&n)[0].text, is ? "203.0.113.2" : "203.0.113.1"));
	}
}
END_TEST

/* --- Vectors of prefix rules: only those that change -------------------------------------------------------------- */

enum { AllVectors = WEIR_PREFIX_HITS * WEIR_ENTRY_WORDS };

/* Rules: `prefix` of them by prefix, the last one with that length and a range of ports; `exact` ones. @return words that crossed */
static uint64_t set(unsigned prefix, unsigned length, unsigned exact)
{
	char text[4096] = HEAD;
	size_t used = strlen(text);
	uint64_t words;

	for (unsigned i = 0; i < prefix; i++)
		used += (size_t)snprintf(text + used, sizeof(text) - used, i + 1 < prefix ? "  - {action: block, from: 198.51.%u.0/24}\n" :
					 "  - {action: block, from: 198.51.%u.0/%u, protocol: tcp, port: 80-90}\n", i, length);
	for (unsigned i = 0; i < exact; i++)
		used += (size_t)snprintf(text + used, sizeof(text) - used, "  - {action: block, from: 203.0.113.%u}\n", i);
	if (!prefix && !exact)
		snprintf(text, sizeof(text), "weir_policy: 1\n");
	words = fake_words(dev);
	apply(text);
	words = fake_words(dev) - words;
	vectors_right();
	ck_assert(!exact || (blocked("203.0.113.0") && !blocked("203.0.113.99")));
	ck_assert(!prefix || prefix < 2 || blocked("198.51.0.9"));
	return words;
}

START_TEST(test_vectors)
{
	/* Nobody knows what the other set holds; then it is known, as long as nothing but exact rules changes. */
	ck_assert_uint_gt(set(3, 24, 2), AllVectors);
	ck_assert_uint_gt(set(3, 24, 3), AllVectors);
	for (unsigned n = 4; n < 9; n++)
		ck_assert_uint_lt(set(3, 24, n), 400);
	ck_assert_uint_lt(set(3, 24, 2), 400);
	/* A prefix rule that changes: its vectors, and then all, since the other set is behind. */
	ck_assert_uint_lt(set(3, 25, 2), 1200);
	ck_assert_uint_gt(set(3, 25, 3), AllVectors);
	ck_assert_uint_lt(set(3, 25, 4), 400);
	/* None, and again. */
	set(0, 0, 4);
	set(0, 0, 3);
	ck_assert_uint_gt(set(3, 25, 3), AllVectors);
	ck_assert_uint_gt(set(3, 25, 4), AllVectors);
	ck_assert_uint_lt(set(3, 25, 5), 400);
	/* A policy clears both sets. */
	load("weir_policy: 1\nrules:\n  list:\n  - {action: block, from: 198.51.0.0/24}\n");
	vectors_right();
	ck_assert_uint_gt(set(1, 24, 1), AllVectors);
}
END_TEST

/* A change that breaks off at any request leaves nothing to be relied on. */
START_TEST(test_vectors_broken)
{
	const char *other = HEAD "  - {action: block, from: 198.51.7.0/24}\n  - {action: block, from: 203.0.113.5}\n";
	uint64_t all = 1;
	size_t n;

	for (uint64_t at = 0; at < all; at += at < 20 ? 1 : 7) {
		set(3, 24, 2);
		set(3, 24, 3);
		set(3, 24, 4);
		if (!at) {
			all = fake_requests(dev);
			apply(other);
			all = fake_requests(dev) - all;
			set(3, 24, 2);
			set(3, 24, 3);
			set(3, 24, 4);
		}
		fake_fail(dev, at, -ETIMEDOUT, _i & 1 ? FAKE_DONE : FAKE_NOT_DONE, true);
		ck_assert(weir_rules_apply_text(site, other, "other", &n));
		fake_heal(dev);
		if (_i & 2) {   /* the host, too */
			weir_site_close(site);
			ck_assert(!weir_site_open(dev, folder, &site));
		}
		vectors_right();
		set(3, 24, 5);
	}
	ck_assert_uint_gt(all, 10);
}
END_TEST

/* A rule is not where it was put: somebody else was there. */
START_TEST(test_meddled)
{
	const uint32_t none[8] = { 0 };
	size_t n;

	apply(OLD);
	fake_fail(dev, 12, -ENODEV, FAKE_NOT_DONE, true);
	ck_assert(weir_rules_apply_text(site, NEW, "new", &n));
	fake_heal(dev);
	for (uint32_t i = 0; i < WEIR_RULES_EXACT; i++)
		weir_write(dev, WEIR_REG_RULE_EXACT(i), 8, none);
	ck_assert_int_eq(weir_rules_apply_text(site, NEW, "new", &n), WEIR_ECHANGED);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("rules");
	TCase *c = tcase_create("rules");

	tcase_add_checked_fixture(c, setup, site_teardown);
	tcase_set_timeout(c, 300);
	tcase_add_test(c, test_apply);
	tcase_add_test(c, test_after_policy);
	tcase_add_test(c, test_limits);
	tcase_add_test(c, test_rates);
	tcase_add_test(c, test_refused);
	tcase_add_test(c, test_expiry);
	tcase_add_test(c, test_round_trip);
	tcase_add_test(c, test_full);
	tcase_add_test(c, test_too_full);
	tcase_add_loop_test(c, test_random, 0, 4);
	tcase_add_test(c, test_between_packets);
	tcase_add_loop_test(c, test_faults, 0, 8);
	tcase_add_test(c, test_crash);
	tcase_add_test(c, test_vectors);
	tcase_add_loop_test(c, test_vectors_broken, 0, 4);
	tcase_add_test(c, test_meddled);
	suite_add_tcase(s, c);
	return check_run(s);
}
