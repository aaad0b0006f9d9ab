/* report/report.h -- turns a stored record into what its receivers read: XML (RFC 9990 or RFC
 * 7489) or JSON (RFC 8460), compressed, in a message.
 *
 * The functions depend only on the stored text and the settings: no clock, no files, no
 * sockets.  The same record and settings always give the same bytes, so a report that is sent
 * twice is the same report.
 *
 * The rows of a report are read one by one from the stored text.  Memory holds that text, the
 * output, and one row. */
#ifndef REPORT_REPORT_H
#define REPORT_REPORT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "model/type.h"

/* Which RFC the XML of a DMARC report follows. */
enum report_format {
	REPORT_9990, /* namespace urn:ietf:params:xml:ns:dmarc-2.0 */
	REPORT_7489, /* for receivers that do not know RFC 9990 */
};

/* The parts of a report that come from the configuration.  Strings are borrowed; "" if not set.
 */
struct report_settings {
	enum report_format format;
	const char *organization; /* for TLS reports without an organization */
	const char *contact;      /* an address, for TLS reports without contact information */
	const char *from;         /* From of messages; "": the contact address of the report */
};

/* Counts what is left out of a document because its format cannot express it. */
struct report_left_out {
	uint64_t rows;       /* DMARC records without a source address */
	uint64_t extensions; /* DMARC extensions that cannot be an XML element of another
				namespace */
	uint64_t dkim;       /* DKIM results beyond REPORT_MAX_DKIM of one row */
	uint64_t spf;        /* SPF results beyond the one that RFC 9990 allows for one row */
};

#define REPORT_MAX_DKIM 100 /* DKIM results of one row */

/* A record whose rows are not parsed yet. */
struct report {
	const struct type *type;
	struct str id;    /* of the record, "d0000000001"; borrowed */
	json_t *envelope; /* the record without its report; owned */
	json_t *head;     /* the report without its rows; owned */
	struct str rows;  /* JSON text of the array of records or policies; borrowed */
};

/* Reads text, the stored JSON text of a record of type t.  *r borrows from text and id.
 * ERR_SERVER_FAIL if the text is not valid.  Call report_free() afterwards, even if this
 * returns false. */
bool report_read(
    struct report *r, const struct type *t, struct str id, struct str text, struct err *e);
void report_free(struct report *r); /* sets *r to {0} */

/* Appends the XML or JSON document, and adds to the counts in *left.  ERR_NOT_FOUND, with the
 * reason, if no valid document can be written: the report has no rows, or none that the format
 * can express. */
bool report_document(const struct report *r, const struct report_settings *s, struct buf *out,
    struct report_left_out *left, struct err *e);

const char *report_media_type(const struct type *t); /* of the document: "application/xml" */

/* Appends the file name of the compressed document:
 * "submitter!domain!begin!end!unique.xml.gz" (RFC 9990, 3.5; RFC 8460, 5.1).  unique is the
 * id of the record. */
void report_file_name(const struct report *r, const struct report_settings *s, struct buf *out);

/* Appends the subject, ASCII on one line:
 * "Report Domain: example.com Submitter: mail.example Report-ID: <1@mail.example>". */
void report_subject(const struct report *r, const struct report_settings *s, struct buf *out);

/* Appends the report id as documents and messages show it.  This is the stored id if it is
 * dot-atom ["@" dot-atom] (RFC 9990, 3.5).  Otherwise it is a form of the stored id that ends
 * in a hash of it, so that no two reports share one. */
void report_public_id(const struct report *r, struct buf *out);

/* Appends the domain of the organization that reports: from the address of the sender (DMARC)
 * or the contact information (TLS; RFC 8460, 5.1).  Returns false and appends nothing if there
 * is none. */
bool report_submitter(const struct report *r, const struct report_settings *s, struct buf *out);

/* Sets *address to the i-th destination in the record, borrowed from r.  Returns false if i is
 * past the last. */
bool report_address(const struct report *r, size_t i, struct str *address);

/* Appends a complete message (RFC 5322, lines end in CR LF) to one destination.  document is
 * the compressed document; to is the address, without "mailto:".  Date and Message-ID are
 * computed from the record and the destination, so a message that is sent twice is the same
 * message.  ERR_NOT_FOUND if neither the settings nor the record name a sender. */
bool report_message(const struct report *r, const struct report_settings *s, struct str to,
    struct str document, struct buf *out, struct err *e);

#endif
