/* storage/archive/base.c -- how a new backup takes the place of the one before. */
#include "storage/archive/base.h"

#include "base/folder.h"
#include "storage/archive/manifest.h"

struct places {
	struct folder_path base, next, old;
};

static struct places
places_of(const char *dir)
{
	return (struct places){folder_path(dir, ARCHIVE_BASE),
	    folder_path(dir, ARCHIVE_BASE_NEW), folder_path(dir, ARCHIVE_BASE_OLD)};
}

/* Three names instead of one exchange: base_settle() knows each state between two of them. */
static bool
exchange_by_steps(const struct places *p, struct err *e)
{
	return folder_remove(p->old.text, e) && folder_move(p->base.text, p->old.text, e) &&
	    folder_move(p->next.text, p->base.text, e) && folder_remove(p->old.text, e);
}

bool
base_take_place(const char *dir, struct err *e)
{
	const struct places p = places_of(dir);
	bool supported;

	if (!folder_exists(p.base.text))
		return folder_move(p.next.text, p.base.text, e);
	if (!folder_exchange(p.next.text, p.base.text, &supported, e))
		return false;
	if (!supported)
		return exchange_by_steps(&p, e);
	return folder_remove(p.next.text, e);
}

static bool
is_verified(const char *dir)
{
	struct manifest m;
	bool ok = manifest_read(&m, dir, &(struct err){0}) && m.verified;

	manifest_free(&m);
	return ok;
}

bool
base_settle(const char *dir, struct err *e)
{
	const struct places p = places_of(dir);

	if (!folder_exists(p.base.text)) {
		if (is_verified(p.next.text))
			return folder_move(p.next.text, p.base.text, e) &&
			    folder_remove(p.old.text, e);
		return !folder_exists(p.old.text) || folder_move(p.old.text, p.base.text, e);
	}
	return folder_remove(p.old.text, e);
}
