// SPDX-License-Identifier: Apache-2.0
/* The section `rules` of a policy file. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "policy_read.h"
#include "rules.h"

static const char *const directions[] = { "in", "out", "both", NULL };
static const char *const names[] = {
	"action", "from", "to", "protocol", "port", "remote_port", "direction", "fragments", "priority", "rate",
	"originator", "expires", NULL };

static int read_protocol(struct weir_yaml *y, const yaml_node_t *n, struct weir_rule *r)
{
	const char *text = weir_yaml_scalar(y, n, "protocol");
	uint64_t v;
	int rc;

	if (!text)
		return -EINVAL;
	r->has_protocol = true;
	if (!weir_rule_protocol_find(text, &r->protocol))
		return 0;
	if (text[0] < '0' || text[0] > '9')
		return weir_yaml_fail(y, weir_yaml_line(n), "protocol: \"%s\" is none of: icmp, igmp, tcp, udp, gre, esp, "
				      "icmpv6, sctp; give one of them, or its number", text);
	rc = weir_yaml_number(y, n, "protocol", 0, UINT8_MAX, &v);
	if (!rc)
		r->protocol = (uint8_t)v;
	return rc;
}

/* Digits alone, at most `most`; moves on. */
static bool take_number(const char **text, unsigned most, uint16_t *ret)
{
	const char *c = *text;
	unsigned v = 0;

	for (; *c >= '0' && *c <= '9' && c - *text < 6; c++)
		v = v * 10 + (unsigned)(*c - '0');
	if (c == *text || v > most)
		return false;
	*text = c;
	*ret = (uint16_t)v;
	return true;
}

/* 443, 1000-2000; where ICMP has a place, 8/0 (type, code). */
static int read_ports(struct weir_yaml *y, const yaml_node_t *n, const char *what, bool *ret_type_code,
		      struct weir_rule_ports *ret)
{
	const char *text = weir_yaml_scalar(y, n, what), *c = text;
	uint16_t second = 0;

	if (!text)
		return -EINVAL;
	ret->given = true;
	if (take_number(&c, UINT16_MAX, &ret->first)) {
		ret->last = ret->first;
		if (!*c)
			return 0;
		if (*c == '-' && (c++, take_number(&c, UINT16_MAX, &ret->last)) && !*c && ret->first <= ret->last)
			return 0;
		if (ret_type_code && *c == '/' && ret->first <= UINT8_MAX && (c++, take_number(&c, UINT8_MAX, &second)) &&
		    !*c) {
			ret->first = ret->last = (uint16_t)(ret->first << 8 | second);
			*ret_type_code = true;
			return 0;
		}
	}
	return weir_yaml_fail(y, weir_yaml_line(n), "%s: \"%s\" is none; give 443%s", what, text,
			      ret_type_code ? ", 1000-2000, or for ICMP type and code as 8/0" : " or 1000-2000");
}

/* "2026-11-30T18:00:00Z": always 20 characters. */
static bool read_iso(const char *text, uint64_t *ret)
{
	static const char form[] = "dddd-dd-ddTdd:dd:ddZ";
	struct tm t = { 0 }, normal;
	time_t s;

	if (strlen(text) != sizeof(form) - 1)
		return false;
	for (size_t i = 0; form[i]; i++)
		if (form[i] == 'd' ? text[i] < '0' || text[i] > '9' : text[i] != form[i])
			return false;
#define PAIR(at) ((text[at] - '0') * 10 + text[(at) + 1] - '0')
	t.tm_year = PAIR(0) * 100 + PAIR(2) - 1900;
	t.tm_mon = PAIR(5) - 1;
	t.tm_mday = PAIR(8);
	t.tm_hour = PAIR(11);
	t.tm_min = PAIR(14);
	t.tm_sec = PAIR(17);
#undef PAIR
	normal = t;
	s = timegm(&normal);
	/* The 31st of November is no day: timegm() made another one of it. */
	if (s <= 0 || normal.tm_mon != t.tm_mon || normal.tm_mday != t.tm_mday || normal.tm_hour != t.tm_hour ||
	    normal.tm_min != t.tm_min || normal.tm_sec != t.tm_sec)
		return false;
	*ret = (uint64_t)s;
	return true;
}

static int read_expires(struct weir_yaml *y, const yaml_node_t *n, struct weir_rule *r)
{
	const char *text = weir_yaml_scalar(y, n, "expires");

	if (!text)
		return -EINVAL;
	if (!strchr(text, '-') && !strchr(text, ':'))
		return weir_yaml_number(y, n, "expires", 1, UINT32_MAX, &r->expires_s);
	if (read_iso(text, &r->expires_s))
		return 0;
	return weir_yaml_fail(y, weir_yaml_line(n),
			      "expires: \"%s\" is no time; give 2026-11-30T18:00:00Z, or seconds since 1970", text);
}

static int read_originator(struct weir_yaml *y, const yaml_node_t *n, struct weir_rule *r)
{
	const char *text = weir_yaml_scalar(y, n, "originator");

	if (!text)
		return -EINVAL;
	/* It is written into reports, traces and terminals as it is. */
	for (const char *c = text; *c; c++)
		if ((unsigned char)*c < ' ' || (unsigned char)*c > '~' || *c == '"' || *c == '\\')
			return weir_yaml_fail(y, weir_yaml_line(n),
					      "originator: printable ASCII without \" and \\ expected, at most 64 characters");
	snprintf(r->originator, sizeof(r->originator), "%s", text);
	return 0;
}

static int read_one(struct weir_yaml *y, const struct weir_yaml_pair *pair, struct weir_rule *r)
{
	const yaml_node_t *n = pair->value;
	unsigned i = 0, choice = 0;
	bool fragments = false;
	int rc;

	while (names[i] && strcmp(names[i], pair->key))
		i++;
	switch (i) {
	case 0:
		rc = weir_yaml_choice(y, n, "action", weir_rule_actions, &choice);
		r->action = choice;
		return rc;
	case 1:
		return weir_policy_read_prefix(y, n, "from", &r->from);
	case 2:
		return weir_policy_read_prefix(y, n, "to", &r->to);
	case 3:
		return read_protocol(y, n, r);
	case 4:
		return read_ports(y, n, "port", &r->type_code, &r->port);
	case 5:
		return read_ports(y, n, "remote_port", NULL, &r->remote_port);
	case 6:
		rc = weir_yaml_choice(y, n, "direction", directions, &choice);
		r->direction = choice;
		return rc;
	case 7:
		rc = weir_yaml_bool(y, n, "fragments", &fragments);
		r->fragments = fragments ? WEIR_RULE_FRAGMENTS : WEIR_RULE_WHOLE;
		return rc;
	case 8:
		return weir_yaml_number(y, n, "priority", 0, 1000000, &r->priority);
	case 9:
		return weir_policy_read_meter(y, n, "rate", &r->meter);
	case 10:
		return read_originator(y, n, r);
	case 11:
		return read_expires(y, n, r);
	default:
		return weir_yaml_unknown(y, pair->line, "rules", pair->key, names);
	}
}

static int read_rule(struct weir_yaml *y, const yaml_node_t *n, struct weir_rule *r)
{
	struct weir_yaml_pair pairs[WEIR_YAML_ITEMS];
	int count = weir_yaml_pairs(y, n, "rules", pairs), rc = 0;
	bool acts = false;

	memset(r, 0, sizeof(*r));
	r->line = weir_yaml_line(n);
	r->fragments = WEIR_RULE_ANY;
	r->meter.action = WEIR_METER_LIMIT;
	for (int i = 0; i < count && !rc; i++) {
		acts |= !strcmp(pairs[i].key, names[0]);
		rc = read_one(y, &pairs[i], r);
	}
	if (count < 0 || rc)
		return count < 0 ? count : rc;
	if (!acts)
		return weir_yaml_fail(y, r->line, "rules: \"action\" is missing; give block, limit, divert or allow");
	return 0;
}

static int read_list(struct weir_yaml *y, const yaml_node_t *n, struct weir_policy *p)
{
	int count = weir_yaml_length(y, n, "list"), rc = 0;

	if (count > WEIR_POLICY_RULES)
		return weir_yaml_fail(y, weir_yaml_line(n), "rules: %d in the list; at most %d", count, WEIR_POLICY_RULES);
	for (int i = 0; i < count && !rc; i++)
		rc = read_rule(y, weir_yaml_item(y, n, i), &p->rules.list[i]);
	p->rules.n = count < 0 ? 0 : (size_t)count;
	return count < 0 ? count : rc;
}

/* 02-00-00-00-00-01, or with colons. */
static int read_mac(struct weir_yaml *y, const yaml_node_t *n, uint8_t mac[6])
{
	const char *text = weir_yaml_scalar(y, n, "divert_mac");
	unsigned any = 0;
	bool ok = text && strlen(text) == 17;

	for (int i = 0; ok && i < 6; i++) {
		const char *at = text + 3 * (ptrdiff_t)i;
		char pair[3] = { at[0], at[1], 0 }, *end;

		mac[i] = (uint8_t)strtoul(pair, &end, 16);
		any |= mac[i];
		ok = end == pair + 2 && pair[0] != '+' && pair[0] != '-' && pair[0] != ' ' &&
		     (i == 5 || (at[2] == text[2] && (at[2] == '-' || at[2] == ':')));
	}
	if (!text)
		return -EINVAL;
	if (!ok)
		return weir_yaml_fail(y, weir_yaml_line(n), "divert_mac: \"%s\" is no MAC address (as 02-00-00-00-00-01)",
				      text);
	if (!any || mac[0] & 1)
		return weir_yaml_fail(y, weir_yaml_line(n), "divert_mac: %s is the address of no single station", text);
	return 0;
}

int weir_rules_read(struct weir_yaml *y, const yaml_node_t *n, struct weir_policy *p)
{
	static const char *const sections[] = { "dry_run", "divert_mac", "list", NULL };
	struct weir_yaml_pair pairs[WEIR_YAML_ITEMS];
	int count = weir_yaml_pairs(y, n, "rules", pairs), rc = 0;

	for (int i = 0; i < count && !rc; i++) {
		if (!strcmp(pairs[i].key, sections[0]))
			rc = weir_yaml_bool(y, pairs[i].value, sections[0], &p->rules.dry_run);
		else if (!strcmp(pairs[i].key, sections[1]))
			rc = read_mac(y, pairs[i].value, p->rules.divert_mac);
		else if (!strcmp(pairs[i].key, sections[2]))
			rc = read_list(y, pairs[i].value, p);
		else
			rc = weir_yaml_unknown(y, pairs[i].line, "rules", pairs[i].key, sections);
	}
	return count < 0 ? count : rc;
}
