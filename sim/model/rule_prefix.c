// SPDX-License-Identifier: Apache-2.0
/* Prefix rules: a vector of rules for each piece of five bits of the frame (docs/datapath.md 18.1). */
#include "host/common/lists.h"
#include "rule.h"

#include <string.h>

#define PIECE_BITS 5u
#define FRAME_PIECES 61u
#define PIECE_ACTION_LOW 61u
#define PIECE_ACTION_HIGH 62u
#define PIECE_HITS 63u
#define STRING_BYTES 40u       /* 305 bits, and room to read two bytes at each piece */

static void put16(uint8_t *at, uint16_t v)
{
	at[0] = (uint8_t)(v >> 8);
	at[1] = (uint8_t)v;
}

/** The string that is matched; its first bit is the highest of byte 0. */
static void make_string(const struct weir_record *r, uint8_t s[STRING_BYTES])
{
	bool icmp = weir_record_has_class(r, WEIR_CLASS_icmp);

	memset(s, 0, STRING_BYTES);
	memcpy(s, r->remote, 16);
	memcpy(s + 16, r->protect, 16);
	put16(s + 32, icmp ? 0 : r->dir ? r->dport : r->sport);
	put16(s + 34, icmp || !r->dir ? r->dport : r->sport);
	s[36] = r->proto;
	s[37] = (uint8_t)(r->dir << 3 | r->family << 2 | r->is_frag << 1 | r->l4_valid);
	s[38] = (uint8_t)(r->l4_proto_valid << 7);
}

static unsigned piece_of(const uint8_t *s, unsigned piece)
{
	unsigned bit = PIECE_BITS * piece, two = (unsigned)s[bit / 8] << 8 | s[bit / 8 + 1];

	return two >> (16 - PIECE_BITS - bit % 8) & (WEIR_PREFIX_VALUES - 1);
}

int weir_rule_prefix_find(const struct weir_rules *s, const struct weir_record *r, enum weir_rule_action *ret_action)
{
	const uint32_t (*vector)[WEIR_PREFIX_VALUES] = s->vector[s->set];
	uint8_t string[STRING_BYTES];
	uint32_t fit = UINT32_MAX;
	unsigned rule;

	make_string(r, string);
	for (unsigned piece = 0; fit && piece < FRAME_PIECES; piece++)
		fit &= vector[piece][piece_of(string, piece)];
	if (!fit)
		return -1;
	rule = (unsigned)__builtin_ctz(fit);
	*ret_action = (vector[PIECE_ACTION_LOW][0] >> rule & 1) | (vector[PIECE_ACTION_HIGH][0] >> rule & 1) << 1;
	return (int)rule;
}

void weir_rule_prefix_hit(struct weir_rules *s, unsigned rule)
{
	s->vector[s->set][PIECE_HITS][rule]++;
}
