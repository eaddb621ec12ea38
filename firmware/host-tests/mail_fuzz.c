// SPDX-License-Identifier: Apache-2.0
/* libFuzzer target: messages of the host, one after the other, with time between them. A message is 64 octets, the last piece
 * filled with zeros; bit 31 of word 15 lets a period pass behind it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "firmware/app/mail.h"
#include "firmware/host-tests/mail_board.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Whether several bounds were taken wholly or not at all, as the answer says. The last one of a series holds. */
static const char *bounds_wrong(const struct weir_fw *fw, const struct weir_limit before[WEIR_FW_SERIES], const uint32_t *in, const uint32_t *out)
{
	uint32_t n = in[1];

	bool count_right = n && n <= WEIR_MAIL_BOUNDS_MOST;

	if (!(out[0] >> 24) && !count_right)
		return "count of bounds";
	if (out[0] >> 24 ? out[2] >= n && count_right : out[2] != n - 1)
		return "place of a bound";
	for (unsigned i = 0; i < fw->limits; i++) {
		uint32_t floor = before[i].floor, ceiling = before[i].ceiling;

		for (uint32_t k = 0; !(out[0] >> 24) && k < n; k++)
			if (in[2 + 2 * k] >> WEIR_MAIL_SERIES_LSB == fw->limit[i].number) {
				floor = in[2 + 2 * k] & ((1u << WEIR_MAIL_SERIES_LSB) - 1);
				ceiling = in[3 + 2 * k];
			}
		if (fw->limit[i].floor != floor || fw->limit[i].ceiling != ceiling)
			return "bounds";
	}
	return NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct weir_board board;
	static struct weir_fw fw;

	weir_board_init(&board, &fw);
	while (size) {
		uint32_t in[WEIR_MAIL_WORDS] = {0}, out[WEIR_MAIL_WORDS];
		size_t n = size < sizeof(in) ? size : sizeof(in);
		struct weir_limit before[WEIR_FW_SERIES];
		const char *wrong;

		memcpy(in, data, n);
		data += n;
		size -= n;
		memcpy(before, fw.limit, sizeof(before));
		weir_board_mail(&board, &fw, in, out);
		wrong = (in[0] & 0xff) == WEIR_MAIL_BOUNDS_OF ? bounds_wrong(&fw, before, in, out) : NULL;
		if (in[15] >> 31) {
			board.now_us += (uint64_t)fw.param[WEIR_PARAM_period_ms] * 1000;
			weir_fw_poll(&fw);
		}
		wrong = wrong ? wrong : weir_board_wrong(&fw);
		for (unsigned i = (in[0] & 0xff) == WEIR_MAIL_BOUNDS_OF ? 3 : 2; out[0] >> 24 && i < WEIR_MAIL_WORDS; i++)
			if (out[i])
				wrong = "words of a refusal";
		if ((out[0] & 0xffffff) != (in[0] & 0xffffff) || out[0] >> 24 > WEIR_MAIL_NOT_NOW)
			wrong = "answer";
		if (wrong) {
			fprintf(stderr, "op %u: wrong: %s\n", in[0] & 0xff, wrong);
			abort();
		}
	}
	return 0;
}
