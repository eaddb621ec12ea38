// SPDX-License-Identifier: Apache-2.0
/** Learning by itself, without a data path. */
#ifndef WEIR_BENCH_LEARN_STEP_H
#define WEIR_BENCH_LEARN_STEP_H

#include <jansson.h>

/** How far and how fast an attacker moves a threshold who stays just below it; printed, and as JSON. @return beyond the bound */
int learn_slow_ramp(json_t *root);
/** Time and memory of a step; printed, and as JSON. */
void learn_step_cost(json_t *root);

#endif
