/* report/xml.h -- writes XML into a buf, by libxml2.  Private to report/. */
#ifndef REPORT_XML_H
#define REPORT_XML_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

struct xml; /* a document that is being written */

/* out is appended to until xml_close(). */
struct xml *xml_open(struct buf *out);
/* False if anything since xml_open() could not be written.  Frees x. */
bool xml_close(struct xml *x);

/* namespace: of this element and those inside that name none; NULL: that of the element
 * around it. */
void xml_begin(struct xml *x, const char *name, const char *namespace);
void xml_end(struct xml *x);
/* An element with text in it.  Characters that XML 1.0 forbids become U+FFFD: one of them would
 * make the whole document unreadable. */
void xml_element(struct xml *x, const char *name, struct str text);
void xml_element_int(struct xml *x, const char *name, int64_t n);
/* An empty element of another namespace.  False, and nothing is written, where name is no name
 * without a colon or namespace is no absolute URI. */
bool xml_foreign(struct xml *x, const char *name, const char *namespace);

#endif
