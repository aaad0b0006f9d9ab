/* jmap/show.h -- a stored record as a client sees it. */
#ifndef JMAP_SHOW_H
#define JMAP_SHOW_H

#include <stdint.h>

#include "base/err.h"
#include "model/record.h"
#include "model/type.h"

/* Appends the members of a stored record, without braces: those fields whose bit is set in
 * wanted. */
bool show_body(const struct type *t, struct str body, uint64_t wanted, enum face face,
    struct buf *out, struct err *e);

/* The same of a record that was just checked. */
bool show_record(const struct type *t, const struct record *r, uint64_t wanted, enum face face,
    struct buf *out, struct err *e);

#endif
