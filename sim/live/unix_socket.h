// SPDX-License-Identifier: Apache-2.0
/** A Unix socket that others connect to: bound by name, replaced when stale, removed at the end. */
#ifndef WEIR_LIVE_UNIX_SOCKET_H
#define WEIR_LIVE_UNIX_SOCKET_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include <sys/un.h>

struct weir_unix_socket {
	int fd;
	struct sockaddr_un name;
	dev_t device;           /* of the file, so that only what is ours is removed */
	ino_t inode;
};

/** Bind and listen.
 * @param type    SOCK_STREAM, SOCK_SEQPACKET
 * @param detail  n bytes: one line on failure, which names the path.
 * @retval 0; -ENAMETOOLONG; -EADDRINUSE somebody listens there; -EEXIST the name is no socket's; -errno. */
int weir_unix_socket_open(struct weir_unix_socket *s, const char *path, int type, char *detail, size_t n);
void weir_unix_socket_close(struct weir_unix_socket *s);

/** @return the next one who has connected, not blocking, closed on exec; -1: nobody. */
int weir_unix_socket_accept(const struct weir_unix_socket *s);

/** Whoever is at the other end sends no more. What it sent before may still be there. */
bool weir_unix_hung_up(int fd);

#endif
