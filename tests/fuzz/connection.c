/* tests/fuzz/connection.c -- any bytes on the FastCGI socket of a worker, in portions of any
 * size.  Behind it is no store. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fcgi/connection.h"
#include "login/login.h"

#define STORE_TIMEOUT_MS 1
#define NO_STORE "/nonexistent/store.sock"
#define REPLY_MAX (1 << 20) /* of one portion of at most 64 KiB */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct worker worker = {.log = {.program = "fuzz", .level = LOG_LEVEL_ERROR}};

static void
start(void)
{
	struct http *h = &worker.http;
	struct err e = {0};

	if (!config_read(&worker.config, NULL, &e))
		abort();
	worker.config.limits.max_size_request = 4096;
	store_open(&h->jmap.store, NO_STORE, STORE_TIMEOUT_MS);
	auth_open(&h->auth, h->jmap.store, NO_STORE, &worker.clock);
	login_open(&h->login, &(struct login_options){.store = h->jmap.store, .redirects = ""});
	h->jmap.clock = &worker.clock;
	h->jmap.limits = &worker.config.limits;
	h->public_url = "";
	h->server_names = "a";
	buf_reserve(&worker.received, REPLY_MAX);
}

/* What the worker says is FastCGI: whole records, of the types that an application sends. */
static void
check_reply(int fd)
{
	static uint8_t reply[REPLY_MAX];
	size_t len = 0;

	for (ssize_t n; len < sizeof reply &&
	     (n = recv(fd, reply + len, sizeof reply - len, MSG_DONTWAIT)) > 0;)
		len += (size_t)n;
	for (size_t at = 0; at < len;) {
		const FCGI_Header *h = (const FCGI_Header *)(reply + at);

		if (len - at < FCGI_HEADER_LEN || h->version != FCGI_VERSION_1 ||
		    (h->type != FCGI_END_REQUEST && h->type != FCGI_STDOUT &&
			h->type != FCGI_GET_VALUES_RESULT && h->type != FCGI_UNKNOWN_TYPE))
			abort();
		at += FCGI_HEADER_LEN + ((size_t)h->contentLengthB1 << 8 | h->contentLengthB0) +
		    h->paddingLength;
		if (at > len)
			abort();
	}
}

static void
check_bounds(const struct connection *c)
{
	if (c->fd < 0)
		return;
	if (c->reader.body.len > worker.config.limits.max_size_request)
		abort();
	if ((worker.unfinished != 0) != !connection_is_idle(c))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct connection c;
	size_t step = size > 0 ? (size_t)data[0] * 16 + 1 : 1;
	int fds[2];

	if (worker.http.jmap.store == NULL)
		start();
	if (size < 1 || socketpair(AF_UNIX, SOCK_STREAM, 0, fds) != 0)
		return 0;
	connection_open(&c, fds[1]);
	for (size_t at = 1; at < size && c.fd >= 0; at += step) {
		size_t n = size - at < step ? size - at : step;

		if (send(fds[0], data + at, n, MSG_NOSIGNAL) != (ssize_t)n)
			break;
		connection_read(&c, &worker);
		check_reply(fds[0]);
		check_bounds(&c);
	}
	c.gone = true;
	close(fds[0]);
	if (c.fd >= 0)
		connection_read(&c, &worker);
	connection_close(&c, &worker);
	if (worker.unfinished != 0 || worker.large != NULL)
		abort();
	return 0;
}
