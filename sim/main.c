// SPDX-License-Identifier: Apache-2.0
/* weir-sim: a capture, or what happens between two interfaces, through the data path. */
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/cli/input.h"
#include "sim/cli/options.h"
#include "host/policy/compile.h"
#include "sim/firmware/image.h"
#include "sim/live/outside.h"
#include "sim/report/pcap_out.h"
#include "sim/report/progress.h"
#include "sim/report/report.h"
#include "sim/report/timeline.h"
#include "sim/report/trace.h"
#include "weir/weir_regs.h"

enum { NsPerUs = 1000, NsPerS = 1000000000 };
/* Time for hosts before the first frame. What they leave of it is simulated with all that the firmware does then, so it is short. */
#define HELD_NS (30 * (uint64_t)NsPerS)
enum { FramesPerPause = 64 };   /* of an engine without a clock */
enum { LiveSlower = 128 };
enum { ProblemsShown = 10, ExpiredShown = 5, LabelsMost = 1 << 30, TitleMax = 300, MarksMax = 6, LogMax = 200 };

struct app {
	struct weir_options o;
	struct weir_policy policy;
	struct weir_writes writes;
	struct weir_sim_input *input;
	struct weir_input first;   /* read ahead: what is counted from the first frame needs its time */
	int first_read;            /* what reading it said */
	struct weir_session *session;
	struct weir_outside outside;
	uint64_t begin_ns;         /* when time begins: with the first frame, or before it */
	struct weir_labels *labels;
	struct weir_pcap_out *out;
	struct weir_trace *trace;
	FILE *report;
	struct weir_progress progress;
	struct weir_stats stats;
	struct weir_rule_hits hits;
	struct weir_timeline timeline;
	struct weir_detect detect;
	struct weir_alarm_list alarms;
	uint32_t image[WEIR_IMAGE_WORDS], learned[WEIR_LEARNED_WORDS];
	uint32_t image_words, learned_words;
	char log[LogMax];          /* line of the firmware that has not ended */
	size_t log_len;
	uint64_t start_us;         /* of the first frame */
	uint64_t problems;
	int error;                 /* of a sink */
};

static struct app app;
static volatile sig_atomic_t interrupted;

static void on_interrupt(int number)
{
	(void)number;
	interrupted = 1;
}

static void say(const char *text)
{
	weir_progress_clear(&app.progress);
	fprintf(stderr, "weir-sim: %s\n", text);
}

static void on_fate(void *ctx, const struct weir_packet *p)
{
	struct app *a = ctx;
	int rc;

	weir_stats_packet(&a->stats, p);
	if (a->o.plot || a->o.firmware)
		weir_timeline_packet(&a->timeline, p);
	if (a->labels)
		weir_detect_packet(&a->detect, p);
	if (a->trace) {
		rc = weir_trace_packet(a->trace, p);
		if (rc)
			a->error = rc;
	}
}

static void on_out(void *ctx, int side, const uint8_t *frame, uint32_t len, uint64_t time_ns)
{
	struct app *a = ctx;

	if (a->out)
		weir_pcap_out_frame(a->out, side, frame, len, time_ns);
}

static void on_problem(void *ctx, const char *text)
{
	struct app *a = ctx;

	if (a->problems++ < ProblemsShown)
		say(text);
	else if (a->problems == ProblemsShown + 1)
		say("more of these; the report counts them");
}

static void on_notice(void *ctx, uint64_t now_us, const uint32_t word[WEIR_ENGINE_MAIL_WORDS])
{
	struct app *a = ctx;

	weir_alarm_list_notice(&a->alarms, now_us, word);
	if (a->trace && weir_trace_alarm(a->trace, now_us, word))
		a->error = -EIO;
}

/* By lines, each with the time of its end. */
static void on_console(void *ctx, uint64_t now_us, const char *text)
{
	struct app *a = ctx;

	for (; a->o.console && *text; text++) {
		if (*text != '\n' && a->log_len < LogMax - 1) {
			a->log[a->log_len++] = *text >= ' ' && *text <= '~' ? *text : '?';
			continue;
		}
		weir_progress_clear(&a->progress);
		fprintf(stderr, "[%14.6f] %.*s\n", ((double)now_us - (double)a->start_us) / 1e6, (int)a->log_len, a->log);
		a->log_len = 0;
	}
}

static void on_maint(void *ctx, const struct weir_maint *m)
{
	struct app *a = ctx;
	uint32_t addr = WEIR_ENTRIES_BASE + m->target * WEIR_TARGET_SPAN + m->index * WEIR_ENTRY_SPAN;

	if (!m->write && m->target == WEIR_TARGET_PEAK)
		weir_timeline_peak(&a->timeline, m->stamp_us * NsPerUs, m->index, m->word[0]);
	for (uint32_t i = 0; m->write && i < WEIR_MAINT_WORDS; i++)
		weir_timeline_write(&a->timeline, m->stamp_us * NsPerUs, addr + 4 * i, m->word[i]);
}

static void on_leave(void *ctx, int side, const uint8_t *frame, uint32_t len, uint64_t time_ns)
{
	struct app *a = ctx;

	weir_outside_left(&a->outside, side, frame, len);
	on_out(ctx, side, frame, len, time_ns);
}

static void on_link(void *ctx, const uint8_t *octets, size_t n)
{
	struct app *a = ctx;

	weir_outside_said(&a->outside, octets, n);
}

static bool on_pause(void *ctx)
{
	struct app *a = ctx;

	return weir_outside_pause(&a->outside, a->session);
}

static const struct weir_session_sink sink = {
	.fate = on_fate, .out = on_leave, .problem = on_problem, .answer = on_leave, .notice = on_notice, .console = on_console,
	.maint = on_maint, .link = on_link, .pause = on_pause,
};

/* What is learned from is not reported. */
static void on_fate_learning(void *ctx, const struct weir_packet *p)
{
	(void)ctx;
	(void)p;
}

static const struct weir_session_sink learning = {
	.fate = on_fate_learning, .problem = on_problem, .console = on_console,
};

static int open_policy(struct app *a)
{
	char detail[WEIR_POLICY_DETAIL];

	weir_policy_default(&a->policy);
	if (a->o.policy && weir_policy_open(a->o.policy, &a->policy, detail)) {
		say(detail);
		return WEIR_EXIT_USAGE;
	}
	return 0;
}

/* Rules whose time was over before the first frame came. */
static void tell_expired(const struct app *a)
{
	char text[400], when[32];
	unsigned told = 0;

	for (size_t i = 0; i < a->policy.rules.n; i++) {
		const struct weir_rule *r = &a->policy.rules.list[i];

		if (!weir_rule_expired(r, a->writes.rules.now_s) || told++ >= ExpiredShown)
			continue;
		snprintf(text, sizeof(text), "%s:%u: rules: expired at %s, before the first frame; left out", a->o.policy, r->line,
			 weir_rule_time_format(r->expires_s, when, sizeof(when)));
		say(text);
	}
	if (told > ExpiredShown) {
		snprintf(text, sizeof(text), "%u more have expired; the report lists them", told - ExpiredShown);
		say(text);
	}
}

/* Time is that of the capture: rules that have expired when its first frame comes are left out. */
static int compile(struct app *a)
{
	uint64_t first_ns = a->first_read == 1 ? a->first.arrival_ns : 0;
	char detail[WEIR_POLICY_DETAIL];

	if (weir_policy_compile_at(&a->policy, a->o.seed, first_ns / NsPerS, a->o.policy ? a->o.policy : "default policy",
				   &a->writes, detail)) {
		say(detail);
		return WEIR_EXIT_USAGE;
	}
	if (a->first_read == 1)
		weir_writes_start(&a->writes, first_ns / NsPerUs);
	tell_expired(a);
	return 0;
}

static int open_image(struct app *a)
{
	char name[WEIR_INPUT_TEXT], detail[2 * WEIR_INPUT_TEXT];

	if (!a->o.firmware || a->o.engine == WEIR_ENGINE_MODEL)
		return 0;
	if (!weir_image_read(a->o.image ? a->o.image : weir_image_default(name, sizeof(name)), a->image, &a->image_words,
			     detail, sizeof(detail)))
		return 0;
	if (a->o.firmware_if_there) {
		a->o.firmware = false;
		say(detail);
		say("so without firmware: the policy's thresholds hold");
		return 0;
	}
	say(detail);
	return WEIR_EXIT_USAGE;
}

/* Without a capture time begins now. */
static void no_input(struct app *a)
{
	a->begin_ns = weir_live_wall_ns();
	a->first = (struct weir_input){ .arrival_ns = a->begin_ns };
	a->first_read = 1;
}

static int open_input(struct app *a, const struct weir_options *o)
{
	bool own = a->o.n_protect;
	char detail[WEIR_INPUT_TEXT];

	if (weir_sim_input_open(o, own ? a->o.protect : a->policy.protect,
				own ? a->o.n_protect : a->policy.n_protect, &a->input, detail)) {
		say(detail);
		return WEIR_EXIT_INPUT;
	}
	if (o->labels) {
		if (weir_labels_open(a->o.labels, LabelsMost, &a->labels, detail, sizeof(detail))) {
			say(detail);
			return WEIR_EXIT_INPUT;
		}
		weir_detect_init(&a->detect, a->labels);
	}
	a->first_read = weir_sim_input_next(a->input, &a->first);
	a->begin_ns = a->first_read == 1 ? a->first.arrival_ns : 1;
	if (o->hold)
		a->begin_ns = a->begin_ns > HELD_NS ? a->begin_ns - HELD_NS : 1;
	return 0;
}

/* Parameters of the policy, and what was learned before. */
static int start_firmware(struct app *a)
{
	static const uint32_t defaults[WEIR_FIRMWARE_PARAMS] = {
#define X(number, name, def, least, most, unit, help) [number] = (def),
#include "params.def"
#undef X
	};
	int rc;

	a->start_us = a->first.arrival_ns / NsPerUs;
	rc = weir_session_start(a->session, a->begin_ns);
	if (rc) {
		say(rc == -ENOSYS ? "this program was built without the firmware; leave --firmware out"
				  : "the firmware does not start");
		return WEIR_EXIT_FAILED;
	}
	rc = weir_firmware_set(a->session, a->policy.firmware, defaults, WEIR_FIRMWARE_PARAMS);
	if (!rc && a->learned_words)
		rc = weir_firmware_import(a->session, a->learned, a->learned_words);
	if (rc) {
		say(rc == -ETIMEDOUT ? "the firmware does not answer" : "the firmware refuses what it is told");
		return WEIR_EXIT_FAILED;
	}
	return 0;
}

/* Shapers count clocks. Live, a clock takes that many times as long as on a board. */
static uint32_t live_value(const struct app *a, uint32_t addr, uint32_t value)
{
	if (!a->o.live[0] || (addr != WEIR_REG_SHAPER_RATE(0) && addr != WEIR_REG_SHAPER_RATE(1)))
		return value;
	return value > WEIR_REG_SHAPER_RATE_VALUE_MASK / LiveSlower ? WEIR_REG_SHAPER_RATE_VALUE_MASK : value * LiveSlower;
}

/* With the policy, without firmware. */
static int new_session(struct app *a, const struct weir_session_sink *to)
{
	const struct weir_engine_options options = {
		.gmii = a->o.gmii, .no_skip = a->o.no_skip, .image = a->image, .image_words = a->image_words,
	};
	const struct weir_engine_ops *rtl = a->o.gmii ? &weir_engine_rtl_gmii : &weir_engine_rtl_stream;
	const struct weir_engine_ops *first = a->o.engine == WEIR_ENGINE_MODEL ? &weir_engine_model : rtl;
	const struct weir_engine_ops *second = a->o.engine == WEIR_ENGINE_BOTH ? &weir_engine_model : NULL, *failed;
	char text[300];
	int rc = weir_session_new(first, second, &options, to, a, &a->session, &failed);

	if (rc) {
		snprintf(text, sizeof(text), "engine %s %s; use --engine=model%s", failed->name,
			 rc == -ENOSYS ? "is not in this build"
			 : rc == -ENOMEM ? "gets no memory" : "does not start",
			 a->o.gmii ? " or --depth=stream" : "");
		say(text);
		return WEIR_EXIT_FAILED;
	}
	for (size_t i = 0; i < a->writes.n && !rc; i++)
		rc = weir_session_write(a->session, a->writes.write[i].addr,
					live_value(a, a->writes.write[i].addr, a->writes.write[i].value));
	return rc ? WEIR_EXIT_FAILED : 0;
}

static int open_session(struct app *a, const struct weir_session_sink *to)
{
	int status = new_session(a, to);

	return status || !a->o.firmware || a->first_read != 1 ? status : start_firmware(a);
}

/* What this machine carries, told before there is anybody to rely on it. */
static int measure(struct app *a)
{
	char text[300];
	int status = new_session(a, &weir_capacity_sink);

	if (status)
		return status;
	if (weir_capacity_measure(a->session, a->begin_ns, &a->outside.capacity)) {
		say("the capacity cannot be measured: the engine makes no progress");
		status = WEIR_EXIT_FAILED;
	}
	weir_session_free(a->session);
	a->session = NULL;
	snprintf(text, sizeof(text), "live capacity: %" PRIu64 " frames of 60 bytes a second, or %" PRIu64 " of 1,514 bytes",
		 a->outside.capacity.short_pps, a->outside.capacity.long_pps);
	say(text);
	return status;
}

static FILE *open_file(const char *name)
{
	FILE *f = fopen(name, "we");
	char text[400];

	if (!f) {
		snprintf(text, sizeof(text), "%s: cannot be written (%s); choose another name", name, strerror(errno));
		say(text);
	}
	return f;
}

static int open_outputs(struct app *a)
{
	char detail[WEIR_INPUT_TEXT];
	FILE *f;

	if (a->o.report) {
		a->report = strcmp(a->o.report, "-") ? open_file(a->o.report) : stdout;
		if (!a->report)
			return WEIR_EXIT_USAGE;
	}
	if (a->o.trace) {
		f = open_file(a->o.trace);
		a->trace = f ? weir_trace_new(f, &a->policy, &a->writes.rules) : NULL;
		if (!a->trace)
			return WEIR_EXIT_USAGE;
	}
	if (a->o.out && weir_pcap_out_open(a->o.out, &a->out, detail, sizeof(detail))) {
		say(detail);
		return WEIR_EXIT_USAGE;
	}
	return 0;
}

static int engine_failed(int rc)
{
	say(rc == -ETIMEDOUT ? "the hardware makes no progress; please report this with the capture"
	    : rc == -ENOBUFS ? "the engine keeps too many frames; please report this with the capture"
	    : rc == -ENODEV ? "an interface has been taken away; what went through so far is reported"
	    : rc == -ENOMEM ? "no memory" : strerror(-rc));
	return WEIR_EXIT_FAILED;
}

static int live_run(struct app *a, uint64_t from_ns, uint64_t to_ns, bool until_served)
{
	int rc = weir_outside_run(&a->outside, a->session, from_ns, to_ns, until_served);

	return rc ? engine_failed(rc) : 0;
}

/* Behind the last frame at `last_ns`, when that has come out. */
static int serve_on(struct app *a, uint64_t last_ns)
{
	int rc = weir_session_run(a->session, UINT64_MAX - NsPerS);

	weir_progress_clear(&a->progress);
	if (rc < 0 && rc != -ECANCELED)
		return engine_failed(rc);
	say("end of the capture; the host link is served until SIGINT or SIGTERM");
	return live_run(a, last_ns, UINT64_MAX, false);
}

/* @return exit status, as far as the engines and their input are concerned */
static int judge_all(struct app *a)
{
	struct weir_input in = a->first;
	uint64_t last_ns = a->begin_ns;
	int status = 0, rc, read = a->o.captures ? a->first_read : 0;
	bool early = false;

	if (!a->o.captures) {
		/* To get here took a while. */
		uint64_t now_ns = weir_live_wall_ns();

		status = live_run(a, now_ns > a->begin_ns ? now_ns : a->begin_ns, UINT64_MAX, false);
	}
	if (a->o.hold) {
		say("the first frame waits until a host has come and gone");
		status = live_run(a, a->begin_ns, a->first_read == 1 ? a->first.arrival_ns : UINT64_MAX, true);
	}
	for (; !status && !interrupted && read == 1; read = weir_sim_input_next(a->input, &in)) {
		last_ns = in.arrival_ns;
		if (in.number % FramesPerPause == 0 && on_pause(a))
			break;
		rc = weir_session_submit(a->session, &in);
		if (rc == -ECANCELED)
			break;
		if (rc || a->error) {
			say(rc == -ETIMEDOUT ? "the hardware makes no progress; please report this with the capture"
			    : rc == -ENOBUFS ? "the engine keeps too many frames; please report this with the capture"
					     : "no memory");
			status = WEIR_EXIT_FAILED;
			break;
		}
		weir_progress_update(&a->progress, in.number, weir_sim_input_progress(a->input));
	}
	early = a->o.captures && interrupted;
	if (!early && !status && a->o.captures && a->o.listen && !a->o.once)
		status = serve_on(a, last_ns);
	weir_outside_end(&a->outside);
	if (interrupted)
		weir_session_hurry(a->session);
	if (early) {
		say("interrupted; what was read so far is reported");
		status = WEIR_EXIT_FAILED;
	} else if (!status && read < 0) {
		say(weir_sim_input_detail(a->input));
		status = WEIR_EXIT_INPUT;
	}
	if (weir_session_finish(a->session)) {
		say("the hardware does not come to an end; please report this with the capture");
		status = WEIR_EXIT_FAILED;
	}
	weir_progress_clear(&a->progress);
	if (weir_rule_hits_read(a->session, &a->writes.rules, &a->hits)) {
		say("the hits of rules cannot be read; please report this with the capture");
		status = WEIR_EXIT_FAILED;
	}
	return status;
}

static void close_session(struct app *a)
{
	weir_session_free(a->session);
	a->session = NULL;
	weir_sim_input_close(a->input);
	a->input = NULL;
	weir_writes_done(&a->writes);
	a->writes = (struct weir_writes){ 0 };
}

/* A run of its own, of which what was learned is kept. */
static int learn(struct app *a)
{
	struct weir_options o = a->o;
	int status, rc = 0;

	o.capture[0] = a->o.learn;
	o.captures = 1;
	o.labels = NULL;
	status = open_input(a, &o);
	status = status ? status : compile(a);
	status = status ? status : open_session(a, &learning);
	for (struct weir_input in = a->first; !status && !interrupted && a->first_read == 1;
	     a->first_read = weir_sim_input_next(a->input, &in)) {
		rc = weir_session_submit(a->session, &in);
		if (rc)
			status = WEIR_EXIT_FAILED;
	}
	if (!status && a->first_read < 0) {
		say(weir_sim_input_detail(a->input));
		status = WEIR_EXIT_INPUT;
	}
	if (!status && !interrupted) {
		rc = weir_session_finish(a->session);
		rc = rc ? rc : weir_firmware_export(a->session, a->learned, &a->learned_words);
		if (rc || weir_session_counts(a->session)->mismatches) {
			say("nothing could be learned: the firmware does not give it away, or the engines differ");
			status = WEIR_EXIT_FAILED;
		}
	}
	close_session(a);
	return status;
}

static void check_labels(struct app *a, int *status)
{
	uint64_t offered = weir_session_counts(a->session)->offered;
	char text[300];

	if (!a->labels || *status || weir_labels_packets(a->labels) == offered)
		return;
	snprintf(text, sizeof(text), "%s: labels %zu packets, the capture has %" PRIu64 "; give the file that belongs to it",
		 a->o.labels, weir_labels_packets(a->labels), offered);
	say(text);
	*status = WEIR_EXIT_INPUT;
}

static const char *base_name(const char *file)
{
	const char *slash = strrchr(file, '/');

	return slash ? slash + 1 : file;
}

static int plot(struct app *a)
{
	const struct weir_session_counts *c = weir_session_counts(a->session);
	struct weir_timeline_mark marks[MarksMax];
	static const char *const by[] = { "hardware and model", "hardware", "reference model" };
	char title[TitleMax], text[400];
	struct weir_picture picture = { .title = title, .mark = marks, .alarms = a->o.firmware ? &a->alarms : NULL };
	size_t n = 0;
	int rc;

	for (size_t i = 0; a->labels && i < weir_labels_attacks(a->labels) && n < MarksMax; i++)
		if (a->detect.attack[i].first_ns)
			marks[n++] = (struct weir_timeline_mark){ a->detect.attack[i].first_ns,
								  weir_labels_attack(a->labels, i)->name };
	picture.marks = n;
	snprintf(title, sizeof(title), "%s: %" PRIu64 " of %" PRIu64 " frames passed (%s)",
		 a->o.captures ? base_name(a->o.capture[0]) : a->o.live[0] ? "live" : "no capture", c->fate[WEIR_FATE_PASSED], c->offered, by[a->o.engine]);
	rc = weir_plot(&a->timeline, a->o.plot, &picture);
	if (!rc)
		return 0;
	if (rc == -ENOENT)
		snprintf(text, sizeof(text), "%s: gnuplot is missing; install gnuplot-nox", a->o.plot);
	else
		snprintf(text, sizeof(text), "%s: the picture could not be drawn (%s)", a->o.plot, strerror(-rc));
	say(text);
	return WEIR_EXIT_FAILED;
}

static int failed_write(const char *name)
{
	char text[400];

	snprintf(text, sizeof(text), "%s: writing failed; is the disk full?", name);
	say(text);
	return WEIR_EXIT_FAILED;
}

static int tell(struct app *a)
{
	static const char *const engines[] = { "both", "rtl", "model" };
	const struct weir_run run = {
		.engine = engines[a->o.engine], .depth = a->o.gmii ? "gmii" : "stream",
		.sides = a->input ? weir_sim_input_sides(a->input) : "", .policy = &a->policy, .rules = &a->writes.rules, .hits = &a->hits,
		.stats = &a->stats, .session = a->session, .detect = a->labels ? &a->detect : NULL,
		.alarms = a->o.firmware ? &a->alarms : NULL, .timeline = &a->timeline,
		.live = a->o.live[0] ? weir_live_counts(a->outside.live) : NULL,
		.hosts = a->o.listen ? &a->outside.hosts : NULL,
		.wall_s = weir_progress_seconds(&a->progress),
	};
	FILE *summary = a->report == stdout ? stderr : stdout;
	int status = 0;

	if (a->report && weir_report_write(a->report, &run))
		status = failed_write(a->o.report);
	if (a->report && a->report != stdout && fclose(a->report))
		status = failed_write(a->o.report);
	a->report = NULL;
	if (weir_trace_close(a->trace))
		status = failed_write(a->o.trace);
	a->trace = NULL;
	if (weir_pcap_out_close(a->out))
		status = failed_write(a->o.out);
	a->out = NULL;
	if (a->o.plot && plot(a))
		status = WEIR_EXIT_FAILED;
	weir_summary_write(summary, &run);
	if (fflush(summary) || ferror(summary))
		status = failed_write("standard output");
	return status;
}

/* Thresholds begin with those of the policy. */
static void start_timeline(struct app *a)
{
	weir_timeline_init(&a->timeline);
	for (size_t i = 0; i < a->writes.n; i++)
		weir_timeline_write(&a->timeline, 0, a->writes.write[i].addr, a->writes.write[i].value);
}

static int run_all(struct app *a)
{
	const struct weir_session_counts *c;
	int status = open_policy(a), told;

	status = status ? status : open_image(a);
	status = status || !a->o.learn ? status : learn(a);
	if (!status && a->o.captures)
		status = open_input(a, &a->o);
	else if (!status)
		no_input(a);
	status = status ? status : compile(a);
	status = status || !a->o.live[0] ? status : measure(a);
	if (!status)
		start_timeline(a);
	status = status ? status : open_session(a, &sink);
	status = status ? status : open_outputs(a);
	if (!status && weir_outside_open(&a->outside))
		status = WEIR_EXIT_USAGE;
	if (status)
		return status;
	weir_stats_init(&a->stats, &a->policy, &a->writes.rules);
	weir_progress_start(&a->progress);
	status = judge_all(a);
	check_labels(a, &status);
	told = tell(a);
	c = weir_session_counts(a->session);
	if (told || c->mismatches || a->hits.differ || weir_session_unexplained(a->session))
		return WEIR_EXIT_FAILED;
	return status;
}

int main(int argc, char **argv)
{
	struct sigaction on_int = { .sa_handler = on_interrupt, .sa_flags = (int)SA_RESETHAND };
	int status;

	weir_options_read(argc, argv, &app.o);
	/* A closed pipe is a failed write like any other; a second interrupt ends us at once. */
	signal(SIGPIPE, SIG_IGN);
	sigaction(SIGINT, &on_int, NULL);
	if (app.o.listen || app.o.live[0])
		sigaction(SIGTERM, &on_int, NULL);
	app.outside = (struct weir_outside){
		.listen = app.o.listen, .name = { app.o.live[0], app.o.live[1] }, .stop = &interrupted, .say = say,
		.for_ns = app.o.duration_s > 0 ? (uint64_t)(app.o.duration_s * NsPerS) : UINT64_MAX,
	};
	status = run_all(&app);
	weir_trace_close(app.trace);
	weir_pcap_out_close(app.out);
	weir_session_free(app.session);
	weir_outside_close(&app.outside);
	weir_sim_input_close(app.input);
	weir_labels_free(app.labels);
	weir_writes_done(&app.writes);
	return status;
}
