// SPDX-License-Identifier: Apache-2.0
/* SYN floods: meters, proofs, the decision about a SYN (docs/datapath.md 14). */
#include "host/common/lists.h"
#include "meter.h"
#include "state.h"

#define HOST_COUNT_MAX 0x1fffu
#define TOTAL_COUNT_MAX 0x3ffffu
#define QUIET_MAX 255u
#define TRIP_HOST 15
#define TRIP_TOTAL 16
#define SLICE_LOG2_US 18
#define SLICES 16u
#define HISTORY_MASK 31u
#define HISTORY_SEEN 0x1cu     /* 2 to 4 slices ago */
#define CROWD_MAX 4095u

static void end(struct weir_syn_meter *s, const struct weir_syn_update *u, struct weir_record *r)
{
	s->flood = 0;
	r->ends |= UINT32_C(1) << u->bit;
}

void weir_syn_update(struct weir_syn_meter *s, uint64_t *win, const struct weir_syn_update *u, struct weir_record *r)
{
	uint64_t age = u->window - *win;

	if (age) {
		bool loud = 2 * s->count >= u->threshold;
		uint64_t quiet = loud ? age - 1 : s->quiet + age;

		s->quiet = quiet < QUIET_MAX ? (uint8_t)quiet : QUIET_MAX;
		if (s->flood && s->quiet >= u->hold)
			end(s, u, r);
		s->count = 0;
		*win = u->window;
	}
	if (u->syn) {
		s->count += s->count < u->max;
		if (u->threshold && s->count > u->threshold && !s->flood) {
			s->flood = 1;
			s->quiet = 0;
			r->trips |= UINT32_C(1) << u->bit;
		}
	}
	if (!u->threshold && s->flood)
		end(s, u, r);
}

/** The meter of the protected address. @return flood */
static bool update_host(struct weir_state *s, struct weir_state_frame *f, uint64_t window)
{
	struct weir_state_table *t = &s->table[WEIR_STATE_host];
	const struct weir_syn_update u = {
		.window = window, .threshold = s->cfg.host_threshold, .max = HOST_COUNT_MAX,
		.hold = s->cfg.host_hold, .syn = f->syn, .bit = TRIP_HOST,
	};
	struct weir_state_entry *e = weir_state_find(t, f->host_key, window);

	if (!e && f->syn)
		e = weir_state_insert(t, f->host_key, window);
	if (!e)
		return false;
	weir_syn_update(&e->host, &e->time, &u, f->r);
	if (f->syn)
		weir_peak_state(s->peak, WEIR_PEAK_syn_host, e->host.count);
	f->host_count = e->host.count;
	return e->host.flood;
}

void weir_syn_meters(struct weir_state *s, struct weir_state_frame *f)
{
	uint64_t window = f->r->stamp_us >> WEIR_WINDOW_BITS;
	const struct weir_syn_update u = {
		.window = window, .threshold = s->cfg.total_threshold, .max = TOTAL_COUNT_MAX,
		.hold = s->cfg.total_hold, .syn = true, .bit = TRIP_TOTAL,
	};

	if (!s->cfg.enable)
		return;
	f->zombie = s->zombie.flood;
	if (!f->allowed)
		f->r->flood = update_host(s, f, window);
	if (f->syn && !f->allowed) {
		weir_syn_update(&s->total, &s->total_win, &u, f->r);
		weir_peak_state(s->peak, WEIR_PEAK_syn_total, s->total.count);
	}
	f->r->flood |= (uint8_t)(s->total.flood << 1 | f->zombie << 2);
	f->flood = f->r->flood;
}

bool weir_syn_is_new(const struct weir_state *s, const struct weir_state_frame *f)
{
	return f->syn && (f->r->event == WEIR_EVENT_syn_new || !weir_state_follows(&s->cfg));
}

bool weir_syn_is_proof(const struct weir_state *s, const struct weir_state_frame *f)
{
	const struct weir_record *r = f->r;

	if (!s->cfg.enable || f->allowed || r->tcp_flags & WEIR_FLAG_syn)
		return false;
	if (weir_state_follows(&s->cfg) && f->before && f->before != WEIR_CLOSED)
		return false;
	if (weir_state_ack_cookie(&s->cfg))
		return r->tcp_flags & WEIR_FLAG_rst && weir_cookie_proves(&s->cfg, r, r->tcp_seq);
	if (s->cfg.method == WEIR_SYN_syn_cookie)
		return !(r->tcp_flags & WEIR_FLAG_rst) && r->tcp_flags & WEIR_FLAG_ack &&
		       weir_cookie_proves(&s->cfg, r, r->tcp_ack - 1);
	return false;
}

/** Count a frame that uses the sketch. @return whether the sketch was crowded before it */
static bool is_crowded(struct weir_crowd *c, uint32_t slice, uint32_t limit)
{
	uint32_t ago = (slice - c->slice) % SLICES;
	bool crowded;

	if (ago) {
		c->before = ago == 1 ? c->now : 0;
		c->now = c->passed = 0;
	}
	c->slice = (uint8_t)slice;
	crowded = limit && (c->now >= limit || c->before >= limit);
	c->now += c->now < CROWD_MAX;
	return crowded;
}

/** Whether this is a retransmission, as far as the sketch knows, that passes; remember the frame, unless it is crowded. */
static bool seen_before(struct weir_state *s, const struct weir_state_frame *f, bool *ret_crowded)
{
	uint16_t *cell = &s->sketch[f->connection_key.tag % WEIR_SKETCH_CELLS];
	uint32_t slice = (uint32_t)(f->r->stamp_us >> SLICE_LOG2_US) % SLICES;
	uint32_t ago = (slice - (*cell >> 5)) % SLICES, history = *cell & HISTORY_MASK;

	history = ago >= 5 ? 0 : history << ago & HISTORY_MASK;
	*ret_crowded = is_crowded(&s->crowd, slice, s->cfg.sketch_limit);
	*cell = (uint16_t)(slice << 5 | history | !*ret_crowded);
	if (!(history & HISTORY_SEEN) || (s->cfg.sketch_limit && s->crowd.passed >= s->cfg.sketch_limit))
		return false;
	s->crowd.passed += s->crowd.passed < CROWD_MAX;
	return true;
}

/** The candidate becomes an answer, if the frame can be answered. */
static void challenge(const struct weir_state_frame *f, struct weir_candidate *c)
{
	if (c->dry_run || !weir_answer_possible(f->r, f->found))
		return;
	c->reason = WEIR_REASON_syn_challenge;
	c->verdict = WEIR_VERDICT_answer;
}

void weir_syn_decide(struct weir_state *s, const struct weir_state_frame *f, bool passes)
{
	struct weir_candidate c = {
		.tag = f->host_key.tag, .threshold = s->cfg.host_threshold, .measured = f->host_count,
		.reason = WEIR_REASON_syn_flood, .dry_run = s->cfg.dry_run[WEIR_ACTION_syn],
	};
	bool crowded;

	if (!weir_syn_is_new(s, f) || f->allowed || !f->flood || passes || s->cfg.action[WEIR_ACTION_syn] < WEIR_DO_drop)
		return;
	switch (s->cfg.method) {
	case WEIR_SYN_ack_cookie:
	case WEIR_SYN_syn_cookie:
		challenge(f, &c);
		break;
	case WEIR_SYN_retransmission:
		if (weir_decision_drops(f->d) || seen_before(s, f, &crowded))
			return;
		if (crowded)
			challenge(f, &c);
		else
			c.reason = WEIR_REASON_syn_first;
		break;
	default:
		break;
	}
	weir_decision_add(f->d, &c);
}
