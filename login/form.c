/* login/form.c -- a strict parser of application/x-www-form-urlencoded. */
#include "login/form.h"

#include <ctype.h>
#include <sodium.h>
#include <string.h>

static int
hex_value(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = memchr(digits, tolower((unsigned char)c), sizeof digits - 1);

	return at == NULL ? -1 : (int)(at - digits);
}

/* Appends the decoded bytes to text, which has room for them. */
static bool
decode(struct str encoded, struct buf *text)
{
	for (size_t i = 0; i < encoded.len; i++) {
		char c = encoded.s[i];

		if (c == '%') {
			int high = i + 2 < encoded.len ? hex_value(encoded.s[i + 1]) : -1;
			int low = i + 2 < encoded.len ? hex_value(encoded.s[i + 2]) : -1;

			if (high < 0 || low < 0)
				return false;
			c = (char)(high << 4 | low);
			i += 2;
		} else if (c == '+') {
			c = ' ';
		}
		if (c == '\0')
			return false;
		buf_putc(text, c);
	}
	return true;
}

/* Returns the text before the first c, or all of it if there is no c.  *rest is then the text
 * after that c. */
static struct str
cut(struct str *rest, char c)
{
	const char *at = rest->len > 0 ? memchr(rest->s, c, rest->len) : NULL;
	struct str part = {rest->s, at == NULL ? rest->len : (size_t)(at - rest->s)};
	size_t taken = at == NULL ? part.len : part.len + 1;

	rest->s += taken;
	rest->len -= taken;
	return part;
}

static bool
is_new(const struct form *f, struct str name)
{
	for (size_t i = 0; i < f->n; i++)
		if (str_equal(f->fields[i].name, name))
			return false;
	return true;
}

static bool
add_field(struct form *f, struct str pair)
{
	struct str name = cut(&pair, '=');
	size_t name_at = f->text.len, value_at;

	if (f->n == FORM_FIELDS_MAX || !decode(name, &f->text))
		return false;
	value_at = f->text.len;
	if (!decode(pair, &f->text))
		return false;
	name = (struct str){f->text.s + name_at, value_at - name_at};
	if (!is_new(f, name))
		return false;
	f->fields[f->n].name = name;
	f->fields[f->n++].value = (struct str){f->text.s + value_at, f->text.len - value_at};
	return true;
}

bool
form_read(struct form *f, struct str encoded)
{
	*f = (struct form){0};
	if (encoded.len > FORM_BYTES_MAX)
		return false;
	buf_reserve(&f->text, encoded.len + 1); /* once: fields borrow from it */
	while (encoded.len > 0) {
		struct str pair = cut(&encoded, '&');

		if (pair.len > 0 && !add_field(f, pair)) {
			form_free(f);
			return false;
		}
	}
	return true;
}

void
form_free(struct form *f)
{
	if (f->text.s != NULL)
		sodium_memzero(f->text.s, f->text.len);
	buf_free(&f->text);
	*f = (struct form){0};
}

struct str
form_value(const struct form *f, const char *name)
{
	for (size_t i = 0; i < f->n; i++)
		if (str_is(f->fields[i].name, name) && f->fields[i].value.len > 0)
			return f->fields[i].value;
	return (struct str){0};
}

void
form_escape(struct buf *out, struct str text)
{
	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.s[i];

		if (c < 0x80 && (isalnum(c) || memchr("-._~", c, 4) != NULL))
			buf_putc(out, (char)c);
		else
			buf_printf(out, "%%%02X", c);
	}
}
