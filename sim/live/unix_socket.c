// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "unix_socket.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

enum { Waiting = 16 };

static int connects(const struct sockaddr_un *name, int type)
{
	int fd = socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int rc;

	if (fd < 0)
		return -errno;
	rc = connect(fd, (const struct sockaddr *)name, sizeof(*name)) ? -errno : 0;
	close(fd);
	return rc;
}

/* What an earlier run left behind goes away. */
static int clear_name(const struct sockaddr_un *name, int type)
{
	struct stat st;
	int rc;

	if (lstat(name->sun_path, &st))
		return errno == ENOENT ? 0 : -errno;
	if (!S_ISSOCK(st.st_mode))
		return -EEXIST;
	rc = connects(name, type);
	if (rc == -ECONNREFUSED)
		return unlink(name->sun_path) && errno != ENOENT ? -errno : 0;
	/* Connected, or its queue is full, or it speaks otherwise: it lives. */
	return rc == -EACCES || rc == -EPERM ? rc : -EADDRINUSE;
}

static int bind_name(struct weir_unix_socket *s, int type)
{
	struct stat st;
	int rc;

	s->fd = socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (s->fd < 0)
		return -errno;
	if (bind(s->fd, (const struct sockaddr *)&s->name, sizeof(s->name)) || lstat(s->name.sun_path, &st) ||
	    listen(s->fd, Waiting)) {
		rc = -errno;
		close(s->fd);
		return rc;
	}
	s->device = st.st_dev;
	s->inode = st.st_ino;
	return 0;
}

int weir_unix_socket_open(struct weir_unix_socket *s, const char *path, int type, char *detail, size_t n)
{
	int rc = 0;

	*s = (struct weir_unix_socket){ .fd = -1, .name = { .sun_family = AF_UNIX } };
	if (!path[0] || strlen(path) >= sizeof(s->name.sun_path)) {
		snprintf(detail, n, "%s: no name of a socket; at most %zu characters", path, sizeof(s->name.sun_path) - 1);
		return -ENAMETOOLONG;
	}
	memcpy(s->name.sun_path, path, strlen(path) + 1);
	rc = clear_name(&s->name, type);
	if (!rc)
		rc = bind_name(s, type);
	if (rc == -EADDRINUSE)
		snprintf(detail, n, "%s: somebody serves this socket already; end that, or choose another name", path);
	else if (rc == -EEXIST)
		snprintf(detail, n, "%s: exists, and is no socket; choose another name", path);
	else if (rc)
		snprintf(detail, n, "%s: cannot listen there (%s)", path, strerror(-rc));
	return rc;
}

void weir_unix_socket_close(struct weir_unix_socket *s)
{
	struct stat st;

	if (s->fd < 0)
		return;
	if (!lstat(s->name.sun_path, &st) && st.st_dev == s->device && st.st_ino == s->inode)
		unlink(s->name.sun_path);
	close(s->fd);
	s->fd = -1;
}

int weir_unix_socket_accept(const struct weir_unix_socket *s)
{
	return accept4(s->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
}

bool weir_unix_hung_up(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLRDHUP };

	return poll(&p, 1, 0) < 0 || p.revents & (POLLRDHUP | POLLHUP | POLLERR);
}
