// SPDX-License-Identifier: Apache-2.0
/** The frames of a run: captures, sides and schedule put together. */
#ifndef WEIR_SIM_INPUT_H
#define WEIR_SIM_INPUT_H

#include "options.h"
#include "sim/schedule/schedule.h"

struct weir_sim_input;

enum { WEIR_INPUT_TEXT = 2048 };

/** Opens the captures; with one of them and no prefixes, reads its beginning to guess the sides.
 * @param prefix  Protected prefixes; n may be 0.
 * @param detail  WEIR_INPUT_TEXT bytes: one line on failure.
 * @retval 0; negative: unreadable. */
int weir_sim_input_open(const struct weir_options *o, const struct weir_prefix *prefix, size_t n,
			struct weir_sim_input **ret, char *detail);
void weir_sim_input_close(struct weir_sim_input *in);

/** How the sides are told apart, for people. */
const char *weir_sim_input_sides(const struct weir_sim_input *in);

/** As weir_schedule_next(); a negative value once, after the last frame: see weir_sim_input_detail(). */
int weir_sim_input_next(struct weir_sim_input *in, struct weir_input *ret);
const char *weir_sim_input_detail(const struct weir_sim_input *in);

/** Share of the input read, 0 to 1; negative: unknown. */
double weir_sim_input_progress(const struct weir_sim_input *in);

#endif
