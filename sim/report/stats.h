// SPDX-License-Identifier: Apache-2.0
/** What a run adds up to. Memory is fixed: meters' keys and latencies have bounded room. */
#ifndef WEIR_REPORT_STATS_H
#define WEIR_REPORT_STATS_H

#include <stddef.h>
#include <stdint.h>

#include "key.h"
#include "sim/engine/session.h"

enum {
	WEIR_STATS_KEYS = 1024,        /**< meters' keys told apart; the rest in one row */
	WEIR_STATS_KEY_SLOTS = 4096,
	WEIR_LATENCY_FINE = 4096,      /**< exact up to so many times 8 ns */
	WEIR_LATENCY_BUCKETS = WEIR_LATENCY_FINE + 64 * 64,
};

/** One key of one meter that tripped, ended, or gave a verdict. */
struct weir_meter_row {
	struct weir_key key;
	uint64_t trips, ends, dropped, demoted, answered, dry_run;
	uint64_t first_trip_ns, last_end_ns;   /**< arrival; 0: never */
	uint64_t first_drop_ns;                /**< or answered */
	uint32_t threshold, max_measured;      /**< as verdicts showed them; 0: none did */
	uint8_t unit;                          /**< of both: 0 packets, 1 bytes */
};

struct weir_stats {
	const struct weir_policy *policy;
	const struct weir_rule_map *rules;     /**< NULL: none */
	uint64_t frames, bytes;                /**< offered */
	uint64_t passed_bytes;
	uint64_t side_frames[2];
	uint64_t reason[256][WEIR_VERDICTS];
	uint64_t dry[256];
	uint64_t classes[WEIR_CLASSES];
	uint64_t anomalies[WEIR_ANOMALIES];
	uint64_t events[WEIR_EVENTS];          /**< of the connection table */
	uint64_t legit, proven;                /**< inbound frames from such addresses, as far as they were looked up */
	uint64_t flood[3];                     /**< inbound frames during a flood: of SYN to their address, to all; zombies */
	uint64_t padded, cut;
	uint64_t first_ns, last_ns;            /**< first start, last arrival */
	uint64_t latencies, latency_min, latency_max;
	uint64_t latency[WEIR_LATENCY_BUCKETS];
	struct weir_meter_row row[WEIR_STATS_KEYS];
	size_t rows;
	struct weir_meter_row others;          /**< keys beyond; key is meaningless */
	uint64_t other_keys;                   /**< events counted in others */
	uint16_t slot[WEIR_STATS_KEY_SLOTS];   /**< by hash: row + 1 */
};

/** @param policy, rules  borrowed; rules may be NULL: none */
void weir_stats_init(struct weir_stats *s, const struct weir_policy *policy, const struct weir_rule_map *rules);

void weir_stats_packet(struct weir_stats *s, const struct weir_packet *p);

/** Latency below or at which `part` (0 to 1) of the packets left; 0 when none did. At most 1.6 % too high. */
uint64_t weir_stats_latency(const struct weir_stats *s, double part);

/** Rows, most packets removed first, then the earliest; *ret_n of them. Sorts s->row in place: last use. */
const struct weir_meter_row *weir_stats_meters(struct weir_stats *s, size_t *ret_n);

#endif
