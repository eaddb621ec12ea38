// SPDX-License-Identifier: Apache-2.0
/* The model alone on the same capture, which it gets again and again at the pace of the wires. */
#include <errno.h>
#include <stdio.h>

#include "bench.h"
#include "sim/model/weir_model.h"

enum { GapNs = 1000 };   /* between one playing and the next */

static void play(struct weir_model *m, const struct bench_capture *c, uint64_t shift_ns)
{
	struct weir_record rec;

	for (size_t i = 0; i < c->n; i++) {
		const struct bench_frame *f = &c->frame[i];

		if (!weir_model_refuse(m, f->bytes, f->len, f->len, f->side))
			weir_model_packet(m, f->bytes, f->len, f->len, f->side, (f->arrival_ns + shift_ns) / 1000, &rec);
	}
}

void bench_model(const void *ctx, void *ret)
{
	const struct bench_model_job *job = ctx;
	struct bench_model *b = ret;
	struct bench_capture c;
	struct weir_model *m;
	struct weir_policy p;
	uint64_t shift_ns = 0;

	*b = (struct bench_model){ 0 };
	b->error = bench_policy(&job->setup, &p, b->detail);
	if (!b->error)
		b->error = bench_capture_read(job->capture, &p, job->max_frames, UINT64_MAX, &c, b->detail);
	if (b->error)
		return;
	b->frames = c.n;
	b->rss_before_kib = bench_rss_kib();
	m = weir_model_new();
	if (!m || !bench_setup_model(m, &p)) {
		b->error = -EIO;
		snprintf(b->detail, sizeof(b->detail), "the model does not start");
		weir_model_free(m);
		return;
	}
	b->wall_s = bench_wall_s();
	b->cpu_s = bench_cpu_s();
	do {
		play(m, &c, shift_ns);
		shift_ns += c.wire_ns + GapNs;
		b->packets += c.n;
	} while (bench_wall_s() - b->wall_s < job->seconds);
	b->wall_s = bench_wall_s() - b->wall_s;
	b->cpu_s = bench_cpu_s() - b->cpu_s;
	b->rss_kib = bench_rss_kib();
	weir_model_free(m);
}
