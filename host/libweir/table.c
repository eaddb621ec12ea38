// SPDX-License-Identifier: Apache-2.0
/* Tables of the data path: pages of rows, and single addresses. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "site_priv.h"
#include "weir/alarm.h"
#include "weir/weir_regs.h"

enum { Ways = 4, PlacesACall = 256, States = 7, SecondUs = 1000000 };

/* Where a table is and how its entries look; the lists have the rest. */
struct layout {
	const char *name;
	uint32_t address;
	unsigned number;         /* in tables.def or states.def */
	bool meter;
	unsigned tag_bits, time_lsb, time_bits, clock_log2;
};

static const struct layout layouts[] = {
	[WEIR_TABLE_CONNECTION] = { "connection", WEIR_REG_STATE_CONNECTION(0), WEIR_STATE_connection, false, 24,
				    WEIR_REG_STATE_CONNECTION_TIME_LSB, WEIR_REG_STATE_CONNECTION_TIME_BITS, 20 },
	[WEIR_TABLE_LEGIT] = { "legit", WEIR_REG_STATE_LEGIT(0), WEIR_STATE_legit, false, 24, WEIR_REG_STATE_LEGIT_TIME_LSB,
			       WEIR_REG_STATE_LEGIT_TIME_BITS, 26 },
	[WEIR_TABLE_PROVEN] = { "proven", WEIR_REG_STATE_PROVEN(0), WEIR_STATE_proven, false, 24, WEIR_REG_STATE_LEGIT_TIME_LSB,
				WEIR_REG_STATE_LEGIT_TIME_BITS, 20 },
	[WEIR_TABLE_SOURCE] = { "source", WEIR_REG_STATE_SOURCE(0), WEIR_STATE_source, false, 40, WEIR_REG_STATE_SOURCE_TIME_LSB,
				WEIR_REG_STATE_SOURCE_TIME_BITS, 20 },
	[WEIR_TABLE_REMOTE] = { "remote", WEIR_REG_TABLE_REMOTE(0), WEIR_TABLE_remote, true, 40, WEIR_REG_TABLE_REMOTE_WIN_LSB,
				WEIR_REG_TABLE_REMOTE_WIN_BITS, 16 },
	[WEIR_TABLE_ADDRESS_METER] = { "address", WEIR_REG_TABLE_ADDRESS(0), WEIR_TABLE_address, true, 40, WEIR_REG_TABLE_REMOTE_WIN_LSB,
				       WEIR_REG_TABLE_REMOTE_WIN_BITS, 16 },
};

static const struct layout *layout_of(enum weir_table_id table)
{
	return (unsigned)table < sizeof(layouts) / sizeof(layouts[0]) ? &layouts[table] : NULL;
}

const char *weir_table_id_name(enum weir_table_id table)
{
	return layout_of(table) ? layout_of(table)->name : "unknown";
}

const char *weir_connection_state_name(uint8_t state)
{
	static const char *const names[] = { "unknown", "syn_sent", "simultaneous", "syn_received", "established", "closing", "closed" };

	return names[state < sizeof(names) / sizeof(names[0]) ? state : 0];
}

static uint32_t entries_of(const struct weir_dev *dev, const struct layout *t)
{
	return t->meter ? weir_dev_caps(dev)->table_entries[t->number] : weir_dev_caps(dev)->state_entries[t->number];
}

/* Now, and after how long entries expire, in units of the table's clock: of connections by state, of others [0]. */
struct clock {
	uint64_t now_us;
	uint32_t timeout[States];
};

static uint32_t at_least_1(uint64_t timeout)
{
	return timeout ? (uint32_t)timeout : 1;
}

static int read_clock(struct weir_dev *dev, const struct layout *t, struct clock *ret)
{
	uint32_t now[2], word[WEIR_ENTRY_WORDS], address = WEIR_REG_TABLE_CFG(t->number);
	int rc = weir_read(dev, WEIR_REG_NOW_LOW, 2, now);

	if (!t->meter)
		address = t->number == WEIR_STATE_connection ? WEIR_REG_STATE_CFG_CONNECTION :
			  t->number == WEIR_STATE_source ? WEIR_REG_STATE_CFG_SOURCE : WEIR_REG_STATE_CFG_SYN;
	rc = rc ? rc : weir_read(dev, address, WEIR_ENTRY_WORDS, word);
	if (rc)
		return rc;
	ret->now_us = (uint64_t)now[1] << 32 | now[0];
	if (t->meter) {
		ret->timeout[0] = at_least_1(WEIR_FIELD_GET(word, WEIR_REG_TABLE_CFG_TIMEOUT));
	} else if (t->number == WEIR_STATE_legit) {
		ret->timeout[0] = at_least_1(WEIR_FIELD_GET(word, WEIR_REG_STATE_CFG_SYN_LEGIT_TIMEOUT));
	} else if (t->number == WEIR_STATE_proven) {
		ret->timeout[0] = at_least_1(WEIR_FIELD_GET(word, WEIR_REG_STATE_CFG_SYN_PROVEN_TIMEOUT));
	} else if (t->number == WEIR_STATE_source) {
		ret->timeout[0] = at_least_1(WEIR_FIELD_GET(word, WEIR_REG_STATE_CFG_SOURCE_TIMEOUT));
	} else {
		for (unsigned state = 0; state < 4; state++)
			ret->timeout[state] = at_least_1(WEIR_FIELD_GET(word, WEIR_REG_STATE_CFG_CONNECTION_HALF_OPEN));
		ret->timeout[4] = at_least_1(WEIR_FIELD_GET(word, WEIR_REG_STATE_CFG_CONNECTION_ESTABLISHED));
		ret->timeout[5] = at_least_1(WEIR_FIELD_GET(word, WEIR_REG_STATE_CFG_CONNECTION_CLOSING));
		ret->timeout[6] = at_least_1(WEIR_FIELD_GET(word, WEIR_REG_STATE_CFG_CONNECTION_CLOSED));
	}
	return 0;
}

/* @return whether the place is in use. */
static bool read_row(const struct layout *t, const struct clock *c, uint32_t index, const uint32_t word[WEIR_ENTRY_WORDS],
		     struct weir_table_row *ret)
{
	uint64_t clock = c->now_us >> t->clock_log2, age;
	struct weir_table_row r = { .index = index, .tag = weir_field_get(word, 0, t->tag_bits) };

	age = (clock - weir_field_get(word, t->time_lsb, t->time_bits)) & ((1u << t->time_bits) - 1);
	r.age_s = (uint32_t)((age << t->clock_log2) / SecondUs);
	if (t->meter) {
		r.packets = (uint32_t)WEIR_FIELD_GET(word, WEIR_REG_TABLE_REMOTE_COUNT);
		r.tripped = WEIR_FIELD_GET(word, WEIR_REG_TABLE_REMOTE_TRIPPED);
		r.pinned = WEIR_FIELD_GET(word, WEIR_REG_TABLE_REMOTE_CFG);
	} else if (t->number == WEIR_STATE_connection) {
		r.state = (uint8_t)WEIR_FIELD_GET(word, WEIR_REG_STATE_CONNECTION_STATE);
		r.adopted = WEIR_FIELD_GET(word, WEIR_REG_STATE_CONNECTION_ADOPTED);
		r.opener_protected = WEIR_FIELD_GET(word, WEIR_REG_STATE_CONNECTION_OPENER);
	} else if (t->number == WEIR_STATE_source) {
		r.score = (uint32_t)WEIR_FIELD_GET(word, WEIR_REG_STATE_SOURCE_SCORE);
	}
	*ret = r;
	return r.tag && (r.pinned || age < c->timeout[r.state < States ? r.state : 0]);
}

int weir_table_rows(struct weir_dev *dev, enum weir_table_id table, uint32_t from, struct weir_table_row *ret, size_t n, size_t *ret_n,
		    uint32_t *ret_next)
{
	const struct layout *t = layout_of(table);
	uint32_t word[WEIR_ENTRIES_AT_ONCE][WEIR_ENTRY_WORDS], all = t ? entries_of(dev, t) : 0, at = from, end;
	struct clock c = { 0 };
	size_t found = 0;
	int rc;

	if (!n)
		return -EINVAL;
	if (from >= all)
		return weir_dev_fail(dev, WEIR_EUNKNOWN, "there is no such table, or no place %u in it", from);
	rc = read_clock(dev, t, &c);
	end = all - from < PlacesACall ? all : from + PlacesACall;
	while (!rc && at < end && found < n) {
		uint32_t places = end - at < WEIR_ENTRIES_AT_ONCE ? end - at : WEIR_ENTRIES_AT_ONCE;

		rc = weir_read(dev, t->address + at * WEIR_ENTRY_SPAN, (size_t)places * WEIR_ENTRY_WORDS, word[0]);
		for (uint32_t i = 0; i < places && found < n && !rc; i++, at++)
			found += read_row(t, &c, at, word[i], &ret[found]);
	}
	if (rc)
		return rc;
	*ret_n = found;
	*ret_next = at < all ? at : 0;
	return 0;
}

/* --- One address -------------------------------------------------------------------------------------------------- */

static struct weir_hash_key key_of(const struct layout *t, const struct weir_hash *h, const struct weir_address *a)
{
	uint8_t wide[16] = { 0 };

	if (a->family == 4)
		memcpy(wide + 12, a->bytes, 4);
	else
		memcpy(wide, a->bytes, sizeof(wide));
	if (t->meter && t->number == WEIR_TABLE_address)
		return weir_hash_address(h, a->family == 6, wide);
	return weir_hash_remote(h, a->family == 6, wide);
}

/* Its set: four entries at once. */
static int find(struct weir_dev *dev, const struct layout *t, const struct weir_keys *keys, const struct weir_address *address,
		struct weir_table_row *ret)
{
	uint32_t word[Ways][WEIR_ENTRY_WORDS], first;
	struct weir_hash *h = malloc(sizeof(*h));
	struct weir_hash_key k;
	struct clock c;
	uint64_t tag;
	int rc;

	if (!h)
		return -ENOMEM;
	weir_hash_key_set(h, keys->hash);
	k = key_of(t, h, address);
	explicit_bzero(h, sizeof(*h));
	free(h);
	tag = k.tag & (((uint64_t)1 << t->tag_bits) - 1);
	tag = tag ? tag : 1;
	first = k.index % (entries_of(dev, t) / Ways) * Ways;
	rc = read_clock(dev, t, &c);
	rc = rc ? rc : weir_read(dev, t->address + first * WEIR_ENTRY_SPAN, sizeof(word) / sizeof(word[0][0]), word[0]);
	for (uint32_t way = 0; way < Ways && !rc; way++) {
		struct weir_table_row r;

		if (read_row(t, &c, first + way, word[way], &r) && r.tag == tag) {
			*ret = r;
			return 0;
		}
	}
	return rc ? rc : -ENOENT;
}

/* Asked for with the site locked. @param erase  And take it out. */
static int lookup(struct weir_site *s, enum weir_table_id table, const struct weir_address *address, bool erase, struct weir_table_row *ret)
{
	static const uint32_t none[WEIR_ENTRY_WORDS];
	const struct layout *t = layout_of(table);
	struct weir_loaded *l;
	int rc;

	if (!t || table == WEIR_TABLE_CONNECTION)
		return weir_dev_fail(s->dev, WEIR_EUNKNOWN, "no table that has single addresses as its keys");
	if (address->family != 4 && address->family != 6)
		return weir_dev_fail(s->dev, -EINVAL, "no address");
	rc = weir_site_begin(s, &l);
	if (rc)
		return rc;
	rc = find(s->dev, t, &l->keys, address, ret);
	if (!rc && erase)
		rc = weir_write(s->dev, t->address + ret->index * WEIR_ENTRY_SPAN, WEIR_ENTRY_WORDS, none);
	weir_site_unlock(s);
	weir_loaded_free(l);
	return rc;
}

int weir_table_lookup(struct weir_site *s, enum weir_table_id table, const struct weir_address *address, struct weir_table_row *ret)
{
	return lookup(s, table, address, false, ret);
}

int weir_legit_delete(struct weir_site *s, const struct weir_address *address)
{
	struct weir_table_row row;

	return lookup(s, WEIR_TABLE_LEGIT, address, true, &row);
}
