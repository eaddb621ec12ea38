// SPDX-License-Identifier: Apache-2.0
/** Traffic for faults.h: frames of 64 bytes (60 without FCS). */
#ifndef WEIR_FAULTS_LOAD_H
#define WEIR_FAULTS_LOAD_H

#include <stdbool.h>
#include <stdint.h>

#include "host/common/prng.h"

enum { FAULTS_FRAME_CAP = 128 };

void faults_load_begin(void);
/** The next frame of this side. @return its length, 0 when it could not be built. */
uint32_t faults_load_frame(struct weir_prng *r, uint32_t *opened, bool flood, int side, uint8_t buf[FAULTS_FRAME_CAP]);

#endif
