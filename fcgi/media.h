/* fcgi/media.h -- what Content-Type and Accept-Encoding say (RFC 9110, 8.3 and 12.5.3). */
#ifndef FCGI_MEDIA_H
#define FCGI_MEDIA_H

#include <stdbool.h>

#include "base/str.h"

/* application/json, with any parameters but a charset that is not UTF-8. */
bool media_is_json(struct str content_type);
/* application/x-www-form-urlencoded, likewise. */
bool media_is_form(struct str content_type);

/* Whether a Content-Encoding says that the body is sent as it is: "identity", or nothing (RFC
 * 9110, 8.4 and 12.5.3). */
bool media_is_identity(struct str content_encoding);

/* Whether the client wants gzip at least as much as a body that is not encoded.  Without the
 * header it does not: some that would have to unpack it send none. */
bool media_wants_gzip(struct str accept_encoding);

#endif
