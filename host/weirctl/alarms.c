// SPDX-License-Identifier: Apache-2.0
/* alarms, events, why, sources: what happens, and why. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "host/common/lists.h"
#include "sample.h"

enum { BytesFrom = 256, WhyMost = 64, TopMost = 64, PollMs = 200 };

static const char *colour_of(const struct ctl *c, const struct weir_alarm *a)
{
	static const enum ctl_colour by_severity[] = { CTL_PLAIN, CTL_YELLOW, CTL_RED, CTL_RED };

	return a->end_s ? "" : ctl_colour(c, by_severity[a->severity & 3]);
}

static json_t *alarm_json(const struct weir_alarm *a)
{
	char name[WEIR_SERIES_NAME];
	bool meter = a->kind == WEIR_ALARM_KIND_METER;

	return json_pack("{s:I, s:s, s:s, s:s, s:s, s:o, s:I, s:o, s:s?, s:I, s:I, s:I, s:I, s:o, s:o}", "number", (json_int_t)a->number, "kind",
			 weir_alarm_kind_name(a->kind), "name", sample_alarm_name(a, name), "state", weir_alarm_state_name(a->state), "severity", weir_severity_name(a->severity),
			 "series", meter ? json_integer(a->series) : json_null(), "start_s", (json_int_t)a->start_s, "end_s",
			 a->end_s ? json_integer(a->end_s) : json_null(), "unit", meter ? sample_unit_names[sample_unit(a->series)] : NULL,
			 "threshold", (json_int_t)a->threshold, "peak", (json_int_t)a->peak, "last", (json_int_t)a->last, "dropped",
			 (json_int_t)a->dropped, "key", ctl_address_json(&a->key), "top_source", ctl_address_json(&a->top_source));
}

/* A value of an alarm: of a series in units of a second, of others as it is. */
static char *value(const struct weir_alarm *a, uint32_t v, char *buf)
{
	return ctl_count(a->kind == WEIR_ALARM_KIND_METER ? sample_per_second(a->series, v) : v, buf);
}

static void say_alarm(struct ctl *c, const struct weir_alarm *a)
{
	char name[WEIR_SERIES_NAME], start[CTL_TEXT], end[CTL_TEXT], t[4][CTL_TEXT];
	const char *unit = a->kind == WEIR_ALARM_KIND_METER ? sample_unit_names[sample_unit(a->series)] : "";

	ctl_say(c, "%s#%u %s %s%s  since %s%s%s\n", colour_of(c, a), a->number, weir_severity_name(a->severity), sample_alarm_name(a, name),
		*colour_of(c, a) ? ctl_colour(c, CTL_PLAIN) : "", ctl_time_s(a->start_s, start), a->end_s ? " until " : "", a->end_s ? ctl_time_s(a->end_s, end) : "");
	ctl_say(c, "   threshold %s, peak %s, last %s %s; %u frames dropped or answered; key %s%s%s\n", value(a, a->threshold, t[0]),
		value(a, a->peak, t[1]), value(a, a->last, t[2]), unit, a->dropped, ctl_address(&a->key, start),
		a->top_source.family ? ", top source " : "", a->top_source.family ? ctl_address(&a->top_source, t[3]) : "");
}

static int read_alarms(struct ctl *c, struct weir_alarm *list, size_t *ret_n)
{
	int rc = weir_alarm_list(c->dev, list, SAMPLE_ALARMS, ret_n);

	if (rc)
		return ctl_fail(c, rc, "alarms");
	if (*ret_n > SAMPLE_ALARMS)
		*ret_n = SAMPLE_ALARMS;
	return CTL_DONE;
}

int ctl_run_alarms(struct ctl *c)
{
	struct weir_alarm list[SAMPLE_ALARMS];
	json_t *rows = ctl_made(json_array());
	size_t n = 0, shown = 0;
	int status = read_alarms(c, list, &n);

	for (size_t i = 0; !status && i < n; i++) {
		if (list[i].end_s && !c->text[CTL_OPT_ALL])
			continue;
		say_alarm(c, &list[i]);
		json_array_append_new(rows, ctl_made(alarm_json(&list[i])));
		shown++;
	}
	if (!status && !shown)
		ctl_say(c, "no alarm%s\n", c->text[CTL_OPT_ALL] ? "" : " is on");
	ctl_json(c, "alarms", rows);
	return status;
}

/* --- events --- */

struct events {
	struct ctl *c;
	int status;
};

static void tell(struct events *e, const struct weir_alarm *a)
{
	char name[WEIR_SERIES_NAME], time[CTL_TEXT], key[CTL_TEXT], t[2][CTL_TEXT];
	bool over = a->end_s;

	if (e->c->json) {
		e->status |= ctl_json_line(e->c, json_pack("{s:s, s:o}", "event", "alarm", "alarm", alarm_json(a)));
		return;
	}
	ctl_say(e->c, "%s %s#%u %-8s %-9s %s%s  peak %s, threshold %s, key %s, %u dropped\n", ctl_time_s(over ? a->end_s : a->start_s, time), colour_of(e->c, a),
		a->number, weir_alarm_state_name(a->state), weir_severity_name(a->severity), sample_alarm_name(a, name),
		*colour_of(e->c, a) ? ctl_colour(e->c, CTL_PLAIN) : "", value(a, a->peak, t[0]), value(a, a->threshold, t[1]), ctl_address(&a->key, key), a->dropped);
	if (fflush(stdout))
		e->status = CTL_FAILED;
}

static void on_notice(void *ctx, const uint32_t words[16], unsigned lost)
{
	struct events *e = ctx;
	struct weir_alarm a;

	if (lost && e->c->json)
		e->status |= ctl_json_line(e->c, json_pack("{s:s, s:i}", "event", "lost", "count", (int)lost));
	else if (lost)
		ctl_say(e->c, "%u notices were lost; weirctl alarms shows what is on\n", lost);
	if (!weir_alarm_read(words, &a)) {
		tell(e, &a);
		return;
	}
	ctl_note("a notice of a kind that this version does not know");
}

/* Until a signal or the time; USB has nothing to wait for, so it is asked again and again. */
static int follow(struct ctl *c, struct events *e)
{
	double until_s = ctl_clock_s() + (double)c->number[CTL_OPT_SECONDS];
	bool for_ever = !c->text[CTL_OPT_SECONDS];

	while (!ctl_stop && !e->status && (for_ever || ctl_clock_s() < until_s)) {
		double left_ms = for_ever ? PollMs : (until_s - ctl_clock_s()) * 1000 + 1;
		int rc = weir_dev_poll(c->dev, left_ms < PollMs ? (int)left_ms : PollMs);

		if (rc && rc != -EINTR)
			return ctl_fail(c, rc, "events");
	}
	return e->status;
}

int ctl_run_events(struct ctl *c)
{
	struct weir_alarm list[SAMPLE_ALARMS];
	struct events e = { .c = c };
	size_t n = 0;
	int status;

	ctl_catch();
	c->lost = true;
	/* First what has been, so that nothing falls between the two; a change may be told twice. */
	weir_dev_on_notice(c->dev, on_notice, &e);
	status = read_alarms(c, list, &n);
	for (size_t i = 0; !status && i < n; i++)
		tell(&e, &list[i]);
	if (!status)
		status = e.status;
	if (!status && (c->text[CTL_OPT_FOLLOW] || c->text[CTL_OPT_SECONDS]))
		status = follow(c, &e);
	weir_dev_on_notice(c->dev, NULL, NULL);
	return status;
}

/* --- why --- */

/* What threshold and measured value of a reason count. */
static const char *why_unit(const struct weir_why *w)
{
	if (w->reason == WEIR_REASON_source_score)
		return "score";
	if (w->reason == WEIR_REASON_zombie_limit)
		return "connections";
	return w->bytes ? "64 bytes" : "packets";
}

static json_t *why_json(const struct weir_why *w)
{
	bool has = w->threshold || w->measured;

	return json_pack("{s:o, s:o, s:I, s:I, s:s, s:s, s:o, s:o, s:o, s:o, s:i, s:i, s:i}", "remote", ctl_address_json(&w->remote), "protected",
			 ctl_address_json(&w->protect), "time_s", (json_int_t)w->time_s, "samples", (json_int_t)w->samples, "verdict", w->verdict_name,
			 "reason", w->reason_name, "threshold", has ? json_integer(w->threshold) : json_null(), "measured",
			 has ? json_integer(w->measured) : json_null(), "unit", has ? json_string(why_unit(w)) : json_null(), "rule",
			 w->rule == 0xfff ? json_null() : json_integer(w->rule), "protocol", (int)w->protocol, "sport", (int)w->sport, "dport",
			 (int)w->dport);
}

static void say_why(struct ctl *c, const struct weir_why *w)
{
	char from[CTL_TEXT], to[CTL_TEXT], time[CTL_TEXT], t[2][CTL_TEXT];
	bool rate = w->reason != WEIR_REASON_source_score && w->reason != WEIR_REASON_zombie_limit;
	unsigned unit = w->bytes ? BytesFrom : 0;

	ctl_say(c, "%s  %s%s%s: %s\n   %s port %u -> %s port %u, protocol %u, seen %u times", ctl_time_s(w->time_s, time), ctl_colour(c, CTL_BOLD),
		w->verdict_name, ctl_colour(c, CTL_PLAIN), w->reason_name, ctl_address(&w->remote, from), w->sport, ctl_address(&w->protect, to), w->dport,
		w->protocol, w->samples);
	if (!rate)
		ctl_say(c, "; %s %u, limit %u", why_unit(w), w->measured, w->threshold);
	else if (w->threshold || w->measured)
		ctl_say(c, "; measured %s %s, threshold %s", ctl_count(sample_per_second(unit, w->measured), t[0]), sample_unit_names[sample_unit(unit)],
			ctl_count(sample_per_second(unit, w->threshold), t[1]));
	if (w->rule != 0xfff)
		ctl_say(c, "; rule %u", w->rule);
	ctl_say(c, "\n");
}

int ctl_check_address(struct ctl *c)
{
	struct weir_address a;

	if (c->args && weir_address_parse(c->arg[0], &a))
		return ctl_usage(c, "%s: expected an IPv4 or IPv6 address", c->arg[0]);
	return CTL_DONE;
}

int ctl_run_why(struct ctl *c)
{
	struct weir_address address = { 0 };
	struct weir_why list[WhyMost];
	json_t *rows;
	size_t n = 0, most = (size_t)c->number[CTL_OPT_LIMIT] < WhyMost ? (size_t)c->number[CTL_OPT_LIMIT] : WhyMost;
	int rc;

	if (c->args)
		weir_address_parse(c->arg[0], &address);
	rc = weir_why(c->dev, c->args ? &address : NULL, list, most, &n);
	if (rc)
		return ctl_fail(c, rc == WEIR_EUNKNOWN ? WEIR_EVERSION : rc, "why");
	rows = ctl_made(json_array());
	for (size_t i = 0; i < n && i < most; i++) {
		say_why(c, &list[i]);
		json_array_append_new(rows, ctl_made(why_json(&list[i])));
	}
	if (!n)
		ctl_say(c, "no sample of %s was dropped or answered lately\n", c->args ? c->arg[0] : "any address");
	ctl_json(c, "why", rows);
	return CTL_DONE;
}

/* --- sources --- */

json_t *ctl_top_json(const struct weir_top_source *t)
{
	return json_pack("{s:o, s:I, s:I}", "address", ctl_address_json(&t->address), "samples", (json_int_t)t->count, "error", (json_int_t)t->error);
}

static int top_sources(struct ctl *c)
{
	struct weir_top_source list[TopMost];
	size_t n = 0, most = (size_t)c->number[CTL_OPT_LIMIT] < TopMost ? (size_t)c->number[CTL_OPT_LIMIT] : TopMost;
	char address[CTL_TEXT];
	int rc = weir_top_sources(c->dev, list, most, &n);
	json_t *rows;

	if (rc)
		return ctl_fail(c, rc, "sources");
	rows = ctl_made(json_array());
	if (n)
		ctl_say(c, "%s%-40s %10s %10s%s\n", ctl_colour(c, CTL_BOLD), "source of what is dropped", "samples", "at most +", ctl_colour(c, CTL_PLAIN));
	for (size_t i = 0; i < n && i < most; i++) {
		ctl_say(c, "%-40s %10u %10u\n", ctl_address(&list[i].address, address), list[i].count, list[i].error);
		json_array_append_new(rows, ctl_made(ctl_top_json(&list[i])));
	}
	if (!n)
		ctl_say(c, "nothing is dropped\n");
	ctl_json(c, "top_sources", rows);
	return CTL_DONE;
}

int ctl_sources_of(struct ctl *c);

int ctl_run_sources(struct ctl *c)
{
	return c->args ? ctl_sources_of(c) : top_sources(c);
}
