/* jmap/write.c -- answers are written as JSON text. */
#include "jmap/write.h"

#include "base/id.h"
#include "jmap/state.h"
#include "json/text.h"

void
write_comma(struct buf *b)
{
	char last = b->len > 0 ? b->s[b->len - 1] : '{';

	if (last != '{' && last != '[')
		buf_putc(b, ',');
}

static bool
is_utf8(const char *s)
{
	json_t *v = json_string(s);

	json_decref(v);
	return v != NULL;
}

void
write_sentence(struct buf *b, const char *s)
{
	bool whole = is_utf8(s);
	struct buf text = {0};

	for (const char *c = s; *c != '\0'; c++)
		buf_putc(&text, whole || (unsigned char)*c < 0x80 ? *c : '?');
	text_string(b, buf_str(&text));
	buf_free(&text);
}

void
write_member(struct buf *b, struct str name)
{
	write_comma(b);
	text_string(b, name);
	buf_putc(b, ':');
}

void
write_name(struct buf *b, const char *name)
{
	write_member(b, str_of(name));
}

void
write_id(struct buf *b, const struct type *t, uint64_t id)
{
	char text[ID_LEN + 1];

	id_format(t->letter, id, text);
	buf_printf(b, "\"%s\"", text);
}

void
write_ids(struct buf *b, const struct type *t, const uint64_t *ids, size_t n)
{
	buf_putc(b, '[');
	for (size_t i = 0; i < n; i++) {
		write_comma(b);
		write_id(b, t, ids[i]);
	}
	buf_putc(b, ']');
}

void
write_state(struct buf *b, struct state s)
{
	char text[STATE_MAX + 1];

	state_format(s, text);
	buf_printf(b, "\"%s\"", text);
}
