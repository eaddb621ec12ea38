// SPDX-License-Identifier: Apache-2.0
/** Of the picture: alarms as shaded spans, and the thresholds of their series as step lines. */
#ifndef WEIR_REPORT_PLOT_ALARMS_H
#define WEIR_REPORT_PLOT_ALARMS_H

#include <stdio.h>

#include "timeline.h"

#define WEIR_WINDOWS_PER_S (1e6 / 65536)
enum { WEIR_LEVELS = 3, WEIR_SPAN_LABEL = 50 };

struct weir_axes {
	double ns_per_unit;     /**< of the time axis */
	double per_unit;        /**< packets a second of a unit of the other one */
	double end;             /**< of the time axis */
};

/** Series of packets that there was an alarm about, in their order; further ones are left out. */
struct weir_levels {
	size_t n;
	unsigned series[WEIR_LEVELS];
};
/** @param alarms  may be NULL */
void weir_levels_choose(const struct weir_timeline *t, const struct weir_alarm_list *alarms, struct weir_levels *ret);

/** Blocks $threshold0, $peak0, $threshold1, ... (time, rate), and a plot of them all. Where there is no limit, the line has a gap. */
void weir_levels_plot(FILE *f, const struct weir_timeline *t, const struct weir_levels *l, const struct weir_axes *axes);

/** Shades: objects from 1 on, labels above the plot from WEIR_SPAN_LABEL + 1 on. @return how many objects */
size_t weir_spans_draw(FILE *f, const struct weir_timeline *t, const struct weir_alarm_list *alarms, const struct weir_axes *axes);

#endif
