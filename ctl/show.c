/* ctl/show.c -- outboxctl model. */
#include <stdio.h>

#include "ctl/command.h"
#include "model/document.h"

bool
ctl_model(struct store *s, const words w, struct err *e)
{
	struct buf text = {0};

	(void)s;
	(void)w;
	(void)e;
	model_document(&text);
	fwrite(text.s, 1, text.len, stdout);
	buf_free(&text);
	return true;
}
