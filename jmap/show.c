/* jmap/show.c -- a stored record as a client sees it. */
#include "jmap/show.h"

#include "jmap/write.h"
#include "json/read.h"

static bool
show_parsed(const struct type *t, struct str body, uint64_t wanted, enum face face,
    struct buf *out, struct err *e)
{
	json_t *v = json_read(body, 0, NULL);

	if (v == NULL)
		return err_set(e, ERR_SERVER_FAIL, "A stored record cannot be read");
	model_show(t, v, wanted, face, out);
	json_decref(v);
	return true;
}

/* A whole record of the present fields is stored as FACE_ARRAYS shows it, and need not be
 * parsed.  One that is older lacks fields, of which the defaults are shown (RFC 8620, 5.1). */
bool
show_body(const struct type *t, struct str body, uint64_t wanted, enum face face,
    struct buf *out, struct err *e)
{
	if (wanted == 0)
		return true;
	if (face != FACE_ARRAYS || wanted != MODEL_ALL_FIELDS || !model_is_current(t, body))
		return show_parsed(t, body, wanted, face, out, e);
	buf_add(out, body.s + 1, body.len - 2);
	return true;
}

bool
show_record(const struct type *t, const struct record *r, uint64_t wanted, enum face face,
    struct buf *out, struct err *e)
{
	if (wanted == 0)
		return true;
	if (face != FACE_ARRAYS)
		return show_parsed(t, buf_str(&r->text), wanted, face, out, e);
	for (size_t i = 0; t->fields[i].name != NULL; i++) {
		if (!(wanted >> i & 1))
			continue;
		write_name(out, t->fields[i].name);
		buf_add(out, r->text.s + r->fields[i].at, r->fields[i].len);
	}
	return true;
}
