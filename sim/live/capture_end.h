/* SPDX-License-Identifier: Apache-2.0 */
/** The memory of captured frames beside the model (docs/soc.md, "Capture"): what weir_capture is in the hardware. The model gives the verdict at once, so a
 * frame is missed for lack of room only. No allocation, no waiting. */
#ifndef WEIR_LIVE_CAPTURE_END_H
#define WEIR_LIVE_CAPTURE_END_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/model/record.h"

enum { WEIR_CAPTURE_END_FRAMES = 16, WEIR_CAPTURE_END_OCTETS = 240, WEIR_CAPTURE_END_WORDS = 64 };

struct weir_capture_end {
	uint32_t settings, reason;      /**< registers capture and capture_reason */
	uint32_t missed;                /**< modulo 2^24 */
	unsigned first, count;          /**< of `entry`: the oldest, and how many */
	uint32_t entry[WEIR_CAPTURE_END_FRAMES][WEIR_CAPTURE_END_WORDS];
};

/** As after reset. */
void weir_capture_end_init(struct weir_capture_end *c);

/** A register or word of the capture. While nothing waits, `capture_head` reads 0.
 * @return false: the address is none of them, *ret is untouched */
bool weir_capture_end_read(const struct weir_capture_end *c, uint32_t addr, uint32_t *ret);
/** @return false: the address is none of them that can be written, nothing happens */
bool weir_capture_end_write(struct weir_capture_end *c, uint32_t addr, uint32_t value);

/** A frame has been judged.
 * @param known  octets there are of it (K); more than the record's F counts as F. Borrowed for the call. */
void weir_capture_end_record(struct weir_capture_end *c, const struct weir_record *record, const uint8_t *octets, uint32_t known);

#endif
