// SPDX-License-Identifier: Apache-2.0
#include "report.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Clocks a slot with all of the maintenance that one slot in 64 allows: 8 * 64 / 63 < 8.13. */
static const double OverallMost = 8.13;
/* Clocks for 8 words of frames of unequal length: now and then all of the ring waits for verdicts, at 4 Gbit/s. The longer the
 * pipeline, the more often; on two gigabit wires never (section `wire`). */
static const double UnequalMost = 8.20;
/* Frames of 64 bytes on two gigabit wires: 2 x 10^9 / (8 x 84), less what the ends of a short run make of it. */
static const double WireFramesLeast = 0.999 * 2e9 / (8 * 84);
enum { BetweenMaintenance = 63, PipelineNsMost = 1800, CoreNs = 16, FcsBytes = 4, ReasonsShown = 4 };

struct report {
	const char *policy;
	json_t *root;
	uint64_t checks, failed;
};

/* The processor, as the kernel names it. */
static void machine(char *ret, size_t n)
{
	char line[256];
	FILE *f = fopen("/proc/cpuinfo", "r");

	snprintf(ret, n, "unknown");
	while (f && fgets(line, sizeof(line), f)) {
		const char *colon = strchr(line, ':');

		if (strncmp(line, "model name", 10) || !colon)
			continue;
		snprintf(ret, n, "%s", colon + 1 + (colon[1] == ' '));
		ret[strcspn(ret, "\n")] = 0;
		break;
	}
	if (f)
		fclose(f);
}

struct report *report_new(const char *policy)
{
	struct report *r = calloc(1, sizeof(*r));
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	char cpu[128];

	if (!r)
		return NULL;
	r->policy = policy;
	machine(cpu, sizeof(cpu));
	r->root = json_pack("{s:i, s:{s:s, s:s, s:i, s:s, s:s, s:i}, s:[], s:[], s:[], s:[]}", "weir_bench", 2, "conditions",
			    "command", "make bench", "policy", policy, "core_hz", BENCH_CORE_HZ, "captures",
			    "build/weir-gen --pattern PATTERN --packets N, both sides back to back", "cpu", cpu, "cpus",
			    (int)cpus, "saturated", "wire", "latency", "speed");
	printf("Weir, make bench: core at %.1f MHz, two gigabit wires; all meters of %s\n", BENCH_CORE_HZ / 1e6, policy);
	printf("Captures: build/weir-gen --pattern PATTERN --packets N. Simulated on %ld CPUs, %s\n", cpus, cpu);
	return r;
}

void report_free(struct report *r)
{
	json_decref(r->root);
	free(r);
}

__attribute__((format(printf, 3, 4)))
static void check(struct report *r, bool ok, const char *format, ...)
{
	va_list ap;

	r->checks++;
	if (ok)
		return;
	r->failed++;
	va_start(ap, format);
	printf("  FAILED: ");
	vprintf(format, ap);
	printf("\n");
	va_end(ap);
}

static void add(struct report *r, const char *section, json_t *row)
{
	json_array_append_new(json_object_get(r->root, section), row);
}

static const char *mode(const struct bench_setup *s)
{
	return s->dry_run ? "dry run" : "enforced";
}

static const char *depth(bool gmii)
{
	return gmii ? "gmii" : "stream";
}

static bool failed(struct report *r, const char *pattern, const char *where, int error, const char *detail)
{
	if (error)
		check(r, false, "%s, %s: %s (%d)", pattern, where, detail, error);
	return error;
}

static json_t *fates(const struct bench_run *m)
{
	json_t *o = json_pack("{s:I, s:I, s:I, s:I, s:I, s:I}", "answered", (json_int_t)m->answered, "refused",
			      (json_int_t)m->refused, "egress_full", (json_int_t)m->egress_full, "left", (json_int_t)m->left, "strays",
			      (json_int_t)m->strays, "unexplained", (json_int_t)m->unexplained);

	for (unsigned v = 0; v < WEIR_VERDICTS; v++)
		json_object_set_new(o, weir_verdict_name(v), json_integer((json_int_t)m->verdicts[v]));
	return o;
}

/* Why frames did not pass, for the JSON. */
static json_t *reasons(const struct bench_run *m)
{
	json_t *o = json_object();

	for (unsigned i = 0; i < 256; i++)
		if (m->reasons[i])
			json_object_set_new(o, weir_reason_name(i), json_integer(m->reasons[i]));
	return o;
}

/* The most frequent ones, for people. */
static void print_reasons(const struct bench_run *m)
{
	uint32_t left[256], others = 0;
	const char *before = "         stopped by: ";
	unsigned kinds = 0;

	memcpy(left, m->reasons, sizeof(left));
	for (unsigned n = 0; n < ReasonsShown; n++) {
		unsigned most = 0;

		for (unsigned i = 1; i < 256; i++)
			if (left[i] > left[most])
				most = i;
		if (!left[most])
			break;
		printf("%s%s %" PRIu32, before, weir_reason_name(most), left[most]);
		left[most] = 0;
		before = ", ";
	}
	for (unsigned i = 0; i < 256; i++) {
		others += left[i];
		kinds += left[i] > 0;
	}
	if (others)
		printf(", %u more reasons %" PRIu32, kinds, others);
	if (*before == ',')
		printf("\n");
}

static uint64_t passed(const struct bench_run *m)
{
	return m->verdicts[WEIR_VERDICT_pass] + m->verdicts[WEIR_VERDICT_demote];
}

/* --- Saturated ------------------------------------------------------------------------------------------------- */

void report_saturated_head(struct report *r)
{
	(void)r;
	printf("\nSATURATED: stream depth, a frame as soon as the hardware takes one [build/weir-bench --only saturated]\n");
	printf("  'enforced' with shapers at 1 Gbit/s, 'dry run' lets everything pass, without shapers\n");
	printf("  %-11s %-9s %7s %9s %9s %8s %12s %9s %9s %11s\n", "pattern", "mode", "frames", "clk/slot", "overall",
	       "more", "apart, least", "passed", "egr.full", "unexplained");
}

void report_saturated(struct report *r, const char *pattern, bool equal, const struct bench_run_job *job,
		      const struct bench_run *m)
{
	uint64_t span, base, more;
	double slots, overall, without;

	if (failed(r, pattern, mode(&job->setup), m->error, m->detail))
		return;
	span = m->last_clock - m->first_clock;
	slots = (double)m->span_words / BENCH_SLOT_CLOCKS;
	/* Of frames of unequal length what is more than a word a clock, in slots: a long frame leaves slots free for
	 * maintenance, so it is the wait for room. Records come with the slots, so the last one may be a slot early for its words. */
	base = equal ? BENCH_SLOT_CLOCKS * (m->slots_of_8 + m->slots_of_16) : m->span_words;
	more = span > base ? (span - base) / BENCH_SLOT_CLOCKS : 0;
	overall = (double)span / slots;
	without = equal && m->records > 1 && !m->slots_other ? (double)base / (double)(m->records - 1) : 0;
	printf("  %-11s %-9s %7" PRIu64 " ", pattern, mode(&job->setup), m->frames);
	if (equal)
		printf("%9.4f %9.4f %8" PRIu64 " %12" PRId64, without, overall, m->slots_of_16,
		       m->slots_of_16 > 1 ? (int64_t)m->least_between : -1);
	else
		printf("%9s %9.4f %8" PRIu64 " %12s", "-", overall, more, "-");
	printf(" %9" PRIu64 " %9" PRIu64 " %11" PRIu64 "\n", passed(m), m->egress_full, m->unexplained);

	check(r, m->records + m->refused == m->frames, "%" PRIu64 " records, %" PRIu64 " refused, of %" PRIu64 " frames",
	      m->records, m->refused, m->frames);
	check(r, !m->unexplained, "unexplained loss: %" PRIu64, m->unexplained);
	check(r, overall <= (equal ? OverallMost : UnequalMost), "%.4f clocks a slot overall", overall);
	if (job->setup.free_egress)
		check(r, !m->egress_full, "egress_full without shapers: %" PRIu64, m->egress_full);
	if (equal) {
		check(r, !m->slots_other, "%" PRIu64 " intervals between records are neither 8 nor 16 clocks",
		      m->slots_other);
		check(r, m->slots_of_16 < 2 || m->least_between >= BetweenMaintenance,
		      "two maintenance slots with %" PRIu64 " frames between", m->least_between);
	}
	add(r, "saturated", json_pack("{s:s, s:s, s:s, s:s, s:I, s:I, s:I, s:o?, s:f, s:I, s:I, s:o?, s:o}",
		"command", "build/weir-bench --only saturated", "pattern", pattern, "depth", "stream", "mode",
		mode(&job->setup), "frames", (json_int_t)m->frames, "bytes", (json_int_t)m->bytes, "words",
		(json_int_t)m->words, "clocks_per_slot", equal ? json_real(without) : NULL, "clocks_per_slot_overall",
		overall, "clocks_first_to_last_record", (json_int_t)span, "maintenance_slots",
		(json_int_t)more, "least_frames_between_maintenance",
		equal && m->slots_of_16 > 1 ? json_integer((json_int_t)m->least_between) : NULL, "frames_by_fate",
		fates(m)));
}

/* --- At the pace of the wire ------------------------------------------------------------------------------------- */

void report_wire_head(struct report *r)
{
	(void)r;
	printf("\nAT THE PACE OF TWO GIGABIT WIRES: 20 ms a pattern, both directions at once, shapers at 1 Gbit/s "
	       "[build/weir-bench --only wire]\n");
	printf("  frames/s and Mbit/s (with FCS, without preamble and gap) of both directions together; latency with the wait "
	       "for the shaper\n");
	printf("  %-6s %-11s %-9s %7s %10s %7s %7s %7s %7s %8s %11s %22s\n", "depth", "pattern", "mode", "frames",
	       "frames/s", "Mbit/s", "passed", "dropped", "refused", "egr.full", "unexplained", "latency min/p50/max ns");
}

void report_wire(struct report *r, const char *pattern, bool equal, const struct bench_run_job *job,
		 const struct bench_run *m)
{
	double frames_s, mbit_s, mean;

	if (failed(r, pattern, depth(job->gmii), m->error, m->detail))
		return;
	frames_s = m->wire_ns ? (double)(m->frames - 1) * 1e9 / (double)m->wire_ns : 0;
	mbit_s = m->wire_ns ? (double)(m->bytes + FcsBytes * m->frames) * 8e3 / (double)m->wire_ns : 0;
	mean = m->left ? (double)m->latency_sum_ns / (double)m->left : 0;
	printf("  %-6s %-11s %-9s %7" PRIu64 " %10.0f %7.1f %7" PRIu64 " %7" PRIu64 " %7" PRIu64 " %8" PRIu64 " %11" PRIu64 " ",
	       depth(job->gmii), pattern, mode(&job->setup), m->frames, frames_s, mbit_s, passed(m),
	       m->verdicts[WEIR_VERDICT_drop], m->refused, m->egress_full, m->unexplained);
	if (m->left)
		printf("%6" PRIu64 "/%6" PRIu64 "/%6" PRIu64 "\n", m->latency_min_ns, m->latency_p50_ns, m->latency_max_ns);
	else
		printf("%8s\n", "-");
	print_reasons(m);
	if (m->verdicts[WEIR_VERDICT_answer])
		printf("  %6s answers: %" PRIu64 " made, %" PRIu64 " left\n", "", m->verdicts[WEIR_VERDICT_answer], m->answered);
	if (equal)
		check(r, frames_s >= WireFramesLeast, "the wires carry %.0f frames a second", frames_s);
	check(r, m->records + m->refused == m->frames, "%" PRIu64 " records, %" PRIu64 " refused, of %" PRIu64 " frames",
	      m->records, m->refused, m->frames);
	check(r, !m->unexplained, "unexplained loss: %" PRIu64, m->unexplained);
	/* Two full wires leave no room for an answer: it takes the place of a frame, or finds none. */
	check(r, m->egress_full <= m->verdicts[WEIR_VERDICT_answer], "egress_full: %" PRIu64, m->egress_full);
	add(r, "wire", json_pack("{s:s, s:s, s:s, s:s, s:I, s:I, s:I, s:f, s:f, s:I, s:I, s:I, s:f, s:o, s:o}", "command",
		"build/weir-bench --only wire", "pattern", pattern, "depth", depth(job->gmii), "mode",
		mode(&job->setup), "frames", (json_int_t)m->frames, "bytes", (json_int_t)m->bytes, "wire_ns",
		(json_int_t)m->wire_ns, "frames_per_s_both_sides", frames_s, "mbit_per_s_both_sides", mbit_s,
		"latency_ns_min", (json_int_t)(m->left ? m->latency_min_ns : 0), "latency_ns_p50",
		(json_int_t)m->latency_p50_ns, "latency_ns_max", (json_int_t)(m->left ? m->latency_max_ns : 0),
		"latency_ns_mean", mean, "frames_by_fate", fates(m), "stopped_by", reasons(m)));
}

/* --- Latency ------------------------------------------------------------------------------------------------------ */

void report_latency_head(struct report *r, bool gmii)
{
	(void)r;
	if (gmii)
		printf("\nLATENCY at the GMII pins, idle hardware: last byte of the FCS in to first of the preamble out "
		       "[build/weir-bench --only latency]\n");
	else
		printf("\nLATENCY at stream depth, idle hardware: last word in to first word out "
		       "[build/weir-bench --only latency]\n");
	printf("  bytes with FCS; a core clock is %d ns; aim: pipeline at most %d ns\n", CoreNs, PipelineNsMost);
	printf("  %6s %7s %8s %8s %8s %8s %14s %16s %8s\n", "bytes", "frames", "min ns", "p50 ns", "mean ns", "max ns",
	       "store+forward", "pipeline max ns", "clocks");
}

void report_latency(struct report *r, const struct bench_latency_job *job, const struct bench_latency *l)
{
	uint64_t store, pipeline;
	double mean;

	if (failed(r, "latency", depth(job->gmii), l->error, l->detail))
		return;
	mean = (double)l->sum_ns / (double)l->frames;
	/* From the FCS on, the whole frame goes from the MAC into the core, a word a clock; at stream depth it is there. */
	store = job->gmii ? CoreNs * (uint64_t)((job->len + 7) / 8) : 0;
	pipeline = l->max_ns - store;
	printf("  %6u %7" PRIu64 " %8" PRIu64 " %8" PRIu64 " %8.0f %8" PRIu64 " %14" PRIu64 " %16" PRIu64 " %8" PRIu64 "\n",
	       job->len + FcsBytes, l->frames, l->min_ns, l->p50_ns, mean, l->max_ns, store, pipeline, pipeline / CoreNs);
	check(r, pipeline <= PipelineNsMost, "%u bytes, %s: the pipeline takes %" PRIu64 " ns", job->len + FcsBytes,
	      depth(job->gmii), pipeline);
	add(r, "latency", json_pack("{s:s, s:s, s:i, s:I, s:I, s:I, s:f, s:I, s:I, s:I}", "command",
		"build/weir-bench --only latency", "depth", depth(job->gmii), "frame_bytes_with_fcs",
		(int)(job->len + FcsBytes), "frames", (json_int_t)l->frames, "min_ns", (json_int_t)l->min_ns, "p50_ns",
		(json_int_t)l->p50_ns, "mean_ns", mean, "max_ns", (json_int_t)l->max_ns,
		"store_and_forward_ns", (json_int_t)store, "pipeline_max_ns", (json_int_t)pipeline));
}

/* --- Speed -------------------------------------------------------------------------------------------------------- */

void report_speed_head(struct report *r)
{
	(void)r;
	printf("\nSPEED of the simulation, saturated (GMII: full wires), and of the model on the same capture "
	       "[build/weir-bench --only speed]\n");
	printf("  Assertions on. Figures of this machine; by wall clock and, of a shared machine the better one, by the process's CPU "
	       "time.\n  Aim: more than 25,000 packets/s at each depth, 2 million of the model\n");
	printf("  %-11s %-7s %8s %10s %11s %9s %12s %9s %10s %10s\n", "pattern", "engine", "packets", "clocks", "packets/s",
	       "per CPU s", "clocks/CPU s", "CPU/wall", "RSS KiB", "of that in");
}

static void speed_row(struct report *r, const char *pattern, const char *engine, uint64_t packets, uint64_t clocks,
		      double wall_s, double cpu_s, long rss_kib, long before_kib)
{
	printf("  %-11s %-7s %8" PRIu64 " ", pattern, engine, packets);
	if (clocks)
		printf("%10" PRIu64 " ", clocks);
	else
		printf("%10s ", "-");
	printf("%11.0f %9.0f ", (double)packets / wall_s, (double)packets / cpu_s);
	if (clocks)
		printf("%12.0f", (double)clocks / cpu_s);
	else
		printf("%12s", "-");
	printf(" %8.0f%% %10ld %10ld\n", 100 * cpu_s / wall_s, rss_kib, before_kib);
	add(r, "speed", json_pack("{s:s, s:s, s:s, s:I, s:I, s:f, s:f, s:f, s:f, s:f, s:f, s:i, s:i}", "command",
		"build/weir-bench --only speed", "pattern", pattern, "engine", engine, "packets", (json_int_t)packets,
		"clocks", (json_int_t)clocks, "wall_s", wall_s, "cpu_s", cpu_s, "packets_per_s",
		(double)packets / wall_s, "packets_per_cpu_s", (double)packets / cpu_s, "clocks_per_s",
		(double)clocks / wall_s, "clocks_per_cpu_s", (double)clocks / cpu_s, "peak_rss_kib",
		(int)rss_kib, "rss_with_capture_kib", (int)before_kib));
}

static void speed_of_run(struct report *r, const char *pattern, const char *engine, const struct bench_run *m)
{
	if (failed(r, pattern, engine, m->error, m->detail))
		return;
	check(r, !m->unexplained, "unexplained loss: %" PRIu64, m->unexplained);
	speed_row(r, pattern, engine, m->frames, m->clocks, m->wall_s, m->cpu_s, m->rss_kib, m->rss_before_kib);
}

void report_speed(struct report *r, const char *pattern, const struct bench_run_job *job, const struct bench_run *stream,
		  const struct bench_run *gmii, const struct bench_model *m)
{
	(void)job;
	speed_of_run(r, pattern, "stream", stream);
	speed_of_run(r, pattern, "gmii", gmii);
	if (failed(r, pattern, "model", m->error, m->detail))
		return;
	speed_row(r, pattern, "model", m->packets, 0, m->wall_s, m->cpu_s, m->rss_kib, m->rss_before_kib);
	if (!stream->error && !gmii->error)
		printf("  %-11s model : stream : gmii = %.0f : %.2f : 1 in packets per CPU second\n", "",
		       (double)m->packets / m->cpu_s / ((double)gmii->frames / gmii->cpu_s),
		       (double)stream->frames / stream->cpu_s / ((double)gmii->frames / gmii->cpu_s));
}

int report_end(struct report *r, const char *file)
{
	json_object_set_new(r->root, "checks", json_pack("{s:I, s:I}", "checks", (json_int_t)r->checks, "failed",
							 (json_int_t)r->failed));
	printf("\nweir-bench: %" PRIu64 " checks, %" PRIu64 " failed\n", r->checks, r->failed);
	if (file && json_dump_file(r->root, file, JSON_INDENT(2) | JSON_REAL_PRECISION(8))) {
		fprintf(stderr, "weir-bench: cannot write %s\n", file);
		return 1;
	}
	return r->failed ? 1 : 0;
}
