// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
/* Numbers, times, addresses and files, to text and back. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "ctl.h"

enum { FileMax = 1 << 20 };
/* A clock that shows less counts from power-on, not from 1970: this is September 2001. */
enum { DateLeastS = 1000000000, DayS = 86400 };

char *ctl_time_s(uint64_t time_s, char *buf)
{
	time_t t = (time_t)time_s;
	struct tm parts;

	if (time_s >= DateLeastS && gmtime_r(&t, &parts) && strftime(buf, CTL_TEXT, "%Y-%m-%dT%H:%M:%SZ", &parts))
		return buf;
	snprintf(buf, CTL_TEXT, "+%ud %02u:%02u:%02u", (unsigned)(time_s / DayS), (unsigned)(time_s / 3600 % 24), (unsigned)(time_s / 60 % 60),
		 (unsigned)(time_s % 60));
	return buf;
}

char *ctl_count(double value, char *buf)
{
	static const char units[] = "kMGTPE";
	int unit = -1;

	if (value < 999.5) {
		snprintf(buf, CTL_TEXT, value < 9.95 && value > 0 && value != (double)(long)value ? "%.1f" : "%.0f", value);
		return buf;
	}
	while (value >= 999.5 && units[unit + 1]) {
		value /= 1000;
		unit++;
	}
	snprintf(buf, CTL_TEXT, "%.*f%c", value < 9.995 ? 2 : value < 99.95 ? 1 : 0, value, units[unit]);
	return buf;
}

char *ctl_address(const struct weir_address *a, char *buf)
{
	if (!*weir_address_format(a, buf, CTL_TEXT))
		snprintf(buf, CTL_TEXT, "-");
	return buf;
}

json_t *ctl_address_json(const struct weir_address *a)
{
	char text[CTL_TEXT];

	return *weir_address_format(a, text, sizeof(text)) ? json_string(text) : json_null();
}

int ctl_number_read(const char *text, uint64_t least, uint64_t most, uint64_t *ret)
{
	char *end;
	unsigned long long v;

	if (*text < '0' || *text > '9')
		return -EINVAL;
	errno = 0;
	v = strtoull(text, &end, 10);
	if (*end)
		return -EINVAL;
	if (errno || v < least || v > most)
		return -ERANGE;
	*ret = v;
	return 0;
}

double ctl_clock_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

void ctl_pause(int ms)
{
	struct timespec t = { ms / 1000, ms % 1000 * 1000000L };

	while (nanosleep(&t, &t) && errno == EINTR)
		;
}

const char *ctl_mode_name(unsigned mode)
{
	static const char *const names[] = { "off", "learning", "dry_run", "prevention" };

	return mode < sizeof(names) / sizeof(names[0]) ? names[mode] : "unknown";
}

int ctl_file_read(const char *file, char **ret, size_t *ret_n)
{
	FILE *f = strcmp(file, "-") ? fopen(file, "re") : stdin;
	struct stat st;
	char *text;
	size_t n;
	int rc = 0;

	if (!f)
		return -errno;
	text = !fstat(fileno(f), &st) && S_ISDIR(st.st_mode) ? NULL : malloc(FileMax + 1);
	if (!text) {
		rc = S_ISDIR(st.st_mode) ? -EISDIR : -ENOMEM;
	} else {
		n = fread(text, 1, FileMax + 1, f);
		if (ferror(f))
			rc = -EIO;
		else if (n > FileMax)
			rc = -EFBIG;
	}
	if (f != stdin)
		fclose(f);
	if (rc) {
		free(text);
		return rc;
	}
	text[n] = 0;
	*ret = text;
	*ret_n = n;
	return 0;
}

static int write_all(int fd, const char *at, size_t n)
{
	while (n) {
		ssize_t did = write(fd, at, n);

		if (did < 0 && errno == EINTR)
			continue;
		if (did < 0)
			return -errno;
		at += did;
		n -= (size_t)did;
	}
	return 0;
}

int ctl_file_write(const char *file, const void *data, size_t n)
{
	size_t len = strlen(file) + sizeof(".XXXXXX");
	struct stat st;
	char *name;
	int fd, rc;

	if (!strcmp(file, "-"))
		return fwrite(data, 1, n, stdout) == n && !fflush(stdout) ? 0 : -(errno ? errno : EIO);
	/* A device or a pipe is written to, not replaced. */
	if (!stat(file, &st) && !S_ISREG(st.st_mode)) {
		fd = open(file, O_WRONLY | O_CLOEXEC);
		if (fd < 0)
			return -errno;
		rc = write_all(fd, data, n);
		return close(fd) && !rc ? -errno : rc;
	}
	name = malloc(len);
	if (!name)
		return -ENOMEM;
	snprintf(name, len, "%s.XXXXXX", file);
	fd = mkostemp(name, O_CLOEXEC);
	if (fd < 0) {
		rc = -errno;
		free(name);
		return rc;
	}
	rc = write_all(fd, data, n);
	if (!rc && fsync(fd))
		rc = -errno;
	if (close(fd) && !rc)
		rc = -errno;
	if (!rc && rename(name, file))
		rc = -errno;
	if (rc)
		unlink(name);
	free(name);
	return rc;
}
