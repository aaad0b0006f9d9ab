/* tests/ctl_user.c -- outboxctl user, from a pipe and at a terminal. */
#include <CUnit/CUnit.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "tests/site.h"
#include "tests/suites.h"
#include "tests/typed.h"
#include "tests/visitor.h"

#define TERMINAL_WAIT_MS 20000 /* for what is expected there */

/* A whole outbox, and somebody on its machine. */
struct desk {
	struct site site;
	struct typed typed;
};

static void
begin(struct desk *d)
{
	*d = (struct desk){0};
	site_start(&d->site);
	typed_begin(&d->typed);
	typed_set(&d->typed, "D", d->site.dir);
}

static void
end(struct desk *d)
{
	typed_end(&d->typed);
	CU_ASSERT(site_stop(&d->site));
}

static bool
gives(struct desk *d, const char *line, int status, const char *out, const char *err)
{
	return typed_gives(&d->typed, line, status, out, err);
}

/* The status of a login with that password. */
static int
log_in(struct visitor *v, const char *password)
{
	visitor_see_form(v);
	return visitor_log_in(v, "alice", password);
}

static void
a_user_comes_logs_in_and_goes(void)
{
	struct site_client c;
	struct visitor v;
	struct desk d;

	begin(&d);
	site_client_open(&c, &d.site);
	visitor_open(&v, &c.transport);
	CU_ASSERT(gives(&d,
	    "echo 'correct horse' | outboxctl --dir \"$D\" user add alice --permissions reader",
	    0, NULL, NULL));
	CU_ASSERT(gives(&d, "outboxctl --dir \"$D\" user list", 0, "  alice  reader\n", NULL));
	CU_ASSERT(gives(&d,
	    "printf 'correct horse\\r\\nmore' >word; outboxctl --dir \"$D\" user add "
	    "\"$(printf 'B\\302\\240')\" "
	    "--permissions admin <word && outboxctl --dir \"$D\" user list",
	    0, "  b      admin\n", "outboxctl: the user's name is \"b\"\n"));
	visitor_see_form(&v);
	CU_ASSERT_EQUAL(visitor_log_in(&v, "b", "correct horse"), 303); /* without the CR */
	CU_ASSERT_EQUAL(log_in(&v, "correct horse"), 303);
	CU_ASSERT_EQUAL(visitor_use_code(&v, v.code), 200);
	CU_ASSERT_EQUAL(visitor_see_session(&v, v.access), 200);
	CU_ASSERT(gives(&d, "echo 'wrong horse' | outboxctl --dir \"$D\" user passwd alice", 0,
	    NULL, NULL));
	CU_ASSERT_EQUAL(visitor_see_session(&v, v.access), 401);
	CU_ASSERT_EQUAL(log_in(&v, "correct horse"), 403);
	CU_ASSERT_EQUAL(log_in(&v, "wrong horse"), 303);
	CU_ASSERT_EQUAL(visitor_use_code(&v, v.code), 200);
	CU_ASSERT(gives(&d, "outboxctl --dir \"$D\" user remove alice", 0, NULL, NULL));
	CU_ASSERT_EQUAL(visitor_see_session(&v, v.access), 401);
	CU_ASSERT(gives(&d,
	    "outboxctl --dir \"$D\" user remove B && outboxctl --dir \"$D\" user list", 0, NULL,
	    NULL));
	visitor_close(&v);
	site_client_close(&c);
	end(&d);
}

static void
what_is_no_user_or_password_is_refused(void)
{
	struct desk d;

	begin(&d);
	CU_ASSERT(
	    gives(&d, "echo 1234567 | outboxctl --dir \"$D\" user add a --permissions admin", 2,
		NULL, "8 to 1024 bytes"));
	CU_ASSERT(gives(&d,
	    "head -c 1025 /dev/zero | tr '\\0' x | outboxctl --dir \"$D\" user add a "
	    "--permissions "
	    "admin",
	    2, NULL, "8 to 1024 bytes"));
	CU_ASSERT(gives(&d, "outboxctl --dir \"$D\" user add a --permissions admin </dev/null",
	    2, NULL, "8 to 1024 bytes"));
	CU_ASSERT(
	    gives(&d, "echo 12345678 | outboxctl --dir \"$D\" user add a --permissions adm", 2,
		NULL, "\"adm\" is neither"));
	CU_ASSERT(
	    gives(&d, "echo 12345678 | outboxctl --dir \"$D\" user add '' --permissions admin",
		2, NULL, "this name is not valid: it is empty"));
	CU_ASSERT(gives(&d,
	    "head -c 1024 /dev/zero | tr '\\0' x | outboxctl --dir \"$D\" user add a "
	    "--permissions "
	    "admin",
	    0, NULL, NULL));
	CU_ASSERT(
	    gives(&d, "echo 12345678 | outboxctl --dir \"$D\" user add a --permissions admin",
		2, NULL, "a user of that name already exists"));
	CU_ASSERT(gives(&d,
	    "echo 12345678 | outboxctl --dir \"$D\" user add ' A' --permissions admin", 2, NULL,
	    "a user of that name already exists"));
	CU_ASSERT(gives(&d,
	    "echo 12345678 | outboxctl --dir \"$D\" user add \"$(printf 'b\\342\\200\\256')\" "
	    "--permissions admin",
	    2, NULL, "this name is not valid"));
	CU_ASSERT(gives(&d,
	    "printf 'pass\\tword' | outboxctl --dir \"$D\" user add c --permissions admin", 2,
	    NULL, "this cannot be a password"));
	CU_ASSERT(gives(&d,
	    "printf '12345678\\r' | outboxctl --dir \"$D\" user add c --permissions admin", 2,
	    NULL, "this cannot be a password"));
	CU_ASSERT(gives(&d, "echo 12345678 | outboxctl --dir \"$D\" user passwd b", 1, NULL,
	    "there is no user of that name"));
	CU_ASSERT(gives(&d, "outboxctl --dir \"$D\" user remove b", 1, NULL,
	    "there is no user of that name"));
	end(&d);
}

/* --- logins --- */

static void
an_operator_sees_logins_and_ends_them(void)
{
	struct site_client c;
	struct visitor v;
	struct desk d;
	char first[TOKEN_LEN + 1];

	begin(&d);
	site_client_open(&c, &d.site);
	visitor_open(&v, &c.transport);
	CU_ASSERT(gives(&d,
	    "echo 'correct horse' | outboxctl --dir \"$D\" user add alice --permissions reader",
	    0, NULL, NULL));
	for (int i = 0; i < 2; i++) {
		memcpy(first, v.access, sizeof first);
		CU_ASSERT_EQUAL(log_in(&v, "correct horse"), 303);
		CU_ASSERT_EQUAL(visitor_use_code(&v, v.code), 200);
	}
	CU_ASSERT(gives(&d, "outboxctl --dir \"$D\" login list", 0,
	    "  127.0.0.1  stalwart-webui  alice\n", NULL));
	CU_ASSERT(gives(&d,
	    "outboxctl --dir \"$D\" login end \"$(outboxctl --dir \"$D\" login list | "
	    "sed -n '2s/ .*//p')\" && outboxctl --dir \"$D\" login list | wc -l",
	    0, "2\n", NULL));
	CU_ASSERT_EQUAL((visitor_see_session(&v, v.access) == 401) +
		(visitor_see_session(&v, first) == 401),
	    1);
	CU_ASSERT(gives(&d,
	    "outboxctl --dir \"$D\" login end --user Alice && outboxctl --dir \"$D\" login "
	    "list",
	    0, NULL, NULL));
	CU_ASSERT_EQUAL(visitor_see_session(&v, v.access), 401);
	CU_ASSERT_EQUAL(visitor_see_session(&v, first), 401);
	CU_ASSERT(gives(&d, "outboxctl --dir \"$D\" login end --user bob", 1, NULL,
	    "there is no user of that name"));
	CU_ASSERT(gives(&d, "outboxctl --dir \"$D\" login end 00112233445566778899", 1, NULL,
	    "there is no login of that id"));
	CU_ASSERT(gives(&d, "outboxctl --dir \"$D\" login end x", 2, NULL,
	    "a login's id is 20 hexadecimal digits"));
	CU_ASSERT(gives(&d, "outboxctl --dir \"$D\" login end", 2, NULL, "--user"));
	visitor_close(&v);
	site_client_close(&c);
	end(&d);
}

/* --- at a terminal --- */

/* Reads on until what has come holds text; false if it never does. */
static bool
wait_for(int terminal, struct buf *seen, const char *text)
{
	struct pollfd p = {.fd = terminal, .events = POLLIN};

	for (;;) {
		char bytes[256];
		ssize_t n;

		if (strstr(buf_terminate(seen), text) != NULL)
			return true;
		if (poll(&p, 1, TERMINAL_WAIT_MS) <= 0 ||
		    (n = read(terminal, bytes, sizeof bytes)) <= 0)
			return false;
		buf_add(seen, bytes, (size_t)n);
	}
}

/* Types each line once the prompt with which its pair begins is there.  The exit status; 128
 * and more: a signal's. */
static int
type(struct desk *d, const char *const (*lines)[2], struct buf *seen, bool *echoes)
{
	char program[PATH_MAX];
	struct termios t;
	int terminal, status = 0;
	pid_t pid;

	scratch_program("outboxctl", program);
	pid = forkpty(&terminal, NULL, NULL, NULL);
	if (pid == 0) {
		execl(program, program, "--dir", d->site.dir, "user", "add", "bob",
		    "--permissions", "admin", (char *)NULL);
		_exit(127);
	}
	CU_ASSERT_FATAL(pid > 0);
	for (; (*lines)[0] != NULL; lines++) {
		CU_ASSERT_TRUE(wait_for(terminal, seen, (*lines)[0]));
		CU_ASSERT_EQUAL(
		    write(terminal, (*lines)[1], strlen((*lines)[1])), strlen((*lines)[1]));
		buf_clear(seen);
	}
	wait_for(terminal, seen, "what never comes"); /* its end */
	*echoes = tcgetattr(terminal, &t) == 0 && (t.c_lflag & ECHO) != 0;
	waitpid(pid, &status, 0);
	close(terminal);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static void
a_terminal_does_not_show_what_is_typed(void)
{
	static const char *const right[][2] = {{"Password: ", "correct horse\n"},
	    {"once more: ", "correct horse\n"}, {NULL, NULL}};
	static const char *const other[][2] = {
	    {"Password: ", "correct horse\n"}, {"once more: ", "wrong horse\n"}, {NULL, NULL}};
	static const char *const leave[][2] = {{"Password: ", "\003"}, {NULL, NULL}};
	struct buf seen = {0};
	struct desk d;
	bool echoes;
	int terminal = posix_openpt(O_RDWR | O_NOCTTY);

	if (terminal < 0) { /* as in a bare chroot */
		printf("skipped: there are no terminals here ");
		return;
	}
	close(terminal);
	begin(&d);
	CU_ASSERT_EQUAL(type(&d, other, &seen, &echoes), 2);
	CU_ASSERT_PTR_NOT_NULL(
	    strstr(buf_terminate(&seen), "the two passwords are not the same"));
	CU_ASSERT_PTR_NULL(strstr(seen.s, "horse"));
	CU_ASSERT_TRUE(echoes);
	buf_clear(&seen);
	CU_ASSERT_EQUAL(type(&d, leave, &seen, &echoes), 128 + SIGINT);
	CU_ASSERT_TRUE(echoes);
	buf_clear(&seen);
	CU_ASSERT_EQUAL(type(&d, right, &seen, &echoes), 0);
	CU_ASSERT_PTR_NULL(strstr(buf_terminate(&seen), "horse"));
	CU_ASSERT_TRUE(echoes);
	CU_ASSERT(gives(&d, "outboxctl --dir \"$D\" user list", 0, "  bob   admin\n", NULL));
	buf_free(&seen);
	end(&d);
}

const CU_TestInfo ctl_user_tests[] = {
    {"a user comes, logs in, and goes", a_user_comes_logs_in_and_goes},
    {"what is no user or password is refused", what_is_no_user_or_password_is_refused},
    {"an operator sees logins, and ends them", an_operator_sees_logins_and_ends_them},
    {"a terminal does not show what is typed", a_terminal_does_not_show_what_is_typed},
    CU_TEST_INFO_NULL,
};
