// SPDX-License-Identifier: Apache-2.0
/* weir-bench-defence: every attack scenario of weir-gen through the model (docs/benchmarks.md, "Defence"). Misses are shown
 * beside their aims, with what was behind them; they fail nothing. */
#include <argp.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "defence.h"
#include "sim/bench/bench.h"

enum { Reasons = 3, SettleNsMost = 10000000, SeedsMost = 1000 };

static const double RemovedLeast = 0.99, LostMost = 0.001;

struct arguments {
	const char *policy, *dir, *json, *only, *gen;
	int seeds;
	bool saturate;
};

static const struct argp_option options[] = {
	{ "policy", 'p', "FILE", 0, "policy (sim/bench/defence/default.yaml)", 0 },
	{ "dir", 'd', "DIR", 0, "where captures are written for as long as they are used (build/bench)", 0 },
	{ "gen", 'g', "FILE", 0, "weir-gen (build/weir-gen)", 0 },
	{ "json", 'j', "FILE", 0, "write the figures", 0 },
	{ "only", 'o', "SCENARIO", 0, "only this one", 0 },
	{ "seeds", 's', "N", 0, "seeds 1 to N (3)", 0 },
	{ "full", 'f', NULL, 0, "tables of state are full before a scenario begins", 0 },
	{ 0 },
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct arguments *a = state->input;

	switch (key) {
	case 'p': a->policy = arg; return 0;
	case 'd': a->dir = arg; return 0;
	case 'g': a->gen = arg; return 0;
	case 'j': a->json = arg; return 0;
	case 'o': a->only = arg; return 0;
	case 's': {
		char *end;
		long n = strtol(arg, &end, 10);

		if (*end || n < 1 || n > SeedsMost)
			argp_error(state, "--seeds: a number from 1 to %d", SeedsMost);
		a->seeds = (int)n;
		return 0;
	}
	case 'f': a->saturate = true; return 0;
	default: return ARGP_ERR_UNKNOWN;
	}
}

static bool generate(const struct arguments *a, const char *scenario, int seed, const char *capture, const char *labels)
{
	char number[16];
	pid_t pid;
	int status;

	snprintf(number, sizeof(number), "%d", seed);
	pid = fork();
	if (!pid) {
		execl(a->gen, a->gen, "--quiet", "--scenario", scenario, "--seed", number, "--out", capture, "--labels", labels,
		      (char *)NULL);
		_exit(127);
	}
	return pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) && !WEXITSTATUS(status);
}

static double share(uint64_t part, uint64_t of)
{
	return of ? (double)part / (double)of : 0;
}

static void time_text(uint64_t ns, char *buf, size_t n)
{
	if (ns == DEFENCE_NEVER)
		snprintf(buf, n, "never");
	else
		snprintf(buf, n, "%.1f", (double)ns / 1e6);
}

/* Most frequent ones. */
static void reasons(const char *what, const uint32_t count[256])
{
	uint32_t below = UINT32_MAX;

	for (int k = 0; k < Reasons; k++) {
		unsigned best = 0;

		for (unsigned i = 0; i < 256; i++)
			if (count[i] > count[best] ? count[i] < below : count[best] >= below && count[i] < below)
				best = i;
		if (!count[best] || count[best] >= below)
			return;
		printf("%s%s %" PRIu32, k ? ", " : what, weir_reason_name(best), count[best]);
		below = count[best];
	}
}

static json_t *fills(const struct defence_result *r)
{
	json_t *o = json_object();

	for (unsigned k = 0; k < WEIR_STATES + WEIR_TABLES; k++) {
		bool state = k < WEIR_STATES;
		const struct defence_fill *f = state ? &r->state[k] : &r->table[k - WEIR_STATES];

		json_object_set_new(o, state ? weir_state_info(k)->name : weir_table_info(k - WEIR_STATES)->name,
			json_pack("{s:I, s:I, s:I, s:I}", "size", (json_int_t)f->size, "peak", (json_int_t)f->peak,
				  "evictions", (json_int_t)f->evictions, "full", (json_int_t)f->full));
	}
	return o;
}

/* Of all runs. */
static struct worst {
	struct defence_fill fill;
	const char *peak, *evictions, *full;   /* scenario */
} worst[WEIR_STATES + WEIR_TABLES];

static void note(const char *scenario, const struct defence_result *r)
{
	for (unsigned k = 0; k < WEIR_STATES + WEIR_TABLES; k++) {
		const struct defence_fill *f = k < WEIR_STATES ? &r->state[k] : &r->table[k - WEIR_STATES];
		struct worst *w = &worst[k];

		w->fill.size = f->size;
		if (f->peak > w->fill.peak) {
			w->fill.peak = f->peak;
			w->peak = scenario;
		}
		if (f->evictions > w->fill.evictions) {
			w->fill.evictions = f->evictions;
			w->evictions = scenario;
		}
		if (f->full > w->fill.full) {
			w->fill.full = f->full;
			w->full = scenario;
		}
	}
}

static void show_fills(void)
{
	printf("\n  %-11s %6s   %s\n", "table", "size", "most of all runs: fill, evictions, found no room");
	for (unsigned k = 0; k < WEIR_STATES + WEIR_TABLES; k++) {
		const struct worst *w = &worst[k];

		printf("  %-11s %6u   %5u %-22s %7u %-22s %7u %s\n",
		       k < WEIR_STATES ? weir_state_info(k)->name : weir_table_info(k - WEIR_STATES)->name, w->fill.size,
		       w->fill.peak, w->peak ? w->peak : "", w->fill.evictions, w->evictions ? w->evictions : "",
		       w->fill.full, w->full ? w->full : "");
	}
}

static json_t *counts(const uint32_t count[256])
{
	json_t *o = json_object();

	for (unsigned i = 0; i < 256; i++)
		if (count[i])
			json_object_set_new(o, weir_reason_name(i), json_integer(count[i]));
	return o;
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

static json_t *row(const struct defence_scenario *s, int seed, const struct defence_result *r)
{
	return json_pack("{s:s, s:s?, s:i, s:I, s:I, s:I, s:I, s:I, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}",
		"scenario", s->name, "separates", s->separates, "seed", seed, "packets", (json_int_t)r->packets,
		"attack", (json_int_t)r->attack, "removed", (json_int_t)r->removed, "over_threshold", (json_int_t)r->over,
		"over_threshold_removed", (json_int_t)r->over_removed, "honest_in_class", json_share(&r->inside),
		"honest_elsewhere", json_share(&r->outside), "first_attack_to_threshold_ns", json_time(r->before_ns),
		"first_attack_to_first_removed_ns", json_time(r->first_ns), "first_attack_to_95_percent_ns",
		json_time(r->mostly_ns), "threshold_to_95_percent_ns", json_time(r->settle_ns), "removed_by",
		counts(r->attack_reason), "lost_by", counts(r->lost_reason), "tables", fills(r));
}

/* One line, and below it what missed its aim and by what. Returns the number of aims missed. */
static int show(const struct defence_scenario *s, int seed, const struct defence_result *r)
{
	uint64_t lost = r->inside.lost + r->outside.lost, honest = r->inside.packets + r->outside.packets;
	bool few = r->attack && s->separates && share(r->removed, r->attack) < RemovedLeast;
	bool own = s->separates && share(lost, honest) > LostMost;
	bool others = share(r->outside.lost, r->outside.packets) > LostMost;
	bool late = r->attack && s->separates && r->settle_ns > SettleNsMost;
	char before[24], first[24], mostly[24], settle[24];

	time_text(r->before_ns, before, sizeof(before));
	time_text(r->first_ns, first, sizeof(first));
	time_text(r->mostly_ns, mostly, sizeof(mostly));
	time_text(r->settle_ns, settle, sizeof(settle));
	printf("  %-20s %4d %-13s %8.3f %8.3f  %8.4f %8.4f %8.4f %7.4f %8s %8s %8s %8s %5u %5u %5u\n", s->name, seed,
	       s->separates ? s->separates : "-", 100 * share(r->removed, r->attack), 100 * share(r->over_removed, r->over),
	       100 * share(r->inside.lost, r->inside.packets), 100 * share(r->outside.lost, r->outside.packets),
	       100 * share(lost, honest), 100 * share(r->inside.challenged + r->outside.challenged, honest), before, first,
	       mostly, settle, r->state[WEIR_STATE_connection].peak, r->state[WEIR_STATE_legit].peak,
	       r->state[WEIR_STATE_source].peak);
	if (few) {
		printf("      MISSED removed: %" PRIu64 " passed before a threshold, %" PRIu64 " behind it", r->attack - r->over,
		       r->over - r->over_removed);
		reasons("; removed by ", r->attack_reason);
		printf("\n");
	}
	if (own || others) {
		printf("      MISSED honest%s: %" PRIu64 " of the attacked class, %" PRIu64 " others", others ? " elsewhere" : "",
		       r->inside.lost, r->outside.lost);
		reasons("; lost by ", r->lost_reason);
		printf("\n");
	}
	if (late)
		printf("      MISSED 95 %%: %s ms behind the threshold\n", settle);
	return few + (own || others) + late;
}

static void head(const struct arguments *a)
{
	printf("\nDefence: the model, %s, seeds 1 to %d%s\n", a->policy, a->seeds,
	       a->saturate ? ", tables of state full beforehand" : "");
	printf("Aims: removed >= 99 %% and honest lost <= 0.1 %% where something separates them, <= 0.1 %% elsewhere always, "
	       "95 %% removed <= 10 ms over the threshold\n");
	printf("  %-20s %4s %-13s %8s %8s  %8s %8s %8s %7s %8s %8s %8s %8s %5s %5s %5s\n", "scenario", "seed", "separates",
	       "removed%", "over%", "in class", "elsewh.", "lost%", "chall.%", "over ms", "first ms", "95% ms", "settle",
	       "conn", "legit", "srcs");
}

int main(int argc, char **argv)
{
	struct arguments a = { .policy = "sim/bench/defence/default.yaml", .dir = "build/bench", .gen = "build/weir-gen",
			       .seeds = 3 };
	static const struct argp argp = {
		.options = options, .parser = parse,
		.doc = "Every attack scenario of weir-gen through the model: what is removed, what is lost, how soon.",
	};
	char capture[1024], labels[1024];
	json_t *root, *rows = json_array();
	int missed = 0, failed = 0, runs = 0;

	argp_parse(&argp, argc, argv, 0, NULL, &a);
	snprintf(capture, sizeof(capture), "%s/defence-%d.pcap", a.dir, (int)getpid());
	snprintf(labels, sizeof(labels), "%s/defence-%d.labels", a.dir, (int)getpid());
	head(&a);
	for (size_t i = 0; i < defence_n_scenarios; i++)
		for (int seed = 1; seed <= a.seeds; seed++) {
			const struct defence_scenario *s = &defence_scenarios[i];
			const struct defence_job job = { capture, labels, a.policy, a.saturate, NULL };
			static struct defence_result r;
			int rc = 0;

			if (a.only && strcmp(a.only, s->name))
				continue;
			runs++;
			if (!generate(&a, s->name, seed, capture, labels))
				rc = -1;
			else
				rc = bench_apart(defence_measure, &job, &r, sizeof(r));
			if (rc || r.error) {
				printf("  %-20s %4d FAILED: %s (%d)\n", s->name, seed, rc ? "it ended early" : r.detail,
				       rc ? rc : r.error);
				failed++;
				continue;
			}
			missed += show(s, seed, &r);
			note(s->name, &r);
			fflush(stdout);
			json_array_append_new(rows, row(s, seed, &r));
		}
	unlink(capture);
	unlink(labels);
	show_fills();
	printf("\nweir-bench-defence: %d runs, %d aims missed, %d runs failed\n", runs, missed, failed);
	root = json_pack("{s:i, s:s, s:b, s:o}", "weir_bench_defence", 1, "policy", a.policy, "tables_full", a.saturate, "rows",
			 rows);
	if (a.json && json_dump_file(root, a.json, JSON_INDENT(2))) {
		fprintf(stderr, "weir-bench-defence: cannot write %s\n", a.json);
		failed++;
	}
	json_decref(root);
	return failed || !runs;
}
