/* SPDX-License-Identifier: Apache-2.0 */
/** Baseline and threshold of one series (docs/firmware.md, "Learning"; RATE-7, BEYOND-6). Integer arithmetic, no memory but
 * its own; the same on the soft core and natively. */
#ifndef WEIR_FW_LEARN_H
#define WEIR_FW_LEARN_H
#include <stdbool.h>
#include <stdint.h>

enum { WEIR_LEARN_MOST = 0x3ffff };   /**< largest value of a series: 18 bits, as a peak has */

struct weir_learn_settings {
	uint32_t learn_min, shift, peak_shift, step_log2;
	uint32_t margin_q8;               /**< 256: 100 %; weir_learn_margin() */
};

struct weir_series {
	uint32_t mean, deviation, peak;   /**< 8 fraction bits */
	uint32_t threshold;               /**< as learned; 0: not yet. What the hardware has: struct weir_limit */
	uint32_t x;                       /**< of the last period, learned or not */
	uint32_t held;                    /**< x of the period before, above the threshold and not learned yet; 0: none */
	uint16_t periods;                 /**< learned, saturating */
	bool over;                        /**< x was above the threshold in use */
	bool frozen;                      /**< the last period was not learned */
};

/** @param percent  100 to 1000. @return margin_q8, rounded up. */
uint32_t weir_learn_margin(uint32_t percent);
/** One period. @param x  Values above WEIR_LEARN_MOST count as that. */
void weir_learn_step(struct weir_series *s, const struct weir_learn_settings *set, uint32_t x);
/** What was learned, without fraction, rounded up. @param season  Of this slot and the next one the larger; 0 without. */
uint32_t weir_learned(const struct weir_series *s, uint32_t season);
/** Move the threshold by at most one step. Nothing before learn_min.
 *
 * @param floor, ceiling  At least 1 each; the ceiling goes before the floor.
 * @return whether s->threshold changed. */
bool weir_learn_threshold(struct weir_series *s, const struct weir_learn_settings *set, uint32_t season, uint32_t floor,
			  uint32_t ceiling);

#endif
