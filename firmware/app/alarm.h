/* SPDX-License-Identifier: Apache-2.0 */
/** Alarms: start, peak, end, and the ring of the last ones (docs/firmware.md, "Alarms"). Times are of `now`. */
#ifndef WEIR_FW_ALARM_H
#define WEIR_FW_ALARM_H
#include <stdbool.h>
#include <stdint.h>
#include "firmware/app/meters.h"

enum { WEIR_ALARMS_ON = 16, WEIR_ALARMS_KEPT = 32 };
enum weir_alarm_kind { WEIR_ALARM_METER = 1, WEIR_ALARM_LOST, WEIR_ALARM_RESTARTED, WEIR_ALARM_SELF_TEST, WEIR_ALARM_IMPORT };
enum weir_alarm_state { WEIR_ALARM_ON, WEIR_ALARM_START, WEIR_ALARM_PEAK, WEIR_ALARM_END };
enum weir_alarm_severity { WEIR_SEVERITY_INFO, WEIR_SEVERITY_MINOR, WEIR_SEVERITY_MAJOR, WEIR_SEVERITY_CRITICAL };

struct weir_alarm {
	uint32_t number;            /**< from 1; 0: free place */
	uint8_t kind, state, severity;
	uint16_t series;            /**< WEIR_SERIES_NONE unless kind is a meter */
	bool on;
	uint8_t tripped;            /**< keys that are tripped now, saturating */
	uint32_t threshold, worst, last;
	uint32_t told;              /**< measured, as of the last notice of start or peak */
	uint32_t loudest;           /**< measured of the key in `address` */
	uint32_t dropped_before;    /**< frames dropped so far, of all, when last looked at */
	uint32_t dropped;           /**< while it was on */
	uint64_t start_us, loud_us;
	uint64_t end_us;            /**< 0 while it is on */
	uint32_t address[4], top[4];
};

struct weir_alarms {
	struct weir_alarm ring[WEIR_ALARMS_KEPT];  /**< those that are on, and the last that ended */
	uint32_t numbers;                          /**< alarms ever */
	uint32_t gone_kin;                         /**< kin of those without room, */
	uint64_t gone_us;                          /**< and when the last of them was loud or ended */
};

struct weir_alarm_settings { uint32_t hold_s, merge_s; };

void weir_alarms_init(struct weir_alarms *a);
/** A series is loud: a trip (with its event's addresses; NULL without), or a peak above its threshold.
 *
 * @param series               WEIR_SERIES_NONE unless kind is a meter.
 * @param measured, threshold  In the unit of the series.
 * @param dropped              Frames dropped so far, of all, wrapping.
 * @return the alarm if a notice is due (start; a new largest value that is twice the one last told; it goes on after its end),
 *         NULL otherwise. Borrowed until the next call. */
const struct weir_alarm *weir_alarm_loud(struct weir_alarms *a, const struct weir_alarm_settings *s, uint64_t now_us,
					 unsigned kind, unsigned series, uint32_t threshold, uint32_t measured,
					 const uint32_t address[4], bool trip, uint32_t dropped);
/** A key of this series is no longer tripped. */
void weir_alarm_quiet(struct weir_alarms *a, unsigned series);
/** End of a period, for each alarm that is on: what was measured. With WEIR_SERIES_NONE one of those without a series is looked
 * after, one that is due to end first.
 *
 * @param threshold  In use now; 0: none.
 * @param top        Address of the top source; NULL: unknown, what is there stays.
 * @return the alarm if it ended now, NULL otherwise. Borrowed until the next call. */
const struct weir_alarm *weir_alarm_period(struct weir_alarms *a, const struct weir_alarm_settings *s, uint64_t now_us,
					   unsigned series, uint32_t threshold, uint32_t measured, uint32_t dropped,
					   const uint32_t top[4]);
/** Kin masks of what is on, and of what ended less than thaw_us ago: what must not learn. */
unsigned weir_alarms_frozen(const struct weir_alarms *a, uint64_t now_us, uint64_t thaw_us);
/** @return the alarm of this number, NULL when it is no longer kept. Borrowed. */
const struct weir_alarm *weir_alarm_get(const struct weir_alarms *a, uint32_t number);
/** The 16 words of a notice. */
void weir_alarm_words(const struct weir_alarm *alarm, uint32_t ret_word[16]);

#endif
