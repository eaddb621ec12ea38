/* SPDX-License-Identifier: Apache-2.0 */
/** Veto of legitimate addresses (RATE-10): an address that completes a handshake and lies in a vetoed prefix is taken out of the
 * table `legit` again. The entry is found with the hash key, which the host tells (docs/datapath.md 5.1). */
#ifndef WEIR_FW_LEGIT_H
#define WEIR_FW_LEGIT_H
#include <stdbool.h>
#include <stdint.h>
#include "firmware/hal/hal.h"

enum { WEIR_VETOES = 8, WEIR_KEY_WORDS = 11 };
struct weir_legit {
	uint32_t key[WEIR_KEY_WORDS];
	struct { uint32_t address[4]; uint8_t length; } veto[WEIR_VETOES];  /**< length 0: none */
};

/** Tag (24 bits as `legit` keeps it) and set of an address. IPv4: 96 zero bits before it. */
void weir_legit_place(const uint32_t key[WEIR_KEY_WORDS], const uint32_t address[4], bool ipv6, uint32_t *ret_tag,
		      uint32_t *ret_set);
/** An address has completed a handshake. @return whether it was taken out. Up to five maintenance slots. */
bool weir_legit_established(const struct weir_legit *l, const struct weir_hal *hal, const uint32_t address[4], bool ipv6);

#endif
