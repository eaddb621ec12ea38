// SPDX-License-Identifier: Apache-2.0
#include "random_peaks.h"

#include <stdio.h>

#include "weir/weir_regs.h"

enum { Words = 8, Peaks = WEIR_REG_PEAK_COUNT, StatePeaks = 5, PacketsMask = 0x3ffff };

void weir_random_peak_choose(struct weir_prng *p, struct weir_random_peak *ret)
{
	bool state = !weir_prng_below(p, 8);

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

bool weir_random_peaks_add(struct weir_random_peaks *q, const struct weir_random_peak *a, uint32_t seqno)
{
	unsigned at = (q->first + q->n) % WEIR_RANDOM_PEAKS_WAITING;

	if (q->n == WEIR_RANDOM_PEAKS_WAITING)
		return false;
	q->waiting[at].access = *a;
	q->waiting[at].seqno = seqno;
	q->n++;
	return true;
}

/** The first that waits. */
static bool repeat(struct weir_random_peaks *q, struct weir_model *m, char *ret_text, unsigned size)
{
	const struct weir_random_peak *a = &q->waiting[q->first].access;
	struct weir_random_peak model = *a;
	bool equal;

	weir_random_peak_model(m, &model);
	q->checks += !a->write;
	q->alive += !a->write && (a->word[0] || a->word[1]);
	equal = model.word[0] == a->word[0] && model.word[1] == a->word[1];
	if (!equal) {
		q->failed++;
		snprintf(ret_text, size, "%u before frame %u: model %x.%08x rtl %x.%08x", a->index,
			 q->waiting[q->first].seqno + 1, model.word[1], model.word[0], a->word[1], a->word[0]);
	}
	q->first = (q->first + 1) % WEIR_RANDOM_PEAKS_WAITING;
	q->n--;
	return equal;
}

bool weir_random_peaks_before(struct weir_random_peaks *q, struct weir_model *m, uint32_t seqno, char *ret_text,
			      unsigned size)
{
	bool equal = true;

	while (q->n && (int32_t)(seqno - q->waiting[q->first].seqno) > 0)
		equal &= repeat(q, m, ret_text, size);
	return equal;
}

bool weir_random_peaks_all(struct weir_random_peaks *q, struct weir_model *m, char *ret_text, unsigned size)
{
	bool equal = true;

	while (q->n)
		equal &= repeat(q, m, ret_text, size);
	return equal;
}
