// SPDX-License-Identifier: Apache-2.0
/* Cookies (docs/datapath.md 14.3). */
#include <endian.h>
#include <string.h>

#include "state.h"

#define EPOCH_BITS 24
#define EPOCH_LOG2_US 22
#define HASH_BITS 30      /* of a cookie; above them the low bits of its epoch */
#define KEY_EPOCHS_LOG2 6

static uint64_t rotate(uint64_t v, unsigned n)
{
	return v << n | v >> (64 - n);
}

static inline void sip_round(uint64_t v[4])
{
	v[0] += v[1];
	v[1] = rotate(v[1], 13) ^ v[0];
	v[0] = rotate(v[0], 32);
	v[2] += v[3];
	v[3] = rotate(v[3], 16) ^ v[2];
	v[0] += v[3];
	v[3] = rotate(v[3], 21) ^ v[0];
	v[2] += v[1];
	v[1] = rotate(v[1], 17) ^ v[2];
	v[2] = rotate(v[2], 32);
}

static void compress(uint64_t v[4], uint64_t word)
{
	v[3] ^= word;
	sip_round(v);
	v[0] ^= word;
}

uint64_t weir_siphash13(uint64_t k0, uint64_t k1, const uint8_t *bytes, size_t n)
{
	uint64_t v[4] = {
		k0 ^ UINT64_C(0x736f6d6570736575), k1 ^ UINT64_C(0x646f72616e646f6d),
		k0 ^ UINT64_C(0x6c7967656e657261), k1 ^ UINT64_C(0x7465646279746573),
	};
	uint64_t last = (uint64_t)(n & 0xff) << 56, word;

	for (; n >= 8; n -= 8, bytes += 8) {
		memcpy(&word, bytes, sizeof(word));
		compress(v, le64toh(word));
	}
	for (size_t i = 0; i < n; i++)
		last |= (uint64_t)bytes[i] << (8 * i);
	compress(v, last);
	v[2] ^= 0xff;
	sip_round(v);
	sip_round(v);
	sip_round(v);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}

uint64_t weir_cookie_hash(const struct weir_state_cfg *c, const struct weir_record *r, uint32_t epoch)
{
	unsigned key = epoch >> KEY_EPOCHS_LOG2 & 1;
	uint16_t rport = r->dir ? r->dport : r->sport, pport = r->dir ? r->sport : r->dport;
	uint8_t text[39];

	memcpy(text, r->remote, 16);
	memcpy(text + 16, r->protect, 16);
	text[32] = (uint8_t)(rport >> 8);
	text[33] = (uint8_t)rport;
	text[34] = (uint8_t)(pport >> 8);
	text[35] = (uint8_t)pport;
	text[36] = (uint8_t)epoch;
	text[37] = (uint8_t)(epoch >> 8);
	text[38] = (uint8_t)(epoch >> 16);
	return weir_siphash13(c->cookie_key[key].k0, c->cookie_key[key].k1, text, sizeof(text));
}

uint32_t weir_cookie_epoch(uint64_t stamp_us)
{
	return (uint32_t)(stamp_us >> EPOCH_LOG2_US) & ((1u << EPOCH_BITS) - 1);
}

uint32_t weir_cookie_make(const struct weir_state_cfg *c, const struct weir_record *r, uint32_t epoch)
{
	return (uint32_t)(weir_cookie_hash(c, r, epoch) & ((1u << HASH_BITS) - 1)) | epoch << HASH_BITS;
}

bool weir_cookie_proves(const struct weir_state_cfg *c, const struct weir_record *r, uint32_t number)
{
	uint32_t epoch = weir_cookie_epoch(r->stamp_us);
	uint32_t before = (epoch - 1) & ((1u << EPOCH_BITS) - 1);

	if (number >> HASH_BITS == (epoch & 3))
		return weir_cookie_make(c, r, epoch) == number;
	if (number >> HASH_BITS == (before & 3))
		return weir_cookie_make(c, r, before) == number;
	return false;
}
