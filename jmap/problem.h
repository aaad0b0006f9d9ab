/* jmap/problem.h -- errors as JSON.  The problem document is in jmap/jmap.h. */
#ifndef JMAP_PROBLEM_H
#define JMAP_PROBLEM_H

#include "base/err.h"
#include "base/str.h"

/* {"type":...,"description":...}: a method error (RFC 8620, 3.6.2), or a SetError without
 * properties (5.3). */
void write_error(struct buf *out, const struct err *e);

#endif
