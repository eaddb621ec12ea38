/* SPDX-License-Identifier: Apache-2.0 */
/** Thresholds to and from entries of the data path, and modes (docs/firmware.md, "Learning", "Modes"; docs/datapath.md 6.1,
 * 12.2). An entry takes two maintenance slots: one to read, one to write. */
#ifndef WEIR_FW_THRESHOLD_H
#define WEIR_FW_THRESHOLD_H
#include <stdbool.h>
#include <stdint.h>
#include "firmware/hal/hal.h"

/** What limits a series. */
struct weir_limit {
	uint16_t number;                  /**< of the series */
	uint32_t cost, tau, level;        /**< the policy's fields: cost, tolerance, threshold; of state the threshold alone */
	uint32_t floor, ceiling;          /**< told by the host; 0: the parameter's, the policy's */
	uint32_t in_use;                  /**< threshold in the hardware, in the unit of the series */
	uint32_t now[2];                  /**< cost and threshold in the hardware, as fields */
};

/** Read what the policy says.
 *
 * @param ret_limit  Set when there is a limit or threshold: as the policy's, floor and ceiling 0.
 * @return whether there is: whether the series is in use. */
bool weir_limit_read(const struct weir_hal *hal, unsigned number, struct weir_limit *ret_limit);
/** @return whether the hardware still has what was written last. */
bool weir_limit_same(const struct weir_hal *hal, const struct weir_limit *l);
/** Threshold of the policy in the unit of the series, at least 1. */
uint32_t weir_limit_policy(const struct weir_limit *l);
/** Twice what a tripped key has to stay below, as it is in the hardware, in the unit of the series. */
uint32_t weir_limit_quiet(const struct weir_limit *l);
/** Largest threshold that the hardware can hold. */
uint32_t weir_limit_most(unsigned number);
/** Bring a threshold into force.
 *
 * @param t      At least 1, at most weir_limit_most().
 * @param quiet  Meters: twice what a tripped key has to stay below; state: ignored (it is t). */
void weir_limit_write(const struct weir_hal *hal, struct weir_limit *l, uint32_t t, uint32_t quiet);
/** Give back the policy's. */
void weir_limit_restore(const struct weir_hal *hal, struct weir_limit *l);

enum { WEIR_DRY_WORDS = 6 };
/** The policy's bits of dry_run. */
struct weir_dry {
	uint32_t meter[WEIR_DRY_WORDS];   /**< bit i: meter_cfg[i] */
	uint32_t tables;                  /**< full_dry_run of table_cfg */
	uint32_t actions;                 /**< word 0 of state_cfg[3] */
};

void weir_dry_read(const struct weir_hal *hal, struct weir_dry *ret_dry);
/** @param on  Everything that would drop is dry; else as the policy had it. Some 200 maintenance slots. */
void weir_dry_apply(const struct weir_hal *hal, const struct weir_dry *dry, bool on);

#endif
