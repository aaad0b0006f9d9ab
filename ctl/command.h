/* ctl/command.h -- what outboxctl can do: the table of its commands, which is also its usage
 * text. */
#ifndef CTL_COMMAND_H
#define CTL_COMMAND_H

#include "base/err.h"
#include "base/str.h"
#include "client/client.h"
#include "config/config.h"
#include "storage/login.h"
#include "storage/store.h"

/* What a command line may hold: options, and words known by their place. */
enum word {
	WORD_NONE, /* ends a list */
	/* of every command */
	WORD_HELP,
	WORD_VERSION,
	WORD_DIR,
	WORD_CONFIG,
	WORD_COMMAND,
	/* of those that ask the server */
	WORD_URL,
	WORD_TOKEN_FILE,
	WORD_TOKEN,
	WORD_CA_FILE,
	WORD_INSECURE,
	WORD_DEBUG,
	/* of records */
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
	/* of backups */
	WORD_FOLDER,
	WORD_ACCEPT_LOSS,
	/* of tokens */
	WORD_SUBJECT,
	WORD_PERMISSIONS,
	WORD_EXPIRES,
	WORD_GRACE,
	WORD_ID,
	/* of users */
	WORD_NAME,
	WORD_USER,
	WORD__COUNT
};

struct word_form {
	const char *name;  /* "--subject" of an option, "ID" of a word known by its place */
	char letter;       /* "-h" is short for "--help"; NUL: there is no short form */
	const char *value; /* what an option is followed by, "S"; NULL: nothing */
	const char *doc;   /* one sentence; NULL where the names say it */
};
extern const struct word_form word_forms[WORD__COUNT];

/* By enum word: the values in the order they were given, ended by NULL, so that the first of a
 * word is *w[WORD_ID], and NULL if the command line did not say it.  An option that takes no
 * value has its name for one. */
typedef const char *const *words[WORD__COUNT];

/* Prints to standard output. */
typedef bool command_run(struct store *s, const words w, struct err *e);

enum times {
	ONCE,
	OPTIONAL, /* once or not at all */
	REPEATED, /* once or more */
	ANY,      /* not at all or more */
	EITHER,   /* one of those that have this, or EITHER_REPEATED, and no other of them */
	EITHER_REPEATED,
};

/* What a command takes; words known by their place are in their order. */
struct take {
	enum word word;
	enum times times;
};
#define COMMAND_TAKES_MAX 8 /* with the WORD_NONE at the end */

/* What must be there before a command runs. */
enum needs {
	NEEDS_NOTHING,
	NEEDS_STORE,  /* the store's socket */
	NEEDS_SERVER, /* a URL and a token, for ctl_ask() */
	NEEDS__COUNT
};

struct command {
	const char *name[2]; /* one or two words; "" where there is no second */
	enum needs needs;
	command_run *run; /* s is NULL without NEEDS_STORE; NULL: the command asks for help */
	struct take takes[COMMAND_TAKES_MAX];
	const char *doc;
};
extern const struct command commands[]; /* the last has no name */

/* What every command takes that needs the same, by enum needs; WORD_NONE ends it. */
extern const struct take *const common_takes[NEEDS__COUNT];

bool word_is_option(enum word w);
/* The row for w, or NULL. */
const struct take *take_of(const struct take *list, enum word w);

/* Appends "token create --subject S --permissions P [--expires 90d]". */
void usage_of_command(const struct command *c, struct buf *out);
/* Appends the usage text: of the command c; or, if c is NULL, of the commands whose first word
 * is group; or, if that is NULL too, of all commands. */
void usage(const struct command *c, const char *group, struct buf *out);

/* ctl/target.c.  The configuration of the outbox that --dir or --config names, or the default;
 * config_free().  What is wrong with one that is named is ERR_INVALID_ARGUMENTS. */
bool ctl_config(struct config *c, const words w, struct err *e);
/* Appends its path, as a C string. */
void ctl_config_path(struct buf *path, const words w);
/* Runs with a client of the server that the command line, or the settings, name. */
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

/* ctl/user.c.  The user of that name, as it is typed or in its normal form; sodium_memzero()
 * *u. */
bool ctl_user_get(struct store *s, struct str typed, struct store_user *u, struct err *e);
/* act on the user of that name, likewise; what is no user's goes to act as it is. */
typedef bool user_act(struct store *s, struct str name, struct err *e);
bool ctl_user_do(struct store *s, struct str typed, user_act *act, struct err *e);

#endif
