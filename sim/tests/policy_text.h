// SPDX-License-Identifier: Apache-2.0
/** Policies that stand in the text of a test. */
#ifndef WEIR_POLICY_TEXT_H
#define WEIR_POLICY_TEXT_H

#include "host/policy/policy.h"

/** A policy that is refused, and how. */
struct policy_complaint {
	const char *text;
	unsigned line;        /**< that is named */
	const char *says;     /**< what stands in the message */
};

/** Load over the defaults; the file's name is p.yaml. As weir_policy_load(). */
int policy_text_load(const char *text, struct weir_policy *p, char *detail);

/** It is refused in one line that says where and what. */
void policy_text_refused(const struct policy_complaint *c);

#endif
