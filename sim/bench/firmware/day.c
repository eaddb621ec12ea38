// SPDX-License-Identifier: Apache-2.0
/* A day of honest traffic with its swing, as weir-gen makes it, through the hardware and its firmware, as weir-sim runs them. In its
 * last seconds there is a flood: whatever tells of no alarm before has to tell of that. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "firmware.h"
#include "sim/bench/bench.h"

enum { NameMax = 1024, ArgsMost = 24, DayS = 300, QuickS = 45, FloodS = 3, Epoch = 1767225600 };

struct day {
	char capture[NameMax], labels[NameMax], report[NameMax];
	int seconds;
	json_t *root;
};

static bool call(const char *const arg[ArgsMost])
{
	int status;
	pid_t pid = fork();

	if (!pid) {
		/* The report tells all of it. */
		if (!freopen("/dev/null", "w", stdout))
			_exit(127);
		execv(arg[0], (char *const *)(uintptr_t)arg);
		_exit(127);
	}
	return pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) && !WEXITSTATUS(status);
}

static bool play(const struct firmware_job *job, struct day *d)
{
	char duration[32], day[32], attack[128], image[NameMax];
	const char *const gen[ArgsMost] = { job->gen, "--quiet", "--clients=60", "--servers=2", "--think=2", duration, day, attack,
		"--out", d->capture, "--labels", d->labels };
	const char *const sim[ArgsMost] = { job->sim, "--engine=rtl", image, "--policy",
		"sim/bench/firmware/day.yaml", "--report", d->report, d->capture };
	json_error_t e;

	snprintf(image, sizeof(image), "--firmware=%s", job->image);
	snprintf(duration, sizeof(duration), "--duration=%d", d->seconds + FloodS);
	snprintf(day, sizeof(day), "--day=%d", DayS);
	snprintf(attack, sizeof(attack), "--attack=udp,rate=4k,start=%d,duration=%d,size=60-300", d->seconds, FloodS);
	if (!call(gen)) {
		printf("  FAILED: %s makes no capture\n", job->gen);
		return false;
	}
	if (!call(sim)) {
		printf("  FAILED: %s does not run it, or does not explain every packet\n", job->sim);
		return false;
	}
	d->root = json_load_file(d->report, 0, &e);
	if (!d->root)
		printf("  FAILED: %s: %s\n", d->report, e.text);
	return d->root;
}

/* The report counts from the first packet, weir-gen from the second at which the capture begins. */
static json_int_t first_packet_ns(const char *capture)
{
	enum { FileHeader = 24 };
	uint32_t time[2] = { 0 };   /* s, ns, as this machine has them */
	FILE *f = fopen(capture, "re");

	if (!f || fseek(f, FileHeader, SEEK_SET) || fread(time, sizeof(time), 1, f) != 1)
		time[0] = 0;
	if (f)
		fclose(f);
	return time[0] ? (json_int_t)(time[0] - Epoch) * 1000000000 + time[1] : -1;
}

/* Alarms of meters before the flood, and the first since. @return failures */
static int judge(const struct day *d, json_t *ret)
{
	json_t *row, *alarms = json_object_get(json_object_get(d->root, "firmware"), "alarms");
	json_int_t begin_ns = first_packet_ns(d->capture), flood_ns = (json_int_t)d->seconds * 1000000000 - begin_ns, first = -1, threshold = 0;
	int before = 0, others = 0;
	const char *series = "-";
	size_t i;

	json_array_foreach(alarms, i, row) {
		json_int_t at = json_integer_value(json_object_get(row, "start_ns"));
		const char *kind = json_string_value(json_object_get(row, "kind")), *of = json_string_value(json_object_get(row, "series"));

		if (!kind || strcmp(kind, "meter")) {
			others++;
			printf("  an alarm of %s at %.1f s\n", kind ? kind : "?", (double)at / 1e9);
		} else if (at < flood_ns) {
			before++;
			printf("  false alarm: %s at %.1f s, threshold %" JSON_INTEGER_FORMAT ", measured %" JSON_INTEGER_FORMAT "\n", of ? of : "?",
			       (double)at / 1e9, json_integer_value(json_object_get(row, "threshold")),
			       json_integer_value(json_object_get(row, "worst")));
		} else if (first < 0 || at < first) {
			first = at;
			series = of ? of : "-";
			threshold = json_integer_value(json_object_get(row, "threshold"));
		}
	}
	printf("  %d s: false alarms %d, alarms of no meter %d; flood of 4,000 packets a second at the end: ", d->seconds, before, others);
	if (first < 0)
		printf("no alarm\n");
	else
		printf("alarm after %.1f ms, %s, threshold %" JSON_INTEGER_FORMAT " a window\n", (double)(first - flood_ns) / 1e6, series, threshold);
	json_object_update_new(ret, json_pack("{s:i, s:i, s:i, s:o, s:I}", "seconds", d->seconds, "false_alarms", before, "alarms_not_of_meters",
		others, "flood_to_alarm_ns", first < 0 ? json_null() : json_integer(first - flood_ns), "threshold", threshold));
	return (begin_ns < 0) + !json_is_array(alarms) + !!before + !!others + (first < 0);
}

int firmware_day(const struct firmware_job *job, json_t *root)
{
	struct day d = { .seconds = job->quick ? QuickS : DayS };
	json_t *o = json_object();
	double wall = bench_wall_s();
	int failed = 1;

	snprintf(d.capture, sizeof(d.capture), "%s/day-%d.pcap", job->dir, (int)getpid());
	snprintf(d.labels, sizeof(d.labels), "%s/day-%d.labels", job->dir, (int)getpid());
	snprintf(d.report, sizeof(d.report), "%s/day-%d.json", job->dir, (int)getpid());
	printf("\nA day of normal traffic, its swing of one to nine, in %d s on the simulated core%s\n", DayS, job->quick ? ", its beginning" : "");
	fflush(stdout);
	if (play(job, &d))
		failed = judge(&d, o);
	json_decref(d.root);
	unlink(d.capture);
	unlink(d.labels);
	unlink(d.report);
	wall = bench_wall_s() - wall;
	printf("  wall clock: %.0f s\n", wall);
	json_object_set_new(o, "wall_s", json_real(wall));
	json_object_set_new(root, "day", o);
	return failed;
}
