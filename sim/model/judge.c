// SPDX-License-Identifier: Apache-2.0
/* The look-ups of a frame in the order of their tiers (docs/datapath.md 5.2, 7). */
#include "model_priv.h"

#define METER_CFGS_TABLE 16u     /* configurations of one table: 8 defaults, 8 overrides */
#define METER_CFG_OVERRIDE 8u

/** What the look-ups of one frame have in common. */
struct lookups {
	struct weir_model *m;
	struct weir_record *r;
	struct weir_decision *d;
	struct weir_meter_in in;
	struct weir_rule_effect rule;
	uint64_t remote, protect;   /* hash parts */
};

/** One keyed meter. l->in.used tells whether the frame was really dropped in an earlier tier.
 * @param parts     hash of the addresses in the key
 * @param family    as in the key
 * @param sub_kind  as in the key; it also chooses the configuration */
static void keyed(struct lookups *l, enum weir_table_number k, uint64_t parts, unsigned family,
		  unsigned sub_kind, uint16_t value)
{
	struct weir_model *m = l->m;
	struct weir_table *t = &m->table[k];
	bool limited = k == WEIR_TABLE_pair && l->rule.limited;
	struct weir_hash_key key = limited ? weir_rule_limit_key(l->r->rule) :
		weir_hash_finish(parts ^ weir_hash_part_tail(&m->hash, k, family, sub_kind, value));
	struct weir_meter_result result;
	struct weir_meter_cfg *c;
	struct weir_table_entry *e;
	unsigned cfg;
	bool full;

	e = weir_table_seek(t, key, l->in.window, !l->in.used, &full);
	if (!e) {
		if (full && t->cfg.fail_closed)
			weir_decision_add(l->d, &(struct weir_candidate){
				.tag = key.tag, .reason = (uint8_t)(limited ? WEIR_REASON_rule_limit : WEIR_REASON_full_remote + k),
				.effect = t->cfg.full_effect, .dry_run = t->cfg.full_dry_run });
		return;
	}
	cfg = METER_CFGS_TABLE * k + (e->m.cfg ? METER_CFG_OVERRIDE + e->m.cfg : sub_kind);
	c = &m->meter_cfg[cfg];
	l->in.bytes = weir_table_info(k)->bytes;
	weir_meter_update(&e->m, c, &l->in, &result);
	weir_peak_meter(m->peak, cfg, &e->m);
	weir_judge_result(l->r, l->d, k, &result, c, limited ? WEIR_REASON_rule_limit : WEIR_REASON_meter_remote + k,
			  key.tag);
}

static void anomalies(const struct weir_model *m, const struct weir_record *r, struct weir_decision *d)
{
	for (unsigned w = 0; w < 2; w++) {
		uint64_t left = r->anomalies[w] & m->anomaly_sets.objecting[w];

		for (; left; left &= left - 1) {
			unsigned code = w * 64 + (unsigned)__builtin_ctzll(left);

			weir_decision_add(d, &(struct weir_candidate){
				.reason = (uint8_t)(WEIR_REASON_anomaly_0 + code),
				.effect = m->anomaly_action[code] == WEIR_ANOMALY_Demote,
				.dry_run = m->anomaly_dry_run[code] });
		}
	}
}

static uint64_t prefix_part(const struct weir_model *m, const struct weir_record *r)
{
	uint8_t masked[16];

	weir_hash_mask(r->family, r->protect, r->family ? m->set.prefix_len6 : m->set.prefix_len4, masked);
	return weir_hash_part_protected(&m->hash, r->family, masked);
}

/** Sub-kind of the table `port`. */
static unsigned port_kind(const struct weir_record *r)
{
	if (weir_record_has_class(r, WEIR_CLASS_tcp))
		return 0;
	if (weir_record_has_class(r, WEIR_CLASS_udp))
		return 1;
	return 2u + r->family;
}

static void addresses_1_and_2(struct lookups *l)
{
	struct weir_record *r = l->r;

	if (!r->quote) {
		keyed(l, WEIR_TABLE_remote, l->remote, r->family, 0, 0);
		keyed(l, WEIR_TABLE_pair, l->remote ^ l->protect, r->family, 0, 0);
	}
	l->in.used = weir_decision_drops(l->d);
	keyed(l, WEIR_TABLE_class, l->protect, r->family, r->tclass, 0);
}

/** Tier 3; its meters do not see each other. */
static void tier_3(struct lookups *l)
{
	struct weir_record *r = l->r;
	bool inbound = !r->dir && !r->exempt && !l->rule.allowed;

	l->in.used = weir_decision_drops(l->d);
	if (inbound && r->l3_valid) {
		keyed(l, WEIR_TABLE_address, l->protect, r->family, 0, 0);
		keyed(l, WEIR_TABLE_prefix, prefix_part(l->m, r), r->family, 0, 0);
	}
	if (inbound && r->l4_valid) {
		keyed(l, WEIR_TABLE_port, 0, 0, port_kind(r), r->dport);
		if (r->proto == 17)
			keyed(l, WEIR_TABLE_udp_source, 0, 0, 0, r->sport);
	}
	l->in.bytes = true;
	l->in.used |= r->exempt || l->rule.allowed;
	weir_class_bank(l->m, r, &l->in, l->d);
}

/** The look-up of rules. */
static struct weir_rule_effect rules(struct lookups *l)
{
	const struct weir_hash *h = &l->m->hash;
	const struct weir_record *r = l->r;
	struct weir_rule_keys keys = { 0 };

	if (!r->dir) {
		keys.remote = weir_hash_finish(
			l->remote ^ weir_hash_part_tail(h, WEIR_TABLE_remote, r->family, 0, 0));
		keys.pair = weir_hash_finish(
			l->remote ^ l->protect ^ weir_hash_part_tail(h, WEIR_TABLE_pair, r->family, 0, 0));
		if (r->l4_valid)
			keys.port = weir_hash_port(h, port_kind(r), r->dport);
	}
	return weir_rules_judge(&l->m->rules, l->r, &keys, l->d);
}

void weir_judge(struct weir_model *m, struct weir_record *r, const uint64_t found[2])
{
	struct weir_decision d;
	struct lookups l = {
		.m = m, .r = r, .d = &d,
		.in = {
			.window = r->stamp_us >> WEIR_WINDOW_BITS,
			.position = (uint32_t)(r->stamp_us & ((1u << WEIR_WINDOW_BITS) - 1)) << 8,
			.len = r->len,
		},
	};

	if (r->l3_valid) {
		l.remote = weir_hash_part_remote(&m->hash, r->family, r->remote);
		l.protect = weir_hash_part_protected(&m->hash, r->family, r->protect);
	}
	weir_decision_init(&d);
	if (m->rules.enable)
		l.rule = rules(&l);
	if (!l.rule.allowed)
		anomalies(m, r, &d);
	weir_state_judge(m, r, found, l.remote, l.protect, l.rule.allowed, &d);
	l.in.used = weir_decision_drops(&d);
	if (!r->dir && !r->exempt && !l.rule.allowed && r->l3_valid)
		addresses_1_and_2(&l);
	tier_3(&l);
	weir_decision_finish(&d, r);
	if (l.rule.allowed)
		weir_decision_fixed(r, WEIR_VERDICT_pass, WEIR_REASON_rule_allow);
	else if (weir_source_counts(r))
		weir_source_keep(m, r, l.remote);
}
