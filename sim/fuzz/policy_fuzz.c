// SPDX-License-Identifier: Apache-2.0
/* libFuzzer: any bytes as a policy. What is taken must compile to writes that the model takes; what is not must be
 * refused with one line that names the file. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/policy/compile.h"
#include "sim/model/weir_model.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char detail[WEIR_POLICY_DETAIL] = "";
	static struct weir_policy p;
	struct weir_model *m;
	struct weir_writes w;
	FILE *f;

	if (!size)
		return 0;
	f = fmemopen((void *)(uintptr_t)data, size, "r");
	if (!f)
		abort();
	weir_policy_default(&p);
	if (weir_policy_load(f, "p", &p, detail)) {
		if (strncmp(detail, "p:", 2) || strchr(detail, '\n'))
			abort();
		fclose(f);
		return 0;
	}
	fclose(f);
	if (weir_policy_compile(&p, size, "p", &w, detail)) {
		if (strncmp(detail, "p:", 2))
			abort();
		return 0;
	}
	m = weir_model_new();
	for (size_t i = 0; i < w.n; i++)
		if (weir_model_write(m, w.write[i].addr, w.write[i].value))
			abort();
	weir_model_free(m);
	weir_writes_done(&w);
	return 0;
}
