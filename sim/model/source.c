// SPDX-License-Identifier: Apache-2.0
/* Scores of sources (docs/datapath.md 15). */
#include "model_priv.h"

#define SCORE_MAX 0xffffu
#define REASON_RULES 0xa0u     /* classes and anomalies are below */

static struct weir_hash_key key_of(const struct weir_model *m, const struct weir_record *r, uint64_t remote)
{
	return weir_hash_finish(remote ^ weir_hash_part_tail(&m->hash, WEIR_TABLE_remote, r->family, 0, 0));
}

bool weir_source_counts(const struct weir_record *r)
{
	return !r->dir && r->l3_valid && !r->exempt && !r->quote;
}

void weir_source_apply(struct weir_state *s, uint32_t seqno, uint64_t stamp_us)
{
	struct weir_state_table *t = &s->table[WEIR_STATE_source];
	struct weir_outcome *o = &s->outcome[seqno % WEIR_OUTCOME_DELAY];
	uint64_t now = weir_state_clock(t, stamp_us);
	struct weir_state_entry *e;
	uint32_t score;

	if (o->kind == WEIR_OUTCOME_none)
		return;
	e = weir_state_find(t, o->key, now);
	if (!e && o->kind == WEIR_OUTCOME_flood)
		e = weir_state_insert(t, o->key, now);
	if (e) {
		score = weir_state_decay(e->score, now - e->time);
		if (o->kind == WEIR_OUTCOME_flood)
			score += (score >> s->cfg.grow) + 1;
		else if (o->kind == WEIR_OUTCOME_good)
			score -= score >> s->cfg.decay;
		e->score = score < SCORE_MAX ? score : SCORE_MAX;
		e->time = now;
	}
	o->kind = WEIR_OUTCOME_none;
}

void weir_source_object(const struct weir_model *m, const struct weir_state_frame *f)
{
	const struct weir_state *s = &m->state;
	const struct weir_state_table *t = &s->table[WEIR_STATE_source];
	struct weir_hash_key key = key_of(m, f->r, f->remote);
	uint64_t now = weir_state_clock(t, f->r->stamp_us);
	const struct weir_state_entry *e = weir_state_find(t, key, now);
	uint32_t measured = e ? weir_state_decay(e->score, now - e->time) : 0;

	if (!s->cfg.source_threshold || measured < s->cfg.source_threshold || f->known)
		return;
	weir_state_object(s, f->d, WEIR_ACTION_source_score, &(struct weir_candidate){
		.tag = key.tag, .threshold = s->cfg.source_threshold, .measured = measured,
		.reason = WEIR_REASON_source_score });
}

static enum weir_outcome_kind outcome(const struct weir_record *r)
{
	unsigned reason = r->reason;

	if (r->verdict == WEIR_VERDICT_pass || r->verdict == WEIR_VERDICT_demote)
		return WEIR_OUTCOME_good;
	if (r->verdict != WEIR_VERDICT_drop)
		return WEIR_OUTCOME_none;
	if (reason == WEIR_REASON_source_score)
		return WEIR_OUTCOME_held;
	if ((reason >= WEIR_REASON_meter_remote && reason <= WEIR_REASON_meter_protocol) ||
	    (reason >= WEIR_REASON_class_0 && reason < REASON_RULES) ||
	    (reason >= WEIR_REASON_conn_none && reason <= WEIR_REASON_conn_window) ||
	    reason == WEIR_REASON_icmp_quote)
		return WEIR_OUTCOME_flood;
	return WEIR_OUTCOME_none;
}

void weir_source_keep(struct weir_model *m, const struct weir_record *r, uint64_t remote)
{
	m->state.outcome[r->seqno % WEIR_OUTCOME_DELAY] = (struct weir_outcome){
		.key = key_of(m, r, remote), .kind = outcome(r),
	};
}
