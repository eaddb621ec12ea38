// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
/* Signals that end the program: while an appliance is changed they wait, so that nothing is left half done. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <time.h>

#include "ctl.h"

volatile int ctl_stop;

static void on_signal(int number)
{
	(void)number;
	ctl_stop = 1;
}

void ctl_catch(void)
{
	struct sigaction action = { .sa_handler = on_signal };

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGHUP, &action, NULL);
}

static sigset_t ours(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	return set;
}

void ctl_hold(void)
{
	sigset_t set = ours();

	ctl_catch();
	sigprocmask(SIG_BLOCK, &set, NULL);
}

int ctl_wait(int fd, int timeout_ms)
{
	struct timespec time = { timeout_ms / 1000, (timeout_ms % 1000) * 1000000L };
	struct pollfd p = { .fd = fd, .events = POLLIN };
	sigset_t set = ours(), before, open;
	int n;

	/* Blocked but while ppoll() waits: a signal between the look at ctl_stop and the wait is not lost. */
	sigprocmask(SIG_BLOCK, &set, &before);
	open = before;
	sigdelset(&open, SIGINT);
	sigdelset(&open, SIGTERM);
	sigdelset(&open, SIGHUP);
	n = ctl_stop ? -1 : ppoll(&p, 1, timeout_ms < 0 ? NULL : &time, &open);
	sigprocmask(SIG_SETMASK, &before, NULL);
	if (ctl_stop)
		return -1;
	if (n < 0)
		return 0;
	return n > 0;
}
