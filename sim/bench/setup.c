// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>

#include "bench.h"
#include "sim/engine/rtl_sim.h"
#include "sim/model/weir_model.h"

enum { Seed = 1 };

int bench_policy(const struct bench_setup *b, struct weir_policy *ret, char *detail)
{
	int rc;

	weir_policy_default(ret);
	rc = weir_policy_open(b->policy, ret, detail);
	if (rc)
		return rc;
	for (unsigned side = 0; b->free_egress && side < 2; side++)
		ret->shaper[side].bits_per_s = 0;
	if (!b->dry_run)
		return 0;
	for (unsigned i = 0; i < WEIR_ANOMALIES; i++)
		ret->anomaly[i].dry_run = true;
	for (unsigned k = 0; k < WEIR_TABLES; k++)
		for (unsigned d = 0; d < WEIR_POLICY_CONFIGS; d++)
			ret->meter[k][d].dry_run = true;
	for (unsigned c = 0; c < WEIR_CLASSES; c++)
		ret->class_meter[0][c].dry_run = ret->class_meter[1][c].dry_run = true;
	ret->protocol.dry_run = true;
	return 0;
}

typedef int write_register(void *device, uint32_t addr, uint32_t value);

static bool setup(void *device, write_register *write, const struct weir_policy *p)
{
	char detail[BENCH_DETAIL];
	struct weir_writes w;
	bool ok = true;

	if (weir_policy_compile(p, Seed, "policy", &w, detail)) {
		fprintf(stderr, "%s\n", detail);
		return false;
	}
	for (size_t i = 0; ok && i < w.n; i++)
		ok = !write(device, w.write[i].addr, w.write[i].value);
	weir_writes_done(&w);
	return ok;
}

static int write_rtl(void *device, uint32_t addr, uint32_t value)
{
	return weir_rtl_write(device, addr, value);
}

static int write_model(void *device, uint32_t addr, uint32_t value)
{
	return weir_model_write(device, addr, value);
}

bool bench_setup_rtl(struct weir_rtl_sim *s, const struct weir_policy *p)
{
	return setup(s, write_rtl, p);
}

bool bench_setup_model(struct weir_model *m, const struct weir_policy *p)
{
	return setup(m, write_model, p);
}
