// SPDX-License-Identifier: Apache-2.0
/* Loading a policy. The static configuration and a clear need a data path that stands still; the entries, which are most of it, do not: they
 * are written while frames pass in bypass. The firmware reads a policy when the data path begins to run, so that stops once more for a
 * moment behind them (docs/libweir.md, "Loading a policy"). */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "site_priv.h"
#include "weir/weir_regs.h"

enum { Draws = 16, WordBytes = 4, Words = WEIR_MAIL_WORDS_HOST, BridgeWords = 3 * WEIR_ENTRY_WORDS, StopMs = 5000, NsPerMs = 1000000 };

/* --- Whether it can be loaded ------------------------------------------------------------------------------------- */

static int draw(struct weir_keys *keys)
{
	return weir_random(keys, sizeof(*keys));
}

/* The compiler's advice is for the simulator: here keys are drawn. */
static void no_seed(char *detail)
{
	char *at = strstr(detail, "choose another --seed");

	if (at && (size_t)(at - detail) + strlen("choose another --seed") < WEIR_POLICY_DETAIL)
		snprintf(at, WEIR_POLICY_DETAIL - (size_t)(at - detail), "try again: %d keys drawn at random had no room either", Draws);
}

int weir_policy_try(const char *text, const char *name, struct weir_policy *p, struct weir_keys *keys, struct weir_writes *w, char *detail)
{
	struct weir_policy *mine = p ? p : malloc(sizeof(*mine));
	FILE *f = fmemopen((void *)(uintptr_t)text, strlen(text), "r");
	struct weir_writes writes;
	struct weir_keys drawn;
	int rc = mine && f ? 0 : -ENOMEM;

	if (!rc && !weir_is_utf8(text)) {
		snprintf(detail, WEIR_POLICY_DETAIL, "%.256s: is not in UTF-8", name);
		rc = WEIR_EINPUT;
	}
	if (!rc) {
		weir_policy_default(mine);
		rc = weir_policy_load(f, name, mine, detail);
		rc = rc == -EINVAL ? WEIR_EINPUT : rc;
	}
	for (int i = 0; i < Draws && (!rc ? i == 0 : rc == -EINVAL); i++) {
		rc = draw(&drawn);
		rc = rc ? rc : weir_policy_compile_with(mine, &drawn, (uint64_t)time(NULL), name, &writes, detail);
	}
	if (!rc && w)
		*w = writes;
	else if (!rc)
		weir_writes_done(&writes);
	if (!rc && keys)
		*keys = drawn;
	explicit_bzero(&drawn, sizeof(drawn));
	if (f)
		fclose(f);
	if (!p)
		free(mine);
	if (!rc)
		detail[0] = 0;
	if (rc != -EINVAL)
		return rc;
	no_seed(detail);
	return WEIR_EROOM;
}

int weir_text_read(const char *file, char **ret, char *detail)
{
	size_t n;
	int rc = weir_file_read(AT_FDCWD, file, WEIR_SITE_TEXT, ret, &n);

	if (rc)
		snprintf(detail, WEIR_DETAIL, "%.256s: cannot be read (%s); check the name and permissions", file,
			 rc == -EFBIG ? "longer than 1 MiB" : rc == -EINVAL ? "no file" : strerror(-rc));
	else if (strlen(*ret) != n) {
		free(*ret);
		snprintf(detail, WEIR_DETAIL, "%.256s: has bytes that are 0; a policy is text", file);
		rc = WEIR_EINPUT;
	}
	return rc == -EFBIG || rc == -EINVAL ? WEIR_EINPUT : rc;
}

int weir_policy_check_file(const char *file, char *detail)
{
	char *text;
	int rc;

	detail[0] = 0;
	rc = weir_text_read(file, &text, detail);
	if (rc)
		return rc;
	rc = weir_policy_try(text, file, NULL, NULL, NULL, detail);
	free(text);
	return rc;
}

/* --- Loading ------------------------------------------------------------------------------------------------------ */

struct load {
	struct weir_site *s;
	struct weir_dev *dev;
	const struct weir_policy *p;
	const struct weir_keys *keys;
	struct weir_writes *w;
	struct weir_loaded *next;
	bool talks;                   /* the firmware answers */
	bool partly;                  /* it was not told all */
	bool learned;                 /* it has something to lose */
	bool closed;                  /* meanwhile nothing passes, instead of everything */
	const char *stage;            /* what packets do now; NULL: as before */
};

/* Tell the firmware. When it does not answer, the rest is done without it. */
static int tell(struct load *l, const uint32_t message[Words])
{
	uint32_t answer[Words];
	int rc = l->talks ? weir_mail(l->dev, message, answer) : 0;

	if (rc != WEIR_EFIRMWARE)
		return rc;
	l->talks = false;
	l->partly = true;
	return 0;
}

/* Have it look at the data path: it does so behind each message, and an answer says that it has done so behind the one before. */
static int let_it_look(struct load *l)
{
	const uint32_t message[Words] = { WEIR_OP_MARK };

	return tell(l, message);
}

static int set_param(struct load *l, unsigned number, uint32_t value)
{
	const uint32_t message[Words] = { WEIR_OP_SET, number, value };
	int rc = tell(l, message);

	return rc == -ERANGE ? weir_dev_fail(l->dev, WEIR_EVERSION, "this firmware has no parameter %s, or another range of it",
					     weir_param(number) ? weir_param(number)->name : "") : rc;
}

static int set_mark(struct load *l, const uint32_t mark[WEIR_MARK_WORDS])
{
	uint32_t message[Words] = { WEIR_OP_MARK, 1 };

	memcpy(message + 2, mark, WEIR_MARK_WORDS * sizeof(*mark));
	return tell(l, message);
}

static int write_one(struct load *l, uint32_t address, uint32_t value)
{
	return weir_write(l->dev, address, 1, &value);
}

static int wait_for(struct load *l, uint32_t bit, const char *what)
{
	struct timespec start, now;
	uint32_t status;
	int rc;

	clock_gettime(CLOCK_MONOTONIC, &start);
	do {
		rc = weir_read(l->dev, WEIR_REG_STATUS, 1, &status);
		if (rc || status & bit)
			return rc;
		clock_gettime(CLOCK_MONOTONIC, &now);
	} while ((now.tv_sec - start.tv_sec) * 1000 + (now.tv_nsec - start.tv_nsec) / NsPerMs < StopMs);
	return weir_dev_fail(l->dev, -ETIMEDOUT, "%s", what);
}

static int stop(struct load *l)
{
	int rc;

	l->stage = "the data path may stand still";
	rc = write_one(l, WEIR_REG_CTRL, 0);
	rc = rc ? rc : wait_for(l, WEIR_REG_STATUS_STOPPED_MASK, "the data path does not come to rest");
	/* Of a pause that it has not seen the firmware knows nothing. */
	return rc ? rc : let_it_look(l);
}

static int set_bypass(struct load *l, bool on)
{
	const uint32_t word[WEIR_ENTRY_WORDS] = { on };

	return weir_write(l->dev, WEIR_REG_BYPASS, WEIR_ENTRY_WORDS, word);
}

static uint32_t mac_word(uint32_t rx_enable)
{
	return rx_enable << WEIR_REG_MAC_RX_ENABLE_LSB | WEIR_REG_MAC_TX_ENABLE_RESET << WEIR_REG_MAC_TX_ENABLE_LSB |
	       WEIR_REG_MAC_IFG_RESET << WEIR_REG_MAC_IFG_LSB;
}

/* In the order of the addresses: three requests. */
static int put_setup(struct load *l)
{
	enum { First = WEIR_REG_MAX_FRAME, Last = WEIR_REG_REFLECTOR(WEIR_REG_REFLECTOR_COUNT), SetupWords = (Last - First) / WordBytes };
	const uint32_t mac = mac_word(l->closed ? 0 : WEIR_REG_MAC_RX_ENABLE_RESET);
	struct weir_batch b = { .dev = l->dev };
	const uint32_t *word[SetupWords] = { [(WEIR_REG_MAC - First) / WordBytes] = &mac };

	for (size_t i = 0; i < l->w->n; i++)
		if (l->w->write[i].addr >= First && l->w->write[i].addr < Last)
			word[(l->w->write[i].addr - First) / WordBytes] = &l->w->write[i].value;
	for (uint32_t i = 0; i < SetupWords; i++)
		if (word[i])
			weir_batch_put(&b, First + i * WordBytes, word[i], 1, 0);
	return weir_batch_end(&b);
}

/* All but bypass. What has been cleared is 0, so it can be written over again between rules, which lie scattered. */
static int put_entries(struct load *l)
{
	struct weir_batch b = { .dev = l->dev };

	for (size_t i = 0; i < l->w->n; i++) {
		const struct weir_write *w = &l->w->write[i];
		bool rule = w->addr >= WEIR_REG_RULE_PREFIX(0) && w->addr < WEIR_REG_RULE_CFG;

		if (w->addr >= WEIR_ENTRIES_BASE && (w->addr < WEIR_REG_BYPASS || w->addr >= WEIR_REG_BYPASS + WEIR_ENTRY_SPAN))
			weir_batch_put(&b, w->addr, &w->value, 1, rule && w->addr % WEIR_ENTRY_SPAN == 0 ? BridgeWords : 0);
	}
	return weir_batch_end(&b);
}

/* Before anything changes: what is learned is kept, and the firmware writes no thresholds meanwhile. */
static int prepare_firmware(struct load *l)
{
	const uint32_t hold[Words] = { WEIR_OP_EXPORT };
	uint32_t limbo[WEIR_MARK_WORDS];
	int rc = weir_random(limbo, sizeof(limbo));

	/* From here on no site fits, until this one does. */
	rc = rc ? rc : set_mark(l, limbo);
	if (!rc && l->learned)
		rc = tell(l, hold);
	if (rc == WEIR_EREFUSED)          /* an import is under way, which lasts 5 s: nothing to be kept */
		rc = 0;
	rc = rc ? rc : set_param(l, WEIR_FIRMWARE_mode, WEIR_MODE_OFF);
	return rc ? rc : let_it_look(l);
}

static int set_up(struct load *l)
{
	const uint32_t sticky = WEIR_REG_STATUS_WRITE_REFUSED_MASK | WEIR_REG_STATUS_BAD_ENTRY_MASK;
	int rc = weir_write(l->dev, WEIR_REG_STATUS, 1, &sticky);

	rc = rc ? rc : stop(l);
	rc = rc ? rc : put_setup(l);
	rc = rc ? rc : write_one(l, WEIR_REG_CTRL, WEIR_REG_CTRL_CLEAR_MASK);
	rc = rc ? rc : wait_for(l, WEIR_REG_STATUS_READY_MASK, "the memories are not cleared in time");
	rc = rc ? rc : set_bypass(l, true);
	rc = rc ? rc : write_one(l, WEIR_REG_CTRL, WEIR_REG_CTRL_RUN_MASK);
	if (!rc)
		l->stage = l->closed ? "nothing passes" : "everything passes unjudged";
	return rc;
}

static int put_policy(struct load *l)
{
	uint32_t now[2], key[Words] = { WEIR_OP_KEY };
	int rc;

	/* It finds no limit at all, so it is sure to read the policy anew when the data path begins once more. */
	rc = let_it_look(l);
	rc = rc ? rc : let_it_look(l);
	rc = rc ? rc : weir_read(l->dev, WEIR_REG_NOW_LOW, 2, now);
	if (rc)
		return rc;
	weir_writes_start(l->w, (uint64_t)now[1] << 32 | now[0]);
	rc = put_entries(l);
	memcpy(key + 1, l->keys->hash, sizeof(l->keys->hash));
	rc = rc ? rc : tell(l, key);
	explicit_bzero(key, sizeof(key));
	for (unsigned i = 0; i < WEIR_FIRMWARE_PARAMS && !rc; i++)
		if (i != WEIR_FIRMWARE_mode)
			rc = set_param(l, i, l->p->firmware[i]);
	return rc;
}

static int begin(struct load *l)
{
	uint32_t status;
	int rc = 0;

	/* Without firmware there is nobody who has to see the pause. */
	if (l->talks || l->closed) {
		rc = stop(l);
		if (!rc && l->closed)
			rc = write_one(l, WEIR_REG_MAC, mac_word(WEIR_REG_MAC_RX_ENABLE_RESET));
		/* Who lets nothing pass meanwhile bears that its meters drop, until the firmware has been told to drop nothing. */
		if (!rc && l->closed)
			rc = set_bypass(l, l->p->bypass);
		rc = rc ? rc : write_one(l, WEIR_REG_CTRL, WEIR_REG_CTRL_RUN_MASK);
	}
	if (!rc)
		l->stage = l->closed ? "the policy is in force, but the firmware has not been told all of it" : "everything passes unjudged";
	rc = rc ? rc : let_it_look(l);
	rc = rc ? rc : set_param(l, WEIR_FIRMWARE_mode, l->p->firmware[WEIR_FIRMWARE_mode]);
	rc = rc ? rc : let_it_look(l);
	/* Only now: in the modes that drop nothing, nothing is dropped. */
	if (!rc && !l->closed)
		rc = set_bypass(l, l->p->bypass);
	rc = rc ? rc : weir_read(l->dev, WEIR_REG_STATUS, 1, &status);
	if (!rc && status & (WEIR_REG_STATUS_WRITE_REFUSED_MASK | WEIR_REG_STATUS_BAD_ENTRY_MASK))
		rc = weir_dev_fail(l->dev, WEIR_EREFUSED, "the appliance refused some of it: somebody else is configuring it");
	if (!rc)
		l->stage = NULL;
	return rc ? rc : set_mark(l, l->next->mark);
}

/* Keep what went wrong, and say what packets do. */
static int complain(struct load *l, int rc)
{
	char detail[WEIR_DETAIL];

	if (!l->stage)
		return rc;
	snprintf(detail, sizeof(detail), "%s", weir_dev_detail(l->dev));
	return weir_dev_fail(l->dev, rc, "%.300s%s%s; load the policy again", detail[0] ? detail : weir_strerror(rc), "; until then ", l->stage);
}

static int load(struct load *l)
{
	const uint32_t hello[Words] = { WEIR_OP_HELLO };
	uint32_t mark[WEIR_MARK_WORDS], answer[Words] = { 0 };
	int rc = weir_random(l->next->mark, sizeof(l->next->mark));

	l->talks = weir_dev_caps(l->dev)->firmware;
	if (!rc && l->talks)
		rc = weir_mail(l->dev, hello, answer);
	if (!rc && l->talks)
		rc = weir_mark_get(l->dev, mark);
	l->learned = answer[2];
	if (rc == WEIR_EFIRMWARE) {
		l->talks = false;
		l->partly = true;
		rc = 0;
	} else if (rc == WEIR_EUNKNOWN) {
		return weir_dev_fail(l->dev, WEIR_EVERSION, "this firmware keeps no mark of who configured it; use the one of this release");
	}
	l->next->blind = !l->talks;
	/* On the disk before anything changes: a full disk must not cost the keys. */
	rc = rc ? rc : weir_site_plan(l->s, l->next);
	rc = rc ? rc : prepare_firmware(l);
	if (!rc && !l->talks && !l->next->blind) {
		l->next->blind = true;
		rc = weir_site_plan(l->s, l->next);
	}
	rc = rc ? rc : set_up(l);
	rc = rc ? rc : put_policy(l);
	rc = rc ? rc : begin(l);
	if (rc)
		return complain(l, rc);
	rc = weir_site_commit(l->s, l->next);
	if (rc || !l->partly)
		return rc;
	return weir_dev_fail(l->dev, WEIR_EPARTLY, "the policy is in force in the data path, but the firmware does not answer: it learns "
			     "nothing and knows nothing of it; load the policy again when it does");
}

static int make_next(const char *text, const char *name, const struct weir_keys *keys, const struct weir_writes *w, struct weir_loaded **ret)
{
	struct weir_loaded *next = calloc(1, sizeof(*next));

	if (!next)
		return -ENOMEM;
	next->policy = strdup(text);
	next->policy_name = strdup(weir_is_utf8(name) ? name : "policy");
	next->keys = *keys;
	next->loaded_s = next->rules_s = w->rules.now_s;
	next->clean = true;
	next->map = w->rules;
	memcpy(next->limit, w->limit, sizeof(next->limit));
	next->n_limit = w->n_limit;
	for (unsigned place = 0; place < WEIR_RULES_EXACT; place++)
		next->single[place] = w->rules.rule[WEIR_RULES_PREFIX + place] != 0;
	if (next->policy && next->policy_name) {
		*ret = next;
		return 0;
	}
	weir_loaded_free(next);
	return -ENOMEM;
}

int weir_policy_apply_text(struct weir_site *s, const char *text, const char *name)
{
	struct weir_policy *p = malloc(sizeof(*p));
	char detail[WEIR_POLICY_DETAIL] = "";
	struct weir_loaded *next = NULL;
	struct weir_keys keys;
	struct weir_writes w;
	int rc;

	if (!p)
		return -ENOMEM;
	rc = weir_policy_try(text, name, p, &keys, &w, detail);
	if (rc) {
		free(p);
		return detail[0] ? weir_dev_fail(s->dev, rc, "%s", detail) : rc;
	}
	rc = make_next(text, name, &keys, &w, &next);
	rc = rc ? rc : weir_site_lock(s);
	if (!rc) {
		struct load l = { .s = s, .dev = s->dev, .p = p, .keys = &keys, .w = &w, .next = next,
				  .closed = p->firmware[WEIR_FIRMWARE_fail_closed] };

		rc = load(&l);
		weir_site_unlock(s);
	}
	explicit_bzero(&keys, sizeof(keys));
	weir_loaded_free(next);
	weir_writes_done(&w);
	free(p);
	return rc;
}

int weir_policy_apply(struct weir_site *s, const char *file)
{
	char detail[WEIR_DETAIL] = "", *text;
	int rc = weir_text_read(file, &text, detail);

	if (rc)
		return weir_dev_fail(s->dev, rc, "%s", detail);
	rc = weir_policy_apply_text(s, text, file);
	free(text);
	return rc;
}

int weir_policy_saved(struct weir_site *s, char **ret_text)
{
	struct weir_loaded *l;
	int rc = weir_site_begin(s, &l);

	if (rc)
		return rc;
	weir_site_unlock(s);
	*ret_text = l->policy;
	l->policy = NULL;
	weir_loaded_free(l);
	return 0;
}
