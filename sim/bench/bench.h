// SPDX-License-Identifier: Apache-2.0
/** What the parts of weir-bench share. Everything that is measured runs in a process of its own (bench_apart()), so that
 * its memory and time are its own and a crash is one failed figure. */
#ifndef WEIR_BENCH_H
#define WEIR_BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "host/policy/compile.h"
#include "host/common/lists.h"

struct weir_model;
struct weir_rtl_sim;

enum { BENCH_CORE_HZ = 62500000, BENCH_SLOT_CLOCKS = 8, BENCH_DETAIL = 512 };

/* --- Captures ------------------------------------------------------------------------------------------------ */

struct bench_frame {
	const uint8_t *bytes;
	uint32_t len;
	int side;
	uint64_t arrival_ns;  /**< both wires without a pause: end of its last byte */
};

struct bench_capture {
	struct bench_frame *frame;
	size_t n;
	uint64_t bytes;
	uint64_t wire_ns;     /**< from the first arrival to the last */
};

/** The frames that arrive in the first limit_ns of two full wires, at most `max`, as the scheduler of weir-sim paces them
 * `--as-fast-as-possible`. Memory is never given back: the process that reads ends soon.
 * @retval 0; negative: see detail (BENCH_DETAIL bytes). */
int bench_capture_read(const char *file, const struct weir_policy *p, size_t max, uint64_t limit_ns,
		       struct bench_capture *ret, char *detail);

/* --- Configuration ------------------------------------------------------------------------------------------- */

struct bench_setup {
	const char *policy;
	bool dry_run;      /**< anomalies and meters judge all the same, but everything passes */
	bool free_egress;  /**< no shapers */
};

/** @retval 0; negative: see detail. */
int bench_policy(const struct bench_setup *b, struct weir_policy *ret, char *detail);
/** @return false: a register was refused. */
bool bench_setup_rtl(struct weir_rtl_sim *s, const struct weir_policy *p);
bool bench_setup_model(struct weir_model *m, const struct weir_policy *p);

/* --- One run of a capture through the hardware ----------------------------------------------------------------- */

struct bench_run_job {
	const char *capture;
	struct bench_setup setup;
	size_t max_frames;
	uint64_t limit_ns;
	bool gmii, saturate;
};

struct bench_run {
	int error;                /**< 0: measured; otherwise detail says why not */
	char detail[BENCH_DETAIL];
	uint64_t frames, bytes, words;      /* words of 8 bytes */
	uint64_t wire_ns;
	uint64_t verdicts[WEIR_VERDICTS];
	uint32_t reasons[256];              /**< of the frames that did not pass */
	uint64_t records, refused, egress_full, left, answered, strays, unexplained;
	/* Clocks between records, which leave the last stage with their slots. */
	uint64_t first_clock, last_clock;
	uint64_t span_words;      /**< of the frames behind the first record's */
	uint64_t slots_of_8, slots_of_16, slots_other;
	uint64_t least_between;   /**< fewest records from one interval of 16 to the next */
	uint64_t clocks;          /**< simulated while frames went through */
	uint64_t latency_min_ns, latency_p50_ns, latency_max_ns, latency_sum_ns;
	double wall_s, cpu_s;
	/* Of the process; before: with the capture read and nothing else. */
	long rss_before_kib, rss_kib;
};

/** ctx is a struct bench_run_job, ret a struct bench_run. */
void bench_run(const void *ctx, void *ret);

/* --- Latency of a single frame in idle hardware ---------------------------------------------------------------- */

struct bench_latency_job {
	uint32_t len;
	const char *policy;
	bool gmii;
};

struct bench_latency {
	int error;
	char detail[BENCH_DETAIL];
	uint64_t frames, min_ns, p50_ns, max_ns, sum_ns;
};

void bench_latency(const void *ctx, void *ret);

/* --- The model ------------------------------------------------------------------------------------------------- */

struct bench_model_job {
	const char *capture;
	struct bench_setup setup;
	size_t max_frames;
	double seconds;
};

struct bench_model {
	int error;
	char detail[BENCH_DETAIL];
	uint64_t frames, packets;
	double wall_s, cpu_s;
	long rss_before_kib, rss_kib;
};

void bench_model(const void *ctx, void *ret);

/* --- Helpers ----------------------------------------------------------------------------------------------------- */

/** Run job(ctx, ret) in a child process; ret comes back.
 * @retval 0; -errno; -ECHILD: it ended before it had a result. */
int bench_apart(void (*job)(const void *ctx, void *ret), const void *ctx, void *ret, size_t size);
/** Median, of an even number the lower one; sorts them. 0 of none. */
uint64_t bench_median(uint64_t *value, size_t n);
double bench_wall_s(void);
double bench_cpu_s(void);
long bench_rss_kib(void);

#endif
