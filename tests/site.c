/* tests/site.c -- a whole outbox as it runs on a server. */
#include "tests/site.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/io.h"

#define WORKERS 2
#define CONFIG_MAX 65536    /* bytes of a configuration file */
#define LOG_MAX (16u << 20) /* bytes of one log */
#define START_TRIES 5       /* another port each */
#define READY_WAIT_MS 20000
#define READY_POLL_MS 20
#define STOP_WAIT_S 20
#define STORE_TIMEOUT_MS 10000
#define HTTP_TIMEOUT_S 120L

/* What the programs and nginx have written. */
static void
read_logs(const struct site *s, struct buf *out)
{
	static const char *const logs[] = {"outboxd.log", "nginx.log", "nginx.error.log"};

	for (size_t i = 0; i < sizeof logs / sizeof logs[0]; i++) {
		char path[SCRATCH_DIR_MAX + 32];
		struct err e = {0};

		snprintf(path, sizeof path, "%s/%s", s->dir, logs[i]);
		buf_printf(out, "%s:\n", path);
		if (!io_read_file(path, LOG_MAX, out, &e))
			buf_printf(out, "%s\n", e.text);
	}
}

static void
give_up(const struct site *s, const char *what)
{
	struct buf logs = {0};

	read_logs(s, &logs);
	fprintf(stderr, "tests/site: %s\n%s", what, buf_terminate(&logs));
	exit(1);
}

/* A port that was free a moment ago. */
static unsigned
free_port(const struct site *s)
{
	struct sockaddr_in a = {
	    .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof a;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || bind(fd, (struct sockaddr *)&a, sizeof a) < 0 ||
	    getsockname(fd, (struct sockaddr *)&a, &len) < 0)
		give_up(s, "no free port");
	close(fd);
	return ntohs(a.sin_port);
}

/* Replaces each key in text by its value; pairs end with NULL. */
static void
fill(struct buf *text, const char *const (*pairs)[2], struct buf *out)
{
	size_t at = 0;

	while (at < text->len) {
		const char *const(*p)[2] = pairs;

		while ((*p)[0] != NULL && strncmp(text->s + at, (*p)[0], strlen((*p)[0])) != 0)
			p++;
		if ((*p)[0] == NULL) {
			buf_putc(out, text->s[at++]);
			continue;
		}
		buf_puts(out, (*p)[1]);
		at += strlen((*p)[0]);
	}
}

static void
write_file(const struct site *s, const char *name, struct str text)
{
	char path[SCRATCH_DIR_MAX + 64];
	struct err e = {0};

	snprintf(path, sizeof path, "%s/%s", s->dir, name);
	if (!io_write_file(path, text, 0600, &e))
		give_up(s, e.text);
}

/* A file of the project's nginx folder, with its words between @s filled in. */
static void
copy_nginx_file(const struct site *s, const char *name, const char *as)
{
	char from[64], port[16], socket[SCRATCH_DIR_MAX + 32];
	const char *const words[][2] = {
	    {"@USER@",
		geteuid() == 0 ? "user root;"
			       : ""}, /* else root's nginx cannot reach the socket */
	    {"@SOCKET@", socket},
	    {"@PORT@", port},
	    {NULL, NULL},
	};
	struct buf text = {0}, out = {0};
	struct err e = {0};

	snprintf(from, sizeof from, "nginx/%s", name);
	snprintf(port, sizeof port, "%u", s->port);
	snprintf(socket, sizeof socket, "%s/run/fastcgi.sock", s->dir);
	if (!io_read_file(from, CONFIG_MAX, &text, &e))
		give_up(s, e.text);
	buf_terminate(&text);
	fill(&text, words, &out);
	write_file(s, as, buf_str(&out));
	buf_free(&text);
	buf_free(&out);
}

static void
make_folder(struct site *s)
{
	static const char *const folders[] = {"run", "nginx"};
	struct buf conf = {0};

	scratch_make(s->dir);
	for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
		char path[SCRATCH_DIR_MAX + 16];

		snprintf(path, sizeof path, "%s/%s", s->dir, folders[i]);
		if (mkdir(path, 0700) < 0)
			give_up(s, path);
	}
	buf_printf(&conf,
	    "data_dir = \"%s\"\nrun_dir = \"%s/run\"\nlisten = "
	    "\"unix:%s/run/fastcgi.sock\"\nworkers = %d\n"
	    "log_level = \"warn\"\n",
	    s->dir, s->dir, s->dir, WORKERS);
	write_file(s, "outbox.conf", buf_str(&conf));
	buf_free(&conf);
}

static void
start_outboxd(struct site *s)
{
	char program[PATH_MAX], config[SCRATCH_DIR_MAX + 16], log[SCRATCH_DIR_MAX + 16];
	const char *const argv[] = {program, "--config", config, NULL};

	scratch_program("outboxd", program);
	snprintf(config, sizeof config, "%s/outbox.conf", s->dir);
	snprintf(log, sizeof log, "%s/outboxd.log", s->dir);
	s->outboxd = scratch_spawn(argv, log);
}

static void
start_nginx(struct site *s)
{
	char prefix[SCRATCH_DIR_MAX + 1], config[SCRATCH_DIR_MAX + 16],
	    log[SCRATCH_DIR_MAX + 16];
	const char *const argv[] = {"/usr/sbin/nginx", "-p", prefix, "-c", config, "-e",
	    "nginx.error.log", "-g", "daemon off;", NULL};

	s->port = free_port(s);
	copy_nginx_file(s, "loopback.conf", "nginx.conf");
	snprintf(prefix, sizeof prefix, "%s/", s->dir);
	snprintf(config, sizeof config, "%s/nginx.conf", s->dir);
	snprintf(log, sizeof log, "%s/nginx.log", s->dir);
	s->nginx = scratch_spawn(argv, log);
}

/* True once /readyz answers 200; false if nginx ended, whose port may have been taken. */
static bool
wait_until_ready(struct site *s)
{
	struct site_client c;
	bool ready = false, ended = false;

	site_client_open(&c, s);
	for (int ms = 0; ms < READY_WAIT_MS && !ready && !ended; ms += READY_POLL_MS) {
		const struct exchange x = {.method = "GET", .path = "/readyz"};
		struct answer a = {0};
		struct err e = {0};

		ready = c.transport.send(c.transport.arg, &x, &a, &e) && a.status == 200;
		answer_free(&a);
		ended = waitpid(s->nginx, NULL, WNOHANG) != 0;
		if (waitpid(s->outboxd, NULL, WNOHANG) != 0)
			give_up(s, "outboxd ended at its start");
		if (!ready)
			usleep(READY_POLL_MS * 1000);
	}
	site_client_close(&c);
	if (!ready && !ended)
		give_up(s, "the outbox is not ready");
	return ready;
}

static void
make_tokens(struct site *s)
{
	char socket[SCRATCH_DIR_MAX + 32];
	struct store *store;
	struct err e = {0};

	snprintf(socket, sizeof socket, "%s/run/store.sock", s->dir);
	store_open(&store, socket, STORE_TIMEOUT_MS);
	if (!tokens_make(&s->tokens, store, &e))
		give_up(s, e.text);
	store_close(&store);
}

void
site_start(struct site *s)
{
	static const char *const parts[] = {"fastcgi.conf", "locations.conf", "http.conf"};

	*s = (struct site){0};
	make_folder(s);
	for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
		char as[64];

		snprintf(as, sizeof as, "nginx/%s", parts[i]);
		copy_nginx_file(s, parts[i], as);
	}
	start_outboxd(s);
	for (int i = 0; i < START_TRIES; i++) {
		start_nginx(s);
		if (wait_until_ready(s)) {
			make_tokens(s);
			return;
		}
	}
	give_up(s, "nginx does not start");
}

bool
site_stop(struct site *s)
{
	int nginx = scratch_end(s->nginx, SIGQUIT, STOP_WAIT_S);
	int outboxd = scratch_end(s->outboxd, SIGTERM, STOP_WAIT_S);
	struct buf logs = {0};
	bool clean;

	read_logs(s, &logs);
	clean = nginx == 0 && outboxd == 0 &&
	    strstr(buf_terminate(&logs), "Sanitizer") == NULL &&
	    strstr(logs.s, "runtime error") == NULL;
	if (!clean)
		fprintf(stderr, "tests/site: nginx %d, outboxd %d\n%s", nginx, outboxd, logs.s);
	buf_free(&logs);
	scratch_remove(s->dir);
	return clean;
}

static size_t
keep(char *bytes, size_t size, size_t n, void *arg)
{
	buf_add(arg, bytes, size * n);
	return size * n;
}

/* "Name: value", or "Name:" so that curl sends none of its own. */
static struct curl_slist *
add_field(struct curl_slist *list, const char *name, const char *value)
{
	struct buf line = {0};
	struct curl_slist *longer;

	buf_printf(
	    &line, "%s:%s%s", name, value == NULL ? "" : " ", value == NULL ? "" : value);
	longer = curl_slist_append(list, buf_terminate(&line));
	buf_free(&line);
	return longer;
}

static void
set_options(struct site_client *c, const struct exchange *x, const char *url,
    struct curl_slist *fields, struct answer *a)
{
	curl_easy_reset(c->curl);
	curl_easy_setopt(c->curl, CURLOPT_URL, url);
	curl_easy_setopt(c->curl, CURLOPT_PATH_AS_IS, 1L);
	curl_easy_setopt(c->curl, CURLOPT_NOPROXY, "*");
	curl_easy_setopt(c->curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(c->curl, CURLOPT_TIMEOUT, HTTP_TIMEOUT_S);
	curl_easy_setopt(c->curl, CURLOPT_HTTPHEADER, fields);
	curl_easy_setopt(c->curl, CURLOPT_HEADERFUNCTION, keep);
	curl_easy_setopt(c->curl, CURLOPT_HEADERDATA, &a->headers);
	curl_easy_setopt(c->curl, CURLOPT_WRITEFUNCTION, keep);
	curl_easy_setopt(c->curl, CURLOPT_WRITEDATA, &a->body);
	if (strcmp(x->method, "HEAD") == 0)
		curl_easy_setopt(c->curl, CURLOPT_NOBODY, 1L);
	else if (strcmp(x->method, "GET") != 0) {
		curl_easy_setopt(c->curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)x->body.len);
		curl_easy_setopt(
		    c->curl, CURLOPT_POSTFIELDS, x->body.s == NULL ? "" : x->body.s);
		curl_easy_setopt(c->curl, CURLOPT_CUSTOMREQUEST, x->method);
	}
}

static bool
send_http(void *arg, const struct exchange *x, struct answer *a, struct err *e)
{
	struct site_client *c = arg;
	struct curl_slist *fields = NULL;
	struct buf url = {0};
	long status = 0;
	CURLcode rc;

	buf_printf(&url, "http://127.0.0.1:%u%s", c->site->port, x->path);
	fields = add_field(fields, "Content-Type", x->content_type);
	fields = add_field(fields, "Authorization", x->authorization);
	fields = add_field(fields, "Expect", NULL);
	if (c->chunked)
		fields = add_field(fields, "Transfer-Encoding", "chunked");
	set_options(c, x, buf_terminate(&url), fields, a);
	rc = curl_easy_perform(c->curl);
	curl_easy_getinfo(c->curl, CURLINFO_RESPONSE_CODE, &status);
	a->status = (int)status;
	curl_slist_free_all(fields);
	buf_free(&url);
	return rc == CURLE_OK ||
	    err_set(e, ERR_SERVER_UNAVAILABLE, "HTTP: %s", curl_easy_strerror(rc));
}

void
site_client_open(struct site_client *c, const struct site *s)
{
	*c = (struct site_client){.site = s, .curl = curl_easy_init()};
	c->transport = (struct transport){send_http, c, &s->tokens};
	if (c->curl == NULL)
		give_up(s, "curl does not start");
}

void
site_client_close(struct site_client *c)
{
	curl_easy_cleanup(c->curl);
	*c = (struct site_client){0};
}
