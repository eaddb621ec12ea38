// SPDX-License-Identifier: Apache-2.0
/** The tables of state: look-up, replacement, ageing (docs/datapath.md 12). They are like the keyed
 * tables (table.h), with entries, clocks and victims of their own. */
#ifndef WEIR_STATE_TABLE_H
#define WEIR_STATE_TABLE_H

#include <stdbool.h>
#include <stdint.h>

#include "host/common/hash.h"
#include "host/common/lists.h"

#define WEIR_STATE_WAYS 4u

/** States of a connection (13.1). */
enum weir_connection_state {
	WEIR_SYN_SENT = 1, WEIR_SIMULTANEOUS, WEIR_SYN_RECEIVED, WEIR_ESTABLISHED, WEIR_CLOSING, WEIR_CLOSED,
};

struct weir_connection {
	uint32_t end_r, end_p;         /**< what the remote, the protected side has sent up to */
	uint8_t state;                 /**< enum weir_connection_state */
	uint8_t opener;                /**< 0 remote side, 1 protected side */
	uint8_t fin_r, fin_p, ws, adopted;
};

/** Connections of an address, as they were at the entry's time (13.4). */
struct weir_counts {
	uint8_t half_now, half_before;
	uint8_t opened;
	uint16_t est_now, est_before;
};

/** A SYN meter but for its window (14.1). */
struct weir_syn_meter {
	uint32_t count;
	uint8_t flood, quiet;
};

struct weir_state_entry {
	uint64_t tag;                  /**< 0: free; as many bits as the table keeps */
	uint64_t time;                 /**< all its bits; `host`: the window. The entry shows the low ones */
	union {
		struct weir_connection connection;
		struct weir_syn_meter host;
		uint32_t score;        /**< of a source */
		struct weir_counts counts;
	};
};

struct weir_state_table {
	struct weir_state_entry *entry;    /**< owned; 4 * sets, entry = 4 * set + way */
	uint32_t sets;                     /**< a power of two */
	unsigned number;                   /**< enum weir_state_number */
	unsigned clock_log2;
	uint64_t tag_mask;
	uint16_t timeout[8];               /**< as configured, by state of the connection; others [0] */
	uint32_t used, peak;               /**< entries with a tag, expired ones included; most of them */
	uint32_t evictions, full;
};

/** @retval 0 all entries free; -ENOMEM */
int weir_state_table_init(struct weir_state_table *t, enum weir_state_number number);
void weir_state_table_done(struct weir_state_table *t);

/** Free all entries, zero timeouts (but for those that are fixed) and statistics. */
void weir_state_table_clear(struct weir_state_table *t);

/** The clock of a table at a time. */
static inline uint64_t weir_state_clock(const struct weir_state_table *t, uint64_t stamp_us)
{
	return stamp_us >> t->clock_log2;
}

/** The entry of a key that has not expired; NULL: a miss. */
struct weir_state_entry *weir_state_find(const struct weir_state_table *t, struct weir_hash_key key,
					 uint64_t clock);

/** After a miss: whether the key's set has neither a free or expired way nor a victim. */
bool weir_state_is_full(const struct weir_state_table *t, struct weir_hash_key key, uint64_t clock);

/** After a miss: a fresh entry, its time the clock. NULL: no way to be had, which is counted. */
struct weir_state_entry *weir_state_insert(struct weir_state_table *t, struct weir_hash_key key,
					   uint64_t clock);

/** Sweep step at one entry, below 4 * sets. */
void weir_state_sweep(struct weir_state_table *t, uint32_t index, uint64_t clock);

/** Replace one entry, below 4 * sets. */
void weir_state_set(struct weir_state_table *t, uint32_t index, const struct weir_state_entry *entry);

/** Whether it has not expired. A free entry has not. */
bool weir_state_is_alive(const struct weir_state_table *t, const struct weir_state_entry *e, uint64_t clock);

/** A score at an age (15). */
static inline uint32_t weir_state_decay(uint32_t score, uint64_t age)
{
	return age >= 16 ? 0 : score >> age;
}

#endif
