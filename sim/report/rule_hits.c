// SPDX-License-Identifier: Apache-2.0
#include "rule_hits.h"

#include <errno.h>
#include <string.h>

#include "weir/weir_regs.h"

/* Piece 63 of set 0: four rules an entry. */
enum { HitsEntry = 8 * 63, PerEntry = 4, WordBytes = 4, CoarseLog2 = 6 };

/* Fields of an entry that lie in word 1. */
#define WORD1(word, field) \
	((word) >> (WEIR_REG_RULE_EXACT_##field##_LSB - 32) & ((1u << WEIR_REG_RULE_EXACT_##field##_BITS) - 1))

/* A word of an entry: reading word 0 fetches all of it. */
static int read_word(const struct weir_session *s, int engine, uint32_t entry, uint32_t word, uint32_t *ret)
{
	int rc = weir_session_read(s, engine, entry, ret);

	return rc || !word ? rc : weir_session_read(s, engine, entry + WordBytes * word, ret);
}

static int read_one(const struct weir_session *s, int engine, unsigned id, uint64_t *ret)
{
	uint32_t place = id - WEIR_RULES_PREFIX, word = 0;
	int rc;

	if (id < WEIR_RULES_PREFIX) {
		rc = read_word(s, engine, WEIR_REG_RULE_PREFIX(HitsEntry + id / PerEntry), id % PerEntry, &word);
		*ret = word;
		return rc;
	}
	rc = read_word(s, engine, WEIR_REG_RULE_EXACT(place), 1, &word);
	*ret = (uint64_t)WORD1(word, COUNT) << (WORD1(word, COARSE) ? CoarseLog2 : 0);
	return rc;
}

int weir_rule_hits_read(const struct weir_session *s, const struct weir_rule_map *map, struct weir_rule_hits *ret)
{
	int rc = 0;

	memset(ret, 0, sizeof(*ret));
	for (unsigned id = 0; id < WEIR_RULES_IDS && !rc; id++) {
		uint64_t hits[2];

		if (!map->rule[id])
			continue;
		rc = read_one(s, 0, id, &hits[0]);
		ret->rule[map->rule[id] - 1] += hits[0];
		if (rc)
			return rc;
		rc = read_one(s, 1, id, &hits[1]);
		ret->differ += !rc && hits[0] != hits[1];
		rc = rc == -ENODEV ? 0 : rc;
	}
	return rc;
}
