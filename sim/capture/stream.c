// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "stream.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "tolerate.h"

enum { BufferBytes = 1 << 14 };

struct weir_stream {
	gzFile gz;
	FILE *file;
	uint64_t size;
	struct weir_tolerate tolerate;
	char error[128];
};

static ssize_t stream_read(void *cookie, char *buf, size_t n)
{
	struct weir_stream *s = cookie;
	int got = gzread(s->gz, buf, n < BufferBytes ? (unsigned)n : BufferBytes);
	int code;

	if (got >= 0) {
		/* A packed file that ends early gives what it has, then 0 and this. */
		const char *text = gzerror(s->gz, &code);

		if (!got && code && !s->error[0])
			snprintf(s->error, sizeof(s->error), "%s", text);
		weir_tolerate(&s->tolerate, (uint8_t *)buf, (size_t)got);
		return got;
	}
	snprintf(s->error, sizeof(s->error), "%s", gzerror(s->gz, &code));
	/* As the end of the file: what came before is judged, and the error is found afterwards. */
	return 0;
}

static int stream_close(void *cookie)
{
	struct weir_stream *s = cookie;

	gzclose_r(s->gz);
	free(s);
	return 0;
}

int weir_stream_open(const char *file, struct weir_stream **ret)
{
	const cookie_io_functions_t io = { .read = stream_read, .close = stream_close };
	struct weir_stream *s;
	struct stat st;
	int fd = strcmp(file, "-") ? open(file, O_RDONLY | O_CLOEXEC) : dup(STDIN_FILENO);

	if (fd < 0)
		return -errno;
	if (fstat(fd, &st)) {
		int rc = -errno;

		close(fd);
		return rc;
	}
	s = S_ISDIR(st.st_mode) ? NULL : calloc(1, sizeof(*s));
	if (!s) {
		close(fd);
		return S_ISDIR(st.st_mode) ? -EISDIR : -ENOMEM;
	}
	s->size = S_ISREG(st.st_mode) ? (uint64_t)st.st_size : 0;
	s->gz = gzdopen(fd, "rb");
	if (!s->gz) {
		close(fd);
		free(s);
		return -ENOMEM;
	}
	gzbuffer(s->gz, BufferBytes);
	s->file = fopencookie(s, "rb", io);
	if (!s->file) {
		stream_close(s);
		return -ENOMEM;
	}
	*ret = s;
	return 0;
}

FILE *weir_stream_file(struct weir_stream *s)
{
	return s->file;
}

uint64_t weir_stream_position(const struct weir_stream *s)
{
	z_off_t at = gzoffset(s->gz);

	return at < 0 ? 0 : (uint64_t)at;
}

uint64_t weir_stream_size(const struct weir_stream *s)
{
	return s->size;
}

const char *weir_stream_error(const struct weir_stream *s)
{
	return s->error[0] ? s->error : NULL;
}
