// SPDX-License-Identifier: Apache-2.0
/* loop_zombie_test WEIR_LOOP DIR model|both: bots that complete handshakes, rules, and full tables, in the closed loop.
 * What the server counts is the server's own; the appliance's counts must lead to it. */
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include <jansson.h>

enum { CommandMost = 2048, Ms = 1000000 };

static unsigned checks, failed;
static const char *scenario;

#define CHECK(holds) check(holds, #holds)

static void check(bool holds, const char *text)
{
	checks++;
	if (holds)
		return;
	failed++;
	printf("FAILED: %s: %s\n", scenario, text);
}

/* --- the result */

/* "a.b.c"; 0 when it is not there: reasons and events that did not occur are left out. */
static long long at(const json_t *o, const char *path)
{
	char name[64];

	while (o && *path) {
		size_t n = strcspn(path, ".");

		snprintf(name, sizeof(name), "%.*s", (int)n, path);
		o = json_object_get(o, name);
		path += n + (path[n] == '.');
	}
	return json_integer_value(o);
}

static bool known(const json_t *o)
{
	return json_is_true(json_object_get(o, "known"));
}

struct range {
	long long least, most, sum;
	size_t n;
};

/* Of a field, over the bots; over the visitors that have come before or not. */
static struct range range_of(const json_t *d, const char *list, const char *field, int only_known)
{
	struct range r = { .least = INT64_MAX };
	const json_t *o;
	size_t i;

	json_array_foreach(json_object_get(d, list), i, o) {
		long long v = at(o, field);

		if (only_known >= 0 && known(o) != only_known)
			continue;
		r.least = v < r.least ? v : r.least;
		r.most = v > r.most ? v : r.most;
		r.sum += v;
		r.n++;
	}
	return r;
}

static struct range bots(const json_t *d, const char *field)
{
	return range_of(d, "bot", field, -1);
}

static struct range visitors(const json_t *d, bool is_known)
{
	return range_of(d, "visitor", "syns", is_known);
}

static void check_sound(const json_t *d)
{
	CHECK(at(d, "mismatches") == 0);
	CHECK(at(d, "unexplained") == 0);
	CHECK(at(d, "alive") == at(d, "residents"));
}

static void check_all_served(const json_t *d)
{
	check_sound(d);
	CHECK(at(d, "served") == at(d, "visitors"));
}

static bool no_meter_trips(const json_t *d)
{
	return !at(d, "floods.meters.trips") && !at(d, "floods.address.trips") && !at(d, "floods.total.trips");
}

/* --- zombies: 20 bots, each a connection every 50 ms, from second 4 on */

static void unlimited(const json_t *d)
{
	check_sound(d);
	CHECK(at(d, "floods.zombie.trips") == 1);
	CHECK(at(d, "server_full") > 0);
	CHECK(at(d, "served") * 2 < at(d, "visitors"));
	CHECK(!at(d, "frames.bots.reasons.zombie_limit"));
}

enum { Concurrent = 10, Opened = 5, Began = 4000, Ended = 10000, Hold = 2000 };

static void declared_and_ended(const json_t *d)
{
	CHECK(at(d, "floods.zombie.trips") == 1);
	CHECK(at(d, "floods.zombie.first_trip_ns") > (long long)Began * Ms);
	CHECK(at(d, "floods.zombie.first_trip_ns") < (long long)(Began + 200) * Ms);
	/* With the first SYN of anybody after the hold time. */
	CHECK(at(d, "floods.zombie.ends") == 1);
	CHECK(at(d, "floods.zombie.last_end_ns") > (long long)(Ended + Hold - 100) * Ms);
	CHECK(at(d, "floods.zombie.last_end_ns") < (long long)(Ended + Hold + 1500) * Ms);
	CHECK(no_meter_trips(d));
}

static void honest_get_in(const json_t *d)
{
	check_all_served(d);
	CHECK(visitors(d, true).n == 30);
	CHECK(visitors(d, true).most == 1);
	CHECK(visitors(d, false).n == 30);
	CHECK(visitors(d, false).most == 2);
	CHECK(at(d, "frames.clients.reasons.syn_challenge") > 0);
	CHECK(at(d, "frames.clients.reasons.syn_proof") == at(d, "frames.clients.reasons.syn_challenge"));
	CHECK(!at(d, "frames.clients.reasons.zombie_limit"));
	CHECK(at(d, "server_full") == 0);
}

static void concurrent(const json_t *d)
{
	struct range held = bots(d, "held_most"), later = bots(d, "held_most_later");

	declared_and_ended(d);
	honest_get_in(d);
	/* What is on its way when the last one is established comes in addition. */
	CHECK(held.least == Concurrent);
	CHECK(held.most <= Concurrent + 2);
	CHECK(later.least > Concurrent + 4);
	CHECK(at(d, "frames.bots.reasons.zombie_limit") > 1000);
}

/* The count is set back at each 2^24 us, which is not between second 1 and second 15.7. Each bot's first one counts. */
static void opened(const json_t *d)
{
	struct range accepted = bots(d, "accepted");

	declared_and_ended(d);
	honest_get_in(d);
	CHECK(accepted.least == Opened);
	CHECK(accepted.most == Opened);
}

/* Who closes what he opens has few at once, however fast he is. */
static void closing(const json_t *d)
{
	declared_and_ended(d);
	honest_get_in(d);
	CHECK(at(d, "frames.bots.reasons.zombie_limit") == 0);
	CHECK(bots(d, "accepted").sum == bots(d, "syns").sum);
	CHECK(bots(d, "accepted").least > 8 * Concurrent);
}

/* A flood in the name of one that is legitimate: that one alone is out. Declared by what its flood alone is. */
static void forged(const json_t *d)
{
	struct range syns = visitors(d, true);

	check_sound(d);
	CHECK(at(d, "floods.zombie.trips") == 1);
	CHECK(at(d, "served") == at(d, "visitors") - 1);
	CHECK(at(d, "most_tries") == 1);
	CHECK(syns.most > 1);
	CHECK(at(d, "backlog_full") == 0);
	CHECK(at(d, "frames.flood.passed") * 20 < at(d, "frames.flood.offered"));
}

/* --- rules */

static void blocked_later(const json_t *d)
{
	long long rules_ns = at(d, "rules_ns");

	check_all_served(d);
	CHECK(rules_ns > 7000ll * Ms);
	CHECK(rules_ns < 7200ll * Ms);
	CHECK(bots(d, "held_most").least > 2 * Concurrent);
	CHECK(at(d, "bots_after_rules") == 0);
	CHECK(at(d, "frames.bots.reasons.rule_block") == at(d, "frames.bots.by_rule"));
	CHECK(at(d, "frames.bots.by_rule") > 2000);
	CHECK(at(d, "frames.clients.by_rule") == 0);
	CHECK(at(d, "floods.zombie.trips") == 1);
	CHECK(at(d, "floods.zombie.ends") == 1);
	CHECK(at(d, "floods.zombie.last_end_ns") > rules_ns + (long long)(Hold - 100) * Ms);
	CHECK(at(d, "floods.zombie.last_end_ns") < rules_ns + (long long)(Hold + 1500) * Ms);
	CHECK(no_meter_trips(d));
}

static void blocked(const json_t *d)
{
	check_all_served(d);
	CHECK(at(d, "most_tries") == 1);
	CHECK(bots(d, "accepted").most == 0);
	CHECK(at(d, "frames.bots.passed") == 0);
	CHECK(at(d, "frames.bots.events.unseen") == at(d, "frames.bots.offered"));
	CHECK(at(d, "floods.zombie.trips") == 0);
	CHECK(no_meter_trips(d));
}

/* The first visitor is allowed. */
static void allowed(const json_t *d)
{
	const json_t *first = json_array_get(json_object_get(d, "visitor"), 0);

	check_all_served(d);
	CHECK(at(d, "most_tries") == 2);
	CHECK(at(first, "syns") == 1);
	CHECK(range_of(d, "visitor", "syns", false).sum == 2 * at(d, "visitors") - 1);
	CHECK(at(d, "frames.clients.reasons.syn_challenge") == at(d, "visitors") - 1);
	CHECK(at(d, "frames.clients.by_rule") == at(d, "frames.clients.reasons.rule_allow"));
	CHECK(at(d, "frames.clients.by_rule") >= 4);
	CHECK(at(d, "frames.flood.by_rule") == 0);
}

/* Whoever writes an allowed address into his packets is allowed. */
static void allowed_forged(const json_t *d)
{
	CHECK(at(d, "frames.flood.passed") == at(d, "frames.flood.offered"));
	CHECK(at(d, "frames.flood.offered") > 10000);
	CHECK(at(d, "served") < at(d, "visitors"));
	CHECK(at(d, "floods.zombie.trips") == 0);
	CHECK(no_meter_trips(d));
}

/* --- tables full: some 4,400 connections, a hundred bots hold them */

static void filled(const json_t *d)
{
	check_sound(d);
	CHECK(at(d, "tables.connection.used") == at(d, "tables.connection.size"));
	CHECK(at(d, "tables.connection.size") == 1024);
	/* Only the residents and the bots, when they were new: not followed is not made legitimate. */
	CHECK(at(d, "tables.legit.used") == at(d, "residents") + (long long)bots(d, "syns").n);
	CHECK(at(d, "floods.zombie.trips") == 0);
}

static void full_open(const json_t *d)
{
	filled(d);
	CHECK(at(d, "served") == at(d, "visitors"));
	CHECK(at(d, "most_tries") == 1);
	CHECK(bots(d, "accepted").sum == bots(d, "syns").sum);
	CHECK(at(d, "frames.clients.events.established") == at(d, "residents"));
	CHECK(at(d, "frames.clients.events.full") > at(d, "visitors"));
	CHECK(at(d, "frames.clients.dropped") == 0);
	CHECK(no_meter_trips(d));
}

static void full_closed(const json_t *d)
{
	filled(d);
	/* Their SYN passes, and the server's answer; what comes then is dropped. */
	CHECK(at(d, "served") == 0);
	CHECK(at(d, "frames.clients.reasons.full_connection") == at(d, "frames.clients.events.full"));
	CHECK(at(d, "frames.clients.reasons.full_connection") == at(d, "frames.clients.dropped"));
	CHECK(at(d, "frames.clients.reasons.full_connection") > at(d, "visitors"));
	CHECK(at(d, "frames.server.dropped") == 0);
	CHECK(at(d, "open") <= 1024 + 64);
	CHECK(no_meter_trips(d));
}

static void full_and_flood(const json_t *d)
{
	filled(d);
	CHECK(at(d, "served") == at(d, "visitors"));
	CHECK(at(d, "most_tries") == 2);
	CHECK(at(d, "floods.address.trips") == 1);
	CHECK(at(d, "flood_reached") < 300);
}

/* A thousand bots prove themselves again and again: `proven` is full of them. */
static void proven_full(const json_t *d)
{
	check_all_served(d);
	CHECK(at(d, "most_tries") == 2);
	CHECK(at(d, "tables.proven.used") == at(d, "tables.proven.size"));
	CHECK(at(d, "tables.proven.evictions") > 10000);
	CHECK(at(d, "floods.address.trips") == 1);
}

/* --- runs */

static const struct {
	const char *name, *text;     /* BOTS, FIRST: the bots' prefix, the first visitor's address */
} policies[] = {
	{ "unlimited", "weir_policy: 1\nzombie_flood: {total_syn_per_s: 200, connections_per_source: unlimited, new_per_source: unlimited, hold_ms: 2000}\n" },
	{ "concurrent", "weir_policy: 1\nzombie_flood: {total_syn_per_s: 200, connections_per_source: 10, new_per_source: unlimited, hold_ms: 2000}\n" },
	{ "opened", "weir_policy: 1\nzombie_flood: {total_syn_per_s: 200, connections_per_source: unlimited, new_per_source: 5, hold_ms: 2000}\n" },
	{ "block", "weir_policy: 1\nrules:\n  list:\n    - {action: block, from: BOTS}\n" },
	{ "block-zombies", "weir_policy: 1\nzombie_flood: {total_syn_per_s: 200}\nrules:\n  list:\n    - {action: block, from: BOTS}\n" },
	{ "allow", "weir_policy: 1\nrules:\n  list:\n    - {action: allow, from: FIRST}\n" },
	{ "closed", "weir_policy: 1\nconnections: {when_full: closed}\n" },
	{ "default", "weir_policy: 1\n" },
};

struct row {
	const char *name, *policy, *arguments;   /* DIR, FIRST, LAST: folder of the policies; addresses of visitors 1 and 20 */
	void (*check)(const json_t *d);
	const char *less;        /* in the hardware too, with these behind; NULL: not */
};

#define ZOMBIES "--clients=60 --known=30 --start-ms=5000 --spread-ms=10000 --bots=20 --bot-rate=20 --bots-from-ms=4000 --server-room=600 "
#define LATER "--bots-until-ms=10000 --bots-later-ms=13000 --bot-later-rate=2 --spread-ms=13000 "
#define FULL "--clients=60 --start-ms=16000 --spread-ms=5000 --bots=100 --bot-rate=4 --bots-from-ms=4000 --bots-until-ms=15000 "

static const struct row rows[] = {
	{ "unlimited", "unlimited", ZOMBIES, unlimited, "" },
	{ "concurrent", "concurrent", ZOMBIES LATER, concurrent, "" },
	{ "opened", "opened", ZOMBIES "--bots-close --bots-until-ms=10000", opened, "" },
	{ "closing", "concurrent", ZOMBIES "--bots-close --bots-until-ms=10000", closing, "" },
	{ "forged", "default", "--clients=20 --known=20 --rate=20000 --spread-ms=2000 --patience-ms=4000 --flood-prefix=LAST", forged,
	  "--rate=12000 --spread-ms=1000 --patience-ms=2500" },
	{ "blocked later", "unlimited", ZOMBIES "--server-room=10000 --rules=DIR/block.yaml --rules-ms=7000", blocked_later, "" },
	{ "blocked", "block-zombies", ZOMBIES, blocked, "" },
	{ "allowed", "allow", "--clients=20 --spread-ms=2000 --rate=20000", allowed, "--rate=4000" },
	{ "allowed and forged", "allow", "--clients=20 --spread-ms=1000 --patience-ms=1500 --rate=20000 --backlog=500 --flood-prefix=FIRST",
	  allowed_forged, NULL },
	{ "full, open", "default", FULL, full_open, "" },
	{ "full, closed", "closed", FULL, full_closed, "" },
	{ "full, SYN flood", "default", FULL "--rate=20000 --flood-from-ms=15000", full_and_flood, NULL },
	{ "proven full", "default", "--clients=200 --rate=20000 --bots=1000 --bots-strange --bot-rate=2 --bots-close", proven_full, NULL },
};

/* Append text, names in capitals replaced. */
static void expand(char *to, size_t room, const char *text, const char *dir, int family)
{
	const struct {
		const char *name, *value;
	} names[] = {
		{ "DIR", dir }, { "BOTS", family == 4 ? "203.0.112.0/20" : "\"2001:db8:b07::/48\"" },
		{ "FIRST", family == 4 ? "198.18.0.1" : "2001:2::1" }, { "LAST", family == 4 ? "198.18.0.20" : "2001:2::14" },
	};
	size_t n = strlen(to);

	while (*text && n + 1 < room) {
		size_t i = 0, len = sizeof(names) / sizeof(names[0]);

		while (i < len && strncmp(text, names[i].name, strlen(names[i].name)))
			i++;
		if (i == len) {
			to[n++] = *text++;
			to[n] = 0;
			continue;
		}
		n += (size_t)snprintf(to + n, room - n, "%s", names[i].value);
		text += strlen(names[i].name);
	}
}

static void write_policies(const char *dir, int family)
{
	char name[CommandMost], text[CommandMost];

	for (size_t i = 0; i < sizeof(policies) / sizeof(policies[0]); i++) {
		FILE *f;

		snprintf(name, sizeof(name), "%s/%s.yaml", dir, policies[i].name);
		text[0] = 0;
		expand(text, sizeof(text), policies[i].text, dir, family);
		f = fopen(name, "we");
		if (!f || fputs(text, f) == EOF || fclose(f)) {
			perror(name);
			exit(1);
		}
	}
}

static void run(const char *program, const char *dir, const struct row *r, int family, bool both)
{
	char line[CommandMost], name[200];
	json_error_t error;
	json_t *d;
	int status;
	FILE *f;

	snprintf(name, sizeof(name), "%s, IPv%d", r->name, family);
	scenario = name;
	snprintf(line, sizeof(line), "%s --engine=%s --family=%d --json=- --policy=%s/%s.yaml ", program,
		 both ? "both" : "model", family, dir, r->policy);
	expand(line, sizeof(line), r->arguments, dir, family);
	if (both) {
		expand(line, sizeof(line), " ", dir, family);
		expand(line, sizeof(line), r->less, dir, family);
	}
	f = popen(line, "re");
	d = f ? json_loadf(f, 0, &error) : NULL;
	status = f ? pclose(f) : -1;
	checks++;
	if (!d || !WIFEXITED(status) || WEXITSTATUS(status)) {
		failed++;
		printf("FAILED: %s: status %d, %s\n", scenario, status, d ? "a result" : "no result");
	}
	if (d) {
		unsigned before = failed;

		r->check(d);
		if (failed != before)
			printf("%s\n", line);
	}
	json_decref(d);
}

int main(int argc, char **argv)
{
	bool both;

	if (argc != 4) {
		fprintf(stderr, "loop_zombie_test WEIR_LOOP DIR model|both\n");
		return 2;
	}
	both = !strcmp(argv[3], "both");
	for (int family = 4; family <= 6; family += 2) {
		write_policies(argv[2], family);
		for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
			if (!both || rows[i].less)
				run(argv[1], argv[2], &rows[i], family, both);
	}
	printf("loop_zombie_%s: %u checks, %u failed\n", argv[3], checks, failed);
	return failed ? 1 : 0;
}
