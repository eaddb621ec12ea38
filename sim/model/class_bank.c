// SPDX-License-Identifier: Apache-2.0
#include "model_priv.h"

#define METER_CFG_CLASS 128u
#define METER_CFG_CLASSES 24u
#define METER_CFG_PROTOCOL 176u
#define GROUP_PROTOCOL 6u
#define TRIP_BIT_GROUP_0 7u

static void update(struct weir_model *m, struct weir_record *r, const struct weir_meter_in *in,
		   struct weir_decision *d, unsigned group, uint32_t entry, uint32_t cfg, unsigned reason)
{
	struct weir_meter_state *s = &m->class_bank[entry];
	struct weir_meter_result result;

	if (in->window - s->win >= WEIR_CLASS_OLD)
		weir_meter_fresh(s, in->window);
	weir_meter_update(s, &m->meter_cfg[cfg], in, &result);
	weir_peak_meter(m->peak, cfg, s);
	weir_judge_result(r, d, TRIP_BIT_GROUP_0 + group, &result, &m->meter_cfg[cfg], reason, 0);
}

void weir_class_bank_init(struct weir_model *m)
{
	for (unsigned c = 0; c < WEIR_CLASSES; c++)
		if (weir_class_group(c) >= 0)
			m->group_classes[weir_class_group(c)] |= UINT32_C(1) << c;
}

void weir_class_bank(struct weir_model *m, struct weir_record *r, const struct weir_meter_in *in,
		     struct weir_decision *d)
{
	for (unsigned group = 0; group < WEIR_CLASS_GROUPS; group++) {
		uint32_t classes = r->classes & m->group_classes[group];

		if (group == GROUP_PROTOCOL) {
			if (!r->dir && r->l4_proto_valid)
				update(m, r, in, d, group, r->proto,
				       METER_CFG_PROTOCOL + m->class_bank[r->proto].cfg,
				       WEIR_REASON_meter_protocol);
		} else if (classes) {
			unsigned c = (unsigned)__builtin_ctz(classes);

			update(m, r, in, d, group, WEIR_CLASS_ENTRY_0 + 32 * r->dir + c,
			       METER_CFG_CLASS + METER_CFG_CLASSES * r->dir + c, WEIR_REASON_class_0 + c);
		}
	}
}

void weir_class_bank_sweep(struct weir_model *m, uint32_t index, uint64_t window)
{
	if (window - m->class_bank[index].win >= WEIR_CLASS_OLD)
		weir_meter_fresh(&m->class_bank[index], window);
}
