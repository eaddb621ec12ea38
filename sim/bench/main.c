// SPDX-License-Identifier: Apache-2.0
/* weir-bench: what the hardware does at full load, and how fast its simulation runs (docs/benchmarks.md). Simulated clocks
 * are exact and checked; wall-clock times are printed, never checked. */
#include <argp.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report.h"

enum { QuickFrames = 3000, WireNs = 20000000 };

/* weir-gen's patterns; equal: frames of 64 bytes with FCS. */
static const struct pattern {
	const char *name;
	bool equal;
} patterns[] = {
	{ "same-key", true }, { "all-keys", true }, { "malformed", true }, { "mixed-size", false },
	{ "state", true },
};

enum { Patterns = sizeof(patterns) / sizeof(patterns[0]) };

struct arguments {
	const char *policy, *captures, *json, *only;
	bool quick;
};

static const struct argp_option options[] = {
	{ "policy", 'p', "FILE", 0, "policy (sim/bench/all-meters.yaml)", 0 },
	{ "captures", 'c', "DIR", 0, "where weir-gen's patterns are, NAME.pcap (build/bench)", 0 },
	{ "json", 'j', "FILE", 0, "write the figures", 0 },
	{ "only", 'o', "SECTION", 0, "saturated, wire, latency, or speed", 0 },
	{ "quick", 'q', NULL, 0, "few frames, only what is checked: for tests", 0 },
	{ 0 },
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct arguments *a = state->input;

	switch (key) {
	case 'p': a->policy = arg; return 0;
	case 'c': a->captures = arg; return 0;
	case 'j': a->json = arg; return 0;
	case 'o': a->only = arg; return 0;
	case 'q': a->quick = true; return 0;
	default: return ARGP_ERR_UNKNOWN;
	}
}

static struct bench_run_job run_job(const struct arguments *a, char *path, size_t n, const char *pattern)
{
	snprintf(path, n, "%s/%s.pcap", a->captures, pattern);
	return (struct bench_run_job){
		.capture = path, .setup = { .policy = a->policy },
		.max_frames = a->quick ? QuickFrames : SIZE_MAX, .limit_ns = UINT64_MAX,
	};
}

static struct bench_run measured(const struct bench_run_job *job)
{
	static struct bench_run r;
	int rc = bench_apart(bench_run, job, &r, sizeof(r));

	if (rc) {
		r = (struct bench_run){ .error = rc };
		snprintf(r.detail, sizeof(r.detail), "%s: it ended early", job->capture);
	}
	return r;
}

static void saturated(const struct arguments *a, struct report *to)
{
	report_saturated_head(to);
	for (size_t i = 0; i < Patterns; i++)
		for (int dry = 0; dry < 2; dry++) {
			char path[1024];
			struct bench_run_job job = run_job(a, path, sizeof(path), patterns[i].name);
			struct bench_run r;

			job.saturate = true;
			job.setup.dry_run = job.setup.free_egress = dry;
			r = measured(&job);
			report_saturated(to, patterns[i].name, patterns[i].equal, &job, &r);
		}
}

static void wire(const struct arguments *a, struct report *to)
{
	report_wire_head(to);
	for (int gmii = 0; gmii < 2; gmii++)
		for (size_t i = 0; i < Patterns; i++)
			for (int dry = 0; dry < 2; dry++) {
				char path[1024];
				struct bench_run_job job = run_job(a, path, sizeof(path), patterns[i].name);
				struct bench_run r;

				job.limit_ns = WireNs;
				job.gmii = gmii;
				job.setup.dry_run = dry;
				r = measured(&job);
				report_wire(to, patterns[i].name, patterns[i].equal, &job, &r);
			}
}

static void latency(const struct arguments *a, struct report *to)
{
	/* With FCS the sizes of RFC 2544: 64, 128, 256, 512, 1024, 1280, 1518. */
	static const uint32_t lens[] = { 60, 124, 252, 508, 1020, 1276, 1514 };

	for (int gmii = 0; gmii < 2; gmii++) {
		report_latency_head(to, gmii);
		for (size_t i = 0; i < sizeof(lens) / sizeof(lens[0]); i++) {
			const struct bench_latency_job job = { .len = lens[i], .policy = a->policy, .gmii = gmii };
			struct bench_latency l;
			int rc = bench_apart(bench_latency, &job, &l, sizeof(l));

			if (rc)
				l = (struct bench_latency){ .error = rc, .detail = "it ended early" };
			report_latency(to, &job, &l);
		}
	}
}

static void speed(const struct arguments *a, struct report *to)
{
	report_speed_head(to);
	for (size_t i = 0; i < Patterns; i++) {
		char path[1024];
		struct bench_run_job job = run_job(a, path, sizeof(path), patterns[i].name);
		struct bench_model_job model = { .capture = path, .setup = job.setup, .max_frames = job.max_frames,
						 .seconds = 2 };
		struct bench_run stream, gmii;
		struct bench_model m;
		int rc;

		job.saturate = true;
		stream = measured(&job);
		job.gmii = true;
		gmii = measured(&job);
		rc = bench_apart(bench_model, &model, &m, sizeof(m));
		if (rc)
			m = (struct bench_model){ .error = rc, .detail = "it ended early" };
		report_speed(to, patterns[i].name, &job, &stream, &gmii, &m);
	}
}

static const struct section {
	const char *name;
	void (*run)(const struct arguments *a, struct report *to);
	bool quick;   /* has checks */
} sections[] = {
	{ "saturated", saturated, true }, { "wire", wire, true }, { "latency", latency, true }, { "speed", speed, false },
};

int main(int argc, char **argv)
{
	struct arguments a = { .policy = "sim/bench/all-meters.yaml", .captures = "build/bench" };
	static const struct argp argp = {
		.options = options, .parser = parse,
		.doc = "Measures the simulated hardware at full load, the speed of its simulation, and the model.",
	};
	struct report *to;
	bool any = false;
	int status;

	argp_parse(&argp, argc, argv, 0, NULL, &a);
	to = report_new(a.policy);
	if (!to)
		return EXIT_FAILURE;
	for (size_t i = 0; i < sizeof(sections) / sizeof(sections[0]); i++) {
		if (a.only ? strcmp(a.only, sections[i].name) : a.quick && !sections[i].quick)
			continue;
		any = true;
		sections[i].run(&a, to);
		fflush(stdout);
	}
	if (!any) {
		fprintf(stderr, "weir-bench: no section '%s'; see --help\n", a.only);
		report_free(to);
		return 2;
	}
	status = report_end(to, a.json);
	report_free(to);
	return status;
}
