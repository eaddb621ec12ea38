// SPDX-License-Identifier: Apache-2.0
/* libFuzzer: any octets as what comes over the host link. In pieces and whole they must give the same bodies; each body must
 * survive its own frame; and replies, hellos and notices are looked for in it, and in the octets themselves. The first octets choose pieces and request. */
#include <stdlib.h>
#include <string.h>

#include "host/common/link_proto.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool ok)
{
	if (!ok)
		abort();
}

static void look(const struct weir_link_request *req, const uint8_t *octets, size_t len)
{
	uint8_t wire[WEIR_LINK_WIRE_MAX], number;
	uint32_t words[WEIR_LINK_WORDS_MAX];
	struct weir_link_decoder again;
	struct weir_link_hello h;
	size_t n, taken, got;
	uint8_t *body = malloc(len);	/* of its very size: reading beyond it is seen */

	require(body != NULL);
	memcpy(body, octets, len);
	require(weir_link_encode(body, len, wire, sizeof(wire), &n) == 0);
	weir_link_decoder_init(&again);
	taken = weir_link_decode(&again, wire, n, &got);
	require(taken == n && got == len && !memcmp(again.octets, body, len) && again.bad == 0);
	for (size_t cut = 0; cut <= len; cut += len > 8 ? len / 8 : 1) {
		(void)weir_link_reply(req, body, cut, words);
		(void)weir_link_hello_reply(req, body, cut, &h);
		(void)weir_link_notice(body, cut, &number, words);
	}
	free(body);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct weir_link_decoder whole, pieces;
	struct weir_link_request req;
	size_t piece, at = 0, in = 0, end = 0;

	if (size < 8)
		return 0;
	piece = 1 + data[0] % 40;
	if (data[1] % 4 == 0)
		weir_link_hello(&req, data[2]);
	else if (weir_link_read(&req, data[2], 4u * data[3] << 16, data[4]) != 0)
		return 0;
	data += 8;
	size -= 8;
	if (size >= WEIR_LINK_BODY_MIN && size <= WEIR_LINK_BODY_MAX)
		look(&req, data, size);
	weir_link_decoder_init(&whole);
	weir_link_decoder_init(&pieces);
	do {
		size_t len, other = 0;

		at += weir_link_decode(&whole, data + at, size - at, &len);
		/* The other to its next body, or to the end. */
		while (other == 0 && in < size) {
			if (in == end)
				end = size - end < piece ? size : end + piece;
			in += weir_link_decode(&pieces, data + in, end - in, &other);
		}
		require(len == other && whole.bad == pieces.bad && (len == 0 || at == in));
		require(len <= WEIR_LINK_BODY_MAX && len != 1);
		if (len != 0) {
			require(!memcmp(whole.octets, pieces.octets, len));
			look(&req, whole.octets, len);
		}
	} while (at < size);
	return 0;
}
