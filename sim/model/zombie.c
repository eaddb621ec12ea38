// SPDX-License-Identifier: Apache-2.0
/* Zombie floods: legitimate addresses that open too much (docs/datapath.md 14.1, 14.4; RATE-12). */
#include "host/common/lists.h"
#include "meter.h"
#include "state.h"

#define COUNT_MAX 0x3ffffu
#define TRIP_ZOMBIE 17

void weir_zombie_meter(struct weir_state *s, const struct weir_state_frame *f)
{
	const struct weir_syn_update u = {
		.window = f->r->stamp_us >> WEIR_WINDOW_BITS, .threshold = s->cfg.zombie_threshold, .max = COUNT_MAX,
		.hold = s->cfg.zombie_hold, .syn = weir_syn_is_new(s, f) && f->r->legit, .bit = TRIP_ZOMBIE,
	};

	if (!s->cfg.enable || !f->syn || f->allowed)
		return;
	weir_syn_update(&s->zombie, &s->zombie_win, &u, f->r);
	if (u.syn)
		weir_peak_state(s->peak, WEIR_PEAK_syn_legit, s->zombie.count);
}

/** What `client` knows of the address; in mode 0 nobody looks. */
static struct weir_counts counts_of(const struct weir_state *s, const struct weir_state_frame *f)
{
	const struct weir_state_table *t = &s->table[WEIR_STATE_client];
	uint64_t now = weir_state_clock(t, f->r->stamp_us);
	const struct weir_state_entry *e =
		weir_state_follows(&s->cfg) ? weir_state_find(t, f->remote_key, now) : NULL;

	return e ? weir_counts_at(e->counts, e->time, now) : (struct weir_counts){ 0 };
}

void weir_zombie_decide(const struct weir_state *s, const struct weir_state_frame *f, bool passes)
{
	struct weir_candidate c = { .tag = f->remote_key.tag, .reason = WEIR_REASON_zombie_limit };
	struct weir_counts n;

	if (!f->zombie || !passes || f->allowed || !weir_syn_is_new(s, f))
		return;
	n = counts_of(s, f);
	if (s->cfg.concurrent && (uint32_t)n.est_now + n.est_before >= s->cfg.concurrent) {
		c.threshold = s->cfg.concurrent;
		c.measured = (uint32_t)n.est_now + n.est_before;
	} else if (s->cfg.opened && n.opened >= s->cfg.opened) {
		c.threshold = s->cfg.opened;
		c.measured = n.opened;
	} else {
		return;
	}
	weir_state_object(s, f->d, WEIR_ACTION_zombie_limit, &c);
}
