// SPDX-License-Identifier: Apache-2.0
#include "metrics.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { RestartBits = 16, EventBits = 24 };

static void add_counters(struct metrics *m, const struct sample *before, const struct sample *now)
{
	for (size_t i = 0; i < now->counters; i++) {
		const struct weir_counter *c = &now->counter[i], *old = before ? sample_counter(before, c->kind, c->number, c->side) : NULL;

		if ((unsigned)c->kind >= METRICS_KINDS || c->number >= 256 || c->side > 2)
			continue;
		m->counter[c->kind][c->number][c->side] += sample_delta(old ? old->count : 0, c->count, SAMPLE_COUNTER_BITS);
		m->seen[c->kind][c->number][c->side] = true;
		m->name[c->kind][c->number] = c->name;
	}
}

static uint64_t more32(const uint32_t *before, uint32_t now)
{
	return sample_delta(before ? *before : 0, now, SAMPLE_STATS_BITS);
}

static void add_stats(struct metrics *m, const struct weir_stats *before, const struct weir_stats *now)
{
	for (int side = 0; side < 2; side++)
		for (size_t i = 0; i < CTL_SIDE_FIELDS; i++)
			m->side[side][i] += sample_delta(before ? ctl_side_field(&before->side[side], i) : 0, ctl_side_field(&now->side[side], i),
							 SAMPLE_STATS_BITS);
	for (int i = 0; i < CTL_TABLES; i++) {
		m->table[0][i][0] += more32(before ? &before->table[i].evictions : NULL, now->table[i].evictions);
		m->table[0][i][1] += more32(before ? &before->table[i].full : NULL, now->table[i].full);
	}
	for (int i = 0; i < CTL_STATES; i++) {
		m->table[1][i][0] += more32(before ? &before->state[i].evictions : NULL, now->state[i].evictions);
		m->table[1][i][1] += more32(before ? &before->state[i].full : NULL, now->state[i].full);
	}
}

int metrics_look(struct metrics *m, struct weir_dev *dev)
{
	const struct sample *before = m->any ? &m->look[m->turn] : NULL;
	struct sample *now = &m->look[m->any ? !m->turn : m->turn];
	struct weir_series series[SAMPLE_SERIES];
	double start_s = ctl_clock_s();
	size_t n = 0;
	int rc = sample_read(dev, true, now);

	if (!rc && now->health.firmware)
		rc = weir_series_list(dev, series, SAMPLE_SERIES, &n);
	if (rc == WEIR_EFIRMWARE || rc == WEIR_EREFUSED)
		rc = 0;
	m->looks++;
	m->failures += rc != 0;
	if (rc)
		return rc;
	m->n_series = n < SAMPLE_SERIES ? n : SAMPLE_SERIES;
	memcpy(m->series, series, m->n_series * sizeof(series[0]));
	add_counters(m, before, now);
	add_stats(m, before ? &before->stats : NULL, &now->stats);
	m->events_lost += sample_delta(before ? before->health.events_lost : 0, now->health.events_lost, EventBits);
	m->restarts += sample_delta(before ? before->health.cpu_restarts : 0, now->health.cpu_restarts, RestartBits);
	weir_dev_link_stats(dev, &m->link);
	m->turn = now == &m->look[1];
	m->any = true;
	m->took_s = ctl_clock_s() - start_s;
	return 0;
}

/* --- text --- */

static void family(FILE *f, const char *name, const char *type, const char *help)
{
	fprintf(f, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void gauge(FILE *f, const char *name, const char *help, double value)
{
	family(f, name, "gauge", help);
	fprintf(f, "%s %.15g\n", name, value);
}

static void counter(FILE *f, const char *name, const char *help, uint64_t value)
{
	family(f, name, "counter", help);
	fprintf(f, "%s %" PRIu64 "\n", name, value);
}

/* A label's value: backslash, quote and newline escaped. */
static void label(FILE *f, const char *value)
{
	for (; *value; value++) {
		if (*value == '\\' || *value == '"')
			fputc('\\', f);
		if (*value == '\n')
			fputs("\\n", f);
		else
			fputc(*value, f);
	}
}

static void write_counters(FILE *f, const struct metrics *m)
{
	static const struct {
		const char *name, *label, *help;
	} kinds[METRICS_KINDS] = {
		[WEIR_COUNT_REASON] = { "weir_packets_total", "reason", "Frames by the reason of their verdict." },
		[WEIR_COUNT_REASON_DRY] = { "weir_dry_run_packets_total", "reason", "Frames that a reason in dry-run would have removed." },
		[WEIR_COUNT_CLASS] = { "weir_class_packets_total", "class", "Frames by class of traffic and the side that they came from; a frame has several." },
		[WEIR_COUNT_ANOMALY] = { "weir_anomaly_packets_total", "anomaly", "Frames with a syntax anomaly; a frame may have several." },
		[WEIR_COUNT_EVENT] = { "weir_connection_events_total", "event", "TCP segments by what they were to the connection table." },
	};

	for (int kind = 0; kind < METRICS_KINDS; kind++) {
		family(f, kinds[kind].name, "counter", kinds[kind].help);
		for (int number = 0; number < 256; number++)
			for (int side = 0; side < 3; side++) {
				if (!m->seen[kind][number][side])
					continue;
				fprintf(f, "%s{%s=\"", kinds[kind].name, kinds[kind].label);
				label(f, m->name[kind][number]);
				if (side < 2)
					fprintf(f, "\",side=\"%s", ctl_side_names[side]);
				fprintf(f, "\"} %" PRIu64 "\n", m->counter[kind][number][side]);
			}
	}
}

static void write_sides(FILE *f, const struct metrics *m)
{
	char name[CTL_TEXT];

	for (size_t i = 0; i < CTL_SIDE_FIELDS; i++) {
		snprintf(name, sizeof(name), "weir_side_%s_total", ctl_side_fields[i].name);
		fprintf(f, "# HELP %s Of a side: %s.\n# TYPE %s counter\n", name, ctl_side_fields[i].help, name);
		for (int side = 0; side < 2; side++)
			fprintf(f, "%s{side=\"%s\"} %" PRIu64 "\n", name, ctl_side_names[side], m->side[side][i]);
	}
}

static const char *table_name(int state, int i)
{
	return state ? ctl_state_names[i] : ctl_table_names[i];
}

static void write_tables(FILE *f, const struct metrics *m, const struct sample *s)
{
	static const char *const names[] = { "weir_table_entries", "weir_table_used_entries", "weir_table_evictions_total", "weir_table_full_total" };
	static const char *const helps[] = { "Places of a table.", "Places in use.", "Entries lost to a new key.", "Frames whose key found no room." };

	for (int k = 0; k < 4; k++) {
		family(f, names[k], k < 2 ? "gauge" : "counter", helps[k]);
		for (int state = 0; state < 2; state++)
			for (int i = 0; i < CTL_TABLES; i++) {
				const struct weir_table_stats *t = state ? &s->stats.state[i] : &s->stats.table[i];
				uint64_t v = k == 0 ? t->entries : k == 1 ? t->used : m->table[state][i][k - 2];

				fprintf(f, "%s{kind=\"%s\",table=\"%s\"} %" PRIu64 "\n", names[k], state ? "state" : "meter", table_name(state, i), v);
			}
	}
}

static void write_series(FILE *f, const struct metrics *m)
{
	static const char *const units[] = { "packets_per_second", "bytes_per_second", "connections" };
	static const struct {
		const char *name, *help;
	} values[] = { { "threshold", "Threshold in use" }, { "learned_mean", "Learned mean of the largest windows" },
		       { "learned_peak", "Learned peak of a window, fading" }, { "threshold_floor", "Least threshold, 0: none of its own" },
		       { "threshold_ceiling", "Largest threshold, 0: none of its own" } };
	char name[WEIR_SERIES_NAME];

	for (int v = 0; v < 5; v++)
		for (int unit = 0; unit < 3; unit++) {
			fprintf(f, "# HELP weir_%s_%s %s.\n# TYPE weir_%s_%s gauge\n", values[v].name, units[unit], values[v].help, values[v].name, units[unit]);
			for (size_t i = 0; i < m->n_series; i++) {
				const struct weir_series *s = &m->series[i];
				const double value[] = { s->threshold, s->mean, s->peak, s->floor, s->ceiling };

				if ((int)sample_unit(s->number) != unit)
					continue;
				fprintf(f, "weir_%s_%s{series=\"", values[v].name, units[unit]);
				label(f, weir_series_name(s->number, name));
				fprintf(f, "\"} %.15g\n", sample_per_second(s->number, value[v]));
			}
		}
}

/* Of every series in use, so that an alarm which ends is a 0 and not a gap; of other kinds while they are on. */
static void write_alarms(FILE *f, const struct metrics *m, const struct sample *s)
{
	char name[WEIR_SERIES_NAME];

	family(f, "weir_alarm_active", "gauge", "1 while an alarm is on.");
	for (size_t i = 0; i < m->n_series; i++) {
		bool on = false;

		for (size_t k = 0; k < s->alarms; k++)
			on |= !s->alarm[k].end_s && s->alarm[k].kind == WEIR_ALARM_KIND_METER && s->alarm[k].series == m->series[i].number;
		fputs("weir_alarm_active{series=\"", f);
		label(f, weir_series_name(m->series[i].number, name));
		fprintf(f, "\"} %d\n", on);
	}
	for (int kind = WEIR_ALARM_KIND_METER + 1; kind <= WEIR_ALARM_KIND_IMPORT; kind++) {
		struct weir_alarm a = { .kind = (enum weir_alarm_kind)kind };
		bool on = false;

		for (size_t k = 0; k < s->alarms; k++)
			on |= !s->alarm[k].end_s && (int)s->alarm[k].kind == kind;
		fprintf(f, "weir_alarm_active{series=\"%s\"} %d\n", sample_alarm_name(&a, name), on);
	}
	gauge(f, "weir_alarms_active", "Alarms that are on.", (double)sample_alarms_on(s));
	counter(f, "weir_alarms_total", "Alarms since the firmware began.", s->health.alarms_ever);
}

static void write_health(FILE *f, const struct metrics *m, const struct sample *s, const struct weir_dev *dev)
{
	const struct weir_caps *caps = weir_dev_caps(dev);
	const struct weir_health *h = &s->health;

	family(f, "weir_info", "gauge", "The appliance: always 1.");
	fputs("weir_info{device=\"", f);
	label(f, weir_dev_url(dev));
	fprintf(f, "\",register_map=\"%u.%u\",protocol=\"%u\",firmware=\"%u\"} 1\n", caps->map_major, caps->map_minor, caps->protocol, h->firmware_version);
	gauge(f, "weir_time_seconds", "The appliance's time since 1970.", (double)h->now_us / 1e6);
	gauge(f, "weir_running", "1 while frames are taken.", h->running);
	gauge(f, "weir_bypass", "1 while everything passes unlooked at.", h->bypass);
	gauge(f, "weir_firmware_up", "1 while the firmware answers.", h->firmware);
	family(f, "weir_mode", "gauge", "1 for the mode that the firmware is in.");
	for (unsigned mode = 0; mode <= WEIR_MODE_PREVENTION; mode++)
		fprintf(f, "weir_mode{mode=\"%s\"} %d\n", ctl_mode_name(mode), h->firmware && h->firmware_mode == mode);
	counter(f, "weir_firmware_restarts_total", "Restarts by the watchdog.", m->restarts);
	counter(f, "weir_events_lost_total", "Events that the firmware did not get.", m->events_lost);
	counter(f, "weir_link_requests_total", "Requests over the host link.", m->link.requests);
	counter(f, "weir_link_repeated_requests_total", "Requests that were sent again.", m->link.repeated);
	counter(f, "weir_link_bad_frames_total", "Frames received from the appliance that were spoiled.", m->link.bad_frames);
	gauge(f, "weir_look_duration_seconds", "Time that the last look at the appliance took.", m->took_s);
}

char *metrics_text(const struct metrics *m, const struct weir_dev *dev, size_t *ret_n)
{
	char *text = NULL;
	FILE *f = open_memstream(&text, ret_n);
	bool up = dev && m->any;

	if (!f)
		return NULL;
	gauge(f, "weir_up", "1 while the appliance answers.", up);
	counter(f, "weir_looks_total", "Looks at the appliance.", m->looks);
	counter(f, "weir_look_failures_total", "Looks that failed.", m->failures);
	if (up) {
		const struct sample *s = &m->look[m->turn];

		write_health(f, m, s, dev);
		write_counters(f, m);
		write_sides(f, m);
		write_tables(f, m, s);
		write_series(f, m);
		write_alarms(f, m, s);
	}
	if (fclose(f))
		return NULL;
	return text;
}
