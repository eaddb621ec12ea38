// SPDX-License-Identifier: Apache-2.0
/** Tests of peaks (docs/datapath.md 19), on the model of model_send.h. */
#ifndef WEIR_MODEL_PEAK_TEST_H
#define WEIR_MODEL_PEAK_TEST_H

#include <stdint.h>

#define PEAKS 197u

struct peak_value {
	unsigned packets, bytes;    /**< bytes in units of 64 */
};

/** Read one, which sets it to 0. */
struct peak_value peak_take(unsigned number);

/** Read them all; those that are not 0 must be `number` ... -1, each with these packets, and with these bytes if it has any. */
void peak_take_all(const int *number, struct peak_value want);

void peak_write(unsigned number, unsigned packets, unsigned bytes);

/** One is read, and must be so. */
void peak_check(unsigned number, unsigned packets, unsigned bytes);

#endif
