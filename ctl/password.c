/* ctl/password.c -- asks for a password on the terminal, or reads it from a pipe. */
#include "ctl/password.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <termios.h>
#include <unistd.h>

#include "base/io.h"

#define LINE_MAX_BYTES (4 * PASSWORD_MAX) /* of a line: the password before normalization */

struct line {
	char bytes[LINE_MAX_BYTES];
	size_t len; /* without the line's end */
};

static struct str
text_of(const struct line *l)
{
	return (struct str){l->bytes, l->len};
}

/* Reads byte by byte, because what follows the line may be for another reader. signal_fd:
 * readable once a signal should end the wait; -1: none. */
static bool
read_line(struct line *l, int signal_fd, struct err *e)
{
	struct pollfd fds[] = {
	    {.fd = STDIN_FILENO, .events = POLLIN}, {.fd = signal_fd, .events = POLLIN}};

	for (l->len = 0; l->len < sizeof l->bytes; l->len++) {
		ssize_t n;

		if (poll(fds, 2, -1) < 0 && errno == EINTR)
			fds[0].revents = fds[1].revents = 0;
		if (fds[1].revents != 0)
			return err_set(
			    e, ERR_INVALID_ARGUMENTS, "interrupted; nothing was changed");
		n = read(STDIN_FILENO, l->bytes + l->len, 1);
		if (n < 0 && errno == EINTR) {
			l->len--;
			continue;
		}
		if (n < 0)
			return err_set(e, ERR_SERVER_FAIL, "cannot read the password: %s",
			    strerror(errno));
		if (n > 0 && l->bytes[l->len] != '\n')
			continue;
		if (n > 0 && l->len > 0 && l->bytes[l->len - 1] == '\r')
			l->len--; /* the CR of a file from Windows */
		return true;
	}
	return true; /* too long for a password; the caller refuses it */
}

/* Asks without echo. A signal that would end or stop this program is held back until the
 * terminal is restored. */
static bool
ask(const char *prompt, struct line *l, struct err *e)
{
	struct termios before, quiet;
	sigset_t held, mask;
	bool ok = false;
	int fd = -1;

	sigemptyset(&held);
	sigaddset(&held, SIGINT);
	sigaddset(&held, SIGTERM);
	sigaddset(&held, SIGHUP);
	sigaddset(&held, SIGQUIT);
	sigaddset(&held, SIGTSTP);
	sigprocmask(SIG_BLOCK, &held, &mask);
	if (tcgetattr(STDIN_FILENO, &before) != 0 ||
	    (fd = signalfd(-1, &held, SFD_CLOEXEC)) < 0) {
		err_set(e, ERR_SERVER_FAIL, "cannot use the terminal: %s", strerror(errno));
		goto out;
	}
	quiet = before;
	quiet.c_lflag &= ~(tcflag_t)ECHO;
	quiet.c_lflag |= ECHONL;
	if (tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet) != 0) {
		err_set(e, ERR_SERVER_FAIL, "cannot use the terminal: %s", strerror(errno));
		goto out;
	}
	fputs(prompt, stderr);
	ok = read_line(l, fd, e);
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
out:
	io_close(&fd);
	sigprocmask(SIG_SETMASK, &mask, NULL);
	return ok;
}

bool
password_ask(char hash[static STORE_PASSWORD_MAX + 1], struct err *e)
{
	struct line once = {.len = 0}, again = {.len = 0};
	bool ok = false;

	if (isatty(STDIN_FILENO)) {
		if (!ask("Password: ", &once, e) || !password_check(text_of(&once), e) ||
		    !ask("Password, once more: ", &again, e))
			goto out;
		if (!str_equal(text_of(&once), text_of(&again))) {
			err_set(e, ERR_INVALID_ARGUMENTS,
			    "the two passwords are not the same; nothing was changed");
			goto out;
		}
	} else if (!read_line(&once, -1, e)) {
		goto out;
	}
	ok = password_hash(text_of(&once), hash, e);
out:
	sodium_memzero(&once, sizeof once);
	sodium_memzero(&again, sizeof again);
	return ok;
}
