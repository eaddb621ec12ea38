// SPDX-License-Identifier: Apache-2.0
/** Keys of the tables and their Toeplitz hash (docs/datapath.md 5.1).
 *
 * The hash is linear, so a key's hash is the XOR of the hashes of its parts; the model computes an
 * address's part once for all tables. Addresses are 16 bytes, IPv4 in the last four. Allocates
 * nothing; a key set once may be read from many threads. */
#ifndef WEIR_HASH_H
#define WEIR_HASH_H

#include <stdint.h>

#define WEIR_HASH_KEY_WORDS 11
#define WEIR_HASH_BYTES 37      /**< bytes of the string that are not always 0 */

struct weir_hash {
	uint64_t part[WEIR_HASH_BYTES][256];   /**< 50 bits: of a byte's value at its position */
};

struct weir_hash_key {
	uint64_t tag;     /**< 40 bits, never 0 */
	uint32_t index;   /**< 10 bits; the set is the index modulo the table's sets */
};

/** Prepare the tables for hash_key[0..10]. Takes about 50 us. */
void weir_hash_key_set(struct weir_hash *h, const uint32_t key[WEIR_HASH_KEY_WORDS]);

/* The key of each table; family 0 is IPv4, 1 IPv6. */
struct weir_hash_key weir_hash_remote(const struct weir_hash *h, unsigned family,
				      const uint8_t remote[16]);
struct weir_hash_key weir_hash_pair(const struct weir_hash *h, unsigned family,
				    const uint8_t remote[16], const uint8_t protect[16]);
/** tclass: enum weir_tclass. */
struct weir_hash_key weir_hash_class(const struct weir_hash *h, unsigned family,
				     const uint8_t protect[16], unsigned tclass);
struct weir_hash_key weir_hash_address(const struct weir_hash *h, unsigned family,
				       const uint8_t protect[16]);
/** masked: with the bits below the prefix length cleared, see weir_hash_mask(). */
struct weir_hash_key weir_hash_prefix(const struct weir_hash *h, unsigned family,
				      const uint8_t masked[16]);
/** kind: 0 TCP, 1 UDP, 2 ICMP, 3 ICMPv6; value: port, or type * 256 + code. */
struct weir_hash_key weir_hash_port(const struct weir_hash *h, unsigned kind, uint16_t value);
struct weir_hash_key weir_hash_udp_source(const struct weir_hash *h, uint16_t sport);
/** pport, rport: ports of the protected and of the remote side. */
struct weir_hash_key weir_hash_connection(const struct weir_hash *h, unsigned family, const uint8_t remote[16],
					  const uint8_t protect[16], uint16_t pport, uint16_t rport);

/** Copy an address with everything below the prefix length cleared: 0 to 32 for IPv4, 0 to 128. */
void weir_hash_mask(unsigned family, const uint8_t address[16], unsigned length, uint8_t ret_masked[16]);

/* The parts, for those who share them between tables: XOR, then finish. */
uint64_t weir_hash_part_remote(const struct weir_hash *h, unsigned family, const uint8_t remote[16]);
uint64_t weir_hash_part_protected(const struct weir_hash *h, unsigned family, const uint8_t protect[16]);
/** Everything behind the addresses. */
uint64_t weir_hash_part_tail(const struct weir_hash *h, unsigned table, unsigned family,
			     unsigned sub_kind, uint16_t value);
/** The same of a connection. */
uint64_t weir_hash_part_connection(const struct weir_hash *h, unsigned family, uint16_t pport, uint16_t rport);
struct weir_hash_key weir_hash_finish(uint64_t parts);

#endif
