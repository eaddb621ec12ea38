// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "iface.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "unix_socket.h"

struct weir_iface {
	bool tap;
	int fd;                 /* of the TAP, or of the peer; -1: no peer */
	int next;               /* peer that came when the one before it had gone, of which there may still be frames; -1: none */
	struct weir_unix_socket listening;
	char name[IFNAMSIZ];    /* of the TAP */
	uint64_t dropped;       /* of the kernel, at the beginning */
	bool gone;              /* somebody took it away */
};

/* Up, or nothing goes through. Whoever may open a TAP of somebody else's may not always set it up. */
static int set_up(const char *name)
{
	struct ifreq r = { 0 };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), rc = 0;

	if (fd < 0)
		return -errno;
	memcpy(r.ifr_name, name, strlen(name));
	if (ioctl(fd, SIOCGIFFLAGS, &r)) {
		rc = -errno;
	} else if (!(r.ifr_flags & IFF_UP)) {
		r.ifr_flags |= IFF_UP;
		rc = ioctl(fd, SIOCSIFFLAGS, &r) ? -errno : 0;
	}
	close(fd);
	return rc;
}

static int open_tap(struct weir_iface *i, const char *name, char *detail)
{
	struct ifreq r = { .ifr_flags = IFF_TAP | IFF_NO_PI };
	int rc;

	if (strlen(name) >= IFNAMSIZ) {
		snprintf(detail, WEIR_IFACE_DETAIL, "%s: longer than a name of an interface can be (%d characters)", name, IFNAMSIZ - 1);
		return -ENAMETOOLONG;
	}
	i->fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
	if (i->fd < 0) {
		rc = -errno;
		snprintf(detail, WEIR_IFACE_DETAIL, "%s: /dev/net/tun cannot be opened (%s)", name, strerror(-rc));
		return rc;
	}
	memcpy(r.ifr_name, name, strlen(name));
	if (ioctl(i->fd, TUNSETIFF, &r)) {
		rc = -errno;
		if (rc == -EPERM || rc == -EACCES)
			snprintf(detail, WEIR_IFACE_DETAIL,
				 "%s: no permission to open or make this TAP; run as root, or let root make it: ip tuntap add %s mode tap user NAME",
				 name, name);
		else if (rc == -EBUSY)
			snprintf(detail, WEIR_IFACE_DETAIL, "%s: another program has this TAP open; end it", name);
		else if (rc == -EINVAL)
			snprintf(detail, WEIR_IFACE_DETAIL, "%s: is no TAP, or no name that one can have; give it another name", name);
		else
			snprintf(detail, WEIR_IFACE_DETAIL, "%s: the TAP cannot be opened (%s)", name, strerror(-rc));
		return rc;
	}
	memcpy(i->name, r.ifr_name, sizeof(i->name));
	rc = set_up(i->name);
	if (rc) {
		snprintf(detail, WEIR_IFACE_DETAIL, "%s: is down, and cannot be set up (%s): ip link set %s up", i->name, strerror(-rc),
			 i->name);
		return rc;
	}
	i->dropped = weir_iface_kernel_dropped(i);
	return 0;
}

int weir_iface_open(const char *name, struct weir_iface **ret, char *detail)
{
	struct weir_iface *i = calloc(1, sizeof(*i));
	int rc;

	if (!i) {
		snprintf(detail, WEIR_IFACE_DETAIL, "no memory");
		return -ENOMEM;
	}
	i->fd = i->next = i->listening.fd = -1;
	i->tap = !strchr(name, '/');
	rc = i->tap ? open_tap(i, name, detail) :
		      weir_unix_socket_open(&i->listening, name, SOCK_SEQPACKET, detail, WEIR_IFACE_DETAIL);
	if (rc) {
		weir_iface_close(i);
		return rc;
	}
	*ret = i;
	return 0;
}

void weir_iface_close(struct weir_iface *i)
{
	if (!i)
		return;
	if (i->fd >= 0)
		close(i->fd);
	if (i->next >= 0)
		close(i->next);
	weir_unix_socket_close(&i->listening);
	free(i);
}

static void let_in(struct weir_iface *i)
{
	int fd;

	while (i->next < 0 && (fd = weir_unix_socket_accept(&i->listening)) >= 0) {
		if (i->fd < 0)
			i->fd = fd;
		else if (weir_unix_hung_up(i->fd))
			i->next = fd;
		else
			close(fd);
	}
}

static void peer_gone(struct weir_iface *i)
{
	close(i->fd);
	i->fd = i->next;
	i->next = -1;
}

static bool read_peer(struct weir_iface *i, uint8_t *buf, size_t size, size_t *ret_len)
{
	ssize_t n;

	if (i->fd < 0)
		return false;
	n = recv(i->fd, buf, size, MSG_DONTWAIT | MSG_TRUNC);
	if (n > 0)
		*ret_len = (size_t)n;
	/* An empty message reads as the end does; a peer that sends one is still there, and has sent no frame. */
	else if (n ? errno != EAGAIN && errno != EINTR : weir_unix_hung_up(i->fd))
		peer_gone(i);
	return n > 0;
}

bool weir_iface_read(struct weir_iface *i, uint8_t *buf, size_t size, size_t *ret_len)
{
	ssize_t n;

	if (!i->tap) {
		bool any = read_peer(i, buf, size, ret_len);

		let_in(i);
		return any;
	}
	n = read(i->fd, buf, size);
	i->gone |= n < 0 && errno == EBADFD;
	if (n <= 0)
		return false;
	*ret_len = (size_t)n;
	return true;
}

bool weir_iface_write(struct weir_iface *i, const uint8_t *frame, size_t len)
{
	ssize_t n;

	if (i->fd < 0)
		return false;
	n = i->tap ? write(i->fd, frame, len) : send(i->fd, frame, len, MSG_DONTWAIT | MSG_NOSIGNAL);
	return n == (ssize_t)len;
}

size_t weir_iface_polls(const struct weir_iface *i, struct pollfd *ret)
{
	size_t n = 0;

	if (!i->tap && i->next < 0)
		ret[n++] = (struct pollfd){ .fd = i->listening.fd, .events = POLLIN };
	if (i->fd >= 0)
		ret[n++] = (struct pollfd){ .fd = i->fd, .events = POLLIN };
	return n;
}

bool weir_iface_gone(const struct weir_iface *i)
{
	return i->gone;
}

/* What the kernel sends into a TAP, we receive: its transmit drops, in the table of this thread's network namespace. */
static bool read_dropped(const char *wanted, uint64_t *ret)
{
	char line[400], name[IFNAMSIZ + 1];
	bool found = false;
	uint64_t drops;
	FILE *f = fopen("/proc/thread-self/net/dev", "re");

	while (f && !found && fgets(line, sizeof(line), f)) {
		/* name: 8 numbers received, then bytes packets errs drop sent */
		found = sscanf(line, " %16[^:]: %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %" SCNu64, name, &drops) == 2 &&
			!strcmp(name, wanted);
		if (found)
			*ret = drops;
	}
	if (f)
		fclose(f);
	return found;
}

/* A TAP may have been moved to another network namespace, and renamed there. */
static bool read_dropped_there(const struct weir_iface *i, uint64_t *ret)
{
	struct ifreq r = { 0 };
	int there = ioctl(i->fd, TUNGETDEVNETNS), here = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
	bool found = false;

	if (there >= 0 && here >= 0 && !ioctl(i->fd, TUNGETIFF, &r) && !setns(there, CLONE_NEWNET)) {
		found = read_dropped(r.ifr_name, ret);
		if (setns(here, CLONE_NEWNET))
			abort();   /* whoever came from there may go back */
	}
	if (there >= 0)
		close(there);
	if (here >= 0)
		close(here);
	return found;
}

uint64_t weir_iface_kernel_dropped(const struct weir_iface *i)
{
	uint64_t now = i->dropped;

	if (i->tap && i->fd >= 0 && !read_dropped(i->name, &now))
		read_dropped_there(i, &now);
	return now >= i->dropped ? now - i->dropped : now;
}
