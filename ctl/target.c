/* ctl/target.c -- finds the outbox that a command line means: by its configuration, or over
 * HTTP. */
#include "ctl/command.h"

void
ctl_config_path(struct buf *path, const words w)
{
	if (*w[WORD_DIR] != NULL)
		buf_printf(path, "%s/outbox.conf", *w[WORD_DIR]);
	else
		buf_puts(path, *w[WORD_CONFIG] != NULL ? *w[WORD_CONFIG] : CONFIG_DEFAULT_PATH);
	buf_terminate(path);
}

bool
ctl_config(struct config *c, const words w, struct err *e)
{
	const bool named = *w[WORD_DIR] != NULL || *w[WORD_CONFIG] != NULL;
	struct buf path = {0};
	struct err why = {0};
	bool ok;

	ctl_config_path(&path, w);
	ok = config_read(c, path.s, &why) ||
	    err_set(e, named ? ERR_INVALID_ARGUMENTS : why.code, "%s%s", why.text,
		named ? "" : "; --config names another one, and --dir a quickstart folder");
	buf_free(&path);
	return ok;
}

bool
ctl_ask(client_run *run, const words w, struct err *e)
{
	struct settings_given g = {
	    .url = *w[WORD_URL],
	    .token = *w[WORD_TOKEN],
	    .token_file = *w[WORD_TOKEN_FILE],
	    .ca_file = *w[WORD_CA_FILE],
	    .file = *w[WORD_CONFIG],
	    .insecure = *w[WORD_INSECURE] != NULL,
	    .debug = *w[WORD_DEBUG] != NULL,
	};
	struct buf file = {0};
	struct client c;
	bool ok;

	if (*w[WORD_DIR] != NULL) {
		buf_printf(&file, "%s/" SETTINGS_FILE, *w[WORD_DIR]);
		g.file = buf_terminate(&file);
	}
	ok = client_open(&c, &g, e) && run(&c, w, e);
	client_close(&c);
	buf_free(&file);
	return ok;
}
