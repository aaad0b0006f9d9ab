/* tests/fuzz/filter.c -- any JSON as a filter and as a sort; what is read goes into a frame as
 * it would on its way to the store, and is read again there. */
#include <jansson.h>
#include <stdlib.h>

#include "jmap/filter.h"
#include "storage/wire/protocol.h"
#include "json/read.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
send_filter(const struct filter *f)
{
	struct buf frame = {0};
	struct filter again;
	struct unpack u;

	pack_filter(&frame, f);
	u = unpack_of(buf_str(&frame));
	if (!unpack_filter(&u, &again) || !unpack_done(&u))
		abort();
	filter_free(&again);
	buf_free(&frame);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	json_t *v = json_read((struct str){(const char *)data, size}, JSON_ALLOW_NUL, NULL);

	for (size_t i = 0; v != NULL && model_types[i] != NULL; i++) {
		struct sort sort[SORT_MAX];
		struct err e = {0}, unsorted = {0};
		struct filter f;
		size_t n;

		if (filter_read(model_types[i], v, &f, &e))
			send_filter(&f);
		filter_free(&f);
		if (json_is_array(v))
			sort_read(model_types[i], v, sort, &n, &unsorted);
	}
	json_decref(v);
	return 0;
}
