// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE                  // ppoll
#include "host/libweir/usb_wait.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <sys/time.h>
#include <time.h>

int64_t weir_usb_now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

// At most a minute: whoever waits for longer, or for ever, asks again.
static int64_t left_ms(int64_t deadline_ms)
{
	int64_t now = weir_usb_now_ms();
	int64_t left = deadline_ms <= now ? 0 : deadline_ms - now;

	return left > 60000 ? 60000 : left;
}

int weir_usb_events(struct weir_usb_wait *wait, int64_t deadline_ms, int *done)
{
	int64_t left = left_ms(deadline_ms);
	struct timeval tv = {.tv_sec = (time_t)(left / 1000), .tv_usec = (suseconds_t)(left % 1000 * 1000)};

	return libusb_handle_events_timeout_completed(wait->ctx, &tv, done);
}

int weir_usb_events_or_signal(struct weir_usb_wait *wait, int64_t deadline_ms, int *done, const sigset_t *let_in)
{
	int64_t left = left_ms(deadline_ms);
	struct timespec timeout = {.tv_sec = (time_t)(left / 1000), .tv_nsec = (long)(left % 1000 * 1000000)};

	if (ppoll(wait->fds, (nfds_t)wait->n_fds, &timeout, let_in) < 0)
		return errno == EINTR ? LIBUSB_ERROR_INTERRUPTED : LIBUSB_ERROR_IO;
	return weir_usb_events(wait, 0, done);
}

void weir_usb_hold_signals(sigset_t *ret_before)
{
	sigset_t all;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, ret_before);
}

static void LIBUSB_CALL fd_added(int fd, short what, void *user)
{
	struct weir_usb_wait *wait = user;

	assert(wait->n_fds < WEIR_USB_FDS);
	wait->fds[wait->n_fds++] = (struct pollfd){.fd = fd, .events = what};
}

static void LIBUSB_CALL fd_removed(int fd, void *user)
{
	struct weir_usb_wait *wait = user;

	for (int i = 0; i < wait->n_fds; i++)
		if (wait->fds[i].fd == fd) {
			wait->fds[i] = wait->fds[--wait->n_fds];
			return;
		}
}

int weir_usb_wait_init(struct weir_usb_wait *wait, libusb_context *ctx)
{
	const struct libusb_pollfd **list = libusb_get_pollfds(ctx);

	wait->ctx = ctx;
	if (list == NULL)
		return -ENOMEM;
	for (int i = 0; list[i] != NULL; i++)
		fd_added(list[i]->fd, list[i]->events, wait);
	libusb_free_pollfds(list);
	libusb_set_pollfd_notifiers(wait->ctx, fd_added, fd_removed, wait);
	return 0;
}
