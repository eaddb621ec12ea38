// SPDX-License-Identifier: Apache-2.0
/** A keyed table: look-up, replacement, ageing (docs/datapath.md 5.2, 5.3). */
#ifndef WEIR_TABLE_H
#define WEIR_TABLE_H

#include <stdbool.h>
#include <stdint.h>

#include "host/common/hash.h"
#include "meter.h"

#define WEIR_TABLE_WAYS 4u

struct weir_table_entry {
	uint64_t tag;                  /**< 0: free */
	struct weir_meter_state m;     /**< pinned when m.cfg is not 0 */
};

struct weir_table_cfg {
	uint8_t timeout;               /**< windows */
	uint8_t fail_closed, full_dry_run, full_effect;
};

struct weir_table {
	struct weir_table_entry *entry;   /**< owned; 4 * sets, entry = 4 * set + way */
	uint32_t sets;                    /**< a power of two */
	struct weir_table_cfg cfg;
	uint32_t used;                    /**< entries with a tag, expired ones included */
	uint32_t peak;                    /**< highest value of used */
	uint32_t evictions, full;
};

/** @retval 0 all entries free; -ENOMEM */
int weir_table_init(struct weir_table *t, unsigned sets_log2);
void weir_table_done(struct weir_table *t);

/** Free all entries, zero configuration and statistics. */
void weir_table_clear(struct weir_table *t);

/** Find the entry of a key, or make one.
 * @param add       false: the frame was really dropped, only a hit counts
 * @param ret_full  set to whether no way could be had
 * @return the entry, its age below the timeout; NULL: none */
struct weir_table_entry *weir_table_seek(struct weir_table *t, struct weir_hash_key key,
					   uint64_t window, bool add, bool *ret_full);

/** Sweep step at one entry, below 4 * sets. */
void weir_table_sweep(struct weir_table *t, uint32_t index, uint64_t window);

/** Replace one entry, below 4 * sets. */
void weir_table_set(struct weir_table *t, uint32_t index, const struct weir_table_entry *entry);

#endif
