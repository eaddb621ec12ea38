// SPDX-License-Identifier: Apache-2.0
#include "peak.h"

#include "model_priv.h"
#include "weir/weir_regs.h"

#define BYTES_LOG2 6

static void keep_largest(uint32_t *peak, uint32_t value)
{
	if (value > *peak)
		*peak = value;
}

void weir_peak_meter(struct weir_peak peaks[WEIR_METER_CFGS], unsigned cfg, const struct weir_meter_state *s)
{
	keep_largest(&peaks[cfg].packets, s->count);
	keep_largest(&peaks[cfg].bytes, s->bcount >> BYTES_LOG2);
}

void weir_peak_state(struct weir_peak peaks[WEIR_STATE_PEAKS], enum weir_peak_number number, uint32_t count)
{
	keep_largest(&peaks[number - WEIR_METER_CFGS].packets, count);
}

static struct weir_peak *find(struct weir_model *m, uint32_t index)
{
	return index < WEIR_METER_CFGS ? &m->peak[index] : &m->state.peak[index - WEIR_METER_CFGS];
}

void weir_peak_read(struct weir_model *m, uint32_t index, uint32_t *word)
{
	struct weir_peak *p = find(m, index);

	WEIR_FIELD_PUT(word, WEIR_REG_PEAK_PACKETS, p->packets);
	WEIR_FIELD_PUT(word, WEIR_REG_PEAK_BYTES, p->bytes);
	*p = (struct weir_peak){ 0 };
}

void weir_peak_write(struct weir_model *m, uint32_t index, const uint32_t *word)
{
	*find(m, index) = (struct weir_peak){
		.packets = (uint32_t)WEIR_FIELD_GET(word, WEIR_REG_PEAK_PACKETS),
		.bytes = (uint32_t)WEIR_FIELD_GET(word, WEIR_REG_PEAK_BYTES),
	};
}
