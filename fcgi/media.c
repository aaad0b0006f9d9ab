/* fcgi/media.c -- reads Content-Type, Content-Encoding and Accept-Encoding. */
#include "fcgi/media.h"

/* Removes from *rest the text before the first c outside quotes, and that c, and returns the
 * text trimmed.  Takes all of *rest if there is no such c. */
static struct str
before(struct str *rest, char c)
{
	struct str part = {rest->s, 0};
	bool quoted = false;

	if (rest->len == 0)
		return part;
	while (part.len < rest->len && (quoted || rest->s[part.len] != c)) {
		char at = rest->s[part.len];

		if (at == '"')
			quoted = !quoted;
		else if (at == '\\' && quoted && part.len + 1 < rest->len)
			part.len++;
		part.len++;
	}
	rest->s += part.len;
	rest->len -= part.len;
	if (rest->len > 0) {
		rest->s++;
		rest->len--;
	}
	return str_trim(part);
}

static bool
is_utf8(struct str charset)
{
	if (charset.len >= 2 && charset.s[0] == '"' && charset.s[charset.len - 1] == '"') {
		charset.s++;
		charset.len -= 2;
	}
	return str_equal_nocase(charset, STR("utf-8"));
}

/* Whether content_type is type.  A charset parameter must be UTF-8; other parameters are
 * ignored. */
static bool
is_utf8_of(struct str content_type, struct str type)
{
	struct str rest = content_type;

	if (!str_equal_nocase(before(&rest, ';'), type))
		return false;
	while (rest.len > 0) {
		struct str parameter = before(&rest, ';');
		struct str name = before(&parameter, '=');

		if (str_equal_nocase(name, STR("charset")) && !is_utf8(str_trim(parameter)))
			return false;
	}
	return true;
}

bool
media_is_json(struct str content_type)
{
	return is_utf8_of(content_type, STR("application/json"));
}

bool
media_is_identity(struct str content_encoding)
{
	struct str rest = content_encoding;

	while (rest.len > 0) {
		struct str coding = before(&rest, ',');

		if (coding.len > 0 && !str_equal_nocase(coding, STR("identity")))
			return false;
	}
	return true;
}

bool
media_is_form(struct str content_type)
{
	return is_utf8_of(content_type, STR("application/x-www-form-urlencoded"));
}

#define WEIGHT_MAX 1000 /* the weight of "q=1"; a weight has at most three decimals */

/* Reads a weight such as "0.5" (RFC 9110, 12.4.2); a malformed one is 0. */
static unsigned
weight_of(struct str s)
{
	unsigned weight = 0, unit = WEIGHT_MAX;

	for (size_t i = 0; i < s.len; i++) {
		if (i == 1 && s.s[i] == '.')
			continue;
		if (i == 1 || s.s[i] < '0' || s.s[i] > '9' || unit == 0)
			return 0;
		weight += unit * (unsigned)(s.s[i] - '0');
		unit /= 10;
	}
	return weight <= WEIGHT_MAX ? weight : 0;
}

/* Removes the next element from *rest and returns its name and its weight. */
static struct str
next_coding(struct str *rest, unsigned *weight)
{
	struct str element = before(rest, ',');
	struct str name = before(&element, ';');

	*weight = WEIGHT_MAX;
	while (element.len > 0) {
		struct str parameter = before(&element, ';');

		if (str_equal_nocase(before(&parameter, '='), STR("q")))
			*weight = weight_of(str_trim(parameter));
	}
	return name;
}

bool
media_wants_gzip(struct str accept_encoding)
{
	/* -1: not in the list.  "*" stands for gzip then. */
	int gzip = -1, identity = -1, others = -1;

	while (accept_encoding.len > 0) {
		unsigned weight;
		struct str name = next_coding(&accept_encoding, &weight);

		if (str_equal_nocase(name, STR("gzip")) ||
		    str_equal_nocase(name, STR("x-gzip")))
			gzip = (int)weight;
		else if (str_equal_nocase(name, STR("identity")))
			identity = (int)weight;
		else if (str_is(name, "*"))
			others = (int)weight;
	}
	if (gzip < 0)
		gzip = others;
	return gzip > 0 && gzip >= identity;
}
