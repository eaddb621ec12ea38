// SPDX-License-Identifier: Apache-2.0
/* libFuzzer target: the label file reader. */
#define _GNU_SOURCE
#include <stdint.h>
#include <stdio.h>

#include "sim/common/labels.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct weir_labels *l;
	char detail[200];
	FILE *f;

	if (!size)
		return 0;
	f = fmemopen((void *)data, size, "r");
	if (!f)
		return 0;
	if (!weir_labels_read(f, "fuzz", 100000, &l, detail, sizeof(detail))) {
		for (size_t i = 0; i < weir_labels_packets(l); i++)
			if (weir_labels_of(l, i) >= (int)weir_labels_attacks(l))
				__builtin_trap();
		weir_labels_free(l);
	}
	fclose(f);
	return 0;
}
