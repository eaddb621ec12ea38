/* SPDX-License-Identifier: Apache-2.0 */
/** The whole firmware of one appliance (docs/firmware.md). One thread. */
#ifndef WEIR_FW_H
#define WEIR_FW_H
#include <stdbool.h>
#include <stdint.h>
#include "firmware/app/alarm.h"
#include "firmware/app/learn.h"
#include "firmware/app/legit.h"
#include "firmware/app/meters.h"
#include "firmware/app/threshold.h"
#include "firmware/app/top.h"
#include "firmware/app/why.h"
#include "firmware/hal/hal.h"

enum weir_param {
#define X(number, name, def, least, most, unit, help) WEIR_PARAM_##name = number,
#include "docs/lists/params.def"
#undef X
	WEIR_PARAMS
};
enum {
	WEIR_FW_SERIES = 40,       /* in use at most */
	WEIR_SEASON_SERIES = 24,   /* of these have a season */
	WEIR_SEASON_SLOTS = 24,
	WEIR_STORE_HEAD = 6, WEIR_STORE_SERIES = 5,   /* words; store.c */
	WEIR_STORE_WORDS = WEIR_STORE_HEAD + WEIR_FW_SERIES * WEIR_STORE_SERIES +
			   WEIR_SEASON_SERIES * WEIR_SEASON_SLOTS / 2 + 1,
};
/** Of a parameter. */
extern const struct weir_param_range { uint16_t def, least; uint32_t most; } weir_params[WEIR_PARAMS];

enum weir_fw_mode { WEIR_MODE_OFF, WEIR_MODE_LEARNING, WEIR_MODE_DRY_RUN, WEIR_MODE_PREVENTION };

/** Small things first: what lies beyond 2 KiB costs the soft core two instructions more an access. */
struct weir_fw {
	const struct weir_hal *hal;

	/* Kept over a restart, and limit[] with it, while kept_hash is right: weir_store_seal(). */
	uint32_t kept_magic;
	uint32_t param[WEIR_PARAMS];
	uint32_t alarm_numbers;                     /**< alarms ever */
	struct weir_legit legit;
	uint32_t mark[4];                           /**< the host's (docs/firmware.md, "Mark") */
	struct weir_dry dry;                        /**< the policy's */
	uint32_t policy_read;                       /**< the policy has been looked at: limits, dry */
	uint32_t limits;                            /**< series in use */
	uint32_t kept_hash;

	/* Anew at each start, as series and what is behind it. */
	uint64_t period_end_us;
	uint64_t thaw_us;                           /**< nothing is learned before */
	uint64_t block_us;                          /**< the block is the host's until */
	uint64_t season_end_us;
	uint32_t season_slots, season_slot_s;       /**< in force: another cycle begins anew */
	uint32_t season_slot;
	uint32_t import_words;                      /**< of an import under way; 0: none */
	uint32_t events_lost, dropped;              /**< as of the last period */
	uint32_t notices;                           /**< bit i: alarms.ring[i] is to be told */
	uint8_t notice_state[WEIR_ALARMS_KEPT];     /**< as what */
	uint32_t samples, sample_log2;              /**< of this period; in force */
	uint32_t event_enable;                      /**< as last written */
	uint32_t mode;                              /**< in force */
	uint32_t failed;                            /**< of the self-test: what the alarm tells */
	bool running, restarted, tested, block_bad;
	bool season_whole;                          /**< the running slot has been seen from its beginning */

	struct weir_limit limit[WEIR_FW_SERIES];
	/* Learned state as a block: kept over a restart, exported from, imported to (store.c). */
	uint32_t block[WEIR_STORE_WORDS];

	struct weir_series series[WEIR_FW_SERIES];  /**< of limit[i] */
	struct weir_top top;
	struct weir_why why;
	struct weir_alarms alarms;
	uint16_t season[WEIR_SEASON_SERIES][WEIR_SEASON_SLOTS];  /**< of series[i]; season.c */
	uint16_t season_most[WEIR_SEASON_SERIES];   /**< of the running slot */
};

/** Begin. Reads registers, but no entry yet: the policy may not be there.
 *
 * @param fw   Borrowed for as long as it is polled. All 0 at first; after a restart of the core as it was: what was learned goes
 *             on. */
void weir_fw_init(struct weir_fw *fw, const struct weir_hal *hal);
/** Do all that is due: mail, events, the end of a period; says when to be called next (hal->wake_at). The policy is read at the
 * first call in which CTRL.run is 1; before that, only mail is answered. */
void weir_fw_poll(struct weir_fw *fw);

/** @return index in limit[] and series[] of a series, -1 when it is not in use. */
int weir_fw_find(const struct weir_fw *fw, unsigned number);
/** Bounds that hold for limit[i]. */
uint32_t weir_fw_floor(const struct weir_fw *fw, unsigned i);
uint32_t weir_fw_ceiling(const struct weir_fw *fw, unsigned i);

#endif
