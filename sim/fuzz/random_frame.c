// SPDX-License-Identifier: Apache-2.0
#include "random_frame.h"

#include <stdbool.h>
#include <string.h>

#include "random_frame_priv.h"

void weir_rf_put8(struct weir_rf *g, unsigned v)
{
	if (g->len < g->max)
		g->b[g->len++] = (uint8_t)v;
}

void weir_rf_put16(struct weir_rf *g, unsigned v)
{
	weir_rf_put8(g, v >> 8);
	weir_rf_put8(g, v & 0xff);
}

void weir_rf_put_random(struct weir_rf *g, size_t n)
{
	while (n--)
		weir_rf_put8(g, (unsigned)weir_prng_next(g->p) & 0xff);
}

void weir_rf_set16(struct weir_rf *g, size_t at, unsigned v)
{
	if (at + 2 <= g->len) {
		g->b[at] = (uint8_t)(v >> 8);
		g->b[at + 1] = (uint8_t)v;
	}
}

unsigned weir_rf_get16(const struct weir_rf *g, size_t at)
{
	return at + 2 <= g->len ? (unsigned)g->b[at] << 8 | g->b[at + 1] : 0;
}

bool weir_rf_chance(struct weir_rf *g, unsigned one_in)
{
	return !weir_prng_below(g->p, one_in);
}

unsigned weir_rf_below(struct weir_rf *g, unsigned n)
{
	return (unsigned)weir_prng_below(g->p, n);
}

static void put_mac(struct weir_rf *g, bool source)
{
	unsigned kind = weir_rf_below(g, source ? 64 : 24);

	if (kind == 0) {                                  /* broadcast */
		weir_rf_put16(g, 0xffff);
		weir_rf_put16(g, 0xffff);
		weir_rf_put16(g, 0xffff);
	} else if (kind == 1 || (kind == 2 && !source)) { /* link control and its neighbours */
		weir_rf_put16(g, 0x0180);
		weir_rf_put16(g, 0xc200);
		weir_rf_put16(g, weir_rf_below(g, 20));
	} else if (kind == 3 && !source) {                /* multicast */
		weir_rf_put16(g, 0x3333);
		weir_rf_put_random(g, 4);
	} else {
		weir_rf_put16(g, 0x0200);
		weir_rf_put16(g, 0);
		weir_rf_put16(g, 0x10 + (source ? 0 : weir_rf_chance(g, 40) ? 0 : 4) + weir_rf_below(g, 4));
	}
}

static void put_arp(struct weir_rf *g)
{
	weir_rf_put16(g, 1);
	weir_rf_put16(g, 0x0800);
	weir_rf_put16(g, 0x0604);
	weir_rf_put16(g, 1 + weir_rf_below(g, 2));
	weir_rf_put_random(g, 20);
}

/** What stands behind an EtherType. */
static unsigned put_type(struct weir_rf *g)
{
	static const unsigned others[] = { 0x8863, 0x8864, 0x8847, 0x88cc, 0x0801, 0x0600, 0x05ff, 0x05dd, 0xffff };
	unsigned kind = weir_rf_below(g, 64), type;

	if (kind < 32)
		type = 0x0800;
	else if (kind < 59)
		type = 0x86dd;
	else if (kind < 62)
		type = 0x0806;
	else
		type = others[weir_rf_below(g, sizeof(others) / sizeof(others[0]))];
	weir_rf_put16(g, type);
	return type;
}

static void put_layer3(struct weir_rf *g, unsigned type)
{
	g->l3 = g->len;
	if (type == 0x0800)
		weir_rf_ip4(g);
	else if (type == 0x86dd)
		weir_rf_ip6(g);
	else if (type == 0x0806)
		put_arp(g);
	else
		weir_rf_put_random(g, weir_rf_below(g, 100));
}

static void put_frame(struct weir_rf *g)
{
	static const unsigned tpid[] = { 0x8100, 0x8100, 0x88a8, 0x9100 };
	unsigned tags = weir_rf_below(g, 16), length_at, length;

	put_mac(g, false);
	put_mac(g, true);
	tags = tags < 11 ? 0 : tags < 14 ? 1 : tags < 15 ? 2 : weir_rf_chance(g, 4) ? 3 : 0;
	while (tags--) {
		weir_rf_put16(g, tpid[weir_rf_below(g, 4)]);
		weir_rf_put16(g, weir_rf_chance(g, 40) ? 0x3fff : weir_rf_below(g, 0x10000));
	}
	if (!weir_rf_chance(g, 16)) {
		put_layer3(g, put_type(g));
		return;
	}
	/* 802.3 with LLC. */
	length_at = (unsigned)g->len;
	weir_rf_put16(g, 0);
	if (weir_rf_chance(g, 4)) {
		weir_rf_put16(g, 0x4242);
		weir_rf_put_random(g, weir_rf_below(g, 50));
	} else {
		weir_rf_put16(g, 0xaaaa);
		weir_rf_put16(g, 0x0300);
		weir_rf_put16(g, weir_rf_chance(g, 20) ? 1 : 0);
		put_layer3(g, put_type(g));
	}
	length = (unsigned)(g->len - length_at - 2);
	if (weir_rf_chance(g, 4))
		length = weir_rf_chance(g, 4) ? length + 1 + weir_rf_below(g, 1500) : weir_rf_below(g, length + 1);
	weir_rf_set16(g, length_at, length);
}

/** A frame without any structure. */
static void put_noise(struct weir_rf *g)
{
	weir_rf_put_random(g, 1 + weir_rf_below(g, (unsigned)g->max));
}

size_t weir_random_frame(struct weir_prng *p, uint8_t *buf, size_t max, uint32_t *ret_known)
{
	struct weir_rf g = {
		.p = p, .b = buf,
		.max = max < WEIR_RANDOM_FRAME_MAX ? max : WEIR_RANDOM_FRAME_MAX,
	};

	if (weir_rf_chance(&g, 200))
		put_noise(&g);
	else
		put_frame(&g);
	weir_rf_fix_sums(&g);
	if (weir_rf_chance(&g, 2))
		weir_rf_mutate(&g);
	*ret_known = (uint32_t)g.len;
	if (weir_rf_chance(&g, 24)) {
		*ret_known = weir_rf_below(&g, (unsigned)(weir_rf_chance(&g, 2) && g.len > 100 ? 100 : g.len) + 1);
		memset(buf + *ret_known, 0, g.len - *ret_known);
	}
	return g.len;
}
