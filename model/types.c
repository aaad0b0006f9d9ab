/* model/types.c -- the types of records, and how to find a row. */
#include "model/type.h"

/* A new type is one file and one line here. */
const struct type *const model_types[] = {
    &dmarc_internal_report,
    &tls_internal_report,
    NULL,
};

static const struct menu management = {"Management", "monitor", NULL};
static const struct menu reports = {"Reports", "file-text", &management};
const struct menu model_outbox_menu = {"Outbox", NULL, &reports};

const struct key_row model_keys[KEY__COUNT] = {
    [KEY_ID] = {NULL, COMPARE_NONE, true},
    [KEY_DOMAIN] = {NULL, COMPARE_BEGINS, true},
    [KEY_CREATED_AT] = {NULL, COMPARE_ORDER, true},
    [KEY_DELIVER_AT] = {NULL, COMPARE_ORDER, true},
    /* TLS reports have a set of them, policyIdentifiers; the condition is that it holds this
       one. */
    [KEY_POLICY] = {"policyIdentifier", COMPARE_EQUAL, false},
};

const struct type *
model_type_named(struct str name)
{
	for (size_t i = 0; model_types[i] != NULL; i++)
		if (str_is(name, model_types[i]->name))
			return model_types[i];
	return NULL;
}

const struct type *
model_type_numbered(unsigned number)
{
	for (size_t i = 0; model_types[i] != NULL; i++)
		if (model_types[i]->number == number)
			return model_types[i];
	return NULL;
}

const struct type *
model_type_lettered(char letter)
{
	for (size_t i = 0; model_types[i] != NULL; i++)
		if (model_types[i]->letter == letter)
			return model_types[i];
	return NULL;
}

const struct field *
model_field(const struct type *t, struct str name, size_t *index)
{
	for (size_t i = 0; t->fields[i].name != NULL; i++)
		if (str_is(name, t->fields[i].name)) {
			if (index != NULL)
				*index = i;
			return &t->fields[i];
		}
	return NULL;
}

const struct field *
model_field_with_key(const struct type *t, enum key key)
{
	for (const struct field *f = t->fields; f->name != NULL; f++)
		if (f->key == key && key != KEY_NONE)
			return f;
	return NULL;
}

const char *
model_condition(const struct field *f)
{
	return model_keys[f->key].compare == COMPARE_NONE ? NULL : f->name;
}

const char *
model_default(const struct field *f)
{
	if (f->initial != NULL)
		return f->initial;
	if (f->shape != ONE)
		return "[]";
	return f->flags & F_NULLABLE ? "null" : NULL;
}
