/* report/private.h -- declarations that the files of report/ share. */
#ifndef REPORT_PRIVATE_H
#define REPORT_PRIVATE_H

#include "report/report.h"

/* How reports of one type are rendered. */
struct renderer {
	const struct type *type;
	const char *rows;        /* the member of the report that holds the rows, "records" */
	const char *media_type;  /* "application/xml" */
	const char *begin, *end; /* members of the report: begin and end of its period */
	const char *addresses; /* the member of the record that holds the destinations, "rua" */
	/* Appends the document. */
	bool (*document)(const struct report *r, const struct report_settings *s,
	    struct buf *out, struct report_left_out *left, struct err *e);
	/* Appends the address of the reporter, in canonical form.  False if there is none. */
	bool (*sender)(
	    const struct report *r, const struct report_settings *s, struct buf *out);
	/* Headers and media types of its message. */
	const struct message_form *message;
};

/* The form of the message of a type. */
struct message_form {
	const char *subtype;     /* of multipart/ */
	const char *report_type; /* its parameter report-type; NULL: none */
	const char *attachment;  /* subtype of application/ */
	const char *domain_header, *submitter_header; /* NULL: none */
	bool tls_optional;                            /* TLS-Required: No (RFC 8689) */
	const char *about; /* for human readers: "DMARC aggregate report" */
};

const struct renderer *renderer_of(const struct type *t);

bool dmarc_document(const struct report *r, const struct report_settings *s, struct buf *out,
    struct report_left_out *left, struct err *e);
bool tls_document(const struct report *r, const struct report_settings *s, struct buf *out,
    struct report_left_out *left, struct err *e);

struct str text_from(const json_t *v); /* the value of a string; {0} for anything else */
/* The value of a member that is a string; {0} if it is absent or null. */
struct str text_of(const json_t *object, const char *name);
/* A member that is a date, in seconds since 1970; 0 if it is not a date. */
int64_t date_of(const json_t *object, const char *name);
/* Parses the text of one row into a new reference.  Returns NULL with *e set if it is not JSON.
 */
json_t *row_parse(struct str text, struct err *e);

#endif
