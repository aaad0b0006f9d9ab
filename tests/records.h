/* tests/records.h -- FastCGI records as a web server sends them, right and wrong. */
#ifndef TESTS_RECORDS_H
#define TESTS_RECORDS_H

#include <fastcgi.h>
#include <stdbool.h>

#include "base/str.h"

void records_put(struct buf *b, unsigned char version, unsigned char type, unsigned id,
    struct str content, struct str padding);
/* Without padding, of version 1. */
void records_add(struct buf *b, unsigned char type, unsigned id, struct str content);
void records_begin(struct buf *b, unsigned id, unsigned char role, bool keep);
/* A name and a value, as they stand in a record of type PARAMS. */
void records_param(struct buf *b, struct str name, struct str value);
/* Whether records are one END_REQUEST with that status. */
bool records_are_end(struct str records, unsigned id, unsigned char protocol_status);

#endif
