// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE   /* ppoll() */
#include "fd.h"

#include <errno.h>
#include <poll.h>
#include <time.h>

int64_t weir_fd_now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

int weir_fd_wait(int fd, short events, int64_t deadline_ms)
{
	struct pollfd p = { .fd = fd, .events = events };
	struct timespec left = { 0 };
	int64_t now_ms = weir_fd_now_ms();
	int rc;

	if (deadline_ms > now_ms && deadline_ms != INT64_MAX) {
		left.tv_sec = (deadline_ms - now_ms) / 1000;
		left.tv_nsec = (deadline_ms - now_ms) % 1000 * 1000000;
	}
	rc = ppoll(&p, 1, deadline_ms == INT64_MAX ? NULL : &left, NULL);
	return rc >= 0 ? rc : errno == EINTR ? -EINTR : -EIO;
}
