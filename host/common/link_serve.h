// SPDX-License-Identifier: Apache-2.0
/* The appliance's end of the host link (docs/link.md), as rtl/link/weir_link_engine.sv has it: for simulators and tests. A
 * request is done at once, so that none comes before the reply to the one before is out. No I/O, no allocation, no logging;
 * any thread, one at a time per server. */
#ifndef WEIR_HOST_COMMON_LINK_SERVE_H
#define WEIR_HOST_COMMON_LINK_SERVE_H

#include "host/common/link_frame.h"
#include "host/common/link_proto.h"

/** What requests reach. Addresses are multiples of 4 below WEIR_LINK_ADDRESS_END; where nothing is, writes have no effect
 * and reads give anything. The words of a request come one behind the other, with nothing between them. */
struct weir_link_bus {
	uint32_t (*read)(void *ctx, uint32_t address);
	void (*write)(void *ctx, uint32_t address, uint32_t word);
	/** Octets for the host: one whole frame. */
	void (*out)(void *ctx, const uint8_t *octets, size_t n);
	void *ctx;
};

/** Visible so that its owner can keep it anywhere; only the functions below look inside. */
struct weir_link_server {
	struct weir_link_decoder decoder;
	const struct weir_link_bus *bus;
	uint8_t type, number;                  /* of the request before; WEIR_LINK_HELLO: none */
	uint8_t reply[WEIR_LINK_BODY_MAX];     /* to it */
	size_t reply_len;
	uint8_t notice;                        /* number of the next one */
	uint16_t foreign;                      /* frames that are no requests */
	uint16_t repeated;
};

/** @param bus  Borrowed as long as the server is used. */
void weir_link_server_init(struct weir_link_server *s, const struct weir_link_bus *bus);

/** Octets off the wire, in any pieces; replies go to bus->out from within. At most 8,192 accesses for each 16 octets. */
void weir_link_serve(struct weir_link_server *s, const uint8_t *octets, size_t n);

/** Send a notice of the firmware. */
void weir_link_serve_notice(struct weir_link_server *s, const uint32_t words[WEIR_LINK_NOTICE_WORDS]);

/** Register link_counts. */
uint32_t weir_link_server_counts(const struct weir_link_server *s);

#endif
