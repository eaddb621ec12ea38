// SPDX-License-Identifier: Apache-2.0
/** Command line of weir-sim. */
#ifndef WEIR_SIM_OPTIONS_H
#define WEIR_SIM_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "host/policy/policy.h"

/** Exit status. */
enum { WEIR_EXIT_DONE = 0, WEIR_EXIT_FAILED = 1, WEIR_EXIT_USAGE = 2, WEIR_EXIT_INPUT = 3 };

enum weir_engine_choice { WEIR_ENGINE_BOTH, WEIR_ENGINE_RTL, WEIR_ENGINE_MODEL };

struct weir_options {
	const char *policy, *trace, *report, *out, *plot, *labels;   /* NULL: not wanted */
	const char *image;             /* of the firmware; NULL: the one beside the program */
	const char *learn;             /* capture to learn from first; NULL: none */
	bool firmware, console, no_skip;
	bool firmware_if_there;        /* nobody asked for it: without an image it is left out */
	const char *listen;            /* socket of the host link; NULL: none */
	bool hold, once;
	const char *live[2];           /* interfaces; NULL: none */
	double duration_s;             /* 0: until a signal */
	struct weir_prefix protect[WEIR_POLICY_PREFIXES];
	size_t n_protect;
	enum weir_engine_choice engine;
	bool engine_said;
	bool gmii, fast;
	uint64_t seed;
	const char *capture[2];
	int captures;
};

/** Exits with WEIR_EXIT_USAGE when something is wrong, with 0 after --help and --usage. */
void weir_options_read(int argc, char **argv, struct weir_options *ret);

#endif
