// SPDX-License-Identifier: Apache-2.0
#include "meter.h"

#define COUNT_MAX 0x3ffffu
#define BCOUNT_MAX 0xffffffu
#define QUIET_MAX 255u
#define WINDOW_TIME (UINT32_C(1) << (WEIR_WINDOW_BITS + 8))
#define TIME_WINDOWS 16u   /* so many windows empty any tat */

static uint32_t min32(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

static uint32_t max32(uint32_t a, uint32_t b)
{
	return a > b ? a : b;
}

static uint32_t earlier(uint32_t tat, uint32_t windows)
{
	if (windows >= TIME_WINDOWS || tat <= windows * WINDOW_TIME)
		return 0;
	return tat - windows * WINDOW_TIME;
}

void weir_meter_fresh(struct weir_meter_state *s, uint64_t window)
{
	uint8_t cfg = s->cfg;

	*s = (struct weir_meter_state){ .win = window, .cfg = cfg };
}

/** Step 1 of 6.2: the state moves on by a > 0 windows. */
static void next_window(struct weir_meter_state *s, const struct weir_meter_cfg *c,
			const struct weir_meter_in *in, struct weir_meter_result *ret)
{
	uint32_t a = (uint32_t)(in->window - s->win);
	bool loud = (c->pkt_threshold && 2 * s->count >= c->pkt_threshold) ||
		    (in->bytes && c->byte_threshold && 2 * s->bcount >= c->byte_threshold);

	s->quiet = (uint8_t)min32(QUIET_MAX, loud ? a - 1 : s->quiet + a);
	if (s->tripped && s->quiet >= c->hold) {
		s->tripped = 0;
		ret->end = true;
	}
	s->tat = earlier(s->tat, a);
	s->btat = earlier(s->btat, a);
	s->prev_count = a == 1 ? s->count : 0;
	s->count = 0;
	s->bcount = 0;
	s->win = in->window;
}

void weir_meter_update(struct weir_meter_state *s, const struct weir_meter_cfg *c,
		       const struct weir_meter_in *in, struct weir_meter_result *ret)
{
	uint32_t x, y = 0;
	bool ok_p, ok_b = true, ok;

	ret->candidate = ret->trip = ret->end = false;
	if (s->win != in->window)
		next_window(s, c, in, ret);

	s->count = min32(s->count + 1, COUNT_MAX);
	x = max32(s->tat, in->position);
	ok_p = x - in->position <= c->pkt_tau;
	if (in->bytes) {
		s->bcount = min32(s->bcount + in->len, BCOUNT_MAX);
		y = max32(s->btat, in->position);
		ok_b = y - in->position <= c->byte_tau;
	}
	ok = ok_p && ok_b;

	ret->unit = ok_p && !ok_b;
	ret->threshold = ret->unit ? c->byte_threshold : c->pkt_threshold;
	ret->measured = ret->unit ? s->bcount : s->count;
	if (in->used)
		return;

	if (!ok && !s->tripped && (c->action == WEIR_METER_drop || c->action == WEIR_METER_declare)) {
		s->tripped = 1;
		s->quiet = 0;
		ret->trip = true;
	}
	if (ok && !(c->action == WEIR_METER_drop && s->tripped)) {
		s->tat = min32(x + c->pkt_cost, WEIR_METER_TIME_MAX);
		if (in->bytes) {
			uint64_t cost = (uint64_t)in->len * c->byte_cost >> 8;

			s->btat = (uint32_t)(y + cost < WEIR_METER_TIME_MAX ? y + cost : WEIR_METER_TIME_MAX);
		}
	}
	ret->candidate = (c->action == WEIR_METER_limit && !ok) ||
			 (c->action == WEIR_METER_drop && s->tripped);
}
