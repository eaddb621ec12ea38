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

/** Open a site, or begin one. Nothing is read yet: the appliance is not asked.
 * @param dev     Borrowed until close; calls with the site are calls with the device, and set its detail.
 * @param folder  Made when it is not there (mode 0700). NULL: $WEIR_STATE, else /var/lib/weir for root, else
 *                $XDG_STATE_HOME/weir, else $HOME/.local/state/weir; below it a folder by the name of the device's URL, with %XX for what
 *                names of files cannot have.
 * @retval 0; -EACCES, -ENOSPC, -ENAMETOOLONG, -errno, see weir_dev_detail(); -ENOMEM. */
int weir_site_open(struct weir_dev *dev, const char *folder, struct weir_site **ret_site);
/** Close it; its files stay. Accepts NULL. */
void weir_site_close(struct weir_site *site);
/** Its folder; valid until close. */
const char *weir_site_folder(const struct weir_site *site);

/* All that follows, and changes nothing, with a site: WEIR_EKEY nothing has been loaded from it; WEIR_ECHANGED what it has loaded is not in
 * force any more; WEIR_EFIRMWARE that cannot be told; WEIR_EINPUT its file is damaged; -EBUSY somebody else is changing it, for 5 s now. */

/** Check a policy file without any appliance.
 * @param detail  WEIR_DETAIL bytes: "FILE:LINE: what is wrong; what to do".
 * @retval 0; WEIR_EINPUT; WEIR_EROOM; -errno of opening it. */
int weir_policy_check_file(const char *file, char *detail);

/** Load a policy: new keys are drawn, the data path is cleared and set up; every table and connection is lost. While the entries are
 * written (0.1 to 0.5 s at 3 Mbit/s) everything passes in bypass, or nothing with the policy's firmware parameter fail_closed; before and
 * behind it the data path stands still for some milliseconds, and what then finds no room in the receive stores is lost (docs/libweir.md,
 * "Loading a policy"). The firmware is told parameters, key and mark; what it has learned goes on. The site then holds policy, keys, mark.
 * @retval 0; WEIR_EINPUT, WEIR_EROOM, -errno of the site's folder: nothing was changed; WEIR_EPARTLY the data path is set up, the firmware
 *         was not told; WEIR_EVERSION the firmware is too old, nothing was changed; errors of weir_write(): see the detail for what packets
 *         do now; the site says WEIR_ECHANGED, or agrees when nothing had been changed yet: load again. */
int weir_policy_apply(struct weir_site *site, const char *file);

/** What is loaded, in the words of the file; rules as they were then. @param ret_text Taken by the caller: free(). @retval as above. */
int weir_policy_saved(struct weir_site *site, char **ret_text);

/** A rule in force. */
struct weir_rule_row {
	char text[640];          /**< as in a policy file: one YAML flow map, which rules files take */
	char originator[65];     /**< whose it is; "" nobody said */
	uint64_t expires_s;      /**< since 1970; 0: never */
	uint64_t hits;           /**< of all its places; saturating as docs/datapath.md 18.4 says */
	bool coarse;             /**< hits are known to 64 only */
	bool expired;            /**< left out when the rules were applied */
};
/** Rules, in the order of their file.
 * @param ret    Room for n.
 * @param ret_n  How many there are, perhaps more than n; set only on success.
 * @retval 0; errors as above, of weir_read(). Up to 0.4 s at 3 Mbit/s for a full table. */
int weir_rule_list(struct weir_site *site, struct weir_rule_row *ret, size_t n, size_t *ret_n);

/** Replace all rules; the appliance goes from the old to the new set between two packets, and no packet is lost. Rules that stay keep
 * their hits (but the few that come in the 2 ms in which such a rule is written again), and limits what they have let pass.
 * @param file     A rules file: a policy with the section `rules` alone. NULL: no rules.
 * @param ret_n    Rules now in force, expired ones not counted. Set only on success. May be NULL.
 * @retval 0; WEIR_EINPUT, WEIR_EROOM (new and old rules do not fit side by side), WEIR_EREFUSED another divert_mac: the old set is active;
 *         errors as above; WEIR_EPARTLY the new set is active, what the old one left is cleared with the next change; errors of
 *         weir_write(): the old set is active unless the detail says otherwise; the next call with the site finds out.
 * 0.2 s at 3 Mbit/s, and 1 ms for each place that changes. */
int weir_rules_apply(struct weir_site *site, const char *file, size_t *ret_n);
/** The same with text. @param name of it, for messages. */
int weir_rules_apply_text(struct weir_site *site, const char *text, const char *name, size_t *ret_n);
/** The rules in force as a rules file, without expired ones: weir_rules_apply() takes it. @param ret_text Taken: free(). */
int weir_rules_saved(struct weir_site *site, char **ret_text);
/** What weir_rules_saved() would say after weir_rules_apply_text() of this text, now: for comparing and checking. Changes nothing, and
 * does not look whether the rules find room. @retval 0; WEIR_EINPUT; errors as above; -ENOMEM. */
int weir_rules_format(struct weir_site *site, const char *text, const char *name, char **ret_text);

/** A whole configuration as one file (JSON, mode 0600, no keys in it): policy, rules, parameters of the firmware, learned state.
 * restore() checks all of it, then does what policy, rules, parameters and learned import do, in this order.
 * @retval as these; WEIR_EINPUT the file cannot be understood: nothing was changed; WEIR_EPARTLY the policy is loaded, something behind it
 *         failed: the detail says what. */
int weir_snapshot_save(struct weir_site *site, const char *file);
/** The way back: see weir_snapshot_save(). */
int weir_snapshot_restore(struct weir_site *site, const char *file);

/** Rows of a table, read in pages: what it keeps of each key. The hardware keeps fingerprints; a row has an address only where
 * the caller asked for that address. */
enum weir_table_id {
	WEIR_TABLE_CONNECTION, WEIR_TABLE_LEGIT, WEIR_TABLE_PROVEN, WEIR_TABLE_SOURCE, WEIR_TABLE_REMOTE, WEIR_TABLE_ADDRESS_METER
};
/** One place of a table that is in use. */
struct weir_table_row {
	uint32_t index;          /**< place in the table */
	uint64_t tag;            /**< fingerprint: 40 bits of meters and sources, 24 of others */
	uint32_t age_s;          /**< since its time stamp, by the clock of that table (legit: in steps of 67 s, else of 1 s or less) */
	uint8_t state;           /**< of a connection: docs/registers.md */
	bool adopted;            /**< a connection whose beginning was not seen */
	bool opener_protected;   /**< a connection that the protected side began */
	uint32_t score;          /**< of a source, at that time */
	uint32_t packets;        /**< of a meter: in its last window */
	bool tripped;            /**< a meter whose key is dropped */
	bool pinned;             /**< of a meter: of an override */
};
/** Read rows in use from a place on; what has expired is left out, swept or not.
 * @param from      First place; 0 to begin.
 * @param ret       Room for n, at least 1.
 * @param ret_n     Rows set. May be 0 in the middle of a table with few rows: at most 256 places are read in a call.
 * @param ret_next  Place to go on from; 0: the end.
 * @retval 0; -EINVAL n is 0; WEIR_EUNKNOWN no such table or place; errors of weir_read(). Some 1.5 ms for 8 places at 3 Mbit/s. */
int weir_table_rows(struct weir_dev *dev, enum weir_table_id table, uint32_t from, struct weir_table_row *ret, size_t n,
		    size_t *ret_n, uint32_t *ret_next);
/** "connection", "legit", "proven", "source", "remote", "address"; "unknown" for no table. Any thread. */
const char *weir_table_id_name(enum weir_table_id table);
/** "syn_sent", "simultaneous", "syn_received", "established", "closing", "closed"; "unknown" for no state. Any thread. */
const char *weir_connection_state_name(uint8_t state);

struct weir_address;
/** Is this address in the table (legit, proven, source, remote: a remote address; address: a protected one)? Needs the keys.
 * @retval 0 *ret set; -ENOENT no; -EINVAL the address has no family; WEIR_EUNKNOWN connections have no single address; errors as above, of
 *         weir_read(). */
int weir_table_lookup(struct weir_site *site, enum weir_table_id table, const struct weir_address *address, struct weir_table_row *ret);
/** Take an address out of the table of legitimate addresses: at its next handshake it is entered again. @retval as weir_table_lookup(). */
int weir_legit_delete(struct weir_site *site, const struct weir_address *address);

#ifdef __cplusplus
}
#endif
#endif
