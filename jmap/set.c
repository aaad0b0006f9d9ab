/* jmap/set.c -- Foo/set (RFC 8620, 5.3). */
#include "jmap/set.h"

bool
jmap_set(struct call *c, struct err *e)
{
	struct set s = {0};
	bool ok = false;

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
