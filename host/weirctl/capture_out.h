/* SPDX-License-Identifier: Apache-2.0 */
/** @file
 * Where captured frames go: a pcap file or pipe, lines for people, or JSON. */
#ifndef WEIRCTL_CAPTURE_OUT_H
#define WEIRCTL_CAPTURE_OUT_H

#include "ctl.h"

struct capture_out;

/** By --write and --json. A file is made anew. @return NULL: ctl_fail() has told why, or the reader of a pipe has gone (*ret_gone) */
struct capture_out *capture_out_new(struct ctl *c, bool *ret_gone);
/** One frame, wholly and now: whatever happens later, a file that can be read stays.
 * @param ret_gone  Set when the reader of a pipe has gone: nobody wants more.
 * @return CTL_DONE, or the status of what was told */
int capture_out_frame(struct capture_out *o, const struct weir_capture_frame *f, bool *ret_gone);
/** Accepts NULL. */
void capture_out_free(struct capture_out *o);

/** One line without its end. @param buf CAPTURE_LINE bytes. @return buf */
#define CAPTURE_LINE 320
char *capture_line(const struct weir_capture_frame *f, char *buf);

#endif
