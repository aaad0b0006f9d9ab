/* report/walk.c -- walks through canonical JSON text without parsing it into a tree. */
#include "report/walk.h"

#include <string.h>

static bool
starts(struct walk *w, struct str text, char open, char close)
{
	*w = (struct walk){.rest = text, .close = close};
	if (text.len < 2 || text.s[0] != open) {
		w->broken = true;
		return false;
	}
	w->rest.s++;
	w->rest.len--;
	return true;
}

void
walk_object(struct walk *w, struct str text)
{
	starts(w, text, '{', '}');
}

void
walk_array(struct walk *w, struct str text)
{
	starts(w, text, '[', ']');
}

/* Returns the length of the string at the start of s, with both quotes; 0 if it does not end.
 */
static size_t
string_len(struct str s)
{
	for (size_t i = 1; i < s.len; i++) {
		if (s.s[i] == '\\')
			i++;
		else if (s.s[i] == '"')
			return i + 1;
	}
	return 0;
}

/* Returns the length of the value at the start of s; 0 if it does not end. */
static size_t
value_len(struct str s)
{
	size_t depth = 0;

	for (size_t i = 0; i < s.len; i++) {
		char c = s.s[i];

		if (c == '"') {
			size_t n = string_len((struct str){s.s + i, s.len - i});

			if (n == 0)
				return 0;
			i += n - 1;
		} else if (c == '{' || c == '[') {
			depth++;
		} else if (depth == 0 && (c == ',' || c == '}' || c == ']')) {
			return i;
		} else if (c == '}' || c == ']') {
			depth--;
		}
	}
	return 0;
}

/* Removes the first n bytes from the rest and returns them. */
static struct str
take(struct walk *w, size_t n)
{
	struct str taken = {w->rest.s, n};

	w->rest.s += n;
	w->rest.len -= n;
	return taken;
}

static bool
breaks(struct walk *w)
{
	w->broken = true;
	return false;
}

/* Whether another item follows; skips the comma before it. */
static bool
next(struct walk *w)
{
	if (w->broken)
		return false;
	if (w->rest.len == 0)
		return breaks(w);
	if (w->rest.s[0] == ',')
		take(w, 1);
	return w->rest.len > 0 && w->rest.s[0] != w->close;
}

bool
walk_element(struct walk *w, struct str *value)
{
	size_t n;

	if (!next(w))
		return false;
	n = value_len(w->rest);
	if (n == 0)
		return breaks(w);
	*value = take(w, n);
	return true;
}

bool
walk_member(struct walk *w, struct str *name, struct str *value)
{
	size_t n;

	if (!next(w))
		return false;
	n = w->rest.s[0] == '"' ? string_len(w->rest) : 0;
	if (n == 0 || n == w->rest.len || w->rest.s[n] != ':')
		return breaks(w);
	*name = take(w, n);
	name->s++;
	name->len -= 2;
	take(w, 1);
	n = value_len(w->rest);
	if (n == 0)
		return breaks(w);
	*value = take(w, n);
	return true;
}
