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
#include "firmware/app/top.h"
#include "firmware/hal/hal.h"

enum weir_param {
#define X(number, name, def, least, most, unit, help) WEIR_PARAM_##name = number,
#include "docs/lists/params.def"
#undef X
	WEIR_PARAMS
};
enum { WEIR_SEASON_SERIES = 64, WEIR_SEASON_SLOTS = 24 };
enum weir_fw_mode { WEIR_MODE_OFF, WEIR_MODE_LEARNING, WEIR_MODE_DRY_RUN, WEIR_MODE_PREVENTION };

struct weir_fw {
	const struct weir_hal *hal;
	uint32_t param[WEIR_PARAMS];
	struct weir_series series[WEIR_SERIES];
	uint16_t season[WEIR_SEASON_SERIES][WEIR_SEASON_SLOTS];  /**< store.c: which series; 16 bits: 12 of value, 4 of exponent */
	struct weir_alarms alarms;
	struct weir_top top;
	struct weir_legit legit;
	uint32_t dry_run[WEIR_SERIES / 32 + 1];  /**< the policy's bits, by meter_cfg; threshold.c */
	uint32_t state_actions;                  /**< the policy's word of state_cfg[3] */
	uint64_t period_end_us;
	uint32_t events_lost;
	bool policy_read;                        /**< the policy's configuration has been looked at */
};

/** Begin. Reads no entry yet: the policy may not be there. @param fw borrowed for as long as it is polled. */
void weir_fw_init(struct weir_fw *fw, const struct weir_hal *hal);
/** Do all that is due: mail, events, the end of a period; says when to be called next (hal->wake_at). The policy is read at the
 * first call in which CTRL.run is 1; before that, only mail is answered. */
void weir_fw_poll(struct weir_fw *fw);

#endif
