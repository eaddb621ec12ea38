// SPDX-License-Identifier: Apache-2.0
/* What a host says to the firmware (docs/firmware.md, "Mail"). */
#include <errno.h>
#include <string.h>

#include "image.h"

enum { OpHello = 1, OpSet = 3, OpExport = 8, OpImport = 9, Chunk = 12, StatusLsb = 24, Attempts = 1000, StatusNotNow = 3 };

/* @retval 0; -EINVAL it refuses; errors of weir_session_mail(). */
static int ask(struct weir_session *s, const uint32_t word[WEIR_ENGINE_MAIL_WORDS], uint32_t answer[WEIR_ENGINE_MAIL_WORDS])
{
	int rc = -EINVAL;

	for (int i = 0; i < Attempts; i++) {
		rc = weir_session_mail(s, word, answer);
		if (rc || answer[0] >> StatusLsb != StatusNotNow)
			break;
	}
	return rc ? rc : answer[0] >> StatusLsb ? -EINVAL : 0;
}

int weir_firmware_set(struct weir_session *s, const uint32_t *param, const uint32_t *def, unsigned n)
{
	uint32_t word[WEIR_ENGINE_MAIL_WORDS], answer[WEIR_ENGINE_MAIL_WORDS];
	int rc = 0;

	for (unsigned i = 0; i < n && !rc; i++) {
		if (param[i] == def[i])
			continue;
		memset(word, 0, sizeof(word));
		word[0] = OpSet;
		word[1] = i;
		word[2] = param[i];
		rc = ask(s, word, answer);
	}
	return rc;
}

int weir_firmware_export(struct weir_session *s, uint32_t ret_word[WEIR_LEARNED_WORDS], uint32_t *ret_n)
{
	uint32_t word[WEIR_ENGINE_MAIL_WORDS] = { OpHello }, answer[WEIR_ENGINE_MAIL_WORDS];
	uint32_t n = 0, all;
	int rc = ask(s, word, answer);

	if (rc)
		return rc;
	all = answer[5] / 4;   /* bytes of learned state */
	if (all > WEIR_LEARNED_WORDS)
		return -ENOBUFS;
	while (n < all) {
		memset(word, 0, sizeof(word));
		word[0] = OpExport;
		word[1] = n;
		rc = ask(s, word, answer);
		if (rc)
			return rc;
		if (!answer[2] || answer[2] > Chunk || n + answer[2] > WEIR_LEARNED_WORDS)
			return -EINVAL;
		memcpy(ret_word + n, answer + 3, answer[2] * sizeof(*word));
		n += answer[2];
	}
	*ret_n = n;
	return 0;
}

int weir_firmware_import(struct weir_session *s, const uint32_t *from, uint32_t n)
{
	uint32_t word[WEIR_ENGINE_MAIL_WORDS], answer[WEIR_ENGINE_MAIL_WORDS];
	int rc = 0;

	for (uint32_t at = 0; at < n && !rc; at += Chunk) {
		memset(word, 0, sizeof(word));
		word[0] = OpImport;
		word[1] = at;
		word[2] = n - at < Chunk ? n - at : Chunk;
		memcpy(word + 3, from + at, word[2] * sizeof(*word));
		rc = ask(s, word, answer);
	}
	return rc;
}
