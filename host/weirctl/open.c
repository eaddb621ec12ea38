// SPDX-License-Identifier: Apache-2.0
/* Opening what a command needs. */
#include <stdio.h>

#include "ctl.h"

static void on_debug(void *ctx, const char *line)
{
	(void)ctx;
	fprintf(stderr, "weirctl: link: %s\n", line);
}

static int open_device(struct ctl *c)
{
	struct weir_open_options o = { .record = c->text[CTL_OPT_RECORD], .debug = c->text[CTL_OPT_DEBUG] ? on_debug : NULL };
	char detail[WEIR_DETAIL] = "";
	int rc = weir_dev_open(c->url, &o, &c->dev, detail);

	c->opening = rc;
	if (rc)
		return ctl_fail_detail(c, rc, detail, "device %s", c->url);
	ctl_json(c, "device", ctl_text_json(weir_dev_url(c->dev)));
	return CTL_DONE;
}

int ctl_site(struct ctl *c)
{
	const char *folder = c->text[CTL_OPT_SITE];
	int rc = c->site ? 0 : weir_site_open(c->dev, folder, &c->site);

	return rc ? ctl_fail(c, rc, "site%s%s", folder ? " " : "", folder ? folder : "") : CTL_DONE;
}

int ctl_open(struct ctl *c)
{
	int status = c->command->flags & (CTL_DEVICE | CTL_SITE) ? open_device(c) : CTL_DONE;

	return !status && c->command->flags & CTL_SITE ? ctl_site(c) : status;
}
