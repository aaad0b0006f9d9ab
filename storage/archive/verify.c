/* storage/archive/verify.c -- looks through all that is stored while it is served, and tries
 * the archive. */
#include <stdio.h>

#include "base/date.h"
#include "storage/archive/archive.h"
#include "storage/archive/check.h"
#include "storage/archive/sweep.h"
#include "storage/archive/trial.h"
#include "storage/chore.h"

static bool
between(void *arg)
{
	struct chore *c = arg;

	return chore_goes_on(c, &(struct err){0});
}

/* Damage to what is served is for the next start to repair. */
static bool
verify_store(struct chore *c, struct check *check, struct err *e)
{
	*check = (struct check){.between = between, .arg = c};
	chore_tell(c, "the store");
	if (!check_environment(check, c->env, e)) {
		env_heed(c->env, e);
		return false;
	}
	return chore_goes_on(c, e);
}

/* An archive that does not make the store again is one without a backup. */
static bool
verify_archive(struct chore *c, int64_t *made_s, struct err *e)
{
	struct folder_path base = folder_path(archive_dir(c->env->archive), ARCHIVE_BASE);

	if (!archive_has_base(c->env->archive, made_s))
		return err_set(e, ERR_NOT_FOUND, "the archive has no verified backup yet");
	chore_tell(c, "the archive");
	if (trial_run(c, base.text, archive_dir(c->env->archive), e))
		return true;
	if (e->code == ERR_DAMAGED)
		archive_base_drop(c->env->archive);
	return false;
}

/* What the cache holds was not read from it. */
static bool
verify_disk(struct chore *c, struct err *e)
{
	chore_tell(c, "the disk");
	if (!sweep_once(c->env, between, c, e)) {
		env_heed(c->env, e);
		return false;
	}
	return chore_goes_on(c, e);
}

bool
verify_run(struct chore *c, struct err *e)
{
	char made[DATE_LEN + 1];
	struct check check;
	int64_t made_s;

	if (!verify_store(c, &check, e) || !verify_archive(c, &made_s, e) || !verify_disk(c, e))
		return false;
	date_format(made_s, made);
	chore_tell(c,
	    "%llu records, %llu index entries and %llu changes are sound; the archive, of %s "
	    "and later, makes the same store",
	    (unsigned long long)check.rows, (unsigned long long)check.index_entries,
	    (unsigned long long)check.changes, made);
	return true;
}
