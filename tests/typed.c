/* tests/typed.c -- a shell, its folder, and what came out. */
#include "tests/typed.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/io.h"

#define OUTPUT_MAX (16u << 20) /* bytes */

static const char *const cleared[] = {"OUTBOX_URL", "OUTBOX_TOKEN", "XDG_CONFIG_HOME",
    "XDG_CACHE_HOME", "http_proxy", "https_proxy", "all_proxy"};

static void
give_up(const char *what)
{
	perror(what);
	exit(1);
}

static void
path_in(const struct typed *t, const char *name, char out[static PATH_MAX])
{
	snprintf(out, PATH_MAX, "%s/%s", t->dir, name);
}

void
typed_begin(struct typed *t)
{
	static const char *const names[] = {"bin/outboxctl", "bin/stalwart-cli"};
	char path[PATH_MAX], program[PATH_MAX];

	*t = (struct typed){0};
	scratch_make(t->dir);
	path_in(t, "bin", path);
	if (mkdir(path, 0700) != 0)
		give_up(path);
	scratch_program("outboxctl", program);
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		path_in(t, names[i], path);
		if (symlink(program, path) != 0)
			give_up(path);
	}
	for (size_t i = 0; i < sizeof cleared / sizeof cleared[0]; i++)
		unsetenv(cleared[i]);
	typed_set(t, "HOME", t->dir);
	typed_set(t, "TYPED_DIR", t->dir);
}

void
typed_end(struct typed *t)
{
	buf_free(&t->out);
	buf_free(&t->err);
	for (size_t i = 0; i < sizeof cleared / sizeof cleared[0]; i++)
		unsetenv(cleared[i]);
	scratch_remove(t->dir);
}

void
typed_set(struct typed *t, const char *name, const char *value)
{
	(void)t;
	if (setenv(name, value, 1) != 0)
		give_up(name);
}

static void
read_output(const struct typed *t, const char *name, struct buf *out)
{
	char path[PATH_MAX];
	struct err e = {0};

	path_in(t, name, path);
	buf_clear(out);
	if (!io_read_file(path, OUTPUT_MAX, out, &e))
		give_up(path);
	buf_terminate(out);
	unlink(path);
}

void
typed_run(struct typed *t, const char *line)
{
	char log[PATH_MAX];
	struct buf script = {0};
	int status = 0;

	buf_printf(&script,
	    "cd \"$TYPED_DIR\" && PATH=$TYPED_DIR/bin:$PATH && exec 2>err && : >out && %s",
	    line);
	path_in(t, "out", log);
	const char *const argv[] = {"/bin/sh", "-c", buf_terminate(&script), NULL};
	if (waitpid(scratch_spawn(argv, log), &status, 0) < 0)
		give_up("waitpid");
	t->status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
	read_output(t, "out", &t->out);
	read_output(t, "err", &t->err);
	buf_free(&script);
}

static bool
is_wanted(const struct buf *got, const char *wanted)
{
	return wanted != NULL ? strstr(got->s, wanted) != NULL : got->len == 0;
}

bool
typed_gives(struct typed *t, const char *line, int status, const char *out, const char *err)
{
	typed_run(t, line);
	if (t->status == status && is_wanted(&t->out, out) && is_wanted(&t->err, err))
		return true;
	fprintf(
	    stderr, "\n%s\nstatus %d\nout: %s\nerr: %s\n", line, t->status, t->out.s, t->err.s);
	return false;
}
