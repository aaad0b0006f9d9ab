/* fcgi/cookie.h -- cookies (RFC 6265). */
#ifndef FCGI_COOKIE_H
#define FCGI_COOKIE_H

#include "base/str.h"

/* Returns the value of the first cookie of that name in a Cookie header, borrowed from header;
 * {0} if there is none. */
struct str cookie_value(struct str header, const char *name);

#endif
