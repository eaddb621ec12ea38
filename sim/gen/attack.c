// SPDX-License-Identifier: Apache-2.0
#include "attack.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

struct stream {
	struct gen_stream base;
	const struct gen_attack *a;
	struct weir_prng r;
	uint64_t n;                 /* frames sent or skipped */
	uint64_t act_q10;           /* time spent sending, pauses left out, in 2^-10 ns */
	uint64_t *skipped;          /* frames for which the wire had no room */
	uint8_t *big;               /* a datagram of which fragments are still to be sent */
	struct weir_pkt whole;
	size_t frag_at;             /* next byte of it; 0 = none */
	uint32_t frag_id;
};

/* Sources */

static bool usable4(const uint8_t *b)
{
	/* RFC 6890: what does not come from the Internet. Benchmark and documentation prefixes too,
	 * so that forged sources and the honest never share an address. */
	return !(b[0] == 0 || b[0] == 10 || b[0] == 127 || b[0] >= 224 ||
		 (b[0] == 100 && (b[1] & 0xc0) == 64) || (b[0] == 169 && b[1] == 254) ||
		 (b[0] == 172 && (b[1] & 0xf0) == 16) || (b[0] == 192 && b[1] == 168) ||
		 (b[0] == 192 && b[1] == 0) || (b[0] == 198 && (b[1] & 0xfe) == 18) ||
		 (b[0] == 198 && b[1] == 51 && b[2] == 100) || (b[0] == 203 && b[1] == 0 && b[2] == 113));
}

static bool in_any(const struct weir_prefix *p, size_t n, const struct weir_addr *a)
{
	for (size_t i = 0; i < n; i++)
		if (weir_prefix_has(&p[i], a))
			return true;
	return false;
}

/* An address of the Internet at large that follows from the hash alone. */
static struct weir_addr internet_addr(const struct gen_attack *a, uint64_t hash)
{
	static const uint8_t v6_heads[][2] = {
		{ 0x24, 0x00 }, { 0x26, 0x00 }, { 0x28, 0x00 }, { 0x2a, 0x00 },
	};
	struct weir_addr s = { .family = a->label.target.addr.family };

	/* Settings can leave hardly any address, or none: then one of the wrong ones. */
	for (int tries = 0;; tries++) {
		uint64_t lo = weir_splitmix64(&hash), hi = weir_splitmix64(&hash);

		if (s.family == 4) {
			for (int i = 0; i < 4; i++)
				s.b[i] = (uint8_t)(lo >> (8 * i));
		} else {
			for (int i = 0; i < 8; i++) {
				s.b[i] = (uint8_t)(hi >> (8 * i));
				s.b[8 + i] = (uint8_t)(lo >> (8 * i));
			}
			s.b[1] &= 0x0f;
			s.b[0] = v6_heads[s.b[1] & 3][0];
		}
		if (tries == 1000)
			return s;
		if ((s.family == 6 || usable4(s.b)) && !in_any(a->protect, a->n_protect, &s) &&
		    !in_any(a->remote, a->n_remote, &s))
			return s;
	}
}

struct weir_addr gen_attack_source(const struct gen_attack *a, struct weir_prng *r, uint64_t *hash)
{
	uint64_t i;

	switch (a->sources) {
	case GEN_SRC_FEW:
		*hash = weir_mix64(a->seed, weir_prng_below(r, a->n_sources));
		return internet_addr(a, *hash);
	case GEN_SRC_PREFIX:
		*hash = weir_prng_next(r);
		return weir_prefix_nth(&a->source_prefix, *hash >> 8);
	case GEN_SRC_CLIENTS:
		i = weir_prng_below(r, a->clients);
		*hash = weir_mix64(a->seed, i);
		for (size_t k = 0; k < a->n_remote; k++)
			if (a->remote[k].addr.family == a->label.target.addr.family)
				return gen_client_addr(&a->remote[k], (unsigned)i);
		/* fall through: spec.c has made sure that there is one */
	case GEN_SRC_SPOOFED:
		break;
	}
	*hash = weir_prng_next(r);
	return internet_addr(a, *hash);
}

static uint8_t plausible_ttl(uint64_t hash)
{
	static const uint8_t initial[4] = { 64, 64, 128, 255 };

	return (uint8_t)(initial[hash >> 60 & 3] - 5 - (hash >> 40 & 15));
}

/* Builders */

static uint16_t from_range(struct weir_prng *r, struct gen_range g)
{
	return (uint16_t)weir_prng_range(r, g.lo, g.hi);
}

static void add_ip(struct gen_build *b, struct weir_pkt *p)
{
	weir_pkt_ip(p, &(struct weir_ip_spec){ .src = b->src, .dst = b->dst, .ttl = b->ttl,
		.id = (uint16_t)weir_prng_next(b->r), .flow_label = (uint32_t)weir_prng_next(b->r) });
}

static void add_random(struct gen_build *b, struct weir_pkt *p, size_t len)
{
	uint8_t *d = weir_pkt_room(p, len);

	if (d)
		weir_prng_fill(b->r, d, len);
}

static size_t above(const struct gen_build *b, size_t head)
{
	return b->payload > head ? b->payload - head : 0;
}

static void add_tcp(struct gen_build *b, struct weir_pkt *p, uint8_t flags, const uint8_t *opt,
		    size_t opt_len)
{
	weir_pkt_tcp(p, &(struct weir_tcp_spec){
		.sport = from_range(b->r, b->a->sport), .dport = from_range(b->r, b->a->port),
		.seq = (uint32_t)weir_prng_next(b->r),
		.ack = flags & WEIR_TCP_ACK ? (uint32_t)weir_prng_next(b->r) : 0, .flags = flags,
		.window = flags & WEIR_TCP_RST ? 0 : (uint16_t)(1024u << weir_prng_below(b->r, 6)),
		.opt = opt_len ? opt : NULL, .opt_len = (uint8_t)opt_len });
}

static void build_syn(struct gen_build *b, struct weir_pkt *p)
{
	uint8_t opt[40];
	size_t n = 0;

	/* Half the tools send a bare header, the others copy a system's options. */
	if (weir_prng_below(b->r, 2))
		n = gen_tcp_options(opt, &(struct gen_tcp_opts){ .mss = 1460, .wscale = 7,
			.sack_ok = true, .ts = weir_prng_below(b->r, 2),
			.ts_val = (uint32_t)weir_prng_next(b->r) });
	add_ip(b, p);
	add_tcp(b, p, WEIR_TCP_SYN, opt, n);
}

static void build_synack(struct gen_build *b, struct weir_pkt *p)
{
	uint8_t opt[40];
	size_t n = gen_tcp_options(opt, &(struct gen_tcp_opts){ .mss = 1460 });

	add_ip(b, p);
	add_tcp(b, p, WEIR_TCP_SYN | WEIR_TCP_ACK, opt, n);
}

static void build_ack(struct gen_build *b, struct weir_pkt *p)
{
	size_t len = above(b, 20);

	add_ip(b, p);
	add_tcp(b, p, WEIR_TCP_ACK | (len ? WEIR_TCP_PSH : 0), NULL, 0);
	add_random(b, p, len);
}

static void build_rst(struct gen_build *b, struct weir_pkt *p)
{
	add_ip(b, p);
	add_tcp(b, p, WEIR_TCP_RST | (weir_prng_below(b->r, 2) ? WEIR_TCP_ACK : 0), NULL, 0);
}

static void build_fin(struct gen_build *b, struct weir_pkt *p)
{
	add_ip(b, p);
	add_tcp(b, p, WEIR_TCP_FIN | WEIR_TCP_ACK, NULL, 0);
}

static void build_get(struct gen_build *b, struct weir_pkt *p)
{
	static const char text[] = "GET / HTTP/1.1\r\nHost: www.example.com\r\nUser-Agent: x\r\n\r\n";

	add_ip(b, p);
	add_tcp(b, p, WEIR_TCP_ACK | WEIR_TCP_PSH, NULL, 0);
	weir_pkt_bytes(p, text, sizeof(text) - 1);
}

static void build_udp(struct gen_build *b, struct weir_pkt *p)
{
	add_ip(b, p);
	weir_pkt_udp(p, from_range(b->r, b->a->sport), from_range(b->r, b->a->port));
	add_random(b, p, above(b, 8));
}

static void build_icmp(struct gen_build *b, struct weir_pkt *p)
{
	add_ip(b, p);
	weir_pkt_icmp(p, b->dst.family == 4 ? 8 : 128, 0, (uint32_t)weir_prng_next(b->r));
	add_random(b, p, above(b, 8));
}

static void build_frag(struct gen_build *b, struct weir_pkt *p)
{
	/* Pieces that never become whole: middles of datagrams whose other parts do not exist. */
	uint16_t offset = (uint16_t)(8 * weir_prng_range(b->r, 10, 1000));
	bool more = weir_prng_below(b->r, 8);
	size_t room = b->dst.family == 4 ? 0 : 8, len = above(b, room);

	add_ip(b, p);
	if (b->dst.family == 6)
		weir_pkt_ip6_frag(p, offset, more, (uint32_t)weir_prng_next(b->r));
	weir_pkt_proto(p, weir_prng_below(b->r, 4) ? IPPROTO_UDP : IPPROTO_TCP);
	add_random(b, p, len < 8 ? 8 : more ? len & ~(size_t)7 : len);
	if (b->dst.family == 4)
		weir_pkt_set16(p, p->l3 + 6, (uint16_t)((more ? 0x2000 : 0) | offset / 8));
}

static void build_other(struct gen_build *b, struct weir_pkt *p)
{
	static const uint8_t protos[] = { 47, 50, 132, 4, 41, 89, 103, 2 };

	add_ip(b, p);
	weir_pkt_proto(p, protos[weir_prng_below(b->r, sizeof(protos))]);
	add_random(b, p, b->payload);
}

/* Largest default answer: services that avoid fragments do so with the larger IPv6 header too. */
static uint32_t reflector_max(const struct gen_reflector *f, int family)
{
	return family == 6 && f->size_max > 1452 && f->size_max <= 1472 ? 1452 : f->size_max;
}

uint32_t gen_attack_max_frame(const struct gen_attack *a)
{
	int family = a->label.target.addr.family;

	if (a->size.hi)
		return a->size.hi;
	if (a->type->reflector)
		return reflector_max(a->type->reflector, family) + (family == 4 ? 42 : 62);
	return a->type->size.hi;
}

static void build_reflection(struct gen_build *b, struct weir_pkt *p)
{
	const struct gen_reflector *f = b->a->type->reflector;
	size_t len = b->a->size.hi ? above(b, 8) :
		     weir_prng_range(b->r, f->size_min, reflector_max(f, b->dst.family));
	uint8_t *d;

	add_ip(b, p);
	weir_pkt_udp(p, from_range(b->r, b->a->sport), from_range(b->r, b->a->port));
	d = weir_pkt_room(p, len);
	if (d)
		f->fill(d, len, b->r);
}

static void build_scan(struct gen_build *b, struct weir_pkt *p)
{
	static const struct {
		const char *name;
		uint8_t flags;
	} methods[] = {
		[GEN_SCAN_SYN] = { "syn", WEIR_TCP_SYN }, [GEN_SCAN_ACK] = { "ack", WEIR_TCP_ACK },
		[GEN_SCAN_UDP] = { "udp", 0 }, [GEN_SCAN_FIN] = { "fin", WEIR_TCP_FIN },
		[GEN_SCAN_NULL] = { "null", 0 },
		[GEN_SCAN_XMAS] = { "xmas", WEIR_TCP_FIN | WEIR_TCP_PSH | WEIR_TCP_URG },
	};
	const struct gen_attack *a = b->a;
	uint32_t ports = a->port.hi - a->port.lo + 1, i = (uint32_t)(b->n % ports);
	uint16_t dport;

	/* Every port once, then the next address: in order from the start, or jumbled by an odd
	 * multiplier where the number of ports is a power of two. */
	dport = (uint16_t)(a->port.lo + (ports & (ports - 1) ? i : i * 40503u % ports));
	b->dst = weir_prefix_nth(&a->label.target, b->n / ports);
	add_ip(b, p);
	if (a->method == GEN_SCAN_UDP) {
		weir_pkt_udp(p, from_range(b->r, a->sport), dport);
		return;
	}
	add_tcp(b, p, methods[a->method].flags, NULL, 0);
	weir_pkt_set16(p, p->l4 + 2, dport);
	b->detail = methods[a->method].name;
}

/* Types */

#define CLASS(name) WEIR_LABEL_CLASS_##name
#define HIGH { 1024, 65535 }
/* No default source port of plain UDP is one of a reflector. */
#define HIGH_UDP { 20000, 65535 }

static const struct gen_attack_type fixed_types[] = {
	{ "syn", CLASS(syn), GEN_KEY_PORT | GEN_KEY_SPORT, { 60, 74 }, { 80, 80 }, HIGH,
	  GEN_SRC_SPOOFED, 0, build_syn, NULL, "TCP SYN flood" },
	{ "synack", CLASS(tcp), GEN_KEY_PORT | GEN_KEY_SPORT, { 60, 60 }, HIGH, { 443, 443 },
	  GEN_SRC_FEW, 500, build_synack, NULL, "TCP SYN-ACK reflection" },
	{ "ack", CLASS(tcp), GEN_KEY_PORT | GEN_KEY_SPORT | GEN_KEY_SIZE, { 60, 60 }, { 80, 80 }, HIGH,
	  GEN_SRC_SPOOFED, 0, build_ack, NULL, "TCP ACK flood outside any connection" },
	{ "rst", CLASS(tcp), GEN_KEY_PORT | GEN_KEY_SPORT, { 60, 60 }, { 80, 80 }, HIGH,
	  GEN_SRC_SPOOFED, 0, build_rst, NULL, "TCP RST flood" },
	{ "fin", CLASS(tcp), GEN_KEY_PORT | GEN_KEY_SPORT, { 60, 60 }, { 80, 80 }, HIGH,
	  GEN_SRC_SPOOFED, 0, build_fin, NULL, "TCP FIN flood" },
	{ "get", CLASS(tcp), GEN_KEY_PORT | GEN_KEY_SPORT, { 112, 132 }, { 80, 80 }, HIGH,
	  GEN_SRC_FEW, 50, build_get, NULL, "HTTP GET segments without a handshake" },
	{ "udp", CLASS(udp), GEN_KEY_PORT | GEN_KEY_SPORT | GEN_KEY_SIZE | GEN_KEY_BIG, { 60, 1514 },
	  { 1, 65535 }, HIGH_UDP, GEN_SRC_SPOOFED, 0, build_udp, NULL, "UDP flood" },
	{ "icmp", CLASS(icmp), GEN_KEY_SIZE | GEN_KEY_BIG, { 98, 98 }, { 0, 0 }, { 0, 0 },
	  GEN_SRC_SPOOFED, 0, build_icmp, NULL, "ICMP or ICMPv6 echo request flood" },
	{ "frag", CLASS(frag), GEN_KEY_SIZE, { 94, 1514 }, { 0, 0 }, { 0, 0 },
	  GEN_SRC_SPOOFED, 0, build_frag, NULL, "fragments that never make a whole datagram" },
	{ "other", CLASS(other), GEN_KEY_SIZE, { 60, 600 }, { 0, 0 }, { 0, 0 },
	  GEN_SRC_SPOOFED, 0, build_other, NULL, "other IP protocols: GRE, ESP, SCTP, OSPF …" },
	{ "scan", CLASS(syn), GEN_KEY_PORT | GEN_KEY_SPORT | GEN_KEY_METHOD, { 60, 60 }, { 1, 1024 }, HIGH_UDP,
	  GEN_SRC_FEW, 1, build_scan, NULL, "port scan, port by port, then the next address" },
	{ "malformed", CLASS(any), GEN_KEY_KIND, { 60, 600 }, { 0, 0 }, { 0, 0 },
	  GEN_SRC_SPOOFED, 0, NULL, NULL, "frames that each break one rule of the header syntax" },
};

enum { FixedTypes = sizeof(fixed_types) / sizeof(fixed_types[0]), TypesMax = FixedTypes + 32 };

static struct gen_attack_type types[TypesMax];

size_t gen_attack_types(void)
{
	return FixedTypes + gen_n_reflectors;
}

const struct gen_attack_type *gen_attack_type(size_t i)
{
	if (!types[0].name) {
		memcpy(types, fixed_types, sizeof(fixed_types));
		for (size_t k = 0; k < gen_n_reflectors; k++) {
			const struct gen_reflector *f = &gen_reflectors[k];

			types[FixedTypes + k] = (struct gen_attack_type){
				f->name, CLASS(udp_reflect), GEN_KEY_PORT | GEN_KEY_SPORT | GEN_KEY_SIZE |
				GEN_KEY_BIG, { 0, 0 }, { 1, 65535 }, { f->port, f->port },
				GEN_SRC_FEW, 1000, build_reflection, f, f->help };
		}
	}
	return &types[i];
}

/* The stream */

/* Sending time to time since the attack's start: pauses between pulses come in. */
static uint64_t elapsed(const struct gen_attack *a, uint64_t act_ns)
{
	return a->on_ns ? act_ns / a->on_ns * (a->on_ns + a->off_ns) + act_ns % a->on_ns : act_ns;
}

static void advance(struct stream *s)
{
	const struct gen_attack *a = s->a;
	uint64_t rate = a->rate_pps, at = elapsed(a, s->act_q10 >> 10), gap;

	if (at < a->ramp_ns) {
		uint64_t now = (uint64_t)((unsigned __int128)rate * at / a->ramp_ns);
		uint64_t least = rate / 100 + 1;

		rate = now > least ? now : least;
	}
	gap = (GEN_NS_PER_S << 10) / rate;
	s->act_q10 += a->spacing == GEN_SPACING_RANDOM ? weir_prng_exp(&s->r, gap) : gap;
	s->n++;
	at = elapsed(a, s->act_q10 >> 10);
	s->base.due_ns = at < a->duration_ns ? a->start_ns + at : GEN_NEVER;
}

static void next_fragment(struct stream *s, struct gen_frame *f)
{
	size_t head = s->whole.l3_family == 4 ? 20 : 40;
	size_t total = s->whole.end - s->whole.l3 - head;
	size_t room = s->whole.l3_family == 4 ? 1480 : 1448;
	size_t len = total - s->frag_at < room ? total - s->frag_at : room;
	struct weir_pkt p;

	weir_pkt_init(&p, f->buf, sizeof(f->buf));
	weir_pkt_fragment(&s->whole, s->frag_at, len, s->frag_id, &p);
	f->len = p.len;
	s->frag_at += len;
	if (s->frag_at >= total)
		s->frag_at = 0;
}

static void emit(struct gen_stream *base, uint64_t now_ns, struct gen_frame *f)
{
	struct stream *s = (struct stream *)base;
	const struct gen_attack *a = s->a;
	struct gen_build b = { .a = a, .r = &s->r, .n = s->n };
	size_t head = a->label.target.addr.family == 4 ? 34 : 54, size;
	uint64_t hash;

	if (s->frag_at) {
		next_fragment(s, f);
		goto timing;
	}
	b.src = gen_attack_source(a, &s->r, &hash);
	b.dst = weir_prefix_nth(&a->label.target, weir_prng_next(&s->r));
	b.ttl = a->ttl ? (uint8_t)a->ttl : plausible_ttl(hash);
	size = weir_prng_range(&s->r, a->size.hi ? a->size.lo : a->type->size.lo,
			       a->size.hi ? a->size.hi : a->type->size.hi);
	b.payload = size > head ? size - head : 0;
	if (!a->type->build) {
		gen_malformed_build(a->kinds[weir_prng_below(&s->r, a->n_kinds)], &b, &a->vlan, f);
		goto timing;
	}
	if (s->big)
		gen_pkt_start(&s->whole, s->big, GEN_DATAGRAM_MAX, GEN_UNPROTECTED, &a->vlan);
	else
		gen_pkt_start(&s->whole, f->buf, sizeof(f->buf), GEN_UNPROTECTED, &a->vlan);
	a->type->build(&b, &s->whole);
	weir_pkt_end(&s->whole);
	if (s->whole.end - s->whole.l3 > GEN_MTU) {
		s->frag_id = (uint32_t)weir_prng_next(&s->r);
		next_fragment(s, f);
	} else {
		if (s->big)
			memcpy(f->buf, s->big, s->whole.len);
		f->len = s->whole.len;
		f->detail = b.detail;
	}
timing:
	advance(s);
	/* A full wire: a short queue waits, the rest is lost before it ever reaches us. */
	while (s->base.due_ns != GEN_NEVER && s->base.due_ns + GEN_LAG_NS < now_ns) {
		(*s->skipped)++;
		advance(s);
	}
}

static void stream_free(struct gen_stream *base)
{
	free(((struct stream *)base)->big);
	free(base);
}

int gen_attack_add(struct gen_mixer *m, const struct gen_attack *a, int number, uint64_t *skipped)
{
	struct stream *s = calloc(1, sizeof(*s));

	if (!s)
		return -ENOMEM;
	s->base = (struct gen_stream){ .due_ns = a->start_ns, .side = GEN_UNPROTECTED, .emit = emit, .attack = number,
				       .free = stream_free };
	s->a = a;
	s->skipped = skipped;
	weir_prng_seed(&s->r, a->seed, 1);
	if (gen_attack_max_frame(a) > GEN_MTU + 14) {
		s->big = malloc(GEN_DATAGRAM_MAX);
		if (!s->big)
			goto fail;
	}
	if (a->spacing == GEN_SPACING_RANDOM) {
		advance(s);
		s->n = 0;
	}
	if (gen_mixer_add(m, &s->base))
		goto fail;
	return 0;
fail:
	stream_free(&s->base);
	return -ENOMEM;
}
