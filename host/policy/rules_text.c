// SPDX-License-Identifier: Apache-2.0
/* Rules in words. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "rules.h"

const char *const weir_rule_actions[] = { "block", "limit", "divert", "allow", NULL };

static const struct {
	const char *name;
	uint8_t number;
} protocols[] = {
	{ "icmp", WEIR_PROTO_ICMP }, { "igmp", 2 }, { "tcp", WEIR_PROTO_TCP }, { "udp", WEIR_PROTO_UDP }, { "gre", 47 },
	{ "esp", 50 }, { "icmpv6", WEIR_PROTO_ICMPV6 }, { "sctp", 132 },
};

const char *weir_rule_action_name(enum weir_rule_action action)
{
	return weir_rule_actions[action];
}

int weir_rule_protocol_find(const char *name, uint8_t *ret)
{
	for (size_t i = 0; i < sizeof(protocols) / sizeof(protocols[0]); i++)
		if (!strcmp(protocols[i].name, name)) {
			*ret = protocols[i].number;
			return 0;
		}
	return -ENOENT;
}

char *weir_rule_protocol_format(uint8_t protocol, char *buf, size_t n)
{
	snprintf(buf, n, "%u", protocol);
	for (size_t i = 0; i < sizeof(protocols) / sizeof(protocols[0]); i++)
		if (protocols[i].number == protocol)
			snprintf(buf, n, "%s", protocols[i].name);
	return buf;
}

static void add(char *buf, size_t n, const char *what, const char *text)
{
	size_t used = strlen(buf);

	if (used < n)
		snprintf(buf + used, n - used, "%s%s%s", used ? " " : "", what, text);
}

static void add_ports(char *buf, size_t n, const char *what, const struct weir_rule *r, const struct weir_rule_ports *p)
{
	char text[32];

	if (!p->given)
		return;
	if (r->type_code)
		snprintf(text, sizeof(text), "%u/%u", p->first >> 8, p->first & 255u);
	else if (p->first == p->last)
		snprintf(text, sizeof(text), "%u", p->first);
	else
		snprintf(text, sizeof(text), "%u-%u", p->first, p->last);
	add(buf, n, what, text);
}

char *weir_rule_time_format(uint64_t time_s, char *buf, size_t n)
{
	time_t t = (time_t)time_s;
	struct tm parts;

	buf[0] = 0;
	if (time_s && gmtime_r(&t, &parts))
		strftime(buf, n, "%Y-%m-%dT%H:%M:%SZ", &parts);
	return buf;
}

static const char *side_text(const struct weir_prefix *p, char text[WEIR_ADDR_TEXT_MAX])
{
	return p->len == (p->addr.family == 4 ? 32 : 128) ? weir_addr_format(&p->addr, text) : weir_prefix_format(p, text);
}

char *weir_rule_format(const struct weir_rule *r, char *buf, size_t n)
{
	static const char *const directions[] = { "", "out", "in and out" };
	char text[WEIR_ADDR_TEXT_MAX];

	buf[0] = 0;
	if (r->from.addr.family)
		add(buf, n, "from ", side_text(&r->from, text));
	if (r->to.addr.family)
		add(buf, n, "to ", side_text(&r->to, text));
	if (r->has_protocol)
		add(buf, n, "protocol ", weir_rule_protocol_format(r->protocol, text, sizeof(text)));
	add_ports(buf, n, "port ", r, &r->port);
	add_ports(buf, n, "remote_port ", r, &r->remote_port);
	if (r->fragments != WEIR_RULE_ANY)
		add(buf, n, r->fragments == WEIR_RULE_FRAGMENTS ? "fragments" : "no fragments", "");
	if (r->direction != WEIR_RULE_IN)
		add(buf, n, directions[r->direction], "");
	return buf;
}

/* --- As a policy file has it -------------------------------------------------------------------------------------- */

static void name(char *buf, size_t n, const char *key, const char *value)
{
	size_t used = strlen(buf);

	if (used < n)
		snprintf(buf + used, n - used, "%s%s: %s", used > 1 ? ", " : "", key, value);
}

static void end_map(char *buf, size_t n)
{
	size_t used = strlen(buf);

	if (used < n)
		snprintf(buf + used, n - used, "}");
}

static void number(char *buf, size_t n, const char *key, uint64_t value)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRIu64, value);
	name(buf, n, key, text);
}

/* Quoted: colons of an address mean something else to YAML. */
static void quoted(char *buf, size_t n, const char *key, const char *value)
{
	char text[WEIR_ADDR_TEXT_MAX + WEIR_POLICY_TEXT];

	snprintf(text, sizeof(text), "\"%s\"", value);
	name(buf, n, key, text);
}

static void ports(char *buf, size_t n, const char *key, const struct weir_rule *r, const struct weir_rule_ports *p)
{
	char text[64] = "";

	add_ports(text, sizeof(text), "", r, p);
	if (p->given)
		name(buf, n, key, text);
}

static void rate(const struct weir_meter_policy *m, char *buf, size_t n)
{
	snprintf(buf, n, "{");
	number(buf, n, "packets_per_s", m->packets_per_s);
	if (m->burst_packets)
		number(buf, n, "burst_packets", m->burst_packets);
	if (m->action != WEIR_METER_LIMIT)
		name(buf, n, "action", "drop");
	if (m->hold_ms)
		number(buf, n, "hold_ms", m->hold_ms);
	if (m->demote)
		name(buf, n, "effect", "demote");
	if (m->dry_run)
		name(buf, n, "dry_run", "true");
	end_map(buf, n);
}

char *weir_rule_yaml(const struct weir_rule *r, char *buf, size_t n)
{
	static const char *const directions[] = { "in", "out", "both" };
	char text[WEIR_RULE_YAML];

	snprintf(buf, n, "{");
	name(buf, n, "action", weir_rule_action_name(r->action));
	if (r->from.addr.family)
		quoted(buf, n, "from", side_text(&r->from, text));
	if (r->to.addr.family)
		quoted(buf, n, "to", side_text(&r->to, text));
	if (r->has_protocol)
		name(buf, n, "protocol", weir_rule_protocol_format(r->protocol, text, sizeof(text)));
	ports(buf, n, "port", r, &r->port);
	ports(buf, n, "remote_port", r, &r->remote_port);
	if (r->direction != WEIR_RULE_IN)
		name(buf, n, "direction", directions[r->direction]);
	if (r->fragments != WEIR_RULE_ANY)
		name(buf, n, "fragments", r->fragments == WEIR_RULE_FRAGMENTS ? "true" : "false");
	if (r->priority)
		number(buf, n, "priority", r->priority);
	if (r->action == WEIR_RULE_LIMIT) {
		rate(&r->meter, text, sizeof(text));
		name(buf, n, "rate", text);
	}
	if (r->originator[0])
		quoted(buf, n, "originator", r->originator);
	if (r->expires_s)
		quoted(buf, n, "expires", weir_rule_time_format(r->expires_s, text, sizeof(text)));
	end_map(buf, n);
	return buf;
}
