// SPDX-License-Identifier: Apache-2.0
#include <string.h>

#include "site_priv.h"

enum { WordBytes = 4, Room = WEIR_ENTRY_WORDS * WEIR_ENTRIES_AT_ONCE };

static void flush(struct weir_batch *b)
{
	if (!b->error && b->n)
		b->error = weir_write(b->dev, b->address, b->n, b->word);
	b->n = 0;
}

void weir_batch_put(struct weir_batch *b, uint32_t address, const uint32_t *word, uint32_t n, uint32_t bridge)
{
	uint32_t next = b->address + b->n * WordBytes, gap = (address - next) / WordBytes;

	if (!b->n || address < next || gap > bridge || b->n + gap + n > Room) {
		flush(b);
		b->address = address;
		gap = 0;
	}
	memset(b->word + b->n, 0, gap * sizeof(*word));
	memcpy(b->word + b->n + gap, word, n * sizeof(*word));
	b->n += gap + n;
}

int weir_batch_end(struct weir_batch *b)
{
	flush(b);
	return b->error;
}
