// SPDX-License-Identifier: Apache-2.0
/* The reference model as an engine: it judges at once, and what passes leaves at once. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine.h"
#include "sim/model/lists.h"
#include "sim/model/weir_model.h"

enum {
	WindowBits = 16,
	SweepSteps = 16,       /* a window: a round of the largest table takes 64 windows */
	SweepRound = 1024,
};

_Static_assert(WEIR_ANSWER_MAX <= WEIR_ENGINE_ANSWER_MAX, "room for the longest answer");

struct weir_engine {
	struct weir_model *model;
	const struct weir_engine_events *events;
	void *ctx;
	uint64_t stamp_us;
	uint32_t sweep;        /* next entry */
};

static int model_open(const struct weir_engine_options *options, const struct weir_engine_events *events,
		      void *ctx, struct weir_engine **ret)
{
	struct weir_engine *e = calloc(1, sizeof(*e));

	(void)options;
	if (!e)
		return -ENOMEM;
	e->model = weir_model_new();
	if (!e->model) {
		free(e);
		return -ENOMEM;
	}
	e->events = events;
	e->ctx = ctx;
	*ret = e;
	return 0;
}

static int model_write(struct weir_engine *e, uint32_t addr, uint32_t value)
{
	return weir_model_write(e->model, addr, value);
}

static int model_read(struct weir_engine *e, uint32_t addr, uint32_t *ret_value)
{
	return weir_model_read(e->model, addr, ret_value);
}

/* Free what has expired, as the hardware's ager does: it changes no verdict, but the fill that is reported. */
static void sweep_until(struct weir_engine *e, uint64_t stamp_us)
{
	uint64_t windows = (stamp_us >> WindowBits) - (e->stamp_us >> WindowBits);
	uint64_t steps = windows < SweepRound / SweepSteps ? windows * SweepSteps : SweepRound;

	e->stamp_us = stamp_us;
	if (!steps)
		return;
	weir_model_time(e->model, stamp_us);
	for (; steps; steps--) {
		weir_model_sweep(e->model, e->sweep);
		e->sweep = (e->sweep + 1) % SweepRound;
	}
}

static int model_submit(struct weir_engine *e, const struct weir_engine_frame *f)
{
	static const uint8_t zeros[WEIR_ENGINE_FRAME_MAX];
	uint8_t padded[WEIR_ENGINE_FRAME_MAX];
	const uint8_t *bytes = f->bytes;
	uint64_t stamp_us = f->arrival_ns / 1000;
	struct weir_record rec = { 0 };
	uint8_t answer[WEIR_ANSWER_MAX];
	int reason = weir_model_refuse(e->model, f->bytes, f->len, f->known, f->side);

	if (reason) {
		e->events->refused(e->ctx, f->cookie, (unsigned)reason);
		return 0;
	}
	sweep_until(e, stamp_us);
	weir_model_packet(e->model, f->bytes, f->len, f->known, f->side, stamp_us, &rec);
	e->events->record(e->ctx, f->cookie, &rec);
	if (rec.verdict == WEIR_VERDICT_answer) {
		unsigned len = weir_model_answer(e->model, answer);

		if (len)
			e->events->answered(e->ctx, f->cookie, f->side, answer, len, f->arrival_ns, WEIR_LATENCY_NONE);
		return 0;
	}
	if (rec.verdict != WEIR_VERDICT_pass && rec.verdict != WEIR_VERDICT_demote && rec.verdict != WEIR_VERDICT_divert)
		return 0;
	if (f->known < f->len || rec.verdict == WEIR_VERDICT_divert) {
		memcpy(padded, f->bytes, f->known);
		memcpy(padded + f->known, zeros, f->len - f->known);
		bytes = padded;
	}
	if (rec.verdict == WEIR_VERDICT_divert)
		weir_model_divert_mac(e->model, padded);
	e->events->out(e->ctx, f->cookie, 1 - f->side, bytes, f->len, f->arrival_ns, WEIR_LATENCY_NONE);
	return 0;
}

static int model_finish(struct weir_engine *e)
{
	(void)e;
	return 0;
}

static void model_table(struct weir_engine *e, unsigned table, struct weir_engine_table *ret)
{
	struct weir_model_table t;

	weir_model_table(e->model, table, e->stamp_us, &t);
	*ret = (struct weir_engine_table){ t.size, t.peak, t.evictions, t.full };
}

static uint64_t model_clocks(const struct weir_engine *e)
{
	(void)e;
	return 0;
}

static void model_close(struct weir_engine *e)
{
	if (!e)
		return;
	weir_model_free(e->model);
	free(e);
}

const struct weir_engine_ops weir_engine_model = {
	.name = "model",
	.open = model_open, .write = model_write, .read = model_read, .submit = model_submit,
	.finish = model_finish, .table = model_table, .clocks = model_clocks, .close = model_close,
};
