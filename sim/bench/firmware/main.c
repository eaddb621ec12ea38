// SPDX-License-Identifier: Apache-2.0
/* weir-bench-firmware: the firmware's image on the simulated soft core: how many events it takes, and a day of normal traffic. */
#include <argp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "firmware.h"

struct arguments {
	struct firmware_job job;
	const char *json, *only;
};

enum { OptImage = 256, OptGen, OptSim, OptQuick };

static const struct argp_option options[] = {
	{ "json", 'j', "FILE", 0, "write the figures", 0 },
	{ "only", 'o', "PART", 0, "events or day", 0 },
	{ "quick", OptQuick, NULL, 0, "less of it", 0 },
	{ "dir", 'd', "DIR", 0, "where captures are written for as long as they are used (build/bench)", 0 },
	{ "image", OptImage, "FILE", 0, "the firmware (build/firmware/weir.hex)", 0 },
	{ "gen", OptGen, "FILE", 0, "weir-gen (build/weir-gen)", 0 },
	{ "sim", OptSim, "FILE", 0, "weir-sim (build/weir-sim)", 0 },
	{ 0 },
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct arguments *a = state->input;

	switch (key) {
	case 'j': a->json = arg; return 0;
	case 'd': a->job.dir = arg; return 0;
	case OptQuick: a->job.quick = true; return 0;
	case OptImage: a->job.image = arg; return 0;
	case OptGen: a->job.gen = arg; return 0;
	case OptSim: a->job.sim = arg; return 0;
	case 'o':
		if (strcmp(arg, "events") && strcmp(arg, "day"))
			argp_error(state, "--only: events or day");
		a->only = arg;
		return 0;
	default: return ARGP_ERR_UNKNOWN;
	}
}

int main(int argc, char **argv)
{
	struct arguments a = { .job = { .image = "build/firmware/weir.hex", .gen = "build/weir-gen", .sim = "build/weir-sim",
					.dir = "build/bench" } };
	static const struct argp argp = {
		.options = options, .parser = parse,
		.doc = "The firmware on the simulated soft core: events a second before its queue overflows, false alarms over a day.",
	};
	json_t *root = json_pack("{s:i}", "weir_bench_firmware", 1);
	int failed = 0, parts = 0;

	setvbuf(stdout, NULL, _IOLBF, 0);
	argp_parse(&argp, argc, argv, 0, NULL, &a);
	if (!a.only || !strcmp(a.only, "events")) {
		failed += firmware_events(&a.job, root);
		parts++;
	}
	if (!a.only || !strcmp(a.only, "day")) {
		failed += firmware_day(&a.job, root);
		parts++;
	}
	printf("\nweir-bench-firmware: %d checks, %d failed\n", parts, failed);
	if (a.json && json_dump_file(root, a.json, JSON_INDENT(2))) {
		fprintf(stderr, "weir-bench-firmware: cannot write %s\n", a.json);
		failed++;
	}
	json_decref(root);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
