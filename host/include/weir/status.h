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
	bool ready, running, bypass, ageing;
	bool write_refused, bad_entry;   /**< sticky */
	bool cpu_runs, cpu_asleep;
	uint16_t cpu_restarts;       /**< by the watchdog, since power-on, wrapping */
	uint32_t events_waiting, events_lost;
	uint16_t link_bad, link_repeated;
	bool firmware;               /**< it answers; the rest is 0 otherwise */
	uint32_t firmware_version, firmware_mode;   /**< mode: docs/lists/params.def */
	uint32_t series, alarms_ever, learned_bytes;
};
/** Read it. @param ret  Set only on success.
 *  @retval 0; errors of weir_read(). A firmware that does not answer is no error, but costs the second that weir_mail() waits;
 *          otherwise some 10 ms at 3 Mbit/s. Sets nothing: the sticky bits stay. */
int weir_health(struct weir_dev *dev, struct weir_health *ret);

/** Turn the sticky bits write_refused and bad_entry to 0. @retval as weir_write(). */
int weir_health_clear(struct weir_dev *dev);

/** Events of one side; 0 is unprotected, 1 protected. Wrapping 32-bit counts (docs/registers.md, stats.side). */
struct weir_side_stats {
	uint32_t rx_frames, rx_fcs, rx_runt, rx_oversize, rx_error, rx_overflow;
	uint32_t tx_frames, tx_error, refused_oversize, egress_full, egress_full_low, taken;
};
/** Fill of a table: its size; not free (expired ones count until they are swept); and since the last load of a policy, wrapping:
 * lost to a new key, frames whose key found no room. */
struct weir_table_stats {
	uint32_t entries, used, evictions, full;
};
/** Counts of both sides and all tables. */
struct weir_stats {
	struct weir_side_stats side[2];
	struct weir_table_stats table[7], state[7];   /**< tables.def, states.def */
};
/** Read them. @param ret  Set only on success. @retval 0; errors of weir_read(). Each count is exact, the whole is not of one moment. */
int weir_stats(struct weir_dev *dev, struct weir_stats *ret);

/** What is counted in hardware (docs/datapath.md 10, 17), since the last load of a policy: frames by the reason of their verdict, by
 * the reason that a dry run would have had, by class, anomaly, and event of the connection table. There are no counts by
 * verdict: a reason tells it but for meters, whose policy says whether they drop or demote. */
enum weir_counter_kind { WEIR_COUNT_REASON, WEIR_COUNT_REASON_DRY, WEIR_COUNT_CLASS, WEIR_COUNT_ANOMALY, WEIR_COUNT_EVENT };
/** One of the counters. */
struct weir_counter {
	enum weir_counter_kind kind;
	uint16_t number;             /**< in its list (docs/lists); of reasons: anomaly 0x40 + code, class meter 0x20 + class */
	uint8_t side;                /**< of classes: where it came from, 0 unprotected, 1 protected; of others 2: both together */
	const char *name, *help;     /**< of the list; valid for ever */
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
