/* jmap/verbs.c -- the verbs and their arguments.  A new one is a row here and a file. */
#include "jmap/call.h"

/* Without accountId it is the caller's account. */
static const struct argument get_arguments[] = {
    {"accountId", ARG_STRING, 0},
    {"ids", ARG_STRINGS, ARG_NULLABLE},
    {"properties", ARG_STRINGS, ARG_NULLABLE},
    {0},
};

static const struct argument changes_arguments[] = {
    {"accountId", ARG_STRING, 0},
    {"sinceState", ARG_STRING, ARG_REQUIRED},
    {"maxChanges", ARG_POSITIVE, ARG_NULLABLE},
    {0},
};

static const struct argument set_arguments[] = {
    {"accountId", ARG_STRING, 0},
    {"ifInState", ARG_STRING, ARG_NULLABLE},
    {"create", ARG_CREATION_MAP, ARG_NULLABLE},
    {"update", ARG_OBJECT_MAP, ARG_NULLABLE},
    {"destroy", ARG_STRINGS, ARG_NULLABLE},
    {0},
};

static const struct argument query_arguments[] = {
    {"accountId", ARG_STRING, 0},
    {"filter", ARG_OBJECT, ARG_NULLABLE},
    {"sort", ARG_OBJECTS, ARG_NULLABLE},
    {"position", ARG_INT, 0},
    {"anchor", ARG_STRING, ARG_NULLABLE},
    {"anchorOffset", ARG_INT, 0},
    {"limit", ARG_UINT, ARG_NULLABLE},
    {"calculateTotal", ARG_BOOLEAN, 0},
    {0},
};

static const struct argument query_changes_arguments[] = {
    {"accountId", ARG_STRING, 0},
    {"filter", ARG_OBJECT, ARG_NULLABLE},
    {"sort", ARG_OBJECTS, ARG_NULLABLE},
    {"sinceQueryState", ARG_STRING, ARG_REQUIRED},
    {"maxChanges", ARG_UINT, ARG_NULLABLE},
    {"upToId", ARG_STRING, ARG_NULLABLE},
    {"calculateTotal", ARG_BOOLEAN, 0},
    {0},
};

/* Of every type of records, after "x:" and its name. */
static const struct verb record_verbs[] = {
    {"get", get_arguments, ACTION_GET, jmap_get},
    {"changes", changes_arguments, ACTION_GET, jmap_changes},
    {"set", set_arguments, ACTION__COUNT, jmap_set}, /* asks for each record by itself */
    {"query", query_arguments, ACTION_QUERY, jmap_query},
    {"queryChanges", query_changes_arguments, ACTION_QUERY, jmap_query_changes},
    {0},
};

static const struct verb core_verbs[] = {
    {"echo", NULL, ACTION__COUNT, core_echo},
    {0},
};

static const struct verb *
verb_named(const struct verb *table, struct str name)
{
	while (table->name != NULL && !str_is(name, table->name))
		table++;
	return table->name == NULL ? NULL : table;
}

/* By its name, or by that on the command line, which Stalwart's sends on. */
static const struct type *
type_named(struct str name)
{
	const struct type *t = model_type_named(name);

	for (size_t i = 0; t == NULL && model_types[i] != NULL; i++)
		if (str_is(name, model_types[i]->alias))
			t = model_types[i];
	return t;
}

bool
method_named(struct str name, struct method *m)
{
	struct str verb = name;

	*m = (struct method){.capability = JMAP_CAPABILITY_CORE};
	if (str_cut_prefix(&verb, "Core/")) {
		m->verb = verb_named(core_verbs, verb);
		return m->verb != NULL;
	}
	m->capability = JMAP_CAPABILITY_OUTBOX;
	if (!str_cut_prefix(&verb, "x:"))
		return false;
	name = verb;
	while (verb.len > 0 && verb.s[0] != '/') {
		verb.s++;
		verb.len--;
	}
	name.len -= verb.len;
	m->type = type_named(name);
	if (m->type == NULL || !str_cut_prefix(&verb, "/"))
		return false;
	m->verb = verb_named(record_verbs, verb);
	return m->verb != NULL;
}
