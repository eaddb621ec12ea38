// SPDX-License-Identifier: Apache-2.0
/* meters, threshold, mode, param: what the firmware has learned and may do. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sample.h"

enum { ParamsMost = 64, ParamMode = 0, ThresholdMost = 0x3ffff };

static json_t *value_json(unsigned series, double value)
{
	return json_pack("{s:f, s:f}", "window", value, "per_s", sample_per_second(series, value));
}

static json_t *series_json(const struct weir_series *s)
{
	char name[WEIR_SERIES_NAME];
	unsigned n = s->number;

	return json_pack("{s:s, s:i, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:I, s:b, s:b, s:b}", "name", weir_series_name(n, name), "number", (int)n, "unit",
			 sample_unit_names[sample_unit(n)], "threshold", value_json(n, s->threshold), "floor", value_json(n, s->floor), "ceiling",
			 value_json(n, s->ceiling), "mean", value_json(n, s->mean), "deviation", value_json(n, s->deviation), "peak",
			 value_json(n, s->peak), "season", s->season_on ? value_json(n, s->season) : json_null(), "periods", (json_int_t)s->periods,
			 "frozen", s->frozen, "learned", s->learned, "alarm", s->alarm);
}

/* A value of a series in words: "5.00k". */
static char *show(unsigned series, double value, char *buf)
{
	return ctl_count(sample_per_second(series, value), buf);
}

static int compare(const void *a, const void *b)
{
	const struct weir_series *x = a, *y = b;

	return (int)x->number - (int)y->number;
}

static int read_series(struct ctl *c, struct weir_series *list, size_t *ret_n)
{
	int rc = weir_series_list(c->dev, list, SAMPLE_SERIES, ret_n);

	if (rc)
		return ctl_fail(c, rc, "series");
	if (*ret_n > SAMPLE_SERIES)
		*ret_n = SAMPLE_SERIES;
	qsort(list, *ret_n, sizeof(*list), compare);
	return CTL_DONE;
}

static const char *state_of(const struct weir_series *s)
{
	if (s->alarm)
		return "alarm";
	if (s->floor && s->floor == s->ceiling)
		return "fixed";
	if (s->frozen)
		return "frozen";
	return s->learned ? "learned" : "learning";
}

int ctl_run_meters(struct ctl *c)
{
	struct weir_series list[SAMPLE_SERIES];
	json_t *rows = ctl_made(json_array());
	char name[WEIR_SERIES_NAME], t[6][CTL_TEXT];
	size_t n = 0;
	int status = read_series(c, list, &n);

	if (!status)
		ctl_say(c, "%s%-24s %10s %10s %10s %10s %10s %10s  %-12s %s%s\n", ctl_colour(c, CTL_BOLD), "series", "threshold", "mean", "deviation", "peak",
			"floor", "ceiling", "unit", "state", ctl_colour(c, CTL_PLAIN));
	for (size_t i = 0; !status && i < n; i++) {
		const struct weir_series *s = &list[i];
		unsigned k = s->number;

		ctl_say(c, "%-24s %10s %10s %10s %10s %10s %10s  %-12s %s%s, %u periods%s\n", weir_series_name(k, name), show(k, s->threshold, t[0]),
			show(k, s->mean, t[1]), show(k, s->deviation, t[2]), show(k, s->peak, t[3]), s->floor ? show(k, s->floor, t[4]) : "-",
			s->ceiling ? show(k, s->ceiling, t[5]) : "-", sample_unit_names[sample_unit(k)], s->alarm ? ctl_colour(c, CTL_RED) : "",
			state_of(s), s->periods, s->alarm ? ctl_colour(c, CTL_PLAIN) : "");
		json_array_append_new(rows, ctl_made(series_json(s)));
	}
	ctl_json(c, "series", rows);
	return status;
}

/* --- threshold --- */

static int find_series(struct ctl *c, const char *name, unsigned *ret)
{
	int rc = weir_series_find(name, ret);

	return rc ? ctl_fail_detail(c, rc, "weirctl meters lists those in use", "%s", name) : CTL_DONE;
}

/* What `threshold set` takes: numbers of the appliance's unit, in full. */
static void say_threshold(struct ctl *c, const struct weir_series *s)
{
	char name[WEIR_SERIES_NAME], t[CTL_TEXT];

	ctl_say(c, "%-24s %8u   # floor %u, ceiling %u a window; %s %s, %s\n", weir_series_name(s->number, name), s->threshold, s->floor, s->ceiling,
		show(s->number, s->threshold, t), sample_unit_names[sample_unit(s->number)], state_of(s));
}

int ctl_run_threshold_get(struct ctl *c)
{
	struct weir_series list[SAMPLE_SERIES];
	json_t *rows;
	size_t n = 1;
	unsigned number;
	int status, rc;

	if (c->args) {
		status = find_series(c, c->arg[0], &number);
		rc = status ? 0 : weir_series_get(c->dev, number, &list[0]);
		if (rc)
			return ctl_fail(c, rc, "%s", c->arg[0]);
	} else {
		status = read_series(c, list, &n);
	}
	if (status)
		return status;
	rows = ctl_made(json_array());
	for (size_t i = 0; i < n; i++) {
		say_threshold(c, &list[i]);
		json_array_append_new(rows, ctl_made(series_json(&list[i])));
	}
	ctl_json(c, "series", rows);
	return CTL_DONE;
}

/* "328", or "5000/s", k and M behind the number. */
static int read_threshold(struct ctl *c, const char *text, unsigned series, uint32_t *ret)
{
	size_t n = strcspn(text, "kM/");
	char digits[CTL_TEXT];
	uint64_t v, scale = 1;
	const char *rest = text + n;
	double value;

	if (*rest == 'k' || *rest == 'M')
		scale = *rest++ == 'k' ? 1000 : 1000000;
	snprintf(digits, sizeof(digits), "%.*s", (int)n, text);
	if (n >= sizeof(digits) || ctl_number_read(digits, 0, UINT32_MAX, &v) || (*rest && strcmp(rest, "/s")))
		return ctl_usage(c, "%s: expected a number, as 328 (a window) or 5k/s", text);
	value = (double)(v * scale);
	if (*rest)
		value = value / sample_per_second(series, 1) + 0.5;
	if (v && value < 1)
		value = 1;
	if (value > ThresholdMost)
		return ctl_usage(c, "%s: at most %d a window, %.0f a second", text, ThresholdMost, sample_per_second(series, ThresholdMost));
	*ret = (uint32_t)value;
	return CTL_DONE;
}

/* What `threshold set` asks for. */
struct bounds {
	unsigned series;
	uint32_t floor, ceiling;
};

static int read_bounds(struct ctl *c, struct bounds *ret)
{
	int status;

	*ret = (struct bounds){ 0 };
	/* A series that does not exist is told by ctl_run_threshold_set(): it is no mistake of the command line's form. */
	if (weir_series_find(c->arg[0], &ret->series))
		return CTL_DONE;
	if (!strcmp(c->arg[1], "auto"))
		return c->args > 2 ? ctl_usage(c, "auto takes no ceiling") : CTL_DONE;
	status = read_threshold(c, c->arg[1], ret->series, &ret->floor);
	if (!status && c->args < 3 && !ret->floor)
		status = ctl_usage(c, "0 cannot be a threshold; auto takes a fixed one away");
	if (!status && c->args > 2)
		status = read_threshold(c, c->arg[2], ret->series, &ret->ceiling);
	else
		ret->ceiling = ret->floor;
	if (!status && ret->ceiling && ret->floor > ret->ceiling)
		status = ctl_usage(c, "the floor %u is above the ceiling %u (a window)", ret->floor, ret->ceiling);
	return status;
}

int ctl_check_threshold(struct ctl *c)
{
	struct bounds b;

	return read_bounds(c, &b);
}

int ctl_run_threshold_set(struct ctl *c)
{
	struct weir_series s;
	struct bounds b;
	int rc, status = find_series(c, c->arg[0], &b.series);

	if (!status)
		status = read_bounds(c, &b);
	if (status)
		return status;
	rc = weir_series_bounds(c->dev, b.series, b.floor, b.ceiling);
	if (!rc)
		rc = weir_series_get(c->dev, b.series, &s);
	if (rc)
		return ctl_fail(c, rc, "%s", c->arg[0]);
	say_threshold(c, &s);
	ctl_json(c, "series", json_pack("[o]", series_json(&s)));
	return CTL_DONE;
}

/* --- mode, param --- */

/* Number of a mode's name; beyond WEIR_MODE_PREVENTION: none. */
static uint32_t mode_of(const char *name)
{
	uint32_t mode = 0;

	if (!strcmp(name, "dry-run"))
		return WEIR_MODE_DRY_RUN;
	while (mode <= WEIR_MODE_PREVENTION && strcmp(name, ctl_mode_name(mode)))
		mode++;
	return mode;
}

int ctl_check_mode(struct ctl *c)
{
	if (c->args && mode_of(c->arg[0]) > WEIR_MODE_PREVENTION)
		return ctl_usage(c, "%s: expected %s", c->arg[0], c->command->args);
	return CTL_DONE;
}

int ctl_run_mode(struct ctl *c)
{
	uint32_t mode;
	int rc = c->args ? weir_param_set(c->dev, ParamMode, mode_of(c->arg[0])) : 0;

	if (!rc)
		rc = weir_param_get(c->dev, ParamMode, &mode);
	if (rc)
		return ctl_fail(c, rc, "mode");
	ctl_say(c, "%s\n", ctl_mode_name(mode));
	ctl_json(c, "mode", json_string(ctl_mode_name(mode)));
	return CTL_DONE;
}

static int tell_param(struct ctl *c, const struct weir_param *p, json_t *rows)
{
	uint32_t v;
	int rc = weir_param_get(c->dev, p->number, &v);

	if (rc)
		return ctl_fail(c, rc, "%s", p->name);
	ctl_say(c, "%-16s %8u  # %s%s%u to %u: %s\n", p->name, v, p->unit, *p->unit ? ", " : "", p->least, p->most, p->help);
	json_array_append_new(rows, ctl_made(json_pack("{s:s, s:i, s:I, s:s, s:I, s:I, s:I}", "name", p->name, "number", (int)p->number, "value",
						       (json_int_t)v, "unit", p->unit, "default", (json_int_t)p->def, "least", (json_int_t)p->least,
						       "most", (json_int_t)p->most)));
	return CTL_DONE;
}

static const struct weir_param *find_param(struct ctl *c)
{
	const struct weir_param *p = weir_param_find(c->arg[0]);

	if (!p)
		ctl_fail_detail(c, WEIR_EUNKNOWN, "weirctl param get lists them", "%s", c->arg[0]);
	return p;
}

int ctl_run_param_get(struct ctl *c)
{
	const struct weir_param *one = c->args ? find_param(c) : NULL;
	json_t *rows;
	int status = CTL_DONE;

	if (c->args && !one)
		return c->failed;
	rows = ctl_made(json_array());
	for (unsigned i = 0; !status && i < ParamsMost; i++) {
		const struct weir_param *p = weir_param(i);

		if (p && (!one || p == one))
			status = tell_param(c, p, rows);
	}
	ctl_json(c, "params", rows);
	return status;
}

static int read_param(struct ctl *c, const struct weir_param *p, uint64_t *ret)
{
	if (p && ctl_number_read(c->arg[1], p->least, p->most, ret))
		return ctl_usage(c, "%s: %s is a number from %u to %u%s%s", c->arg[1], p->name, p->least, p->most, *p->unit ? ", " : "", p->unit);
	return CTL_DONE;
}

int ctl_check_param(struct ctl *c)
{
	uint64_t v;

	return read_param(c, weir_param_find(c->arg[0]), &v);
}

int ctl_run_param_set(struct ctl *c)
{
	const struct weir_param *p = find_param(c);
	json_t *rows;
	uint64_t v = 0;
	int rc, status;

	if (!p)
		return c->failed;
	status = read_param(c, p, &v);
	rc = status ? 0 : weir_param_set(c->dev, p->number, (uint32_t)v);
	if (status)
		return status;
	if (rc)
		return ctl_fail(c, rc, "%s", p->name);
	rows = ctl_made(json_array());
	status = tell_param(c, p, rows);
	ctl_json(c, "params", rows);
	return status;
}
