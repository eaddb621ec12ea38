// SPDX-License-Identifier: Apache-2.0
/** Alarms of the firmware, from its notices (docs/firmware.md, "Alarms"). Memory is fixed. */
#ifndef WEIR_REPORT_ALARMS_H
#define WEIR_REPORT_ALARMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "host/policy/series.h"

enum { WEIR_ALARM_ROWS = 256, WEIR_ALARM_WORDS = 16, WEIR_ALARM_ADDRESS_TEXT = 48 };

struct weir_alarm_row {
	uint32_t number;
	unsigned kind, severity, series;
	bool over;
	uint64_t start_ns, end_ns;            /**< of the notices, since 1970; end_ns 0: still on */
	uint32_t threshold, worst, dropped;
	uint32_t address[4], top[4];          /**< 0: unknown */
};

struct weir_alarm_list {
	struct weir_alarm_row row[WEIR_ALARM_ROWS];
	size_t rows;
	uint64_t others;                      /**< beyond these */
};

void weir_alarm_list_notice(struct weir_alarm_list *l, uint64_t now_us, const uint32_t word[WEIR_ALARM_WORDS]);

/** Whether it is about a series, so that there is a threshold. */
bool weir_alarm_has_series(const struct weir_alarm_row *r);
/** "meter", "events_lost", "restarted", "self_test", "import". */
const char *weir_alarm_kind_name(unsigned kind);
const char *weir_alarm_severity_name(unsigned severity);
/** Address as text; "" for none. Returns buf. */
const char *weir_alarm_address(const uint32_t address[4], char buf[WEIR_ALARM_ADDRESS_TEXT]);

#endif
