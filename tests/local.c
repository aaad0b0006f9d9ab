/* tests/local.c -- an outbox whose HTTP part runs in this process. */
#include "tests/local.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "login/login.h"

#define STORE_TIMEOUT_MS 10000

static bool
serve(void *arg, const struct exchange *x, struct answer *a, struct err *e)
{
	struct local_client *c = arg;
	struct http_request r = {
	    .method = str_of(x->method),
	    .path = {x->path, strcspn(x->path, "?")},
	    .content_type = str_of(x->content_type),
	    .content_encoding = str_of(x->content_encoding),
	    .authorization = str_of(x->authorization),
	    .query = str_of(strchr(x->path, '?') == NULL ? NULL : strchr(x->path, '?') + 1),
	    .cookie = str_of(x->cookie),
	    .origin = str_of(x->origin),
	    .remote_addr = STR(LOCAL_ADDRESS),
	    .host = STR("outbox.test"),
	    .body = x->body,
	};
	struct http_response out;

	(void)e;
	if (x->body.len > c->limits->max_size_request) {
		r.body_too_large = true;
		r.body = (struct str){0};
	}
	http_serve(&c->http, &r, &out);
	a->status = out.status;
	http_response_head(&out, &a->headers);
	if (!out.head)
		buf_add(&a->body, out.body.s, out.body.len);
	http_response_free(&out);
	return true;
}

void
local_client_open(struct local_client *c, struct local *l)
{
	store_open(&c->store, l->outbox.socket, STORE_TIMEOUT_MS);
	auth_open(&c->auth, c->store, l->outbox.socket, &l->outbox.clock);
	snprintf(c->slots, sizeof c->slots, "%s/login.lock", l->outbox.dir);
	login_open(&c->login,
	    &(struct login_options){.store = c->store,
		.redirects = LOCAL_REDIRECTS,
		.slots_path = c->slots,
		.slots = 1});
	c->limits = &l->outbox.limits;
	c->http = (struct http){
	    .jmap = {c->store, &l->outbox.clock, &l->outbox.limits},
	    .auth = c->auth,
	    .login = c->login,
	    .public_url = "",
	    .server_names = "outbox.test own.example public.example [2001:db8::2]",
	    .report = {.organization = "", .contact = "", .from = ""},
	};
	c->transport = (struct transport){serve, c, &l->tokens};
}

void
local_client_close(struct local_client *c)
{
	schema_free(&c->http.schema);
	login_close(&c->login);
	auth_close(&c->auth);
	store_close(&c->store);
}

void
local_start(struct local *l)
{
	struct err e = {0};

	outbox_start(&l->outbox);
	if (!tokens_make(&l->tokens, l->outbox.store, &e)) {
		fprintf(stderr, "tests/local: no tokens: %s\n", e.text);
		exit(1);
	}
	local_client_open(&l->client, l);
}

void
local_stop(struct local *l)
{
	local_client_close(&l->client);
	outbox_stop(&l->outbox);
}
