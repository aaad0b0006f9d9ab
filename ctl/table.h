/* ctl/table.h -- columns for people, as wide as what is in them. */
#ifndef CTL_TABLE_H
#define CTL_TABLE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

/* So many rows wait for the widths to be known; more are printed part by part. */
#define TABLE_ROWS_MAX 10000

struct table {
	FILE *out;
	json_t *names; /* of the columns */
	size_t *widths;
	char **cells; /* a row after the other; escaped texts */
	size_t n_cells;
	bool begun; /* the names are printed */
};

/* names is an array of strings, borrowed.  table_free(). */
void table_start(struct table *t, FILE *out, const json_t *names);
/* To standard output; names ends with NULL. */
void table_start_named(struct table *t, const char *const *names);
/* The members of row that the columns are called after. */
void table_add(struct table *t, const json_t *row);
void table_add_new(struct table *t, json_t *row); /* which is stolen */
/* Prints what waits; the names of the columns stand above the first row. */
void table_print(struct table *t);
void table_free(struct table *t);

#endif
