/* ctl/table.h -- prints tables whose columns are as wide as their contents. */
#ifndef CTL_TABLE_H
#define CTL_TABLE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

/* This many rows are kept to measure the column widths. Larger tables are printed in parts. */
#define TABLE_ROWS_MAX 10000

struct table {
	FILE *out;
	json_t *names; /* column names */
	size_t *widths;
	char **cells; /* row by row; escaped texts */
	size_t n_cells;
	bool begun; /* the column names were printed */
};

/* Starts a table. names is an array of strings, which the table borrows. table_free() *t. */
void table_start(struct table *t, FILE *out, const json_t *names);
/* The same for standard output. names ends with NULL. */
void table_start_named(struct table *t, const char *const *names);
/* Adds the members of row that have the names of the columns. */
void table_add(struct table *t, const json_t *row);
void table_add_new(struct table *t, json_t *row); /* frees row */
/* Prints the kept rows. The column names come above the first row. */
void table_print(struct table *t);
void table_free(struct table *t);

#endif
