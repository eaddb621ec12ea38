// SPDX-License-Identifier: Apache-2.0
/** What happened when, in at most WEIR_TIMELINE_BINS steps of equal length: the steps get longer as time goes on. */
#ifndef WEIR_REPORT_TIMELINE_H
#define WEIR_REPORT_TIMELINE_H

#include <stddef.h>
#include <stdint.h>

#include "sim/engine/session.h"

enum {
	WEIR_TIMELINE_BINS = 512,
	/** Reasons, and behind them meter_class by class of traffic. */
	WEIR_TIMELINE_CAUSES = 256 + 8,
	WEIR_TIMELINE_CLASS = 256,
};

struct weir_timeline_bin {
	uint32_t offered, passed, removed;
	uint32_t cause[WEIR_TIMELINE_CAUSES];         /**< removed or demoted */
};

struct weir_timeline {
	uint64_t start_ns, width_ns;
	size_t used;                                  /**< bins from the first to the last with a packet */
	struct weir_timeline_bin bin[WEIR_TIMELINE_BINS];
};

/** Begins with the first packet, in steps of 1/16 ms. */
void weir_timeline_init(struct weir_timeline *t);
void weir_timeline_packet(struct weir_timeline *t, const struct weir_packet *p);

/** Draw with gnuplot: offered, passed and removed over time; removed by reason below. PNG or SVG by the
 * ending of the name.
 * @param title  plain text
 * @param marks  times in ns with a label each, drawn as lines; may be NULL when n is 0
 * @retval 0; -EINVAL neither ending; -ENOENT gnuplot is not installed; -EIO it failed; -errno of files. */
struct weir_timeline_mark {
	uint64_t time_ns;
	const char *label;
};
int weir_plot(const struct weir_timeline *t, const char *file, const char *title,
	      const struct weir_timeline_mark *marks, size_t n);

/** Whether the name ends in .png or .svg. */
bool weir_plot_name_ok(const char *file);

#endif
