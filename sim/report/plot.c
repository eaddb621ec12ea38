// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include <errno.h>
#include <inttypes.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "host/policy/policy.h"
#include "plot_alarms.h"
#include "timeline.h"

extern char **environ;

/* Told apart by those who see few colours too (after Okabe and Ito, 2008); grey is for the rest. */
enum { Causes = 8, SmallPart = 100 };
static const char *const colours[Causes + 1] = {
	"#D55E00", "#0072B2", "#E69F00", "#CC79A7", "#56B4E9", "#6A3D9A", "#F0E442", "#8B4513", "#888888",
};

/* Those that a picture shows by name, largest first; the rest is one area. */
struct shown {
	size_t cause[Causes];
	size_t n;
	uint64_t rest;
	bool rest_is_syntax;
};

static bool ends_in(const char *text, const char *end)
{
	size_t n = strlen(text), k = strlen(end);

	return n > k && !strcmp(text + n - k, end);
}

bool weir_plot_name_ok(const char *file)
{
	return ends_in(file, ".png") || ends_in(file, ".svg");
}

/* Into a string in single quotes of gnuplot. */
static void quoted(FILE *f, const char *text)
{
	for (; *text; text++) {
		if (*text == '\'')
			fputc('\'', f);
		fputc((unsigned char)*text < ' ' ? ' ' : *text, f);
	}
}

struct scale {
	double step_s;            /* length of a bin */
	double rate, time;        /* what a unit of the axes is, in packets a second and in seconds */
	const char *rate_unit, *time_unit;
};

static struct scale choose_scale(const struct weir_timeline *t)
{
	struct scale s = { .step_s = (double)t->width_ns / 1e9, .rate = 1, .time = 1,
			   .rate_unit = "packets/s", .time_unit = "s" };
	double length = s.step_s * (double)t->used, top = 0;

	for (size_t i = 0; i < t->used; i++)
		if (t->bin[i].offered / s.step_s > top)
			top = t->bin[i].offered / s.step_s;
	if (top >= 2e6) {
		s.rate = 1e6;
		s.rate_unit = "million packets/s";
	} else if (top >= 2e3) {
		s.rate = 1e3;
		s.rate_unit = "thousand packets/s";
	}
	if (length < 0.5) {
		s.time = 1e-3;
		s.time_unit = "ms";
	} else if (length > 3 * 86400.0) {
		s.time = 86400;
		s.time_unit = "days";
	} else if (length > 3 * 3600.0) {
		s.time = 3600;
		s.time_unit = "hours";
	}
	return s;
}

/* Bins are merged until a curve has at most so many points; a picture is not wider. */
static size_t points_per_bin(const struct weir_timeline *t)
{
	enum { Points = 260 };

	return (t->used + Points - 1) / Points;
}

static bool is_anomaly(size_t cause)
{
	return cause >= WEIR_REASON_anomaly_0 && cause < WEIR_REASON_anomaly_0 + WEIR_ANOMALIES;
}

static void choose_shown(const struct weir_timeline *t, struct shown *ret)
{
	uint64_t sum[WEIR_TIMELINE_CAUSES] = { 0 }, all = 0;

	*ret = (struct shown){ .rest_is_syntax = true };
	for (size_t i = 0; i < t->used; i++)
		for (size_t c = 0; c < WEIR_TIMELINE_CAUSES; c++) {
			sum[c] += t->bin[i].cause[c];
			all += t->bin[i].cause[c];
		}
	for (size_t k = 0; k < Causes; k++) {
		size_t best = 0;

		for (size_t c = 0; c < WEIR_TIMELINE_CAUSES; c++)
			if (sum[c] > sum[best])
				best = c;
		if (!sum[best] || sum[best] * SmallPart < all)
			break;
		ret->cause[ret->n++] = best;
		sum[best] = 0;
	}
	for (size_t c = 0; c < WEIR_TIMELINE_CAUSES; c++) {
		ret->rest += sum[c];
		ret->rest_is_syntax &= !sum[c] || is_anomaly(c);
	}
}

static bool is_shown(const struct shown *s, size_t cause)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->cause[i] == cause)
			return true;
	return false;
}

/* Columns: time, offered, passed, removed, the causes shown, the rest. */
static void write_data(FILE *f, const struct weir_timeline *t, const struct scale *s, const struct shown *shown)
{
	size_t group = points_per_bin(t);
	double per_s = s->rate * s->step_s * (double)group;

	fprintf(f, "$data << END\n");
	for (size_t i = 0; i < t->used; i += group) {
		uint64_t offered = 0, passed = 0, removed = 0, rest = 0, cause[Causes] = { 0 };

		for (size_t j = i; j < i + group && j < t->used; j++) {
			const struct weir_timeline_bin *b = &t->bin[j];

			offered += b->offered;
			passed += b->passed;
			removed += b->removed;
			for (size_t k = 0; k < shown->n; k++)
				cause[k] += b->cause[shown->cause[k]];
			for (size_t c = 0; c < WEIR_TIMELINE_CAUSES; c++)
				rest += is_shown(shown, c) ? 0 : b->cause[c];
		}
		fprintf(f, "%.9g %.6g %.6g %.6g", ((double)i + (double)group / 2) * s->step_s / s->time,
			(double)offered / per_s, (double)passed / per_s, (double)removed / per_s);
		for (size_t k = 0; k < shown->n; k++)
			fprintf(f, " %.6g", (double)cause[k] / per_s);
		fprintf(f, " %.6g\n", (double)rest / per_s);
	}
	if (!t->used) {
		fprintf(f, "0 0 0 0");
		for (size_t k = 0; k <= shown->n; k++)
			fprintf(f, " 0");
		fputc('\n', f);
	}
	fprintf(f, "END\n");
}

static void write_marks(FILE *f, const struct weir_timeline *t, const struct scale *s,
			const struct weir_timeline_mark *marks, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		double at = marks[i].time_ns < t->start_ns ? 0
			    : (double)(marks[i].time_ns - t->start_ns) / 1e9 / s->time;

		fprintf(f, "set arrow %zu from first %.9g, graph 0 to first %.9g, graph 1 nohead lc rgb '#555555' dt 3 back\n",
			i + 1, at, at);
		fprintf(f, "set label %zu '", i + 1);
		quoted(f, marks[i].label);
		fprintf(f, "' at first %.9g, graph %.3f offset 0.4,0 font ',9' tc rgb '#333333' noenhanced front\n", at,
			0.97 - 0.065 * (double)(i % 4));
	}
}

static void write_name(FILE *f, const struct shown *s, size_t i)
{
	const char *const *classes = weir_policy_subs(WEIR_TABLE_class);

	if (i == s->n)
		fprintf(f, "%s", !s->rest_is_syntax ? "other reasons" : s->n ? "header syntax, each below 1 %" : "header syntax");
	else if (s->cause[i] >= WEIR_TIMELINE_CLASS)
		fprintf(f, "meter_class %s", classes[s->cause[i] - WEIR_TIMELINE_CLASS]);
	else
		fprintf(f, "%s", weir_reason_name((unsigned)s->cause[i]));
}

/* Areas on top of each other: each curve is the sum of its own and those below, the highest drawn first. */
static void write_causes(FILE *f, const struct shown *s)
{
	size_t n = s->n + !!s->rest;

	if (!n) {
		fprintf(f, "set label 99 'nothing was removed' at graph 0.5, graph 0.5 center tc rgb '#555555'\n"
			"plot [][0:1] NaN notitle\n");
		return;
	}
	fprintf(f, "plot ");
	for (size_t i = n; i--;) {
		fprintf(f, "%s$data using 1:(0", i + 1 < n ? ", " : "");
		for (size_t j = 0; j <= i; j++)
			fprintf(f, "+$%zu", 5 + j);
		fprintf(f, ") with filledcurves x1 lc rgb '%s' fs solid 0.9 noborder title '",
			colours[i < s->n ? i : Causes]);
		write_name(f, s, i);
		fprintf(f, "'");
	}
	fputc('\n', f);
}

/* From top to bottom; what has no alarms goes without the second. */
enum panel { PanelOffered, PanelThresholds, PanelWhy };

static void write_panel(FILE *f, enum panel panel, bool three, int top)
{
	static const struct {
		double from, share;
	} two_of[] = { { 0.44, 0.56 }, { 0, 0 }, { 0, 0.44 } }, three_of[] = { { 0.62, 0.38 }, { 0.33, 0.29 }, { 0, 0.33 } };
	bool last = panel == PanelWhy;

	fprintf(f, "set size 1,%g\nset origin 0,%g\nset tmargin %g\nset bmargin %g\nset format x '%s'\n",
		three ? three_of[panel].share : two_of[panel].share, three ? three_of[panel].from : two_of[panel].from,
		panel == PanelOffered ? (double)top : 1.5, last ? 3.5 : 1.5, last ? "%g" : "");
}

void weir_plot_script(FILE *f, const struct weir_timeline *t, const char *file, const struct weir_picture *picture)
{
	struct scale s = choose_scale(t);
	struct shown shown;
	struct weir_levels levels;
	double length = s.step_s * (double)t->used / s.time;
	const struct weir_axes axes = { .ns_per_unit = 1e9 * s.time, .per_unit = s.rate, .end = length };
	bool three;
	size_t spans;

	choose_shown(t, &shown);
	weir_levels_choose(t, picture->alarms, &levels);
	three = levels.n;
	write_data(f, t, &s, &shown);
	fprintf(f, "set terminal %s size 1200,%d %sfont 'DejaVu Sans,11' background rgb 'white'\n",
		ends_in(file, ".png") ? "pngcairo" : "svg", three ? 980 : 760, ends_in(file, ".png") ? "" : "dynamic ");
	fprintf(f, "set output '");
	quoted(f, file);
	fprintf(f, "'\n"
		"set encoding utf8\n"
		"set style line 1 lc rgb '#DDDDDD' lw 1\n"
		"set grid ytics xtics ls 1 back\n"
		"set border 3 lc rgb '#555555'\n"
		"set tics nomirror out tc rgb '#333333'\n"
		"set lmargin 11\nset rmargin 33\n"
		"set key at graph 1.015, graph 1.03 left top vertical Left reverse samplen 1.6 spacing 1.25 noenhanced tc rgb '#222222'\n"
		"set xrange [0:%.9g]\nset yrange [0:%s]\nset multiplot\n", length > 0 ? length : 1, t->used ? "*" : "1");
	write_panel(f, PanelOffered, three, picture->alarms && picture->alarms->rows ? 5 : 3);
	fprintf(f, "set label 90 '");
	quoted(f, picture->title);
	fprintf(f, "' at graph 0, screen 0.97 font ',14' tc rgb '#111111' noenhanced\n"
		"set ylabel '%s' tc rgb '#333333'\n", s.rate_unit);
	write_marks(f, t, &s, picture->mark, picture->marks);
	spans = weir_spans_draw(f, t, picture->alarms, &axes);
	fprintf(f, "plot $data using 1:2 with filledcurves x1 lc rgb '#C9CDD2' fs solid 1.0 noborder title 'offered', "
		"'' using 1:3 with lines lw 2 lc rgb '#009E73' title 'passed', "
		"'' using 1:4 with lines lw 1.6 lc rgb '#D55E00' dt 2 title 'removed'\n");
	for (size_t i = 0; i < picture->marks; i++)
		fprintf(f, "unset label %zu\n", i + 1);
	for (size_t i = 1; i <= spans; i++)
		fprintf(f, "unset label %zu\n", WEIR_SPAN_LABEL + i);
	fprintf(f, "unset label 90\n");
	if (three) {
		write_panel(f, PanelThresholds, three, 0);
		fprintf(f, "set key title 'loudest key, in a window' left\n");
		weir_levels_plot(f, t, &levels, &axes);
		fprintf(f, "set yrange [0:*]\n");
	}
	for (size_t i = 1; i <= spans; i++)
		fprintf(f, "unset object %zu\n", i);
	write_panel(f, PanelWhy, three, 0);
	fprintf(f, "set xlabel 'time from the first packet, %s' tc rgb '#333333'\n"
		"set ylabel 'removed, %s' tc rgb '#333333'\n"
		"set key title 'why' left\n", s.time_unit, s.rate_unit);
	write_causes(f, &shown);
	fprintf(f, "unset multiplot\n");
}

static int run_gnuplot(int script)
{
	char *const argv[] = { (char *)"gnuplot", (char *)"-", NULL };
	posix_spawn_file_actions_t actions;
	int rc, status;
	pid_t pid;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, script, STDIN_FILENO);
	/* Its warnings (missing fonts, empty ranges) are not for our user. */
	posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", 1, 0);
	rc = posix_spawnp(&pid, "gnuplot", &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	if (rc)
		return -rc;
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	if (WIFEXITED(status) && WEXITSTATUS(status) == 127)
		return -ENOENT;
	return WIFEXITED(status) && !WEXITSTATUS(status) ? 0 : -EIO;
}

int weir_plot(const struct weir_timeline *t, const char *file, const struct weir_picture *picture)
{
	FILE *f;
	int rc;

	if (!weir_plot_name_ok(file))
		return -EINVAL;
	/* A file without a name, not a pipe: a gnuplot that ends early must not end us with SIGPIPE. */
	f = tmpfile();
	if (!f)
		return -errno;
	weir_plot_script(f, t, file, picture);
	rc = fflush(f) || ferror(f) || lseek(fileno(f), 0, SEEK_SET) < 0 ? -EIO : run_gnuplot(fileno(f));
	fclose(f);
	return rc;
}
