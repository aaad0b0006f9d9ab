/* base/net.h -- IP addresses and networks. */
#ifndef BASE_NET_H
#define BASE_NET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

#define NET_ADDRESS_LEN 16

/* IPv4 addresses are those of ::ffff:0:0/96 (RFC 4291, 2.5.5.2), so that a client is the same
 * one on an IPv4 and on an IPv6 socket. */
struct net {
	uint8_t address[NET_ADDRESS_LEN];
	unsigned bits; /* of the prefix, 0 to 128; further bits of the address do not count */
};

struct nets {
	struct net *list;
	size_t n;
};

/* "192.0.2.1", "192.0.2.0/24" or "2001:db8::/32" (RFC 4632, RFC 4291, 2.3). */
bool net_parse(struct str s, struct net *n);
/* Any number of them with blanks between; nets_free() *out, also after false. */
bool nets_parse(struct str s, struct nets *out);
void nets_free(struct nets *n); /* leaves {0}; safe on {0} */

/* Whether s is an address, and in one of the networks. */
bool nets_hold(const struct nets *n, struct str s);

#endif
