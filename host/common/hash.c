// SPDX-License-Identifier: Apache-2.0
#include "hash.h"

#include <string.h>

#include "lists.h"

#define OUT_BITS 50
#define INDEX_BITS 10
#define KIND_CONNECTION 8

/** Key bits from..from+49 as a number, the first the most significant. */
static uint64_t key_window(const uint32_t *key, unsigned from)
{
	uint64_t v = 0;

	for (unsigned i = from; i < from + OUT_BITS; i++)
		v = v << 1 | (key[i / 32] >> (31 - i % 32) & 1);
	return v;
}

void weir_hash_key_set(struct weir_hash *h, const uint32_t key[WEIR_HASH_KEY_WORDS])
{
	for (unsigned at = 0; at < WEIR_HASH_BYTES; at++) {
		uint64_t *part = h->part[at];

		part[0] = 0;
		for (unsigned bit = 0; bit < 8; bit++) {
			unsigned value = 0x80u >> bit;

			part[value] = key_window(key, at * 8 + bit);
		}
		/* Every other value: its lowest bit and the rest, both smaller. */
		for (unsigned value = 1; value < 256; value++)
			part[value] = part[value & (value - 1)] ^ part[value & -value];
	}
}

static uint64_t address_part(const uint64_t (*part)[256], unsigned family, const uint8_t a[16])
{
	uint64_t v = 0;

	if (family)
		for (unsigned i = 0; i < 12; i++)
			v ^= part[i][a[i]];
	return v ^ part[12][a[12]] ^ part[13][a[13]] ^ part[14][a[14]] ^ part[15][a[15]];
}

uint64_t weir_hash_part_remote(const struct weir_hash *h, unsigned family, const uint8_t remote[16])
{
	return address_part(h->part, family, remote);
}

uint64_t weir_hash_part_protected(const struct weir_hash *h, unsigned family, const uint8_t protect[16])
{
	return address_part(h->part + 16, family, protect);
}

uint64_t weir_hash_part_tail(const struct weir_hash *h, unsigned table, unsigned family,
			     unsigned sub_kind, uint16_t value)
{
	return h->part[32][((table + 1) << 4 | family << 3 | sub_kind) & 0xff] ^
	       h->part[33][value >> 8] ^ h->part[34][value & 0xff];
}

uint64_t weir_hash_part_connection(const struct weir_hash *h, unsigned family, uint16_t pport, uint16_t rport)
{
	return weir_hash_part_tail(h, KIND_CONNECTION - 1, family, 0, pport) ^ h->part[35][rport >> 8] ^
	       h->part[36][rport & 0xff];
}

struct weir_hash_key weir_hash_finish(uint64_t parts)
{
	struct weir_hash_key k = {
		.tag = parts >> INDEX_BITS,
		.index = parts & ((1u << INDEX_BITS) - 1),
	};

	if (!k.tag)
		k.tag = 1;
	return k;
}

struct weir_hash_key weir_hash_remote(const struct weir_hash *h, unsigned family,
				      const uint8_t remote[16])
{
	return weir_hash_finish(weir_hash_part_remote(h, family, remote) ^
				weir_hash_part_tail(h, WEIR_TABLE_remote, family, 0, 0));
}

struct weir_hash_key weir_hash_pair(const struct weir_hash *h, unsigned family,
				    const uint8_t remote[16], const uint8_t protect[16])
{
	return weir_hash_finish(weir_hash_part_remote(h, family, remote) ^
				weir_hash_part_protected(h, family, protect) ^
				weir_hash_part_tail(h, WEIR_TABLE_pair, family, 0, 0));
}

static struct weir_hash_key of_protected(const struct weir_hash *h, unsigned table, unsigned family,
					 const uint8_t protect[16], unsigned sub_kind)
{
	return weir_hash_finish(weir_hash_part_protected(h, family, protect) ^
				weir_hash_part_tail(h, table, family, sub_kind, 0));
}

struct weir_hash_key weir_hash_class(const struct weir_hash *h, unsigned family,
				     const uint8_t protect[16], unsigned tclass)
{
	return of_protected(h, WEIR_TABLE_class, family, protect, tclass);
}

struct weir_hash_key weir_hash_address(const struct weir_hash *h, unsigned family,
				       const uint8_t protect[16])
{
	return of_protected(h, WEIR_TABLE_address, family, protect, 0);
}

struct weir_hash_key weir_hash_prefix(const struct weir_hash *h, unsigned family,
				      const uint8_t masked[16])
{
	return of_protected(h, WEIR_TABLE_prefix, family, masked, 0);
}

struct weir_hash_key weir_hash_port(const struct weir_hash *h, unsigned kind, uint16_t value)
{
	return weir_hash_finish(weir_hash_part_tail(h, WEIR_TABLE_port, 0, kind, value));
}

struct weir_hash_key weir_hash_udp_source(const struct weir_hash *h, uint16_t sport)
{
	return weir_hash_finish(weir_hash_part_tail(h, WEIR_TABLE_udp_source, 0, 0, sport));
}

struct weir_hash_key weir_hash_connection(const struct weir_hash *h, unsigned family, const uint8_t remote[16],
					  const uint8_t protect[16], uint16_t pport, uint16_t rport)
{
	return weir_hash_finish(weir_hash_part_remote(h, family, remote) ^
				weir_hash_part_protected(h, family, protect) ^
				weir_hash_part_connection(h, family, pport, rport));
}

void weir_hash_mask(unsigned family, const uint8_t address[16], unsigned length, uint8_t ret_masked[16])
{
	unsigned keep = family ? length : 96 + length;

	for (unsigned i = 0; i < 16; i++) {
		unsigned bits = keep > i * 8 ? keep - i * 8 : 0;

		ret_masked[i] = bits >= 8 ? address[i] : address[i] & (0xff00u >> bits);
	}
}
