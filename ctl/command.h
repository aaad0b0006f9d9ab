/* ctl/command.h -- what outboxctl can do. */
#ifndef CTL_COMMAND_H
#define CTL_COMMAND_H

#include "base/err.h"
#include "storage/store.h"

/* What a command may be given. */
enum word { WORD_SUBJECT, WORD_PERMISSIONS, WORD_EXPIRES, WORD_ID, WORD__COUNT };

/* By enum word; NULL where the command line said nothing. */
typedef const char *words[WORD__COUNT];

/* Prints to standard output. */
typedef bool command_run(struct store *s, const words w, struct err *e);

command_run ctl_token_create, ctl_token_list, ctl_token_revoke; /* ctl/token.c */
command_run ctl_status, ctl_model;                              /* ctl/show.c */

#endif
