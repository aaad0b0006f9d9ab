/* json/text.c -- writes JSON text. */
#include "json/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json/number.h"

#define DIGITS_ENOUGH 17 /* this many digits give back every double */
#define REAL_MAX 32      /* bytes of "-2.2250738585072014e-308" and its NUL, rounded up */

static void
escape(struct buf *out, unsigned char c)
{
	static const char letters[] = {['\b'] = 'b',
	    ['\t'] = 't',
	    ['\n'] = 'n',
	    ['\f'] = 'f',
	    ['\r'] = 'r',
	    ['"'] = '"',
	    ['\\'] = '\\'};

	if (c < sizeof letters && letters[c] != '\0')
		buf_printf(out, "\\%c", letters[c]);
	else
		buf_printf(out, "\\u%04x", c);
}

void
text_string(struct buf *out, struct str s)
{
	size_t done = 0;

	buf_putc(out, '"');
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.s[i];

		if (c >= 0x20 && c != '"' && c != '\\')
			continue;
		buf_add(out, s.s + done, i - done);
		escape(out, c);
		done = i + 1;
	}
	if (done < s.len)
		buf_add(out, s.s + done, s.len - done);
	buf_putc(out, '"');
}

void
text_real(struct buf *out, double n)
{
	char text[REAL_MAX];

	for (int digits = DIGITS_ENOUGH - 2; digits <= DIGITS_ENOUGH; digits++) {
		snprintf(text, sizeof text, "%.*g", digits, n);
		if (strtod(text, NULL) == n)
			break;
	}
	buf_puts(out, text);
	if (strpbrk(text, ".e") == NULL)
		buf_puts(out, ".0");
}

void
text_scalar(struct buf *out, const json_t *v)
{
	static const char *const names[] = {
	    [JSON_TRUE] = "true", [JSON_FALSE] = "false", [JSON_NULL] = "null"};

	if (number_is(v))
		number_text(v, out);
	else if (json_is_string(v))
		text_string(out, (struct str){json_string_value(v), json_string_length(v)});
	else
		buf_puts(out, names[json_typeof(v)]);
}

static bool
add_array(struct buf *out, const json_t *v, size_t max)
{
	size_t i;
	json_t *one;

	buf_putc(out, '[');
	json_array_foreach(v, i, one) {
		if (i > 0)
			buf_putc(out, ',');
		if (!text_tree(out, one, max))
			return false;
	}
	buf_putc(out, ']');
	return true;
}

static bool
add_object(struct buf *out, const json_t *v, size_t max)
{
	const char *between = "", *name;
	json_t *one;

	buf_putc(out, '{');
	json_object_foreach((json_t *)v, name, one) {
		buf_puts(out, between);
		text_string(out, str_of(name));
		buf_putc(out, ':');
		if (!text_tree(out, one, max))
			return false;
		between = ",";
	}
	buf_putc(out, '}');
	return true;
}

/* Recursive, at most to the depth that Jansson allows: JSON_PARSER_MAX_DEPTH. */
bool
text_tree(struct buf *out, const json_t *v, size_t max)
{
	if (json_is_array(v) ? !add_array(out, v, max)
			     : json_is_object(v) && !add_object(out, v, max))
		return false;
	if (!json_is_array(v) && !json_is_object(v))
		text_scalar(out, v);
	return out->len <= max;
}
