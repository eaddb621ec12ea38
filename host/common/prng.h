// SPDX-License-Identifier: Apache-2.0
/** Small reproducible random numbers for generators and tests.
 *
 * xoshiro256** 1.0 (Blackman and Vigna, 2018) seeded through splitmix64, both written from their
 * published description (prng.di.unimi.it). Not for secrets. No floating point anywhere, so that
 * the same seed gives the same numbers on every machine and C library. */
#ifndef WEIR_PRNG_H
#define WEIR_PRNG_H

#include <stddef.h>
#include <stdint.h>

struct weir_prng {
	uint64_t s[4];
};

/** One step of splitmix64: advances *state and returns 64 mixed bits. */
uint64_t weir_splitmix64(uint64_t *state);

/** Mix two numbers into one; a stateless hash for "the i-th address of stream s". */
uint64_t weir_mix64(uint64_t a, uint64_t b);

/** Seed a generator; different (seed, stream) pairs give unrelated sequences. */
void weir_prng_seed(struct weir_prng *p, uint64_t seed, uint64_t stream);

/** Next 64 random bits. */
uint64_t weir_prng_next(struct weir_prng *p);

/** Uniform in [0, n); n = 0 gives 0. The bias is below n / 2^64. */
uint64_t weir_prng_below(struct weir_prng *p, uint64_t n);

/** Uniform in [lo, hi], both included; lo <= hi. */
uint64_t weir_prng_range(struct weir_prng *p, uint64_t lo, uint64_t hi);

/** Exponentially distributed whole number with the given mean, at most 20 times the mean. */
uint64_t weir_prng_exp(struct weir_prng *p, uint64_t mean);

/** Fill len bytes. */
void weir_prng_fill(struct weir_prng *p, void *buf, size_t len);

#endif
