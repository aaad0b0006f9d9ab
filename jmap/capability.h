/* jmap/capability.h -- what `using` may name (RFC 8620, 3.3). */
#ifndef JMAP_CAPABILITY_H
#define JMAP_CAPABILITY_H

#include <stdbool.h>

#include "base/str.h"

bool capability_is_known(struct str urn);

#endif
