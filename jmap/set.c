/* jmap/set.c -- Foo/set (RFC 8620, 5.3). */
#include "jmap/set.h"

#include "jmap/session.h"

bool
jmap_set(struct call *c, struct err *e)
{
	struct set s = {0};
	bool ok = false;

	/* 3.6.2; a token that may change something gets a SetError for each other record */
	if (account_is_read_only(c->run->request->principal))
		return err_set(e, ERR_ACCOUNT_READ_ONLY,
		    "The token has no permission to create, update or destroy");
	if (!set_plan(&s, c, e))
		goto out;
	if (!set_make_creates(&s, e))
		goto out;
	if (!set_store(&s, e))
		goto out;
	set_write_answer(&s);
	set_count(&s);
	ok = true;
out:
	set_free(&s);
	return ok;
}
