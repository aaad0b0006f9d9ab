/* report/xml.h -- writes XML into a buf, with libxml2.  Private to report/. */
#ifndef REPORT_XML_H
#define REPORT_XML_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

struct xml; /* a document that is being written */

/* Starts a document; its text is appended to out until xml_close(). */
struct xml *xml_open(struct buf *out);
/* Ends the document and frees x.  Returns false if something since xml_open() could not be
 * written. */
bool xml_close(struct xml *x);

/* Begins an element.  namespace applies to it and to the elements inside it that name none;
 * NULL: the namespace of the parent. */
void xml_begin(struct xml *x, const char *name, const char *namespace);
void xml_end(struct xml *x);
/* Writes an element with text.  Characters that XML 1.0 forbids become U+FFFD, because one of
 * them would make the document unreadable. */
void xml_element(struct xml *x, const char *name, struct str text);
void xml_element_int(struct xml *x, const char *name, int64_t n);
/* Writes an empty element of another namespace.  Returns false and writes nothing if name is
 * not an NCName or namespace is not an absolute URI. */
bool xml_foreign(struct xml *x, const char *name, const char *namespace);

#endif
