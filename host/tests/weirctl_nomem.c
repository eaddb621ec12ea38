// SPDX-License-Identifier: Apache-2.0
/* Makes weirctl a program that runs out of memory: with WEIR_FAIL_ALLOC=N in the environment its N-th allocation fails, those of libweir and of jansson
 * for it included (fail_alloc.h). Its last line on standard error says whether there were as many. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "fail_alloc.h"

static void begin(void) __attribute__((constructor));
static void begin(void)
{
	const char *nth = getenv("WEIR_FAIL_ALLOC");

	if (!nth)
		return;
	/* Named here, they are those that fail. */
	json_set_alloc_funcs(malloc, free);
	fail_at = (unsigned)strtoul(nth, NULL, 10);
	counting = true;
}

static void end(void) __attribute__((destructor));
static void end(void)
{
	counting = false;
	if (fail_at)
		fprintf(stderr, "nomem: %s\n", allocations < fail_at ? "enough" : "failed");
}
