// SPDX-License-Identifier: Apache-2.0
#include "firmware/app/season.h"

#include <string.h>

uint16_t weir_season_pack(uint32_t value)
{
	unsigned e = 0;

	while (value > 0xfff) {
		value = (value >> 1) + (value & 1);
		e++;
	}
	return (uint16_t)(value | e << 12);
}

uint32_t weir_season_unpack(uint16_t packed)
{
	return (uint32_t)(packed & 0xfff) << (packed >> 12);
}

/** A quarter of what is new; all of it the first time. */
static uint16_t mix(uint16_t old, uint16_t most)
{
	uint32_t a = weir_season_unpack(old), b = weir_season_unpack(most);

	if (!old || !most)
		return old ? old : most;
	return weir_season_pack(b > a ? a + (b - a + 3) / 4 : a - (a - b) / 4);
}

static void slot_over(struct weir_fw *fw)
{
	for (unsigned i = 0; i < WEIR_SEASON_SERIES; i++) {
		if (fw->season_whole)
			fw->season[i][fw->season_slot] = mix(fw->season[i][fw->season_slot], fw->season_most[i]);
		fw->season_most[i] = 0;
	}
	fw->season_whole = true;
	if (++fw->season_slot == fw->season_slots)
		fw->season_slot = 0;
}

static void begin(struct weir_fw *fw, uint64_t now_us)
{
	/* Seconds have 32 bits: what divides more is large, and slow. */
	uint32_t slot = (uint32_t)(now_us / 1000000) / fw->season_slot_s;

	fw->season_slot = slot % fw->season_slots;
	fw->season_end_us = (slot + 1ull) * fw->season_slot_s * 1000000;
	fw->season_whole = false;
	memset(fw->season_most, 0, sizeof(fw->season_most));
}

void weir_season_step(struct weir_fw *fw, uint64_t now_us)
{
	uint64_t slot_us = (uint64_t)fw->param[WEIR_PARAM_season_slot_s] * 1000000;

	if (fw->season_slots != fw->param[WEIR_PARAM_season_slots] ||
	    fw->season_slot_s != fw->param[WEIR_PARAM_season_slot_s]) {
		fw->season_slots = fw->param[WEIR_PARAM_season_slots];
		fw->season_slot_s = fw->param[WEIR_PARAM_season_slot_s];
		fw->season_end_us = 0;
		memset(fw->season, 0, sizeof(fw->season));
	}
	if (!fw->season_slots)
		return;
	if (!fw->season_end_us) {
		begin(fw, now_us);
	} else if (now_us >= fw->season_end_us) {
		slot_over(fw);
		fw->season_end_us += slot_us;
		/* Time has jumped over a slot. */
		if (now_us >= fw->season_end_us)
			begin(fw, now_us);
	}
}

void weir_season_add(struct weir_fw *fw, unsigned i, uint32_t x)
{
	if (fw->season_slots && i < WEIR_SEASON_SERIES && x > weir_season_unpack(fw->season_most[i]))
		fw->season_most[i] = weir_season_pack(x < WEIR_LEARN_MOST ? x : WEIR_LEARN_MOST);
}

uint32_t weir_season_get(const struct weir_fw *fw, unsigned i)
{
	uint32_t here, next;

	if (!fw->season_slots || i >= WEIR_SEASON_SERIES)
		return 0;
	here = weir_season_unpack(fw->season[i][fw->season_slot]);
	next = weir_season_unpack(fw->season[i][fw->season_slot + 1 < fw->season_slots ? fw->season_slot + 1 : 0]);
	return here > next ? here : next;
}
