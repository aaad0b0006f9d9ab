/* login/address.h -- where an attempt came from, as it is counted. */
#ifndef LOGIN_ADDRESS_H
#define LOGIN_ADDRESS_H

#include <stdint.h>

#include "base/str.h"

#define ADDRESS_MAX 8 /* bytes */

/* The bytes of an IPv4 address, also of one in IPv6 clothes; the network, a /64, of an IPv6
 * address, because each of its hosts has as many addresses as it likes.  Empty for anything
 * else.  Lies in out. */
struct str address_counted(struct str text, uint8_t out[static ADDRESS_MAX]);

#endif
