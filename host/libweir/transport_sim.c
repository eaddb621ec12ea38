// SPDX-License-Identifier: Apache-2.0
/* sim:SOCKET, the Unix stream socket of weir-sim --listen (docs/simulator.md): the octets of the line, nothing else. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "fd.h"
#include "transport.h"
#include "weir/device.h"

/* Simulated time is slow. */
enum { TimeoutMs = 5000, MailMs = 10000, ConnectMs = 1000 };

struct weir_transport {
	int fd;
	bool heard;   /* an octet has come: it is ours */
};

/** Where its queue of hosts is full, Linux does not wait. */
static int connect_to(int fd, const struct sockaddr_un *to)
{
	int64_t deadline_ms = weir_fd_now_ms() + ConnectMs;
	static const struct timespec step = { .tv_nsec = 10000000 };

	while (connect(fd, (const struct sockaddr *)to, sizeof(*to))) {
		if (errno != EAGAIN && errno != EINTR)
			return -errno;
		if (weir_fd_now_ms() >= deadline_ms)
			return -EBUSY;
		nanosleep(&step, NULL);
	}
	return 0;
}

static int sim_open(const char *rest, const struct weir_transport_options *options, struct weir_transport **ret, char *detail)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	struct weir_transport *t;
	int rc;

	(void)options;
	if (!rest[0]) {
		snprintf(detail, WEIR_DETAIL, "sim: lacks the socket of weir-sim --listen: sim:SOCKET");
		return -EINVAL;
	}
	if (strlen(rest) >= sizeof(to.sun_path)) {
		snprintf(detail, WEIR_DETAIL, "sim:%.200s...: a socket's name has at most %zu bytes", rest, sizeof(to.sun_path) - 1);
		return -ENAMETOOLONG;
	}
	memcpy(to.sun_path, rest, strlen(rest) + 1);
	t = calloc(1, sizeof(*t));
	if (!t)
		return -ENOMEM;
	t->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	rc = t->fd < 0 ? -errno : connect_to(t->fd, &to);
	if (rc) {
		snprintf(detail, WEIR_DETAIL, "sim:%s: %s%s", rest, weir_strerror(rc),
			 rc == -ENOENT || rc == -ECONNREFUSED ? "; start weir-sim with --listen, and wait until it says that it serves" : "");
		if (t->fd >= 0)
			close(t->fd);
		free(t);
		return rc;
	}
	*ret = t;
	return 0;
}

/** It has closed the connection. It does so before an octet when it has another host. */
static int closed(const struct weir_transport *t)
{
	return t->heard ? -ENODEV : -EBUSY;
}

static int sim_send(struct weir_transport *t, const uint8_t *octets, size_t n, int64_t deadline_ms)
{
	bool begun = false;

	while (n) {
		ssize_t sent = send(t->fd, octets, n, MSG_NOSIGNAL);
		int rc;

		if (sent > 0) {
			octets += sent;
			n -= (size_t)sent;
			begun = true;
			continue;
		}
		if (sent < 0 && (errno == EPIPE || errno == ECONNRESET))
			return closed(t);
		if (sent < 0 && errno != EAGAIN && errno != EINTR)
			return -EIO;
		rc = weir_fd_wait(t->fd, POLLOUT, deadline_ms);
		if (rc == 0)
			return -ETIMEDOUT;
		if (rc == -EINTR && !begun)
			return rc;
		if (rc < 0 && rc != -EINTR)
			return rc;
	}
	return 0;
}

static int sim_receive(struct weir_transport *t, uint8_t *ret, size_t room, int64_t deadline_ms)
{
	for (;;) {
		ssize_t n = recv(t->fd, ret, room, 0);
		int rc;

		if (n > 0) {
			t->heard = true;
			return (int)n;
		}
		if (n == 0 || errno == ECONNRESET)
			return closed(t);
		if (errno == EINTR)
			return -EINTR;
		if (errno != EAGAIN)
			return -EIO;
		rc = weir_fd_wait(t->fd, POLLIN, deadline_ms);
		if (rc <= 0)
			return rc;
	}
}

static int sim_fd(struct weir_transport *t)
{
	return t->fd;
}

static const char *sim_url(const struct weir_transport *t)
{
	(void)t;
	return "";
}

static void sim_close(struct weir_transport *t)
{
	if (!t)
		return;
	close(t->fd);
	free(t);
}

const struct weir_transport_ops weir_transport_sim = {
	.scheme = "sim",
	.timeout_ms = TimeoutMs,
	.mail_ms = MailMs,
	.open = sim_open,
	.send = sim_send,
	.receive = sim_receive,
	.fd = sim_fd,
	.url = sim_url,
	.close = sim_close,
};
