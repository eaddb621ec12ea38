// SPDX-License-Identifier: Apache-2.0
/* libFuzzer target: messages of the host, one after the other, with time between them. A message is 64 octets, the last piece
 * filled with zeros; bit 31 of word 15 lets a period pass behind it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "firmware/app/mail.h"
#include "firmware/host-tests/mail_board.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct weir_board board;
	static struct weir_fw fw;

	weir_board_init(&board, &fw);
	while (size) {
		uint32_t in[WEIR_MAIL_WORDS] = {0}, out[WEIR_MAIL_WORDS];
		size_t n = size < sizeof(in) ? size : sizeof(in);
		const char *wrong;

		memcpy(in, data, n);
		data += n;
		size -= n;
		weir_board_mail(&board, &fw, in, out);
		if (in[15] >> 31) {
			board.now_us += (uint64_t)fw.param[WEIR_PARAM_period_ms] * 1000;
			weir_fw_poll(&fw);
		}
		wrong = weir_board_wrong(&fw);
		if ((out[0] & 0xffffff) != (in[0] & 0xffffff) || out[0] >> 24 > WEIR_MAIL_NOT_NOW)
			wrong = "answer";
		if (wrong) {
			fprintf(stderr, "op %u: wrong: %s\n", in[0] & 0xff, wrong);
			abort();
		}
	}
	return 0;
}
