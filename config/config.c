/* config/config.c -- the table of options, and the reader of the file. */
#include "config/config.h"

#include <confuse.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/host.h"
#include "base/io.h"
#include "base/str.h"

#define CONFIG_FILE_MAX (1u << 20) /* bytes */

/* The values of options that no file sets. limits_default holds those of the limits. */
static const struct config defaults = {
    .data_dir = (char *)"/var/lib/report-outbox",
    .archive_dir = (char *)"",
    .run_dir = (char *)"/run/report-outbox",
    .listen = (char *)"unix:/run/report-outbox/fastcgi.sock",
    .listen_mode = 0660,
    .public_url = (char *)"",
    .server_names = (char *)"",
    .report_format = (char *)"9990",
    .report_organization = (char *)"",
    .report_contact = (char *)"",
    .deliver_from = (char *)"",
    .redirect_uris = (char *)"",
    .workers = 0,
    .worker_connections = 256,
    .worker_timeout_s = 60,
    .stop_timeout_s = 30,
    .store_timeout_ms = 5000,
    .store_cache_mb = 256,
    .ballast_mb = 64,
    .store_connections = 256,
    .keep_changes_days = 30,
    .backup_every_h = 24,
    .backup_after_mb = 1024,
    .reserve_mb = 192,
    .metrics_for_loopback = true,
    .log_level = LOG_LEVEL_INFO,
};

/* Copies an option's value from the file into its member. */
typedef void store(void *member, cfg_t *file, const char *name);

static void
store_long(void *member, cfg_t *file, const char *name)
{
	*(long *)member = cfg_getint(file, name);
}

static void
store_mode(void *member, cfg_t *file, const char *name)
{
	*(unsigned *)member = (unsigned)cfg_getint(file, name);
}

static void
store_size(void *member, cfg_t *file, const char *name)
{
	*(size_t *)member = (size_t)cfg_getint(file, name);
}

static void
store_text(void *member, cfg_t *file, const char *name)
{
	char **text = member;

	free(*text);
	*text = str_dup(str_of(cfg_getstr(file, name)));
}

static void
store_nets(void *member, cfg_t *file, const char *name)
{
	nets_free(member);
	nets_parse(str_of(cfg_getstr(file, name)), member);
}

static void
store_level(void *member, cfg_t *file, const char *name)
{
	log_level_parse(str_of(cfg_getstr(file, name)), member);
}

static void
store_open_to(void *member, cfg_t *file, const char *name)
{
	*(bool *)member = strcmp(cfg_getstr(file, name), "loopback") == 0;
}

/* Returns NULL if the value is right, or else what it must be. */
typedef const char *check(const char *value);

static const char *
check_dir(const char *value)
{
	return value[0] == '/' ? NULL : "an absolute path";
}

static const char *
check_dir_or_none(const char *value)
{
	return value[0] == '\0' ? NULL : check_dir(value);
}

static const char *
check_listen(const char *value)
{
	struct str v = str_of(value);

	if (str_cut_prefix(&v, "unix:") ? v.len > 0 && v.s[0] == '/'
					: strchr(value, ':') != NULL)
		return NULL;
	return "unix:/PATH or ADDRESS:PORT";
}

static const char *
check_url(const char *value)
{
	struct str v = str_of(value);

	if (v.len == 0)
		return NULL;
	if (!str_cut_prefix(&v, "https://") && !str_cut_prefix(&v, "http://"))
		return "a URL that begins with https:// or http://";
	if (v.len == 0 || v.s[0] == '/' || v.s[v.len - 1] == '/')
		return "a URL with a host and without a slash at its end";
	for (size_t i = 0; i < v.len; i++)
		if (v.s[i] <= ' ' || v.s[i] >= 0x7f || strchr("\"\\<>?#", v.s[i]) != NULL)
			return "a URL in ASCII, without a query";
	return NULL;
}

static const char *
check_names(const char *value)
{
	return host_list_is_valid(value) ? NULL
					 : "names or addresses as a Host header has them, "
					   "without ports, with blanks between";
}

static const char *
check_format(const char *value)
{
	return strcmp(value, "9990") == 0 || strcmp(value, "7489") == 0 ? NULL : "9990 or 7489";
}

static const char *
check_text(const char *value)
{
	for (const char *c = value; *c != '\0'; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			return "a text without control characters";
	return NULL;
}

/* Checks the form only: the mail server knows whether the address can send mail. */
static const char *
check_address(const char *value)
{
	const char *at = strchr(value, '@');

	if (value[0] == '\0')
		return NULL;
	if (at == NULL || at == value || at[1] == '\0' || strchr(at + 1, '@') != NULL)
		return "an address such as dmarc@example.com";
	for (const char *c = value; *c != '\0'; c++)
		if (*c <= ' ' || *c >= 0x7f || strchr("<>,;:\\\"()", *c) != NULL)
			return "an address such as dmarc@example.com";
	return NULL;
}

static const char *
check_nets(const char *value)
{
	struct nets n;
	bool ok = nets_parse(str_of(value), &n);

	nets_free(&n);
	return ok ? NULL : "addresses or networks such as 192.0.2.0/24, with blanks between";
}

static const char *
check_urls(const char *value)
{
	const char *want =
	    "URLs in ASCII with blanks between, each with https:// or http:// and "
	    "without a fragment";

	while (*value != '\0') {
		size_t len = strcspn(value, " ");
		struct str url = {value, len};

		for (size_t i = 0; i < len; i++)
			if (url.s[i] < ' ' || url.s[i] >= 0x7f ||
			    strchr("\"\\<>#;,", url.s[i]) != NULL)
				return want;
		if (len > CONFIG_REDIRECT_MAX ||
		    (!str_cut_prefix(&url, "https://") && !str_cut_prefix(&url, "http://")) ||
		    url.len == 0 || url.s[0] == '/')
			return want;
		value += len;
		value += strspn(value, " ");
	}
	return NULL;
}

static const char *
check_open_to(const char *value)
{
	return strcmp(value, "loopback") == 0 || strcmp(value, "nobody") == 0
	    ? NULL
	    : "loopback or nobody";
}

static const char *
check_level(const char *value)
{
	enum log_level level;

	return log_level_parse(str_of(value), &level) ? NULL : "error, warn, info or debug";
}

static const struct option {
	const char *name;
	size_t member; /* in struct config */
	store *store;
	check *check;  /* NULL: a number */
	long min, max; /* of a number */
} options[] = {
    {"data_dir", offsetof(struct config, data_dir), store_text, check_dir, 0, 0},
    {"archive_dir", offsetof(struct config, archive_dir), store_text, check_dir_or_none, 0, 0},
    {"run_dir", offsetof(struct config, run_dir), store_text, check_dir, 0, 0},
    {"listen", offsetof(struct config, listen), store_text, check_listen, 0, 0},
    {"listen_mode", offsetof(struct config, listen_mode), store_mode, NULL, 0600, 0777},
    {"report_format", offsetof(struct config, report_format), store_text, check_format, 0, 0},
    {"report_organization", offsetof(struct config, report_organization), store_text,
	check_text, 0, 0},
    {"report_contact", offsetof(struct config, report_contact), store_text, check_address, 0,
	0},
    {"deliver_from", offsetof(struct config, deliver_from), store_text, check_address, 0, 0},
    {"public_url", offsetof(struct config, public_url), store_text, check_url, 0, 0},
    {"server_names", offsetof(struct config, server_names), store_text, check_names, 0, 0},
    {"trusted_proxies", offsetof(struct config, trusted_proxies), store_nets, check_nets, 0, 0},
    {"redirect_uris", offsetof(struct config, redirect_uris), store_text, check_urls, 0, 0},
    {"workers", offsetof(struct config, workers), store_long, NULL, 0, CONFIG_WORKERS_MAX},
    {"worker_connections", offsetof(struct config, worker_connections), store_long, NULL, 1,
	4096},
    {"worker_timeout_s", offsetof(struct config, worker_timeout_s), store_long, NULL, 1, 3600},
    {"stop_timeout_s", offsetof(struct config, stop_timeout_s), store_long, NULL, 1, 3600},
    {"store_timeout_ms", offsetof(struct config, store_timeout_ms), store_long, NULL, 100,
	60000},
    {"store_cache_mb", offsetof(struct config, store_cache_mb), store_long, NULL, 1,
	CACHE_MB_MAX},
    {"ballast_mb", offsetof(struct config, ballast_mb), store_long, NULL, 0, 1 << 20},
    {"store_connections", offsetof(struct config, store_connections), store_long, NULL, 4,
	4096},
    {"keep_changes_days", offsetof(struct config, keep_changes_days), store_long, NULL, 30,
	3650},
    {"backup_every_h", offsetof(struct config, backup_every_h), store_long, NULL, 0, 8760},
    {"backup_after_mb", offsetof(struct config, backup_after_mb), store_long, NULL, 0, 1 << 20},
    {"reserve_mb", offsetof(struct config, reserve_mb), store_long, NULL, 192, 1 << 20},
    {"metrics_open_to", offsetof(struct config, metrics_for_loopback), store_open_to,
	check_open_to, 0, 0},
    {"log_level", offsetof(struct config, log_level), store_level, check_level, 0, 0},
    {"max_size_request", offsetof(struct config, limits.max_size_request), store_size, NULL,
	1 << 10, 128 << 20},
    {"max_size_record", offsetof(struct config, limits.max_size_record), store_size, NULL,
	1 << 10, 64 << 20},
    {"max_size_response", offsetof(struct config, limits.max_size_response), store_size, NULL,
	1 << 20, 128 << 20},
    {"max_calls_in_request", offsetof(struct config, limits.max_calls_in_request), store_size,
	NULL, 1, 1000},
    {"max_objects_in_get", offsetof(struct config, limits.max_objects_in_get), store_size, NULL,
	1, 100000},
    {"max_objects_in_set", offsetof(struct config, limits.max_objects_in_set), store_size, NULL,
	1, LIMITS_OBJECTS_IN_SET_MAX},
    {"max_query_limit", offsetof(struct config, limits.max_query_limit), store_size, NULL, 1,
	1000000},
    {"max_changes", offsetof(struct config, limits.max_changes), store_size, NULL, 1, 1000000},
    {"max_work_in_request", offsetof(struct config, limits.max_work_in_request), store_size,
	NULL, 1000000, 2000000000},
    {"max_cpu_ms_in_request", offsetof(struct config, limits.max_cpu_ms_in_request), store_size,
	NULL, 100, 1800000},
    {"max_concurrent_requests", offsetof(struct config, limits.max_concurrent_requests),
	store_size, NULL, 1, 1000},
};
#define N_OPTIONS (sizeof options / sizeof options[0])

/* Does the file set this option here for the first time? The option's comment, which libConfuse
 * does not use by default, holds the line of the first. */
static bool
is_first(cfg_t *file, cfg_opt_t *opt)
{
	char line[16];

	if (cfg_opt_getcomment(opt) != NULL) {
		cfg_error(file, "%s is given twice: in line %s too", opt->name,
		    cfg_opt_getcomment(opt));
		return false;
	}
	snprintf(line, sizeof line, "%d", file->line);
	return cfg_opt_setcomment(opt, line) == 0;
}

static int
validate(cfg_t *file, cfg_opt_t *opt)
{
	const struct option *o = options;

	if (!is_first(file, opt))
		return -1;
	while (strcmp(o->name, opt->name) != 0)
		o++;
	if (o->check != NULL) {
		const char *want = o->check(cfg_opt_getnstr(opt, 0));

		if (want == NULL)
			return 0;
		cfg_error(file, "%s must be %s", o->name, want);
		return -1;
	}
	if (cfg_opt_getnint(opt, 0) >= o->min && cfg_opt_getnint(opt, 0) <= o->max)
		return 0;
	cfg_error(file,
	    o->store == store_mode ? "%s must be from %#lo to %#lo"
				   : "%s must be from %ld to %ld",
	    o->name, o->min, o->max);
	return -1;
}

/* libConfuse passes nothing but the file to this function, so the first complaint is stored in
 * the title of the file, which has no other use. */
__attribute__((format(printf, 2, 0))) static void
complain(cfg_t *file, const char *fmt, va_list ap)
{
	struct buf text = {0};

	if (file->title != NULL)
		return;
	buf_printf(&text, "line %d: ", file->line);
	buf_vprintf(&text, fmt, ap);
	buf_terminate(&text);
	file->title = text.s;
}

/* libConfuse 3.3 counts a line with a comment several times; blanks in place of comments avoid
 * that. */
static void
blank_comments(char *s)
{
	char quote = '\0';

	for (; *s != '\0'; s++) {
		if (quote != '\0' && *s == '\\' && s[1] != '\0')
			s++;
		else if (quote != '\0' && *s == quote)
			quote = '\0';
		else if (quote == '\0' && (*s == '"' || *s == '\''))
			quote = *s;
		else if (quote == '\0' && *s == '#')
			memset(s, ' ', strcspn(s, "\n"));
	}
}

/* Reads the options in text into c. */
static bool
parse(struct config *c, const char *path, const char *text, struct err *e)
{
	cfg_opt_t opts[N_OPTIONS + 1] = {0};
	cfg_t *file;
	bool ok = false;

	for (size_t i = 0; i < N_OPTIONS; i++) {
		opts[i].name = options[i].name;
		opts[i].type = options[i].check != NULL ? CFGT_STR : CFGT_INT;
		opts[i].flags = CFGF_NODEFAULT;
		opts[i].validcb = validate;
	}
	file = cfg_init(opts, CFGF_NONE);
	if (file == NULL)
		return err_set(e, ERR_SERVER_FAIL, "cannot read %s: no memory", path);
	cfg_set_error_function(file, complain);
	if (cfg_parse_buf(file, text) != CFG_SUCCESS) {
		err_set(e, ERR_SERVER_FAIL, "%s: %s", path,
		    file->title != NULL ? file->title : "cannot be parsed");
		goto out;
	}
	for (size_t i = 0; i < N_OPTIONS; i++)
		if (cfg_size(file, options[i].name) > 0)
			options[i].store((char *)c + options[i].member, file, options[i].name);
	ok = true;
out:
	cfg_free(file);
	return ok;
}

/* A request must end by itself long before its worker counts as stuck.  CPU time is less than
 * the time that a request takes, since a worker also waits for the store and for a core. */
static void
keep_cpu_below_timeout(struct config *c)
{
	size_t most = (size_t)c->worker_timeout_s * 1000 / 2;

	if (c->limits.max_cpu_ms_in_request > most)
		c->limits.max_cpu_ms_in_request = most;
}

/* Checks the rules between options. */
static bool
check_together(const struct config *c, const char *path, struct err *e)
{
	if (c->limits.max_query_limit < c->limits.max_objects_in_get)
		return err_set(e, ERR_SERVER_FAIL,
		    "%s: max_query_limit must not be below max_objects_in_get", path);
	if (c->worker_timeout_s * 1000 <= c->store_timeout_ms)
		return err_set(e, ERR_SERVER_FAIL,
		    "%s: worker_timeout_s must be longer than store_timeout_ms", path);
	/* During a reload two sets of workers are connected. */
	if (c->store_connections < 2 * config_workers(c) + 2)
		return err_set(e, ERR_SERVER_FAIL,
		    "%s: store_connections must be at least twice the workers and 2 more",
		    path);
	return true;
}

/* The member of a text option; NULL for any other. */
static char **
text_member(struct config *c, const struct option *o)
{
	return o->store == store_text ? (char **)(void *)((char *)c + o->member) : NULL;
}

/* Replaces the defaults, which are literals, by copies that config_free() can free. */
static void
own_texts(struct config *c)
{
	for (size_t i = 0; i < N_OPTIONS; i++) {
		char **text = text_member(c, &options[i]);

		if (text != NULL)
			*text = str_dup(str_of(*text));
	}
}

bool
config_parse(struct config *c, const char *path, struct str text, struct err *e)
{
	struct buf copy = {0};
	bool ok = false;

	*c = defaults;
	c->limits = limits_default;
	own_texts(c);
	buf_add_str(&copy, text);
	if (strlen(buf_terminate(&copy)) != text.len) {
		err_set(e, ERR_SERVER_FAIL, "%s is not a text file", path);
		goto out;
	}
	blank_comments(copy.s);
	ok = parse(c, path, copy.s, e) && check_together(c, path, e);
	if (ok)
		keep_cpu_below_timeout(c);
out:
	buf_free(&copy);
	if (!ok)
		config_free(c);
	return ok;
}

bool
config_read(struct config *c, const char *path, struct err *e)
{
	struct buf text = {0};
	bool ok;

	*c = (struct config){0};
	ok = (path == NULL || config_read_text(path, &text, e)) &&
	    config_parse(c, path != NULL ? path : "no file", buf_str(&text), e);
	buf_free(&text);
	return ok;
}

bool
config_read_text(const char *path, struct buf *text, struct err *e)
{
	return io_read_file(path, CONFIG_FILE_MAX, text, e);
}

void
config_free(struct config *c)
{
	for (size_t i = 0; i < N_OPTIONS; i++) {
		char **text = text_member(c, &options[i]);

		if (text != NULL)
			free(*text);
	}
	nets_free(&c->trusted_proxies);
	*c = (struct config){0};
}

static char *
path_in(const char *dir, const char *name)
{
	struct buf path = {0};

	buf_printf(&path, "%s/%s", dir, name);
	buf_terminate(&path);
	return path.s;
}

char *
config_store_socket(const struct config *c)
{
	return path_in(c->run_dir, "store.sock");
}

char *
config_pid_file(const struct config *c)
{
	return path_in(c->run_dir, "outboxd.pid");
}

char *
config_login_lock(const struct config *c)
{
	return path_in(c->run_dir, "login.lock");
}

unsigned
config_login_slots(const struct config *c)
{
	return config_workers(c) < 4 ? 1 : (unsigned)config_workers(c) / 2;
}

long
config_workers(const struct config *c)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);

	if (c->workers > 0)
		return c->workers;
	return cores < 2 ? 2 : cores > CONFIG_WORKERS_MAX ? CONFIG_WORKERS_MAX : cores;
}

size_t
config_option_count(void)
{
	return N_OPTIONS;
}
