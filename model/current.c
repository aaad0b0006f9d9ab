/* model/current.c -- whether stored text has all that the tables have now. */
#include "model/record.h"

static bool skip_value(const struct field *f, struct str *s);

static void
skip_string(struct str *s)
{
	size_t i = 1;

	while (i < s->len && s->s[i] != '"')
		i += s->s[i] == '\\' ? 2 : 1;
	i = i < s->len ? i + 1 : s->len;
	*s = (struct str){s->s + i, s->len - i};
}

/* Up to what ends a number, true, false or null. */
static void
skip_word(struct str *s)
{
	while (s->len > 0 && s->s[0] != ',' && s->s[0] != '}' && s->s[0] != ']')
		*s = (struct str){s->s + 1, s->len - 1};
}

/* Takes the name of f and its colon off. */
static bool
skip_name(const struct field *f, bool first, struct str *s)
{
	return str_cut_prefix(s, first ? "\"" : ",\"") && str_cut_prefix(s, f->name) &&
	    str_cut_prefix(s, "\":");
}

/* Calls itself through skip_value(), as deep as the tables nest and no deeper. */
static bool
skip_object(const struct type *t, struct str *s)
{
	if (!str_cut_prefix(s, "{"))
		return false;
	for (const struct field *f = t->fields; f->name != NULL; f++)
		if (!skip_name(f, f == t->fields, s) || !skip_value(f, s))
			return false;
	return str_cut_prefix(s, "}");
}

static bool
skip_one(const struct field *f, struct str *s)
{
	if (s->len > 0 && s->s[0] == '{')
		return f->type != NULL && skip_object(f->type, s);
	if (s->len > 0 && s->s[0] == '"')
		skip_string(s);
	else
		skip_word(s);
	return true;
}

static bool
skip_value(const struct field *f, struct str *s)
{
	if (f->shape == ONE)
		return skip_one(f, s);
	if (!str_cut_prefix(s, "["))
		return false;
	while (s->len > 0 && s->s[0] != ']') {
		if (!skip_one(f, s))
			return false;
		str_cut_prefix(s, ",");
	}
	return str_cut_prefix(s, "]");
}

bool
model_is_current(const struct type *t, struct str text)
{
	return skip_object(t, &text) && text.len == 0;
}
