/* ctl/main.c -- outboxctl: the command line of the outbox. */
#include <errno.h>
#include <locale.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config/version.h"
#include "ctl/line.h"
#include "ctl/text.h"

/* What a person can do if the store does not answer. */
static const char *
advice(const char *socket)
{
	if (access(socket, R_OK | W_OK) == 0)
		return "see the log, or `systemctl status report-outbox`";
	return errno == EACCES ? "run this with sudo, or as the user of the outbox"
			       : "is the outbox running? See `systemctl status report-outbox`";
}

/* Runs a command that asks the store. */
static bool
run_with_store(const struct line *l, struct err *e)
{
	struct store *s = NULL;
	struct err why = {0};
	struct config c;
	char *socket;
	bool ok;

	if (!ctl_config(&c, l->words, e))
		return false;
	socket = config_store_socket(&c);
	store_open(&s, socket, (unsigned)c.store_timeout_ms);
	config_free(&c);
	ok = l->command->run(s, l->words, &why);
	if (!ok && why.code == ERR_SERVER_UNAVAILABLE)
		err_set(e, why.code, "%s; %s", why.text, advice(socket));
	else if (!ok)
		*e = why;
	store_close(&s);
	free(socket);
	return ok;
}

static bool
run(const struct line *l, struct err *e)
{
	if (sodium_init() < 0)
		return err_set(e, ERR_SERVER_FAIL, "libsodium does not start");
	return l->command->needs == NEEDS_STORE ? run_with_store(l, e)
						: l->command->run(NULL, l->words, e);
}

/* The exit statuses that the manual page lists. */
static int
status_of(enum err_code code)
{
	static const int statuses[ERR__COUNT] = {
	    [ERR_INVALID_ARGUMENTS] = 2,
	    [ERR_UNAUTHORIZED] = 3,
	    [ERR_FORBIDDEN] = 3,
	    [ERR_ACCOUNT_READ_ONLY] = 3,
	    [ERR_SERVER_UNAVAILABLE] = 4,
	    [ERR_NOT_READY] = 4,
	    [ERR_WARNING] = 5,
	};

	return statuses[code] != 0 ? statuses[code] : EXIT_FAILURE;
}

static void
print_usage(const struct line *l)
{
	struct buf text = {0};

	usage(l->command, l->group, &text);
	fwrite(text.s, 1, text.len, stdout);
	buf_free(&text);
}

int
main(int argc, char **argv)
{
	struct line l;
	struct err e = {0};

	setlocale(LC_CTYPE, "C.UTF-8");
	if (!line_parse(&l, argc, argv, &e))
		snprintf(e.text + strlen(e.text), sizeof e.text - strlen(e.text),
		    "; see outboxctl --help");
	else if (*l.words[WORD_HELP] != NULL || l.group != NULL)
		print_usage(&l);
	else if (*l.words[WORD_VERSION] != NULL)
		puts("outboxctl " OUTBOX_VERSION);
	else
		run(&l, &e);
	if (fflush(stdout) != 0 || ferror(stdout))
		err_set(&e, ERR_SERVER_FAIL, "cannot write to standard output");
	if (e.code != ERR_NONE)
		text_complain(e.text);
	line_free(&l);
	return e.code == ERR_NONE ? EXIT_SUCCESS : status_of(e.code);
}
