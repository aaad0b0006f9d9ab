/* fcgi/record.h -- FastCGI records (FastCGI 1.0, 3 to 5): the bytes of a connection into
 * requests, and an answer into bytes.
 *
 * There are no sockets here.  The bytes may be anybody's: a reader keeps no more than
 * record_limits says, and its work is in proportion to the bytes that it is given.  A
 * connection carries one request at a time. */
#ifndef FCGI_RECORD_H
#define FCGI_RECORD_H

#include <fastcgi.h>
#include <stdbool.h>
#include <sys/uio.h>

#include "base/str.h"

#define RECORD_SKIPPED_TIMES 4      /* a part that is too long is read up to this many limits */
#define RECORD_VALUES_BYTES_MAX 256 /* of a GET_VALUES record */

struct record_limits {
	size_t params_bytes; /* of all names and values of a request */
	size_t body_bytes;
	unsigned connections; /* what GET_VALUES is told */
};

/* How much of a request has been read. */
enum record_state {
	RECORD_IDLE, /* nothing */
	RECORD_PARAMS,
	RECORD_BODY,
	RECORD_WHOLE,
};

/* Zero it, except that params and body may keep their memory.  record_reader_free() it. */
struct record_reader {
	enum record_state state;
	uint16_t id;             /* of the request */
	bool keep;               /* the web server wants to use the connection again */
	bool endless;            /* WHOLE, but there was more to come: close after the answer */
	struct buf params, body; /* what was read of them; empty if too long */
	size_t params_bytes, body_bytes; /* their lengths, also where they are too long */
	/* the record under way */
	union {
		FCGI_Header header;
		unsigned char bytes[FCGI_HEADER_LEN];
	} head;
	size_t head_bytes;       /* of head, so far */
	size_t content, padding; /* bytes still to come */
	bool ignored;            /* it belongs to a request that is not under way */
	unsigned char small[RECORD_VALUES_BYTES_MAX]; /* content of BEGIN and GET_VALUES */
	size_t small_bytes;
};

enum record_end {
	RECORD_NEEDS_MORE, /* all bytes are used */
	RECORD_REQUEST,    /* state is WHOLE; record_next() before the next call */
	RECORD_CLOSE,      /* the connection is to be closed after what is in out was sent */
	RECORD_BAD,        /* these bytes are no FastCGI, or a kind that no web server sends */
};

/* Reads from *in, which then starts behind what was read.  Appends to out what the web server
 * is to be told at once: answers to management records, and to requests that are not served. */
enum record_end record_read(
    struct record_reader *r, const struct record_limits *l, struct str *in, struct buf *out);
/* Forgets the request that was whole, and its bytes; keeps little memory. */
void record_next(struct record_reader *r);
void record_reader_free(struct record_reader *r); /* leaves {0} */

/* The next name and value of *pairs (3.4), borrowed from it.  False at its end, and if it is
 * malformed: then it is not empty. */
bool record_pair(struct str *pairs, struct str *name, struct str *value);

/* An answer that is being sent: {.id, .head, .body}, the other members 0. */
struct record_answer {
	uint16_t id;
	struct str head, body; /* borrowed */
	size_t sent;           /* bytes of records that are sent already */
	FCGI_Header full, last_of_head, last_of_body; /* for record_answer_next() */
	struct {
		FCGI_Header stdout_end;
		FCGI_EndRequestRecord end;
	} tail;
};

/* The records behind .sent, as far as they go into max pieces.  Returns how many pieces; 0 when
 * all is sent.  They borrow from a. */
size_t record_answer_next(struct record_answer *a, struct iovec *pieces, size_t max);

#endif
