// SPDX-License-Identifier: Apache-2.0
/** A spoofed SYN flood: its times, and its frames. */
#ifndef WEIR_LOOP_FLOOD_H
#define WEIR_LOOP_FLOOD_H

#include <stdint.h>

#include "host/common/addr.h"
#include "sim/common/packet_build.h"
#include "host/common/prng.h"

struct weir_flood_options {
	struct weir_addr server;
	uint16_t port;
	struct weir_prefix sources;
	uint64_t rate_pps;                 /**< 0: bursts only */
	uint64_t from_ns, until_ns;
	uint64_t burst_ns, burst_every_ns; /**< so long at line rate, from the start on every so often; 0: no bursts */
	uint64_t seed;
};

struct weir_flood {
	struct weir_flood_options o;
	struct weir_prng prng;
	uint64_t next_ns;                  /**< when it wants to send next; UINT64_MAX: no more */
};

void weir_flood_init(struct weir_flood *f, const struct weir_flood_options *o);

/** One SYN was sent, beginning at start_ns, not before next_ns: sets next_ns. */
void weir_flood_sent(struct weir_flood *f, uint64_t start_ns, uint64_t wire_ns);

/** Append IP and TCP of the next one. */
void weir_flood_build(struct weir_flood *f, struct weir_pkt *p);

#endif
