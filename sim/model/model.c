// SPDX-License-Identifier: Apache-2.0
#include "weir_model.h"

#include <stdlib.h>
#include <string.h>

#include "model_priv.h"
#include "parse.h"

#define HEADER_LEN 14u      /* below: no Ethernet header */

struct weir_model *weir_model_new(void)
{
	struct weir_model *m = calloc(1, sizeof(*m));

	if (!m)
		return NULL;
	for (unsigned k = 0; k < WEIR_TABLES; k++) {
		if (weir_table_init(&m->table[k], (unsigned)weir_table_info(k)->sets_log2)) {
			weir_model_free(m);
			return NULL;
		}
	}
	for (unsigned k = 0; k < WEIR_STATES; k++) {
		if (weir_state_table_init(&m->state.table[k], (enum weir_state_number)k)) {
			weir_model_free(m);
			return NULL;
		}
	}
	weir_port_reset(m);
	weir_class_bank_init(m);
	return m;
}

void weir_model_free(struct weir_model *m)
{
	if (!m)
		return;
	for (unsigned k = 0; k < WEIR_TABLES; k++)
		weir_table_done(&m->table[k]);
	for (unsigned k = 0; k < WEIR_STATES; k++)
		weir_state_table_done(&m->state.table[k]);
	free(m);
}

void weir_model_clear(struct weir_model *m)
{
	for (unsigned k = 0; k < WEIR_TABLES; k++)
		weir_table_clear(&m->table[k]);
	weir_state_clear(&m->state);
	memset(&m->rules, 0, sizeof(m->rules));
	m->answer_len = 0;
	memset(m->class_bank, 0, sizeof(m->class_bank));
	memset(m->meter_cfg, 0, sizeof(m->meter_cfg));
	memset(m->peak, 0, sizeof(m->peak));
	memset(m->anomaly_action, 0, sizeof(m->anomaly_action));
	memset(m->anomaly_dry_run, 0, sizeof(m->anomaly_dry_run));
	memset(&m->anomaly_sets, 0, sizeof(m->anomaly_sets));
	memset(m->counter0, 0, sizeof(m->counter0));
	memset(m->counter1, 0, sizeof(m->counter1));
	memset(m->taken, 0, sizeof(m->taken));
	memset(m->refused_oversize, 0, sizeof(m->refused_oversize));
	m->bypass = false;
}

void weir_model_time(struct weir_model *m, uint64_t stamp_us)
{
	m->stamp_us = stamp_us;
}

int weir_model_refuse(struct weir_model *m, const uint8_t *frame, uint32_t len, uint32_t known, int dir)
{
	uint32_t max = m->set.max_frame < WEIR_FRAME_MAX ? m->set.max_frame : WEIR_FRAME_MAX;

	if (len < HEADER_LEN)
		return WEIR_REASON_runt;
	if (len <= max || len <= max + 4 * weir_parse_tags(frame, known < len ? known : len))
		return 0;
	m->refused_oversize[!!dir]++;
	return WEIR_REASON_oversize;
}

/** Class of traffic (3). */
static uint8_t traffic_class(const struct weir_model *m, const struct weir_record *r)
{
	if (r->is_frag)
		return WEIR_TCLASS_frag;
	if (weir_record_has_class(r, WEIR_CLASS_syn))
		return WEIR_TCLASS_syn;
	if (weir_record_has_class(r, WEIR_CLASS_tcp))
		return WEIR_TCLASS_tcp;
	if (weir_record_has_class(r, WEIR_CLASS_udp)) {
		for (unsigned i = 0; r->sport && i < WEIR_REFLECTORS; i++)
			if (m->set.reflector[i] == r->sport)
				return WEIR_TCLASS_udp_reflect;
		return WEIR_TCLASS_udp;
	}
	if (weir_record_has_class(r, WEIR_CLASS_icmp))
		return WEIR_TCLASS_icmp;
	return WEIR_TCLASS_other;
}

void weir_model_packet(struct weir_model *m, const uint8_t *frame, uint32_t len, uint32_t known,
		       int dir, uint64_t stamp_us, struct weir_record *ret)
{
	uint64_t found[2];
	bool consumed;

	if (m->hash_stale) {
		weir_hash_key_set(&m->hash, m->set.hash_key);
		m->hash_stale = false;
	}
	m->stamp_us = stamp_us;
	m->taken[!!dir]++;
	ret->stamp_us = stamp_us;
	ret->seqno = ++m->seqno;
	ret->dir = !!dir;
	ret->trips = ret->ends = 0;
	ret->rule = 0;
	ret->event = ret->legit = ret->proven = ret->flood = 0;
	weir_parse(frame, len, known, ret);
	ret->tclass = traffic_class(m, ret);
	for (unsigned w = 0; w < 2; w++) {
		found[w] = ret->anomalies[w];
		ret->anomalies[w] &= m->anomaly_sets.reported[w];
	}
	weir_source_apply(&m->state, ret->seqno, stamp_us);

	consumed = ret->link_control && m->set.link_consume >> ret->link_low & 1;
	if (m->bypass) {
		weir_decision_fixed(ret, WEIR_VERDICT_pass, WEIR_REASON_bypass);
	} else if (consumed) {
		weir_decision_fixed(ret, WEIR_VERDICT_consume, WEIR_REASON_link_control);
	} else {
		weir_judge(m, ret, found);
	}
	m->answer_len = ret->verdict == WEIR_VERDICT_answer ?
				weir_answer_make(&m->state.cfg, ret, frame, m->answer) : 0;
	weir_count(m, ret, !m->bypass && !consumed);
}

void weir_model_divert_mac(const struct weir_model *m, uint8_t ret_mac[6])
{
	memcpy(ret_mac, m->set.divert_mac, sizeof(m->set.divert_mac));
}

void weir_model_sweep(struct weir_model *m, uint32_t index)
{
	uint64_t window = m->stamp_us >> WEIR_WINDOW_BITS;

	for (unsigned k = 0; k < WEIR_TABLES; k++)
		if (index < m->table[k].sets * WEIR_TABLE_WAYS)
			weir_table_sweep(&m->table[k], index, window);
	for (unsigned k = 0; k < WEIR_STATES; k++) {
		struct weir_state_table *t = &m->state.table[k];

		if (index < t->sets * WEIR_STATE_WAYS)
			weir_state_sweep(t, index, weir_state_clock(t, m->stamp_us));
	}
	if (index < WEIR_CLASS_ENTRIES)
		weir_class_bank_sweep(m, index, window);
}

void weir_model_table(const struct weir_model *m, unsigned table, uint64_t stamp_us,
		      struct weir_model_table *ret)
{
	const struct weir_table *t = &m->table[table];

	*ret = (struct weir_model_table){
		.size = t->sets * WEIR_TABLE_WAYS, .peak = t->peak,
		.evictions = t->evictions, .full = t->full,
	};
	for (uint32_t i = 0; i < ret->size; i++) {
		const struct weir_table_entry *e = &t->entry[i];

		ret->used += e->tag && (e->m.cfg || (stamp_us >> WEIR_WINDOW_BITS) - e->m.win < t->cfg.timeout);
	}
}

void weir_model_state(const struct weir_model *m, unsigned table, uint64_t stamp_us,
		      struct weir_model_table *ret)
{
	const struct weir_state_table *t = &m->state.table[table];

	*ret = (struct weir_model_table){
		.size = t->sets * WEIR_STATE_WAYS, .peak = t->peak,
		.evictions = t->evictions, .full = t->full,
	};
	for (uint32_t i = 0; i < ret->size; i++)
		ret->used += t->entry[i].tag &&
			     weir_state_is_alive(t, &t->entry[i], weir_state_clock(t, stamp_us));
}

unsigned weir_model_answer(const struct weir_model *m, uint8_t ret_frame[WEIR_ANSWER_MAX])
{
	memcpy(ret_frame, m->answer, m->answer_len);
	return m->answer_len;
}
