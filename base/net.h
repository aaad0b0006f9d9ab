/* base/net.h -- IP addresses and networks. */
#ifndef BASE_NET_H
#define BASE_NET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

#define NET_ADDRESS_LEN 16

/* Stores IPv4 addresses as IPv4-mapped IPv6 addresses, ::ffff:0:0/96 (RFC 4291, 2.5.5.2), so
 * that a client has the same address on an IPv4 and on an IPv6 socket. */
struct net {
	uint8_t address[NET_ADDRESS_LEN];
	unsigned bits; /* prefix length, 0 to 128; later bits of the address are ignored */
};

struct nets {
	struct net *list;
	size_t n;
};

/* Parses "192.0.2.1", "192.0.2.0/24" or "2001:db8::/32" (RFC 4632; RFC 4291, 2.3). */
bool net_parse(struct str s, struct net *n);
/* Parses any number of networks, separated by blanks.  Call nets_free() on *out, also after
 * false. */
bool nets_parse(struct str s, struct nets *out);
void nets_free(struct nets *n); /* leaves {0}; safe on {0} */

/* Is s an address in one of the networks? */
bool nets_hold(const struct nets *n, struct str s);

#endif
