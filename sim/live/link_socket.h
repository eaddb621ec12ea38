// SPDX-License-Identifier: Apache-2.0
/** The host link of a session on a Unix stream socket (docs/simulator.md, "Host link"). One host at a time; nothing here ever
 * blocks. */
#ifndef WEIR_LIVE_LINK_SOCKET_H
#define WEIR_LIVE_LINK_SOCKET_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/engine/session.h"

enum { WEIR_LINK_SOCKET_POLLS = 2, WEIR_LINK_SOCKET_DETAIL = 300 };

struct weir_link_socket;

struct weir_link_socket_counts {
	uint64_t hosts, turned_away;     /**< let in; closed at once, since there was one */
	uint64_t octets_in, octets_out;
	uint64_t notices_lost;           /**< that a host was too slow for; not those while there was none */
	uint64_t aborted;                /**< frames that a host left behind unfinished, or may have */
};

/** Bind and listen.
 * @param path    Copied. A socket there that nobody listens on is replaced.
 * @param detail  WEIR_LINK_SOCKET_DETAIL bytes: one line on failure.
 * @retval 0 *ret set; -EADDRINUSE somebody serves it; -EEXIST something else is there; -errno. */
int weir_link_socket_open(const char *path, struct weir_link_socket **ret, char *detail);
/** Ends the conversation and removes the socket. Accepts NULL. */
void weir_link_socket_close(struct weir_link_socket *l);

/** Let hosts in and out, and move octets both ways as far as there is room. */
void weir_link_socket_pump(struct weir_link_socket *l, struct weir_session *s);
/** Octets of the appliance, in any pieces: the session's sink. */
void weir_link_socket_said(struct weir_link_socket *l, const uint8_t *octets, size_t n);

/** What to wait for. @return number of entries filled, at most WEIR_LINK_SOCKET_POLLS */
size_t weir_link_socket_polls(const struct weir_link_socket *l, struct pollfd *ret);
/** Octets or a host wait for the engine to go on: sleeping on the sockets alone would be too long. */
bool weir_link_socket_urgent(const struct weir_link_socket *l);
/** A host has come, has sent something, and has gone, and what it asked for is done. */
bool weir_link_socket_served(const struct weir_link_socket *l);
const struct weir_link_socket_counts *weir_link_socket_counts(const struct weir_link_socket *l);

#endif
