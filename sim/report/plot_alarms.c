// SPDX-License-Identifier: Apache-2.0
/* Of the picture: alarms as shaded spans, and the thresholds of their series as step lines. */
#include "plot_alarms.h"

enum { SpansMost = 12, LabelRows = 2 };
static const char *const dark[WEIR_LEVELS] = { "#6A3D9A", "#0072B2", "#8B4513" };
static const char *const light[WEIR_LEVELS] = { "#B79BD3", "#7DB8DD", "#CFA27E" };

void weir_levels_choose(const struct weir_timeline *t, const struct weir_alarm_list *alarms, struct weir_levels *ret)
{
	struct weir_threshold_step step[WEIR_TIMELINE_BINS];

	*ret = (struct weir_levels){ 0 };
	for (size_t i = 0; alarms && i < alarms->rows && ret->n < WEIR_LEVELS; i++) {
		const struct weir_alarm_row *r = &alarms->row[i];
		bool there = !weir_alarm_has_series(r) || r->series >= WEIR_SERIES_OF_BYTES;
		bool limited = false;
		size_t steps;

		for (size_t k = 0; k < ret->n; k++)
			there |= ret->series[k] == r->series;
		if (there)
			continue;
		steps = weir_timeline_thresholds(t, r->series, step);
		for (size_t k = 0; k < steps; k++)
			limited |= step[k].threshold != WEIR_TIMELINE_UNLIMITED;
		if (limited)
			ret->series[ret->n++] = r->series;
	}
}

static void thresholds(FILE *f, const struct weir_timeline *t, unsigned series, const struct weir_axes *axes)
{
	struct weir_threshold_step step[WEIR_TIMELINE_BINS];
	size_t n = weir_timeline_thresholds(t, series, step);
	double last = 0;

	for (size_t i = 0; i < n; i++) {
		if (step[i].threshold == WEIR_TIMELINE_UNLIMITED) {
			fprintf(f, "\n");
			continue;
		}
		last = step[i].threshold * WEIR_WINDOWS_PER_S / axes->per_unit;
		fprintf(f, "%.9g %.6g\n", (double)step[i].at_ns / axes->ns_per_unit, last);
	}
	if (n && step[n - 1].threshold != WEIR_TIMELINE_UNLIMITED)
		fprintf(f, "%.9g %.6g\n", axes->end, last);
}

/* Each with the end of the step in which it was read: it holds for the time before. */
static void peaks(FILE *f, const struct weir_timeline *t, unsigned series, const struct weir_axes *axes, double floor)
{
	for (size_t i = 0; i < WEIR_TIMELINE_BINS; i++) {
		double v = (t->peak[series][i] - 1) * WEIR_WINDOWS_PER_S / axes->per_unit;

		if (t->peak[series][i])
			fprintf(f, "%.9g %.6g\n", (double)((i + 1) * t->width_ns) / axes->ns_per_unit, v > floor ? v : floor);
	}
}

void weir_levels_plot(FILE *f, const struct weir_timeline *t, const struct weir_levels *l, const struct weir_axes *axes)
{
	/* Below one packet a window: what is 0 lies on the axis. */
	const double floor = 0.7 * WEIR_WINDOWS_PER_S / axes->per_unit;
	char name[WEIR_SERIES_TEXT];

	for (size_t k = 0; k < l->n; k++) {
		fprintf(f, "$threshold%zu << END\n", k);
		thresholds(f, t, l->series[k], axes);
		fprintf(f, "END\n$peak%zu << END\n%.9g %.6g\n", k, 0.0, floor);
		peaks(f, t, l->series[k], axes, floor);
		fprintf(f, "END\n");
	}
	fprintf(f, "set logscale y\nset yrange [%.6g:*]\nplot ", floor);
	for (size_t k = 0; k < l->n; k++) {
		weir_series_format(l->series[k], name);
		fprintf(f, "%s$peak%zu using 1:2 with fsteps lw 1 lc rgb '%s' title '%s, measured', "
			"$threshold%zu using 1:2 with steps lw 2.5 lc rgb '%s' title '%s, threshold'", k ? ", " : "", k,
			light[k], name, k, dark[k], name);
	}
	fprintf(f, "\nunset logscale y\n");
}

/* Begin and end of an alarm, in units of the axis. */
static void span(const struct weir_timeline *t, const struct weir_alarm_row *r, const struct weir_axes *axes,
		 double *ret_from, double *ret_to)
{
	double end = axes->end, ns_per_unit = axes->ns_per_unit;
	double from = r->start_ns > t->start_ns ? (double)(r->start_ns - t->start_ns) / ns_per_unit : 0;
	double to = r->end_ns > t->start_ns ? (double)(r->end_ns - t->start_ns) / ns_per_unit : end;

	*ret_from = from < end ? from : end;
	*ret_to = to < end ? to : end;
}

size_t weir_spans_draw(FILE *f, const struct weir_timeline *t, const struct weir_alarm_list *alarms, const struct weir_axes *axes)
{
	const double label_share = 0.25;   /* of the width that a label takes */
	double row_free[LabelRows] = { 0 }, from, to;
	char name[WEIR_SERIES_TEXT];
	size_t n = 0;

	for (size_t i = 0; alarms && i < alarms->rows && n < SpansMost; i++) {
		const struct weir_alarm_row *r = &alarms->row[i];
		unsigned row = 0;

		span(t, r, axes, &from, &to);
		fprintf(f, "set object %zu rectangle from first %.9g, graph 0 to first %.9g, graph 1 behind fc rgb '#D55E00' "
			"fs transparent solid 0.13 noborder\n", ++n, from, to);
		while (row < LabelRows && from < row_free[row])
			row++;
		if (row == LabelRows)
			continue;
		row_free[row] = from + label_share * axes->end;
		fprintf(f, "set label %zu 'alarm: %s, %s' at first %.9g, graph %.3f font ',9' tc rgb '#A33C00' noenhanced front\n",
			WEIR_SPAN_LABEL + n, weir_series_format(r->series, name)[0] ? name : weir_alarm_kind_name(r->kind),
			weir_alarm_severity_name(r->severity), from, 1.035 + 0.06 * row);
	}
	return n;
}
