// SPDX-License-Identifier: Apache-2.0
#include "guess.h"

#include <stdlib.h>
#include <string.h>

#include "peek.h"
#include "host/common/prng.h"

enum {
	Hosts = 1 << 17,      /* a power of two */
	Probes = 8,
	PointsHandshake = 8, PointsPort = 1,
	WellKnown = 1024,
	FlagSyn = 2, FlagAck = 16,
};

struct host {
	struct weir_addr addr;   /* family 0: empty */
	uint32_t server, client, received;
	uint32_t order;          /* of first sight, to break ties */
};

struct weir_guess {
	struct host host[Hosts];
	uint32_t seen;
};

struct weir_guess *weir_guess_new(void)
{
	return calloc(1, sizeof(struct weir_guess));
}

void weir_guess_free(struct weir_guess *g)
{
	free(g);
}

/* NULL when its places are taken: such hosts (spoofed ones, mostly) are not counted. */
static struct host *find(struct weir_guess *g, const struct weir_addr *a)
{
	uint64_t hi, lo, hash;

	memcpy(&hi, a->b, 8);
	memcpy(&lo, a->b + 8, 8);
	hash = weir_mix64(hi ^ a->family, lo);
	for (unsigned i = 0; i < Probes; i++) {
		struct host *h = &g->host[(hash + i) % Hosts];

		if (!h->addr.family) {
			h->addr = *a;
			h->order = ++g->seen;
			return h;
		}
		if (weir_addr_equal(&h->addr, a))
			return h;
	}
	return NULL;
}

static bool is_group(const struct weir_addr *a)
{
	return a->family == 6 ? a->b[0] == 0xff : a->b[0] >= 224;
}

static void score(struct host *server, struct host *client, uint32_t points)
{
	server->server += points;
	client->client += points;
}

void weir_guess_frame(struct weir_guess *g, const uint8_t *bytes, size_t n)
{
	struct host *src, *dst;
	struct weir_peek p;

	weir_peek(bytes, n, &p);
	if (!p.src.family || is_group(&p.dst) || is_group(&p.src))
		return;
	src = find(g, &p.src);
	dst = find(g, &p.dst);
	if (!src || !dst || src == dst)
		return;
	dst->received++;
	if (p.proto == 6 && (p.tcp_flags & (FlagSyn | FlagAck)) == FlagSyn)
		score(dst, src, PointsHandshake);
	else if (p.proto == 6 && (p.tcp_flags & (FlagSyn | FlagAck)) == (FlagSyn | FlagAck))
		score(src, dst, PointsHandshake);
	else if (p.proto && p.dport < p.sport && p.dport < WellKnown)
		score(dst, src, PointsPort);
}

static uint32_t lead(const struct host *h)
{
	return h->server > h->client ? h->server - h->client : 0;
}

/* Best first; equals in the order of their first sight. */
static bool better(const struct host *a, const struct host *b)
{
	if (lead(a) != lead(b))
		return lead(a) > lead(b);
	return a->order < b->order;
}

static size_t best_servers(const struct weir_guess *g, const struct host *ret[WEIR_GUESS_MAX])
{
	size_t n = 0;

	for (size_t i = 0; i < Hosts; i++) {
		const struct host *h = &g->host[i];
		size_t at;

		if (!h->addr.family || !lead(h))
			continue;
		if (n == WEIR_GUESS_MAX && !better(h, ret[n - 1]))
			continue;
		at = n < WEIR_GUESS_MAX ? n++ : n - 1;
		for (; at && better(h, ret[at - 1]); at--)
			ret[at] = ret[at - 1];
		ret[at] = h;
	}
	return n;
}

size_t weir_guess_result(const struct weir_guess *g, struct weir_prefix ret[WEIR_GUESS_MAX])
{
	const struct host *best[WEIR_GUESS_MAX], *most = NULL;
	size_t n = best_servers(g, best);

	for (size_t i = 0; !n && i < Hosts; i++) {
		const struct host *h = &g->host[i];

		if (h->received && (!most || h->received > most->received ||
				    (h->received == most->received && h->order < most->order)))
			most = h;
	}
	if (most)
		best[n++] = most;
	for (size_t i = 0; i < n; i++)
		ret[i] = (struct weir_prefix){ .addr = best[i]->addr,
					       .len = best[i]->addr.family == 4 ? 32 : 128 };
	return n;
}
