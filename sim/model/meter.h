// SPDX-License-Identifier: Apache-2.0
/** One meter: its state, its configuration and one update (docs/datapath.md 6). */
#ifndef WEIR_METER_H
#define WEIR_METER_H

#include <stdbool.h>
#include <stdint.h>

#define WEIR_WINDOW_BITS 16             /* a window is 65,536 us */
#define WEIR_METER_TIME_MAX 0xfffffffu  /* 28 bits of 2^-8 us */
#define WEIR_METER_CFGS 192u

enum weir_meter_action {
	WEIR_METER_count, WEIR_METER_limit, WEIR_METER_drop, WEIR_METER_declare,
};

struct weir_meter_cfg {
	uint32_t pkt_cost, pkt_tau, pkt_threshold;
	uint32_t byte_cost, byte_tau, byte_threshold;
	uint8_t action;     /**< enum weir_meter_action */
	uint8_t effect;     /**< 0 drop, 1 demote */
	uint8_t dry_run;
	uint8_t hold;       /**< windows */
};

struct weir_meter_state {
	uint64_t win;       /**< window of the last update, all its bits; the entry shows the low 10 */
	uint32_t tat, btat;
	uint32_t count, bcount;
	uint32_t prev_count;   /**< class bank only */
	uint8_t tripped, quiet;
	uint8_t cfg;        /**< 0, or the number of an override */
};

struct weir_meter_in {
	uint64_t window;    /**< W */
	uint32_t position;  /**< v: 2^-8 us from the start of the window */
	uint32_t len;       /**< bytes, at most 2,000 */
	bool bytes;         /**< the entry has byte state */
	bool used;          /**< really dropped before, or exempt: counts, takes no tokens */
};

struct weir_meter_result {
	uint32_t threshold, measured;
	uint8_t unit;       /**< 0 packets, 1 bytes */
	bool candidate;     /**< the meter objects */
	bool trip, end;     /**< events */
};

/** Clear everything but win and cfg. */
void weir_meter_fresh(struct weir_meter_state *s, uint64_t window);

/** Account one packet. The age of the state, in->window - s->win, is below 256 here: what is older
 * was made fresh by the look-up. */
void weir_meter_update(struct weir_meter_state *s, const struct weir_meter_cfg *c,
		       const struct weir_meter_in *in, struct weir_meter_result *ret);

#endif
