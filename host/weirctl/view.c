// SPDX-License-Identifier: Apache-2.0
#include "view.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "tables.h"

enum { LineMax = 400, ColumnMax = 58, RowsMost = 12, AlarmsShown = 5, GraphSteps = 8, ReasonPass = 0 };

json_t *ctl_top_json(const struct weir_top_source *t);

void view_remember(struct view *v)
{
	struct totals t;

	if (!v->before)
		return;
	sample_totals(v->before, v->now, &t);
	if (v->history == VIEW_HISTORY) {
		memmove(v->offered, v->offered + 1, sizeof(v->offered) - sizeof(v->offered[0]));
		memmove(v->dropped, v->dropped + 1, sizeof(v->dropped) - sizeof(v->dropped[0]));
		v->history--;
	}
	v->offered[v->history] = t.offered;
	v->dropped[v->history++] = t.dropped + t.answered;
}

/* Lines drawn so far; what is beyond the height is left out. */
struct pen {
	const struct canvas *to;
	int line;
};

static void say(struct pen *p, enum ctl_colour colour, const char *format, ...) __attribute__((format(printf, 3, 4)));
static void say(struct pen *p, enum ctl_colour colour, const char *format, ...)
{
	char text[LineMax];
	va_list ap;

	if (p->line >= p->to->height)
		return;
	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	p->to->text(p->to->ctx, colour, text);
}

static void end(struct pen *p)
{
	if (p->line++ < p->to->height)
		p->to->end_line(p->to->ctx);
}

static void draw_head(struct pen *p, const struct view *v)
{
	const struct weir_health *h = &v->now->health;
	bool well = h->running && h->ready && !h->bypass;
	char time[CTL_TEXT];

	say(p, CTL_BOLD, "Weir ");
	say(p, CTL_PLAIN, " %s  %s  ", v->url, ctl_time_s(h->now_us / 1000000, time));
	say(p, well ? CTL_GREEN : CTL_RED, "%s", ctl_state_text(h));
	if (h->firmware)
		say(p, CTL_PLAIN, "  mode %s", ctl_mode_name(h->firmware_mode));
	else
		say(p, CTL_YELLOW, "  no firmware");
	say(p, CTL_DIM, "  every %.1f s%s", (double)v->interval_ms / 1000, v->halted ? ", halted" : "");
	end(p);
	if (*v->message) {
		say(p, CTL_RED, "%s", v->message);
		end(p);
	}
	end(p);
}

static void draw_rates(struct pen *p, const struct view *v)
{
	static const size_t fields[] = { CTL_SIDE_RX_FRAMES, CTL_SIDE_TAKEN, CTL_SIDE_TX_FRAMES, CTL_SIDE_RX_FCS, CTL_SIDE_RX_OVERFLOW, CTL_SIDE_EGRESS_FULL };
	char t[6][CTL_TEXT];
	struct totals r;

	say(p, CTL_BOLD, "%-18s %9s %9s %9s %9s %9s", "frames a second", "offered", "passed", "dropped", "answered", "other");
	end(p);
	if (!v->before) {
		say(p, CTL_DIM, "%-18s %9s", "data path", "...");
		end(p);
		return;
	}
	sample_totals(v->before, v->now, &r);
	say(p, CTL_PLAIN, "%-18s %9s %9s ", "data path", ctl_count(r.offered, t[0]), ctl_count(r.passed, t[1]));
	say(p, r.dropped > 0 ? CTL_RED : CTL_PLAIN, "%9s ", ctl_count(r.dropped, t[2]));
	say(p, r.answered > 0 ? CTL_YELLOW : CTL_PLAIN, "%9s ", ctl_count(r.answered, t[3]));
	say(p, CTL_PLAIN, "%9s", ctl_count(r.other, t[4]));
	end(p);
	end(p);
	say(p, CTL_BOLD, "%-18s %9s %9s %9s %9s %9s %10s", "", "received", "taken", "sent", "bad FCS", "overflow", "queue full");
	end(p);
	for (unsigned side = 0; side < 2; side++) {
		for (size_t i = 0; i < 6; i++)
			ctl_count(sample_side_rate(v->before, v->now, side, fields[i]), t[i]);
		say(p, CTL_PLAIN, "%-18s %9s %9s %9s %9s %9s %10s", side ? "protected side" : "unprotected side", t[0], t[1], t[2], t[3], t[4], t[5]);
		end(p);
	}
}

/* One character a look, the newest at the right. */
static void draw_graph(struct pen *p, const struct view *v, const char *name, const double *value, double most, enum ctl_colour colour)
{
	static const char *const fine[] = { " ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█" };
	static const char *const plain[] = { " ", ".", ":", "-", "=", "+", "*", "%", "#" };
	const char *const *steps = p->to->utf8 ? fine : plain;
	size_t room = p->to->width > 30 ? (size_t)p->to->width - 20 : 10, from;
	char text[CTL_TEXT], line[LineMax] = "";
	size_t at = 0;

	if (room > LineMax / 4)
		room = LineMax / 4;
	from = v->history > room ? v->history - room : 0;
	for (size_t i = from; i < v->history; i++) {
		int step = most > 0 ? (int)(value[i] / most * GraphSteps + 0.999) : 0;

		at += (size_t)snprintf(line + at, sizeof(line) - at, "%s", steps[step > GraphSteps ? GraphSteps : step]);
	}
	say(p, CTL_PLAIN, "%-9s%8s ", name, ctl_count(v->history ? value[v->history - 1] : 0, text));
	say(p, colour, "%s", line);
	end(p);
}

static void draw_graphs(struct pen *p, const struct view *v)
{
	double most = 0;

	if (v->history < 2)
		return;
	end(p);
	for (size_t i = 0; i < v->history; i++)
		most = v->offered[i] > most ? v->offered[i] : most;
	draw_graph(p, v, "offered", v->offered, most, CTL_GREEN);
	draw_graph(p, v, "removed", v->dropped, most, CTL_RED);
}

static void draw_alarms(struct pen *p, const struct view *v)
{
	const struct sample *s = v->now;
	size_t on = sample_alarms_on(s), shown = 0;
	char name[WEIR_SERIES_NAME], text[CTL_TEXT], t[3][CTL_TEXT];

	end(p);
	snprintf(text, sizeof(text), "%zu on", on);
	say(p, CTL_BOLD, "alarms");
	say(p, on ? CTL_RED : CTL_GREEN, "  %-25s", text);
	if (on)
		say(p, CTL_BOLD, " %9s %9s  %-12s %9s  %s", "peak", "threshold", "", "dropped", "address");
	end(p);
	for (size_t i = s->alarms; i-- > 0 && shown < AlarmsShown;) {
		const struct weir_alarm *a = &s->alarm[i];
		bool meter = a->kind == WEIR_ALARM_KIND_METER;

		if (a->end_s)
			continue;
		shown++;
		say(p, a->severity >= WEIR_SEVERITY_MAJOR ? CTL_RED : CTL_YELLOW, "  #%-4u %-9s%-16s", a->number, weir_severity_name(a->severity),
		    sample_alarm_name(a, name));
		say(p, CTL_PLAIN, " %9s %9s  %-12s", ctl_count(meter ? sample_per_second(a->series, a->peak) : a->peak, t[0]),
		    ctl_count(meter ? sample_per_second(a->series, a->threshold) : a->threshold, t[1]), meter ? sample_unit_names[sample_unit(a->series)] : "");
		say(p, CTL_PLAIN, " %9s  %s", ctl_count(a->dropped, t[0]), ctl_address(&a->key, t[2]));
		end(p);
	}
	if (on > shown) {
		say(p, CTL_DIM, "  and %zu more: weirctl alarms", on - shown);
		end(p);
	}
	end(p);
}

/* Two columns: a list at the left and one at the right. */
struct column {
	char row[RowsMost][ColumnMax];
	size_t n;
};

static void add(struct column *c, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void add(struct column *c, const char *format, ...)
{
	va_list ap;

	if (c->n == RowsMost)
		return;
	va_start(ap, format);
	vsnprintf(c->row[c->n++], ColumnMax, format, ap);
	va_end(ap);
}

static void add_rates(struct column *c, const struct view *v, enum weir_counter_kind kind, bool removed)
{
	struct rate rate[RowsMost + 1];
	size_t n = v->before ? sample_rates(v->before, v->now, kind, rate, RowsMost + 1) : 0;
	char t[CTL_TEXT];

	for (size_t i = 0; i < n && c->n < RowsMost; i++)
		if (!removed || rate[i].number != ReasonPass)
			add(c, "  %-20.20s %9s", rate[i].name, ctl_count(rate[i].per_s[2], t));
	if (!c->n)
		add(c, "  none");
}

static void draw_columns(struct pen *p, const char *left_title, const struct column *left, const char *right_title, const struct column *right, size_t rows)
{
	say(p, CTL_BOLD, "%-38s%s", left_title, right_title);
	end(p);
	for (size_t i = 0; i < rows && (i < left->n || i < right->n); i++) {
		say(p, CTL_PLAIN, "%-38.38s%s", i < left->n ? left->row[i] : "", i < right->n ? right->row[i] : "");
		end(p);
	}
}

static void add_table(struct column *c, const char *name, const struct weir_table_stats *t)
{
	char bar[11] = "..........";
	unsigned tenths = t->entries ? (unsigned)((uint64_t)t->used * 10 / t->entries) : 0;

	memset(bar, '#', tenths > 10 ? 10 : tenths);
	if (t->used || t->evictions)
		add(c, "  %-11s %s %5u of %5u", name, bar, t->used, t->entries);
}

static void draw_lists(struct pen *p, const struct view *v)
{
	struct column reasons = { .n = 0 }, sources = { .n = 0 }, classes = { .n = 0 }, tables = { .n = 0 };
	int left = p->to->height - p->line - 3;
	size_t rows = left > 2 * RowsMost ? RowsMost : left > 2 ? (size_t)left / 2 : 1;
	char address[CTL_TEXT];

	add_rates(&reasons, v, WEIR_COUNT_REASON, true);
	for (size_t i = 0; i < v->now->tops; i++)
		add(&sources, "  %-36s %8u", ctl_address(&v->now->top[i].address, address), v->now->top[i].count);
	if (!sources.n)
		add(&sources, "  none");
	add_rates(&classes, v, WEIR_COUNT_CLASS, false);
	for (int i = 0; i < CTL_STATES; i++)
		add_table(&tables, ctl_state_names[i], &v->now->stats.state[i]);
	for (int i = 0; i < CTL_TABLES; i++)
		add_table(&tables, ctl_table_names[i], &v->now->stats.table[i]);
	if (!tables.n)
		add(&tables, "  all empty");
	draw_columns(p, "reasons other than pass, a second", &reasons, "top sources of what is removed, samples", &sources, rows);
	end(p);
	draw_columns(p, "classes, a second", &classes, "tables", &tables, rows);
}

void view_draw(const struct view *v, const struct canvas *to)
{
	struct pen p = { .to = to };

	draw_head(&p, v);
	draw_rates(&p, v);
	draw_graphs(&p, v);
	draw_alarms(&p, v);
	draw_lists(&p, v);
}

/* --- JSON --- */

static json_t *rates_json(const struct view *v, enum weir_counter_kind kind)
{
	static struct rate rate[SAMPLE_COUNTERS];
	size_t n = sample_rates(v->before, v->now, kind, rate, SAMPLE_COUNTERS);
	json_t *rows = ctl_made(json_array());

	for (size_t i = 0; i < n; i++)
		json_array_append_new(rows, ctl_made(json_pack("{s:s, s:f, s:f, s:f}", "name", rate[i].name, ctl_side_names[0], rate[i].per_s[0],
							       ctl_side_names[1], rate[i].per_s[1], "both", rate[i].per_s[2])));
	return rows;
}

static json_t *side_json(const struct view *v, unsigned side)
{
	json_t *o = ctl_made(json_object());

	for (size_t i = 0; i < CTL_SIDE_FIELDS; i++)
		if (json_object_set_new(o, ctl_side_fields[i].name, json_real(sample_side_rate(v->before, v->now, side, i))))
			ctl_made(NULL);
	return o;
}

json_t *view_json(const struct view *v)
{
	json_t *top = ctl_made(json_array());
	struct totals t;

	sample_totals(v->before, v->now, &t);
	for (size_t i = 0; i < v->now->tops; i++)
		json_array_append_new(top, ctl_made(ctl_top_json(&v->now->top[i])));
	return ctl_made(json_pack("{s:o, s:f, s:I, s:{s:f, s:f, s:f, s:f, s:f}, s:{s:o, s:o}, s:o, s:o, s:o, s:I}", "device", ctl_text_json(v->url), "seconds",
				  v->now->at_s - v->before->at_s, "now_us", (json_int_t)v->now->health.now_us, "frames_per_s", "offered", t.offered, "passed",
				  t.passed, "dropped", t.dropped, "answered", t.answered, "other", t.other, "sides_per_s", ctl_side_names[0], side_json(v, 0),
				  ctl_side_names[1], side_json(v, 1), "reasons", rates_json(v, WEIR_COUNT_REASON), "classes", rates_json(v, WEIR_COUNT_CLASS),
				  "top_sources", top, "alarms_on", (json_int_t)sample_alarms_on(v->now)));
}
