// SPDX-License-Identifier: Apache-2.0
/* Series, parameters, learned state: what the firmware is asked and told. */
#include "weir/meter.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "detail.h"
#include "host/common/lists.h"
#include "host/policy/series.h"
#include "ops.h"
#include "weir/weir_regs.h"

_Static_assert(WEIR_SERIES_NAME >= WEIR_SERIES_TEXT, "names fit");

enum {
	Words = WEIR_MAIL_WORDS_HOST, EntryWords = 8,
	InUse = 1, Frozen = 2, Learned = 4, AlarmOn = 8,    /* flags of a series */
	Numbers = 2 * WEIR_SERIES_OF_BYTES,
	FixedOne = 256,                                     /* 8 fraction bits */
	SeriesMost = 0x3ffff,
	BoundsAnswer = 3,                                   /* words of it that say something */
	Piece = 12,                                         /* words of a learned state in a message */
	HeadMagic = 0, HeadVersion, HeadWords, HeadSeries, HeadSlots, HeadSlotS, Head,
	LearnedVersion = 1, SeriesWords = 5, SeriesOfSeason = 24, SlotsMost = 24, SeriesInUse = 40,
};
#define LEARNED_MAGIC 0x4e524c57u   /* "WLRN", least significant octet first */

static const struct weir_param params[] = {
#define X(number, name, def, least, most, unit, help) { number, #name, unit, help, def, least, most },
#include "docs/lists/params.def"
#undef X
};
enum { Params = sizeof(params) / sizeof(params[0]) };

char *weir_series_name(unsigned number, char buf[WEIR_SERIES_NAME])
{
	if (!weir_series_format(number, buf)[0])
		snprintf(buf, WEIR_SERIES_NAME, "series-%u", number);
	return buf;
}

int weir_series_find(const char *name, unsigned *ret_number)
{
	return weir_series_parse(name, ret_number) ? WEIR_EUNKNOWN : 0;
}

/* --- Series ------------------------------------------------------------------------------------------------------- */

int weir_series_get(struct weir_dev *dev, unsigned number, struct weir_series *ret)
{
	uint32_t message[Words] = { WEIR_OP_SERIES, number }, answer[Words];
	int rc = weir_mail(dev, message, answer);

	if (rc == -ERANGE || (!rc && !(answer[9] & InUse)))
		return WEIR_EUNKNOWN;
	if (rc)
		return rc;
	*ret = (struct weir_series){
		.number = (uint16_t)number, .bytes = weir_series_is_bytes(number), .frozen = answer[9] & Frozen,
		.learned = answer[9] & Learned, .alarm = answer[9] & AlarmOn, .season_on = answer[10] != 0,
		.threshold = answer[2], .floor = answer[3], .ceiling = answer[4], .mean = (double)answer[5] / FixedOne,
		.deviation = (double)answer[6] / FixedOne, .peak = (answer[7] + FixedOne - 1) / FixedOne, .periods = answer[8],
		.season = answer[10],
	};
	return 0;
}

/* Numbers that are most likely in use: meters with a limit in the hardware, and those of state. The firmware has no list to
 * give, and asking for all 512 would take a second. */
static int likely(struct weir_dev *dev, bool ret[Numbers])
{
	uint32_t (*word)[EntryWords] = calloc(WEIR_REG_METER_CFG_COUNT, sizeof(*word));
	int rc;

	if (!word)
		return -ENOMEM;
	rc = weir_read(dev, WEIR_REG_METER_CFG(0), (size_t)WEIR_REG_METER_CFG_COUNT * EntryWords, word[0]);
	for (unsigned i = 0; i < WEIR_REG_METER_CFG_COUNT && !rc; i++) {
		ret[i] = WEIR_FIELD_GET(word[i], WEIR_REG_METER_CFG_PKT_COST) || WEIR_FIELD_GET(word[i], WEIR_REG_METER_CFG_PKT_THRESHOLD);
		ret[WEIR_SERIES_OF_BYTES + i] = WEIR_FIELD_GET(word[i], WEIR_REG_METER_CFG_BYTE_COST) ||
						WEIR_FIELD_GET(word[i], WEIR_REG_METER_CFG_BYTE_THRESHOLD);
	}
	for (unsigned i = WEIR_PEAK_syn_host; i < WEIR_PEAKS; i++)
		ret[i] = true;
	free(word);
	return rc;
}

/* @param ret  By number: 1 in use. Goes through those that are `likely` or not. @retval 0; errors of weir_mail() */
static int ask(struct weir_dev *dev, const bool is_likely[Numbers], bool which, uint32_t all, struct weir_series series[SeriesInUse],
	       uint32_t *found)
{
	char name[WEIR_SERIES_TEXT];

	for (unsigned i = 0; i < Numbers && *found < all; i++) {
		int rc;

		if (is_likely[i] != which || !weir_series_format(i, name)[0])
			continue;
		rc = weir_series_get(dev, i, &series[*found]);
		if (rc && rc != WEIR_EUNKNOWN)
			return rc;
		*found += !rc;
	}
	return 0;
}

static int by_number(const void *a, const void *b)
{
	const struct weir_series *x = a, *y = b;

	return (x->number > y->number) - (x->number < y->number);
}

int weir_series_list(struct weir_dev *dev, struct weir_series *ret, size_t n, size_t *ret_n)
{
	uint32_t message[Words] = { WEIR_OP_HELLO }, answer[Words], found = 0;
	struct weir_series series[SeriesInUse];
	bool is_likely[Numbers] = { false };
	int rc = weir_mail(dev, message, answer);

	if (!rc && answer[2] > SeriesInUse)
		return weir_dev_fail(dev, WEIR_EPROTOCOL, "the firmware says that %u series are in use; at most %d are possible", answer[2],
				     SeriesInUse);
	rc = rc ? rc : likely(dev, is_likely);
	rc = rc ? rc : ask(dev, is_likely, true, answer[2], series, &found);
	/* What the hardware has and what the firmware has read differ after somebody else's writes. */
	rc = rc ? rc : ask(dev, is_likely, false, answer[2], series, &found);
	if (rc)
		return rc;
	qsort(series, found, sizeof(series[0]), by_number);
	if (n)
		memcpy(ret, series, (found < n ? found : n) * sizeof(series[0]));
	*ret_n = found;
	return 0;
}

/** What can be told without the appliance. */
static int bounds_check(struct weir_dev *dev, const struct weir_bounds *b)
{
	char name[WEIR_SERIES_NAME];

	if (!weir_series_format(b->number, name)[0])
		return weir_dev_fail(dev, WEIR_EUNKNOWN, "there is no series %u", b->number);
	if (b->ceiling && b->floor > b->ceiling)
		return weir_dev_fail(dev, -ERANGE, "%s: the floor %u lies above the ceiling %u", name, b->floor, b->ceiling);
	if (b->floor > SeriesMost || b->ceiling > SeriesMost)
		return weir_dev_fail(dev, -ERANGE, "%s: floor and ceiling are at most %d", name, SeriesMost);
	return 0;
}

/** Why the firmware has refused. @param rc  Of the message: -ERANGE or WEIR_EREFUSED. */
static int bounds_refused(struct weir_dev *dev, const struct weir_bounds *b, int rc)
{
	struct weir_series series;
	char name[WEIR_SERIES_NAME];
	/* Out of range is also what a series is that is never learned. */
	int known = rc == -ERANGE ? weir_series_get(dev, b->number, &series) : 0;

	if (known && known != WEIR_EUNKNOWN)
		return known;
	weir_series_name(b->number, name);
	if (rc == WEIR_EREFUSED || known == WEIR_EUNKNOWN)
		return weir_dev_fail(dev, WEIR_EUNKNOWN, "%s is not in use: the policy has no limit for it, or it is none that is learned", name);
	return weir_dev_fail(dev, rc, "%s: floor %u, ceiling %u: more than its field in the hardware holds", name, b->floor, b->ceiling);
}

static int bounds_one(struct weir_dev *dev, const struct weir_bounds *b)
{
	uint32_t message[Words] = { WEIR_OP_BOUNDS, b->number, b->floor, b->ceiling }, answer[Words];
	int rc = weir_mail_once(dev, message, answer);

	return rc == -ERANGE || rc == WEIR_EREFUSED ? bounds_refused(dev, b, rc) : rc;
}

int weir_series_bounds(struct weir_dev *dev, unsigned number, uint32_t floor, uint32_t ceiling)
{
	const struct weir_bounds b = { .number = (uint16_t)number, .floor = floor, .ceiling = ceiling };
	int rc = number > UINT16_MAX ? weir_dev_fail(dev, WEIR_EUNKNOWN, "there is no series %u", number) : bounds_check(dev, &b);

	return rc ? rc : bounds_one(dev, &b);
}

struct several {
	const struct weir_bounds *bounds;
	size_t n;
};

static size_t in_message(const struct several *s, size_t i)
{
	size_t left = s->n - i * WEIR_BOUNDS_OF_MOST;

	return left < WEIR_BOUNDS_OF_MOST ? left : WEIR_BOUNDS_OF_MOST;
}

static void make_bounds(const void *ctx, size_t i, uint32_t ret[Words])
{
	const struct several *s = ctx;
	const struct weir_bounds *b = s->bounds + i * WEIR_BOUNDS_OF_MOST;

	ret[0] = WEIR_OP_BOUNDS_OF;
	ret[1] = (uint32_t)in_message(s, i);
	for (size_t k = 0; k < ret[1]; k++) {
		ret[2 + 2 * k] = (uint32_t)b[k].number << WEIR_BOUNDS_OF_SERIES_LSB | b[k].floor;
		ret[3 + 2 * k] = b[k].ceiling;
	}
}

int weir_series_bounds_set(struct weir_dev *dev, const struct weir_bounds *bounds, size_t n, size_t *ret_done)
{
	const struct several s = { bounds, n };
	uint32_t answer[BoundsAnswer] = { 0 };
	size_t messages = 0;
	int rc = 0;

	*ret_done = 0;
	for (size_t i = 0; i < n && !rc; i++)
		rc = bounds_check(dev, &bounds[i]);
	if (rc || !n)
		return rc;
	rc = weir_mail_row(dev, (n + WEIR_BOUNDS_OF_MOST - 1) / WEIR_BOUNDS_OF_MOST, make_bounds, &s, BoundsAnswer, answer, &messages);
	/* The first message: a firmware from before there was this one. Nothing has been done. */
	if (rc == WEIR_EUNKNOWN && !messages) {
		for (rc = 0; *ret_done < n && !rc; *ret_done += !rc)
			rc = bounds_one(dev, &bounds[*ret_done]);
		return rc;
	}
	*ret_done = rc ? messages * WEIR_BOUNDS_OF_MOST : n;
	if (rc != -ERANGE && rc != WEIR_EREFUSED)
		return rc;
	if (answer[2] >= in_message(&s, messages))
		return weir_dev_fail(dev, WEIR_EPROTOCOL, "the firmware refuses bound %u of %zu in a message", answer[2], in_message(&s, messages));
	return bounds_refused(dev, &bounds[*ret_done + answer[2]], rc);
}

/* --- Parameters --------------------------------------------------------------------------------------------------- */

const struct weir_param *weir_param(unsigned number)
{
	return number < Params ? &params[number] : NULL;
}

const struct weir_param *weir_param_find(const char *name)
{
	for (unsigned i = 0; i < Params; i++)
		if (!strcmp(params[i].name, name))
			return &params[i];
	return NULL;
}

int weir_param_get(struct weir_dev *dev, unsigned number, uint32_t *ret_value)
{
	uint32_t message[Words] = { WEIR_OP_GET, number }, answer[Words];
	int rc = weir_mail(dev, message, answer);

	if (rc == -ERANGE)
		return weir_dev_fail(dev, WEIR_EUNKNOWN, "this firmware has no parameter %u", number);
	if (!rc)
		*ret_value = answer[2];
	return rc;
}

int weir_param_set(struct weir_dev *dev, unsigned number, uint32_t value)
{
	uint32_t message[Words] = { WEIR_OP_SET, number, value }, answer[Words];
	const struct weir_param *p = weir_param(number);
	int rc;

	if (!p)
		return weir_dev_fail(dev, WEIR_EUNKNOWN, "there is no parameter %u", number);
	if (value < p->least || value > p->most)
		return weir_dev_fail(dev, -ERANGE, "%s: %u is not in %u to %u%s%s", p->name, value, p->least, p->most, p->unit[0] ? " " : "",
				     p->unit);
	rc = weir_mail(dev, message, answer);
	/* The value is right, so it is the number. */
	if (rc == -ERANGE)
		return weir_dev_fail(dev, WEIR_EUNKNOWN, "this firmware has no parameter %s, or another range of it", p->name);
	return rc;
}

/* --- Learned state ------------------------------------------------------------------------------------------------ */

static uint32_t crc_of(const uint32_t *words, size_t n)
{
	uLong crc = crc32(0, NULL, 0);

	for (size_t i = 0; i < n; i++) {
		const uint8_t octets[] = { (uint8_t)words[i], (uint8_t)(words[i] >> 8), (uint8_t)(words[i] >> 16), (uint8_t)(words[i] >> 24) };

		crc = crc32(crc, octets, sizeof(octets));
	}
	return (uint32_t)crc;
}

static uint32_t words_of(uint32_t series, uint32_t slots)
{
	return Head + series * SeriesWords + (series < SeriesOfSeason ? series : SeriesOfSeason) * ((slots + 1) / 2) + 1;
}

const char *weir_learned_check(const uint32_t *words, size_t n)
{
	if (n <= Head || n > WEIR_LEARNED_WORDS_MAX)
		return "too short or too long";
	if (words[HeadMagic] != LEARNED_MAGIC)
		return "no learned state: it does not begin with WLRN";
	if (words[HeadVersion] != LearnedVersion)
		return "of another version";
	if (words[HeadSeries] > SeriesInUse || words[HeadSlots] > SlotsMost ||
	    words[HeadWords] != words_of(words[HeadSeries], words[HeadSlots]) || words[HeadWords] != n)
		return "its lengths contradict each other";
	if (words[n - 1] != crc_of(words, n - 1))
		return "its checksum is wrong";
	return NULL;
}

int weir_learned_export(struct weir_dev *dev, uint32_t *ret_words, size_t *ret_n)
{
	uint32_t block[WEIR_LEARNED_WORDS_MAX];
	uint32_t hello[Words] = { WEIR_OP_HELLO }, told[Words];
	const char *wrong;
	size_t n = 0, all = Head + 1;
	int failed = weir_mail(dev, hello, told);

	if (failed)
		return failed;
	if (!told[2])
		return weir_dev_fail(dev, WEIR_EREFUSED, "the firmware has nothing learned to give: no policy has been loaded");
	while (n < all) {
		uint32_t message[Words] = { WEIR_OP_EXPORT, (uint32_t)n }, answer[Words];
		int rc = weir_mail(dev, message, answer);

		if (rc == WEIR_EREFUSED)
			return weir_dev_fail(dev, rc, "the firmware has nothing to give now: an import is under way");
		if (rc)
			return rc;
		if (!answer[2] || answer[2] > Piece || n + answer[2] > WEIR_LEARNED_WORDS_MAX)
			return weir_dev_fail(dev, WEIR_EPROTOCOL, "a piece of %u words of the learned state", answer[2]);
		memcpy(block + n, answer + 3, answer[2] * sizeof(*block));
		n += answer[2];
		if (n > HeadWords && block[HeadWords] <= WEIR_LEARNED_WORDS_MAX)
			all = block[HeadWords];
	}
	wrong = weir_learned_check(block, n);
	if (wrong)
		return weir_dev_fail(dev, WEIR_EPROTOCOL, "the learned state of the appliance: %s", wrong);
	memcpy(ret_words, block, n * sizeof(*block));
	*ret_n = n;
	return 0;
}

int weir_learned_import(struct weir_dev *dev, const uint32_t *words, size_t n)
{
	const char *wrong = weir_learned_check(words, n);
	uint32_t taken = 0;

	/* Here already: what the firmware refuses is an alarm. */
	if (wrong)
		return weir_dev_fail(dev, WEIR_EINPUT, "the learned state: %s", wrong);
	for (size_t at = 0; at < n; at += Piece) {
		uint32_t message[Words] = { WEIR_OP_IMPORT, (uint32_t)at, n - at < Piece ? (uint32_t)(n - at) : Piece }, answer[Words];
		int rc;

		memcpy(message + 3, words + at, message[2] * sizeof(*words));
		rc = weir_mail(dev, message, answer);
		if (rc == -ERANGE)
			return weir_dev_fail(dev, WEIR_EINPUT, "the learned state: the firmware finds values in it that cannot be");
		if (rc)
			return rc;
		taken = answer[2];
	}
	return taken ? 0 : weir_dev_fail(dev, WEIR_EPROTOCOL, "the firmware did not take the whole of the learned state");
}

int weir_learned_forget(struct weir_dev *dev)
{
	uint32_t message[Words] = { WEIR_OP_FORGET }, answer[Words];

	return weir_mail(dev, message, answer);
}
