/* ctl/commands.c -- the commands, with the options and words that they take. */
#include "ctl/command.h"

const struct word_form word_forms[WORD__COUNT] = {
    [WORD_HELP] = {"--help", 'h', NULL, "show this text, or the usage of COMMAND"},
    [WORD_VERSION] = {"--version", 0, NULL, "show the version of outboxctl"},
    [WORD_DIR] = {"--dir", 0, "D", "a quickstart folder: D/outbox.conf and D/" SETTINGS_FILE},
    [WORD_CONFIG] = {"--config", 0, "FILE",
	"default: " CONFIG_DEFAULT_PATH "; for commands on records ~/" SETTINGS_DEFAULT_DIR
	"/" SETTINGS_FILE},
    [WORD_COMMAND] = {"COMMAND", 0, NULL, NULL},
    [WORD_URL] = {"--url", 0, "URL",
	"the server, such as https://reports.example.com; also in " SETTINGS_URL_ENV},
    [WORD_TOKEN_FILE] = {"--token-file", 0, "FILE", "a file that holds the bearer token"},
    [WORD_TOKEN] = {"--token", 0, "TOKEN",
	"the token itself; every user of this machine can see it, so "
	"prefer " SETTINGS_TOKEN_ENV},
    [WORD_CA_FILE] = {"--ca-file", 0, "FILE", "certificates to trust in place of the system's"},
    [WORD_INSECURE] = {"--insecure", 0, NULL, "do not verify the server's certificate"},
    [WORD_DEBUG] = {"--debug", 0, NULL, "print each HTTP exchange on standard error"},
    [WORD_TYPE] = {"TYPE", 0, NULL, "such as dmarc-internal-report or DmarcInternalReport"},
    [WORD_TYPE_OR_ENUM] = {"TYPE", 0, NULL, NULL},
    [WORD_IDS] = {"ID", 0, NULL, NULL},
    [WORD_ID_LIST] = {"--ids", 0, "ID,...", NULL},
    [WORD_TYPES] = {"TYPE", 0, NULL, NULL},
    [WORD_FIELD] = {"--field", 0, "NAME=VALUE",
	"set a property; update also takes a path, such as report/orgName=Example"},
    [WORD_JSON_TEXT] = {"--json", 0, "TEXT", NULL},
    [WORD_FILE] = {"--file", 0, "FILE", NULL},
    [WORD_STDIN] = {"--stdin", 0, NULL, "read JSON from standard input; delete reads ids"},
    [WORD_WHERE] = {"--where", 0, "CONDITION",
	"NAME=VALUE, or with <, <=, > or >=; a record must meet all of them"},
    [WORD_FIELDS] = {"--fields", 0, "NAME,...", "which properties to show"},
    [WORD_SORT] = {"--sort", 0, "NAME,...",
	"sort by these properties; a - before a name reverses its order"},
    [WORD_LIMIT] = {"--limit", 0, "N", "show at most N records; the default is all"},
    [WORD_AS] = {"--as", 0, "FORM", "xml (DMARC report), json (TLS report), or mail"},
    [WORD_OUTPUT] = {"--output", 'o', "FILE", "write to FILE, not to standard output"},
    [WORD_JSON] = {"--json", 0, NULL, "print one JSON object per line, for programs"},
    [WORD_FOLDER] = {"DIR", 0, NULL, NULL},
    [WORD_ACCEPT_LOSS] = {"--accept-loss", 0, NULL,
	"keep what can still be read of a damaged store; lose the rest"},
    [WORD_SUBJECT] = {"--subject", 0, "S", NULL},
    [WORD_NEW_IDS] = {"--new-ids", 0, NULL, "give the records new ids"},
    [WORD_PERMISSIONS] = {"--permissions", 0, "P",
	"comma-separated names such as sysDmarcInternalReportGet, or a role"},
    [WORD_EXPIRES] = {"--expires", 0, "90d",
	"a number and one of s, m, h, d, w; the default: a new token does not expire, and "
	"rotate keeps the expiry of the old token"},
    [WORD_GRACE] = {"--grace", 0, "1d",
	"keep the old token valid for this long, at most 365d; the default: it ends at once"},
    [WORD_ID] = {"ID", 0, NULL, NULL},
    [WORD_NAME] = {"NAME", 0, NULL, NULL},
    [WORD_USER] = {"--user", 0, "NAME", "all logins of a user"},
};

static const struct take site_takes[] = {
    {WORD_DIR, OPTIONAL},
    {WORD_CONFIG, OPTIONAL},
    {WORD_HELP, OPTIONAL},
    {WORD_VERSION, OPTIONAL},
    {0},
};

static const struct take server_takes[] = {
    {WORD_URL, OPTIONAL},
    {WORD_TOKEN_FILE, OPTIONAL},
    {WORD_TOKEN, OPTIONAL},
    {WORD_CA_FILE, OPTIONAL},
    {WORD_INSECURE, OPTIONAL},
    {WORD_DEBUG, OPTIONAL},
    {WORD_DIR, OPTIONAL},
    {WORD_CONFIG, OPTIONAL},
    {WORD_HELP, OPTIONAL},
    {WORD_VERSION, OPTIONAL},
    {0},
};

const struct take *const common_takes[NEEDS__COUNT] = {
    [NEEDS_NOTHING] = site_takes,
    [NEEDS_STORE] = site_takes,
    [NEEDS_SERVER] = server_takes,
};

const struct command commands[] = {
    {{"get", ""}, NEEDS_SERVER, ctl_get,
	{{WORD_TYPE, ONCE}, {WORD_IDS, REPEATED}, {WORD_FIELDS, OPTIONAL},
	    {WORD_JSON, OPTIONAL}},
	"show records"},
    {{"query", ""}, NEEDS_SERVER, ctl_query,
	{{WORD_TYPE, ONCE}, {WORD_WHERE, ANY}, {WORD_FIELDS, OPTIONAL}, {WORD_SORT, OPTIONAL},
	    {WORD_LIMIT, OPTIONAL}, {WORD_JSON, OPTIONAL}},
	"list all records, or those that meet the conditions"},
    {{"render", ""}, NEEDS_SERVER, ctl_render,
	{{WORD_ID, ONCE}, {WORD_AS, OPTIONAL}, {WORD_OUTPUT, OPTIONAL}},
	"show a report as its receivers get it: XML or JSON, or a whole message"},
    {{"create", ""}, NEEDS_SERVER, ctl_create,
	{{WORD_TYPE, ONCE}, {WORD_FIELD, EITHER_REPEATED}, {WORD_JSON_TEXT, EITHER},
	    {WORD_FILE, EITHER}, {WORD_STDIN, EITHER}},
	"create records, and print their ids; the JSON may hold one record or several"},
    {{"update", ""}, NEEDS_SERVER, ctl_update,
	{{WORD_TYPE, ONCE}, {WORD_ID, ONCE}, {WORD_FIELD, EITHER_REPEATED},
	    {WORD_JSON_TEXT, EITHER}, {WORD_FILE, EITHER}, {WORD_STDIN, EITHER}},
	"change properties of a record"},
    {{"delete", ""}, NEEDS_SERVER, ctl_delete,
	{{WORD_TYPE, ONCE}, {WORD_ID_LIST, EITHER}, {WORD_STDIN, EITHER}}, "remove records"},
    {{"describe", ""}, NEEDS_SERVER, ctl_describe, {{WORD_TYPE_OR_ENUM, OPTIONAL}},
	"list all types, or show the properties of one"},
    {{"token", "create"}, NEEDS_STORE, ctl_token_create,
	{{WORD_SUBJECT, ONCE}, {WORD_PERMISSIONS, ONCE}, {WORD_EXPIRES, OPTIONAL},
	    {WORD_JSON, OPTIONAL}},
	"create a token and print it: it is shown only now; its id goes to standard error"},
    {{"token", "list"}, NEEDS_STORE, ctl_token_list, {{WORD_JSON, OPTIONAL}},
	"show all tokens and when each was last used, without their secrets"},
    {{"token", "rotate"}, NEEDS_STORE, ctl_token_rotate,
	{{WORD_ID, EITHER}, {WORD_TOKEN_FILE, EITHER}, {WORD_EXPIRES, OPTIONAL},
	    {WORD_GRACE, OPTIONAL}, {WORD_JSON, OPTIONAL}},
	"replace a token by a new one, and print the new one: it is shown only now"},
    {{"token", "revoke"}, NEEDS_STORE, ctl_token_revoke,
	{{WORD_ID, EITHER}, {WORD_TOKEN_FILE, EITHER}, {WORD_SUBJECT, EITHER}},
	"revoke a token, or all tokens of a subject, at once; ID may also be the token "
	"itself"},
    {{"user", "add"}, NEEDS_STORE, ctl_user_add, {{WORD_NAME, ONCE}, {WORD_PERMISSIONS, ONCE}},
	"add a user who can log in; asks for the password, or reads it from standard input"},
    {{"user", "passwd"}, NEEDS_STORE, ctl_user_passwd, {{WORD_NAME, ONCE}},
	"give a user another password, and end all logins made with the old one"},
    {{"user", "list"}, NEEDS_STORE, ctl_user_list, {{0}}, "show all users"},
    {{"user", "remove"}, NEEDS_STORE, ctl_user_remove, {{WORD_NAME, ONCE}},
	"remove a user, and end all logins made under that name"},
    {{"login", "list"}, NEEDS_STORE, ctl_login_list, {{0}},
	"show who is logged in, since when, last use, and from which address"},
    {{"login", "end"}, NEEDS_STORE, ctl_login_end, {{WORD_ID, EITHER}, {WORD_USER, EITHER}},
	"end a login, or all logins of a user, at once"},
    {{"status", ""}, NEEDS_STORE, ctl_status, {{0}},
	"show whether the store answers, what it holds, and how busy the outbox is"},
    {{"backup", ""}, NEEDS_STORE, ctl_backup, {{WORD_FOLDER, OPTIONAL}},
	"copy the store to a new folder while it serves; without DIR, renew the archive's "
	"copy"},
    {{"restore", ""}, NEEDS_NOTHING, ctl_restore,
	{{WORD_FOLDER, EITHER}, {WORD_ACCEPT_LOSS, EITHER}},
	"replace the store by a backup; the store must be stopped"},
    {{"verify", ""}, NEEDS_STORE, ctl_verify, {{WORD_FOLDER, OPTIONAL}},
	"check a backup, or the whole store and its archive, for damage"},
    {{"dump", ""}, NEEDS_STORE, ctl_dump, {{WORD_TYPES, ANY}},
	"write all records, or those of some types, as text"},
    {{"load", ""}, NEEDS_STORE, ctl_load, {{WORD_NEW_IDS, OPTIONAL}},
	"load the records that dump wrote, from standard input"},
    {{"compact", ""}, NEEDS_STORE, ctl_compact, {{0}},
	"make the database files smaller, after many records were destroyed"},
    {{"model", ""}, NEEDS_NOTHING, ctl_model, {{0}},
	"show the types of records and their fields, as Markdown"},
    {{"completion", ""}, NEEDS_NOTHING, ctl_completion, {{0}},
	"print the commands and their options, for shell completion"},
    {{"help", ""}, NEEDS_NOTHING, NULL, {{WORD_COMMAND, ANY}},
	"show this text, or the usage of COMMAND"},
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
