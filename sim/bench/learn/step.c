// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>
#include <time.h>

#include "firmware/app/fw.h"
#include "host/common/prng.h"
#include "step.h"

enum { Steps = 20000000, Before = 1000, Floor = 16, BitsOfX = 8 };

/* Defaults of docs/lists/params.def. */
static struct weir_learn_settings settings(void)
{
	static const uint32_t def[WEIR_PARAMS] = {
#define X(number, name, def, least, most, unit, help) [number] = (def),
#include "docs/lists/params.def"
#undef X
	};

	return (struct weir_learn_settings){
		.learn_min = def[WEIR_PARAM_learn_min], .shift = def[WEIR_PARAM_shift],
		.peak_shift = def[WEIR_PARAM_peak_shift], .step_log2 = def[WEIR_PARAM_step_log2],
		.margin_q8 = weir_learn_margin(def[WEIR_PARAM_margin]),
	};
}

static double cpu_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

int learn_slow_ramp(json_t *root)
{
	static const uint32_t starts[] = { 30, 75, 300, 3000 };
	static const unsigned shown[] = { 10, 45, 60, 120, 300, 600 };
	const struct weir_learn_settings set = settings();
	json_t *rows = json_array();
	int beyond = 0;

	printf("\nSlow ramp: an attacker sends as much as the threshold allows, each period; default parameters, ceiling 100 times "
	       "the start.\nThreshold after n periods (bound: by 1/64 a period, below 64 by 1), as part of the start\n  %8s", "start");
	for (size_t k = 0; k < sizeof(shown) / sizeof(shown[0]); k++)
		printf("  %14u", shown[k]);
	printf("  %12s\n", "ceiling at");
	for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]); i++) {
		struct weir_series s = { 0 };
		uint32_t start, ceiling = WEIR_LEARN_MOST;
		unsigned n = 0, k = 0;
		double bound;
		json_t *points = json_array();

		for (unsigned b = 0; b < Before; b++) {
			weir_learn_step(&s, &set, starts[i] * 2 / 3);
			weir_learn_threshold(&s, &set, 0, Floor, ceiling);
		}
		start = s.threshold;
		ceiling = start * 100 < ceiling ? start * 100 : ceiling;
		bound = start;
		printf("  %8u", start);
		while (s.threshold < ceiling && n < 65536) {
			weir_learn_step(&s, &set, s.threshold);
			weir_learn_threshold(&s, &set, 0, Floor, ceiling);
			bound = bound < 64 ? bound + 1 : bound * (1 + 1.0 / 64);
			beyond += s.threshold > bound + 1e-6;
			if (++n == shown[k < 6 ? k : 5] && k < 6) {
				printf("  %6.2f (%5.2f)", (double)s.threshold / start, (bound < ceiling ? bound : ceiling) / start);
				json_array_append_new(points, json_pack("{s:i, s:i, s:f}", "periods", (int)n, "threshold",
					(int)s.threshold, "bound", bound < ceiling ? bound : ceiling));
				k++;
			}
		}
		printf("%*s  %12u\n", (int)(6 - k) * 16, "", n);
		json_array_append_new(rows, json_pack("{s:i, s:i, s:i, s:o}", "start", (int)start, "ceiling", (int)ceiling,
			"periods_to_ceiling", (int)n, "after", points));
	}
	printf("  beyond the bound: %d\n", beyond);
	json_object_set_new(root, "slow_ramp", rows);
	json_object_set_new(root, "slow_ramp_beyond", json_integer(beyond));
	return beyond;
}

void learn_step_cost(json_t *root)
{
	struct weir_learn_settings set = settings();
	struct weir_series s = { 0 };
	struct weir_prng r;
	volatile uint32_t sink = 0;
	double ns;

	weir_prng_seed(&r, 1, 0);
	ns = cpu_s();
	for (unsigned i = 0; i < Steps; i++) {
		weir_learn_step(&s, &set, (uint32_t)(weir_prng_next(&r) >> (64 - BitsOfX)));
		weir_learn_threshold(&s, &set, 0, Floor, WEIR_LEARN_MOST);
		sink = sink + s.threshold;
	}
	ns = (cpu_s() - ns) * 1e9 / Steps;
	printf("\nOne step of learning, natively: %.1f ns a series and period; %zu bytes of a series, %zu with its limits, %zu of it "
	       "kept over a restart; all %zu bytes\n", ns, sizeof(struct weir_series),
	       sizeof(struct weir_series) + sizeof(struct weir_limit), (size_t)WEIR_STORE_SERIES * sizeof(uint32_t),
	       sizeof(struct weir_fw));
	json_object_set_new(root, "step", json_pack("{s:f, s:i, s:i, s:i, s:i}", "ns", ns, "bytes_series",
		(int)sizeof(struct weir_series), "bytes_limit", (int)sizeof(struct weir_limit), "bytes_kept",
		(int)(WEIR_STORE_SERIES * sizeof(uint32_t)), "bytes_all", (int)sizeof(struct weir_fw)));
}
