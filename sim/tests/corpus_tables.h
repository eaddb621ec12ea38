// SPDX-License-Identifier: Apache-2.0
/** Tables of the corpus check: what the corpus says of its files, and where we know that we count otherwise. */
#ifndef WEIR_CORPUS_TABLES_H
#define WEIR_CORPUS_TABLES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "corpus_columns.h"

enum { CORPUS_DETAIL = 512, CORPUS_CAUSES_MAX = 64, CORPUS_PARTS_MAX = 8 };

/** A row of index.tsv. */
struct corpus_file {
	const char *name;
	bool clean;
	uint64_t bytes;
	uint64_t count[CORPUS_COLUMNS];
};

/** A row of corpus/causes.tsv, and what is explained by it. */
struct corpus_cause {
	const char *name, *text;
	const char *last_file;     /* counted last in `files` */
	unsigned files, counts;    /**< files concerned, and counts of them that differ */
};

/** A row of corpus/differences.tsv. The parts, one a cause, add up to ours - index. */
struct corpus_difference {
	const char *file;
	int column;
	unsigned line;
	uint64_t index, ours;
	struct {
		struct corpus_cause *cause;
		int64_t count;
	} part[CORPUS_PARTS_MAX];
	unsigned parts;
	bool seen;
};

struct corpus_tables {
	struct corpus_file *file;
	size_t files;
	struct corpus_cause cause[CORPUS_CAUSES_MAX];
	size_t causes;
	struct corpus_difference *difference;
	size_t differences;
	char *text[3];             /* the files, cut up; names point here */
};

/** Read index.tsv of the folder with the captures, and differences.tsv and causes.tsv of another.
 * @param detail  CORPUS_DETAIL bytes: on failure one line with file and line.
 * @retval 0; -ENOENT index.tsv is not there; -EINVAL, -ENOMEM, -errno. Call done() in any case. */
int corpus_tables_read(const char *captures, const char *known, struct corpus_tables *ret, char *detail);
void corpus_tables_done(struct corpus_tables *t);

/** NULL: none is known. */
struct corpus_difference *corpus_difference_find(struct corpus_tables *t, const char *file, int column);

/** The causes as rows of a Markdown table; causes that explain nothing too. */
void corpus_causes_print(const struct corpus_tables *t, FILE *f);

#endif
