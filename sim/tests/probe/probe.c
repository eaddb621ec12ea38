// SPDX-License-Identifier: Apache-2.0
/* A small firmware for the simulated soft core, which does in a known rhythm what the real one does when it sees fit: every
 * 3,001 us of `now` it reads and clears peaks, moves the threshold of the table `remote` up and down, counts its periods on
 * the console, and at the fourth tells a notice. A message is answered with its words, each plus one. Between, it sleeps. */
#include <stdint.h>

#include "weir/weir_regs.h"

enum { PeriodUs = 3001, Words = 16, EntryWords = 8, NoticePeriod = 4, Remote = 0, Peaks = 4, Threshold = 3, Steps = 8 };

#define BUS 0x80000000u

__asm__(".section .start, \"ax\"\n"
	".option norelax\n"
	".option arch, +zicsr\n"
	".global _start\n"
	"_start: csrwi mstatus, 0\n"
	"li t0, 1 << 11\n"
	"csrw mie, t0\n"
	"csrwi 0xbc0, 1\n"
	"li sp, 0x8000\n"
	"call probe_main\n"
	".text\n");

static uint32_t get(uint32_t addr)
{
	return *(volatile uint32_t *)(uintptr_t)(BUS + addr);
}

static void put(uint32_t addr, uint32_t value)
{
	*(volatile uint32_t *)(uintptr_t)(BUS + addr) = value;
}

static uint32_t entry(uint32_t target, uint32_t index)
{
	return WEIR_ENTRIES_BASE + target * WEIR_TARGET_SPAN + index * WEIR_ENTRY_SPAN;
}

static void move_threshold(uint32_t period)
{
	uint32_t word[EntryWords], addr = entry(WEIR_TARGET_METER_CFG, Remote);
	uint32_t value = Threshold + period % Steps;

	for (uint32_t i = 0; i < EntryWords; i++)
		word[i] = get(addr + 4 * i);
	for (uint32_t i = 0; i < WEIR_REG_METER_CFG_PKT_THRESHOLD_BITS; i++) {
		uint32_t bit = WEIR_REG_METER_CFG_PKT_THRESHOLD_LSB + i;

		word[bit / 32] &= ~(1u << bit % 32);
		word[bit / 32] |= (value >> i & 1) << bit % 32;
	}
	for (uint32_t i = 0; i < EntryWords; i++)
		put(addr + 4 * i, word[i]);
}

static uint32_t read_peaks(void)
{
	uint32_t most = 0;

	for (uint32_t k = 0; k < Peaks; k++) {
		uint32_t addr = entry(WEIR_TARGET_PEAK, 16 * k), first = get(addr);

		for (uint32_t i = 1; i < EntryWords; i++)
			get(addr + 4 * i);
		if ((first & 0x3ffff) > most)
			most = first & 0x3ffff;
	}
	return most;
}

static void notice(uint32_t period, uint32_t most)
{
	for (uint32_t i = 0; i < Words; i++)
		put(WEIR_SOC_NOTICE(i), 0);
	put(WEIR_SOC_NOTICE(0), 1 | 1 << 8 | 2 << 10);
	put(WEIR_SOC_NOTICE(1), period);
	put(WEIR_SOC_NOTICE(4), Threshold);
	put(WEIR_SOC_NOTICE(5), most);
	put(WEIR_SOC_MAIL, WEIR_SOC_MAIL_NOTICE_FULL_MASK);
}

static void answer(void)
{
	for (uint32_t i = 0; i < Words; i++)
		put(WEIR_SOC_MAIL_OUT(i), get(WEIR_SOC_MAIL_IN(i)) + (i ? 1 : 0));
	put(WEIR_SOC_MAIL, WEIR_SOC_MAIL_IN_FULL_MASK);
	put(WEIR_SOC_MAIL, WEIR_SOC_MAIL_OUT_FULL_MASK);
}

void probe_main(void);
void probe_main(void)
{
	uint32_t deadline = get(WEIR_REG_NOW_LOW) + PeriodUs, period = 0, pending;

	put(WEIR_SOC_IRQ_ENABLE, WEIR_SOC_IRQ_ENABLE_TIMER_MASK | WEIR_SOC_IRQ_ENABLE_MAIL_MASK);
	for (;;) {
		put(WEIR_SOC_TIMER, deadline);
		put(WEIR_SOC_SLEEP, 1);
		__asm__ volatile("wfi");
		pending = get(WEIR_SOC_IRQ_PENDING);
		if (pending & WEIR_SOC_IRQ_PENDING_MAIL_MASK)
			answer();
		if (!(pending & WEIR_SOC_IRQ_PENDING_TIMER_MASK))
			continue;
		move_threshold(++period);
		put(WEIR_SOC_CONSOLE, '0' + period % 10);
		put(WEIR_SOC_CONSOLE, '\n');
		if (period == NoticePeriod)
			notice(period, read_peaks());
		else
			read_peaks();
		deadline += PeriodUs;
	}
}
