// SPDX-License-Identifier: Apache-2.0
/* Which rule gets which ids. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "rules.h"
#include "rules_priv.h"

enum { Buckets = WEIR_RULES_EXACT / WEIR_RULES_WAYS };

uint8_t weir_rule_family(const struct weir_rule *r)
{
	if (r->from.addr.family)
		return r->from.addr.family;
	if (r->to.addr.family)
		return r->to.addr.family;
	return !r->type_code ? 0 : r->protocol == WEIR_PROTO_ICMP ? 4 : 6;
}

static bool is_address(const struct weir_prefix *p)
{
	return p->addr.family && p->len == (p->addr.family == 4 ? 32 : 128);
}

static bool has_ports(uint8_t protocol, uint8_t family)
{
	return protocol == WEIR_PROTO_TCP || protocol == WEIR_PROTO_UDP ||
	       protocol == (family == 4 ? WEIR_PROTO_ICMP : WEIR_PROTO_ICMPV6);
}

bool weir_rule_exact(const struct weir_rule *r)
{
	if (r->direction != WEIR_RULE_IN || !is_address(&r->from) || r->fragments != WEIR_RULE_ANY || r->priority ||
	    r->remote_port.given)
		return false;
	if (!r->has_protocol)
		return !r->to.addr.family || is_address(&r->to);
	return is_address(&r->to) && r->port.given && r->port.first == r->port.last &&
	       has_ports(r->protocol, r->from.addr.family);
}

static bool same_prefix(const struct weir_prefix *a, const struct weir_prefix *b)
{
	return a->len == b->len && weir_addr_equal(&a->addr, &b->addr);
}

static bool same_ports(const struct weir_rule_ports *a, const struct weir_rule_ports *b)
{
	return a->given == b->given && a->first == b->first && a->last == b->last;
}

bool weir_rule_same(const struct weir_rule *a, const struct weir_rule *b)
{
	return same_prefix(&a->from, &b->from) && same_prefix(&a->to, &b->to) && a->has_protocol == b->has_protocol &&
	       a->protocol == b->protocol && same_ports(&a->port, &b->port) && same_ports(&a->remote_port, &b->remote_port) &&
	       a->direction == b->direction && a->fragments == b->fragments;
}

static struct weir_hash_key sum(struct weir_hash_key a, struct weir_hash_key b)
{
	return (struct weir_hash_key){ .tag = a.tag ^ b.tag, .index = a.index ^ b.index };
}

/* As the records have them: IPv4 in the last four bytes. */
static void wide(const struct weir_addr *a, uint8_t ret[16])
{
	memset(ret, 0, 16);
	if (a->family == 4)
		memcpy(ret + 12, a->b, 4);
	else
		memcpy(ret, a->b, 16);
}

struct weir_hash_key weir_rule_key(const struct weir_hash *h, const struct weir_rule *r)
{
	unsigned family = r->from.addr.family == 6, kind;
	uint8_t remote[16], protect[16];
	struct weir_hash_key pair;

	wide(&r->from.addr, remote);
	if (!r->to.addr.family)
		return weir_hash_remote(h, family, remote);
	wide(&r->to.addr, protect);
	pair = weir_hash_pair(h, family, remote, protect);
	if (!r->has_protocol)
		return pair;
	kind = r->protocol == WEIR_PROTO_TCP ? 0 : r->protocol == WEIR_PROTO_UDP ? 1 : family ? 3 : 2;
	return sum(pair, weir_hash_port(h, kind, r->port.first));
}

/* --- Exact rules: four ways in each of two buckets ---------------------------------------------------------------- */

struct matching {
	uint16_t bucket[WEIR_POLICY_RULES][2];         /* by rule */
	uint16_t rule[Buckets][WEIR_RULES_WAYS];       /* index + 1 */
	bool seen[Buckets];
};

/* Room for a rule in one of its buckets, if need be by moving others into their second one: an augmenting path, so that a
 * rule stays outside only when no placement has room for all of them. */
static bool find_room(struct matching *m, uint16_t rule)
{
	for (int b = 0; b < 2; b++) {
		uint16_t bucket = m->bucket[rule][b], *ways = m->rule[bucket];

		if (m->seen[bucket])
			continue;
		m->seen[bucket] = true;
		for (int w = 0; w < WEIR_RULES_WAYS; w++)
			if (!ways[w]) {
				ways[w] = (uint16_t)(rule + 1);
				return true;
			}
		for (int w = 0; w < WEIR_RULES_WAYS; w++)
			if (find_room(m, (uint16_t)(ways[w] - 1))) {
				ways[w] = (uint16_t)(rule + 1);
				return true;
			}
	}
	return false;
}

/* Limits choose the way whose set of the table `pair` has most room; the others get what is left. */
static void take_ways(const struct weir_policy *p, const uint16_t rules[WEIR_RULES_WAYS], unsigned bucket,
		      uint8_t taken[WEIR_RULES_LIMIT_SETS], struct weir_rule_map *map)
{
	uint16_t *place = &map->rule[WEIR_RULES_PREFIX + WEIR_RULES_WAYS * bucket];
	unsigned set = (WEIR_RULES_PREFIX + WEIR_RULES_WAYS * bucket) % WEIR_RULES_LIMIT_SETS;

	for (int limits = 1; limits >= 0; limits--)
		for (int i = 0; i < WEIR_RULES_WAYS; i++) {
			int best = -1;

			if (!rules[i] || (p->rules.list[rules[i] - 1].action == WEIR_RULE_LIMIT) != limits)
				continue;
			for (int w = 0; w < WEIR_RULES_WAYS; w++)
				if (!place[w] && (best < 0 || (limits && taken[set + (unsigned)w] < taken[set + (unsigned)best])))
					best = w;
			place[best] = rules[i];
			taken[set + (unsigned)best] += (uint8_t)limits;
		}
}

static int place_exact(const struct weir_policy *p, const struct weir_hash *h, uint8_t taken[WEIR_RULES_LIMIT_SETS],
		       const char *file, struct weir_rule_map *map, char *detail)
{
	struct matching *m = calloc(1, sizeof(*m));

	if (!m)
		return -ENOMEM;
	for (size_t i = 0; i < p->rules.n; i++) {
		const struct weir_rule *r = &p->rules.list[i];
		struct weir_hash_key k;

		if (!weir_rule_exact(r) || weir_rule_expired(r, map->now_s))
			continue;
		k = weir_rule_key(h, r);
		m->bucket[i][0] = (uint16_t)(k.index % Buckets);
		m->bucket[i][1] = (uint16_t)(k.tag >> 31);
		memset(m->seen, 0, sizeof(m->seen));
		if (find_room(m, (uint16_t)i)) {
			map->n_exact++;
			continue;
		}
		snprintf(detail, WEIR_POLICY_DETAIL, "%s:%u: rules: no room for this one: %u exact rules before it fit, and with it "
			 "the hash finds no places for all; take some out, or choose another --seed", file, r->line, map->n_exact);
		free(m);
		return -EINVAL;
	}
	for (unsigned b = 0; b < Buckets; b++)
		take_ways(p, m->rule[b], b, taken, map);
	free(m);
	return 0;
}

/* --- Prefix rules ------------------------------------------------------------------------------------------------- */

struct ordered {
	const struct weir_rule *rule;
	size_t index;
};

static int by_order(const void *x, const void *y)
{
	const struct ordered *a = x, *b = y;
	bool allows[2] = { a->rule->action == WEIR_RULE_ALLOW, b->rule->action == WEIR_RULE_ALLOW };

	if (allows[0] != allows[1])
		return allows[0] ? -1 : 1;
	if (a->rule->priority != b->rule->priority)
		return a->rule->priority > b->rule->priority ? -1 : 1;
	return a->index < b->index ? -1 : 1;
}

static int place_prefix(const struct weir_policy *p, uint8_t taken[WEIR_RULES_LIMIT_SETS], const char *file,
			struct weir_rule_map *map, char *detail)
{
	struct ordered *list = calloc(p->rules.n + 1, sizeof(*list));
	size_t n = 0;

	if (!list)
		return -ENOMEM;
	for (size_t i = 0; i < p->rules.n; i++)
		if (!weir_rule_exact(&p->rules.list[i]) && !weir_rule_expired(&p->rules.list[i], map->now_s))
			list[n++] = (struct ordered){ &p->rules.list[i], i };
	qsort(list, n, sizeof(*list), by_order);
	for (size_t i = 0; i < n; i++) {
		const struct weir_rule *r = list[i].rule;
		unsigned places = weir_rule_places(r);

		if (map->n_prefix + places > WEIR_RULES_PREFIX) {
			snprintf(detail, WEIR_POLICY_DETAIL, "%s:%u: rules: no room for this one: it takes %u of the %d prefix rules, "
				 "the %zu that go before it take %u; drop rules, narrow ranges of ports, or make exact rules of them "
				 "(docs/policy.md)", file, r->line, places, WEIR_RULES_PREFIX, i, map->n_prefix);
			free(list);
			return -EINVAL;
		}
		weir_rule_ternary(r, &map->prefix[map->n_prefix]);
		for (; places; places--, map->n_prefix++) {
			map->rule[map->n_prefix] = (uint16_t)(list[i].index + 1);
			if (r->action == WEIR_RULE_LIMIT)
				taken[map->n_prefix % WEIR_RULES_LIMIT_SETS]++;
		}
	}
	free(list);
	return 0;
}

int weir_rules_place(const struct weir_policy *p, const struct weir_hash *hash, uint64_t now_s,
		     const uint8_t taken[WEIR_RULES_LIMIT_SETS], const char *file, struct weir_rule_map *ret, char *detail)
{
	uint8_t entries[WEIR_RULES_LIMIT_SETS];
	int rc;

	memset(ret, 0, sizeof(*ret));
	memcpy(entries, taken, sizeof(entries));
	ret->now_s = now_s;
	for (size_t i = 0; i < p->rules.n; i++)
		ret->n_expired += weir_rule_expired(&p->rules.list[i], now_s);
	rc = place_prefix(p, entries, file, ret, detail);
	return rc ? rc : place_exact(p, hash, entries, file, ret, detail);
}
