// SPDX-License-Identifier: Apache-2.0
#include "firmware/host-tests/fake_hal.h"

#include <stdlib.h>
#include <string.h>
#include "weir/weir_regs.h"

static uint64_t now_us(void *ctx)
{
	struct fake_hal *f = ctx;

	f->now_us += f->tick_us;
	return f->now_us;
}

static uint32_t *reg(struct fake_hal *f, uint32_t addr)
{
	if (addr % 4 || addr / 4 >= FAKE_REG_WORDS)
		abort();
	return &f->reg[addr / 4];
}

static uint32_t read_reg(void *ctx, uint32_t addr)
{
	return *reg(ctx, addr);
}

static void write_reg(void *ctx, uint32_t addr, uint32_t value)
{
	*reg(ctx, addr) = value;
}

uint32_t *fake_entry(struct fake_hal *f, uint32_t addr)
{
	uint32_t word = (addr - WEIR_ENTRIES_BASE) / 4;

	if (addr < WEIR_ENTRIES_BASE || addr % WEIR_ENTRY_SPAN || word + 8 > FAKE_ENTRY_WORDS)
		abort();
	return f->entry + word;
}

static void read_entry(void *ctx, uint32_t addr, uint32_t ret_word[8])
{
	struct fake_hal *f = ctx;
	uint32_t *word = fake_entry(f, addr);

	f->entry_reads++;
	memcpy(ret_word, word, 32);
	if (addr >= WEIR_REG_PEAK(0)) {
		if (addr >= WEIR_REG_PEAK(WEIR_REG_PEAK_COUNT))
			abort();
		memset(word, 0, 32);
	}
}

static void write_entry(void *ctx, uint32_t addr, const uint32_t word[8])
{
	struct fake_hal *f = ctx;

	f->entry_writes++;
	if (!f->entries_broken)
		memcpy(fake_entry(f, addr), word, 32);
}

static bool event(void *ctx, uint32_t ret_word[WEIR_EVENT_WORDS])
{
	struct fake_hal *f = ctx;

	if (f->events_taken == f->events)
		return false;
	memcpy(ret_word, f->event[f->events_taken++ % FAKE_EVENTS], sizeof(f->event[0]));
	return true;
}

static uint32_t events_lost(void *ctx)
{
	return ((struct fake_hal *)ctx)->lost & 0xffffff;
}

static bool mail(void *ctx, uint32_t ret_word[WEIR_MAIL_WORDS])
{
	struct fake_hal *f = ctx;

	if (f->mails_taken == f->mails)
		return false;
	memcpy(ret_word, f->mail[f->mails_taken++ % FAKE_MAILS], sizeof(f->mail[0]));
	return true;
}

static void answer(void *ctx, const uint32_t word[WEIR_MAIL_WORDS])
{
	struct fake_hal *f = ctx;

	memcpy(f->answer[f->answers++ % FAKE_MAILS], word, sizeof(f->answer[0]));
}

static bool notice(void *ctx, const uint32_t word[WEIR_NOTICE_WORDS])
{
	struct fake_hal *f = ctx;

	if (f->notice_busy)
		return false;
	if (f->notices < FAKE_NOTICES)
		memcpy(f->notice[f->notices], word, sizeof(f->notice[0]));
	f->notices++;
	return true;
}

static void kick(void *ctx)
{
	((struct fake_hal *)ctx)->kicks++;
}

static void wake_at(void *ctx, uint64_t at_us)
{
	((struct fake_hal *)ctx)->wake_us = at_us;
}

static void log_line(void *ctx, const char *line)
{
	struct fake_hal *f = ctx;

	size_t n = strlen(line) + 1;

	if (n > sizeof(f->last_line))
		abort();
	memcpy(f->last_line, line, n);
}

struct fake_hal *fake_hal_new(void)
{
	struct fake_hal *f = calloc(1, sizeof(*f));

	if (!f)
		abort();
	f->hal = (struct weir_hal){
		.ctx = f, .now_us = now_us, .read = read_reg, .write = write_reg, .read_entry = read_entry,
		.write_entry = write_entry, .event = event, .events_lost = events_lost, .mail = mail, .answer = answer,
		.notice = notice, .kick = kick, .wake_at = wake_at, .log = log_line,
	};
	f->now_us = 5000000;
	*reg(f, WEIR_REG_ID) = WEIR_REG_ID_ID_RESET;
	*reg(f, WEIR_REG_VERSION) = WEIR_REG_VERSION_MAJOR_RESET << 16;
	*reg(f, WEIR_SOC_ID) = WEIR_SOC_ID_ID_RESET;
	*reg(f, WEIR_SOC_VERSION) = WEIR_SOC_VERSION_MAJOR_RESET << 16;
	*reg(f, WEIR_REG_CTRL) = WEIR_REG_CTRL_RUN_MASK;
	*reg(f, WEIR_REG_STATUS) = WEIR_REG_STATUS_READY_MASK;
	return f;
}

void fake_peak(struct fake_hal *f, unsigned i, uint32_t packets, uint32_t bytes)
{
	uint32_t *word = fake_entry(f, WEIR_REG_PEAK(i));

	if (packets > WEIR_FIELD_GET(word, WEIR_REG_PEAK_PACKETS))
		WEIR_FIELD_PUT(word, WEIR_REG_PEAK_PACKETS, packets);
	if (bytes > WEIR_FIELD_GET(word, WEIR_REG_PEAK_BYTES))
		WEIR_FIELD_PUT(word, WEIR_REG_PEAK_BYTES, bytes);
}

void fake_meter(struct fake_hal *f, unsigned i, uint32_t packets_per_s, uint32_t bytes_per_s)
{
	uint32_t *word = fake_entry(f, WEIR_REG_METER_CFG(i));
	uint64_t cost;

	memset(word, 0, 32);
	WEIR_FIELD_PUT(word, WEIR_REG_METER_CFG_ACTION, 2);
	WEIR_FIELD_PUT(word, WEIR_REG_METER_CFG_HOLD, 62);
	if (packets_per_s) {
		cost = (256000000ull + packets_per_s / 2) / packets_per_s;
		WEIR_FIELD_PUT(word, WEIR_REG_METER_CFG_PKT_COST, cost);
		WEIR_FIELD_PUT(word, WEIR_REG_METER_CFG_PKT_TAU, (packets_per_s / 4 - 1) * cost);
		WEIR_FIELD_PUT(word, WEIR_REG_METER_CFG_PKT_THRESHOLD, (packets_per_s * 65536ull + 500000) / 1000000);
	}
	if (bytes_per_s) {
		cost = (65536000000ull + bytes_per_s / 2) / bytes_per_s;
		WEIR_FIELD_PUT(word, WEIR_REG_METER_CFG_BYTE_COST, cost);
		WEIR_FIELD_PUT(word, WEIR_REG_METER_CFG_BYTE_TAU, bytes_per_s / 10 * cost / 256);
		WEIR_FIELD_PUT(word, WEIR_REG_METER_CFG_BYTE_THRESHOLD, (bytes_per_s * 65536ull + 500000) / 1000000);
	}
}

void fake_policy(struct fake_hal *f)
{
	static const uint32_t class_rates[] = { 5000, 150000, 5000, 50000, 1000, 2000, 5000, 150000 };
	uint32_t *word;

	fake_meter(f, 0, 25000, 0);
	fake_meter(f, 16, 25000, 0);
	for (unsigned c = 0; c < 8; c++)
		fake_meter(f, 32 + c, class_rates[c], 0);
	fake_meter(f, 48, 200000, 100000000);
	fake_meter(f, 64, 400000, 110000000);
	for (unsigned c = 0; c < 4; c++)
		fake_meter(f, 80 + c, 100000, 0);
	fake_meter(f, 96, 20000, 0);
	word = fake_entry(f, WEIR_REG_STATE_CFG_SYN);
	WEIR_FIELD_PUT(word, WEIR_REG_STATE_CFG_SYN_ENABLE, 1);
	WEIR_FIELD_PUT(word, WEIR_REG_STATE_CFG_SYN_HOST_THRESHOLD, 131);
	WEIR_FIELD_PUT(word, WEIR_REG_STATE_CFG_SYN_HOST_HOLD, 62);
	WEIR_FIELD_PUT(word, WEIR_REG_STATE_CFG_SYN_TOTAL_THRESHOLD, 1311);
	word = fake_entry(f, WEIR_REG_STATE_CFG_ZOMBIE);
	WEIR_FIELD_PUT(word, WEIR_REG_STATE_CFG_ZOMBIE_THRESHOLD, 131);
	WEIR_FIELD_PUT(word, WEIR_REG_STATE_CFG_ZOMBIE_HOLD, 62);
	WEIR_FIELD_PUT(word, WEIR_REG_STATE_CFG_ZOMBIE_CONCURRENT, 64);
	WEIR_FIELD_PUT(word, WEIR_REG_STATE_CFG_ZOMBIE_OPENED, 32);
	/* Drop full_connection, SYN reasons, scores (dry), zombies. */
	fake_entry(f, WEIR_REG_STATE_CFG_ACTIONS)[0] = 0x26202000;
}

void fake_event(struct fake_hal *f, uint32_t word2, uint32_t trips, uint32_t ends, uint32_t proto, uint32_t reason,
		uint32_t measured)
{
	uint32_t *w = f->event[f->events++ % FAKE_EVENTS];

	memset(w, 0, sizeof(f->event[0]));
	w[0] = f->events;
	w[2] = word2 | reason | 1u << 29;
	w[3] = trips;
	w[4] = ends | proto << 18;
	w[6] = measured;
	w[8 + 3] = 0xc6336407;
	w[12 + 3] = 0xc000020a;
}
