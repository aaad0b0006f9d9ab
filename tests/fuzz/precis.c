/* tests/fuzz/precis.c -- names and passwords in any bytes: a normal form is one for good. */
#include <stdint.h>
#include <stdlib.h>
#include <unistr.h>

#include "login/precis.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef const char *normalise(struct str text, struct buf *out);

/* What is wrong is said, and leaves out as it was; what is right is UTF-8, and is its own
 * normal form. */
static void
check(normalise *of, struct str text, size_t growth)
{
	struct buf once = {0}, twice = {0};

	if (of(text, &once) != NULL) {
		if (once.len != 0)
			abort();
	} else if (once.len > growth * text.len ||
	    u8_check((const uint8_t *)once.s, once.len) != NULL ||
	    of(buf_str(&once), &twice) != NULL || !str_equal(buf_str(&once), buf_str(&twice))) {
		abort();
	}
	buf_free(&once);
	buf_free(&twice);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct str text = {(const char *)data, size};

	check(precis_password, text, PRECIS_GROWTH);
	check(precis_name, text, 2 * PRECIS_GROWTH); /* small letters may be longer too */
	return 0;
}
