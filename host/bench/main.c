// SPDX-License-Identifier: Apache-2.0
/* weir-bench-host: what a host and its link to the appliance do (docs/benchmarks.md, "Host"). */
#include <argp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host.h"

enum { OptImage = 256, OptSim, OptCtl, OptEngine };

struct arguments {
	struct host_job job;
	const char *json, *only;
};

static const struct argp_option options[] = {
	{ "json", 'j', "FILE", 0, "write the figures", 0 },
	{ "only", 'o', "PART", 0, "push, swap, why, or live", 0 },
	{ "quick", 'q', NULL, 0, "few and small, only what is checked: for tests", 0 },
	{ "dir", 'd', "DIR", 0, "where folders and sockets are made for as long as they are used (build/bench)", 0 },
	{ "engine", OptEngine, "ENGINE", 0, "of live: rtl or model (both)", 0 },
	{ "image", OptImage, "FILE", 0, "the firmware (build/firmware/weir.hex)", 0 },
	{ "sim", OptSim, "FILE", 0, "weir-sim (build/weir-sim)", 0 },
	{ "ctl", OptCtl, "FILE", 0, "weirctl (build/weirctl)", 0 },
	{ 0 },
};

static const struct part {
	const char *name;
	void (*run)(struct host_job *job);
	bool quick;   /* has checks */
} parts[] = {
	{ "push", host_push, true }, { "swap", host_swap, true }, { "why", host_why, true }, { "live", host_live, false },
};
enum { Parts = sizeof(parts) / sizeof(parts[0]) };

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct arguments *a = state->input;
	bool known = false;

	switch (key) {
	case 'j': a->json = arg; return 0;
	case 'd': a->job.dir = arg; return 0;
	case 'q': a->job.quick = true; return 0;
	case OptEngine: a->job.engine = arg; return 0;
	case OptImage: a->job.image = arg; return 0;
	case OptSim: a->job.sim = arg; return 0;
	case OptCtl: a->job.ctl = arg; return 0;
	case 'o':
		for (size_t i = 0; i < Parts; i++)
			known |= !strcmp(arg, parts[i].name);
		if (!known)
			argp_error(state, "--only: push, swap, why, or live");
		a->only = arg;
		return 0;
	default: return ARGP_ERR_UNKNOWN;
	}
}

int main(int argc, char **argv)
{
	struct arguments a = { .job = { .image = "build/firmware/weir.hex", .sim = "build/weir-sim", .ctl = "build/weirctl", .dir = "build/bench" } };
	static const struct argp argp = {
		.options = options, .parser = parse,
		.doc = "Thresholds and rules a second, a full table swapped under load, why, live mode: the host side of the appliance, measured.",
	};
	int status;

	setvbuf(stdout, NULL, _IOLBF, 0);
	argp_parse(&argp, argc, argv, 0, NULL, &a);
	a.job.root = json_pack("{s:i}", "weir_bench_host", 1);
	for (size_t i = 0; i < Parts; i++)
		if (a.only ? !strcmp(a.only, parts[i].name) : parts[i].quick || !a.job.quick)
			parts[i].run(&a.job);
	printf("\nweir-bench-host: %u checks, %u failed\n", a.job.checks, a.job.failed);
	status = a.job.failed ? EXIT_FAILURE : EXIT_SUCCESS;
	if (a.json && json_dump_file(a.job.root, a.json, JSON_INDENT(2))) {
		fprintf(stderr, "weir-bench-host: cannot write %s\n", a.json);
		status = EXIT_FAILURE;
	}
	json_decref(a.job.root);
	return status;
}
