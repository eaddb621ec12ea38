// SPDX-License-Identifier: Apache-2.0
/** The firmware's image for the soft core, and what the host has to say to it at its start (docs/firmware.md, "Mail"). */
#ifndef WEIR_IMAGE_H
#define WEIR_IMAGE_H

#include <stddef.h>
#include <stdint.h>

#include "sim/engine/session.h"

enum { WEIR_IMAGE_WORDS = 8192, WEIR_LEARNED_WORDS = 8192 };

/** Read an image: words in hexadecimal as $readmemh reads them (name ends in .hex), or the bytes themselves.
 * @param ret_word  Room for WEIR_IMAGE_WORDS; holes are 0.
 * @param detail    Set when it fails: a message that names the file.
 * @retval 0 *ret_n set; -EINVAL. */
int weir_image_read(const char *file, uint32_t *ret_word, uint32_t *ret_n, char *detail, size_t n);

/** Where the image lies if nothing is said: where it is installed to, ../share/weir/weir.hex from the program; else firmware/weir.hex beside it. Returns buf. */
const char *weir_image_default(char *buf, size_t n);

/** Set those of n parameters that differ from their defaults.
 * @retval 0; -EINVAL refused; errors of weir_session_mail(). */
int weir_firmware_set(struct weir_session *s, const uint32_t *param, const uint32_t *def, unsigned n);

/** What has been learned.
 * @retval 0 *ret_n set; -EINVAL; -ENOBUFS; errors of weir_session_mail(). */
int weir_firmware_export(struct weir_session *s, uint32_t ret_word[WEIR_LEARNED_WORDS], uint32_t *ret_n);
int weir_firmware_import(struct weir_session *s, const uint32_t *word, uint32_t n);

#endif
