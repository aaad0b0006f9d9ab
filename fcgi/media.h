/* fcgi/media.h -- what a Content-Type says (RFC 9110, 8.3). */
#ifndef FCGI_MEDIA_H
#define FCGI_MEDIA_H

#include <stdbool.h>

#include "base/str.h"

/* application/json, with any parameters but a charset that is not UTF-8. */
bool media_is_json(struct str content_type);

#endif
