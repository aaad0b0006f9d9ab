/* ctl/main.c -- outboxctl: the outbox from the command line. */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#include "config/version.h"
#include "ctl/line.h"

#define EXIT_USAGE 2

bool
ctl_config(struct config *c, const words w, struct err *e)
{
	struct buf path = {0};
	bool ok;

	if (*w[WORD_DIR] != NULL)
		buf_printf(&path, "%s/outbox.conf", *w[WORD_DIR]);
	else
		buf_puts(
		    &path, *w[WORD_CONFIG] != NULL ? *w[WORD_CONFIG] : CONFIG_DEFAULT_PATH);
	ok = config_read(c, buf_terminate(&path), e);
	buf_free(&path);
	return ok;
}

static bool
open_store(struct store **s, const words w, struct err *e)
{
	struct config c;
	char *socket;

	if (!ctl_config(&c, w, e))
		return false;
	socket = config_store_socket(&c);
	store_open(s, socket, (unsigned)c.store_timeout_ms);
	free(socket);
	config_free(&c);
	return true;
}

static bool
run(const struct line *l, struct err *e)
{
	struct store *s = NULL;
	bool ok = false;

	if (sodium_init() < 0) {
		err_set(e, ERR_SERVER_FAIL, "libsodium does not start");
		goto out;
	}
	if (l->command->needs == NEEDS_STORE && !open_store(&s, l->words, e))
		goto out;
	if (!l->command->run(s, l->words, e))
		goto out;
	if (fflush(stdout) != 0) {
		err_set(e, ERR_SERVER_FAIL, "cannot write to standard output");
		goto out;
	}
	ok = true;
out:
	store_close(&s);
	return ok;
}

static void
print_usage(const struct command *c)
{
	struct buf text = {0};

	usage(c, &text);
	fwrite(text.s, 1, text.len, stdout);
	buf_free(&text);
}

int
main(int argc, char **argv)
{
	struct line l;
	struct err e = {0};
	int status = EXIT_FAILURE;

	if (!line_parse(&l, argc, argv, &e)) {
		fprintf(stderr, "outboxctl: %s; see outboxctl --help\n", e.text);
		status = EXIT_USAGE;
		goto out;
	}
	if (*l.words[WORD_HELP] != NULL)
		print_usage(l.command);
	else if (*l.words[WORD_VERSION] != NULL)
		puts("outboxctl " OUTBOX_VERSION);
	else if (!run(&l, &e)) {
		fprintf(stderr, "outboxctl: %s\n", e.text);
		goto out;
	}
	status = EXIT_SUCCESS;
out:
	line_free(&l);
	return status;
}
