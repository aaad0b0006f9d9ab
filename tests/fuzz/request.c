/* tests/fuzz/request.c -- any bytes as a JMAP Request, on both faces, with nobody at the
 * store's socket.  Whatever comes back is JSON. */
#include <jansson.h>
#include <stdlib.h>

#include "jmap/jmap.h"
#include "json/read.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_json(const struct buf *text)
{
	json_t *v = json_read(
	    (struct str){text->s, text->len}, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, NULL);

	if (v == NULL)
		abort();
	json_decref(v);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct principal p = {.subject = "fuzzer", .permissions = ~(permissions)0};
	const struct clock clock = {0};
	struct jmap j = {.clock = &clock, .limits = &limits_default};

	store_open(&j.store, "/nonexistent/store.sock", 0);
	for (enum face face = FACE_ARRAYS; face <= FACE_MAPS; face++) {
		const struct jmap_request r = {
		    .body = {(const char *)data, size},
		    .face = face,
		    .principal = &p,
		    .request_id = STR("fuzz"),
		};
		struct jmap_done done = {0};
		struct err e = {0};
		struct buf out = {0};

		if (!jmap_request(&j, &r, &out, &done, &e))
			jmap_problem(&e, &out);
		check_json(&out);
		buf_free(&out);
	}
	store_close(&j.store);
	return 0;
}
