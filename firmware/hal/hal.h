/* SPDX-License-Identifier: Apache-2.0 */
/** What the firmware needs of the hardware. On the soft core: hal_soc.c; in unit tests a fake; beside the reference model the
 * simulator. All calls return at once, but those to entries, which wait for a maintenance slot (at most some 10 us). */
#ifndef WEIR_HAL_H
#define WEIR_HAL_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { WEIR_EVENT_WORDS = 16, WEIR_MAIL_WORDS = 16, WEIR_NOTICE_WORDS = 16 };

/** One instance for one appliance; `ctx` is handed to every call. Addresses are those of host/include/weir/weir_regs.h. */
struct weir_hal {
	void *ctx;
	/** `now`, us. */
	uint64_t (*now_us)(void *ctx);
	/** A register. Reading an address without a register gives 0. */
	uint32_t (*read)(void *ctx, uint32_t addr);
	void (*write)(void *ctx, uint32_t addr, uint32_t value);
	/** A whole entry, in one maintenance slot: eight words. addr: of its word 0. */
	void (*read_entry)(void *ctx, uint32_t addr, uint32_t ret_word[8]);
	void (*write_entry)(void *ctx, uint32_t addr, const uint32_t word[8]);
	/** Take the oldest event off the queue. @return whether there was one; ret_word (docs/soc.md) is set then. */
	bool (*event)(void *ctx, uint32_t ret_word[WEIR_EVENT_WORDS]);
	/** Events lost for lack of room since reset, wrapping at 2^24. */
	uint32_t (*events_lost)(void *ctx);
	/** A message that waits. @return whether there was one. */
	bool (*mail)(void *ctx, uint32_t ret_word[WEIR_MAIL_WORDS]);
	/** Answer the message last taken. */
	void (*answer)(void *ctx, const uint32_t word[WEIR_MAIL_WORDS]);
	/** Send a notice. @return false: the one before has not left yet; nothing was done. */
	bool (*notice)(void *ctx, const uint32_t word[WEIR_NOTICE_WORDS]);
	/** Alive: the watchdog's time begins anew. */
	void (*kick)(void *ctx);
	/** Be called again (weir_fw_poll) when `now` reaches this, or an event or a message comes. */
	void (*wake_at)(void *ctx, uint64_t now_us);
	/** A line of the log, without line end; ASCII. */
	void (*log)(void *ctx, const char *line);
};

#endif
