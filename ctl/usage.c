/* ctl/usage.c -- makes the usage text from the table of commands. */
#include <string.h>

#include "auth/permission.h"
#include "ctl/command.h"

#define DOC_COLUMN 20 /* column of the texts below the commands */

/* By enum times: what stands before and after a word in a usage line. */
static const struct {
	const char *before, *after;
} marks[] = {
    [ONCE] = {" ", ""},
    [OPTIONAL] = {" [", "]"},
    [REPEATED] = {" ", "..."},
    [ANY] = {" [", "]..."},
    [EITHER] = {" ", ""},
    [EITHER_REPEATED] = {" ", "..."},
};

static bool
is_either(const struct take *t)
{
	return t->word != WORD_NONE && (t->times == EITHER || t->times == EITHER_REPEATED);
}

static void
add_take(const struct take *t, struct buf *out)
{
	const struct word_form *f = &word_forms[t->word];

	buf_printf(out, "%s%s", marks[t->times].before, f->name);
	if (f->value != NULL)
		buf_printf(out, " %s", f->value);
	buf_puts(out, marks[t->times].after);
}

void
usage_of_command(const struct command *c, struct buf *out)
{
	buf_puts(out, c->name[0]);
	if (c->name[1][0] != '\0')
		buf_printf(out, " %s", c->name[1]);
	for (const struct take *t = c->takes; t->word != WORD_NONE; t++) {
		bool first = is_either(t) && !is_either(t - 1);

		buf_puts(out, first ? " (" : is_either(t) ? " |" : "");
		add_take(t, out);
		buf_puts(out, is_either(t) && !is_either(t + 1) ? " )" : "");
	}
}

static void
add_word(enum word w, struct buf *out)
{
	const struct word_form *f = &word_forms[w];
	struct buf name = {0};

	if (f->letter != '\0')
		buf_printf(&name, "-%c, ", f->letter);
	buf_puts(&name, f->name);
	if (f->value != NULL)
		buf_printf(&name, " %s", f->value);
	buf_printf(out, "  %-*s %s\n", DOC_COLUMN, buf_terminate(&name), f->doc);
	buf_free(&name);
	for (const struct role *r = auth_roles; w == WORD_PERMISSIONS && r->name != NULL; r++)
		buf_printf(out, "  %-*s   %-10s %s\n", DOC_COLUMN, "", r->name, r->doc);
}

/* Returns whether the usage of this command is asked for. */
static bool
is_shown(const struct command *c, const struct command *only, const char *group)
{
	return only != NULL ? c == only : group == NULL || strcmp(c->name[0], group) == 0;
}

static bool
is_taken(enum word w, const struct command *only, const char *group)
{
	for (const struct command *c = commands; c->name[0] != NULL; c++)
		if (is_shown(c, only, group) &&
		    (take_of(c->takes, w) != NULL ||
			take_of(common_takes[c->needs], w) != NULL))
			return true;
	return false;
}

void
usage(const struct command *only, const char *group, struct buf *out)
{
	buf_puts(out, "usage: outboxctl ");
	if (only != NULL) {
		usage_of_command(only, out);
		buf_printf(out, "\n\n  %s\n", only->doc);
	} else
		buf_printf(out, "%s%sCOMMAND\n\n", group != NULL ? group : "",
		    group != NULL ? " " : "");
	for (const struct command *c = commands; only == NULL && c->name[0] != NULL; c++)
		if (is_shown(c, NULL, group)) {
			buf_puts(out, "  ");
			usage_of_command(c, out);
			buf_printf(out, "\n        %s\n", c->doc);
		}
	buf_putc(out, '\n');
	for (enum word w = WORD_NONE + 1; w < WORD__COUNT; w++)
		if (word_forms[w].doc != NULL && is_taken(w, only, group))
			add_word(w, out);
}
