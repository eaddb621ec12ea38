/* SPDX-License-Identifier: Apache-2.0 */
/** Why frames of an address were dropped or answered (docs/firmware.md, "Why"; BEYOND-3): the last that events told of. */
#ifndef WEIR_FW_WHY_H
#define WEIR_FW_WHY_H
#include <stdint.h>

enum { WEIR_WHY = 12, WEIR_WHY_WORDS = 14 };
/** All 0: empty. */
struct weir_why {
	uint32_t place[WEIR_WHY][WEIR_WHY_WORDS];  /**< words 2 to 15 of the answer */
	uint8_t order[WEIR_WHY];                   /**< the places, the newest first */
	uint8_t count;
};

/** An event has come; nothing happens unless its frame was dropped or answered.
 *
 * @param now_s  Seconds of `now`.
 * @param event  Sixteen words, firmware/hal/event.h. */
void weir_why_add(struct weir_why *w, uint32_t now_s, const uint32_t event[16]);
/** @param n        0: the newest of those that fit.
 * @param address   Remote or protected; NULL: all fit.
 * @return words 2 to 15 of the answer, borrowed until the next weir_why_add(); NULL: there is none. */
const uint32_t *weir_why_get(const struct weir_why *w, uint32_t n, const uint32_t address[4]);

#endif
