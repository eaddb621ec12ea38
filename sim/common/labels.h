// SPDX-License-Identifier: Apache-2.0
/** Label files: which packet of a capture is honest and which belongs to which attack.
 *
 * Written by weir-gen, read by weir-sim --labels; the format is described in docs/scenarios.md.
 * Input is not trusted: every length, number and name is checked, and memory is bounded by the
 * caller's max_packets (one byte each) and WEIR_LABEL_ATTACKS_MAX. */
#ifndef WEIR_LABELS_H
#define WEIR_LABELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "host/common/addr.h"

#define WEIR_LABEL_ATTACKS_MAX 64
#define WEIR_LABEL_NAME_MAX 32      /**< with the final NUL */
#define WEIR_LABEL_HONEST (-1)

/** Classes of the (protected address, class) meter; a mask, since one attack can span several. */
#define WEIR_LABEL_CLASS_LIST(X) \
	X(syn, 0) X(tcp, 1) X(udp_reflect, 2) X(udp, 3) X(icmp, 4) X(frag, 5) X(other, 6)

#define X(name, bit) WEIR_LABEL_CLASS_##name = 1 << bit,
enum { WEIR_LABEL_CLASS_LIST(X) WEIR_LABEL_CLASS_any = 0x7f };
#undef X

struct weir_label_attack {
	char name[WEIR_LABEL_NAME_MAX];   /**< letters, digits, '-', '_', '.'; not "honest" */
	unsigned classes;                 /**< WEIR_LABEL_CLASS_*, at least one */
	struct weir_prefix target;        /**< the attacked address or prefix */
	uint64_t start_ns, end_ns;        /**< since 1970; as asked for, start <= end */
};

struct weir_labels;

/** Read a whole label file.
 *
 * @param f            Borrowed for the call; read to its end.
 * @param file         Name for messages.
 * @param max_packets  More packets than this are refused.
 * @param ret          Set on success; free with weir_labels_free().
 * @param detail       One line "FILE:LINE: what is wrong" on failure; detail_size > 0.
 *
 * @retval 0        All read.
 * @retval -EINVAL  Not a label file, or broken: see detail.
 * @retval -E2BIG   More than max_packets.
 * @retval -EIO     Reading failed.
 * @retval -ENOMEM  No memory.
 * On failure *ret is untouched. Takes about 0.1 us a line. */
int weir_labels_read(FILE *f, const char *file, size_t max_packets, struct weir_labels **ret,
		     char *detail, size_t detail_size);

/** The same by name; also -errno of fopen(). "-" is standard input. */
int weir_labels_open(const char *file, size_t max_packets, struct weir_labels **ret, char *detail,
		     size_t detail_size);

void weir_labels_free(struct weir_labels *l);

/** Number of packets labelled. */
size_t weir_labels_packets(const struct weir_labels *l);

/** Attack number of packet index (from 0, in file order), or WEIR_LABEL_HONEST. An index beyond
 * the end is honest: compare weir_labels_packets() with the capture first. */
int weir_labels_of(const struct weir_labels *l, size_t index);

/** Number of attacks in the table, and one row of it (NULL beyond the end); borrowed until
 * weir_labels_free(). */
size_t weir_labels_attacks(const struct weir_labels *l);
const struct weir_label_attack *weir_labels_attack(const struct weir_labels *l, size_t attack);

/** Class mask from "syn,frag" or "any"; 0 when a name is unknown. */
unsigned weir_label_classes_parse(const char *text);

#define WEIR_LABEL_CLASSES_TEXT 64
/** Text of a class mask; buf holds at least WEIR_LABEL_CLASSES_TEXT bytes. Returns buf. */
char *weir_label_classes_format(unsigned classes, char *buf);

/** True when name can stand in a label file. */
bool weir_label_name_ok(const char *name);

/* Writing: head, then one line a packet, then the end. Errors stay in the stream: check
 * ferror() and fflush() before closing it. */
void weir_labels_write_head(FILE *f, const struct weir_label_attack *attacks, size_t n);
/** number counts from 1; name NULL = honest; detail NULL = none. */
void weir_labels_write_packet(FILE *f, uint64_t number, const char *name, const char *detail);
void weir_labels_write_end(FILE *f, uint64_t packets);

#endif
