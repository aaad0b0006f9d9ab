/* model/address.c -- e-mail addresses (RFC 5321, RFC 6531) and URIs (RFC 3986, RFC 6068). */
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <uriparser/Uri.h>

#include "model/kinds.h"

static bool
is_alpha(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_one_of(char c, const char *set)
{
	return c != '\0' && strchr(set, c) != NULL;
}

static bool
is_utf8(char c)
{
	return (unsigned char)c >= 0x80;
}

/* Takes the first n bytes off *s. */
static struct str
take(struct str *s, size_t n)
{
	struct str first = {s->s, n};

	s->s += n;
	s->len -= n;
	return first;
}

static bool
is_dot_atom(struct str s)
{
	bool after_atom = false;

	for (size_t i = 0; i < s.len; i++) {
		char c = s.s[i];

		if (c == '.' && !after_atom)
			return false;
		after_atom = c != '.';
		if (after_atom && !is_alpha(c) && !is_digit(c) && !is_utf8(c) &&
		    !is_one_of(c, "!#$%&'*+-/=?^_`{|}~"))
			return false;
	}
	return after_atom;
}

static bool
is_quoted_string(struct str s)
{
	if (s.len < 2 || s.s[0] != '"' || s.s[s.len - 1] != '"')
		return false;
	for (size_t i = 1; i < s.len - 1; i++) {
		if (s.s[i] == '"')
			return false;
		if (s.s[i] == '\\' && (++i == s.len - 1 || is_utf8(s.s[i])))
			return false;
		if ((unsigned char)s.s[i] < 0x20 || s.s[i] == 0x7f)
			return false;
	}
	return true;
}

/* "[192.0.2.1]" or "[IPv6:2001:db8::1]" (RFC 5321, 4.1.3) */
static bool
is_address_literal(struct str s)
{
	char text[INET6_ADDRSTRLEN];
	struct in6_addr a;
	int family = AF_INET;

	if (s.len < 2 || s.s[0] != '[' || s.s[s.len - 1] != ']')
		return false;
	s = (struct str){s.s + 1, s.len - 2};
	if (str_cut_prefix_nocase(&s, "IPv6:"))
		family = AF_INET6;
	if (s.len >= sizeof text || memchr(s.s, '\0', s.len) != NULL)
		return false;
	memcpy(text, s.s, s.len);
	text[s.len] = '\0';
	return inet_pton(family, text, &a) == 1;
}

static bool
is_domain(const struct field *f, struct str s)
{
	struct buf rubbish = {0};
	bool ok = domain_canonical(f, s, &rubbish);

	buf_free(&rubbish);
	return ok;
}

/* Mailbox (RFC 5321, 4.1.2) */
static bool
is_mailbox(const struct field *f, struct str s)
{
	const char *at = s.len == 0 ? NULL : memrchr(s.s, '@', s.len);
	struct str local;

	if (at == NULL || s.len > EMAIL_MAX || at - s.s > EMAIL_LOCAL_MAX)
		return false;
	local = take(&s, (size_t)(at - s.s));
	take(&s, 1);
	return (is_dot_atom(local) || is_quoted_string(local)) &&
	    (is_address_literal(s) || is_domain(f, s));
}

/* --- URIs --- */

/* uri borrows from s; uriFreeUriMembersA() afterwards. */
static bool
parse_uri(struct str s, UriUriA *uri)
{
	const char *error;

	return s.len > 0 && s.len <= URI_MAX &&
	    uriParseSingleUriExA(uri, s.s, s.s + s.len, &error) == URI_SUCCESS;
}

static bool
has(UriTextRangeA part)
{
	return part.first != NULL;
}

static bool
is_utf8_text(struct str s)
{
	json_t *v = json_stringn(s.s, s.len);

	json_decref(v);
	return v != NULL && memchr(s.s, '\0', s.len) == NULL;
}

/* The one address of a mailto URI (RFC 6068, 2), decoded.  Header fields, further addresses and
 * a fragment have no place in an address, and "//" begins no mailto URI. */
static bool
add_mailto(struct str s, struct buf *out)
{
	UriUriA uri = {0};
	struct str path;
	char *text = NULL;
	bool ok = false;

	if (!parse_uri(s, &uri))
		return false;
	if (has(uri.hostText) || has(uri.query) || has(uri.fragment) || uri.absolutePath ||
	    uri.pathHead == NULL || uri.pathHead->next != NULL)
		goto out;
	path = (struct str){uri.pathHead->text.first,
	    (size_t)(uri.pathHead->text.afterLast - uri.pathHead->text.first)};
	/* A comma stands between addresses; one that belongs to an address is encoded. */
	if (path.len == 0 || memchr(path.s, ',', path.len) != NULL)
		goto out;
	text = str_dup(path);
	path = (struct str){
	    text, (size_t)(uriUnescapeInPlaceExA(text, URI_FALSE, URI_BR_DONT_TOUCH) - text)};
	ok = is_utf8_text(path);
	buf_add_str(out, path);
out:
	free(text);
	uriFreeUriMembersA(&uri);
	return ok;
}

bool
email_canonical(const struct field *f, struct str s, struct buf *out)
{
	const size_t start = out->len;
	struct str rest = s;

	if (!str_cut_prefix_nocase(&rest, "mailto:"))
		buf_add_str(out, s);
	else if (!add_mailto(s, out))
		return false;
	if (out->len == start)
		return false;
	return is_mailbox(f, (struct str){out->s + start, out->len - start});
}

bool
uri_canonical(const struct field *f, struct str s, struct buf *out)
{
	UriUriA uri = {0};
	bool ok;

	(void)f;
	if (!parse_uri(s, &uri))
		return false;
	ok = has(uri.scheme);
	uriFreeUriMembersA(&uri);
	buf_add_str(out, s);
	return ok;
}
