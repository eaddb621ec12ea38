/* SPDX-License-Identifier: Apache-2.0 */
/** @file
 * What an appliance is doing: health, counters, reasons. All of it only reads. */
#ifndef WEIR_STATUS_H
#define WEIR_STATUS_H

#include "weir/device.h"

#ifdef __cplusplus
extern "C" {
#endif

struct weir_health {
	uint64_t now_us;             /**< the appliance's time, us since 1970 (docs/datapath.md 1) */
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
/** @retval 0; errors of weir_read(). A firmware that does not answer is no error. Some 20 ms at 3 Mbit/s. */
int weir_health(struct weir_dev *dev, struct weir_health *ret);

/** Events of one side; 0 is unprotected, 1 protected. Wrapping 32-bit counts (docs/registers.md, stats.side). */
struct weir_side_stats {
	uint32_t rx_frames, rx_fcs, rx_runt, rx_oversize, rx_error, rx_overflow;
	uint32_t tx_frames, tx_error, refused_oversize, egress_full, egress_full_low, taken;
};
/** Fill of a table. */
struct weir_table_stats {
	uint32_t entries, used, evictions, full;
};
struct weir_stats {
	struct weir_side_stats side[2];
	struct weir_table_stats table[7], state[7];   /**< tables.def, states.def */
};
int weir_stats(struct weir_dev *dev, struct weir_stats *ret);

/** What is counted in hardware (docs/datapath.md 10): frames by reason, verdict, class, anomaly. */
enum weir_counter_kind { WEIR_COUNT_VERDICT, WEIR_COUNT_REASON, WEIR_COUNT_REASON_DRY, WEIR_COUNT_CLASS, WEIR_COUNT_ANOMALY };
struct weir_counter {
	enum weir_counter_kind kind;
	uint16_t number;             /**< in its list (docs/lists) */
	uint8_t side;                /**< where it came from; 2: both together */
	const char *name, *help;     /**< of the list; valid for ever */
	uint64_t count;              /**< 36 bits, wrapping */
};
/** Read all counters whose count is not 0.
 * @param ret    Room for n.
 * @param ret_n  How many there are, perhaps more than n.
 * @retval 0; errors of weir_read(). Each count is exact, the whole is not of one moment. */
int weir_counters(struct weir_dev *dev, struct weir_counter *ret, size_t n, size_t *ret_n);

#ifdef __cplusplus
}
#endif
#endif
