// SPDX-License-Identifier: Apache-2.0
/** The stream side of a MAC as the simulator plays it: words in, words out at the pace of the wire. */
#ifndef WEIR_RTL_LANE_H
#define WEIR_RTL_LANE_H

#include <stdbool.h>
#include <stdint.h>

#include "rtl_frame.h"

enum { WEIR_RTL_MAX_BYTES = 2048 };

struct weir_rtl_lane_in {
	struct weir_rtl_frame *frame; /**< borrowed, but for orphans; NULL: none */
	uint32_t word;
};

struct weir_rtl_lane_out {
	uint64_t free_ns;      /**< when the wire is free for the next frame */
	uint64_t first_ns, first_clock;
	uint32_t len;          /**< of the frame that is leaving; 0: none */
	uint32_t fill;
	bool ready;            /**< as shown to the hardware in this clock */
	uint8_t bytes[WEIR_RTL_MAX_BYTES + 8];
};

/** Show a frame. */
void weir_rtl_lane_start(struct weir_rtl_lane_in *l, struct weir_rtl_frame *f);
static inline bool weir_rtl_lane_busy(const struct weir_rtl_lane_in *l)
{
	return l->frame;
}
/** Shown, and no word of it taken yet. */
static inline bool weir_rtl_lane_waiting(const struct weir_rtl_lane_in *l)
{
	return l->frame && !l->word;
}
/** The current word, and {known, len}; returns whether it is the last. */
bool weir_rtl_lane_word(const struct weir_rtl_lane_in *l, uint64_t *ret_data, uint32_t *ret_len);
/** The current word was taken. */
void weir_rtl_lane_taken(struct weir_rtl_lane_in *l, uint64_t clock);

/** Whether the wire takes a word: in a frame, or free. */
bool weir_rtl_lane_out_ready(const struct weir_rtl_lane_out *l, uint64_t time_ns);
void weir_rtl_lane_out_word(struct weir_rtl_lane_out *l, uint64_t data, uint32_t len, uint64_t clock,
			    uint64_t time_ns);
/** Last word is in: l->bytes and l->len hold the frame until the next word; reserves the wire. */
void weir_rtl_lane_out_end(struct weir_rtl_lane_out *l);

#endif
