/* SPDX-License-Identifier: Apache-2.0 */
/** Top sources of what is dropped: space-saving over samples (Metwally, Agrawal, El Abbadi, "Efficient computation of frequent
 * and top-k elements in data streams", ICDT 2005): a count is at most `error` too large, and whoever has more than 1/16 of the samples is there. */
#ifndef WEIR_FW_TOP_H
#define WEIR_FW_TOP_H
#include <stdbool.h>
#include <stdint.h>

enum { WEIR_TOP = 16 };
struct weir_top { struct { uint32_t address[4], count, error; } place[WEIR_TOP]; };

/** Are two addresses the same? From the end, where they differ most: each event of a flood compares a few dozen. */
bool weir_same_address(const uint32_t a[4], const uint32_t b[4]);

void weir_top_init(struct weir_top *t);
void weir_top_add(struct weir_top *t, const uint32_t address[4]);
/** Halve all counts: at the end of a period, so that the old fade. */
void weir_top_fade(struct weir_top *t);
/** @param place  0: the largest. @return its count, 0 when there is none; the others are set with a count above 0 only. */
uint32_t weir_top_get(const struct weir_top *t, unsigned place, uint32_t ret_address[4], uint32_t *ret_error);

#endif
