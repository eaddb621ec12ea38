// SPDX-License-Identifier: Apache-2.0
/* libFuzzer target: the input is a series of frames for one model, each with a short head:
 * direction, gap in time, bytes cut away, length; before some of them a peak is read. */
#include <stdlib.h>
#include <string.h>

#include "random_rules.h"
#include "host/common/lists.h"
#include "sim/model/weir_model.h"
#include "sim/tests/model_setup.h"
#include "weir/weir_regs.h"

#define HEAD 6u
#define FRAME_MIN 60u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/** Read one; it is within what can be measured. */
static void read_peak(struct weir_model *m, uint32_t index)
{
	uint32_t word[2];

	for (uint32_t i = 0; i < 2; i++)
		if (weir_model_read(m, WEIR_REG_PEAK(index) + 4 * i, &word[i]))
			abort();
	if (index >= WEIR_PEAK_syn_host && (word[1] || word[0] >> WEIR_REG_PEAK_PACKETS_BITS))
		abort();
}

static void write_word(void *ctx, uint32_t addr, uint32_t value)
{
	if (weir_model_write(ctx, addr, value))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct weir_model *m;
	static uint64_t now_us;
	static struct weir_hash hash;
	struct weir_record r;

	if (!m) {
		struct weir_prng p;

		m = weir_model_new();
		if (!m)
			abort();
		weir_prng_seed(&p, 1, 0);
		setup_defaults(m);
		setup_random(m, &p);
		setup_random_state(m, &p, now_us);
		setup_hash(&hash);
		weir_random_rules(&p, &hash, 0, write_word, m);
		weir_random_rules_cfg(&p, 0, write_word, m);
	}
	while (size > HEAD) {
		uint32_t len = (uint32_t)data[0] << 8 | data[1], cut = data[2], have;
		int dir = data[3] & 1;
		uint8_t *frame;

		now_us += (uint64_t)data[4] << (data[5] & 31);
		if (data[3] & 2)
			read_peak(m, (data[3] >> 2 | (uint32_t)data[2] << 6) % WEIR_PEAKS);
		data += HEAD;
		size -= HEAD;
		have = len < size ? len : (uint32_t)size;
		if (weir_model_refuse(m, data, len, have, dir)) {
			data += have;
			size -= have;
			continue;
		}
		if (len < FRAME_MIN)
			len = FRAME_MIN;
		cut = have > cut ? have - cut : 0;
		frame = malloc(cut + 1);
		if (!frame)
			abort();
		memcpy(frame, data, cut);
		weir_model_packet(m, frame, len, cut, dir, now_us, &r);
		free(frame);
		data += have;
		size -= have;
	}
	return 0;
}
