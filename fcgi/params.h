/* fcgi/params.h -- makes an HTTP request of the parameters of a FastCGI request (CGI variables,
 * RFC 3875, 4.1). */
#ifndef FCGI_PARAMS_H
#define FCGI_PARAMS_H

#include "fcgi/http.h"

#define PARAMS_BYTES_MAX (64 << 10) /* all names and values of a request; more is 431 */

struct params {
	struct http_request request; /* without its body */
	bool has_length;             /* a valid Content-Length was sent */
	uint64_t length;
};

/* Reads pairs, which are encoded as in FastCGI 1.0, 3.4.  *p borrows from pairs.  Returns false
 * if the encoding is malformed or if a value that the outbox uses contains a NUL. */
bool params_read(struct params *p, struct str pairs);

#endif
