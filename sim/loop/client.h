// SPDX-License-Identifier: Apache-2.0
/** The honest clients of the closed loop. Each has an address of its own. A visitor opens a connection, asks, gets
 * its reply and closes, and tries again when its connection is reset before that. A resident opens one connection
 * and says something all the time; whatever it says comes back.
 *
 * The timer of SYNs is the clients' own: `rto_ms`, then doubled each time, and a SYN-ACK with a wrong acknowledgement is
 * answered by RST alone, as Linux does (the caller makes it one without ACK). With rto_ms 0 it is lwIP's: about 3 s, not doubled, and a new
 * SYN follows that RST at once. */
#ifndef WEIR_LOOP_CLIENT_H
#define WEIR_LOOP_CLIENT_H

#include <stdbool.h>
#include <stdint.h>

#include "host/common/addr.h"

struct weir_client_options {
	struct weir_addr server;
	uint16_t port;
	uint32_t rto_ms;
	uint32_t again_ms;        /**< from a reset to the next connection */
	uint32_t connects_most;
	uint32_t reply_bytes;
	uint32_t say_ms;          /**< residents: from one message to the next */
};

enum weir_client_state {
	WEIR_CLIENT_IDLE,         /**< not yet begun, or between two connections */
	WEIR_CLIENT_CONNECTING,
	WEIR_CLIENT_CONNECTED,
	WEIR_CLIENT_DONE,         /**< visitor: has its reply */
	WEIR_CLIENT_FAILED,       /**< all connections reset; resident: its connection is gone */
};

struct tcp_pcb;
struct weir_clients;

struct weir_client {
	struct weir_clients *all;
	struct weir_addr addr;
	bool resident;
	uint64_t again_ns;        /**< visitor: it comes twice, the second time then; counted is the second time. 0: once */
	bool known;               /**< visitor: has come before */
	enum weir_client_state state;
	struct tcp_pcb *pcb;      /**< lwIP's, until closed or told of its end */
	uint32_t connects, syns, resets, timeouts;
	uint32_t ports;           /**< used so far: no two connections have the same */
	uint64_t first_syn_ns, connected_ns, served_ns;
	uint64_t sent, received;  /**< bytes of the payload; visitor: of its last connection */
	bool garbled;             /**< resident: something else came back */
	uint64_t due_ns;          /**< its timer; UINT64_MAX: off */
};

/** Sets the timer of a client: weir_client_timer() is to be called at c->due_ns, unless that changes before. */
typedef void weir_client_due(void *ctx, struct weir_client *c);

struct weir_clients {
	struct weir_client_options o;
	weir_client_due *due;
	void *ctx;
	struct weir_client *client;
	uint32_t n;
	uint32_t undecided;       /**< visitors neither done nor failed */
	bool quiet;               /**< residents say nothing more */
};

/** At c->due_ns, to begin and whenever it asked for it. */
void weir_client_timer(struct weir_client *c);

/** An IP packet for this client. @retval false  no memory: lost */
bool weir_client_receive(struct weir_client *c, const uint8_t *packet, uint32_t len);

/** Count a SYN that it has sent. */
void weir_client_sent_syn(struct weir_client *c);

/** Resident with all it said come back. */
bool weir_client_alive(const struct weir_client *c);

#endif
