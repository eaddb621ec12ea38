// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
/* What is said, to people and to machines, and what the exit status is. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ctl.h"

enum { LineMax = 1024 };

const char *const ctl_side_names[3] = { "unprotected", "protected", "both" };

int ctl_status(int error, bool opening)
{
	switch (error) {
	case 0:
		return CTL_DONE;
	case -ENODEV:
	case -EACCES:
	case -EPERM:
	case WEIR_EIDENTITY:
		return CTL_NO_DEVICE;
	case WEIR_EVERSION:
	case WEIR_EREFUSED:
	case WEIR_EKEY:
	case WEIR_ECHANGED:
	case WEIR_EROOM:
		return CTL_REFUSED;
	case WEIR_EPARTLY:
		return CTL_PARTLY;
	case -ENOMEM:
		return CTL_FAILED;
	default:
		return opening ? CTL_NO_DEVICE : CTL_FAILED;
	}
}

void ctl_need(const void *memory)
{
	if (memory)
		return;
	fputs("weirctl: no memory\n", stderr);
	exit(CTL_FAILED);
}

json_t *ctl_made(json_t *value)
{
	ctl_need(value);
	return value;
}

/* Octets of the character that begins here; 0: they are no UTF-8. */
static size_t character(const char *at)
{
	for (size_t n = 1; n <= 4 && at[n - 1]; n++) {
		json_t *one = json_stringn(at, n);

		json_decref(one);
		if (one)
			return n;
	}
	return 0;
}

json_t *ctl_text_json(const char *text)
{
	enum { Escape = 4 };
	json_t *whole = json_string(text);
	char *buf, *to;

	if (whole)
		return whole;
	buf = to = malloc(Escape * strlen(text) + 1);
	ctl_need(buf);
	while (*text) {
		size_t n = character(text);

		if (n)
			to = mempcpy(to, text, n);
		else
			to += snprintf(to, Escape + 1, "\\x%02x", (unsigned char)*text);
		text += n ? n : 1;
	}
	*to = 0;
	whole = json_string(buf);
	free(buf);
	return ctl_made(whole);
}

void ctl_json(struct ctl *c, const char *name, json_t *value)
{
	ctl_made(value);
	if (!c->json) {
		json_decref(value);
		return;
	}
	if (!c->out)
		c->out = ctl_made(json_object());
	if (json_object_set_new(c->out, name, value))
		ctl_made(NULL);
}

/* The members that every object begins with. */
static json_t *head(const struct ctl *c)
{
	json_t *o = ctl_made(json_object());

	if (json_object_set_new(o, "weirctl", json_integer(CTL_JSON_VERSION)) ||
	    json_object_set_new(o, "command", json_string(c->command->name)))
		ctl_made(NULL);
	return o;
}

static int print(json_t *o)
{
	int rc = json_dumpf(o, stdout, JSON_COMPACT | JSON_ENSURE_ASCII | JSON_REAL_PRECISION(12));

	json_decref(o);
	/* A failure to write is told by written(); the only other one is want of memory. */
	if (rc && !ferror(stdout))
		ctl_need(NULL);
	if (rc || putchar('\n') == EOF || fflush(stdout))
		return CTL_FAILED;
	return CTL_DONE;
}

int ctl_json_line(struct ctl *c, json_t *value)
{
	json_t *o = head(c);

	if (json_object_update(o, ctl_made(value)))
		ctl_made(NULL);
	json_decref(value);
	c->lost = true;
	return print(o);
}

int ctl_fail_detail(struct ctl *c, int error, const char *detail, const char *format, ...)
{
	char what[LineMax];
	int status = ctl_status(error, c->opening);
	bool with_detail = detail && *detail;
	va_list ap;

	va_start(ap, format);
	vsnprintf(what, sizeof(what), format, ap);
	va_end(ap);
	fprintf(stderr, "weirctl: %s%s%s%s%s\n", what, *what ? ": " : "", weir_strerror(error), with_detail ? ": " : "", with_detail ? detail : "");
	if (c->failed)
		return c->failed;
	c->failed = status;
	if (c->json && !json_object_get(c->out, "error"))
		ctl_json(c, "error", json_pack("{s:s, s:i, s:s, s:o}", "name", weir_error_name(error), "number", error, "text", weir_strerror(error),
					       "detail", ctl_text_json(with_detail ? detail : what)));
	return status;
}

int ctl_fail(struct ctl *c, int error, const char *format, ...)
{
	char what[LineMax];
	va_list ap;

	va_start(ap, format);
	vsnprintf(what, sizeof(what), format, ap);
	va_end(ap);
	return ctl_fail_detail(c, error, c->dev ? weir_dev_detail(c->dev) : NULL, "%s", what);
}

void ctl_say(const struct ctl *c, const char *format, ...)
{
	va_list ap;

	if (c->json)
		return;
	va_start(ap, format);
	vprintf(format, ap);
	va_end(ap);
}

void ctl_note(const char *format, ...)
{
	va_list ap;

	fputs("weirctl: ", stderr);
	va_start(ap, format);
	vfprintf(stderr, format, ap);
	va_end(ap);
	fputc('\n', stderr);
}

/* No stdout, or a full disk behind it: what was asked for has not been delivered. */
static int written(void)
{
	if (fflush(stdout) || ferror(stdout) || fclose(stdout)) {
		fprintf(stderr, "weirctl: standard output: %s\n", strerror(errno ? errno : EIO));
		return CTL_FAILED;
	}
	return CTL_DONE;
}

int ctl_finish(struct ctl *c, int status)
{
	json_t *o;
	int rc = CTL_DONE;

	/* With --json a failure is told in the stream, too. */
	if (c->json && c->command && (!c->lost || c->failed)) {
		o = head(c);
		if (c->out && json_object_update(o, c->out))
			ctl_made(NULL);
		if (json_object_set_new(o, "exit", json_integer(status)))
			ctl_made(NULL);
		rc = print(o);
	}
	json_decref(c->out);
	c->out = NULL;
	if ((written() || rc) && !status)
		status = CTL_FAILED;
	return status;
}

const char *ctl_colour(const struct ctl *c, enum ctl_colour colour)
{
	static const char *const codes[] = { "\33[0m", "\33[1m", "\33[31m", "\33[32m", "\33[33m", "\33[2m" };
	static int wanted = -1;

	if (wanted < 0) {
		const char *term = getenv("TERM");

		wanted = !c->json && isatty(STDOUT_FILENO) && !getenv("NO_COLOR") && term && strcmp(term, "dumb");
	}
	return wanted ? codes[colour] : "";
}
