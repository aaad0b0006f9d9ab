/* tests/outbox.c -- a whole outbox for a test. */
#include "tests/outbox.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/io.h"
#include "tests/scratch.h"

#define STORE_TIMEOUT_MS 10000
#define START_TRIES 500
#define START_WAIT_US 20000

static void
give_up(const char *what)
{
	fprintf(stderr, "tests/outbox: %s: %s\n", what, strerror(errno));
	exit(1);
}

/* The store program of the build whose tests/run this is. */
static void
store_program(char out[static PATH_MAX])
{
	const char *chosen = getenv("OUTBOX_STORE");
	char self[PATH_MAX / 2] = "";

	if (chosen != NULL) {
		snprintf(out, PATH_MAX, "%s", chosen);
		return;
	}
	if (readlink("/proc/self/exe", self, sizeof self - 1) < 0)
		give_up("/proc/self/exe");
	for (int up = 0; up < 2; up++) {
		char *slash = strrchr(self, '/');

		if (slash != NULL)
			*slash = '\0';
	}
	snprintf(out, PATH_MAX, "%s/outbox-store", self);
}

static void
run_store(struct outbox *o)
{
	char program[PATH_MAX], dir[sizeof o->dir + sizeof "/data"];
	char log[sizeof o->dir + sizeof "/store.log"];
	char config[sizeof o->dir + sizeof "/outbox.conf"];
	const char *argv[] = {
	    program, "--dir", dir, "--listen", o->socket, "--config", config, NULL};

	store_program(program);
	snprintf(dir, sizeof dir, "%s/data", o->dir);
	snprintf(log, sizeof log, "%s/store.log", o->dir);
	snprintf(config, sizeof config, "%s/outbox.conf", o->dir);
	if (access(config, F_OK) != 0)
		argv[5] = NULL;
	o->pid = fork();
	if (o->pid < 0)
		give_up("fork");
	if (o->pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (freopen(log, "a", stderr) == NULL)
			_exit(127);
		execv(program, (char *const *)argv);
		perror(program);
		_exit(127);
	}
}

static void
wait_until_it_answers(struct outbox *o)
{
	for (int i = 0; i < START_TRIES; i++) {
		struct store_status status;
		struct err e = {0};
		int how;

		if (waitpid(o->pid, &how, WNOHANG) == o->pid) {
			fprintf(stderr, "tests/outbox: outbox-store ended: see %s/store.log\n",
			    o->dir);
			exit(1);
		}
		if (access(o->socket, F_OK) == 0 && store_status(o->store, &status, &e))
			return;
		usleep(START_WAIT_US);
	}
	give_up("outbox-store does not answer");
}

void
outbox_start(struct outbox *o)
{
	const char *tmp = getenv("TMPDIR");

	*o = (struct outbox){.limits = limits_default, .request_id = ""};
	/* A unix socket's path is short: a long TMPDIR will not do. */
	if (tmp == NULL || strlen(tmp) > sizeof o->dir - sizeof "/outbox-XXXXXX")
		tmp = "/tmp";
	snprintf(o->dir, sizeof o->dir, "%s/outbox-XXXXXX", tmp);
	if (mkdtemp(o->dir) == NULL)
		give_up(o->dir);
	snprintf(o->socket, sizeof o->socket, "%s/store.sock", o->dir);
	snprintf(o->principal.subject, sizeof o->principal.subject, "tester");
	o->principal.permissions = ~(permissions)0;
	store_open(&o->store, o->socket, STORE_TIMEOUT_MS);
	o->jmap = (struct jmap){o->store, &o->clock, &o->limits, NULL};
	run_store(o);
	wait_until_it_answers(o);
}

static void
end_store(struct outbox *o, int signal)
{
	kill(o->pid, signal);
	waitpid(o->pid, NULL, 0);
}

void
outbox_stop(struct outbox *o)
{
	end_store(o, SIGTERM);
	store_close(&o->store);
	scratch_remove(o->dir);
}

void
outbox_restart(struct outbox *o, const char *config)
{
	char path[sizeof o->dir + sizeof "/outbox.conf"];
	struct err e = {0};

	end_store(o, SIGTERM);
	snprintf(path, sizeof path, "%s/outbox.conf", o->dir);
	if (!io_write_file(path, str_of(config), 0600, &e))
		give_up(e.text);
	run_store(o);
	wait_until_it_answers(o);
}

void
outbox_halt(struct outbox *o)
{
	end_store(o, SIGTERM);
}

void
outbox_again(struct outbox *o)
{
	run_store(o);
	wait_until_it_answers(o);
}

void
outbox_crash(struct outbox *o)
{
	end_store(o, SIGKILL);
	run_store(o);
	wait_until_it_answers(o);
}

json_t *
outbox_request(struct outbox *o, enum face face, const char *body, struct err *e)
{
	const struct jmap_request request = {
	    .body = str_of(body),
	    .face = face,
	    .principal = &o->principal,
	    .request_id = str_of(o->request_id),
	    .base_url = STR(OUTBOX_URL),
	};
	struct jmap_done done = {0};
	struct buf out = {0};
	json_t *response = NULL;
	json_error_t why;

	if (!jmap_request(&o->jmap, &request, &out, &done, e))
		goto out;
	response = json_loadb(out.s, out.len, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &why);
	if (response == NULL) {
		fprintf(stderr, "tests/outbox: not JSON (%s): %.*s\n", why.text, (int)out.len,
		    out.s);
		abort();
	}
out:
	buf_free(&out);
	return response;
}

json_t *
outbox_call(struct outbox *o, enum face face, const char *method, const char *args)
{
	struct err e = {0};
	struct buf body = {0};
	json_t *response, *answer;

	buf_printf(&body,
	    "{\"using\":[\"" JMAP_CAPABILITY_CORE "\",\"" JMAP_CAPABILITY_OUTBOX "\"],"
	    "\"methodCalls\":[[\"%s\",%s,\"c\"]]}",
	    method, args);
	response = outbox_request(o, face, buf_terminate(&body), &e);
	if (response == NULL)
		fprintf(stderr, "tests/outbox: %s\n", e.text);
	answer =
	    json_array_get(json_array_get(json_object_get(response, "methodResponses"), 0), 1);
	json_incref(answer);
	json_decref(response);
	buf_free(&body);
	return answer;
}
