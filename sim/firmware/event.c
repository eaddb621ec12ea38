// SPDX-License-Identifier: Apache-2.0
#include <string.h>

#include "firmware/hal/event.h"
#include "native.h"
#include "sample.h"
#include "host/common/lists.h"
#include "weir/weir_regs.h"

static uint32_t get32(const uint8_t *at)
{
	return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static bool sampled(const struct weir_record *r, uint32_t enable)
{
	unsigned log2 = (enable & WEIR_SOC_EVENT_ENABLE_SAMPLE_LOG2_MASK) >> WEIR_SOC_EVENT_ENABLE_SAMPLE_LOG2_LSB;

	return enable & WEIR_SOC_EVENT_ENABLE_SAMPLE_MASK &&
	       (r->verdict == WEIR_VERDICT_drop || r->verdict == WEIR_VERDICT_answer) &&
	       weir_sampled(r->seqno, log2);
}

bool weir_soc_event(const struct weir_record *r, uint32_t enable, uint32_t word[WEIR_EVENT_WORDS])
{
	bool meter = enable & WEIR_SOC_EVENT_ENABLE_METER_MASK && (r->trips || r->ends);
	bool established = enable & WEIR_SOC_EVENT_ENABLE_ESTABLISHED_MASK && r->event == WEIR_EVENT_established && !r->dir;
	bool sample = sampled(r, enable);

	if (!meter && !established && !sample)
		return false;
	memset(word, 0, WEIR_EVENT_WORDS * sizeof(*word));
	WEIR_EVENT_PUT(word, IS_METER, meter);
	WEIR_EVENT_PUT(word, IS_ESTABLISHED, established);
	WEIR_EVENT_PUT(word, IS_SAMPLE, sample);
	WEIR_EVENT_PUT(word, NUMBER, r->seqno);
	WEIR_EVENT_PUT(word, STAMP, (uint32_t)r->stamp_us);
	WEIR_EVENT_PUT(word, REASON, r->reason);
	WEIR_EVENT_PUT(word, VERDICT, r->verdict);
	WEIR_EVENT_PUT(word, EVENT, r->event);
	WEIR_EVENT_PUT(word, DIRECTION, r->dir);
	WEIR_EVENT_PUT(word, FAMILY, r->family);
	WEIR_EVENT_PUT(word, TCLASS, r->tclass);
	WEIR_EVENT_PUT(word, FLOOD, r->flood);
	WEIR_EVENT_PUT(word, LEGIT, r->legit);
	WEIR_EVENT_PUT(word, PROVEN, r->proven);
	WEIR_EVENT_PUT(word, L3_VALID, r->l3_valid);
	WEIR_EVENT_PUT(word, L4_VALID, r->l4_valid);
	WEIR_EVENT_PUT(word, TRIPS, r->trips);
	WEIR_EVENT_PUT(word, RULE, r->rule);
	WEIR_EVENT_PUT(word, ENDS, r->ends);
	WEIR_EVENT_PUT(word, PROTO, r->proto);
	WEIR_EVENT_PUT(word, THRESHOLD, r->threshold);
	WEIR_EVENT_PUT(word, UNIT, r->unit);
	WEIR_EVENT_PUT(word, MEASURED, r->measured);
	WEIR_EVENT_PUT(word, SPORT, r->sport);
	WEIR_EVENT_PUT(word, DPORT, r->dport);
	for (int i = 0; i < 4; i++) {
		word[WEIR_EVENT_REMOTE + i] = get32(r->remote + 4 * i);
		word[WEIR_EVENT_PROTECTED + i] = get32(r->protect + 4 * i);
	}
	return true;
}
