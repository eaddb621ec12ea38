// SPDX-License-Identifier: Apache-2.0
/* list, status, counters, bypass. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sample.h"
#include "tables.h"
#include "weir/weir_regs.h"

enum { BoardsMost = 64 };

int ctl_run_list(struct ctl *c)
{
	struct weir_found found[BoardsMost];
	json_t *boards = ctl_made(json_array());
	size_t n = 0;
	int rc = weir_dev_list(found, BoardsMost, &n);

	for (size_t i = 0; !rc && i < n && i < BoardsMost; i++) {
		ctl_say(c, "%-24s %s\n", found[i].url, found[i].product);
		json_array_append_new(boards, ctl_made(json_pack("{s:o, s:o}", "url", ctl_text_json(found[i].url), "product", ctl_text_json(found[i].product))));
	}
	ctl_json(c, "boards", boards);
	if (rc)
		return ctl_fail(c, rc, "USB");
	if (!n)
		ctl_say(c, "no board on USB\n");
	return CTL_DONE;
}

const char *ctl_state_text(const struct weir_health *h)
{
	if (h->bypass)
		return "bypass: everything passes";
	if (!h->ready)
		return "not ready: clearing its tables";
	return h->running ? "running" : "stopped: nothing passes";
}

static json_t *health_json(const struct weir_health *h)
{
	return json_pack("{s:I, s:b, s:b, s:b, s:b, s:b, s:b, s:b, s:b, s:i, s:I, s:I, s:i, s:i, s:b}", "now_us", (json_int_t)h->now_us, "ready", h->ready,
			 "running", h->running, "bypass", h->bypass, "ageing", h->ageing, "write_refused", h->write_refused, "bad_entry", h->bad_entry,
			 "cpu_runs", h->cpu_runs, "cpu_asleep", h->cpu_asleep, "cpu_restarts", (int)h->cpu_restarts, "events_waiting",
			 (json_int_t)h->events_waiting, "events_lost", (json_int_t)h->events_lost, "link_bad", (int)h->link_bad, "link_repeated",
			 (int)h->link_repeated, "firmware", h->firmware);
}

static json_t *firmware_json(const struct weir_health *h)
{
	if (!h->firmware)
		return json_null();
	return json_pack("{s:I, s:s, s:I, s:I, s:I}", "version", (json_int_t)h->firmware_version, "mode", ctl_mode_name(h->firmware_mode), "series",
			 (json_int_t)h->series, "alarms_ever", (json_int_t)h->alarms_ever, "learned_bytes", (json_int_t)h->learned_bytes);
}

static json_t *caps_json(const struct weir_caps *caps)
{
	return json_pack("{s:i, s:[i,i], s:[i,i], s:I, s:I}", "protocol", (int)caps->protocol, "map", (int)caps->map_major, (int)caps->map_minor, "soc",
			 (int)caps->soc_major, (int)caps->soc_minor, "clock_khz", (json_int_t)caps->clock_khz, "max_rules", (json_int_t)caps->max_rules);
}

json_t *ctl_side_json(const struct weir_side_stats *s)
{
	json_t *o = ctl_made(json_object());

	for (size_t i = 0; i < CTL_SIDE_FIELDS; i++)
		if (json_object_set_new(o, ctl_side_fields[i].name, json_integer(ctl_side_field(s, i))))
			ctl_made(NULL);
	return o;
}

static void say_problems(struct ctl *c, const struct weir_health *h)
{
	const char *warn = ctl_colour(c, CTL_YELLOW), *plain = ctl_colour(c, CTL_PLAIN);

	if (!h->cpu_runs)
		ctl_say(c, "%ssoft core  stopped; the last thresholds hold%s\n", warn, plain);
	else if (!h->firmware)
		ctl_say(c, "%sfirmware   does not answer; the last thresholds hold%s\n", warn, plain);
	if (h->cpu_restarts)
		ctl_say(c, "%swatchdog   restarted the firmware %u times%s\n", warn, h->cpu_restarts, plain);
	if (h->events_lost)
		ctl_say(c, "%sevents     %u lost%s\n", warn, h->events_lost, plain);
	if (h->write_refused || h->bad_entry)
		ctl_say(c, "%sregisters  %s%s%s%s\n", warn, h->write_refused ? "a write was refused" : "", h->write_refused && h->bad_entry ? "; " : "",
			h->bad_entry ? "an entry was bad" : "", plain);
}

int ctl_run_status(struct ctl *c)
{
	const struct weir_caps *caps = weir_dev_caps(c->dev);
	static struct sample s;
	char time[CTL_TEXT];
	int rc = sample_read(c->dev, false, &s);
	size_t on;

	if (rc)
		return ctl_fail(c, rc, "status");
	on = sample_alarms_on(&s);
	ctl_say(c, "appliance  %s, protocol %u, register map %u.%u, clock %.1f MHz\n", weir_dev_url(c->dev), caps->protocol, caps->map_major, caps->map_minor,
		caps->clock_khz / 1000.0);
	ctl_say(c, "data path  %s%s%s\n", ctl_colour(c, s.health.running && !s.health.bypass ? CTL_GREEN : CTL_RED), ctl_state_text(&s.health), ctl_colour(c, CTL_PLAIN));
	ctl_say(c, "time       %s\n", ctl_time_s(s.health.now_us / 1000000, time));
	if (s.health.firmware)
		ctl_say(c, "firmware   version %u, mode %s, %u series in use\n", s.health.firmware_version, ctl_mode_name(s.health.firmware_mode), s.health.series);
	say_problems(c, &s.health);
	ctl_say(c, "alarms     %s%zu on%s, %u ever\n", on ? ctl_colour(c, CTL_RED) : "", on, on ? ctl_colour(c, CTL_PLAIN) : "", s.health.alarms_ever);
	ctl_say(c, "\n%-12s %12s %12s %12s %12s %12s %12s\n", "side", "received", "taken", "sent", "bad FCS", "overflow", "queue full");
	for (int i = 0; i < 2; i++) {
		const struct weir_side_stats *side = &s.stats.side[i];

		ctl_say(c, "%-12s %12u %12u %12u %12u %12u %12u\n", ctl_side_names[i], side->rx_frames, side->taken, side->tx_frames, side->rx_fcs,
			side->rx_overflow, side->egress_full + side->egress_full_low);
	}
	ctl_json(c, "capabilities", caps_json(caps));
	ctl_json(c, "health", health_json(&s.health));
	ctl_json(c, "firmware", firmware_json(&s.health));
	ctl_json(c, "alarms_on", json_integer((json_int_t)on));
	ctl_json(c, "sides", json_pack("{s:o, s:o}", ctl_side_names[0], ctl_side_json(&s.stats.side[0]), ctl_side_names[1], ctl_side_json(&s.stats.side[1])));
	return CTL_DONE;
}

/* --- counters --- */

static int counters_of(struct ctl *c, const struct sample *s, int kind)
{
	json_t *rows = ctl_made(json_array());

	for (size_t i = 0; i < s->counters; i++) {
		const struct weir_counter *r = &s->counter[i];

		if (kind >= 0 && (int)r->kind != kind)
			continue;
		ctl_say(c, "%-14s %-12s %-20s %14" PRIu64 "  %s\n", weir_counter_kind_name(r->kind), ctl_side_names[r->side > 2 ? 2 : r->side], r->name, r->count,
			r->help ? r->help : "");
		json_array_append_new(rows, ctl_made(json_pack("{s:s, s:s, s:i, s:s, s:I}", "kind", weir_counter_kind_name(r->kind), "side",
							       ctl_side_names[r->side > 2 ? 2 : r->side], "number", (int)r->number, "name", r->name, "count",
							       (json_int_t)r->count)));
	}
	ctl_json(c, "counters", rows);
	return CTL_DONE;
}

static void sides(struct ctl *c, const struct weir_stats *s, bool all)
{
	for (int side = 0; side < 2; side++)
		for (size_t i = 0; i < CTL_SIDE_FIELDS; i++) {
			uint32_t v = ctl_side_field(&s->side[side], i);

			if (v || all)
				ctl_say(c, "%-14s %-12s %-20s %14u  %s\n", "side", ctl_side_names[side], ctl_side_fields[i].name, v, ctl_side_fields[i].help);
		}
	ctl_json(c, "sides", json_pack("{s:o, s:o}", ctl_side_names[0], ctl_side_json(&s->side[0]), ctl_side_names[1], ctl_side_json(&s->side[1])));
}

static void table_row(struct ctl *c, json_t *rows, const char *name, const char *what, const struct weir_table_stats *t, bool all)
{
	if (t->used || t->evictions || t->full || all)
		ctl_say(c, "%-14s %-12s %5u of %5u used, %u evicted, %u found it full; %s\n", "table", name, t->used, t->entries, t->evictions, t->full, what);
	json_array_append_new(rows, ctl_made(json_pack("{s:s, s:I, s:I, s:I, s:I}", "name", name, "entries", (json_int_t)t->entries, "used",
						       (json_int_t)t->used, "evictions", (json_int_t)t->evictions, "full", (json_int_t)t->full)));
}

static void tables(struct ctl *c, const struct weir_stats *s, bool all)
{
	json_t *rows = ctl_made(json_array());

	for (size_t i = 0; i < CTL_TABLES; i++)
		table_row(c, rows, ctl_table_names[i], ctl_table_texts[i], &s->table[i], all);
	for (size_t i = 0; i < CTL_STATES; i++)
		table_row(c, rows, ctl_state_names[i], ctl_state_texts[i], &s->state[i], all);
	ctl_json(c, "tables", rows);
}

/* Number of a kind; -1: none of them. */
static int kind_of(const char *name)
{
	for (int k = 0; k <= WEIR_COUNT_EVENT; k++)
		if (!strcmp(name, weir_counter_kind_name((enum weir_counter_kind)k)))
			return k;
	return -1;
}

int ctl_check_counters(struct ctl *c)
{
	if (c->args && kind_of(c->arg[0]) < 0 && strcmp(c->arg[0], "side") && strcmp(c->arg[0], "table"))
		return ctl_usage(c, "%s: expected %s", c->arg[0], c->command->args);
	return CTL_DONE;
}

int ctl_run_counters(struct ctl *c)
{
	static struct sample s;
	const char *what = c->args ? c->arg[0] : NULL;
	bool all = c->text[CTL_OPT_ALL];
	int kind = what ? kind_of(what) : -1, rc;

	rc = sample_read(c->dev, all, &s);
	if (rc)
		return ctl_fail(c, rc, "counters");
	if (!what || kind >= 0)
		counters_of(c, &s, kind);
	if (!what || !strcmp(what, "side"))
		sides(c, &s.stats, all);
	if (!what || !strcmp(what, "table"))
		tables(c, &s.stats, all);
	return CTL_DONE;
}

/* --- bypass --- */

/* It takes effect in a maintenance slot, at most 64 frames later. */
static int bypass_set(struct ctl *c, bool on)
{
	enum { LooksMost = 100, WaitMs = 10 };
	const uint32_t entry[8] = { on };
	struct weir_health h;
	int rc = weir_write(c->dev, WEIR_REG_BYPASS, 8, entry);

	for (int i = 0; !rc && i < LooksMost; i++) {
		rc = weir_health(c->dev, &h);
		if (!rc && h.bypass == on)
			return 0;
		ctl_pause(WaitMs);
	}
	return rc ? rc : WEIR_EREFUSED;
}

int ctl_check_switch(struct ctl *c)
{
	if (c->args && strcmp(c->arg[0], "on") && strcmp(c->arg[0], "off"))
		return ctl_usage(c, "%s: expected on or off", c->arg[0]);
	return CTL_DONE;
}

int ctl_run_bypass(struct ctl *c)
{
	struct weir_health h;
	int rc;

	rc = c->args ? bypass_set(c, !strcmp(c->arg[0], "on")) : 0;
	if (!rc)
		rc = weir_health(c->dev, &h);
	if (rc)
		return ctl_fail(c, rc, "bypass");
	ctl_say(c, "%s\n", h.bypass ? "on" : "off");
	ctl_json(c, "bypass", json_boolean(h.bypass));
	return CTL_DONE;
}
