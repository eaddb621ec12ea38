/* SPDX-License-Identifier: Apache-2.0 */
/** @file
 * One look at an appliance, and rates between two looks: what `top`, `status` and the exporter show. */
#ifndef WEIRCTL_SAMPLE_H
#define WEIRCTL_SAMPLE_H

#include "ctl.h"

/** Most there can be: five kinds, at most 256 numbers, two sides and both. */
enum { SAMPLE_COUNTERS = 2048, SAMPLE_ALARMS = 32, SAMPLE_TOP = 16, SAMPLE_SERIES = 40 };

/** Bits of the counters in hardware (docs/datapath.md 10) and of those of sides and tables. */
enum { SAMPLE_COUNTER_BITS = 36, SAMPLE_STATS_BITS = 32 };

struct sample {
	double at_s;             /**< of ctl_clock_s(), in the middle of the reading */
	struct weir_health health;
	struct weir_stats stats;
	struct weir_counter counter[SAMPLE_COUNTERS];
	size_t counters;
	struct weir_alarm alarm[SAMPLE_ALARMS];
	size_t alarms;
	struct weir_top_source top[SAMPLE_TOP];
	size_t tops;
};

/** Read all of it (`all`: counters that are 0, too). Alarms and top sources need the firmware; without it there are none, and that is no error.
 * @retval 0; errors of weir_read(). */
int sample_read(struct weir_dev *dev, bool all, struct sample *ret);

/** What came between two counts of `bits` bits: they wrap; one that has gone back by more than half has begun anew at 0. */
uint64_t sample_delta(uint64_t before, uint64_t now, unsigned bits);

/** A counter by name and side; NULL: it is 0. */
const struct weir_counter *sample_counter(const struct sample *s, enum weir_counter_kind kind, unsigned number, unsigned side);

/** A rate of something; of reasons and anomalies the hardware does not tell the sides apart. */
struct rate {
	const char *name;
	uint16_t number;
	double per_s[3];         /**< from unprotected, from protected, both together */
};

/** Frames a second of one kind between two looks, loudest first; those without any are left out.
 * @param ret room for n. @return how many. */
size_t sample_rates(const struct sample *before, const struct sample *now, enum weir_counter_kind kind, struct rate *ret, size_t n);

/** What became of frames, a second: offered is the sum of the others. Told by reasons, so a meter that demotes counts as one
 * that drops. */
struct totals {
	double offered, passed, dropped, answered, other;   /**< other: diverted, consumed, refused */
};
void sample_totals(const struct sample *before, const struct sample *now, struct totals *ret);

/** A count of a side, a second; field of tables.h. */
double sample_side_rate(const struct sample *before, const struct sample *now, unsigned side, size_t field);

/** Alarms that are on. */
size_t sample_alarms_on(const struct sample *s);

/** Name of what an alarm is about: its series, or its kind. @return buf. */
char *sample_alarm_name(const struct weir_alarm *a, char buf[WEIR_SERIES_NAME]);

/** A value of a series in units of a second. */
enum sample_unit { SAMPLE_PACKETS, SAMPLE_BYTES, SAMPLE_CONNECTIONS };
enum sample_unit sample_unit(unsigned series);
double sample_per_second(unsigned series, double value);
extern const char *const sample_unit_names[3];   /**< "packets/s", "bytes/s", "connections" */

#endif
