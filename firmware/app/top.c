// SPDX-License-Identifier: Apache-2.0
#include "firmware/app/top.h"

#include <string.h>

__attribute__((noinline)) bool weir_same_address(const uint32_t a[4], const uint32_t b[4])
{
	for (unsigned i = 4; i--;)
		if (a[i] != b[i])
			return false;
	return true;
}

void weir_top_init(struct weir_top *t)
{
	memset(t, 0, sizeof(*t));
}

void weir_top_add(struct weir_top *t, const uint32_t address[4])
{
	unsigned least = 0;

	for (unsigned i = 0; i < WEIR_TOP; i++) {
		if (t->place[i].count && weir_same_address(t->place[i].address, address)) {
			if (t->place[i].count < UINT32_MAX)
				t->place[i].count++;
			return;
		}
		if (t->place[i].count < t->place[least].count)
			least = i;
	}
	/* A free place has a count of 0: nobody's error. */
	memcpy(t->place[least].address, address, sizeof(t->place[least].address));
	t->place[least].error = t->place[least].count;
	if (t->place[least].count < UINT32_MAX)
		t->place[least].count++;
}

void weir_top_fade(struct weir_top *t)
{
	for (unsigned i = 0; i < WEIR_TOP; i++) {
		uint32_t count = t->place[i].count / 2, error = t->place[i].error - t->place[i].error / 2;

		/* The error is rounded up, so that it stays a bound. */
		t->place[i].count = count;
		t->place[i].error = error < count ? error : count;
	}
}

uint32_t weir_top_get(const struct weir_top *t, unsigned place, uint32_t ret_address[4], uint32_t *ret_error)
{
	for (unsigned i = 0; i < WEIR_TOP; i++) {
		unsigned before = 0;

		for (unsigned j = 0; j < WEIR_TOP; j++)
			before += t->place[j].count > t->place[i].count || (t->place[j].count == t->place[i].count && j < i);
		if (before != place || !t->place[i].count)
			continue;
		memcpy(ret_address, t->place[i].address, sizeof(t->place[i].address));
		*ret_error = t->place[i].error;
		return t->place[i].count;
	}
	return 0;
}
