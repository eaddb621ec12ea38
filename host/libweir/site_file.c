// SPDX-License-Identifier: Apache-2.0
/* Files of a site, and what is loaded as JSON. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "site_priv.h"

enum { Version = 1, HexMost = 256, NameMost = 256 };

const char weir_site_name[] = "site.json";
const char weir_site_next_name[] = "site.json.next";

/* --- Files -------------------------------------------------------------------------------------------------------- */

static int read_all(int fd, size_t most, char **ret_text, size_t *ret_n)
{
	struct stat st;
	size_t n = 0;
	char *text;

	if (fstat(fd, &st))
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -EINVAL;
	if ((uint64_t)st.st_size > most)
		return -EFBIG;
	text = malloc((size_t)st.st_size + 1);
	if (!text)
		return -ENOMEM;
	while (n < (size_t)st.st_size) {
		ssize_t got = read(fd, text + n, (size_t)st.st_size - n);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0) {
			int rc = -errno;

			free(text);
			return rc;
		}
		if (!got)
			break;
		n += (size_t)got;
	}
	text[n] = 0;
	*ret_text = text;
	*ret_n = n;
	return 0;
}

int weir_file_read(int dir, const char *name, size_t most, char **ret_text, size_t *ret_n)
{
	int fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK), rc;

	if (fd < 0)
		return -errno;
	rc = read_all(fd, most, ret_text, ret_n);
	close(fd);
	return rc;
}

static int write_all(int fd, const char *text, size_t n)
{
	while (n) {
		ssize_t put = write(fd, text, n);

		if (put < 0 && errno != EINTR)
			return -errno;
		if (put > 0) {
			text += put;
			n -= (size_t)put;
		}
	}
	return fsync(fd) ? -errno : 0;
}

/* The folder of a file, so that its new name is on the disk, too. */
static void sync_folder(int dir, const char *name)
{
	const char *slash = strrchr(name, '/');
	char folder[PATH_MAX];
	int fd;

	snprintf(folder, sizeof(folder), "%.*s", slash ? (int)(slash - name) + 1 : 1, slash ? name : ".");
	fd = openat(dir, folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return;
	/* Not every file system can; the data are there all the same. */
	(void)!fsync(fd);
	close(fd);
}

int weir_file_write(int dir, const char *name, const char *text, size_t n)
{
	char other[PATH_MAX];
	int fd, rc;

	if ((size_t)snprintf(other, sizeof(other), "%s.%ld", name, (long)getpid()) >= sizeof(other))
		return -ENAMETOOLONG;
	fd = openat(dir, other, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	rc = write_all(fd, text, n);
	if (close(fd) && !rc)
		rc = -errno;
	if (!rc && renameat(dir, other, dir, name))
		rc = -errno;
	if (rc)
		unlinkat(dir, other, 0);
	else
		sync_folder(dir, name);
	return rc;
}

/* --- JSON with a checksum ----------------------------------------------------------------------------------------- */

int weir_json_check(const json_t *o, uint32_t *ret)
{
	json_t *plain = json_copy((json_t *)(uintptr_t)o);
	char *text;

	/* A copy leaves out what it has no memory for. */
	if (json_object_size(plain) != json_object_size(o)) {
		json_decref(plain);
		return -ENOMEM;
	}
	json_object_del(plain, "check");
	text = json_dumps(plain, JSON_COMPACT | JSON_SORT_KEYS);
	json_decref(plain);
	if (!text)
		return -ENOMEM;
	*ret = (uint32_t)crc32(crc32(0, NULL, 0), (const Bytef *)text, (uInt)strlen(text));
	explicit_bzero(text, strlen(text));
	free(text);
	return 0;
}

int weir_json_parse(const char *text, size_t n, const char *what, json_t **ret, char *detail)
{
	json_error_t error;
	json_t *o = json_loadb(text, n, JSON_REJECT_DUPLICATES, &error), *given;
	uint32_t check;
	int rc = 0;

	/* Not every lack of memory is told as one; then nothing is said at all. */
	if (!o && (json_error_code(&error) == json_error_out_of_memory || !error.text[0]))
		return -ENOMEM;
	given = json_object_get(o, "check");
	if (!o)
		snprintf(detail, WEIR_DETAIL, "%s:%d: %.200s", what, error.line, error.text);
	else if (!json_is_integer(given))
		snprintf(detail, WEIR_DETAIL, "%s: no checksum in it", what);
	else if ((rc = weir_json_check(o, &check)) == 0 && json_integer_value(given) != check)
		snprintf(detail, WEIR_DETAIL, "%s: it is damaged: its checksum is wrong", what);
	else if (!rc) {
		*ret = o;
		return 0;
	}
	json_decref(o);
	return rc ? rc : WEIR_EINPUT;
}

int weir_json_save(int dir, const char *name, json_t *o)
{
	char *text, detail[WEIR_DETAIL];
	json_t *again = NULL;
	uint32_t check;
	int rc;

	if (!o || weir_json_check(o, &check) || json_object_set_new(o, "check", json_integer(check)))
		return -ENOMEM;
	text = json_dumps(o, JSON_INDENT(1) | JSON_SORT_KEYS);
	if (!text)
		return -ENOMEM;
	/* Without memory the library may leave something out and say nothing: nothing is written that could not be read again. */
	rc = weir_json_parse(text, strlen(text), name, &again, detail) ? -ENOMEM : 0;
	json_decref(again);
	rc = rc ? rc : weir_file_write(dir, name, text, strlen(text));
	explicit_bzero(text, strlen(text));
	free(text);
	return rc;
}

/* Length of the character at c, RFC 3629; 0: none. */
static size_t utf8_length(const unsigned char *c)
{
	static const struct {
		uint8_t mask, lead;
		uint32_t least;
	} forms[] = { { 0x80, 0x00, 0 }, { 0xe0, 0xc0, 0x80 }, { 0xf0, 0xe0, 0x800 }, { 0xf8, 0xf0, 0x10000 } };

	for (size_t n = 0; n < sizeof(forms) / sizeof(forms[0]); n++) {
		uint32_t value = *c & (uint8_t)~forms[n].mask;

		if ((*c & forms[n].mask) != forms[n].lead)
			continue;
		for (size_t i = 1; i <= n; i++) {
			if ((c[i] & 0xc0) != 0x80)
				return 0;
			value = value << 6 | (c[i] & 0x3f);
		}
		return value >= forms[n].least && value <= 0x10ffff && (value < 0xd800 || value > 0xdfff) ? n + 1 : 0;
	}
	return 0;
}

bool weir_is_utf8(const char *text)
{
	const unsigned char *c = (const unsigned char *)text;
	size_t n = 1;

	for (; *c && n; c += n)
		n = utf8_length(c);
	return n;
}

json_t *weir_json_hex(const void *bytes, size_t n)
{
	const uint8_t *b = bytes;
	char text[2 * HexMost + 1] = "";

	for (size_t i = 0; i < n && i < HexMost; i++)
		snprintf(text + 2 * i, 3, "%02x", b[i]);
	return json_string(text);
}

bool weir_json_unhex(const json_t *v, void *ret, size_t n)
{
	static const char digits[] = "0123456789abcdef";
	const char *text = json_string_value(v);
	uint8_t *b = ret;

	if (!text || strlen(text) != 2 * n)
		return false;
	for (size_t i = 0; i < n; i++) {
		const char *high = strchr(digits, text[2 * i]), *low = strchr(digits, text[2 * i + 1]);

		if (!high || !low)
			return false;
		b[i] = (uint8_t)((high - digits) << 4 | (low - digits));
	}
	return true;
}

/* --- What is loaded ----------------------------------------------------------------------------------------------- */

void weir_loaded_free(struct weir_loaded *l)
{
	if (!l)
		return;
	free(l->policy);
	free(l->policy_name);
	free(l->rules);
	free(l->rules_name);
	explicit_bzero(l, sizeof(*l));
	free(l);
}

static bool copy_text(const char *from, char **ret)
{
	*ret = from ? strdup(from) : NULL;
	return !from || *ret;
}

struct weir_loaded *weir_loaded_copy(const struct weir_loaded *l)
{
	struct weir_loaded *copy = malloc(sizeof(*copy));
	bool ok;

	if (!copy)
		return NULL;
	*copy = *l;
	ok = copy_text(l->policy, &copy->policy);
	ok &= copy_text(l->policy_name, &copy->policy_name);
	ok &= copy_text(l->rules, &copy->rules);
	ok &= copy_text(l->rules_name, &copy->rules_name);
	if (ok)
		return copy;
	weir_loaded_free(copy);
	return NULL;
}

/* A row more. @return rows; NULL: no memory, and rows is gone: a file with a row less would be read without complaint */
static json_t *row(json_t *rows, json_t *one)
{
	if (!json_array_append_new(rows, one))
		return rows;
	json_decref(rows);
	return NULL;
}

static json_t *places(const struct weir_rule_map *map)
{
	json_t *rows = json_array();

	for (unsigned id = 0; id < WEIR_RULES_IDS && rows; id++)
		if (map->rule[id])
			rows = row(rows, json_pack("[i, i]", (int)id, map->rule[id] - 1));
	return rows;
}

static json_t *singles(const struct weir_loaded *l)
{
	json_t *rows = json_array();

	for (unsigned place = 0; place < WEIR_RULES_EXACT && rows; place++)
		if (l->single[place])
			rows = row(rows, json_integer(place));
	return rows;
}

static json_t *limits(const struct weir_loaded *l)
{
	json_t *rows = json_array();

	for (size_t i = 0; i < l->n_limit && rows; i++)
		rows = row(rows, json_pack("[i, i, i]", l->limit[i].id, l->limit[i].way, l->limit[i].number));
	return rows;
}

json_t *weir_loaded_write(const struct weir_loaded *l)
{
	return json_pack("{s:i, s:o, s:o, s:o, s:s, s:s, s:s?, s:s?, s:I, s:I, s:i, s:b, s:b, s:b, s:o, s:o, s:o}", "weir_site", Version,
			 "mark", weir_json_hex(l->mark, sizeof(l->mark)), "hash_key", weir_json_hex(l->keys.hash, sizeof(l->keys.hash)),
			 "cookie_keys", weir_json_hex(l->keys.cookie, sizeof(l->keys.cookie)), "policy", l->policy, "policy_name",
			 l->policy_name, "rules", l->rules, "rules_name", l->rules_name, "loaded_s", (json_int_t)l->loaded_s, "rules_s",
			 (json_int_t)l->rules_s, "active_set", (int)l->active_set, "clean", l->clean, "twin", l->twin, "blind", l->blind, "places",
			 places(&l->map), "single", singles(l), "limits", limits(l));
}

/* An integer of an array. @return false: none, or above `most` */
static bool item(const json_t *a, size_t i, unsigned least, unsigned most, unsigned *ret)
{
	const json_t *v = json_array_get(a, i);
	json_int_t n = json_integer_value(v);

	if (!json_is_integer(v) || n < least || n > most)
		return false;
	*ret = (unsigned)n;
	return true;
}

static bool read_places(const json_t *o, struct weir_loaded *l)
{
	const json_t *rows = json_object_get(o, "places"), *single = json_object_get(o, "single"), *limit = json_object_get(o, "limits");
	unsigned id, rule, way, number;

	if (!json_is_array(rows) || !json_is_array(single) || !json_is_array(limit) || json_array_size(limit) > WEIR_LIMITS)
		return false;
	for (size_t i = 0; i < json_array_size(rows); i++) {
		const json_t *one = json_array_get(rows, i);

		if (!item(one, 0, 0, WEIR_RULES_IDS - 1, &id) || !item(one, 1, 0, WEIR_POLICY_RULES - 1, &rule) || l->map.rule[id])
			return false;
		l->map.rule[id] = (uint16_t)(rule + 1);
		l->map.n_prefix += id < WEIR_RULES_PREFIX;
		l->map.n_exact += id >= WEIR_RULES_PREFIX;
	}
	for (size_t i = 0; i < json_array_size(single); i++) {
		if (!item(single, i, 0, WEIR_RULES_EXACT - 1, &id) || !l->map.rule[WEIR_RULES_PREFIX + id])
			return false;
		l->single[id] = 1;
	}
	for (size_t i = 0; i < json_array_size(limit); i++) {
		const json_t *one = json_array_get(limit, i);

		if (!item(one, 0, 0, WEIR_RULES_IDS - 1, &id) || !item(one, 1, 0, 3, &way) || !item(one, 2, 1, WEIR_PAIR_CONFIGS, &number) ||
		    !l->map.rule[id])
			return false;
		l->limit[l->n_limit++] = (struct weir_limit_pin){ (uint16_t)id, (uint8_t)way, (uint8_t)number };
	}
	return true;
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

static bool read_time(const json_t *o, const char *name, uint64_t *ret)
{
	const json_t *v = json_object_get(o, name);

	*ret = (uint64_t)json_integer_value(v);
	return json_is_integer(v) && json_integer_value(v) >= 0;
}

/* @return what cannot be read; NULL: all could */
static const char *read_members(const json_t *o, struct weir_loaded *l, bool *memory)
{
	const json_t *set = json_object_get(o, "active_set"), *clean = json_object_get(o, "clean"), *blind = json_object_get(o, "blind"),
		     *twin = json_object_get(o, "twin");

	if (json_integer_value(json_object_get(o, "weir_site")) != Version)
		return "weir_site";
	if (!weir_json_unhex(json_object_get(o, "mark"), l->mark, sizeof(l->mark)))
		return "mark";
	if (!weir_json_unhex(json_object_get(o, "hash_key"), l->keys.hash, sizeof(l->keys.hash)) ||
	    !weir_json_unhex(json_object_get(o, "cookie_keys"), l->keys.cookie, sizeof(l->keys.cookie)))
		return "keys";
	if (!read_text(o, "policy", false, &l->policy, memory) || !read_text(o, "policy_name", false, &l->policy_name, memory))
		return "policy";
	if (!read_text(o, "rules", true, &l->rules, memory) || !read_text(o, "rules_name", true, &l->rules_name, memory) ||
	    !l->rules != !l->rules_name)
		return "rules";
	if (!read_time(o, "loaded_s", &l->loaded_s) || !read_time(o, "rules_s", &l->rules_s))
		return "times";
	if (!json_is_integer(set) || json_integer_value(set) < 0 || json_integer_value(set) > 1 || !json_is_boolean(clean) ||
	    !json_is_boolean(blind) || (twin && !json_is_boolean(twin)))
		return "active_set";
	l->active_set = (unsigned)json_integer_value(set);
	l->clean = json_is_true(clean);
	l->blind = json_is_true(blind);
	/* Of a site from before there was this: nothing is known. */
	l->twin = json_is_true(twin);
	return read_places(o, l) ? NULL : "places";
}

int weir_loaded_read(const json_t *o, struct weir_loaded **ret, char *detail)
{
	struct weir_loaded *l = calloc(1, sizeof(*l));
	bool memory = true;
	const char *wrong;

	if (!l)
		return -ENOMEM;
	wrong = read_members(o, l, &memory);
	if (!wrong && memory) {
		l->map.now_s = l->rules_s;
		*ret = l;
		return 0;
	}
	weir_loaded_free(l);
	if (!memory)
		return -ENOMEM;
	snprintf(detail, WEIR_DETAIL, "\"%s\" is missing, wrong, or of another version", wrong);
	return WEIR_EINPUT;
}
