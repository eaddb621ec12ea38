// SPDX-License-Identifier: Apache-2.0
#include "firmware/app/alarm.h"

#include <string.h>

#define S 1000000u
/* Hold times and timeouts of entries are below 256 windows: a key that has not been loud for that long is not tripped, whether or
 * not its end was heard of. */
#define TRIPPED_MOST_US (256u << 16)

void weir_alarms_init(struct weir_alarms *a)
{
	memset(a, 0, sizeof(*a));
}

/** Time since. What happens within a poll may be later than the poll's own time: not long ago, and not in an age to come. */
static uint64_t since(uint64_t now_us, uint64_t then_us)
{
	return now_us > then_us ? now_us - then_us : 0;
}

static uint32_t add(uint32_t a, uint32_t b)
{
	return a + b < a ? UINT32_MAX : a + b;
}

/** A counter that went backwards was cleared. */
static void count_dropped(struct weir_alarm *x, uint32_t dropped)
{
	uint32_t more = dropped - x->dropped_before;

	if (more <= INT32_MAX)
		x->dropped = add(x->dropped, more);
	x->dropped_before = dropped;
}

static uint8_t severity(unsigned kind, uint32_t threshold, uint32_t measured)
{
	if (kind != WEIR_ALARM_METER)
		return kind == WEIR_ALARM_LOST ? WEIR_SEVERITY_MINOR : WEIR_SEVERITY_MAJOR;
	if (measured >= (uint64_t)threshold * 10)
		return WEIR_SEVERITY_CRITICAL;
	return measured >= (uint64_t)threshold * 2 ? WEIR_SEVERITY_MAJOR : WEIR_SEVERITY_MINOR;
}

/** By severity, then by what was measured against the threshold; without one it is the least of its severity. */
static bool worse(const struct weir_alarm *x, const struct weir_alarm *y)
{
	if (x->severity != y->severity)
		return x->severity > y->severity;
	if (!x->threshold || !y->threshold)
		return x->threshold;
	return (uint64_t)x->worst * y->threshold > (uint64_t)y->worst * x->threshold;
}

/** A trip that nobody could place may be of any family; what is not of traffic has no kin. */
static unsigned kin(unsigned kind, unsigned series)
{
	if (kind != WEIR_ALARM_METER)
		return 0;
	return series == WEIR_SERIES_NONE ? WEIR_KIN_ALL : weir_series_kin(series);
}

static void gone(struct weir_alarms *a, unsigned mask, uint64_t us)
{
	if (!mask)
		return;
	a->gone_kin |= mask;
	if (us > a->gone_us)
		a->gone_us = us;
}

static void end(struct weir_alarm *x, uint64_t now_us)
{
	x->on = false;
	x->state = WEIR_ALARM_END;
	x->end_us = now_us;
	x->tripped = 0;
}

/** The alarm of this series that is on, or the one that ended last. */
static struct weir_alarm *find(struct weir_alarms *a, unsigned kind, unsigned series)
{
	struct weir_alarm *found = NULL;

	for (struct weir_alarm *x = a->ring; x < a->ring + WEIR_ALARMS_KEPT; x++) {
		if (!x->number || x->kind != kind || x->series != series)
			continue;
		if (x->on)
			return x;
		if (!found || x->end_us > found->end_us)
			found = x;
	}
	return found;
}

/** Room for one more that is on, if need be that of the least. @return whether there is. */
static bool make_room(struct weir_alarms *a, const struct weir_alarm *next, uint64_t now_us)
{
	struct weir_alarm *least = NULL;
	unsigned on = 0;

	for (struct weir_alarm *x = a->ring; x < a->ring + WEIR_ALARMS_KEPT; x++) {
		if (!x->number || !x->on)
			continue;
		on++;
		if (!least || worse(least, x))
			least = x;
	}
	if (on < WEIR_ALARMS_ON)
		return true;
	if (!worse(next, least)) {
		gone(a, kin(next->kind, next->series), now_us);
		return false;
	}
	end(least, now_us);
	return true;
}

/** A free place, or that of the one that ended first: less than half of the ring are on. */
static struct weir_alarm *place(struct weir_alarms *a)
{
	struct weir_alarm *oldest = NULL;

	for (struct weir_alarm *x = a->ring; x < a->ring + WEIR_ALARMS_KEPT; x++) {
		if (!x->number)
			return x;
		if (!x->on && (!oldest || x->end_us < oldest->end_us))
			oldest = x;
	}
	gone(a, kin(oldest->kind, oldest->series), oldest->end_us);
	return oldest;
}

static void measure(struct weir_alarm *x, uint32_t measured, const uint32_t address[4])
{
	static const uint32_t none[4];

	x->last = measured;
	if (measured > x->worst) {
		x->worst = measured;
		x->severity = severity(x->kind, x->threshold, measured);
	}
	if (address && memcmp(address, none, sizeof(none)) && measured >= x->loudest) {
		x->loudest = measured;
		memcpy(x->address, address, sizeof(x->address));
	}
}

const struct weir_alarm *weir_alarm_loud(struct weir_alarms *a, const struct weir_alarm_settings *s, uint64_t now_us,
					 unsigned kind, unsigned series, uint32_t threshold, uint32_t measured,
					 const uint32_t address[4], bool trip, uint32_t dropped)
{
	struct weir_alarm *x = find(a, kind, series);
	bool again = x && !x->on && since(now_us, x->end_us) <= (uint64_t)s->merge_s * S;

	if (!x || (!x->on && !again)) {
		struct weir_alarm next = {
			.kind = (uint8_t)kind, .series = (uint16_t)series, .threshold = threshold, .on = true,
			.start_us = now_us, .state = WEIR_ALARM_START, .told = measured, .dropped_before = dropped,
			.severity = severity(kind, threshold, 0),
		};

		measure(&next, measured, address);
		if (!make_room(a, &next, now_us))
			return NULL;
		next.number = ++a->numbers;
		x = place(a);
		*x = next;
	} else if (again) {
		struct weir_alarm next = *x;

		measure(&next, measured, address);
		if (!make_room(a, &next, now_us))
			return NULL;
		next.on = true;
		next.end_us = 0;
		next.state = WEIR_ALARM_ON;
		next.dropped_before = dropped;
		if (next.worst > next.told)
			next.told = next.worst;
		*x = next;
	} else {
		x->state = WEIR_ALARM_ON;
		count_dropped(x, dropped);
		measure(x, measured, address);
		if (x->worst / 2 >= x->told && x->worst > x->told) {
			x->told = x->worst;
			x->state = WEIR_ALARM_PEAK;
		}
	}
	x->loud_us = now_us;
	if (trip && x->tripped < UINT8_MAX)
		x->tripped++;
	return x->state == WEIR_ALARM_ON && !again ? NULL : x;
}

void weir_alarm_quiet(struct weir_alarms *a, unsigned series)
{
	struct weir_alarm *x = find(a, WEIR_ALARM_METER, series);

	if (x && x->on && x->tripped)
		x->tripped--;
}

/** How long it has been silent, in the sense of its end. */
static bool over(const struct weir_alarm *x, const struct weir_alarm_settings *s, uint64_t now_us)
{
	uint64_t silent_us = since(now_us, x->loud_us);

	return silent_us >= (uint64_t)s->hold_s * S && (!x->tripped || silent_us >= TRIPPED_MOST_US);
}

const struct weir_alarm *weir_alarm_period(struct weir_alarms *a, const struct weir_alarm_settings *s, uint64_t now_us,
					   unsigned series, uint32_t threshold, uint32_t measured, uint32_t dropped,
					   const uint32_t top[4])
{
	struct weir_alarm *x = NULL;

	for (struct weir_alarm *y = a->ring; y < a->ring + WEIR_ALARMS_KEPT; y++)
		if (y->number && y->on && y->series == series && (!x || (!over(x, s, now_us) && over(y, s, now_us))))
			x = y;
	if (!x)
		return NULL;
	x->state = WEIR_ALARM_ON;
	count_dropped(x, dropped);
	if (top)
		memcpy(x->top, top, sizeof(x->top));
	if (series != WEIR_SERIES_NONE) {
		measure(x, measured, NULL);
		if (threshold && measured > threshold / 2)
			x->loud_us = now_us;
	}
	if (!over(x, s, now_us))
		return NULL;
	end(x, now_us);
	return x;
}

unsigned weir_alarms_frozen(const struct weir_alarms *a, uint64_t now_us, uint64_t thaw_us)
{
	unsigned mask = a->gone_kin && since(now_us, a->gone_us) < thaw_us ? a->gone_kin : 0;

	for (const struct weir_alarm *x = a->ring; x < a->ring + WEIR_ALARMS_KEPT; x++)
		if (x->number && (x->on || since(now_us, x->end_us) < thaw_us))
			mask |= kin(x->kind, x->series);
	return mask;
}

const struct weir_alarm *weir_alarm_get(const struct weir_alarms *a, uint32_t number)
{
	for (const struct weir_alarm *x = a->ring; number && x < a->ring + WEIR_ALARMS_KEPT; x++)
		if (x->number == number)
			return x;
	return NULL;
}

static uint32_t seconds(uint64_t us)
{
	return (uint32_t)(us / S);
}

void weir_alarm_words(const struct weir_alarm *x, uint32_t ret_word[16])
{
	ret_word[0] = x->kind | (uint32_t)(x->state & 3) << 8 | (uint32_t)(x->severity & 3) << 10 |
		      (uint32_t)(x->series & 0xfff) << 16;
	ret_word[1] = x->number;
	ret_word[2] = seconds(x->start_us);
	ret_word[3] = seconds(x->end_us);
	ret_word[4] = x->threshold;
	ret_word[5] = x->worst;
	ret_word[6] = x->last;
	ret_word[7] = x->dropped;
	memcpy(ret_word + 8, x->address, sizeof(x->address));
	memcpy(ret_word + 12, x->top, sizeof(x->top));
}
