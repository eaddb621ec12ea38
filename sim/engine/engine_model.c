// SPDX-License-Identifier: Apache-2.0
/* The reference model as an engine: it judges at once, and what passes leaves at once. Programs that do not link
 * sim/firmware get -ENOSYS from start(); those without sim/live have no host link. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine.h"
#include "sim/firmware/native.h"
#include "sim/live/link_end.h"
#include "host/common/lists.h"
#include "sim/model/weir_model.h"
#include "weir/weir_regs.h"

#define OPTIONAL(function) extern __typeof__(function) function __attribute__((weak))
OPTIONAL(weir_native_new);
OPTIONAL(weir_native_free);
OPTIONAL(weir_native_time);
OPTIONAL(weir_native_record);
OPTIONAL(weir_native_mail);
OPTIONAL(weir_native_wake_us);
OPTIONAL(weir_link_end_new);
OPTIONAL(weir_link_end_free);
OPTIONAL(weir_link_end_take);
OPTIONAL(weir_link_end_notice);
OPTIONAL(weir_link_end_record);

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
	uint32_t staged[WEIR_MAINT_WORDS];   /* of an entry that a host writes */
	struct weir_native *firmware;   /* NULL: none */
	struct weir_link_end *end;      /* of the host link; NULL: nobody has used it */
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

static void model_time(struct weir_engine *e, uint64_t stamp_us)
{
	if (stamp_us > e->stamp_us)
		weir_model_time(e->model, stamp_us);
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

static void on_notice(void *ctx, uint64_t now_us, const uint32_t word[WEIR_NOTICE_WORDS])
{
	struct weir_engine *e = ctx;

	if (e->events->notice)
		e->events->notice(e->ctx, now_us, word);
	if (e->end)
		weir_link_end_notice(e->end, word);
}

static void on_log(void *ctx, uint64_t now_us, const char *line)
{
	struct weir_engine *e = ctx;

	if (!e->events->console)
		return;
	e->events->console(e->ctx, now_us, line);
	e->events->console(e->ctx, now_us, "\n");
}

/* Behind which frame does not matter: nobody follows. */
static void on_entry(void *ctx, uint64_t now_us, bool write, uint32_t addr, const uint32_t word[WEIR_MAINT_WORDS])
{
	struct weir_engine *e = ctx;
	uint32_t offset = addr - WEIR_ENTRIES_BASE;
	struct weir_maint m = { .write = write, .target = offset / WEIR_TARGET_SPAN,
				.index = offset % WEIR_TARGET_SPAN / WEIR_ENTRY_SPAN, .stamp_us = now_us };

	memcpy(m.word, word, sizeof(m.word));
	if (e->events->maint)
		e->events->maint(e->ctx, &m);
}

static int model_start(struct weir_engine *e, uint64_t time_ns)
{
	static const struct weir_native_sink sink = { .notice = on_notice, .log = on_log, .entry = on_entry };

	return !weir_native_new ? -ENOSYS :
	       weir_native_new(e->model, time_ns / 1000, &sink, e, &e->firmware);
}

static int model_mail(struct weir_engine *e, const uint32_t word[WEIR_ENGINE_MAIL_WORDS],
		      uint32_t ret_answer[WEIR_ENGINE_MAIL_WORDS])
{
	return e->firmware ? weir_native_mail(e->firmware, word, ret_answer) : -ENODEV;
}

/* --- Host link ----------------------------------------------------------------------------------------------------- */

static uint32_t end_read(void *ctx, uint32_t addr)
{
	struct weir_engine *e = ctx;
	uint32_t value = 0;

	return weir_model_read(e->model, addr, &value) ? 0 : value;
}

static void end_write(void *ctx, uint32_t addr, uint32_t value)
{
	struct weir_engine *e = ctx;
	uint32_t word = addr % WEIR_ENTRY_SPAN / 4;
	bool done = !weir_model_write(e->model, addr, value);

	if (addr < WEIR_ENTRIES_BASE) {
		if (e->events->wrote)
			e->events->wrote(e->ctx, addr, value, done);
		return;
	}
	e->staged[word] = value;
	if (done && word == WEIR_MAINT_WORDS - 1)
		on_entry(e, e->stamp_us, true, addr - addr % WEIR_ENTRY_SPAN, e->staged);
}

static uint64_t end_now(void *ctx)
{
	const struct weir_engine *e = ctx;

	return e->stamp_us;
}

static bool end_has_firmware(void *ctx)
{
	const struct weir_engine *e = ctx;

	return e->firmware;
}

static bool end_mail(void *ctx, const uint32_t word[WEIR_LINK_END_MAIL_WORDS],
		     uint32_t ret_answer[WEIR_LINK_END_MAIL_WORDS])
{
	return !model_mail(ctx, word, ret_answer);
}

static void end_out(void *ctx, const uint8_t *octets, size_t n)
{
	struct weir_engine *e = ctx;

	if (e->events->link)
		e->events->link(e->ctx, octets, n);
}

static size_t model_link(struct weir_engine *e, const uint8_t *octets, size_t n)
{
	static const struct weir_link_end_ops ops = {
		.read = end_read, .write = end_write, .now_us = end_now, .has_firmware = end_has_firmware, .mail = end_mail,
		.out = end_out,
	};

	if (!e->end)
		e->end = weir_link_end_new ? weir_link_end_new(&ops, e) : NULL;
	if (!e->end)
		return 0;
	weir_link_end_take(e->end, octets, n);
	return n;
}

static bool model_takes(const struct weir_engine *e)
{
	uint32_t ctrl = 0;

	weir_model_read(e->model, WEIR_REG_CTRL, &ctrl);
	return ctrl & WEIR_REG_CTRL_RUN_MASK;
}

static int model_live(struct weir_engine *e, uint64_t now_ns, uint64_t *ret_wake_ns)
{
	*ret_wake_ns = UINT64_MAX;
	if (e->firmware) {
		weir_native_time(e->firmware, now_ns / 1000);
		*ret_wake_ns = weir_native_wake_us(e->firmware) > UINT64_MAX / 1000 ? UINT64_MAX : weir_native_wake_us(e->firmware) * 1000;
	}
	if (now_ns / 1000 > e->stamp_us)
		sweep_until(e, now_ns / 1000);
	return 0;
}

static void judge(struct weir_engine *e, const struct weir_engine_frame *f, struct weir_record *rec)
{
	static const uint8_t zeros[WEIR_ENGINE_FRAME_MAX];
	uint8_t padded[WEIR_ENGINE_FRAME_MAX];
	const uint8_t *bytes = f->bytes;
	uint8_t answer[WEIR_ANSWER_MAX];

	weir_model_packet(e->model, f->bytes, f->len, f->known, f->side, f->arrival_ns / 1000, rec);
	if (e->end)
		weir_link_end_record(e->end, rec, f->bytes, f->known);
	e->events->record(e->ctx, f->cookie, rec);
	if (rec->verdict == WEIR_VERDICT_answer) {
		unsigned len = weir_model_answer(e->model, answer);

		if (len)
			e->events->answered(e->ctx, f->cookie, f->side, answer, len, f->arrival_ns, WEIR_LATENCY_NONE);
		return;
	}
	if (rec->verdict != WEIR_VERDICT_pass && rec->verdict != WEIR_VERDICT_demote && rec->verdict != WEIR_VERDICT_divert)
		return;
	if (f->known < f->len || rec->verdict == WEIR_VERDICT_divert) {
		memcpy(padded, f->bytes, f->known);
		memcpy(padded + f->known, zeros, f->len - f->known);
		bytes = padded;
	}
	if (rec->verdict == WEIR_VERDICT_divert)
		weir_model_divert_mac(e->model, padded);
	e->events->out(e->ctx, f->cookie, 1 - f->side, bytes, f->len, f->arrival_ns, WEIR_LATENCY_NONE);
}

static int model_submit(struct weir_engine *e, const struct weir_engine_frame *f)
{
	int reason = weir_model_refuse(e->model, f->bytes, f->len, f->known, f->side);
	struct weir_record rec = { 0 };

	if (reason) {
		e->events->refused(e->ctx, f->cookie, (unsigned)reason);
		return 0;
	}
	if (e->firmware)
		weir_native_time(e->firmware, f->arrival_ns / 1000);
	sweep_until(e, f->arrival_ns / 1000);
	judge(e, f, &rec);
	if (e->firmware)
		weir_native_record(e->firmware, &rec);
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
	if (e->firmware)
		weir_native_free(e->firmware);
	if (e->end)
		weir_link_end_free(e->end);
	weir_model_free(e->model);
	free(e);
}

const struct weir_engine_ops weir_engine_model = {
	.name = "model",
	.open = model_open, .write = model_write, .read = model_read, .time = model_time, .start = model_start,
	.mail = model_mail, .link = model_link, .takes = model_takes, .live = model_live, .submit = model_submit,
	.finish = model_finish, .table = model_table, .clocks = model_clocks, .close = model_close,
};
