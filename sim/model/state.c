// SPDX-License-Identifier: Apache-2.0
/* What holds the tables of state together (docs/datapath.md 12, 14.2, 14.3, 17). */
#include "state.h"

#include <string.h>

#include "model_priv.h"

#define WORD(code) ((code) / 64)
#define BIT(code) (UINT64_C(1) << (code) % 64)

/** Anomalies that take a TCP segment out of all state. */
static const enum weir_anomaly spoilt[] = {
	WEIR_ANOMALY_ip4_checksum, WEIR_ANOMALY_ip_land, WEIR_ANOMALY_tcp_data_offset, WEIR_ANOMALY_tcp_flags_null,
	WEIR_ANOMALY_tcp_flags_syn_fin, WEIR_ANOMALY_tcp_flags_syn_rst, WEIR_ANOMALY_tcp_flags_fin_rst,
	WEIR_ANOMALY_tcp_flags_no_ack, WEIR_ANOMALY_tcp_port_zero, WEIR_ANOMALY_tcp_checksum,
};

static bool is_spoilt(const uint64_t found[2])
{
	for (unsigned i = 0; i < sizeof(spoilt) / sizeof(spoilt[0]); i++)
		if (found[WORD(spoilt[i])] & BIT(spoilt[i]))
			return true;
	return false;
}

void weir_state_clear(struct weir_state *s)
{
	for (unsigned k = 0; k < WEIR_STATES; k++)
		weir_state_table_clear(&s->table[k]);
	memset(&s->cfg, 0, sizeof(s->cfg));
	memset(&s->total, 0, sizeof(s->total));
	memset(&s->zombie, 0, sizeof(s->zombie));
	s->total_win = s->zombie_win = 0;
	memset(s->sketch, 0, sizeof(s->sketch));
	memset(&s->crowd, 0, sizeof(s->crowd));
	memset(s->outcome, 0, sizeof(s->outcome));
	memset(s->peak, 0, sizeof(s->peak));
}

void weir_state_object(const struct weir_state *s, struct weir_decision *d, enum weir_state_action which,
		       const struct weir_candidate *c)
{
	struct weir_candidate full = *c;

	if (s->cfg.action[which] < WEIR_DO_drop)
		return;
	full.effect = s->cfg.action[which] == WEIR_DO_demote;
	full.dry_run = s->cfg.dry_run[which];
	weir_decision_add(d, &full);
}

static struct weir_hash_key connection_key(const struct weir_model *m, const struct weir_state_frame *f)
{
	const struct weir_record *r = f->r;
	uint64_t ports;

	if (r->quote) {
		ports = weir_hash_part_connection(&m->hash, r->family, r->quote_pport, r->quote_rport);
		return weir_hash_finish(weir_hash_part_remote(&m->hash, r->family, r->quote_remote) ^
					f->protect ^ ports);
	}
	ports = r->dir ? weir_hash_part_connection(&m->hash, r->family, r->sport, r->dport) :
			 weir_hash_part_connection(&m->hash, r->family, r->dport, r->sport);
	return weir_hash_finish(f->remote ^ f->protect ^ ports);
}

/** Enter an address, or renew its time. */
static void enter(struct weir_state_table *t, struct weir_state_entry *e, struct weir_hash_key key, uint64_t now)
{
	if (e)
		e->time = now;
	else
		weir_state_insert(t, key, now);
}

/** 14.2. @return *legit* */
static bool legitimate(struct weir_state *s, const struct weir_state_frame *f)
{
	struct weir_state_table *t = &s->table[WEIR_STATE_legit];
	uint64_t now = weir_state_clock(t, f->r->stamp_us);
	struct weir_state_entry *e = weir_state_find(t, f->remote_key, now);
	bool legit = e || (s->cfg.legit_fail_open && weir_state_is_full(t, f->remote_key, now));

	f->r->legit = e != NULL;
	if (f->r->event == WEIR_EVENT_established && weir_record_has_class(f->r, WEIR_CLASS_checked) &&
	    !f->connection->connection.opener && !f->connection->connection.adopted && !f->flood &&
	    !s->cfg.legit_manual && !weir_decision_drops(f->d))
		enter(t, e, f->remote_key, now);
	return legit;
}

/** Everything of a TCP segment from outside behind the source scores. */
static void judge_inbound(struct weir_state *s, struct weir_state_frame *f)
{
	struct weir_state_table *t = &s->table[WEIR_STATE_proven];
	uint64_t now = weir_state_clock(t, f->r->stamp_us);
	struct weir_state_entry *e = weir_state_find(t, f->remote_key, now);
	bool legit = legitimate(s, f), answer;

	f->r->proven = e != NULL;
	weir_zombie_meter(s, f);
	if (weir_syn_is_proof(s, f)) {
		if (weir_decision_drops(f->d))
			return;
		enter(t, e, f->remote_key, now);
		answer = s->cfg.method == WEIR_SYN_syn_cookie && weir_answer_possible(f->r, f->found);
		weir_decision_add(f->d, &(struct weir_candidate){
			.tag = f->connection_key.tag, .reason = WEIR_REASON_syn_proof,
			.verdict = answer ? WEIR_VERDICT_answer : WEIR_VERDICT_consume });
		return;
	}
	weir_connection_object(s, f);
	weir_zombie_decide(s, f, legit || e);
	weir_syn_decide(s, f, legit || e);
}

void weir_state_judge(struct weir_model *m, struct weir_record *r, const uint64_t found[2], uint64_t remote,
		      uint64_t protect, bool allowed, struct weir_decision *d)
{
	struct weir_state *s = &m->state;
	struct weir_state_frame f = { .r = r, .found = found, .d = d, .remote = remote, .protect = protect,
		.allowed = allowed };
	bool dropped = weir_decision_drops(d), quote = r->quote && !dropped;

	f.tcp = weir_record_has_class(r, WEIR_CLASS_tcp) && r->l4_valid && !r->is_frag && !dropped &&
		!is_spoilt(found);
	f.syn = f.tcp && r->tcp_flags & WEIR_FLAG_syn && !(r->tcp_flags & WEIR_FLAG_ack);
	if (f.tcp || quote)
		f.connection_key = connection_key(m, &f);
	if (f.tcp) {
		f.remote_key = weir_hash_finish(
			remote ^ weir_hash_part_tail(&m->hash, WEIR_TABLE_remote, r->family, 0, 0));
		f.host_key = weir_hash_finish(
			protect ^ weir_hash_part_tail(&m->hash, WEIR_TABLE_address, r->family, 0, 0));
	}
	if ((f.tcp || quote) && weir_state_follows(&s->cfg))
		weir_connection_follow(s, &f);
	if (f.known)
		r->tclass = WEIR_TCLASS_tcp_known;
	if (weir_source_counts(r) && !allowed)
		weir_source_object(m, &f);
	if (f.tcp)
		weir_connection_count(s, &f);
	if (quote) {
		weir_connection_object(s, &f);
	} else if (f.tcp && !r->dir) {
		weir_syn_meters(s, &f);
		judge_inbound(s, &f);
	}
}
