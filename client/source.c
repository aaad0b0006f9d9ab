/* client/source.c -- an object after the other. */
#include "client/source.h"

#include <errno.h>
#include <string.h>

#include "json/read.h"

/* The next character that is no blank stays in the stream; EOF at its end. */
static int
peek(FILE *f)
{
	int c;

	do
		c = getc(f);
	while (c == ' ' || c == '\t' || c == '\r' || c == '\n');
	return c == EOF ? EOF : ungetc(c, f);
}

static bool
refuse(const struct source *s, const char *why, struct err *e)
{
	if (ferror(s->file))
		return err_set(
		    e, ERR_INVALID_ARGUMENTS, "cannot read %s: %s", s->name, strerror(errno));
	return err_set(e, ERR_INVALID_ARGUMENTS, "%s, object %zu: %s", s->name, s->n + 1, why);
}

static bool
end(struct source *s, struct err *e)
{
	if (s->n == 0)
		return err_set(e, ERR_INVALID_ARGUMENTS, "%s has no object in it", s->name);
	s->state = SOURCE_END;
	return true;
}

/* Whatever stands before an object.  At the end *more is false. */
static bool
begin(struct source *s, bool *more, struct err *e)
{
	int c = peek(s->file);

	*more = false;
	if (s->state == SOURCE_START) {
		s->state = c == '[' ? SOURCE_ARRAY : SOURCE_LINES;
		if (c == '[') {
			getc(s->file);
			c = peek(s->file);
		}
	} else if (s->state == SOURCE_ARRAY && c == ',') {
		getc(s->file);
		if (peek(s->file) == ']')
			return refuse(s, "there is a comma and no object", e);
		c = peek(s->file);
	} else if (s->state == SOURCE_ARRAY && c != ']')
		return refuse(s, "there is no comma before it", e);
	if (s->state == SOURCE_ARRAY && c == ']') {
		getc(s->file);
		return peek(s->file) == EOF
		    ? end(s, e)
		    : refuse(s, "there is something behind the array", e);
	}
	if (s->state == SOURCE_LINES && c == EOF)
		return ferror(s->file) ? refuse(s, "", e) : end(s, e);
	*more = true;
	return c == '{' || refuse(s, c == EOF ? "the array does not end" : "this is none", e);
}

/* Up to the brace or bracket that closes the first one, or to the end of the stream. */
static void
take_object(FILE *f, struct buf *text)
{
	bool in_string = false;
	size_t depth = 0;
	int c;

	while ((c = getc(f)) != EOF) {
		buf_putc(text, (char)c);
		if (c == '"')
			in_string = !in_string;
		else if (in_string && c == '\\' && (c = getc(f)) != EOF)
			buf_putc(text, (char)c);
		else if (!in_string && (c == '{' || c == '['))
			depth++;
		else if (!in_string && (c == '}' || c == ']') && --depth == 0)
			return;
	}
}

bool
source_next(struct source *s, json_t **object, struct err *e)
{
	struct buf text = {0};
	json_error_t why;
	bool more;

	*object = NULL;
	if (s->state == SOURCE_END)
		return true;
	if (!begin(s, &more, e))
		return false;
	if (!more)
		return true;
	take_object(s->file, &text);
	*object = json_read(buf_str(&text), JSON_REJECT_DUPLICATES, &why);
	buf_free(&text);
	if (*object == NULL)
		return refuse(s, why.text, e);
	s->n++;
	return true;
}
