// SPDX-License-Identifier: Apache-2.0
#include "ops_site.h"

#include <check.h>
#include <stdio.h>

struct weir_dev *dev;
struct weir_site *site;
char folder[64];

void site_setup(void)
{
	dev = fake_new("sim:/run/weir.sock");
	snprintf(folder, sizeof(folder), "%s", help_folder());
	ck_assert(!weir_site_open(dev, folder, &site));
}

void site_teardown(void)
{
	weir_site_close(site);
	weir_dev_close(dev);
	help_remove(folder);
}

int udp(const char *from)
{
	return help_frame(dev, from, IN, HELP_UDP, 40000, 7, 0, NULL);
}
