// SPDX-License-Identifier: Apache-2.0
/** The servers of the closed loop: one port. The first byte of a connection says what it wants:
 * WEIR_SERVER_GET a reply of fixed size to a request of fixed size; anything else comes back as it is. */
#ifndef WEIR_LOOP_SERVER_H
#define WEIR_LOOP_SERVER_H

#include <stdbool.h>
#include <stdint.h>

#include "host/common/addr.h"

enum { WEIR_SERVER_GET = 'G', WEIR_SERVER_ECHO = 'E', WEIR_SERVER_REQUEST = 200 };

struct weir_server {
	uint32_t reply_bytes;    /**< at most 32 KiB */
	uint64_t accepted;       /**< connections whose handshake is complete */
	uint64_t reset;          /**< of these, ended by RST or time-out */
	uint32_t open;           /**< of these, neither ended nor told that the other end has said all */
	/** One of `open` more (by 1) or less (-1); may be NULL. */
	void (*changed)(void *ctx, const struct weir_addr *remote, int by);
	void *ctx;
};

/** Listen. @param s  Borrowed from then on. @retval 0, -ENOMEM. */
int weir_server_start(struct weir_server *s, const struct weir_addr *addr, uint16_t port);

#endif
