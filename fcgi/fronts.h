/* fcgi/fronts.h -- the problem documents of the web servers, as files that they read.
 *
 * `make problems` writes them into nginx/ and apache/ (tools/problems.c), from the table in
 * base/status.h. */
#ifndef FCGI_FRONTS_H
#define FCGI_FRONTS_H

#include "base/status.h"
#include "base/str.h"

/* Appends the text of nginx/problems.conf: a map from a status to its document. */
void fronts_nginx(struct buf *out);
/* Appends the text of apache/errors/STATUS.json; s->front is not NULL. */
void fronts_apache(const struct http_status *s, struct buf *out);

#endif
