/* client/settings.c -- finds the URL and the token. */
#include "client/settings.h"

#include <confuse.h>
#include <curl/curl.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "base/str.h"

#define FILE_MAX (64u << 10) /* bytes */

static void
wipe(struct buf *b)
{
	if (b->s != NULL)
		sodium_memzero(b->s, b->cap);
	buf_free(b);
}

static void
wipe_text(char **s)
{
	if (*s != NULL)
		sodium_memzero(*s, strlen(*s));
	free(*s);
	*s = NULL;
}

static void
fill(char **member, const char *text)
{
	if (*member == NULL && text != NULL && text[0] != '\0')
		*member = str_dup(str_of(text));
}

/* --- the URL and the token --- */

static struct str
without_slashes(const char *url)
{
	struct str s = str_of(url);

	while (s.len > 0 && s.s[s.len - 1] == '/')
		s.len--;
	return s;
}

/* Removes slashes from the end. */
static bool
check_url(struct settings *s, struct err *e)
{
	CURLU *u = curl_url();
	char *scheme = NULL, *part = NULL;
	bool ok = false;

	if (u == NULL || curl_url_set(u, CURLUPART_URL, s->url, 0) != CURLUE_OK ||
	    curl_url_get(u, CURLUPART_SCHEME, &scheme, 0) != CURLUE_OK ||
	    (strcmp(scheme, "http") != 0 && strcmp(scheme, "https") != 0)) {
		err_set(e, ERR_INVALID_ARGUMENTS,
		    "the URL begins with https:// or http:// and has a host, as in "
		    "https://reports.example.com");
		goto out;
	}
	if (curl_url_get(u, CURLUPART_USER, &part, 0) == CURLUE_OK ||
	    curl_url_get(u, CURLUPART_QUERY, &part, 0) == CURLUE_OK ||
	    curl_url_get(u, CURLUPART_FRAGMENT, &part, 0) == CURLUE_OK) {
		err_set(e, ERR_INVALID_ARGUMENTS,
		    "the URL has no user, no query and no fragment in it");
		goto out;
	}
	s->url[without_slashes(s->url).len] = '\0';
	ok = true;
out:
	curl_free(scheme);
	curl_free(part);
	curl_url_cleanup(u);
	return ok;
}

/* The token must be printable ASCII, since it goes into a header. */
static bool
check_token(const struct settings *s, struct err *e)
{
	size_t len = strlen(s->token);

	for (const char *c = s->token; *c != '\0'; c++)
		if (*c <= ' ' || *c > '~')
			len = 0;
	return (len > 0 && len <= SETTINGS_TOKEN_MAX) ||
	    err_set(e, ERR_INVALID_ARGUMENTS,
		"the token has blanks or other bytes that tokens do not have, or is too long");
}

/* ERR_INVALID_ARGUMENTS if the file cannot be read, since the settings name it. */
static bool
read_file(const char *path, size_t max, struct buf *out, struct err *e)
{
	struct err why = {0};

	return io_read_file(path, max, out, &why) ||
	    err_set(e, ERR_INVALID_ARGUMENTS, "%s", why.text);
}

static bool
fill_token_from(struct settings *s, const char *path, struct err *e)
{
	struct buf text = {0};
	bool ok = false;

	if (s->token != NULL)
		return true;
	if (!read_file(path, SETTINGS_TOKEN_MAX, &text, e))
		goto out;
	while (text.len > 0 && strchr(" \t\r\n", text.s[text.len - 1]) != NULL)
		text.len--;
	if (text.len == 0 || memchr(text.s, '\0', text.len) != NULL) {
		err_set(e, ERR_INVALID_ARGUMENTS, "there is no token in %s", path);
		goto out;
	}
	s->token = str_dup(buf_str(&text));
	ok = true;
out:
	wipe(&text);
	return ok;
}

/* --- the file --- */

enum { URL, TOKEN, TOKEN_FILE, CA_FILE, OPTIONS };
static const char *const option_names[OPTIONS] = {"url", "token", "token_file", "ca_file"};

/* libConfuse would print the message, which could contain the token. */
__attribute__((format(printf, 2, 0))) static void
keep_quiet(cfg_t *file, const char *fmt, va_list ap)
{
	(void)file;
	(void)fmt;
	(void)ap;
}

/* Resolves path relative to the folder of the file that names it. */
static void
path_beside(const char *file, const char *path, struct buf *out)
{
	const char *slash = strrchr(file, '/');

	if (path[0] != '/' && slash != NULL)
		buf_add(out, file, (size_t)(slash - file) + 1);
	buf_puts(out, path);
	buf_terminate(out);
}

/* Is the token's file for the server at this URL? A token is sent to no other server. */
static bool
is_for_url(const struct settings *s, const char *url)
{
	return url == NULL || s->url == NULL ||
	    str_equal(without_slashes(url), without_slashes(s->url));
}

static bool
fill_from_options(
    struct settings *s, const char *file, const char *const values[OPTIONS], struct err *e)
{
	struct buf path = {0};
	bool ok = false;

	if (is_for_url(s, values[URL])) {
		fill(&s->token, values[TOKEN]);
		if (values[TOKEN_FILE] != NULL) {
			path_beside(file, values[TOKEN_FILE], &path);
			if (!fill_token_from(s, path.s, e))
				goto out;
		}
	}
	fill(&s->url, values[URL]);
	if (values[CA_FILE] != NULL) {
		buf_clear(&path);
		path_beside(file, values[CA_FILE], &path);
		fill(&s->ca_file, path.s);
	}
	ok = true;
out:
	buf_free(&path);
	return ok;
}

static bool
check_mode(const char *path, struct err *e)
{
	struct stat st;

	if (stat(path, &st) == 0 && (st.st_mode & (S_IRWXG | S_IRWXO)) == 0)
		return true;
	return err_set(e, ERR_INVALID_ARGUMENTS,
	    "%s has a token in it and is open to others: chmod 600 it, or name a token_file",
	    path);
}

static bool
fill_from_text(struct settings *s, const char *path, const char *text, struct err *e)
{
	cfg_opt_t opts[OPTIONS + 1] = {0};
	const char *values[OPTIONS] = {NULL};
	cfg_t *file;
	bool ok = false;

	for (size_t i = 0; i < OPTIONS; i++)
		opts[i] = (cfg_opt_t){
		    .name = option_names[i], .type = CFGT_STR, .flags = CFGF_NODEFAULT};
	file = cfg_init(opts, CFGF_NONE);
	if (file == NULL)
		return err_set(e, ERR_SERVER_FAIL, "cannot read %s: no memory", path);
	cfg_set_error_function(file, keep_quiet);
	if (cfg_parse_buf(file, text) != CFG_SUCCESS) {
		err_set(e, ERR_INVALID_ARGUMENTS,
		    "%s, line %d: it has lines like url = \"https://reports.example.com\", "
		    "with url, token, token_file and ca_file",
		    path, file->line);
		goto out;
	}
	for (size_t i = 0; i < OPTIONS; i++)
		if (cfg_size(file, option_names[i]) > 0)
			values[i] = cfg_getstr(file, option_names[i]);
	if (values[TOKEN] != NULL && !check_mode(path, e))
		goto out;
	ok = fill_from_options(s, path, values, e);
out:
	for (size_t i = 0; i < OPTIONS; i++)
		if (values[i] != NULL)
			sodium_memzero((char *)values[i], strlen(values[i]));
	cfg_free(file);
	return ok;
}

static bool
fill_from_file(struct settings *s, const char *path, struct err *e)
{
	struct buf text = {0};
	bool ok;

	ok = read_file(path, FILE_MAX, &text, e) &&
	    fill_from_text(s, path, buf_terminate(&text), e);
	wipe(&text);
	return ok;
}

static bool
fill_from_default_file(struct settings *s, struct err *e)
{
	const char *home = getenv("HOME"), *config = getenv("XDG_CONFIG_HOME");
	struct buf path = {0};
	bool ok;

	if (config != NULL && config[0] == '/')
		buf_printf(&path, "%s/report-outbox/" SETTINGS_FILE, config);
	else
		buf_printf(&path, "%s/" SETTINGS_DEFAULT_DIR "/" SETTINGS_FILE,
		    home != NULL ? home : "");
	ok = access(buf_terminate(&path), F_OK) != 0 || fill_from_file(s, path.s, e);
	buf_free(&path);
	return ok;
}

/* --- all of it --- */

bool
settings_read(struct settings *s, const struct settings_given *g, struct err *e)
{
	bool ok = false;

	*s = (struct settings){.insecure = g->insecure, .debug = g->debug};
	fill(&s->url, g->url);
	fill(&s->token, g->token);
	fill(&s->ca_file, g->ca_file);
	if (g->token_file != NULL && !fill_token_from(s, g->token_file, e))
		goto out;
	if (g->file != NULL && !fill_from_file(s, g->file, e))
		goto out;
	fill(&s->url, getenv(SETTINGS_URL_ENV));
	fill(&s->token, getenv(SETTINGS_TOKEN_ENV));
	if (g->file == NULL && !fill_from_default_file(s, e))
		goto out;
	if (s->url == NULL) {
		err_set(e, ERR_INVALID_ARGUMENTS,
		    "no server is named: give --url or --dir, set " SETTINGS_URL_ENV
		    ", or put url = \"https://...\" into ~/" SETTINGS_DEFAULT_DIR
		    "/" SETTINGS_FILE);
		goto out;
	}
	if (s->token == NULL) {
		err_set(e, ERR_INVALID_ARGUMENTS,
		    "there is no token for %s: give --token-file or --dir, "
		    "set " SETTINGS_TOKEN_ENV ", or put token_file into the configuration file",
		    s->url);
		goto out;
	}
	ok = check_url(s, e) && check_token(s, e);
out:
	if (!ok)
		settings_free(s);
	return ok;
}

void
settings_free(struct settings *s)
{
	free(s->url);
	wipe_text(&s->token);
	free(s->ca_file);
	*s = (struct settings){0};
}
