/* tests/login.c -- what a login is made of: forms, cookies, PKCE, redirects, passwords. */
#include <CUnit/CUnit.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "base/net.h"
#include "fcgi/cookie.h"
#include "fcgi/exchange.h"
#include "fcgi/login_page.h"
#include "fcgi/media.h"
#include "login/address.h"
#include "login/authorize.h"
#include "login/password.h"
#include "login/pkce.h"
#include "login/precis.h"
#include "login/redirect.h"
#include "login/slots.h"
#include "tests/scratch.h"
#include "tests/suites.h"

/* --- forms --- */

static void
a_form_is_decoded(void)
{
	static const struct {
		const char *encoded, *name, *value; /* value NULL: none or empty */
	} forms[] = {
	    {"a=b", "a", "b"},
	    {"a=b&c=d", "c", "d"},
	    {"a=b+c%20d%2Be", "a", "b c d+e"},
	    {"a%3D=b=c", "a=", "b=c"},
	    {"a=%c3%BC", "a", "\xc3\xbc"},
	    {"&&a=b&", "a", "b"},
	    {"a=%ff", "a", "\xff"},
	    {"a", "a", NULL},
	    {"a=", "a", NULL},
	    {"=b", "", "b"},
	    {"", "a", NULL},
	    {"A=b", "a", NULL},
	};

	for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
		struct form f;

		CU_ASSERT_TRUE_FATAL(form_read(&f, str_of(forms[i].encoded)));
		if (forms[i].value == NULL)
			CU_ASSERT_PTR_NULL(form_value(&f, forms[i].name).s)
		else
			CU_ASSERT_TRUE(str_is(form_value(&f, forms[i].name), forms[i].value));
		form_free(&f);
	}
}

static void
a_broken_form_is_refused(void)
{
	static const char *const bad[] = {"a=%", "a=%4", "a=%4g", "a=%g4", "%=a", "a=%00",
	    "a=b&a=c", "a=b&a", "a=1&%61=2", "a=%%41"};
	struct form f;

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		CU_ASSERT_FALSE(form_read(&f, str_of(bad[i])));
	CU_ASSERT_FALSE(form_read(&f, (struct str){"a=\0", 3}));
}

static void
a_form_has_its_limits(void)
{
	struct buf text = {0};
	struct form f;

	for (int i = 0; i < FORM_FIELDS_MAX; i++)
		buf_printf(&text, "%sf%d=x", i == 0 ? "" : "&", i);
	CU_ASSERT_TRUE(form_read(&f, buf_str(&text)));
	CU_ASSERT_EQUAL(f.n, FORM_FIELDS_MAX);
	form_free(&f);
	buf_puts(&text, "&more=x");
	CU_ASSERT_FALSE(form_read(&f, buf_str(&text)));
	buf_clear(&text);
	buf_puts(&text, "a=");
	while (text.len < FORM_BYTES_MAX)
		buf_putc(&text, 'x');
	CU_ASSERT_TRUE(form_read(&f, buf_str(&text)));
	form_free(&f);
	buf_putc(&text, 'x');
	CU_ASSERT_FALSE(form_read(&f, buf_str(&text)));
	buf_free(&text);
}

static void
what_is_escaped_reads_back(void)
{
	struct buf out = {0};

	form_escape(&out, STR("Az09-._~ &=+%/?\xc3\xbc"));
	CU_ASSERT_STRING_EQUAL(buf_terminate(&out), "Az09-._~%20%26%3D%2B%25%2F%3F%C3%BC");
	buf_free(&out);
}

static void
cookies_are_found_by_their_whole_name(void)
{
	static const struct {
		const char *header, *value;
	} headers[] = {
	    {"c=1", "1"},
	    {"b=2; c=1; d=3", "1"},
	    {"b=2;c=1", "1"},
	    {"c=1; c=2", "1"},
	    {"c=1=2", "1=2"},
	    {"cc=1", NULL},
	    {"b=c=1", NULL},
	    {"c", NULL},
	    {"C=1", NULL},
	    {"; ;", NULL},
	    {"", NULL},
	};

	for (size_t i = 0; i < sizeof headers / sizeof headers[0]; i++) {
		struct str value = cookie_value(str_of(headers[i].header), "c");

		CU_ASSERT_EQUAL(value.s == NULL, headers[i].value == NULL);
		CU_ASSERT_TRUE(str_is(value, headers[i].value == NULL ? "" : headers[i].value));
	}
}

static void
a_form_has_its_content_type(void)
{
	CU_ASSERT_TRUE(media_is_form(STR("application/x-www-form-urlencoded")));
	CU_ASSERT_TRUE(media_is_form(STR("Application/X-WWW-Form-Urlencoded; charset=UTF-8")));
	CU_ASSERT_FALSE(media_is_form(STR("application/json")));
	CU_ASSERT_FALSE(media_is_form(STR("application/x-www-form-urlencoded;charset=latin1")));
	CU_ASSERT_FALSE(media_is_form((struct str){0}));
}

/* --- PKCE --- */

#define VERIFIER "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk" /* RFC 7636, appendix B */
#define CHALLENGE "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"

static void
the_example_of_rfc_7636_is_right(void)
{
	uint8_t of_verifier[STORE_CHALLENGE_LEN], read[STORE_CHALLENGE_LEN];

	CU_ASSERT_TRUE_FATAL(pkce_of_verifier(STR(VERIFIER), of_verifier));
	CU_ASSERT_TRUE_FATAL(pkce_read(STR(CHALLENGE), read));
	CU_ASSERT_EQUAL(memcmp(of_verifier, read, sizeof read), 0);
}

static void
verifiers_and_challenges_have_their_form(void)
{
	uint8_t out[STORE_CHALLENGE_LEN];
	char longest[130];

	memset(longest, 'a', sizeof longest);
	CU_ASSERT_FALSE(pkce_of_verifier((struct str){longest, 42}, out));
	CU_ASSERT_TRUE(pkce_of_verifier((struct str){longest, 43}, out));
	CU_ASSERT_TRUE(pkce_of_verifier((struct str){longest, 128}, out));
	CU_ASSERT_FALSE(pkce_of_verifier((struct str){longest, 129}, out));
	longest[7] = '~';
	CU_ASSERT_TRUE(pkce_of_verifier((struct str){longest, 43}, out));
	longest[7] = '+';
	CU_ASSERT_FALSE(pkce_of_verifier((struct str){longest, 43}, out));
	longest[7] = '\0';
	CU_ASSERT_FALSE(pkce_of_verifier((struct str){longest, 43}, out));
	CU_ASSERT_FALSE(pkce_read(STR(CHALLENGE "A"), out));
	CU_ASSERT_FALSE(pkce_read((struct str){CHALLENGE, 42}, out));
	CU_ASSERT_FALSE(pkce_read(STR("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw+cM"), out));
	CU_ASSERT_FALSE(pkce_read((struct str){0}, out));
}

/* --- redirects --- */

#define BASE "https://reports.example.com"
#define LOOPBACKS                                                                              \
	"http://localhost" REDIRECT_PATH " http://127.0.0.1" REDIRECT_PATH                     \
	" http://[::1]" REDIRECT_PATH

static const struct {
	const char *allowed, *base, *uri;
	bool ok;
} redirects[] = {
    {"", BASE, BASE REDIRECT_PATH, true},
    {"", BASE ":8443", BASE ":8443" REDIRECT_PATH, true},
    {"", BASE, BASE ":8443" REDIRECT_PATH, false},
    {"", BASE, BASE REDIRECT_PATH "/", false},
    {"", BASE, BASE REDIRECT_PATH "?x", false},
    {"", BASE, BASE ".evil.example" REDIRECT_PATH, false},
    {"", BASE, BASE "@evil.example" REDIRECT_PATH, false},
    {"", BASE, "http://reports.example.com" REDIRECT_PATH, false},
    {"", BASE, "https://evil.example" REDIRECT_PATH, false},
    {"", BASE, "javascript:alert(1)", false},
    {"", BASE, REDIRECT_PATH, false},
    {"", BASE, "", false},
    {"", "", REDIRECT_PATH, false},
    {"", BASE, "http://localhost" REDIRECT_PATH, false},
    {"", BASE, "http://127.0.0.1:8080" REDIRECT_PATH, false},
    {"", "http://127.0.0.1:8080", "http://127.0.0.1:8080" REDIRECT_PATH, true},
    {"", "http://127.0.0.1:8080", "http://127.0.0.1:8081" REDIRECT_PATH, false},
    {LOOPBACKS, BASE, "http://localhost" REDIRECT_PATH, true},
    {LOOPBACKS, BASE, "http://localhost:1" REDIRECT_PATH, true},
    {LOOPBACKS, BASE, "http://127.0.0.1:65535" REDIRECT_PATH, true},
    {LOOPBACKS, BASE, "http://[::1]:8080" REDIRECT_PATH, true},
    {LOOPBACKS, BASE, BASE REDIRECT_PATH, false},
    {LOOPBACKS, BASE, "http://localhost:65536" REDIRECT_PATH, false},
    {LOOPBACKS, BASE, "http://localhost:0" REDIRECT_PATH, false},
    {LOOPBACKS, BASE, "http://localhost:" REDIRECT_PATH, false},
    {LOOPBACKS, BASE, "http://localhost:080" REDIRECT_PATH, false},
    {LOOPBACKS, BASE, "http://localhost:1@evil.example" REDIRECT_PATH, false},
    {LOOPBACKS, BASE, "http://localhost.evil.example" REDIRECT_PATH, false},
    {LOOPBACKS, BASE, "https://localhost:1" REDIRECT_PATH, false},
    {LOOPBACKS, BASE, "http://127.0.0.2" REDIRECT_PATH, false},
    {LOOPBACKS, BASE, "http://localhost:1/other", false},
    {"http://localhost/cb", BASE, "http://127.0.0.1/cb", false},
    {"http://localhost:8080/cb", BASE, "http://localhost:8080/cb", true},
    {"http://localhost:8080/cb", BASE, "http://localhost:8081/cb", false},
    {"http://localhost:8080/cb", BASE, "http://localhost/cb", false},
    {"http://a.example/cb", BASE, "http://a.example:1/cb", false},
    {"https://a.example/cb", BASE, "https://a.example/cb", true},
    {"https://a.example/cb  https://b.example/", BASE, "https://b.example/", true},
    {"https://a.example/cb", BASE, "https://a.example/c", false},
    {"https://a.example/cb", BASE, "https://a.example/cb2", false},
    {"https://a.example/cb", BASE, BASE REDIRECT_PATH, false},
    {"https://a.example/cb", BASE, "http://localhost" REDIRECT_PATH, false},
    {"https://a.example/cb", BASE, "", false},
};

static void
a_browser_is_sent_where_the_list_allows(void)
{
	for (size_t i = 0; i < sizeof redirects / sizeof redirects[0]; i++) {
		bool ok = redirect_is_allowed(
		    redirects[i].allowed, str_of(redirects[i].base), str_of(redirects[i].uri));

		if (ok != redirects[i].ok)
			fprintf(stderr, "%s: %d\n", redirects[i].uri, ok);
		CU_ASSERT_EQUAL(ok, redirects[i].ok);
	}
	CU_ASSERT_TRUE(str_is(redirect_origin(STR(BASE ":1/x?y")), BASE ":1"));
	CU_ASSERT_TRUE(str_is(redirect_origin(STR(BASE)), BASE));
}

static void
only_loopback_and_https_are_secure_contexts(void)
{
	static const struct {
		const char *url;
		bool secure;
	} urls[] = {{BASE, true}, {BASE REDIRECT_PATH, true}, {"http://localhost:8080/x", true},
	    {"http://127.0.0.1", true}, {"http://[::1]/", true},
	    {"http://reports.example.com", false}, {"http://localhost.example", false},
	    {"http://127.0.0.1:8080@evil.example/", false}, {"", false}};

	for (size_t i = 0; i < sizeof urls / sizeof urls[0]; i++)
		CU_ASSERT_EQUAL(redirect_is_secure(str_of(urls[i].url)), urls[i].secure);
	CU_ASSERT_TRUE(str_is(redirect_host(STR(BASE ":8443/x")), "reports.example.com:8443"));
	CU_ASSERT_TRUE(str_is(redirect_host(STR("http://[::1]:80")), "[::1]:80"));
}

/* --- authorization requests --- */

#define CALLBACK "redirect_uri=http%3A%2F%2Flocalhost%2Fadmin%2Foauth%2Fcallback"
#define GOOD                                                                                   \
	"client_id=stalwart-webui&" CALLBACK "&response_type=code&code_challenge=" CHALLENGE   \
	"&code_challenge_method=S256"

static const struct {
	const char *query, *error; /* NULL: read; "": nobody to tell but the user */
} requests[] = {
    {GOOD, NULL},
    {GOOD "&state=abc&login_hint=alice&prompt=login&scope=openid&unknown=1", NULL},
    {"", ""},
    {"client_id=another&" CALLBACK, ""},
    {"client_id=stalwart-webui", ""},
    {"client_id=stalwart-webui&redirect_uri=https%3A%2F%2Fevil.example%2F", ""},
    {"client_id=stalwart-webui&" CALLBACK, "invalid_request"},
    {"client_id=stalwart-webui&" CALLBACK "&response_type=token", "unsupported_response_type"},
    {"client_id=stalwart-webui&" CALLBACK "&response_type=code", "invalid_request"},
    {"client_id=stalwart-webui&" CALLBACK "&response_type=code&code_challenge=" CHALLENGE,
	"invalid_request"},
    {"client_id=stalwart-webui&" CALLBACK "&response_type=code&code_challenge=" CHALLENGE
     "&code_challenge_method=plain",
	"invalid_request"},
    {"client_id=stalwart-webui&" CALLBACK
     "&response_type=code&code_challenge=x&code_challenge_method=S256",
	"invalid_request"},
    {GOOD "&prompt=none", "login_required"},
    {GOOD "&state=%0a", "invalid_request"},
    {GOOD "&state=%c3%bc", "invalid_request"},
};

static void
authorization_requests_are_checked_before_anybody_is_sent_back(void)
{
	for (size_t i = 0; i < sizeof requests / sizeof requests[0]; i++) {
		struct authorize a;
		struct form f;
		bool ok;

		CU_ASSERT_TRUE_FATAL(form_read(&f, str_of(requests[i].query)));
		ok = authorize_read(&a, &f, LOOPBACKS, STR(BASE));
		CU_ASSERT_EQUAL(ok, requests[i].error == NULL);
		if (!ok && requests[i].error != NULL) {
			CU_ASSERT_PTR_NOT_NULL(a.why);
			CU_ASSERT_STRING_EQUAL(
			    a.error == NULL ? "" : a.error, requests[i].error);
		}
		form_free(&f);
	}
}

/* Browsers have no SHA-256 for a program that came over plain http, and so it sends "plain". */
static void
plain_http_under_a_name_gets_a_hint_at_https(void)
{
	static const struct {
		const char *base, *says;
	} bases[] = {{"http://reports.example.com", "needs https"}, {BASE, "S256 is required"},
	    {"http://localhost:8080", "S256 is required"}};

	for (size_t i = 0; i < sizeof bases / sizeof bases[0]; i++) {
		struct buf query = {0};
		struct authorize a;
		struct form f;

		buf_puts(&query,
		    "client_id=stalwart-webui&response_type=code&code_challenge=" CHALLENGE
		    "&code_challenge_method=plain&redirect_uri=");
		form_escape(&query, str_of(bases[i].base));
		form_escape(&query, STR(REDIRECT_PATH));
		CU_ASSERT_TRUE_FATAL(form_read(&f, buf_str(&query)));
		CU_ASSERT_FALSE(authorize_read(&a, &f, "", str_of(bases[i].base)));
		CU_ASSERT_STRING_EQUAL(a.error, "invalid_request");
		CU_ASSERT_PTR_NOT_NULL(strstr(a.why, bases[i].says));
		form_free(&f);
		buf_free(&query);
	}
}

static void
a_state_has_a_limit(void)
{
	for (size_t more = 0; more < 2; more++) {
		struct buf query = {0};
		struct authorize a;
		struct form f;

		buf_puts(&query, GOOD "&state=");
		for (size_t i = 0; i < AUTHORIZE_STATE_MAX + more; i++)
			buf_putc(&query, 's');
		CU_ASSERT_TRUE_FATAL(form_read(&f, buf_str(&query)));
		CU_ASSERT_EQUAL(authorize_read(&a, &f, LOOPBACKS, STR(BASE)), more == 0);
		form_free(&f);
		buf_free(&query);
	}
}

static void
the_way_back_says_code_or_error_and_state_and_issuer(void)
{
	struct authorize a = {.redirect = STR("https://a.example/cb"), .state = STR("s&1")};
	struct buf out = {0};

	authorize_location(&a, "roc_x", NULL, NULL, STR(BASE), &out);
	CU_ASSERT_STRING_EQUAL(buf_terminate(&out),
	    "https://a.example/cb?code=roc_x&state=s%261&iss=https%3A%2F%2Freports.example."
	    "com");
	buf_clear(&out);
	a = (struct authorize){.redirect = STR("https://a.example/cb?x=1")};
	authorize_location(&a, NULL, "access_denied", "no", STR(BASE), &out);
	CU_ASSERT_STRING_EQUAL(buf_terminate(&out),
	    "https://a.example/cb?x=1&error=access_denied&error_description=no&iss=https%3A%2F%"
	    "2Freports.example.com");
	buf_free(&out);
}

/* --- the page --- */

static void
nothing_on_the_page_is_anybodys_html(void)
{
	struct authorize a = {.program = "<i>",
	    .client = STR("\"><script>"),
	    .redirect = STR("'\"<>&"),
	    .state = STR("</form>"),
	    .challenge_text = STR("\"")};
	const struct login_complaint complaint = {.text = "<i>"};
	struct login_page page = {.authorize = &a,
	    .site = STR("<b >"),
	    .name = STR("<b onload=\"x\">'&"),
	    .field = "f",
	    .complaint = &complaint};
	const struct login_refusal_page refusal = {
	    .authorize = &a, .base = STR("<b >\""), .why = "<i>"};
	struct buf out = {0};

	login_page_form(&page, &out);
	buf_terminate(&out);
	CU_ASSERT_PTR_NULL(strstr(out.s, "<script"));
	CU_ASSERT_PTR_NULL(strstr(out.s, "<b "));
	CU_ASSERT_PTR_NULL(strstr(out.s, "<i>"));
	CU_ASSERT_PTR_NULL(strstr(out.s, "value=\"\""));
	CU_ASSERT_PTR_NOT_NULL(strstr(out.s, "&lt;b onload=&quot;x&quot;&gt;&#39;&amp;"));
	CU_ASSERT_PTR_NOT_NULL(strstr(out.s, "value=\"&lt;/form&gt;\""));
	for (int i = 0; i < 2; i++) { /* with a link to the form, and to the WebUI */
		buf_clear(&out);
		login_page_refusal(&refusal, &out);
		buf_terminate(&out);
		CU_ASSERT_PTR_NULL(strstr(out.s, "<script"));
		CU_ASSERT_PTR_NULL(strstr(out.s, "<b "));
		CU_ASSERT_PTR_NULL(strstr(out.s, "<i>"));
		CU_ASSERT_PTR_NULL(strstr(out.s, "/form>"));
		a.challenge_text = (struct str){0};
	}
	buf_free(&out);
}

/* --- passwords --- */

static bool
may_be(struct str password)
{
	struct err e = {0};
	bool ok = password_check(password, &e);

	CU_ASSERT_EQUAL(e.code, ok ? ERR_NONE : ERR_INVALID_ARGUMENTS);
	return ok;
}

static void
a_password_has_its_length(void)
{
	char longest[PASSWORD_MAX + 1];

	memset(longest, 'x', sizeof longest);
	CU_ASSERT_FALSE(may_be((struct str){0}));
	CU_ASSERT_FALSE(may_be((struct str){longest, PASSWORD_MIN - 1}));
	CU_ASSERT_TRUE(may_be((struct str){longest, PASSWORD_MIN}));
	CU_ASSERT_TRUE(may_be((struct str){longest, PASSWORD_MAX}));
	CU_ASSERT_FALSE(may_be((struct str){longest, PASSWORD_MAX + 1}));
	CU_ASSERT_FALSE(may_be(STR("12345678\n")));
	CU_ASSERT_FALSE(may_be(STR("12345678\0")));
}

/* RFC 8265, 4.2 */
static void
a_password_has_a_normal_form(void)
{
	static const struct {
		const char *typed, *normal; /* NULL: it is refused */
	} passwords[] = {
	    {"Correct Horse", "Correct Horse"}, {" two  blanks ", " two  blanks "},
	    {"u\xcc\x88"
	     "ber",
		"\xc3\xbc"
		"ber"}, /* NFD */
	    {"\xc3\xbc"
	     "ber",
		"\xc3\xbc"
		"ber"},
	    {"a\xc2\xa0"
	     "b\xe3\x80\x80"
	     "c",
		"a b c"},                                             /* other spaces */
	    {"\xef\xbc\xa1", "\xef\xbc\xa1"},                         /* full width stays */
	    {"\xe1\x84\x92\xe1\x85\xa1\xe1\x86\xab", "\xed\x95\x9c"}, /* a syllable */
	    {"\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x94\xac",
		"\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x94\xac"}, /* joined pictures */
	    {"pass\rword", NULL}, {"pass\tword", NULL},
	    {"\xef\xbb\xbfpassword", NULL}, /* a byte order mark */
	    {"pass\xe2\x80\x8bword", NULL}, /* a space of no width */
	    {"\xcd\xb8", NULL},             /* not assigned */
	    {"\xef\xbf\xbe", NULL},         /* never will be */
	    {"\xee\x80\x80", NULL},         /* private */
	    {"\xfc"
	     "ber",
		NULL},                                      /* Latin-1 */
	    {"\xed\xa0\x80", NULL}, {"\xe1\x84\x92", NULL}, /* half a syllable */
	};

	for (size_t i = 0; i < sizeof passwords / sizeof passwords[0]; i++) {
		struct buf out = {0};
		const char *wrong = precis_password(str_of(passwords[i].typed), &out);

		CU_ASSERT_EQUAL(wrong == NULL, passwords[i].normal != NULL);
		if (wrong == NULL)
			CU_ASSERT_STRING_EQUAL(buf_terminate(&out), passwords[i].normal);
		buf_free(&out);
	}
}

/* RFC 8265, 3.3 */
static void
a_name_has_a_normal_form(void)
{
	static const struct {
		const char *typed, *normal; /* NULL: it is refused */
	} names[] = {
	    {"alice", "alice"},
	    {"Alice", "alice"},
	    {" alice ", "alice"},
	    {"alice\xc2\xa0", "alice"},
	    {"Ann Example", "ann example"},
	    {"o'brien+x_y@mail.example", "o'brien+x_y@mail.example"},
	    {"J\xc3\x9cRGEN", "j\xc3\xbcrgen"},
	    {"ju\xcc\x88rgen", "j\xc3\xbcrgen"},
	    {"\xef\xbc\xa1lice", "alice"}, /* full width */
	    {"stra\xc3\x9f"
	     "e",
		"stra\xc3\x9f"
		"e"},
	    {"", NULL},
	    {"  ", NULL},
	    {"ann  example", NULL},
	    {"al\tice", NULL},
	    {"al\xe2\x80\x8bice", NULL}, /* a space of no width */
	    {"\xef\xac\x81nn", NULL},    /* fi in one piece */
	    {"al\xe2\x82\xac", NULL},    /* a currency */
	    {"\xff", NULL},
	};

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		struct buf out = {0}, again = {0};
		const char *wrong = precis_name(str_of(names[i].typed), &out);

		CU_ASSERT_EQUAL(wrong == NULL, names[i].normal != NULL);
		if (wrong == NULL) {
			CU_ASSERT_STRING_EQUAL(buf_terminate(&out), names[i].normal);
			CU_ASSERT_PTR_NULL(precis_name(buf_str(&out), &again));
			CU_ASSERT_TRUE(str_equal(buf_str(&out), buf_str(&again)));
		}
		buf_free(&out);
		buf_free(&again);
	}
}

/* Their hashes were made of what was typed, byte for byte. */
static void
a_password_of_before_there_was_a_normal_form_still_lets_in(void)
{
	static const char *const before[] = {"u\xcc\x88"
					     "ber der Strasse",
	    "Latin-1: \xfc", "tab\there"};
	char hash[crypto_pwhash_STRBYTES];

	for (size_t i = 0; i < sizeof before / sizeof before[0]; i++) {
		CU_ASSERT_EQUAL(crypto_pwhash_str(hash, before[i], strlen(before[i]),
				    crypto_pwhash_OPSLIMIT_MIN, crypto_pwhash_MEMLIMIT_MIN),
		    0);
		CU_ASSERT_TRUE(password_verify(str_of(before[i]), hash));
		CU_ASSERT_FALSE(password_verify(STR("another"), hash));
	}
}

static void
one_password_typed_in_two_ways_is_one(void)
{
	char hash[STORE_PASSWORD_MAX + 1];
	struct err e = {0};

	CU_ASSERT_TRUE_FATAL(password_hash(STR("u\xcc\x88"
					       "ber alles"),
	    hash, &e));
	CU_ASSERT_TRUE(password_verify(STR("\xc3\xbc"
					   "ber alles"),
	    hash));
	CU_ASSERT_TRUE(password_verify(STR("u\xcc\x88"
					   "ber alles"),
	    hash));
	CU_ASSERT_TRUE(password_verify(STR("u\xcc\x88"
					   "ber\xc2\xa0"
					   "alles"),
	    hash));
	CU_ASSERT_FALSE(password_verify(STR("uber alles"), hash));
	CU_ASSERT_FALSE(password_hash(STR("12345678\r"), hash, &e));
	CU_ASSERT_EQUAL(e.code, ERR_INVALID_ARGUMENTS);
}

static void
a_password_is_told_from_another(void)
{
	char hash[STORE_PASSWORD_MAX + 1], again[STORE_PASSWORD_MAX + 1];
	char longer[PASSWORD_MAX + 1];
	struct err e = {0};

	memset(longer, 'x', sizeof longer);
	CU_ASSERT_TRUE_FATAL(password_hash(STR("correct horse"), hash, &e));
	CU_ASSERT_TRUE_FATAL(password_hash(STR("correct horse"), again, &e));
	CU_ASSERT_STRING_NOT_EQUAL(hash, again); /* salted */
	CU_ASSERT_TRUE(password_verify(STR("correct horse"), hash));
	CU_ASSERT_FALSE(password_verify(STR("correct horsf"), hash));
	CU_ASSERT_FALSE(password_verify((struct str){0}, hash));
	CU_ASSERT_TRUE_FATAL(password_hash((struct str){longer, PASSWORD_MAX}, hash, &e));
	CU_ASSERT_TRUE(password_verify((struct str){longer, PASSWORD_MAX}, hash));
	CU_ASSERT_FALSE(password_verify((struct str){longer, PASSWORD_MAX + 1}, hash));
	/* What libsodium says of the cost of nobody's hash is what it says of ours. */
	CU_ASSERT_EQUAL(strncmp(hash, "$argon2id$v=19$m=65536,t=2,p=1$", 31), 0);
	CU_ASSERT_FALSE(password_verify(STR("password"), NULL));
	CU_ASSERT_FALSE(password_verify(STR("password"), ""));
}

/* --- whence, and how many at once --- */

static void
an_address_is_counted_by_its_network(void)
{
	static const struct {
		const char *a, *b;
		bool same;
	} pairs[] = {
	    {"192.0.2.1", "192.0.2.1", true},
	    {"192.0.2.1", "192.0.2.2", false},
	    {"192.0.2.1", "::ffff:192.0.2.1", true},
	    {"2001:db8:1:2::1", "2001:db8:1:2:ffff::9", true},
	    {"2001:db8:1:2::1", "2001:db8:1:3::1", false},
	    {"unix:", "", true},
	    {"192.0.2.1 ", "", true},
	    {"192.0.2.1", "", false},
	};

	for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
		uint8_t a[ADDRESS_MAX], b[ADDRESS_MAX];

		CU_ASSERT_EQUAL(str_equal(address_counted(str_of(pairs[i].a), a),
				    address_counted(str_of(pairs[i].b), b)),
		    pairs[i].same);
	}
}

static void
a_trusted_proxy_tells_whom_it_speaks_for(void)
{
	static const struct {
		const char *from, *told, *client;
	} requests_of[] = {
	    {"192.0.2.1", NULL, "192.0.2.1"},
	    {"192.0.2.1", "203.0.113.9", "192.0.2.1"},
	    {"198.51.100.7", NULL, "198.51.100.7"},
	    {"198.51.100.7", "203.0.113.9", "203.0.113.9"},
	    {"198.51.100.7", "10.0.0.1, 203.0.113.9", "203.0.113.9"},
	    {"198.51.100.7", "10.0.0.1, 203.0.113.9, 198.51.100.8", "203.0.113.9"},
	    {"198.51.100.7", "203.0.113.9,, 198.51.100.8 ,", "203.0.113.9"},
	    {"198.51.100.7", "198.51.100.9", "198.51.100.9"},
	    {"198.51.100.7", " , ", "198.51.100.7"},
	};
	struct http h = {0};

	CU_ASSERT_TRUE(nets_parse(STR("198.51.100.0/24"), &h.trusted_proxies));
	for (size_t i = 0; i < sizeof requests_of / sizeof requests_of[0]; i++) {
		const struct http_request r = {.remote_addr = str_of(requests_of[i].from),
		    .forwarded_for = str_of(requests_of[i].told)};
		const struct exchange x = {.http = &h, .request = &r};

		CU_ASSERT_TRUE(str_is(exchange_client(&x), requests_of[i].client));
	}
	nets_free(&h.trusted_proxies);
}

static void
there_are_as_many_slots_as_there_are(void)
{
	char dir[SCRATCH_DIR_MAX], path[SCRATCH_DIR_MAX + 8];
	int fd[3];
	struct err e = {0};

	scratch_make(dir);
	snprintf(path, sizeof path, "%s/slots", dir);
	CU_ASSERT_TRUE(slot_take(path, 2, &fd[0], &e));
	CU_ASSERT_TRUE(slot_take(path, 2, &fd[1], &e));
	CU_ASSERT_TRUE(slot_take(path, 2, &fd[2], &e));
	CU_ASSERT_TRUE(fd[0] >= 0 && fd[1] >= 0);
	CU_ASSERT_EQUAL(fd[2], -1);
	io_close(&fd[0]);
	CU_ASSERT_TRUE(slot_take(path, 2, &fd[2], &e));
	CU_ASSERT_TRUE(fd[2] >= 0);
	io_close(&fd[1]);
	io_close(&fd[2]);
	CU_ASSERT_FALSE(slot_take("/nonexistent/slots", 2, &fd[0], &e));
	scratch_remove(dir);
}

const CU_TestInfo login_tests[] = {
    {"a form is decoded", a_form_is_decoded},
    {"a broken form is refused", a_broken_form_is_refused},
    {"a form has its limits", a_form_has_its_limits},
    {"what is escaped reads back", what_is_escaped_reads_back},
    {"cookies are found by their whole name", cookies_are_found_by_their_whole_name},
    {"a form has its content type", a_form_has_its_content_type},
    {"the example of RFC 7636 is right", the_example_of_rfc_7636_is_right},
    {"verifiers and challenges have their form", verifiers_and_challenges_have_their_form},
    {"a browser is sent where the list allows", a_browser_is_sent_where_the_list_allows},
    {"authorization requests are checked before anybody is sent back",
	authorization_requests_are_checked_before_anybody_is_sent_back},
    {"a state has a limit", a_state_has_a_limit},
    {"only loopback and https are secure contexts",
	only_loopback_and_https_are_secure_contexts},
    {"plain http under a name gets a hint at https",
	plain_http_under_a_name_gets_a_hint_at_https},
    {"the way back says code or error, and state and issuer",
	the_way_back_says_code_or_error_and_state_and_issuer},
    {"nothing on the page is anybody's HTML", nothing_on_the_page_is_anybodys_html},
    {"a password has its length", a_password_has_its_length},
    {"a password has a normal form", a_password_has_a_normal_form},
    {"a name has a normal form", a_name_has_a_normal_form},
    {"a password of before there was a normal form still lets in",
	a_password_of_before_there_was_a_normal_form_still_lets_in},
    {"one password typed in two ways is one", one_password_typed_in_two_ways_is_one},
    {"a password is told from another", a_password_is_told_from_another},
    {"an address is counted by its network", an_address_is_counted_by_its_network},
    {"a trusted proxy tells whom it speaks for", a_trusted_proxy_tells_whom_it_speaks_for},
    {"there are as many slots as there are", there_are_as_many_slots_as_there_are},
    CU_TEST_INFO_NULL,
};
