// SPDX-License-Identifier: Apache-2.0
/* The schema of a policy file: one row a name. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "policy.h"
#include "policy_read.h"
#include "yaml_read.h"

enum { NamesMax = 128 };

enum kind {
	Number,      /* uint64_t, min to max */
	Rate,        /* uint64_t, min to max, or "unlimited" */
	Off,         /* uint64_t, min to max, or "off" */
	Switch,      /* bool */
	Choice,      /* unsigned or bool: index in names */
};

struct row {
	const char *name;
	enum kind kind;
	size_t offset;
	uint64_t min, max;
	const char *const *names;
	bool small;          /* Choice into a bool */
};

static const char *const meter_actions[] = { "count", "limit", "drop", "declare", NULL };
static const char *const anomaly_actions[] = { "ignore", "count", "drop", "demote", NULL };
static const char *const effects[] = { "drop", "demote", NULL };
static const char *const fulls[] = { "open", "closed", NULL };

#define AT(type, field) offsetof(struct type, field)
#define BITS28_PPS 16000000u       /* above, the cost of a packet has no precision left */

static const struct row meter_rows[] = {
	{ "packets_per_s", Rate, AT(weir_meter_policy, packets_per_s), 2, BITS28_PPS, NULL, false },
	{ "burst_packets", Number, AT(weir_meter_policy, burst_packets), 1, BITS28_PPS, NULL, false },
	{ "bytes_per_s", Rate, AT(weir_meter_policy, bytes_per_s), 65536, 1250000000, NULL, false },
	{ "burst_bytes", Number, AT(weir_meter_policy, burst_bytes), 1, 1250000000, NULL, false },
	{ "action", Choice, AT(weir_meter_policy, action), 0, 0, meter_actions, false },
	{ "effect", Choice, AT(weir_meter_policy, demote), 0, 0, effects, true },
	{ "dry_run", Switch, AT(weir_meter_policy, dry_run), 0, 0, NULL, false },
	{ "hold_ms", Number, AT(weir_meter_policy, hold_ms), 0, 16711, NULL, false },
	{ 0 },
};

static const struct row table_rows[] = {
	{ "timeout_ms", Number, AT(weir_table_policy, timeout_ms), 1, 16711, NULL, false },
	{ "when_full", Choice, AT(weir_table_policy, closed), 0, 0, fulls, true },
	{ "full_effect", Choice, AT(weir_table_policy, demote), 0, 0, effects, true },
	{ "full_dry_run", Switch, AT(weir_table_policy, dry_run), 0, 0, NULL, false },
	{ 0 },
};

static const struct row shaper_rows[] = {
	{ "bits_per_s", Number, AT(weir_shaper_policy, bits_per_s), 100000, 1000000000, NULL, false },
	{ "burst_bytes", Number, AT(weir_shaper_policy, burst_bytes), 2000, 65535, NULL, false },
	{ 0 },
};

static const struct row anomaly_rows[] = {
	{ "action", Choice, AT(weir_anomaly_policy, action), 0, 0, anomaly_actions, false },
	{ "dry_run", Switch, AT(weir_anomaly_policy, dry_run), 0, 0, NULL, false },
	{ 0 },
};

static const char *const modes[] = { "off", "on", "asymmetric", NULL };
static const char *const out_names[] = { "none", "state", "window", "full", "icmp_quote", NULL };
static const char *const state_actions[] = { "count", "drop", "demote", NULL };
static const char *const enterers[] = { "hardware", "firmware", NULL };
static const char *const closed_or_open[] = { "closed", "open", NULL };
static const char *const methods[] = { "none", "ack_cookie", "syn_cookie", "retransmission", NULL };

/* Ten bits of 2^20 us, ten of 2^26 us, eight of 2^20 us. */
enum { SecondsMost = 1072, LegitSecondsMost = 68652, SourceSecondsMost = 267, AdoptMost = 31536000 };

static const struct row connection_rows[] = {
	{ "mode", Choice, AT(weir_connection_policy, mode), 0, 0, modes, false },
	{ "when_full", Choice, AT(weir_connection_policy, closed), 0, 0, fulls, true },
	{ "window_log2", Number, AT(weir_connection_policy, window_log2), 16, 30, NULL, false },
	{ "half_open_s", Number, AT(weir_connection_policy, half_open_s), 1, SecondsMost, NULL, false },
	{ "established_s", Number, AT(weir_connection_policy, established_s), 1, SecondsMost, NULL, false },
	{ "closing_s", Number, AT(weir_connection_policy, closing_s), 1, SecondsMost, NULL, false },
	{ "closed_s", Number, AT(weir_connection_policy, closed_s), 1, SecondsMost, NULL, false },
	{ "adopt_s", Number, AT(weir_connection_policy, adopt_s), 0, AdoptMost, NULL, false },
	{ 0 },
};

static const struct row reason_rows[] = {
	{ "action", Choice, AT(weir_state_reason, action), 0, 0, state_actions, false },
	{ "dry_run", Switch, AT(weir_state_reason, dry_run), 0, 0, NULL, false },
	{ 0 },
};

static const struct row legit_rows[] = {
	{ "timeout_s", Number, AT(weir_legit_policy, timeout_s), 1, LegitSecondsMost, NULL, false },
	{ "when_full", Choice, AT(weir_legit_policy, open), 0, 0, closed_or_open, true },
	{ "entered_by", Choice, AT(weir_legit_policy, firmware), 0, 0, enterers, true },
	{ 0 },
};

static const struct row syn_rows[] = {
	{ "enabled", Switch, AT(weir_syn_policy, enabled), 0, 0, NULL, false },
	{ "method", Choice, AT(weir_syn_policy, method), 0, 0, methods, false },
	{ "per_address_syn_per_s", Rate, AT(weir_syn_policy, per_address_syn_per_s), 2, 124000, NULL, false },
	{ "total_syn_per_s", Rate, AT(weir_syn_policy, total_syn_per_s), 2, 3900000, NULL, false },
	{ "hold_ms", Number, AT(weir_syn_policy, hold_ms), 0, 16711, NULL, false },
	{ "timeout_ms", Number, AT(weir_syn_policy, timeout_ms), 1, 16711, NULL, false },
	{ "proven_timeout_s", Number, AT(weir_syn_policy, proven_timeout_s), 1, SecondsMost, NULL, false },
	{ "retransmission_syn_per_s", Rate, AT(weir_syn_policy, retransmission_syn_per_s), 4, 15000, NULL, false },
	{ "dry_run", Switch, AT(weir_syn_policy, dry_run), 0, 0, NULL, false },
	{ 0 },
};

static const struct row zombie_rows[] = {
	{ "total_syn_per_s", Rate, AT(weir_zombie_policy, total_syn_per_s), 2, 3900000, NULL, false },
	{ "hold_ms", Number, AT(weir_zombie_policy, hold_ms), 0, 16711, NULL, false },
	{ "connections_per_source", Rate, AT(weir_zombie_policy, connections_per_source), 1, 2046, NULL, false },
	{ "new_per_source", Rate, AT(weir_zombie_policy, new_per_source), 1, 254, NULL, false },
	{ "action", Choice, AT(weir_zombie_policy, reason.action), 0, 0, state_actions, false },
	{ "dry_run", Switch, AT(weir_zombie_policy, reason.dry_run), 0, 0, NULL, false },
	{ 0 },
};

static const struct row source_rows[] = {
	{ "threshold", Off, AT(weir_source_policy, threshold), 1, UINT16_MAX, NULL, false },
	{ "grow", Number, AT(weir_source_policy, grow), 0, 15, NULL, false },
	{ "decay", Number, AT(weir_source_policy, decay), 0, 15, NULL, false },
	{ "timeout_s", Number, AT(weir_source_policy, timeout_s), 1, SourceSecondsMost, NULL, false },
	{ "action", Choice, AT(weir_source_policy, reason.action), 0, 0, state_actions, false },
	{ "dry_run", Switch, AT(weir_source_policy, reason.dry_run), 0, 0, NULL, false },
	{ 0 },
};

static int read_value(struct weir_yaml *y, const struct row *r, const yaml_node_t *n, void *to)
{
	char *at = (char *)to + r->offset;
	const char *text;
	unsigned choice;
	int rc;

	switch (r->kind) {
	case Rate:
	case Off:
		text = n->type == YAML_SCALAR_NODE ? (const char *)n->data.scalar.value : "";
		if (!strcmp(text, r->kind == Off ? "off" : "unlimited")) {
			*(uint64_t *)(void *)at = 0;
			return 0;
		}
		return weir_yaml_number(y, n, r->name, r->min, r->max, (uint64_t *)(void *)at);
	case Number:
		return weir_yaml_number(y, n, r->name, r->min, r->max, (uint64_t *)(void *)at);
	case Switch:
		return weir_yaml_bool(y, n, r->name, (bool *)at);
	case Choice:
		rc = weir_yaml_choice(y, n, r->name, r->names, &choice);
		if (!rc && r->small)
			*(bool *)at = choice;
		else if (!rc)
			*(unsigned *)(void *)at = choice;
		return rc;
	}
	return -EINVAL;
}

static const struct row *find_row(const struct row *rows, const char *name)
{
	for (; rows->name; rows++)
		if (!strcmp(rows->name, name))
			return rows;
	return NULL;
}

static int unknown_row(struct weir_yaml *y, const struct weir_yaml_pair *p, const char *what,
		       const struct row *rows, const char *const *more)
{
	const char *names[NamesMax] = { NULL };
	size_t n = 0;

	for (; more && *more; more++)
		names[n++] = *more;
	for (; rows->name; rows++)
		names[n++] = rows->name;
	return weir_yaml_unknown(y, p->line, what, p->key, names);
}

static int read_rows(struct weir_yaml *y, const yaml_node_t *n, const char *what, const struct row *rows, void *to)
{
	struct weir_yaml_pair pairs[WEIR_YAML_ITEMS];
	int count = weir_yaml_pairs(y, n, what, pairs), rc = 0;

	for (int i = 0; i < count && !rc; i++) {
		const struct row *r = find_row(rows, pairs[i].key);

		rc = r ? read_value(y, r, pairs[i].value, to)
		       : unknown_row(y, &pairs[i], what, rows, NULL);
	}
	return count < 0 ? count : rc;
}

/* A new rate comes with the default burst for it, not with the one of the rate before. */
static int read_meter_value(struct weir_yaml *y, const struct weir_yaml_pair *pairs, int count, int i,
			    struct weir_meter_policy *m, bool *ret_known)
{
	const struct row *r = find_row(meter_rows, pairs[i].key);
	bool has_burst[2] = { false, false };

	*ret_known = r;
	if (!r)
		return 0;
	for (int j = 0; j < count; j++) {
		has_burst[0] |= !strcmp(pairs[j].key, "burst_packets");
		has_burst[1] |= !strcmp(pairs[j].key, "burst_bytes");
	}
	if (!strcmp(r->name, "packets_per_s") && !has_burst[0])
		m->burst_packets = 0;
	if (!strcmp(r->name, "bytes_per_s") && !has_burst[1])
		m->burst_bytes = 0;
	return read_value(y, r, pairs[i].value, m);
}

int weir_policy_read_meter(struct weir_yaml *y, const yaml_node_t *n, const char *what, struct weir_meter_policy *m)
{
	struct weir_yaml_pair pairs[WEIR_YAML_ITEMS];
	int count = weir_yaml_pairs(y, n, what, pairs), rc = 0;
	bool known;

	m->line = weir_yaml_line(n);
	for (int i = 0; i < count && !rc; i++) {
		rc = read_meter_value(y, pairs, count, i, m, &known);
		if (!rc && !known)
			rc = unknown_row(y, &pairs[i], what, meter_rows, NULL);
	}
	return count < 0 ? count : rc;
}

static int read_class_meters(struct weir_yaml *y, const yaml_node_t *n, const char *what,
			     struct weir_meter_policy *meters)
{
	struct weir_yaml_pair pairs[WEIR_YAML_ITEMS];
	const char *names[NamesMax] = { NULL };
	int count = weir_yaml_pairs(y, n, what, pairs), rc = 0;
	size_t used = 0;

	for (unsigned c = 0; c < WEIR_CLASSES; c++)
		if (weir_class_group(c) >= 0)
			names[used++] = weir_class_name(c);
	for (int i = 0; i < count && !rc; i++) {
		int c = weir_class_find(pairs[i].key);

		if (c < 0 || weir_class_group((unsigned)c) < 0)
			rc = weir_yaml_unknown(y, pairs[i].line, what, pairs[i].key, names);
		else
			rc = weir_policy_read_meter(y, pairs[i].value, pairs[i].key, &meters[c]);
	}
	return count < 0 ? count : rc;
}

static int read_sub_meters(struct weir_yaml *y, const yaml_node_t *n, const char *what, unsigned table,
			   struct weir_meter_policy *meters)
{
	const char *const *subs = weir_policy_subs(table);
	struct weir_yaml_pair pairs[WEIR_YAML_ITEMS];
	int count, rc = 0;

	if (!subs[0])
		return weir_policy_read_meter(y, n, what, meters);
	count = weir_yaml_pairs(y, n, what, pairs);
	for (int i = 0; i < count && !rc; i++) {
		unsigned d = 0;

		while (subs[d] && strcmp(subs[d], pairs[i].key))
			d++;
		rc = subs[d] ? weir_policy_read_meter(y, pairs[i].value, pairs[i].key, &meters[d])
			     : weir_yaml_unknown(y, pairs[i].line, what, pairs[i].key, subs);
	}
	return count < 0 ? count : rc;
}

static size_t table_names(const char **names)
{
	for (unsigned k = 0; k < WEIR_TABLES; k++)
		names[k] = weir_table_info(k)->name;
	return WEIR_TABLES;
}

static int read_meters(struct weir_yaml *y, const yaml_node_t *n, struct weir_policy *p)
{
	struct weir_yaml_pair pairs[WEIR_YAML_ITEMS];
	const char *names[NamesMax] = { NULL };
	int count = weir_yaml_pairs(y, n, "meters", pairs), rc = 0;
	size_t used = table_names(names);

	names[used++] = "protocol";
	names[used++] = "inbound";
	names[used++] = "outbound";
	for (int i = 0; i < count && !rc; i++) {
		const char *key = pairs[i].key;
		int table = weir_table_find(key);

		if (table >= 0)
			rc = read_sub_meters(y, pairs[i].value, key, (unsigned)table, p->meter[table]);
		else if (!strcmp(key, "protocol"))
			rc = weir_policy_read_meter(y, pairs[i].value, key, &p->protocol);
		else if (!strcmp(key, "inbound"))
			rc = read_class_meters(y, pairs[i].value, key, p->class_meter[0]);
		else if (!strcmp(key, "outbound"))
			rc = read_class_meters(y, pairs[i].value, key, p->class_meter[1]);
		else
			rc = weir_yaml_unknown(y, pairs[i].line, "meters", key, names);
	}
	return count < 0 ? count : rc;
}

static int read_tables(struct weir_yaml *y, const yaml_node_t *n, struct weir_policy *p)
{
	struct weir_yaml_pair pairs[WEIR_YAML_ITEMS];
	const char *names[NamesMax] = { NULL };
	int count = weir_yaml_pairs(y, n, "tables", pairs), rc = 0;

	table_names(names);
	for (int i = 0; i < count && !rc; i++) {
		int table = weir_table_find(pairs[i].key);

		if (table < 0)
			return weir_yaml_unknown(y, pairs[i].line, "tables", pairs[i].key, names);
		p->table[table].line = pairs[i].line;
		rc = read_rows(y, pairs[i].value, pairs[i].key, table_rows, &p->table[table]);
	}
	return count < 0 ? count : rc;
}

static int read_anomalies(struct weir_yaml *y, const yaml_node_t *n, struct weir_policy *p)
{
	struct weir_yaml_pair pairs[WEIR_YAML_ITEMS];
	const char *names[NamesMax] = { NULL };
	int count = weir_yaml_pairs(y, n, "anomalies", pairs), rc = 0;
	unsigned action;

	_Static_assert((int)WEIR_ANOMALIES < (int)NamesMax, "room for the names and the end");
	for (unsigned code = 0; code < WEIR_ANOMALIES; code++)
		names[code] = weir_anomaly_name(code);
	for (int i = 0; i < count && !rc; i++) {
		int code = weir_anomaly_find(pairs[i].key);

		if (code < 0)
			return weir_yaml_unknown(y, pairs[i].line, "anomalies", pairs[i].key, names);
		if (pairs[i].value->type == YAML_MAPPING_NODE) {
			rc = read_rows(y, pairs[i].value, pairs[i].key, anomaly_rows, &p->anomaly[code]);
			continue;
		}
		rc = weir_yaml_choice(y, pairs[i].value, pairs[i].key, anomaly_actions, &action);
		if (!rc)
			p->anomaly[code].action = (int)action;
	}
	return count < 0 ? count : rc;
}

static int read_out_of_state(struct weir_yaml *y, const yaml_node_t *n, struct weir_connection_policy *c)
{
	struct weir_yaml_pair pairs[WEIR_YAML_ITEMS];
	int count = weir_yaml_pairs(y, n, "out_of_state", pairs), rc = 0;
	unsigned action;

	for (int i = 0; i < count && !rc; i++) {
		unsigned out = 0;

		while (out_names[out] && strcmp(out_names[out], pairs[i].key))
			out++;
		if (!out_names[out])
			return weir_yaml_unknown(y, pairs[i].line, "out_of_state", pairs[i].key, out_names);
		if (pairs[i].value->type == YAML_MAPPING_NODE) {
			rc = read_rows(y, pairs[i].value, pairs[i].key, reason_rows, &c->out[out]);
			continue;
		}
		rc = weir_yaml_choice(y, pairs[i].value, pairs[i].key, state_actions, &action);
		if (!rc)
			c->out[out].action = action;
	}
	return count < 0 ? count : rc;
}

static int read_connections(struct weir_yaml *y, const yaml_node_t *n, struct weir_policy *p)
{
	static const char *const more[] = { "out_of_state", NULL };
	struct weir_yaml_pair pairs[WEIR_YAML_ITEMS];
	int count = weir_yaml_pairs(y, n, "connections", pairs), rc = 0;

	p->connections.line = weir_yaml_line(n);
	for (int i = 0; i < count && !rc; i++) {
		const struct row *r = find_row(connection_rows, pairs[i].key);

		if (r)
			rc = read_value(y, r, pairs[i].value, &p->connections);
		else if (!strcmp(pairs[i].key, more[0]))
			rc = read_out_of_state(y, pairs[i].value, &p->connections);
		else
			rc = unknown_row(y, &pairs[i], "connections", connection_rows, more);
	}
	return count < 0 ? count : rc;
}

static int read_legit(struct weir_yaml *y, const yaml_node_t *n, struct weir_policy *p)
{
	return read_rows(y, n, "legit", legit_rows, &p->legit);
}

static int read_syn_flood(struct weir_yaml *y, const yaml_node_t *n, struct weir_policy *p)
{
	p->syn_flood.line = weir_yaml_line(n);
	return read_rows(y, n, "syn_flood", syn_rows, &p->syn_flood);
}

static int read_zombie_flood(struct weir_yaml *y, const yaml_node_t *n, struct weir_policy *p)
{
	return read_rows(y, n, "zombie_flood", zombie_rows, &p->zombie_flood);
}

static int read_sources(struct weir_yaml *y, const yaml_node_t *n, struct weir_policy *p)
{
	return read_rows(y, n, "sources", source_rows, &p->sources);
}

static int read_shapers(struct weir_yaml *y, const yaml_node_t *n, struct weir_policy *p)
{
	static const char *const names[] = { "to_unprotected", "to_protected", NULL };
	struct weir_yaml_pair pairs[WEIR_YAML_ITEMS];
	int count = weir_yaml_pairs(y, n, "shapers", pairs), rc = 0;

	for (int i = 0; i < count && !rc; i++) {
		int side = !strcmp(pairs[i].key, names[0]) ? 0 : !strcmp(pairs[i].key, names[1]) ? 1 : -1;

		rc = side < 0 ? weir_yaml_unknown(y, pairs[i].line, "shapers", pairs[i].key, names)
			      : read_rows(y, pairs[i].value, pairs[i].key, shaper_rows, &p->shaper[side]);
	}
	return count < 0 ? count : rc;
}

int weir_policy_read_prefix(struct weir_yaml *y, const yaml_node_t *n, const char *what, struct weir_prefix *ret)
{
	const char *text = weir_yaml_scalar(y, n, what);
	int rc = text ? weir_prefix_parse(text, ret) : -EINVAL;

	if (rc == -ERANGE)
		return weir_yaml_fail(y, weir_yaml_line(n), "%s: %s has bits behind the prefix length; clear them",
				      what, text);
	if (rc)
		return weir_yaml_fail(y, weir_yaml_line(n), "%s: \"%s\" is no prefix (as 192.0.2.0/24, 2001:db8::/32)",
				      what, text ? text : "");
	return 0;
}

static int read_address(struct weir_yaml *y, const yaml_node_t *n, const char *what, struct weir_addr *ret)
{
	const char *text = weir_yaml_scalar(y, n, what);

	if (text && !weir_addr_parse(text, ret))
		return 0;
	return weir_yaml_fail(y, weir_yaml_line(n), "%s: \"%s\" is no address (as 192.0.2.10, 2001:db8::10)", what,
			      text ? text : "");
}

static int read_protected(struct weir_yaml *y, const yaml_node_t *n, struct weir_policy *p)
{
	const yaml_node_t *items[WEIR_YAML_ITEMS];
	int count = weir_yaml_items(y, n, "protected", items), rc = 0;

	if (count > WEIR_POLICY_PREFIXES)
		return weir_yaml_fail(y, weir_yaml_line(n), "protected: more than %d prefixes", WEIR_POLICY_PREFIXES);
	for (int i = 0; i < count && !rc; i++)
		rc = weir_policy_read_prefix(y, items[i], "protected", &p->protect[i]);
	p->n_protect = count < 0 ? 0 : (size_t)count;
	return count < 0 ? count : rc;
}

static int read_reflectors(struct weir_yaml *y, const yaml_node_t *n, struct weir_policy *p)
{
	const yaml_node_t *items[WEIR_YAML_ITEMS];
	int count = weir_yaml_items(y, n, "reflector_ports", items), rc = 0;
	uint64_t port;

	if (count > WEIR_POLICY_REFLECTORS)
		return weir_yaml_fail(y, weir_yaml_line(n), "reflector_ports: more than %d ports",
				      WEIR_POLICY_REFLECTORS);
	memset(p->reflector, 0, sizeof(p->reflector));
	for (int i = 0; i < count && !rc; i++) {
		rc = weir_yaml_number(y, items[i], "reflector_ports", 1, UINT16_MAX, &port);
		if (!rc)
			p->reflector[i] = (uint16_t)port;
	}
	return count < 0 ? count : rc;
}

static int read_link_control(struct weir_yaml *y, const yaml_node_t *n, struct weir_policy *p)
{
	const yaml_node_t *items[WEIR_YAML_ITEMS];
	int count = weir_yaml_items(y, n, "link_control", items), rc = 0;
	uint64_t low;

	p->link_consume = 0;
	for (int i = 0; i < count && !rc; i++) {
		rc = weir_yaml_number(y, items[i], "link_control", 0, 15, &low);
		if (!rc)
			p->link_consume |= (uint16_t)(1u << low);
	}
	return count < 0 ? count : rc;
}

static int read_prefix_lengths(struct weir_yaml *y, const yaml_node_t *n, struct weir_policy *p)
{
	static const struct row rows[] = {
		{ "ipv4", Number, AT(weir_policy, prefix_len4), 0, 32, NULL, false },
		{ "ipv6", Number, AT(weir_policy, prefix_len6), 0, 128, NULL, false },
		{ 0 },
	};

	return read_rows(y, n, "prefix_lengths", rows, p);
}

/* Names of an override beside those of a meter, and which of them each table needs. */
enum { NeedRemote = 1, NeedAddress = 2, NeedPrefix = 4, NeedClass = 8, NeedPort = 16, NeedSource = 32, NeedProtocol = 64 };
static const char *const key_names[] = {
	"remote", "address", "prefix", "class", "port", "source_port", "protocol", "meter", NULL };
static const unsigned needs[] = {
	[WEIR_TABLE_remote] = NeedRemote, [WEIR_TABLE_pair] = NeedRemote | NeedAddress,
	[WEIR_TABLE_class] = NeedAddress | NeedClass, [WEIR_TABLE_address] = NeedAddress,
	[WEIR_TABLE_prefix] = NeedPrefix, [WEIR_TABLE_port] = NeedPort,
	[WEIR_TABLE_udp_source] = NeedSource, [WEIR_POLICY_PROTOCOL] = NeedProtocol,
};

/* tcp/443, udp/53, icmp/8, icmp/3/4, icmpv6/128/0 */
static int read_port(struct weir_yaml *y, const yaml_node_t *n, struct weir_override *o)
{
	const char *const *kinds = weir_policy_subs(WEIR_TABLE_port);
	const char *text = weir_yaml_scalar(y, n, "port"), *slash = text ? strchr(text, '/') : NULL;
	unsigned long first = 0, second = 0;
	char *end = NULL;

	if (!text)
		return -EINVAL;
	for (o->sub = 0; slash && kinds[o->sub]; o->sub++)
		if (strlen(kinds[o->sub]) == (size_t)(slash - text) &&
		    !strncmp(kinds[o->sub], text, (size_t)(slash - text)))
			break;
	if (slash && kinds[o->sub] && slash[1] >= '0' && slash[1] <= '9') {
		first = strtoul(slash + 1, &end, 10);
		if (o->sub >= 2 && end[0] == '/' && end[1] >= '0' && end[1] <= '9')
			second = strtoul(end + 1, &end, 10);
	}
	if (!end || *end || first > (o->sub < 2 ? 65535u : 255u) || second > 255)
		return weir_yaml_fail(y, weir_yaml_line(n),
				      "port: \"%s\" is none; give tcp/443, udp/53, icmp/TYPE/CODE or icmpv6/TYPE/CODE",
				      text);
	o->value = (uint16_t)(o->sub < 2 ? first : first << 8 | second);
	return 0;
}

static int read_key(struct weir_yaml *y, const struct weir_yaml_pair *pair, struct weir_override *o,
		    unsigned *ret_given)
{
	unsigned i = 0;
	uint64_t v = 0;
	int rc = 0;

	while (strcmp(key_names[i], pair->key))
		i++;
	*ret_given |= 1u << i;
	switch (1u << i) {
	case NeedRemote:
		return read_address(y, pair->value, "remote", &o->remote);
	case NeedAddress:
		return read_address(y, pair->value, "address", &o->address);
	case NeedPrefix:
		return weir_policy_read_prefix(y, pair->value, "prefix", &o->prefix);
	case NeedClass:
		return weir_yaml_choice(y, pair->value, "class", weir_policy_subs(WEIR_TABLE_class), &o->sub);
	case NeedPort:
		return read_port(y, pair->value, o);
	case NeedSource:
		rc = weir_yaml_number(y, pair->value, "source_port", 0, UINT16_MAX, &v);
		break;
	case NeedProtocol:
		rc = weir_yaml_number(y, pair->value, "protocol", 0, UINT8_MAX, &v);
		break;
	default:
		return 0;
	}
	if (!rc)
		o->value = (uint16_t)v;
	return rc;
}

static int read_override_meter(struct weir_yaml *y, const struct weir_yaml_pair *pairs, int count, unsigned line,
			       struct weir_override *o)
{
	static const char *names[WEIR_TABLES + 2];

	table_names(names);
	names[WEIR_POLICY_PROTOCOL] = "protocol";
	for (int i = 0; i < count; i++)
		if (!strcmp(pairs[i].key, "meter"))
			return weir_yaml_choice(y, pairs[i].value, "meter", names, &o->table);
	return weir_yaml_fail(y, line, "overrides: \"meter\" is missing; name the table whose key this is");
}

static bool is_key_name(const char *name)
{
	for (const char *const *k = key_names; *k; k++)
		if (!strcmp(*k, name))
			return true;
	return false;
}

static int read_override(struct weir_yaml *y, const yaml_node_t *n, struct weir_policy *p, struct weir_override *o)
{
	struct weir_yaml_pair pairs[WEIR_YAML_ITEMS];
	int count = weir_yaml_pairs(y, n, "overrides", pairs), rc;
	unsigned line = weir_yaml_line(n), given = 0, need;
	const char *table;
	bool known;

	*o = (struct weir_override){ 0 };
	rc = count < 0 ? count : read_override_meter(y, pairs, count, line, o);
	for (int i = 0; i < count && !rc; i++)
		if (is_key_name(pairs[i].key))
			rc = read_key(y, &pairs[i], o, &given);
	if (rc)
		return rc;
	table = o->table == WEIR_POLICY_PROTOCOL ? "protocol" : weir_table_info(o->table)->name;
	given &= ~(1u << 7);
	need = needs[o->table];
	for (unsigned i = 0; key_names[i + 1]; i++) {
		if (need & ~given & 1u << i)
			return weir_yaml_fail(y, line, "overrides: meter %s needs \"%s\"", table, key_names[i]);
		if (given & ~need & 1u << i)
			return weir_yaml_fail(y, line, "overrides: meter %s has no \"%s\"; drop it", table, key_names[i]);
	}
	/* What is not named is as for every other key of its kind. */
	o->meter = o->table == WEIR_POLICY_PROTOCOL ? p->protocol : p->meter[o->table][o->sub];
	o->meter.line = line;
	for (int i = 0; i < count && !rc; i++) {
		if (is_key_name(pairs[i].key))
			continue;
		rc = read_meter_value(y, pairs, count, i, &o->meter, &known);
		if (!rc && !known)
			rc = unknown_row(y, &pairs[i], "overrides", meter_rows, key_names);
	}
	return rc;
}

static int read_overrides(struct weir_yaml *y, const yaml_node_t *n, struct weir_policy *p)
{
	const yaml_node_t *items[WEIR_YAML_ITEMS];
	int count = weir_yaml_items(y, n, "overrides", items), rc = 0;

	if (count > WEIR_POLICY_OVERRIDES)
		return weir_yaml_fail(y, weir_yaml_line(n), "overrides: more than %d", WEIR_POLICY_OVERRIDES);
	for (int i = 0; i < count && !rc; i++)
		rc = read_override(y, items[i], p, &p->override[i]);
	p->n_override = count < 0 ? 0 : (size_t)count;
	return count < 0 ? count : rc;
}

static int read_frames(struct weir_yaml *y, const yaml_node_t *n, struct weir_policy *p)
{
	static const char *const names[] = { "max_bytes", "link_control", NULL };
	struct weir_yaml_pair pairs[WEIR_YAML_ITEMS];
	int count = weir_yaml_pairs(y, n, "frames", pairs), rc = 0;

	for (int i = 0; i < count && !rc; i++) {
		if (!strcmp(pairs[i].key, names[0]))
			rc = weir_yaml_number(y, pairs[i].value, names[0], 60, 1992, &p->max_frame_bytes);
		else if (!strcmp(pairs[i].key, names[1]))
			rc = read_link_control(y, pairs[i].value, p);
		else
			rc = weir_yaml_unknown(y, pairs[i].line, "frames", pairs[i].key, names);
	}
	return count < 0 ? count : rc;
}

static int read_bypass(struct weir_yaml *y, const yaml_node_t *n, struct weir_policy *p)
{
	return weir_yaml_bool(y, n, "bypass", &p->bypass);
}

static int read_version(struct weir_yaml *y, const yaml_node_t *n, struct weir_policy *p)
{
	uint64_t version;

	(void)p;
	return weir_yaml_number(y, n, "weir_policy", 1, 1, &version);
}

/* The order counts: overrides start from the meters. */
static const struct section {
	const char *name;
	int (*read)(struct weir_yaml *y, const yaml_node_t *n, struct weir_policy *p);
} sections[] = {
	{ "weir_policy", read_version },
	{ "bypass", read_bypass },
	{ "frames", read_frames },
	{ "protected", read_protected },
	{ "prefix_lengths", read_prefix_lengths },
	{ "reflector_ports", read_reflectors },
	{ "shapers", read_shapers },
	{ "anomalies", read_anomalies },
	{ "connections", read_connections },
	{ "legit", read_legit },
	{ "syn_flood", read_syn_flood },
	{ "zombie_flood", read_zombie_flood },
	{ "sources", read_sources },
	{ "tables", read_tables },
	{ "meters", read_meters },
	{ "overrides", read_overrides },
	{ "rules", weir_rules_read },
	{ "firmware", weir_firmware_read },
};

static int read_sections(struct weir_yaml *y, struct weir_policy *p)
{
	enum { Sections = sizeof(sections) / sizeof(sections[0]) };
	const yaml_node_t *root = weir_yaml_root(y);
	struct weir_yaml_pair pairs[WEIR_YAML_ITEMS];
	const char *names[Sections + 1] = { NULL };
	int count, rc = 0;

	if (!root)
		return weir_yaml_fail(y, 1, "the policy is empty; begin with \"weir_policy: 1\"");
	count = weir_yaml_pairs(y, root, "policy", pairs);
	if (count < 0)
		return count;
	for (int s = 0; s < Sections; s++)
		names[s] = sections[s].name;
	for (int i = 0; i < count; i++) {
		bool known = false;

		for (int s = 0; s < Sections; s++)
			known |= !strcmp(names[s], pairs[i].key);
		if (!known)
			return weir_yaml_unknown(y, pairs[i].line, "policy", pairs[i].key, names);
	}
	for (int s = 0; s < Sections && !rc; s++) {
		int i = 0;

		while (i < count && strcmp(pairs[i].key, sections[s].name))
			i++;
		if (i < count)
			rc = sections[s].read(y, pairs[i].value, p);
		else if (!s)
			rc = weir_yaml_fail(y, 1, "\"weir_policy: 1\" is missing; it names the version of the schema");
	}
	return rc;
}

int weir_policy_load(FILE *f, const char *file, struct weir_policy *p, char *detail)
{
	struct weir_yaml y;
	int rc = weir_yaml_load(&y, f, file, detail, WEIR_POLICY_DETAIL);

	if (!rc)
		rc = read_sections(&y, p);
	weir_yaml_done(&y);
	return rc ? rc : weir_policy_check(p, file, detail);
}

int weir_policy_open(const char *file, struct weir_policy *p, char *detail)
{
	FILE *f = fopen(file, "re");
	int rc;

	if (!f) {
		rc = -errno;
		snprintf(detail, WEIR_POLICY_DETAIL, "%s: cannot be read (%s); check the name and permissions", file,
			 strerror(-rc));
		return rc;
	}
	rc = weir_policy_load(f, file, p, detail);
	fclose(f);
	return rc;
}
