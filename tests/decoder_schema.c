/* tests/decoder_schema.c -- the grammar of the schema document, as stalwart-cli and the WebUI
 * read it. */
#include "tests/decoder.h"

/* --- types of fields --- */

static bool
string_format(struct decoder *d, const json_t *v)
{
	static const char *const names[] = {"string", "ipAddress", "ipNetwork", "socketAddress",
	    "emailAddress", "secret", "secretText", "uri", "color", "text", "html", NULL};

	return decode_one_of(d, v, names);
}

static bool
number_format(struct decoder *d, const json_t *v)
{
	static const char *const names[] = {
	    "integer", "unsignedInteger", "float", "size", "duration", NULL};

	return decode_one_of(d, v, names);
}

static const struct member none[] = {{0}};
static const struct member string_members[] = {
    {"format", string_format, true},
    {"minLength", decode_uint, false},
    {"maxLength", decode_uint, false},
    {"nullable", decode_boolean, false},
    {0},
};
static const struct member number_members[] = {
    {"format", number_format, true},
    {"min", decode_number, false},
    {"max", decode_number, false},
    {"nullable", decode_boolean, false},
    {0},
};
static const struct member date_members[] = {{"nullable", decode_boolean, false}, {0}};
static const struct member enum_members[] = {
    {"enumName", decode_string, true}, {"nullable", decode_boolean, false}, {0}};
static const struct member object_members[] = {
    {"objectName", decode_string, true}, {"nullable", decode_boolean, false}, {0}};
static const struct member object_list_members[] = {
    {"objectName", decode_string, true},
    {"minItems", decode_uint, false},
    {"maxItems", decode_uint, false},
    {0},
};

/* In sets and maps nothing is nullable. */
static const struct member key_string_members[] = {
    {"format", string_format, true},
    {"minLength", decode_uint, false},
    {"maxLength", decode_uint, false},
    {0},
};
static const struct member key_number_members[] = {
    {"format", number_format, true},
    {"min", decode_number, false},
    {"max", decode_number, false},
    {0},
};
static const struct member key_enum_members[] = {{"enumName", decode_string, true}, {0}};
static const struct member key_object_members[] = {{"objectName", decode_string, true}, {0}};

static bool
scalar(struct decoder *d, const json_t *v)
{
	static const struct variant variants[] = {
	    {"string", key_string_members},
	    {"objectId", key_object_members},
	    {"enum", key_enum_members},
	    {0},
	};

	return decode_variant(d, v, variants);
}

static bool
map_value(struct decoder *d, const json_t *v)
{
	static const struct variant variants[] = {
	    {"string", key_string_members},
	    {"number", key_number_members},
	    {"enum", key_enum_members},
	    {"object", key_object_members},
	    {0},
	};

	return decode_variant(d, v, variants);
}

static const struct member set_members[] = {
    {"class", scalar, true},
    {"minItems", decode_uint, false},
    {"maxItems", decode_uint, false},
    {0},
};
static const struct member map_members[] = {
    {"keyClass", scalar, true},
    {"valueClass", map_value, true},
    {"minItems", decode_uint, false},
    {"maxItems", decode_uint, false},
    {0},
};

static bool
field_type(struct decoder *d, const json_t *v)
{
	static const struct variant variants[] = {
	    {"string", string_members},
	    {"number", number_members},
	    {"utcDateTime", date_members},
	    {"boolean", none},
	    {"blobId", none},
	    {"enum", enum_members},
	    {"objectId", object_members},
	    {"object", object_members},
	    {"objectList", object_list_members},
	    {"set", set_members},
	    {"map", map_members},
	    {0},
	};

	return decode_variant(d, v, variants);
}

/* --- fields --- */

static bool
update(struct decoder *d, const json_t *v)
{
	static const char *const names[] = {"mutable", "immutable", "serverSet", NULL};

	return decode_one_of(d, v, names);
}

static bool
field(struct decoder *d, const json_t *v)
{
	static const struct member members[] = {
	    {"description", decode_string, true},
	    {"type", field_type, true},
	    {"update", update, true},
	    {"enterprise", decode_boolean, false},
	    {0},
	};

	return decode_members(d, v, members);
}

static bool
properties(struct decoder *d, const json_t *v)
{
	return decode_map(d, v, field);
}

static bool
defaults(struct decoder *d, const json_t *v)
{
	return decode_map(d, v, decode_any);
}

/* The WebUI wants properties, which stalwart-cli does without. */
static bool
fields(struct decoder *d, const json_t *v)
{
	static const struct member members[] = {
	    {"properties", properties, true}, {"defaults", defaults, false}, {0}};

	return decode_members(d, v, members);
}

/* --- objects and schemas --- */

static const struct member record_members[] = {
    {"description", decode_string, true},
    {"permissionPrefix", decode_string, true},
    {"enterprise", decode_boolean, false},
    {0},
};

static bool
object_type(struct decoder *d, const json_t *v)
{
	static const struct variant variants[] = {
	    {"object", record_members},
	    {"singleton", record_members},
	    {"view", key_object_members},
	    {0},
	};

	return decode_variant(d, v, variants);
}

static bool
schema_variant(struct decoder *d, const json_t *v)
{
	static const struct member members[] = {
	    {"name", decode_string, true},
	    {"label", decode_string, true},
	    {"schemaName", decode_string, false},
	    {0},
	};

	return decode_members(d, v, members);
}

static bool
schema_variants(struct decoder *d, const json_t *v)
{
	return decode_list(d, v, schema_variant);
}

static bool
object_schema(struct decoder *d, const json_t *v)
{
	static const struct member single[] = {{"schemaName", decode_string, true}, {0}};
	static const struct member multiple[] = {{"variants", schema_variants, true}, {0}};
	static const struct variant variants[] = {
	    {"single", single}, {"multiple", multiple}, {0}};

	return decode_variant(d, v, variants);
}

static bool
enum_variant(struct decoder *d, const json_t *v)
{
	static const struct member members[] = {
	    {"name", decode_string, true},
	    {"label", decode_string, true},
	    {"explanation", decode_string, false},
	    {"color", decode_string, false},
	    {0},
	};

	return decode_members(d, v, members);
}

static bool
enum_variants(struct decoder *d, const json_t *v)
{
	return decode_list(d, v, enum_variant);
}

/* --- forms --- */

static bool
form_field(struct decoder *d, const json_t *v)
{
	static const struct member members[] = {
	    {"name", decode_string, true},
	    {"label", decode_string, true},
	    {"keyLabel", decode_string, false},
	    {"valueLabel", decode_string, false},
	    {"placeholder", decode_string, false},
	    {0},
	};

	return decode_members(d, v, members);
}

static bool
form_fields(struct decoder *d, const json_t *v)
{
	return decode_list(d, v, form_field);
}

static bool
section(struct decoder *d, const json_t *v)
{
	static const struct member members[] = {
	    {"title", decode_string, false}, {"fields", form_fields, true}, {0}};

	return decode_members(d, v, members);
}

static bool
sections(struct decoder *d, const json_t *v)
{
	return decode_list(d, v, section);
}

static bool
form(struct decoder *d, const json_t *v)
{
	static const struct member members[] = {
	    {"title", decode_string, false},
	    {"subtitle", decode_string, false},
	    {"sections", sections, true},
	    {0},
	};

	return decode_members(d, v, members);
}

/* --- lists --- */

static const struct member plain_filter_members[] = {
    {"field", decode_string, true}, {"label", decode_string, true}, {0}};
static const struct member enum_filter_members[] = {
    {"field", decode_string, true},
    {"enumName", decode_string, true},
    {"label", decode_string, true},
    {0},
};
static const struct member object_filter_members[] = {
    {"field", decode_string, true},
    {"objectName", decode_string, true},
    {"label", decode_string, true},
    {0},
};

static bool
filter(struct decoder *d, const json_t *v)
{
	static const struct variant variants[] = {
	    {"text", plain_filter_members},
	    {"integer", plain_filter_members},
	    {"date", plain_filter_members},
	    {"enum", enum_filter_members},
	    {"objectId", object_filter_members},
	    {0},
	};

	return decode_variant(d, v, variants);
}

static bool
filters(struct decoder *d, const json_t *v)
{
	return decode_list(d, v, filter);
}

static const struct member set_property_members[] = {
    {"label", decode_string, true}, {"properties", decode_any, true}, {0}};
static const struct member delete_members[] = {{"label", decode_string, true}, {0}};
static const struct member query_members[] = {
    {"label", decode_string, true},
    {"objectName", decode_string, true},
    {"fieldName", decode_string, true},
    {0},
};
static const struct member view_members[] = {
    {"label", decode_string, true}, {"objectName", decode_string, true}, {0}};

static bool
mass_action(struct decoder *d, const json_t *v)
{
	static const struct variant variants[] = {
	    {"setProperty", set_property_members},
	    {"delete", delete_members},
	    {"separator", none},
	    {0},
	};

	return decode_variant(d, v, variants);
}

static bool
item_action(struct decoder *d, const json_t *v)
{
	static const struct variant variants[] = {
	    {"setProperty", set_property_members},
	    {"delete", delete_members},
	    {"separator", none},
	    {"query", query_members},
	    {"view", view_members},
	    {0},
	};

	return decode_variant(d, v, variants);
}

static bool
mass_actions(struct decoder *d, const json_t *v)
{
	return decode_list(d, v, mass_action);
}

static bool
item_actions(struct decoder *d, const json_t *v)
{
	return decode_list(d, v, item_action);
}

static bool
column(struct decoder *d, const json_t *v)
{
	static const struct member members[] = {
	    {"name", decode_string, true}, {"label", decode_string, true}, {0}};

	return decode_members(d, v, members);
}

static bool
columns(struct decoder *d, const json_t *v)
{
	return decode_list(d, v, column);
}

static bool
list(struct decoder *d, const json_t *v)
{
	static const struct member members[] = {
	    {"title", decode_string, true},
	    {"subtitle", decode_string, true},
	    {"labelProperty", decode_string, false},
	    {"singularName", decode_string, true},
	    {"pluralName", decode_string, true},
	    {"columns", columns, true},
	    {"filters", filters, false},
	    {"filtersStatic", defaults, false},
	    {"sort", decode_strings, false},
	    {"massActions", mass_actions, false},
	    {"itemActions", item_actions, false},
	    {0},
	};

	return decode_members(d, v, members);
}

/* --- the menu --- */

static decode sub_item; /* below the second level: {"type": "link", ...} */

static bool
sub_items(struct decoder *d, const json_t *v)
{
	return decode_list(d, v, sub_item);
}

static bool
sub_item(struct decoder *d, const json_t *v)
{
	static const struct member container[] = {
	    {"name", decode_string, true}, {"items", sub_items, true}, {0}};
	static const struct member link[] = {
	    {"name", decode_string, true}, {"viewName", decode_string, true}, {0}};
	static const struct variant variants[] = {
	    {"container", container}, {"link", link}, {0}};

	return decode_variant(d, v, variants);
}

static bool
container(struct decoder *d, const json_t *v)
{
	static const struct member members[] = {
	    {"name", decode_string, true},
	    {"icon", decode_string, true},
	    {"items", sub_items, true},
	    {0},
	};

	return decode_members(d, v, members);
}

static bool
link(struct decoder *d, const json_t *v)
{
	static const struct member members[] = {
	    {"name", decode_string, true},
	    {"icon", decode_string, true},
	    {"viewName", decode_string, true},
	    {0},
	};

	return decode_members(d, v, members);
}

/* The second level: {"link": {...}} or {"container": {...}}. */
static bool
layout_item(struct decoder *d, const json_t *v)
{
	static const struct member members[] = {
	    {"container", container, false}, {"link", link, false}, {0}};

	return (json_object_size(v) == 1 || decode_fail(d, "it is not one of the two")) &&
	    decode_members(d, v, members);
}

static bool
layout_items(struct decoder *d, const json_t *v)
{
	return decode_list(d, v, layout_item);
}

static bool
layout(struct decoder *d, const json_t *v)
{
	static const struct member members[] = {
	    {"name", decode_string, true},
	    {"icon", decode_string, true},
	    {"items", layout_items, true},
	    {0},
	};

	return decode_members(d, v, members);
}

/* --- the whole --- */

static bool
objects(struct decoder *d, const json_t *v)
{
	return decode_map(d, v, object_type);
}

static bool
schemas(struct decoder *d, const json_t *v)
{
	return decode_map(d, v, object_schema);
}

static bool
all_fields(struct decoder *d, const json_t *v)
{
	return decode_map(d, v, fields);
}

static bool
forms(struct decoder *d, const json_t *v)
{
	return decode_map(d, v, form);
}

static bool
lists(struct decoder *d, const json_t *v)
{
	return decode_map(d, v, list);
}

static bool
enums(struct decoder *d, const json_t *v)
{
	return decode_map(d, v, enum_variants);
}

/* There are none here. */
static bool
dashboards(struct decoder *d, const json_t *v)
{
	return json_array_size(v) == 0 ? decode_list(d, v, decode_any)
				       : decode_fail(d, "a dashboard is not known here");
}

static bool
layouts(struct decoder *d, const json_t *v)
{
	return decode_list(d, v, layout);
}

static bool
schema(struct decoder *d, const json_t *v)
{
	static const struct member members[] = {
	    {"objects", objects, true},
	    {"schemas", schemas, true},
	    {"fields", all_fields, true},
	    {"forms", forms, true},
	    {"lists", lists, true},
	    {"enums", enums, true},
	    {"dashboards", dashboards, true},
	    {"layouts", layouts, true},
	    {0},
	};

	return decode_members(d, v, members);
}

bool
decode_schema(const json_t *v, struct buf *why)
{
	return decode_document(v, schema, why);
}
