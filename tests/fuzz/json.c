/* tests/fuzz/json.c -- any bytes as JSON: what Jansson reads is read, what is read is written
 * so that it reads the same, and each number has one value. */
#include <assert.h>
#include <string.h>

#include "json/number.h"
#include "json/read.h"
#include "json/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_number(const json_t *v)
{
	uint64_t u = 0, smaller;
	int64_t i = 0;

	if (number_to_u64(v, UINT64_MAX, &u)) {
		assert(number_is_integer(v));
		assert(u == 0 || !number_to_u64(v, u - 1, &smaller));
		assert(u > INT64_MAX || (number_to_i64(v, INT64_MAX, &i) && i == (int64_t)u));
	}
}

static void
check_numbers(const json_t *v)
{
	const char *name;
	json_t *one;
	size_t i;

	json_object_foreach((json_t *)v, name, one)
		check_numbers(one);
	json_array_foreach(v, i, one)
		check_numbers(one);
	if (number_is(v))
		check_number(v);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const size_t flags = JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL | JSON_DECODE_ANY;
	struct str text = {(const char *)data, size};
	json_t *plain = json_loadb(text.s, text.len, flags, NULL);
	json_t *v = json_read(text, flags, NULL), *again;
	struct buf out = {0};

	/* A string that begins with the mark, be it escaped, is refused, and a NUL anywhere. */
	assert(v != NULL || plain == NULL || memchr(data, '\0', size) != NULL ||
	    memmem(data, size, NUMBER_MARK, 3) != NULL ||
	    memmem(data, size, "\"\\u", 3) != NULL);
	if (v != NULL) {
		check_numbers(v);
		assert(text_tree(&out, v, SIZE_MAX));
		again = json_read(buf_str(&out), flags, NULL);
		assert(again != NULL && json_equal(v, again));
		json_decref(again);
	}
	buf_free(&out);
	json_decref(plain);
	json_decref(v);
	return 0;
}
