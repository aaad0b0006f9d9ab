/* tests/ctl_doc.c -- outboxctl's manual page and completion against its table of commands. */
#include <CUnit/CUnit.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "auth/permission.h"
#include "base/io.h"
#include "ctl/command.h"
#include "tests/suites.h"
#include "tests/typed.h"

#define PAGE_MAX (1u << 20) /* bytes */

/* "\n.Cm token create\n" or, in an option's list, "\n.Fl -json\n": the beginning of a line, and
 * no letter behind it. */
static bool
has(const struct buf *page, const char *macro, const char *text)
{
	struct buf wanted = {0};
	bool found = false;

	buf_printf(&wanted, "%s %s", macro, text);
	buf_terminate(&wanted);
	for (const char *at = page->s; !found && (at = strstr(at, wanted.s)) != NULL;
	     at += wanted.len)
		found = strchr(" \n", at[wanted.len]) != NULL;
	if (!found)
		fprintf(stderr, "\nctl/outboxctl.1 has no %s\n", wanted.s);
	buf_free(&wanted);
	return found;
}

static void
check_options(const struct buf *page, const struct take *list)
{
	for (const struct take *t = list; t->word != WORD_NONE; t++)
		if (word_is_option(t->word))
			CU_ASSERT(has(page, "Fl", word_forms[t->word].name + 1));
}

static void
the_manual_page_has_every_command_option_and_role(void)
{
	struct buf page = {0};
	struct err e = {0};

	CU_ASSERT_FATAL(io_read_file("ctl/outboxctl.1", PAGE_MAX, &page, &e));
	buf_terminate(&page);
	for (const struct command *c = commands; c->name[0] != NULL; c++) {
		struct buf name = {0};

		buf_printf(
		    &name, "%s%s%s", c->name[0], c->name[1][0] != '\0' ? " " : "", c->name[1]);
		CU_ASSERT(has(&page, ".Cm", buf_terminate(&name)));
		CU_ASSERT(has(&page, ".It Cm", name.s));
		check_options(&page, c->takes);
		check_options(&page, common_takes[c->needs]);
		buf_free(&name);
	}
	for (const struct role *r = auth_roles; r->name != NULL; r++)
		CU_ASSERT(has(&page, ".Sy", r->name));
	buf_free(&page);
}

/* What is typed, the last word being completed, and what it is completed to. */
static const struct {
	const char *words, *completed;
} completions[] = {
    {"outboxctl que", "query"},
    {"outboxctl to", "token"},
    {"outboxctl token ''", "create list revoke rotate"},
    {"outboxctl --dir var sta", "status"},
    {"outboxctl --dir var token l", "list"},
    {"outboxctl get ''", "dmarc-internal-report tls-internal-report"},
    {"outboxctl get tls-internal-report ''", ""},
    {"outboxctl query --json d", "dmarc-internal-report"},
    {"outboxctl query tls-internal-report --wh", "--where"},
    {"outboxctl query tls-internal-report --where ''", ""},
    {"outboxctl create tls-internal-report --file b", "bin"},
    {"outboxctl create tls-internal-report --json d", ""},
    {"outboxctl --dir b", "bin"},
    {"outboxctl --con", "--config"},
    {"outboxctl verify b", "bin"},
    {"outboxctl dump t", "tls-internal-report"},
    {"outboxctl describe t", "tls-internal-report"},
    {"outboxctl gift ''", ""},
    /* as bash cuts --dir=b, https://a.example and domain=d */
    {"outboxctl --dir = b", "bin"},
    {"outboxctl --dir =", "bin"},
    {"outboxctl --dir = bin sta", "status"},
    {"outboxctl --url https : //a.example que", "query"},
    {"outboxctl --url = https : //a.example que", "query"},
    {"outboxctl --url https : q", ""},
    {"outboxctl query --where domain = d", ""},
    {"outboxctl query --where domain =", ""},
    {"outboxctl query --where domain = a.example d", "dmarc-internal-report"},
};

/* A shell that finds the completion script as $SCRIPT. */
static void
begin(struct typed *t)
{
	char script[PATH_MAX];

	CU_ASSERT_PTR_NOT_NULL_FATAL(realpath("ctl/outboxctl.bash", script));
	typed_begin(t);
	typed_set(t, "SCRIPT", script);
}

static void
bash_completes_words(void)
{
	struct typed t;

	begin(&t);
	for (size_t i = 0; i < sizeof completions / sizeof completions[0]; i++) {
		struct buf line = {0};

		buf_printf(&line,
		    "bash -c '. \"$0\"; COMP_WORDS=(\"$@\"); COMP_CWORD=$(($# - 1)); "
		    "_outboxctl; "
		    "printf \"%%s\" \"${COMPREPLY[*]}\"' \"$SCRIPT\" %s",
		    completions[i].words);
		typed_run(&t, buf_terminate(&line));
		CU_ASSERT_EQUAL(t.status, 0);
		CU_ASSERT_EQUAL(t.err.len, 0);
		CU_ASSERT_STRING_EQUAL(t.out.s, completions[i].completed);
		buf_free(&line);
	}
	typed_end(&t);
}

/* The package bash-completion does, at the first time that a command is completed. */
static void
bash_completes_words_if_a_function_has_read_the_script(void)
{
	struct typed t;
	struct buf line = {0};

	begin(&t);
	buf_printf(&line,
	    "bash -c 'load() { . \"$SCRIPT\"; }; load; COMP_WORDS=(outboxctl token l); "
	    "COMP_CWORD=2; "
	    "_outboxctl; printf \"%%s\" \"${COMPREPLY[*]}\"'");
	CU_ASSERT(typed_gives(&t, buf_terminate(&line), 0, "list", NULL));
	CU_ASSERT_EQUAL(t.err.len, 0);
	buf_free(&line);
	typed_end(&t);
}

static void
bash_completes_every_command_and_option(void)
{
	struct typed t;

	begin(&t);
	for (const struct command *c = commands; c->name[0] != NULL; c++) {
		struct buf line = {0};

		buf_printf(&line,
		    "bash -c '. \"$0\"; COMP_WORDS=(\"$@\"); COMP_CWORD=$(($# - 1)); "
		    "_outboxctl; "
		    "printf \" %%s \" \"${COMPREPLY[@]}\"' \"$SCRIPT\" outboxctl %s %s --",
		    c->name[0], c->name[1]);
		typed_run(&t, buf_terminate(&line));
		for (const struct take *o = c->takes; o->word != WORD_NONE; o++) {
			char name[64];

			snprintf(name, sizeof name, " %s ", word_forms[o->word].name);
			CU_ASSERT(!word_is_option(o->word) || strstr(t.out.s, name) != NULL);
		}
		CU_ASSERT_PTR_NOT_NULL(strstr(t.out.s, " --help "));
		buf_free(&line);
	}
	typed_end(&t);
}

const CU_TestInfo ctl_doc_tests[] = {
    {"the manual page has every command, option and role",
	the_manual_page_has_every_command_option_and_role},
    {"bash completes words", bash_completes_words},
    {"bash completes words if a function has read the script",
	bash_completes_words_if_a_function_has_read_the_script},
    {"bash completes every command and option", bash_completes_every_command_and_option},
    CU_TEST_INFO_NULL,
};
