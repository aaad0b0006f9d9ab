/* ctl/command.h -- the table of the commands of outboxctl. The usage text is made from it. */
#ifndef CTL_COMMAND_H
#define CTL_COMMAND_H

#include "base/err.h"
#include "base/str.h"
#include "client/client.h"
#include "config/config.h"
#include "storage/login.h"
#include "storage/store.h"

/* The options and the positional words that a command line may hold. */
enum word {
	WORD_NONE, /* ends a list */
	/* for every command */
	WORD_HELP,
	WORD_VERSION,
	WORD_DIR,
	WORD_CONFIG,
	WORD_COMMAND,
	/* for commands that ask the server */
	WORD_URL,
	WORD_TOKEN_FILE,
	WORD_TOKEN,
	WORD_CA_FILE,
	WORD_INSECURE,
	WORD_DEBUG,
	/* for records */
	WORD_TYPE,
	WORD_TYPE_OR_ENUM,
	WORD_TYPES,
	WORD_IDS,
	WORD_ID_LIST,
	WORD_FIELD,
	WORD_JSON_TEXT,
	WORD_FILE,
	WORD_STDIN,
	WORD_WHERE,
	WORD_FIELDS,
	WORD_SORT,
	WORD_LIMIT,
	WORD_AS,
	WORD_OUTPUT,
	WORD_JSON,
	WORD_NEW_IDS,
	/* for backups */
	WORD_FOLDER,
	WORD_ACCEPT_LOSS,
	/* for tokens */
	WORD_SUBJECT,
	WORD_PERMISSIONS,
	WORD_EXPIRES,
	WORD_GRACE,
	WORD_ID,
	/* for users */
	WORD_NAME,
	WORD_USER,
	WORD__COUNT
};

struct word_form {
	const char *name;  /* "--subject" for an option, "ID" for a positional word */
	char letter;       /* 'h' if "-h" is short for "--help"; NUL: no short form */
	const char *value; /* the option's value in the usage text, "S"; NULL: it takes none */
	const char *doc;   /* one sentence; NULL if the name needs no explanation */
};
extern const struct word_form word_forms[WORD__COUNT];

/* By enum word: the values in the order given, ended by NULL. So *w[WORD_ID] is the first
 * value of WORD_ID, or NULL if the command line has none. The value of an option that takes
 * none is the option's name. */
typedef const char *const *words[WORD__COUNT];

/* Prints to standard output. */
typedef bool command_run(struct store *s, const words w, struct err *e);

enum times {
	ONCE,
	OPTIONAL, /* at most once */
	REPEATED, /* at least once */
	ANY,      /* any number of times */
	EITHER,   /* exactly one of the words marked EITHER or EITHER_REPEATED, once */
	EITHER_REPEATED,
};

/* A word that a command takes. Positional words are in their order. */
struct take {
	enum word word;
	enum times times;
};
#define COMMAND_TAKES_MAX 8 /* including the WORD_NONE at the end */

/* What a command needs before it can run. */
enum needs {
	NEEDS_NOTHING,
	NEEDS_STORE,  /* the store's socket */
	NEEDS_SERVER, /* a URL and a token, for ctl_ask() */
	NEEDS__COUNT
};

struct command {
	const char *name[2]; /* one or two words; "" if there is no second */
	enum needs needs;
	command_run *run; /* s: NULL unless NEEDS_STORE; run NULL: this is the help command */
	struct take takes[COMMAND_TAKES_MAX];
	const char *doc;
};
extern const struct command commands[]; /* the last has no name */

/* By enum needs: the options of all commands with the same need. WORD_NONE ends each list. */
extern const struct take *const common_takes[NEEDS__COUNT];

bool word_is_option(enum word w);
/* Returns the row for w, or NULL. */
const struct take *take_of(const struct take *list, enum word w);

/* Appends "token create --subject S --permissions P [--expires 90d]". */
void usage_of_command(const struct command *c, struct buf *out);
/* Appends the usage text. c: of this command. c NULL: of the commands whose first word is
 * group. Both NULL: of all commands. */
void usage(const struct command *c, const char *group, struct buf *out);

/* ctl/target.c. Reads the configuration of the outbox that --dir or --config names, or the
 * default one. config_free() *c. ERR_INVALID_ARGUMENTS if a named file is missing or wrong. */
bool ctl_config(struct config *c, const words w, struct err *e);
/* Appends the path of that configuration, as a C string. */
void ctl_config_path(struct buf *path, const words w);
/* ctl_ask() calls run with a client of the server that the command line or the settings name.
 */
typedef bool client_run(struct client *c, const words w, struct err *e);
bool ctl_ask(client_run *run, const words w, struct err *e);

command_run ctl_token_create, ctl_token_list, ctl_token_revoke,
    ctl_token_rotate;                            /* ctl/token.c */
command_run ctl_status;                          /* ctl/status.c */
command_run ctl_model;                           /* ctl/show.c */
command_run ctl_completion;                      /* ctl/completion.c */
command_run ctl_get, ctl_query;                  /* ctl/ask.c */
command_run ctl_render;                          /* ctl/render.c */
command_run ctl_create, ctl_update, ctl_delete;  /* ctl/change.c */
command_run ctl_describe;                        /* ctl/describe.c */
command_run ctl_compact;                         /* ctl/chore.c */
command_run ctl_backup, ctl_restore, ctl_verify; /* ctl/backup.c */
command_run ctl_dump;                            /* ctl/dump.c */
command_run ctl_load;                            /* ctl/load.c */
command_run ctl_user_add, ctl_user_passwd, ctl_user_list, ctl_user_remove; /* ctl/user.c */
command_run ctl_login_list, ctl_login_end;                                 /* ctl/login.c */

/* ctl/user.c. Reads a user. typed is the name as typed or in normal form. sodium_memzero()
 * *u. */
bool ctl_user_get(struct store *s, struct str typed, struct store_user *u, struct err *e);
/* ctl_user_do() calls act for the user with that name, as typed or in normal form. If no user
 * has the name, act gets it unchanged. */
typedef bool user_act(struct store *s, struct str name, struct err *e);
bool ctl_user_do(struct store *s, struct str typed, user_act *act, struct err *e);

#endif
