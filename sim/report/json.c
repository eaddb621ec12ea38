// SPDX-License-Identifier: Apache-2.0
/* The report for programs. Names and their order are a promise: docs/report.md. */
#include <errno.h>
#include <jansson.h>

#include "report.h"

static json_t *number(uint64_t v)
{
	return json_integer((json_int_t)v);
}

static void set(json_t *o, const char *name, uint64_t v)
{
	json_object_set_new(o, name, number(v));
}

/* An absolute time, or null when it never came. */
static void set_time(json_t *o, const char *name, uint64_t ns, uint64_t start_ns)
{
	json_object_set_new(o, name, ns ? number(ns - start_ns) : json_null());
}

static void set_share(json_t *o, const char *name, uint64_t part, uint64_t whole)
{
	json_object_set_new(o, name, whole ? json_real((double)part / (double)whole) : json_null());
}

static json_t *frames(const struct weir_run *run)
{
	const struct weir_session_counts *c = weir_session_counts(run->session);
	json_t *o = json_object();

	set(o, "offered", c->offered);
	set(o, "passed", c->fate[WEIR_FATE_PASSED]);
	set(o, "dropped", c->fate[WEIR_FATE_DROPPED]);
	set(o, "answered", c->fate[WEIR_FATE_ANSWERED]);
	set(o, "diverted", c->fate[WEIR_FATE_DIVERTED]);
	set(o, "consumed", c->fate[WEIR_FATE_CONSUMED]);
	set(o, "refused", c->fate[WEIR_FATE_REFUSED]);
	set(o, "generated", c->generated);
	set(o, "unexplained", weir_session_unexplained(run->session));
	return o;
}

static json_t *classes(const struct weir_stats *s)
{
	static const enum weir_class shown[] = {
		WEIR_CLASS_ipv4, WEIR_CLASS_ipv6, WEIR_CLASS_arp, WEIR_CLASS_vlan, WEIR_CLASS_tcp, WEIR_CLASS_udp,
		WEIR_CLASS_icmp, WEIR_CLASS_frag, WEIR_CLASS_syn, WEIR_CLASS_synack, WEIR_CLASS_rst, WEIR_CLASS_fin,
		WEIR_CLASS_broadcast, WEIR_CLASS_multicast, WEIR_CLASS_ip_options, WEIR_CLASS_get, WEIR_CLASS_post,
	};
	json_t *o = json_object();

	for (size_t i = 0; i < sizeof(shown) / sizeof(shown[0]); i++)
		set(o, weir_class_name(shown[i]), s->classes[shown[i]]);
	return o;
}

static json_t *anomalies(const struct weir_stats *s)
{
	json_t *o = json_object();

	for (unsigned code = 0; code < WEIR_ANOMALIES; code++)
		if (s->anomalies[code])
			set(o, weir_anomaly_name(code), s->anomalies[code]);
	return o;
}

static json_t *reasons(const struct weir_stats *s)
{
	json_t *o = json_object();

	for (unsigned r = 0; r < 256; r++) {
		json_t *one = json_object();

		for (unsigned v = 0; v < WEIR_VERDICTS; v++)
			if (s->reason[r][v])
				set(one, weir_verdict_name(v), s->reason[r][v]);
		if (json_object_size(one) || s->dry[r]) {
			set(one, "dry_run", s->dry[r]);
			json_object_set(o, weir_reason_name(r), one);
		}
		json_decref(one);
	}
	return o;
}

static json_t *meter_counts(const struct weir_meter_row *r, uint64_t start_ns)
{
	json_t *o = json_object();

	set(o, "trips", r->trips);
	set(o, "ends", r->ends);
	set(o, "dropped", r->dropped);
	set(o, "demoted", r->demoted);
	set(o, "answered", r->answered);
	set(o, "dry_run", r->dry_run);
	set_time(o, "first_trip_ns", r->first_trip_ns, start_ns);
	set_time(o, "first_drop_ns", r->first_drop_ns, start_ns);
	set_time(o, "last_end_ns", r->last_end_ns, start_ns);
	return o;
}

static json_t *meters(const struct weir_run *run)
{
	static const char *const actions[] = { "count", "limit", "drop", "declare" };
	json_t *list = json_array();
	size_t n;
	const struct weir_meter_row *row = weir_stats_meters(run->stats, &n);

	for (size_t i = 0; i < n; i++) {
		const struct weir_meter_policy m = weir_key_meter(&row[i].key, run->policy);
		json_t *o = json_object(), *counts = meter_counts(&row[i], run->stats->first_ns);
		char key[WEIR_KEY_TEXT];

		json_object_set_new(o, "meter", json_string(weir_place_name(row[i].key.place)));
		json_object_set_new(o, "key", json_string(weir_key_format(&row[i].key, key)));
		json_object_set_new(o, "action", json_string(actions[m.action]));
		json_object_set_new(o, "packets_per_s", m.packets_per_s ? number(m.packets_per_s) : json_null());
		json_object_set_new(o, "bytes_per_s", m.bytes_per_s ? number(m.bytes_per_s) : json_null());
		json_object_set_new(o, "unit", json_string(row[i].unit ? "bytes" : "packets"));
		set(o, "threshold", row[i].threshold);
		set(o, "max_measured", row[i].max_measured);
		json_object_update(o, counts);
		json_decref(counts);
		json_array_append_new(list, o);
	}
	if (run->stats->other_keys) {
		json_t *o = meter_counts(&run->stats->others, run->stats->first_ns);

		json_object_set_new(o, "meter", json_string("others"));
		json_object_set_new(o, "key", json_null());
		json_array_append_new(list, o);
	}
	return list;
}

static json_t *connections(const struct weir_stats *s)
{
	json_t *o = json_object(), *events = json_object();

	set(o, "handshakes", s->events[WEIR_EVENT_established]);
	for (unsigned e = 1; e < WEIR_EVENTS; e++)
		if (s->events[e])
			set(events, weir_event_name(e), s->events[e]);
	json_object_set_new(o, "events", events);
	set(o, "legit", s->legit);
	set(o, "proven", s->proven);
	set(o, "flood_host", s->flood[0]);
	set(o, "flood_total", s->flood[1]);
	set(o, "flood_zombie", s->flood[2]);
	return o;
}

static json_t *text_or_null(const char *text)
{
	return text[0] ? json_string(text) : json_null();
}

static json_t *rule(const struct weir_run *run, unsigned index)
{
	const struct weir_rule *r = &run->policy->rules.list[index];
	bool expired = weir_rule_expired(r, run->rules->now_s);
	char text[WEIR_RULE_TEXT];
	json_t *o = json_object(), *ids = json_array();

	set(o, "line", r->line);
	json_object_set_new(o, "action", json_string(weir_rule_action_name(r->action)));
	json_object_set_new(o, "match", json_string(weir_rule_format(r, text, sizeof(text))));
	json_object_set_new(o, "kind", json_string(expired ? "expired" : weir_rule_exact(r) ? "exact" : "prefix"));
	json_object_set_new(o, "originator", text_or_null(r->originator));
	json_object_set_new(o, "expires", text_or_null(weir_rule_time_format(r->expires_s, text, sizeof(text))));
	for (unsigned id = 0; id < WEIR_RULES_IDS; id++)
		if (run->rules->rule[id] == index + 1)
			json_array_append_new(ids, number(id));
	json_object_set_new(o, "ids", ids);
	set(o, "hits", run->hits->rule[index]);
	return o;
}

static json_t *rules(const struct weir_run *run)
{
	json_t *o = json_object(), *list = json_array();

	json_object_set_new(o, "dry_run", json_boolean(run->policy->rules.dry_run));
	set(o, "exact", run->rules->n_exact);
	set(o, "prefix", run->rules->n_prefix);
	set(o, "expired", run->rules->n_expired);
	set(o, "differ", run->hits->differ);
	for (unsigned i = 0; i < run->policy->rules.n; i++)
		json_array_append_new(list, rule(run, i));
	json_object_set_new(o, "list", list);
	return o;
}

static json_t *tables(const struct weir_run *run)
{
	json_t *list = json_array();

	for (unsigned k = 0; k < WEIR_TABLES; k++) {
		struct weir_engine_table t;
		json_t *o = json_object();

		weir_session_table(run->session, k, &t);
		json_object_set_new(o, "name", json_string(weir_table_info(k)->name));
		set(o, "size", t.size);
		set(o, "peak", t.peak);
		set(o, "evictions", t.evictions);
		set(o, "full", t.full);
		json_array_append_new(list, o);
	}
	return list;
}

static json_t *state_tables(const struct weir_run *run)
{
	json_t *list = json_array();

	for (unsigned k = 0; k < WEIR_STATES; k++) {
		struct weir_session_state t;
		json_t *o = json_object();

		weir_session_state(run->session, k, &t);
		json_object_set_new(o, "name", json_string(weir_state_info(k)->name));
		set(o, "size", t.size);
		set(o, "used", t.used);
		set(o, "evictions", t.evictions);
		set(o, "full", t.full);
		json_array_append_new(list, o);
	}
	return list;
}

static json_t *latency(const struct weir_stats *s)
{
	json_t *o = json_object();

	json_object_set_new(o, "min", s->latencies ? number(s->latency_min) : json_null());
	json_object_set_new(o, "p50", s->latencies ? number(weir_stats_latency(s, 0.5)) : json_null());
	json_object_set_new(o, "p99", s->latencies ? number(weir_stats_latency(s, 0.99)) : json_null());
	json_object_set_new(o, "max", s->latencies ? number(s->latency_max) : json_null());
	return o;
}

static json_t *compare(const struct weir_run *run)
{
	const struct weir_session_counts *c = weir_session_counts(run->session);
	json_t *o = json_object();

	set(o, "packets", c->compared);
	set(o, "mismatches", c->mismatches);
	return o;
}

static json_t *times(const struct weir_run *run)
{
	const struct weir_stats *s = run->stats;
	json_t *o = json_object();

	json_object_set_new(o, "simulated_s", json_real(s->frames ? (double)(s->last_ns - s->first_ns) / 1e9 : 0));
	json_object_set_new(o, "wall_s", json_real(run->wall_s));
	set(o, "cycles", weir_session_clocks(run->session));
	json_object_set_new(o, "packets_per_s", json_real(run->wall_s > 0 ? (double)s->frames / run->wall_s : 0));
	return o;
}

static json_t *alarm(const struct weir_alarm_row *r, uint64_t start_ns)
{
	char text[WEIR_SERIES_TEXT], address[WEIR_ALARM_ADDRESS_TEXT];
	json_t *o = json_object();

	set(o, "number", r->number);
	json_object_set_new(o, "kind", json_string(weir_alarm_kind_name(r->kind)));
	json_object_set_new(o, "severity", json_string(weir_alarm_severity_name(r->severity)));
	json_object_set_new(o, "series", text_or_null(weir_series_format(r->series, text)));
	json_object_set_new(o, "unit", json_string(weir_series_unit(r->series)));
	set(o, "threshold", r->threshold);
	set(o, "measured", r->worst);
	set(o, "dropped", r->dropped);
	json_object_set_new(o, "address", text_or_null(weir_alarm_address(r->address, address)));
	json_object_set_new(o, "top_source", text_or_null(weir_alarm_address(r->top, address)));
	set_time(o, "start_ns", r->start_ns, start_ns);
	set_time(o, "end_ns", r->end_ns, start_ns);
	return o;
}

static json_t *thresholds(const struct weir_timeline *t, unsigned series)
{
	struct weir_threshold_step step[WEIR_TIMELINE_BINS];
	size_t n = weir_timeline_thresholds(t, series, step);
	json_t *o = json_object(), *steps = json_array();
	char text[WEIR_SERIES_TEXT];

	json_object_set_new(o, "series", json_string(weir_series_format(series, text)));
	json_object_set_new(o, "unit", json_string(weir_series_unit(series)));
	for (size_t i = 0; i < n; i++) {
		json_t *row = json_object();

		set(row, "at_ns", step[i].at_ns);
		json_object_set_new(row, "threshold", step[i].threshold == WEIR_TIMELINE_UNLIMITED ?
				    json_null() : json_integer(step[i].threshold));
		json_array_append_new(steps, row);
	}
	json_object_set_new(o, "steps", steps);
	return o;
}

/* Of what there was an alarm about, once each. */
static json_t *all_thresholds(const struct weir_run *run)
{
	struct weir_threshold_step step[WEIR_TIMELINE_BINS];
	bool told[WEIR_TIMELINE_SERIES] = { false };
	json_t *list = json_array();

	for (size_t i = 0; run->timeline && i < run->alarms->rows; i++) {
		const struct weir_alarm_row *r = &run->alarms->row[i];

		/* Quotas of connections are no rates. */
		if (!weir_alarm_has_series(r) || told[r->series] || !weir_timeline_thresholds(run->timeline, r->series, step))
			continue;
		told[r->series] = true;
		json_array_append_new(list, thresholds(run->timeline, r->series));
	}
	return list;
}

static json_t *firmware(const struct weir_run *run)
{
	json_t *o = json_object(), *list = json_array();

	for (size_t i = 0; i < run->alarms->rows; i++)
		json_array_append_new(list, alarm(&run->alarms->row[i], run->stats->first_ns));
	set(o, "maintenance", weir_session_counts(run->session)->maintenance);
	json_object_set_new(o, "alarms", list);
	set(o, "more_alarms", run->alarms->others);
	json_object_set_new(o, "thresholds", all_thresholds(run));
	return o;
}

static json_t *share(const struct weir_detect_share *s)
{
	json_t *o = json_object();

	set(o, "packets", s->packets);
	set(o, "lost", s->lost);
	set_share(o, "lost_share", s->lost, s->packets);
	return o;
}

static json_t *attack(const struct weir_label_attack *l, const struct weir_detect_attack *a)
{
	char text[WEIR_LABEL_CLASSES_TEXT + WEIR_ADDR_TEXT_MAX];
	json_t *o = json_object();

	json_object_set_new(o, "name", json_string(l->name));
	json_object_set_new(o, "target", json_string(weir_prefix_format(&l->target, text)));
	json_object_set_new(o, "classes", json_string(weir_label_classes_format(l->classes, text)));
	set(o, "packets", a->packets);
	set(o, "removed", a->removed);
	set_share(o, "removed_share", a->removed, a->packets);
	set_time(o, "first_drop_ns", a->first_removed_ns, a->first_ns);
	set_time(o, "mostly_dropped_ns", a->mostly_removed_ns, a->first_ns);
	return o;
}

static json_t *labels(const struct weir_detect *d)
{
	struct weir_detect_share all = weir_detect_attacks(d);
	struct weir_detect_share honest = { d->inside.packets + d->outside.packets, d->inside.lost + d->outside.lost };
	json_t *o = json_object(), *list = json_array(), *attacks = json_object(), *h = share(&honest);

	for (size_t i = 0; i < weir_labels_attacks(d->labels); i++)
		json_array_append_new(list, attack(weir_labels_attack(d->labels, i), &d->attack[i]));
	set(attacks, "packets", all.packets);
	set(attacks, "removed", all.lost);
	set_share(attacks, "removed_share", all.lost, all.packets);
	json_object_set_new(o, "attack", attacks);
	json_object_set_new(h, "inside", share(&d->inside));
	json_object_set_new(h, "outside", share(&d->outside));
	json_object_set_new(o, "honest", h);
	json_object_set_new(o, "attacks", list);
	return o;
}

static json_t *live(const struct weir_live_counts *c)
{
	json_t *o = json_object(), *sides = json_array();

	set(o, "capacity_60", c->short_pps);
	set(o, "capacity_1514", c->long_pps);
	for (int i = 0; i < 2; i++) {
		const struct weir_live_side_counts *s = &c->side[i];
		json_t *one = json_object();

		json_object_set_new(one, "interface", json_string(s->name));
		set(one, "arrived", s->arrived + s->kernel);
		set(one, "not_carried", weir_live_not_carried(s));
		set(one, "not_carried_queue", s->queue_full);
		set(one, "not_carried_kernel", s->kernel);
		set(one, "not_carried_at_end", s->left_over);
		set(one, "delivered", s->delivered);
		set(one, "undelivered", s->undelivered);
		json_array_append_new(sides, one);
	}
	json_object_set_new(o, "sides", sides);
	return o;
}

static json_t *hosts(const struct weir_link_socket_counts *c)
{
	json_t *o = json_object();

	set(o, "hosts", c->hosts);
	set(o, "turned_away", c->turned_away);
	set(o, "octets_in", c->octets_in);
	set(o, "octets_out", c->octets_out);
	set(o, "notices_lost", c->notices_lost);
	return o;
}

int weir_report_write(FILE *f, const struct weir_run *run)
{
	json_t *o = json_object();
	int rc;

	set(o, "weir_report", WEIR_REPORT_VERSION);
	json_object_set_new(o, "engine", json_string(run->engine));
	json_object_set_new(o, "frames", frames(run));
	json_object_set_new(o, "classes", classes(run->stats));
	json_object_set_new(o, "anomalies", anomalies(run->stats));
	json_object_set_new(o, "reasons", reasons(run->stats));
	json_object_set_new(o, "meters", meters(run));
	json_object_set_new(o, "connections", connections(run->stats));
	json_object_set_new(o, "rules", rules(run));
	json_object_set_new(o, "tables", tables(run));
	json_object_set_new(o, "state_tables", state_tables(run));
	json_object_set_new(o, "latency_ns", latency(run->stats));
	json_object_set_new(o, "compare", compare(run));
	json_object_set_new(o, "time", times(run));
	if (run->alarms)
		json_object_set_new(o, "firmware", firmware(run));
	if (run->detect)
		json_object_set_new(o, "labels", labels(run->detect));
	if (run->live)
		json_object_set_new(o, "live", live(run->live));
	if (run->hosts)
		json_object_set_new(o, "host_link", hosts(run->hosts));
	rc = json_dumpf(o, f, JSON_INDENT(2) | JSON_REAL_PRECISION(9)) ? -EIO : 0;
	json_decref(o);
	if (fputc('\n', f) == EOF || fflush(f) || ferror(f))
		rc = -EIO;
	return rc;
}
