// SPDX-License-Identifier: Apache-2.0
#include "firmware/app/why.h"

#include <string.h>

#include "firmware/hal/event.h"

enum verdict {
#define X(number, name, ...) VERDICT_##name = number,
#include "docs/lists/verdicts.def"
#undef X
};
/* Of a place, which is the answer from word 2 on. */
enum { AT_TIME, AT_WHAT, AT_COUNT, AT_THRESHOLD, AT_REMOTE = 6, AT_PROTECTED = 10 };
enum { ADDRESS = 16, COUNT_MOST = 0xffff };

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
		    !memcmp(place + AT_REMOTE, event + WEIR_EVENT_REMOTE, 2 * ADDRESS))
			break;
	}
	return k;
}

void weir_why_add(struct weir_why *w, uint32_t now_s, const uint32_t event[16])
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
	place[AT_TIME] = now_s;
	place[AT_WHAT] = (event[2] & WHAT) | WEIR_EVENT_GET(event, UNIT) << 17 | WEIR_EVENT_GET(event, PROTO) << 24;
	place[AT_COUNT] = (samples < COUNT_MOST ? samples + 1 : COUNT_MOST) | (WEIR_EVENT_GET(event, RULE) - 1) << 20 >> 4;
	memcpy(place + AT_THRESHOLD, event + WEIR_EVENT_THRESHOLD_WORD, (WEIR_WHY_WORDS - AT_THRESHOLD) * sizeof(*place));
	place[AT_THRESHOLD] = WEIR_EVENT_GET(event, THRESHOLD);
}

const uint32_t *weir_why_get(const struct weir_why *w, uint32_t n, const uint32_t address[4])
{
	for (unsigned k = 0; k < w->count; k++) {
		const uint32_t *place = w->place[w->order[k]];

		if (address && memcmp(place + AT_REMOTE, address, ADDRESS) && memcmp(place + AT_PROTECTED, address, ADDRESS))
			continue;
		if (!n--)
			return place;
	}
	return NULL;
}
