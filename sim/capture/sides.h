// SPDX-License-Identifier: Apache-2.0
/** On which side of the appliance a frame of a single capture comes in (docs/simulator.md, "Sides").
 *
 * 1. Exactly one of its two addresses (IP; ARP: sender and target) is protected: source protected, the
 *    protected side; destination protected, the unprotected side.
 * 2. Otherwise by MAC: the side on which rule 1 last saw its source; else the side opposite to where rule 1
 *    last saw its destination.
 * 3. Otherwise the unprotected side. */
#ifndef WEIR_CAPTURE_SIDES_H
#define WEIR_CAPTURE_SIDES_H

#include <stddef.h>
#include <stdint.h>

#include "peek.h"

enum { WEIR_SIDES_PREFIXES = 64 };

struct weir_sides {
	struct weir_prefix prefix[WEIR_SIDES_PREFIXES];
	size_t n;
	struct {
		uint64_t mac;   /* 0: empty */
		int side;
	} seen[4096];           /* by hash; a newer address replaces an older one */
};

/** @param n  at most WEIR_SIDES_PREFIXES */
void weir_sides_init(struct weir_sides *s, const struct weir_prefix *prefix, size_t n);

/** 0 unprotected, 1 protected. */
int weir_sides_of(struct weir_sides *s, const uint8_t *bytes, size_t n);

#endif
