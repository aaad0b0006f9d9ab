/* report/element.h -- the elements of a DMARC document: tables, and how each kind of value is
 * written.  Private to report/. */
#ifndef REPORT_ELEMENT_H
#define REPORT_ELEMENT_H

#include "report/private.h"
#include "report/xml.h"

/* RFC 9990, appendix A */
#define NAMESPACE_9990 "urn:ietf:params:xml:ns:dmarc-2.0"

/* A document while it is written. */
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

/* An element, and what of a JSON object it shows. */
struct element {
	const char *name;  /* NULL ends the table */
	const char *field; /* the member of the object; NULL: the object itself */
	void (*write)(struct dmarc *d, const struct element *el, const json_t *v);
	const struct word *words;       /* write_word(), write_words() */
	const struct element *children; /* write_parent(), write_each() */
	unsigned formats;               /* in which it stands, bit by bit; 0: in both */
};

#define IN_9990 (1u << REPORT_9990)
#define IN_7489 (1u << REPORT_7489)

/* Writes what each row shows of object. */
void write_elements(struct dmarc *d, const struct element *el, const json_t *object);

/* What a row may do with its value v.  Whoever fits no row has a function of its own. */
typedef void write_element(struct dmarc *d, const struct element *el, const json_t *v);
write_element write_parent; /* .children, inside one element */
write_element write_each;   /* .children, inside one element for each item of an array */
write_element write_text;   /* a string; null is omitted, an empty one is not */
write_element write_count;  /* an integer */
write_element write_word;   /* one of .words */
write_element write_joined; /* an array in one element: .words with ":", texts with "; " */
write_element write_domain; /* as A-labels, where it is a domain */

/* What stands for the value in the document; NULL: it is omitted. */
const char *word_for(const struct word *words, struct str value);
/* The elements of other namespaces.  In the record, each has a name and one text: where that is
 * a URI, it is the namespace.  Others are counted in left->extensions. */
void write_extensions(struct dmarc *d, const json_t *v);

/* A row of the report: dmarc_row.c. */
extern const struct element dmarc_row_elements[];

#endif
