// SPDX-License-Identifier: Apache-2.0
#include "firmware/host-tests/mail_board.h"

#include <string.h>

#include "firmware/app/store.h"
#include "weir/weir_regs.h"

static uint64_t now_us(void *ctx)
{
	return ((struct weir_board *)ctx)->now_us;
}

static uint32_t read_register(void *ctx, uint32_t addr)
{
	return ((struct weir_board *)ctx)->word[addr % 0x200000 / 4];
}

static void write_register(void *ctx, uint32_t addr, uint32_t value)
{
	((struct weir_board *)ctx)->word[addr % 0x200000 / 4] = value;
}

static void read_entry(void *ctx, uint32_t addr, uint32_t ret_word[8])
{
	struct weir_board *b = ctx;

	memcpy(ret_word, b->word + addr % 0x200000 / 32 * 8, 32);
	if (addr >= WEIR_REG_PEAK(0) && addr < WEIR_REG_PEAK(WEIR_REG_PEAK_COUNT))
		memset(b->word + addr / 32 * 8, 0, 32);
}

static void write_entry(void *ctx, uint32_t addr, const uint32_t word[8])
{
	memcpy(((struct weir_board *)ctx)->word + addr % 0x200000 / 32 * 8, word, 32);
}

static bool event(void *ctx, uint32_t ret_word[WEIR_EVENT_WORDS])
{
	(void)ctx;
	(void)ret_word;
	return false;
}

static uint32_t events_lost(void *ctx)
{
	(void)ctx;
	return 0;
}

static bool mail(void *ctx, uint32_t ret_word[WEIR_MAIL_WORDS])
{
	struct weir_board *b = ctx;

	if (!b->in_full)
		return false;
	memcpy(ret_word, b->in, sizeof(b->in));
	b->in_full = false;
	return true;
}

static void answer(void *ctx, const uint32_t word[WEIR_MAIL_WORDS])
{
	struct weir_board *b = ctx;

	memcpy(b->out, word, sizeof(b->out));
	b->answered++;
}

static bool notice(void *ctx, const uint32_t word[WEIR_NOTICE_WORDS])
{
	struct weir_board *b = ctx;

	memcpy(b->notice, word, sizeof(b->notice));
	b->notices++;
	return true;
}

static void kick(void *ctx)
{
	(void)ctx;
}

static void wake_at(void *ctx, uint64_t at_us)
{
	((struct weir_board *)ctx)->wake_us = at_us;
}

static void log_line(void *ctx, const char *line)
{
	(void)ctx;
	(void)line;
}

void weir_board_init(struct weir_board *b, struct weir_fw *fw)
{
	static const uint32_t limit[8] = {1 << 16 | 1u << 28, 50 << 16, 256, 0, 0, 0, 0, 0};

	memset(b, 0, sizeof(*b));
	memset(fw, 0, sizeof(*fw));
	b->hal = (struct weir_hal){
		.ctx = b, .now_us = now_us, .read = read_register, .write = write_register, .read_entry = read_entry,
		.write_entry = write_entry, .event = event, .events_lost = events_lost, .mail = mail, .answer = answer,
		.notice = notice, .kick = kick, .wake_at = wake_at, .log = log_line,
	};
	b->now_us = 5000000;
	b->word[WEIR_REG_ID / 4] = WEIR_REG_ID_ID_RESET;
	b->word[WEIR_SOC_ID / 4] = WEIR_SOC_ID_ID_RESET;
	b->word[WEIR_REG_VERSION / 4] = WEIR_REG_VERSION_MAJOR_RESET << WEIR_REG_VERSION_MAJOR_LSB;
	b->word[WEIR_SOC_VERSION / 4] = WEIR_SOC_VERSION_MAJOR_RESET << WEIR_SOC_VERSION_MAJOR_LSB;
	b->word[WEIR_REG_CTRL / 4] = WEIR_REG_CTRL_RUN_MASK;
	b->word[WEIR_REG_STATUS / 4] = WEIR_REG_STATUS_READY_MASK;
	memcpy(b->word + WEIR_REG_METER_CFG(BOARD_UDP) / 4, limit, sizeof(limit));
	memcpy(b->word + WEIR_REG_METER_CFG(BOARD_SYN) / 4, limit, sizeof(limit));
	weir_fw_init(fw, &b->hal);
	weir_fw_poll(fw);
}

void weir_board_mail(struct weir_board *b, struct weir_fw *fw, const uint32_t in[WEIR_MAIL_WORDS],
		     uint32_t ret_out[WEIR_MAIL_WORDS])
{
	memcpy(b->in, in, sizeof(b->in));
	b->in_full = true;
	weir_fw_poll(fw);
	memcpy(ret_out, b->out, sizeof(b->out));
}

const char *weir_board_wrong(const struct weir_fw *fw)
{
#define X(number, name, def, least, most, unit, help) \
	if (fw->param[number] + 1u < least + 1u || fw->param[number] > most) \
		return "parameter " #name;
#include "docs/lists/params.def"
#undef X
	for (unsigned i = 0; i < WEIR_VETOES; i++)
		if (fw->legit.veto[i].length > 128)
			return "length of a veto";
	if (fw->limits > WEIR_FW_SERIES)
		return "number of series";
	for (unsigned i = 0; i < fw->limits; i++) {
		uint32_t most = weir_limit_most(fw->limit[i].number);

		if (!weir_series_kin(fw->limit[i].number) || fw->limit[i].floor > most || fw->limit[i].ceiling > most ||
		    !fw->limit[i].in_use || fw->limit[i].in_use > most)
			return "series";
	}
	return weir_store_sealed(fw) ? NULL : "what is kept is not sealed";
}
