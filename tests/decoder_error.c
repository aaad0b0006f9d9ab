/* tests/decoder_error.c -- SetErrors, as stalwart-cli reads them. */
#include <string.h>

#include "tests/decoder.h"

static bool
error_type(struct decoder *d, const json_t *v)
{
	static const char *const names[] = {"forbidden", "overQuota", "tooLarge", "rateLimit",
	    "notFound", "invalidPatch", "willDestroy", "invalidProperties", "singleton",
	    "alreadyExists", "objectIsLinked", "invalidForeignKey", "primaryKeyViolation",
	    "validationFailed", NULL};

	return decode_one_of(d, v, names);
}

static bool
object_id(struct decoder *d, const json_t *v)
{
	static const struct member members[] = {
	    {"object", decode_string, false}, {"id", decode_string, true}, {0}};

	return json_is_string(v) || decode_members(d, v, members);
}

static bool
object_ids(struct decoder *d, const json_t *v)
{
	return decode_list(d, v, object_id);
}

static const struct member invalid_members[] = {
    {"property", decode_string, true}, {"value", decode_string, true}, {0}};
static const struct member required_members[] = {{"property", decode_string, true}, {0}};
static const struct member length_members[] = {
    {"property", decode_string, true}, {"required", decode_uint, true}, {0}};
static const struct member value_members[] = {
    {"property", decode_string, true}, {"required", decode_integer, true}, {0}};

static bool
validation_error(struct decoder *d, const json_t *v)
{
	static const struct variant variants[] = {
	    {"Invalid", invalid_members},
	    {"Required", required_members},
	    {"MaxLength", length_members},
	    {"MinLength", length_members},
	    {"MaxValue", value_members},
	    {"MinValue", value_members},
	    {0},
	};

	return decode_variant(d, v, variants);
}

static bool
validation_errors(struct decoder *d, const json_t *v)
{
	return decode_list(d, v, validation_error);
}

/* The WebUI has no words of its own for some types: every error of ours has a description. */
static bool
set_error(struct decoder *d, const json_t *v)
{
	static const struct member members[] = {
	    {"type", error_type, true},
	    {"description", decode_string, true},
	    {"properties", decode_strings, false},
	    {"existingId", decode_string, false},
	    {"objectId", object_id, false},
	    {"linkedObjects", object_ids, false},
	    {"validationErrors", validation_errors, false},
	    {0},
	};

	return decode_members(d, v, members);
}

bool
decode_set_error(const json_t *v, struct buf *why)
{
	return decode_document(v, set_error, why);
}

/* --- all in a Response --- */

static bool
set_errors(struct decoder *d, const json_t *v)
{
	return json_is_null(v) || decode_map(d, v, set_error);
}

static bool
call_response(struct decoder *d, const json_t *v)
{
	static const char *const parts[] = {"notCreated", "notUpdated", "notDestroyed"};
	const char *name = json_string_value(json_array_get(v, 0));
	const json_t *answer = json_array_get(v, 1);

	if (name == NULL || strstr(name, "/set") == NULL)
		return true;
	for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
		if (!set_errors(d, json_object_get(answer, parts[i])))
			return false;
	return true;
}

static bool
response(struct decoder *d, const json_t *v)
{
	return decode_list(d, json_object_get(v, "methodResponses"), call_response);
}

bool
decode_response(const json_t *v, struct buf *why)
{
	return decode_document(v, response, why);
}
