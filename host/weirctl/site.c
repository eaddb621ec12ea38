// SPDX-License-Identifier: Apache-2.0
/* policy, snapshot. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ctl.h"

int ctl_run_policy_check(struct ctl *c)
{
	char detail[WEIR_DETAIL] = "";
	int rc = weir_policy_check_file(c->arg[0], detail);

	ctl_json(c, "file", ctl_text_json(c->arg[0]));
	if (rc)
		return ctl_fail_detail(c, rc, detail, "%s", c->arg[0]);
	ctl_say(c, "%s: no mistake found\n", c->arg[0]);
	return CTL_DONE;
}

int ctl_run_policy_load(struct ctl *c)
{
	int rc = weir_policy_apply(c->site, c->arg[0]);

	ctl_json(c, "file", ctl_text_json(c->arg[0]));
	if (rc)
		return ctl_fail(c, rc, "%s", c->arg[0]);
	ctl_say(c, "%s: loaded\n", c->arg[0]);
	return CTL_DONE;
}

int ctl_run_policy_save(struct ctl *c)
{
	const char *file = c->args ? c->arg[0] : "-";
	char *text = NULL;
	int rc = weir_policy_saved(c->site, &text);

	if (rc)
		return ctl_fail(c, rc, "policy");
	/* With --json and no file the text is a member of the object. */
	if (!strcmp(file, "-"))
		ctl_say(c, "%s", text);
	else
		rc = ctl_file_write(file, text, strlen(text));
	if (rc) {
		ctl_fail_detail(c, rc, NULL, "%s", file);
	} else {
		ctl_json(c, "policy", json_string(text));
		ctl_json(c, "file", strcmp(file, "-") ? ctl_text_json(file) : json_null());
	}
	free(text);
	return c->failed;
}

int ctl_run_snapshot_save(struct ctl *c)
{
	int rc = weir_snapshot_save(c->site, c->arg[0]);

	ctl_json(c, "file", ctl_text_json(c->arg[0]));
	if (rc)
		return ctl_fail(c, rc, "%s", c->arg[0]);
	ctl_say(c, "%s: saved\n", c->arg[0]);
	return CTL_DONE;
}

int ctl_run_snapshot_restore(struct ctl *c)
{
	int rc = weir_snapshot_restore(c->site, c->arg[0]);

	ctl_json(c, "file", ctl_text_json(c->arg[0]));
	if (rc)
		return ctl_fail(c, rc, "%s", c->arg[0]);
	ctl_say(c, "%s: restored\n", c->arg[0]);
	return CTL_DONE;
}
