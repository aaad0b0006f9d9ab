/* jmap/set_answer.c -- what a Foo/set answers, and SetErrors (RFC 8620, 5.3). */
#include "jmap/set.h"

#include <stdarg.h>
#include <stdio.h>

#include "jmap/problem.h"
#include "jmap/write.h"

void
set_refuse(struct item *i, enum err_code code, const char *fmt, ...)
{
	struct err e = {.code = code};
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(e.text, sizeof e.text, fmt, ap);
	va_end(ap);
	i->state = ITEM_REFUSED;
	i->why = code;
	buf_clear(&i->answer);
	write_error(&i->answer, &e);
}

static enum err_code
code_of(const struct problems *p)
{
	if (p->patch)
		return ERR_INVALID_PATCH;
	return p->n == 0 && p->too_large ? ERR_TOO_LARGE : ERR_INVALID_PROPERTIES;
}

/* type, description and, for invalidProperties, the path of each that is wrong. */
void
set_refuse_problems(struct item *i, const struct problems *p)
{
	enum err_code code = code_of(p);
	struct buf text = {0};

	i->state = ITEM_REFUSED;
	i->why = code;
	buf_clear(&i->answer);
	problems_describe(p, &text);
	buf_putc(&i->answer, '{');
	write_name(&i->answer, "type");
	text_string(&i->answer, str_of(err_name(code)->type));
	write_name(&i->answer, "description");
	write_sentence(&i->answer, buf_terminate(&text));
	if (code == ERR_INVALID_PROPERTIES) {
		write_name(&i->answer, "properties");
		buf_putc(&i->answer, '[');
		for (size_t n = 0; n < p->n; n++) {
			write_comma(&i->answer);
			text_string(&i->answer, str_of(p->list[n].path));
		}
		buf_putc(&i->answer, ']');
	}
	buf_putc(&i->answer, '}');
	buf_free(&text);
}

/* How the items of one kind and state stand in the answer; they have begun with "[" or "{". */
typedef void item_writer(const struct set *s, const struct item *i, struct buf *out);

static void
write_own_id(const struct set *s, const struct item *i, struct buf *out)
{
	write_id(out, s->call->type, i->maker != NULL ? i->maker->id : i->id);
}

static void
write_created(const struct set *s, const struct item *i, struct buf *out)
{
	write_member(out, i->key);
	buf_puts(out, "{\"id\":");
	write_own_id(s, i, out);
	if (i->answer.len > 0)
		buf_putc(out, ',');
	buf_add_str(out, buf_str(&i->answer));
	buf_putc(out, '}');
}

static void
write_updated(const struct set *s, const struct item *i, struct buf *out)
{
	write_comma(out);
	write_own_id(s, i, out);
	buf_putc(out, ':');
	buf_add_str(out, buf_str(&i->answer));
}

static void
write_destroyed(const struct set *s, const struct item *i, struct buf *out)
{
	write_comma(out);
	write_own_id(s, i, out);
}

/* A creation id in the place of an id may have led to a record, or not. */
static bool
is_known(const struct item *i)
{
	if (i->kind == STORE_CREATE)
		return false;
	return i->maker != NULL ? i->maker->state == ITEM_DONE : i->id != 0;
}

/* 5.3: the Foo id, where there is one. */
static void
write_refused(const struct set *s, const struct item *i, struct buf *out)
{
	if (is_known(i)) {
		write_comma(out);
		write_own_id(s, i, out);
		buf_putc(out, ':');
	} else {
		write_member(out, i->key);
	}
	buf_add_str(out, buf_str(&i->answer));
}

static const struct {
	const char *name;
	enum store_op_kind kind;
	enum item_state state;
	char open, close;
	item_writer *write;
} parts[] = {
    {"created", STORE_CREATE, ITEM_DONE, '{', '}', write_created},
    {"updated", STORE_UPDATE, ITEM_DONE, '{', '}', write_updated},
    {"destroyed", STORE_DESTROY, ITEM_DONE, '[', ']', write_destroyed},
    {"notCreated", STORE_CREATE, ITEM_REFUSED, '{', '}', write_refused},
    {"notUpdated", STORE_UPDATE, ITEM_REFUSED, '{', '}', write_refused},
    {"notDestroyed", STORE_DESTROY, ITEM_REFUSED, '{', '}', write_refused},
};

/* null in the place of an empty part (5.3). */
static void
write_part(struct set *s, size_t part)
{
	struct buf *out = s->call->run->out;
	size_t n = 0;

	write_name(out, parts[part].name);
	for (const struct item *i = s->items; i < s->items + s->n; i++) {
		if (i->kind != parts[part].kind || i->state != parts[part].state)
			continue;
		if (n++ == 0)
			buf_putc(out, parts[part].open);
		parts[part].write(s, i, out);
	}
	if (n > 0)
		buf_putc(out, parts[part].close);
	else
		buf_puts(out, "null");
}

void
set_write_answer(struct set *s)
{
	struct buf *out = s->call->run->out;

	call_open(s->call);
	write_name(out, "oldState");
	if (s->knows_old)
		write_state(out, s->old_state);
	else
		buf_puts(out, "null");
	write_name(out, "newState");
	write_state(out, s->new_state);
	for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
		write_part(s, i);
	buf_putc(out, '}');
}

void
set_count(const struct set *s)
{
	static const char *const kinds[] = {
	    [STORE_CREATE] = "create",
	    [STORE_UPDATE] = "update",
	    [STORE_DESTROY] = "destroy",
	};

	for (const struct item *i = s->items; i < s->items + s->n; i++)
		metrics_add(s->call->run->jmap->metrics, METRIC_SET_RECORDS,
		    METRIC_LABELS(s->call->type->name, kinds[i->kind],
			i->state == ITEM_DONE ? "done" : err_name(i->why)->type),
		    1);
}
