/* SPDX-License-Identifier: Apache-2.0 */
/** A snapshot as a file (JSON with a checksum), apart from the appliance, so that the parser can be tested alone. */
#ifndef WEIR_LIBWEIR_SNAPSHOT_H
#define WEIR_LIBWEIR_SNAPSHOT_H

#include "site_priv.h"

struct weir_snapshot {
	char *policy, *policy_name;           /**< owned */
	char *rules, *rules_name;             /**< owned; NULL: those of the policy */
	uint32_t param[WEIR_FIRMWARE_PARAMS];
	bool has_param[WEIR_FIRMWARE_PARAMS];
	uint32_t learned[WEIR_LEARNED_WORDS_MAX];
	size_t n_learned;                     /**< 0: none */
};
void weir_snapshot_done(struct weir_snapshot *s);

/** @return NULL: no memory. */
json_t *weir_snapshot_write(const struct weir_snapshot *s);
/** Texts are not looked into; all else is. @param detail  WEIR_DETAIL bytes. @retval 0; -ENOMEM; WEIR_EINPUT. */
int weir_snapshot_read(const json_t *o, struct weir_snapshot *ret, char *detail);

#endif
