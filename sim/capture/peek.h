// SPDX-License-Identifier: Apache-2.0
/** Addresses of a frame, as far as telling its side needs them. Judging is the engines' business. */
#ifndef WEIR_CAPTURE_PEEK_H
#define WEIR_CAPTURE_PEEK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "host/common/addr.h"

struct weir_peek {
	uint64_t src_mac, dst_mac;   /**< 48 bits */
	bool has_mac;
	struct weir_addr src, dst;   /**< IP, or sender and target of ARP; family 0: none */
	uint8_t proto;               /**< 6 or 17 with ports, else 0 */
	uint8_t tcp_flags;
	uint16_t sport, dport;
};

/** @param bytes  n of them; any n. */
void weir_peek(const uint8_t *bytes, size_t n, struct weir_peek *ret);

#endif
