/* ctl/line.h -- a command line, held against the table of commands. */
#ifndef CTL_LINE_H
#define CTL_LINE_H

#include "ctl/command.h"

struct line {
	const struct command *command; /* NULL if help or the version is all it asks for */
	const char *group; /* "user": help is asked for all commands that begin so */
	words words;       /* the strings are argv's */
	struct values {
		const char **list;
		size_t n;
	} values[WORD__COUNT]; /* what words point to */
};

/* ERR_INVALID_ARGUMENTS says what is wrong with it.  Options may stand before the command, if
 * they are not its alone, and anywhere behind it; what follows "--" is no option.  "help user
 * add", "user add --help" and "user add -h" are the same, and so are "help user" and "user
 * --help". line_free(), also after an error. */
bool line_parse(struct line *l, int argc, char **argv, struct err *e);
void line_free(struct line *l);

#endif
