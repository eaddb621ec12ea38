// SPDX-License-Identifier: Apache-2.0
/* Frames of the host link (docs/link.md): octet stuffing and FCS of RFC 1662. No I/O, no allocation, no logging; any thread,
 * one at a time per decoder. A body is a frame without its FCS: type, number, payload. */
#ifndef WEIR_HOST_COMMON_LINK_FRAME_H
#define WEIR_HOST_COMMON_LINK_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WEIR_LINK_BODY_MIN 2u
#define WEIR_LINK_BODY_MAX 268u
#define WEIR_LINK_FCS_BYTES 4u
/** Octets on the wire of the longest body when every octet must be escaped. */
#define WEIR_LINK_WIRE_MAX (2u * (WEIR_LINK_BODY_MAX + WEIR_LINK_FCS_BYTES) + 2u)

/** The 32-bit FCS of RFC 1662 C.3 over len octets; "123456789" gives 0xcbf43926. */
uint32_t weir_link_fcs(const uint8_t *octets, size_t len);

/** Make the frame of a body, with both flags, everything escaped that must be and nothing else.
 *
 * @param body     Borrowed for the call.
 * @param len      WEIR_LINK_BODY_MIN to WEIR_LINK_BODY_MAX.
 * @param wire     Gets the frame.
 * @param size     Of wire; WEIR_LINK_WIRE_MAX is always enough.
 * @param ret_len  Set only on success: octets of the frame.
 *
 * @retval 0        Made.
 * @retval -EINVAL  No such length.
 * @retval -ENOSPC  wire is too short; its content is undefined. */
int weir_link_encode(const uint8_t *body, size_t len, uint8_t *wire, size_t size, size_t *ret_len);

/** What has come of a frame. Visible so that its owner can keep it anywhere; only the functions below look inside, but
 * octets holds the body behind a call that found one, and bad may be read. */
struct weir_link_decoder {
	uint8_t octets[WEIR_LINK_BODY_MAX + WEIR_LINK_FCS_BYTES];
	size_t len;
	bool escaped;
	bool too_long;
	bool done;		/* octets holds a body that has been told */
	uint32_t bad;		/* frames with a wrong FCS or length; wraps */
};

/** As behind a flag; nothing counted. */
void weir_link_decoder_init(struct weir_link_decoder *d);

/** Take octets off the wire, to the end of a good frame or of what is there.
 *
 * @param in       Borrowed for the call; any octets.
 * @param n        How many; 0 is allowed.
 * @param ret_len  0: no frame was ended. Otherwise the length of the body in d->octets, valid until the next call.
 *
 * @return  Octets taken, n unless a frame ended before; call again with the rest. Bad frames are counted and passed over. */
size_t weir_link_decode(struct weir_link_decoder *d, const uint8_t *in, size_t n, size_t *ret_len);

#endif
