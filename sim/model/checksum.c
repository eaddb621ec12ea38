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
	v = (v & 0xffffffff) + (v >> 32);
	v = (v & 0xffffffff) + (v >> 32);
	v = (v & 0xffff) + (v >> 16);
	v = (v & 0xffff) + (v >> 16);
	v = (v & 0xffff) + (v >> 16);
	return (uint32_t)v;
}

uint32_t weir_sum_add(uint32_t sum, const uint8_t *bytes, size_t n)
{
	uint64_t low = 0, high = 0;
	uint16_t native;

	for (; n >= 16; n -= 16, bytes += 16) {
		uint64_t a = load64(bytes), b = load64(bytes + 8);

		low += (a & 0xffffffff) + (b & 0xffffffff);
		high += (a >> 32) + (b >> 32);
	}
	if (n) {
		uint8_t rest[16] = { 0 };

		memcpy(rest, bytes, n);
		low += load64(rest) & 0xffffffff;
		high += load64(rest) >> 32;
		low += load64(rest + 8) & 0xffffffff;
		high += load64(rest + 8) >> 32;
	}
	native = (uint16_t)fold(fold(low) + (uint64_t)fold(high));
	return fold((uint64_t)sum + be16toh(native));
}
