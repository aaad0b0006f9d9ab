/* json/read.c -- JSON text becomes a tree that keeps numbers as they were written.
 *
 * Jansson reads the text, in which the numbers that it would round or refuse have become
 * strings (json/number.h). */
#include "json/read.h"

#include <stdio.h>
#include <string.h>

#include "json/number.h"

#define MARK_COLUMNS 3 /* that a marked number is longer: two quotes and the mark */
#define MARK_ESCAPE "\\ufdd0"

static struct str
from(struct str s, size_t at)
{
	return (struct str){s.s + at, s.len - at};
}

/* The bytes of the string whose opening quote is at the beginning. */
static size_t
string_span(struct str s)
{
	size_t i = 1;

	for (; i < s.len && s.s[i] != '"'; i++)
		if (s.s[i] == '\\')
			i++;
	return i < s.len ? i + 1 : s.len;
}

/* The name of a member is no value: Jansson is to refuse a number there. */
static bool
is_name(struct str behind)
{
	size_t i = 0;

	while (i < behind.len && behind.s[i] != '\0' && strchr(" \t\r\n", behind.s[i]) != NULL)
		i++;
	return i < behind.len && behind.s[i] == ':';
}

static bool
begins_with_mark(struct str string)
{
	struct str inside = from(string, 1);

	return str_cut_prefix(&inside, NUMBER_MARK) ||
	    str_cut_prefix_nocase(&inside, MARK_ESCAPE);
}

/* Writes text with marked numbers to out, which stays empty if there are none.  NULL, or what
 * is wrong: a string has the mark already, or a NUL stands behind a number, where Jansson
 * passes over it. */
static const char *
mark_numbers(struct str text, struct buf *out)
{
	size_t done = 0, len;

	for (size_t i = 0; i < text.len; i += len) {
		struct str rest = from(text, i);

		if (rest.s[0] == '"') {
			len = string_span(rest);
			if (begins_with_mark(rest))
				return "a string begins with a noncharacter";
			continue;
		}
		if (rest.s[0] == '\0')
			return "there is a NUL byte outside a string";
		len = rest.s[0] == '-' || (rest.s[0] >= '0' && rest.s[0] <= '9')
		    ? number_span(rest)
		    : 1;
		if (len == 1 || !number_is_kept((struct str){rest.s, len}) ||
		    is_name(from(rest, len)))
			continue;
		buf_add(out, text.s + done, i - done);
		buf_puts(out, "\"" NUMBER_MARK);
		buf_add(out, rest.s, len);
		buf_putc(out, '"');
		done = i + len;
	}
	if (out->len > 0)
		buf_add_str(out, from(text, done));
	return NULL;
}

/* The place of an error in the text as it was before numbers were marked. */
static void
correct_column(const struct buf *marked, json_error_t *why)
{
	size_t end = why->position > 0 ? (size_t)why->position : 0;
	struct str line = {marked->s, end < marked->len ? end : marked->len};
	const char *start = memrchr(line.s, '\n', line.len);
	const char *mark;

	if (start != NULL)
		line = from(line, (size_t)(start + 1 - line.s));
	while (line.len > 0 &&
	    (mark = memmem(line.s, line.len, NUMBER_MARK, sizeof NUMBER_MARK - 1)) != NULL) {
		why->column -= MARK_COLUMNS;
		line = from(line, (size_t)(mark + 1 - line.s));
	}
}

json_t *
json_read(struct str text, size_t flags, json_error_t *why)
{
	struct buf marked = {0};
	json_error_t unused;
	const char *wrong;
	json_t *v = NULL;

	if (why == NULL)
		why = &unused;
	*why = (json_error_t){.line = 1};
	if (text.s == NULL)
		text = STR("");
	wrong = mark_numbers(text, &marked);
	if (wrong != NULL) {
		snprintf(why->text, sizeof why->text, "%s", wrong);
		goto out;
	}
	if (marked.len > 0)
		text = buf_str(&marked);
	v = json_loadb(text.s, text.len, flags, why);
	if (v == NULL && marked.len > 0)
		correct_column(&marked, why);
out:
	buf_free(&marked);
	return v;
}
