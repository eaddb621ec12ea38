// SPDX-License-Identifier: Apache-2.0
/** Peaks, for learning: the largest measured values since each was last read (docs/datapath.md 19). */
#ifndef WEIR_PEAK_H
#define WEIR_PEAK_H

#include <stdint.h>

#include "host/common/lists.h"
#include "meter.h"

struct weir_peak {
	uint32_t packets;
	uint32_t bytes;      /**< units of 64 */
};

/** Peaks of meters: by the number of the configuration that the update used. `s` is the state after it. */
void weir_peak_meter(struct weir_peak peaks[WEIR_METER_CFGS], unsigned cfg, const struct weir_meter_state *s);

/** Those of state: 192 and above, of packets alone. `peaks` has place 0 for number 192. */
void weir_peak_state(struct weir_peak peaks[WEIR_STATE_PEAKS], enum weir_peak_number number, uint32_t count);

#endif
