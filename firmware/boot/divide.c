// SPDX-License-Identifier: Apache-2.0
/* Division, and multiplication of 64 bits, bit by bit, in place of the compiler's library, whose functions are as large as a
 * sixth of the firmware. A division of 64 bits takes some 10,000 clocks; nothing divides often. */
#include <stdint.h>

/* Called by what the compiler makes of *, / and %. */
uint64_t __muldi3(uint64_t a, uint64_t b);
uint32_t __udivsi3(uint32_t a, uint32_t b);
uint32_t __umodsi3(uint32_t a, uint32_t b);
uint64_t __udivdi3(uint64_t a, uint64_t b);
uint64_t __umoddi3(uint64_t a, uint64_t b);
int64_t __divdi3(int64_t a, int64_t b);
int64_t __moddi3(int64_t a, int64_t b);

uint64_t __muldi3(uint64_t a, uint64_t b)
{
	uint64_t sum = 0;

	for (; b; b >>= 1, a <<= 1)
		if (b & 1)
			sum += a;
	return sum;
}

/** As below, the rest in the upper half. */
static __attribute__((noinline)) uint64_t divide32(uint32_t a, uint32_t b)
{
	uint32_t rest = 0;

	for (unsigned i = 0; i < 32; i++) {
		uint32_t carry = rest >> 31;

		rest = rest << 1 | a >> 31;
		a <<= 1;
		if (carry || rest >= b) {
			rest -= b;
			a |= 1;
		}
	}
	return (uint64_t)rest << 32 | a;
}

uint32_t __udivsi3(uint32_t a, uint32_t b)
{
	return (uint32_t)divide32(a, b);
}

uint32_t __umodsi3(uint32_t a, uint32_t b)
{
	return (uint32_t)(divide32(a, b) >> 32);
}

static __attribute__((noinline)) uint64_t divide(uint64_t a, uint64_t b, uint64_t *ret_rest)
{
	uint64_t rest = 0;

	/* The quotient moves into a as its bits move out. b is not 0. */
	for (unsigned i = 0; i < 64; i++) {
		uint32_t carry = (uint32_t)(rest >> 63);

		rest = rest << 1 | a >> 63;
		a <<= 1;
		if (carry || rest >= b) {
			rest -= b;
			a |= 1;
		}
	}
	*ret_rest = rest;
	return a;
}

uint64_t __udivdi3(uint64_t a, uint64_t b)
{
	uint64_t rest;

	return divide(a, b, &rest);
}

uint64_t __umoddi3(uint64_t a, uint64_t b)
{
	uint64_t rest;

	divide(a, b, &rest);
	return rest;
}

static uint64_t magnitude(int64_t x)
{
	return x < 0 ? -(uint64_t)x : (uint64_t)x;
}

int64_t __divdi3(int64_t a, int64_t b)
{
	uint64_t q = __udivdi3(magnitude(a), magnitude(b));

	return (int64_t)((a < 0) != (b < 0) ? -q : q);
}

int64_t __moddi3(int64_t a, int64_t b)
{
	uint64_t rest = __umoddi3(magnitude(a), magnitude(b));

	return (int64_t)(a < 0 ? -rest : rest);
}
