// SPDX-License-Identifier: Apache-2.0
/** What the records of a run say: why frames were stopped, what the connection table found, and when floods were
 * declared and ended. */
#ifndef WEIR_LOOP_WATCH_H
#define WEIR_LOOP_WATCH_H

#include <stdint.h>

#include "sim/engine/session.h"

/** Where a frame comes from. */
enum weir_loop_kind { WEIR_LOOP_HONEST, WEIR_LOOP_SERVER, WEIR_LOOP_FLOOD, WEIR_LOOP_BOT, WEIR_LOOP_KINDS };

/** Floods: of a protected address, of all of them, of legitimate addresses; and trips of meters (remote, pair, class …). */
enum weir_loop_flood { WEIR_LOOP_OF_ADDRESS, WEIR_LOOP_OF_ALL, WEIR_LOOP_OF_ZOMBIES, WEIR_LOOP_OF_METERS, WEIR_LOOP_FLOODS };

/** Fate of a kind of frames. */
struct weir_loop_frames {
	uint64_t sent, fate[WEIR_FATES];
	uint64_t reason[256];        /**< enum weir_reason */
	uint64_t event[16];          /**< enum weir_state_event */
	uint64_t by_rule;         /**< frames with a rule that applies */
};

struct weir_loop_declared {
	uint64_t trips, ends;
	uint64_t first_ns, end_ns;   /**< first trip, last end; 0: none */
};

struct weir_loop_watch {
	struct weir_loop_frames kind[WEIR_LOOP_KINDS];
	struct weir_loop_declared flood[WEIR_LOOP_FLOODS];
};

void weir_loop_watch(struct weir_loop_watch *w, enum weir_loop_kind kind, const struct weir_packet *p);

#endif
