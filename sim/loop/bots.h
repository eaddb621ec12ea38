// SPDX-License-Identifier: Apache-2.0
/** Bots: hosts with addresses of their own that complete handshakes, and open connections as fast as they are told.
 *
 * A small TCP of their own in place of a stack: thousands of connections, no retransmission (what is lost is made up for
 * by the next one), no data. A SYN-ACK that acknowledges the SYN gets its ACK; one that acknowledges something else a
 * RST, as every host answers it: so a bot proves itself to an appliance that asks it to. */
#ifndef WEIR_LOOP_BOTS_H
#define WEIR_LOOP_BOTS_H

#include <stdbool.h>
#include <stdint.h>

#include "host/common/addr.h"
#include "sim/common/packet_build.h"
#include "host/common/prng.h"

enum {
	WEIR_BOTS_MOST = 4096,
	WEIR_BOT_PLACES = 4096,      /**< connections that a bot can have at once */
};

struct weir_bots_options {
	struct weir_addr server;
	uint16_t port;
	struct weir_prefix sources;
	uint32_t n;
	uint64_t start_ns;           /**< the first connection of each begins in the second after it */
	bool strangers;              /**< no first connection */
	bool closes;                 /**< each connection at once; otherwise it is held, in silence */
	uint32_t rate_per_s;         /**< connections that each bot opens a second */
	uint64_t from_ns, until_ns;
	uint32_t later_per_s;        /**< the same from later_ns on */
	uint64_t later_ns;
	uint64_t seed;
};

struct weir_bot {
	struct weir_addr addr;
	uint64_t due_ns;             /**< it wants to open one; UINT64_MAX: no more */
	bool began;                  /**< its first connection is behind it */
	uint32_t syns, connected, resets, crowded;   /**< crowded: it had no place for one */
	uint32_t opened;             /**< numbers its connections */
	struct weir_bot_place *place;
};

/** A packet of a bot leaves. */
typedef void weir_bots_send(void *ctx, const struct weir_ip_spec *ip, const struct weir_tcp_spec *tcp);

struct weir_bots {
	struct weir_bots_options o;
	weir_bots_send *send;
	void *ctx;
	struct weir_prng prng;
	struct weir_bot *bot;
	uint32_t n;
};

/** @retval 0, -ENOMEM (weir_bots_done() all the same). */
int weir_bots_init(struct weir_bots *b, const struct weir_bots_options *o, weir_bots_send *send, void *ctx);
void weir_bots_done(struct weir_bots *b);

/** At bot->due_ns: opens a connection, sets due_ns. */
void weir_bots_open(struct weir_bots *b, struct weir_bot *bot, uint64_t now_ns);

/** An IP packet for a bot, from the server's address; anything but TCP is ignored. */
void weir_bots_receive(struct weir_bots *b, struct weir_bot *bot, const uint8_t *ip, uint32_t len);

#endif
