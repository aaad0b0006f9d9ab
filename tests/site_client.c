/* tests/site_client.c -- an HTTP client of an outbox behind a web server. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/site.h"

#define HTTP_TIMEOUT_S 120L

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
	curl_easy_setopt(c->curl, CURLOPT_INTERFACE, c->from);
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

	buf_printf(&url, "http://%s%s", c->front->listen, x->path);
	fields = add_field(fields, "Content-Type", x->content_type);
	fields = add_field(fields, "Content-Encoding", x->content_encoding);
	fields = add_field(fields, "Authorization", x->authorization);
	fields = add_field(fields, "Cookie", x->cookie);
	fields = add_field(fields, "Origin", x->origin);
	fields = add_field(fields, "Expect", NULL);
	for (const char *const *f = c->fields; f != NULL && *f != NULL; f++)
		fields = curl_slist_append(fields, *f);
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
site_client_open_at(struct site_client *c, const struct site *s, size_t front)
{
	*c = (struct site_client){
	    .site = s, .front = &s->fronts[front], .curl = curl_easy_init()};
	c->transport = (struct transport){send_http, c, &s->tokens};
	if (c->curl == NULL) {
		fputs("tests/site: curl does not start\n", stderr);
		exit(1);
	}
}

void
site_client_open(struct site_client *c, const struct site *s)
{
	site_client_open_at(c, s, 0);
}

void
site_client_close(struct site_client *c)
{
	curl_easy_cleanup(c->curl);
	*c = (struct site_client){0};
}
