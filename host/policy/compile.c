// SPDX-License-Identifier: Apache-2.0
#include "compile.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "host/common/prng.h"
#include "host/common/hash.h"
#include "weir/weir_regs.h"

enum {
	EntryWords = 8,
	Ways = 4,
	OverridesPerTable = 7,
	MeterClass = 128, MeterClassSpan = 24,    /* places in meter_cfg (docs/datapath.md 6.1) */
	MeterTableSpan = 16, MeterOverride = 8, MeterProtocol = 176,
	CoreHz = 62500000,
	SketchSliceUs = 1 << 18,                  /* (docs/datapath.md 14.4) */
	KeyStream = 0x6b6579,                     /* of the random numbers: the hash key */
	CookieStream = 0x636f6f6b,                /* the keys of cookies */
	SecondLog2 = 20, LegitLog2 = 26,          /* clocks of the tables of state */
	Drop = 2, Demote = 3,                     /* actions of state (12.2) */
	FirstRoom = 4096,
};

struct compiler {
	const struct weir_policy *p;
	const struct weir_keys *keys;
	const char *file;
	struct weir_writes w;
	char *detail;
	struct weir_hash *hash;
	/* Different overrides of each table so far; the last row is the protocol meter's. */
	uint32_t config[WEIR_TABLES + 1][OverridesPerTable][EntryWords];
	unsigned n_config[WEIR_TABLES + 1];
	/* Sets with entries that are pinned: up to one an override, and those of limits. */
	struct {
		unsigned table;
		uint32_t set, ways;
	} pinned[WEIR_POLICY_OVERRIDES + WEIR_RULES_LIMIT_SETS];
	size_t n_pinned;
	int error;
};

static void put(struct compiler *c, uint32_t addr, uint32_t value)
{
	if (c->error)
		return;
	if (c->w.n == c->w.room) {
		size_t room = c->w.room ? 2 * c->w.room : FirstRoom;
		struct weir_write *more = realloc(c->w.write, room * sizeof(*more));

		if (!more) {
			c->error = -ENOMEM;
			return;
		}
		c->w.write = more;
		c->w.room = room;
	}
	c->w.write[c->w.n++] = (struct weir_write){ addr, value };
}

static void put_entry(struct compiler *c, uint32_t addr, const uint32_t word[EntryWords])
{
	for (uint32_t i = 0; i < EntryWords; i++)
		put(c, addr + 4 * i, word[i]);
}

static uint64_t at_most(uint64_t v, unsigned bits)
{
	uint64_t most = ((uint64_t)1 << bits) - 1;

	return v < most ? v : most;
}

/* Units in so many us at a rate, rounded, at least 1; 0 of 0. */
static uint64_t units_in(uint64_t rate, uint64_t us)
{
	uint64_t n = (rate * us + 500000) / 1000000;

	return !rate ? 0 : n ? n : 1;
}

static uint64_t threshold(uint64_t rate)
{
	return units_in(rate, WEIR_WINDOW_US);
}

void weir_meter_words(const struct weir_meter_policy *m, uint32_t word[EntryWords])
{
	uint64_t packet = weir_meter_packet_cost(m->packets_per_s), byte = weir_meter_byte_cost(m->bytes_per_s);
	uint64_t hold = weir_policy_windows(m->hold_ms);

	memset(word, 0, EntryWords * sizeof(*word));
#define PUT(field, value) \
	WEIR_FIELD_PUT(word, WEIR_REG_METER_CFG_##field, at_most(value, WEIR_REG_METER_CFG_##field##_BITS))
	PUT(PKT_COST, packet);
	PUT(PKT_TAU, packet ? (weir_meter_burst_packets(m) - 1) * packet : 0);
	PUT(PKT_THRESHOLD, threshold(m->packets_per_s));
	PUT(BYTE_COST, byte);
	PUT(BYTE_TAU, byte ? weir_meter_burst_bytes(m) * byte / 256 : 0);
	PUT(BYTE_THRESHOLD, threshold(m->bytes_per_s));
	PUT(ACTION, m->action);
	PUT(EFFECT, m->demote);
	PUT(DRY_RUN, m->dry_run);
	PUT(HOLD, hold);
#undef PUT
}

static void put_meter(struct compiler *c, uint32_t index, const struct weir_meter_policy *m)
{
	uint32_t word[EntryWords];

	weir_meter_words(m, word);
	put_entry(c, WEIR_REG_METER_CFG(index), word);
}

static void put_divert_mac(struct compiler *c)
{
	const uint8_t *mac = c->p->rules.divert_mac;

	put(c, WEIR_REG_DIVERT_MAC_FIRST, (uint32_t)mac[0] << 24 | (uint32_t)mac[1] << 16 | (uint32_t)mac[2] << 8 | mac[3]);
	put(c, WEIR_REG_DIVERT_MAC_LAST, (uint32_t)mac[4] << 8 | mac[5]);
}

static void put_setup(struct compiler *c)
{
	const struct weir_policy *p = c->p;

	put(c, WEIR_REG_MAX_FRAME, (uint32_t)p->max_frame_bytes);
	put(c, WEIR_REG_LINK_CONSUME, p->link_consume);
	put(c, WEIR_REG_PREFIX_LEN, (uint32_t)(p->prefix_len4 << WEIR_REG_PREFIX_LEN_LEN4_LSB |
					       p->prefix_len6 << WEIR_REG_PREFIX_LEN_LEN6_LSB));
	for (uint32_t side = 0; side < 2; side++) {
		/* 2^-16 bytes a clock. */
		uint64_t rate = ((p->shaper[side].bits_per_s << 16) / 8 + CoreHz / 2) / CoreHz;

		put(c, WEIR_REG_SHAPER_RATE(side), (uint32_t)at_most(rate, WEIR_REG_SHAPER_RATE_VALUE_BITS));
		put(c, WEIR_REG_SHAPER_BURST(side), (uint32_t)p->shaper[side].burst_bytes);
	}
	for (uint32_t i = 0; i < WEIR_HASH_KEY_WORDS; i++)
		put(c, WEIR_REG_HASH_KEY(i), c->keys->hash[i]);
	weir_hash_key_set(c->hash, c->keys->hash);
	for (uint32_t i = 0; i < WEIR_POLICY_REFLECTORS; i++)
		put(c, WEIR_REG_REFLECTOR(i), p->reflector[i]);
	put_divert_mac(c);
}

static void put_meters(struct compiler *c)
{
	static const struct weir_meter_policy none = { 0 };
	const struct weir_policy *p = c->p;

	for (uint32_t k = 0; k < WEIR_TABLES; k++) {
		uint32_t word[EntryWords] = { 0 };

		for (uint32_t d = 0; d < WEIR_POLICY_CONFIGS; d++)
			put_meter(c, MeterTableSpan * k + d, &p->meter[k][d]);
		WEIR_FIELD_PUT(word, WEIR_REG_TABLE_CFG_TIMEOUT, weir_policy_windows(p->table[k].timeout_ms));
		WEIR_FIELD_PUT(word, WEIR_REG_TABLE_CFG_FAIL_CLOSED, p->table[k].closed);
		WEIR_FIELD_PUT(word, WEIR_REG_TABLE_CFG_FULL_DRY_RUN, p->table[k].dry_run);
		WEIR_FIELD_PUT(word, WEIR_REG_TABLE_CFG_FULL_EFFECT, p->table[k].demote);
		put_entry(c, WEIR_REG_TABLE_CFG(k), word);
	}
	for (uint32_t dir = 0; dir < 2; dir++)
		for (uint32_t i = 0; i < MeterClassSpan; i++)
			put_meter(c, MeterClass + MeterClassSpan * dir + i,
				  i < WEIR_CLASSES ? &p->class_meter[dir][i] : &none);
	put_meter(c, MeterProtocol, &p->protocol);
}

static void put_anomalies(struct compiler *c)
{
	for (uint32_t code = 0; code < WEIR_ANOMALIES; code++) {
		uint32_t word[EntryWords] = { 0 };

		WEIR_FIELD_PUT(word, WEIR_REG_ANOMALY_CFG_ACTION, (uint64_t)c->p->anomaly[code].action);
		WEIR_FIELD_PUT(word, WEIR_REG_ANOMALY_CFG_DRY_RUN, c->p->anomaly[code].dry_run);
		put_entry(c, WEIR_REG_ANOMALY_CFG(code), word);
	}
}

/* Seconds in units of 2^log2 us, rounded up. */
static uint64_t units(uint64_t seconds, unsigned log2)
{
	return (seconds * 1000000 + ((uint64_t)1 << log2) - 1) >> log2;
}

static uint32_t state_action(const struct weir_state_reason *r)
{
	static const uint8_t action[] = { [WEIR_STATE_DROP] = Drop, [WEIR_STATE_DEMOTE] = Demote };
	uint32_t dry = 1u << WEIR_REG_STATE_CFG_ACTIONS_CONN_NONE_DRY_RUN_LSB;

	return action[r->action] | (r->dry_run ? dry : 0);
}

static void put_cookie_keys(struct compiler *c)
{
	for (uint32_t i = 0; i < WEIR_REG_STATE_CFG_COOKIE_KEY_COUNT; i++) {
		uint32_t word[EntryWords] = { 0 };

		WEIR_FIELD_PUT(word, WEIR_REG_STATE_CFG_COOKIE_KEY_K0, c->keys->cookie[i][0]);
		WEIR_FIELD_PUT(word, WEIR_REG_STATE_CFG_COOKIE_KEY_K1, c->keys->cookie[i][1]);
		put_entry(c, WEIR_REG_STATE_CFG_COOKIE_KEY(i), word);
	}
}

static void put_connections(struct compiler *c)
{
	enum { AdoptWord = WEIR_REG_STATE_CFG_CONNECTION_ADOPT_UNTIL_LSB / 32 };
	const struct weir_connection_policy *p = &c->p->connections;
	uint32_t word[EntryWords] = { 0 };

#define PUT(field, value) WEIR_FIELD_PUT(word, WEIR_REG_STATE_CFG_CONNECTION_##field, value)
	PUT(MODE, p->mode);
	PUT(FAIL_CLOSED, p->closed);
	PUT(WINDOW_LOG2, p->window_log2);
	PUT(HALF_OPEN, units(p->half_open_s, SecondLog2));
	PUT(ESTABLISHED, units(p->established_s, SecondLog2));
	PUT(CLOSING, units(p->closing_s, SecondLog2));
	PUT(CLOSED, units(p->closed_s, SecondLog2));
#undef PUT
	c->w.adopt = c->w.n + AdoptWord;
	c->w.adopt_us = p->adopt_s * 1000000;
	put_entry(c, WEIR_REG_STATE_CFG_CONNECTION, word);
}

static void put_syn_flood(struct compiler *c)
{
	const struct weir_syn_policy *p = &c->p->syn_flood;
	const struct weir_legit_policy *legit = &c->p->legit;
	uint64_t hold = weir_policy_windows(p->hold_ms);
	uint32_t word[EntryWords] = { 0 };

#define PUT(field, value) \
	WEIR_FIELD_PUT(word, WEIR_REG_STATE_CFG_SYN_##field, at_most(value, WEIR_REG_STATE_CFG_SYN_##field##_BITS))
	PUT(METHOD, p->method);
	PUT(ENABLE, p->enabled);
	PUT(HOST_THRESHOLD, threshold(p->per_address_syn_per_s));
	PUT(HOST_HOLD, hold);
	PUT(TOTAL_THRESHOLD, threshold(p->total_syn_per_s));
	PUT(TOTAL_HOLD, hold);
	PUT(HOST_TIMEOUT, weir_policy_windows(p->timeout_ms));
	PUT(LEGIT_TIMEOUT, units(legit->timeout_s, LegitLog2));
	PUT(PROVEN_TIMEOUT, units(p->proven_timeout_s, SecondLog2));
	PUT(LEGIT_FAIL_OPEN, legit->open);
	PUT(LEGIT_MANUAL, legit->firmware);
	PUT(SKETCH_LIMIT, units_in(p->retransmission_syn_per_s, SketchSliceUs));
#undef PUT
	put_entry(c, WEIR_REG_STATE_CFG_SYN, word);
}

static void put_zombie_flood(struct compiler *c)
{
	const struct weir_zombie_policy *p = &c->p->zombie_flood;
	uint32_t word[EntryWords] = { 0 };

	WEIR_FIELD_PUT(word, WEIR_REG_STATE_CFG_ZOMBIE_THRESHOLD,
		       at_most(threshold(p->total_syn_per_s), WEIR_REG_STATE_CFG_ZOMBIE_THRESHOLD_BITS));
	WEIR_FIELD_PUT(word, WEIR_REG_STATE_CFG_ZOMBIE_HOLD, weir_policy_windows(p->hold_ms));
	WEIR_FIELD_PUT(word, WEIR_REG_STATE_CFG_ZOMBIE_CONCURRENT, p->connections_per_source);
	WEIR_FIELD_PUT(word, WEIR_REG_STATE_CFG_ZOMBIE_OPENED, p->new_per_source);
	put_entry(c, WEIR_REG_STATE_CFG_ZOMBIE, word);
}

static void put_state(struct compiler *c)
{
	enum { ActionBits = WEIR_REG_STATE_CFG_ACTIONS_CONN_STATE_LSB, Syn = WEIR_OUTS, Source, Zombie };
	const struct weir_source_policy *s = &c->p->sources;
	const struct weir_state_reason syn = { WEIR_STATE_DROP, c->p->syn_flood.dry_run };
	uint32_t word[EntryWords] = { 0 };

	put_connections(c);
	put_syn_flood(c);
	WEIR_FIELD_PUT(word, WEIR_REG_STATE_CFG_SOURCE_THRESHOLD, s->threshold);
	WEIR_FIELD_PUT(word, WEIR_REG_STATE_CFG_SOURCE_GROW, s->grow);
	WEIR_FIELD_PUT(word, WEIR_REG_STATE_CFG_SOURCE_DECAY, s->decay);
	WEIR_FIELD_PUT(word, WEIR_REG_STATE_CFG_SOURCE_TIMEOUT, units(s->timeout_s, SecondLog2));
	put_entry(c, WEIR_REG_STATE_CFG_SOURCE, word);
	word[0] = state_action(&syn) << (ActionBits * Syn) | state_action(&s->reason) << (ActionBits * Source) |
		  state_action(&c->p->zombie_flood.reason) << (ActionBits * Zombie);
	for (unsigned i = 0; i < WEIR_OUTS; i++)
		word[0] |= state_action(&c->p->connections.out[i]) << (ActionBits * i);
	put_entry(c, WEIR_REG_STATE_CFG_ACTIONS, word);
	put_cookie_keys(c);
	put_zombie_flood(c);
}

static int complain(struct compiler *c, const struct weir_override *o, const char *what)
{
	char key[120];

	snprintf(c->detail, WEIR_POLICY_DETAIL, "%s:%u: %s: %s", c->file, o->meter.line,
		 weir_override_key(o, key, sizeof(key)), what);
	return -EINVAL;
}

/* The number of a configuration of its table, 1 to 7: a new one, or that of an equal one; -1 when all are taken. */
static int config_number(struct compiler *c, unsigned k, const struct weir_meter_policy *m)
{
	uint32_t word[EntryWords];
	unsigned i;

	weir_meter_words(m, word);
	for (i = 0; i < c->n_config[k]; i++)
		if (!memcmp(c->config[k][i], word, sizeof(word)))
			return (int)i + 1;
	if (i == OverridesPerTable)
		return -1;
	memcpy(c->config[k][i], word, sizeof(word));
	c->n_config[k]++;
	put_entry(c, WEIR_REG_METER_CFG(k == WEIR_POLICY_PROTOCOL ? MeterProtocol + i + 1
								   : MeterTableSpan * k + MeterOverride + i + 1), word);
	return (int)i + 1;
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

static struct weir_hash_key key_of(const struct compiler *c, const struct weir_override *o)
{
	uint8_t remote[16], address[16], prefix[16];

	wide(&o->remote, remote);
	wide(&o->address, address);
	wide(&o->prefix.addr, prefix);
	switch (o->table) {
	case WEIR_TABLE_remote:
		return weir_hash_remote(c->hash, o->remote.family == 6, remote);
	case WEIR_TABLE_pair:
		return weir_hash_pair(c->hash, o->remote.family == 6, remote, address);
	case WEIR_TABLE_class:
		return weir_hash_class(c->hash, o->address.family == 6, address, o->sub);
	case WEIR_TABLE_address:
		return weir_hash_address(c->hash, o->address.family == 6, address);
	case WEIR_TABLE_prefix:
		return weir_hash_prefix(c->hash, o->prefix.addr.family == 6, prefix);
	case WEIR_TABLE_port:
		return weir_hash_port(c->hash, o->sub, o->value);
	default:
		return weir_hash_udp_source(c->hash, o->value);
	}
}

/* First way, in probe order, that nothing pinned has; -1 when all four are taken. */
static int take_way(struct compiler *c, unsigned table, struct weir_hash_key key, uint32_t *ret_set)
{
	uint32_t set = key.index & ((1u << weir_table_info(table)->sets_log2) - 1);
	size_t i = 0;

	while (i < c->n_pinned && (c->pinned[i].table != table || c->pinned[i].set != set))
		i++;
	if (i == c->n_pinned) {
		c->pinned[i].table = table;
		c->pinned[i].set = set;
		c->n_pinned++;
	}
	*ret_set = set;
	for (unsigned n = 0; n < Ways; n++) {
		unsigned way = (unsigned)((key.tag + n) % Ways);

		if (c->pinned[i].ways & 1u << way)
			continue;
		c->pinned[i].ways |= 1u << way;
		return (int)way;
	}
	return -1;
}

/* A pinned entry. @return its way; -1 its set is full */
static int pin(struct compiler *c, unsigned table, struct weir_hash_key key, unsigned number)
{
	const uint32_t span = WEIR_REG_TABLE_PAIR(0) - WEIR_REG_TABLE_REMOTE(0);
	uint32_t word[EntryWords] = { 0 }, set;
	int way = take_way(c, table, key, &set);

	if (way < 0)
		return -1;
	WEIR_FIELD_PUT(word, WEIR_REG_TABLE_REMOTE_TAG, key.tag);
	WEIR_FIELD_PUT(word, WEIR_REG_TABLE_REMOTE_CFG, number);
	put_entry(c, WEIR_REG_TABLE_REMOTE(set * Ways + (uint32_t)way) + span * table, word);
	return way;
}

static int put_override(struct compiler *c, const struct weir_override *o)
{
	int number = config_number(c, o->table, &o->meter);
	uint32_t word[EntryWords] = { 0 };

	if (number < 0)
		return complain(c, o, "the table has room for 7 different overrides; give some the same values");
	if (o->table == WEIR_POLICY_PROTOCOL) {
		WEIR_FIELD_PUT(word, WEIR_REG_CLASS_BANK_CFG, (uint64_t)number);
		put_entry(c, WEIR_REG_CLASS_BANK(o->value), word);
		return 0;
	}
	if (pin(c, o->table, key_of(c, o), (unsigned)number) < 0)
		return complain(c, o, "four other overrides have its set of the table; choose another --seed");
	return 0;
}

static int put_limit(struct compiler *c, unsigned id, const struct weir_rule *r)
{
	int number = config_number(c, WEIR_TABLE_pair, &r->meter), way = 0;
	const char *what = NULL;

	if (number < 0)
		what = "limits and overrides of pair have room for 7 different rates; give some the same values";
	else if ((way = pin(c, WEIR_TABLE_pair, weir_rule_limit_key(id), (unsigned)number)) < 0)
		what = "four others have its set of the table pair, where limits are kept; use fewer limits, or choose another --seed";
	if (what) {
		snprintf(c->detail, WEIR_POLICY_DETAIL, "%s:%u: rules: %s", c->file, r->line, what);
		return -EINVAL;
	}
	/* Four ways in each set: as many as there is room for. */
	c->w.limit[c->w.n_limit++] = (struct weir_limit_pin){ (uint16_t)id, (uint8_t)way, (uint8_t)number };
	return 0;
}

static void put_rule(void *ctx, uint32_t addr, const uint32_t word[EntryWords])
{
	put_entry(ctx, addr, word);
}

static int put_rules(struct compiler *c, uint64_t now_s)
{
	struct weir_rule_map *map = &c->w.rules;
	uint8_t taken[WEIR_RULES_LIMIT_SETS] = { 0 };
	int rc;

	for (size_t i = 0; i < c->n_pinned; i++)
		if (c->pinned[i].table == WEIR_TABLE_pair)
			taken[c->pinned[i].set] = (uint8_t)__builtin_popcount(c->pinned[i].ways);
	rc = weir_rules_place(c->p, c->hash, now_s, taken, c->file, map, c->detail);
	for (unsigned id = 0; id < WEIR_RULES_IDS && !rc; id++) {
		const struct weir_rule *r = map->rule[id] ? &c->p->rules.list[map->rule[id] - 1] : NULL;

		if (r && r->action == WEIR_RULE_LIMIT)
			rc = put_limit(c, id, r);
	}
	if (!rc)
		weir_rules_put(c->p, map, c->hash, 0, true, put_rule, c);
	return rc;
}

int weir_policy_compile_with(const struct weir_policy *p, const struct weir_keys *keys, uint64_t now_s, const char *file,
			     struct weir_writes *ret, char *detail)
{
	struct compiler c = { .p = p, .keys = keys, .file = file, .detail = detail };
	uint32_t bypass[EntryWords] = { p->bypass };
	int rc = 0;

	snprintf(detail, WEIR_POLICY_DETAIL, "no memory");
	c.hash = calloc(1, sizeof(*c.hash));
	if (!c.hash)
		return -ENOMEM;
	put_setup(&c);
	put_meters(&c);
	put_anomalies(&c);
	put_state(&c);
	for (size_t i = 0; i < p->n_override && !rc; i++)
		rc = put_override(&c, &p->override[i]);
	if (!rc)
		rc = put_rules(&c, now_s);
	put_entry(&c, WEIR_REG_BYPASS, bypass);
	put(&c, WEIR_REG_CTRL, WEIR_REG_CTRL_RUN_MASK);
	free(c.hash);
	if (!rc)
		rc = c.error;
	if (rc) {
		weir_writes_done(&c.w);
		return rc;
	}
	*ret = c.w;
	return 0;
}

int weir_policy_pair_use(const struct weir_policy *p, const struct weir_keys *keys, struct weir_pair_use *ret)
{
	char detail[WEIR_POLICY_DETAIL];
	struct compiler c = { .p = p, .keys = keys, .file = "", .detail = detail };
	int rc = 0;

	c.hash = calloc(1, sizeof(*c.hash));
	if (!c.hash)
		return -ENOMEM;
	weir_hash_key_set(c.hash, keys->hash);
	for (size_t i = 0; i < p->n_override && !rc; i++)
		rc = put_override(&c, &p->override[i]);
	rc = rc ? rc : c.error;
	memset(ret, 0, sizeof(*ret));
	for (unsigned i = 0; i < c.n_config[WEIR_TABLE_pair]; i++) {
		ret->has[i] = true;
		memcpy(ret->config[i], c.config[WEIR_TABLE_pair][i], sizeof(ret->config[i]));
	}
	for (size_t i = 0; i < c.n_pinned; i++)
		if (c.pinned[i].table == WEIR_TABLE_pair)
			ret->ways[c.pinned[i].set] = (uint8_t)c.pinned[i].ways;
	weir_writes_done(&c.w);
	free(c.hash);
	return rc;
}

void weir_keys_from_seed(uint64_t seed, struct weir_keys *ret)
{
	struct weir_prng r;

	weir_prng_seed(&r, seed, KeyStream);
	for (uint32_t i = 0; i < WEIR_HASH_KEY_WORDS; i++)
		ret->hash[i] = (uint32_t)(weir_prng_next(&r) >> 32);
	weir_prng_seed(&r, seed, CookieStream);
	for (unsigned i = 0; i < WEIR_REG_STATE_CFG_COOKIE_KEY_COUNT; i++)
		for (unsigned k = 0; k < 2; k++)
			ret->cookie[i][k] = weir_prng_next(&r);
}

int weir_policy_compile_at(const struct weir_policy *p, uint64_t seed, uint64_t now_s, const char *file,
			   struct weir_writes *ret, char *detail)
{
	struct weir_keys keys;

	weir_keys_from_seed(seed, &keys);
	return weir_policy_compile_with(p, &keys, now_s, file, ret, detail);
}

int weir_policy_compile(const struct weir_policy *p, uint64_t seed, const char *file, struct weir_writes *ret,
			char *detail)
{
	return weir_policy_compile_at(p, seed, 0, file, ret, detail);
}

void weir_writes_start(struct weir_writes *w, uint64_t first_us)
{
	if (w->adopt_us)
		w->write[w->adopt].value =
			(uint32_t)at_most(((first_us + w->adopt_us) >> SecondLog2) + 1, 32);
}

void weir_writes_done(struct weir_writes *w)
{
	free(w->write);
	*w = (struct weir_writes){ 0 };
}
