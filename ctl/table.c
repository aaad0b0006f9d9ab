/* ctl/table.c -- keeps rows until the widths of the columns are known. */
#include "ctl/table.h"

#include <stdlib.h>

#include "base/str.h"
#include "ctl/text.h"

#define GAP 2 /* blanks between columns */

static void
widen(size_t *width, const char *text)
{
	size_t needed = text_width(str_of(text));

	if (needed > *width)
		*width = needed;
}

void
table_start(struct table *t, FILE *out, const json_t *names)
{
	json_t *name;
	size_t i;

	*t = (struct table){.out = out, .names = json_incref((json_t *)names)};
	t->widths = mem_new(json_array_size(names), sizeof *t->widths);
	json_array_foreach(names, i, name)
		widen(&t->widths[i], json_string_value(name));
}

void
table_start_named(struct table *t, const char *const *names)
{
	json_t *list = json_array();

	for (; *names != NULL; names++)
		json_array_append_new(list, json_string(*names));
	table_start(t, stdout, list);
	json_decref(list);
}

void
table_add(struct table *t, const json_t *row)
{
	const size_t columns = json_array_size(t->names);
	json_t *name;
	size_t i;

	if (t->cells == NULL)
		t->cells = mem_new(TABLE_ROWS_MAX * columns, sizeof *t->cells);
	if (t->n_cells == TABLE_ROWS_MAX * columns)
		table_print(t);
	json_array_foreach(t->names, i, name) {
		struct buf text = {0};

		text_value(json_object_get(row, json_string_value(name)), &text);
		buf_terminate(&text);
		widen(&t->widths[i], text.s);
		t->cells[t->n_cells++] = text.s;
	}
}

void
table_add_new(struct table *t, json_t *row)
{
	table_add(t, row);
	json_decref(row);
}

/* Pads the text, except in the last column. */
static void
print_cell(const struct table *t, size_t column, const char *text)
{
	size_t width = text_width(str_of(text));

	if (column + 1 == json_array_size(t->names))
		fprintf(t->out, "%s\n", text);
	else
		fprintf(t->out, "%s%*s", text, (int)(t->widths[column] - width + GAP), "");
}

void
table_print(struct table *t)
{
	json_t *name;
	size_t i;

	if (t->n_cells > 0 && !t->begun) {
		json_array_foreach(t->names, i, name)
			print_cell(t, i, json_string_value(name));
		t->begun = true;
	}
	for (i = 0; i < t->n_cells; i++) {
		print_cell(t, i % json_array_size(t->names), t->cells[i]);
		free(t->cells[i]);
	}
	t->n_cells = 0;
}

void
table_free(struct table *t)
{
	for (size_t i = 0; i < t->n_cells; i++)
		free(t->cells[i]);
	free(t->cells);
	free(t->widths);
	json_decref(t->names);
	*t = (struct table){0};
}
