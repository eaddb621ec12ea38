// SPDX-License-Identifier: Apache-2.0
/* rules: shown, edited, replaced, and put back when nobody confirms. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "ctl.h"
#include "ruleset.h"

enum { RowsMost = 2048, AnswerMax = 64, NumberMax = 128 };

/* A text of libweir as a list. @param ret ruleset_done() by the caller. */
static int read_text(struct ctl *c, char *text, const char *name, struct ruleset *ret)
{
	char detail[WEIR_DETAIL] = "";
	int rc = ruleset_read(text, strlen(text), name, ret, detail, sizeof(detail));

	free(text);
	return rc ? ctl_fail_detail(c, rc == -EINVAL ? WEIR_EINPUT : rc, detail, "%s", name) : CTL_DONE;
}

static int in_force(struct ctl *c, struct ruleset *ret)
{
	char *text = NULL;
	int rc = weir_rules_saved(c->site, &text);

	return rc ? ctl_fail(c, rc, "rules in force") : read_text(c, text, "rules in force", ret);
}

/* A rules file in the words in which libweir tells those in force. */
static int formatted(struct ctl *c, const char *text, const char *name, struct ruleset *ret)
{
	char *words = NULL;
	int rc = weir_rules_format(c->site, text, name, &words);

	return rc ? ctl_fail(c, rc, "%s", name) : read_text(c, words, name, ret);
}

static const char *file_name(const char *file)
{
	return strcmp(file, "-") ? file : "standard input";
}

/* Text of a rules file. @param ret Taken: free(). */
static int file_text(struct ctl *c, const char *file, char **ret)
{
	size_t len = 0;
	int rc = ctl_file_read(file, ret, &len);

	if (rc)
		return ctl_fail_detail(c, rc, NULL, "%s", file_name(file));
	if (strlen(*ret) == len)
		return CTL_DONE;
	free(*ret);
	*ret = NULL;
	return ctl_fail_detail(c, WEIR_EINPUT, "it holds a NUL: no text", "%s", file_name(file));
}

/* Put a text in force, and tell how many rules that are. */
static int put(struct ctl *c, const char *text, const char *name)
{
	size_t n = 0;
	int rc = weir_rules_apply_text(c->site, text, name, &n);

	if (rc)
		return ctl_fail(c, rc, "%s", name);
	ctl_json(c, "in_force", json_integer((json_int_t)n));
	ctl_say(c, "%zu rule%s in force\n", n, n == 1 ? "" : "s");
	return CTL_DONE;
}

static int put_set(struct ctl *c, const struct ruleset *s, const char *name)
{
	char *text = ruleset_text(s, NULL, NULL);
	int status;

	ctl_need(text);
	status = put(c, text, name);
	free(text);
	return status;
}

/* --- show --- */

/* Rows in force, in the order of the list, and behind them those that were left out. */
struct notes {
	struct weir_rule_row *row;
	size_t n, expired;
	char text[NumberMax];
};

static void sort_expired(struct notes *notes, size_t all)
{
	struct weir_rule_row *left = calloc(all + 1, sizeof(*left));

	ctl_need(left);
	for (size_t i = 0; i < all; i++)
		if (notes->row[i].expired)
			left[notes->expired++] = notes->row[i];
		else
			notes->row[notes->n++] = notes->row[i];
	memcpy(notes->row + notes->n, left, notes->expired * sizeof(*left));
	free(left);
}

static const char *note(void *ctx, size_t i)
{
	struct notes *notes = ctx;
	const struct weir_rule_row *r = &notes->row[i];
	bool over = i < notes->n && r->expires_s && r->expires_s <= (uint64_t)time(NULL);
	char when[CTL_TEXT];

	if (i >= notes->n)
		snprintf(notes->text, sizeof(notes->text), "%zu", i + 1);
	else
		snprintf(notes->text, sizeof(notes->text), "%zu: %s%" PRIu64 " hits%s%s%s", i + 1, r->coarse ? "about " : "", r->hits,
			 over ? ", over since " : r->expires_s ? ", until " : "", r->expires_s ? ctl_time_s(r->expires_s, when) : "",
			 over ? ": in force until the next change" : "");
	return notes->text;
}

static json_t *row_json(const char *rule, const struct weir_rule_row *r, size_t number)
{
	return ctl_made(json_pack("{s:o, s:s, s:o, s:b, s:o, s:o, s:b}", "number", number ? json_integer((json_int_t)number) : json_null(), "rule", rule, "hits",
				  r ? json_integer((json_int_t)r->hits) : json_null(), "coarse", r && r->coarse, "originator",
				  r && *r->originator ? json_string(r->originator) : json_null(), "expires_s",
				  r && r->expires_s ? json_integer((json_int_t)r->expires_s) : json_null(), "expired", r && r->expired));
}

static json_t *rows_json(const struct ruleset *s, const struct notes *notes)
{
	json_t *rows = ctl_made(json_array());

	for (size_t i = 0; i < s->rules; i++)
		json_array_append_new(rows, row_json(s->rule[i], i < notes->n ? &notes->row[i] : NULL, i + 1));
	for (size_t i = 0; i < notes->expired; i++)
		json_array_append_new(rows, row_json(notes->row[notes->n + i].text, &notes->row[notes->n + i], 0));
	return rows;
}

int ctl_run_rules_show(struct ctl *c)
{
	static struct weir_rule_row row[RowsMost];
	struct notes notes = { .row = row };
	struct ruleset s = { 0 };
	char *text;
	size_t n = 0;
	int status = in_force(c, &s), rc;

	if (status)
		return status;
	rc = weir_rule_list(c->site, row, RowsMost, &n);
	if (rc) {
		ruleset_done(&s);
		return ctl_fail(c, rc, "hits of the rules");
	}
	sort_expired(&notes, n < RowsMost ? n : RowsMost);
	/* Somebody may have changed them between the two: then hits would stand beside the wrong rules. */
	if (notes.n != s.rules)
		notes.n = notes.expired = 0;
	text = ruleset_text(&s, note, &notes);
	ctl_need(text);
	ctl_say(c, "%s", text);
	for (size_t i = 0; i < notes.expired; i++)
		ctl_say(c, "# expired: %s\n", row[notes.n + i].text);
	ctl_json(c, "rules", rows_json(&s, &notes));
	free(text);
	ruleset_done(&s);
	return CTL_DONE;
}

/* --- add, del --- */

static int read_rule(struct ctl *c, char rule[RULESET_RULE_TEXT])
{
	char detail[WEIR_DETAIL] = "";
	bool map = *c->arg[0] == '{';
	int rc;

	if (map && c->args > 1)
		return ctl_usage(c, "a rule as a map is one argument; quote it");
	rc = map ? ruleset_rule(c->arg[0], rule, detail, sizeof(detail)) :
		   ruleset_words(c->arg, c->args, (uint64_t)time(NULL), rule, detail, sizeof(detail));
	return rc ? ctl_usage(c, "%s", detail) : CTL_DONE;
}

int ctl_check_rules_add(struct ctl *c)
{
	char rule[RULESET_RULE_TEXT];

	return read_rule(c, rule);
}

int ctl_run_rules_add(struct ctl *c)
{
	char rule[RULESET_RULE_TEXT];
	struct ruleset s = { 0 };
	int rc, status = read_rule(c, rule);

	if (!status)
		status = in_force(c, &s);
	if (!status) {
		rc = ruleset_add(&s, rule);
		status = rc ? ctl_fail_detail(c, rc == -ENOSPC ? WEIR_EROOM : rc, NULL, "rules") : put_set(c, &s, "rules add");
	}
	if (!status) {
		ctl_say(c, "added: %s\n", rule);
		ctl_json(c, "added", json_string(rule));
	}
	ruleset_done(&s);
	return status;
}

int ctl_check_rules_del(struct ctl *c)
{
	char rule[RULESET_RULE_TEXT];
	uint64_t number;

	if (*c->arg[0] == '{')
		return read_rule(c, rule);
	for (int i = 0; i < c->args; i++)
		if (ctl_number_read(c->arg[i], 1, UINT32_MAX, &number))
			return ctl_usage(c, "%s: expected the number of a rule, or a rule as a map", c->arg[i]);
	return CTL_DONE;
}

/* A rule in the words of those in force, which may be others than the user's. */
static int in_words(struct ctl *c, const struct ruleset *like, char rule[RULESET_RULE_TEXT])
{
	struct ruleset one = { .wrapped = like->wrapped }, words = { 0 };
	char *text;
	int status = CTL_DONE;

	for (size_t i = 0; i < like->tops && !ruleset_top(&one, like->top[i]); i++)
		;
	ctl_need(ruleset_add(&one, rule) ? NULL : rule);
	text = ruleset_text(&one, NULL, NULL);
	ruleset_done(&one);
	ctl_need(text);
	status = formatted(c, text, "rule", &words);
	free(text);
	if (!status && words.rules == 1)
		snprintf(rule, RULESET_RULE_TEXT, "%s", words.rule[0]);
	ruleset_done(&words);
	return status;
}

/* Marks what has to go. */
static int choose(struct ctl *c, const struct ruleset *s, bool *gone)
{
	char rule[RULESET_RULE_TEXT];
	uint64_t number = 0;
	bool found = false;
	int status;

	if (*c->arg[0] == '{') {
		status = read_rule(c, rule);
		status = status ? status : in_words(c, s, rule);
		if (status)
			return status;
		for (size_t i = 0; i < s->rules; i++) {
			gone[i] = !strcmp(rule, s->rule[i]);
			found |= gone[i];
		}
		if (!found)
			return ctl_fail_detail(c, WEIR_EUNKNOWN, "weirctl rules show has their words", "%s", rule);
		return CTL_DONE;
	}
	for (int i = 0; i < c->args; i++) {
		if (ctl_number_read(c->arg[i], 1, s->rules, &number))
			return ctl_fail_detail(c, WEIR_EUNKNOWN, NULL, "rule %s of %zu", c->arg[i], s->rules);
		gone[number - 1] = true;
	}
	return CTL_DONE;
}

int ctl_run_rules_del(struct ctl *c)
{
	static bool gone[RULESET_RULES];
	json_t *deleted = ctl_made(json_array());
	struct ruleset s = { 0 }, before = { 0 };
	int status = in_force(c, &s);

	if (!status)
		status = in_force(c, &before);
	if (!status)
		status = choose(c, &s, gone);
	for (size_t i = s.rules; !status && i-- > 0;)
		if (gone[i])
			ruleset_del(&s, i);
	if (!status)
		status = put_set(c, &s, "rules del");
	for (size_t i = 0; !status && i < before.rules; i++)
		if (gone[i]) {
			ctl_say(c, "deleted: %s\n", before.rule[i]);
			json_array_append_new(deleted, ctl_made(json_string(before.rule[i])));
		}
	ctl_json(c, "deleted", deleted);
	ruleset_done(&s);
	ruleset_done(&before);
	return status;
}

/* --- load, diff --- */

static int load(struct ctl *c, const char *file)
{
	char *text = NULL;
	int status = file_text(c, file, &text);

	if (!status)
		status = put(c, text, file_name(file));
	free(text);
	return status;
}

int ctl_run_rules_load(struct ctl *c)
{
	return load(c, c->arg[0]);
}

struct difference {
	struct ctl *c;
	json_t *lines;
};

static void on_line(void *ctx, char what, const char *text)
{
	struct difference *d = ctx;

	ctl_say(d->c, "%s%c %s%s\n", ctl_colour(d->c, what == '+' ? CTL_GREEN : CTL_RED), what, text, ctl_colour(d->c, CTL_PLAIN));
	json_array_append_new(d->lines, ctl_made(json_pack("{s:s, s:o}", "change", what == '+' ? "add" : "delete", "text", ctl_text_json(text))));
}

int ctl_run_rules_diff(struct ctl *c)
{
	struct difference d = { c, ctl_made(json_array()) };
	struct ruleset now = { 0 }, file = { 0 };
	char *text = NULL;
	int status = file_text(c, c->arg[0], &text);
	long lines = 0;

	if (!status)
		status = formatted(c, text, file_name(c->arg[0]), &file);
	free(text);
	if (!status)
		status = in_force(c, &now);
	if (!status)
		lines = ruleset_diff(&now, &file, on_line, &d);
	ctl_json(c, "differences", d.lines);
	ruleset_done(&now);
	ruleset_done(&file);
	if (lines < 0)
		return ctl_fail_detail(c, (int)lines, NULL, "rules");
	return !status && lines ? CTL_FAILED : status;
}

/* --- apply --- */

/* Enter or "yes" in time. @param ret_why set when not. */
static bool confirmed(long seconds, const char **ret_why)
{
	double until_s = ctl_clock_s() + (double)seconds;
	char answer[AnswerMax];
	size_t n = 0;

	for (;;) {
		double left_s = until_s - ctl_clock_s();
		int rc = left_s > 0 ? ctl_wait(STDIN_FILENO, (int)(left_s * 1000) + 1) : 0;
		ssize_t got;

		*ret_why = rc < 0 ? "interrupted" : "nobody has confirmed in time";
		if (rc < 0 || left_s <= 0)
			return false;
		if (!rc)
			continue;
		got = read(STDIN_FILENO, answer + n, sizeof(answer) - 1 - n);
		*ret_why = "standard input has ended";
		if (got <= 0)
			return false;
		n += (size_t)got;
		answer[n] = 0;
		*ret_why = "the answer was not yes";
		if (strchr(answer, '\n'))
			return !strcmp(answer, "\n") || !strcasecmp(answer, "yes\n") || !strcasecmp(answer, "y\n");
		if (n == sizeof(answer) - 1)
			return false;
	}
}

static int revert(struct ctl *c, const char *before, const char *why)
{
	size_t n = 0;
	int rc = weir_rules_apply_text(c->site, before, "rules before", &n);

	ctl_json(c, "confirmed", json_false());
	ctl_json(c, "reverted", json_boolean(!rc));
	if (rc) {
		ctl_fail(c, rc, "%s, and the rules before could not be put back: the new ones may be in force", why);
		return c->failed = CTL_PARTLY;
	}
	ctl_json(c, "in_force", json_integer((json_int_t)n));
	ctl_note("%s: the rules before are in force again", why);
	return CTL_FAILED;
}

int ctl_check_rules_apply(struct ctl *c)
{
	if (!c->text[CTL_OPT_CONFIRM])
		return ctl_usage(c, "--confirm SECONDS is missing; rules load asks for nothing");
	if (!strcmp(c->arg[0], "-"))
		return ctl_usage(c, "standard input is for the confirmation; name a file");
	return CTL_DONE;
}

int ctl_run_rules_apply(struct ctl *c)
{
	long seconds = c->number[CTL_OPT_CONFIRM];
	const char *why = "";
	char *before = NULL;
	int rc, status;

	rc = weir_rules_saved(c->site, &before);
	if (rc)
		return ctl_fail(c, rc, "rules in force");
	status = load(c, c->arg[0]);
	if (!status) {
		fprintf(stderr, "weirctl: Enter or \"yes\" within %ld s keeps these rules; anything else puts the rules before back\n", seconds);
		if (confirmed(seconds, &why)) {
			ctl_json(c, "confirmed", json_true());
			ctl_say(c, "confirmed\n");
		} else {
			status = revert(c, before, why);
		}
	}
	free(before);
	return status;
}
