/* fcgi/media.h -- reads Content-Type, Content-Encoding and Accept-Encoding (RFC 9110, 8.3, 8.4
 * and 12.5.3). */
#ifndef FCGI_MEDIA_H
#define FCGI_MEDIA_H

#include <stdbool.h>

#include "base/str.h"

/* Whether this is application/json.  A charset parameter must be UTF-8; other parameters are
 * ignored. */
bool media_is_json(struct str content_type);
/* The same for application/x-www-form-urlencoded. */
bool media_is_form(struct str content_type);

/* Whether the body is not encoded: Content-Encoding is "identity" or absent (RFC 9110, 8.4). */
bool media_is_identity(struct str content_encoding);

/* Whether the client wants gzip at least as much as a body without encoding.  Without an
 * Accept-Encoding the answer is no, because some clients that send none cannot decompress. */
bool media_wants_gzip(struct str accept_encoding);

#endif
