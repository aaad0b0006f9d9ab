/* tests/fcgi_schema.c -- the schema document over HTTP, and the URLs that a client is told. */
#include <CUnit/CUnit.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "fcgi/http.h"
#include "fcgi/media.h"
#include "tests/decoder.h"
#include "tests/local.h"
#include "tests/suites.h"

static void
get(struct local *l, struct http_request *r, struct http_response *out)
{
	r->method = STR("GET");
	r->authorization = str_of(tokens_header(&l->tokens, "reader"));
	if (r->host.s == NULL)
		r->host = STR("outbox.test");
	http_serve(&l->client.http, r, out);
}

/* --- the schema document --- */

static void
the_redirect_leads_to_the_document(void)
{
	struct http_request r = {.path = STR("/api/schema")};
	struct http_response to, at;
	struct buf why = {0};
	struct local l;
	json_t *document;

	local_start(&l);
	get(&l, &r, &to);
	CU_ASSERT_EQUAL(to.status, 307);
	CU_ASSERT_PTR_NULL(to.content_type);
	CU_ASSERT_EQUAL(to.body.len, 0);
	r.path = buf_str(&to.location);
	get(&l, &r, &at);
	CU_ASSERT_EQUAL(at.status, 200);
	CU_ASSERT_PTR_NULL(at.content_encoding);
	CU_ASSERT_STRING_EQUAL(at.vary, "Accept-Encoding");
	CU_ASSERT_STRING_EQUAL(at.cache_control, "private, max-age=31536000, immutable");
	CU_ASSERT_EQUAL(at.location.len, 0);
	document = json_loadb(at.body.s, at.body.len, 0, NULL);
	CU_ASSERT_TRUE(decode_schema(document, &why));
	json_decref(document);
	buf_free(&why);
	http_response_free(&to);
	http_response_free(&at);
	local_stop(&l);
}

static void
other_hashes_lead_to_the_current_one(void)
{
	static const char *const paths[] = {"/api/schema", "/api/schema/x",
	    "/api/schema/TpQRSF3_3pKrXPAi-Ca3Y9wP2rejzHOjYwhYCsahH0", "/api/schema/a/b"};
	struct local l;

	local_start(&l);
	for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
		struct http_request r = {.path = str_of(paths[i])};
		struct http_response a;

		get(&l, &r, &a);
		CU_ASSERT_EQUAL(a.status, 307);
		CU_ASSERT_EQUAL(a.location.len, strlen("/api/schema/") + SCHEMA_HASH_LEN);
		CU_ASSERT_EQUAL(strncmp(a.location.s, "/api/schema/", 12), 0);
		http_response_free(&a);
	}
	local_stop(&l);
}

static void
it_is_compressed_for_who_asks(void)
{
	struct http_request r = {.path = STR("/api/schema")};
	struct http_response to, at;
	struct local l;

	local_start(&l);
	get(&l, &r, &to);
	r.path = buf_str(&to.location);
	r.accept_encoding = STR("gzip, deflate, br, zstd");
	get(&l, &r, &at);
	CU_ASSERT_STRING_EQUAL_FATAL(at.content_encoding, "gzip");
	CU_ASSERT_STRING_EQUAL(at.vary, "Accept-Encoding");
	CU_ASSERT(at.body.len > 2 && memcmp(at.body.s, "\x1f\x8b", 2) == 0);
	http_response_free(&at);
	r.accept_encoding = STR("br, zstd");
	get(&l, &r, &at);
	CU_ASSERT_PTR_NULL(at.content_encoding);
	CU_ASSERT(at.body.len > 0 && at.body.s[0] == '{');
	http_response_free(&at);
	http_response_free(&to);
	local_stop(&l);
}

static void
gzip_is_wanted_by_weight(void)
{
	static const struct {
		const char *header;
		bool gzip;
	} headers[] = {
	    {"gzip", true},
	    {"GZip", true},
	    {"x-gzip", true},
	    {"gzip, deflate, br, zstd", true},
	    {"br;q=1.0, gzip;q=0.8, *;q=0.1", true},
	    {"gzip;q=0.001", true},
	    {"gzip ; Q=1", true},
	    {"gzip;q=1.000", true},
	    {"*", true},
	    {"*;q=0.5", true},
	    {"deflate,, gzip", true},
	    {"identity;q=0, gzip;q=0.1", true},
	    {"identity;q=0.5, *", true},
	    {"identity, gzip", true},
	    {"", false},
	    {"identity", false},
	    {"br, zstd, deflate", false},
	    {"gzip;q=0", false},
	    {"gzip;q=0.000", false},
	    {"gzip;q=0, *", false},
	    {"*;q=0", false},
	    {"gzip;q=0.5, identity", false},
	    {"gzip;q=0.5, identity;q=0.501", false},
	    {"gzip;q=1.001", false},
	    {"gzip;q=0.0001", false},
	    {"gzip;q=2", false},
	    {"gzip;q=-1", false},
	    {"gzip;q=", false},
	    {"gzip;q", false},
	    {"gzip;q=10", false},
	    {"gzipped", false},
	};

	for (size_t i = 0; i < sizeof headers / sizeof headers[0]; i++)
		CU_assertImplementation(
		    media_wants_gzip(str_of(headers[i].header)) == headers[i].gzip, __LINE__,
		    headers[i].header, __FILE__, "", CU_FALSE);
	CU_ASSERT_FALSE(media_wants_gzip((struct str){0}));
}

/* --- absolute URLs --- */

#define PROXIES "192.0.2.1 198.51.100.0/24 2001:db8::/32"

/* What a client at from says of itself, and the URL that it is told; NULL: it is told 421. */
static const struct {
	const char *from, *proto, *host, *url;
} told[] = {
    {"203.0.113.1", NULL, NULL, "http://own.example"},
    {"203.0.113.1", "https", "forged.example", "http://own.example"},
    {"192.0.2.2", "https", "forged.example", "http://own.example"},
    {NULL, "https", "forged.example", "http://own.example"},
    {"unix:", "https", "forged.example", "http://own.example"},
    {"192.0.2.1, 203.0.113.1", "https", "forged.example", "http://own.example"},
    {"192.0.2.1", NULL, NULL, "http://own.example"},
    {"192.0.2.1", "https", NULL, "https://own.example"},
    {"192.0.2.1", NULL, "public.example:8443", "http://public.example:8443"},
    {"192.0.2.1", "https", "public.example", "https://public.example"},
    {"192.0.2.1", "HTTPS", "public.example", "https://public.example"},
    {"192.0.2.1", "http", "public.example", "http://public.example"},
    {"192.0.2.1", "javascript", "public.example", "http://public.example"},
    {"192.0.2.1", "http, https ", "forged.example, public.example", "https://public.example"},
    {"192.0.2.1", "https", " ", "https://own.example"},
    {"198.51.100.255", "https", "public.example", "https://public.example"},
    {"::ffff:198.51.100.7", "https", "public.example", "https://public.example"},
    {"2001:db8:ffff::1", "https", "[2001:db8::2]:8443", "https://[2001:db8::2]:8443"},
    {"2001:db9::1", "https", "forged.example", "http://own.example"},
    {"192.0.2.1", "https", "unlisted.example", NULL},
    {"192.0.2.1", "https", "[2001:db8::3]", NULL},
    {"192.0.2.1", "https", "127.0.0.1:81", "https://127.0.0.1:81"},
};

static void
forwarded_headers_are_believed_of_trusted_proxies(void)
{
	struct local l;
	struct nets proxies;

	local_start(&l);
	CU_ASSERT_TRUE(nets_parse(STR(PROXIES), &proxies));
	l.client.http.trusted_proxies = proxies;
	for (size_t i = 0; i < sizeof told / sizeof told[0]; i++) {
		struct http_request r = {.path = STR("/api/discover/alice"),
		    .host = STR("own.example"),
		    .remote_addr = str_of(told[i].from),
		    .forwarded_proto = str_of(told[i].proto),
		    .forwarded_host = str_of(told[i].host)};
		struct http_response a;
		json_t *v;

		get(&l, &r, &a);
		v = json_loadb(a.body.s, a.body.len, 0, NULL);
		CU_ASSERT_EQUAL(a.status, told[i].url == NULL ? 421 : 200);
		if (told[i].url != NULL)
			CU_ASSERT_STRING_EQUAL(
			    json_string_value(json_object_get(v, "issuer")), told[i].url);
		json_decref(v);
		http_response_free(&a);
	}
	nets_free(&proxies);
	local_stop(&l);
}

static void
a_configured_url_is_told_whatever_is_forwarded(void)
{
	struct http_request r = {.path = STR("/.well-known/oauth-authorization-server"),
	    .remote_addr = STR("192.0.2.1"),
	    .forwarded_proto = STR("https"),
	    .forwarded_host = STR("forged.example")};
	struct http_response a;
	struct nets proxies;
	struct local l;
	json_t *v;

	local_start(&l);
	CU_ASSERT_TRUE(nets_parse(STR(PROXIES), &proxies));
	l.client.http.trusted_proxies = proxies;
	l.client.http.public_url = "https://public.example/x";
	get(&l, &r, &a);
	v = json_loadb(a.body.s, a.body.len, 0, NULL);
	CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(v, "token_endpoint")),
	    "https://public.example/x/auth/token");
	json_decref(v);
	http_response_free(&a);
	nets_free(&proxies);
	local_stop(&l);
}

static void
a_forwarded_host_that_is_none_is_refused(void)
{
	struct http_request r = {.path = STR("/api/discover/alice"),
	    .remote_addr = STR("192.0.2.1"),
	    .forwarded_host = STR("a\"b")};
	struct http_response a;
	struct nets proxies;
	struct local l;

	local_start(&l);
	CU_ASSERT_TRUE(nets_parse(STR(PROXIES), &proxies));
	l.client.http.trusted_proxies = proxies;
	get(&l, &r, &a);
	CU_ASSERT_EQUAL(a.status, 400);
	http_response_free(&a);
	nets_free(&proxies);
	local_stop(&l);
}

const CU_TestInfo fcgi_schema_tests[] = {
    {"the redirect leads to the document", the_redirect_leads_to_the_document},
    {"other hashes lead to the current one", other_hashes_lead_to_the_current_one},
    {"it is compressed for who asks", it_is_compressed_for_who_asks},
    {"gzip is wanted by weight", gzip_is_wanted_by_weight},
    {"forwarded headers are believed of trusted proxies",
	forwarded_headers_are_believed_of_trusted_proxies},
    {"a configured URL is told whatever is forwarded",
	a_configured_url_is_told_whatever_is_forwarded},
    {"a forwarded host that is none is refused", a_forwarded_host_that_is_none_is_refused},
    CU_TEST_INFO_NULL,
};
