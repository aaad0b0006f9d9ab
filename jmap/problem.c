/* jmap/problem.c -- errors as JSON. */
#include "jmap/problem.h"

#include "jmap/jmap.h"
#include "jmap/write.h"

/* "filter/domain must be a string", or what the table says for the code. */
static void
write_description(struct buf *out, const char *name, const struct err *e)
{
	struct buf text = {0};

	if (e->path[0] != '\0')
		buf_printf(&text, "%s ", e->path);
	buf_puts(&text, e->text[0] != '\0' ? e->text : err_name(e->code)->title);
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

void
jmap_problem(const struct err *e, struct buf *out)
{
	const struct err_name *name = err_name(e->code);

	buf_putc(out, '{');
	write_name(out, "type");
	write_sentence(out, name->type);
	write_name(out, "status");
	buf_printf(out, "%d", name->status);
	write_name(out, "title");
	write_sentence(out, name->title);
	write_description(out, "detail", e);
	if (e->limit != NULL) {
		write_name(out, "limit");
		write_sentence(out, e->limit);
	}
	buf_putc(out, '}');
}
