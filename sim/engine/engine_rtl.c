// SPDX-License-Identifier: Apache-2.0
/* The Verilated data path as an engine. Programs that do not link rtl_sim.c (tests under a sanitizer, fuzzers)
 * get -ENOSYS from open(). */
#include <errno.h>
#include <stdlib.h>

#include "engine.h"
#include "rtl_sim.h"
#include "host/common/lists.h"
#include "weir/weir_regs.h"

#define OPTIONAL(function) extern __typeof__(function) function __attribute__((weak))
OPTIONAL(weir_rtl_open);
OPTIONAL(weir_rtl_close);
OPTIONAL(weir_rtl_write);
OPTIONAL(weir_rtl_read);
OPTIONAL(weir_rtl_start);
OPTIONAL(weir_rtl_mail);
OPTIONAL(weir_rtl_submit);
OPTIONAL(weir_rtl_run);
OPTIONAL(weir_rtl_run_until);
OPTIONAL(weir_rtl_clocks);
OPTIONAL(weir_rtl_link);
OPTIONAL(weir_rtl_link_silent);
OPTIONAL(weir_rtl_hurry);
OPTIONAL(weir_rtl_live);

enum { FramesPerLook = 4096 };   /* between two looks at how full the tables are */

struct weir_engine {
	struct weir_rtl_sim *sim;
	const struct weir_engine_events *events;
	void *ctx;
	const uint32_t *image;   /* of the firmware */
	uint32_t image_words;
	uint32_t frames;
	uint32_t peak[WEIR_TABLES];
};

static void on_record(void *ctx, uint64_t cookie, const struct weir_record *rec)
{
	struct weir_engine *e = ctx;

	e->events->record(e->ctx, cookie, rec);
}

static void on_refused(void *ctx, uint64_t cookie)
{
	struct weir_engine *e = ctx;

	e->events->refused(e->ctx, cookie, WEIR_REASON_oversize);
}

static void on_egress_full(void *ctx, uint64_t cookie)
{
	struct weir_engine *e = ctx;

	e->events->egress_full(e->ctx, cookie);
}

static void on_out(void *ctx, uint64_t cookie, int side, const uint8_t *frame, uint32_t len, uint64_t time_ns,
		   uint64_t latency_ns)
{
	struct weir_engine *e = ctx;

	e->events->out(e->ctx, cookie, side, frame, len, time_ns, latency_ns);
}

static void on_stray(void *ctx, int side, const uint8_t *frame, uint32_t len, uint64_t time_ns)
{
	struct weir_engine *e = ctx;

	e->events->stray(e->ctx, side, frame, len, time_ns);
}

static void on_answered(void *ctx, uint64_t cookie, int side, const uint8_t *frame, uint32_t len, uint64_t time_ns,
			uint64_t latency_ns)
{
	struct weir_engine *e = ctx;

	e->events->answered(e->ctx, cookie, side, frame, len, time_ns, latency_ns);
}

static void on_maint(void *ctx, const struct weir_maint *m)
{
	struct weir_engine *e = ctx;

	if (e->events->maint)
		e->events->maint(e->ctx, m);
}

static void on_notice(void *ctx, uint64_t now_us, const uint32_t word[WEIR_RTL_MAIL_WORDS])
{
	struct weir_engine *e = ctx;

	if (e->events->notice)
		e->events->notice(e->ctx, now_us, word);
}

static void on_console(void *ctx, uint64_t now_us, const char *text)
{
	struct weir_engine *e = ctx;

	if (e->events->console)
		e->events->console(e->ctx, now_us, text);
}

static void on_wrote(void *ctx, uint32_t addr, uint32_t value, bool taken)
{
	struct weir_engine *e = ctx;

	if (e->events->wrote)
		e->events->wrote(e->ctx, addr, value, taken);
}

static void on_link(void *ctx, const uint8_t *octets, size_t n)
{
	struct weir_engine *e = ctx;

	if (e->events->link)
		e->events->link(e->ctx, octets, n);
}

static bool on_pause(void *ctx)
{
	struct weir_engine *e = ctx;

	return e->events->pause && e->events->pause(e->ctx);
}

static const struct weir_rtl_events events = {
	.record = on_record, .refused = on_refused, .egress_full = on_egress_full, .out = on_out,
	.stray = on_stray, .answered = on_answered, .maint = on_maint, .notice = on_notice, .console = on_console,
	.wrote = on_wrote, .link = on_link, .pause = on_pause,
};

static int rtl_open(const struct weir_engine_options *options, const struct weir_engine_events *to, void *ctx,
		    struct weir_engine **ret)
{
	struct weir_rtl_options o = { .gmii = options->gmii, .no_skip = options->no_skip, .saturate = options->saturate,
				     .beside = options->beside };
	struct weir_engine *e;

	if (!weir_rtl_open)
		return -ENOSYS;
	e = calloc(1, sizeof(*e));
	if (!e)
		return -ENOMEM;
	e->events = to;
	e->ctx = ctx;
	e->image = options->image;
	e->image_words = options->image_words;
	e->sim = weir_rtl_open(&o, &events, e);
	if (!e->sim) {
		free(e);
		return -EIO;
	}
	*ret = e;
	return 0;
}

static int rtl_write(struct weir_engine *e, uint32_t addr, uint32_t value)
{
	return weir_rtl_write(e->sim, addr, value);
}

static int rtl_read(struct weir_engine *e, uint32_t addr, uint32_t *ret_value)
{
	return weir_rtl_read(e->sim, addr, ret_value);
}

static int rtl_start(struct weir_engine *e, uint64_t time_ns)
{
	return weir_rtl_start(e->sim, e->image, e->image_words, time_ns);
}

static int rtl_mail(struct weir_engine *e, const uint32_t word[WEIR_ENGINE_MAIL_WORDS],
		    uint32_t ret_answer[WEIR_ENGINE_MAIL_WORDS])
{
	return weir_rtl_mail(e->sim, word, ret_answer);
}

static void look_at_tables(struct weir_engine *e)
{
	for (unsigned k = 0; k < WEIR_TABLES; k++) {
		uint32_t used;

		if (!weir_rtl_read(e->sim, WEIR_REG_STATS_TABLES_USED(k), &used) && used > e->peak[k])
			e->peak[k] = used;
	}
}

static int rtl_submit(struct weir_engine *e, const struct weir_engine_frame *f)
{
	if (++e->frames % FramesPerLook == 0)
		look_at_tables(e);
	return weir_rtl_submit(e->sim, f->bytes, f->len, f->known, f->side, f->arrival_ns, f->cookie);
}

static int rtl_run(struct weir_engine *e, uint64_t until_ns)
{
	return weir_rtl_run_until(e->sim, until_ns);
}

static size_t rtl_link(struct weir_engine *e, const uint8_t *octets, size_t n)
{
	return weir_rtl_link(e->sim, octets, n);
}

static bool rtl_link_silent(const struct weir_engine *e)
{
	return weir_rtl_link_silent(e->sim);
}

static int rtl_live(struct weir_engine *e, uint64_t now_ns, uint64_t *ret_wake_ns)
{
	return weir_rtl_live(e->sim, now_ns, ret_wake_ns);
}

static void rtl_hurry(struct weir_engine *e)
{
	weir_rtl_hurry(e->sim);
}

static int rtl_finish(struct weir_engine *e)
{
	int rc = weir_rtl_run(e->sim);

	if (rc >= 0)
		look_at_tables(e);
	return rc < 0 ? rc : 0;
}

static void rtl_table(struct weir_engine *e, unsigned table, struct weir_engine_table *ret)
{
	*ret = (struct weir_engine_table){
		.size = 4u << weir_table_info(table)->sets_log2, .peak = e->peak[table],
	};
	weir_rtl_read(e->sim, WEIR_REG_STATS_TABLES_EVICTIONS(table), &ret->evictions);
	weir_rtl_read(e->sim, WEIR_REG_STATS_TABLES_FULL(table), &ret->full);
}

static uint64_t rtl_clocks(const struct weir_engine *e)
{
	return weir_rtl_clocks(e->sim);
}

static void rtl_close(struct weir_engine *e)
{
	if (!e)
		return;
	weir_rtl_close(e->sim);
	free(e);
}

#define RTL_ENGINE(title, stamps) { \
	.name = (title), .own_stamps = (stamps), .logs = true, \
	.open = rtl_open, .write = rtl_write, .read = rtl_read, \
	.start = rtl_start, .mail = rtl_mail, .submit = rtl_submit, \
	.link = rtl_link, .link_silent = rtl_link_silent, .live = rtl_live, .run = rtl_run, .hurry = rtl_hurry, .finish = rtl_finish, .table = rtl_table, .clocks = rtl_clocks, .close = rtl_close, \
}

const struct weir_engine_ops weir_engine_rtl_stream = RTL_ENGINE("rtl (stream)", false);
const struct weir_engine_ops weir_engine_rtl_gmii = RTL_ENGINE("rtl (gmii)", true);
