// SPDX-License-Identifier: Apache-2.0
/* Following TCP connections (docs/datapath.md 13). The numbers in comments are rows of 13.2. */
#include "host/common/lists.h"
#include "state.h"

#define HALF_RANGE 0x80000000u
#define UNSCALED UINT64_C(0x10000)     /* the largest window without window scale */

/** A segment against its connection. */
struct segment {
	struct weir_state *s;
	struct weir_state_frame *f;
	const struct weir_record *r;
	struct weir_state_entry *e;        /* NULL: a miss */
	struct weir_connection *c;         /* of e */
	uint64_t now;                      /* T */
	uint32_t seq_end;
	bool fin, ack;
};

static uint64_t window(const struct weir_state *s, const struct weir_connection *c)
{
	return c->ws ? UINT64_C(1) << s->cfg.window_log2 : UNSCALED;
}

static bool seq_ok(const struct segment *g)
{
	uint64_t b = window(g->s, g->c);

	return (uint32_t)(g->seq_end - g->c->end_r + (uint32_t)b) <= 2 * b;
}

static bool ack_ok(const struct segment *g)
{
	return !g->ack || (uint32_t)(g->c->end_p - g->r->tcp_ack) <= window(g->s, g->c);
}

static void advance(const struct segment *g)
{
	uint32_t *self = g->r->dir ? &g->c->end_p : &g->c->end_r;
	uint32_t beyond = g->seq_end - *self;

	if (beyond && beyond < HALF_RANGE)
		*self = g->seq_end;
}

static enum weir_state_event become(const struct segment *g, enum weir_connection_state state,
				    enum weir_state_event event)
{
	g->c->state = state;
	g->e->time = g->now;
	g->f->written = true;
	return event;
}

/** Write the whole of an entry, a new one after a miss. */
static enum weir_state_event insert(struct segment *g, const struct weir_connection *c, enum weir_state_event event)
{
	if (!g->e)
		g->e = weir_state_insert(&g->s->table[WEIR_STATE_connection], g->f->connection_key, g->now);
	if (!g->e)
		return WEIR_EVENT_full;
	g->e->connection = *c;
	g->e->time = g->now;
	g->f->written = true;
	return event;
}

static enum weir_state_event inbound_syn(struct segment *g)
{
	struct weir_connection *c = g->c;

	if (!c || c->state == WEIR_CLOSED) /* 1 */
		return WEIR_EVENT_syn_new;
	if (c->state == WEIR_SYN_SENT) { /* 2 */
		c->end_r = g->seq_end;
		c->ws = c->ws && g->r->tcp_ws;
		return become(g, WEIR_SIMULTANEOUS, WEIR_EVENT_simultaneous);
	}
	if ((c->state == WEIR_SIMULTANEOUS || c->state == WEIR_SYN_RECEIVED) && g->seq_end == c->end_r) /* 3 */
		return WEIR_EVENT_known;
	if (c->state == WEIR_SYN_RECEIVED && !c->opener) /* 4 */
		return WEIR_EVENT_syn_new;
	return WEIR_EVENT_state; /* 5 */
}

static enum weir_state_event outbound_syn(struct segment *g)
{
	const struct weir_connection opened = {
		.state = WEIR_SYN_SENT, .opener = 1, .end_p = g->seq_end, .ws = g->r->tcp_ws,
	};

	if (g->c && g->c->state != WEIR_CLOSED && g->c->state != WEIR_SYN_SENT) /* 7 */
		return WEIR_EVENT_known;
	if (g->c && g->c->state == WEIR_SYN_SENT && g->seq_end == g->c->end_p)
		return WEIR_EVENT_opened; /* 6, sent again */
	return insert(g, &opened, WEIR_EVENT_opened); /* 6 */
}

static enum weir_state_event inbound_syn_ack(struct segment *g)
{
	struct weir_connection *c = g->c;

	if (!c) /* 11 */
		return WEIR_EVENT_none;
	if (c->state == WEIR_SYN_SENT && g->r->tcp_ack == c->end_p) { /* 8 */
		c->end_r = g->seq_end;
		c->ws = c->ws && g->r->tcp_ws;
		return become(g, WEIR_SYN_RECEIVED, WEIR_EVENT_half_open);
	}
	if (c->state == WEIR_SIMULTANEOUS && g->r->tcp_ack == c->end_p && g->seq_end == c->end_r) /* 9 */
		return become(g, WEIR_ESTABLISHED, WEIR_EVENT_established);
	if (c->state >= WEIR_SYN_RECEIVED && c->state <= WEIR_CLOSING && seq_ok(g) && ack_ok(g)) /* 10 */
		return WEIR_EVENT_known;
	return c->state != WEIR_CLOSED ? WEIR_EVENT_window /* 12 */ : WEIR_EVENT_state /* 13 */;
}

static enum weir_state_event outbound_syn_ack(struct segment *g)
{
	const struct weir_connection answered = {
		.state = WEIR_SYN_RECEIVED, .end_p = g->seq_end, .end_r = g->r->tcp_ack, .ws = g->r->tcp_ws,
	};

	if (g->c && (g->c->state == WEIR_SYN_SENT || g->c->state == WEIR_SIMULTANEOUS)) /* 14 */
		return WEIR_EVENT_known;
	if (g->c && g->c->state == WEIR_SYN_RECEIVED && g->seq_end == g->c->end_p &&
	    g->r->tcp_ack == g->c->end_r) /* 15 */
		return WEIR_EVENT_known;
	if (g->c && (g->c->state == WEIR_ESTABLISHED || g->c->state == WEIR_CLOSING) && g->seq_end == g->c->end_p) /* 15a */
		return WEIR_EVENT_known;
	return insert(g, &answered, WEIR_EVENT_half_open); /* 16 */
}

static enum weir_state_event inbound_rst(struct segment *g)
{
	const struct weir_connection *c = g->c;

	if (!c) /* 17 */
		return WEIR_EVENT_none;
	if (c->state == WEIR_SYN_SENT) /* 18, 21 */
		return g->ack && g->r->tcp_ack == c->end_p ? become(g, WEIR_CLOSED, WEIR_EVENT_reset) :
							     WEIR_EVENT_window;
	if (c->state != WEIR_CLOSED && g->seq_end == c->end_r) /* 19 */
		return become(g, WEIR_CLOSED, WEIR_EVENT_reset);
	return seq_ok(g) ? WEIR_EVENT_known /* 20: RFC 5961 3 */ : WEIR_EVENT_window /* 21 */;
}

static enum weir_state_event outbound_rst(struct segment *g)
{
	if (!g->c) /* 22 */
		return WEIR_EVENT_none;
	if (g->c->state == WEIR_CLOSED) /* 23 */
		return WEIR_EVENT_known;
	return become(g, WEIR_CLOSED, WEIR_EVENT_reset); /* 24 */
}

/** Neither SYN nor RST, no connection. */
static enum weir_state_event adopt(struct segment *g)
{
	struct weir_connection c = { .state = WEIR_ESTABLISHED, .adopted = 1, .ws = 1 };

	if (g->fin || g->now >= g->s->cfg.adopt_until) /* 26 */
		return WEIR_EVENT_none;
	c.end_r = g->r->dir ? g->r->tcp_ack : g->seq_end;
	c.end_p = g->r->dir ? g->seq_end : g->r->tcp_ack;
	return insert(g, &c, WEIR_EVENT_adopted); /* 25 */
}

/** The third segment of a handshake. */
static enum weir_state_event establish(const struct segment *g, bool fin, uint8_t *fin_self)
{
	advance(g);
	if (!fin)
		return become(g, WEIR_ESTABLISHED, WEIR_EVENT_established);
	*fin_self = 1;
	return become(g, WEIR_CLOSING, WEIR_EVENT_established);
}

/** Data, acknowledgements and FIN of an open connection. */
static enum weir_state_event go_on(const struct segment *g, uint32_t end_peer, uint8_t *fin_self)
{
	struct weir_connection *c = g->c;

	if (!g->fin && c->fin_r && c->fin_p && g->r->tcp_ack == end_peer) /* 34, 39 */
		return become(g, WEIR_CLOSED, WEIR_EVENT_closed);
	*fin_self |= g->fin;
	advance(g);
	return become(g, g->fin ? WEIR_CLOSING : c->state, WEIR_EVENT_known); /* 35, 40 */
}

static enum weir_state_event inbound_ack(struct segment *g)
{
	struct weir_connection *c = g->c;

	switch (c->state) {
	case WEIR_SYN_RECEIVED:
		if (!c->opener && g->r->tcp_ack == c->end_p && seq_ok(g)) /* 27 */
			return establish(g, g->fin, &c->fin_r);
		if (!c->opener || !seq_ok(g) || !ack_ok(g)) /* 29 */
			return WEIR_EVENT_window;
		advance(g); /* 28 */
		return WEIR_EVENT_known;
	case WEIR_SIMULTANEOUS:
		if (g->r->tcp_ack == c->end_p && seq_ok(g)) /* 30 */
			return establish(g, false, NULL);
		return WEIR_EVENT_state; /* 31 */
	case WEIR_ESTABLISHED:
	case WEIR_CLOSING:
		if (!seq_ok(g) || !ack_ok(g)) /* 32 */
			return WEIR_EVENT_window;
		return go_on(g, c->end_p, &c->fin_r); /* 34, 35 */
	case WEIR_CLOSED:
		return seq_ok(g) && ack_ok(g) ? WEIR_EVENT_known /* 33 */ : WEIR_EVENT_window /* 32 */;
	default:
		return WEIR_EVENT_state; /* 31 */
	}
}

static enum weir_state_event outbound_ack(struct segment *g)
{
	struct weir_connection *c = g->c;

	switch (c->state) {
	case WEIR_SYN_RECEIVED:
		if (c->opener) /* 36 */
			return establish(g, g->fin, &c->fin_p);
		advance(g); /* 38 */
		return WEIR_EVENT_known;
	case WEIR_SIMULTANEOUS:
		advance(g); /* 38 */
		return WEIR_EVENT_known;
	case WEIR_ESTABLISHED:
	case WEIR_CLOSING:
		return go_on(g, c->end_r, &c->fin_p); /* 39, 40 */
	case WEIR_CLOSED:
		return WEIR_EVENT_known; /* 38 */
	default:
		return WEIR_EVENT_state; /* 37 */
	}
}

static enum weir_state_event of_segment(struct segment *g)
{
	unsigned flags = g->r->tcp_flags;

	if (flags & WEIR_FLAG_syn && flags & WEIR_FLAG_ack)
		return g->r->dir ? outbound_syn_ack(g) : inbound_syn_ack(g);
	if (flags & WEIR_FLAG_syn)
		return g->r->dir ? outbound_syn(g) : inbound_syn(g);
	if (flags & WEIR_FLAG_rst)
		return g->r->dir ? outbound_rst(g) : inbound_rst(g);
	if (!g->c)
		return adopt(g);
	return g->r->dir ? outbound_ack(g) : inbound_ack(g);
}

static enum weir_state_event of_quote(const struct segment *g)
{
	const struct weir_connection *c = g->c;

	if (c && c->state >= WEIR_SYN_SENT && c->state <= WEIR_CLOSING &&
	    (uint32_t)(c->end_p - g->r->tcp_seq) <= window(g->s, c))
		return WEIR_EVENT_known;
	return WEIR_EVENT_quote;
}

/** What becomes of an event that may be for want of room, or of one direction. */
static enum weir_state_event excuse(const struct segment *g, enum weir_state_event event)
{
	const struct weir_state *s = g->s;
	bool lost = event == WEIR_EVENT_none || event == WEIR_EVENT_quote;

	if (lost && !g->e && weir_state_is_full(&s->table[WEIR_STATE_connection], g->f->connection_key, g->now))
		return WEIR_EVENT_full;
	if (s->cfg.mode == WEIR_CONNECTION_asymmetric &&
	    (lost || event == WEIR_EVENT_state || event == WEIR_EVENT_window))
		return WEIR_EVENT_asymmetric;
	return event;
}

static bool is_known(enum weir_state_event event)
{
	switch (event) {
	case WEIR_EVENT_known:
	case WEIR_EVENT_simultaneous:
	case WEIR_EVENT_half_open:
	case WEIR_EVENT_established:
	case WEIR_EVENT_reset:
	case WEIR_EVENT_adopted:
	case WEIR_EVENT_closed:
		return true;
	default:
		return false;
	}
}

void weir_connection_follow(struct weir_state *s, struct weir_state_frame *f)
{
	struct weir_state_table *t = &s->table[WEIR_STATE_connection];
	struct weir_record *r = f->r;
	struct segment g = {
		.s = s, .f = f, .r = r, .now = weir_state_clock(t, r->stamp_us),
		.fin = r->tcp_flags & WEIR_FLAG_fin, .ack = r->tcp_flags & WEIR_FLAG_ack,
	};
	enum weir_state_event event;

	g.seq_end = r->tcp_seq + r->tcp_len + !!(r->tcp_flags & WEIR_FLAG_syn) + g.fin;
	g.e = weir_state_find(t, f->connection_key, g.now);
	g.c = g.e ? &g.e->connection : NULL;
	f->before = g.c ? g.c->state : 0;
	f->before_time = g.e ? g.e->time : 0;
	event = excuse(&g, r->quote ? of_quote(&g) : of_segment(&g));
	r->event = (uint8_t)event;
	f->connection = g.e;
	f->known = !r->quote && !r->dir && is_known(event);
}

/** What objects to an event, -1: nothing. */
static int action_of(const struct weir_state *s, enum weir_state_event event, unsigned *ret_reason)
{
	switch (event) {
	case WEIR_EVENT_none:
		*ret_reason = WEIR_REASON_conn_none;
		return WEIR_ACTION_conn_none;
	case WEIR_EVENT_state:
		*ret_reason = WEIR_REASON_conn_state;
		return WEIR_ACTION_conn_state;
	case WEIR_EVENT_window:
		*ret_reason = WEIR_REASON_conn_window;
		return WEIR_ACTION_conn_window;
	case WEIR_EVENT_quote:
		*ret_reason = WEIR_REASON_icmp_quote;
		return WEIR_ACTION_icmp_quote;
	case WEIR_EVENT_full:
		*ret_reason = WEIR_REASON_full_connection;
		return s->cfg.fail_closed ? WEIR_ACTION_full_connection : -1;
	default:
		return -1;
	}
}

void weir_connection_object(const struct weir_state *s, const struct weir_state_frame *f)
{
	unsigned reason = 0;
	int action = action_of(s, f->r->event, &reason);

	if (action < 0 || f->allowed || s->cfg.mode == WEIR_CONNECTION_asymmetric)
		return;
	weir_state_object(s, f->d, (enum weir_state_action)action, &(struct weir_candidate){
		.tag = f->connection_key.tag, .reason = (uint8_t)reason });
}
