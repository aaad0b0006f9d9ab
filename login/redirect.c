/* login/redirect.c -- where a browser may be sent with a code. */
#include "login/redirect.h"

#include <string.h>

#define PORT_MAX 65535

static const char *const loopbacks[] = {
    "http://localhost", "http://127.0.0.1", "http://[::1]", NULL};

static bool
is_loopback(struct str uri)
{
	for (const char *const *host = loopbacks; *host != NULL; host++) {
		struct str rest = uri, port;
		uint64_t n;

		if (!str_cut_prefix(&rest, *host))
			continue;
		if (str_is(rest, REDIRECT_PATH))
			return true;
		if (!str_cut_prefix(&rest, ":"))
			continue;
		port = rest;
		while (rest.len > 0 && rest.s[0] != '/') {
			rest.s++;
			rest.len--;
		}
		port.len -= rest.len;
		if (str_to_u64(port, PORT_MAX, &n) && n > 0 && str_is(rest, REDIRECT_PATH))
			return true;
	}
	return false;
}

static bool
is_listed(const char *allowed, struct str uri)
{
	while (*allowed != '\0') {
		size_t len = strcspn(allowed, " ");

		if (len > 0 && str_equal((struct str){allowed, len}, uri))
			return true;
		allowed += len;
		allowed += strspn(allowed, " ");
	}
	return false;
}

bool
redirect_is_allowed(const char *allowed, struct str base, struct str uri)
{
	struct str rest = uri;

	if (allowed[0] != '\0')
		return is_listed(allowed, uri);
	if (uri.len >= base.len && base.len > 0 && memcmp(uri.s, base.s, base.len) == 0) {
		rest.s += base.len;
		rest.len -= base.len;
		if (str_is(rest, REDIRECT_PATH))
			return true;
	}
	return is_loopback(uri);
}

struct str
redirect_origin(struct str url)
{
	size_t slashes = 0;

	for (size_t i = 0; i < url.len; i++)
		if ((url.s[i] == '/' && ++slashes == 3) || url.s[i] == '?')
			return (struct str){url.s, i};
	return url;
}
