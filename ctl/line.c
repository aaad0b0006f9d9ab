/* ctl/line.c -- parses the command line: the command and its words. */
#include "ctl/line.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#define OPTION 0x100 /* plus an enum word: what getopt_long() returns for an option */
#define IN_PLACE 1   /* what it returns for a positional word */
#define HELP "help"  /* the command that asks for help */

static const char *const nothing[] = {NULL};

static void
add_value(struct line *l, enum word w, const char *value)
{
	struct values *v = &l->values[w];

	if ((v->n & (v->n - 1)) == 0) /* a power of two: full, with the NULL */
		v->list = mem_grow(v->list, 2 * v->n + 2, sizeof *v->list);
	v->list[v->n++] = value;
	v->list[v->n] = NULL;
	l->words[w] = v->list;
}

static void
add_options(const struct take *list, struct option *out, size_t *n)
{
	for (const struct take *t = list; t->word != WORD_NONE; t++)
		if (word_is_option(t->word))
			out[(*n)++] = (struct option){word_forms[t->word].name + strlen("--"),
			    word_forms[t->word].value != NULL ? required_argument : no_argument,
			    NULL, OPTION + (int)t->word};
}

/* Returns the option with that letter; WORD_NONE if there is none. */
static enum word
word_of_letter(int letter)
{
	for (enum word w = WORD_NONE + 1; w < WORD__COUNT; w++)
		if (word_forms[w].letter != '\0' && word_forms[w].letter == letter)
			return w;
	return WORD_NONE;
}

/* Appends the short options in the form of getopt_long(): "ho:". */
static void
add_letters(const struct option *options, struct buf *letters)
{
	for (; options->name != NULL; options++) {
		const struct word_form *form = &word_forms[options->val - OPTION];

		if (form->letter != '\0')
			buf_printf(
			    letters, "%c%s", form->letter, form->value != NULL ? ":" : "");
	}
}

/* Sets *e for an option that getopt_long() refused. Does not quote the value: it may be a
 * secret. */
static bool
refuse_option(int answer, char **argv, const struct command *c, struct err *e)
{
	const char *last = argv[optind - 1];

	if (answer == ':')
		return err_set(e, ERR_INVALID_ARGUMENTS, "%s needs a value", last);
	if (optopt >= OPTION)
		return err_set(e, ERR_INVALID_ARGUMENTS, "%s takes no value",
		    word_forms[optopt - OPTION].name);
	if (optopt != 0)
		return err_set(e, ERR_INVALID_ARGUMENTS, "there is no option -%c", optopt);
	return err_set(e, ERR_INVALID_ARGUMENTS,
	    c != NULL ? "this command takes no %.*s"
		      : "there is no option %.*s, or it must follow its command",
	    (int)strcspn(last, "="), last);
}

static bool
may_repeat(const struct take *t)
{
	return t->times == REPEATED || t->times == ANY || t->times == EITHER_REPEATED;
}

/* Adds a value to the first positional word that still takes one. */
static bool
add_in_place(struct line *l, const char *value, struct err *e)
{
	for (const struct take *t = l->command->takes; t->word != WORD_NONE; t++)
		if (!word_is_option(t->word) && (l->values[t->word].n == 0 || may_repeat(t))) {
			add_value(l, t->word, value);
			return true;
		}
	return err_set(e, ERR_INVALID_ARGUMENTS, "too many words: %s", value);
}

/* Reads options and words. While the command is not known, stops at the first word. */
static bool
read_words(struct line *l, int argc, char **argv, const struct option *options, struct err *e)
{
	struct buf letters = {0};
	bool ok = false;
	int o;

	buf_puts(&letters, l->command == NULL ? "+:" : "-:");
	add_letters(options, &letters);
	optind = 0; /* glibc: start from the beginning */
	opterr = 0;
	while ((o = getopt_long(argc, argv, buf_terminate(&letters), options, NULL)) != -1) {
		if (word_of_letter(o) != WORD_NONE)
			o = OPTION + (int)word_of_letter(o);
		if (o >= OPTION)
			add_value(l, (enum word)(o - OPTION),
			    optarg != NULL ? optarg : word_forms[o - OPTION].name);
		else if (o != IN_PLACE ? !refuse_option(o, argv, l->command, e)
				       : !add_in_place(l, optarg, e))
			goto out;
	}
	while (l->command != NULL && optind < argc)
		if (!add_in_place(l, argv[optind++], e))
			goto out;
	ok = true;
out:
	buf_free(&letters);
	return ok;
}

static bool
read_before_command(struct line *l, int argc, char **argv, struct err *e)
{
	struct option options[WORD__COUNT] = {{0}};
	size_t n = 0;

	for (enum word w = WORD_NONE + 1; w < WORD__COUNT; w++)
		for (enum needs needs = 0; needs < NEEDS__COUNT; needs++)
			if (take_of(common_takes[needs], w) != NULL) {
				add_options((struct take[]){{w, OPTIONAL}, {0}}, options, &n);
				break;
			}
	return read_words(l, argc, argv, options, e);
}

static bool
read_behind_command(struct line *l, int argc, char **argv, struct err *e)
{
	struct option options[WORD__COUNT] = {{0}};
	size_t n = 0;

	add_options(l->command->takes, options, &n);
	add_options(common_takes[l->command->needs], options, &n);
	return read_words(l, argc, argv, options, e);
}

/* Returns whether word is the first of commands with two words. Appends their second words to
 * seconds, separated by commas. */
static bool
is_group(const char *word, struct buf *seconds)
{
	for (const struct command *c = commands; c->name[0] != NULL; c++)
		if (strcmp(word, c->name[0]) == 0 && c->name[1][0] != '\0')
			buf_printf(seconds, "%s%s", seconds->len > 0 ? ", " : "", c->name[1]);
	buf_terminate(seconds);
	return seconds->len > 0;
}

static bool
is_help(const char *word)
{
	return strcmp(word, HELP) == 0 || strcmp(word, "-h") == 0 ||
	    strcmp(word, word_forms[WORD_HELP].name) == 0;
}

/* For a name that no command has. It is an error, except where help is asked for a group of
 * commands. */
static bool
take_group(struct line *l, int argc, char **argv, struct err *e)
{
	struct buf seconds = {0};

	if (!is_group(argv[0], &seconds))
		err_set(e, ERR_INVALID_ARGUMENTS, "there is no command %s", argv[0]);
	else if ((argc == 1 && l->values[WORD_HELP].n > 0) || (argc > 1 && is_help(argv[1])))
		l->group = argv[0];
	else if (argc == 1)
		err_set(
		    e, ERR_INVALID_ARGUMENTS, "%s needs a second word: %s", argv[0], seconds.s);
	else
		err_set(e, ERR_INVALID_ARGUMENTS,
		    "there is no command %s %s; the second word must be one of: %s", argv[0],
		    argv[1], seconds.s);
	buf_free(&seconds);
	return l->group != NULL;
}

/* Finds the command at the beginning of argv; *n is the number of words in its name. True
 * without a command if help is asked for a group of commands. */
static bool
find_command(struct line *l, int argc, char **argv, int *n, struct err *e)
{
	if (argc == 0)
		return err_set(e, ERR_INVALID_ARGUMENTS, "a command is missing");
	for (const struct command *c = commands; c->name[0] != NULL; c++) {
		*n = c->name[1][0] != '\0' ? 2 : 1;
		if (argc >= *n && strcmp(argv[0], c->name[0]) == 0 &&
		    (*n == 1 || strcmp(argv[1], c->name[1]) == 0)) {
			l->command = c;
			return true;
		}
	}
	return take_group(l, argc, argv, e);
}

/* Checks how often one word was given against what the command takes. */
static bool
check_word(const struct line *l, enum word w, struct err *e)
{
	const struct take *t = take_of(l->command->takes, w);
	const char *name = word_forms[w].name;
	size_t n = l->values[w].n;

	if (t == NULL)
		t = take_of(common_takes[l->command->needs], w);
	if (t == NULL)
		return n == 0 ||
		    err_set(e, ERR_INVALID_ARGUMENTS, "this command takes no %s", name);
	if (n == 0 && (t->times == ONCE || t->times == REPEATED))
		return err_set(e, ERR_INVALID_ARGUMENTS, "this command needs %s", name);
	if (n > 1 && !may_repeat(t))
		return err_set(e, ERR_INVALID_ARGUMENTS, "%s was given more than once", name);
	return true;
}

/* Checks that exactly one of the words that exclude each other was given. */
static bool
check_either(const struct line *l, struct err *e)
{
	struct buf names = {0};
	unsigned has = 0, given = 0;

	for (const struct take *t = l->command->takes; t->word != WORD_NONE; t++)
		if (t->times == EITHER || t->times == EITHER_REPEATED) {
			buf_printf(
			    &names, "%s%s", has > 0 ? ", " : "", word_forms[t->word].name);
			has++;
			given += l->values[t->word].n > 0;
		}
	if (has > 0 && given != 1)
		err_set(e, ERR_INVALID_ARGUMENTS, "this command needs one of %s",
		    buf_terminate(&names));
	buf_free(&names);
	return has == 0 || given == 1;
}

static bool
asks_for_text(const struct line *l)
{
	return l->values[WORD_HELP].n > 0 || l->values[WORD_VERSION].n > 0;
}

bool
line_parse(struct line *l, int argc, char **argv, struct err *e)
{
	int n = 0, at;

	*l = (struct line){0};
	for (enum word w = 0; w < WORD__COUNT; w++)
		l->words[w] = nothing;
	if (!read_before_command(l, argc, argv, e))
		return false;
	at = optind;
	if (at < argc && strcmp(argv[at], HELP) == 0) {
		add_value(l, WORD_HELP, argv[at]);
		while (at < argc && is_help(argv[at]))
			at++;
	}
	if (at == argc && asks_for_text(l))
		return true;
	if (!find_command(l, argc - at, argv + at, &n, e))
		return false;
	if (l->command == NULL)
		return true;
	/* getopt_long() skips its first argument as the program's name: here the last word of
	 * the command's name. */
	if (!read_behind_command(l, argc - at - n + 1, argv + at + n - 1, e))
		return false;
	if (asks_for_text(l))
		return true;
	for (enum word w = WORD_NONE + 1; w < WORD__COUNT; w++)
		if (!check_word(l, w, e))
			return false;
	if (!check_either(l, e))
		return false;
	return l->values[WORD_DIR].n == 0 || l->values[WORD_CONFIG].n == 0 ||
	    err_set(e, ERR_INVALID_ARGUMENTS, "--dir and --config exclude each other");
}

void
line_free(struct line *l)
{
	for (enum word w = 0; w < WORD__COUNT; w++)
		free(l->values[w].list);
	*l = (struct line){0};
}
