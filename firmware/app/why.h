/* SPDX-License-Identifier: Apache-2.0 */
/** Why frames of an address were dropped or answered (docs/firmware.md, "Why"; BEYOND-3): the last that events told of. */
#ifndef WEIR_FW_WHY_H
#define WEIR_FW_WHY_H
#include <stdint.h>

enum { WEIR_WHY = 12, WEIR_WHY_WORDS = 14, WEIR_WHY_WINDOW = 16 };
/** All 0: empty. */
struct weir_why {
	uint32_t place[WEIR_WHY][WEIR_WHY_WORDS];  /**< words 2 to 15 of the answer; the first is still a window */
	uint8_t order[WEIR_WHY];                   /**< the places, the newest first */
	uint8_t count;
};

/** An event has come; nothing happens unless its frame was dropped or answered.
 *
 * @param window  `now` in windows of 65,536 us, low 32 bits: seconds would take the soft core longer than all the rest.
 * @param event   Sixteen words, firmware/hal/event.h. */
void weir_why_add(struct weir_why *w, uint32_t window, const uint32_t event[16]);
/** @param n        0: the newest of those that fit.
 * @param address   Remote or protected; NULL: all fit.
 * @return its place, borrowed until the next weir_why_add(); NULL: there is none. */
const uint32_t *weir_why_get(const struct weir_why *w, uint32_t n, const uint32_t address[4]);
/** Words 2 to 15 of the answer. @param now_us  Less than 2^32 windows after what the place tells of. */
void weir_why_words(const uint32_t place[WEIR_WHY_WORDS], uint64_t now_us, uint32_t ret_word[WEIR_WHY_WORDS]);

#endif
