// SPDX-License-Identifier: Apache-2.0
/* model-seeds DIR N: N files with a few random frames each, as input for model_fuzz.c. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "random_frame.h"

int main(int argc, char **argv)
{
	struct weir_prng p;
	unsigned n;

	if (argc != 3)
		return 2;
	n = (unsigned)strtoul(argv[2], NULL, 0);
	weir_prng_seed(&p, 7, 0);
	for (unsigned i = 0; i < n; i++) {
		char name[4096];
		FILE *f;

		snprintf(name, sizeof(name), "%s/seed-%03u", argv[1], i);
		f = fopen(name, "wb");
		if (!f) {
			perror(name);
			return 1;
		}
		for (unsigned frames = 1 + i % 4; frames; frames--) {
			uint8_t buf[WEIR_RANDOM_FRAME_MAX], head[6] = { 0 };
			uint32_t known;
			size_t len = weir_random_frame(&p, buf, sizeof(buf), &known);

			head[0] = (uint8_t)(len >> 8);
			head[1] = (uint8_t)len;
			head[2] = len - known < 255 ? (uint8_t)(len - known) : 255;
			head[3] = (uint8_t)(i & 1);
			head[4] = 1;
			head[5] = (uint8_t)(i % 20);
			fwrite(head, sizeof(head), 1, f);
			fwrite(buf, len, 1, f);
		}
		if (fclose(f)) {
			perror(name);
			return 1;
		}
	}
	return 0;
}
