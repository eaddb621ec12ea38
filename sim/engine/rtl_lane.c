// SPDX-License-Identifier: Apache-2.0
#include "rtl_lane.h"

#include <stdlib.h>
#include <string.h>

#include "rtl_sim.h"

void weir_rtl_lane_start(struct weir_rtl_lane_in *l, struct weir_rtl_frame *f)
{
	l->frame = f;
	l->word = 0;
}

bool weir_rtl_lane_word(const struct weir_rtl_lane_in *l, uint64_t *ret_data, uint32_t *ret_len)
{
	const struct weir_rtl_frame *f = l->frame;
	uint64_t data = 0;
	int i;

	for (i = 0; i < 8; i++)
		data |= (uint64_t)f->bytes[8 * l->word + (uint32_t)i] << (8 * i);
	*ret_data = data;
	*ret_len = f->known << 16 | f->len;
	return 8 * (l->word + 1) >= f->len;
}

void weir_rtl_lane_taken(struct weir_rtl_lane_in *l, uint64_t clock)
{
	struct weir_rtl_frame *f = l->frame;

	l->word++;
	if (8 * l->word < f->len)
		return;
	f->last_clock = clock;
	l->frame = NULL;
	l->word = 0;
	if (f->orphan)
		free(f);
}

bool weir_rtl_lane_out_ready(const struct weir_rtl_lane_out *l, uint64_t time_ns)
{
	return l->len || time_ns >= l->free_ns;
}

void weir_rtl_lane_out_word(struct weir_rtl_lane_out *l, uint64_t data, uint32_t len, uint64_t clock,
			    uint64_t time_ns)
{
	int i;

	if (!l->len) {
		l->len = len;
		l->fill = 0;
		l->first_clock = clock;
		l->first_ns = time_ns;
	}
	for (i = 0; i < 8 && l->fill < WEIR_RTL_MAX_BYTES; i++)
		l->bytes[l->fill++] = (uint8_t)(data >> (8 * i));
}

void weir_rtl_lane_out_end(struct weir_rtl_lane_out *l)
{
	/* Preamble 8, FCS 4, gap 12; a frame of less than 60 bytes is padded. */
	uint32_t wire_bytes = (l->len < 60 ? 60 : l->len) + 24;
	/* A wire that was not idle goes on at its own pace, not at that of the core clock. */
	uint64_t start_ns = l->first_ns - l->free_ns < WEIR_RTL_CORE_NS ? l->free_ns : l->first_ns;

	l->free_ns = start_ns + 8 * (uint64_t)wire_bytes;
}
