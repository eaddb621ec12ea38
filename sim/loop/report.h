// SPDX-License-Identifier: Apache-2.0
/** What a run of the closed loop ends with. */
#ifndef WEIR_LOOP_REPORT_H
#define WEIR_LOOP_REPORT_H

#include <stdio.h>

#include "options.h"

enum { WEIR_LOOP_JSON_VERSION = 1 };

/** The limits that do not hold, a line each; to count them only: f NULL. @return how many */
int weir_loop_judge(FILE *f, const struct weir_loop_cli *cli, const struct weir_loop_result *r);

/** One line. */
void weir_loop_summary(FILE *f, const struct weir_loop_cli *cli, const struct weir_loop_result *r);

/** @retval 0; -EIO; -ENOMEM. */
int weir_loop_json(FILE *f, const struct weir_loop_cli *cli, const struct weir_loop_result *r);

#endif
