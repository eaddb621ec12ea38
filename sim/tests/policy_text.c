// SPDX-License-Identifier: Apache-2.0
#include "policy_text.h"

#include <check.h>
#include <errno.h>
#include <string.h>

int policy_text_load(const char *text, struct weir_policy *p, char *detail)
{
	FILE *f = fmemopen((void *)(uintptr_t)text, strlen(text), "r");
	int rc;

	ck_assert_ptr_nonnull(f);
	weir_policy_default(p);
	rc = weir_policy_load(f, "p.yaml", p, detail);
	fclose(f);
	return rc;
}

void policy_text_refused(const struct policy_complaint *c)
{
	char detail[WEIR_POLICY_DETAIL] = "", start[32];
	static struct weir_policy p;

	ck_assert_int_eq(policy_text_load(c->text, &p, detail), -EINVAL);
	snprintf(start, sizeof(start), "p.yaml:%u: ", c->line);
	ck_assert_msg(!strncmp(detail, start, strlen(start)), "%s: %s", c->text, detail);
	ck_assert_msg(strstr(detail, c->says), "%s: %s", c->text, detail);
	ck_assert_ptr_null(strchr(detail, '\n'));
}
