/* client/http.c -- HTTP exchanges, one at a time. */
#include "client/http.h"

#include <curl/curl.h>
#include <jansson.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/version.h"

#define USER_AGENT "outboxctl/" OUTBOX_VERSION

struct http {
	CURL *curl;
	const struct settings *settings;
	struct curl_slist *headers;
	char failure[CURL_ERROR_SIZE];
};

/* --- URLs --- */

struct parts {
	char *scheme, *host, *port, *path;
};

/* base resolves a relative URL; NULL: refuse relative URLs. */
static bool
parts_of(const char *base, const char *url, struct parts *p)
{
	CURLU *u = curl_url();
	bool ok;

	*p = (struct parts){0};
	ok = u != NULL &&
	    (base == NULL || curl_url_set(u, CURLUPART_URL, base, 0) == CURLUE_OK) &&
	    curl_url_set(u, CURLUPART_URL, url, 0) == CURLUE_OK &&
	    curl_url_get(u, CURLUPART_SCHEME, &p->scheme, 0) == CURLUE_OK &&
	    curl_url_get(u, CURLUPART_HOST, &p->host, 0) == CURLUE_OK &&
	    curl_url_get(u, CURLUPART_PORT, &p->port, CURLU_DEFAULT_PORT) == CURLUE_OK &&
	    curl_url_get(u, CURLUPART_PATH, &p->path, 0) == CURLUE_OK;
	curl_url_cleanup(u);
	return ok;
}

static void
parts_free(struct parts *p)
{
	curl_free(p->scheme);
	curl_free(p->host);
	curl_free(p->port);
	curl_free(p->path);
}

char *
http_path_on(const char *server, const char *url)
{
	struct parts a, b = {0};
	struct buf out = {0};

	if (parts_of(NULL, server, &a) && parts_of(server, url, &b)) {
		buf_printf(&out, "%s://%s:%s%s", a.scheme, a.host, a.port, b.path);
		buf_terminate(&out);
	}
	parts_free(&a);
	parts_free(&b);
	return out.s;
}

/* No proxy is used for this machine. */
static bool
is_loopback(const char *url)
{
	struct parts p;
	bool is;

	is = parts_of(NULL, url, &p) &&
	    (strcmp(p.host, "localhost") == 0 || strncmp(p.host, "127.", 4) == 0 ||
		strcmp(p.host, "[::1]") == 0);
	parts_free(&p);
	return is;
}

/* --- the connection --- */

static bool
add_header(struct http *h, const char *name, const char *value, struct err *e)
{
	struct buf line = {0};
	struct curl_slist *longer;

	buf_printf(&line, "%s: %s", name, value);
	longer = curl_slist_append(h->headers, buf_terminate(&line));
	sodium_memzero(line.s, line.cap);
	buf_free(&line);
	if (longer == NULL)
		return err_set(e, ERR_SERVER_FAIL, "no memory");
	h->headers = longer;
	return true;
}

bool
http_open(struct http **out, const struct settings *s, struct err *e)
{
	struct http *h = mem_new(1, sizeof *h);
	struct buf bearer = {0};
	bool ok = false;

	h->settings = s;
	h->curl = curl_easy_init();
	if (h->curl == NULL) {
		err_set(e, ERR_SERVER_FAIL, "libcurl does not start");
		goto out;
	}
	buf_printf(&bearer, "Bearer %s", s->token);
	ok = add_header(h, "Authorization", buf_terminate(&bearer), e) &&
	    add_header(h, "Accept", "application/json", e);
out:
	if (bearer.s != NULL)
		sodium_memzero(bearer.s, bearer.cap);
	buf_free(&bearer);
	if (!ok)
		http_close(&h);
	*out = h;
	return ok;
}

void
http_close(struct http **h)
{
	if (*h == NULL)
		return;
	for (struct curl_slist *l = (*h)->headers; l != NULL; l = l->next)
		sodium_memzero(l->data, strlen(l->data));
	curl_slist_free_all((*h)->headers);
	curl_easy_cleanup((*h)->curl);
	free(*h);
	*h = NULL;
}

/* --- an exchange --- */

static size_t
keep(char *bytes, size_t size, size_t n, void *arg)
{
	struct buf *body = arg;

	if (body->len + size * n > HTTP_ANSWER_MAX)
		return 0;
	buf_add(body, bytes, size * n);
	return size * n;
}

static void
set_options(struct http *h, const char *url, const struct str *json, struct curl_slist *headers,
    struct http_answer *a)
{
	CURL *c = h->curl;

	curl_easy_reset(c); /* keeps the connection open */
	curl_easy_setopt(c, CURLOPT_URL, url);
	curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT, HTTP_CONNECT_TIMEOUT_S);
	curl_easy_setopt(c, CURLOPT_TIMEOUT, HTTP_TIMEOUT_S);
	curl_easy_setopt(c, CURLOPT_USERAGENT, USER_AGENT);
	curl_easy_setopt(c, CURLOPT_ACCEPT_ENCODING, "gzip");
	curl_easy_setopt(c, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(c, CURLOPT_ERRORBUFFER, h->failure);
	curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, keep);
	curl_easy_setopt(c, CURLOPT_WRITEDATA, &a->body);
	if (is_loopback(url))
		curl_easy_setopt(c, CURLOPT_NOPROXY, "*");
	if (h->settings->ca_file != NULL)
		curl_easy_setopt(c, CURLOPT_CAINFO, h->settings->ca_file);
	if (h->settings->insecure) {
		curl_easy_setopt(c, CURLOPT_SSL_VERIFYPEER, 0L);
		curl_easy_setopt(c, CURLOPT_SSL_VERIFYHOST, 0L);
	}
	if (json != NULL) {
		curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)json->len);
		curl_easy_setopt(c, CURLOPT_POSTFIELDS, json->s);
	}
}

static bool
refuse(const struct http *h, CURLcode rc, const char *url, bool posted, struct err *e)
{
	const char *why = h->failure[0] != '\0' ? h->failure : curl_easy_strerror(rc);

	if (rc == CURLE_PEER_FAILED_VERIFICATION || rc == CURLE_SSL_CACERT_BADFILE)
		return err_set(e, ERR_SERVER_UNAVAILABLE,
		    "%s: %s; --ca-file names a file of certificates to trust", url, why);
	if (rc == CURLE_WRITE_ERROR)
		return err_set(e, ERR_SERVER_FAIL, "%s: the answer is longer than %u bytes",
		    url, HTTP_ANSWER_MAX);
	return err_set(e, ERR_SERVER_UNAVAILABLE, "%s: %s%s", url, why,
	    posted ? "; whether the request was done is not known" : "");
}

/* True if any byte of the body was sent: the server may then have carried out the request. */
static bool
may_be_done(CURL *c, const struct str *json)
{
	curl_off_t sent = 0;

	return json != NULL &&
	    curl_easy_getinfo(c, CURLINFO_SIZE_UPLOAD_T, &sent) == CURLE_OK && sent > 0;
}

static bool
perform(struct http *h, const char *url, const struct str *json, struct http_answer *a,
    struct err *e)
{
	struct curl_slist own = {.data = (char *)"Content-Type: application/json"};
	char *location = NULL;
	CURLcode rc;

	http_answer_free(a);
	h->failure[0] = '\0';
	own.next = h->headers;
	set_options(h, url, json, json != NULL ? &own : h->headers, a);
	rc = curl_easy_perform(h->curl);
	curl_easy_getinfo(h->curl, CURLINFO_RESPONSE_CODE, &a->status);
	if (curl_easy_getinfo(h->curl, CURLINFO_REDIRECT_URL, &location) == CURLE_OK &&
	    location != NULL)
		a->location = str_dup(str_of(location));
	if (h->settings->debug)
		fprintf(stderr, "outboxctl: %s %s: %zu bytes sent, status %ld, %zu bytes got\n",
		    json != NULL ? "POST" : "GET", url, json != NULL ? json->len : 0, a->status,
		    a->body.len);
	return rc == CURLE_OK || refuse(h, rc, url, may_be_done(h->curl, json), e);
}

bool
http_get(struct http *h, const char *url, struct http_answer *a, struct err *e)
{
	return perform(h, url, NULL, a, e);
}

bool
http_post(
    struct http *h, const char *url, struct str json, struct http_answer *a, struct err *e)
{
	return perform(h, url, &json, a, e);
}

void
http_answer_free(struct http_answer *a)
{
	free(a->location);
	buf_free(&a->body);
	*a = (struct http_answer){0};
}

/* --- the server's answer --- */

static enum err_code
code_of(long status)
{
	static const struct {
		long status;
		enum err_code code;
	} codes[] = {
	    {401, ERR_UNAUTHORIZED},
	    {403, ERR_FORBIDDEN},
	    {404, ERR_NOT_FOUND},
	    {429, ERR_RATE_LIMIT},
	    {502, ERR_SERVER_UNAVAILABLE},
	    {503, ERR_SERVER_UNAVAILABLE},
	    {504, ERR_SERVER_UNAVAILABLE},
	};

	for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++)
		if (codes[i].status == status)
			return codes[i].code;
	return ERR_SERVER_FAIL;
}

bool
http_is_ok(const struct http_answer *a, const char *url, struct err *e)
{
	json_t *problem;
	const char *title = NULL, *detail = NULL;

	if (a->status >= 200 && a->status <= 299)
		return true;
	if (a->location != NULL)
		return err_set(e, ERR_SERVER_FAIL,
		    "%s redirects to %s, which is not followed: give that server as the URL",
		    url, a->location);
	problem = json_loadb(a->body.s != NULL ? a->body.s : "", a->body.len, 0, NULL);
	json_unpack(problem, "{s?s, s?s}", "title", &title, "detail", &detail);
	if (detail == NULL)
		detail = title;
	err_set(e, code_of(a->status), "%s answers %ld%s%s", url, a->status,
	    detail != NULL ? ": " : "", detail != NULL ? detail : "");
	json_decref(problem);
	return false;
}
