/* SPDX-License-Identifier: Apache-2.0 */
/** The season: the largest value of each slot of a cycle (docs/firmware.md, "Learning"). */
#ifndef WEIR_FW_SEASON_H
#define WEIR_FW_SEASON_H
#include "firmware/app/fw.h"

/** 12 bits of value, 4 of exponent, rounded up; 0: never gone through. Values up to WEIR_LEARN_MOST. */
uint16_t weir_season_pack(uint32_t value);
uint32_t weir_season_unpack(uint16_t packed);

/** Time goes on: to be called at the end of each period, before it is learned. */
void weir_season_step(struct weir_fw *fw, uint64_t now_us);
/** What was learned in this period by series[i]. */
void weir_season_add(struct weir_fw *fw, unsigned i, uint32_t x);
/** Of the running slot and the next one the larger; 0 without. */
uint32_t weir_season_get(const struct weir_fw *fw, unsigned i);

#endif
