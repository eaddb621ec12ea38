// SPDX-License-Identifier: Apache-2.0
/** Time from outside: it goes by the wall clock, is never set back, and may begin and end anywhere. */
#ifndef WEIR_LIVE_CLOCK_H
#define WEIR_LIVE_CLOCK_H

#include <stdint.h>

struct weir_live_clock {
	uint64_t start_ns;       /**< what it showed, */
	uint64_t started_ns;     /**< when the machine's monotonic clock showed this */
	uint64_t most_ns;        /**< it stops there */
};

/** ns since 1970 as the machine has it. */
uint64_t weir_live_wall_ns(void);
/** Of the machine's monotonic clock. */
uint64_t weir_live_monotonic_ns(void);

void weir_live_clock_start(struct weir_live_clock *c, uint64_t start_ns, uint64_t most_ns);
uint64_t weir_live_clock_ns(const struct weir_live_clock *c);

#endif
