// SPDX-License-Identifier: Apache-2.0
/** Benches of the firmware's image on the simulated soft core (docs/benchmarks.md, "Firmware on the simulated core"). */
#ifndef WEIR_BENCH_FIRMWARE_H
#define WEIR_BENCH_FIRMWARE_H

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

struct firmware_job {
	const char *image, *gen, *sim, *dir;
	bool quick;               /**< less of it, for the test suite */
};

/** How many events a second the firmware takes before its queue of 64 overflows; printed, and as JSON. @return failures. */
int firmware_events(const struct firmware_job *job, json_t *root);
/** A day of normal traffic with its swing in five minutes, and a flood at its end; printed, and as JSON. @return failures. */
int firmware_day(const struct firmware_job *job, json_t *root);

#endif
