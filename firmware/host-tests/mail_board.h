/* SPDX-License-Identifier: Apache-2.0 */
/** A board that is all memory, for tests of messages: registers and entries keep what was written, reading a peak clears it. */
#ifndef WEIR_FW_MAIL_BOARD_H
#define WEIR_FW_MAIL_BOARD_H
#include "firmware/app/fw.h"

enum { BOARD_UDP = 128 + 14, BOARD_SYN = 128 + 9 };  /* the series that its policy limits: packets of inbound UDP, of SYNs */

struct weir_board {
	struct weir_hal hal;
	uint64_t now_us, wake_us;
	uint32_t answered, notices, notice[WEIR_NOTICE_WORDS];
	uint32_t in[WEIR_MAIL_WORDS], out[WEIR_MAIL_WORDS];
	bool in_full;
	uint32_t word[0x200000 / 4];
};

/** A policy with two limits, CTRL.run 1. The firmware begins, from memory that is 0, and has read the policy. */
void weir_board_init(struct weir_board *b, struct weir_fw *fw);
/** A message, through the firmware's loop. */
void weir_board_mail(struct weir_board *b, struct weir_fw *fw, const uint32_t in[WEIR_MAIL_WORDS],
		     uint32_t ret_out[WEIR_MAIL_WORDS]);
/** @return what must hold for a firmware at any time: parameters, bounds, what is kept; NULL when it does. */
const char *weir_board_wrong(const struct weir_fw *fw);

#endif
