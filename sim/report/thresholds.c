// SPDX-License-Identifier: Apache-2.0
/* Thresholds over time, from what is written to meter_cfg and state_cfg: by the policy, then by the firmware; and the peaks that
 * the firmware read beside them. */
#include "timeline.h"
#include "weir/weir_regs.h"

#define MASK(field) ((1u << WEIR_REG_##field##_BITS) - 1)

enum { WordBits = 32, WordBytes = 4, BytesLog2 = 2, SynHost = 192, SynTotal, SynLegit };
static const uint32_t window = 1u << 24;   /* in 2^-8 us, as costs are */

_Static_assert(WEIR_REG_METER_CFG_PKT_COST_LSB == 0 && WEIR_REG_METER_CFG_BYTE_COST_LSB % WordBits == 0 &&
	       WEIR_REG_STATE_CFG_SYN_HOST_THRESHOLD_LSB % WordBits == 0 && WEIR_REG_STATE_CFG_SYN_TOTAL_THRESHOLD_LSB % WordBits == 0 &&
	       WEIR_REG_STATE_CFG_ZOMBIE_THRESHOLD_LSB == 0, "each at the begin of a word");

/* What a cost allows in a window, to the nearest: the inverse of docs/firmware.md, "In the hardware". */
static uint32_t per_window(uint32_t cost, unsigned log2)
{
	return cost ? (uint32_t)((((uint64_t)window << log2) + cost / 2) / cost) : WEIR_TIMELINE_UNLIMITED;
}

/* The series whose threshold a word of an entry holds; false: none. */
static bool threshold_of(uint32_t addr, uint32_t value, unsigned *ret_series, uint32_t *ret_threshold)
{
	const uint32_t meters = WEIR_REG_METER_CFG(0), byte_word = WEIR_REG_METER_CFG_BYTE_COST_LSB / WordBits * WordBytes;
	static const struct {
		uint32_t addr, mask;
		unsigned series;
	} states[] = {
		{ WEIR_REG_STATE_CFG_SYN + WEIR_REG_STATE_CFG_SYN_HOST_THRESHOLD_LSB / WordBits * WordBytes,
		  MASK(STATE_CFG_SYN_HOST_THRESHOLD), SynHost },
		{ WEIR_REG_STATE_CFG_SYN + WEIR_REG_STATE_CFG_SYN_TOTAL_THRESHOLD_LSB / WordBits * WordBytes,
		  MASK(STATE_CFG_SYN_TOTAL_THRESHOLD), SynTotal },
		{ WEIR_REG_STATE_CFG_ZOMBIE, MASK(STATE_CFG_ZOMBIE_THRESHOLD), SynLegit },
	};

	if (addr >= meters && addr < meters + WEIR_REG_METER_CFG_COUNT * WEIR_ENTRY_SPAN) {
		unsigned index = (addr - meters) / WEIR_ENTRY_SPAN;
		bool bytes = addr % WEIR_ENTRY_SPAN == byte_word;

		*ret_series = index + (bytes ? WEIR_SERIES_OF_BYTES : 0);
		*ret_threshold = bytes ? per_window(value & MASK(METER_CFG_BYTE_COST), BytesLog2)
				       : per_window(value & MASK(METER_CFG_PKT_COST), 0);
		return bytes || addr % WEIR_ENTRY_SPAN == 0;
	}
	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
		if (addr != states[i].addr)
			continue;
		*ret_series = states[i].series;
		*ret_threshold = value & states[i].mask ? value & states[i].mask : WEIR_TIMELINE_UNLIMITED;
		return true;
	}
	return false;
}

void weir_timeline_write(struct weir_timeline *t, uint64_t time_ns, uint32_t addr, uint32_t value)
{
	uint32_t threshold;
	unsigned series;

	if (threshold_of(addr, value, &series, &threshold))
		t->threshold[series][weir_timeline_step(t, time_ns)] = threshold;
}

void weir_timeline_peak(struct weir_timeline *t, uint64_t time_ns, unsigned index, uint32_t word)
{
	uint32_t value = (word & MASK(PEAK_PACKETS)) + 1, *to;

	/* Before the first packet the firmware tests whether entries hold what is written. */
	if (index >= WEIR_TIMELINE_PEAKS || !t->start_ns)
		return;
	to = &t->peak[index][weir_timeline_step(t, time_ns)];
	if (*to < value)
		*to = value;
}

size_t weir_timeline_thresholds(const struct weir_timeline *t, unsigned series, struct weir_threshold_step ret[WEIR_TIMELINE_BINS])
{
	size_t n = 0;

	for (size_t i = 0; series < WEIR_TIMELINE_SERIES && i < WEIR_TIMELINE_BINS; i++) {
		uint32_t threshold = t->threshold[series][i];

		if (threshold && (!n || ret[n - 1].threshold != threshold))
			ret[n++] = (struct weir_threshold_step){ i * t->width_ns, threshold };
	}
	return n;
}
