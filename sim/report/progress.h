// SPDX-License-Identifier: Apache-2.0
/** A bar with rate and time left on a terminal; nothing in a pipe. */
#ifndef WEIR_REPORT_PROGRESS_H
#define WEIR_REPORT_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct weir_progress {
	bool shown;           /**< standard error is a terminal */
	bool drawn;
	double start_s, last_s;
	uint32_t calls;
};

void weir_progress_start(struct weir_progress *p);

/** Cheap; looks at the clock now and then.
 * @param packets  done so far
 * @param share    of the input, 0 to 1; negative: unknown */
void weir_progress_update(struct weir_progress *p, uint64_t packets, double share);

/** Wipe the bar: before any other output. */
void weir_progress_clear(struct weir_progress *p);

/** Seconds since start. */
double weir_progress_seconds(const struct weir_progress *p);

#endif
