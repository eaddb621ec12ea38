// SPDX-License-Identifier: Apache-2.0
#include "bots.h"

#include <errno.h>
#include <stdlib.h>

enum {
	BotStream = 0x626f74, FirstPort = 1024, Window = 64240, Ttl = 55,
	Ip4Bytes = 20, Ip6Bytes = 40, TcpBytes = 20, Tcp = 6,
};

static const uint64_t ns_per_s = 1000000000, forgotten_ns = 3000000000;   /* a SYN without an answer */

enum place_state { PlaceFree, PlaceSyn, PlaceConnected, PlaceClosing };

struct weir_bot_place {
	uint64_t opened_ns;
	uint32_t iss;
	uint8_t state;
	bool closes;
};

struct segment {
	uint16_t sport, dport;
	uint32_t seq, ack, len;
	uint8_t flags;
};

/* From one connection of a bot to the next: on average what the rate says. */
static uint64_t pause_ns(struct weir_bots *b, uint32_t per_s)
{
	return weir_prng_below(&b->prng, 2 * ns_per_s / per_s + 1);
}

/* Its first time at or after `t` to open a connection. */
static uint64_t next_ns(struct weir_bots *b, uint64_t t)
{
	const struct weir_bots_options *o = &b->o;
	uint64_t due;

	if (o->rate_per_s && t < o->until_ns) {
		due = (t < o->from_ns ? o->from_ns : t) + pause_ns(b, o->rate_per_s);
		if (due < o->until_ns)
			return due;
	}
	if (!o->later_per_s)
		return UINT64_MAX;
	return (t < o->later_ns ? o->later_ns : t) + pause_ns(b, o->later_per_s);
}

int weir_bots_init(struct weir_bots *b, const struct weir_bots_options *o, weir_bots_send *send, void *ctx)
{
	*b = (struct weir_bots){ .o = *o, .send = send, .ctx = ctx };
	weir_prng_seed(&b->prng, o->seed, BotStream);
	b->bot = calloc((size_t)o->n + 1, sizeof(*b->bot));
	if (!b->bot)
		return -ENOMEM;
	b->n = o->n;
	for (uint32_t i = 0; i < b->n; i++) {
		struct weir_bot *bot = &b->bot[i];

		bot->addr = weir_prefix_nth(&o->sources, i + 1);
		bot->began = o->strangers;
		bot->due_ns = o->strangers ? next_ns(b, o->start_ns) : o->start_ns + weir_prng_below(&b->prng, ns_per_s);
		bot->place = calloc(WEIR_BOT_PLACES, sizeof(*bot->place));
		if (!bot->place)
			return -ENOMEM;
	}
	return 0;
}

void weir_bots_done(struct weir_bots *b)
{
	for (uint32_t i = 0; b->bot && i < b->n; i++)
		free(b->bot[i].place);
	free(b->bot);
	*b = (struct weir_bots){ 0 };
}

static void send(struct weir_bots *b, const struct weir_bot *bot, uint16_t port, uint8_t flags, uint32_t seq, uint32_t ack)
{
	static const uint8_t mss[4] = { 2, 4, 5, 180 };
	bool syn = flags & WEIR_TCP_SYN;

	b->send(b->ctx, &(struct weir_ip_spec){ .src = bot->addr, .dst = b->o.server, .ttl = Ttl, .df = true },
		&(struct weir_tcp_spec){
			.sport = port, .dport = b->o.port, .seq = seq, .ack = ack, .flags = flags,
			.window = flags & WEIR_TCP_RST ? 0 : Window, .opt = syn ? mss : NULL,
			.opt_len = syn ? sizeof(mss) : 0,
		});
}

/* A place without a connection, the next one that there is. */
static struct weir_bot_place *take_place(struct weir_bot *bot, uint64_t now_ns)
{
	for (int tries = 0; tries < WEIR_BOT_PLACES; tries++) {
		struct weir_bot_place *p = &bot->place[bot->opened++ % WEIR_BOT_PLACES];

		if (p->state == PlaceFree || (p->state == PlaceSyn && now_ns - p->opened_ns > forgotten_ns))
			return p;
	}
	return NULL;
}

void weir_bots_open(struct weir_bots *b, struct weir_bot *bot, uint64_t now_ns)
{
	struct weir_bot_place *p = take_place(bot, now_ns);

	if (p) {
		*p = (struct weir_bot_place){
			.opened_ns = now_ns, .iss = (uint32_t)weir_prng_next(&b->prng), .state = PlaceSyn,
			.closes = b->o.closes || !bot->began,
		};
		bot->syns++;
		send(b, bot, (uint16_t)(FirstPort + (p - bot->place)), WEIR_TCP_SYN, p->iss, 0);
	} else {
		bot->crowded++;
	}
	bot->began = true;
	bot->due_ns = next_ns(b, now_ns);
}

static uint32_t be32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static bool read_segment(const uint8_t *ip, uint32_t len, struct segment *ret)
{
	uint32_t at = ip[0] >> 4 == 4 ? Ip4Bytes : Ip6Bytes, header;
	const uint8_t *tcp = ip + at;

	if (len < at + TcpBytes || ip[at == Ip4Bytes ? 9 : 6] != Tcp)
		return false;
	header = (uint32_t)(tcp[12] >> 4) * 4;
	if (header < TcpBytes || len < at + header)
		return false;
	*ret = (struct segment){
		.sport = (uint16_t)(tcp[0] << 8 | tcp[1]), .dport = (uint16_t)(tcp[2] << 8 | tcp[3]),
		.seq = be32(tcp + 4), .ack = be32(tcp + 8), .len = len - at - header, .flags = tcp[13],
	};
	return true;
}

/* SYN-ACK. */
static void connect_to(struct weir_bots *b, struct weir_bot *bot, struct weir_bot_place *p, const struct segment *s)
{
	if (s->ack != p->iss + 1) {
		send(b, bot, s->dport, WEIR_TCP_RST, s->ack, 0);
		return;
	}
	send(b, bot, s->dport, WEIR_TCP_ACK, s->ack, s->seq + 1);
	if (p->state != PlaceSyn)
		return;   /* it was sent twice */
	bot->connected++;
	p->state = PlaceConnected;
	if (!p->closes)
		return;
	p->state = PlaceClosing;
	send(b, bot, s->dport, WEIR_TCP_FIN | WEIR_TCP_ACK, s->ack, s->seq + 1);
}

/* Data and FIN, which come in order: the way from the server loses nothing. */
static void hear(struct weir_bots *b, struct weir_bot *bot, struct weir_bot_place *p, const struct segment *s)
{
	bool fin = s->flags & WEIR_TCP_FIN;
	uint32_t seq = p->iss + 1 + (p->state == PlaceClosing), ack = s->seq + s->len + fin;

	if (!s->len && !fin)
		return;
	send(b, bot, s->dport, WEIR_TCP_ACK, seq, ack);
	if (!fin)
		return;
	if (p->state == PlaceConnected)
		send(b, bot, s->dport, WEIR_TCP_FIN | WEIR_TCP_ACK, seq, ack);
	p->state = PlaceFree;
}

void weir_bots_receive(struct weir_bots *b, struct weir_bot *bot, const uint8_t *ip, uint32_t len)
{
	struct weir_bot_place *p;
	struct segment s;

	if (!read_segment(ip, len, &s) || s.dport < FirstPort || s.dport >= FirstPort + WEIR_BOT_PLACES)
		return;
	p = &bot->place[s.dport - FirstPort];
	if (s.flags & WEIR_TCP_RST) {
		bot->resets += p->state != PlaceFree;
		p->state = PlaceFree;
	} else if (p->state == PlaceFree) {
		/* Of a connection that is gone: the last ACK was lost, or its RST. */
		if (s.flags & WEIR_TCP_ACK && !(s.flags & WEIR_TCP_FIN))
			send(b, bot, s.dport, WEIR_TCP_RST, s.ack, 0);
		else if (s.flags & WEIR_TCP_FIN)
			send(b, bot, s.dport, WEIR_TCP_ACK, s.ack, s.seq + s.len + 1);
	} else if (s.flags & WEIR_TCP_SYN) {
		connect_to(b, bot, p, &s);
	} else if (p->state != PlaceSyn) {
		hear(b, bot, p, &s);
	}
}
