// SPDX-License-Identifier: Apache-2.0
#include "report.h"

#include <errno.h>
#include <inttypes.h>

#include <jansson.h>

enum { NsPerMs = 1000000, TriesTold = 8 };

static const char *const engines[] = { "both", "rtl", "model" };

/* A limit: whether it holds. */
static int limit(FILE *f, bool holds, const char *what, uint64_t is, uint64_t wanted)
{
	if (!holds && f)
		fprintf(f, "weir-loop: %s: %" PRIu64 ", wanted %" PRIu64 "\n", what, is, wanted);
	return !holds;
}

int weir_loop_judge(FILE *f, const struct weir_loop_cli *cli, const struct weir_loop_result *r)
{
	uint64_t slowest_ms = r->slowest_ns / NsPerMs;
	int bad = 0;

	bad += limit(f, !r->mismatches, "mismatches of the engines", r->mismatches, 0);
	bad += limit(f, !r->unexplained, "unexplained frames", r->unexplained, 0);
	if (cli->require_all) {
		bad += limit(f, r->served == r->clients, "visitors served", r->served, r->clients);
		bad += limit(f, r->alive == r->residents, "residents alive", r->alive, r->residents);
	}
	bad += limit(f, r->most_tries <= cli->most_tries, "SYNs of a visitor, at most", r->most_tries,
		     cli->most_tries);
	bad += limit(f, slowest_ms <= cli->most_time_ms, "milliseconds to connect, at most", slowest_ms,
		     cli->most_time_ms);
	bad += limit(f, r->flood_reached <= cli->most_reached, "SYNs of the flood at the server", r->flood_reached,
		     cli->most_reached);
	return bad;
}

void weir_loop_summary(FILE *f, const struct weir_loop_cli *cli, const struct weir_loop_result *r)
{
	fprintf(f, "weir-loop: %s, IPv%d: %" PRIu64 " of %u visitors served, at most %" PRIu64 " SYNs and %" PRIu64
		" ms; %" PRIu64 " of %u residents alive, %" PRIu64 " bytes; flood %" PRIu64 " SYNs, %" PRIu64
		" at the server; %" PRIu64 " mismatches, %" PRIu64 " unexplained; %.1f s simulated in %.1f s\n",
		engines[cli->engine], cli->o.server.family, r->served, r->clients, r->most_tries,
		r->slowest_ns / NsPerMs, r->alive, r->residents, r->resident_bytes, r->watch.kind[WEIR_LOOP_FLOOD].sent,
		r->flood_reached, r->mismatches, r->unexplained, (double)r->ended_ns / 1e9, r->wall_s);
}

static void set(json_t *o, const char *name, uint64_t v)
{
	json_object_set_new(o, name, json_integer((json_int_t)v));
}

/* Those that are not 0, by name. */
static json_t *numbers(const uint64_t *n, unsigned most, const char *(*name)(unsigned))
{
	json_t *o = json_object();

	for (unsigned i = 0; i < most; i++)
		if (n[i])
			set(o, name(i), n[i]);
	return o;
}

static json_t *frames(const struct weir_loop_frames *k)
{
	static const char *const names[WEIR_FATES] = {
		[WEIR_FATE_PASSED] = "passed", [WEIR_FATE_DROPPED] = "dropped", [WEIR_FATE_ANSWERED] = "answered",
		[WEIR_FATE_DIVERTED] = "diverted", [WEIR_FATE_CONSUMED] = "consumed",
		[WEIR_FATE_REFUSED] = "refused", [WEIR_FATE_LOST] = "lost",
	};
	json_t *o = json_object();

	set(o, "offered", k->sent);
	for (int i = 0; i < WEIR_FATES; i++)
		set(o, names[i], k->fate[i]);
	set(o, "by_rule", k->by_rule);
	json_object_set_new(o, "reasons", numbers(k->reason, sizeof(k->reason) / sizeof(k->reason[0]), weir_reason_name));
	json_object_set_new(o, "events", numbers(k->event, sizeof(k->event) / sizeof(k->event[0]), weir_event_name));
	return o;
}

static json_t *tries(const struct weir_loop_result *r)
{
	uint64_t n[TriesTold + 1] = { 0 };
	json_t *list = json_array();

	for (uint32_t i = 0; i < r->clients; i++)
		if (r->client[i].state == WEIR_CLIENT_DONE)
			n[r->client[i].syns < TriesTold ? r->client[i].syns : TriesTold]++;
	for (int i = 1; i <= TriesTold; i++)
		json_array_append_new(list, json_integer((json_int_t)n[i]));
	return list;
}

static json_t *client(const struct weir_client *c)
{
	static const char *const states[] = {
		[WEIR_CLIENT_IDLE] = "idle", [WEIR_CLIENT_CONNECTING] = "connecting",
		[WEIR_CLIENT_CONNECTED] = "connected", [WEIR_CLIENT_DONE] = "served", [WEIR_CLIENT_FAILED] = "failed",
	};
	char text[WEIR_ADDR_TEXT_MAX];
	json_t *o = json_object();

	json_object_set_new(o, "address", json_string(weir_addr_format(&c->addr, text)));
	json_object_set_new(o, "state", json_string(states[c->state]));
	if (!c->resident)
		json_object_set_new(o, "known", json_boolean(c->known));
	set(o, "connects", c->connects);
	set(o, "syns", c->syns);
	set(o, "resets", c->resets);
	set(o, "timeouts", c->timeouts);
	json_object_set_new(o, "connect_ns", c->connected_ns ? json_integer((json_int_t)(c->connected_ns - c->first_syn_ns))
							    : json_null());
	set(o, "bytes", c->received);
	if (c->resident)
		json_object_set_new(o, "alive", json_boolean(weir_client_alive(c)));
	return o;
}

static json_t *clients(const struct weir_client *c, uint32_t n)
{
	json_t *list = json_array();

	for (uint32_t i = 0; i < n; i++)
		json_array_append_new(list, client(&c[i]));
	return list;
}

static json_t *bots(const struct weir_loop_result *r)
{
	json_t *list = json_array();

	for (uint32_t i = 0; i < r->bots; i++) {
		const struct weir_bot *b = &r->bot[i];
		const struct weir_loop_held *h = &r->held[i];
		char text[WEIR_ADDR_TEXT_MAX];
		json_t *o = json_object();

		json_object_set_new(o, "address", json_string(weir_addr_format(&b->addr, text)));
		set(o, "syns", b->syns);
		set(o, "connected", b->connected);
		set(o, "resets", b->resets);
		set(o, "crowded", b->crowded);
		set(o, "accepted", h->accepted);
		set(o, "held", h->now);
		set(o, "held_most", h->most);
		set(o, "held_most_later", h->most_later);
		json_array_append_new(list, o);
	}
	return list;
}

static json_t *floods(const struct weir_loop_watch *w)
{
	static const char *const names[WEIR_LOOP_FLOODS] = {
		[WEIR_LOOP_OF_ADDRESS] = "address", [WEIR_LOOP_OF_ALL] = "total", [WEIR_LOOP_OF_ZOMBIES] = "zombie",
		[WEIR_LOOP_OF_METERS] = "meters",
	};
	json_t *all = json_object();

	for (int i = 0; i < WEIR_LOOP_FLOODS; i++) {
		const struct weir_loop_declared *d = &w->flood[i];
		json_t *o = json_object();

		set(o, "trips", d->trips);
		set(o, "ends", d->ends);
		set(o, "first_trip_ns", d->first_ns);
		set(o, "last_end_ns", d->end_ns);
		json_object_set_new(all, names[i], o);
	}
	return all;
}

static json_t *tables(const struct weir_loop_result *r)
{
	json_t *all = json_object();

	for (unsigned i = 0; i < WEIR_STATES; i++) {
		json_t *o = json_object();

		set(o, "size", r->state[i].size);
		set(o, "used", r->state[i].used);
		set(o, "evictions", r->state[i].evictions);
		set(o, "full", r->state[i].full);
		json_object_set_new(all, weir_state_info(i)->name, o);
	}
	return all;
}

int weir_loop_json(FILE *f, const struct weir_loop_cli *cli, const struct weir_loop_result *r)
{
	json_t *o = json_object(), *kinds = json_object();
	int rc;

	set(o, "weir_loop", WEIR_LOOP_JSON_VERSION);
	json_object_set_new(o, "engine", json_string(engines[cli->engine]));
	json_object_set_new(o, "policy", json_string(cli->policy ? cli->policy : "default policy"));
	set(o, "family", cli->o.server.family);
	set(o, "seed", cli->o.seed);
	set(o, "rate_pps", cli->o.rate_pps);
	set(o, "burst_ms", cli->o.burst_ms);
	set(o, "rto_ms", cli->o.rto_ms);
	set(o, "visitors", r->clients);
	set(o, "served", r->served);
	json_object_set_new(o, "served_by_tries", tries(r));
	set(o, "most_tries", r->most_tries);
	set(o, "slowest_connect_ns", r->slowest_ns);
	set(o, "residents", r->residents);
	set(o, "alive", r->alive);
	set(o, "resident_bytes", r->resident_bytes);
	set(o, "accepted", r->accepted);
	set(o, "flood_reached", r->flood_reached);
	set(o, "backlog_full", r->flood_late);
	set(o, "to_nobody", r->spoofed);
	set(o, "open", r->open);
	set(o, "server_full", r->crowded);
	set(o, "rules_ns", r->rules_ns);
	set(o, "bots_after_rules", r->bots_after_rules);
	json_object_set_new(o, "floods", floods(&r->watch));
	json_object_set_new(o, "tables", tables(r));
	json_object_set_new(kinds, "clients", frames(&r->watch.kind[WEIR_LOOP_HONEST]));
	json_object_set_new(kinds, "server", frames(&r->watch.kind[WEIR_LOOP_SERVER]));
	json_object_set_new(kinds, "flood", frames(&r->watch.kind[WEIR_LOOP_FLOOD]));
	json_object_set_new(kinds, "bots", frames(&r->watch.kind[WEIR_LOOP_BOT]));
	json_object_set_new(o, "frames", kinds);
	set(o, "compared", r->compared);
	set(o, "clocks", r->clocks);
	set(o, "mismatches", r->mismatches);
	set(o, "unexplained", r->unexplained);
	json_object_set_new(o, "limits_hold", json_boolean(!weir_loop_judge(NULL, cli, r)));
	set(o, "simulated_ns", r->ended_ns);
	json_object_set_new(o, "wall_s", json_real(r->wall_s));
	json_object_set_new(o, "visitor", clients(r->client, r->clients));
	json_object_set_new(o, "bot", bots(r));
	json_object_set_new(o, "resident", clients(r->client + r->clients, r->residents));
	rc = json_dumpf(o, f, JSON_INDENT(1) | JSON_REAL_PRECISION(6)) ? -EIO : 0;
	json_decref(o);
	if (fputc('\n', f) == EOF || fflush(f) == EOF)
		rc = -EIO;
	return rc;
}
