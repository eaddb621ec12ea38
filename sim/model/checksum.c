// SPDX-License-Identifier: Apache-2.0
#include "checksum.h"

#include <endian.h>
#include <string.h>

/* The sum of 16-bit words in the other byte order is the byte-swapped sum, and a sum of wider words
 * folds to the sum of their halves (RFC 1071, section 2): so add what the machine loads best. */
static uint64_t load64(const uint8_t *b)
{
	uint64_t v;

	memcpy(&v, b, sizeof(v));
	return v;
}

static uint32_t fold(uint64_t v)
{
	v = (v & 0xffffffff) + (v >> 32);   /* 33 bits */
	v = (v & 0xffff) + (v >> 16);       /* 18 */
	v = (v & 0xffff) + (v >> 16);       /* 16 and a little */
	v = (v & 0xffff) + (v >> 16);
	return (uint32_t)v;
}

uint32_t weir_sum_add(uint32_t sum, const uint8_t *bytes, size_t n)
{
	uint64_t total = 0;   /* of halves of 32 bits: far from full for any packet */

	for (; n >= 8; n -= 8, bytes += 8) {
		uint64_t word = load64(bytes);

		total += (word & 0xffffffff) + (word >> 32);
	}
	if (n) {
		uint8_t rest[8] = { 0 };

		memcpy(rest, bytes, n);
		total += (load64(rest) & 0xffffffff) + (load64(rest) >> 32);
	}
	return fold((uint64_t)sum + be16toh((uint16_t)fold(total)));
}
