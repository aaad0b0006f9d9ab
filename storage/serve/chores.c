/* storage/serve/chores.c -- answers requests about chores. */
#include <string.h>

#include "storage/serve/service.h"

bool
serve_chore_begin(struct service *s, struct unpack *u, struct reply *r, struct err *e)
{
	unsigned kind = unpack_u8(u);
	struct str path = unpack_str(u);
	uint64_t number;

	if (!unpack_done(u) || memchr(path.s, '\0', path.len) != NULL)
		return service_malformed(e);
	if (!chore_begin(s->chores, (enum store_chore_kind)kind, path, &number, e))
		return false;
	pack_u64(&r->head, number);
	return true;
}

bool
serve_chore_show(struct service *s, struct unpack *u, struct reply *r, struct err *e)
{
	unsigned kind = unpack_u8(u);
	struct store_chore last;

	if (!unpack_done(u))
		return service_malformed(e);
	if (!chore_show(s->chores, (enum store_chore_kind)kind, &last, e))
		return false;
	pack_chore(&r->head, &last);
	return true;
}
