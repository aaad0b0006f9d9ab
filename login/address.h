/* login/address.h -- the address by which failed logins are counted. */
#ifndef LOGIN_ADDRESS_H
#define LOGIN_ADDRESS_H

#include <stdint.h>

#include "base/str.h"

#define ADDRESS_MAX 8 /* bytes */

/* Returns the 4 bytes of an IPv4 address or an IPv4-mapped IPv6 address, or the 8 bytes of the
 * /64 network of another IPv6 address, because one host may use any address of its network.
 * Returns an empty string for other text.  The bytes are in out. */
struct str address_counted(struct str text, uint8_t out[static ADDRESS_MAX]);

#endif
