/* ctl/commands.c -- the commands, and the options and words that they take. */
#include "ctl/command.h"

const struct word_form word_forms[WORD__COUNT] = {
    [WORD_HELP] = {"--help", 'h', NULL, "show this text, or with a COMMAND what it takes"},
    [WORD_VERSION] = {"--version", 0, NULL, "show which outboxctl this is"},
    [WORD_DIR] = {"--dir", 0, "D", "a quickstart folder: D/outbox.conf and D/" SETTINGS_FILE},
    [WORD_CONFIG] = {"--config", 0, "FILE",
	"default: " CONFIG_DEFAULT_PATH ", or of records ~/" SETTINGS_DEFAULT_DIR
	"/" SETTINGS_FILE},
    [WORD_COMMAND] = {"COMMAND", 0, NULL, NULL},
    [WORD_URL] = {"--url", 0, "URL",
	"the server, such as https://reports.example.com; also in " SETTINGS_URL_ENV},
    [WORD_TOKEN_FILE] = {"--token-file", 0, "FILE", "a file that holds the bearer token"},
    [WORD_TOKEN] = {"--token", 0, "TOKEN",
	"the token itself, which everybody on the machine can then see; better "
	"in " SETTINGS_TOKEN_ENV},
    [WORD_CA_FILE] = {"--ca-file", 0, "FILE", "certificates to trust in place of the system's"},
    [WORD_INSECURE] = {"--insecure", 0, NULL, "do not verify the server's certificate"},
    [WORD_DEBUG] = {"--debug", 0, NULL, "tell of each HTTP exchange"},
    [WORD_TYPE] = {"TYPE", 0, NULL, "such as dmarc-internal-report or DmarcInternalReport"},
    [WORD_TYPE_OR_ENUM] = {"TYPE", 0, NULL, NULL},
    [WORD_IDS] = {"ID", 0, NULL, NULL},
    [WORD_ID_LIST] = {"--ids", 0, "ID,...", NULL},
    [WORD_TYPES] = {"TYPE", 0, NULL, NULL},
    [WORD_FIELD] = {"--field", 0, "NAME=VALUE",
	"a property; of an update also a path into it, report/orgName=Example"},
    [WORD_JSON_TEXT] = {"--json", 0, "TEXT", NULL},
    [WORD_FILE] = {"--file", 0, "FILE", NULL},
    [WORD_STDIN] = {"--stdin", 0, NULL, "read standard input: JSON, or of a delete ids"},
    [WORD_WHERE] = {"--where", 0, "CONDITION",
	"NAME=VALUE, or with <, <=, > or >=; more than one must all hold"},
    [WORD_FIELDS] = {"--fields", 0, "NAME,...", "which properties to show"},
    [WORD_SORT] = {"--sort", 0, "NAME,...", "with a - before a name the last comes first"},
    [WORD_LIMIT] = {"--limit", 0, "N", "at most so many; otherwise all"},
    [WORD_AS] = {"--as", 0, "FORM", "xml or json, as the report is, or mail"},
    [WORD_OUTPUT] = {"--output", 'o', "FILE", "write there, not to standard output"},
    [WORD_JSON] = {"--json", 0, NULL, "an object a line, for programs"},
    [WORD_FOLDER] = {"DIR", 0, NULL, NULL},
    [WORD_ACCEPT_LOSS] = {"--accept-loss", 0, NULL,
	"go on with what can still be read of a damaged store"},
    [WORD_SUBJECT] = {"--subject", 0, "S", NULL},
    [WORD_NEW_IDS] = {"--new-ids", 0, NULL, "give the records new ids"},
    [WORD_PERMISSIONS] = {"--permissions", 0, "P",
	"names with commas between, such as sysDmarcInternalReportGet, or a role"},
    [WORD_EXPIRES] = {"--expires", 0, "90d",
	"a number and one of s, m, h, d, w; without it a token does not expire, and a new one "
	"made by rotate expires when the old one does"},
    [WORD_GRACE] = {"--grace", 0, "1d",
	"the old token is good for so much longer, at most 365d; without it it ends at once"},
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
	"list records, all or those that conditions hold for"},
    {{"render", ""}, NEEDS_SERVER, ctl_render,
	{{WORD_ID, ONCE}, {WORD_AS, OPTIONAL}, {WORD_OUTPUT, OPTIONAL}},
	"show a report as its receivers get it: XML or JSON, or a whole message"},
    {{"create", ""}, NEEDS_SERVER, ctl_create,
	{{WORD_TYPE, ONCE}, {WORD_FIELD, EITHER_REPEATED}, {WORD_JSON_TEXT, EITHER},
	    {WORD_FILE, EITHER}, {WORD_STDIN, EITHER}},
	"make records, and print their ids; JSON may hold one or many"},
    {{"update", ""}, NEEDS_SERVER, ctl_update,
	{{WORD_TYPE, ONCE}, {WORD_ID, ONCE}, {WORD_FIELD, EITHER_REPEATED},
	    {WORD_JSON_TEXT, EITHER}, {WORD_FILE, EITHER}, {WORD_STDIN, EITHER}},
	"change properties of a record"},
    {{"delete", ""}, NEEDS_SERVER, ctl_delete,
	{{WORD_TYPE, ONCE}, {WORD_ID_LIST, EITHER}, {WORD_STDIN, EITHER}}, "remove records"},
    {{"describe", ""}, NEEDS_SERVER, ctl_describe, {{WORD_TYPE_OR_ENUM, OPTIONAL}},
	"show the types there are, or what is in one"},
    {{"token", "create"}, NEEDS_STORE, ctl_token_create,
	{{WORD_SUBJECT, ONCE}, {WORD_PERMISSIONS, ONCE}, {WORD_EXPIRES, OPTIONAL},
	    {WORD_JSON, OPTIONAL}},
	"make a token and print it, this once; its id goes to standard error"},
    {{"token", "list"}, NEEDS_STORE, ctl_token_list, {{WORD_JSON, OPTIONAL}},
	"show all tokens and when each was last used, without their secrets"},
    {{"token", "rotate"}, NEEDS_STORE, ctl_token_rotate,
	{{WORD_ID, EITHER}, {WORD_TOKEN_FILE, EITHER}, {WORD_EXPIRES, OPTIONAL},
	    {WORD_GRACE, OPTIONAL}, {WORD_JSON, OPTIONAL}},
	"make a token in the place of another one, which ends, and print it, this once"},
    {{"token", "revoke"}, NEEDS_STORE, ctl_token_revoke,
	{{WORD_ID, EITHER}, {WORD_TOKEN_FILE, EITHER}, {WORD_SUBJECT, EITHER}},
	"end a token, or all tokens of a subject, at once; the token itself is as good as its "
	"id"},
    {{"user", "add"}, NEEDS_STORE, ctl_user_add, {{WORD_NAME, ONCE}, {WORD_PERMISSIONS, ONCE}},
	"let somebody log in; asks for the password, or reads it from standard input"},
    {{"user", "passwd"}, NEEDS_STORE, ctl_user_passwd, {{WORD_NAME, ONCE}},
	"give a user another password, and end all logins made with the old one"},
    {{"user", "list"}, NEEDS_STORE, ctl_user_list, {{0}}, "show all users"},
    {{"user", "remove"}, NEEDS_STORE, ctl_user_remove, {{WORD_NAME, ONCE}},
	"remove a user, and end all logins made under that name"},
    {{"login", "list"}, NEEDS_STORE, ctl_login_list, {{0}},
	"show who is logged in: since when, when last, and from where"},
    {{"login", "end"}, NEEDS_STORE, ctl_login_end, {{WORD_ID, EITHER}, {WORD_USER, EITHER}},
	"end a login, or all of a user, at once"},
    {{"status", ""}, NEEDS_STORE, ctl_status, {{0}},
	"tell whether the store answers, what it holds, and how busy the outbox is"},
    {{"backup", ""}, NEEDS_STORE, ctl_backup, {{WORD_FOLDER, OPTIONAL}},
	"copy the store to a new folder while it serves; without one renew the archive's copy"},
    {{"restore", ""}, NEEDS_NOTHING, ctl_restore,
	{{WORD_FOLDER, EITHER}, {WORD_ACCEPT_LOSS, EITHER}},
	"put a backup in the place of a store that does not serve"},
    {{"verify", ""}, NEEDS_STORE, ctl_verify, {{WORD_FOLDER, OPTIONAL}},
	"look through a backup, or through all that the store and its archive hold"},
    {{"dump", ""}, NEEDS_STORE, ctl_dump, {{WORD_TYPES, ANY}},
	"write all records, or those of some types, as text"},
    {{"load", ""}, NEEDS_STORE, ctl_load, {{WORD_NEW_IDS, OPTIONAL}},
	"take up what dump has written, from standard input"},
    {{"compact", ""}, NEEDS_STORE, ctl_compact, {{0}},
	"make the database files smaller, after much was destroyed"},
    {{"model", ""}, NEEDS_NOTHING, ctl_model, {{0}},
	"show the types of records and their fields, as Markdown"},
    {{"completion", ""}, NEEDS_NOTHING, ctl_completion, {{0}},
	"show the commands and their options, for the completion of a shell"},
    {{"help", ""}, NEEDS_NOTHING, NULL, {{WORD_COMMAND, ANY}},
	"show this text, or what a COMMAND takes"},
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
