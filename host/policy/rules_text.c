// SPDX-License-Identifier: Apache-2.0
/* Rules in words. */
#include <errno.h>
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
