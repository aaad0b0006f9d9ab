/* model/pointer.c -- the steps of a JSON Pointer (RFC 6901). */
#include "model/pointer.h"

#include <string.h>

void
pointer_add_key(struct buf *pointer, struct str key)
{
	for (size_t i = 0; i < key.len; i++)
		if (key.s[i] == '~')
			buf_puts(pointer, "~0");
		else if (key.s[i] == '/')
			buf_puts(pointer, "~1");
		else
			buf_putc(pointer, key.s[i]);
}

bool
pointer_cut(struct str *pointer, struct str *step)
{
	const char *slash;

	if (pointer->s == NULL)
		return false;
	*step = *pointer;
	slash = memchr(pointer->s, '/', pointer->len);
	if (slash == NULL) {
		*pointer = (struct str){0};
	} else {
		step->len = (size_t)(slash - pointer->s);
		pointer->s += step->len + 1;
		pointer->len -= step->len + 1;
	}
	return true;
}

bool
pointer_unescape(struct str step, struct buf *key)
{
	for (size_t i = 0; i < step.len; i++) {
		char c = step.s[i];

		if (c == '~') {
			if (++i == step.len || (step.s[i] != '0' && step.s[i] != '1'))
				return false;
			c = step.s[i] == '0' ? '~' : '/';
		}
		buf_putc(key, c);
	}
	return true;
}
