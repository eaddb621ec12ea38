// SPDX-License-Identifier: Apache-2.0
#include "state_table.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define COUNTS_TIMEOUT 32u      /* of `client` and `server`, 2^24 us */

/** What is not zero in an empty table. */
static void set_timeout(struct weir_state_table *t)
{
	if (t->number == WEIR_STATE_client || t->number == WEIR_STATE_server)
		t->timeout[0] = COUNTS_TIMEOUT;
}

int weir_state_table_init(struct weir_state_table *t, enum weir_state_number number)
{
	const struct weir_state_info *info = weir_state_info(number);

	*t = (struct weir_state_table){
		.sets = 1u << info->sets_log2, .number = number, .clock_log2 = (unsigned)info->clock_log2,
		.tag_mask = (UINT64_C(1) << info->tag_bits) - 1,
	};
	set_timeout(t);
	t->entry = calloc((size_t)t->sets * WEIR_STATE_WAYS, sizeof(*t->entry));
	return t->entry ? 0 : -ENOMEM;
}

void weir_state_table_done(struct weir_state_table *t)
{
	free(t->entry);
	t->entry = NULL;
}

void weir_state_table_clear(struct weir_state_table *t)
{
	memset(t->entry, 0, (size_t)t->sets * WEIR_STATE_WAYS * sizeof(*t->entry));
	*t = (struct weir_state_table){
		.entry = t->entry, .sets = t->sets, .number = t->number, .clock_log2 = t->clock_log2,
		.tag_mask = t->tag_mask,
	};
	set_timeout(t);
}

bool weir_state_is_alive(const struct weir_state_table *t, const struct weir_state_entry *e, uint64_t clock)
{
	uint64_t timeout = t->timeout[t->number == WEIR_STATE_connection ? e->connection.state : 0];

	return clock - e->time < (timeout ? timeout : 1);
}

/** Whether it may not be a victim. */
static bool is_locked(const struct weir_state_table *t, const struct weir_state_entry *e)
{
	switch (t->number) {
	case WEIR_STATE_connection:
		return e->connection.state == WEIR_ESTABLISHED || e->connection.state == WEIR_CLOSING;
	case WEIR_STATE_host:
		return e->host.flood;
	default:
		return t->number == WEIR_STATE_legit;
	}
}

/** The victim is the entry with the smallest. */
static uint32_t score(const struct weir_state_table *t, const struct weir_state_entry *e, uint64_t clock)
{
	bool old = clock - e->time >= 2;

	switch (t->number) {
	case WEIR_STATE_connection:
		return e->connection.state == WEIR_CLOSED ? 0 : e->connection.state == WEIR_SYN_SENT ? 1 : 2;
	case WEIR_STATE_host:
		return old ? 0 : e->host.count;
	case WEIR_STATE_source:
		return old ? 0 : e->score;
	case WEIR_STATE_client:
	case WEIR_STATE_server:
		return (uint32_t)(e->counts.est_now | e->counts.est_before | e->counts.opened);
	default:
		return 0;
	}
}

/** What the table keeps of a key's tag. */
static uint64_t tag_of(const struct weir_state_table *t, struct weir_hash_key key)
{
	uint64_t tag = key.tag & t->tag_mask;

	return tag ? tag : 1;
}

static struct weir_state_entry *set_of(const struct weir_state_table *t, struct weir_hash_key key)
{
	return &t->entry[(size_t)(key.index & (t->sets - 1)) * WEIR_STATE_WAYS];
}

struct weir_state_entry *weir_state_find(const struct weir_state_table *t, struct weir_hash_key key,
					 uint64_t clock)
{
	struct weir_state_entry *set = set_of(t, key);
	uint64_t tag = tag_of(t, key);

	for (unsigned i = 0; i < WEIR_STATE_WAYS; i++) {
		struct weir_state_entry *e = &set[(tag + i) % WEIR_STATE_WAYS];

		if (e->tag == tag && weir_state_is_alive(t, e, clock))
			return e;
	}
	return NULL;
}

/** The way that a new key would get, NULL when the set is full. */
static struct weir_state_entry *find_room(const struct weir_state_table *t, struct weir_hash_key key,
					  uint64_t clock, bool *ret_evicts)
{
	struct weir_state_entry *set = set_of(t, key), *victim = NULL;
	uint32_t least = UINT32_MAX;
	uint64_t first = tag_of(t, key);

	*ret_evicts = false;
	for (unsigned i = 0; i < WEIR_STATE_WAYS; i++) {
		struct weir_state_entry *e = &set[(first + i) % WEIR_STATE_WAYS];

		if (!e->tag || !weir_state_is_alive(t, e, clock))
			return e;
	}
	for (unsigned i = 0; i < WEIR_STATE_WAYS; i++) {
		struct weir_state_entry *e = &set[(first + i) % WEIR_STATE_WAYS];

		if (!is_locked(t, e) && score(t, e, clock) < least) {
			victim = e;
			least = score(t, e, clock);
		}
	}
	*ret_evicts = victim;
	return victim;
}

bool weir_state_is_full(const struct weir_state_table *t, struct weir_hash_key key, uint64_t clock)
{
	bool evicts;

	return !find_room(t, key, clock, &evicts);
}

/** Keep count of the entries with a tag. */
static void replace(struct weir_state_table *t, struct weir_state_entry *e, const struct weir_state_entry *by)
{
	t->used += !!by->tag;
	t->used -= !!e->tag;
	if (t->used > t->peak)
		t->peak = t->used;
	*e = *by;
}

struct weir_state_entry *weir_state_insert(struct weir_state_table *t, struct weir_hash_key key,
					   uint64_t clock)
{
	bool evicts;
	struct weir_state_entry *e = find_room(t, key, clock, &evicts);

	if (!e) {
		t->full++;
		return NULL;
	}
	t->evictions += evicts;
	replace(t, e, &(struct weir_state_entry){ .tag = tag_of(t, key), .time = clock });
	return e;
}

void weir_state_sweep(struct weir_state_table *t, uint32_t index, uint64_t clock)
{
	if (t->entry[index].tag && !weir_state_is_alive(t, &t->entry[index], clock))
		replace(t, &t->entry[index], &(struct weir_state_entry){ 0 });
}

void weir_state_set(struct weir_state_table *t, uint32_t index, const struct weir_state_entry *entry)
{
	replace(t, &t->entry[index], entry);
}
