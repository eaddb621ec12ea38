// SPDX-License-Identifier: Apache-2.0
#include "firmware/app/learn.h"

uint32_t weir_learn_margin(uint32_t percent)
{
	return (percent * 256 + 99) / 100;
}

/** d / 2^k to nearest, halves away from 0, so that nothing drifts. */
static int32_t part(int32_t d, unsigned k)
{
	int32_t half = k ? 1 << (k - 1) : 0;

	return d < 0 ? -((half - d) >> k) : (d + half) >> k;
}

/** floor(log2(n)), n at least 1. */
static unsigned log2_floor(uint32_t n)
{
	unsigned k = 0;

	while (n >>= 1)
		k++;
	return k;
}

void weir_learn_step(struct weir_series *s, const struct weir_learn_settings *set, uint32_t x)
{
	uint32_t v = (x < WEIR_LEARN_MOST ? x : WEIR_LEARN_MOST) << 8;

	if (!s->periods) {
		/* As RFC 6298 2.2 begins with one sample. */
		s->mean = s->peak = v;
		s->deviation = v / 2;
	} else {
		unsigned k = log2_floor((uint32_t)s->periods + 1);
		int32_t d = (int32_t)v - (int32_t)s->mean;

		if (k > set->shift)
			k = set->shift;
		s->mean = (uint32_t)((int32_t)s->mean + part(d, k));
		s->deviation = (uint32_t)((int32_t)s->deviation + part((d < 0 ? -d : d) - (int32_t)s->deviation, k));
		/* Silence says nothing about how loud it may be. */
		if (x && s->peak)
			s->peak -= s->peak >> set->peak_shift ? s->peak >> set->peak_shift : 1;
		if (v > s->peak)
			s->peak = v;
	}
	if (s->periods < UINT16_MAX)
		s->periods++;
}

uint32_t weir_learned(const struct weir_series *s, uint32_t season)
{
	uint32_t spread = s->mean + 4 * s->deviation;
	uint32_t most = ((spread > s->peak ? spread : s->peak) + 255) >> 8;

	if (season > most)
		most = season;
	return most < WEIR_LEARN_MOST ? most : WEIR_LEARN_MOST;
}

bool weir_learn_threshold(struct weir_series *s, const struct weir_learn_settings *set, uint32_t season, uint32_t floor,
			  uint32_t ceiling)
{
	uint32_t before = s->threshold, t = before, step = before >> set->step_log2;
	uint32_t target = (weir_learned(s, season) * set->margin_q8 + 255) >> 8;

	if (s->periods < set->learn_min)
		return false;
	if (!step)
		step = 1;
	if (!t)
		t = target;
	else if (target > t)
		t = target - t > step ? t + step : target;
	else
		t = t - target > step ? t - step : target;
	if (t < floor)
		t = floor;
	if (t > ceiling)
		t = ceiling;
	s->threshold = t;
	return t != before;
}
