/* report/report.h -- from a stored record to what its receivers read: XML (RFC 9990 or RFC
 * 7489) or JSON (RFC 8460), compressed, in a message.
 *
 * Pure functions of the stored text and the settings: no clock, no files, no sockets.  The same
 * record and the same settings always give the same bytes, so that a report which is sent twice
 * is the same report.
 *
 * The rows of a report are read one by one from the stored text: memory is the text, what is
 * written, and one row. */
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
	REPORT_7489, /* for receivers that know nothing newer */
};

/* What the operator's configuration adds to a report.  Borrowed; "" where it says nothing. */
struct report_settings {
	enum report_format format;
	const char *organization; /* TLS reports that name no organization */
	const char *contact;      /* TLS reports without contact information: an address */
	const char *from;         /* From of messages; "": the contact address of the report */
};

/* What the format cannot express, and so is not in the document. */
struct report_left_out {
	uint64_t rows;       /* DMARC records without a source address */
	uint64_t extensions; /* DMARC extensions that are no XML element of another namespace */
	uint64_t dkim;       /* DKIM results beyond REPORT_MAX_DKIM of one row */
	uint64_t spf;        /* SPF results beyond the one that RFC 9990 allows for one row */
};

#define REPORT_MAX_DKIM 100 /* DKIM results of one row */

/* A record, read as far as its rows. */
struct report {
	const struct type *type;
	struct str id;    /* of the record, "d0000000001"; borrowed */
	json_t *envelope; /* the record without its report; owned */
	json_t *head;     /* the report without its rows; owned */
	struct str rows;  /* JSON text of the array of records or policies; borrowed */
};

/* text: the stored JSON text of a record of that type, which *r borrows from.  ERR_SERVER_FAIL
 * if it is no such text. report_free() afterwards, also after false. */
bool report_read(
    struct report *r, const struct type *t, struct str id, struct str text, struct err *e);
void report_free(struct report *r); /* leaves {0} */

/* Appends the XML or JSON document.  ERR_NOT_FOUND, with a sentence that says why, where no
 * valid document can be written: the report has no rows, or none that can be expressed.  *left
 * is added to. */
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

/* Appends the report id as it is written everywhere outside: the stored one where it is
 * dot-atom ["@" dot-atom] (RFC 9990, 3.5), else a form of it with a hash of the stored one at
 * its end, so that two reports never share one. */
void report_public_id(const struct report *r, struct buf *out);

/* Who reports: the domain of the sender's address (DMARC) or of the contact information (TLS;
 * RFC 8460, 5.1).  Appends nothing and returns false where there is none. */
bool report_submitter(const struct report *r, const struct report_settings *s, struct buf *out);

/* The i-th address that the record names for its report, borrowed from r.  False behind the
 * last. */
bool report_address(const struct report *r, size_t i, struct str *address);

/* Appends a whole message (RFC 5322, lines end in CR LF) to one destination.  document is the
 * compressed one; to is the address, without "mailto:".  Date and Message-ID follow from the
 * record and the destination, so that a message which is sent twice is the same message.
 * ERR_NOT_FOUND where the settings and the record name no sender. */
bool report_message(const struct report *r, const struct report_settings *s, struct str to,
    struct str document, struct buf *out, struct err *e);

#endif
