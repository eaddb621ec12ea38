// SPDX-License-Identifier: Apache-2.0
#include "image.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TokenMax = 80, WordBytes = 4 };

static int read_hex(FILE *f, uint32_t *word, uint32_t *n)
{
	char token[TokenMax], *end;
	unsigned long at = 0, v;

	while (fscanf(f, "%79s", token) == 1) {
		if (!strncmp(token, "//", 2)) {
			if (fscanf(f, "%*[^\n]") == EOF)
				break;
			continue;
		}
		v = strtoul(token + (token[0] == '@'), &end, 16);
		if (*end || end == token || v > UINT32_MAX)
			return -EINVAL;
		if (token[0] == '@') {
			at = v;
			continue;
		}
		if (at >= WEIR_IMAGE_WORDS)
			return -EINVAL;
		word[at++] = (uint32_t)v;
		if (at > *n)
			*n = (uint32_t)at;
	}
	return ferror(f) ? -EINVAL : 0;
}

static int read_bytes(FILE *f, uint32_t *word, uint32_t *n)
{
	uint8_t b[WordBytes];
	size_t got;

	while ((got = fread(b, 1, sizeof(b), f)) > 0) {
		if (*n == WEIR_IMAGE_WORDS)
			return -EINVAL;
		memset(b + got, 0, sizeof(b) - got);
		word[(*n)++] = (uint32_t)b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
	}
	return ferror(f) ? -EINVAL : 0;
}

int weir_image_read(const char *file, uint32_t *ret_word, uint32_t *ret_n, char *detail, size_t n)
{
	const char *dot = strrchr(file, '.');
	FILE *f = fopen(file, "re");
	uint32_t words = 0;
	int rc;

	if (!f) {
		snprintf(detail, n, "%s: the firmware's image cannot be read (%s); make it with make firmware", file, strerror(errno));
		return -EINVAL;
	}
	memset(ret_word, 0, WEIR_IMAGE_WORDS * sizeof(*ret_word));
	rc = dot && !strcmp(dot, ".hex") ? read_hex(f, ret_word, &words) : read_bytes(f, ret_word, &words);
	fclose(f);
	if (rc || !words) {
		snprintf(detail, n, "%s: no image of at most %d words", file, WEIR_IMAGE_WORDS);
		return -EINVAL;
	}
	*ret_n = words;
	return 0;
}

const char *weir_image_default(char *buf, size_t n)
{
	char program[PATH_MAX];
	ssize_t len = readlink("/proc/self/exe", program, sizeof(program) - 1);
	char *slash;
	int folder;

	program[len > 0 ? len : 0] = 0;
	slash = strrchr(program, '/');
	folder = slash ? (int)(slash - program) : 1;
	snprintf(buf, n, "%.*s/../share/weir/weir.hex", folder, slash ? program : ".");
	if (access(buf, R_OK))
		snprintf(buf, n, "%.*s/firmware/weir.hex", folder, slash ? program : ".");
	return buf;
}
