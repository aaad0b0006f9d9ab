/* model/text.c -- JSON text of single values. */
#include "model/text.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DIGITS_ENOUGH 17 /* every double reads back from so many */
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
	switch (json_typeof(v)) {
	case JSON_STRING:
		text_string(out, (struct str){json_string_value(v), json_string_length(v)});
		break;
	case JSON_INTEGER:
		buf_printf(out, "%" JSON_INTEGER_FORMAT, json_integer_value(v));
		break;
	case JSON_REAL:
		text_real(out, json_real_value(v));
		break;
	case JSON_TRUE:
		buf_puts(out, "true");
		break;
	case JSON_FALSE:
		buf_puts(out, "false");
		break;
	case JSON_NULL:
		buf_puts(out, "null");
		break;
	default:
		assert(!"a single value");
	}
}
