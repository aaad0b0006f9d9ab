/* jmap/problem.c -- errors as JSON. */
#include "jmap/problem.h"

#include <string.h>

#include "jmap/jmap.h"
#include "jmap/write.h"

/* "filter/domain must be a string", or what the table says for the code. */
static void
write_description(struct buf *out, const char *name, const struct err *e)
{
	struct buf text = {0};

	if (e->path[0] != '\0')
		buf_printf(&text, "%s ", e->path);
	buf_puts(&text, e->text[0] != '\0' ? e->text : err_name(e->code)->sentence);
	write_name(out, name);
	write_sentence(out, buf_terminate(&text));
	buf_free(&text);
}

void
write_error(struct buf *out, const struct err *e)
{
	buf_putc(out, '{');
	write_name(out, "type");
	write_sentence(out, err_name(e->code)->type);
	write_description(out, "description", e);
	buf_putc(out, '}');
}

/* about:blank says no more than the status does, and so has its phrase (RFC 9457, 4.2.1). */
static const char *
title_of(const struct err_name *name)
{
	return strcmp(name->type, "about:blank") == 0 ? http_phrase(name->status)
						      : name->sentence;
}

static void
write_problem(struct buf *out, const struct err_name *name, const struct err *e)
{
	buf_putc(out, '{');
	write_name(out, "type");
	write_sentence(out, name->type);
	write_name(out, "status");
	buf_printf(out, "%d", name->status);
	write_name(out, "title");
	write_sentence(out, title_of(name));
	write_description(out, "detail", e);
	if (e->limit != NULL) {
		write_name(out, "limit");
		write_sentence(out, e->limit);
	}
	buf_putc(out, '}');
}

void
jmap_problem(const struct err *e, struct buf *out)
{
	write_problem(out, err_name(e->code), e);
}

void
jmap_front_problem(const struct http_status *s, struct buf *out)
{
	const struct err_name blank = {"about:blank", s->status, s->phrase};
	struct err e = {.limit = s->limit};

	err_set(&e, s->code, "%s", s->front);
	write_problem(out, s->code == ERR_NONE ? &blank : err_name(s->code), &e);
}
