// SPDX-License-Identifier: Apache-2.0
/* connections, legit, sources ADDRESS: what tables of the hardware keep. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ctl.h"

enum { PageRows = 64 };

typedef void row_fn(struct ctl *c, json_t *rows, const struct weir_table_row *r);

/* Page by page, at most --limit rows; how many there are beyond is not told, since reading them takes time. */
static int read_rows(struct ctl *c, enum weir_table_id table, row_fn *row, const char *what)
{
	struct weir_table_row page[PageRows];
	json_t *rows = ctl_made(json_array());
	size_t left = (size_t)c->number[CTL_OPT_LIMIT], shown = 0, n = 0;
	uint32_t next = 0;
	int rc = 0;

	do {
		rc = weir_table_rows(c->dev, table, next, page, left < PageRows ? left : PageRows, &n, &next);
		for (size_t i = 0; !rc && i < n; i++, shown++, left--)
			row(c, rows, &page[i]);
	} while (!rc && next && left);
	ctl_json(c, "rows", rows);
	ctl_json(c, "more", json_boolean(!rc && next));
	if (rc)
		return ctl_fail(c, rc, "%s", what);
	if (!shown)
		ctl_say(c, "none\n");
	else if (next)
		ctl_say(c, "there may be more; --limit\n");
	return CTL_DONE;
}

static void connection_row(struct ctl *c, json_t *rows, const struct weir_table_row *r)
{
	if (!json_array_size(rows))
		ctl_say(c, "%s%6s  %-12s %-12s %8s  %s%s\n", ctl_colour(c, CTL_BOLD), "place", "state", "opened by", "age", "fingerprint", ctl_colour(c, CTL_PLAIN));
	ctl_say(c, "%6u  %-12s %-12s %7us  %010" PRIx64 "%s\n", r->index, weir_connection_state_name(r->state), r->opener_protected ? "protected" : "unprotected", r->age_s,
		r->tag, r->adopted ? "  adopted" : "");
	json_array_append_new(rows, ctl_made(json_pack("{s:I, s:I, s:I, s:s, s:b, s:s}", "place", (json_int_t)r->index, "tag", (json_int_t)r->tag, "age_s",
						       (json_int_t)r->age_s, "state", weir_connection_state_name(r->state), "adopted", r->adopted, "opened_by",
						       r->opener_protected ? "protected" : "unprotected")));
}

static json_t *row_json(const struct weir_table_row *r)
{
	return json_pack("{s:I, s:I, s:I, s:I, s:I, s:b}", "place", (json_int_t)r->index, "tag", (json_int_t)r->tag, "age_s", (json_int_t)r->age_s, "score",
			 (json_int_t)r->score, "packets", (json_int_t)r->packets, "tripped", r->tripped);
}

static void legit_row(struct ctl *c, json_t *rows, const struct weir_table_row *r)
{
	if (!json_array_size(rows))
		ctl_say(c, "%s%6s  %8s  %s%s\n", ctl_colour(c, CTL_BOLD), "place", "age", "fingerprint", ctl_colour(c, CTL_PLAIN));
	ctl_say(c, "%6u  %7us  %010" PRIx64 "\n", r->index, r->age_s, r->tag);
	json_array_append_new(rows, ctl_made(json_pack("{s:I, s:I, s:I}", "place", (json_int_t)r->index, "tag", (json_int_t)r->tag, "age_s", (json_int_t)r->age_s)));
}

int ctl_run_connections(struct ctl *c)
{
	return read_rows(c, WEIR_TABLE_CONNECTION, connection_row, "connections");
}

static int read_address(struct ctl *c, struct weir_address *ret)
{
	return weir_address_parse(c->arg[0], ret) ? CTL_USAGE : ctl_site(c);
}

/* What one table keeps of an address: text, and a member of `o`. */
static int look_up(struct ctl *c, json_t *o, enum weir_table_id table, const char *name, const struct weir_address *a)
{
	struct weir_table_row r;
	int rc = weir_table_lookup(c->site, table, a, &r);

	if (rc && rc != -ENOENT)
		return ctl_fail(c, rc, "%s", name);
	if (rc)
		ctl_say(c, "%-8s no\n", name);
	else if (table == WEIR_TABLE_SOURCE)
		ctl_say(c, "%-8s score %u of 65535, age %u s\n", name, r.score, r.age_s);
	else if (table == WEIR_TABLE_REMOTE)
		ctl_say(c, "%-8s %u packets in its last window%s, age %u s\n", name, r.packets, r.tripped ? ", tripped" : "", r.age_s);
	else
		ctl_say(c, "%-8s yes, age %u s\n", name, r.age_s);
	if (json_object_set_new(o, name, rc ? json_null() : ctl_made(row_json(&r))))
		ctl_made(NULL);
	return CTL_DONE;
}

int ctl_sources_of(struct ctl *c);

int ctl_sources_of(struct ctl *c)
{
	static const struct {
		enum weir_table_id table;
		const char *name;
	} tables[] = { { WEIR_TABLE_REMOTE, "remote" }, { WEIR_TABLE_SOURCE, "source" }, { WEIR_TABLE_LEGIT, "legit" }, { WEIR_TABLE_PROVEN, "proven" } };
	struct weir_address a;
	int status = read_address(c, &a);
	json_t *o;

	if (status)
		return status;
	o = ctl_made(json_object());
	for (size_t i = 0; !status && i < sizeof(tables) / sizeof(tables[0]); i++)
		status = look_up(c, o, tables[i].table, tables[i].name, &a);
	ctl_json(c, "address", json_string(c->arg[0]));
	ctl_json(c, "tables", o);
	return status;
}

int ctl_run_legit_show(struct ctl *c)
{
	struct weir_address a;
	json_t *o;
	int status;

	if (!c->args)
		return read_rows(c, WEIR_TABLE_LEGIT, legit_row, "legit");
	status = read_address(c, &a);
	if (status)
		return status;
	o = ctl_made(json_object());
	status = look_up(c, o, WEIR_TABLE_LEGIT, "legit", &a);
	ctl_json(c, "address", json_string(c->arg[0]));
	ctl_json(c, "tables", o);
	return status;
}

int ctl_run_legit_del(struct ctl *c)
{
	struct weir_address a;
	int rc = read_address(c, &a);

	if (rc)
		return rc;
	rc = weir_legit_delete(c->site, &a);
	if (rc)
		return ctl_fail_detail(c, rc, rc == -ENOENT ? "it is none of the legitimate addresses" : weir_dev_detail(c->dev), "%s", c->arg[0]);
	ctl_say(c, "%s: deleted\n", c->arg[0]);
	ctl_json(c, "deleted", json_string(c->arg[0]));
	return CTL_DONE;
}
