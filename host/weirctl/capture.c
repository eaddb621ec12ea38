// SPDX-License-Identifier: Apache-2.0
/* capture: frames as they came in, to a file, a pipe, or as lines. */
#include <errno.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "capture_out.h"

enum { IdleMs = 10, ProgressS = 1, RestMost = 256, FilterMax = 4096, ListMax = 256 };

/* What the command line asks for. */
struct wish {
	struct weir_capture_filter filter;
	struct bpf_program program;
	bool has_program;
};

struct capture {
	struct ctl *c;
	struct wish wish;
	struct weir_capture_run *run;
	struct capture_out *out;
	uint64_t captured, filtered;
	bool gone;                  /* nobody reads what is written */
	bool progress;
	double told_s;
};

/* --- The command line --------------------------------------------------------------------------------------------- */

static int read_verdicts(struct ctl *c, uint8_t *ret)
{
	const char *text = c->text[CTL_OPT_VERDICT];
	char list[ListMax], *rest = list, *name;

	*ret = 0xff;
	if (!text)
		return CTL_DONE;
	if (!*text || strlen(text) >= sizeof(list))
		return ctl_usage(c, "--verdict: expected pass, drop, demote, divert, answer or consume, several with commas");
	*ret = 0;
	snprintf(list, sizeof(list), "%s", text);
	while ((name = strsep(&rest, ",")) != NULL) {
		uint8_t v;

		if (weir_capture_verdict(name, &v))
			return ctl_usage(c, "--verdict=%s: %s is no verdict: pass, drop, demote, divert, answer, consume", text, *name ? name : "nothing");
		*ret |= (uint8_t)(1u << v);
	}
	return CTL_DONE;
}

static int read_filter(struct ctl *c, struct weir_capture_filter *ret)
{
	const char *reason = c->text[CTL_OPT_REASON], *side = c->text[CTL_OPT_SIDE];
	long every = c->number[CTL_OPT_EVERY];

	*ret = (struct weir_capture_filter){ .sides = 3 };
	if (every & (every - 1))
		return ctl_usage(c, "--every=%ld: expected a power of two", every);
	while (1l << ret->sample_log2 < every)
		ret->sample_log2++;
	if (side && strcmp(side, ctl_side_names[0]) && strcmp(side, ctl_side_names[1]))
		return ctl_usage(c, "--side=%s: expected unprotected or protected", side);
	if (side)
		ret->sides = strcmp(side, ctl_side_names[0]) ? 2 : 1;
	if (reason && weir_capture_reason(reason, &ret->reason_match))
		return ctl_usage(c, "--reason=%s: there is no such reason; docs/reasons.md lists them", reason);
	ret->reason_mask = reason ? 0xff : 0;
	return read_verdicts(c, &ret->verdicts);
}

/* The words of a pcap filter. */
static int read_program(struct ctl *c, struct wish *ret)
{
	char text[FilterMax] = "", why[PCAP_ERRBUF_SIZE];
	size_t at = 0;
	pcap_t *p;
	int rc;

	for (int i = 0; i < c->args; i++) {
		int n = snprintf(text + at, sizeof(text) - at, "%s%s", i ? " " : "", c->arg[i]);

		if ((size_t)n >= sizeof(text) - at)
			return ctl_usage(c, "the filter is longer than %d characters", FilterMax - 1);
		at += (size_t)n;
	}
	if (!c->args)
		return CTL_DONE;
	p = pcap_open_dead(DLT_EN10MB, WEIR_CAPTURE_OCTETS);
	ctl_need(p);
	rc = pcap_compile(p, &ret->program, text, 1, PCAP_NETMASK_UNKNOWN);
	snprintf(why, sizeof(why), "%s", rc ? pcap_geterr(p) : "");
	pcap_close(p);
	if (rc)
		return ctl_usage(c, "filter \"%.200s\": %s", text, why);
	ret->has_program = true;
	return CTL_DONE;
}

static int read_wish(struct ctl *c, struct wish *ret)
{
	int status;

	*ret = (struct wish){ 0 };
	status = read_filter(c, &ret->filter);
	return status ? status : read_program(c, ret);
}

static void free_wish(struct wish *w)
{
	if (w->has_program)
		pcap_freecode(&w->program);
	w->has_program = false;
}

int ctl_check_capture(struct ctl *c)
{
	const char *file = c->text[CTL_OPT_WRITE];
	struct wish w;
	int status = read_wish(c, &w);

	free_wish(&w);
	if (!status && file && !*file)
		return ctl_usage(c, "--write: expected a file, or - for standard output");
	if (!status && file && !strcmp(file, "-") && c->json)
		return ctl_usage(c, "standard output cannot have both, octets and JSON");
	if (!status && file && !strcmp(file, "-") && isatty(STDOUT_FILENO))
		return ctl_usage(c, "a capture on a terminal is no use; redirect standard output, or leave --write out");
	return status;
}

/* --- Frames ------------------------------------------------------------------------------------------------------- */

static bool wanted(const struct capture *k, const struct weir_capture_frame *f)
{
	struct pcap_pkthdr h = { .caplen = f->captured, .len = f->len };

	return !k->wish.has_program || pcap_offline_filter(&k->wish.program, &h, f->octets);
}

static bool enough(const struct capture *k)
{
	return k->gone || (k->c->text[CTL_OPT_COUNT] && k->captured >= (uint64_t)k->c->number[CTL_OPT_COUNT]);
}

static void tell_progress(struct capture *k)
{
	double now_s = ctl_clock_s();

	if (!k->progress || now_s - k->told_s < ProgressS)
		return;
	k->told_s = now_s;
	fprintf(stderr, "\rweirctl: %llu captured, %llu filtered away, %llu missed ", (unsigned long long)k->captured, (unsigned long long)k->filtered,
		(unsigned long long)weir_capture_missed(k->run));
}

/* One frame that waits, to where it belongs. @param ret_any  There was one. @return CTL_DONE, or the status of what was told */
static int take_one(struct capture *k, bool *ret_any)
{
	struct weir_capture_frame f;
	int status, rc = weir_capture_take(k->run, &f);

	*ret_any = rc == 1;
	if (rc < 0)
		return ctl_fail(k->c, rc, "capture");
	if (!rc)
		return CTL_DONE;
	if (!wanted(k, &f)) {
		k->filtered++;
		return CTL_DONE;
	}
	status = capture_out_frame(k->out, &f, &k->gone);
	k->captured += !status && !k->gone;
	return status;
}

/* Until a signal, the time, the count, or an error. */
static int follow(struct capture *k)
{
	double until_s = ctl_clock_s() + (double)k->c->number[CTL_OPT_SECONDS];
	bool any, for_ever = !k->c->text[CTL_OPT_SECONDS];

	while (!ctl_stop && !enough(k) && (for_ever || ctl_clock_s() < until_s)) {
		int rc, status = take_one(k, &any);

		if (status)
			return status;
		tell_progress(k);
		if (any)
			continue;
		rc = weir_dev_poll(k->c->dev, IdleMs);
		if (rc && rc != -EINTR)
			return ctl_fail(k->c, rc, "capture");
	}
	return CTL_DONE;
}

/* No new ones, but those that wait have been captured. */
static int take_rest(struct capture *k)
{
	int rc = weir_capture_halt(k->run), status = rc ? ctl_fail(k->c, rc, "capture") : CTL_DONE;
	bool any = true;

	for (unsigned i = 0; i < RestMost && any && !status && !enough(k); i++)
		status = take_one(k, &any);
	return status;
}

static int run(struct capture *k)
{
	int status;

	k->out = capture_out_new(k->c, &k->gone);
	if (!k->out)
		return k->gone ? CTL_DONE : k->c->failed;
	ctl_note("capturing at %s; a signal ends it (Ctrl-C)", weir_dev_url(k->c->dev));
	status = follow(k);
	if (!status)
		status = take_rest(k);
	if (k->progress)
		fputc('\r', stderr);
	ctl_note("%llu frames captured, %llu filtered away, %llu missed", (unsigned long long)k->captured, (unsigned long long)k->filtered,
		 (unsigned long long)weir_capture_missed(k->run));
	return status;
}

/* What it came to, for machines. */
static int tell_end(struct capture *k, uint64_t missed)
{
	struct ctl *c = k->c;

	if (c->text[CTL_OPT_WRITE]) {
		ctl_json(c, "file", ctl_text_json(c->text[CTL_OPT_WRITE]));
		ctl_json(c, "captured", json_integer((json_int_t)k->captured));
		ctl_json(c, "filtered", json_integer((json_int_t)k->filtered));
		ctl_json(c, "missed", json_integer((json_int_t)missed));
		return CTL_DONE;
	}
	return c->json ? ctl_json_line(c, json_pack("{s:s, s:I, s:I, s:I}", "event", "end", "captured", (json_int_t)k->captured, "filtered",
						    (json_int_t)k->filtered, "missed", (json_int_t)missed)) : CTL_DONE;
}

/* What runs in the appliance: taken back however the program ends, as ctl_need() does for want of memory. */
static struct weir_capture_run *running;

static void end_running(void)
{
	struct weir_capture_run *run = running;

	running = NULL;
	if (run && weir_capture_stop(run))
		ctl_note("the capture may go on in the appliance");
}

int ctl_run_capture(struct ctl *c)
{
	struct capture k = { .c = c, .progress = c->text[CTL_OPT_WRITE] && isatty(STDERR_FILENO) };
	uint64_t missed;
	int rc, status;

	/* From here on a signal ends it with the registers put back. */
	ctl_catch();
	status = read_wish(c, &k.wish);
	if (status)
		return status;
	/* Before there is anything to be ended: this takes memory, too. */
	if (atexit(end_running))
		ctl_need(NULL);
	rc = weir_capture_start(c->dev, &k.wish.filter, c->text[CTL_OPT_FORCE], &k.run);
	if (rc) {
		free_wish(&k.wish);
		return rc == WEIR_EREFUSED ? ctl_fail_detail(c, rc, "somebody captures already, or went without an end of it; --force takes it over", "capture") :
					     ctl_fail(c, rc, "capture");
	}
	running = k.run;
	status = run(&k);
	running = NULL;
	missed = weir_capture_missed(k.run);
	rc = weir_capture_stop(k.run);
	/* A link that has failed has been told already. */
	if (rc && !status)
		status = ctl_fail(c, rc, "end of the capture, which may go on in the appliance");
	capture_out_free(k.out);
	free_wish(&k.wish);
	rc = tell_end(&k, missed);
	return status ? status : rc;
}
