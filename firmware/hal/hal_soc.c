// SPDX-License-Identifier: Apache-2.0
#include "firmware/hal/hal_soc.h"

#include "weir/weir_regs.h"

/* The timer compares 32 bits: it is due within 2^31 us, so nobody sleeps longer than half of that. */
#define SLEEP_MOST_US (1u << 30)

static uint64_t wake_us;

static uint64_t now_us(void *ctx)
{
	/* Reading the low part keeps the high one. */
	uint32_t low = weir_soc_read(WEIR_REG_NOW_LOW);

	(void)ctx;
	return (uint64_t)weir_soc_read(WEIR_REG_NOW_HIGH) << 32 | low;
}

static uint32_t read_register(void *ctx, uint32_t addr)
{
	(void)ctx;
	return weir_soc_read(addr);
}

static void write_register(void *ctx, uint32_t addr, uint32_t value)
{
	(void)ctx;
	weir_soc_write(addr, value);
}

static void read_words(uint32_t addr, uint32_t *ret_word, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		ret_word[i] = weir_soc_read(addr + 4 * i);
}

static void write_words(uint32_t addr, const uint32_t *word, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		weir_soc_write(addr + 4 * i, word[i]);
}

/* Word 0 is read first and word 7 written last; until word 7 the bus is ours (docs/soc.md, Bus). */
static void read_entry(void *ctx, uint32_t addr, uint32_t ret_word[8])
{
	(void)ctx;
	read_words(addr, ret_word, 8);
}

static void write_entry(void *ctx, uint32_t addr, const uint32_t word[8])
{
	(void)ctx;
	write_words(addr, word, 8);
}

static bool event(void *ctx, uint32_t ret_word[WEIR_EVENT_WORDS])
{
	(void)ctx;
	if (!(weir_soc_read(WEIR_SOC_EVENT_QUEUE) & WEIR_SOC_EVENT_QUEUE_COUNT_MASK))
		return false;
	read_words(WEIR_SOC_EVENT_HEAD(0), ret_word, WEIR_EVENT_WORDS);
	weir_soc_write(WEIR_SOC_EVENT_POP, 1);
	return true;
}

static uint32_t events_lost(void *ctx)
{
	(void)ctx;
	return weir_soc_read(WEIR_SOC_EVENT_QUEUE) >> WEIR_SOC_EVENT_QUEUE_LOST_LSB;
}

static bool mail(void *ctx, uint32_t ret_word[WEIR_MAIL_WORDS])
{
	(void)ctx;
	if (!(weir_soc_read(WEIR_SOC_MAIL) & WEIR_SOC_MAIL_IN_FULL_MASK))
		return false;
	read_words(WEIR_SOC_MAIL_IN(0), ret_word, WEIR_MAIL_WORDS);
	/* Turned over: 0 again. */
	weir_soc_write(WEIR_SOC_MAIL, WEIR_SOC_MAIL_IN_FULL_MASK);
	return true;
}

static void answer(void *ctx, const uint32_t word[WEIR_MAIL_WORDS])
{
	(void)ctx;
	write_words(WEIR_SOC_MAIL_OUT(0), word, WEIR_MAIL_WORDS);
	/* An answer that nobody has fetched is replaced. */
	if (!(weir_soc_read(WEIR_SOC_MAIL) & WEIR_SOC_MAIL_OUT_FULL_MASK))
		weir_soc_write(WEIR_SOC_MAIL, WEIR_SOC_MAIL_OUT_FULL_MASK);
}

static bool notice(void *ctx, const uint32_t word[WEIR_NOTICE_WORDS])
{
	(void)ctx;
	if (weir_soc_read(WEIR_SOC_MAIL) & WEIR_SOC_MAIL_NOTICE_FULL_MASK)
		return false;
	write_words(WEIR_SOC_NOTICE(0), word, WEIR_NOTICE_WORDS);
	weir_soc_write(WEIR_SOC_MAIL, WEIR_SOC_MAIL_NOTICE_FULL_MASK);
	return true;
}

static void kick(void *ctx)
{
	(void)ctx;
	weir_soc_write(WEIR_SOC_WATCHDOG_KICK, 1);
}

static void wake_at(void *ctx, uint64_t at_us)
{
	(void)ctx;
	wake_us = at_us;
}

void weir_hal_soc_put(const char *text)
{
	for (; *text; text++)
		weir_soc_write(WEIR_SOC_CONSOLE, (uint8_t)*text);
}

static void log_line(void *ctx, const char *line)
{
	(void)ctx;
	weir_hal_soc_put(line);
	weir_hal_soc_put("\n");
}

/** A quarter of the watchdog's time at least: its unit is 1,024 clocks, above 8 us at any clock below 125 MHz; taken as 4 for
 * half, and halved again. */
static uint32_t longest_us(void)
{
	uint32_t timeout = weir_soc_read(WEIR_SOC_WATCHDOG) & WEIR_SOC_WATCHDOG_TIMEOUT_MASK;

	return timeout ? timeout * 2 : SLEEP_MOST_US;
}

void weir_hal_soc_wait(void)
{
	uint64_t now = now_us(NULL);
	uint32_t sleep_us = longest_us();

	if (wake_us <= now)
		sleep_us = 0;
	else if (wake_us - now < sleep_us)
		sleep_us = (uint32_t)(wake_us - now);
	weir_soc_write(WEIR_SOC_TIMER, (uint32_t)now + sleep_us);
	weir_soc_write(WEIR_SOC_IRQ_ENABLE, WEIR_SOC_IRQ_ENABLE_TIMER_MASK | WEIR_SOC_IRQ_ENABLE_EVENT_MASK |
		       WEIR_SOC_IRQ_ENABLE_MAIL_MASK);
	weir_soc_write(WEIR_SOC_SLEEP, 1);
	/* The core's next access to data waits until an enabled interrupt is pending; wfi itself is a nop (docs/soc.md). */
	weir_soc_read(WEIR_SOC_SLEEP);
}

const struct weir_hal weir_hal_soc = {
	.now_us = now_us,
	.read = read_register,
	.write = write_register,
	.read_entry = read_entry,
	.write_entry = write_entry,
	.event = event,
	.events_lost = events_lost,
	.mail = mail,
	.answer = answer,
	.notice = notice,
	.kick = kick,
	.wake_at = wake_at,
	.log = log_line,
};
