// SPDX-License-Identifier: Apache-2.0
#include "watch.h"

/* Of `trips` and `ends` (docs/datapath.md 9, 17). */
static const uint32_t bits[WEIR_LOOP_FLOODS] = {
	[WEIR_LOOP_OF_ADDRESS] = UINT32_C(1) << 15, [WEIR_LOOP_OF_ALL] = UINT32_C(1) << 16,
	[WEIR_LOOP_OF_ZOMBIES] = UINT32_C(1) << 17, [WEIR_LOOP_OF_METERS] = (UINT32_C(1) << 15) - 1,
};

void weir_loop_watch(struct weir_loop_watch *w, enum weir_loop_kind kind, const struct weir_packet *p)
{
	struct weir_loop_frames *k = &w->kind[kind];

	k->sent++;
	k->fate[p->fate]++;
	k->reason[p->rec.reason]++;
	k->event[p->rec.event % 16]++;
	k->by_rule += p->rec.rule != 0;
	for (int i = 0; i < WEIR_LOOP_FLOODS; i++) {
		struct weir_loop_declared *d = &w->flood[i];

		if (p->rec.trips & bits[i] && !d->trips++)
			d->first_ns = p->arrival_ns;
		if (p->rec.ends & bits[i]) {
			d->ends++;
			d->end_ns = p->arrival_ns;
		}
	}
}
