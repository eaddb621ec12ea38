// SPDX-License-Identifier: Apache-2.0
/* Build tool: puts the sum of code and constants into the last word of an image of the soft core, and writes all of its memory
 * for $readmemh.
 *
 * image BIN HEX SUM: BIN is changed; HEX has 8,192 lines, each a 32-bit word; SUM gets the four bytes of the sum. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

enum { WORDS = 8192 };

static int fail(const char *what)
{
	perror(what);
	return EXIT_FAILURE;
}

int main(int argc, char **argv)
{
	static uint8_t byte[4 * WORDS];
	uint32_t sum = 0;
	size_t n;
	FILE *f;

	if (argc != 4 || !(f = fopen(argv[1], "r+b")))
		return fail("image BIN HEX SUM");
	n = fread(byte, 1, sizeof(byte), f);
	if (n < 8 || n % 4 || fgetc(f) != EOF) {
		fprintf(stderr, "%s: %zu bytes: not an image of whole words\n", argv[1], n);
		return EXIT_FAILURE;
	}
	for (size_t i = 0; i < n - 4; i += 4)
		sum = (sum << 1 | sum >> 31) +
		      (byte[i] | byte[i + 1] << 8 | byte[i + 2] << 16 | (uint32_t)byte[i + 3] << 24);
	for (unsigned i = 0; i < 4; i++)
		byte[n - 4 + i] = (uint8_t)(sum >> 8 * i);
	if (fseek(f, (long)n - 4, SEEK_SET) || fwrite(byte + n - 4, 4, 1, f) != 1 || fclose(f))
		return fail(argv[1]);
	if (!(f = fopen(argv[2], "w")))
		return fail(argv[2]);
	for (size_t i = 0; i < sizeof(byte); i += 4)
		fprintf(f, "%02x%02x%02x%02x\n", byte[i + 3], byte[i + 2], byte[i + 1], byte[i]);
	if (ferror(f) || fclose(f))
		return fail(argv[2]);
	if (!(f = fopen(argv[3], "wb")))
		return fail(argv[3]);
	if (fwrite(byte + n - 4, 4, 1, f) != 1 || fclose(f))
		return fail(argv[3]);
	return EXIT_SUCCESS;
}
