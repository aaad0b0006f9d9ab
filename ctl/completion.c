/* ctl/completion.c -- outboxctl completion: prints the table of commands for
 * ctl/outboxctl.bash. */
#include <stdio.h>

#include "ctl/command.h"
#include "model/type.h"

/* Appends "dmarc-internal-report
 *
 * tls-internal-report". */
static void
add_types(struct buf *out)
{
	for (const struct type *const *t = model_types; *t != NULL; t++)
		buf_printf(out, "%s%s", t == model_types ? "" : "|", (*t)->alias);
}

static void
add_places(const struct take *list, struct buf *out)
{
	size_t n = 0;

	for (const struct take *t = list; t->word != WORD_NONE; t++) {
		if (word_is_option(t->word))
			continue;
		buf_puts(out, n++ > 0 ? " " : "");
		if (t->word == WORD_TYPE || t->word == WORD_TYPE_OR_ENUM ||
		    t->word == WORD_TYPES)
			add_types(out);
		else
			buf_puts(out, word_forms[t->word].name);
	}
	buf_puts(out, n == 0 ? "-" : "");
}

/* Appends the options. The name of an option with a value ends in "=" and the kind of value. */
static void
add_options(const struct take *list, struct buf *out)
{
	for (const struct take *t = list; t->word != WORD_NONE; t++) {
		const struct word_form *f = &word_forms[t->word];

		if (word_is_option(t->word))
			buf_printf(out, " %s%s%s", f->name, f->value != NULL ? "=" : "",
			    f->value != NULL ? f->value : "");
	}
}

/* Prints a line for each command: its name, its positional words and its options, separated
 * by tabs. The first line is for the options before a command. */
bool
ctl_completion(struct store *s, const words w, struct err *e)
{
	struct buf out = {0};

	(void)s;
	(void)w;
	(void)e;
	buf_puts(&out, "outboxctl\t-\t");
	add_options(common_takes[NEEDS_SERVER], &out);
	buf_putc(&out, '\n');
	for (const struct command *c = commands; c->name[0] != NULL; c++) {
		buf_printf(
		    &out, "%s%s%s\t", c->name[0], c->name[1][0] != '\0' ? " " : "", c->name[1]);
		add_places(c->takes, &out);
		buf_putc(&out, '\t');
		add_options(c->takes, &out);
		add_options(common_takes[c->needs], &out);
		buf_putc(&out, '\n');
	}
	fwrite(out.s, 1, out.len, stdout);
	buf_free(&out);
	return true;
}
