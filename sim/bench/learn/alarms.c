// SPDX-License-Identifier: Apache-2.0
#include "learn.h"

/* docs/firmware.md, "Alarms". */
enum { Series = 0x1000, KindMeter = 1, StateStart = 1 };

void learn_alarms(const struct defence_result *r, struct learn_alarms *ret)
{
	const struct defence_firmware *f = &r->firmware;
	unsigned of[Series] = { 0 };

	*ret = (struct learn_alarms){ .first_ns = DEFENCE_NEVER };
	for (unsigned i = 0; i < f->notices && i < DEFENCE_NOTICES; i++) {
		const struct defence_notice *n = &f->notice[i];
		unsigned state = n->word[0] >> 8 & 3, series = n->word[0] >> 16 & 0xfff;

		if (state != StateStart)
			continue;
		if ((n->word[0] & 0xff) != KindMeter) {
			ret->others++;
		} else if (n->ns < f->begin_ns) {
			ret->normal++;
		} else if (n->ns < r->attack_ns / 1000 * 1000) {
			ret->before++;
		} else {
			ret->since++;
			ret->series += !of[series];
			if (++of[series] > ret->most)
				ret->most = of[series];
			if (r->attack_ns && ret->first_ns == DEFENCE_NEVER) {
				ret->first_ns = n->ns > r->attack_ns ? n->ns - r->attack_ns : 0;
				ret->first_series = series;
			}
		}
	}
}
