/* storage/archive/warnings.c -- what somebody should see to, although the store serves. */
#include "storage/archive/warnings.h"

#include <stdio.h>

#include "storage/archive/repair.h"

static void
add_kept(struct env *env, struct buf *text)
{
	struct repair_kept kept;
	struct err e = {0};

	if (env->home.text[0] == '\0' || !repair_kept(env->home.text, &kept, &e) || kept.n == 0)
		return;
	buf_printf(text, "%sthe store was repaired or restored, %s kept what was there before",
	    text->len > 0 ? "; " : "", kept.newest);
}

static void
add_base(struct env *env, struct buf *text)
{
	if (env->archive != NULL && !archive_has_base(env->archive, NULL))
		buf_printf(
		    text, "%sthere is no verified backup yet", text->len > 0 ? "; " : "");
}

static void
add_failed(struct chores *chores, struct buf *text)
{
	struct err why;

	chore_backup_failed(chores, &why);
	if (why.code != ERR_NONE)
		buf_printf(text, "%sthe archive's backup could not be made anew: %s",
		    text->len > 0 ? "; " : "", why.text);
}

void
warnings_of(struct env *env, struct chores *chores, char text[static STORE_WARNING_MAX + 1])
{
	struct buf all = {0};

	add_kept(env, &all);
	add_base(env, &all);
	add_failed(chores, &all);
	snprintf(text, STORE_WARNING_MAX + 1, "%s", buf_terminate(&all));
	buf_free(&all);
}
