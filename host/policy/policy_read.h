// SPDX-License-Identifier: Apache-2.0
/** What the files that read a policy share. Errors are told to y; -EINVAL. */
#ifndef WEIR_POLICY_READ_H
#define WEIR_POLICY_READ_H

#include "policy.h"
#include "yaml_read.h"

/** A meter, over what *m holds. */
int weir_policy_read_meter(struct weir_yaml *y, const yaml_node_t *n, const char *what, struct weir_meter_policy *m);
int weir_policy_read_prefix(struct weir_yaml *y, const yaml_node_t *n, const char *what, struct weir_prefix *ret);

/** The section `rules` (rules_read.c). */
int weir_rules_read(struct weir_yaml *y, const yaml_node_t *n, struct weir_policy *p);

/** The section `firmware` (firmware_read.c). */
int weir_firmware_read(struct weir_yaml *y, const yaml_node_t *n, struct weir_policy *p);

/** Contradictions of a meter; timeout_ms 0: keys are not forgotten. */
int weir_meter_check(const struct weir_meter_policy *m, const char *name, bool has_bytes, uint64_t timeout_ms,
		     const char *file, char *detail);

/** Contradictions of rules (rules_check.c). */
int weir_rules_check(const struct weir_policy *p, const char *file, char *detail);

#endif
