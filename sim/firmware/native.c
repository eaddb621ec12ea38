// SPDX-License-Identifier: Apache-2.0
#include "native.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "firmware/app/fw.h"
#include "weir/weir_regs.h"

#define OPTIONAL(function) extern __typeof__(function) function __attribute__((weak))
OPTIONAL(weir_fw_init);
OPTIONAL(weir_fw_poll);

enum {
	Events = 32,          /* as many as the hardware's queue holds at least */
	SocFirst = 0x10000, SocLast = 0x1ffff,
	EntryWords = 8, WordBytes = 4,
	Polls = 1000,         /* without progress of time: it hangs */
};
#define LOST_MASK 0xffffffu
#define NEVER UINT64_MAX

struct weir_native {
	struct weir_model *model;
	const struct weir_native_sink *sink;
	void *ctx;
	struct weir_hal hal;
	uint64_t now_us, wake_us;
	uint32_t event_enable, watchdog, irq_enable, keep[WEIR_SOC_KEEP_COUNT];
	uint32_t event[Events][WEIR_EVENT_WORDS];
	unsigned head, count;
	uint32_t lost;
	bool asked, answered;
	uint32_t mail[WEIR_MAIL_WORDS], answer[WEIR_MAIL_WORDS];
	struct weir_fw *fw;
};

static uint64_t hal_now(void *ctx)
{
	const struct weir_native *n = ctx;

	return n->now_us;
}

/* Registers of the soft core that hold something; the others are of no use without hardware. */
static uint32_t *soc_register(struct weir_native *n, uint32_t addr)
{
	if (addr == WEIR_SOC_EVENT_ENABLE)
		return &n->event_enable;
	if (addr == WEIR_SOC_WATCHDOG)
		return &n->watchdog;
	if (addr == WEIR_SOC_IRQ_ENABLE)
		return &n->irq_enable;
	for (uint32_t i = 0; i < WEIR_SOC_KEEP_COUNT; i++)
		if (addr == WEIR_SOC_KEEP(i))
			return &n->keep[i];
	return NULL;
}

static uint32_t hal_read(void *ctx, uint32_t addr)
{
	struct weir_native *n = ctx;
	uint32_t value = 0;

	if (addr == WEIR_REG_NOW_LOW)
		return (uint32_t)n->now_us;
	if (addr == WEIR_REG_NOW_HIGH)
		return (uint32_t)(n->now_us >> 32);
	if (addr == WEIR_SOC_ID)
		return WEIR_SOC_ID_ID_RESET;
	if (addr == WEIR_SOC_VERSION)
		return WEIR_SOC_VERSION_MAJOR_RESET << WEIR_SOC_VERSION_MAJOR_LSB |
		       WEIR_SOC_VERSION_MINOR_RESET << WEIR_SOC_VERSION_MINOR_LSB;
	if (addr >= SocFirst && addr <= SocLast)
		return soc_register(n, addr) ? *soc_register(n, addr) : 0;
	return weir_model_read(n->model, addr, &value) ? 0 : value;
}

static void hal_write(void *ctx, uint32_t addr, uint32_t value)
{
	struct weir_native *n = ctx;

	if (addr < SocFirst || addr > SocLast)
		weir_model_write(n->model, addr, value);
	else if (soc_register(n, addr))
		*soc_register(n, addr) = value;
}

static void hal_read_entry(void *ctx, uint32_t addr, uint32_t ret_word[EntryWords])
{
	struct weir_native *n = ctx;

	memset(ret_word, 0, EntryWords * sizeof(*ret_word));
	weir_model_time(n->model, n->now_us);
	for (uint32_t i = 0; i < EntryWords; i++)
		weir_model_read(n->model, addr + WordBytes * i, &ret_word[i]);
	if (n->sink->entry)
		n->sink->entry(n->ctx, n->now_us, false, addr, ret_word);
}

static void hal_write_entry(void *ctx, uint32_t addr, const uint32_t word[EntryWords])
{
	struct weir_native *n = ctx;

	weir_model_time(n->model, n->now_us);
	for (uint32_t i = 0; i < EntryWords; i++)
		weir_model_write(n->model, addr + WordBytes * i, word[i]);
	if (n->sink->entry)
		n->sink->entry(n->ctx, n->now_us, true, addr, word);
}

static bool hal_event(void *ctx, uint32_t ret_word[WEIR_EVENT_WORDS])
{
	struct weir_native *n = ctx;

	if (!n->count)
		return false;
	memcpy(ret_word, n->event[n->head], sizeof(n->event[0]));
	n->head = (n->head + 1) % Events;
	n->count--;
	return true;
}

static uint32_t hal_events_lost(void *ctx)
{
	const struct weir_native *n = ctx;

	return n->lost;
}

static bool hal_mail(void *ctx, uint32_t ret_word[WEIR_MAIL_WORDS])
{
	struct weir_native *n = ctx;

	if (!n->asked)
		return false;
	memcpy(ret_word, n->mail, sizeof(n->mail));
	n->asked = false;
	return true;
}

static void hal_answer(void *ctx, const uint32_t word[WEIR_MAIL_WORDS])
{
	struct weir_native *n = ctx;

	memcpy(n->answer, word, sizeof(n->answer));
	n->answered = true;
}

static bool hal_notice(void *ctx, const uint32_t word[WEIR_NOTICE_WORDS])
{
	struct weir_native *n = ctx;

	if (n->sink->notice)
		n->sink->notice(n->ctx, n->now_us, word);
	return true;
}

static void hal_kick(void *ctx)
{
	(void)ctx;
}

static void hal_wake_at(void *ctx, uint64_t now_us)
{
	struct weir_native *n = ctx;

	n->wake_us = now_us;
}

static void hal_log(void *ctx, const char *line)
{
	struct weir_native *n = ctx;

	if (n->sink->log)
		n->sink->log(n->ctx, n->now_us, line);
}

/* Until it has nothing left that waits, and has been asked when it wants to be called again. */
static void poll(struct weir_native *n)
{
	for (int i = 0; i < Polls; i++) {
		n->wake_us = NEVER;
		weir_fw_poll(n->fw);
		if (!n->count && !n->asked && n->wake_us > n->now_us)
			break;
	}
}

int weir_native_new(struct weir_model *m, uint64_t now_us, const struct weir_native_sink *sink, void *ctx,
		    struct weir_native **ret)
{
	struct weir_native *n;

	if (!weir_fw_init || !weir_fw_poll)
		return -ENOSYS;
	n = calloc(1, sizeof(*n));
	if (n)
		n->fw = calloc(1, sizeof(*n->fw));
	if (!n || !n->fw) {
		free(n);
		return -ENOMEM;
	}
	n->model = m;
	n->sink = sink;
	n->ctx = ctx;
	n->now_us = now_us;
	n->event_enable = WEIR_SOC_EVENT_ENABLE_SAMPLE_LOG2_RESET << WEIR_SOC_EVENT_ENABLE_SAMPLE_LOG2_LSB;
	n->hal = (struct weir_hal){
		.ctx = n, .now_us = hal_now, .read = hal_read, .write = hal_write, .read_entry = hal_read_entry,
		.write_entry = hal_write_entry, .event = hal_event, .events_lost = hal_events_lost, .mail = hal_mail,
		.answer = hal_answer, .notice = hal_notice, .kick = hal_kick, .wake_at = hal_wake_at, .log = hal_log,
	};
	weir_fw_init(n->fw, &n->hal);
	poll(n);
	*ret = n;
	return 0;
}

void weir_native_free(struct weir_native *n)
{
	if (!n)
		return;
	free(n->fw);
	free(n);
}

void weir_native_time(struct weir_native *n, uint64_t now_us)
{
	while (n->wake_us <= now_us) {
		if (n->now_us < n->wake_us)
			n->now_us = n->wake_us;
		poll(n);
		if (n->wake_us <= n->now_us)   /* it never lets go of the processor */
			n->wake_us = n->now_us + 1;
	}
	if (n->now_us < now_us)
		n->now_us = now_us;
}

uint64_t weir_native_wake_us(const struct weir_native *n)
{
	return n->wake_us;
}

void weir_native_record(struct weir_native *n, const struct weir_record *r)
{
	uint32_t word[WEIR_EVENT_WORDS];

	if (!weir_soc_event(r, n->event_enable, word))
		return;
	if (n->count == Events) {
		n->lost = (n->lost + 1) & LOST_MASK;
		return;
	}
	memcpy(n->event[(n->head + n->count++) % Events], word, sizeof(word));
	poll(n);
}

int weir_native_mail(struct weir_native *n, const uint32_t word[WEIR_MAIL_WORDS], uint32_t ret_answer[WEIR_MAIL_WORDS])
{
	memcpy(n->mail, word, sizeof(n->mail));
	n->asked = true;
	n->answered = false;
	poll(n);
	if (!n->answered)
		return -ETIMEDOUT;
	memcpy(ret_answer, n->answer, sizeof(n->answer));
	return 0;
}
