// SPDX-License-Identifier: Apache-2.0
#include "host/common/prng.h"

#include <string.h>

uint64_t weir_splitmix64(uint64_t *state)
{
	uint64_t z = (*state += 0x9e3779b97f4a7c15u);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

uint64_t weir_mix64(uint64_t a, uint64_t b)
{
	uint64_t s = a;

	s = weir_splitmix64(&s) ^ b;
	return weir_splitmix64(&s);
}

void weir_prng_seed(struct weir_prng *p, uint64_t seed, uint64_t stream)
{
	uint64_t s = weir_mix64(seed, stream);

	for (int i = 0; i < 4; i++)
		p->s[i] = weir_splitmix64(&s);
}

static inline uint64_t rotl(uint64_t x, int k)
{
	return x << k | x >> (64 - k);
}

uint64_t weir_prng_next(struct weir_prng *p)
{
	uint64_t *s = p->s;
	uint64_t ret = rotl(s[1] * 5, 7) * 9;
	uint64_t t = s[1] << 17;

	s[2] ^= s[0];
	s[3] ^= s[1];
	s[1] ^= s[2];
	s[0] ^= s[3];
	s[2] ^= t;
	s[3] = rotl(s[3], 45);
	return ret;
}

uint64_t weir_prng_below(struct weir_prng *p, uint64_t n)
{
	return (uint64_t)((unsigned __int128)weir_prng_next(p) * n >> 64);
}

uint64_t weir_prng_range(struct weir_prng *p, uint64_t lo, uint64_t hi)
{
	return lo + weir_prng_below(p, hi - lo + 1);
}

/* -log2(u) in 1/65536 for u = x / 2^64, x > 0: the whole part from the leading zeros, the
 * fraction by repeated squaring (Knuth, TAOCP 1.2.2, exercise 25). */
static uint64_t neg_log2_q16(uint64_t x)
{
	unsigned lz = (unsigned)__builtin_clzll(x);
	uint64_t m = x << lz;   /* in [2^63, 2^64): mantissa 1.0 to 2.0 */
	uint64_t frac = 0;

	for (int i = 15; i >= 0; i--) {
		unsigned __int128 sq = (unsigned __int128)m * m;

		if (sq >> 127) {
			frac |= UINT64_C(1) << i;
			m = (uint64_t)(sq >> 64);
		} else {
			m = (uint64_t)(sq >> 63);
		}
	}
	return ((uint64_t)(lz + 1) << 16) - frac;
}

uint64_t weir_prng_exp(struct weir_prng *p, uint64_t mean)
{
	uint64_t bits = neg_log2_q16(weir_prng_next(p) | 1);
	/* ln 2 = 45426 / 65536 */
	uint64_t nat = bits * 45426 >> 16;

	if (nat > 20u << 16)
		nat = 20u << 16;
	return (uint64_t)((unsigned __int128)mean * nat >> 16);
}

void weir_prng_fill(struct weir_prng *p, void *buf, size_t len)
{
	uint8_t *b = buf;

	while (len > 0) {
		uint64_t x = weir_prng_next(p);
		size_t n = len < 8 ? len : 8;

		/* Byte by byte from the low end: the same on either byte order. */
		for (size_t i = 0; i < n; i++)
			b[i] = (uint8_t)(x >> (8 * i));
		b += n;
		len -= n;
	}
}
