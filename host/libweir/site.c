// SPDX-License-Identifier: Apache-2.0
/* A site: its folder, and what of it is in force. */
#include "weir/site.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "site_priv.h"
#include "weir/weir_regs.h"

enum { LockTries = 100, LockWaitNs = 50000000, Words = WEIR_MAIL_WORDS_HOST };

static const char lock_name[] = "lock";

int weir_random(void *ret, size_t n)
{
	uint8_t *b = ret;

	while (n) {
		ssize_t got = getrandom(b, n, 0);

		if (got < 0 && errno != EINTR)
			return -errno;
		if (got > 0) {
			b += got;
			n -= (size_t)got;
		}
	}
	return 0;
}

/* --- Folder ------------------------------------------------------------------------------------------------------- */

/* A URL as the name of a folder: what a name cannot have, or could be taken for something else, as %XX. */
static bool url_name(const char *url, char *buf, size_t n)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.";
	size_t used = 0;

	for (const char *c = url; *c; c++) {
		bool as_is = strchr(plain, *c) && (*c != '.' || c != url);
		int len = snprintf(buf + used, n - used, as_is ? "%c" : "%%%02X", (unsigned char)*c);

		used += (size_t)len;
		if (used >= n)
			return false;
	}
	return used;
}

static int default_folder(struct weir_dev *dev, char *buf, size_t n)
{
	const char *state = getenv("WEIR_STATE"), *xdg = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
	char name[NAME_MAX + 1];
	int len;

	if (!url_name(weir_dev_url(dev), name, sizeof(name)))
		return weir_dev_fail(dev, -ENAMETOOLONG, "the URL is too long for the name of a folder; name one");
	if (state && state[0])
		len = snprintf(buf, n, "%s/%s", state, name);
	else if (!geteuid())
		len = snprintf(buf, n, "/var/lib/weir/%s", name);
	else if (xdg && xdg[0] == '/')
		len = snprintf(buf, n, "%s/weir/%s", xdg, name);
	else if (home && home[0])
		len = snprintf(buf, n, "%s/.local/state/weir/%s", home, name);
	else
		return weir_dev_fail(dev, -ENOENT, "neither WEIR_STATE nor XDG_STATE_HOME nor HOME is set; name a folder");
	return (size_t)len < n ? 0 : weir_dev_fail(dev, -ENAMETOOLONG, "the name of the site's folder is too long");
}

/* With all above it. */
static int make_folder(char *path)
{
	for (char *c = path + 1; *c; c++) {
		if (*c != '/')
			continue;
		*c = 0;
		if (mkdir(path, 0700) && errno != EEXIST) {
			int rc = -errno;

			*c = '/';
			return rc;
		}
		*c = '/';
	}
	return mkdir(path, 0700) && errno != EEXIST ? -errno : 0;
}

int weir_site_open(struct weir_dev *dev, const char *folder, struct weir_site **ret_site)
{
	struct weir_site *s = calloc(1, sizeof(*s));
	char path[PATH_MAX];
	int rc = 0;

	if (!s)
		return -ENOMEM;
	s->dev = dev;
	s->dir = s->lock = -1;
	if (!folder)
		rc = default_folder(dev, path, sizeof(path));
	else if ((size_t)snprintf(path, sizeof(path), "%s", folder) >= sizeof(path) || !folder[0])
		rc = weir_dev_fail(dev, -EINVAL, "the name of the site's folder is empty or too long");
	if (!rc && (rc = make_folder(path)) != 0)
		weir_dev_fail(dev, rc, "%s cannot be made (%s); name another folder for the site", path, strerror(-rc));
	if (!rc) {
		s->folder = strdup(path);
		s->dir = s->folder ? open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
		s->lock = s->dir >= 0 ? openat(s->dir, lock_name, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600) : -1;
		if (!s->folder)
			rc = -ENOMEM;
		else if (s->lock < 0)
			rc = weir_dev_fail(dev, -errno, "%s cannot be used for the site (%s)", path, strerror(errno));
	}
	if (rc) {
		weir_site_close(s);
		return rc;
	}
	*ret_site = s;
	return 0;
}

void weir_site_close(struct weir_site *s)
{
	if (!s)
		return;
	if (s->lock >= 0)
		close(s->lock);
	if (s->dir >= 0)
		close(s->dir);
	free(s->folder);
	free(s);
}

const char *weir_site_folder(const struct weir_site *s)
{
	return s->folder;
}

int weir_site_lock(struct weir_site *s)
{
	const struct timespec wait = { .tv_nsec = LockWaitNs };

	for (int i = 0; flock(s->lock, LOCK_EX | LOCK_NB); i++) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return weir_dev_fail(s->dev, -errno, "%s/%s cannot be locked (%s)", s->folder, lock_name, strerror(errno));
		if (i == LockTries)
			return weir_dev_fail(s->dev, -EBUSY, "somebody else is at work with the site %s; try again", s->folder);
		nanosleep(&wait, NULL);
	}
	return 0;
}

void weir_site_unlock(struct weir_site *s)
{
	flock(s->lock, LOCK_UN);
}

/* --- What is in force --------------------------------------------------------------------------------------------- */

int weir_mark_get(struct weir_dev *dev, uint32_t ret[WEIR_MARK_WORDS])
{
	uint32_t message[Words] = { WEIR_OP_MARK }, answer[Words];
	int rc = weir_mail(dev, message, answer);

	if (!rc)
		memcpy(ret, answer + 2, WEIR_MARK_WORDS * sizeof(*ret));
	return rc;
}

int weir_mark_set(struct weir_dev *dev, const uint32_t mark[WEIR_MARK_WORDS])
{
	uint32_t message[Words] = { WEIR_OP_MARK, 1 }, answer[Words];

	memcpy(message + 2, mark, WEIR_MARK_WORDS * sizeof(*mark));
	return weir_mail(dev, message, answer);
}

/* @param ret  NULL: there is none. */
static int read_site(struct weir_site *s, const char *name, struct weir_loaded **ret)
{
	char what[PATH_MAX], inner[WEIR_DETAIL] = "", detail[WEIR_DETAIL] = "", *text;
	json_t *o = NULL;
	size_t n;
	int rc = weir_file_read(s->dir, name, WEIR_SITE_BYTES, &text, &n);

	*ret = NULL;
	if (rc == -ENOENT)
		return 0;
	snprintf(what, sizeof(what), "%s/%s", s->folder, name);
	if (rc)
		return weir_dev_fail(s->dev, rc == -EFBIG || rc == -EINVAL ? WEIR_EINPUT : rc, "%s cannot be read (%s)", what, strerror(-rc));
	rc = weir_json_parse(text, n, what, &o, detail);
	explicit_bzero(text, n);
	free(text);
	if (!rc)
		rc = weir_loaded_read(o, ret, inner);
	if (inner[0])
		snprintf(detail, sizeof(detail), "%.256s: %.200s", what, inner);
	json_decref(o);
	return rc == WEIR_EINPUT ? weir_dev_fail(s->dev, rc, "%s; load the policy again", detail) : rc;
}

static int save(struct weir_site *s, const char *name, const struct weir_loaded *l)
{
	json_t *o = weir_loaded_write(l);
	int rc = weir_json_save(s->dir, name, o);

	json_decref(o);
	return rc ? weir_dev_fail(s->dev, rc, "%s/%s cannot be written (%s)", s->folder, name, strerror(-rc)) : 0;
}

/* What the appliance says of itself. */
struct evidence {
	uint32_t mark[WEIR_MARK_WORDS];
	bool has_mark;
	bool running;
	unsigned set;                    /* of rules, in force */
};

static int look(struct weir_dev *dev, struct evidence *ret)
{
	uint32_t word[WEIR_ENTRY_WORDS], control;
	int rc = weir_read(dev, WEIR_REG_CTRL, 1, &control);

	rc = rc ? rc : weir_read(dev, WEIR_REG_RULE_CFG, WEIR_ENTRY_WORDS, word);
	if (rc)
		return rc;
	ret->running = control & WEIR_REG_CTRL_RUN_MASK;
	ret->set = (unsigned)WEIR_FIELD_GET(word, WEIR_REG_RULE_CFG_ACTIVE_SET);
	ret->has_mark = weir_dev_caps(dev)->firmware;
	if (!ret->has_mark)
		return 0;
	rc = weir_mark_get(dev, ret->mark);
	if (rc == WEIR_EUNKNOWN)
		return weir_dev_fail(dev, rc, "this firmware keeps no mark of who configured it; use a newer one");
	if (rc == WEIR_EFIRMWARE)
		return weir_dev_fail(dev, rc, "the firmware does not answer, so nobody can tell whether the site is still right");
	return rc;
}

static bool fits(const struct evidence *e, const struct weir_loaded *l)
{
	if (!l || e->set != l->active_set)
		return false;
	/* Without firmware: as good as can be told. A policy that has been loaded runs. */
	return e->has_mark ? !memcmp(e->mark, l->mark, sizeof(l->mark)) : e->running;
}

static bool same_load(const struct weir_loaded *a, const struct weir_loaded *b)
{
	return a && b && !memcmp(a->mark, b->mark, sizeof(a->mark));
}

/* The last change broke off: it took effect, or it did not, and the appliance tells; what it left behind is cleared with the next change
 * of rules. */
static int recover(struct weir_site *s, const struct evidence *e, struct weir_loaded **now, struct weir_loaded *next)
{
	struct weir_loaded *is = NULL;
	int rc;

	/* Of a policy only the mark tells; of rules the set in force does. */
	if (fits(e, next) && (!next->blind || same_load(*now, next)))
		is = next;
	else if (fits(e, *now) && (!next->blind || same_load(*now, next)))
		is = *now;
	if (!is)
		return weir_dev_fail(s->dev, WEIR_ECHANGED, "a policy was being loaded when it broke off; load it again");
	is->clean = false;
	rc = save(s, weir_site_name, is);
	if (!rc && unlinkat(s->dir, weir_site_next_name, 0))
		rc = weir_dev_fail(s->dev, -errno, "%s/%s cannot be removed (%s)", s->folder, weir_site_next_name, strerror(errno));
	if (!rc && is == next) {
		weir_loaded_free(*now);
		*now = weir_loaded_copy(next);
		rc = *now ? 0 : -ENOMEM;
	}
	return rc;
}

static int find(struct weir_site *s, struct weir_loaded **now)
{
	struct weir_loaded *next = NULL;
	struct evidence e;
	int rc = read_site(s, weir_site_name, now);

	rc = rc ? rc : read_site(s, weir_site_next_name, &next);
	if (!rc && !*now && !next)
		rc = weir_dev_fail(s->dev, WEIR_EKEY, "nothing has been loaded from %s; load a policy", s->folder);
	rc = rc ? rc : look(s->dev, &e);
	if (!rc && next)
		rc = recover(s, &e, now, next);
	else if (!rc && !fits(&e, *now))
		rc = weir_dev_fail(s->dev, WEIR_ECHANGED, "the appliance has been configured by somebody else, or switched off, since %s was "
				   "written; load the policy again", s->folder);
	weir_loaded_free(next);
	return rc;
}

int weir_site_begin(struct weir_site *s, struct weir_loaded **ret)
{
	struct weir_loaded *now = NULL;
	int rc = weir_site_lock(s);

	if (rc)
		return rc;
	rc = find(s, &now);
	if (rc) {
		weir_loaded_free(now);
		weir_site_unlock(s);
		return rc;
	}
	*ret = now;
	return 0;
}

int weir_site_plan(struct weir_site *s, const struct weir_loaded *next)
{
	return save(s, weir_site_next_name, next);
}

int weir_site_commit(struct weir_site *s, struct weir_loaded *next)
{
	int rc;

	/* As it is, this one name is enough; else it has to be written again. */
	if (next->blind) {
		next->blind = false;
		rc = save(s, weir_site_next_name, next);
		if (rc)
			return rc;
	}
	if (renameat(s->dir, weir_site_next_name, s->dir, weir_site_name))
		return weir_dev_fail(s->dev, -errno, "%s/%s cannot be renamed (%s)", s->folder, weir_site_next_name, strerror(errno));
	(void)!fsync(s->dir);
	return 0;
}

int weir_loaded_policy(struct weir_dev *dev, const struct weir_loaded *l, struct weir_policy **ret)
{
	struct weir_policy *p = malloc(sizeof(*p));
	char detail[WEIR_POLICY_DETAIL] = "";
	FILE *f = fmemopen(l->policy, strlen(l->policy), "r");
	int rc = p && f ? 0 : -ENOMEM;

	if (!rc) {
		weir_policy_default(p);
		rc = weir_policy_load(f, l->policy_name, p, detail);
	}
	if (f)
		fclose(f);
	if (!rc && l->rules) {
		f = fmemopen(l->rules, strlen(l->rules), "r");
		rc = f ? weir_rules_load(f, l->rules_name, p, detail) : -ENOMEM;
		if (f)
			fclose(f);
	}
	for (unsigned id = 0; id < WEIR_RULES_IDS && !rc; id++)
		if (l->map.rule[id] > p->rules.n) {
			snprintf(detail, sizeof(detail), "a place of a rule that there is not");
			rc = -EINVAL;
		}
	for (size_t i = 0; i < l->n_limit && !rc; i++)
		if (weir_rules_at(p, &l->map, l->limit[i].id)->action != WEIR_RULE_LIMIT) {
			snprintf(detail, sizeof(detail), "a limit of a rule that limits nothing");
			rc = -EINVAL;
		}
	if (!rc) {
		*ret = p;
		return 0;
	}
	free(p);
	return rc == -EINVAL ? weir_dev_fail(dev, WEIR_EINPUT, "the site is damaged: %.300s; load the policy again", detail) : rc;
}
