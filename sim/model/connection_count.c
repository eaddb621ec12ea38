// SPDX-License-Identifier: Apache-2.0
/* Counters of connections per address, by what the connection table wrote (docs/datapath.md 13.4). */
#include "state.h"

#define EST_SLICE_LOG2 4       /* slices of `half` in one of `est` */
#define T_PER_HALF_LOG2 4      /* units of the connection table in a slice */
#define T_PER_EST_LOG2 8
#define HALF_MAX 0x7fu
#define EST_MAX 0x3ffu
#define OPENED_MAX 0xffu

/** How a connection moves between the counts. */
struct move {
	bool leave_half, leave_est;
	uint64_t ago;              /* D of the one that is left */
	bool join_half, join_est, opened;
};

static bool is_half_open(unsigned state)
{
	return state >= WEIR_SYN_SENT && state <= WEIR_SYN_RECEIVED;
}

static bool is_established(unsigned state)
{
	return state == WEIR_ESTABLISHED || state == WEIR_CLOSING;
}

struct weir_counts weir_counts_at(struct weir_counts n, uint64_t time, uint64_t now)
{
	uint64_t half = now - time, est = (now >> EST_SLICE_LOG2) - (time >> EST_SLICE_LOG2);

	if (half) {
		n.half_before = half == 1 ? n.half_now : 0;
		n.half_now = 0;
		n.opened = 0;
	}
	if (est) {
		n.est_before = est == 1 ? n.est_now : 0;
		n.est_now = 0;
	}
	return n;
}

/** What the frame moves; false: nothing. */
static bool find_move(const struct weir_state_frame *f, struct move *ret)
{
	unsigned state = f->connection->connection.state;
	bool was_half = is_half_open(f->before);

	*ret = (struct move){ .join_half = is_half_open(state), .join_est = is_established(state) };
	ret->opened = ret->join_half && !was_half && !f->connection->connection.opener;
	if (was_half) {
		ret->ago = (f->connection->time >> T_PER_HALF_LOG2) - (f->before_time >> T_PER_HALF_LOG2);
		ret->leave_half = ret->ago <= 1;
	} else if (is_established(f->before)) {
		ret->ago = (f->connection->time >> T_PER_EST_LOG2) - (f->before_time >> T_PER_EST_LOG2);
		ret->leave_est = ret->ago <= 1;
	}
	return ret->leave_half || ret->leave_est || ret->join_half || ret->join_est;
}

/** Row 16 without a way. */
static bool finds_no_way(const struct weir_state_frame *f, struct move *ret)
{
	*ret = (struct move){ .opened = true };
	return f->r->event == WEIR_EVENT_full && f->r->dir && f->r->tcp_flags & WEIR_FLAG_syn &&
	       f->r->tcp_flags & WEIR_FLAG_ack;
}

static void move(struct weir_counts *n, const struct move *v)
{
	uint8_t *half = v->ago ? &n->half_before : &n->half_now;
	uint16_t *est = v->ago ? &n->est_before : &n->est_now;

	if (v->leave_half)
		*half = (uint8_t)(*half - (*half > 0));
	if (v->leave_est)
		*est = (uint16_t)(*est - (*est > 0));
	if (v->join_half)
		n->half_now = (uint8_t)(n->half_now + (n->half_now < HALF_MAX));
	if (v->opened)
		n->opened = (uint8_t)(n->opened + (n->opened < OPENED_MAX));
	if (v->join_est)
		n->est_now = (uint16_t)(n->est_now + (n->est_now < EST_MAX));
}

static bool joins(const struct move *v)
{
	return v->join_half || v->opened || v->join_est;
}

/** @return the entry as written; NULL: the frame leaves an address that has none */
static const struct weir_state_entry *account(struct weir_state_table *t, struct weir_hash_key key, uint64_t now,
					      const struct move *v)
{
	struct weir_state_entry *e = weir_state_find(t, key, now);

	if (!e && joins(v))
		e = weir_state_insert(t, key, now);
	if (!e)
		return NULL;
	e->counts = weir_counts_at(e->counts, e->time, now);
	e->time = now;
	move(&e->counts, v);
	return e;
}

void weir_connection_count(struct weir_state *s, const struct weir_state_frame *f)
{
	struct weir_state_table *client = &s->table[WEIR_STATE_client], *server = &s->table[WEIR_STATE_server];
	const struct weir_state_entry *e;
	struct move v;

	if (f->written ? !find_move(f, &v) : !finds_no_way(f, &v))
		return;
	e = account(client, f->remote_key, weir_state_clock(client, f->r->stamp_us), &v);
	if (e && joins(&v)) {
		weir_peak_state(s->peak, WEIR_PEAK_connections, (uint32_t)e->counts.est_now + e->counts.est_before);
		weir_peak_state(s->peak, WEIR_PEAK_opened, e->counts.opened);
	}
	account(server, f->host_key, weir_state_clock(server, f->r->stamp_us), &v);
}
