/* SPDX-License-Identifier: Apache-2.0 */
/** @file
 * What an appliance is doing: health, counters, reasons. All of it only reads. */
#ifndef WEIR_STATUS_H
#define WEIR_STATUS_H

#include "weir/device.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Whether all is well, in the appliance and on the link. */
struct weir_health {
	uint64_t now_us;             /**< the appliance's own clock: since power-on; of weir-sim since 1970 (docs/datapath.md 1) */
	bool ready;                  /**< memories are cleared */
	bool running;                /**< frames are taken */
	bool bypass;                 /**< everything passes */
	bool ageing;                 /**< no frame is taken until a sweep is complete: time has jumped */
	bool write_refused;          /**< sticky: static configuration was written while frames were taken */
	bool bad_entry;              /**< sticky: an entry was accessed that does not exist */
	bool cpu_runs;               /**< the soft core */
	bool cpu_asleep;             /**< and has nothing to do */
	uint16_t cpu_restarts;       /**< by the watchdog, since power-on, wrapping */
	uint32_t events_waiting;     /**< for the firmware */
	uint32_t events_lost;        /**< for lack of room, wrapping */
	uint16_t link_bad;           /**< what came from hosts and was no frame, wrapping */
	uint16_t link_repeated;      /**< requests that came again, wrapping */
	bool firmware;               /**< it answers; the rest is 0 otherwise */
	uint32_t firmware_version;   /**< of its mail */
	uint32_t firmware_mode;      /**< enum weir_mode */
	uint32_t series;             /**< in use */
	uint32_t alarms_ever;        /**< since power-on */
	uint32_t learned_bytes;      /**< size of the learned state */
};
/** Read it. @param ret  Set only on success.
 *  @retval 0; errors of weir_read(). A firmware that does not answer is no error, but costs the second that weir_mail() waits;
 *          otherwise some 10 ms at 3 Mbit/s. Sets nothing: the sticky bits stay. */
int weir_health(struct weir_dev *dev, struct weir_health *ret);

/** Turn the sticky bits write_refused and bad_entry to 0. @retval as weir_write(). */
int weir_health_clear(struct weir_dev *dev);

/** Events of one side; 0 is unprotected, 1 protected. Wrapping 32-bit counts (docs/registers.md, stats.side). */
struct weir_side_stats {
	uint32_t rx_frames;          /**< good ones received */
	uint32_t rx_fcs;             /**< with a wrong FCS */
	uint32_t rx_runt;            /**< below 64 bytes */
	uint32_t rx_oversize;        /**< longer than can be stored */
	uint32_t rx_error;           /**< with a reception error */
	uint32_t rx_overflow;        /**< no room in the receive store */
	uint32_t tx_frames;          /**< sent */
	uint32_t tx_error;           /**< spoiled while they were sent */
	uint32_t refused_oversize;   /**< longer than max_frame */
	uint32_t egress_full;        /**< dropped: no room in the normal queue that leaves here */
	uint32_t egress_full_low;    /**< likewise in the lower one */
	uint32_t taken;              /**< from this side, got a number */
};
/** Fill of a table: its size; not free (expired ones count until they are swept); and since the last load of a policy, wrapping:
 * lost to a new key, frames whose key found no room. */
struct weir_table_stats {
	uint32_t entries;            /**< its size */
	uint32_t used;               /**< not free */
	uint32_t evictions;          /**< lost to a new key */
	uint32_t full;               /**< frames whose key found no room */
};
/** Counts of both sides and all tables. */
struct weir_stats {
	struct weir_side_stats side[2];      /**< unprotected, protected */
	struct weir_table_stats table[7];    /**< docs/lists/tables.def */
	struct weir_table_stats state[7];    /**< docs/lists/states.def */
};
/** Read them. @param ret  Set only on success. @retval 0; errors of weir_read(). Each count is exact, the whole is not of one moment. */
int weir_stats(struct weir_dev *dev, struct weir_stats *ret);

/** What is counted in hardware (docs/datapath.md 10, 17), since the last load of a policy: frames by the reason of their verdict, by
 * the reason that a dry run would have had, by class, anomaly, and event of the connection table. There are no counts by
 * verdict: a reason tells it but for meters, whose policy says whether they drop or demote. */
enum weir_counter_kind { WEIR_COUNT_REASON, WEIR_COUNT_REASON_DRY, WEIR_COUNT_CLASS, WEIR_COUNT_ANOMALY, WEIR_COUNT_EVENT };
/** One of the counters. */
struct weir_counter {
	enum weir_counter_kind kind; /**< what is counted */
	uint16_t number;             /**< in its list (docs/lists); of reasons: anomaly 0x40 + code, class meter 0x20 + class */
	uint8_t side;                /**< of classes: where it came from, 0 unprotected, 1 protected; of others 2: both together */
	const char *name;            /**< of the list; valid for ever */
	const char *help;            /**< what it means; likewise */
	uint64_t count;              /**< 36 bits, wrapping */
};
/** Read all counters that have a name, in the order of the kinds above, then of their numbers, then sides.
 * @param all    Those whose count is 0 as well: always the same ones, for who keeps series of them.
 * @param ret    Room for n; filled from the start. May be NULL with n 0.
 * @param ret_n  How many there are, perhaps more than n; set only on success.
 * @retval 0; errors of weir_read(). Each count is exact, the whole is not of one moment. Some 80 ms at 3 Mbit/s. */
int weir_counters(struct weir_dev *dev, bool all, struct weir_counter *ret, size_t n, size_t *ret_n);

/** "reason", "reason_dry", "class", "anomaly", "event"; "unknown" for no kind. Any thread. */
const char *weir_counter_kind_name(enum weir_counter_kind kind);

#ifdef __cplusplus
}
#endif
#endif
