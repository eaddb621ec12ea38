// SPDX-License-Identifier: Apache-2.0
/* Errors as texts and names: ours from docs/lists/errors.def, those of the system from the C library. */
#define _GNU_SOURCE   /* strerrordesc_np() */
#include "weir/error.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "device_priv.h"

#define X(number, name, json, help) _Static_assert((number) == (int)WEIR_E##name, "error.h and errors.def differ: " #name);
#include "docs/lists/errors.def"
#undef X

static const struct {
	int error;
	const char *name, *text;   /* text NULL: the C library's */
} errors[] = {
	{ 0, "ok", "done" },
#define X(number, name, json, help) { number, #json, help },
#include "docs/lists/errors.def"
#undef X
	{ -EPERM, "perm", NULL },
	{ -ENOENT, "noent", NULL },
	{ -EINTR, "intr", NULL },
	{ -EIO, "io", "input or output failed" },
	{ -ENXIO, "nxio", NULL },
	{ -EAGAIN, "again", NULL },
	{ -ENOMEM, "nomem", NULL },
	{ -EACCES, "acces", "permission denied; see the udev rule, or ask whoever runs it" },
	{ -EBUSY, "busy", "somebody else has it" },
	{ -EEXIST, "exist", NULL },
	{ -ENODEV, "nodev", "it is not there, or gone" },
	{ -ENOTDIR, "notdir", NULL },
	{ -EISDIR, "isdir", NULL },
	{ -EINVAL, "inval", NULL },
	{ -ENFILE, "nfile", NULL },
	{ -EMFILE, "mfile", NULL },
	{ -ENOTTY, "notty", "it is no serial line" },
	{ -EFBIG, "fbig", NULL },
	{ -ENOSPC, "nospc", NULL },
	{ -EROFS, "rofs", NULL },
	{ -EPIPE, "pipe", NULL },
	{ -ERANGE, "range", "out of range" },
	{ -ENAMETOOLONG, "nametoolong", NULL },
	{ -ENOSYS, "nosys", "this library was built without it" },
	{ -ELOOP, "loop", NULL },
	{ -EPROTO, "proto", NULL },
	{ -EOVERFLOW, "overflow", NULL },
	{ -ENOTUNIQ, "notuniq", "there are several; name one" },
	{ -EILSEQ, "ilseq", NULL },
	{ -ENOTSOCK, "notsock", NULL },
	{ -EPROTOTYPE, "prototype", NULL },
	{ -EOPNOTSUPP, "opnotsupp", NULL },
	{ -ECONNRESET, "connreset", NULL },
	{ -ENOBUFS, "nobufs", NULL },
	{ -ETIMEDOUT, "timedout", "no answer in time" },
	{ -ECONNREFUSED, "connrefused", "nobody serves it" },
};

static const char *system_text(int error)
{
	/* strerror() is neither for every thread nor of every language alike. */
	return error < 0 && error > -1000 ? strerrordesc_np(-error) : NULL;
}

const char *weir_strerror(int error)
{
	const char *text = NULL;

	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]) && !text; i++)
		if (errors[i].error == error)
			text = errors[i].text;
	if (!text)
		text = system_text(error);
	return text ? text : "unknown error";
}

const char *weir_error_name(int error)
{
	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++)
		if (errors[i].error == error)
			return errors[i].name;
	return system_text(error) ? "system" : "unknown";
}

int weir_error_find(const char *name, size_t n)
{
	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++)
		if (strlen(errors[i].name) == n && !memcmp(errors[i].name, name, n))
			return errors[i].error;
	return 1;
}
