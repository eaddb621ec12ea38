// SPDX-License-Identifier: Apache-2.0
/** A session that lives in real time: between two interfaces, with a host link, or with both (docs/simulator.md, "Live"). */
#ifndef WEIR_LIVE_H
#define WEIR_LIVE_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "clock.h"
#include "counts.h"
#include "iface.h"
#include "link_socket.h"
#include "sim/engine/session.h"

struct weir_live;

struct weir_live_setup {
	struct weir_link_socket *link;          /**< borrowed; NULL: none */
	struct weir_iface *iface[2];            /**< borrowed; both or none */
	const char *name[2];                    /**< of them, borrowed */
	uint64_t short_pps, long_pps;           /**< capacity, for the counts */
	const volatile sig_atomic_t *stop;      /**< not 0: end */
	/** Frames were not carried; once a second at most. May be NULL. */
	void (*tell)(void *ctx, const struct weir_live_counts *now, uint64_t news);
	void *ctx;
};

/** @param setup  Copied. @retval NULL no memory */
struct weir_live *weir_live_new(const struct weir_live_setup *setup);
/** Accepts NULL. */
void weir_live_free(struct weir_live *l);

/** Run until stopped, or for so long (real time; UINT64_MAX: for ever), or, until_served, until a host has come and gone.
 * Frames of the interfaces go through, hosts are served, time is the clock's.
 * @param clock  Never below what the session's time was before.
 * @retval 0; -ENODEV an interface has been taken away; errors of weir_session_live(), weir_session_submit(); -errno of poll(). */
int weir_live_run(struct weir_live *l, struct weir_session *s, const struct weir_live_clock *clock, uint64_t for_ns,
		  bool until_served);
/** Time goes on from one point to another as fast as it can be simulated, without frames; hosts are served. A stop ends it within some ms.
 * @retval 0; errors of weir_session_live(). */
int weir_live_catch_up(struct weir_live *l, struct weir_session *s, uint64_t from_ns, uint64_t to_ns);
/** No more frames are taken: those that still wait are not carried. Behind it, weir_session_finish(). */
void weir_live_end(struct weir_live *l);

/** A frame leaves the appliance: the session's sink, `out` and `answer`. */
void weir_live_out(struct weir_live *l, int side, const uint8_t *frame, uint32_t len);

const struct weir_live_counts *weir_live_counts(const struct weir_live *l);

#endif
