/* SPDX-License-Identifier: Apache-2.0 */
/** Baseline and threshold of one series (docs/firmware.md, "Learning"; RATE-7, BEYOND-6). Integer arithmetic, no memory but
 * its own; the same on the soft core and natively. */
#ifndef WEIR_FW_LEARN_H
#define WEIR_FW_LEARN_H
#include <stdbool.h>
#include <stdint.h>

struct weir_learn_settings {
	uint32_t learn_min, shift, peak_shift, margin, step_log2;
};

struct weir_series {
	uint32_t mean, deviation, peak;   /**< 8 fraction bits */
	uint32_t threshold;               /**< as set last; 0: not set by learning */
	uint32_t floor, ceiling;          /**< ceiling 0: none but the field's width */
	uint16_t periods;                 /**< learned, saturating */
	bool used;                        /**< is learned at all */
};

/** One period. `season`: the larger of this slot's and the next one's, 0 without. x at most 2^18 - 1 (values above count as
 * that). */
void weir_learn_step(struct weir_series *s, const struct weir_learn_settings *set, uint32_t x);
/** What was learned, without fraction, rounded up. */
uint32_t weir_learned(const struct weir_series *s, uint32_t season);
/** Move the threshold by at most one step. Nothing before learn_min.
 * @return whether s->threshold changed. */
bool weir_learn_threshold(struct weir_series *s, const struct weir_learn_settings *set, uint32_t season);

#endif
