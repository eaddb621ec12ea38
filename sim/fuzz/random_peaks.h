// SPDX-License-Identifier: Apache-2.0
/** Random accesses to peaks (docs/datapath.md 19), done to two engines at the same place between frames and compared.
 *
 * A read of a peak clears it, so the other engine must read it between the same two frames. Hardware tells where an
 * access took effect only afterwards; the model repeats it when it comes there. */
#ifndef WEIR_RANDOM_PEAKS_H
#define WEIR_RANDOM_PEAKS_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/common/prng.h"
#include "sim/model/weir_model.h"

#define WEIR_RANDOM_PEAKS_WAITING 64

struct weir_random_peak {
	uint32_t index;
	bool write;
	uint32_t word[2];      /**< written or read; the others are 0 */
};

/** What the hardware has done and the model has not. Zero it at first. */
struct weir_random_peaks {
	struct { struct weir_random_peak access; uint32_t seqno; } waiting[WEIR_RANDOM_PEAKS_WAITING];
	unsigned first, n;
	uint64_t checks, failed;
	uint64_t alive;        /**< reads that gave anything but 0 */
};

/** Mostly a read. */
void weir_random_peak_choose(struct weir_prng *p, struct weir_random_peak *ret);

/** Do it to a model, now. A read sets word. */
void weir_random_peak_model(struct weir_model *m, struct weir_random_peak *a);

/** The hardware has done it before frame seqno + 1. @return false: no room for one more */
bool weir_random_peaks_add(struct weir_random_peaks *q, const struct weir_random_peak *a, uint32_t seqno);

/** Repeat in the model what the hardware did before a frame, and compare what was read.
 * @return whether all was equal; otherwise *ret_text tells (the buffer has `size` bytes) */
bool weir_random_peaks_before(struct weir_random_peaks *q, struct weir_model *m, uint32_t seqno, char *ret_text,
			      unsigned size);

/** The same with all that waits: the hardware is empty. */
bool weir_random_peaks_all(struct weir_random_peaks *q, struct weir_model *m, char *ret_text, unsigned size);

#endif
