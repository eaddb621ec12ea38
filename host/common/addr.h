// SPDX-License-Identifier: Apache-2.0
/** IPv4 and IPv6 addresses and prefixes: reading, writing, comparing. Allocates nothing. */
#ifndef WEIR_ADDR_H
#define WEIR_ADDR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Buffer size that holds any address or prefix as text. */
#define WEIR_ADDR_TEXT_MAX 64

struct weir_addr {
	uint8_t family;   /**< 4 or 6; 0 = not set */
	uint8_t b[16];    /**< network byte order; IPv4 uses the first four, the rest is 0 */
};

struct weir_prefix {
	struct weir_addr addr;   /**< bits behind len are 0 */
	uint8_t len;             /**< 0 to 32 or 0 to 128 */
};

/** Read "192.0.2.1" or "2001:db8::1".
 * @retval 0 ok; -EINVAL not an address, *ret untouched. */
int weir_addr_parse(const char *text, struct weir_addr *ret);

/** Read "192.0.2.0/24", or an address alone (full length).
 * @retval 0        ok
 * @retval -EINVAL  not a prefix
 * @retval -ERANGE  bits set behind the prefix length ("192.0.2.1/24")
 * On failure *ret is untouched. */
int weir_prefix_parse(const char *text, struct weir_prefix *ret);

/** Read a comma-separated list of prefixes.
 * @param max      room in ret
 * @param ret_n    number read, set on success only
 * @param ret_bad  may be NULL; on failure the offset in text of the faulty item
 * @retval 0 ok; -EINVAL, -ERANGE as weir_prefix_parse(); -ENOSPC more than max. */
int weir_prefix_list_parse(const char *text, struct weir_prefix *ret, size_t max, size_t *ret_n,
			   size_t *ret_bad);

/** Write as text; buf holds at least WEIR_ADDR_TEXT_MAX bytes. Returns buf. */
char *weir_addr_format(const struct weir_addr *a, char *buf);
char *weir_prefix_format(const struct weir_prefix *p, char *buf);

/** True when a lies in p (same family and equal leading bits). */
bool weir_prefix_has(const struct weir_prefix *p, const struct weir_addr *a);

/** True when the two have an address in common. */
bool weir_prefix_overlaps(const struct weir_prefix *p, const struct weir_prefix *q);

/** Same family and bytes. */
bool weir_addr_equal(const struct weir_addr *a, const struct weir_addr *b);

/** The address base + n inside p, n taken modulo the prefix's size. */
struct weir_addr weir_prefix_nth(const struct weir_prefix *p, uint64_t n);

#endif
