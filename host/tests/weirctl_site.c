// SPDX-License-Identifier: Apache-2.0
/* A site for the tests of weirctl: rules and a policy in files of a folder, and any error that a test asks for. It stands in for
 * host/include/weir/site.h, so that what weirctl does about each error is seen without making an appliance fail in each way.
 *
 * $WEIR_FAKE: "FUNCTION=ERROR[@N] ..." makes the N-th call (1) of that function and those after it fail. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "host/libweir/detail.h"
#include "weir/alarm.h"
#include "weir/site.h"

enum { NameMax = 512, TextMax = 1 << 20 };

struct weir_site {
	struct weir_dev *dev;
	char folder[NameMax];
};

/* Number of times that a function was called, by its place in $WEIR_FAKE. */
static int fault(const char *function)
{
	static int calls[16];
	const char *at = getenv("WEIR_FAKE");
	size_t n = strlen(function);

	for (int i = 0; at && *at && i < 16; i++) {
		char *end;
		long error, from = 1;

		if (!strncmp(at, function, n) && at[n] == '=') {
			error = strtol(at + n + 1, &end, 10);
			if (*end == '@')
				from = strtol(end + 1, &end, 10);
			return ++calls[i] >= from ? (int)error : 0;
		}
		at = strchr(at, ' ');
		at = at ? at + 1 : NULL;
	}
	return 0;
}

static int failed(struct weir_site *site, const char *function)
{
	int rc = fault(function);

	return rc && site ? weir_dev_fail(site->dev, rc, "as %s was told to", function) : rc;
}

int weir_site_open(struct weir_dev *dev, const char *folder, struct weir_site **ret_site)
{
	struct weir_site *site;
	int rc = fault("open");

	if (rc)
		return weir_dev_fail(dev, rc, "as open was told to");
	if (!folder || (mkdir(folder, 0700) && errno != EEXIST))
		return weir_dev_fail(dev, -EACCES, "no folder");
	site = calloc(1, sizeof(*site));
	if (!site)
		return -ENOMEM;
	site->dev = dev;
	snprintf(site->folder, sizeof(site->folder), "%s", folder);
	*ret_site = site;
	return 0;
}

void weir_site_close(struct weir_site *site)
{
	free(site);
}

static void name_of(const struct weir_site *site, const char *what, char *ret)
{
	snprintf(ret, 2 * NameMax, "%s/%s", site->folder, what);
}

/* @return taken; NULL: there is none. */
static char *load(const char *name)
{
	FILE *f = fopen(name, "re");
	char *text;
	size_t n;

	if (!f)
		return NULL;
	text = malloc(TextMax);
	n = text ? fread(text, 1, TextMax - 1, f) : 0;
	if (text)
		text[n] = 0;
	fclose(f);
	return text;
}

static int store(const char *name, const char *text)
{
	FILE *f = fopen(name, "we");

	if (!f)
		return -errno;
	fputs(text, f);
	return fclose(f) ? -errno : 0;
}

int weir_policy_check_file(const char *file, char *detail)
{
	int rc = fault("check");

	snprintf(detail, WEIR_DETAIL, "%s:1: as check was told to", file);
	return rc;
}

int weir_policy_apply(struct weir_site *site, const char *file)
{
	char name[2 * NameMax], *text = load(file);
	int rc = failed(site, "policy");

	if (!text && !rc)
		rc = weir_dev_fail(site->dev, -ENOENT, "%s", file);
	name_of(site, "policy", name);
	if (!rc)
		rc = store(name, text);
	free(text);
	return rc;
}

int weir_policy_saved(struct weir_site *site, char **ret_text)
{
	char name[2 * NameMax];
	int rc = failed(site, "saved");

	name_of(site, "policy", name);
	*ret_text = rc ? NULL : load(name);
	return rc ? rc : *ret_text ? 0 : WEIR_EKEY;
}

int weir_rules_saved(struct weir_site *site, char **ret_text)
{
	char name[2 * NameMax];
	int rc = failed(site, "rules");

	if (rc)
		return rc;
	name_of(site, "rules", name);
	*ret_text = load(name);
	if (!*ret_text)
		*ret_text = strdup("list: []\n");
	return *ret_text ? 0 : -ENOMEM;
}

static size_t count(const char *text)
{
	size_t n = 0;

	for (; (text = strstr(text, "- {")); text++)
		n++;
	return n;
}

int weir_rule_list(struct weir_site *site, struct weir_rule_row *ret, size_t n, size_t *ret_n)
{
	char *text;
	int rc = weir_rules_saved(site, &text);

	if (rc)
		return rc;
	*ret_n = count(text);
	for (size_t i = 0; i < n && i < *ret_n; i++)
		ret[i] = (struct weir_rule_row){ .hits = 100 + i, .coarse = i == 1, .expires_s = i ? 1900000000 : 0, .originator = "noc" };
	free(text);
	return 0;
}

int weir_rules_apply_text(struct weir_site *site, const char *text, const char *name, size_t *ret_n)
{
	char file[2 * NameMax];
	int rc = failed(site, "apply");

	if (!rc && strstr(text, "wrong"))
		rc = weir_dev_fail(site->dev, WEIR_EINPUT, "%s:2: wrong", name);
	name_of(site, "rules", file);
	if (!rc)
		rc = store(file, text);
	if (!rc)
		*ret_n = count(text);
	return rc;
}

int weir_rules_format(struct weir_site *site, const char *text, const char *name, char **ret_text)
{
	int rc = failed(site, "format");

	if (!rc && strstr(text, "wrong"))
		rc = weir_dev_fail(site->dev, WEIR_EINPUT, "%s:2: wrong", name);
	if (!rc)
		*ret_text = strdup(text);
	return rc ? rc : *ret_text ? 0 : -ENOMEM;
}

const char *weir_site_folder(const struct weir_site *site)
{
	return site->folder;
}

const char *weir_table_id_name(enum weir_table_id table)
{
	(void)table;
	return "table";
}

const char *weir_connection_state_name(uint8_t state)
{
	return state == 4 ? "established" : "unknown";
}

int weir_rules_apply(struct weir_site *site, const char *file, size_t *ret_n)
{
	char *text = file ? load(file) : strdup("list: []\n");
	int rc = text ? weir_rules_apply_text(site, text, file ? file : "no rules", ret_n) : -ENOENT;

	free(text);
	return rc;
}

int weir_snapshot_save(struct weir_site *site, const char *file)
{
	int rc = failed(site, "save");

	return rc ? rc : store(file, "snapshot\n");
}

int weir_snapshot_restore(struct weir_site *site, const char *file)
{
	char *text = load(file);
	int rc = text ? failed(site, "restore") : weir_dev_fail(site->dev, -ENOENT, "%s", file);

	free(text);
	return rc;
}

/* 70 rows, so that there is a second page. */
int weir_table_rows(struct weir_dev *dev, enum weir_table_id table, uint32_t from, struct weir_table_row *ret, size_t n, size_t *ret_n, uint32_t *ret_next)
{
	enum { Rows = 70 };
	int rc = fault("rows");

	(void)table;
	if (rc)
		return weir_dev_fail(dev, rc, "as rows was told to");
	for (*ret_n = 0; *ret_n < n && from < Rows; from++)
		ret[(*ret_n)++] = (struct weir_table_row){ .index = from, .tag = 0xabc000 + from, .age_s = from, .state = (uint8_t)(from % 8), .adopted = from == 1 };
	*ret_next = from < Rows ? from : 0;
	return 0;
}

int weir_table_lookup(struct weir_site *site, enum weir_table_id table, const struct weir_address *address, struct weir_table_row *ret)
{
	int rc = failed(site, "lookup");

	*ret = (struct weir_table_row){ .score = 77, .packets = 88, .tripped = true, .age_s = (uint32_t)table };
	return rc ? rc : address->bytes[3] == 9 ? -ENOENT : 0;
}

int weir_legit_delete(struct weir_site *site, const struct weir_address *address)
{
	int rc = failed(site, "delete");

	return rc ? rc : address->bytes[3] == 9 ? -ENOENT : 0;
}
