// SPDX-License-Identifier: Apache-2.0
#include "random_talk.h"

#include <string.h>

#include "random_frame.h"
#include "random_frame_priv.h"

enum { FIN = 1, SYN = 2, RST = 4, PSH = 8, ACK = 16, URG = 32 };
enum { TCP = 6, ICMP = 1, ICMP6 = 58, Proofs = 8 };
enum { In, Out };

enum phase {
	Idle, SynIn, SynAckOut, Open, SynOut, SynAckIn, FirstFin, BothSyn, BothFin,
};

void weir_random_talks_init(struct weir_random_talks *t)
{
	memset(t, 0, sizeof(*t));
}

/** New addresses, ports and numbers. */
static void begin(struct weir_rf *g, struct weir_random_talk *k)
{
	static const uint32_t edges[] = { 0, 0xffffffff, 0xfffffff0, 0x80000000, 0x7fffff00 };

	k->s = (struct weir_random_segment){
		.family = weir_rf_chance(g, 3) ? 6 : 4,
		.remote = (uint8_t)(1 + weir_rf_below(g, weir_rf_chance(g, 6) ? 200 : 8)),
		.protect = (uint8_t)(10 + weir_rf_below(g, 3)),
		.rport = (uint16_t)(40000 + weir_rf_below(g, weir_rf_chance(g, 6) ? 5000 : 8)),
		.pport = weir_rf_chance(g, 2) ? 80 : 443,
	};
	k->seq_r = weir_rf_chance(g, 6) ? edges[weir_rf_below(g, 5)] : (uint32_t)weir_prng_next(g->p);
	k->seq_p = weir_rf_chance(g, 6) ? edges[weir_rf_below(g, 5)] : (uint32_t)weir_prng_next(g->p);
}

/** A segment in its place. */
static void say(struct weir_rf *g, struct weir_random_talk *k, unsigned dir, unsigned flags, unsigned len)
{
	uint32_t *self = dir ? &k->seq_p : &k->seq_r, peer = dir ? k->seq_r : k->seq_p;

	k->s.dir = (uint8_t)dir;
	k->s.flags = (uint8_t)flags;
	k->s.seq = *self;
	k->s.ack = flags & ACK ? peer : 0;
	k->s.len = (uint16_t)len;
	k->s.ws = flags & SYN && !weir_rf_chance(g, 3);
	k->s.quote = 0;
	*self += len + !!(flags & SYN) + !!(flags & FIN);
}

static unsigned size(struct weir_rf *g)
{
	return weir_rf_chance(g, 2) ? 0 : weir_rf_below(g, weir_rf_chance(g, 4) ? 1400 : 40);
}

/** Idle: who begins, or what stands in the middle. */
static void open_up(struct weir_rf *g, struct weir_random_talk *k)
{
	if (!weir_rf_chance(g, 4))
		begin(g, k);
	switch (weir_rf_below(g, 8)) {
	case 0:
	case 1:
	case 2:
	case 3:
		say(g, k, In, SYN, weir_rf_chance(g, 12) ? 8 : 0);
		k->phase = SynIn;
		break;
	case 4:
	case 5:
		say(g, k, Out, SYN, 0);
		k->phase = SynOut;
		break;
	default:
		say(g, k, weir_rf_below(g, 2), ACK | PSH, size(g));
		k->phase = Open;
	}
}

static void talk(struct weir_rf *g, struct weir_random_talk *k)
{
	switch (weir_rf_below(g, 24)) {
	case 0:
	case 1:
	case 2:
		k->closer = (uint8_t)weir_rf_below(g, 2);
		say(g, k, k->closer, ACK | FIN, size(g));
		k->phase = FirstFin;
		break;
	case 3:
		say(g, k, weir_rf_below(g, 2), weir_rf_chance(g, 2) ? RST : RST | ACK, 0);
		k->phase = Idle;
		break;
	default:
		say(g, k, weir_rf_below(g, 2), weir_rf_chance(g, 2) ? ACK | PSH : ACK, size(g));
	}
}

/** The next segment as it should come. */
static void go_on(struct weir_rf *g, struct weir_random_talk *k)
{
	switch (k->phase) {
	case Idle:
		open_up(g, k);
		break;
	case SynIn:
		say(g, k, Out, SYN | ACK, 0);
		k->phase = SynAckOut;
		break;
	case SynAckOut:
		say(g, k, In, weir_rf_chance(g, 12) ? ACK | FIN : ACK, size(g));
		k->phase = Open;
		break;
	case Open:
		talk(g, k);
		break;
	case SynOut:
		if (weir_rf_chance(g, 5)) {
			say(g, k, In, SYN, 0);
			k->phase = BothSyn;
		} else if (weir_rf_chance(g, 5)) {
			say(g, k, In, RST | ACK, 0);
			k->phase = Idle;
		} else {
			say(g, k, In, SYN | ACK, 0);
			k->phase = SynAckIn;
		}
		break;
	case SynAckIn:
		say(g, k, Out, ACK, size(g));
		k->phase = Open;
		break;
	case BothSyn:
		if (weir_rf_chance(g, 2)) {
			k->seq_r--;
			say(g, k, In, SYN | ACK, 0);
		} else {
			say(g, k, In, ACK, size(g));
		}
		k->phase = Open;
		break;
	case FirstFin:
		if (weir_rf_chance(g, 2)) {
			say(g, k, !k->closer, ACK, size(g));
		} else {
			say(g, k, !k->closer, ACK | FIN, size(g));
			k->phase = BothFin;
		}
		break;
	default:
		say(g, k, k->closer, ACK, 0);
		k->phase = Idle;
	}
}

static uint32_t off(struct weir_rf *g)
{
	static const uint32_t by[] = { 1, 2, 0xffff, 0x10000, 0x10001, 0x100000, 0x100001, 0x7fffffff, 0x80000000 };
	uint32_t v = by[weir_rf_below(g, sizeof(by) / sizeof(by[0]))];

	return weir_rf_chance(g, 4) ? (uint32_t)weir_prng_next(g->p) : weir_rf_chance(g, 2) ? v : -v;
}

/** The last segment again, in one or several ways not as it was; the talk does not go on. */
static struct weir_random_segment disturb(struct weir_rf *g, const struct weir_random_talk *k)
{
	static const uint8_t flags[] = { SYN, SYN | ACK, ACK, ACK | PSH, ACK | FIN, RST, RST | ACK, FIN, SYN | FIN, URG };
	struct weir_random_segment s = k->s;
	unsigned ways = weir_rf_below(g, 3);

	while (ways--) {
		switch (weir_rf_below(g, 7)) {
		case 0:
			s.seq += off(g);
			break;
		case 1:
			s.ack += off(g);
			break;
		case 2:
			s.flags = flags[weir_rf_below(g, sizeof(flags))];
			break;
		case 3: /* the other side speaks */
			s.dir ^= 1;
			s.seq = s.dir ? k->seq_p : k->seq_r;
			s.ack = s.dir ? k->seq_r : k->seq_p;
			break;
		case 4:
			s.flags = weir_rf_chance(g, 2) ? RST : RST | ACK;
			s.seq = s.dir ? k->seq_p : k->seq_r;
			break;
		case 5:
			s.quote = 1;
			s.dir = weir_rf_chance(g, 8) ? Out : In;
			s.seq = k->seq_p - weir_rf_below(g, 200);
			break;
		default:
			s.len = (uint16_t)weir_rf_below(g, 100);
		}
	}
	return s;
}

/** A SYN that belongs to nothing: for the meters, the sketch and the challenges. */
static struct weir_random_segment syn(struct weir_rf *g)
{
	return (struct weir_random_segment){
		.flags = SYN, .family = weir_rf_chance(g, 3) ? 6 : 4,
		.remote = (uint8_t)(1 + weir_rf_below(g, 8)), .protect = (uint8_t)(10 + weir_rf_below(g, 2)),
		.rport = (uint16_t)(50000 + weir_rf_below(g, 16)), .pport = 80,
		.seq = (uint32_t)weir_prng_next(g->p),
	};
}

static void put32(struct weir_rf *g, uint32_t v)
{
	weir_rf_put16(g, v >> 16);
	weir_rf_put16(g, v & 0xffff);
}

static void put_address(struct weir_rf *g, const struct weir_random_segment *s, bool remote)
{
	unsigned low = remote ? s->remote : s->protect;

	if (s->family == 4) {
		put32(g, (remote ? 0xc6336400u : 0xc0000200u) + low);
		return;
	}
	put32(g, 0x20010db8);
	put32(g, remote ? 0x000a0000 : 0x000b0000);
	put32(g, 0);
	put32(g, low);
}

static void put_ip(struct weir_rf *g, const struct weir_random_segment *s, unsigned proto, bool outbound)
{
	if (s->family == 4) {
		weir_rf_put16(g, 0x4500);
		weir_rf_put16(g, 0);
		put32(g, 0x00004000);
		weir_rf_put8(g, 64);
		weir_rf_put8(g, proto);
		weir_rf_put16(g, 0);
	} else {
		put32(g, 0x60000000);
		weir_rf_put16(g, 0);
		weir_rf_put8(g, proto);
		weir_rf_put8(g, 64);
	}
	put_address(g, s, !outbound);
	put_address(g, s, outbound);
}

static void put_tcp(struct weir_rf *g, const struct weir_random_segment *s)
{
	weir_rf_put16(g, s->dir ? s->pport : s->rport);
	weir_rf_put16(g, s->dir ? s->rport : s->pport);
	put32(g, s->seq);
	put32(g, s->ack);
	weir_rf_put8(g, s->ws ? 0x60 : 0x50);
	weir_rf_put8(g, s->flags);
	put32(g, 0x20000000);
	weir_rf_put16(g, 0);
	if (s->ws)
		put32(g, 0x01030307);
	weir_rf_put_random(g, s->len);
}

/** An ICMP error about a segment from inside. */
static void put_error(struct weir_rf *g, const struct weir_random_segment *s)
{
	static const uint8_t type4[] = { 3, 3, 3, 4, 11, 12, 5 }, type6[] = { 1, 1, 2, 3, 4, 5 };

	weir_rf_put8(g, s->family == 4 ? type4[weir_rf_below(g, sizeof(type4))] : type6[weir_rf_below(g, sizeof(type6))]);
	weir_rf_put8(g, weir_rf_below(g, 4));
	weir_rf_put16(g, 0);
	put32(g, 0);
	put_ip(g, s, weir_rf_chance(g, 20) ? 17 : TCP, !weir_rf_chance(g, 20));
	weir_rf_put16(g, s->pport);
	weir_rf_put16(g, s->rport);
	put32(g, s->seq);
	weir_rf_put_random(g, weir_rf_below(g, 16));
}

static void put_frame(struct weir_rf *g, const struct weir_random_segment *s)
{
	unsigned error = s->family == 4 ? ICMP : ICMP6;

	weir_rf_put16(g, 0x0200);
	put32(g, 0x10 + s->dir);
	weir_rf_put16(g, 0x0200);
	put32(g, 0x11 - s->dir);
	for (unsigned tags = weir_rf_chance(g, 6) ? 1 + weir_rf_below(g, 2) : 0; tags; tags--)
		put32(g, 0x81000000 + weir_rf_below(g, 0x1000));
	weir_rf_put16(g, s->family == 4 ? 0x0800 : 0x86dd);
	g->l3 = g->len;
	g->family = s->family;
	g->proto = s->quote ? error : TCP;
	put_ip(g, s, g->proto, s->dir);
	g->l4 = g->len;
	if (s->quote)
		put_error(g, s);
	else
		put_tcp(g, s);
	g->end = g->len;
	if (s->family == 4)
		weir_rf_set16(g, g->l3 + 2, (unsigned)(g->end - g->l3));
	else
		weir_rf_set16(g, g->l3 + 4, (unsigned)(g->end - g->l4));
	weir_rf_fix_sums(g);
}

size_t weir_random_talks_frame(struct weir_random_talks *t, struct weir_prng *p, uint8_t *buf, int *ret_dir)
{
	struct weir_rf g = { .p = p, .b = buf, .max = WEIR_RANDOM_FRAME_MAX };
	struct weir_random_talk *k = &t->talk[weir_rf_below(&g, WEIR_RANDOM_TALKS)];
	struct weir_random_segment s;

	if (t->proofs && weir_rf_chance(&g, 3)) {
		s = t->proof[weir_rf_below(&g, t->proofs < Proofs ? t->proofs : Proofs)];
		if (weir_rf_chance(&g, 4))
			s.flags = SYN; /* it tries again */
		else if (weir_rf_chance(&g, 8))
			s.seq += off(&g);
		else if (weir_rf_chance(&g, 8))
			s.ack += off(&g);
	} else if (weir_rf_chance(&g, 4)) {
		s = syn(&g);
	} else if (k->s.family && weir_rf_chance(&g, 4)) {
		s = disturb(&g, k);
	} else {
		go_on(&g, k);
		s = k->s;
	}
	put_frame(&g, &s);
	*ret_dir = s.dir;
	return g.len;
}

static uint32_t get32(const uint8_t *b)
{
	return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

void weir_random_talks_answer(struct weir_random_talks *t, const uint8_t *frame, size_t len)
{
	struct weir_random_segment s = { 0 };
	const uint8_t *ip, *tcp;
	size_t at = 12;

	while (at + 6 <= len && frame[at] == 0x81 && !frame[at + 1])
		at += 4;
	ip = frame + at + 2;
	if (at + 2 + 40 > len || (ip[0] >> 4 == 6 && at + 2 + 60 > len))
		return;
	s.family = ip[0] >> 4;
	tcp = ip + (s.family == 4 ? 20 : 40);
	if (tcp[13] != (SYN | ACK))
		return;
	s.remote = tcp[-1];
	s.protect = tcp[s.family == 4 ? -5 : -17];
	s.pport = (uint16_t)(tcp[0] << 8 | tcp[1]);
	s.rport = (uint16_t)(tcp[2] << 8 | tcp[3]);
	if (get32(tcp + 4) == get32(tcp + 8)) { /* RFC 9293 3.10.7.3: the acknowledgement is not acceptable */
		s.flags = RST;
		s.seq = get32(tcp + 8);
	} else {
		s.flags = ACK;
		s.seq = get32(tcp + 8);
		s.ack = get32(tcp + 4) + 1;
	}
	t->proof[t->proofs++ % Proofs] = s;
}
