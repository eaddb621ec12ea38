// SPDX-License-Identifier: Apache-2.0
/* Counters of verdicts, anomalies and classes (docs/datapath.md 10). */
#include "model_priv.h"

#define COUNTER_DRY 256u
#define COUNTER_ANOMALY 512u
#define COUNTER_EVENT 768u
#define ANOMALIES_COUNTED 5u

static void count(uint64_t *counter)
{
	*counter = (*counter + 1) & WEIR_COUNTER_MASK;
}

static void count_anomalies(struct weir_model *m, const struct weir_record *r)
{
	unsigned n = 0;

	for (unsigned w = 0; w < 2; w++)
		for (uint64_t left = r->anomalies[w]; left && n < ANOMALIES_COUNTED; left &= left - 1, n++)
			count(&m->counter0[COUNTER_ANOMALY + 64 * w + (unsigned)__builtin_ctzll(left)]);
}

void weir_count(struct weir_model *m, const struct weir_record *r, bool looked_up)
{
	count(&m->counter0[r->reason]);
	if (r->dry_reason)
		count(&m->counter0[COUNTER_DRY + r->dry_reason]);
	if (r->event)
		count(&m->counter0[COUNTER_EVENT + r->event]);
	count_anomalies(m, r);
	if (!looked_up)
		return;
	for (unsigned group = 0; group < WEIR_CLASS_GROUPS; group++) {
		uint32_t classes = r->classes & m->group_classes[group];

		if (classes)
			count(&m->counter1[32 * r->dir + (unsigned)__builtin_ctz(classes)]);
	}
}
