// SPDX-License-Identifier: Apache-2.0
#include "key.h"

#include <stdio.h>
#include <string.h>

#include "host/common/hash.h"

/* First class of a group that the record has (docs/datapath.md 5.4). */
static uint8_t class_in_group(const struct weir_record *r, int group)
{
	for (unsigned c = 0; c < WEIR_CLASSES; c++)
		if (weir_class_group(c) == group && weir_record_has_class(r, c))
			return (uint8_t)c;
	return 0;
}

static uint8_t port_kind(const struct weir_record *r)
{
	if (r->proto == 6)
		return 0;
	if (r->proto == 17)
		return 1;
	return r->family ? 3 : 2;
}

const struct weir_rule *weir_rule_of(const struct weir_record *r, const struct weir_policy *p, const struct weir_rule_map *map)
{
	unsigned index = map && r->rule && r->rule <= WEIR_RULES_IDS ? map->rule[r->rule - 1] : 0;

	return index ? &p->rules.list[index - 1] : NULL;
}

void weir_key_of(const struct weir_record *r, unsigned place, const struct weir_policy *p, const struct weir_rule_map *map,
		 struct weir_key *ret)
{
	const struct weir_rule *rule = place == WEIR_TABLE_pair ? weir_rule_of(r, p, map) : NULL;
	uint8_t family = r->family ? 6 : 4;

	if (rule && rule->action == WEIR_RULE_LIMIT && !p->rules.dry_run) {
		*ret = (struct weir_key){ .place = WEIR_PLACE_RULE, .value = (uint16_t)(rule - p->rules.list), .line = rule->line };
		return;
	}
	*ret = (struct weir_key){ .place = (uint8_t)place };
	switch (place) {
	case WEIR_TABLE_pair:
		memcpy(ret->protect, r->protect, 16);
		/* fall through */
	case WEIR_TABLE_remote:
	case WEIR_PLACE_SOURCE:
	case WEIR_PLACE_CLIENT:
		ret->family = family;
		memcpy(ret->remote, r->remote, 16);
		break;
	case WEIR_TABLE_class:
		ret->sub = r->tclass;
		/* fall through */
	case WEIR_TABLE_address:
	case WEIR_PLACE_HOST:
		ret->family = family;
		memcpy(ret->protect, r->protect, 16);
		break;
	case WEIR_PLACE_SYN_TOTAL:
	case WEIR_PLACE_ZOMBIE:
		break;
	case WEIR_PLACE_CONNECTION:
		ret->family = family;
		memcpy(ret->protect, r->protect, 16);
		memcpy(ret->remote, r->quote ? r->quote_remote : r->remote, 16);
		ret->value = r->quote ? r->quote_pport : r->dir ? r->sport : r->dport;
		ret->remote_port = r->quote ? r->quote_rport : r->dir ? r->dport : r->sport;
		break;
	case WEIR_TABLE_prefix:
		ret->family = family;
		ret->prefix_len = (uint8_t)(r->family ? p->prefix_len6 : p->prefix_len4);
		weir_hash_mask(r->family, r->protect, ret->prefix_len, ret->protect);
		break;
	case WEIR_TABLE_port:
		ret->sub = port_kind(r);
		ret->value = r->dport;
		break;
	case WEIR_TABLE_udp_source:
		ret->value = r->sport;
		break;
	case WEIR_PLACE_PROTOCOL:
		ret->value = r->proto;
		break;
	default:
		ret->dir = r->dir;
		ret->sub = class_in_group(r, (int)place - WEIR_PLACE_GROUP);
		break;
	}
}

int weir_key_place(unsigned reason)
{
	if (reason >= WEIR_REASON_meter_remote && reason < WEIR_REASON_meter_remote + WEIR_TABLES)
		return (int)reason - WEIR_REASON_meter_remote;
	if (reason == WEIR_REASON_meter_protocol)
		return WEIR_PLACE_PROTOCOL;
	if (reason >= WEIR_REASON_full_remote && reason < WEIR_REASON_full_remote + WEIR_TABLES)
		return (int)reason - WEIR_REASON_full_remote;
	if (reason >= WEIR_REASON_class_0 && reason < WEIR_REASON_class_0 + WEIR_CLASSES) {
		int group = weir_class_group(reason - WEIR_REASON_class_0);

		return group < 0 ? -1 : WEIR_PLACE_GROUP + group;
	}
	switch (reason) {
	case WEIR_REASON_syn_flood:
	case WEIR_REASON_syn_challenge:
	case WEIR_REASON_syn_first:
		return WEIR_PLACE_HOST;
	case WEIR_REASON_source_score:
		return WEIR_PLACE_SOURCE;
	case WEIR_REASON_zombie_limit:
		return WEIR_PLACE_CLIENT;
	case WEIR_REASON_rule_limit:
		return WEIR_TABLE_pair;
	case WEIR_REASON_conn_none:
	case WEIR_REASON_conn_state:
	case WEIR_REASON_conn_window:
	case WEIR_REASON_full_connection:
	case WEIR_REASON_icmp_quote:
	case WEIR_REASON_syn_proof:
		return WEIR_PLACE_CONNECTION;
	default:
		break;
	}
	return -1;
}

static const char *address_text(uint8_t family, const uint8_t wide[16], char *buf)
{
	struct weir_addr a = { .family = family };

	memcpy(a.b, family == 4 ? wide + 12 : wide, family == 4 ? 4 : 16);
	return weir_addr_format(&a, buf);
}

char *weir_key_format(const struct weir_key *k, char *buf)
{
	const char *const *subs = weir_policy_subs(k->place < WEIR_TABLES ? k->place : 0);
	char a[WEIR_ADDR_TEXT_MAX], b[WEIR_ADDR_TEXT_MAX];
	size_t n = WEIR_KEY_TEXT;

	switch (k->place) {
	case WEIR_TABLE_remote:
	case WEIR_PLACE_SOURCE:
	case WEIR_PLACE_CLIENT:
		snprintf(buf, n, "%s", address_text(k->family, k->remote, a));
		break;
	case WEIR_TABLE_pair:
		snprintf(buf, n, "%s > %s", address_text(k->family, k->remote, a),
			 address_text(k->family, k->protect, b));
		break;
	case WEIR_TABLE_class:
		snprintf(buf, n, "%s %s", address_text(k->family, k->protect, a), subs[k->sub]);
		break;
	case WEIR_TABLE_address:
	case WEIR_PLACE_HOST:
		snprintf(buf, n, "%s", address_text(k->family, k->protect, a));
		break;
	case WEIR_PLACE_SYN_TOTAL:
	case WEIR_PLACE_ZOMBIE:
		snprintf(buf, n, "all");
		break;
	case WEIR_PLACE_RULE:
		snprintf(buf, n, "line %u", k->line);
		break;
	case WEIR_PLACE_CONNECTION:
		snprintf(buf, n, "%s %u > %s %u", address_text(k->family, k->remote, a), k->remote_port,
			 address_text(k->family, k->protect, b), k->value);
		break;
	case WEIR_TABLE_prefix:
		snprintf(buf, n, "%s/%u", address_text(k->family, k->protect, a), k->prefix_len);
		break;
	case WEIR_TABLE_port:
		if (k->sub < 2)
			snprintf(buf, n, "%s/%u", subs[k->sub], k->value);
		else
			snprintf(buf, n, "%s/%u/%u", subs[k->sub], k->value >> 8, k->value & 255u);
		break;
	case WEIR_TABLE_udp_source:
	case WEIR_PLACE_PROTOCOL:
		snprintf(buf, n, "%u", k->value);
		break;
	default:
		snprintf(buf, n, "%s %s", k->dir ? "outbound" : "inbound", weir_class_name(k->sub));
		break;
	}
	return buf;
}

const char *weir_place_name(unsigned place)
{
	static const char *const state[] = { "syn_host", "syn_total", "zombie", "source", "connection", "client", "rule" };

	if (place < WEIR_TABLES)
		return weir_table_info(place)->name;
	if (place >= WEIR_PLACE_HOST && place < WEIR_PLACES)
		return state[place - WEIR_PLACE_HOST];
	return place == WEIR_PLACE_PROTOCOL ? "protocol" : "class_meter";
}

/* A SYN flood is declared like the flood of a meter, and has a rate like one. */
static struct weir_meter_policy state_meter(const struct weir_key *k, const struct weir_policy *p)
{
	const struct weir_zombie_policy *z = &p->zombie_flood;
	const struct weir_syn_policy *s = &p->syn_flood;
	static const enum weir_meter_action acts[] = {
		[WEIR_STATE_COUNT] = WEIR_METER_COUNT, [WEIR_STATE_DROP] = WEIR_METER_DROP,
		[WEIR_STATE_DEMOTE] = WEIR_METER_DROP,
	};

	switch (k->place) {
	case WEIR_PLACE_RULE:
		return p->rules.list[k->value].meter;
	case WEIR_PLACE_SOURCE:
		return (struct weir_meter_policy){ .action = acts[p->sources.reason.action] };
	case WEIR_PLACE_CLIENT:
		return (struct weir_meter_policy){ .action = acts[z->reason.action] };
	case WEIR_PLACE_CONNECTION:
		return (struct weir_meter_policy){ .action = WEIR_METER_COUNT };
	case WEIR_PLACE_ZOMBIE:
		return (struct weir_meter_policy){
			.action = WEIR_METER_DECLARE, .hold_ms = z->hold_ms, .packets_per_s = z->total_syn_per_s };
	default:
		return (struct weir_meter_policy){
			.action = WEIR_METER_DECLARE, .hold_ms = s->hold_ms,
			.packets_per_s = k->place == WEIR_PLACE_HOST ? s->per_address_syn_per_s : s->total_syn_per_s };
	}
}

struct weir_meter_policy weir_key_meter(const struct weir_key *k, const struct weir_policy *p)
{
	char text[WEIR_KEY_TEXT], full[WEIR_KEY_TEXT + 16], other[WEIR_KEY_TEXT + 16];

	if (k->place >= WEIR_PLACE_HOST)
		return state_meter(k, p);
	if (k->place > WEIR_PLACE_GROUP && k->place != WEIR_PLACE_PROTOCOL)
		return p->class_meter[k->dir][k->sub];
	if (k->place == WEIR_PLACE_GROUP)
		return p->class_meter[k->dir][WEIR_CLASS_all];
	snprintf(full, sizeof(full), "%s %s", weir_place_name(k->place), weir_key_format(k, text));
	for (size_t i = 0; i < p->n_override; i++)
		if (!strcmp(full, weir_override_key(&p->override[i], other, sizeof(other))))
			return p->override[i].meter;
	if (k->place == WEIR_PLACE_PROTOCOL)
		return p->protocol;
	return p->meter[k->place][weir_policy_subs(k->place)[0] ? k->sub : 0];
}
