/* tests/ctl_servers.c -- outboxctl against servers that are not as they should be, over TLS. */
#include <CUnit/CUnit.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "tests/front.h"
#include "tests/suites.h"
#include "tests/typed.h"

#define READY_WAIT_US 20000000
#define READY_POLL_US 20000
#define STOP_WAIT_S 20
#define TOKEN "rob_secret"

/* An nginx that answers by itself: below each path another server, all with TLS. */
struct servers {
	struct typed typed;
	char listen[32];
	int reserved_fd;
	pid_t nginx;
};

/* @SESSION@ stands for a session whose apiUrl is what follows up to the next @. */
static const char configuration[] =
    "pid nginx.pid;\nerror_log nginx.error.log;\nevents {}\nhttp {\n"
    "	access_log nginx.access.log;\n	default_type application/json;\n"
    "	client_body_temp_path body;\n	fastcgi_temp_path fastcgi;\n	proxy_temp_path "
    "proxy;\n"
    "	scgi_temp_path scgi;\n	uwsgi_temp_path uwsgi;\n"
    "	server {\n"
    "	listen @LISTEN@ ssl;\n"
    "	ssl_certificate cert.pem;\n	ssl_certificate_key key.pem;\n"
    /* one that is as it should be */
    "	location = /jmap/session { return 200 '@SESSION@https://elsewhere.example/jmap/@'; }\n"
    "	location = /api/schema { return 307 /api/schema/good; }\n"
    "	location = /api/schema/good { return 200 '@SCHEMA@'; }\n"
    "	location = /jmap/ { return 200 '{\"methodResponses\": [[\"error\", {\"type\": "
    "\"serverUnavailable\", \"description\": \"later\"}, \"c0\"]]}'; }\n"
    /* the rest */
    "	location = /html/jmap/session { return 200 '<html>'; }\n"
    "	location = /moved/jmap/session { return 302 https://elsewhere.example/; }\n"
    "	location = /busy/jmap/session { return 503 '{\"title\": \"busy\", \"detail\": \"come "
    "back\"}'; }\n"
    "	location = /lost/jmap/session { return 404; }\n"
    "	location = /noschema/jmap/session { return 200 '@SESSION@/jmap/@'; }\n"
    "	location = /noschema/api/schema { return 200 '<html>'; }\n"
    "	location = /away/jmap/session { return 200 '@SESSION@/jmap/@'; }\n"
    "	location = /away/api/schema { return 307 https://elsewhere.example/api/schema/good; }\n"
    "	location = /post/jmap/session { return 200 '@SESSION@/post/jmap/@'; }\n"
    "	location = /post/api/schema { return 200 '@SCHEMA@'; }\n"
    "	location = /post/jmap/ { return 307 /post/other/; }\n"
    "	location = /odd/jmap/session { return 200 '@SESSION@/odd/jmap/@'; }\n"
    "	location = /odd/api/schema { return 200 '@SCHEMA@'; }\n"
    "	location = /odd/jmap/ { return 200 '{\"methodResponses\": [[\"x:Box/get\", {}, "
    "\"c9\"]]}'; }\n"
    "	location = /escape/jmap/session { return 403 '{\"detail\": \"\\\\u001b[2J\"}'; }\n"
    "	}\n}\n";

static const char schema[] =
    "{\"objects\": {\"x:Box\": {\"description\": \"a \\\\u001b[2Jbox\"}}, \"schemas\": {}, "
    "\"fields\": {\"x:Box\": {\"properties\": {}}}, \"enums\": {}, \"lists\": {}}";

static void
fill(const char *listen, struct buf *out)
{
	const struct {
		const char *word, *value;
	} words[] = {
	    {"@LISTEN@", listen},
	    {"@SCHEMA@", schema},
	    {"@SESSION@", "{\"capabilities\": {}, \"apiUrl\": \""},
	    {"@'", "\"}'"},
	};

	for (const char *at = configuration; *at != '\0';) {
		size_t i = 0;

		while (i < 4 && strncmp(at, words[i].word, strlen(words[i].word)) != 0)
			i++;
		if (i < 4) {
			buf_puts(out, words[i].value);
			at += strlen(words[i].word);
		} else
			buf_putc(out, *at++);
	}
}

static void
write_configuration(struct servers *s)
{
	char path[SCRATCH_DIR_MAX + 16];
	struct buf text = {0};
	struct err e = {0};

	fill(s->listen, &text);
	snprintf(path, sizeof path, "%s/nginx.conf", s->typed.dir);
	CU_ASSERT_FATAL(io_write_file(path, buf_str(&text), 0600, &e));
	buf_free(&text);
}

static void
begin(struct servers *s)
{
	char prefix[SCRATCH_DIR_MAX + 1], config[SCRATCH_DIR_MAX + 16],
	    log[SCRATCH_DIR_MAX + 16];
	const char *const argv[] = {"/usr/sbin/nginx", "-p", prefix, "-c", config, "-e",
	    "nginx.error.log", "-g", "daemon off;", NULL};

	*s = (struct servers){0};
	typed_begin(&s->typed);
	front_reserve("127.0.0.1", s->listen, &s->reserved_fd);
	write_configuration(s);
	typed_run(&s->typed,
	    "openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 2 "
	    "-subj /CN=here -addext subjectAltName=IP:127.0.0.1");
	CU_ASSERT_FATAL(s->typed.status == 0);
	snprintf(prefix, sizeof prefix, "%s/", s->typed.dir);
	snprintf(config, sizeof config, "%s/nginx.conf", s->typed.dir);
	snprintf(log, sizeof log, "%s/nginx.log", s->typed.dir);
	s->nginx = scratch_spawn(argv, log);
	typed_set(&s->typed, "OUTBOX_TOKEN", TOKEN);
	for (int us = 0; us < READY_WAIT_US; us += READY_POLL_US) {
		char line[128];

		snprintf(line, sizeof line, "outboxctl --url https://%s --insecure describe",
		    s->listen);
		typed_run(&s->typed, line);
		if (s->typed.status == 0)
			return;
		usleep(READY_POLL_US);
	}
	CU_FAIL_FATAL("nginx does not start");
}

static void
end(struct servers *s)
{
	CU_ASSERT_EQUAL(scratch_end(s->nginx, SIGQUIT, STOP_WAIT_S), 0);
	io_close(&s->reserved_fd);
	typed_end(&s->typed);
}

/* What somebody types behind the URL of one of the servers, and what comes of it. */
static const struct {
	const char *path, *command;
	int status;
	const char *out, *err;
} cases[] = {
    {"", "describe", 4, NULL, "--ca-file"},
    {"", "--insecure describe", 0, "a \\x1b[2Jbox", NULL},
    {"", "--ca-file cert.pem describe", 0, "x:Box", NULL},
    {"", "--ca-file key.pem describe", 4, NULL, "--ca-file"},
    {"/", "--ca-file cert.pem describe", 0, "x:Box", NULL},
    {"", "--ca-file cert.pem get box a", 4, NULL, "serverUnavailable: later"},
    {"/html", "--ca-file cert.pem describe", 1, NULL, "does not answer with a JMAP session"},
    {"/moved", "--ca-file cert.pem describe", 1, NULL,
	"redirects to https://elsewhere.example/"},
    {"/busy", "--ca-file cert.pem describe", 4, NULL, "answers 503: come back"},
    {"/lost", "--ca-file cert.pem describe", 1, NULL, "answers 404\n"},
    {"/noschema", "--ca-file cert.pem describe", 1, NULL, "the server sent lacks objects"},
    {"/away", "--ca-file cert.pem describe", 0, "x:Box", NULL},
    {"/post", "--ca-file cert.pem get box a", 1, NULL, "which is not followed"},
    {"/odd", "--ca-file cert.pem get box a", 1, NULL, "does not answer with a JMAP response"},
    {"/escape", "--ca-file cert.pem describe", 3, NULL, "answers 403: \\x1b[2J"},
};

static void
servers_are_not_trusted(void)
{
	struct servers s;

	begin(&s);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		char line[256];

		snprintf(line, sizeof line, "outboxctl --url https://%s%s %s", s.listen,
		    cases[i].path, cases[i].command);
		CU_ASSERT(
		    typed_gives(&s.typed, line, cases[i].status, cases[i].out, cases[i].err));
		CU_ASSERT_PTR_NULL(strstr(s.typed.err.s, TOKEN));
	}
	CU_ASSERT(typed_gives(&s.typed, "grep -c /post/other nginx.access.log", 1, "0", NULL));
	end(&s);
}

const CU_TestInfo ctl_servers_tests[] = {
    {"servers are not trusted", servers_are_not_trusted},
    CU_TEST_INFO_NULL,
};
