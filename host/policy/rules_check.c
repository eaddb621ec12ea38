// SPDX-License-Identifier: Apache-2.0
/* What a rule may not say although every value of it is in range. */
#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include "policy_read.h"
#include "rules.h"

static int fail(const char *file, char *detail, unsigned line, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

static int fail(const char *file, char *detail, unsigned line, const char *format, ...)
{
	va_list args;
	int rc;

	va_start(args, format);
	rc = weir_yaml_message(detail, WEIR_POLICY_DETAIL, file, line ? line : 1, format, args);
	va_end(args);
	return rc;
}

static bool is_icmp(const struct weir_rule *r)
{
	return r->has_protocol && (r->protocol == WEIR_PROTO_ICMP || r->protocol == WEIR_PROTO_ICMPV6);
}

static int check_ports(const struct weir_rule *r, const char *file, char *detail)
{
	bool ports = r->has_protocol && (r->protocol == WEIR_PROTO_TCP || r->protocol == WEIR_PROTO_UDP);

	if (r->port.given && !ports && !is_icmp(r))
		return fail(file, detail, r->line, "rules: port needs a protocol that has ports; give protocol: tcp, udp, icmp or icmpv6");
	if (r->port.given && is_icmp(r) != r->type_code)
		return fail(file, detail, r->line, "rules: port of %s; give %s", is_icmp(r) ? "ICMP is its type and code" :
			    "TCP and UDP is a number", is_icmp(r) ? "it as 8/0" : "443 or 1000-2000");
	if (r->remote_port.given && !ports)
		return fail(file, detail, r->line, "rules: remote_port needs protocol: tcp or udp");
	return 0;
}

static int check_family(const struct weir_rule *r, const char *file, char *detail)
{
	uint8_t family = r->from.addr.family ? r->from.addr.family : r->to.addr.family;

	if (family && r->to.addr.family && r->to.addr.family != family)
		return fail(file, detail, r->line, "rules: from and to are of different families; make two rules of it");
	if (r->type_code && family && family != (r->protocol == WEIR_PROTO_ICMP ? 4 : 6))
		return fail(file, detail, r->line, "rules: %s; use the other one", family == 6
			    ? "types of protocol icmp are those of IPv4" : "types of protocol icmpv6 are those of IPv6");
	if (!family && !r->has_protocol && r->fragments == WEIR_RULE_ANY)
		return fail(file, detail, r->line, "rules: nothing says what it is for; give from, to or protocol (0.0.0.0/0 and ::/0 are everything)");
	return 0;
}

static int check_action(const struct weir_rule *r, const struct weir_policy *p, const char *file, char *detail)
{
	static const uint8_t none[6] = { 0 };

	if (r->action == WEIR_RULE_DIVERT && !memcmp(p->rules.divert_mac, none, sizeof(none)))
		return fail(file, detail, r->line, "rules: action: divert without divert_mac; say there where to");
	if (r->action != WEIR_RULE_LIMIT && r->meter.line)
		return fail(file, detail, r->line, "rules: rate belongs to action: limit; drop the one or change the other");
	if (r->action != WEIR_RULE_LIMIT)
		return 0;
	if (!r->meter.line)
		return fail(file, detail, r->line, "rules: action: limit without rate; give rate: {packets_per_s: ...}");
	if (!r->meter.packets_per_s && !r->meter.bytes_per_s)
		return fail(file, detail, r->meter.line, "rules: rate says no packets_per_s; give rate: {packets_per_s: ...}");
	if (r->meter.action != WEIR_METER_LIMIT && r->meter.action != WEIR_METER_DROP)
		return fail(file, detail, r->meter.line, "rules: rate: this action stops nothing; give action: limit or drop");
	if (r->direction != WEIR_RULE_IN)
		return fail(file, detail, r->line, "rules: only what comes in can be limited; give direction: in, or another action");
	if (weir_rule_places(r) > 1)
		return fail(file, detail, r->line, "rules: a limit for this range would be %u limits of its rate each; give one port, "
			    "or a range like 1024-2047 that is one", weir_rule_places(r));
	return weir_meter_check(&r->meter, "rate", false, p->table[WEIR_TABLE_pair].timeout_ms, file, detail);
}

int weir_rules_check(const struct weir_policy *p, const char *file, char *detail)
{
	int rc = 0;

	for (size_t i = 0; i < p->rules.n && !rc; i++) {
		const struct weir_rule *r = &p->rules.list[i];

		rc = check_ports(r, file, detail);
		rc = rc ? rc : check_family(r, file, detail);
		rc = rc ? rc : check_action(r, p, file, detail);
		for (size_t j = 0; j < i && !rc; j++)
			if (weir_rule_same(r, &p->rules.list[j]))
				rc = fail(file, detail, r->line, "rules: the same packets again, after line %u; keep one of them",
					  p->rules.list[j].line);
	}
	return rc;
}
