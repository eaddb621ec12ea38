// SPDX-License-Identifier: Apache-2.0
/* A packet's way: stack -> (delay) wire in front of the appliance -> arrived -> engine -> out -> (delay) stack. The
 * flood begins at the wire. The engine runs no further than the shortest delay ahead of what has happened, so that
 * nothing it lets out can cause something before the point it has reached. */
#include "loop.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bots.h"
#include "events.h"
#include "flood.h"
#include "server.h"
#include "sim/common/packet_build.h"
#include "host/common/prng.h"
#include "sim/schedule/schedule.h"
#include "stack.h"

enum {
	NsPerUs = 1000, NsPerMs = 1000000, NsPerS = 1000000000,
	GapNs = 96,
	EntryUs = 100, EntryWords = 8,   /* of the second rules: one entry after the other, as a host's link has them */
	EthBytes = 14, VlanBytes = 4, Ip4Bytes = 20, Ip6Bytes = 40, TcpBytes = 20, TcpFlags = 13, TcpSum = 16,
	Settled = 5000,            /* ms: for residents' last words to come back */
	RecountMs = 250,           /* how often lwIP itself looks */
	Kinds = 1 << 16,           /* more than an engine keeps */
	StartStream = 0x7374,
};

/* The clock begins here: an engine takes 0 for "no time yet". */
static const uint64_t start_ns = NsPerS;

struct loop {
	const struct weir_loop_options *o;
	struct weir_loop_result *ret;
	struct weir_session *session;
	struct weir_events events;
	struct weir_flood flood;
	struct weir_clients clients;
	struct weir_server server;
	struct weir_bots bots;
	const struct weir_writes *rules;
	size_t rules_at;           /* written so far */
	uint64_t now_ns;
	uint64_t wire_free_ns[2];
	uint64_t engine_ns;        /* so far the engine has run; meant only while busy */
	bool busy;                 /* something is in it */
	uint64_t lookahead_ns;
	uint64_t stack_due_ns;
	uint64_t recount_ns;
	unsigned half_open;
	uint64_t number;
	uint8_t kind[Kinds];       /* by number */
	void (*problem)(void *ctx, const char *text);
	void *ctx;
	uint64_t problems;
};

static uint64_t later(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

void weir_loop_defaults(struct weir_loop_options *o, int family)
{
	*o = (struct weir_loop_options){
		.clients = 500, .residents = 20, .start_ms = 3000, .spread_ms = 10000, .patience_ms = 20000,
		.burst_every_ms = 1000, .flood_from_ms = 2000, .flood_until_ms = UINT64_MAX / NsPerMs / 2,
		.rto_ms = 1000, .again_ms = 50, .connects_most = 3, .reply_bytes = 4000, .say_ms = 200,
		.client_delay_us = 10000, .server_delay_us = 100, .backlog = 4096, .server_room = 1000000, .seed = 1,
		.bot_rate = 10, .bots_from_ms = 4000, .bots_until_ms = UINT64_MAX / NsPerMs / 2,
		.bots_later_ms = UINT64_MAX / NsPerMs / 2, .rules_ms = 8000,
	};
	weir_addr_parse(family == 4 ? "192.0.2.10" : "2001:db8:1::a", &o->server);
	weir_prefix_parse(family == 4 ? "198.18.0.0/15" : "2001:2::/48", &o->client_prefix);
	weir_prefix_parse(family == 4 ? "11.0.0.0/8" : "2a00::/12", &o->flood_prefix);
	weir_prefix_parse(family == 4 ? "203.0.112.0/20" : "2001:db8:b07::/48", &o->bot_prefix);
}

/* --- frames */

static uint64_t delay_ns(const struct loop *l, int side)
{
	return (uint64_t)(side ? l->o->server_delay_us : l->o->client_delay_us) * NsPerUs;
}

static uint32_t header_bytes(const struct loop *l)
{
	return EthBytes + (l->o->vlan ? VlanBytes : 0);
}

static void start_frame(const struct loop *l, struct weir_pkt *p, struct weir_event_frame *f, int side)
{
	static const uint8_t mac[2][6] = { { 2, 0, 0, 0, 0, 1 }, { 2, 0, 0, 0, 0, 2 } };

	weir_pkt_init(p, f->bytes, sizeof(f->bytes));
	weir_pkt_eth(p, mac[1 - side], mac[side]);
	if (l->o->vlan)
		weir_pkt_vlan(p, 0x8100, (uint16_t)l->o->vlan);
}

/* Offset of the address in an IP packet. */
static unsigned address_at(const uint8_t *ip, bool destination)
{
	return ip[0] >> 4 == 4 ? destination ? 16 : 12 : destination ? 24 : 8;
}

static struct weir_addr address_of(const uint8_t *ip, bool destination)
{
	struct weir_addr a = { .family = ip[0] >> 4 };

	memcpy(a.b, ip + address_at(ip, destination), a.family == 4 ? 4 : 16);
	return a;
}

/* Which host of a prefix it would be, by its last four bytes, from 0. */
static uint32_t place_in(const struct weir_prefix *p, const struct weir_addr *a)
{
	unsigned bytes = a->family == 4 ? 4 : 16;
	uint32_t n = 0, base = 0;

	for (unsigned i = bytes - 4; i < bytes; i++) {
		n = n << 8 | a->b[i];
		base = base << 8 | p->addr.b[i];
	}
	return n - base - 1;
}

static struct weir_client *client_of(const struct loop *l, const struct weir_addr *a)
{
	uint32_t n = place_in(&l->o->client_prefix, a);

	return n < l->clients.n && weir_addr_equal(a, &l->clients.client[n].addr) ? &l->clients.client[n] : NULL;
}

static struct weir_bot *bot_of(const struct loop *l, const struct weir_addr *a)
{
	uint32_t n = place_in(&l->o->bot_prefix, a);

	return n < l->bots.n && weir_addr_equal(a, &l->bots.bot[n].addr) ? &l->bots.bot[n] : NULL;
}

/* SYN and nothing else of SYN, ACK, RST. */
static bool is_syn(const uint8_t *ip, uint32_t len)
{
	uint32_t at = (ip[0] >> 4 == 4 ? Ip4Bytes : Ip6Bytes) + TcpFlags;

	return len > at && (ip[at] & (WEIR_TCP_SYN | WEIR_TCP_ACK | WEIR_TCP_RST)) == WEIR_TCP_SYN;
}

static void replace16(uint8_t *at, uint16_t value, uint8_t *sum)
{
	/* RFC 1624: HC' = ~(~HC + ~m + m') */
	uint32_t s = (uint16_t)~(sum[0] << 8 | sum[1]) + (uint32_t)(uint16_t)~(at[0] << 8 | at[1]) + value;

	s = (s & 0xffff) + (s >> 16);
	s = ~((s & 0xffff) + (s >> 16));
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
	sum[0] = (uint8_t)(s >> 8);
	sum[1] = (uint8_t)s;
}

/* A reset that answers a segment with an acknowledgement has none itself (RFC 9293 3.10.7.3); lwIP always sends one. */
static void bare_reset(uint8_t *ip, uint32_t len)
{
	uint8_t *tcp = ip + (ip[0] >> 4 == 4 ? Ip4Bytes : Ip6Bytes);

	if (tcp + TcpBytes > ip + len || !(tcp[TcpFlags] & WEIR_TCP_RST) || !(tcp[TcpFlags] & WEIR_TCP_ACK))
		return;
	replace16(tcp + 8, 0, tcp + TcpSum);
	replace16(tcp + 10, 0, tcp + TcpSum);
	replace16(tcp + 12, (uint16_t)(tcp[12] << 8 | (tcp[TcpFlags] & ~WEIR_TCP_ACK)), tcp + TcpSum);
}

/* The stack sends. */
static void on_send(void *ctx, int side, const uint8_t *ip, uint32_t len)
{
	struct loop *l = ctx;
	struct weir_event_frame *f = weir_events_frame(&l->events);
	const struct weir_addr from = address_of(ip, false);
	struct weir_client *c = side ? NULL : client_of(l, &from);
	struct weir_pkt p;

	if (!f)
		return;
	if (c && is_syn(ip, len))
		weir_client_sent_syn(c);
	start_frame(l, &p, f, side);
	weir_pkt_ethertype(&p, ip[0] >> 4 == 4 ? 0x0800 : 0x86dd);
	weir_pkt_bytes(&p, ip, len);
	if (c && l->o->rto_ms)
		bare_reset(f->bytes + header_bytes(l), len);
	if (weir_pkt_end(&p)) {
		l->events.full = true;
		weir_events_recycle(&l->events, f);
		return;
	}
	f->len = (uint32_t)p.len;
	weir_events_push(&l->events, &(struct weir_event){
		.time_ns = l->now_ns + delay_ns(l, side), .kind = WEIR_EVENT_WIRE, .side = side, .frame = f,
	});
}

/* A bot sends. */
static void on_bot(void *ctx, const struct weir_ip_spec *ip, const struct weir_tcp_spec *tcp)
{
	struct loop *l = ctx;
	struct weir_event_frame *f = weir_events_frame(&l->events);
	struct weir_pkt p;

	if (!f)
		return;
	start_frame(l, &p, f, 0);
	weir_pkt_ip(&p, ip);
	weir_pkt_tcp(&p, tcp);
	weir_pkt_end(&p);
	f->len = (uint32_t)p.len;
	f->bot = true;
	weir_events_push(&l->events, &(struct weir_event){
		.time_ns = l->now_ns + delay_ns(l, 0), .kind = WEIR_EVENT_WIRE, .frame = f,
	});
}

/* A frame gets to the wire: it begins when that is free. */
static void to_wire(struct loop *l, struct weir_event_frame *f, int side, uint64_t from_ns)
{
	uint64_t wire_ns = weir_wire_ns(f->len);

	f->start_ns = later(from_ns, l->wire_free_ns[side]);
	l->wire_free_ns[side] = f->start_ns + wire_ns;
	weir_events_push(&l->events, &(struct weir_event){
		.time_ns = f->start_ns + wire_ns - GapNs, .kind = WEIR_EVENT_ARRIVE, .side = side, .frame = f,
	});
}

static uint64_t flood_start(const struct loop *l)
{
	return l->flood.next_ns == UINT64_MAX ? UINT64_MAX : later(l->flood.next_ns, l->wire_free_ns[0]);
}

static void send_flood(struct loop *l)
{
	struct weir_event_frame *f = weir_events_frame(&l->events);
	struct weir_pkt p;

	if (!f)
		return;
	start_frame(l, &p, f, 0);
	weir_flood_build(&l->flood, &p);
	weir_pkt_end(&p);
	f->len = (uint32_t)p.len;
	f->flood = true;
	to_wire(l, f, 0, flood_start(l));
	weir_flood_sent(&l->flood, f->start_ns, weir_wire_ns(f->len));
}

/* --- the engine */

static int submit(struct loop *l, const struct weir_event *e)
{
	const struct weir_event_frame *f = e->frame;
	const struct weir_input in = {
		.bytes = f->bytes, .captured = f->len, .wire_len = f->len, .side = e->side,
		.number = ++l->number, .time_ns = f->start_ns, .arrival_ns = e->time_ns,
	};
	enum weir_loop_kind k = e->side ? WEIR_LOOP_SERVER : f->flood ? WEIR_LOOP_FLOOD : f->bot ? WEIR_LOOP_BOT : WEIR_LOOP_HONEST;

	l->kind[l->number % Kinds] = (uint8_t)k;
	l->engine_ns = e->time_ns;
	l->busy = true;
	return weir_session_submit(l->session, &in);
}

static void on_fate(void *ctx, const struct weir_packet *p)
{
	struct loop *l = ctx;

	weir_loop_watch(&l->ret->watch, l->kind[p->number % Kinds], p);
	l->ret->bots_after_rules += l->ret->rules_ns && l->kind[p->number % Kinds] == WEIR_LOOP_BOT &&
		p->fate == WEIR_FATE_PASSED && p->arrival_ns >= start_ns + l->ret->rules_ns;
}

/* A frame has left the appliance; the stack gets it later: no event may call back into the engine. */
static void on_out(void *ctx, int side, const uint8_t *bytes, uint32_t len, uint64_t time_ns)
{
	struct loop *l = ctx;
	struct weir_event_frame *f;

	if (len > WEIR_EVENTS_FRAME)
		return;
	f = weir_events_frame(&l->events);
	if (!f)
		return;
	memcpy(f->bytes, bytes, len);
	f->len = len;
	weir_events_push(&l->events, &(struct weir_event){
		.time_ns = later(l->now_ns, time_ns + weir_wire_ns(len) + delay_ns(l, side)),
		.kind = WEIR_EVENT_DELIVER, .side = side, .frame = f,
	});
}

static void on_problem(void *ctx, const char *text)
{
	struct loop *l = ctx;

	if (l->problems++ < WEIR_LOOP_PROBLEMS)
		l->problem(l->ctx, text);
}

static const struct weir_session_sink sink = { .fate = on_fate, .out = on_out, .problem = on_problem, .answer = on_out };

/* --- the hosts */

/* The IP packet in a frame of our own VLAN; NULL: none. */
static const uint8_t *packet_of(const struct loop *l, const struct weir_event_frame *f, uint32_t *ret_len)
{
	uint32_t at = header_bytes(l);
	const uint8_t *type = f->bytes + at - 2, *ip = f->bytes + at;
	uint32_t len;

	if (f->len < at + Ip6Bytes)
		return NULL;
	if (l->o->vlan && (f->bytes[12] != 0x81 || f->bytes[13] ||
			   (f->bytes[14] << 8 | f->bytes[15]) != (int)l->o->vlan))
		return NULL;
	if (type[0] == 0x08 && !type[1] && ip[0] >> 4 == 4)
		len = (uint32_t)(ip[2] << 8 | ip[3]);
	else if (type[0] == 0x86 && type[1] == 0xdd && ip[0] >> 4 == 6)
		len = Ip6Bytes + (uint32_t)(ip[4] << 8 | ip[5]);
	else
		return NULL;
	if (at + len > f->len)
		return NULL;
	*ret_len = len;
	return ip;
}

/* The server's operating system drops a SYN when too many connections are half open. */
static bool has_room(struct loop *l)
{
	if (l->now_ns >= l->recount_ns) {
		l->half_open = weir_stack_half_open();
		l->recount_ns = l->now_ns + (uint64_t)RecountMs * NsPerMs;
	}
	if (l->server.open >= l->o->server_room) {
		l->ret->crowded++;
		return false;
	}
	if (l->half_open >= l->o->backlog)
		return false;
	l->half_open++;
	return true;
}

static void deliver(struct loop *l, int side, const struct weir_event_frame *f)
{
	struct weir_addr host;
	struct weir_client *c;
	struct weir_bot *bot;
	const uint8_t *ip;
	uint32_t len;

	ip = packet_of(l, f, &len);
	if (!ip) {
		l->ret->spoofed++;
		return;
	}
	host = address_of(ip, !side);
	c = client_of(l, &host);
	bot = c ? NULL : bot_of(l, &host);
	if (side) {
		host = address_of(ip, true);
		if (!weir_addr_equal(&host, &l->o->server)) {
			l->ret->spoofed++;
			return;
		}
		l->ret->flood_reached += !c && !bot && is_syn(ip, len);
		if (is_syn(ip, len) && !has_room(l)) {
			l->ret->flood_late++;
			return;
		}
		weir_stack_receive(1, ip, len);
	} else if (c) {
		weir_client_receive(c, ip, len);
	} else if (bot) {
		weir_bots_receive(&l->bots, bot, ip, len);
	} else {
		l->ret->spoofed++;
	}
}

/* At the server. */
static void on_changed(void *ctx, const struct weir_addr *remote, int by)
{
	struct loop *l = ctx;
	struct weir_bot *bot = bot_of(l, remote);
	bool later_on = l->now_ns >= start_ns + l->o->bots_later_ms * NsPerMs;
	struct weir_loop_held *h;

	if (!bot)
		return;
	h = &l->ret->held[bot - l->bots.bot];
	h->now += (uint32_t)by;
	h->accepted += by > 0;
	if (later_on && h->now > h->most_later)
		h->most_later = h->now;
	if (!later_on && h->now > h->most)
		h->most = h->now;
}

static void bot_due(struct loop *l, uint32_t i)
{
	if (l->bots.bot[i].due_ns != UINT64_MAX)
		weir_events_push(&l->events, &(struct weir_event){
			.time_ns = l->bots.bot[i].due_ns, .kind = WEIR_EVENT_BOT, .client = i,
		});
}

/* One entry of the second rules, between two frames: when nothing is inside, both engines take it at the same place. */
static int write_rules(struct loop *l)
{
	const struct weir_writes *w = l->rules;
	uint64_t again_ns = l->now_ns + (uint64_t)EntryUs * NsPerUs;

	if (!l->busy) {
		for (int i = 0; i < EntryWords && l->rules_at < w->n; i++, l->rules_at++)
			if (weir_session_write(l->session, w->write[l->rules_at].addr, w->write[l->rules_at].value))
				return -EINVAL;
		if (l->rules_at == w->n) {
			l->ret->rules_ns = l->now_ns - start_ns;
			return 0;
		}
	} else {
		again_ns = l->now_ns + NsPerUs;
	}
	weir_events_push(&l->events, &(struct weir_event){ .time_ns = again_ns, .kind = WEIR_EVENT_RULES });
	return 0;
}

static void on_due(void *ctx, struct weir_client *c)
{
	struct loop *l = ctx;

	weir_events_push(&l->events, &(struct weir_event){
		.time_ns = c->due_ns, .kind = WEIR_EVENT_CLIENT, .client = (uint32_t)(c - l->clients.client),
	});
}

/* --- the run */

static int handle(struct loop *l, const struct weir_event *e)
{
	struct weir_client *c;
	int rc = 0;

	switch (e->kind) {
	case WEIR_EVENT_WIRE:
		to_wire(l, e->frame, e->side, e->time_ns);
		return 0;
	case WEIR_EVENT_ARRIVE:
		rc = submit(l, e);
		break;
	case WEIR_EVENT_DELIVER:
		weir_stack_time(e->time_ns);
		deliver(l, e->side, e->frame);
		l->stack_due_ns = 0;
		break;
	case WEIR_EVENT_CLIENT:
		c = &l->clients.client[e->client];
		if (c->due_ns != e->time_ns)
			return 0;
		weir_stack_time(e->time_ns);
		weir_client_timer(c);
		l->stack_due_ns = 0;
		break;
	case WEIR_EVENT_BOT:
		weir_bots_open(&l->bots, &l->bots.bot[e->client], e->time_ns);
		bot_due(l, e->client);
		break;
	case WEIR_EVENT_RULES:
		rc = write_rules(l);
		break;
	}
	weir_events_recycle(&l->events, e->frame);
	return rc;
}

static uint64_t next_ns(struct loop *l)
{
	const struct weir_event *top = weir_events_top(&l->events);
	uint64_t t = top ? top->time_ns : UINT64_MAX, flood = flood_start(l);

	if (!l->stack_due_ns)
		l->stack_due_ns = later(weir_stack_next(), l->now_ns);
	if (l->stack_due_ns < t)
		t = l->stack_due_ns;
	return flood < t ? flood : t;
}

/* Let the engine catch up with the next event; what it lets out may be an earlier one. */
static int catch_up(struct loop *l, uint64_t *ret_next_ns)
{
	uint64_t t = next_ns(l), ahead;
	int rc;

	while (l->busy && l->engine_ns < t) {
		ahead = l->engine_ns + l->lookahead_ns;
		l->engine_ns = ahead < t ? ahead : t;
		rc = weir_session_run(l->session, l->engine_ns);
		if (rc < 0)
			return rc;
		l->busy = rc;
		t = next_ns(l);
	}
	*ret_next_ns = t;
	return 0;
}

static bool residents_settled(const struct loop *l)
{
	for (uint32_t i = l->o->clients; i < l->clients.n; i++)
		if (l->clients.client[i].state == WEIR_CLIENT_CONNECTED && !weir_client_alive(&l->clients.client[i]))
			return false;
	return true;
}

/* One event, the earliest. @retval 0, 1 the end, negative */
static int step(struct loop *l, uint64_t end_ns)
{
	const struct weir_event *top;
	struct weir_event e;
	uint64_t t;
	int rc = catch_up(l, &t);

	if (rc)
		return rc;
	if (l->events.full)
		return -ENOBUFS;
	if (t >= end_ns)
		return 1;
	l->now_ns = t;
	if (flood_start(l) == t) {
		send_flood(l);
		return 0;
	}
	top = weir_events_top(&l->events);
	if (top && top->time_ns == t) {
		e = weir_events_pop(&l->events);
		return handle(l, &e);
	}
	weir_stack_time(t);
	l->stack_due_ns = 0;
	return 0;
}

static int run(struct loop *l)
{
	const struct weir_loop_options *o = l->o;
	uint64_t end_ns = start_ns + (o->start_ms + o->spread_ms + o->patience_ms) * NsPerMs;
	uint64_t quiet_ns = start_ns + (o->start_ms + o->spread_ms) * NsPerMs;
	int rc = 0;

	/* Residents go on for as long as visitors come, at least. */
	while (!rc && (l->clients.undecided || l->now_ns < quiet_ns))
		rc = step(l, l->clients.undecided ? end_ns : quiet_ns);
	if (rc < 0)
		return rc;
	l->clients.quiet = true;
	end_ns = l->now_ns + (uint64_t)Settled * NsPerMs;
	for (rc = 0; !rc && !residents_settled(l);)
		rc = step(l, end_ns);
	l->ret->ended_ns = l->now_ns - start_ns;
	return rc < 0 ? rc : weir_session_finish(l->session);
}

static int begin_clients(struct loop *l)
{
	const struct weir_loop_options *o = l->o;
	struct weir_clients *all = &l->clients;
	struct weir_prng prng;

	*all = (struct weir_clients){
		.o = {
			.server = o->server, .port = WEIR_LOOP_PORT, .rto_ms = o->rto_ms, .again_ms = o->again_ms,
			.connects_most = o->connects_most, .reply_bytes = o->reply_bytes, .say_ms = o->say_ms,
		},
		.due = on_due, .ctx = l, .undecided = o->clients,
	};
	all->client = calloc((size_t)o->clients + o->residents + 1, sizeof(*all->client));
	if (!all->client)
		return -ENOMEM;
	all->n = o->clients + o->residents;
	weir_prng_seed(&prng, o->seed, StartStream);
	for (uint32_t i = 0; i < all->n; i++) {
		struct weir_client *c = &all->client[i];

		c->all = all;
		c->addr = weir_prefix_nth(&o->client_prefix, i + 1);
		c->resident = i >= o->clients;
		c->due_ns = start_ns + weir_prng_below(&prng, NsPerS);
		if (!c->resident) {
			uint64_t visit_ns = start_ns + o->start_ms * NsPerMs +
				weir_prng_below(&prng, o->spread_ms * NsPerMs + 1);

			if (i < o->known)
				c->again_ns = visit_ns;
			else
				c->due_ns = visit_ns;
		}
		on_due(l, c);
	}
	return 0;
}

static int begin_bots(struct loop *l)
{
	const struct weir_loop_options *o = l->o;
	const struct weir_bots_options b = {
		.server = o->server, .port = WEIR_LOOP_PORT, .sources = o->bot_prefix, .n = o->bots, .start_ns = start_ns,
		.strangers = o->bots_strange, .closes = o->bots_close, .rate_per_s = o->bot_rate,
		.from_ns = start_ns + o->bots_from_ms * NsPerMs, .until_ns = start_ns + o->bots_until_ms * NsPerMs,
		.later_per_s = o->bot_later_rate, .later_ns = start_ns + o->bots_later_ms * NsPerMs, .seed = o->seed,
	};

	l->ret->held = calloc((size_t)o->bots + 1, sizeof(*l->ret->held));
	if (!l->ret->held || weir_bots_init(&l->bots, &b, on_bot, l))
		return -ENOMEM;
	for (uint32_t i = 0; i < l->bots.n; i++)
		bot_due(l, i);
	if (l->rules)
		weir_events_push(&l->events, &(struct weir_event){
			.time_ns = start_ns + o->rules_ms * NsPerMs, .kind = WEIR_EVENT_RULES,
		});
	return 0;
}

static void begin_flood(struct loop *l)
{
	const struct weir_loop_options *o = l->o;
	const struct weir_flood_options f = {
		.server = o->server, .port = WEIR_LOOP_PORT, .sources = o->flood_prefix, .rate_pps = o->rate_pps,
		.from_ns = start_ns + o->flood_from_ms * NsPerMs, .until_ns = start_ns + o->flood_until_ms * NsPerMs,
		.burst_ns = o->burst_ms * NsPerMs, .burst_every_ns = o->burst_every_ms * NsPerMs, .seed = o->seed,
	};

	weir_flood_init(&l->flood, &f);
}

static void conclude(struct loop *l)
{
	struct weir_loop_result *r = l->ret;

	for (uint32_t i = 0; i < l->clients.n; i++) {
		const struct weir_client *c = &l->clients.client[i];

		if (c->resident) {
			r->alive += weir_client_alive(c);
			r->resident_bytes += c->received;
		} else if (c->state == WEIR_CLIENT_DONE) {
			r->served++;
			r->most_tries = later(r->most_tries, c->syns);
			r->slowest_ns = later(r->slowest_ns, c->connected_ns - c->first_syn_ns);
		} else {
			r->failed++;
		}
	}
	r->accepted = l->server.accepted;
	r->open = l->server.open;
	for (int i = 0; i < WEIR_LOOP_FLOODS; i++) {
		struct weir_loop_declared *d = &r->watch.flood[i];

		d->first_ns -= d->trips ? start_ns : 0;
		d->end_ns -= d->ends ? start_ns : 0;
	}
	for (unsigned i = 0; i < WEIR_STATES; i++)
		weir_session_state(l->session, i, &r->state[i]);
	r->mismatches = weir_session_counts(l->session)->mismatches;
	r->compared = weir_session_counts(l->session)->compared;
	r->clocks = weir_session_clocks(l->session);
	r->unexplained = weir_session_unexplained(l->session);
}

static double wall_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / NsPerS;
}

static int begin(struct loop *l, const struct weir_writes *writes, const struct weir_engine_ops *first,
		 const struct weir_engine_ops *second, const char **ret_detail)
{
	const struct weir_engine_options options = { .gmii = false };
	const struct weir_engine_ops *failed;
	int rc = weir_session_new(first, second, &options, &sink, l, &l->session, &failed);

	*ret_detail = "the engine does not start";
	if (rc)
		return rc;
	*ret_detail = "a register does not take its value";
	for (size_t i = 0; i < writes->n; i++)
		if (weir_session_write(l->session, writes->write[i].addr, writes->write[i].value))
			return -EINVAL;
	*ret_detail = "no memory";
	weir_stack_init(on_send, l, start_ns);
	l->server.reply_bytes = l->o->reply_bytes;
	l->server.changed = on_changed;
	l->server.ctx = l;
	rc = weir_server_start(&l->server, &l->o->server, WEIR_LOOP_PORT);
	begin_flood(l);
	if (!rc)
		rc = begin_bots(l);
	return rc ? rc : begin_clients(l);
}

int weir_loop_run(const struct weir_loop_options *o, const struct weir_writes *writes,
		  const struct weir_writes *rules, const struct weir_engine_ops *first, const struct weir_engine_ops *second,
		  void (*problem)(void *ctx, const char *text), void *ctx, struct weir_loop_result *ret,
		  const char **ret_detail)
{
	uint32_t delay_us = o->client_delay_us < o->server_delay_us ? o->client_delay_us : o->server_delay_us;
	/* The stack keeps pointers into it to the end of the process: connections that are still closing. */
	static struct loop l;
	double begun_s = wall_s();
	int rc;

	l = (struct loop){
		.o = o, .ret = ret, .problem = problem, .ctx = ctx, .now_ns = start_ns, .rules = rules,
		.lookahead_ns = (uint64_t)delay_us * NsPerUs,
	};
	*ret = (struct weir_loop_result){ .clients = o->clients, .residents = o->residents };
	rc = begin(&l, writes, first, second, ret_detail);
	if (!rc) {
		*ret_detail = "more frames on their way than there is room for";
		rc = run(&l);
		if (rc == -ETIMEDOUT)
			*ret_detail = "the hardware hangs";
		conclude(&l);
	}
	ret->client = l.clients.client;
	ret->bot = l.bots.bot;
	ret->bots = l.bots.n;
	ret->wall_s = wall_s() - begun_s;
	weir_session_free(l.session);
	weir_events_done(&l.events);
	return rc;
}

void weir_loop_result_done(struct weir_loop_result *r)
{
	struct weir_bots bots = { .bot = r->bot, .n = r->bots };

	free(r->client);
	free(r->held);
	weir_bots_done(&bots);
	r->client = NULL;
	r->held = NULL;
	r->bot = NULL;
}
