// SPDX-License-Identifier: Apache-2.0
/* A whole configuration as one file. */
#include "snapshot.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { Version = 1 };

void weir_snapshot_done(struct weir_snapshot *s)
{
	free(s->policy);
	free(s->policy_name);
	free(s->rules);
	free(s->rules_name);
	*s = (struct weir_snapshot){ 0 };
}

/* --- As JSON ------------------------------------------------------------------------------------------------------ */

static json_t *params(const struct weir_snapshot *s)
{
	json_t *o = json_object();

	for (unsigned i = 0; i < WEIR_FIRMWARE_PARAMS && o; i++)
		if (s->has_param[i] && json_object_set_new(o, weir_param(i)->name, json_integer(s->param[i]))) {
			json_decref(o);
			return NULL;
		}
	return o;
}

static json_t *learned(const struct weir_snapshot *s)
{
	json_t *a = json_array();

	for (size_t i = 0; i < s->n_learned && a; i++)
		if (json_array_append_new(a, json_integer(s->learned[i]))) {
			json_decref(a);
			return NULL;
		}
	return a;
}

json_t *weir_snapshot_write(const struct weir_snapshot *s)
{
	return json_pack("{s:i, s:I, s:s, s:s, s:s?, s:s?, s:o, s:o}", "weir_snapshot", Version, "saved_s", (json_int_t)time(NULL), "policy",
			 s->policy, "policy_name", s->policy_name, "rules", s->rules, "rules_name", s->rules_name, "parameters", params(s),
			 "learned", learned(s));
}

static bool read_text(const json_t *o, const char *name, bool may_be_null, char **ret, bool *memory)
{
	const json_t *v = json_object_get(o, name);

	if (json_is_null(v) && may_be_null)
		return true;
	if (!json_is_string(v) || json_string_length(v) > WEIR_SITE_TEXT)
		return false;
	*ret = strdup(json_string_value(v));
	*memory &= *ret != NULL;
	return true;
}

static const char *read_params(const json_t *o, struct weir_snapshot *s)
{
	const json_t *rows = json_object_get(o, "parameters");
	const char *name;
	json_t *v;

	if (!json_is_object(rows))
		return "parameters";
	json_object_foreach((json_t *)(uintptr_t)rows, name, v) {
		const struct weir_param *p = weir_param_find(name);

		if (!p || !json_is_integer(v) || json_integer_value(v) < p->least || json_integer_value(v) > p->most)
			return p ? p->name : "parameters";
		s->param[p->number] = (uint32_t)json_integer_value(v);
		s->has_param[p->number] = true;
	}
	return NULL;
}

static const char *read_learned(const json_t *o, struct weir_snapshot *s)
{
	const json_t *rows = json_object_get(o, "learned");
	size_t n = json_array_size(rows);

	if (!json_is_array(rows) || n > WEIR_LEARNED_WORDS_MAX)
		return "learned";
	for (size_t i = 0; i < n; i++) {
		const json_t *v = json_array_get(rows, i);

		if (!json_is_integer(v) || json_integer_value(v) < 0 || json_integer_value(v) > UINT32_MAX)
			return "learned";
		s->learned[i] = (uint32_t)json_integer_value(v);
	}
	s->n_learned = n;
	return n && weir_learned_check(s->learned, n) ? "learned" : NULL;
}

static const char *read_members(const json_t *o, struct weir_snapshot *s, bool *memory)
{
	const char *wrong;

	if (json_integer_value(json_object_get(o, "weir_snapshot")) != Version)
		return "weir_snapshot";
	if (!read_text(o, "policy", false, &s->policy, memory) || !read_text(o, "policy_name", false, &s->policy_name, memory))
		return "policy";
	if (!read_text(o, "rules", true, &s->rules, memory) || !read_text(o, "rules_name", true, &s->rules_name, memory) ||
	    !s->rules != !s->rules_name)
		return "rules";
	wrong = read_params(o, s);
	return wrong ? wrong : read_learned(o, s);
}

int weir_snapshot_read(const json_t *o, struct weir_snapshot *ret, char *detail)
{
	bool memory = true;
	const char *wrong;

	*ret = (struct weir_snapshot){ 0 };
	wrong = read_members(o, ret, &memory);
	if (!wrong && memory)
		return 0;
	weir_snapshot_done(ret);
	if (!memory)
		return -ENOMEM;
	snprintf(detail, WEIR_DETAIL, "\"%s\" is missing, wrong, or of another version", wrong);
	return WEIR_EINPUT;
}

/* --- Saving ------------------------------------------------------------------------------------------------------- */

static int gather(struct weir_site *s, struct weir_snapshot *ret)
{
	struct weir_loaded *l;
	int rc = weir_site_begin(s, &l);

	if (rc)
		return rc;
	weir_site_unlock(s);
	ret->policy = l->policy;
	ret->policy_name = l->policy_name;
	ret->rules = l->rules;
	ret->rules_name = l->rules_name;
	l->policy = l->policy_name = l->rules = l->rules_name = NULL;
	weir_loaded_free(l);
	for (unsigned i = 0; i < WEIR_FIRMWARE_PARAMS && !rc; i++) {
		rc = weir_param_get(s->dev, i, &ret->param[i]);
		ret->has_param[i] = !rc;
	}
	return rc ? rc : weir_learned_export(s->dev, ret->learned, &ret->n_learned);
}

int weir_snapshot_save(struct weir_site *s, const char *file)
{
	struct weir_snapshot snap = { 0 };
	int rc = gather(s, &snap);

	if (!rc) {
		json_t *o = weir_snapshot_write(&snap);

		rc = weir_json_save(AT_FDCWD, file, o);
		json_decref(o);
		if (rc)
			weir_dev_fail(s->dev, rc, "%.256s: cannot be written (%s)", file, strerror(-rc));
	}
	weir_snapshot_done(&snap);
	return rc;
}

/* --- Restoring ---------------------------------------------------------------------------------------------------- */

static int read_file(struct weir_site *s, const char *file, struct weir_snapshot *ret)
{
	char inner[WEIR_DETAIL] = "", detail[WEIR_DETAIL] = "", *text;
	json_t *o = NULL;
	size_t n;
	int rc = weir_file_read(AT_FDCWD, file, WEIR_SITE_BYTES, &text, &n);

	if (rc)
		return weir_dev_fail(s->dev, rc == -EFBIG || rc == -EINVAL ? WEIR_EINPUT : rc, "%.256s: cannot be read (%s)", file, strerror(-rc));
	rc = weir_json_parse(text, n, file, &o, detail);
	free(text);
	if (!rc)
		rc = weir_snapshot_read(o, ret, inner);
	json_decref(o);
	if (inner[0])
		snprintf(detail, sizeof(detail), "%.256s: %.200s", file, inner);
	return rc == WEIR_EINPUT ? weir_dev_fail(s->dev, rc, "%s; this is no snapshot that can be restored", detail) : rc;
}

/* Before anything changes: the policy can be loaded, and the rules belong to it. */
static int check(struct weir_site *s, const struct weir_snapshot *snap)
{
	struct weir_policy *p = malloc(sizeof(*p));
	char detail[WEIR_POLICY_DETAIL] = "";
	FILE *f;
	int rc = p ? weir_policy_try(snap->policy, snap->policy_name, p, NULL, NULL, detail) : -ENOMEM;

	if (!rc && snap->rules) {
		f = fmemopen(snap->rules, strlen(snap->rules), "r");
		rc = f ? weir_rules_load(f, snap->rules_name, p, detail) : -ENOMEM;
		if (f)
			fclose(f);
		rc = rc == -EINVAL ? WEIR_EINPUT : rc;
	}
	free(p);
	return rc && detail[0] ? weir_dev_fail(s->dev, rc, "%s", detail) : rc;
}

static int partly(struct weir_site *s, const char *what)
{
	char detail[WEIR_DETAIL];

	snprintf(detail, sizeof(detail), "%s", weir_dev_detail(s->dev));
	return weir_dev_fail(s->dev, WEIR_EPARTLY, "the policy is loaded, but %s failed: %.300s", what, detail);
}

static int restore(struct weir_site *s, const struct weir_snapshot *snap)
{
	int rc = check(s, snap);

	rc = rc ? rc : weir_policy_apply_text(s, snap->policy, snap->policy_name);
	if (rc)
		return rc;
	if (snap->rules && weir_rules_apply_text(s, snap->rules, snap->rules_name, NULL))
		return partly(s, "applying the rules");
	for (unsigned i = 0; i < WEIR_FIRMWARE_PARAMS; i++)
		if (snap->has_param[i] && weir_param_set(s->dev, i, snap->param[i]))
			return partly(s, "setting parameters");
	if (snap->n_learned && weir_learned_import(s->dev, snap->learned, snap->n_learned))
		return partly(s, "the learned state");
	return 0;
}

int weir_snapshot_restore(struct weir_site *s, const char *file)
{
	struct weir_snapshot snap;
	int rc = read_file(s, file, &snap);

	if (rc)
		return rc;
	rc = restore(s, &snap);
	weir_snapshot_done(&snap);
	return rc;
}
