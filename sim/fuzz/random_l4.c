// SPDX-License-Identifier: Apache-2.0
#include <string.h>

#include "random_frame_priv.h"

enum { ICMP = 1, TCP = 6, UDP = 17, ICMP6 = 58 };

unsigned weir_rf_choose_proto(struct weir_rf *g)
{
	static const uint8_t others[] = { 2, 47, 50, 59, 132, 4, 41, 1, 58, 255, 0, 43, 44, 60 };
	unsigned kind = weir_rf_below(g, 20);

	if (kind < 9)
		return TCP;
	if (kind < 15)
		return UDP;
	if (kind < 19)
		return g->family == 6 ? ICMP6 : ICMP;
	return others[weir_rf_below(g, sizeof(others))];
}

static unsigned port(struct weir_rf *g)
{
	static const uint16_t usual[] = { 80, 443, 53, 123, 11211, 1900, 40000, 40001, 25, 19 };

	if (weir_rf_chance(g, 60))
		return 0;
	if (weir_rf_chance(g, 16))
		return weir_rf_below(g, 0x10000);
	return usual[weir_rf_below(g, sizeof(usual) / sizeof(usual[0]))];
}

static void put_payload(struct weir_rf *g)
{
	static const char *const methods[] = { "GET /", "POST /", "HEAD /", "PUT /", "DELETE /", "CONNECT /",
		"OPTIONS /", "TRACE /", "PATCH /", "GET", "POS", "GETX", "HTTP/1.1 " };
	unsigned kind = weir_rf_below(g, 16);
	size_t room = g->max - g->len, n;

	if (g->proto == TCP && weir_rf_chance(g, 4)) {
		const char *m = methods[weir_rf_below(g, sizeof(methods) / sizeof(methods[0]))];

		for (size_t i = 0; i < strlen(m); i++)
			weir_rf_put8(g, (uint8_t)m[i]);
		if (weir_rf_chance(g, 4))
			return;
	}
	n = kind < 3 ? 0 : kind < 11 ? weir_rf_below(g, 64) : kind < 15 ? weir_rf_below(g, 1461) :
					weir_rf_below(g, (unsigned)room + 1);
	weir_rf_put_random(g, n);
}

static void put_tcp_options(struct weir_rf *g)
{
	static const uint8_t mss[] = { 2, 4, 5, 0xb4, 4, 2, 1, 3, 3, 7 };
	size_t words = 1 + weir_rf_below(g, 10), end = g->len + 4 * words;

	if (words >= 3 && weir_rf_chance(g, 2))
		for (size_t i = 0; i < sizeof(mss); i++)
			weir_rf_put8(g, mss[i]);
	while (g->len < end && g->len < g->max) {
		size_t room = end - g->len, n;

		if (room < 3 || weir_rf_chance(g, 2)) {
			weir_rf_put8(g, weir_rf_chance(g, 8) ? 0 : 1);
			continue;
		}
		n = 2 + weir_rf_below(g, (unsigned)room - 1);
		weir_rf_put8(g, 2 + weir_rf_below(g, 30));
		weir_rf_put8(g, weir_rf_chance(g, 12) ? weir_rf_below(g, 50) : (unsigned)n);
		weir_rf_put_random(g, n - 2);
	}
}

static void put_tcp(struct weir_rf *g)
{
	static const uint8_t flags[] = { 0x02, 0x12, 0x10, 0x18, 0x11, 0x04, 0x14, 0xc2 };
	size_t at = g->len;

	weir_rf_put16(g, port(g));
	weir_rf_put16(g, port(g));
	weir_rf_put_random(g, 8);
	weir_rf_put8(g, 0x50);
	weir_rf_put8(g, weir_rf_chance(g, 10) ? weir_rf_below(g, 256) : flags[weir_rf_below(g, sizeof(flags))]);
	weir_rf_put_random(g, 2);
	weir_rf_put16(g, 0);
	weir_rf_put16(g, 0);
	if (weir_rf_chance(g, 3))
		put_tcp_options(g);
	if (at + 12 < g->len)
		g->b[at + 12] = (uint8_t)((g->len - at) / 4 << 4);
	put_payload(g);
}

static void put_udp(struct weir_rf *g)
{
	size_t at = g->len;

	weir_rf_put16(g, port(g));
	weir_rf_put16(g, port(g));
	weir_rf_put16(g, 0);
	weir_rf_put16(g, 0);
	put_payload(g);
	weir_rf_set16(g, at + 4, (unsigned)(g->len - at));
	if (weir_rf_chance(g, 40))
		weir_rf_put_random(g, weir_rf_below(g, 12));
}

static void put_copy(struct weir_rf *g, size_t at, size_t n)
{
	while (n--)
		weir_rf_put8(g, g->b[at++]);
}

/** An ICMP error about a TCP segment that the destination sent to the source, or to somebody else. */
static void put_error(struct weir_rf *g)
{
	static const uint8_t types[] = { 3, 4, 11, 12 };
	size_t src = g->l3 + (g->family == 6 ? 8 : 12), n = g->family == 6 ? 16 : 4, at, dst;

	weir_rf_put8(g, g->family == 6 ? 1 + weir_rf_below(g, 4) : types[weir_rf_below(g, sizeof(types))]);
	weir_rf_put8(g, weir_rf_below(g, 16));
	weir_rf_put_random(g, 6);
	at = g->len;
	if (g->family == 6) {
		weir_rf_put16(g, 0x6000);
		weir_rf_put_random(g, 4);
		weir_rf_put8(g, TCP);
		weir_rf_put_random(g, 1);
	} else {
		weir_rf_put8(g, 0x45);
		weir_rf_put_random(g, 5);
		weir_rf_put16(g, 0x2000 * weir_rf_below(g, 8));
		weir_rf_put_random(g, 1);
		weir_rf_put8(g, TCP);
		weir_rf_put_random(g, 2);
	}
	put_copy(g, src + n, n);
	dst = g->len;
	put_copy(g, src, n);
	weir_rf_put16(g, port(g));
	weir_rf_put16(g, port(g));
	weir_rf_put_random(g, 4);
	if (weir_rf_chance(g, 2) && dst < g->len)
		g->b[dst + weir_rf_below(g, (unsigned)(g->len - dst))] ^= 1;
	if (weir_rf_chance(g, 4) && at < g->len)
		g->b[at + weir_rf_below(g, (unsigned)(g->len - at))] ^= (uint8_t)(1u << weir_rf_below(g, 8));
	if (weir_rf_chance(g, 8) && g->len > at + 4)
		g->len -= weir_rf_below(g, 4);
	else
		weir_rf_put_random(g, weir_rf_below(g, 40));
}

static void put_icmp(struct weir_rf *g)
{
	unsigned type = weir_rf_chance(g, 8) ? weir_rf_below(g, 256) : 8 * weir_rf_below(g, 2);

	if (weir_rf_chance(g, 3)) {
		put_error(g);
		return;
	}
	if (g->family == 6 && !weir_rf_chance(g, 8))
		type = 128 + weir_rf_below(g, 11);
	weir_rf_put8(g, type);
	weir_rf_put8(g, weir_rf_chance(g, 8) ? weir_rf_below(g, 256) : 0);
	weir_rf_put16(g, 0);
	if (!weir_rf_chance(g, 32))
		weir_rf_put_random(g, 4);
	put_payload(g);
}

void weir_rf_l4(struct weir_rf *g)
{
	g->l4 = g->len;
	if (g->proto == TCP)
		put_tcp(g);
	else if (g->proto == UDP)
		put_udp(g);
	else if (g->proto == (g->family == 6 ? ICMP6 : ICMP))
		put_icmp(g);
	else
		put_payload(g);
}
