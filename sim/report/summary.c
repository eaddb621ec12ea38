// SPDX-License-Identifier: Apache-2.0
/* The report for people: what happened, then why, then how it was measured. */
#include <inttypes.h>
#include <string.h>

#include "report.h"

enum { MetersShown = 12, ReasonsShown = 12, RulesShown = 12, AlarmsShown = 12 };

/* 1234567 as "1,234,567". */
static const char *big(uint64_t v, char buf[32])
{
	char digits[24];
	int n = snprintf(digits, sizeof(digits), "%" PRIu64, v), at = 0;

	for (int i = 0; i < n; i++) {
		if (i && (n - i) % 3 == 0)
			buf[at++] = ',';
		buf[at++] = digits[i];
	}
	buf[at] = 0;
	return buf;
}

static void share_line(FILE *f, const char *what, uint64_t part, uint64_t whole)
{
	char text[32];

	if (!part)
		return;
	fprintf(f, "  %-12s %14s  %6.2f %%\n", what, big(part, text), whole ? 100.0 * (double)part / (double)whole : 0);
}

static void write_frames(FILE *f, const struct weir_run *run)
{
	const struct weir_session_counts *c = weir_session_counts(run->session);
	const struct weir_stats *s = run->stats;
	double seconds = s->frames ? (double)(s->last_ns - s->first_ns) / 1e9 : 0;
	char n[32], u[32], p[32];

	fprintf(f, "%s frames in %.6g s (%s from the unprotected side, %s from the protected side)\n",
		big(c->offered, n), seconds, big(s->side_frames[0], u), big(s->side_frames[1], p));
	if (run->sides[0])
		fprintf(f, "%s\n", run->sides);
	fprintf(f, "\nFRAMES\n");
	share_line(f, "passed", c->fate[WEIR_FATE_PASSED], c->offered);
	share_line(f, "dropped", c->fate[WEIR_FATE_DROPPED], c->offered);
	share_line(f, "answered", c->fate[WEIR_FATE_ANSWERED], c->offered);
	share_line(f, "diverted", c->fate[WEIR_FATE_DIVERTED], c->offered);
	share_line(f, "consumed", c->fate[WEIR_FATE_CONSUMED], c->offered);
	share_line(f, "refused", c->fate[WEIR_FATE_REFUSED], c->offered);
	if (c->generated)
		fprintf(f, "  %-12s %14s  by the appliance, apart from these\n", "generated", big(c->generated, n));
	share_line(f, "UNEXPLAINED", weir_session_unexplained(run->session), c->offered);
	if (s->cut)
		fprintf(f, "  %s were cut by the snap length: checks that need the missing bytes were skipped\n",
			big(s->cut, n));
}

static void write_reasons(FILE *f, const struct weir_stats *s)
{
	unsigned order[256 * WEIR_VERDICTS];
	size_t n = 0;
	char text[32];
	uint64_t rest = 0;
	bool dry = false;

	for (unsigned i = 0; i < 256 * WEIR_VERDICTS; i++) {
		uint64_t v = s->reason[i / WEIR_VERDICTS][i % WEIR_VERDICTS];
		size_t at = n;

		if (!v || i / WEIR_VERDICTS == WEIR_REASON_pass)
			continue;
		for (n++; at && s->reason[order[at - 1] / WEIR_VERDICTS][order[at - 1] % WEIR_VERDICTS] < v; at--)
			order[at] = order[at - 1];
		order[at] = i;
	}
	if (n)
		fprintf(f, "\nWHY\n");
	for (size_t i = 0; i < n; i++) {
		unsigned r = order[i] / WEIR_VERDICTS, v = order[i] % WEIR_VERDICTS;

		if (i >= ReasonsShown && n > ReasonsShown + 1) {
			rest += s->reason[r][v];
			continue;
		}
		fprintf(f, "  %-8s %-22s %14s\n", weir_verdict_name(v), weir_reason_name(r), big(s->reason[r][v], text));
	}
	if (rest)
		fprintf(f, "  %zu more reasons; --report lists them %10s\n", n - ReasonsShown, big(rest, text));
	for (unsigned r = 0; r < 256; r++) {
		if (!s->dry[r])
			continue;
		if (!dry)
			fprintf(f, "%s  dry run, would have acted:\n", n ? "" : "\nWHY\n");
		dry = true;
		fprintf(f, "  %-8s %-22s %14s\n", "", weir_reason_name(r), big(s->dry[r], text));
	}
}

static void write_counted(FILE *f, const struct weir_stats *s)
{
	bool any = false;
	char text[32];

	/* Those that dropped stand under WHY. */
	for (unsigned code = 0; code < WEIR_ANOMALIES; code++) {
		if (!s->anomalies[code] || s->anomalies[code] ==
		    s->reason[WEIR_REASON_anomaly_0 + code][WEIR_VERDICT_drop])
			continue;
		if (!any)
			fprintf(f, "\nANOMALIES FOUND\n");
		any = true;
		fprintf(f, "  %-31s %14s\n", weir_anomaly_name(code), big(s->anomalies[code], text));
	}
}

static void time_text(uint64_t ns, uint64_t start_ns, char buf[32])
{
	if (ns)
		snprintf(buf, 32, "%.6f s", (double)(ns - start_ns) / 1e9);
	else
		snprintf(buf, 32, "-");
}

static void write_meters(FILE *f, const struct weir_run *run)
{
	char key[WEIR_KEY_TEXT], name[WEIR_KEY_TEXT + 16], first[32], end[32], removed[32];
	size_t n;
	const struct weir_meter_row *row = weir_stats_meters(run->stats, &n);

	if (!n)
		return;
	fprintf(f, "\nMETERS THAT TRIPPED OR ACTED\n  %-40s %7s %14s %14s %12s %12s\n", "meter, key", "trips",
		"first at", "last end", "removed", "most/window");
	for (size_t i = 0; i < n && i < MetersShown; i++) {
		snprintf(name, sizeof(name), "%s %s", weir_place_name(row[i].key.place),
			 weir_key_format(&row[i].key, key));
		time_text(row[i].first_trip_ns ? row[i].first_trip_ns : row[i].first_drop_ns, run->stats->first_ns, first);
		time_text(row[i].last_end_ns, run->stats->first_ns, end);
		fprintf(f, "  %-40s %7" PRIu64 " %14s %14s %12s %6u of %u\n", name, row[i].trips, first, end,
			big(row[i].dropped + row[i].demoted + row[i].answered, removed), row[i].max_measured, row[i].threshold);
	}
	if (n > MetersShown)
		fprintf(f, "  and %zu more; --report lists them\n", n - MetersShown);
}

static void write_connections(FILE *f, const struct weir_stats *s)
{
	static const char *const text[WEIR_EVENTS] = {
#define X(number, name, words) words,
#include "docs/lists/events.def"
#undef X
	};
	bool any = false;
	char n[32];

	for (unsigned e = 1; e < WEIR_EVENTS; e++) {
		if (!s->events[e])
			continue;
		if (!any)
			fprintf(f, "\nCONNECTIONS, frames by what their table says\n");
		any = true;
		fprintf(f, "  %-14s %14s  %s\n", weir_event_name(e), big(s->events[e], n), text[e]);
	}
	if (s->flood[2])
		fprintf(f, "  %-14s %14s  came in during a zombie flood\n", "", big(s->flood[2], n));
	if (s->flood[0] || s->flood[1])
		fprintf(f, "  %-14s %14s  came in during a SYN flood\n", "", big(s->flood[0] > s->flood[1] ? s->flood[0]
			: s->flood[1], n));
}

/* Those with most hits. */
static void write_rules(FILE *f, const struct weir_run *run)
{
	const struct weir_rules_policy *p = &run->policy->rules;
	static bool shown[WEIR_POLICY_RULES];
	char text[WEIR_RULE_TEXT], n[32];
	size_t hit = 0;

	if (!p->n)
		return;
	memset(shown, 0, sizeof(shown));
	for (size_t i = 0; i < p->n; i++)
		hit += run->hits->rule[i] > 0;
	fprintf(f, "\nRULES%s: %zu, %zu of them with hits, %u expired\n", p->dry_run ? " (dry run)" : "", p->n, hit,
		run->rules->n_expired);
	for (size_t k = 0; k < hit && k < RulesShown; k++) {
		size_t best = p->n;

		for (size_t i = 0; i < p->n; i++)
			if (!shown[i] && run->hits->rule[i] && (best == p->n || run->hits->rule[i] > run->hits->rule[best]))
				best = i;
		shown[best] = true;
		fprintf(f, "  line %-6u %-6s %14s  %s%s%s%s\n", p->list[best].line, weir_rule_action_name(p->list[best].action),
			big(run->hits->rule[best], n), weir_rule_format(&p->list[best], text, sizeof(text)),
			p->list[best].originator[0] ? " (" : "", p->list[best].originator, p->list[best].originator[0] ? ")" : "");
	}
	if (hit > RulesShown)
		fprintf(f, "  and %zu more; --report lists them\n", hit - RulesShown);
	if (run->hits->differ)
		fprintf(f, "  THE ENGINES COUNT %u OF THEM DIFFERENTLY\n", run->hits->differ);
}

static void write_tables(FILE *f, const struct weir_run *run)
{
	fprintf(f, "\nTABLES %24s %10s %10s %10s\n", "size", "peak", "evictions", "full");
	for (unsigned k = 0; k < WEIR_TABLES; k++) {
		struct weir_engine_table t;

		weir_session_table(run->session, k, &t);
		fprintf(f, "  %-18s %10u %10u %10u %10u\n", weir_table_info(k)->name, t.size, t.peak, t.evictions, t.full);
	}
	fprintf(f, "OF STATE %22s %10s %10s %10s\n", "size", "at end", "evictions", "full");
	for (unsigned k = 0; k < WEIR_STATES; k++) {
		struct weir_session_state t;

		weir_session_state(run->session, k, &t);
		fprintf(f, "  %-18s %10u %10u %10u %10u\n", weir_state_info(k)->name, t.size, t.used, t.evictions, t.full);
	}
}

static void write_labels(FILE *f, const struct weir_detect *d)
{
	struct weir_detect_share all = weir_detect_attacks(d);
	char first[32], most[32];

	fprintf(f, "\nDETECTION %34s %9s %14s %14s\n", "packets", "removed", "to first drop", "to 95 % gone");
	for (size_t i = 0; i < weir_labels_attacks(d->labels); i++) {
		const struct weir_detect_attack *a = &d->attack[i];

		time_text(a->first_removed_ns, a->first_ns, first);
		time_text(a->mostly_removed_ns, a->first_ns, most);
		fprintf(f, "  %-30s %11" PRIu64 " %7.2f %% %14s %14s\n", weir_labels_attack(d->labels, i)->name, a->packets,
			a->packets ? 100.0 * (double)a->removed / (double)a->packets : 0, first, most);
	}
	fprintf(f, "  %-30s %11" PRIu64 " %7.2f %%\n", "all attack packets", all.packets,
		all.packets ? 100.0 * (double)all.lost / (double)all.packets : 0);
	fprintf(f, "  %-30s %11" PRIu64 " %7.2f %% lost\n", "honest, in an attacked class", d->inside.packets,
		d->inside.packets ? 100.0 * (double)d->inside.lost / (double)d->inside.packets : 0);
	fprintf(f, "  %-30s %11" PRIu64 " %7.2f %% lost\n", "honest, elsewhere", d->outside.packets,
		d->outside.packets ? 100.0 * (double)d->outside.lost / (double)d->outside.packets : 0);
}

static void write_live(FILE *f, const struct weir_live_counts *c)
{
	static const char *const names[] = { "unprotected", "protected" };
	char a[32], n[32], d[32], u[32];

	fprintf(f, "\nLIVE: this machine carries %s frames of 60 bytes a second, or ", big(c->short_pps, a));
	fprintf(f, "%s of 1,514\n  %-28s %12s %12s %12s %12s\n", big(c->long_pps, a), "side, interface", "arrived",
		"not carried", "delivered", "undelivered");
	for (int i = 0; i < 2; i++) {
		const struct weir_live_side_counts *s = &c->side[i];

		fprintf(f, "  %-11s %-16s %12s %12s %12s %12s\n", names[i], s->name, big(s->arrived + s->kernel, a),
			big(weir_live_not_carried(s), n), big(s->delivered, d), big(s->undelivered, u));
	}
}

static void write_alarms(FILE *f, const struct weir_run *run)
{
	const struct weir_alarm_list *l = run->alarms;
	char series[WEIR_SERIES_TEXT], address[WEIR_ALARM_ADDRESS_TEXT], start[32], end[32], n[32], d[32];

	fprintf(f, "\nALARMS\n");
	if (!l->rows)
		fprintf(f, "  none\n");
	else
		fprintf(f, "  %-30s %-9s %10s %10s %10s %12s %12s  %s\n", "what", "severity", "threshold", "measured", "dropped",
			"start", "end", "address");
	for (size_t i = 0; i < l->rows && i < AlarmsShown; i++) {
		const struct weir_alarm_row *r = &l->row[i];
		uint64_t first = run->stats->first_ns;

		weir_series_format(r->series, series);
		time_text(r->start_ns > first ? r->start_ns : first, first, start);
		time_text(r->end_ns, first, end);
		fprintf(f, "  %-30s %-9s %10" PRIu32 " %10s %10s %12s %12s  %s\n",
			series[0] ? series : weir_alarm_kind_name(r->kind), weir_alarm_severity_name(r->severity), r->threshold,
			big(r->worst, n), big(r->dropped, d), start, r->over ? end : "-",
			weir_alarm_address(r->address, address));
	}
	if (l->rows > AlarmsShown || l->others)
		fprintf(f, "  %zu more; --report lists them\n", l->rows + (size_t)l->others - AlarmsShown);
}

void weir_summary_write(FILE *f, const struct weir_run *run)
{
	const struct weir_session_counts *c = weir_session_counts(run->session);
	const struct weir_stats *s = run->stats;
	char n[32];

	write_frames(f, run);
	if (run->live)
		write_live(f, run->live);
	write_reasons(f, s);
	write_counted(f, s);
	write_meters(f, run);
	write_rules(f, run);
	write_connections(f, s);
	if (run->alarms)
		write_alarms(f, run);
	if (run->detect)
		write_labels(f, run->detect);
	write_tables(f, run);
	if (s->latencies)
		fprintf(f, "\nLATENCY, last byte in to first byte out: min %" PRIu64 ", median %" PRIu64 ", 99 %% %" PRIu64
			", max %" PRIu64 " ns\n", s->latency_min, weir_stats_latency(s, 0.5), weir_stats_latency(s, 0.99),
			s->latency_max);
	fprintf(f, "\nEngine %s%s%s: ", run->engine, strcmp(run->engine, "model") ? ", depth " : "",
		strcmp(run->engine, "model") ? run->depth : "");
	if (!strcmp(run->engine, "both"))
		fprintf(f, "%s packets compared, %" PRIu64 " mismatches; ", big(c->compared, n), c->mismatches);
	fprintf(f, "%.2f s", run->wall_s);
	if (run->wall_s > 0)
		fprintf(f, ", %s packets/s", big((uint64_t)((double)s->frames / run->wall_s), n));
	if (weir_session_clocks(run->session))
		fprintf(f, ", %s clocks", big(weir_session_clocks(run->session), n));
	fputc('\n', f);
}
