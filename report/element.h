/* report/element.h -- the elements of a DMARC document: tables of elements, and one function
 * for each kind of value.  Private to report/. */
#ifndef REPORT_ELEMENT_H
#define REPORT_ELEMENT_H

#include "report/private.h"
#include "report/xml.h"

/* RFC 9990, appendix A */
#define NAMESPACE_9990 "urn:ietf:params:xml:ns:dmarc-2.0"

/* A document that is being written. */
struct dmarc {
	struct xml *xml;
	enum report_format format;
	bool testing; /* the policy is in testing mode */
	const struct report *report;
	struct report_left_out *left;
};

struct word {
	const char *value;  /* in the record; NULL ends the list */
	const char *in_xml; /* NULL: the element is omitted */
};

/* An element, and the part of a JSON object that it shows. */
struct element {
	const char *name;  /* NULL ends the table */
	const char *field; /* the member of the object; NULL: the object itself */
	void (*write)(struct dmarc *d, const struct element *el, const json_t *v);
	const struct word *words;       /* write_word(), write_joined() */
	const struct element *children; /* write_parent(), write_each() */
	unsigned formats;               /* bits of the formats that have the element; 0: both */
};

#define IN_9990 (1u << REPORT_9990)
#define IN_7489 (1u << REPORT_7489)

/* Writes the element of each row of the table el, with values from object. */
void write_elements(struct dmarc *d, const struct element *el, const json_t *object);

/* The functions for .write; v is the value of the row.  An element that needs something else
 * has a function of its own. */
typedef void write_element(struct dmarc *d, const struct element *el, const json_t *v);
write_element write_parent; /* .children, inside one element */
write_element write_each;   /* .children, inside one element for each item of an array */
write_element write_text;   /* a string; null is omitted, an empty one is not */
write_element write_count;  /* an integer */
write_element write_word;   /* one of .words */
write_element write_joined; /* an array in one element: .words with ":", texts with "; " */
write_element write_domain; /* a domain as A-labels; other text unchanged */

/* Returns the word for value in the document; NULL: the element is omitted. */
const char *word_for(const struct word *words, struct str value);
/* Writes the extensions of the record as elements of other namespaces.  Each has a name and a
 * text.  If that text is a URI, it is the namespace.  Counts the other extensions in
 * left->extensions. */
void write_extensions(struct dmarc *d, const json_t *v);

/* The elements of one row of a report; see dmarc_row.c. */
extern const struct element dmarc_row_elements[];

#endif
