/* SPDX-License-Identifier: Apache-2.0 */
/** @file
 * An appliance's figures as Prometheus text (exposition format 0.0.4). Counters of the hardware wrap at 32 or 36 bits; here they
 * are added up in 64 bits, from the value that the first look found. */
#ifndef WEIRCTL_METRICS_H
#define WEIRCTL_METRICS_H

#include "sample.h"
#include "tables.h"

enum { METRICS_KINDS = WEIR_COUNT_EVENT + 1 };

/** Sums so far, and the look before. */
struct metrics {
	struct sample look[2];
	int turn;
	bool any;                /**< there was a look before */
	uint64_t counter[METRICS_KINDS][256][3];
	bool seen[METRICS_KINDS][256][3];
	const char *name[METRICS_KINDS][256];
	uint64_t side[2][CTL_SIDE_FIELDS];
	uint64_t table[2][CTL_TABLES][2];   /**< [tables, tables of state][number][evictions, full] */
	uint64_t events_lost, restarts;
	struct weir_series series[SAMPLE_SERIES];
	size_t n_series;
	struct weir_link_stats link;
	uint64_t looks, failures;
	double took_s;
};

/** Look at the appliance and add up. @retval 0; errors of weir_read(): nothing was added. */
int metrics_look(struct metrics *m, struct weir_dev *dev);

/** The text. @param dev  NULL: the appliance cannot be reached; then only that is told.
 * @return Taken: free(). NULL: no memory. */
char *metrics_text(const struct metrics *m, const struct weir_dev *dev, size_t *ret_n);

#endif
