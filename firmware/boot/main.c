// SPDX-License-Identifier: Apache-2.0
/* Boot of the soft core, and its loop (docs/firmware.md, "Boot"). */
#include "firmware/app/fw.h"
#include "firmware/hal/hal_soc.h"
#include "weir/weir_regs.h"

/* What `keep` says of the life before. */
enum { KEEP_TRAP = 1, KEEP_SELF_TEST = 2 };
enum { BAD_CODE = 1, BAD_REGISTERS = 2, BAD_MEMORY = 4 };
enum { CAUSE_STACK = 0x10 };
enum { WATCHDOG_DEFAULT = 32768 };
#define STACK_MARK 0x57454952u

/* Of the link script. */
extern const uint32_t __code_end[];
extern uint32_t __stack_low[];

/* Put there when the image is made (image.c). */
const volatile uint32_t weir_code_sum __attribute__((section(".sum"))) = 0;

/* Learned state outlives a restart: nothing clears this. */
static struct weir_fw fw __attribute__((section(".kept")));

void weir_main(void);
void weir_trap(uint32_t cause, uint32_t at);

static void put_hex(uint32_t x)
{
	char text[9];

	for (unsigned i = 0; i < 8; i++, x <<= 4)
		text[i] = "0123456789abcdef"[x >> 28];
	text[8] = 0;
	weir_hal_soc_put(text);
}

static void put_line(const char *what, uint32_t x, uint32_t at)
{
	weir_hal_soc_put(what);
	put_hex(x);
	weir_hal_soc_put(" at ");
	put_hex(at);
	weir_hal_soc_put("\n");
}

/** Tells what happened and waits for the watchdog. Called by crt0.S. */
void weir_trap(uint32_t cause, uint32_t at)
{
	weir_soc_write(WEIR_SOC_KEEP(0), KEEP_TRAP << 24 | (cause & 0xffffff));
	weir_soc_write(WEIR_SOC_KEEP(1), at);
	put_line("trap ", cause, at);
	/* A hung firmware must end, whoever has switched the watchdog off. */
	if (!weir_soc_read(WEIR_SOC_WATCHDOG))
		weir_soc_write(WEIR_SOC_WATCHDOG, WATCHDOG_DEFAULT);
	for (;;)
		;
}

static uint32_t code_sum(void)
{
	uint32_t sum = 0;

	/* From address 0 on, which a compiler takes for no object: hide it. */
	const uint32_t *word;

	__asm__("li %0, 0" : "=r"(word));
	for (; word != __code_end; word++)
		sum = (sum << 1 | sum >> 31) + *word;
	return sum;
}

/** Write and read what lies between data and stack. @return the first bad word, 0 when there is none. */
static uint32_t bad_memory(void)
{
	volatile uint32_t *end = (volatile uint32_t *)__builtin_frame_address(0) - 64;

	for (uint32_t flip = 0, i = 0; i < 2; i++, flip = ~flip) {
		for (volatile uint32_t *p = __stack_low; p < end; p++)
			*p = (uint32_t)(uintptr_t)p ^ flip;
		for (volatile uint32_t *p = __stack_low; p < end; p++)
			if (*p != ((uint32_t)(uintptr_t)p ^ flip))
				return (uint32_t)(uintptr_t)p;
	}
	return 0;
}

static void self_test(void)
{
	uint32_t bad = 0, at, where = 0;

	if (code_sum() != weir_code_sum) {
		bad |= BAD_CODE;
		where = (uint32_t)(uintptr_t)__code_end;
	}
	if (weir_soc_read(WEIR_REG_ID) != WEIR_REG_ID_ID_RESET || weir_soc_read(WEIR_SOC_ID) != WEIR_SOC_ID_ID_RESET) {
		bad |= BAD_REGISTERS;
		where = WEIR_SOC_BUS;
	}
	at = bad_memory();
	if (at) {
		bad |= BAD_MEMORY;
		where = at;
	}
	if (!bad)
		return;
	weir_soc_write(WEIR_SOC_KEEP(0), KEEP_SELF_TEST << 24 | bad);
	weir_soc_write(WEIR_SOC_KEEP(1), where);
	put_line("self-test failed ", bad, where);
}

void weir_main(void)
{
	uint32_t status = weir_soc_read(WEIR_SOC_CPU_STATUS);

	if (!weir_soc_read(WEIR_SOC_WATCHDOG))
		weir_soc_write(WEIR_SOC_WATCHDOG, WATCHDOG_DEFAULT);
	weir_hal_soc_put(status & WEIR_SOC_CPU_STATUS_RESTARTED_MASK ? "restarted\n" : "started\n");
	self_test();
	*(volatile uint32_t *)__stack_low = STACK_MARK;
	weir_fw_init(&fw, &weir_hal_soc);
	weir_soc_write(WEIR_SOC_KEEP(0), 0);
	weir_soc_write(WEIR_SOC_KEEP(1), 0);
	for (;;) {
		weir_fw_poll(&fw);
		if (*(volatile uint32_t *)__stack_low != STACK_MARK)
			weir_trap(CAUSE_STACK, (uint32_t)(uintptr_t)__stack_low);
		weir_hal_soc_wait();
	}
}
