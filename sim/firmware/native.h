// SPDX-License-Identifier: Apache-2.0
/** The firmware, natively built, beside the reference model: its hardware layer (firmware/hal/hal.h) over the model's registers
 * and the records of its frames (docs/soc.md, "Events"). It runs at once and takes no time: at each frame whose record makes
 * an event, and before the first frame at or behind the time at which it wants to be woken. */
#ifndef WEIR_NATIVE_H
#define WEIR_NATIVE_H

#include <stdbool.h>
#include <stdint.h>

#include "firmware/hal/hal.h"
#include "sim/model/weir_model.h"

/** The event that a record makes.
 * @param enable    Register event_enable.
 * @param ret_word  Set when there is one.
 * @return whether there is one */
bool weir_soc_event(const struct weir_record *r, uint32_t enable, uint32_t ret_word[WEIR_EVENT_WORDS]);

struct weir_native_sink {
	void (*notice)(void *ctx, uint64_t now_us, const uint32_t word[WEIR_NOTICE_WORDS]);
	/** A line of the log. */
	void (*log)(void *ctx, uint64_t now_us, const char *line);
	/** It read or wrote an entry. May be NULL. */
	void (*entry)(void *ctx, uint64_t now_us, bool write, uint32_t addr, const uint32_t word[8]);
};

struct weir_native;

/** Start it.
 * @param m     Borrowed until free, as is the sink.
 * @retval 0 *ret set; -ENOMEM; -ENOSYS this program was built without the firmware. */
int weir_native_new(struct weir_model *m, uint64_t now_us, const struct weir_native_sink *sink, void *ctx,
		    struct weir_native **ret);
/** Accepts NULL. */
void weir_native_free(struct weir_native *n);

/** Time goes on: all that is due by then is done, each at its time. To be called before the frame of this time. */
void weir_native_time(struct weir_native *n, uint64_t now_us);
/** When it wants to be called again; UINT64_MAX: never. */
uint64_t weir_native_wake_us(const struct weir_native *n);
/** A frame has got this record. */
void weir_native_record(struct weir_native *n, const struct weir_record *r);
/** A message. @retval 0 ret_answer set; -ETIMEDOUT no answer. */
int weir_native_mail(struct weir_native *n, const uint32_t word[WEIR_MAIL_WORDS], uint32_t ret_answer[WEIR_MAIL_WORDS]);

#endif
