// SPDX-License-Identifier: Apache-2.0
/** Columns of the corpus' index.tsv that count what a record counts too. */
#ifndef WEIR_CORPUS_COLUMNS_H
#define WEIR_CORPUS_COLUMNS_H

#include <stdbool.h>

#include "sim/model/record.h"

enum { CORPUS_COLUMNS = 37 };

struct corpus_column {
	const char *name;      /**< as index.tsv has it */
	bool (*has)(const struct weir_record *r);
};

extern const struct corpus_column corpus_columns[CORPUS_COLUMNS];

/** Number of a column, -1: no such column. */
int corpus_column_find(const char *name);

#endif
