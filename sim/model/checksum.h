// SPDX-License-Identifier: Apache-2.0
/** One's-complement sums of the Internet protocols (RFC 1071). */
#ifndef WEIR_CHECKSUM_H
#define WEIR_CHECKSUM_H

#include <stddef.h>
#include <stdint.h>

/** Add n bytes (big-endian 16-bit words, an odd last byte filled up with 0) to a sum. A right
 * checksum included, the sum of everything is 0xffff.
 * @param sum  what was summed before, any 32-bit number; 0 at first
 * @return 16 bits; 0 only when all that was summed is 0 */
uint32_t weir_sum_add(uint32_t sum, const uint8_t *bytes, size_t n);

#endif
