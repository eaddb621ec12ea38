// SPDX-License-Identifier: Apache-2.0
/* A rules file: a policy that consists of its section `rules` alone, so the simulator takes it as well. */
#include <errno.h>
#include <string.h>

#include "policy_read.h"
#include "rules.h"

static int read_file(struct weir_yaml *y, struct weir_policy *p)
{
	static const char *const names[] = { "weir_policy", "rules", NULL };
	const yaml_node_t *root = weir_yaml_root(y);
	struct weir_yaml_pair pairs[WEIR_YAML_ITEMS];
	bool version = false;
	int count, rc = 0;

	if (!root)
		return weir_yaml_fail(y, 1, "the file is empty; begin with \"weir_policy: 1\", then \"rules:\"");
	count = weir_yaml_pairs(y, root, "rules file", pairs);
	for (int i = 0; i < count && !rc; i++) {
		uint64_t number;

		if (!strcmp(pairs[i].key, names[0])) {
			rc = weir_yaml_number(y, pairs[i].value, names[0], 1, 1, &number);
			version = true;
		} else if (!strcmp(pairs[i].key, names[1])) {
			rc = weir_rules_read(y, pairs[i].value, p);
		} else {
			rc = weir_yaml_fail(y, pairs[i].line, "a rules file has \"weir_policy: 1\" and \"rules:\" alone, not \"%s\"; load it as a "
					    "policy", pairs[i].key);
		}
	}
	if (count < 0 || rc)
		return count < 0 ? count : rc;
	return version ? 0 : weir_yaml_fail(y, 1, "\"weir_policy: 1\" is missing; it names the version of the schema");
}

int weir_rules_load(FILE *f, const char *file, struct weir_policy *p, char *detail)
{
	struct weir_yaml y;
	int rc;

	p->rules.dry_run = false;
	p->rules.n = 0;
	rc = weir_yaml_load(&y, f, file, detail, WEIR_POLICY_DETAIL);
	if (!rc)
		rc = read_file(&y, p);
	weir_yaml_done(&y);
	return rc ? rc : weir_policy_check(p, file, detail);
}
