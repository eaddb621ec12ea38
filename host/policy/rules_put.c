// SPDX-License-Identifier: Apache-2.0
/* Rules as entries of their targets. */
#include <string.h>

#include "rules.h"
#include "rules_priv.h"
#include "weir/weir_regs.h"

enum {
	EntryWords = 8,
	VectorsPerEntry = 4,
	EntriesPerPiece = 32 / VectorsPerEntry,
	EntriesPerSet = 512,
	PieceBits = 5, PieceValues = 1 << PieceBits,
	PieceActionLow = 61, PieceActionHigh = 62, PieceHits = 63,
	RangesMost = 30,            /* of a range of 16 bits */
	/* The string (docs/datapath.md 18.1). */
	Remote = 0, Protected = 128, RemotePort = 256, Port = 272, Proto = 288, Direction = 300, Family = 301, Frag = 302,
	L4Valid = 303, ProtoValid = 304,
};

struct span {
	uint16_t value, mask;
};

/* Blocks of 2^n numbers, aligned, that make up a range. */
static unsigned spans_of(const struct weir_rule_ports *p, struct span ret[RangesMost])
{
	uint32_t at = p->first;
	unsigned n = 0;

	if (!p->given) {
		ret[0] = (struct span){ 0, 0 };
		return 1;
	}
	while (at <= p->last) {
		uint32_t size = 1;

		while (!(at & (2 * size - 1)) && at + 2 * size - 1 <= p->last)
			size *= 2;
		ret[n++] = (struct span){ (uint16_t)at, (uint16_t)~(size - 1) };
		at += size;
	}
	return n;
}

unsigned weir_rule_places(const struct weir_rule *r)
{
	struct span span[RangesMost];

	return spans_of(&r->port, span) * spans_of(&r->remote_port, span);
}

static void require(struct weir_ternary *t, unsigned at, unsigned bit)
{
	uint8_t mask = (uint8_t)(0x80u >> at % 8);

	t->mask[at / 8] |= mask;
	if (bit)
		t->value[at / 8] |= mask;
}

static void require_number(struct weir_ternary *t, unsigned at, unsigned bits, uint32_t value, uint32_t mask)
{
	for (unsigned i = 0; i < bits; i++)
		if (mask >> (bits - 1 - i) & 1)
			require(t, at + i, value >> (bits - 1 - i) & 1);
}

static void require_prefix(struct weir_ternary *t, unsigned at, const struct weir_prefix *p)
{
	unsigned skip = p->addr.family == 4 ? 96 : 0;

	for (unsigned i = 0; p->addr.family && i < p->len; i++)
		require(t, at + skip + i, p->addr.b[i / 8] >> (7 - i % 8) & 1);
}

static void fill(const struct weir_rule *r, struct weir_ternary *t)
{
	uint8_t family = weir_rule_family(r);

	memset(t, 0, sizeof(*t));
	require_prefix(t, Remote, &r->from);
	require_prefix(t, Protected, &r->to);
	if (family)
		require(t, Family, family == 6);
	if (r->direction != WEIR_RULE_BOTH)
		require(t, Direction, r->direction == WEIR_RULE_OUT);
	if (r->fragments != WEIR_RULE_ANY)
		require(t, Frag, r->fragments == WEIR_RULE_FRAGMENTS);
	if (r->has_protocol) {
		require_number(t, Proto, 8, r->protocol, UINT8_MAX);
		require(t, ProtoValid, 1);
	}
	/* Without them the ports are 0. */
	if (r->port.given || r->remote_port.given)
		require(t, L4Valid, 1);
}

void weir_rule_ternary(const struct weir_rule *r, struct weir_ternary *ret)
{
	struct span port[RangesMost], remote[RangesMost];
	unsigned ports = spans_of(&r->port, port), remotes = spans_of(&r->remote_port, remote);

	/* Who asks for more than there is room for has been refused. */
	for (unsigned i = 0; i < ports; i++)
		for (unsigned j = 0; j < remotes; j++, ret++) {
			fill(r, ret);
			require_number(ret, Port, 16, port[i].value, port[i].mask);
			require_number(ret, RemotePort, 16, remote[j].value, remote[j].mask);
		}
}

bool weir_rules_strings(const struct weir_policy *p, struct weir_rule_map *map)
{
	struct weir_ternary string[WEIR_RULES_PREFIX];

	for (unsigned id = 0; id < WEIR_RULES_PREFIX; id++) {
		const struct weir_rule *r = weir_rules_at(p, map, id);
		unsigned nth = 0;

		if (!r)
			continue;
		/* Its strings go to its ids in their order. */
		for (unsigned i = 0; i < id; i++)
			nth += map->rule[i] == map->rule[id];
		if (weir_rule_places(r) > WEIR_RULES_PREFIX || nth >= weir_rule_places(r))
			return false;
		weir_rule_ternary(r, string);
		map->prefix[id] = string[nth];
	}
	return true;
}

/* --- Writing ------------------------------------------------------------------------------------------------------ */

static bool fits(const struct weir_ternary *t, unsigned piece, unsigned value)
{
	for (unsigned i = 0; i < PieceBits; i++) {
		unsigned at = PieceBits * piece + i, bit = value >> (PieceBits - 1 - i) & 1;

		if (t->mask[at / 8] & 0x80u >> at % 8 && !!(t->value[at / 8] & 0x80u >> at % 8) != bit)
			return false;
	}
	return true;
}

static uint32_t vector(const struct weir_policy *p, const struct weir_rule_map *map, unsigned piece, unsigned value)
{
	uint32_t v = 0;

	for (unsigned id = 0; id < WEIR_RULES_PREFIX; id++) {
		const struct weir_rule *r = weir_rules_at(p, map, id);
		bool bit = false;

		if (r && piece < WEIR_RULES_PIECES)
			bit = fits(&map->prefix[id], piece, value);
		else if (r && piece < PieceHits && !value)
			bit = r->action >> (piece - PieceActionLow) & 1;
		v |= (uint32_t)bit << id;
	}
	return v;
}

bool weir_rules_vectors(const struct weir_policy *p, const struct weir_rule_map *map, unsigned e, uint32_t ret_word[EntryWords])
{
	uint32_t any = 0;

	memset(ret_word, 0, EntryWords * sizeof(*ret_word));
	for (unsigned v = 0; v < VectorsPerEntry; v++)
		any |= ret_word[v] = vector(p, map, e / EntriesPerPiece, VectorsPerEntry * (e % EntriesPerPiece) + v);
	return any;
}

void weir_rule_exact_words(const struct weir_rule *r, const struct weir_hash *hash, unsigned sets, uint32_t ret_word[EntryWords])
{
	uint64_t print = weir_rule_key(hash, r).tag & (((uint64_t)1 << WEIR_REG_RULE_EXACT_PRINT_BITS) - 1);

	memset(ret_word, 0, EntryWords * sizeof(*ret_word));
	WEIR_FIELD_PUT(ret_word, WEIR_REG_RULE_EXACT_PRINT, print);
	WEIR_FIELD_PUT(ret_word, WEIR_REG_RULE_EXACT_IN_SET0, sets & 1);
	WEIR_FIELD_PUT(ret_word, WEIR_REG_RULE_EXACT_IN_SET1, sets >> 1 & 1);
	WEIR_FIELD_PUT(ret_word, WEIR_REG_RULE_EXACT_ACTION, r->action);
}

void weir_rules_cfg_words(const struct weir_policy *p, const struct weir_rule_map *map, unsigned set, uint32_t ret_word[EntryWords])
{
	memset(ret_word, 0, EntryWords * sizeof(*ret_word));
	WEIR_FIELD_PUT(ret_word, WEIR_REG_RULE_CFG_ACTIVE_SET, set);
	WEIR_FIELD_PUT(ret_word, WEIR_REG_RULE_CFG_ENABLE, map->n_prefix || map->n_exact);
	WEIR_FIELD_PUT(ret_word, WEIR_REG_RULE_CFG_DRY_RUN, p->rules.dry_run);
}

void weir_rules_put(const struct weir_policy *p, const struct weir_rule_map *map, const struct weir_hash *hash, unsigned set,
		    bool clean, weir_rule_put *put, void *ctx)
{
	uint32_t word[EntryWords];

	for (unsigned e = 0; e < EntriesPerSet; e++)
		if (weir_rules_vectors(p, map, e, word) || !clean)
			put(ctx, WEIR_REG_RULE_PREFIX(EntriesPerSet * set + e), word);
	for (uint32_t place = 0; place < WEIR_RULES_EXACT; place++) {
		const struct weir_rule *r = weir_rules_at(p, map, WEIR_RULES_PREFIX + place);

		memset(word, 0, sizeof(word));
		if (r)
			weir_rule_exact_words(r, hash, 1u << set, word);
		if (r || !clean)
			put(ctx, WEIR_REG_RULE_EXACT(place), word);
	}
	weir_rules_cfg_words(p, map, set, word);
	put(ctx, WEIR_REG_RULE_CFG, word);
}
