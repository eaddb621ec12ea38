// SPDX-License-Identifier: Apache-2.0
/** What a live run has beside its frames (docs/report.md, `live`). Side 0 is unprotected. */
#ifndef WEIR_LIVE_COUNTS_H
#define WEIR_LIVE_COUNTS_H

#include <stdint.h>

struct weir_live_side_counts {
	const char *name;
	uint64_t arrived;       /**< read from the interface: offered, not carried, or waiting at the end */
	uint64_t queue_full;    /**< not carried: our queue was full */
	uint64_t kernel;        /**< not carried: the kernel's queue was full */
	uint64_t left_over;     /**< not carried: waited when the run ended */
	uint64_t delivered;     /**< written to the interface, answers included */
	uint64_t undelivered;   /**< left the hardware, and the interface did not take it */
};

struct weir_live_counts {
	uint64_t short_pps, long_pps;   /**< capacity, frames of 60 and 1,514 bytes a second; 0: not measured */
	struct weir_live_side_counts side[2];
};

static inline uint64_t weir_live_not_carried(const struct weir_live_side_counts *c)
{
	return c->queue_full + c->kernel + c->left_over;
}

#endif
