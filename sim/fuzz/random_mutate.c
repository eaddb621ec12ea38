// SPDX-License-Identifier: Apache-2.0
#include "random_frame_priv.h"

enum { ICMP = 1, TCP = 6, UDP = 17, ICMP6 = 58 };

static uint32_t sum(const uint8_t *b, size_t n, uint32_t start)
{
	for (size_t i = 0; i < n; i++)
		start += i % 2 ? b[i] : (uint32_t)b[i] << 8;
	while (start >> 16)
		start = (start & 0xffff) + (start >> 16);
	return start;
}

static void fix_ip4(struct weir_rf *g)
{
	size_t o = g->l3, h = 4u * (g->b[o] & 15u);

	if (o + 20 > g->len || h < 20 || o + h > g->len)
		return;
	weir_rf_set16(g, o + 10, 0);
	weir_rf_set16(g, o + 10, 0xffff - sum(g->b + o, h, 0));
}

static void fix_l4(struct weir_rf *g)
{
	size_t end = g->end < g->len ? g->end : g->len, at, n;
	uint32_t pseudo, value;

	if (g->proto == TCP)
		at = g->l4 + 16;
	else if (g->proto == UDP)
		at = g->l4 + 6;
	else if (g->proto == (g->family == 6 ? ICMP6 : ICMP))
		at = g->l4 + 2;
	else
		return;
	if (at + 2 > end)
		return;
	n = end - g->l4;
	if (g->proto == UDP && weir_rf_get16(g, g->l4 + 4) < n)
		n = weir_rf_get16(g, g->l4 + 4);
	if (n < at + 2 - g->l4)
		return;
	pseudo = (uint32_t)n + g->proto;
	if (g->family == 6)
		pseudo = sum(g->b + g->l3 + 8, 32, pseudo);
	else if (g->proto != ICMP)
		pseudo = sum(g->b + g->l3 + 12, 8, pseudo);
	else
		pseudo = 0;
	weir_rf_set16(g, at, 0);
	value = 0xffff - sum(g->b + g->l4, n, pseudo);
	if (g->proto == UDP && !value)
		value = 0xffff;
	if (g->proto == UDP && weir_rf_chance(g, 24))
		value = 0;
	weir_rf_set16(g, at, value);
}

void weir_rf_fix_sums(struct weir_rf *g)
{
	if (g->family == 4)
		fix_ip4(g);
	if (g->family && g->l4)
		fix_l4(g);
}

/** A value near a limit, or any. */
static unsigned edge8(struct weir_rf *g, unsigned old)
{
	switch (weir_rf_below(g, 6)) {
	case 0:
		return 0;
	case 1:
		return 0xff;
	case 2:
		return old + 1;
	case 3:
		return old - 1;
	case 4:
		return old ^ 1u << weir_rf_below(g, 8);
	default:
		return weir_rf_below(g, 256);
	}
}

static void change_byte(struct weir_rf *g, size_t from, size_t n)
{
	size_t at = from + weir_rf_below(g, (unsigned)n);

	if (at < g->len)
		g->b[at] = (uint8_t)edge8(g, g->b[at]);
}

/** A length or another 16-bit number, a little off or far off. */
static void change_16(struct weir_rf *g, size_t at)
{
	unsigned v = weir_rf_get16(g, at);

	if (weir_rf_chance(g, 3))
		v = weir_rf_chance(g, 2) ? weir_rf_below(g, 0x10000) : weir_rf_below(g, 64);
	else
		v += weir_rf_below(g, 33) - 16u;
	weir_rf_set16(g, at, v & 0xffff);
}

static void change_layer3(struct weir_rf *g)
{
	size_t o = g->l3;

	switch (weir_rf_below(g, 6)) {
	case 0:                                       /* version, header length */
		change_byte(g, o, 1);
		break;
	case 1:                                       /* total or payload length */
		change_16(g, o + (g->family == 4 ? 2 : 4));
		break;
	case 2:                                       /* flags, offset; next header, hop limit */
		change_byte(g, o + 6, 2);
		break;
	case 3:                                       /* TTL, protocol */
		change_byte(g, o + 6, 4);
		break;
	case 4:                                       /* source = destination */
		for (size_t i = 0; i < (g->family == 4 ? 4u : 16u); i++) {
			size_t s = o + (g->family == 4 ? 12 : 8) + i, d = s + (g->family == 4 ? 4 : 16);

			if (d < g->len)
				g->b[d] = g->b[s];
		}
		break;
	default:
		change_byte(g, o, 60);
	}
}

static void change_layer4(struct weir_rf *g)
{
	switch (weir_rf_below(g, 4)) {
	case 0:
		change_16(g, g->l4 + (g->proto == UDP ? 4 : 0));
		break;
	case 1:
		change_byte(g, g->l4 + 12, 2);            /* data offset, flags */
		break;
	case 2:
		change_byte(g, g->l4 + 20, 40);           /* options */
		break;
	default:
		change_byte(g, g->l4, 24);
	}
}

static void change_length(struct weir_rf *g)
{
	size_t n = g->len;

	switch (weir_rf_below(g, 4)) {
	case 0:                                       /* cut anywhere, the sender not knowing */
		g->len = 1 + weir_rf_below(g, (unsigned)n);
		break;
	case 1:                                       /* cut the last bytes */
		n = weir_rf_below(g, 24);
		g->len = g->len > n ? g->len - n : 1;
		break;
	case 2:                                       /* padding */
		weir_rf_put_random(g, weir_rf_below(g, 50));
		break;
	default:                                      /* up to any length */
		weir_rf_put_random(g, weir_rf_below(g, (unsigned)(g->max - n) + 1));
	}
}

void weir_rf_mutate(struct weir_rf *g)
{
	unsigned n = 1;

	while (n < 4 && weir_rf_chance(g, 3))
		n++;
	while (n--) {
		switch (weir_rf_below(g, 8)) {
		case 0:
			change_byte(g, 0, g->len);
			break;
		case 1:
			change_length(g);
			break;
		case 2:
			change_byte(g, 0, 26);
			break;
		case 3:
		case 4:
			if (g->family)
				change_layer3(g);
			break;
		default:
			if (g->l4)
				change_layer4(g);
		}
	}
	if (!weir_rf_chance(g, 3) && g->l3 < g->len)
		weir_rf_fix_sums(g);
}
