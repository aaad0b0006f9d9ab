/* tests/fuzz/client.c -- what a server says to outboxctl, and what people type.
 *
 * A schema document, a newline, and then what is typed. */
#include <locale.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/filter.h"
#include "client/source.h"
#include "client/value.h"
#include "ctl/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
look_up(const struct catalog *cat, const char *typed)
{
	const char *const list[] = {typed, NULL};
	const char *type;
	struct err e = {0};

	if (!catalog_record(cat, "box", &type, &e))
		return;
	json_decref(value_patch(cat, type, list, &e));
	json_decref(value_object(cat, type, list, &e));
	json_decref(filter_where(cat, type, list, &e));
	json_decref(filter_sort(cat, type, typed, &e));
	json_decref(filter_fields(cat, type, typed, &e));
	json_decref(filter_columns(cat, type));
	catalog_type(cat, typed);
	catalog_enum(cat, typed);
}

/* What a terminal gets is in one line, and moves nothing. */
static void
show(struct str text)
{
	struct buf out = {0};

	setlocale(LC_CTYPE, "C.UTF-8");
	text_escape(text, &out);
	for (size_t i = 0; i < out.len; i++)
		if ((unsigned char)out.s[i] < ' ' || out.s[i] == 0x7f)
			abort();
	text_width(buf_str(&out));
	buf_free(&out);
}

static void
read_objects(struct str text)
{
	struct source s = {.name = "input"};
	struct err e = {0};
	json_t *object = NULL;

	if (text.len == 0)
		return;
	s.file = fmemopen((void *)text.s, text.len, "r");
	while (source_next(&s, &object, &e) && object != NULL) {
		struct buf out = {0};

		text_object(object, &out);
		buf_free(&out);
		json_decref(object);
	}
	fclose(s.file);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = {(const char *)data, size};
	const char *newline = size > 0 ? memchr(data, '\n', size) : NULL;
	struct catalog cat;
	struct err e = {0};

	show(text);
	read_objects(text);
	if (newline == NULL ||
	    !catalog_parse(&cat, (struct str){text.s, (size_t)(newline - text.s)}, &e))
		return 0;
	char *typed = str_dup((struct str){newline + 1, size - (size_t)(newline - text.s) - 1});
	look_up(&cat, typed);
	free(typed);
	catalog_free(&cat);
	return 0;
}
