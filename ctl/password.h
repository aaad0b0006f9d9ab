/* ctl/password.h -- a password, from whoever sits at the terminal or from a pipe. */
#ifndef CTL_PASSWORD_H
#define CTL_PASSWORD_H

#include "login/password.h"

/* Asked for twice on the terminal, which does not show it; where standard input is none, its
 * first line.  ERR_INVALID_ARGUMENTS if the two differ, or it is not a password
 * (password_is_valid()).  hash is then its argon2id hash; the password itself is wiped. */
bool password_ask(char hash[static STORE_PASSWORD_MAX + 1], struct err *e);

#endif
