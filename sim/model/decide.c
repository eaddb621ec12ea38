// SPDX-License-Identifier: Apache-2.0
#include "decide.h"

#include "host/common/lists.h"

void weir_decision_add(struct weir_decision *d, const struct weir_candidate *c)
{
	struct weir_choice *choice = c->dry_run ? &d->dry : c->effect ? &d->demote : &d->drop;

	d->candidates++;
	if (choice->place)
		return;
	choice->place = d->candidates;
	choice->c = *c;
}

void weir_decision_fixed(struct weir_record *r, uint8_t verdict, uint8_t reason)
{
	r->verdict = verdict;
	r->reason = reason;
	r->dry_reason = 0;
	r->tag = 0;
	r->unit = 0;
	r->threshold = r->measured = 0;
}

void weir_decision_finish(const struct weir_decision *d, struct weir_record *r)
{
	const struct weir_choice *winner = d->drop.place ? &d->drop : d->demote.place ? &d->demote : NULL;
	const struct weir_choice *dry = d->dry.place ? &d->dry : NULL;
	const struct weir_choice *shown = winner ? winner : dry;

	weir_decision_fixed(r, WEIR_VERDICT_pass, WEIR_REASON_pass);
	if (winner) {
		r->verdict = winner == &d->demote ? WEIR_VERDICT_demote :
			     winner->c.verdict ? winner->c.verdict : WEIR_VERDICT_drop;
		r->reason = winner->c.reason;
	}
	if (dry && (!winner || dry->place < winner->place))
		r->dry_reason = dry->c.reason;
	if (shown) {
		r->tag = shown->c.tag;
		r->unit = shown->c.unit;
		r->threshold = shown->c.threshold;
		r->measured = shown->c.measured;
	}
}
