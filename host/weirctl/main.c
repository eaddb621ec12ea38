// SPDX-License-Identifier: Apache-2.0
/* weirctl: the command line of libweir. */
#include <errno.h>
#include <signal.h>
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

	if (rc)
		return ctl_fail_detail(c, rc, detail, "device %s", c->url);
	ctl_json(c, "device", json_string(weir_dev_url(c->dev)));
	return CTL_DONE;
}

int ctl_site(struct ctl *c)
{
	const char *folder = c->text[CTL_OPT_SITE];
	int rc = c->site ? 0 : weir_site_open(c->dev, folder, &c->site);

	return rc ? ctl_fail(c, rc, "site%s%s", folder ? " " : "", folder ? folder : "") : CTL_DONE;
}

static int open_all(struct ctl *c)
{
	int status = c->command->flags & (CTL_DEVICE | CTL_SITE) ? open_device(c) : CTL_DONE;

	return !status && c->command->flags & CTL_SITE ? ctl_site(c) : status;
}

int main(int argc, char **argv)
{
	struct ctl c;
	int status;

	/* A reader that goes away is an error of write(), which is told. */
	signal(SIGPIPE, SIG_IGN);
	status = ctl_read(&c, argc, argv);
	if (status) {
		c.json = false;
		return ctl_finish(&c, status < 0 ? CTL_DONE : status);
	}
	if (c.command->flags & CTL_CHANGES)
		ctl_hold();
	status = open_all(&c);
	if (!status)
		status = c.command->run(&c);
	weir_site_close(c.site);
	weir_dev_close(c.dev);
	return ctl_finish(&c, status);
}
