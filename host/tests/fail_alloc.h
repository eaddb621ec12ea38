/* SPDX-License-Identifier: Apache-2.0 */
/** Allocations that fail when a test says so. For programs linked with $(FAIL_ALLOC) of mk/libweir.mk: the linker then leads malloc, calloc, realloc
 * and strdup of the program and its static libraries' objects here. Each thread has its own count: a library's threads go on undisturbed. */
#ifndef WEIR_TESTS_FAIL_ALLOC_H
#define WEIR_TESTS_FAIL_ALLOC_H

#include <stdbool.h>

extern _Thread_local bool counting;          /**< otherwise nothing is counted, and nothing fails */
extern _Thread_local unsigned allocations;   /**< counted so far */
extern _Thread_local unsigned fail_at;       /**< which of them fails, from 1; 0: none */

#endif
