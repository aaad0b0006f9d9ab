/* report/private.h -- what the files of report/ share. */
#ifndef REPORT_PRIVATE_H
#define REPORT_PRIVATE_H

#include "report/report.h"

/* What is special about the documents of one type. */
struct renderer {
	const struct type *type;
	const char *rows;        /* the member of the report that holds them, "records" */
	const char *media_type;  /* "application/xml" */
	const char *begin, *end; /* members of the report: the period */
	const char *addresses;   /* the member of the record, "rua" */
	/* Appends the document. */
	bool (*document)(const struct report *r, const struct report_settings *s,
	    struct buf *out, struct report_left_out *left, struct err *e);
	/* Appends the address of who reports, in canonical form.  False if there is none. */
	bool (*sender)(
	    const struct report *r, const struct report_settings *s, struct buf *out);
	/* Headers and media types of its message. */
	const struct message_form *message;
};

/* How the message of a type looks. */
struct message_form {
	const char *subtype;     /* of multipart/ */
	const char *report_type; /* its parameter report-type; NULL: none */
	const char *attachment;  /* subtype of application/ */
	const char *domain_header, *submitter_header; /* NULL: none */
	bool tls_optional;                            /* TLS-Required: No (RFC 8689) */
	const char *about;                            /* for people: "DMARC aggregate report" */
};

const struct renderer *renderer_of(const struct type *t);

bool dmarc_document(const struct report *r, const struct report_settings *s, struct buf *out,
    struct report_left_out *left, struct err *e);
bool tls_document(const struct report *r, const struct report_settings *s, struct buf *out,
    struct report_left_out *left, struct err *e);

struct str text_from(const json_t *v); /* of a string; {0} for anything else */
/* A member that is a string; {0} if it is absent or null. */
struct str text_of(const json_t *object, const char *name);
/* Seconds since 1970 of a member that is a date; 0 if it is none. */
int64_t date_of(const json_t *object, const char *name);
/* Parses the text of one row.  NULL, and *e set, if it is no JSON. */
json_t *row_parse(struct str text, struct err *e);

#endif
