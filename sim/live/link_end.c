// SPDX-License-Identifier: Apache-2.0
#include "link_end.h"

#include <stdlib.h>
#include <string.h>

#include "capture_end.h"
#include "host/common/link_serve.h"
#include "weir/weir_regs.h"

enum { SocFirst = 0x10000, SocLast = 0x1ffff, ClockKhz = 62500 };

struct weir_link_end {
	const struct weir_link_end_ops *ops;
	void *ctx;
	struct weir_link_bus bus;
	struct weir_link_server server;
	uint32_t mail;                                     /* in_full, out_full */
	uint32_t mail_in[WEIR_LINK_END_MAIL_WORDS], mail_out[WEIR_LINK_END_MAIL_WORDS], notice[WEIR_LINK_END_MAIL_WORDS];
	uint32_t link_rate;
	struct weir_capture_end capture;
	uint32_t now_high;                                 /* when now_low was read */
};

_Static_assert(WEIR_LINK_END_MAIL_WORDS == WEIR_LINK_NOTICE_WORDS, "words of a notice");

static uint32_t *mail_word(struct weir_link_end *l, uint32_t addr)
{
	if (addr >= WEIR_SOC_MAIL_IN(0) && addr < WEIR_SOC_MAIL_IN(WEIR_SOC_MAIL_IN_COUNT))
		return &l->mail_in[(addr - WEIR_SOC_MAIL_IN(0)) / 4];
	if (addr >= WEIR_SOC_MAIL_OUT(0) && addr < WEIR_SOC_MAIL_OUT(WEIR_SOC_MAIL_OUT_COUNT))
		return &l->mail_out[(addr - WEIR_SOC_MAIL_OUT(0)) / 4];
	if (addr >= WEIR_SOC_NOTICE(0) && addr < WEIR_SOC_NOTICE(WEIR_SOC_NOTICE_COUNT))
		return &l->notice[(addr - WEIR_SOC_NOTICE(0)) / 4];
	return NULL;
}

static uint32_t read_soc(struct weir_link_end *l, uint32_t addr)
{
	uint32_t value;

	switch (addr) {
	case WEIR_SOC_ID:
		return WEIR_SOC_ID_ID_RESET;
	case WEIR_SOC_VERSION:
		return WEIR_SOC_VERSION_MAJOR_RESET << WEIR_SOC_VERSION_MAJOR_LSB |
		       WEIR_SOC_VERSION_MINOR_RESET << WEIR_SOC_VERSION_MINOR_LSB;
	case WEIR_SOC_CPU:
		return l->ops->has_firmware(l->ctx) ? WEIR_SOC_CPU_RUN_MASK : 0;
	case WEIR_SOC_MAIL:
		return l->mail;
	case WEIR_SOC_LINK_RATE:
		return l->link_rate;
	case WEIR_SOC_LINK_COUNTS:
		return weir_link_server_counts(&l->server);
	default:
		if (weir_capture_end_read(&l->capture, addr, &value))
			return value;
		return mail_word(l, addr) ? *mail_word(l, addr) : 0;
	}
}

static uint32_t read_bus(void *ctx, uint32_t addr)
{
	struct weir_link_end *l = ctx;
	uint64_t now_us;

	switch (addr) {
	case WEIR_REG_CLOCK:
		return ClockKhz;
	case WEIR_REG_NOW_LOW:
		now_us = l->ops->now_us(l->ctx);
		l->now_high = (uint32_t)(now_us >> 32);
		return (uint32_t)now_us;
	case WEIR_REG_NOW_HIGH:
		return l->now_high;
	default:
		return addr >= SocFirst && addr <= SocLast ? read_soc(l, addr) : l->ops->read(l->ctx, addr);
	}
}

/* A message waits until the answer to the one before has been taken. */
static void deliver(struct weir_link_end *l)
{
	if (!(l->mail & WEIR_SOC_MAIL_IN_FULL_MASK) || l->mail & WEIR_SOC_MAIL_OUT_FULL_MASK ||
	    !l->ops->mail(l->ctx, l->mail_in, l->mail_out))
		return;
	l->mail = WEIR_SOC_MAIL_OUT_FULL_MASK;
}

static void write_bus(void *ctx, uint32_t addr, uint32_t value)
{
	struct weir_link_end *l = ctx;

	if (addr < SocFirst || addr > SocLast) {
		l->ops->write(l->ctx, addr, value);
	} else if (addr == WEIR_SOC_MAIL) {
		l->mail ^= value & (WEIR_SOC_MAIL_IN_FULL_MASK | WEIR_SOC_MAIL_OUT_FULL_MASK);
		deliver(l);
	} else if (addr == WEIR_SOC_LINK_RATE) {
		l->link_rate = value & WEIR_SOC_LINK_RATE_STEP_MASK;
	} else if (mail_word(l, addr)) {
		*mail_word(l, addr) = value;
	} else {
		(void)weir_capture_end_write(&l->capture, addr, value);
	}
}

static void out(void *ctx, const uint8_t *octets, size_t n)
{
	struct weir_link_end *l = ctx;

	l->ops->out(l->ctx, octets, n);
}

struct weir_link_end *weir_link_end_new(const struct weir_link_end_ops *ops, void *ctx)
{
	struct weir_link_end *l = calloc(1, sizeof(*l));

	if (!l)
		return NULL;
	l->ops = ops;
	l->ctx = ctx;
	l->bus = (struct weir_link_bus){ .read = read_bus, .write = write_bus, .out = out, .ctx = l };
	l->link_rate = WEIR_SOC_LINK_RATE_STEP_RESET;
	weir_capture_end_init(&l->capture);
	weir_link_server_init(&l->server, &l->bus);
	return l;
}

void weir_link_end_free(struct weir_link_end *l)
{
	free(l);
}

void weir_link_end_take(struct weir_link_end *l, const uint8_t *octets, size_t n)
{
	weir_link_serve(&l->server, octets, n);
}

void weir_link_end_notice(struct weir_link_end *l, const uint32_t word[WEIR_LINK_END_MAIL_WORDS])
{
	memcpy(l->notice, word, sizeof(l->notice));
	weir_link_serve_notice(&l->server, word);
}

void weir_link_end_record(struct weir_link_end *l, const struct weir_record *record, const uint8_t *octets, uint32_t known)
{
	weir_capture_end_record(&l->capture, record, octets, known);
}
