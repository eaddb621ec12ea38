// SPDX-License-Identifier: Apache-2.0
/** What a run ends with: a JSON report for programs, a summary for people. */
#ifndef WEIR_REPORT_H
#define WEIR_REPORT_H

#include <stdio.h>

#include "alarms.h"
#include "detect.h"
#include "rule_hits.h"
#include "sim/live/counts.h"
#include "sim/live/link_socket.h"
#include "stats.h"
#include "timeline.h"

enum { WEIR_REPORT_VERSION = 1 };

struct weir_run {
	const char *engine;              /**< "rtl", "model", "both" */
	const char *depth;               /**< "stream", "gmii" */
	const char *sides;               /**< how they were told apart: for the summary */
	const struct weir_policy *policy;
	const struct weir_rule_map *rules;
	const struct weir_rule_hits *hits;
	struct weir_stats *stats;
	const struct weir_session *session;
	const struct weir_detect *detect;  /**< NULL: no labels */
	const struct weir_alarm_list *alarms;  /**< NULL: no firmware */
	const struct weir_timeline *timeline;  /**< for thresholds, where there is firmware */
	const struct weir_live_counts *live;   /**< NULL: not live */
	const struct weir_link_socket_counts *hosts;   /**< NULL: no host link */
	double wall_s;
};

/** @retval 0; -EIO; -ENOMEM. */
int weir_report_write(FILE *f, const struct weir_run *run);

void weir_summary_write(FILE *f, const struct weir_run *run);

#endif
