// SPDX-License-Identifier: Apache-2.0
/* weir-bench-learn: the firmware learns normal traffic, is attacked, and shows how it does (docs/benchmarks.md, "Learning").
 * Misses are shown beside their aims; they fail nothing. */
#include <argp.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <jansson.h>

#include "learn.h"
#include "sim/bench/bench.h"
#include "step.h"

enum { SeedsMost = 1000, OptionsMost = 4, NameMax = 1024, Normal = 120, EpochOfCapture = 1767225600, SeedNormal = 1000 };

struct arguments {
	const char *policy, *dir, *json, *only, *gen;
	int seeds;
};

static const struct argp_option options[] = {
	{ "policy", 'p', "FILE", 0, "policy (sim/bench/defence/default.yaml)", 0 },
	{ "dir", 'd', "DIR", 0, "where captures are written for as long as they are used (build/bench)", 0 },
	{ "gen", 'g', "FILE", 0, "weir-gen (build/weir-gen)", 0 },
	{ "json", 'j', "FILE", 0, "write the figures", 0 },
	{ "only", 'o', "SCENARIO", 0, "only this one", 0 },
	{ "seeds", 's', "N", 0, "seeds 1 to N (3)", 0 },
	{ 0 },
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct arguments *a = state->input;
	char *end;
	long n;

	switch (key) {
	case 'p': a->policy = arg; return 0;
	case 'd': a->dir = arg; return 0;
	case 'g': a->gen = arg; return 0;
	case 'j': a->json = arg; return 0;
	case 'o': a->only = arg; return 0;
	case 's':
		n = strtol(arg, &end, 10);
		if (*end || n < 1 || n > SeedsMost)
			argp_error(state, "--seeds: a number from 1 to %d", SeedsMost);
		a->seeds = (int)n;
		return 0;
	default: return ARGP_ERR_UNKNOWN;
	}
}

static bool generate(const struct arguments *a, const char *const option[OptionsMost], int seed, const char *capture,
		     const char *labels)
{
	char number[16];
	const char *arg[OptionsMost + 10] = { a->gen, "--quiet", "--seed", number, "--out", capture, "--labels", labels };
	int n = 8, status;
	pid_t pid;

	snprintf(number, sizeof(number), "%d", seed);
	for (int i = 0; i < OptionsMost && option[i]; i++)
		arg[n++] = option[i];
	pid = fork();
	if (!pid) {
		execv(a->gen, (char *const *)arg);
		_exit(127);
	}
	return pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) && !WEXITSTATUS(status);
}

/* Ends a second before the scenario begins. */
static bool generate_normal(const struct arguments *a, int seed, const char *capture)
{
	char duration[32], epoch[32];
	const char *const option[OptionsMost] = { "--scenario=honest", duration, epoch };

	snprintf(duration, sizeof(duration), "--duration=%d", Normal);
	snprintf(epoch, sizeof(epoch), "--epoch=%d", EpochOfCapture - Normal - 1);
	return generate(a, option, SeedNormal + seed, capture, "/dev/null");
}

static double percent(uint64_t part, uint64_t of)
{
	return of ? 100 * (double)part / (double)of : 0;
}

static void time_text(uint64_t ns, bool attack, char *buf, size_t n)
{
	if (!attack)
		snprintf(buf, n, "-");
	else if (ns == DEFENCE_NEVER)
		snprintf(buf, n, "never");
	else
		snprintf(buf, n, "%.1f", (double)ns / 1e6);
}

static json_t *json_time(uint64_t ns)
{
	return ns == DEFENCE_NEVER ? json_null() : json_integer((json_int_t)ns);
}

static json_t *json_share(const struct defence_share *s)
{
	return json_pack("{s:I, s:I, s:I}", "packets", (json_int_t)s->packets, "lost", (json_int_t)s->lost, "challenged",
			 (json_int_t)s->challenged);
}

static json_t *json_notices(const struct defence_result *r)
{
	static const char *const state[] = { "on", "start", "peak", "end" };
	json_t *rows = json_array();

	for (uint32_t i = 0; i < r->firmware.notices && i < DEFENCE_NOTICES; i++) {
		const struct defence_notice *n = &r->firmware.notice[i];
		int64_t since = (int64_t)(n->ns - (r->attack_ns ? r->attack_ns : r->firmware.begin_ns));

		json_array_append_new(rows, json_pack("{s:I, s:i, s:s, s:i, s:I, s:I, s:I}", "since_attack_ns", (json_int_t)since,
			"kind", (int)(n->word[0] & 0xff), "state", state[n->word[0] >> 8 & 3], "series",
			(int)(n->word[0] >> 16 & 0xfff), "threshold", (json_int_t)n->word[4], "worst", (json_int_t)n->word[5],
			"dropped", (json_int_t)n->word[7]));
	}
	return rows;
}

static json_t *json_series(const struct defence_result *r)
{
	json_t *rows = json_array();

	for (uint32_t i = 0; i < r->firmware.series; i++) {
		const struct defence_series *s = &r->firmware.of[i];

		json_array_append_new(rows, json_pack("{s:I, s:b, s:I, s:I, s:I, s:I, s:I}", "series", (json_int_t)s->number,
			"learned", s->learned, "threshold", (json_int_t)s->threshold, "floor", (json_int_t)s->floor, "ceiling",
			(json_int_t)s->ceiling, "peak", (json_int_t)s->peak, "periods", (json_int_t)s->periods));
	}
	return rows;
}

static json_t *json_reasons(const uint32_t count[256])
{
	json_t *o = json_object();

	for (unsigned i = 0; i < 256; i++)
		if (count[i])
			json_object_set_new(o, weir_reason_name(i), json_integer(count[i]));
	return o;
}

static json_t *row(const struct learn_scenario *s, int seed, const struct defence_result *r, const struct learn_alarms *al)
{
	json_t *o = json_pack("{s:s, s:s?, s:i, s:I, s:I, s:I, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "scenario", s->name,
		"separates", s->separates, "seed", seed, "packets", (json_int_t)r->packets, "attack", (json_int_t)r->attack,
		"removed", (json_int_t)r->removed, "honest_in_class", json_share(&r->inside), "honest_elsewhere",
		json_share(&r->outside), "normal", json_share(&r->firmware.normal), "first_attack_to_alarm_ns",
		json_time(al->first_ns), "first_attack_to_first_removed_ns", json_time(r->first_ns),
		"first_attack_to_95_percent_ns", json_time(r->mostly_ns), "removed_by", json_reasons(r->attack_reason), "lost_by",
		json_reasons(r->lost_reason));

	json_object_update_new(o, json_pack("{s:i, s:i, s:i, s:i, s:i, s:o, s:o}", "false_alarms_normal", (int)al->normal,
		"false_alarms_before_attack", (int)al->before, "alarms", (int)al->since, "alarms_of_one_series_most",
		(int)al->most, "alarms_not_of_meters", (int)al->others, "notices", json_notices(r), "series", json_series(r)));
	return o;
}

static unsigned learned(const struct defence_result *r)
{
	unsigned n = 0;

	for (uint32_t i = 0; i < r->firmware.series; i++)
		n += r->firmware.of[i].learned;
	return n;
}

/* A line, and the aims that it misses. @return how many */
static int show(const struct learn_scenario *s, int seed, const struct defence_result *r)
{
	uint64_t lost = r->inside.lost + r->outside.lost, honest = r->inside.packets + r->outside.packets;
	bool attack = r->attack;
	struct learn_alarms al;
	char alarm[24], mostly[24];
	bool miss[7];
	static const char *const what[7] = { "alarm", "95%", "removed", "lost", "lost elsewhere", "alarms", "false alarms" };
	int missed = 0;

	learn_alarms(r, &al);
	time_text(al.first_ns, attack, alarm, sizeof(alarm));
	time_text(r->mostly_ns, attack, mostly, sizeof(mostly));
	miss[0] = attack && al.first_ns > LEARN_SOON_NS;
	miss[1] = attack && r->mostly_ns > LEARN_SOON_NS;
	miss[2] = attack && s->separates && percent(r->removed, r->attack) < 100 * LEARN_REMOVED_LEAST;
	miss[3] = s->separates && percent(lost, honest) > 100 * LEARN_LOST_MOST;
	miss[4] = !miss[3] && percent(r->outside.lost, r->outside.packets) > 100 * LEARN_LOST_MOST;
	miss[5] = attack && al.most > s->alarms_aim;
	miss[6] = al.normal || al.before || (!attack && al.most > s->alarms_aim);
	printf("  %-18s %4d %-13s %8s %8s %8.2f %8.4f %8.4f %8.2f %7u %4u %4u %5u  ", s->name, seed,
	       s->separates ? s->separates : "-", alarm, mostly, percent(r->removed, r->attack), percent(lost, honest),
	       percent(r->outside.lost, r->outside.packets),
	       percent(r->inside.challenged + r->outside.challenged, honest), al.since, al.series, al.most,
	       al.normal + al.before);
	if (al.others)
		printf("(%u alarms about no meter) ", al.others);
	for (int i = 0; i < 7 && !s->apart; i++)
		if (miss[i])
			printf("%s%s", missed++ ? ", " : "MISSED ", what[i]);
	printf("\n");
	return missed;
}

static int run(const struct arguments *a, const struct learn_scenario *s, int seed, const char *const file[3], json_t *rows)
{
	const struct defence_job job = { .capture = file[0], .labels = file[1], .policy = a->policy, .normal = file[2] };
	static struct defence_result r;
	struct learn_alarms al;
	int rc = generate(a, s->option, seed, file[0], file[1]) ? bench_apart(defence_measure, &job, &r, sizeof(r)) : -1, missed;

	if (rc || r.error) {
		printf("  %-18s %4d FAILED: %s (%d)\n", s->name, seed, rc ? "it ended early" : r.detail, rc ? rc : r.error);
		return -1;
	}
	if (r.firmware.notices > DEFENCE_NOTICES) {
		printf("  %-18s %4d FAILED: more notices than are kept\n", s->name, seed);
		return -1;
	}
	missed = show(s, seed, &r);
	fflush(stdout);
	learn_alarms(&r, &al);
	if (!json_array_size(rows))
		printf("      %u series in use, %u learned; normal: %" PRIu64 " packets, %" PRIu64 " lost, %" PRIu64 " challenged\n",
		       r.firmware.series, learned(&r), r.firmware.normal.packets, r.firmware.normal.lost,
		       r.firmware.normal.challenged);
	json_array_append_new(rows, row(s, seed, &r, &al));
	return missed;
}

static void head(const struct arguments *a)
{
	printf("\nLearning: the model with the firmware, %s, %d s of normal traffic before each scenario, seeds 1 to %d\n", a->policy,
	       Normal, a->seeds);
	printf("Aims: alarm and 95 %% removed <= 250 ms; removed >= 99 %%, honest lost <= 0.1 %% where something separates them, "
	       "<= 0.1 %% elsewhere always; one alarm a series; no false alarm\n");
	printf("  %-18s %4s %-13s %8s %8s %8s %8s %8s %8s %7s %4s %4s %5s\n", "scenario", "seed", "separates", "alarm ms", "95% ms",
	       "removed%", "lost%", "elsewh.", "chall.%", "alarms", "ser.", "most", "false");
}

int main(int argc, char **argv)
{
	struct arguments a = { .policy = "sim/bench/defence/default.yaml", .dir = "build/bench", .gen = "build/weir-gen",
			       .seeds = 3 };
	static const struct argp argp = {
		.options = options, .parser = parse,
		.doc = "The firmware learns normal traffic and is attacked: how soon it alarms, what is removed, what is lost.",
	};
	char capture[NameMax], labels[NameMax], normal[NameMax];
	const char *const file[3] = { capture, labels, normal };
	json_t *rows = json_array(), *root;
	int missed = 0, failed = 0, runs = 0;

	argp_parse(&argp, argc, argv, 0, NULL, &a);
	snprintf(capture, sizeof(capture), "%s/learn-%d.pcap", a.dir, (int)getpid());
	snprintf(labels, sizeof(labels), "%s/learn-%d.labels", a.dir, (int)getpid());
	snprintf(normal, sizeof(normal), "%s/learn-%d-normal.pcap", a.dir, (int)getpid());
	head(&a);
	for (int seed = 1; seed <= a.seeds; seed++) {
		failed += !generate_normal(&a, seed, normal);
		for (size_t i = 0; i < learn_n_scenarios; i++) {
			int rc;

			if (a.only && strcmp(a.only, learn_scenarios[i].name))
				continue;
			runs++;
			rc = run(&a, &learn_scenarios[i], seed, file, rows);
			missed += rc > 0 ? rc : 0;
			failed += rc < 0;
		}
	}
	unlink(capture);
	unlink(labels);
	unlink(normal);
	root = json_pack("{s:i, s:s, s:i, s:o}", "weir_bench_learn", 1, "policy", a.policy, "normal_s", Normal, "rows", rows);
	failed += learn_slow_ramp(root);
	learn_step_cost(root);
	printf("\nweir-bench-learn: %d runs, %d aims missed, %d runs failed\n", runs, missed, failed);
	if (a.json && json_dump_file(root, a.json, JSON_INDENT(2))) {
		fprintf(stderr, "weir-bench-learn: cannot write %s\n", a.json);
		failed++;
	}
	json_decref(root);
	return failed || !runs;
}
