/* fcgi/params.h -- the parameters of a FastCGI request (CGI variables, RFC 3875, 4.1), as an
 * HTTP request. */
#ifndef FCGI_PARAMS_H
#define FCGI_PARAMS_H

#include "fcgi/http.h"

#define PARAMS_BYTES_MAX (64 << 10) /* names and values of a request; more is 431 */

struct params {
	struct http_request request; /* without its body */
	bool has_length;             /* Content-Length was sent */
	uint64_t length;
};

/* Everything in *p is borrowed from pairs, which are coded as FastCGI 1.0, 3.4 says.  False if
 * they are malformed, or if a value that the outbox reads holds a NUL. */
bool params_read(struct params *p, struct str pairs);

#endif
