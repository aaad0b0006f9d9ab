/* tests/fuzz/params.c -- the HTTP parameters that a web server hands on: what strangers put
 * into the method, the path, the query and the headers.  The store is away, as far as they get.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "fcgi/exchange.h"
#include "fcgi/params.h"
#include "fcgi/record.h"
#include "login/login.h"

#define STORE_TIMEOUT_MS 1
#define NO_STORE "/nonexistent/store.sock"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct http http;
static struct clock clock;
static struct limits limits = {.max_size_request = 1 << 20};

static void
start(void)
{
	store_open(&http.jmap.store, NO_STORE, STORE_TIMEOUT_MS);
	auth_open(&http.auth, http.jmap.store, NO_STORE, &clock);
	login_open(
	    &http.login, &(struct login_options){.store = http.jmap.store, .redirects = ""});
	http.jmap.clock = &clock;
	http.jmap.limits = &limits;
	http.public_url = "";
	http.server_names = "a reports.example";
	nets_parse(STR("192.0.2.0/24"), &http.trusted_proxies);
}

static bool
is_inside(struct str all, struct str part)
{
	return part.len == 0 || (part.s >= all.s && part.s + part.len <= all.s + all.len);
}

/* One field is one line, whatever was asked. */
static void
check_head(const struct http_response *a)
{
	struct buf head = {0};
	size_t lines = 0;

	http_response_head(a, &head);
	buf_terminate(&head);
	if (head.len < 4 || memcmp(head.s + head.len - 4, "\r\n\r\n", 4) != 0)
		abort();
	for (const char *p = head.s; (p = strchr(p, '\n')) != NULL; p++, lines++)
		if (p[-1] != '\r')
			abort();
	if (strlen(head.s) != head.len || lines > 20 ||
	    strstr(head.s, "\r\n\r\n") != head.s + head.len - 4)
		abort();
	buf_free(&head);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct str pairs = {(const char *)data, size};
	struct params p;
	struct http_response a;
	struct exchange x = {.http = &http, .request = &p.request, .out = &a};

	if (http.jmap.store == NULL)
		start();
	if (!params_read(&p, pairs))
		return 0;
	if (!is_inside(pairs, p.request.path) || !is_inside(pairs, p.request.query) ||
	    !is_inside(pairs, exchange_client(&x)))
		abort();
	p.request.body = p.request.query;
	http_serve(&http, &p.request, &a);
	if (a.status < 200 || a.status > 599)
		abort();
	check_head(&a);
	http_response_free(&a);
	return 0;
}
