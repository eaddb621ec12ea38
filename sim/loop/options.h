// SPDX-License-Identifier: Apache-2.0
/** Command line of weir-loop. */
#ifndef WEIR_LOOP_CLI_H
#define WEIR_LOOP_CLI_H

#include "loop.h"

/** Exit status. */
enum { WEIR_LOOP_DONE = 0, WEIR_LOOP_FAILED = 1, WEIR_LOOP_USAGE = 2 };

enum weir_loop_engine { WEIR_LOOP_BOTH, WEIR_LOOP_RTL, WEIR_LOOP_MODEL };

struct weir_loop_cli {
	struct weir_loop_options o;
	const char *policy, *json;       /* NULL: the default one; none */
	const char *rules;               /* policy whose rules come later; NULL: none */
	enum weir_loop_engine engine;
	bool require_all;
	uint64_t most_tries, most_reached, most_time_ms;   /* UINT64_MAX: no limit */
};

/** Exits with WEIR_LOOP_USAGE when something is wrong, with 0 after --help and --usage. */
void weir_loop_cli_read(int argc, char **argv, struct weir_loop_cli *ret);

#endif
