/* base/host.h -- reads Host headers (RFC 9110, 7.2; RFC 3986, 3.2.2). */
#ifndef BASE_HOST_H
#define BASE_HOST_H

#include <stdbool.h>

#include "base/str.h"

#define HOST_NAME_LEN 255 /* bytes of a host name (RFC 1035, 2.3.4) */

/* Splits "reports.example.com:8443", "192.0.2.1" or "[2001:db8::1]:80": *name is borrowed and
 * excludes the port.  Returns false for any other form.  A name that is accepted needs no
 * escaping in a URL or in JSON. */
bool host_read(struct str host, struct str *name);

/* True for "localhost", 127.0.0.0/8 and "[::1]". */
bool host_is_loopback(struct str name);

/* Does list, which holds names separated by blanks, contain the name? Ignores ASCII case. */
bool host_is_listed(struct str name, const char *list);
/* Is each word of list a host name without a port? */
bool host_list_is_valid(const char *list);

#endif
