// SPDX-License-Identifier: Apache-2.0
#include "clock.h"

#include <time.h>

static uint64_t read_clock(clockid_t id)
{
	struct timespec t;

	clock_gettime(id, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

uint64_t weir_live_wall_ns(void)
{
	return read_clock(CLOCK_REALTIME);
}

uint64_t weir_live_monotonic_ns(void)
{
	return read_clock(CLOCK_MONOTONIC);
}

void weir_live_clock_start(struct weir_live_clock *c, uint64_t start_ns, uint64_t most_ns)
{
	*c = (struct weir_live_clock){ start_ns, weir_live_monotonic_ns(), most_ns };
}

uint64_t weir_live_clock_ns(const struct weir_live_clock *c)
{
	uint64_t gone_ns = weir_live_monotonic_ns() - c->started_ns;

	return c->most_ns - c->start_ns < gone_ns ? c->most_ns : c->start_ns + gone_ns;
}
