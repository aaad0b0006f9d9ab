/* tests/ctl_line.c -- command lines against the table of commands. */
#include <CUnit/CUnit.h>
#include <stdio.h>
#include <string.h>

#include "ctl/line.h"
#include "tests/suites.h"

#define ARGS_MAX 16
#define LINE_MAX_LEN 256

/* A line of words with single blanks between, and what it is taken for: the command and each
 * word's values, or the complaint. */
static const struct {
	const char *line, *taken;
} lines[] = {
    {"status", "status"},
    {"token revoke abc", "token revoke ID=abc"},
    {"--dir var token list", "token list --dir=var"},
    {"token list --dir=var", "token list --dir=var"},
    {"token create --permissions admin --dir var --subject s",
	"token create --dir=var --subject=s --permissions=admin"},
    {"token revoke --dir var abc", "token revoke --dir=var ID=abc"},
    {"token revoke -- --dir", "token revoke ID=--dir"},
    {"get t a b --json c", "get TYPE=t ID=a ID=b ID=c --json=--json"},
    {"--url u get t a", "get --url=u TYPE=t ID=a"},
    {"create t --field a=1 --field b=2", "create TYPE=t --field=a=1 --field=b=2"},
    {"create t --json {}", "create TYPE=t --json={}"},
    {"query t --where a=1 --where b=2 --sort -a --limit 5",
	"query TYPE=t --where=a=1 --where=b=2 --sort=-a --limit=5"},
    {"--help", "--help=--help"},
    {"token create --help", "token create --help=--help"},
    {"--version", "--version=--version"},
    {"-h", "--help=--help"},
    {"help", "--help=help"},
    {"help status", "status --help=help"},
    {"help token create", "token create --help=help"},
    {"help --help", "--help=help"},
    {"token create -h", "token create --help=--help"},
    {"--help token list", "token list --help=--help"},
    {"token --help", "all of token"},
    {"token -h", "all of token"},
    {"token help", "all of token"},
    {"--help token", "all of token --help=--help"},
    {"help token", "all of token --help=help"},
    {"help gift", "there is no command gift"},
    {"help token gift",
	"there is no command token gift; the second word must be one of: "
	"create, list, rotate, revoke"},
    {"", "a command is missing"},
    {"--dir var", "a command is missing"},
    {"gift", "there is no command gift"},
    {"gift list", "there is no command gift"},
    {"token", "token needs a second word: create, list, rotate, revoke"},
    {"token lost",
	"there is no command token lost; the second word must be one of: create, list, rotate, "
	"revoke"},
    {"token revoke", "this command needs one of ID, --token-file, --subject"},
    {"token revoke a b", "too many words: b"},
    {"token create --subject s", "this command needs --permissions"},
    {"token create --subject s --subject t --permissions admin",
	"--subject was given more than once"},
    {"status --subject s", "this command takes no --subject"},
    {"status --secret=hunter2", "this command takes no --secret"},
    {"--subject s status", "there is no option --subject, or it must follow its command"},
    {"status --url u", "this command takes no --url"},
    {"--url u status", "this command takes no --url"},
    {"get t", "this command needs ID"},
    {"get t a --json x=1 --json", "--json was given more than once"},
    {"get t a --json=x", "--json takes no value"},
    {"delete t", "this command needs one of --ids, --stdin"},
    {"delete t --ids a --stdin", "this command needs one of --ids, --stdin"},
    {"create t --field a=1 --file f",
	"this command needs one of --field, --json, --file, --stdin"},
    {"create t --file f --file g", "--file was given more than once"},
    {"status -x", "there is no option -x"},
    {"status --dir", "--dir needs a value"},
    {"status --help=much", "--help takes no value"},
    {"--dir a status --dir b", "--dir was given more than once"},
    {"--dir a status --config b", "--dir and --config exclude each other"},
};

/* Cuts text, which it changes, into arguments behind a program's name. */
static int
cut(char *text, char **argv)
{
	static char program[] = "outboxctl";
	char *rest = NULL;
	int n = 0;

	argv[n++] = program;
	for (char *w = strtok_r(text, " ", &rest); w != NULL; w = strtok_r(NULL, " ", &rest))
		argv[n++] = w;
	argv[n] = NULL;
	return n;
}

static void
describe(const struct line *l, struct buf *out)
{
	if (l->command != NULL)
		buf_printf(out, " %s %s", l->command->name[0], l->command->name[1]);
	if (out->len > 0 && out->s[out->len - 1] == ' ')
		out->len--;
	if (l->group != NULL)
		buf_printf(out, " all of %s", l->group);
	for (enum word w = WORD_NONE + 1; w < WORD__COUNT; w++)
		for (const char *const *v = l->words[w]; *v != NULL; v++)
			buf_printf(out, " %s=%s", word_forms[w].name, *v);
}

static void
lines_are_taken_as_the_table_says(void)
{
	for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
		char text[LINE_MAX_LEN], *argv[ARGS_MAX];
		struct buf taken = {0};
		struct line l;
		struct err e = {0};

		snprintf(text, sizeof text, "%s", lines[i].line);
		if (line_parse(&l, cut(text, argv), argv, &e))
			describe(&l, &taken);
		else
			buf_printf(&taken, " %s", e.text);
		CU_ASSERT_STRING_EQUAL(buf_terminate(&taken) + 1, lines[i].taken);
		if (strcmp(taken.s + 1, lines[i].taken) != 0)
			fprintf(stderr, "\n%s: %s\n", lines[i].line, taken.s + 1);
		buf_free(&taken);
		line_free(&l);
	}
}

static void
every_command_can_be_told_from_the_others(void)
{
	for (const struct command *c = commands; c->name[0] != NULL; c++)
		for (const struct command *d = c + 1; d->name[0] != NULL; d++)
			CU_ASSERT_FALSE(strcmp(c->name[0], d->name[0]) == 0 &&
			    (strcmp(c->name[1], d->name[1]) == 0 || c->name[1][0] == '\0' ||
				d->name[1][0] == '\0'));
}

static void
every_command_has_its_line_in_the_usage_text(void)
{
	struct buf text = {0};

	usage(NULL, NULL, &text);
	buf_terminate(&text);
	for (const struct command *c = commands; c->name[0] != NULL; c++) {
		struct buf line = {0};

		usage_of_command(c, &line);
		CU_ASSERT_PTR_NOT_NULL(strstr(text.s, buf_terminate(&line)));
		CU_ASSERT_PTR_NOT_NULL(strstr(text.s, c->doc));
		buf_free(&line);
	}
	buf_free(&text);
}

static void
the_usage_text_of_a_group_has_its_commands_alone(void)
{
	struct buf text = {0};

	usage(NULL, "user", &text);
	buf_terminate(&text);
	CU_ASSERT_PTR_NOT_NULL(strstr(text.s, "  user add NAME --permissions P\n"));
	CU_ASSERT_PTR_NOT_NULL(strstr(text.s, "  user remove NAME\n"));
	CU_ASSERT_PTR_NOT_NULL(strstr(text.s, "  --permissions P"));
	CU_ASSERT_PTR_NOT_NULL(strstr(text.s, "  -h, --help"));
	CU_ASSERT_PTR_NULL(strstr(text.s, "  token"));
	CU_ASSERT_PTR_NULL(strstr(text.s, "  --url"));
	buf_free(&text);
}

const CU_TestInfo ctl_line_tests[] = {
    {"lines are taken as the table says", lines_are_taken_as_the_table_says},
    {"every command can be told from the others", every_command_can_be_told_from_the_others},
    {"every command has its line in the usage text",
	every_command_has_its_line_in_the_usage_text},
    {"the usage text of a group has its commands alone",
	the_usage_text_of_a_group_has_its_commands_alone},
    CU_TEST_INFO_NULL,
};
