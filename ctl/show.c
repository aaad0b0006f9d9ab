/* ctl/show.c -- outboxctl status, model. */
#include <inttypes.h>
#include <stdio.h>

#include "ctl/command.h"
#include "model/document.h"

bool
ctl_status(struct store *s, const words w, struct err *e)
{
	struct store_status status;

	(void)w;
	if (!store_status(s, &status, e))
		return false;
	printf("store answers, epoch %08" PRIx32 "\n", status.epoch);
	for (size_t i = 0; i < status.n_types; i++)
		printf("%s: %" PRIu64 " records, change %" PRIu64
		       ", changes known since %" PRIu64 "\n",
		    status.types[i].type->name, status.types[i].records, status.types[i].change,
		    status.types[i].oldest);
	return true;
}

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
