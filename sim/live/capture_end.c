// SPDX-License-Identifier: Apache-2.0
#include "capture_end.h"

#include <string.h>

#include "sim/firmware/sample.h"
#include "weir/weir_regs.h"

enum { HeadWords = 4, StampHighBits = 24, KeptLsb = 24, VerdictLsb = 8, DirLsb = 11, LengthLsb = 16, LengthMask = 0x7ff };

enum { SettingsMask = WEIR_SOC_CAPTURE_RUN_MASK | WEIR_SOC_CAPTURE_SAMPLE_LOG2_MASK | WEIR_SOC_CAPTURE_SIDES_MASK | WEIR_SOC_CAPTURE_VERDICTS_MASK,
       ReasonMask = WEIR_SOC_CAPTURE_REASON_MATCH_MASK | WEIR_SOC_CAPTURE_REASON_MASK_MASK };

#define FIELD(word, field) (((word) & field##_MASK) >> field##_LSB)

void weir_capture_end_init(struct weir_capture_end *c)
{
	memset(c, 0, sizeof(*c));
	c->settings = WEIR_SOC_CAPTURE_SIDES_RESET << WEIR_SOC_CAPTURE_SIDES_LSB | WEIR_SOC_CAPTURE_VERDICTS_RESET << WEIR_SOC_CAPTURE_VERDICTS_LSB;
}

bool weir_capture_end_read(const struct weir_capture_end *c, uint32_t addr, uint32_t *ret)
{
	if (addr >= WEIR_SOC_CAPTURE_HEAD(0) && addr < WEIR_SOC_CAPTURE_HEAD(WEIR_SOC_CAPTURE_HEAD_COUNT)) {
		*ret = c->count ? c->entry[c->first][(addr - WEIR_SOC_CAPTURE_HEAD(0)) / 4] : 0;
		return true;
	}
	switch (addr) {
	case WEIR_SOC_CAPTURE:
		*ret = c->settings;
		return true;
	case WEIR_SOC_CAPTURE_REASON:
		*ret = c->reason;
		return true;
	case WEIR_SOC_CAPTURE_QUEUE:
		*ret = c->count << WEIR_SOC_CAPTURE_QUEUE_COUNT_LSB | c->missed << WEIR_SOC_CAPTURE_QUEUE_MISSED_LSB;
		return true;
	case WEIR_SOC_CAPTURE_POP:
		*ret = 0;
		return true;
	default:
		return false;
	}
}

bool weir_capture_end_write(struct weir_capture_end *c, uint32_t addr, uint32_t value)
{
	switch (addr) {
	case WEIR_SOC_CAPTURE:
		c->settings = value & SettingsMask;
		return true;
	case WEIR_SOC_CAPTURE_REASON:
		c->reason = value & ReasonMask;
		return true;
	case WEIR_SOC_CAPTURE_POP:
		if (c->count) {
			c->first = (c->first + 1) % WEIR_CAPTURE_END_FRAMES;
			c->count--;
		}
		return true;
	default:
		return false;
	}
}

static bool fits(const struct weir_capture_end *c, const struct weir_record *r)
{
	return FIELD(c->settings, WEIR_SOC_CAPTURE_RUN) && FIELD(c->settings, WEIR_SOC_CAPTURE_SIDES) >> r->dir & 1 &&
	       weir_sampled(r->seqno, FIELD(c->settings, WEIR_SOC_CAPTURE_SAMPLE_LOG2)) && FIELD(c->settings, WEIR_SOC_CAPTURE_VERDICTS) >> r->verdict & 1 &&
	       !((r->reason ^ FIELD(c->reason, WEIR_SOC_CAPTURE_REASON_MATCH)) & FIELD(c->reason, WEIR_SOC_CAPTURE_REASON_MASK));
}

void weir_capture_end_record(struct weir_capture_end *c, const struct weir_record *record, const uint8_t *octets, uint32_t known)
{
	uint32_t kept = known < record->len ? known : record->len, *word;

	if (!fits(c, record))
		return;
	if (c->count == WEIR_CAPTURE_END_FRAMES) {
		c->missed = (c->missed + 1) & (WEIR_SOC_CAPTURE_QUEUE_MISSED_MASK >> WEIR_SOC_CAPTURE_QUEUE_MISSED_LSB);
		return;
	}
	kept = kept < WEIR_CAPTURE_END_OCTETS ? kept : WEIR_CAPTURE_END_OCTETS;
	word = c->entry[(c->first + c->count++) % WEIR_CAPTURE_END_FRAMES];
	memset(word, 0, sizeof(c->entry[0]));
	word[0] = record->seqno;
	word[1] = (uint32_t)record->stamp_us;
	word[2] = (uint32_t)(record->stamp_us >> 32) & ((1u << StampHighBits) - 1);
	word[2] |= kept << KeptLsb;
	word[3] = record->reason | (uint32_t)record->verdict << VerdictLsb | (uint32_t)record->dir << DirLsb |
		  (record->len & (uint32_t)LengthMask) << LengthLsb;
	for (uint32_t i = 0; i < kept; i++)
		word[HeadWords + i / 4] |= (uint32_t)octets[i] << 8 * (i % 4);
}
