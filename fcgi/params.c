/* fcgi/params.c -- makes an HTTP request of the parameters of a FastCGI request. */
#include "fcgi/params.h"

#include <stddef.h>
#include <string.h>

#include "base/log.h"
#include "fcgi/record.h"

/* The request, and the parameters that do not become a member of it unchanged. */
struct found {
	struct http_request request;
	struct str document_uri, request_uri, https, content_length;
	struct str forwarded, real_ip, via; /* proxies add these besides X-Forwarded-* */
};

#define IN_REQUEST(member) offsetof(struct found, request.member)
#define NAMED(text) (text), sizeof(text) - 1

static const struct {
	const char *name;
	size_t len, member; /* len: of the name; member: offset in struct found */
} known[] = {
    {NAMED("REQUEST_METHOD"), IN_REQUEST(method)},
    {NAMED("DOCUMENT_URI"), offsetof(struct found, document_uri)},
    {NAMED("REQUEST_URI"), offsetof(struct found, request_uri)},
    {NAMED("QUERY_STRING"), IN_REQUEST(query)},
    {NAMED("CONTENT_TYPE"), IN_REQUEST(content_type)},
    {NAMED("CONTENT_LENGTH"), offsetof(struct found, content_length)},
    {NAMED("HTTP_CONTENT_ENCODING"), IN_REQUEST(content_encoding)},
    {NAMED("HTTP_AUTHORIZATION"), IN_REQUEST(authorization)},
    {NAMED("HTTP_HOST"), IN_REQUEST(host)},
    {NAMED("HTTP_ACCEPT_ENCODING"), IN_REQUEST(accept_encoding)},
    {NAMED("HTTP_COOKIE"), IN_REQUEST(cookie)},
    {NAMED("HTTP_ORIGIN"), IN_REQUEST(origin)},
    {NAMED("HTTP_X_FORWARDED_PROTO"), IN_REQUEST(forwarded_proto)},
    {NAMED("HTTP_X_FORWARDED_HOST"), IN_REQUEST(forwarded_host)},
    {NAMED("HTTP_X_FORWARDED_FOR"), IN_REQUEST(forwarded_for)},
    {NAMED("HTTP_FORWARDED"), offsetof(struct found, forwarded)},
    {NAMED("HTTP_X_REAL_IP"), offsetof(struct found, real_ip)},
    {NAMED("HTTP_VIA"), offsetof(struct found, via)},
    {NAMED("HTTPS"), offsetof(struct found, https)},
    {NAMED("REMOTE_ADDR"), IN_REQUEST(remote_addr)},
    {NAMED("REQUEST_ID"), IN_REQUEST(request_id)},
};

/* nginx before 1.23 passes a header field that comes several times as several parameters.  The
 * last one counts: the nearest proxy wrote it.  A client may have sent the others. */
static bool
read_param(struct found *f, struct str name, struct str value)
{
	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
		if (name.len != known[i].len || memcmp(name.s, known[i].name, name.len) != 0)
			continue;
		*(struct str *)((char *)f + known[i].member) = value;
		return value.len == 0 || memchr(value.s, '\0', value.len) == NULL;
	}
	return true;
}

/* nginx sends a normalised DOCUMENT_URI; other web servers send only REQUEST_URI. */
static struct str
path_of(const struct found *f)
{
	struct str path = f->document_uri.len > 0 ? f->document_uri : f->request_uri;
	const char *query = path.len > 0 ? memchr(path.s, '?', path.len) : NULL;

	if (query != NULL)
		path.len = (size_t)(query - path.s);
	return path;
}

static bool
is_forwarded(const struct found *f)
{
	const struct http_request *r = &f->request;

	return r->forwarded_proto.s != NULL || r->forwarded_host.s != NULL ||
	    r->forwarded_for.s != NULL || f->forwarded.s != NULL || f->real_ip.s != NULL ||
	    f->via.s != NULL;
}

bool
params_read(struct params *p, struct str pairs)
{
	struct found f = {0};
	struct str name, value;

	while (record_pair(&pairs, &name, &value))
		if (!read_param(&f, name, value))
			return false;
	if (pairs.len > 0)
		return false;
	f.request.path = path_of(&f);
	f.request.forwarded = is_forwarded(&f);
	f.request.https = str_equal_nocase(f.https, STR("on"));
	if (!log_is_request_id(f.request.request_id))
		f.request.request_id = (struct str){0};
	p->request = f.request;
	p->has_length = str_to_u64(f.content_length, UINT64_MAX, &p->length);
	return true;
}
