/* client/source.c -- reads a stream of JSON objects one at a time. */
#include "client/source.h"

#include <errno.h>
#include <string.h>

#include "json/read.h"

/* The next character that is not white space, which stays in the stream; EOF at the end. */
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

/* First bytes of files that are not JSON, and what the user should pass instead. */
static const struct {
	int byte;
	const char *is;
} foreign[] = {
    {'<', "is XML (or HTML)"},
    {0x1f, "is compressed, with gzip perhaps: unpack it first"},
    {'P', "is a zip file perhaps: unpack it first"},
    {'B', "is compressed, with bzip2 perhaps: unpack it first"},
    {0x28, "is compressed, with zstd perhaps: unpack it first"},
    {0xff, "is UTF-16, and JSON is UTF-8"},
    {0xfe, "is UTF-16, and JSON is UTF-8"},
};

/* Fails: c stands where an object should begin. */
static bool
refuse_start(const struct source *s, int c, struct err *e)
{
	char why[64];

	if (ferror(s->file))
		return refuse(s, "", e);
	for (size_t i = 0; s->n == 0 && i < sizeof foreign / sizeof foreign[0]; i++)
		if (c == foreign[i].byte)
			return err_set(e, ERR_INVALID_ARGUMENTS,
			    "%s %s; wanted are reports as JSON objects: one, an array of them, "
			    "or "
			    "one behind the other, as `outboxctl get --json` writes them and "
			    "`outboxctl describe` explains them",
			    s->name, foreign[i].is);
	if (c == EOF)
		return refuse(s, "the array does not end with ]", e);
	snprintf(why, sizeof why,
	    c > ' ' && c < 0x7f ? "it begins with %c, and not with {"
				: "it begins with byte 0x%02x, and not with {",
	    c);
	return refuse(s, why, e);
}

/* Skips a UTF-8 byte order mark, which some programs write.  False for an incomplete one. */
static bool
skip_mark(FILE *f)
{
	static const int mark[] = {0xef, 0xbb, 0xbf};
	size_t n = 0;
	int c = getc(f);

	while (n < sizeof mark / sizeof mark[0] && c == mark[n]) {
		c = getc(f);
		n++;
	}
	if (c != EOF)
		ungetc(c, f);
	return n == 0 || n == sizeof mark / sizeof mark[0];
}

static bool
end(struct source *s, struct err *e)
{
	if (s->n == 0)
		return err_set(e, ERR_INVALID_ARGUMENTS, "%s has no object in it", s->name);
	s->state = SOURCE_END;
	return true;
}

/* Skips to the next object.  At the end of the stream sets *more to false. */
static bool
begin(struct source *s, bool *more, struct err *e)
{
	int c;

	*more = false;
	if (s->state == SOURCE_START && !skip_mark(s->file))
		return refuse_start(s, 0xef, e);
	c = peek(s->file);
	if (s->state == SOURCE_START) {
		s->state = c == '[' ? SOURCE_ARRAY : SOURCE_LINES;
		if (c == '[') {
			getc(s->file);
			c = peek(s->file);
		}
	} else if (s->state == SOURCE_ARRAY && c == ',') {
		getc(s->file);
		if (peek(s->file) == ']')
			return refuse(s, "there is a comma, and no object behind it", e);
		c = peek(s->file);
	} else if (s->state == SOURCE_ARRAY && c != ']')
		return refuse(s, "there is no comma before it", e);
	if (s->state == SOURCE_ARRAY && c == ']') {
		getc(s->file);
		return peek(s->file) == EOF ? end(s, e)
					    : refuse(s, "something follows the array", e);
	}
	if (s->state == SOURCE_LINES && c == EOF)
		return ferror(s->file) ? refuse(s, "", e) : end(s, e);
	*more = true;
	return c == '{' || refuse_start(s, c, e);
}

/* Appends text up to the brace or bracket that closes the first one, or to the end. */
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
