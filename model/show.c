/* model/show.c -- from what is stored to what a client sees. */
#include "model/record.h"
#include "json/number.h"
#include "json/text.h"

static void show_object(const struct type *t, const json_t *v, enum face face, struct buf *out);

/* How each face begins and ends a set or list. */
static const char *const brackets[] = {
    [FACE_ARRAYS] = "[]",
    [FACE_MAPS] = "{}",
};

static void
show_one(const struct field *f, const json_t *v, enum face face, struct buf *out)
{
	if (json_is_object(v))
		show_object(f->type, v, face, out);
	else
		text_scalar(out, v);
}

/* "a@b" on one face, "a@b":true on the other. */
static void
show_member(const json_t *v, enum face face, struct buf *out)
{
	/* A key is a string, also where the member is a number. */
	const char *quote = face == FACE_MAPS && !string_is(v) ? "\"" : "";

	buf_puts(out, quote);
	text_scalar(out, v);
	buf_puts(out, quote);
	if (face == FACE_MAPS)
		buf_puts(out, ":true");
}

static void
show_item(const struct field *f, const json_t *v, size_t i, enum face face, struct buf *out)
{
	if (face == FACE_MAPS)
		buf_printf(out, "\"%zu\":", i);
	show_one(f, v, face, out);
}

/* What a record lacks that was stored before there was such a field. */
static void
show_default(const struct field *f, struct buf *out)
{
	const char *text = model_default(f);

	buf_puts(out, text != NULL ? text : "null");
}

static void
show_value(const struct field *f, const json_t *v, enum face face, struct buf *out)
{
	json_t *item;
	size_t i;

	if (f->shape == ONE && v == NULL) {
		show_default(f, out);
		return;
	}
	if (f->shape == ONE) {
		show_one(f, v, face, out);
		return;
	}
	buf_putc(out, brackets[face][0]);
	json_array_foreach(v, i, item) {
		if (i > 0)
			buf_putc(out, ',');
		if (f->shape == SET)
			show_member(item, face, out);
		else
			show_item(f, item, i, face, out);
	}
	buf_putc(out, brackets[face][1]);
}

void
model_show(
    const struct type *t, const json_t *v, uint64_t wanted, enum face face, struct buf *out)
{
	const char *between = "";

	for (size_t i = 0; t->fields[i].name != NULL; i++) {
		const struct field *f = &t->fields[i];

		if ((wanted >> i & 1) == 0)
			continue;
		buf_puts(out, between);
		buf_printf(out, "\"%s\":", f->name);
		show_value(f, json_object_get(v, f->name), face, out);
		between = ",";
	}
}

static void
show_object(const struct type *t, const json_t *v, enum face face, struct buf *out)
{
	buf_putc(out, '{');
	model_show(t, v, MODEL_ALL_FIELDS, face, out);
	buf_putc(out, '}');
}
