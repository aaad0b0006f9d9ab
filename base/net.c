/* base/net.c -- IP addresses and networks. */
#include "base/net.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#define IPV4_LEN 4
#define IPV4_BEFORE (8 * (NET_ADDRESS_LEN - IPV4_LEN)) /* bits in front of an IPv4 address */

static bool
parse_address(struct str s, struct net *n)
{
	static const uint8_t mapped[NET_ADDRESS_LEN] = {[10] = 0xff, [11] = 0xff};
	char text[INET6_ADDRSTRLEN];

	if (s.len == 0 || s.len >= sizeof text || memchr(s.s, '\0', s.len) != NULL)
		return false;
	memcpy(text, s.s, s.len);
	text[s.len] = '\0';
	n->bits = 8 * NET_ADDRESS_LEN;
	if (strchr(text, ':') != NULL)
		return inet_pton(AF_INET6, text, n->address) == 1;
	memcpy(n->address, mapped, sizeof mapped);
	return inet_pton(AF_INET, text, n->address + NET_ADDRESS_LEN - IPV4_LEN) == 1;
}

bool
net_parse(struct str s, struct net *n)
{
	const char *slash = s.len > 0 ? memchr(s.s, '/', s.len) : NULL;
	struct str address = {s.s, slash != NULL ? (size_t)(slash - s.s) : s.len};
	unsigned before;
	uint64_t bits;

	if (!parse_address(address, n))
		return false;
	if (slash == NULL)
		return true;
	before = memchr(address.s, ':', address.len) == NULL ? IPV4_BEFORE : 0;
	if (!str_to_u64((struct str){slash + 1, s.len - address.len - 1},
		8 * NET_ADDRESS_LEN - before, &bits))
		return false;
	n->bits = before + (unsigned)bits;
	return true;
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

bool
nets_parse(struct str s, struct nets *out)
{
	size_t at = 0;

	*out = (struct nets){0};
	while (at < s.len) {
		size_t start = at;

		while (at < s.len && !is_blank(s.s[at]))
			at++;
		if (at > start) {
			out->list = mem_grow(out->list, out->n + 1, sizeof *out->list);
			if (!net_parse(
				(struct str){s.s + start, at - start}, &out->list[out->n]))
				return false;
			out->n++;
		}
		at++;
	}
	return true;
}

void
nets_free(struct nets *n)
{
	free(n->list);
	*n = (struct nets){0};
}

static bool
holds(const struct net *n, const struct net *address)
{
	size_t bytes = n->bits / 8;
	unsigned rest = n->bits % 8;

	if (memcmp(n->address, address->address, bytes) != 0)
		return false;
	return rest == 0 || (n->address[bytes] ^ address->address[bytes]) >> (8 - rest) == 0;
}

bool
nets_hold(const struct nets *n, struct str s)
{
	struct net address;

	if (!parse_address(s, &address))
		return false;
	for (size_t i = 0; i < n->n; i++)
		if (holds(&n->list[i], &address))
			return true;
	return false;
}
