// SPDX-License-Identifier: Apache-2.0
#include "table.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int weir_table_init(struct weir_table *t, unsigned sets_log2)
{
	*t = (struct weir_table){ .sets = 1u << sets_log2 };
	t->entry = calloc((size_t)t->sets * WEIR_TABLE_WAYS, sizeof(*t->entry));
	return t->entry ? 0 : -ENOMEM;
}

void weir_table_done(struct weir_table *t)
{
	free(t->entry);
	t->entry = NULL;
}

void weir_table_clear(struct weir_table *t)
{
	memset(t->entry, 0, (size_t)t->sets * WEIR_TABLE_WAYS * sizeof(*t->entry));
	*t = (struct weir_table){ .sets = t->sets, .entry = t->entry };
}

static bool is_old(const struct weir_table *t, const struct weir_table_entry *e, uint64_t window)
{
	return window - e->m.win >= t->cfg.timeout;
}

static bool is_free(const struct weir_table *t, const struct weir_table_entry *e, uint64_t window)
{
	return !e->tag || (!e->m.cfg && is_old(t, e, window));
}

/** Keep count of the entries with a tag. */
static void count_used(struct weir_table *t, const struct weir_table_entry *before, uint64_t tag)
{
	t->used += !!tag;
	t->used -= !!before->tag;
	if (t->used > t->peak)
		t->peak = t->used;
}

/** The way that a new key may have, NULL when the set is full. */
static struct weir_table_entry *find_room(struct weir_table *t, struct weir_table_entry *set,
					  unsigned first, uint64_t window)
{
	struct weir_table_entry *victim = NULL;
	uint32_t least = UINT32_MAX;

	for (unsigned i = 0; i < WEIR_TABLE_WAYS; i++) {
		struct weir_table_entry *e = &set[(first + i) % WEIR_TABLE_WAYS];

		if (is_free(t, e, window))
			return e;
	}
	for (unsigned i = 0; i < WEIR_TABLE_WAYS; i++) {
		struct weir_table_entry *e = &set[(first + i) % WEIR_TABLE_WAYS];
		uint32_t score = window - e->m.win >= 2 ? 0 : e->m.count;

		if (!e->m.cfg && !e->m.tripped && score < least) {
			victim = e;
			least = score;
		}
	}
	if (victim)
		t->evictions++;
	return victim;
}

struct weir_table_entry *weir_table_seek(struct weir_table *t, struct weir_hash_key key,
					   uint64_t window, bool add, bool *ret_full)
{
	struct weir_table_entry *set = &t->entry[(size_t)(key.index & (t->sets - 1)) * WEIR_TABLE_WAYS];
	struct weir_table_entry *room;
	unsigned first = key.tag % WEIR_TABLE_WAYS;

	*ret_full = false;
	for (unsigned i = 0; i < WEIR_TABLE_WAYS; i++) {
		struct weir_table_entry *e = &set[(first + i) % WEIR_TABLE_WAYS];

		if (e->tag != key.tag)
			continue;
		if (!is_old(t, e, window))
			return e;
		if (e->m.cfg) {
			weir_meter_fresh(&e->m, window);
			return e;
		}
	}
	if (!add)
		return NULL;
	room = find_room(t, set, first, window);
	if (!room) {
		t->full++;
		*ret_full = true;
		return NULL;
	}
	count_used(t, room, key.tag);
	*room = (struct weir_table_entry){ .tag = key.tag, .m.win = window };
	return room;
}

void weir_table_sweep(struct weir_table *t, uint32_t index, uint64_t window)
{
	struct weir_table_entry *e = &t->entry[index];

	if (!e->tag || !is_old(t, e, window))
		return;
	if (e->m.cfg) {
		weir_meter_fresh(&e->m, window);
		return;
	}
	count_used(t, e, 0);
	*e = (struct weir_table_entry){ 0 };
}

void weir_table_set(struct weir_table *t, uint32_t index, const struct weir_table_entry *entry)
{
	count_used(t, &t->entry[index], entry->tag);
	t->entry[index] = *entry;
}
