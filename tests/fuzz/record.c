/* tests/fuzz/record.c -- any JSON as a record of each type: refused with reasons, or stored in
 * a form that is stored again as it is, on both faces. */
#include <assert.h>
#include <stdlib.h>

#include "model/record.h"
#include "json/read.h"

#define RECORD_MAX (1u << 20) /* bytes */

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static json_t *
parse(struct buf text)
{
	return json_read(
	    (struct str){text.s, text.len}, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, NULL);
}

/* What face shows of a stored record is the same record again, and nothing in it differs. */
static void
check_face(const struct type *t, const struct record *stored, enum face face)
{
	json_t *v = parse(stored->text), *shown;
	struct problems p = {0};
	struct record again = {0};
	struct buf text = {0};
	bool ok;

	assert(v != NULL);
	buf_putc(&text, '{');
	model_show(t, v, MODEL_ALL_FIELDS, face, &text);
	buf_putc(&text, '}');
	shown = parse(text);
	assert(shown != NULL);
	ok = model_record(t, shown, RECORD_MAX, &again, &p);
	assert(ok && str_equal(buf_str(&again.text), buf_str(&stored->text)));
	for (size_t i = 0; t->fields[i].name != NULL; i++)
		assert(!again.fields[i].differs && !again.fields[i].absent);
	record_free(&again);
	problems_free(&p);
	buf_free(&text);
	json_decref(v);
	json_decref(shown);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	json_t *v = json_read((struct str){(const char *)bytes, len},
	    JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, NULL);

	for (size_t i = 0; v != NULL && model_types[i] != NULL; i++) {
		struct problems p = {0};
		struct record r = {0};
		struct buf text = {0};
		bool ok = model_record(model_types[i], v, RECORD_MAX, &r, &p);

		assert(ok == (p.n == 0 && !p.too_large));
		if (ok) {
			check_face(model_types[i], &r, FACE_ARRAYS);
			check_face(model_types[i], &r, FACE_MAPS);
		}
		problems_describe(&p, &text);
		buf_free(&text);
		record_free(&r);
		problems_free(&p);
	}
	json_decref(v);
	return 0;
}
