/* jmap/ijson.c -- JSON as strangers may send it: I-JSON (RFC 7493). */
#include "jmap/ijson.h"

#include "jmap/arguments.h"
#include "json/number.h"
#include "json/read.h"

/* Jansson's tree of an ordinary report takes some eleven times the bytes of its text; that of
 * "{},{},{}" would take eighty times.  A tree may be so many times the largest request,
 * whatever the size of the request that it is of. */
#define TREE_BYTES_PER_BYTE 12

/* Bytes that Jansson 2.14 allocates for what begins with each byte, with malloc's own on 64
 * bits. */
static const unsigned tree_bytes[256] = {
    ['{'] = 224, /* the object, and its first buckets */
    ['['] = 128, /* the array, and room for eight */
    ['"'] = 80,  /* a string and its text, or a member and its name */
    [':'] = 24,  /* a member's share of the buckets */
    [','] = 12,  /* an element's place */
};
#define NUMBER_TREE_BYTES 32

/* Of a number (json/number.h): an integer, or a string with its text. */
static size_t
number_bytes(struct str number)
{
	return number_is_kept(number) ? tree_bytes['"'] + number.len : NUMBER_TREE_BYTES;
}

size_t
ijson_weight(struct str text)
{
	const unsigned char *s = (const unsigned char *)text.s;
	size_t size = 0;
	bool in_string = false;

	for (size_t i = 0; i < text.len; i++) {
		if (in_string) {
			size++;
			if (s[i] == '\\')
				i++;
			else if (s[i] == '"')
				in_string = false;
			continue;
		}
		size += tree_bytes[s[i]];
		in_string = s[i] == '"';
		if (s[i] == '-' || (s[i] >= '0' && s[i] <= '9')) {
			struct str number = {text.s + i, text.len - i};

			number.len = number_span(number);
			size += number_bytes(number);
			i += number.len - 1;
		}
	}
	return size / TREE_BYTES_PER_BYTE;
}

/* U+FDD0 to U+FDEF, and the last two of every plane.  s is valid UTF-8. */
static bool
has_noncharacter(struct str s)
{
	const unsigned char *c = (const unsigned char *)s.s;

	for (size_t i = 0; i + 2 < s.len; i++) {
		if (c[i] == 0xef && c[i + 1] == 0xb7 && c[i + 2] >= 0x90 && c[i + 2] <= 0xaf)
			return true;
		/* U+xFFFE and U+xFFFF: 1111 1111 1111 111x spread over the last three bytes. */
		if ((c[i] == 0xef || (i > 0 && c[i - 1] >= 0xf0 && (c[i] & 0x0f) == 0x0f)) &&
		    c[i + 1] == 0xbf && c[i + 2] >= 0xbe)
			return true;
	}
	return false;
}

static bool
is_interchangeable(const json_t *v)
{
	const char *name;
	json_t *one;
	size_t i;

	json_object_foreach((json_t *)v, name, one)
		if (has_noncharacter(str_of(name)) || !is_interchangeable(one))
			return false;
	json_array_foreach(v, i, one)
		if (!is_interchangeable(one))
			return false;
	return !string_is(v) || !has_noncharacter(json_str(v));
}

bool
ijson_parse(struct str text, size_t max_size, json_t **v, struct err *e)
{
	const size_t flags = JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL | JSON_DECODE_ANY;
	json_error_t why = {0};

	if (ijson_weight(text) > max_size)
		return err_set_limit(e, "maxSizeRequest",
		    "There are too many small values in one request; send it in parts");
	*v = json_read(text, flags, &why);
	if (*v == NULL)
		return err_set(e, ERR_NOT_JSON, "Line %d, column %d: %.150s", why.line,
		    why.column, why.text);
	if (is_interchangeable(*v))
		return true;
	json_decref(*v);
	*v = NULL;
	return err_set(e, ERR_NOT_JSON, "A string holds a Unicode noncharacter");
}
