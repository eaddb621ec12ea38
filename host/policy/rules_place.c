// SPDX-License-Identifier: Apache-2.0
/* Which rule gets which ids. */
#include <errno.h>
#include <stdint.h>
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

static bool same_meter(const struct weir_meter_policy *a, const struct weir_meter_policy *b)
{
	return a->packets_per_s == b->packets_per_s && weir_meter_burst_packets(a) == weir_meter_burst_packets(b) &&
	       a->bytes_per_s == b->bytes_per_s && weir_meter_burst_bytes(a) == weir_meter_burst_bytes(b) && a->hold_ms == b->hold_ms &&
	       a->action == b->action && a->demote == b->demote && a->dry_run == b->dry_run;
}

bool weir_rule_equal(const struct weir_rule *a, const struct weir_rule *b)
{
	return weir_rule_same(a, b) && a->action == b->action && (a->action != WEIR_RULE_LIMIT || same_meter(&a->meter, &b->meter));
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

/* What is in force: NULL, NULL for nothing. */
struct beside {
	const struct weir_policy *p;
	const struct weir_rule_map *map;
};

/* A way that is none of ours: a rule in force has it. */
enum { Fixed = UINT16_MAX };

struct matching {
	uint16_t bucket[WEIR_POLICY_RULES][2];         /* by rule */
	uint16_t rule[Buckets][WEIR_RULES_WAYS];       /* index + 1, or Fixed */
	bool seen[Buckets];
};

static unsigned used(const uint16_t ways[WEIR_RULES_WAYS])
{
	unsigned n = 0;

	for (int w = 0; w < WEIR_RULES_WAYS; w++)
		n += ways[w] != 0;
	return n;
}

/* The emptier one of its buckets, so that none gets full before it must: rules that come later, beside these, need room, too. */
static bool take_free(struct matching *m, uint16_t rule)
{
	const uint16_t *bucket = m->bucket[rule];
	uint16_t *ways = m->rule[bucket[used(m->rule[bucket[1]]) < used(m->rule[bucket[0]])]];

	for (int w = 0; w < WEIR_RULES_WAYS; w++)
		if (!ways[w]) {
			ways[w] = (uint16_t)(rule + 1);
			return true;
		}
	return false;
}

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
			if (ways[w] != Fixed && find_room(m, (uint16_t)(ways[w] - 1))) {
				ways[w] = (uint16_t)(rule + 1);
				return true;
			}
	}
	return false;
}

/* Way i of a bucket, counted from the end where rules begin. Of two buckets side by side they begin where these touch, so that places follow
 * each other and a request writes many. end 0: at the lower end of even buckets; 1: of odd ones. */
static unsigned way_from(unsigned bucket, unsigned end, unsigned i)
{
	return (bucket + end) % 2 ? WEIR_RULES_WAYS - 1 - i : i;
}

/* The end that the rules in force leave free. */
static unsigned free_end(const struct beside *old)
{
	unsigned n[2] = { 0 };

	for (unsigned b = 0; old->map && b < Buckets; b++)
		for (unsigned end = 0; end < 2; end++)
			n[end] += old->map->rule[WEIR_RULES_PREFIX + WEIR_RULES_WAYS * b + way_from(b, end, 0)] != 0;
	return n[0] > n[1];
}

/* Limits choose the way whose set of the table `pair` has most room; the others get what is left. */
static void take_ways(const struct weir_policy *p, const uint16_t rules[WEIR_RULES_WAYS], unsigned bucket, unsigned end, const struct beside *old,
		      uint8_t taken[WEIR_RULES_LIMIT_SETS], struct weir_rule_map *map)
{
	unsigned first = WEIR_RULES_PREFIX + WEIR_RULES_WAYS * bucket, set = first % WEIR_RULES_LIMIT_SETS;
	uint16_t *place = &map->rule[first];

	for (int limits = 1; limits >= 0; limits--)
		for (int i = 0; i < WEIR_RULES_WAYS; i++) {
			int best = -1;

			if (!rules[i] || rules[i] == Fixed || (p->rules.list[rules[i] - 1].action == WEIR_RULE_LIMIT) != limits)
				continue;
			for (unsigned n = 0; n < WEIR_RULES_WAYS; n++) {
				unsigned w = way_from(bucket, end, n);

				if (!place[w] && !(old->map && old->map->rule[first + w]) &&
				    (best < 0 || (limits && taken[set + w] < taken[set + (unsigned)best])))
					best = (int)w;
			}
			place[best] = rules[i];
			taken[set + (unsigned)best] += (uint8_t)limits;
		}
}

/* Where the same rule is in force. @return its id; 0: nowhere */
static unsigned in_force(const struct beside *old, const struct weir_rule *r, const uint16_t bucket[2])
{
	for (int b = 0; old->map && b < 2; b++)
		for (unsigned w = 0; w < WEIR_RULES_WAYS; w++) {
			unsigned id = WEIR_RULES_PREFIX + (unsigned)WEIR_RULES_WAYS * bucket[b] + w;
			const struct weir_rule *there = weir_rules_at(old->p, old->map, id);

			if (there && weir_rule_equal(there, r))
				return id;
		}
	return 0;
}

static int place_exact(const struct weir_policy *p, const struct weir_hash *h, const struct beside *old,
		       uint8_t taken[WEIR_RULES_LIMIT_SETS], const char *file, struct weir_rule_map *map, char *detail)
{
	struct matching *m = calloc(1, sizeof(*m));

	if (!m)
		return -ENOMEM;
	for (unsigned place = 0; old->map && place < WEIR_RULES_EXACT; place++)
		if (old->map->rule[WEIR_RULES_PREFIX + place])
			m->rule[place / WEIR_RULES_WAYS][place % WEIR_RULES_WAYS] = Fixed;
	for (size_t i = 0; i < p->rules.n; i++) {
		const struct weir_rule *r = &p->rules.list[i];
		struct weir_hash_key k;
		unsigned id;

		if (!weir_rule_exact(r) || weir_rule_expired(r, map->now_s))
			continue;
		k = weir_rule_key(h, r);
		m->bucket[i][0] = (uint16_t)(k.index % Buckets);
		m->bucket[i][1] = (uint16_t)(k.tag >> 31);
		id = in_force(old, r, m->bucket[i]);
		if (id) {
			map->rule[id] = (uint16_t)(i + 1);
			map->n_exact++;
			continue;
		}
		memset(m->seen, 0, sizeof(m->seen));
		if (take_free(m, (uint16_t)i) || find_room(m, (uint16_t)i)) {
			map->n_exact++;
			continue;
		}
		snprintf(detail, WEIR_POLICY_DETAIL, "%s:%u: rules: no room for this one: %u exact rules before it fit%s, and with it "
			 "the hash finds no places for all; take some out, or choose another --seed", file, r->line, map->n_exact,
			 old->map ? " beside those in force" : "");
		free(m);
		return -EINVAL;
	}
	for (unsigned b = 0, end = free_end(old); b < Buckets; b++)
		take_ways(p, m->rule[b], b, end, old, taken, map);
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

/* Whether a prefix rule may get an id. What a limit has let pass is kept under its id, in both sets: no other limit gets it
 * then. */
static bool may_have(const struct beside *old, const struct weir_rule *r, unsigned id)
{
	const struct weir_rule *there = old->map ? weir_rules_at(old->p, old->map, id) : NULL;

	return !there || there->action != WEIR_RULE_LIMIT || r->action != WEIR_RULE_LIMIT || weir_rule_equal(there, r);
}

/* The id behind `from` where this limit is already, as long as the `left` ones behind it find room. */
static unsigned prefer(const struct beside *old, const struct weir_rule *r, unsigned from, unsigned left)
{
	for (unsigned id = from; r->action == WEIR_RULE_LIMIT && old->map && id + left < WEIR_RULES_PREFIX; id++) {
		const struct weir_rule *there = weir_rules_at(old->p, old->map, id);

		if (there && weir_rule_equal(there, r))
			return id;
	}
	return from;
}

/* The ids of one rule, from `from` on. @return the id behind them; above WEIR_RULES_PREFIX: no room */
static unsigned take_ids(const struct weir_policy *p, const struct ordered *o, const struct beside *old, unsigned from,
			 struct weir_rule_map *map)
{
	struct weir_ternary string[WEIR_RULES_PREFIX];
	unsigned places = weir_rule_places(&p->rules.list[o->index]);

	weir_rule_ternary(o->rule, string);
	for (unsigned i = 0; i < places; i++, from++) {
		while (from < WEIR_RULES_PREFIX && !may_have(old, o->rule, from))
			from++;
		if (from >= WEIR_RULES_PREFIX)
			return WEIR_RULES_PREFIX + 1;
		map->prefix[from] = string[i];
		map->rule[from] = (uint16_t)(o->index + 1);
		map->n_prefix++;
	}
	return from;
}

/* @param first_fit  Do not keep the ids of limits that stay: what else if there is no room. @return the rule that finds none; n: all do */
static size_t take_all(const struct weir_policy *p, const struct ordered *list, size_t n, const struct beside *old, bool first_fit,
		       struct weir_rule_map *map)
{
	unsigned id = 0, left = 0;

	memset(map->prefix, 0, sizeof(map->prefix));
	memset(map->rule, 0, WEIR_RULES_PREFIX * sizeof(map->rule[0]));
	map->n_prefix = 0;
	for (size_t i = 0; i < n; i++)
		left += weir_rule_places(list[i].rule);
	for (size_t i = 0; i < n; i++) {
		unsigned places = weir_rule_places(list[i].rule);

		if (id + places > WEIR_RULES_PREFIX)
			return i;
		id = take_ids(p, &list[i], old, first_fit ? id : prefer(old, list[i].rule, id, left - 1), map);
		if (id > WEIR_RULES_PREFIX)
			return i;
		left -= places;
	}
	return n;
}

static int place_prefix(const struct weir_policy *p, const struct beside *old, uint8_t taken[WEIR_RULES_LIMIT_SETS], const char *file,
			struct weir_rule_map *map, char *detail)
{
	struct ordered *list = calloc(p->rules.n + 1, sizeof(*list));
	size_t n = 0, fit;

	if (!list)
		return -ENOMEM;
	for (size_t i = 0; i < p->rules.n; i++)
		if (!weir_rule_exact(&p->rules.list[i]) && !weir_rule_expired(&p->rules.list[i], map->now_s))
			list[n++] = (struct ordered){ &p->rules.list[i], i };
	qsort(list, n, sizeof(*list), by_order);
	fit = take_all(p, list, n, old, false, map);
	if (fit < n && old->map)
		fit = take_all(p, list, n, old, true, map);
	if (fit < n) {
		const struct weir_rule *r = list[fit].rule;

		snprintf(detail, WEIR_POLICY_DETAIL, "%s:%u: rules: no room for this one: it takes %u of the %d prefix rules, "
			 "the %zu that go before it take %u%s; drop rules, narrow ranges of ports, or make exact rules of them "
			 "(docs/policy.md)", file, r->line, weir_rule_places(r), WEIR_RULES_PREFIX, fit, map->n_prefix,
			 old->map ? ", and limits in force keep theirs until the others take over" : "");
		free(list);
		return -EINVAL;
	}
	free(list);
	for (unsigned id = 0; id < WEIR_RULES_PREFIX; id++) {
		const struct weir_rule *r = weir_rules_at(p, map, id), *there = old->map ? weir_rules_at(old->p, old->map, id) : NULL;

		/* That of a limit that stays is counted already. */
		if (r && r->action == WEIR_RULE_LIMIT && !(there && there->action == WEIR_RULE_LIMIT))
			taken[id % WEIR_RULES_LIMIT_SETS]++;
	}
	return 0;
}

int weir_rules_place_beside(const struct weir_policy *p, const struct weir_hash *hash, uint64_t now_s,
			    const uint8_t taken[WEIR_RULES_LIMIT_SETS], const struct weir_policy *old,
			    const struct weir_rule_map *old_map, const char *file, struct weir_rule_map *ret, char *detail)
{
	const struct beside beside = { old, old_map };
	uint8_t entries[WEIR_RULES_LIMIT_SETS];
	int rc;

	memset(ret, 0, sizeof(*ret));
	memcpy(entries, taken, sizeof(entries));
	ret->now_s = now_s;
	for (size_t i = 0; i < p->rules.n; i++)
		ret->n_expired += weir_rule_expired(&p->rules.list[i], now_s);
	rc = place_prefix(p, &beside, entries, file, ret, detail);
	return rc ? rc : place_exact(p, hash, &beside, entries, file, ret, detail);
}

int weir_rules_place(const struct weir_policy *p, const struct weir_hash *hash, uint64_t now_s,
		     const uint8_t taken[WEIR_RULES_LIMIT_SETS], const char *file, struct weir_rule_map *ret, char *detail)
{
	return weir_rules_place_beside(p, hash, now_s, taken, NULL, NULL, file, ret, detail);
}
