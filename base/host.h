/* base/host.h -- what a Host header names (RFC 9110, 7.2; RFC 3986, 3.2.2). */
#ifndef BASE_HOST_H
#define BASE_HOST_H

#include <stdbool.h>

#include "base/str.h"

#define HOST_NAME_LEN 255 /* bytes of a name (RFC 1035, 2.3.4) */

/* Takes "reports.example.com:8443", "192.0.2.1" or "[2001:db8::1]:80" apart: *name is borrowed
 * and has no port.  False if it is not of that form; nothing in it has to be escaped in a URL
 * or in JSON. */
bool host_read(struct str host, struct str *name);

/* "localhost", 127.0.0.0/8 or "[::1]". */
bool host_is_loopback(struct str name);

/* Whether list, names with blanks between, has the name; ASCII case is ignored. */
bool host_is_listed(struct str name, const char *list);
/* Whether each word of list is such a name, without a port. */
bool host_list_is_valid(const char *list);

#endif
