/* ctl/line.h -- parses a command line by the table of commands. */
#ifndef CTL_LINE_H
#define CTL_LINE_H

#include "ctl/command.h"

struct line {
	const struct command
	    *command;      /* NULL if the command line asks only for help or the version */
	const char *group; /* "user": help is asked for all commands with this first word */
	words words;       /* the strings are argv's */
	struct values {
		const char **list;
		size_t n;
	} values[WORD__COUNT]; /* words points to these lists */
};

/* Parses argv. ERR_INVALID_ARGUMENTS says what is wrong with it. Options of a single command
 * stand after the command; all others may also stand before it. Words after "--" are not
 * options. "help user add", "user add --help" and "user add -h" mean the same, and so do
 * "help user" and "user --help". line_free() *l, also after an error. */
bool line_parse(struct line *l, int argc, char **argv, struct err *e);
void line_free(struct line *l);

#endif
