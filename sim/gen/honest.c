// SPDX-License-Identifier: Apache-2.0
#include "attack.h"
#include "honest.h"

#include <errno.h>
#include <stdlib.h>

#include "sim/common/labels.h"

enum { Resolvers = 6, RemoteRoom = 64 };

const struct gen_mix gen_mixes[] = {
	{ "http-get", 34, GEN_UNPROTECTED, 80, gen_build_http_get, "HTTP GET (some HEAD), 1 to 4 a connection" },
	{ "http-post", 8, GEN_UNPROTECTED, 80, gen_build_http_post, "HTTP POST with up to 40 KB" },
	{ "https", 24, GEN_UNPROTECTED, 443, gen_build_https, "TLS-like records on port 443" },
	{ "dns", 10, GEN_UNPROTECTED, 53, gen_build_dns, "DNS questions to the protected servers" },
	{ "udp", 5, GEN_UNPROTECTED, 27015, gen_build_udp, "a UDP service with some 30 packets a second each way" },
	{ "udp-large", 2, GEN_UNPROTECTED, 5001, gen_build_udp_large, "datagrams of 1.6 to 8 KB, in fragments" },
	{ "echo", 4, GEN_UNPROTECTED, 0, gen_build_echo, "ping" },
	{ "out-dns", 6, GEN_PROTECTED, 53, gen_build_dns, "DNS questions of the protected servers to outside resolvers" },
	{ "out-dns-large", 2, GEN_PROTECTED, 53, gen_build_dns_large, "the same with answers of 1.3 to 3.8 KB, in fragments" },
	{ "out-ntp", 2, GEN_PROTECTED, 123, gen_build_ntp, "NTP of the protected servers" },
	{ "out-https", 3, GEN_PROTECTED, 443, gen_build_https, "the protected servers as clients of outside ones" },
};

const size_t gen_n_mixes = sizeof(gen_mixes) / sizeof(gen_mixes[0]);

struct client {
	struct gen_stream base;
	const struct gen_honest *h;
	struct weir_prng r;
	struct gen_script script;
	unsigned index;
	uint64_t rtt_ns, byte_ns;
	uint8_t hops;
	bool windows;
	struct gen_vlan vlan;
};

struct router {
	struct gen_stream base;
	struct weir_prng r;
	struct gen_script script;
	bool arp;
};

struct weir_addr gen_server(const struct weir_prefix *p, unsigned i)
{
	unsigned host_bits = (p->addr.family == 4 ? 32 : 128) - p->len;

	/* Servers begin at .10; small prefixes wrap, without network and broadcast address. */
	if (host_bits < 5)
		return weir_prefix_nth(p, host_bits < 2 ? i : 1 + i % ((1u << host_bits) - 2));
	return weir_prefix_nth(p, 10 + i % ((host_bits > 16 ? 65536u : 1u << host_bits) - 12));
}

/* The i-th outside address, scattered over the prefix by an odd multiplier, so all different. */
struct weir_addr gen_client_addr(const struct weir_prefix *p, unsigned i)
{
	struct weir_addr a;
	uint64_t n = i + RemoteRoom;

	if (p->addr.family == 4)
		return weir_prefix_nth(p, n * 40503u);
	/* Subnet by number, interface identifier random but fixed. */
	a = weir_prefix_nth(p, weir_mix64(n, 6));
	a.b[6] |= (uint8_t)(n >> 8);
	a.b[7] |= (uint8_t)n;
	return a;
}

static const struct weir_prefix *pick_prefix(struct weir_prng *r, const struct weir_prefix *p,
					     size_t n, int family)
{
	unsigned count = 0;
	size_t i;

	for (i = 0; i < n; i++)
		count += p[i].addr.family == family;
	if (!count)
		return NULL;
	count = (unsigned)weir_prng_below(r, count);
	for (i = 0; i < n; i++)
		if (p[i].addr.family == family && count-- == 0)
			break;
	return &p[i];
}

static const struct gen_mix *pick_mix(const struct gen_honest *h, struct weir_prng *r)
{
	unsigned sum = 0;
	uint64_t u;
	size_t i;

	for (i = 0; i < gen_n_mixes; i++)
		sum += h->weight[i];
	u = weir_prng_below(r, sum);
	for (i = 0; i + 1 < gen_n_mixes && u >= h->weight[i]; i++)
		u -= h->weight[i];
	return &gen_mixes[i];
}

/* Chooses addresses of one family: 0 ok, or no such addresses. */
static int choose_addresses(struct client *c, const struct gen_mix *mix, int family)
{
	const struct gen_honest *h = c->h;
	struct gen_script *s = &c->script;
	const struct weir_prefix *in = pick_prefix(&c->r, h->protect, h->n_protect, family);
	const struct weir_prefix *out = pick_prefix(&c->r, h->remote, h->n_remote, family);

	if (!in || !out)
		return -ENOENT;
	s->addr[GEN_PROTECTED] = gen_server(in, (unsigned)weir_prng_below(&c->r, h->servers));
	if (mix->from == GEN_UNPROTECTED)
		s->addr[GEN_UNPROTECTED] = gen_client_addr(out, c->index);
	else   /* outside services live in front of the clients */
		s->addr[GEN_UNPROTECTED] =
			weir_prefix_nth(out, 1 + 7 * weir_prng_below(&c->r, Resolvers));
	return 0;
}

/* The share of clients that are about, from a ninth at midnight, when the capture begins, to all at noon. A polynomial: the same bytes
 * everywhere. */
static double about(uint64_t ns, uint64_t day_ns)
{
	double x = (double)(ns % day_ns) / (double)day_ns;

	return 1.0 / 9 + 8.0 / 9 * 16 * x * x * (1 - x) * (1 - x);
}

/* From when on a client is about: each has its place in the order in which they come, and leave again. */
static uint64_t awake_ns(struct client *c, uint64_t ns)
{
	enum { Steps = 512 };
	const struct gen_honest *h = c->h;
	double place = (c->index + 0.5) / h->clients;

	while (h->day_ns && place > about(ns, h->day_ns))
		ns += h->day_ns / Steps + weir_prng_below(&c->r, h->day_ns / Steps + 1) + 1;
	return ns;
}

static void build_session(struct client *c, uint64_t t0_ns)
{
	const struct gen_honest *h = c->h;
	struct gen_script *s = &c->script;
	const struct gen_mix *mix = pick_mix(h, &c->r);
	int family = weir_prng_below(&c->r, 100) < h->ipv6_percent ? 6 : 4;
	struct gen_session x = {
		.s = s, .r = &c->r, .t0_ns = t0_ns, .unix_ns = h->epoch_ns + t0_ns,
		.react_ns = { c->rtt_ns, 120000 + weir_prng_below(&c->r, 250000) },
		.byte_ns = { c->byte_ns, 8 },
		.loss_ppm = h->loss_ppm, .from = mix->from,
		.windows = c->windows && mix->from == GEN_UNPROTECTED,
	};
	uint16_t high = (uint16_t)weir_prng_range(&c->r, x.windows ? 49152 : 32768,
						  x.windows ? 65535 : 60999);

	gen_script_reset(s);
	if (choose_addresses(c, mix, family))
		choose_addresses(c, mix, family == 4 ? 6 : 4);
	s->port[mix->from] = high;
	s->port[!mix->from] = mix->port;
	s->ttl[GEN_UNPROTECTED] = (uint8_t)((x.windows ? 128 : 64) - c->hops);
	s->ttl[GEN_PROTECTED] = 63;
	s->ip_id[0] = (uint16_t)weir_prng_next(&c->r);
	s->ip_id[1] = (uint16_t)weir_prng_next(&c->r);
	s->flow_label = (uint32_t)weir_prng_next(&c->r) & 0xffffe;
	s->vlan = c->vlan;
	mix->build(&x);
	gen_script_sort(s);
}

static void client_emit(struct gen_stream *base, uint64_t now_ns, struct gen_frame *f)
{
	struct client *c = (struct client *)base;

	gen_script_emit(&c->script, now_ns, f);
	if (c->script.pos == c->script.n_ev)
		build_session(c, awake_ns(c, now_ns + GEN_NS_PER_MS + weir_prng_exp(&c->r, c->h->think_ns)));
	base->due_ns = gen_script_due(&c->script);
	if (base->due_ns != GEN_NEVER)
		base->side = c->script.ev[c->script.pos].side;
}

static void client_free(struct gen_stream *base)
{
	gen_script_done(&((struct client *)base)->script);
	free(base);
}

static int add_client(struct gen_mixer *m, const struct gen_honest *h, unsigned index)
{
	struct client *c = calloc(1, sizeof(*c));

	if (!c)
		return -ENOMEM;
	c->base = (struct gen_stream){ .attack = WEIR_LABEL_HONEST, .emit = client_emit,
				       .free = client_free };
	c->h = h;
	c->index = index;
	weir_prng_seed(&c->r, h->seed, 0x100000000u + index);
	c->rtt_ns = 3 * GEN_NS_PER_MS + weir_prng_exp(&c->r, 35 * GEN_NS_PER_MS);
	c->byte_ns = weir_prng_range(&c->r, 8, 400);      /* 1 Gbit/s to 20 Mbit/s */
	c->hops = (uint8_t)weir_prng_range(&c->r, 6, 18);
	c->windows = weir_prng_below(&c->r, 100) < 40;
	c->vlan = h->vlan[weir_prng_below(&c->r, h->n_vlan)];
	/* Clients have been at it for a while: the first session starts anywhere in a pause. */
	build_session(c, awake_ns(c, weir_prng_below(&c->r, h->think_ns + 1)));
	c->base.due_ns = gen_script_due(&c->script);
	c->base.side = c->script.n_ev ? c->script.ev[0].side : GEN_UNPROTECTED;
	if (gen_mixer_add(m, &c->base)) {
		client_free(&c->base);
		return -ENOMEM;
	}
	return 0;
}

/* The routers ask for each other every few seconds, by turns: ARP, or neighbour discovery. */
static void build_router(struct router *q, uint64_t t0_ns)
{
	struct gen_script *s = &q->script;
	uint64_t t = t0_ns;

	gen_script_reset(s);
	for (int asks = 0; asks < GEN_SIDES; asks++) {
		for (int reply = 0; reply < 2; reply++) {
			struct gen_event *e = gen_script_add(s, t, q->arp ? GEN_EV_ARP :
							     reply ? GEN_EV_NA : GEN_EV_NS,
							     reply ? !asks : asks);

			if (!e)
				return;
			e->flags = (uint8_t)(1 + reply);
			t += 200000 + weir_prng_below(&q->r, 300000);
		}
		t += GEN_NS_PER_S + weir_prng_below(&q->r, GEN_NS_PER_S);
	}
	gen_script_sort(s);
}

static void router_emit(struct gen_stream *base, uint64_t now_ns, struct gen_frame *f)
{
	struct router *q = (struct router *)base;

	gen_script_emit(&q->script, now_ns, f);
	if (q->script.pos == q->script.n_ev)
		build_router(q, now_ns + 3 * GEN_NS_PER_S + weir_prng_below(&q->r, 2 * GEN_NS_PER_S));
	base->due_ns = gen_script_due(&q->script);
	if (base->due_ns != GEN_NEVER)
		base->side = q->script.ev[q->script.pos].side;
}

static void router_free(struct gen_stream *base)
{
	gen_script_done(&((struct router *)base)->script);
	free(base);
}

static int add_router(struct gen_mixer *m, const struct gen_honest *h, int family)
{
	const struct weir_prefix *in = NULL, *out = NULL;
	struct router *q;

	for (size_t i = 0; i < h->n_protect && !in; i++)
		if (h->protect[i].addr.family == family)
			in = &h->protect[i];
	for (size_t i = 0; i < h->n_remote && !out; i++)
		if (h->remote[i].addr.family == family)
			out = &h->remote[i];
	if (!in || !out)
		return 0;
	q = calloc(1, sizeof(*q));
	if (!q)
		return -ENOMEM;
	q->base = (struct gen_stream){ .attack = WEIR_LABEL_HONEST, .emit = router_emit,
				       .free = router_free };
	q->arp = family == 4;
	weir_prng_seed(&q->r, h->seed, 0x200000000u + (unsigned)family);
	q->script.addr[GEN_PROTECTED] = weir_prefix_nth(in, 1);
	/* The outer router has an address that is not protected, so that the side of every packet
	 * follows from its addresses alone. */
	if (family == 4)
		q->script.addr[GEN_UNPROTECTED] = weir_prefix_nth(out, 2);
	else
		weir_addr_parse("fe80::1", &q->script.addr[GEN_UNPROTECTED]);
	q->script.vlan = h->vlan[0];
	build_router(q, weir_prng_below(&q->r, 500 * GEN_NS_PER_MS));
	q->base.due_ns = gen_script_due(&q->script);
	q->base.side = q->script.n_ev ? q->script.ev[0].side : GEN_UNPROTECTED;
	if (gen_mixer_add(m, &q->base)) {
		router_free(&q->base);
		return -ENOMEM;
	}
	return 0;
}

size_t gen_honest_streams(const struct gen_honest *h)
{
	return h->clients ? h->clients + 2u : 0;
}

int gen_honest_add(struct gen_mixer *m, const struct gen_honest *h)
{
	int err = 0;

	gen_filler_init();
	for (unsigned i = 0; i < h->clients && !err; i++)
		err = add_client(m, h, i);
	if (h->clients && !err)
		err = add_router(m, h, 4);
	if (h->clients && !err)
		err = add_router(m, h, 6);
	return err;
}
