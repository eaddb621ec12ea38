/* SPDX-License-Identifier: Apache-2.0 */
/** What the tests of sites and rules share: folders, files, frames. */
#ifndef WEIR_TESTS_OPS_HELP_H
#define WEIR_TESTS_OPS_HELP_H

#include "fake_dev.h"

enum { HELP_UDP = 17, HELP_TCP = 6 };

/** A folder of its own, empty. @return its name, until the next call. */
const char *help_folder(void);
/** With all in it. */
void help_remove(const char *folder);
/** Write a text. */
void help_write(const char *file, const char *text);
/** Read one. @return Taken. */
char *help_read(const char *file, size_t *ret_n);

/** A frame from outside; addresses of one family. @return the verdict, -1 when it was lost. */
int help_frame(struct weir_dev *dev, const char *from, const char *to, int protocol, uint16_t sport, uint16_t dport, unsigned flags,
	       struct weir_record *ret);
/** A TCP segment either way: side 1 goes from `protect` to `remote`. */
int help_segment(struct weir_dev *dev, int side, const char *remote, const char *protect, uint16_t rport, uint16_t pport, unsigned flags,
		 uint32_t seq, uint32_t ack, struct weir_record *ret);

#endif
