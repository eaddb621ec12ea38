// SPDX-License-Identifier: Apache-2.0
/* The section `firmware` of a policy: parameters of docs/lists/params.def by their names. */
#include <errno.h>
#include <string.h>

#include "policy_read.h"

static const struct param {
	const char *name;
	uint32_t least, most;
} params[WEIR_FIRMWARE_PARAMS] = {
#define X(number, name, def, least, most, unit, help) [number] = { #name, least, most },
#include "params.def"
#undef X
};

static const char *const modes[] = { "off", "learning", "dry_run", "prevention", NULL };

static int read_param(struct weir_yaml *y, const yaml_node_t *n, unsigned i, uint32_t *ret)
{
	uint64_t value = 0;
	unsigned mode = 0;
	int rc = i == WEIR_FIRMWARE_mode ? weir_yaml_choice(y, n, params[i].name, modes, &mode)
					 : weir_yaml_number(y, n, params[i].name, params[i].least, params[i].most, &value);

	if (!rc)
		*ret = i == WEIR_FIRMWARE_mode ? mode : (uint32_t)value;
	return rc;
}

int weir_firmware_read(struct weir_yaml *y, const yaml_node_t *n, struct weir_policy *p)
{
	struct weir_yaml_pair pairs[WEIR_YAML_ITEMS];
	const char *names[WEIR_FIRMWARE_PARAMS + 1] = { NULL };
	int count = weir_yaml_pairs(y, n, "firmware", pairs), rc = 0;

	for (unsigned i = 0; i < WEIR_FIRMWARE_PARAMS; i++)
		names[i] = params[i].name;
	for (int k = 0; k < count && !rc; k++) {
		unsigned i = 0;

		while (i < WEIR_FIRMWARE_PARAMS && strcmp(names[i], pairs[k].key))
			i++;
		rc = i < WEIR_FIRMWARE_PARAMS ? read_param(y, pairs[k].value, i, &p->firmware[i])
					      : weir_yaml_unknown(y, pairs[k].line, "firmware", pairs[k].key, names);
	}
	return count < 0 ? count : rc;
}
