// SPDX-License-Identifier: Apache-2.0
#include "progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { CallsPerLook = 64, BarWidth = 30 };
#define REFRESH_S 0.2

static double now_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

void weir_progress_start(struct weir_progress *p)
{
	*p = (struct weir_progress){ .shown = isatty(STDERR_FILENO), .start_s = now_s() };
	p->last_s = p->start_s;
}

double weir_progress_seconds(const struct weir_progress *p)
{
	return now_s() - p->start_s;
}

static void draw(struct weir_progress *p, uint64_t packets, double share, double seconds)
{
	double rate = (double)packets / seconds;
	char bar[BarWidth + 1];
	unsigned full, left;

	p->drawn = true;
	if (share < 0) {
		fprintf(stderr, "\r\033[K%" PRIu64 " packets, %.0f packets/s", packets, rate);
		return;
	}
	full = (unsigned)(share * BarWidth);
	full = full < BarWidth ? full : BarWidth;
	memset(bar, '#', full);
	memset(bar + full, '.', BarWidth - full);
	bar[BarWidth] = 0;
	fprintf(stderr, "\r\033[K[%s] %3.0f %%  %.0f packets/s", bar, 100 * share, rate);
	if (share <= 0.001)
		return;
	left = (unsigned)(seconds * (1 - share) / share + 0.5);
	if (left >= 3600)
		fprintf(stderr, "  %u:%02u:%02u left", left / 3600, left / 60 % 60, left % 60);
	else
		fprintf(stderr, "  %u:%02u left", left / 60, left % 60);
}

void weir_progress_update(struct weir_progress *p, uint64_t packets, double share)
{
	double now;

	if (!p->shown || ++p->calls % CallsPerLook)
		return;
	now = now_s();
	if (now - p->last_s < REFRESH_S)
		return;
	p->last_s = now;
	draw(p, packets, share < 1 ? share : 1, now - p->start_s);
	fflush(stderr);
}

void weir_progress_clear(struct weir_progress *p)
{
	if (p->drawn)
		fprintf(stderr, "\r\033[K");
	p->drawn = false;
}
