/* login/redirect.c -- the URLs to which a browser may be sent with a code. */
#include "login/redirect.h"

#include <string.h>

#define PORT_MAX 65535

static const char *const loopbacks[] = {
    "http://localhost", "http://127.0.0.1", "http://[::1]", NULL};

/* Removes a port, such as ":8080", from the beginning of *rest. */
static void
cut_port(struct str *rest)
{
	struct str port = *rest, behind;
	uint64_t n;

	if (!str_cut_prefix(&port, ":"))
		return;
	behind = port;
	while (behind.len > 0 && behind.s[0] != '/') {
		behind.s++;
		behind.len--;
	}
	port.len -= behind.len;
	if (str_to_u64(port, PORT_MAX, &n) && n > 0)
		*rest = behind;
}

/* Whether entry is a loopback URL without a port, and uri is the same URL at any port (RFC
 * 8252, 7.3). */
static bool
is_loopback(struct str entry, struct str uri)
{
	for (const char *const *host = loopbacks; *host != NULL; host++) {
		struct str path = entry, rest = uri;

		if (!str_cut_prefix(&path, *host) || !str_cut_prefix(&rest, *host))
			continue;
		cut_port(&rest);
		return path.len > 0 && path.s[0] == '/' && str_equal(path, rest);
	}
	return false;
}

static bool
is_listed(const char *allowed, struct str uri)
{
	while (*allowed != '\0') {
		size_t len = strcspn(allowed, " ");
		const struct str entry = {allowed, len};

		if (len > 0 && (str_equal(entry, uri) || is_loopback(entry, uri)))
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
		return str_is(rest, REDIRECT_PATH);
	}
	return false;
}

bool
redirect_is_secure(struct str url)
{
	struct str rest = url;

	if (str_cut_prefix(&rest, "https://"))
		return true;
	for (const char *const *host = loopbacks; *host != NULL; host++) {
		rest = url;
		if (!str_cut_prefix(&rest, *host))
			continue;
		cut_port(&rest);
		return rest.len == 0 || rest.s[0] == '/';
	}
	return false;
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

struct str
redirect_host(struct str origin)
{
	struct str host = redirect_origin(origin);

	if (!str_cut_prefix(&host, "https://"))
		str_cut_prefix(&host, "http://");
	return host;
}
