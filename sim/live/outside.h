// SPDX-License-Identifier: Apache-2.0
/** What is outside of a run of weir-sim in real time: hosts and interfaces, as the command line wants them. */
#ifndef WEIR_LIVE_OUTSIDE_H
#define WEIR_LIVE_OUTSIDE_H

#include "capacity.h"
#include "live.h"

struct weir_outside {
	/* Set by its owner before open; all borrowed. */
	const char *listen;                      /* socket of the host link; NULL: none */
	const char *name[2];                     /* interfaces; NULL: none */
	uint64_t for_ns;                         /* of a run without a capture; UINT64_MAX: until stopped */
	struct weir_capacity capacity;           /* measured, for the report */
	const volatile sig_atomic_t *stop;
	void (*say)(const char *line);           /* to people */
	/* For the report, behind end: */
	struct weir_link_socket_counts hosts;
	/* Its own. */
	struct weir_link_socket *link;
	struct weir_iface *iface[2];
	struct weir_live *live;
	bool ended;
};

/** Sockets and interfaces, told to people when they are there. Nothing at all if neither is wanted.
 * @retval 0; -errno, which has been told. */
int weir_outside_open(struct weir_outside *o);
/** Sockets and interfaces go away. */
void weir_outside_close(struct weir_outside *o);

/** Real time, from one point in the session's time on, to another one at most.
 * @param until_served  Until a host has come and gone, whatever for_ns says; what that leaves of the time is simulated then, as fast as may be.
 *                      UINT64_MAX is no time that would be left.
 * @retval 0; errors of weir_live_run(). */
int weir_outside_run(struct weir_outside *o, struct weir_session *s, uint64_t from_ns, uint64_t to_ns, bool until_served);
/** Hosts are served while something else makes time go on; when a host has stopped the engine, wait until it lets it go on.
 * @return whether all has to end */
bool weir_outside_pause(struct weir_outside *o, struct weir_session *s);
/** Nothing from outside counts any more; behind it, weir_session_finish(). */
void weir_outside_end(struct weir_outside *o);

/** For the session's sink. */
void weir_outside_left(struct weir_outside *o, int side, const uint8_t *frame, uint32_t len);
void weir_outside_said(struct weir_outside *o, const uint8_t *octets, size_t n);

#endif
