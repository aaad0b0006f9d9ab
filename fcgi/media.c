/* fcgi/media.c -- what a Content-Type says. */
#include "fcgi/media.h"

static struct str
trimmed(struct str s)
{
	while (s.len > 0 && (s.s[0] == ' ' || s.s[0] == '\t')) {
		s.s++;
		s.len--;
	}
	while (s.len > 0 && (s.s[s.len - 1] == ' ' || s.s[s.len - 1] == '\t'))
		s.len--;
	return s;
}

/* Takes off what stands before the first c outside quotes, and the c; all of it if there is
 * none. */
static struct str
before(struct str *rest, char c)
{
	struct str part = {rest->s, 0};
	bool quoted = false;

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
	return trimmed(part);
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

bool
media_is_json(struct str content_type)
{
	struct str rest = content_type;

	if (!str_equal_nocase(before(&rest, ';'), STR("application/json")))
		return false;
	while (rest.len > 0) {
		struct str parameter = before(&rest, ';');
		struct str name = before(&parameter, '=');

		if (str_equal_nocase(name, STR("charset")) && !is_utf8(trimmed(parameter)))
			return false;
	}
	return true;
}
