// SPDX-License-Identifier: Apache-2.0
#include "sides.h"

#include <string.h>

#include "host/common/prng.h"

#define SLOTS (sizeof(((struct weir_sides *)0)->seen) / sizeof(((struct weir_sides *)0)->seen[0]))

void weir_sides_init(struct weir_sides *s, const struct weir_prefix *prefix, size_t n)
{
	memset(s, 0, sizeof(*s));
	memcpy(s->prefix, prefix, n * sizeof(*prefix));
	s->n = n;
}

static bool is_protected(const struct weir_sides *s, const struct weir_addr *a)
{
	for (size_t i = 0; a->family && i < s->n; i++)
		if (weir_prefix_has(&s->prefix[i], a))
			return true;
	return false;
}

static size_t slot_of(uint64_t mac)
{
	return weir_mix64(mac, 1) % SLOTS;
}

static void learn(struct weir_sides *s, uint64_t mac, int side)
{
	size_t i = slot_of(mac);

	s->seen[i].mac = mac;
	s->seen[i].side = side;
}

/* -1: not seen */
static int recall(const struct weir_sides *s, uint64_t mac)
{
	size_t i = slot_of(mac);

	return mac && s->seen[i].mac == mac ? s->seen[i].side : -1;
}

int weir_sides_of(struct weir_sides *s, const uint8_t *bytes, size_t n)
{
	struct weir_peek p;
	bool from, to;
	int side;

	weir_peek(bytes, n, &p);
	from = is_protected(s, &p.src);
	to = is_protected(s, &p.dst);
	if (from != to) {
		side = from;
		learn(s, p.src_mac, side);
		return side;
	}
	side = recall(s, p.src_mac);
	if (side >= 0)
		return side;
	side = recall(s, p.dst_mac);
	return side >= 0 ? 1 - side : 0;
}
