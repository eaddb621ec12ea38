// SPDX-License-Identifier: Apache-2.0
/** Named command lines: --scenario NAME stands for these options. */
#ifndef WEIR_GEN_SCENARIO_H
#define WEIR_GEN_SCENARIO_H

#include <stddef.h>

#define GEN_SCENARIO_OPTS_MAX 24

struct gen_scenario {
	const char *name, *help;
	/** Long options as they would be typed, without the dashes; ends with NULL. */
	const char *opts[GEN_SCENARIO_OPTS_MAX];
};

extern const struct gen_scenario gen_scenarios[];
extern const size_t gen_n_scenarios;

#endif
