// SPDX-License-Identifier: Apache-2.0
/** The table for people, the JSON, and what must hold. */
#ifndef WEIR_BENCH_REPORT_H
#define WEIR_BENCH_REPORT_H

#include "bench.h"

struct report;

/** NULL: no memory. @param policy  Borrowed. */
struct report *report_new(const char *policy);
void report_free(struct report *r);

void report_saturated_head(struct report *r);
/** @param equal  all frames have 64 bytes with FCS: each slot is looked at. */
void report_saturated(struct report *r, const char *pattern, bool equal, const struct bench_run_job *job,
		      const struct bench_run *run);
void report_wire_head(struct report *r);
/** @param equal  as above: the wires carry 2 x 1,488,095 of them a second. */
void report_wire(struct report *r, const char *pattern, bool equal, const struct bench_run_job *job,
		 const struct bench_run *run);
void report_latency_head(struct report *r, bool gmii);
void report_latency(struct report *r, const struct bench_latency_job *job, const struct bench_latency *l);
void report_speed_head(struct report *r);
void report_speed(struct report *r, const char *pattern, const struct bench_run_job *job, const struct bench_run *stream,
		  const struct bench_run *gmii, const struct bench_model *model);

/** Close the table, write the JSON (file may be NULL).
 * @return exit status: 1 when a check failed or the file was not written. */
int report_end(struct report *r, const char *file);

#endif
