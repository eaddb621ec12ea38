/* SPDX-License-Identifier: Apache-2.0 */
/** @file
 * Policies and rules on an appliance. The hardware keeps hashes, not addresses, and its keys cannot be read back; so whoever
 * loads a policy keeps beside it what was loaded and with which keys: a *site*, a folder of this host (docs/libweir.md, "Site").
 * A mark in the appliance (docs/firmware.md, "Mark") says which load is in force, so that a site that is not up to date is noticed. */
#ifndef WEIR_SITE_H
#define WEIR_SITE_H

#include "weir/device.h"

#ifdef __cplusplus
extern "C" {
#endif

struct weir_site;

/** Open a site, or begin one.
 * @param folder  Made when it is not there (mode 0700). NULL: $WEIR_STATE, else /var/lib/weir for root, else
 *                $XDG_STATE_HOME/weir; below it a folder by the name of the device's URL.
 * @retval 0; -EACCES, -ENOSPC, -errno; WEIR_EINPUT a file of it is damaged, see weir_dev_detail(). */
int weir_site_open(struct weir_dev *dev, const char *folder, struct weir_site **ret_site);
/** Close it; its files stay. Accepts NULL. */
void weir_site_close(struct weir_site *site);

/** Check a policy file without any appliance.
 * @param detail  WEIR_DETAIL bytes: "FILE:LINE: what is wrong; what to do".
 * @retval 0; WEIR_EINPUT; WEIR_EROOM; -errno of opening it. */
int weir_policy_check_file(const char *file, char *detail);

/** Load a policy: new keys are drawn, the data path stops, is cleared and set up, and runs again: some milliseconds and every
 * table and connection are lost, so the mode `bypass` of the cable is the policy's. Firmware parameters of the policy are set, and its
 * key. The site then holds policy, keys and mark.
 * @retval 0; WEIR_EINPUT, WEIR_EROOM: nothing was changed; WEIR_EPARTLY: the appliance is set up, the firmware was not told; errors of
 *         weir_write(): the data path may stand still, load again. */
int weir_policy_apply(struct weir_site *site, const char *file);

/** What is loaded, in the words of the file. @param ret_text Taken by the caller: free(). @retval 0; WEIR_EKEY nothing loaded; WEIR_ECHANGED. */
int weir_policy_saved(struct weir_site *site, char **ret_text);

/** A rule in force. */
struct weir_rule_row {
	char text[256];          /**< as in a policy file: one YAML flow map, which rules files take */
	char originator[65];
	uint64_t expires_s;      /**< since 1970; 0: never */
	uint64_t hits;           /**< of all its places; saturating as docs/datapath.md 18.4 says */
	bool coarse;             /**< hits are known to 64 only */
	bool expired;            /**< not in the appliance any more */
};
/** The rules in force. @param ret room for n. @param ret_n how many there are, perhaps more than n. */
int weir_rule_list(struct weir_site *site, struct weir_rule_row *ret, size_t n, size_t *ret_n);

/** Replace all rules; the appliance goes from the old to the new set between two packets, and no packet is lost.
 * @param file     A rules file: the section `rules` of a policy. NULL: no rules.
 * @param ret_n    Rules now in force. Set only on success.
 * @retval 0; WEIR_EINPUT, WEIR_EROOM (new and old rules do not fit side by side): the old set is active; WEIR_EKEY; WEIR_ECHANGED; errors of
 *         weir_write(): the old set is active unless the detail says otherwise. */
int weir_rules_apply(struct weir_site *site, const char *file, size_t *ret_n);
/** The same with text. @param name of it, for messages. */
int weir_rules_apply_text(struct weir_site *site, const char *text, const char *name, size_t *ret_n);
/** The rules in force as a rules file. @param ret_text Taken: free(). */
int weir_rules_saved(struct weir_site *site, char **ret_text);

/** A whole configuration as one file: policy, rules, learned state, parameters; restore() does what policy, rules and learned
 * import do, in this order.
 * @retval as these; WEIR_EPARTLY: the detail says what is live. */
int weir_snapshot_save(struct weir_site *site, const char *file);
/** The way back: see weir_snapshot_save(). */
int weir_snapshot_restore(struct weir_site *site, const char *file);

/** Rows of a table, read in pages: what it keeps of each key. The hardware keeps fingerprints; a row has an address only where
 * the caller asked for that address. */
enum weir_table_id { WEIR_TABLE_CONNECTION, WEIR_TABLE_LEGIT, WEIR_TABLE_PROVEN, WEIR_TABLE_SOURCE, WEIR_TABLE_REMOTE, WEIR_TABLE_ADDRESS_METER };
/** One place of a table that is in use. */
struct weir_table_row {
	uint32_t index;          /**< place in the table */
	uint64_t tag;            /**< fingerprint */
	uint32_t age_s;          /**< since its time stamp, by the clock of that table */
	uint8_t state;           /**< of a connection: docs/registers.md */
	bool adopted, opener_protected;
	uint32_t score;          /**< of a source */
	uint32_t packets;        /**< of a meter: in its last window */
	bool tripped;
};
/** Read rows in use from a place on.
 * @param from      First place; 0 to begin.
 * @param ret_next  Place to go on from; 0: the end.
 * @retval 0; WEIR_EUNKNOWN; errors of weir_read(). 64 words a request: some 2 ms for 8 places at 3 Mbit/s. */
int weir_table_rows(struct weir_dev *dev, enum weir_table_id table, uint32_t from, struct weir_table_row *ret, size_t n,
		    size_t *ret_n, uint32_t *ret_next);
struct weir_address;
/** Is this address in the table (legit, proven, source, remote)? Needs the keys.
 * @retval 0 *ret set; -ENOENT no; WEIR_EKEY, WEIR_ECHANGED. */
int weir_table_lookup(struct weir_site *site, enum weir_table_id table, const struct weir_address *address, struct weir_table_row *ret);
/** Take an address out of the table of legitimate addresses. @retval as weir_table_lookup(). */
int weir_legit_delete(struct weir_site *site, const struct weir_address *address);

#ifdef __cplusplus
}
#endif
#endif
