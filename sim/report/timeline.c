// SPDX-License-Identifier: Apache-2.0
#include "timeline.h"

#include <string.h>

#include "host/common/lists.h"

enum { FirstWidthNs = 62500 };

void weir_timeline_init(struct weir_timeline *t)
{
	memset(t, 0, sizeof(*t));
	t->width_ns = FirstWidthNs;
}

static void add(uint32_t *to, uint32_t n)
{
	*to = *to > UINT32_MAX - n ? UINT32_MAX : *to + n;
}

/* Two steps become one. */
static void halve(struct weir_timeline *t)
{
	for (size_t i = 0; i < WEIR_TIMELINE_BINS; i++) {
		static struct weir_timeline_bin from;
		struct weir_timeline_bin *to = &t->bin[i / 2];

		from = t->bin[i];
		if (i % 2 == 0) {
			*to = from;
			continue;
		}
		add(&to->offered, from.offered);
		add(&to->passed, from.passed);
		add(&to->removed, from.removed);
		for (size_t c = 0; c < WEIR_TIMELINE_CAUSES; c++)
			add(&to->cause[c], from.cause[c]);
	}
	memset(&t->bin[WEIR_TIMELINE_BINS / 2], 0, sizeof(t->bin) / 2);
	for (size_t s = 0; s < WEIR_TIMELINE_SERIES; s++) {
		uint32_t *step = t->threshold[s];

		for (size_t i = 0; i < WEIR_TIMELINE_BINS / 2; i++)
			step[i] = step[2 * i + 1] ? step[2 * i + 1] : step[2 * i];
		memset(&step[WEIR_TIMELINE_BINS / 2], 0, sizeof(t->threshold[s]) / 2);
	}
	for (size_t s = 0; s < WEIR_TIMELINE_PEAKS; s++) {
		uint32_t *peak = t->peak[s];

		for (size_t i = 0; i < WEIR_TIMELINE_BINS / 2; i++)
			peak[i] = peak[2 * i + 1] > peak[2 * i] ? peak[2 * i + 1] : peak[2 * i];
		memset(&peak[WEIR_TIMELINE_BINS / 2], 0, sizeof(t->peak[s]) / 2);
	}
	t->used = (t->used + 1) / 2;
	t->width_ns *= 2;
}

static size_t cause_of(const struct weir_record *r)
{
	return r->reason == WEIR_REASON_meter_class ? WEIR_TIMELINE_CLASS + r->tclass % 8u : r->reason;
}

size_t weir_timeline_step(struct weir_timeline *t, uint64_t time_ns)
{
	uint64_t at = t->start_ns && time_ns > t->start_ns ? time_ns - t->start_ns : 0;

	while (at / t->width_ns >= WEIR_TIMELINE_BINS)
		halve(t);
	return (size_t)(at / t->width_ns);
}

void weir_timeline_packet(struct weir_timeline *t, const struct weir_packet *p)
{
	struct weir_timeline_bin *b;
	size_t at;

	if (!t->start_ns)
		t->start_ns = p->arrival_ns;
	at = weir_timeline_step(t, p->arrival_ns);
	b = &t->bin[at];
	if (at >= t->used)
		t->used = at + 1;
	add(&b->offered, 1);
	if (p->fate == WEIR_FATE_PASSED)
		add(&b->passed, 1);
	else
		add(&b->removed, 1);
	if (p->fate != WEIR_FATE_PASSED || p->rec.verdict == WEIR_VERDICT_demote)
		add(&b->cause[cause_of(&p->rec)], 1);
}
