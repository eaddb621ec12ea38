// SPDX-License-Identifier: Apache-2.0
#include "host/common/link_frame.h"

#include <errno.h>
#include <string.h>

enum { Flag = 0x7e, Escape = 0x7d, Turn = 0x20 };

uint32_t weir_link_fcs(const uint8_t *octets, size_t len)
{
	uint32_t fcs = 0xffffffffu;

	for (size_t i = 0; i < len; i++) {
		fcs ^= octets[i];
		for (unsigned k = 0; k < 8; k++)
			fcs = fcs >> 1 ^ (fcs & 1 ? 0xedb88320u : 0);
	}
	return ~fcs;
}

struct wire {
	uint8_t *octets;
	size_t size, len;
	bool full;
};

static void put(struct wire *w, uint8_t octet)
{
	if (w->len == w->size)
		w->full = true;
	else
		w->octets[w->len++] = octet;
}

static void stuff(struct wire *w, uint8_t octet)
{
	if (octet == Flag || octet == Escape) {
		put(w, Escape);
		octet ^= Turn;
	}
	put(w, octet);
}

int weir_link_encode(const uint8_t *body, size_t len, uint8_t *wire, size_t size, size_t *ret_len)
{
	struct wire w = { .octets = wire, .size = size };
	uint32_t fcs;

	if (len < WEIR_LINK_BODY_MIN || len > WEIR_LINK_BODY_MAX)
		return -EINVAL;
	fcs = weir_link_fcs(body, len);
	put(&w, Flag);
	for (size_t i = 0; i < len; i++)
		stuff(&w, body[i]);
	for (unsigned i = 0; i < WEIR_LINK_FCS_BYTES; i++)
		stuff(&w, (uint8_t)(fcs >> 8 * i));
	put(&w, Flag);
	if (w.full)
		return -ENOSPC;
	*ret_len = w.len;
	return 0;
}

void weir_link_decoder_init(struct weir_link_decoder *d)
{
	memset(d, 0, sizeof(*d));
}

static void restart(struct weir_link_decoder *d)
{
	d->len = 0;
	d->escaped = false;
	d->too_long = false;
	d->done = false;
}

/** A flag has come: the length of the body, or 0. */
static size_t ended(struct weir_link_decoder *d)
{
	uint32_t fcs = 0;
	size_t body;

	if (d->escaped || (d->len == 0 && !d->too_long))  /* aborted, or empty */
		return 0;
	if (d->too_long || d->len < WEIR_LINK_BODY_MIN + WEIR_LINK_FCS_BYTES) {
		d->bad++;
		return 0;
	}
	body = d->len - WEIR_LINK_FCS_BYTES;
	for (unsigned i = 0; i < WEIR_LINK_FCS_BYTES; i++)
		fcs |= (uint32_t)d->octets[body + i] << 8 * i;
	if (fcs != weir_link_fcs(d->octets, body)) {
		d->bad++;
		return 0;
	}
	return body;
}

static void keep(struct weir_link_decoder *d, uint8_t octet)
{
	if (d->len == sizeof(d->octets))
		d->too_long = true;
	else
		d->octets[d->len++] = octet;
}

size_t weir_link_decode(struct weir_link_decoder *d, const uint8_t *in, size_t n, size_t *ret_len)
{
	if (d->done)
		restart(d);
	*ret_len = 0;
	for (size_t i = 0; i < n; i++) {
		if (in[i] == Flag) {
			size_t body = ended(d);

			if (body != 0) {
				d->done = true;
				*ret_len = body;
				return i + 1;
			}
			restart(d);
		} else if (d->escaped) {
			d->escaped = false;
			keep(d, in[i] ^ Turn);
		} else if (in[i] == Escape) {
			d->escaped = true;
		} else {
			keep(d, in[i]);
		}
	}
	return n;
}
