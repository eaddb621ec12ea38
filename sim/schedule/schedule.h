// SPDX-License-Identifier: Apache-2.0
/** The one input scheduler: puts captured frames on two gigabit wires and hands them out in the order in
 * which they have arrived (docs/simulator.md, "Time").
 *
 * A frame of F bytes keeps its wire busy for (8 + max(F, 60) + 4 + 12) * 8 ns. It starts at its capture time or, if
 * that is later, when its wire is free; it arrives with its last byte. Capture time never goes back: a
 * packet from before its predecessor starts at once (gap zero), and after a step back of a second or more
 * all later times are shifted by that step. Ties: unprotected side first.
 *
 * To know that nothing earlier follows, frames are read ahead, at most so many; beyond that the earliest of them
 * goes out, and what is read later arrives no earlier than that. */
#ifndef WEIR_SCHEDULE_H
#define WEIR_SCHEDULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/engine/session.h"

enum {
	WEIR_SCHEDULE_AHEAD = 16384,
	/** Bytes of a frame that are kept; more are of no use to anyone. */
	WEIR_SCHEDULE_BYTES = WEIR_ENGINE_FRAME_MAX,
};

/** A frame of the source. */
struct weir_scheduled {
	const uint8_t *bytes;      /**< borrowed until the next call of the source */
	uint32_t captured, wire_len;
	uint64_t time_ns;
	int side;
};

/** @retval 1 *ret set; 0 the end; negative: an error, handed to the caller of weir_schedule_next(). */
typedef int weir_source_next(void *ctx, struct weir_scheduled *ret);

struct weir_schedule;

/** @param n_sources  1: one capture of both sides, frames in the order of the file. 2: one a side; then the
 *                    sides of the frames are theirs, and of both the one with the earlier time is read.
 *  @param fast       Capture times do not count: each side back to back.
 *  @param ahead      Frames read ahead, at least 2.
 *  @retval NULL      No memory. */
struct weir_schedule *weir_schedule_new(weir_source_next *next, void *const ctx[2], int n_sources, bool fast,
					size_t ahead);
void weir_schedule_free(struct weir_schedule *s);

/** @param ret  bytes borrowed until the next call
 *  @retval 1 *ret set; 0 the end; negative: the source's error, once, after the frames before it. */
int weir_schedule_next(struct weir_schedule *s, struct weir_input *ret);

/** Time on the wire of a frame with preamble, FCS and gap. */
uint64_t weir_wire_ns(uint32_t wire_len);

#endif
