// SPDX-License-Identifier: Apache-2.0
#include "firmware/app/why.h"

#include <string.h>

#include "firmware/app/top.h"
#include "firmware/hal/event.h"

enum verdict {
#define X(number, name, ...) VERDICT_##name = number,
#include "docs/lists/verdicts.def"
#undef X
};
/* Of a place, which is the answer from word 2 on. */
enum { AT_TIME, AT_WHAT, AT_COUNT, AT_THRESHOLD, AT_REMOTE = 6, AT_PROTECTED = 10 };
enum { COUNT_MOST = 0xffff };

/* What lies at the same bits in word 2 of an event. */
#define BITS(field) ((UINT32_MAX >> (32 - WEIR_EVENT_##field##_BITS)) << WEIR_EVENT_##field##_LSB)
#define WHAT (BITS(REASON) | BITS(VERDICT) | BITS(DIRECTION) | BITS(FAMILY))

static unsigned reason_of(const uint32_t *place)
{
	return place[AT_WHAT] & BITS(REASON);
}

/** What has to go: the oldest of the reason that has the most places, so that a flood does not drive out all others. */
static unsigned victim(const struct weir_why *w)
{
	unsigned most = 0, ret = 0;

	for (unsigned k = WEIR_WHY; k-- && most <= WEIR_WHY / 2;) {
		unsigned reason = reason_of(w->place[w->order[k]]), n = 0;

		for (unsigned i = 0; i < WEIR_WHY; i++)
			n += reason_of(w->place[i]) == reason;
		if (n > most) {
			most = n;
			ret = k;
		}
	}
	return ret;
}

/** @return the place in the order of what is like this one, count when there is none. */
static unsigned find(const struct weir_why *w, const uint32_t *event)
{
	unsigned k = 0;

	for (; k < w->count; k++) {
		const uint32_t *place = w->place[w->order[k]];

		if (reason_of(place) == WEIR_EVENT_GET(event, REASON) &&
		    weir_same_address(place + AT_REMOTE, event + WEIR_EVENT_REMOTE) &&
		    weir_same_address(place + AT_PROTECTED, event + WEIR_EVENT_PROTECTED))
			break;
	}
	return k;
}

void weir_why_add(struct weir_why *w, uint32_t window, const uint32_t event[16])
{
	unsigned verdict = WEIR_EVENT_GET(event, VERDICT), k, at;
	uint32_t *place, samples = 0;

	if (verdict != VERDICT_drop && verdict != VERDICT_answer)
		return;
	k = find(w, event);
	if (k < w->count)
		samples = w->place[w->order[k]][AT_COUNT] & COUNT_MOST;
	else if (k < WEIR_WHY)
		w->order[w->count++] = (uint8_t)k;
	else
		k = victim(w);
	at = w->order[k];
	memmove(w->order + 1, w->order, k);
	w->order[0] = (uint8_t)at;
	place = w->place[at];
	place[AT_TIME] = window;
	place[AT_WHAT] = (event[2] & WHAT) | WEIR_EVENT_GET(event, UNIT) << 17 | WEIR_EVENT_GET(event, PROTO) << 24;
	place[AT_COUNT] = (samples < COUNT_MOST ? samples + 1 : COUNT_MOST) | (WEIR_EVENT_GET(event, RULE) - 1) << 20 >> 4;
	for (unsigned i = AT_THRESHOLD; i < WEIR_WHY_WORDS; i++)
		place[i] = event[i + WEIR_EVENT_THRESHOLD_WORD - AT_THRESHOLD];
	place[AT_THRESHOLD] = WEIR_EVENT_GET(event, THRESHOLD);
}

const uint32_t *weir_why_get(const struct weir_why *w, uint32_t n, const uint32_t address[4])
{
	for (unsigned k = 0; k < w->count; k++) {
		const uint32_t *place = w->place[w->order[k]];

		if (address && !weir_same_address(place + AT_REMOTE, address) && !weir_same_address(place + AT_PROTECTED, address))
			continue;
		if (!n--)
			return place;
	}
	return NULL;
}

void weir_why_words(const uint32_t place[WEIR_WHY_WORDS], uint64_t now_us, uint32_t ret_word[WEIR_WHY_WORDS])
{
	uint64_t window = now_us >> WEIR_WHY_WINDOW;

	memcpy(ret_word, place, WEIR_WHY_WORDS * sizeof(*place));
	window -= (uint32_t)window - place[AT_TIME];
	ret_word[AT_TIME] = (uint32_t)((window << WEIR_WHY_WINDOW) / 1000000);
}
