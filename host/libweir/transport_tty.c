// SPDX-License-Identifier: Apache-2.0
/* tty:/dev/ttyUSB0, a serial line: 8 bits, no parity, one stop bit, nothing interpreted, any bit rate (docs/link.md, "Speed"). */
/* The kernel's own names: only they know rates that are no constants (BOTHER). */
#include <asm/ioctls.h>
#include <asm/termbits.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "fd.h"
#include "transport.h"
#include "weir/device.h"

/* A line may be this much beside, in percent: what the receiver of the appliance takes. */
enum { TimeoutMs = 100, RateOffPercent = 2 };

/* <sys/ioctl.h> has structures that <asm/termbits.h> has, too. */
extern int ioctl(int fd, unsigned long request, ...);

struct weir_transport {
	int fd;
	struct termios2 before;
};

static int set_rate(int fd, struct termios2 *t, unsigned long when, uint32_t bit_rate)
{
	struct termios2 now;
	uint32_t off;

	t->c_cflag = (t->c_cflag & ~(tcflag_t)(CBAUD | CBAUD << IBSHIFT)) | BOTHER | BOTHER << IBSHIFT;
	t->c_ispeed = bit_rate;
	t->c_ospeed = bit_rate;
	if (ioctl(fd, when, t) || ioctl(fd, TCGETS2, &now))
		return errno == EIO || errno == ENXIO || errno == ENODEV ? -ENODEV : -errno;
	off = now.c_ospeed > bit_rate ? now.c_ospeed - bit_rate : bit_rate - now.c_ospeed;
	return (uint64_t)off * 100 > (uint64_t)bit_rate * RateOffPercent ? -EINVAL : 0;
}

/** Raw, and ours alone. */
static int prepare(struct weir_transport *t, uint32_t bit_rate, const char **ret_why)
{
	struct termios2 raw;
	int rc;

	*ret_why = "";
	if (ioctl(t->fd, TCGETS2, &t->before))
		return -ENOTTY;
	/* The lock holds among those who ask for it, root too; TIOCEXCL among all the others. */
	if (flock(t->fd, LOCK_EX | LOCK_NB))
		return errno == EWOULDBLOCK ? -EBUSY : -errno;
	if (ioctl(t->fd, TIOCEXCL))
		return -errno;
	raw = t->before;
	raw.c_iflag = IGNBRK | IGNPAR;
	raw.c_oflag = 0;
	raw.c_lflag = 0;
	raw.c_cflag = (raw.c_cflag & ~(tcflag_t)(CSIZE | CSTOPB | PARENB | CRTSCTS | HUPCL)) | CS8 | CREAD | CLOCAL;
	raw.c_cc[VMIN] = 1;
	raw.c_cc[VTIME] = 0;
	rc = set_rate(t->fd, &raw, TCSETSF2, bit_rate);
	if (rc == -EINVAL)
		*ret_why = "; the line cannot have this bit rate";
	return rc;
}

static int tty_open(const char *rest, const struct weir_transport_options *options, struct weir_transport **ret, char *detail)
{
	struct weir_transport *t = calloc(1, sizeof(*t));
	const char *why = "";
	int rc;

	if (!t)
		return -ENOMEM;
	t->fd = open(rest, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	rc = t->fd < 0 ? -errno : prepare(t, options->bit_rate, &why);
	if (rc == -ENXIO)
		rc = -ENODEV;
	if (rc) {
		snprintf(detail, WEIR_DETAIL, "tty:%.200s: %s%s", rest, rest[0] ? weir_strerror(rc) : "lacks a name: tty:/dev/...", why);
		if (t->fd >= 0)
			close(t->fd);
		free(t);
		return rc;
	}
	*ret = t;
	return 0;
}

static int failed(int error)
{
	switch (error) {
	case EINTR:
		return -EINTR;
	case EIO:
	case ENXIO:
	case ENODEV:
		return -ENODEV;   /* hung up, or pulled out */
	default:
		return -EIO;
	}
}

static int tty_send(struct weir_transport *t, const uint8_t *octets, size_t n, int64_t deadline_ms)
{
	bool begun = false;

	while (n) {
		ssize_t sent = write(t->fd, octets, n);
		int rc;

		if (sent > 0) {
			octets += sent;
			n -= (size_t)sent;
			begun = true;
			continue;
		}
		if (sent < 0 && errno != EAGAIN && errno != EINTR)
			return failed(errno);
		rc = weir_fd_wait(t->fd, POLLOUT, deadline_ms);
		if (rc == 0)
			return -ETIMEDOUT;
		if (rc < 0 && !(rc == -EINTR && begun))
			return rc;
	}
	return 0;
}

static int tty_receive(struct weir_transport *t, uint8_t *ret, size_t room, int64_t deadline_ms)
{
	for (;;) {
		ssize_t n = read(t->fd, ret, room);
		int rc;

		if (n > 0)
			return (int)n;
		if (n == 0)
			return -ENODEV;
		if (errno != EAGAIN)
			return failed(errno);
		rc = weir_fd_wait(t->fd, POLLIN, deadline_ms);
		if (rc <= 0)
			return rc;
	}
}

static int tty_fd(struct weir_transport *t)
{
	return t->fd;
}

static int tty_rate(struct weir_transport *t, uint32_t bit_rate)
{
	struct termios2 now;

	if (ioctl(t->fd, TCGETS2, &now))
		return failed(errno);
	return set_rate(t->fd, &now, TCSETSW2, bit_rate);
}

static const char *tty_url(const struct weir_transport *t)
{
	(void)t;
	return "";
}

static void tty_close(struct weir_transport *t)
{
	if (!t)
		return;
	/* As it was: somebody's terminal program may come next. */
	(void)ioctl(t->fd, TCSETS2, &t->before);
	(void)ioctl(t->fd, TIOCNXCL);
	close(t->fd);
	free(t);
}

const struct weir_transport_ops weir_transport_tty = {
	.scheme = "tty",
	.timeout_ms = TimeoutMs,
	.open = tty_open,
	.send = tty_send,
	.receive = tty_receive,
	.fd = tty_fd,
	.rate = tty_rate,
	.url = tty_url,
	.close = tty_close,
};
