/* model/address.c -- e-mail addresses (RFC 5321, RFC 6531) and URIs (RFC 3986). */
#include <arpa/inet.h>
#include <string.h>

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

bool
email_canonical(const struct field *f, struct str s, struct buf *out)
{
	struct str local;
	const char *at;
	size_t end;

	str_cut_prefix_nocase(&s, "mailto:");
	at = s.len == 0 ? NULL : memrchr(s.s, '@', s.len);
	if (at == NULL || s.len > EMAIL_MAX || at - s.s > EMAIL_LOCAL_MAX)
		return false;
	buf_add_str(out, s);
	local = take(&s, (size_t)(at - s.s));
	take(&s, 1);
	if (!is_dot_atom(local) && !is_quoted_string(local))
		return false;
	/* The domain has to be one, but stays as it was sent. */
	end = out->len;
	if (!domain_canonical(f, s, out))
		return false;
	out->len = end;
	return true;
}

/* How many bytes at the start of s are pchar (RFC 3986, 3.3) without ":" and "@", or in also.
 */
static size_t
span(struct str s, const char *also)
{
	static const char hex[] = "0123456789abcdefABCDEF";
	size_t i = 0;

	for (; i < s.len; i++) {
		char c = s.s[i];

		if (c == '%' && s.len - i > 2 && is_one_of(s.s[i + 1], hex) &&
		    is_one_of(s.s[i + 2], hex))
			i += 2;
		else if (!is_alpha(c) && !is_digit(c) && !is_one_of(c, "-._~!$&'()*+,;=") &&
		    !is_one_of(c, also))
			break;
	}
	return i;
}

static size_t
digits_span(struct str s)
{
	size_t i = 0;

	while (i < s.len && is_digit(s.s[i]))
		i++;
	return i;
}

/* "[2001:db8::1]" at the start of *s; taken off if it is there. */
static bool
cut_ip_literal(struct str *s)
{
	const char *end = s->len == 0 ? NULL : memchr(s->s, ']', s->len);
	char text[INET6_ADDRSTRLEN];
	struct in6_addr a;
	size_t len;

	if (end == NULL || s->s[0] != '[')
		return false;
	len = (size_t)(end - s->s) - 1;
	if (len >= sizeof text || memchr(s->s + 1, '\0', len) != NULL)
		return false;
	memcpy(text, s->s + 1, len);
	text[len] = '\0';
	if (inet_pton(AF_INET6, text, &a) != 1)
		return false;
	take(s, len + 2);
	return true;
}

/* [userinfo "@"] host [":" port] (3.2) */
static bool
is_authority(struct str s)
{
	const char *at = s.len == 0 ? NULL : memrchr(s.s, '@', s.len);

	if (at != NULL) {
		struct str user = take(&s, (size_t)(at - s.s));

		take(&s, 1);
		if (span(user, ":") != user.len)
			return false;
	}
	if (!cut_ip_literal(&s))
		take(&s, span(s, ""));
	if (s.len > 0 && s.s[0] == ':') {
		take(&s, 1);
		take(&s, digits_span(s));
	}
	return s.len == 0;
}

/* scheme ":" (3.1), taken off */
static bool
cut_scheme(struct str *s)
{
	size_t i = 0;

	if (s->len == 0 || !is_alpha(s->s[0]))
		return false;
	while (
	    i < s->len && (is_alpha(s->s[i]) || is_digit(s->s[i]) || is_one_of(s->s[i], "+-.")))
		i++;
	if (i == s->len || s->s[i] != ':')
		return false;
	take(s, i + 1);
	return true;
}

bool
uri_canonical(const struct field *f, struct str s, struct buf *out)
{
	(void)f;
	if (s.len > URI_MAX)
		return false;
	buf_add_str(out, s);
	if (!cut_scheme(&s))
		return false;
	if (str_cut_prefix(&s, "//")) {
		size_t len = 0;

		while (len < s.len && !is_one_of(s.s[len], "/?#"))
			len++;
		if (!is_authority(take(&s, len)))
			return false;
	}
	take(&s, span(s, ":@/"));
	if (str_cut_prefix(&s, "?"))
		take(&s, span(s, ":@/?"));
	if (str_cut_prefix(&s, "#"))
		take(&s, span(s, ":@/?"));
	return s.len == 0;
}
