// SPDX-License-Identifier: Apache-2.0
#include "firmware/app/legit.h"

#include <string.h>

#include "weir/weir_regs.h"

enum {
	WAYS = 4,
#define X(number, name, sets, ...) SETS_LOG2_##name = sets,
#include "docs/lists/states.def"
#undef X
	/* The bits of the key that an address of `remote` has behind its 256 of addresses: kind 1, family. */
	KIND_BIT = 259,
	FAMILY_BIT = 260,
};

/** XOR the 64 bits of the key from bit i on into the hash. */
static void toeplitz(const uint32_t key[WEIR_KEY_WORDS], unsigned i, uint32_t hash[2])
{
	const uint32_t *word = key + i / 32;
	unsigned shift = i % 32;

	hash[0] ^= shift ? word[0] << shift | word[1] >> (32 - shift) : word[0];
	hash[1] ^= shift ? word[1] << shift | word[2] >> (32 - shift) : word[1];
}

void weir_legit_place(const uint32_t key[WEIR_KEY_WORDS], const uint32_t address[4], bool ipv6, uint32_t *ret_tag,
		      uint32_t *ret_set)
{
	uint32_t hash[2] = {0, 0}, tag;

	for (unsigned i = 0; i < 128; i++)
		if (address[i / 32] >> (31 - i % 32) & 1)
			toeplitz(key, i, hash);
	toeplitz(key, KIND_BIT, hash);
	if (ipv6)
		toeplitz(key, FAMILY_BIT, hash);
	/* Bits 0 to 39 are the tag, of which the lowest 24 are kept, 40 to 49 the index. */
	tag = (hash[0] & 0xffff) << 8 | hash[1] >> 24;
	*ret_tag = tag ? tag : 1;
	*ret_set = hash[1] >> 14 & ((1u << SETS_LOG2_legit) - 1);
}

static bool within(const uint32_t address[4], const uint32_t prefix[4], unsigned length)
{
	for (unsigned i = 0; i < 4 && length; i++) {
		unsigned bits = length < 32 ? length : 32;

		if ((address[i] ^ prefix[i]) >> (32 - bits))
			return false;
		length -= bits;
	}
	return true;
}

/** A prefix of 96 bits or more that begins with 96 zeros is one of IPv4. */
static bool vetoed(const struct weir_legit *l, const uint32_t address[4], bool ipv6)
{
	for (unsigned i = 0; i < WEIR_VETOES; i++) {
		const uint32_t *p = l->veto[i].address;
		bool four = l->veto[i].length >= 96 && !(p[0] | p[1] | p[2]);

		if (l->veto[i].length && four == !ipv6 && within(address, p, l->veto[i].length))
			return true;
	}
	return false;
}

bool weir_legit_established(const struct weir_legit *l, const struct weir_hal *hal, const uint32_t address[4], bool ipv6)
{
	static const uint32_t free_entry[8];
	uint32_t tag, set, word[8], any = 0;

	for (unsigned i = 0; i < WEIR_KEY_WORDS; i++)
		any |= l->key[i];
	if (!any || !vetoed(l, address, ipv6))
		return false;
	weir_legit_place(l->key, address, ipv6, &tag, &set);
	for (unsigned i = 0; i < WAYS; i++) {
		uint32_t at = WEIR_REG_STATE_LEGIT(WAYS * set + (tag + i) % WAYS);

		hal->read_entry(hal->ctx, at, word);
		if ((word[0] & 0xffffff) != tag)
			continue;
		hal->write_entry(hal->ctx, at, free_entry);
		return true;
	}
	return false;
}
