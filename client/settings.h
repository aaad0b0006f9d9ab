/* client/settings.h -- which outbox to ask, and with which token: from the command line, the
 * environment, or a configuration file (libconfuse). */
#ifndef CLIENT_SETTINGS_H
#define CLIENT_SETTINGS_H

#include "base/err.h"

#define SETTINGS_URL_ENV "OUTBOX_URL"
#define SETTINGS_TOKEN_ENV "OUTBOX_TOKEN"
#define SETTINGS_FILE "outboxctl.conf"
#define SETTINGS_DEFAULT_DIR ".config/report-outbox" /* below the home */
#define SETTINGS_TOKEN_MAX 4096                      /* bytes */

/* What the command line gave; borrowed, NULL where it said nothing. */
struct settings_given {
	const char *url, *token, *token_file, *ca_file;
	const char *file; /* the configuration file to use */
	bool insecure, debug;
};

/* Strings are owned; settings_free(). */
struct settings {
	char *url;     /* "https://reports.example.com", without a slash at its end */
	char *token;   /* a secret */
	char *ca_file; /* PEM; NULL: the certificates that the system trusts */
	bool insecure; /* TLS certificates are not verified */
	bool debug;    /* each exchange is told on standard error */
};

/* What the command line gives goes before a file that it names, that before the environment,
 * and that before the default file, if there is one.  A file's token is for the file's URL
 * alone.  ERR_INVALID_ARGUMENTS for what is wrong, or missing; it names no token. */
bool settings_read(struct settings *s, const struct settings_given *g, struct err *e);
void settings_free(struct settings *s); /* the token is wiped */

#endif
