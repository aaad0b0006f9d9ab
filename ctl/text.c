/* ctl/text.c -- escapes and measures text, and formats values. */
#include "ctl/text.h"

#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "json/number.h"
#include "json/text.h"

#define INDENT 2

/* True for characters that have no visible form, though some have a width: direction marks,
 * line separators, joiners and hidden characters. */
static bool
is_unseen(wchar_t c)
{
	static const struct {
		wchar_t first, last;
	} ranges[] = {
	    {0x00, 0x1f},
	    {0x7f, 0x9f},
	    {0xad, 0xad},
	    {0x61c, 0x61c},
	    {0x180e, 0x180e},
	    {0x200b, 0x200f},
	    {0x2028, 0x202e},
	    {0x2060, 0x206f},
	    {0xfeff, 0xfeff},
	    {0xfff9, 0xfffb},
	    {0xe0000, 0xe007f},
	};

	for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++)
		if (c >= ranges[i].first && c <= ranges[i].last)
			return true;
	return wcwidth(c) < 0;
}

/* Returns the length in bytes of the next character, which goes to *c. A byte that is not
 * UTF-8 counts as one character, and makes *c negative. */
static size_t
next_character(struct str s, wchar_t *c)
{
	mbstate_t state = {0};
	size_t n = mbrtowc(c, s.s, s.len, &state);

	if (n == (size_t)-1 || n == (size_t)-2) {
		*c = -1;
		return 1;
	}
	return n == 0 ? 1 : n;
}

void
text_escape(struct str s, struct buf *out)
{
	while (s.len > 0) {
		wchar_t c;
		size_t n = next_character(s, &c);

		if (c < 0 || (is_unseen(c) && c < 0x80))
			buf_printf(out, "\\x%02x", (unsigned char)s.s[0]);
		else if (is_unseen(c))
			buf_printf(out, "\\u%04x", (unsigned)c);
		else
			buf_add(out, s.s, n);
		s.s += n;
		s.len -= n;
	}
}

size_t
text_width(struct str s)
{
	size_t width = 0;

	while (s.len > 0) {
		wchar_t c;
		size_t n = next_character(s, &c);
		int columns = wcwidth(c);

		width += columns > 0 ? (size_t)columns : 0;
		s.s += n;
		s.len -= n;
	}
	return width;
}

/* --- values --- */

static bool
is_set(const json_t *v)
{
	const char *key;
	json_t *member;

	json_object_foreach((json_t *)v, key, member)
		if (!json_is_true(member))
			return false;
	return json_is_object(v);
}

static void
escape_json(const json_t *v, struct buf *out)
{
	struct buf text = {0};

	text_tree(&text, v, SIZE_MAX);
	text_escape(buf_str(&text), out);
	buf_free(&text);
}

void
text_value(const json_t *v, struct buf *out)
{
	const char *key;
	json_t *member;
	size_t start = out->len;

	if (is_set(v)) {
		json_object_foreach((json_t *)v, key, member) {
			buf_puts(out, out->len > start ? ", " : "");
			text_escape(str_of(key), out);
		}
	} else if (string_is(v))
		text_escape((struct str){json_string_value(v), json_string_length(v)}, out);
	else if (v != NULL && !json_is_null(v))
		escape_json(v, out);
}

static bool
is_in_one_line(const json_t *v)
{
	return !json_is_object(v) || is_set(v);
}

/* Recursion is bounded: the reader limited the nesting. */
static void
add_members(const json_t *object, int indent, struct buf *out)
{
	const char *key;
	json_t *v;

	json_object_foreach((json_t *)object, key, v) {
		buf_printf(out, "%*s", indent, "");
		text_escape(str_of(key), out);
		buf_putc(out, ':');
		if (is_in_one_line(v)) {
			buf_putc(out, ' ');
			text_value(v, out);
			while (out->s[out->len - 1] == ' ')
				out->len--;
			buf_putc(out, '\n');
		} else {
			buf_putc(out, '\n');
			add_members(v, indent + INDENT, out);
		}
	}
}

void
text_object(const json_t *object, struct buf *out)
{
	add_members(object, 0, out);
}

/* Appends JSON text with an escape for each character beyond ASCII. Such characters occur
 * only in strings. Those beyond U+FFFF take two escapes (RFC 8259, 7). */
static void
add_ascii(struct str json, struct buf *out)
{
	while (json.len > 0) {
		wchar_t c;
		size_t n = next_character(json, &c);

		if (c >= 0 && c < 0x80)
			buf_putc(out, (char)c);
		else if (c > 0xffff)
			buf_printf(out, "\\u%04X\\u%04X",
			    0xd800U | (unsigned)((c - 0x10000) >> 10),
			    0xdc00U | (unsigned)((c - 0x10000) & 0x3ff));
		else
			buf_printf(out, "\\u%04X", (unsigned)c);
		json.s += n;
		json.len -= n;
	}
}

void
text_json(const json_t *v, bool terminal, struct buf *out)
{
	struct buf text = {0};

	text_tree(&text, v, SIZE_MAX);
	if (terminal)
		add_ascii(buf_str(&text), out);
	else
		buf_add_str(out, buf_str(&text));
	buf_putc(out, '\n');
	buf_free(&text);
}

void
text_complain(const char *text)
{
	struct buf line = {0};

	text_escape(str_of(text), &line);
	fprintf(stderr, "outboxctl: %s\n", buf_terminate(&line));
	buf_free(&line);
}
