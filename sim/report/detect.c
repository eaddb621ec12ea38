// SPDX-License-Identifier: Apache-2.0
#include "detect.h"

#include <string.h>

void weir_detect_init(struct weir_detect *d, const struct weir_labels *labels)
{
	memset(d, 0, sizeof(*d));
	d->labels = labels;
}

static void count_attack(struct weir_detect_attack *a, const struct weir_packet *p, bool removed)
{
	uint8_t *oldest = &a->run[a->packets % WEIR_DETECT_RUN];

	a->packets++;
	a->removed += removed;
	if (!a->first_ns)
		a->first_ns = p->arrival_ns;
	if (removed && !a->first_removed_ns)
		a->first_removed_ns = p->arrival_ns;
	a->run_removed += removed - *oldest;
	*oldest = removed;
	if (a->packets >= WEIR_DETECT_RUN && a->run_removed >= WEIR_DETECT_SHARE && !a->mostly_removed_ns)
		a->mostly_removed_ns = p->arrival_ns;
}

/* Whether an honest packet shares class of traffic and address with an attack that has begun. */
static bool is_inside(const struct weir_detect *d, const struct weir_packet *p)
{
	const struct weir_record *r = &p->rec;
	struct weir_addr a = { .family = r->family ? 6 : 4 };

	if (p->side || !r->l3_valid)
		return false;
	memcpy(a.b, r->family ? r->protect : r->protect + 12, r->family ? 16 : 4);
	for (size_t i = 0; i < weir_labels_attacks(d->labels); i++) {
		const struct weir_label_attack *l = weir_labels_attack(d->labels, i);

		if (d->attack[i].first_ns && l->classes >> r->tclass & 1 && weir_prefix_has(&l->target, &a))
			return true;
	}
	return false;
}

void weir_detect_packet(struct weir_detect *d, const struct weir_packet *p)
{
	int attack = weir_labels_of(d->labels, (size_t)(p->number - 1));
	bool removed = p->fate != WEIR_FATE_PASSED;
	struct weir_detect_share *s;

	if (attack >= 0) {
		count_attack(&d->attack[attack], p, removed);
		return;
	}
	s = is_inside(d, p) ? &d->inside : &d->outside;
	s->packets++;
	s->lost += removed;
}

struct weir_detect_share weir_detect_attacks(const struct weir_detect *d)
{
	struct weir_detect_share s = { 0, 0 };

	for (size_t i = 0; i < weir_labels_attacks(d->labels); i++) {
		s.packets += d->attack[i].packets;
		s.lost += d->attack[i].removed;
	}
	return s;
}
