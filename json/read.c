/* json/read.c -- parses JSON text into a tree that keeps numbers as they were written.
 *
 * Numbers that Jansson would round or refuse are turned into strings (json/number.h) before
 * Jansson parses the text. */
#include "json/read.h"

#include <stdio.h>
#include <string.h>

#include "json/number.h"

#define MARK_COLUMNS 3 /* a marked number is this much longer: two quotes and the mark */
#define MARK_ESCAPE "\\ufdd0"

static struct str
from(struct str s, size_t at)
{
	return (struct str){s.s + at, s.len - at};
}

/* Returns the length of the string at the beginning of s, with its quotes. */
static size_t
string_span(struct str s)
{
	size_t i = 1;

	for (; i < s.len && s.s[i] != '"'; i++)
		if (s.s[i] == '\\')
			i++;
	return i < s.len ? i + 1 : s.len;
}

/* Whether a colon follows.  A number as the name of a member is left as it is, so that Jansson
 * refuses it. */
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

/* Writes text with marked numbers to out; leaves out empty if there are none to mark.  Returns
 * NULL, or what is wrong with text: a string begins with the mark, or a NUL follows a number,
 * which Jansson would ignore. */
static const char *
mark_numbers(struct str text, struct buf *out)
{
	size_t done = 0, len;

	for (size_t i = 0; i < text.len; i += len) {
		struct str rest = from(text, i);

		if (rest.s[0] == '"') {
			len = string_span(rest);
			if (begins_with_mark(rest))
				return "a string begins with the noncharacter U+FDD0";
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

/* Changes the column of an error to that in the text without marks. */
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
