/* SPDX-License-Identifier: Apache-2.0 */
/** Inside of a site: what is loaded, its file, and writing it into an appliance (docs/libweir.md, "Site"). */
#ifndef WEIR_LIBWEIR_SITE_PRIV_H
#define WEIR_LIBWEIR_SITE_PRIV_H

#include <jansson.h>

#include "detail.h"
#include "host/policy/compile.h"
#include "ops.h"
#include "weir/meter.h"
#include "weir/site.h"

enum {
	WEIR_MARK_WORDS = 4,
	WEIR_ENTRY_WORDS = 8,
	WEIR_ENTRIES_AT_ONCE = 8,             /**< in a request */
	WEIR_SITE_TEXT = 1 << 20,             /**< of a policy or rules file, as host/policy reads them */
	WEIR_SITE_BYTES = 16 << 20,           /**< of a file of a site, or a snapshot */
	WEIR_PREFIX_ENTRIES = 512,            /**< of one set's vectors */
	WEIR_PREFIX_HITS = 8 * 63,            /**< the first of them with hits; four rules each */
};

struct weir_site {
	struct weir_dev *dev;
	char *folder;
	int dir;                              /**< of folder */
	int lock;                             /**< locked while anything is done */
};

/** What an appliance has been given. Texts are owned; everything else is in it. */
struct weir_loaded {
	uint32_t mark[WEIR_MARK_WORDS];
	struct weir_keys keys;
	char *policy, *policy_name;           /**< text, and name of the file for messages */
	char *rules, *rules_name;             /**< of a rules file; NULL: those of the policy */
	uint64_t loaded_s, rules_s;           /**< host's time, since 1970; from rules_s on, expired rules were left out */
	unsigned active_set;
	bool clean;                           /**< nothing in the appliance is left over from a change that broke off */
	bool twin;                            /**< and the vectors of the set that is not in force are, but for hits, those of the one that is */
	bool blind;                           /**< of a change under way: the appliance has no mark that would tell how far it came */
	struct weir_rule_map map;             /**< without strings of prefix rules */
	uint8_t single[WEIR_RULES_EXACT];     /**< 1: a place in force that is in the active set alone, not in both */
	struct weir_limit_pin limit[WEIR_LIMITS];
	size_t n_limit;
};
/** Accepts NULL. Secrets are wiped. */
void weir_loaded_free(struct weir_loaded *l);
/** @return NULL: no memory. */
struct weir_loaded *weir_loaded_copy(const struct weir_loaded *l);

/** As JSON and back; the texts are not looked into.
 * @param detail  WEIR_DETAIL bytes. @retval 0; -ENOMEM; WEIR_EINPUT. */
json_t *weir_loaded_write(const struct weir_loaded *l);
int weir_loaded_read(const json_t *o, struct weir_loaded **ret, char *detail);

/** Checksum of a JSON object, without its member "check". @retval 0; -ENOMEM. */
int weir_json_check(const json_t *o, uint32_t *ret);
/** Parse a text with a checksum. @param what for messages. @retval 0; WEIR_EINPUT; -ENOMEM. */
int weir_json_parse(const char *text, size_t n, const char *what, json_t **ret, char *detail);
/** JSON takes nothing else. */
bool weir_is_utf8(const char *text);
/** Bytes as hexadecimal digits, and back. */
json_t *weir_json_hex(const void *bytes, size_t n);
bool weir_json_unhex(const json_t *v, void *ret, size_t n);

/* --- site_file.c: files that are there wholly or not at all --- */

/** Read a file. @param dir AT_FDCWD or a folder. @param ret_text Taken; with a 0 behind. @retval 0; -errno; -EFBIG. */
int weir_file_read(int dir, const char *name, size_t most, char **ret_text, size_t *ret_n);
/** Write a file (mode 0600) and have it on the disk, under its own name or, in between, another: the old one stays until the new one is
 * there. @retval 0; -errno: the old one is there. */
int weir_file_write(int dir, const char *name, const char *text, size_t n);
/** The same of an object, with its checksum. */
int weir_json_save(int dir, const char *name, json_t *o);

extern const char weir_site_name[];           /**< what is in force */
extern const char weir_site_next_name[];      /**< a change under way */

/* --- site.c --- */

/** Lock the site, read it, and see what is in force; when the last change broke off, find out how far it came.
 *
 * @param ret  What is in force; NULL with WEIR_EKEY.
 * @retval 0; WEIR_EKEY, WEIR_ECHANGED, WEIR_EINPUT, WEIR_EFIRMWARE, -EBUSY somebody else is changing it; -errno; errors of weir_read(). Locked
 *         only after 0. */
int weir_site_begin(struct weir_site *s, struct weir_loaded **ret);
/** Lock it, whatever is in force. */
int weir_site_lock(struct weir_site *s);
void weir_site_unlock(struct weir_site *s);

/** A change begins: what will be in force is written down first. */
int weir_site_plan(struct weir_site *s, const struct weir_loaded *next);
/** It is in force now. */
int weir_site_commit(struct weir_site *s, struct weir_loaded *next);

/** Policy and rules of what is loaded. @param ret Taken: free(). @retval 0; -ENOMEM; WEIR_EINPUT. */
int weir_loaded_policy(struct weir_dev *dev, const struct weir_loaded *l, struct weir_policy **ret);

/** Mark of the appliance: ask, or set. @retval errors of weir_mail(). */
int weir_mark_get(struct weir_dev *dev, uint32_t ret[WEIR_MARK_WORDS]);
int weir_mark_set(struct weir_dev *dev, const uint32_t mark[WEIR_MARK_WORDS]);

/** From the kernel's random source. @retval 0; -errno. */
int weir_random(void *ret, size_t n);

/** Read a policy or rules file. @param detail  WEIR_DETAIL bytes, set on failure. @retval 0; WEIR_EINPUT; -errno. */
int weir_text_read(const char *file, char **ret, char *detail);
/** Rules that have not expired, as a rules file. @param ret_text Taken. @retval 0; -ENOMEM. */
int weir_rules_print(const struct weir_policy *p, uint64_t rules_s, char **ret_text);

/** Load with text; the rest as weir_policy_apply(). */
int weir_policy_apply_text(struct weir_site *s, const char *text, const char *name);
/** Whether a policy can be loaded: it is read, and compiled with keys that are drawn. @param p, keys, w  Set on success when not NULL. */
int weir_policy_try(const char *text, const char *name, struct weir_policy *p, struct weir_keys *keys, struct weir_writes *w, char *detail);

/* --- site_write.c: words into an appliance, as many as go in a request --- */

struct weir_batch {
	struct weir_dev *dev;
	uint32_t address;
	uint32_t n;
	uint32_t word[WEIR_ENTRY_WORDS * WEIR_ENTRIES_AT_ONCE];
	int error;                            /**< the first one; nothing is written behind it */
};
/** Add words; those that follow each other are written together.
 * @param bridge  Up to so many words of 0 may be written between them and the ones before. */
void weir_batch_put(struct weir_batch *b, uint32_t address, const uint32_t *word, uint32_t n, uint32_t bridge);
/** Write what is left. @return error */
int weir_batch_end(struct weir_batch *b);

#endif
