/* ctl/commands.c -- the commands, and the options and words that they take. */
#include "ctl/command.h"

const struct word_form word_forms[WORD__COUNT] = {
    [WORD_HELP] = {"--help", NULL, "show this text, or with a COMMAND what it takes"},
    [WORD_VERSION] = {"--version", NULL, "show which outboxctl this is"},
    [WORD_DIR] = {"--dir", "D", "a quickstart folder: the configuration is D/outbox.conf"},
    [WORD_CONFIG] = {"--config", "FILE", "default: " CONFIG_DEFAULT_PATH},
    [WORD_SUBJECT] = {"--subject", "S", NULL},
    [WORD_PERMISSIONS] = {"--permissions", "P",
	"names with commas between, such as sysDmarcInternalReportGet, or a role"},
    [WORD_EXPIRES] = {"--expires", "90d",
	"a number and one of s, m, h, d, w; without it a token does not expire"},
    [WORD_ID] = {"ID", NULL, NULL},
};

static const struct take site_takes[] = {
    {WORD_DIR, OPTIONAL},
    {WORD_CONFIG, OPTIONAL},
    {WORD_HELP, OPTIONAL},
    {WORD_VERSION, OPTIONAL},
    {0},
};

const struct take *const common_takes[NEEDS__COUNT] = {
    [NEEDS_NOTHING] = site_takes,
    [NEEDS_STORE] = site_takes,
};

const struct command commands[] = {
    {{"token", "create"}, NEEDS_STORE, ctl_token_create,
	{{WORD_SUBJECT, ONCE}, {WORD_PERMISSIONS, ONCE}, {WORD_EXPIRES, OPTIONAL}},
	"make a token and print it, this once"},
    {{"token", "list"}, NEEDS_STORE, ctl_token_list, {{0}},
	"show all tokens, without their secrets"},
    {{"token", "revoke"}, NEEDS_STORE, ctl_token_revoke, {{WORD_ID, ONCE}},
	"end a token at once"},
    {{"status", ""}, NEEDS_STORE, ctl_status, {{0}},
	"tell whether the store answers, and what it holds"},
    {{"model", ""}, NEEDS_NOTHING, ctl_model, {{0}},
	"show the types of records and their fields, as Markdown"},
    {.name = {NULL}},
};

bool
word_is_option(enum word w)
{
	return word_forms[w].name[0] == '-';
}

const struct take *
take_of(const struct take *list, enum word w)
{
	while (list->word != WORD_NONE && list->word != w)
		list++;
	return list->word == w ? list : NULL;
}
