// SPDX-License-Identifier: Apache-2.0
/** Which frames are a sample (docs/soc.md, "Samples"): the one rule for events and for capture, as weir_sample_pkg is in the hardware. */
#ifndef WEIR_SAMPLE_H
#define WEIR_SAMPLE_H

#include <stdbool.h>
#include <stdint.h>

/** @param number  of the frame
 *  @param log2    0 to 15: one of 2^log2 frames
 *  @return whether it is one of them */
static inline bool weir_sampled(uint32_t number, unsigned log2)
{
	enum { Fold = 7 };

	return !((number ^ number >> Fold) & ((1u << log2) - 1));
}

#endif
