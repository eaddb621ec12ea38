// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "bench.h"

static int take(int fd, void *ret, size_t size)
{
	size_t n = 0;

	while (n < size) {
		ssize_t got = read(fd, (char *)ret + n, size - n);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return -ECHILD;
		n += (size_t)got;
	}
	return 0;
}

static void child(int fd, void (*job)(const void *ctx, void *ret), const void *ctx, void *ret, size_t size)
{
	size_t n = 0;

	job(ctx, ret);
	while (n < size) {
		ssize_t put = write(fd, (const char *)ret + n, size - n);

		if (put <= 0)
			_exit(EXIT_FAILURE);
		n += (size_t)put;
	}
	_exit(EXIT_SUCCESS);
}

int bench_apart(void (*job)(const void *ctx, void *ret), const void *ctx, void *ret, size_t size)
{
	int fd[2], rc, status;
	pid_t pid;

	if (pipe(fd))
		return -errno;
	pid = fork();
	if (pid < 0) {
		rc = -errno;
		close(fd[0]);
		close(fd[1]);
		return rc;
	}
	if (!pid) {
		close(fd[0]);
		child(fd[1], job, ctx, ret, size);
	}
	close(fd[1]);
	rc = take(fd[0], ret, size);
	close(fd[0]);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return rc;
}

static double seconds(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static int by_value(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

uint64_t bench_median(uint64_t *value, size_t n)
{
	if (!n)
		return 0;
	qsort(value, n, sizeof(*value), by_value);
	return value[(n - 1) / 2];
}

double bench_wall_s(void)
{
	return seconds(CLOCK_MONOTONIC);
}

double bench_cpu_s(void)
{
	return seconds(CLOCK_PROCESS_CPUTIME_ID);
}

long bench_rss_kib(void)
{
	struct rusage u;

	getrusage(RUSAGE_SELF, &u);
	return u.ru_maxrss;
}
