/* ctl/render.c -- outboxctl render: shows a report as its receivers get it. */
#include <stdio.h>
#include <string.h>

#include "base/io.h"
#include "ctl/command.h"

/* The values of --as, and the form's name in the id of a blob. */
static const struct {
	const char *as, *form;
} forms[] = {
    {"xml", "xml"},
    {"json", "json"},
    {"mail", "eml"},
};

/* Returns the form for --as. Without --as, it is the document form of the id's type. */
static const char *
form_of(const char *id, const char *as, struct err *e)
{
	const struct type *t = model_type_lettered(id[0]);

	if (as == NULL && (t == NULL || t->form == NULL)) {
		err_set(e, ERR_INVALID_ARGUMENTS, "\"%.40s\" is not the id of a report", id);
		return NULL;
	}
	if (as == NULL)
		return t->form;
	for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++)
		if (strcmp(as, forms[i].as) == 0)
			return forms[i].form;
	err_set(e, ERR_INVALID_ARGUMENTS, "--as must be xml, json or mail");
	return NULL;
}

static bool
render(struct client *c, const words w, struct err *e)
{
	const char *form = form_of(*w[WORD_ID], *w[WORD_AS], e);
	struct buf blob = {0}, text = {0};
	bool ok = false;

	if (form == NULL)
		return false;
	buf_printf(&blob, "%s.%s", *w[WORD_ID], form);
	if (!client_download(c, buf_terminate(&blob), "application/octet-stream", &text, e))
		goto out;
	if (*w[WORD_OUTPUT] != NULL) {
		ok = io_write_file(*w[WORD_OUTPUT], buf_str(&text), 0644, e);
		goto out;
	}
	fwrite(text.s, 1, text.len, stdout);
	ok = true;
out:
	buf_free(&blob);
	buf_free(&text);
	return ok;
}

bool
ctl_render(struct store *s, const words w, struct err *e)
{
	(void)s;
	return ctl_ask(render, w, e);
}
