/* fcgi/record.h -- FastCGI records (FastCGI 1.0, 3 to 5): reads requests from bytes and writes
 * answers as bytes.
 *
 * It uses no sockets and trusts no byte: a reader keeps no more than record_limits allows, and
 * its work is proportional to the bytes that it gets.  A connection carries one request at a
 * time. */
#ifndef FCGI_RECORD_H
#define FCGI_RECORD_H

#include <fastcgi.h>
#include <stdbool.h>
#include <sys/uio.h>

#include "base/str.h"

/* Params or a body that are too long are read and dropped up to this many times the limit. */
#define RECORD_SKIPPED_TIMES 4
#define RECORD_VALUES_BYTES_MAX 256 /* content of one GET_VALUES record */

struct record_limits {
	size_t params_bytes; /* all names and values of a request */
	size_t body_bytes;
	unsigned connections; /* the answer to GET_VALUES */
};

enum record_state {
	RECORD_IDLE, /* nothing has been read */
	RECORD_PARAMS,
	RECORD_BODY,
	RECORD_WHOLE,
};

/* Starts as {0}.  The caller frees it with record_reader_free(). */
struct record_reader {
	enum record_state state;
	uint16_t id;  /* of the request */
	bool keep;    /* the web server wants to use the connection again */
	bool endless; /* WHOLE, but more bytes would follow: close after the answer */
	struct buf params, body;         /* the bytes so far; empty if there are too many */
	size_t params_bytes, body_bytes; /* their lengths, even if too long */
	/* The record that is being read. */
	union {
		FCGI_Header header;
		unsigned char bytes[FCGI_HEADER_LEN];
	} head;
	size_t head_bytes;       /* bytes of head so far */
	size_t content, padding; /* bytes that have not arrived yet */
	bool ignored;            /* the record belongs to a request that is not in progress */
	unsigned char small[RECORD_VALUES_BYTES_MAX]; /* content of BEGIN and GET_VALUES */
	size_t small_bytes;
};

enum record_end {
	RECORD_NEEDS_MORE, /* all bytes are consumed */
	RECORD_REQUEST,    /* state is WHOLE; call record_next() before the next read */
	RECORD_CLOSE,      /* close the connection after sending out */
	RECORD_BAD,        /* the bytes are not FastCGI, or a record that no web server sends */
};

/* Reads from *in and moves it behind the bytes that were read.  Appends to out what must be
 * sent to the web server at once: answers to management records, and refusals of requests that
 * are not served. */
enum record_end record_read(
    struct record_reader *r, const struct record_limits *l, struct str *in, struct buf *out);
/* Forgets the request and wipes its bytes; keeps little memory. */
void record_next(struct record_reader *r);
void record_reader_free(struct record_reader *r); /* sets *r to {0} */

/* Removes the next name and value from *pairs (FastCGI 1.0, 3.4); they are borrowed.  Returns
 * false at the end, when *pairs is empty, and if the rest is malformed, when it is not. */
bool record_pair(struct str *pairs, struct str *name, struct str *value);

/* An answer and how much of it is sent.  The caller sets id, head and body; the other members
 * start as 0. */
struct record_answer {
	uint16_t id;
	struct str head, body;                        /* borrowed */
	size_t sent;                                  /* bytes of the records that are sent */
	FCGI_Header full, last_of_head, last_of_body; /* used by record_answer_next() */
	struct {
		FCGI_Header stdout_end;
		FCGI_EndRequestRecord end;
	} tail;
};

/* Fills in up to max pieces with the records that follow the first a->sent bytes.  Returns the
 * number of pieces; 0 when everything is sent.  The pieces borrow from a. */
size_t record_answer_next(struct record_answer *a, struct iovec *pieces, size_t max);

#endif
