// SPDX-License-Identifier: Apache-2.0
/* What the appliance says is cut into frames, so that a host gets a frame wholly or not at all, and none that was meant for the
 * one before. Octets of the host go on as they are: what is no frame is the appliance's business. */
#include "link_socket.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "host/common/link_proto.h"
#include "unix_socket.h"

enum {
	Flag = 0x7e, Escape = 0x7d,
	InOctets = 1024,
	SocketOctets = 32768,   /* that the kernel keeps for it */
	OutOctets = 65536,      /* that wait for a host that does not read */
	FrameOctets = WEIR_LINK_WIRE_MAX,
};

static const uint8_t abort_frame[] = { Escape, Flag };

struct weir_link_socket {
	struct weir_unix_socket listening;
	int host, next;                 /* -1: none; next: has come, but the one before it is not through yet */
	bool leaving;                   /* a host has gone, and the link is not silent yet */
	bool spoke;                     /* the host, or one before it, has sent something */
	size_t abort_at;                /* of abort_frame; its length: all of it has gone in */
	uint8_t in[InOctets];           /* read, not yet taken by the engine */
	size_t in_at, in_len;
	uint8_t out[OutOctets];
	size_t out_at, out_len;
	uint8_t frame[FrameOctets];     /* of the appliance, from its flag on */
	size_t frame_len;
	struct weir_link_socket_counts counts;
};

int weir_link_socket_open(const char *path, struct weir_link_socket **ret, char *detail)
{
	struct weir_link_socket *l = calloc(1, sizeof(*l));
	int rc;

	if (!l) {
		snprintf(detail, WEIR_LINK_SOCKET_DETAIL, "no memory");
		return -ENOMEM;
	}
	l->host = l->next = -1;
	l->abort_at = sizeof(abort_frame);
	rc = weir_unix_socket_open(&l->listening, path, SOCK_STREAM, detail, WEIR_LINK_SOCKET_DETAIL);
	if (rc) {
		free(l);
		return rc;
	}
	*ret = l;
	return 0;
}

void weir_link_socket_close(struct weir_link_socket *l)
{
	if (!l)
		return;
	if (l->host >= 0)
		close(l->host);
	if (l->next >= 0)
		close(l->next);
	weir_unix_socket_close(&l->listening);
	free(l);
}

/* What it left is still taken as it came; behind it whatever it began is aborted. */
static void host_gone(struct weir_link_socket *l)
{
	close(l->host);
	l->host = -1;
	l->leaving = true;
	l->abort_at = 0;
	l->counts.aborted++;
	l->out_at = l->out_len = 0;
}

/* Whoever came behind the end of the one before is the next, though that end has not been read yet: so it is looked for behind
 * accept, not before. */
static void let_in(struct weir_link_socket *l)
{
	int fd;

	while (l->next < 0 && (fd = weir_unix_socket_accept(&l->listening)) >= 0) {
		if (l->host < 0 || weir_unix_hung_up(l->host)) {
			l->next = fd;
		} else {
			close(fd);
			l->counts.turned_away++;
		}
	}
	if (l->next < 0 || l->host >= 0 || l->leaving)
		return;
	l->host = l->next;
	l->next = -1;
	setsockopt(l->host, SOL_SOCKET, SO_SNDBUF, &(int){ SocketOctets }, sizeof(int));   /* a hint */
	l->frame_len = 0;
	l->counts.hosts++;
}

/* A host that does not read what it asked for is not asked for more. */
static bool listens(const struct weir_link_socket *l)
{
	return OutOctets - l->out_len >= FrameOctets;
}

static void read_host(struct weir_link_socket *l)
{
	ssize_t n;

	if (l->host < 0 || l->in_at < l->in_len || !listens(l))
		return;
	n = recv(l->host, l->in, sizeof(l->in), MSG_DONTWAIT);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		host_gone(l);
		return;
	}
	l->in_at = 0;
	l->in_len = (size_t)n;
	l->spoke = true;
	l->counts.octets_in += (uint64_t)n;
}

static void feed(struct weir_link_socket *l, struct weir_session *s)
{
	if (l->in_at < l->in_len)
		l->in_at += weir_session_link(s, l->in + l->in_at, l->in_len - l->in_at);
	if (l->in_at == l->in_len && l->abort_at < sizeof(abort_frame))
		l->abort_at += weir_session_link(s, abort_frame + l->abort_at, sizeof(abort_frame) - l->abort_at);
	if (l->leaving && l->in_at == l->in_len && l->abort_at == sizeof(abort_frame) && weir_session_link_silent(s))
		l->leaving = false;
}

static void write_host(struct weir_link_socket *l)
{
	ssize_t n;

	if (l->host < 0 || !l->out_len)
		return;
	n = send(l->host, l->out + l->out_at, l->out_len, MSG_DONTWAIT | MSG_NOSIGNAL);
	if (n > 0) {
		l->out_at += (size_t)n;
		l->out_len -= (size_t)n;
		l->counts.octets_out += (uint64_t)n;
	} else if (n < 0 && errno != EAGAIN && errno != EINTR) {
		host_gone(l);
	}
}

void weir_link_socket_pump(struct weir_link_socket *l, struct weir_session *s)
{
	/* Whoever has gone makes room for who waits. */
	read_host(l);
	feed(l, s);
	let_in(l);
	write_host(l);
}

/* A whole frame. Notices leave room for replies. */
static void frame_said(struct weir_link_socket *l)
{
	bool notice = l->frame_len > 1 && l->frame[1] == WEIR_LINK_NOTICE;
	size_t room = notice ? OutOctets / 2 : OutOctets;

	if (l->host < 0)
		return;
	if (l->out_len + l->frame_len > room) {
		l->counts.notices_lost += notice;
		return;
	}
	if (l->out_at + l->out_len + l->frame_len > OutOctets) {
		memmove(l->out, l->out + l->out_at, l->out_len);
		l->out_at = 0;
	}
	memcpy(l->out + l->out_at + l->out_len, l->frame, l->frame_len);
	l->out_len += l->frame_len;
}

void weir_link_socket_said(struct weir_link_socket *l, const uint8_t *octets, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (!l->frame_len && octets[i] != Flag)
			l->frame[l->frame_len++] = Flag;
		if (l->frame_len == 1 && octets[i] == Flag)
			l->frame_len = 0;
		if (l->frame_len == FrameOctets)    /* the appliance sends none that is longer */
			l->frame_len = 0;
		l->frame[l->frame_len++] = octets[i];
		if (octets[i] == Flag && l->frame_len > 1) {
			frame_said(l);
			l->frame_len = 0;
		}
	}
	write_host(l);
}

size_t weir_link_socket_polls(const struct weir_link_socket *l, struct pollfd *ret)
{
	size_t n = 0;

	if (l->next < 0)
		ret[n++] = (struct pollfd){ .fd = l->listening.fd, .events = POLLIN };
	if (l->host >= 0)
		ret[n++] = (struct pollfd){ .fd = l->host, .events = (short)((l->in_at == l->in_len && listens(l) ? POLLIN : 0) |
									    (l->out_len ? POLLOUT : 0)) };
	return n;
}

bool weir_link_socket_urgent(const struct weir_link_socket *l)
{
	return l->leaving || l->next >= 0 || l->in_at < l->in_len;
}

bool weir_link_socket_served(const struct weir_link_socket *l)
{
	return l->spoke && l->host < 0 && !l->leaving;
}

const struct weir_link_socket_counts *weir_link_socket_counts(const struct weir_link_socket *l)
{
	return &l->counts;
}
