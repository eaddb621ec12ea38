/* SPDX-License-Identifier: Apache-2.0 */
/** @file
 * A rules file as a list that can be edited and compared: every rule one line of YAML, names and values as they stand. What they mean
 * is checked by libweir when the rules are loaded; here only the form is. */
#ifndef WEIRCTL_RULESET_H
#define WEIRCTL_RULESET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Most rules of a file, and octets of a text; libweir takes 2,048 rules. */
enum { RULESET_RULES = 4096, RULESET_HEADS = 16, RULESET_TEXT = 1 << 20, RULESET_RULE_TEXT = 1024 };

struct ruleset {
	bool wrapped;            /**< below a name `rules`, as in a policy */
	char *top[RULESET_HEADS];    /**< what stands beside that: "weir_policy: 1" */
	size_t tops;
	char *head[RULESET_HEADS];   /**< "dry_run: true" ... */
	size_t heads;
	char *rule[RULESET_RULES];   /**< "{action: block, from: 203.0.113.0/24}" */
	size_t rules;
};

/** Read a rules file.
 * @param name    Of the file, for the detail.
 * @param ret     Taken by the caller, who calls ruleset_done() after success; all zero before.
 * @param detail  n octets: "NAME:LINE: what is wrong".
 * @retval 0; -EINVAL; -ENOMEM. */
int ruleset_read(const char *text, size_t len, const char *name, struct ruleset *ret, char *detail, size_t n);
void ruleset_done(struct ruleset *s);

/** One rule by itself, "{action: block, ...}", in the words of ruleset. @retval 0; -EINVAL; -ENOMEM. */
int ruleset_rule(const char *text, char ret[RULESET_RULE_TEXT], char *detail, size_t n);

/** A rule of words: ACTION NAME VALUE ...; `now_s` for "expires 2h". @retval 0; -EINVAL. */
int ruleset_words(char **word, int words, uint64_t now_s, char ret[RULESET_RULE_TEXT], char *detail, size_t n);

/** A line beside the rules, as "weir_policy: 1"; copies. @retval 0; -ENOSPC; -ENOMEM. */
int ruleset_top(struct ruleset *s, const char *line);
/** Add at the end; copies. @retval 0; -ENOSPC; -ENOMEM. */
int ruleset_add(struct ruleset *s, const char *rule);
void ruleset_del(struct ruleset *s, size_t at);

/** The whole as text that ruleset_read() and libweir take. `note`: a remark behind rule i, or NULL.
 * @return Taken: free(). NULL: no memory. */
char *ruleset_text(const struct ruleset *s, const char *(*note)(void *ctx, size_t i), void *ctx);

/** What differs, in the order of the lists: calls `line` with '-' (only in a), '+' (only in b).
 * @return lines told; -ENOMEM. */
long ruleset_diff(const struct ruleset *a, const struct ruleset *b, void (*line)(void *ctx, char what, const char *text), void *ctx);

#endif
