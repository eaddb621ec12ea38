// SPDX-License-Identifier: Apache-2.0
#include <string.h>

#include "native.h"
#include "sim/model/lists.h"
#include "weir/weir_regs.h"

enum { WhyMeter = 1 << 29, WhyEstablished = 1 << 30 };
#define WHY_SAMPLE (1u << 31)

static uint32_t get32(const uint8_t *at)
{
	return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static bool sampled(const struct weir_record *r, uint32_t enable)
{
	unsigned log2 = (enable & WEIR_SOC_EVENT_ENABLE_SAMPLE_LOG2_MASK) >> WEIR_SOC_EVENT_ENABLE_SAMPLE_LOG2_LSB;

	return enable & WEIR_SOC_EVENT_ENABLE_SAMPLE_MASK &&
	       (r->verdict == WEIR_VERDICT_drop || r->verdict == WEIR_VERDICT_answer) &&
	       !(r->seqno & ((1u << log2) - 1));
}

bool weir_soc_event(const struct weir_record *r, uint32_t enable, uint32_t word[WEIR_EVENT_WORDS])
{
	uint32_t why = 0;

	if (enable & WEIR_SOC_EVENT_ENABLE_METER_MASK && (r->trips || r->ends))
		why |= WhyMeter;
	if (enable & WEIR_SOC_EVENT_ENABLE_ESTABLISHED_MASK && r->event == WEIR_EVENT_established && !r->dir)
		why |= WhyEstablished;
	if (sampled(r, enable))
		why |= WHY_SAMPLE;
	if (!why)
		return false;
	word[0] = r->seqno;
	word[1] = (uint32_t)r->stamp_us;
	word[2] = why | r->reason | (uint32_t)r->verdict << 8 | (uint32_t)r->event << 11 | (uint32_t)r->dir << 15 |
		  (uint32_t)r->family << 16 | (uint32_t)r->tclass << 17 | (uint32_t)r->flood << 20 |
		  (uint32_t)r->legit << 23 | (uint32_t)r->proven << 24 | (uint32_t)r->l3_valid << 25 |
		  (uint32_t)r->l4_valid << 26;
	word[3] = r->trips | (uint32_t)r->rule << 18;
	word[4] = r->ends | (uint32_t)r->proto << 18;
	word[5] = r->threshold | (uint32_t)r->unit << 24;
	word[6] = r->measured;
	word[7] = r->sport | (uint32_t)r->dport << 16;
	for (int i = 0; i < 4; i++) {
		word[8 + i] = get32(r->remote + 4 * i);
		word[12 + i] = get32(r->protect + 4 * i);
	}
	return true;
}
