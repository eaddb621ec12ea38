/* SPDX-License-Identifier: Apache-2.0 */
/** A checked fixture: an appliance of the tests, and a site of it in a folder of its own. */
#ifndef WEIR_TESTS_OPS_SITE_H
#define WEIR_TESTS_OPS_SITE_H

#include "ops_help.h"
#include "weir/weir.h"

/** Protected in every policy of the tests. */
#define IN "192.0.2.10"

extern struct weir_dev *dev;
extern struct weir_site *site;
extern char folder[64];

void site_setup(void);
void site_teardown(void);

/** A UDP packet from there to IN. @return as help_frame() */
int udp(const char *from);

#endif
