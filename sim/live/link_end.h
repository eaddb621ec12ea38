// SPDX-License-Identifier: Apache-2.0
/** The appliance's end of the host link beside the model (docs/simulator.md, "Host link"): what rtl/link and rtl/soc are in the
 * hardware, over registers and firmware in C. Requests are done at once. Of the soc's registers there are `id`, `version`,
 * `cpu` (reads whether firmware runs), `mail` with its words, `notice`, `link_rate`, `link_counts`, and those of the capture
 * (capture_end.h); the others read 0. */
#ifndef WEIR_LIVE_LINK_END_H
#define WEIR_LIVE_LINK_END_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/model/record.h"

enum { WEIR_LINK_END_MAIL_WORDS = 16 };

struct weir_link_end_ops {
	/** Registers and entries of the data path; where nothing is: 0, no effect. */
	uint32_t (*read)(void *ctx, uint32_t addr);
	void (*write)(void *ctx, uint32_t addr, uint32_t value);
	uint64_t (*now_us)(void *ctx);
	bool (*has_firmware)(void *ctx);
	/** Ask the firmware. @return whether it answered */
	bool (*mail)(void *ctx, const uint32_t word[WEIR_LINK_END_MAIL_WORDS], uint32_t ret_answer[WEIR_LINK_END_MAIL_WORDS]);
	/** For the host: one whole frame. */
	void (*out)(void *ctx, const uint8_t *octets, size_t n);
};

struct weir_link_end;

/** @param ops  Borrowed until free. @retval NULL no memory */
struct weir_link_end *weir_link_end_new(const struct weir_link_end_ops *ops, void *ctx);
/** Accepts NULL. */
void weir_link_end_free(struct weir_link_end *l);

/** Octets of the host. */
void weir_link_end_take(struct weir_link_end *l, const uint8_t *octets, size_t n);
/** The firmware has a notice. */
void weir_link_end_notice(struct weir_link_end *l, const uint32_t word[WEIR_LINK_END_MAIL_WORDS]);
/** A frame has been judged. @param known  octets there are of it; borrowed for the call. */
void weir_link_end_record(struct weir_link_end *l, const struct weir_record *record, const uint8_t *octets, uint32_t known);

#endif
