// SPDX-License-Identifier: Apache-2.0
#include "random_rules.h"

#include <stdbool.h>
#include <string.h>

#include "weir/weir_regs.h"

enum { Rules = 32, KeyPieces = 61, PieceBits = 5, Pieces = 64, Values = 32, Bits = KeyPieces * PieceBits };
enum { AtRemote = 0, AtProtect = 128, AtRport = 256, AtPport = 272, AtProto = 288, AtFlags = 300 };
enum { FlagDir, FlagFamily, FlagFrag, FlagL4, FlagProto };
enum { ActionLow = 61, ActionHigh = 62 };
enum { Exact = 24, Ways = 4, Buckets = 512 };
enum { CfgEnable = 1 << WEIR_REG_RULE_CFG_ENABLE_LSB, CfgDryRun = 1 << WEIR_REG_RULE_CFG_DRY_RUN_LSB };

/** Bits that are looked at, and what they must be. */
struct rule {
	bool care[Bits], one[Bits];
	unsigned action;
};

static unsigned below(struct weir_prng *p, unsigned n)
{
	return (unsigned)weir_prng_below(p, n);
}

static void want(struct rule *r, unsigned at, unsigned bits, uint64_t value)
{
	for (unsigned i = 0; i < bits; i++) {
		r->care[at + i] = true;
		r->one[at + i] = value >> (bits - 1 - i) & 1;
	}
}

/** An address that frames have. Of the remote side: net 0xc633, 0xa; of the protected one: 0xc000, 0xb. */
static void address(struct weir_prng *p, bool six, bool remote, uint8_t ret[16])
{
	static const uint8_t head[] = { 0x20, 0x01, 0x0d, 0xb8, 0 };
	bool talk = below(p, 2);

	memset(ret, 0, 16);
	if (six) {
		memcpy(ret, head, sizeof(head));
		ret[5] = remote ? 0xa : 0xb;
	} else {
		ret[12] = remote ? 198 : 192;
		ret[13] = remote ? 51 : 0;
		ret[14] = remote && talk ? 100 : 2;
	}
	ret[15] = (uint8_t)(remote || !talk ? below(p, 12) : 10 + below(p, 3));
}

/** A prefix; of IPv4 from bit 96 on (all 128 bits of the address are one string). */
static void want_prefix(struct weir_prng *p, struct rule *r, bool six, bool remote)
{
	static const unsigned lengths[] = { 0, 8, 16, 23, 24, 28, 30, 31, 32 };
	unsigned length = lengths[below(p, 9)], at = remote ? AtRemote : AtProtect;
	uint8_t a[16];

	address(p, six, remote, a);
	if (six)
		length = length * 4;
	else
		length += 96;
	for (unsigned i = 0; i < length; i++)
		want(r, at + i, 1, a[i / 8] >> (7 - i % 8) & 1);
}

static void random_rule(struct weir_prng *p, struct rule *r)
{
	static const uint8_t protos[] = { 6, 6, 6, 17, 1, 58, 47 };
	static const uint16_t ports[] = { 80, 443, 53, 0, 0x0800, 0x0300, 0x8000 };
	bool six = !below(p, 3);

	memset(r, 0, sizeof(*r));
	r->action = below(p, 4);
	if (below(p, 4))
		want(r, AtFlags + FlagFamily, 1, six);
	if (below(p, 3))
		want(r, AtFlags + FlagDir, 1, !below(p, 4));
	if (!below(p, 5))
		want(r, AtFlags + FlagFrag, 1, below(p, 2));
	if (below(p, 4))
		want_prefix(p, r, six, true);
	if (below(p, 2))
		want_prefix(p, r, six, false);
	if (below(p, 2)) {
		want(r, AtFlags + FlagProto, 1, 1);
		want(r, AtProto, 8, protos[below(p, 7)]);
	}
	if (!below(p, 3)) {
		want(r, AtFlags + FlagL4, 1, 1);
		want(r, AtPport, 4 + below(p, 13), 0);
		for (unsigned i = 0; i < 16; i++)
			r->one[AtPport + i] = ports[0] >> (15 - i) & 1;
		if (below(p, 2))
			want(r, AtPport, 16, ports[below(p, 7)]);
	}
	if (!below(p, 6))
		want(r, AtRport, 12, 40000 >> 4);
	if (!below(p, 8))        /* bits in between, as no prefix has them */
		for (unsigned n = below(p, 4); n; n--)
			want(r, below(p, Bits - PieceBits), 1, below(p, 2));
}

/** Whether the rule fits all frames whose piece has this value. */
static bool fits(const struct rule *r, unsigned piece, unsigned value)
{
	for (unsigned i = 0; i < PieceBits; i++) {
		unsigned at = piece * PieceBits + i;

		if (r->care[at] && r->one[at] != (value >> (PieceBits - 1 - i) & 1))
			return false;
	}
	return true;
}

static uint32_t vector(const struct rule rule[Rules], unsigned n, unsigned piece, unsigned value)
{
	uint32_t v = 0;

	for (unsigned r = 0; r < n; r++) {
		if (piece < KeyPieces)
			v |= (uint32_t)fits(&rule[r], piece, value) << r;
		else if (!value && (piece == ActionLow || piece == ActionHigh))
			v |= (rule[r].action >> (piece - ActionLow) & 1) << r;
	}
	return v;
}

static void prefix_rules(struct weir_prng *p, unsigned set, weir_random_rules_write write, void *ctx)
{
	static struct rule rule[Rules];
	unsigned n = below(p, 3) ? below(p, 8) : below(p, Rules + 1);

	for (unsigned r = 0; r < n; r++)
		random_rule(p, &rule[r]);
	for (unsigned piece = 0; piece < Pieces; piece++) {
		for (unsigned value = 0; value < Values; value += 4) {
			uint32_t at = WEIR_REG_RULE_PREFIX(512 * set + 8 * piece + value / 4);

			for (unsigned w = 0; w < 8; w++)
				write(ctx, at + 4 * w, w < 4 ? vector(rule, n, piece, value + w) : 0);
		}
	}
}

static struct weir_hash_key plus(struct weir_hash_key a, struct weir_hash_key b)
{
	return (struct weir_hash_key){ .tag = a.tag ^ b.tag, .index = a.index ^ b.index };
}

static struct weir_hash_key exact_key(struct weir_prng *p, const struct weir_hash *h)
{
	static const uint16_t values[2][3] = { { 80, 443, 53 }, { 0x0800, 0x0300, 0x8000 } };
	bool six = !below(p, 3);
	unsigned kind = below(p, 4);
	uint8_t remote[16], protect[16];

	address(p, six, true, remote);
	address(p, six, false, protect);
	switch (below(p, 3)) {
	case 0:
		return plus(weir_hash_pair(h, six, remote, protect),
			    weir_hash_port(h, kind, values[kind > 1][below(p, 3)]));
	case 1:
		return weir_hash_pair(h, six, remote, protect);
	default:
		return weir_hash_remote(h, six, remote);
	}
}

static void exact_rules(struct weir_prng *p, const struct weir_hash *h, unsigned set, weir_random_rules_write write,
			void *ctx)
{
	for (unsigned n = below(p, Exact); n; n--) {
		struct weir_hash_key k = exact_key(p, h);
		uint32_t bucket = below(p, 2) ? k.index % Buckets : (uint32_t)(k.tag >> 31);
		uint32_t at = WEIR_REG_RULE_EXACT(Ways * bucket + below(p, Ways));
		uint32_t word[8] = { (uint32_t)k.tag & 0x3fffffff, below(p, 4) };
		uint64_t hits = below(p, 3) ? 0 : (UINT64_C(1) << 17) - 1 - below(p, 3);

		word[0] |= (below(p, 4) ? 1u << set : 3u) << 30;
		word[1] |= (uint32_t)(hits << 4 | (uint64_t)!below(p, 6) << 21);
		for (unsigned w = 0; w < 8; w++)
			write(ctx, at + 4 * w, word[w]);
	}
}

void weir_random_rules(struct weir_prng *p, const struct weir_hash *h, unsigned set, weir_random_rules_write write,
		       void *ctx)
{
	prefix_rules(p, set, write, ctx);
	exact_rules(p, h, set, write, ctx);
}

void weir_random_rules_cfg(struct weir_prng *p, unsigned set, weir_random_rules_write write, void *ctx)
{
	uint32_t cfg = set;

	if (below(p, 8))
		cfg |= CfgEnable;
	if (!below(p, 6))
		cfg |= CfgDryRun;
	for (unsigned w = 0; w < 8; w++)
		write(ctx, WEIR_REG_RULE_CFG + 4 * w, w ? 0 : cfg);
}
