// SPDX-License-Identifier: Apache-2.0
/** An interface of a live run: a TAP of this network namespace, or, with a slash in its name, a Unix socket of type
 * SOCK_SEQPACKET on which each message is a frame. Nothing here blocks. Frames are without FCS. */
#ifndef WEIR_LIVE_IFACE_H
#define WEIR_LIVE_IFACE_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { WEIR_IFACE_POLLS = 2, WEIR_IFACE_DETAIL = 300 };

struct weir_iface;

/** @param name    Copied.
 *  @param detail  WEIR_IFACE_DETAIL bytes: one line on failure.
 *  @retval 0 *ret set, and frames come; -errno. */
int weir_iface_open(const char *name, struct weir_iface **ret, char *detail);
/** A TAP that was made here goes with it; a socket's file is removed. Accepts NULL. */
void weir_iface_close(struct weir_iface *i);

/** @param ret_len  Set when there is a frame: its length, which may be above size; then the rest is lost.
 *  @return whether there was one; it may be of any length, 0 excepted */
bool weir_iface_read(struct weir_iface *i, uint8_t *buf, size_t size, size_t *ret_len);
/** @return whether it was taken; false: nobody is there, or whoever is does not read */
bool weir_iface_write(struct weir_iface *i, const uint8_t *frame, size_t len);

/** Somebody has taken it away: a TAP was deleted. No frame will ever come. */
bool weir_iface_gone(const struct weir_iface *i);

/** What to wait for. @return number of entries filled, at most WEIR_IFACE_POLLS */
size_t weir_iface_polls(const struct weir_iface *i, struct pollfd *ret);

/** Frames that the kernel had for us since open, and dropped, since we did not read; 0 for a socket, whose sender waits. A TAP that
 * has been moved to another network namespace is looked for there, for which one must be allowed to enter it. */
uint64_t weir_iface_kernel_dropped(const struct weir_iface *i);

#endif
