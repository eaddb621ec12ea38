// SPDX-License-Identifier: Apache-2.0
/* libFuzzer: any octets as a captured frame. Reading stays within them, its text within its room; octets that are cut off take something away, and never
 * make addresses or ports of nothing. */
#include <stdlib.h>
#include <string.h>

#include "host/weirctl/frame.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool ok)
{
	if (!ok)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct frame_ends whole, cut;
	char text[FRAME_TEXT];

	for (size_t n = 0; n <= size; n++) {
		uint8_t *octets = malloc(n ? n : 1);   /* of its very size: reading beyond it is seen */

		must(octets != NULL);
		memcpy(octets, data, n);
		frame_read(octets, n, &cut);
		free(octets);
		memset(text, 'x', sizeof(text));
		must(frame_text(&cut, text) == text && memchr(text, 0, sizeof(text)) != NULL && *text);
		must(cut.from.family == cut.to.family && (!cut.has_ports || cut.from.family) && (n < 14 ? !cut.ethertype : true));
		if (n) {
			must(!whole.from.family || !memcmp(&whole.from, &cut.from, sizeof(cut.from)));
			must(!whole.has_ports || (cut.has_ports && cut.sport == whole.sport && cut.dport == whole.dport && cut.protocol == whole.protocol));
		}
		whole = cut;
	}
	return 0;
}
