// SPDX-License-Identifier: Apache-2.0
/** Structured random frames: mostly valid packets of every kind that the parser knows, some with one
 * or several fields changed, usually with right checksums, so that later checks are reached. Few
 * distinct addresses and ports, so that tables hit; sometimes many. Allocates nothing. */
#ifndef WEIR_RANDOM_FRAME_H
#define WEIR_RANDOM_FRAME_H

#include <stddef.h>
#include <stdint.h>

#include "host/common/prng.h"

#define WEIR_RANDOM_FRAME_MAX 2100   /**< longest frame that is ever made */

/** Make one frame.
 *
 * @param p          Consumed; the same state gives the same frame on every machine.
 * @param buf        The frame, without FCS; not padded to 60 bytes.
 * @param max        Size of buf, at least 60; WEIR_RANDOM_FRAME_MAX for every length.
 * @param ret_known  Bytes of it that a capture would have kept, 0 to the length; the rest is 0.
 *                   Nearly always the whole length.
 * @return the length, 1 to min(max, WEIR_RANDOM_FRAME_MAX). */
size_t weir_random_frame(struct weir_prng *p, uint8_t *buf, size_t max, uint32_t *ret_known);

#endif
