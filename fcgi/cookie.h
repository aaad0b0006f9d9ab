/* fcgi/cookie.h -- cookies (RFC 6265). */
#ifndef FCGI_COOKIE_H
#define FCGI_COOKIE_H

#include "base/str.h"

/* The value of the first cookie of that name in a Cookie header; {0}: there is none. */
struct str cookie_value(struct str header, const char *name);

#endif
