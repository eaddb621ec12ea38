// SPDX-License-Identifier: Apache-2.0
#include "firmware/app/store.h"

#include <stddef.h>
#include <string.h>
#include "firmware/app/season.h"

#define MAGIC 0x4e524c57u        /* "WLRN", least significant octet first */
#define KEPT_MAGIC 0x4b525757u
#define HELD_US 5000000
enum { AT_MAGIC, AT_VERSION, AT_WORDS, AT_SERIES, AT_SLOTS, AT_SLOT_S };
enum { VERSION = 1, FIXED_MOST = 0x3ffffff };

/* What is kept is looked at as words, whatever it is. */
typedef uint32_t __attribute__((may_alias)) any_word;

uint32_t weir_store_crc(uint32_t crc, const void *words, uint32_t n)
{
	const any_word *word = words;
	/* Of four bits each, polynomial 0xedb88320. */
	static const uint32_t table[16] = {
		0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4, 0x4db26158, 0x5005713c,
		0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c, 0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c,
	};

	crc = ~crc;
	while (n--) {
		crc ^= *word++;
		for (unsigned i = 0; i < 8; i++)
			crc = crc >> 4 ^ table[crc & 15];
	}
	return ~crc;
}

#define KEPT_HEAD ((offsetof(struct weir_fw, kept_hash) - offsetof(struct weir_fw, kept_magic)) / 4)

/* What is kept is sealed at every message, alarm and threshold, and a CRC takes this core over a hundred clocks a word. Each step is
 * one to one, so a single wrong word is always seen; nobody means harm here. */
static uint32_t hash(uint32_t h, const void *words, uint32_t n)
{
	const any_word *word = words;

	while (n--)
		h = h + (h << 5) + *word++;
	return h;
}

static uint32_t kept_hash(const struct weir_fw *fw)
{
	return hash(hash(5381, &fw->kept_magic, KEPT_HEAD), fw->limit, fw->limits * (uint32_t)(sizeof(fw->limit[0]) / 4));
}

void weir_store_seal(struct weir_fw *fw)
{
	fw->kept_magic = KEPT_MAGIC;
	fw->kept_hash = kept_hash(fw);
}

bool weir_store_sealed(const struct weir_fw *fw)
{
	return fw->kept_magic == KEPT_MAGIC && fw->limits <= WEIR_FW_SERIES && fw->kept_hash == kept_hash(fw);
}

static uint32_t seasons(uint32_t series)
{
	return series < WEIR_SEASON_SERIES ? series : WEIR_SEASON_SERIES;
}

static uint32_t season_words(uint32_t slots)
{
	return (slots + 1) / 2;
}

static uint32_t words_of(uint32_t series, uint32_t slots)
{
	return WEIR_STORE_HEAD + series * WEIR_STORE_SERIES + seasons(series) * season_words(slots) + 1;
}

uint32_t weir_store_words(const struct weir_fw *fw)
{
	return words_of(fw->limits, fw->season_slots);
}

void weir_store_update(struct weir_fw *fw)
{
	uint32_t *w = fw->block, words = weir_store_words(fw);

	if (fw->hal->now_us(fw->hal->ctx) < fw->block_us)
		return;
	fw->import_words = 0;
	*w++ = MAGIC;
	*w++ = VERSION;
	*w++ = words;
	*w++ = fw->limits;
	*w++ = fw->season_slots;
	*w++ = fw->season_slots ? fw->season_slot_s : 0;
	for (unsigned i = 0; i < fw->limits; i++) {
		const struct weir_series *s = &fw->series[i];

		*w++ = fw->limit[i].number | (uint32_t)s->periods << 16;
		*w++ = s->mean;
		*w++ = s->deviation;
		*w++ = s->peak;
		*w++ = s->threshold;
	}
	for (unsigned i = 0; i < seasons(fw->limits); i++)
		for (unsigned k = 0; k < fw->season_slots; k += 2)
			*w++ = fw->season[i][k] | (k + 1 < fw->season_slots ? (uint32_t)fw->season[i][k + 1] << 16 : 0);
	*w = weir_store_crc(0, fw->block, words - 1);
}

static bool series_right(const uint32_t *b, uint32_t i)
{
	const uint32_t *w = b + WEIR_STORE_HEAD + i * WEIR_STORE_SERIES;
	uint32_t number = w[0] & 0xffff;

	if (!weir_series_kin(number) || w[1] > FIXED_MOST || w[2] > FIXED_MOST || w[3] > FIXED_MOST || w[4] > WEIR_LEARN_MOST)
		return false;
	for (uint32_t k = 0; k < i; k++)
		if ((b[WEIR_STORE_HEAD + k * WEIR_STORE_SERIES] & 0xffff) == number)
			return false;
	return true;
}

static bool head_right(const uint32_t *b)
{
	return b[AT_MAGIC] == MAGIC && b[AT_VERSION] == VERSION && b[AT_SERIES] <= WEIR_FW_SERIES &&
	       b[AT_SLOTS] <= WEIR_SEASON_SLOTS && b[AT_WORDS] == words_of(b[AT_SERIES], b[AT_SLOTS]);
}

static bool season_right(const uint32_t *b)
{
	const uint32_t *w = b + WEIR_STORE_HEAD + b[AT_SERIES] * WEIR_STORE_SERIES, *end = b + b[AT_WORDS] - 1;

	for (; w < end; w++)
		if (weir_season_unpack((uint16_t)*w) > WEIR_LEARN_MOST + 1 ||
		    weir_season_unpack((uint16_t)(*w >> 16)) > WEIR_LEARN_MOST + 1)
			return false;
	return true;
}

static bool block_right(const uint32_t *b)
{
	if (!head_right(b) || b[b[AT_WORDS] - 1] != weir_store_crc(0, b, b[AT_WORDS] - 1) || !season_right(b))
		return false;
	for (uint32_t i = 0; i < b[AT_SERIES]; i++)
		if (!series_right(b, i))
			return false;
	return true;
}

static void take_season(struct weir_fw *fw, unsigned to, uint32_t from)
{
	const uint32_t *b = fw->block;
	const uint32_t *w = b + WEIR_STORE_HEAD + b[AT_SERIES] * WEIR_STORE_SERIES + from * season_words(b[AT_SLOTS]);

	for (unsigned k = 0; k < b[AT_SLOTS]; k++)
		fw->season[to][k] = (uint16_t)(w[k / 2] >> k % 2 * 16);
}

bool weir_store_take(struct weir_fw *fw)
{
	const uint32_t *b = fw->block;
	bool season = b[AT_SLOTS] && b[AT_SLOTS] == fw->param[WEIR_PARAM_season_slots] &&
		      b[AT_SLOT_S] == fw->param[WEIR_PARAM_season_slot_s];

	if (!block_right(b))
		return false;
	/* Of another cycle than the one in force: weir_season_step() would forget it. */
	if (season)
		weir_season_step(fw, fw->hal->now_us(fw->hal->ctx));
	for (uint32_t i = 0; i < b[AT_SERIES]; i++) {
		const uint32_t *w = b + WEIR_STORE_HEAD + i * WEIR_STORE_SERIES;
		int at = weir_fw_find(fw, w[0] & 0xffff);

		if (at < 0)
			continue;
		fw->series[at] = (struct weir_series){
			.periods = (uint16_t)(w[0] >> 16), .mean = w[1], .deviation = w[2], .peak = w[3], .threshold = w[4],
		};
		if (season && i < WEIR_SEASON_SERIES && at < WEIR_SEASON_SERIES)
			take_season(fw, (unsigned)at, i);
	}
	return true;
}

uint32_t weir_store_export(struct weir_fw *fw, uint32_t offset, uint32_t ret_word[12])
{
	uint64_t now_us = fw->hal->now_us(fw->hal->ctx);
	uint32_t n;

	if (!fw->policy_read || (fw->import_words && now_us < fw->block_us))
		return 0;
	if (!offset) {
		fw->block_us = 0;
		weir_store_update(fw);
	}
	fw->block_us = now_us + HELD_US;
	if (!head_right(fw->block) || offset >= fw->block[AT_WORDS])
		return 0;
	n = fw->block[AT_WORDS] - offset < 12 ? fw->block[AT_WORDS] - offset : 12;
	memcpy(ret_word, fw->block + offset, n * 4);
	return n;
}

/** An import is over: the block is written again. */
static enum weir_store_import import_over(struct weir_fw *fw, bool taken)
{
	fw->block_us = 0;
	fw->block_bad |= !taken;
	weir_store_update(fw);
	return taken ? WEIR_IMPORT_TAKEN : WEIR_IMPORT_REFUSED;
}

enum weir_store_import weir_store_import(struct weir_fw *fw, uint32_t offset, uint32_t n, const uint32_t *word)
{
	uint64_t now_us = fw->hal->now_us(fw->hal->ctx);

	if (now_us >= fw->block_us || !offset)
		fw->import_words = 0;
	if (!fw->policy_read || !n || n > 12 || offset > fw->import_words)
		return WEIR_IMPORT_RANGE;
	if (offset + n > WEIR_STORE_WORDS)
		return import_over(fw, false);
	memcpy(fw->block + offset, word, n * 4);
	if (offset + n > fw->import_words)
		fw->import_words = offset + n;
	fw->block_us = now_us + HELD_US;
	if (fw->import_words < WEIR_STORE_HEAD)
		return WEIR_IMPORT_MORE;
	if (!head_right(fw->block) || fw->import_words > fw->block[AT_WORDS])
		return import_over(fw, false);
	if (fw->import_words < fw->block[AT_WORDS])
		return WEIR_IMPORT_MORE;
	return import_over(fw, weir_store_take(fw));
}

void weir_store_forget(struct weir_fw *fw)
{
	memset(fw->series, 0, sizeof(fw->series));
	memset(fw->season, 0, sizeof(fw->season));
	fw->season_end_us = 0;
	for (unsigned i = 0; i < fw->limits; i++)
		if (fw->limit[i].now[0] != fw->limit[i].cost || fw->limit[i].now[1] != fw->limit[i].level)
			weir_limit_restore(fw->hal, &fw->limit[i]);
	fw->block_us = 0;
	weir_store_update(fw);
	weir_store_seal(fw);
}
