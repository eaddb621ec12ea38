// SPDX-License-Identifier: Apache-2.0
/** Reading YAML with positions: every complaint names file and line.
 *
 * libyaml underneath, not libcyaml: the latter forgets where a value stood, and most of our complaints (twice
 * the same key, a hold longer than a timeout) come up only when several values are known. */
#ifndef WEIR_YAML_READ_H
#define WEIR_YAML_READ_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <yaml.h>

enum { WEIR_YAML_BYTES = 1 << 20, WEIR_YAML_ITEMS = 512 };

struct weir_yaml {
	const char *file;
	char *detail;            /**< gets the first complaint */
	size_t detail_size;
	bool failed;
	yaml_document_t doc;
	bool has_doc;
	char *text;
};

/** @retval 0; -EINVAL, -ENOMEM with detail set. Call done() in any case. */
int weir_yaml_load(struct weir_yaml *y, FILE *f, const char *file, char *detail, size_t detail_size);
void weir_yaml_done(struct weir_yaml *y);

/** NULL: the file has no content. */
const yaml_node_t *weir_yaml_root(struct weir_yaml *y);

unsigned weir_yaml_line(const yaml_node_t *n);

/** Note a complaint about a line; only the first one stays. @return -EINVAL */
int weir_yaml_fail(struct weir_yaml *y, unsigned line, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/** The message alone, for who has no file open. */
int weir_yaml_message(char *detail, size_t size, const char *file, unsigned line, const char *format, va_list args);

/** One pair of a mapping. */
struct weir_yaml_pair {
	const char *key;
	const yaml_node_t *value;
	unsigned line;
};

/** All pairs: keys are plain words, none twice.
 * @param what  what the mapping is, for complaints
 * @param ret   room for WEIR_YAML_ITEMS
 * @retval n >= 0; -EINVAL */
int weir_yaml_pairs(struct weir_yaml *y, const yaml_node_t *n, const char *what, struct weir_yaml_pair *ret);

/** All items of a sequence; as above. */
int weir_yaml_items(struct weir_yaml *y, const yaml_node_t *n, const char *what, const yaml_node_t **ret);

/** Length of a sequence of any length, and its items from 0 on. @retval n >= 0; -EINVAL */
int weir_yaml_length(struct weir_yaml *y, const yaml_node_t *n, const char *what);
const yaml_node_t *weir_yaml_item(struct weir_yaml *y, const yaml_node_t *n, int i);

/** Text of a scalar; NULL after a complaint. */
const char *weir_yaml_scalar(struct weir_yaml *y, const yaml_node_t *n, const char *what);

/** Whole number, "k", "M" or "G" behind it allowed. */
int weir_yaml_number(struct weir_yaml *y, const yaml_node_t *n, const char *what, uint64_t min, uint64_t max,
		     uint64_t *ret);
int weir_yaml_bool(struct weir_yaml *y, const yaml_node_t *n, const char *what, bool *ret);
/** One of names (NULL ends); *ret its index. */
int weir_yaml_choice(struct weir_yaml *y, const yaml_node_t *n, const char *what, const char *const *names,
		     unsigned *ret);

/** Complain about a name that is none, with the nearest one that is. names: NULL ends, at most 128. */
int weir_yaml_unknown(struct weir_yaml *y, unsigned line, const char *what, const char *name,
		      const char *const *names);

#endif
