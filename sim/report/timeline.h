// SPDX-License-Identifier: Apache-2.0
/** What happened when, in at most WEIR_TIMELINE_BINS steps of equal length: the steps get longer as time goes on. */
#ifndef WEIR_REPORT_TIMELINE_H
#define WEIR_REPORT_TIMELINE_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "alarms.h"
#include "sim/engine/session.h"

enum {
	WEIR_TIMELINE_BINS = 512,
	/** Reasons, and behind them meter_class by class of traffic. */
	WEIR_TIMELINE_CAUSES = 256 + 8,
	WEIR_TIMELINE_CLASS = 256,
	/** Of thresholds: packets, and bytes from 256 on (docs/firmware.md). */
	WEIR_TIMELINE_SERIES = 512,
	WEIR_TIMELINE_PEAKS = 256,
};
#define WEIR_TIMELINE_UNLIMITED UINT32_MAX

struct weir_timeline_bin {
	uint32_t offered, passed, removed;
	uint32_t cause[WEIR_TIMELINE_CAUSES];         /**< removed or demoted */
};

struct weir_timeline {
	uint64_t start_ns, width_ns;
	size_t used;                                  /**< bins from the first to the last with a packet */
	struct weir_timeline_bin bin[WEIR_TIMELINE_BINS];
	uint32_t threshold[WEIR_TIMELINE_SERIES][WEIR_TIMELINE_BINS];   /**< the last one written in it; 0: none was */
	uint32_t peak[WEIR_TIMELINE_PEAKS][WEIR_TIMELINE_BINS];         /**< largest one read in it, and 1; 0: none was */
};

/** Begins with the first packet, in steps of 1/16 ms. */
void weir_timeline_init(struct weir_timeline *t);
void weir_timeline_packet(struct weir_timeline *t, const struct weir_packet *p);

/** The step that a time is in; there are longer ones when it is beyond the last. Before the first packet: the first. */
size_t weir_timeline_step(struct weir_timeline *t, uint64_t time_ns);

/** A register was written; what holds no threshold of a series is left alone. */
void weir_timeline_write(struct weir_timeline *t, uint64_t time_ns, uint32_t addr, uint32_t value);

/** The firmware read a peak (docs/datapath.md 19): the largest count of a window since it read it before. */
void weir_timeline_peak(struct weir_timeline *t, uint64_t time_ns, unsigned index, uint32_t word);

struct weir_threshold_step {
	uint64_t at_ns;         /**< begin of its step, from the first packet */
	uint32_t threshold;     /**< a window, in the series' unit, or WEIR_TIMELINE_UNLIMITED */
};
/** Thresholds of a series, where they change. @return how many */
size_t weir_timeline_thresholds(const struct weir_timeline *t, unsigned series, struct weir_threshold_step ret[WEIR_TIMELINE_BINS]);

struct weir_timeline_mark {
	uint64_t time_ns;
	const char *label;
};

struct weir_picture {
	const char *title;                        /**< plain text */
	const struct weir_timeline_mark *mark;    /**< drawn as lines; may be NULL when there are none */
	size_t marks;
	const struct weir_alarm_list *alarms;     /**< shaded, with the thresholds of their series; NULL: no firmware */
};

/** Draw with gnuplot: offered, passed and removed over time; removed by reason below. PNG or SVG by the
 * ending of the name.
 * @retval 0; -EINVAL neither ending; -ENOENT gnuplot is not installed; -EIO it failed; -errno of files. */
int weir_plot(const struct weir_timeline *t, const char *file, const struct weir_picture *picture);

/** What gnuplot is told. */
void weir_plot_script(FILE *f, const struct weir_timeline *t, const char *file, const struct weir_picture *picture);

/** Whether the name ends in .png or .svg. */
bool weir_plot_name_ok(const char *file);

#endif
