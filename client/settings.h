/* client/settings.h -- which server to use, and with which token: from the command line, the
 * environment, or a configuration file (libconfuse). */
#ifndef CLIENT_SETTINGS_H
#define CLIENT_SETTINGS_H

#include "base/err.h"

#define SETTINGS_URL_ENV "OUTBOX_URL"
#define SETTINGS_TOKEN_ENV "OUTBOX_TOKEN"
#define SETTINGS_FILE "outboxctl.conf"
#define SETTINGS_DEFAULT_DIR ".config/report-outbox" /* in the home directory */
#define SETTINGS_TOKEN_MAX 4096                      /* bytes */

/* Options of the command line; borrowed, NULL if absent. */
struct settings_given {
	const char *url, *token, *token_file, *ca_file;
	const char *file; /* the configuration file to use */
	bool insecure, debug;
};

/* Strings are owned; free them with settings_free(). */
struct settings {
	char *url;     /* "https://reports.example.com", without a final slash */
	char *token;   /* a secret */
	char *ca_file; /* PEM; NULL: the system's certificates */
	bool insecure; /* do not verify TLS certificates */
	bool debug;    /* report each exchange on standard error */
};

/* Precedence: the command line, a file that it names, the environment, the default file.  The
 * token of a file is used only for the URL in the same file.  ERR_INVALID_ARGUMENTS for a
 * setting that is wrong or missing; the message never contains the token. */
bool settings_read(struct settings *s, const struct settings_given *g, struct err *e);
void settings_free(struct settings *s); /* wipes the token */

#endif
