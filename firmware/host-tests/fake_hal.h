/* SPDX-License-Identifier: Apache-2.0 */
/** The hardware of a test: registers and entries as plain memory, peaks that a read clears, queues that a test fills and looks
 * at. Nothing happens by itself. */
#ifndef WEIR_FAKE_HAL_H
#define WEIR_FAKE_HAL_H
#include "firmware/hal/hal.h"

enum { FAKE_EVENTS = 64, FAKE_MAILS = 64, FAKE_NOTICES = 256, FAKE_REG_WORDS = 0x10400 / 4, FAKE_ENTRY_WORDS = 0xf0000 / 4 };

struct fake_hal {
	struct weir_hal hal;
	uint64_t now_us, wake_us;
	uint32_t tick_us;               /**< time goes on by so much whenever it is asked for */
	uint32_t reg[FAKE_REG_WORDS], entry[FAKE_ENTRY_WORDS];
	uint32_t event[FAKE_EVENTS][WEIR_EVENT_WORDS], mail[FAKE_MAILS][WEIR_MAIL_WORDS], answer[FAKE_MAILS][WEIR_MAIL_WORDS];
	uint32_t notice[FAKE_NOTICES][WEIR_NOTICE_WORDS];
	unsigned events, events_taken, mails, mails_taken, answers, notices;   /**< notices beyond the room are counted only */
	uint32_t lost;
	bool notice_busy;               /**< the notice before does not leave */
	bool entries_broken;            /**< a write to an entry does nothing */
	unsigned kicks, entry_reads, entry_writes;
	char last_line[128];
};

/** A running, ready appliance without a policy. Taken: free(). Aborts when there is no memory. */
struct fake_hal *fake_hal_new(void);
uint32_t *fake_entry(struct fake_hal *f, uint32_t addr);
/** Largest values of a peak since its last read: as the hardware keeps them. @param bytes in units of 64. */
void fake_peak(struct fake_hal *f, unsigned i, uint32_t packets, uint32_t bytes);
/** A meter of the policy as docs/datapath.md 6.1 compiles it, action drop. @param packets_per_s, bytes_per_s 0: no limit. */
void fake_meter(struct fake_hal *f, unsigned i, uint32_t packets_per_s, uint32_t bytes_per_s);
/** The default policy: its meters, state thresholds, actions. */
void fake_policy(struct fake_hal *f);
/** An event of one trip or end: word 0 as given, bits of words 3 and 4. */
void fake_event(struct fake_hal *f, uint32_t word2, uint32_t trips, uint32_t ends, uint32_t proto, uint32_t reason,
		uint32_t measured);

#endif
