/* tests/scene.c -- a web server in front of a mirror. */
#include "tests/scene.h"

#include <CUnit/CUnit.h>
#include <arpa/inet.h>
#include <fcgiapp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"

#define BACKLOG 16
#define STOP_WAIT_S 10

const enum front_kind scene_kinds[SCENE_KINDS] = {FRONT_NGINX, FRONT_APACHE};
static const char *const kind_names[] = {[FRONT_NGINX] = "nginx", [FRONT_APACHE] = "Apache"};

void
scene_expect(bool ok, enum front_kind kind, const char *what, const char *got)
{
	char text[512];

	snprintf(text, sizeof text, "%s: %s: %s", kind_names[kind], what,
	    got == NULL ? "nothing" : got);
	CU_assertImplementation(ok, __LINE__, text, __FILE__, "", CU_FALSE);
}

char *
scene_header(const struct answer *a, const char *name)
{
	struct buf value = {0};
	size_t len = strlen(name);

	for (const char *line = a->headers.s, *end = line + a->headers.len; line < end;
	     line = (const char *)memchr(line, '\n', (size_t)(end - line)) + 1) {
		if (strncasecmp(line, name, len) != 0 || line[len] != ':')
			continue;
		if (value.len > 0)
			buf_puts(&value, ", ");
		buf_add(&value, line + len + 2, strcspn(line + len + 2, "\r\n"));
		buf_terminate(&value);
	}
	return value.s;
}

bool
scene_get(const struct site_client *c, const char *path, struct answer *a)
{
	const struct exchange x = {.method = "GET", .path = path};
	struct err e = {0};

	*a = (struct answer){0};
	if (!c->transport.send(c->transport.arg, &x, a, &e))
		return false;
	buf_terminate(&a->body);
	return true;
}

/* In place of a worker: answers each request with all its parameters, and with the status that
 * its query asks for. */
static _Noreturn void
be_mirror(int listen_fd)
{
	FCGX_Request q;

	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (FCGX_Init() != 0 || FCGX_InitRequest(&q, listen_fd, 0) != 0)
		_exit(1);
	while (FCGX_Accept_r(&q) == 0) {
		const char *query = FCGX_GetParam("QUERY_STRING", q.envp);

		if (query != NULL && strncmp(query, "status=", 7) == 0)
			FCGX_FPrintF(q.out, "Status: %s\r\n", query + 7);
		FCGX_FPrintF(q.out, "Content-Type: text/plain\r\n\r\n");
		for (char **p = q.envp; *p != NULL; p++)
			FCGX_FPrintF(q.out, "%s\n", *p);
	}
	_exit(0);
}

static void
start(struct scene *s, enum front_kind kind, bool existing)
{
	char dir[SCRATCH_DIR_MAX + 32], outbox[32];
	struct err e = {0};
	int reserved_fd, fd;

	*s = (struct scene){0};
	scratch_make(s->dir);
	chmod(s->dir, 0711);
	front_reserve("127.0.0.1", outbox, &reserved_fd);
	fd = io_listen(outbox, BACKLOG, 0, &e);
	CU_ASSERT_FATAL(fd >= 0);
	s->mirror = fork();
	if (s->mirror == 0)
		be_mirror(fd);
	close(fd);
	close(reserved_fd);
	snprintf(dir, sizeof dir, "%s/front", s->dir);
	if (existing)
		front_start_existing(&s->site.fronts[0], kind, "127.0.0.1", dir, outbox);
	else
		front_start(&s->site.fronts[0], kind, "127.0.0.1", dir, outbox);
}

void
scene_start(struct scene *s, enum front_kind kind)
{
	start(s, kind, false);
}

void
scene_start_existing(struct scene *s, enum front_kind kind)
{
	start(s, kind, true);
}

void
scene_kill_mirror(struct scene *s)
{
	scratch_end(s->mirror, SIGKILL, STOP_WAIT_S);
}

void
scene_stop(struct scene *s)
{
	CU_ASSERT_TRUE(front_stop(&s->site.fronts[0]));
	scratch_remove(s->dir);
}

bool
scene_wait(const struct site_client *c, const char *path, struct answer *a)
{
	for (int ms = 0; ms < SCENE_READY_WAIT_MS; ms += SCENE_READY_POLL_MS) {
		if (scene_get(c, path, a) && a->status == 200)
			return true;
		answer_free(a);
		usleep(SCENE_READY_POLL_MS * 1000);
	}
	return false;
}

int
scene_connect(const struct front *f)
{
	struct sockaddr_in a = {.sin_family = AF_INET};
	const char *colon = strrchr(f->listen, ':');
	char *address = str_dup((struct str){f->listen, (size_t)(colon - f->listen)});
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	a.sin_port = htons((uint16_t)strtoul(colon + 1, NULL, 10));
	CU_ASSERT_EQUAL_FATAL(inet_pton(AF_INET, address, &a.sin_addr), 1);
	CU_ASSERT_EQUAL_FATAL(connect(fd, (struct sockaddr *)&a, sizeof a), 0);
	free(address);
	return fd;
}

/* Bytes of the body that all, the beginning of an answer, says it has; false if that is not
 * there yet.  *head: where the body begins. */
static bool
announced(const struct buf *all, size_t *head, size_t *length)
{
	const char *end = all->len > 0 ? strstr(all->s, "\r\n\r\n") : NULL;
	const char *field = all->len > 0 ? strcasestr(all->s, "\r\nContent-Length:") : NULL;

	if (end == NULL)
		return false;
	*head = (size_t)(end - all->s) + 4;
	*length = field != NULL && field < end ? strtoul(field + 17, NULL, 10) : 0;
	return true;
}

void
scene_send(const struct front *f, struct str text, struct answer *a)
{
	struct buf all = {0};
	char bytes[4096];
	size_t head = 0, length = 0;
	ssize_t n = 1;
	int fd = scene_connect(f);

	*a = (struct answer){0};
	CU_ASSERT_TRUE(io_write_full(fd, text.s, text.len));
	while (n > 0 && (!announced(&all, &head, &length) || all.len < head + length)) {
		n = read(fd, bytes, sizeof bytes);
		buf_add(&all, bytes, n > 0 ? (size_t)n : 0);
		buf_terminate(&all);
	}
	close(fd);
	CU_ASSERT_FATAL(head > 0);
	a->status = (int)strtol(all.s + strcspn(all.s, " "), NULL, 10);
	buf_add(&a->headers, all.s, head - 2);
	buf_add(&a->body, all.s + head, all.len - head);
	buf_terminate(&a->body);
	buf_free(&all);
}
