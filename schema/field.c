/* schema/field.c -- the type of a property in the schema document. */
#include "schema/document.h"

#include "model/kinds.h"

static const struct {
	const char *type;
	const char *format; /* of strings and numbers */
	unsigned min, max;  /* length in characters; 0: no limit */
	enum kind in_a_set; /* the kind that replaces it in a set, where keys are strings */
} kinds[KIND__COUNT] = {
    [KIND_STRING] = {"string", "string", 0, 0, KIND_STRING},
    [KIND_DOMAIN] = {"string", "string", 1, DOMAIN_MAX, KIND_DOMAIN},
    [KIND_EMAIL] = {"string", "emailAddress", 1, EMAIL_MAX, KIND_EMAIL},
    [KIND_URI] = {"string", "uri", 1, URI_MAX, KIND_URI},
    [KIND_IP] = {"string", "ipAddress", 0, 0, KIND_IP},
    [KIND_UINT] = {"number", "unsignedInteger", 0, 0, KIND_STRING},
    [KIND_UINT64] = {"number", "unsignedInteger", 0, 0, KIND_STRING},
    [KIND_FLOAT] = {"number", "float", 0, 0, KIND_STRING},
    [KIND_BOOL] = {"boolean", NULL, 0, 0, KIND_STRING},
    [KIND_DATE] = {"utcDateTime", NULL, 0, 0, KIND_STRING},
    [KIND_ENUM] = {"enum", NULL, 0, 0, KIND_ENUM},
    [KIND_OBJECT] = {"object", NULL, 0, 0, KIND_OBJECT},
};

static void
put_positive(json_t *o, const char *name, unsigned n)
{
	if (n > 0)
		json_object_set_new(o, name, json_integer(n));
}

static json_t *
one_value(const struct field *f, enum kind kind)
{
	json_t *type = json_pack("{s:s}", "type", kinds[kind].type);

	if (kinds[kind].format != NULL)
		json_object_set_new(type, "format", json_string(kinds[kind].format));
	put_positive(type, "minLength", kinds[kind].min);
	put_positive(type, "maxLength", kinds[kind].max);
	if (f->values != NULL)
		json_object_set_new(type, "enumName", json_string(f->values->name));
	if (f->type != NULL)
		json_object_set_new(type, "objectName", schema_name(f->type->name));
	if (f->flags & F_NULLABLE)
		json_object_set_new(type, "nullable", json_true());
	return type;
}

static json_t *
set_of(const struct field *f)
{
	json_t *type = json_pack(
	    "{s:s, s:o}", "type", "set", "class", one_value(f, kinds[f->kind].in_a_set));

	put_positive(type, "maxItems", f->max_items);
	return type;
}

static json_t *
list_of(const struct field *f)
{
	json_t *type = json_pack(
	    "{s:s, s:o}", "type", "objectList", "objectName", schema_name(f->type->name));

	put_positive(type, "maxItems", f->max_items);
	return type;
}

static json_t *
one_of(const struct field *f)
{
	return one_value(f, f->kind);
}

static json_t *
field_of(const struct field *f)
{
	static json_t *(*const shapes[])(const struct field *f) = {
	    [ONE] = one_of, [SET] = set_of, [LIST] = list_of};

	return json_pack("{s:s, s:o, s:s}", "description", f->doc, "type", shapes[f->shape](f),
	    "update", "mutable");
}

json_t *
schema_fields(const struct type *t)
{
	json_t *properties = json_object(), *defaults = json_object();
	json_t *fields = json_pack("{s:o}", "properties", properties);

	for (const struct field *f = t->fields; f->name != NULL; f++) {
		json_object_set_new(properties, f->name, field_of(f));
		if (f->initial != NULL)
			json_object_set_new(
			    defaults, f->name, json_loads(f->initial, JSON_DECODE_ANY, NULL));
	}
	if (json_object_size(defaults) > 0)
		json_object_set(fields, "defaults", defaults);
	json_decref(defaults);
	return fields;
}
