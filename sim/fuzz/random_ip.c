// SPDX-License-Identifier: Apache-2.0
#include "random_frame_priv.h"

enum { HOP = 0, ROUTING = 43, FRAGMENT = 44, AH = 51, DEST = 60 };

static void put_ip4_address(struct weir_rf *g, unsigned net)
{
	static const uint8_t first[] = { 0, 127, 224, 239, 240, 255, 10 };
	unsigned kind = weir_rf_below(g, 100);

	if (kind < 85) {                   /* few */
		weir_rf_put16(g, net);
		weir_rf_put16(g, 0x0200 + weir_rf_below(g, 12));
	} else if (kind < 97) {            /* many */
		weir_rf_put16(g, net);
		weir_rf_put16(g, weir_rf_below(g, 0x10000));
	} else if (kind < 98) {
		weir_rf_put16(g, 0xffff);
		weir_rf_put16(g, 0xffff);
	} else if (kind < 99) {
		weir_rf_put16(g, 0);
		weir_rf_put16(g, 0);
	} else {
		weir_rf_put8(g, first[weir_rf_below(g, sizeof(first))]);
		weir_rf_put_random(g, 3);
	}
}

static void put_ip6_address(struct weir_rf *g, unsigned net)
{
	unsigned kind = weir_rf_below(g, 100), head = 0x2001, low;

	low = kind < 85 ? weir_rf_below(g, 12) : weir_rf_below(g, 0x10000);
	if (kind == 97)                    /* ::, ::1, ::x */
		head = net = 0, low = weir_rf_below(g, 3);
	else if (kind == 98)
		head = 0xff02;
	weir_rf_put16(g, head);
	weir_rf_put16(g, kind == 97 ? 0 : 0x0db8);
	weir_rf_put16(g, net);
	weir_rf_put16(g, kind > 90 && kind < 97 ? weir_rf_below(g, 0x10000) : 0);
	weir_rf_put16(g, 0);
	weir_rf_put16(g, kind == 99 ? 0xffff : 0);
	weir_rf_put16(g, 0);
	weir_rf_put16(g, low);
	if (kind == 99)                    /* IPv4-mapped */
		for (size_t i = g->len - 16; i < g->len - 6; i++)
			g->b[i] = 0;
}

/** IPv4 options of whole words, at most 40 bytes. */
static void put_options(struct weir_rf *g)
{
	static const uint8_t types[] = { 7, 68, 130, 131, 137, 148, 25 };
	size_t words = 1 + weir_rf_below(g, 10), end = g->len + 4 * words;

	while (g->len < end && g->len < g->max) {
		size_t room = end - g->len, n;

		if (room < 3 || weir_rf_chance(g, 3)) {
			weir_rf_put8(g, weir_rf_chance(g, 3) ? 0 : 1);
			continue;
		}
		n = 2 + weir_rf_below(g, (unsigned)room - 1);
		weir_rf_put8(g, types[weir_rf_below(g, sizeof(types))]);
		weir_rf_put8(g, weir_rf_chance(g, 12) ? weir_rf_below(g, 60) : (unsigned)n);
		weir_rf_put_random(g, n - 2);
	}
}

static void put_ah(struct weir_rf *g, unsigned next)
{
	unsigned words = weir_rf_chance(g, 4) ? weir_rf_below(g, 12) : 4;

	weir_rf_put8(g, next);
	weir_rf_put8(g, words);
	weir_rf_put_random(g, 4 * (words + 2) - 2);
}

/** Fragment fields: offset in units of 8 and the more flag. */
static void fragment(struct weir_rf *g, unsigned *ret_offset, unsigned *ret_more)
{
	static const unsigned offsets[] = { 0, 0, 0, 1, 2, 185, 8100, 8189, 8190, 8191 };

	*ret_offset = offsets[weir_rf_below(g, sizeof(offsets) / sizeof(offsets[0]))];
	*ret_more = weir_rf_below(g, 2);
}

void weir_rf_ip4(struct weir_rf *g)
{
	size_t o = g->len, payload;
	unsigned offset = 0, more = 0, proto, ah = 0;

	g->family = 4;
	weir_rf_put16(g, 0x4500 | (weir_rf_chance(g, 4) ? weir_rf_below(g, 256) : 0));
	weir_rf_put16(g, 0);
	weir_rf_put16(g, weir_rf_below(g, 0x10000));
	if (weir_rf_chance(g, 6))
		fragment(g, &offset, &more);
	weir_rf_put16(g, offset | more << 13 | (weir_rf_chance(g, offset || more ? 20 : 2) ? 0x4000u : 0));
	weir_rf_put8(g, weir_rf_chance(g, 64) ? 0 : 64);
	g->proto = weir_rf_choose_proto(g);
	if (weir_rf_chance(g, 20))
		ah = 1 + weir_rf_chance(g, 6);
	weir_rf_put8(g, ah ? AH : g->proto);
	weir_rf_put16(g, 0);
	put_ip4_address(g, 0xc633);
	put_ip4_address(g, 0xc000);
	if (weir_rf_chance(g, 8))
		put_options(g);
	g->b[o] = (uint8_t)(0x40 | (g->len - o) / 4);
	payload = g->len;
	for (; ah; ah--) {
		proto = ah > 1 ? AH : g->proto;
		put_ah(g, proto);
	}
	if (offset)
		weir_rf_put_random(g, weir_rf_chance(g, 10) ? 0 : 8 * weir_rf_below(g, 20) +
				   (weir_rf_chance(g, 6) ? weir_rf_below(g, 8) : 0));
	else
		weir_rf_l4(g);
	if (more && !weir_rf_chance(g, 8))
		while ((g->len - payload) % 8 && g->len < g->max)
			weir_rf_put8(g, 0);
	g->end = g->len;
	weir_rf_set16(g, o + 2, (unsigned)(g->end - o));
}

/** One extension header of the given type. @return false after a fragment that is not the first */
static bool put_extension(struct weir_rf *g, unsigned type, unsigned next)
{
	unsigned units = weir_rf_chance(g, 3) ? weir_rf_below(g, 4) : 0, offset = 0, more = 0;

	switch (type) {
	case AH:
		put_ah(g, next);
		return true;
	case FRAGMENT:
		weir_rf_put8(g, next);
		weir_rf_put8(g, 0);
		if (!weir_rf_chance(g, 4))
			fragment(g, &offset, &more);
		weir_rf_put16(g, offset << 3 | more);
		weir_rf_put_random(g, 4);
		return !offset;
	case ROUTING:
		weir_rf_put8(g, next);
		weir_rf_put8(g, units);
		weir_rf_put8(g, weir_rf_below(g, 5));
		weir_rf_put8(g, weir_rf_chance(g, 2) ? 0 : weir_rf_below(g, 3));
		weir_rf_put_random(g, 4 + 8 * units);
		return true;
	default:
		weir_rf_put8(g, next);
		weir_rf_put8(g, units);
		weir_rf_put_random(g, 6 + 8 * units);
		return true;
	}
}

void weir_rf_ip6(struct weir_rf *g)
{
	static const uint8_t types[] = { HOP, ROUTING, FRAGMENT, AH, DEST, DEST };
	size_t o = g->len;
	unsigned n = 0, chain[12];
	bool more = true;

	g->family = 6;
	g->proto = weir_rf_choose_proto(g);
	if (weir_rf_chance(g, 3))
		n = weir_rf_chance(g, 8) ? weir_rf_below(g, 11) : 1 + weir_rf_below(g, 3);
	for (unsigned i = 0; i < n; i++)
		chain[i] = types[weir_rf_below(g, sizeof(types))];
	if (n && weir_rf_chance(g, 2))
		for (unsigned i = 1; i < n; i++)
			if (chain[i] == HOP)
				chain[i] = DEST;
	chain[n] = g->proto;

	weir_rf_put16(g, 0x6000 | (weir_rf_chance(g, 4) ? weir_rf_below(g, 0x1000) : 0));
	weir_rf_put16(g, weir_rf_below(g, 0x10000));
	weir_rf_put16(g, 0);
	weir_rf_put8(g, chain[0]);
	weir_rf_put8(g, weir_rf_chance(g, 64) ? 0 : weir_rf_chance(g, 2) ? 255 : 64);
	put_ip6_address(g, 0xa);
	put_ip6_address(g, 0xb);
	for (unsigned i = 0; i < n && more; i++)
		more = put_extension(g, chain[i], chain[i + 1]);
	if (more)
		weir_rf_l4(g);
	else
		weir_rf_put_random(g, weir_rf_chance(g, 8) ? 0 : 8 * weir_rf_below(g, 20));
	g->end = g->len;
	weir_rf_set16(g, o + 4, (unsigned)(g->end - o - 40));
}
