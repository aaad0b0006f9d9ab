/* ctl/password.h -- asks for a password on the terminal, or reads it from a pipe. */
#ifndef CTL_PASSWORD_H
#define CTL_PASSWORD_H

#include "login/password.h"

/* If standard input is a terminal, asks twice, without echo. Otherwise reads the first line
 * of standard input. Fills hash with the password's argon2id hash, and wipes the password.
 * ERR_INVALID_ARGUMENTS if the two entries differ, or password_is_valid() refuses it. */
bool password_ask(char hash[static STORE_PASSWORD_MAX + 1], struct err *e);

#endif
