/* fcgi/fronts.h -- the problem documents that nginx and Apache send for their own errors.
 *
 * `make problems` writes them into nginx/ and apache/ (tools/problems.c), from the table in
 * base/status.h. */
#ifndef FCGI_FRONTS_H
#define FCGI_FRONTS_H

#include "base/status.h"
#include "base/str.h"

/* Appends the text of nginx/problems.conf, which maps each status to its document. */
void fronts_nginx(struct buf *out);
/* Appends the text of apache/errors/STATUS.json; s->front must not be NULL. */
void fronts_apache(const struct http_status *s, struct buf *out);

#endif
