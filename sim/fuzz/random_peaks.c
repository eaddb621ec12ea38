// SPDX-License-Identifier: Apache-2.0
#include "random_peaks.h"

#include "weir/weir_regs.h"

enum { Words = 8, Peaks = WEIR_REG_PEAK_COUNT, StatePeaks = 5, PacketsMask = 0x3ffff };

void weir_random_peak_choose(struct weir_prng *p, struct weir_random_peak *ret)
{
	bool state = !weir_prng_below(p, 3);

	*ret = (struct weir_random_peak){
		.index = state ? Peaks - 1 - (uint32_t)weir_prng_below(p, StatePeaks) : (uint32_t)weir_prng_below(p, Peaks),
		.write = !weir_prng_below(p, 16),
	};
	if (!ret->write)
		return;
	/* Small, so that frames soon go beyond it. What belongs to no meter has no bytes. */
	ret->word[0] = (uint32_t)weir_prng_next(p) & PacketsMask >> weir_prng_below(p, 18);
	if (ret->index < Peaks - StatePeaks) {
		uint32_t bytes = (uint32_t)weir_prng_next(p) & PacketsMask >> weir_prng_below(p, 18);

		ret->word[0] |= bytes << WEIR_REG_PEAK_BYTES_LSB;
		ret->word[1] = bytes >> (32 - WEIR_REG_PEAK_BYTES_LSB);
	}
}

void weir_random_peak_model(struct weir_model *m, struct weir_random_peak *a)
{
	for (uint32_t i = 0; i < Words; i++) {
		uint32_t addr = WEIR_REG_PEAK(a->index) + 4 * i;

		if (a->write)
			weir_model_write(m, addr, i < 2 ? a->word[i] : 0);
		else if (i < 2)
			weir_model_read(m, addr, &a->word[i]);
	}
}
