/* model/document.c -- the reference page of the types, from their tables. */
#include "model/document.h"

#include <ctype.h>
#include <stdlib.h>

#include "model/kinds.h"
#include "model/record.h"

static const char preface[] =
    "# What a report holds\n"
    "\n"
    "`make docs` writes this page from the tables in `model/`.\n"
    "\n"
    "`T[]` is a set or a list of T; `T?` may be null or absent. A required field has to be\n"
    "present and not null. A field with a default may be absent or null, and then has the\n"
    "default. A property that no table names is refused, and so is a value that does not fit.\n"
    "A refusal names every wrong property by its path, such as `report/records/0/count`. The\n"
    "answer to a change tells each top-level property that is stored otherwise than it was\n"
    "sent.\n"
    "\n"
    "Sets and lists are accepted in both shapes everywhere:\n"
    "\n"
    "| | Array | Object |\n"
    "|---|---|---|\n"
    "| set | `[\"a@example.com\"]` | `{\"a@example.com\": true}` |\n"
    "| list | `[{}, {}]` | `{\"0\": {}, \"1\": {}}` |\n"
    "\n"
    "`/api` answers with arrays, `/jmap` with objects. A set holds a value once and keeps the\n"
    "order in which its values came. The keys of a list are decimal numbers without leading\n"
    "zeros; they are taken in the order of the numbers, and gaps close up.\n";

/* The types or enumerations that a page tells of, each once. */
struct found {
	const void **list;
	size_t n;
};

static bool
find(struct found *found, const void *what)
{
	for (size_t i = 0; i < found->n; i++)
		if (found->list[i] == what)
			return false;
	found->list = mem_grow(found->list, found->n + 1, sizeof *found->list);
	found->list[found->n++] = what;
	return true;
}

static void
find_parts(const struct type *t, struct found *types, struct found *enumerations)
{
	for (const struct field *f = t->fields; f->name != NULL; f++) {
		if (f->values != NULL)
			find(enumerations, f->values);
		if (f->type != NULL && find(types, f->type))
			find_parts(f->type, types, enumerations);
	}
}

static void
add_kinds(struct buf *out)
{
	buf_puts(out, "\n## Values\n\n| Kind | What it is |\n|---|---|\n");
	for (int kind = 0; kind < KIND__COUNT; kind++)
		buf_printf(out, "| %s | %s |\n", model_kinds[kind].name, model_kinds[kind].doc);
}

/* [Name](#name), or the kind's name */
static void
add_type_name(struct buf *out, const struct field *f)
{
	const char *part = f->type != NULL ? f->type->name
	    : f->values != NULL            ? f->values->name
					   : NULL;

	if (part == NULL) {
		buf_puts(out, model_kinds[f->kind].name);
		return;
	}
	buf_printf(out, "[%s](#", part);
	for (; *part != '\0'; part++)
		buf_putc(out, (char)tolower((unsigned char)*part));
	buf_putc(out, ')');
}

static void
add_field(struct buf *out, const struct field *f)
{
	static const char *const suffixes[] = {
	    [ONE] = "", [SET] = "[] (set)", [LIST] = "[] (list)"};

	buf_printf(out, "| `%s` | %s | ", f->name, f->label);
	add_type_name(out, f);
	buf_printf(out, "%s%s | ", suffixes[f->shape], f->flags & F_NULLABLE ? "?" : "");
	if (model_default(f) == NULL)
		buf_puts(out, "required");
	else
		buf_printf(out, "`%s`", model_default(f));
	buf_printf(out, " | %s", f->doc);
	if (f->max_items > 0)
		buf_printf(out, "; at most %u", f->max_items);
	buf_puts(out, " |\n");
}

static void
add_type(struct buf *out, const char *heading, const struct type *t)
{
	buf_printf(out, "\n%s %s\n\n%s\n", heading, t->name, t->doc);
	if (t->letter != '\0')
		buf_printf(out, "Its ids begin with `%c`.\n", t->letter);
	buf_puts(
	    out, "\n| Field | Label | Type | Default | Meaning |\n|---|---|---|---|---|\n");
	for (const struct field *f = t->fields; f->name != NULL; f++)
		add_field(out, f);
}

static void
add_enumeration(struct buf *out, const struct enumeration *e)
{
	buf_printf(out, "\n### %s\n\n| Value | Meaning |\n|---|---|\n", e->name);
	for (const struct enum_value *v = e->values; v->name != NULL; v++)
		buf_printf(out, "| `%s` | %s |\n", v->name, v->label);
}

void
model_document(struct buf *out)
{
	buf_puts(out, preface);
	buf_printf(out,
	    "\nA refusal lists at most %d properties, and as many as fit into %d bytes with "
	    "what is\n"
	    "wrong with them. Its description says how many more there are.\n",
	    MODEL_MAX_PROBLEMS, MODEL_MAX_PROBLEM_BYTES);
	add_kinds(out);
	for (size_t i = 0; model_types[i] != NULL; i++) {
		struct found types = {0}, enumerations = {0};

		find_parts(model_types[i], &types, &enumerations);
		add_type(out, "##", model_types[i]);
		for (size_t j = 0; j < types.n; j++)
			add_type(out, "###", types.list[j]);
		for (size_t j = 0; j < enumerations.n; j++)
			add_enumeration(out, enumerations.list[j]);
		free(types.list);
		free(enumerations.list);
	}
}
