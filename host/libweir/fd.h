/* SPDX-License-Identifier: Apache-2.0 */
/** Sending to and receiving from a file descriptor that does not block, until a deadline: what sockets and serial lines share. */
#ifndef WEIR_LIBWEIR_FD_H
#define WEIR_LIBWEIR_FD_H

#include <stddef.h>
#include <stdint.h>

/** CLOCK_MONOTONIC, ms. */
int64_t weir_fd_now_ms(void);

/** Wait until it can be read or written. @param events POLLIN or POLLOUT.
 *  @retval 1 it can, or has failed: try; 0 the deadline is over; -EINTR; -EIO. */
int weir_fd_wait(int fd, short events, int64_t deadline_ms);

#endif
