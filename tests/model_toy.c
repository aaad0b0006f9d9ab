/* tests/model_toy.c -- a small type that has every shape and flag, for short tests. */
#include "tests/model_toy.h"

#include "json/read.h"

#include <stdio.h>
#include <stdlib.h>

static const struct enumeration colour = {
    "Colour", (const struct enum_value[]){{"red", "Red"}, {"blue", "Blue"}, {0}}};

static const struct type item = {
    .name = "Item",
    .doc = "One of a part's items.",
    .fields =
	(const struct field[]){
	    {"n", KIND_UINT, .initial = "0", .label = "N", .doc = "A number"},
	    {"who", KIND_STRING, .flags = F_NULLABLE, .label = "Who", .doc = "A name"},
	    {"marks", KIND_ENUM, SET, .values = &colour, .label = "Marks", .doc = "Colours"},
	    {0},
	},
};

static const struct type part = {
    .name = "Part",
    .doc = "A part of a toy.",
    .fields =
	(const struct field[]){
	    {"title", KIND_STRING, .flags = F_REQUIRED, .label = "Title", .doc = "A title"},
	    {"version", KIND_FLOAT, .initial = "1.0", .label = "Version", .doc = "A version"},
	    {"note", KIND_STRING, .flags = F_NULLABLE, .label = "Note", .doc = "A note"},
	    {"items", KIND_OBJECT, LIST, .max_items = TOY_ITEMS_MAX, .type = &item,
		.label = "Items", .doc = "Items"},
	    {0},
	},
};

const struct type toy = {
    .name = "Toy",
    .doc = "A type for tests.",
    .fields =
	(const struct field[]){
	    {"tags", KIND_EMAIL, SET, .label = "Tags", .doc = "Addresses"},
	    {"ids", KIND_UINT, SET, .max_items = TOY_IDS_MAX, .label = "Ids", .doc = "Numbers"},
	    {"count", KIND_UINT, .initial = "7", .label = "Count", .doc = "A number"},
	    {"part", KIND_OBJECT, .flags = F_REQUIRED, .type = &part, .label = "Part",
		.doc = "The part"},
	    {"domain", KIND_DOMAIN, .flags = F_REQUIRED, .label = "Domain", .doc = "A domain"},
	    {0},
	},
};

json_t *
toy_parse(const char *text)
{
	json_error_t error;
	json_t *v = json_read(
	    str_of(text), JSON_DECODE_ANY | JSON_ALLOW_NUL | JSON_REJECT_DUPLICATES, &error);

	if (v == NULL) {
		fprintf(stderr, "not JSON: %s: %s\n", error.text, text);
		abort();
	}
	return v;
}

void
toy_problems(const struct problems *p, struct buf *out)
{
	if (p->patch)
		buf_puts(out, "invalidPatch\n");
	if (p->too_large)
		buf_puts(out, "tooLarge\n");
	for (size_t i = 0; i < p->n; i++)
		buf_printf(out, "%s: %s\n", p->list[i].path, p->list[i].want);
}

void
toy_record(const struct type *t, const json_t *v, struct buf *out)
{
	struct record r = {0};
	struct problems p = {0};

	if (model_record(t, v, 1 << 20, &r, &p))
		buf_add_str(out, buf_str(&r.text));
	else
		toy_problems(&p, out);
	record_free(&r);
	problems_free(&p);
	buf_terminate(out);
}
