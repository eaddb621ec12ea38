// SPDX-License-Identifier: Apache-2.0
#include "pattern.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "attack.h"
#include "honest.h"

enum { MinFrame = WEIR_PKT_MIN, MaxFrame = GEN_MTU + 14, Tries = 200 };

struct stream {
	struct gen_stream base;
	const struct gen_pattern *pattern;
	const struct weir_prefix *in[2], *out[2];   /* per family: 0 IPv4, 1 IPv6; may be NULL */
	struct gen_vlan vlan;
	struct weir_prng r;
	uint64_t n, left;
};

struct ends {
	struct weir_addr src, dst;
	uint16_t sport, dport;
};

/* For least frames: IPv4 where it is protected, since 64 bytes on the wire leave IPv6 no room for a
 * whole transport header. */
static int least_family(const struct stream *s)
{
	return !s->in[0] || !s->out[0];
}

/* Family for the n-th packet: by turns when both are protected. */
static int family_of(const struct stream *s, uint64_t n)
{
	if (!s->in[1] || !s->out[1])
		return 0;
	if (!s->in[0] || !s->out[0])
		return 1;
	return n & 1;
}

static struct ends ends(const struct stream *s, int f, uint64_t remote, uint64_t local, uint16_t rport,
			uint16_t lport)
{
	struct weir_addr r = gen_client_addr(s->out[f], (unsigned)remote);
	struct weir_addr l = weir_prefix_nth(s->in[f], local);

	if (s->base.side == GEN_UNPROTECTED)
		return (struct ends){ r, l, rport, lport };
	return (struct ends){ l, r, lport, rport };
}

/* A right frame of exactly size bytes, when size has room for the headers. */
static void decent(struct stream *s, const struct ends *e, int proto, size_t size, struct gen_frame *f)
{
	size_t head = s->vlan.inner ? 8 : s->vlan.outer ? 4 : 0, len;
	struct weir_pkt p;
	uint8_t *d;

	gen_pkt_start(&p, f->buf, sizeof(f->buf), s->base.side, &s->vlan);
	weir_pkt_ip(&p, &(struct weir_ip_spec){ .src = e->src, .dst = e->dst, .ttl = 60,
						.id = (uint16_t)s->n });
	if (proto == 0)
		weir_pkt_udp(&p, e->sport, e->dport);
	else if (proto == 1)
		weir_pkt_tcp(&p, &(struct weir_tcp_spec){ .sport = e->sport, .dport = e->dport,
			.seq = (uint32_t)s->n, .ack = 1, .flags = WEIR_TCP_ACK, .window = 512 });
	else
		weir_pkt_icmp(&p, e->src.family == 4 ? 8 : 128, 0, (uint32_t)s->n);
	len = size + head > p.len ? size + head - p.len : 0;
	d = weir_pkt_room(&p, len);
	if (d)
		weir_prng_fill(&s->r, d, len);
	weir_pkt_end(&p);
	f->len = p.len;
}

static void same_key(void *stream, struct gen_frame *f)
{
	struct stream *s = stream;
	struct ends e = ends(s, least_family(s), 0, 10, 40000, 80);

	decent(s, &e, 0, MinFrame, f);
}

static void all_keys(void *stream, struct gen_frame *f)
{
	struct stream *s = stream;
	struct ends e = ends(s, least_family(s), s->n, s->n * 40503u,
			     (uint16_t)(1024 + s->n % 64512), (uint16_t)(1 + s->n * 7 % 65535));

	decent(s, &e, (int)(s->n >> 1 & 1), MinFrame, f);
}

static void malformed(void *stream, struct gen_frame *f)
{
	struct stream *s = stream;

	/* Only frames that come out at the least length: so tries, until one does. */
	for (int i = 0; i < Tries; i++) {
		int fam = family_of(s, s->n);
		size_t kind = weir_prng_below(&s->r, gen_malformed_kinds());
		struct ends e = ends(s, fam, weir_prng_below(&s->r, 1000), weir_prng_below(&s->r, 200), 0, 0);
		struct gen_build b = { .r = &s->r, .from = s->base.side, .src = e.src, .dst = e.dst,
				       .ttl = 60 };

		if (!gen_malformed_has(kind, fam ? 6 : 4))
			continue;
		gen_malformed_build(kind, &b, &s->vlan, f);
		f->detail = NULL;
		if (f->len <= MinFrame)
			return;
	}
	/* Hardly ever, and no less malformed: cut off. */
	f->len = MinFrame;
}

static void mixed_size(void *stream, struct gen_frame *f)
{
	static const uint16_t sizes[] = { 60, 61, 64, 65, 72, 128, 256, 511, 576, 1024, 1280, 1513, 1514 };
	struct stream *s = stream;
	struct ends e = ends(s, family_of(s, s->n), weir_prng_below(&s->r, 500),
			     10 + weir_prng_below(&s->r, 8), (uint16_t)weir_prng_range(&s->r, 32768, 60999), 443);
	size_t n = sizeof(sizes) / sizeof(sizes[0]), pick = weir_prng_below(&s->r, 2 * n);

	decent(s, &e, (int)weir_prng_below(&s->r, 3),
	       pick < n ? sizes[pick] : weir_prng_range(&s->r, MinFrame, MaxFrame), f);
}

static void min_size(void *stream, struct gen_frame *f)
{
	struct stream *s = stream;
	struct ends e = ends(s, least_family(s), weir_prng_below(&s->r, 500),
			     10 + weir_prng_below(&s->r, 8), (uint16_t)weir_prng_range(&s->r, 32768, 60999), 443);

	decent(s, &e, (int)weir_prng_below(&s->r, 3), MinFrame, f);
}

/* Steps of conversations in turn, each by its side: so many conversations lie between one step and the next that both
 * sides, at the same pace, are in order. Every fourth of the outside is a SYN of somebody new. */
static void state(void *stream, struct gen_frame *f)
{
	static const struct {
		uint8_t flags;
		unsigned behind, fin;   /* conversations; sequence numbers that FINs have taken */
	} steps[2][4] = {
		{ { WEIR_TCP_SYN, 0, 0 }, { WEIR_TCP_ACK, 32, 0 }, { WEIR_TCP_FIN | WEIR_TCP_ACK, 64, 0 }, { WEIR_TCP_SYN, 0, 0 } },
		{ { WEIR_TCP_SYN | WEIR_TCP_ACK, 16, 0 }, { WEIR_TCP_ACK, 48, 0 }, { WEIR_TCP_FIN | WEIR_TCP_ACK, 80, 0 },
		  { WEIR_TCP_RST, 112, 1 } },
	};
	enum { Conversations = 1 << 20, Flood = 1 << 16, First = 1000, Servers = 200 };
	struct stream *s = stream;
	bool out = s->base.side != GEN_UNPROTECTED;
	unsigned step = s->n & 3, flags = steps[out][step].flags;
	uint64_t c = (s->n / 4 - steps[out][step].behind) % Conversations;
	bool flood = !out && step == 3;
	struct ends e = ends(s, least_family(s), flood ? Flood + c : c % Flood, 10 + c % Servers, (uint16_t)(1024 + c % 60000), 80);
	uint32_t seq = First + !(flags & WEIR_TCP_SYN) + steps[out][step].fin;
	struct weir_pkt p;

	gen_pkt_start(&p, f->buf, sizeof(f->buf), s->base.side, &s->vlan);
	weir_pkt_ip(&p, &(struct weir_ip_spec){ .src = e.src, .dst = e.dst, .ttl = 60, .id = (uint16_t)s->n });
	weir_pkt_tcp(&p, &(struct weir_tcp_spec){ .sport = e.sport, .dport = e.dport, .seq = seq,
		.ack = flags & WEIR_TCP_ACK ? First + 1 : 0, .flags = (uint8_t)flags, .window = 512 });
	weir_pkt_end(&p);
	f->len = p.len;
}

const struct gen_pattern gen_patterns[] = {
	{ "same-key", "60-byte UDP between one client and one server: the same key in every packet", same_key },
	{ "all-keys", "least frames, every packet with other addresses and ports", all_keys },
	{ "malformed", "60-byte frames that each break a rule", malformed },
	{ "mixed-size", "60 to 1514 bytes: edges, common sizes and random ones", mixed_size },
	{ "min-size", "least frames of TCP, UDP and ICMP among 500 clients and 8 servers", min_size },
	{ "state", "60-byte TCP: handshakes, their ends, and SYNs of others, in every packet another connection", state },
};

const size_t gen_n_patterns = sizeof(gen_patterns) / sizeof(gen_patterns[0]);

int gen_pattern_find(const char *name)
{
	for (size_t i = 0; i < gen_n_patterns; i++)
		if (!strcmp(gen_patterns[i].name, name))
			return (int)i;
	return -1;
}

static void emit(struct gen_stream *base, uint64_t now_ns, struct gen_frame *f)
{
	struct stream *s = (struct stream *)base;

	(void)now_ns;
	s->pattern->build(s, f);
	s->n++;
	/* Always late: the mixer sends it the moment that the wire is free. */
	if (--s->left == 0)
		base->due_ns = GEN_NEVER;
}

static void stream_free(struct gen_stream *base)
{
	free(base);
}

int gen_pattern_add(struct gen_mixer *m, int pattern, uint64_t packets, uint64_t seed,
		    const struct weir_prefix *protect, size_t n_protect,
		    const struct weir_prefix *remote, size_t n_remote, const struct gen_vlan *vlan)
{
	for (int side = 0; side < GEN_SIDES; side++) {
		uint64_t share = (packets + (side == GEN_UNPROTECTED)) / 2;
		struct stream *s;

		if (!share)
			continue;
		s = calloc(1, sizeof(*s));
		if (!s)
			return -ENOMEM;
		s->base = (struct gen_stream){ .side = (enum gen_side)side, .attack = WEIR_LABEL_HONEST,
					       .emit = emit, .free = stream_free };
		s->pattern = &gen_patterns[pattern];
		s->left = share;
		s->vlan = *vlan;
		weir_prng_seed(&s->r, seed, 0x400000000u + (unsigned)side);
		for (size_t i = n_protect; i-- > 0;)
			s->in[protect[i].addr.family == 6] = &protect[i];
		for (size_t i = n_remote; i-- > 0;)
			s->out[remote[i].addr.family == 6] = &remote[i];
		if (gen_mixer_add(m, &s->base)) {
			free(s);
			return -ENOMEM;
		}
	}
	return 0;
}
