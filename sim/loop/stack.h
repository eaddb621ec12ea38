// SPDX-License-Identifier: Apache-2.0
/** A real TCP stack (lwIP) in simulated time, with one card on each side of the appliance.
 *
 * lwIP keeps one global state: one stack a process, one thread. Both sides' connections live in it, but each is
 * bound to the card of its side: what it sends leaves by that card, and only what comes in there reaches it. A card
 * has no address of its own; it takes on the destination of the packet that it receives, so that any number of
 * clients live behind one card, and no packet has a way that does not lead over the wire. Ethernet is the caller's. */
#ifndef WEIR_LOOP_STACK_H
#define WEIR_LOOP_STACK_H

#include <stdbool.h>
#include <stdint.h>

#include <lwip/tcp.h>

#include "host/common/addr.h"

/** Longest IP packet. */
enum { WEIR_STACK_MTU = 1500 };

/** An IP packet leaves the card of `side`; borrowed for the call. Called from within any call into the stack. */
typedef void weir_stack_send(void *ctx, int side, const uint8_t *packet, uint32_t len);

/** Once a process. @param now_ns  start of the simulated clock. */
void weir_stack_init(weir_stack_send *send, void *ctx, uint64_t now_ns);

/** Move the clock, never back, and run the timers that are due. */
void weir_stack_time(uint64_t now_ns);
uint64_t weir_stack_now(void);

/** When the next timer is due; UINT64_MAX: none. */
uint64_t weir_stack_next(void);

/** An IP packet, whole, for its destination on this side. Copied.
 * @retval false  no memory: the packet is lost */
bool weir_stack_receive(int side, const uint8_t *packet, uint32_t len);

/** A new connection end of this side, bound to an address and port; NULL: no memory. */
struct tcp_pcb *weir_stack_new(int side, const struct weir_addr *addr, uint16_t port);

/** Connections that wait for the last packet of their handshake. */
unsigned weir_stack_half_open(void);

/** The other end of a connection. */
struct weir_addr weir_stack_remote(const struct tcp_pcb *pcb);

ip_addr_t weir_stack_addr(const struct weir_addr *a);

#endif
