// SPDX-License-Identifier: Apache-2.0
/** Random accesses to peaks (docs/datapath.md 19). A read clears, so two engines that are compared have the same accesses between
 * the same two frames. */
#ifndef WEIR_RANDOM_PEAKS_H
#define WEIR_RANDOM_PEAKS_H

#include <stdbool.h>
#include <stdint.h>

#include "host/common/prng.h"
#include "sim/model/weir_model.h"

struct weir_random_peak {
	uint32_t index;
	bool write;
	uint32_t word[2];      /**< written or read; the other six are 0 */
};

/** Mostly a read. */
void weir_random_peak_choose(struct weir_prng *p, struct weir_random_peak *ret);

/** Do it to a model. A read sets word. */
void weir_random_peak_model(struct weir_model *m, struct weir_random_peak *a);

#endif
