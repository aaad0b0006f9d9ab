/* ctl/backup.c -- outboxctl backup, restore and verify. */
#include <errno.h>
#include <grp.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ctl/chore.h"
#include "ctl/command.h"

/* Makes the path absolute: the store's working folder is not ours. */
static bool
absolute(const char *path, struct buf *out, struct err *e)
{
	char here[PATH_MAX];

	if (path[0] != '/' && getcwd(here, sizeof here) == NULL)
		return err_set(e, ERR_SERVER_FAIL,
		    "cannot find the folder that this runs in: %s", strerror(errno));
	if (path[0] != '/')
		buf_printf(out, "%s/", here);
	buf_puts(out, path);
	while (out->len > 1 && out->s[out->len - 1] == '/')
		out->len--;
	buf_terminate(out);
	return true;
}

bool
ctl_backup(struct store *s, const words w, struct err *e)
{
	struct buf path = {0};
	bool ok = *w[WORD_FOLDER] == NULL || absolute(*w[WORD_FOLDER], &path, e);

	ok = ok && chore_wait(s, STORE_BACKUP, path.len > 0 ? path.s : "", e);
	buf_free(&path);
	return ok;
}

/* --- outbox-store as a tool --- */

/* Takes on the owner of path as user and group, so that the store can read the files that we
 * create. */
static bool
become_owner(const char *path, struct err *e)
{
	struct stat st;

	if (geteuid() != 0)
		return true;
	if (stat(path, &st) != 0)
		return err_set(e, ERR_NOT_FOUND, "cannot find %s: %s", path, strerror(errno));
	return (setgroups(0, NULL) == 0 && setgid(st.st_gid) == 0 && setuid(st.st_uid) == 0) ||
	    err_set(
		e, ERR_SERVER_FAIL, "cannot become the owner of %s: %s", path, strerror(errno));
}

/* Runs outbox-store from the folder that holds this program. Returns only if that fails. */
static bool
run_tool(const char *const argv[], struct err *e)
{
	char program[PATH_MAX] = "";
	char *slash;

	if (readlink("/proc/self/exe", program, sizeof program - sizeof "/outbox-store") < 0)
		return err_set(e, ERR_SERVER_FAIL, "cannot find the folder of this program: %s",
		    strerror(errno));
	slash = strrchr(program, '/');
	memcpy(slash, "/outbox-store", sizeof "/outbox-store");
	execv(program, (char *const *)argv);
	return err_set(e, ERR_SERVER_FAIL, "cannot run %s: %s", program, strerror(errno));
}

bool
ctl_restore(struct store *s, const words w, struct err *e)
{
	const char *argv[] = {"outbox-store", "--config", NULL, "--accept-loss", NULL, NULL};
	struct buf config = {0}, path = {0};
	struct config c;
	bool ok;

	(void)s;
	ctl_config_path(&config, w);
	argv[2] = config.s;
	if (!ctl_config(&c, w, e))
		goto out;
	ok = become_owner(c.data_dir, e);
	config_free(&c);
	if (!ok)
		goto out;
	if (*w[WORD_FOLDER] != NULL) {
		if (!absolute(*w[WORD_FOLDER], &path, e))
			goto out;
		argv[3] = "--restore";
		argv[4] = path.s;
	}
	run_tool(argv, e);
out:
	buf_free(&config);
	buf_free(&path);
	return false;
}

/* With a folder, verifies the backup in it. Without one, verifies the store that is serving,
 * and its archive. */
bool
ctl_verify(struct store *s, const words w, struct err *e)
{
	const char *argv[] = {"outbox-store", "--verify", *w[WORD_FOLDER], NULL};

	if (*w[WORD_FOLDER] == NULL)
		return chore_wait(s, STORE_VERIFY, "", e);
	return become_owner(*w[WORD_FOLDER], e) && run_tool(argv, e);
}
