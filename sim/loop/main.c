// SPDX-License-Identifier: Apache-2.0
/* weir-loop: real TCP on both sides of the data path. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "options.h"
#include "report.h"
#include "rules.h"

static void say(const char *text)
{
	fprintf(stderr, "weir-loop: %s\n", text);
}

static void on_problem(void *ctx, const char *text)
{
	(void)ctx;
	say(text);
}

static int read_policy(const struct weir_loop_cli *cli, const char *file, struct weir_writes *ret)
{
	static struct weir_policy policy;
	char detail[WEIR_POLICY_DETAIL];

	weir_policy_default(&policy);
	if ((file && weir_policy_open(file, &policy, detail)) ||
	    weir_policy_compile(&policy, cli->o.seed, file ? file : "default policy", ret, detail)) {
		say(detail);
		return WEIR_LOOP_USAGE;
	}
	return 0;
}

static int write_json(const struct weir_loop_cli *cli, const struct weir_loop_result *r)
{
	bool standard = !strcmp(cli->json, "-");
	FILE *f = standard ? stdout : fopen(cli->json, "we");
	int rc = f ? weir_loop_json(f, cli, r) : -errno;

	if (f && !standard && fclose(f) && !rc)
		rc = -errno;
	if (!rc)
		return WEIR_LOOP_DONE;
	fprintf(stderr, "weir-loop: %s: cannot be written (%s); choose another name\n", cli->json, strerror(-rc));
	return WEIR_LOOP_FAILED;
}

int main(int argc, char **argv)
{
	struct weir_writes writes = { 0 }, rules = { 0 };
	struct weir_loop_cli cli;
	struct weir_loop_result r = { 0 };
	const struct weir_engine_ops *first, *second;
	const char *detail;
	int status, rc;

	weir_loop_cli_read(argc, argv, &cli);
	status = read_policy(&cli, cli.policy, &writes);
	if (!status && cli.rules)
		status = read_policy(&cli, cli.rules, &rules);
	if (status) {
		weir_writes_done(&writes);
		return status;
	}
	weir_loop_rules(&rules);
	first = cli.engine == WEIR_LOOP_MODEL ? &weir_engine_model : &weir_engine_rtl_stream;
	second = cli.engine == WEIR_LOOP_BOTH ? &weir_engine_model : NULL;
	rc = weir_loop_run(&cli.o, &writes, cli.rules ? &rules : NULL, first, second, on_problem, NULL, &r, &detail);
	if (rc) {
		fprintf(stderr, "weir-loop: %s (%s)\n", detail, strerror(-rc));
		status = WEIR_LOOP_FAILED;
	} else {
		weir_loop_summary(cli.json && !strcmp(cli.json, "-") ? stderr : stdout, &cli, &r);
		status = weir_loop_judge(stderr, &cli, &r) ? WEIR_LOOP_FAILED : WEIR_LOOP_DONE;
		if (cli.json && write_json(&cli, &r))
			status = WEIR_LOOP_FAILED;
	}
	weir_loop_result_done(&r);
	weir_writes_done(&writes);
	weir_writes_done(&rules);
	return status;
}
