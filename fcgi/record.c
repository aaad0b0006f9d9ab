/* fcgi/record.c -- FastCGI records. */
#include "fcgi/record.h"

#include <sodium.h>
#include <string.h>

#define CONTENT_MAX 65528 /* of a record that the worker sends: the greatest multiple of 8 */
#define KEPT_BYTES 8192   /* an idle connection keeps this much for params, and for body */
#define LENGTH_LONG 0x80  /* set in the first byte if the length has four bytes, not one */

static FCGI_Header
header(unsigned char type, uint16_t id, size_t content)
{
	return (FCGI_Header){.version = FCGI_VERSION_1,
	    .type = type,
	    .requestIdB1 = (unsigned char)(id >> 8),
	    .requestIdB0 = (unsigned char)id,
	    .contentLengthB1 = (unsigned char)(content >> 8),
	    .contentLengthB0 = (unsigned char)content};
}

static FCGI_EndRequestRecord
end_request(uint16_t id, unsigned char protocol_status)
{
	return (FCGI_EndRequestRecord){
	    .header = header(FCGI_END_REQUEST, id, sizeof(FCGI_EndRequestBody)),
	    .body = {.protocolStatus = protocol_status}};
}

static void
put_end(struct buf *out, uint16_t id, unsigned char protocol_status)
{
	FCGI_EndRequestRecord end = end_request(id, protocol_status);

	buf_add(out, &end, sizeof end);
}

static uint16_t
id_of(const struct record_reader *r)
{
	return (uint16_t)(r->head.header.requestIdB1 << 8 | r->head.header.requestIdB0);
}

static size_t
content_of(const struct record_reader *r)
{
	return (size_t)r->head.header.contentLengthB1 << 8 | r->head.header.contentLengthB0;
}

static bool
is_under_way(const struct record_reader *r)
{
	return r->state != RECORD_IDLE && id_of(r) == r->id;
}

/* --- check the header of a record; false if no such record may come now --- */

static bool
open_begin(struct record_reader *r)
{
	return r->content == sizeof(FCGI_BeginRequestBody) && !is_under_way(r);
}

static bool
open_abort(struct record_reader *r)
{
	r->ignored = !is_under_way(r);
	return r->content == 0;
}

static bool
open_params(struct record_reader *r)
{
	r->ignored = !is_under_way(r);
	return r->ignored || r->state == RECORD_PARAMS;
}

static bool
open_body(struct record_reader *r)
{
	r->ignored = !is_under_way(r);
	return r->ignored || r->state == RECORD_BODY;
}

/* 4.2: the content of a management record of unknown type is skipped */
static bool
open_management(struct record_reader *r)
{
	bool values = r->head.header.type == FCGI_GET_VALUES;

	r->ignored = !values;
	return !values || r->content <= sizeof r->small;
}

/* --- take the content of a record --- */

static void
take_small(struct record_reader *r, const struct record_limits *l, struct str content)
{
	(void)l;
	memcpy(r->small + r->small_bytes, content.s, content.len);
	r->small_bytes += content.len;
}

/* Appends to params or body.  If it becomes longer than max, frees it and goes on counting. */
static void
take_part(struct buf *part, size_t *bytes, size_t max, struct str content)
{
	*bytes += content.len;
	if (*bytes <= max)
		buf_add_str(part, content);
	else
		buf_free(part);
}

static void
take_params(struct record_reader *r, const struct record_limits *l, struct str content)
{
	take_part(&r->params, &r->params_bytes, l->params_bytes, content);
}

static void
take_body(struct record_reader *r, const struct record_limits *l, struct str content)
{
	take_part(&r->body, &r->body_bytes, l->body_bytes, content);
}

/* --- act on the end of a record --- */

static enum record_end
close_begin(struct record_reader *r, const struct record_limits *l, struct buf *out)
{
	const FCGI_BeginRequestBody *body = (const FCGI_BeginRequestBody *)r->small;
	bool keep = (body->flags & FCGI_KEEP_CONN) != 0;

	(void)l;
	if (r->state != RECORD_IDLE) {
		put_end(out, id_of(r), FCGI_CANT_MPX_CONN);
		return RECORD_NEEDS_MORE;
	}
	if ((body->roleB1 << 8 | body->roleB0) != FCGI_RESPONDER) {
		put_end(out, id_of(r), FCGI_UNKNOWN_ROLE);
		return keep ? RECORD_NEEDS_MORE : RECORD_CLOSE;
	}
	r->state = RECORD_PARAMS;
	r->id = id_of(r);
	r->keep = keep;
	return RECORD_NEEDS_MORE;
}

static enum record_end
close_abort(struct record_reader *r, const struct record_limits *l, struct buf *out)
{
	bool keep = r->keep;

	(void)l;
	if (r->ignored)
		return RECORD_NEEDS_MORE;
	put_end(out, r->id, FCGI_REQUEST_COMPLETE);
	record_next(r);
	return keep ? RECORD_NEEDS_MORE : RECORD_CLOSE;
}

/* A record without content ends its stream (FastCGI 1.0, 3.3). */
static enum record_end
close_params(struct record_reader *r, const struct record_limits *l, struct buf *out)
{
	(void)out;
	if (r->ignored)
		return RECORD_NEEDS_MORE;
	if (content_of(r) == 0)
		r->state = RECORD_BODY;
	return r->params_bytes <= l->params_bytes * RECORD_SKIPPED_TIMES ? RECORD_NEEDS_MORE
									 : RECORD_BAD;
}

static enum record_end
close_body(struct record_reader *r, const struct record_limits *l, struct buf *out)
{
	(void)out;
	if (r->ignored)
		return RECORD_NEEDS_MORE;
	r->endless = r->body_bytes > l->body_bytes * RECORD_SKIPPED_TIMES;
	if (content_of(r) != 0 && !r->endless)
		return RECORD_NEEDS_MORE;
	r->state = RECORD_WHOLE;
	return RECORD_REQUEST;
}

static bool
asks_for(struct str pairs, const char *wanted)
{
	struct str name, value;

	while (record_pair(&pairs, &name, &value))
		if (str_is(name, wanted))
			return true;
	return false;
}

static void
put_value(struct buf *out, const char *name, unsigned value)
{
	struct buf text = {0};

	buf_printf(&text, "%u", value);
	buf_putc(out, (char)strlen(name));
	buf_putc(out, (char)text.len);
	buf_puts(out, name);
	buf_add_str(out, buf_str(&text));
	buf_free(&text);
}

static bool
are_pairs(struct str pairs)
{
	struct str name, value;

	while (record_pair(&pairs, &name, &value))
		continue;
	return pairs.len == 0;
}

/* 4.1: answers each known name once, even if it is asked for several times; skips unknown
 * names. */
static enum record_end
close_values(struct record_reader *r, const struct record_limits *l, struct buf *out)
{
	const struct {
		const char *name;
		unsigned value;
	} values[] = {{FCGI_MAX_CONNS, l->connections}, {FCGI_MAX_REQS, l->connections},
	    {FCGI_MPXS_CONNS, 0}};
	struct str asked = {(const char *)r->small, r->small_bytes};
	struct buf told = {0};
	FCGI_Header h;

	if (!are_pairs(asked))
		return RECORD_BAD;
	for (size_t i = 0; i < sizeof values / sizeof values[0]; i++)
		if (asks_for(asked, values[i].name))
			put_value(&told, values[i].name, values[i].value);
	h = header(FCGI_GET_VALUES_RESULT, FCGI_NULL_REQUEST_ID, told.len);
	buf_add(out, &h, sizeof h);
	buf_add_str(out, buf_str(&told));
	buf_free(&told);
	return RECORD_NEEDS_MORE;
}

static enum record_end
close_management(struct record_reader *r, const struct record_limits *l, struct buf *out)
{
	FCGI_UnknownTypeRecord unknown = {
	    .header =
		header(FCGI_UNKNOWN_TYPE, FCGI_NULL_REQUEST_ID, sizeof(FCGI_UnknownTypeBody)),
	    .body = {.type = r->head.header.type}};

	if (r->head.header.type == FCGI_GET_VALUES)
		return close_values(r, l, out);
	buf_add(out, &unknown, sizeof unknown);
	return RECORD_NEEDS_MORE;
}

/* --- records by type --- */

struct kind {
	bool (*open)(struct record_reader *r);
	void (*take)(
	    struct record_reader *r, const struct record_limits *l, struct str content);
	enum record_end (*close)(
	    struct record_reader *r, const struct record_limits *l, struct buf *out);
};

/* The records of a request.  The other types are sent only by applications, or to applications
 * that are filters. */
static const struct kind kinds[] = {
    [FCGI_BEGIN_REQUEST] = {open_begin, take_small, close_begin},
    [FCGI_ABORT_REQUEST] = {open_abort, NULL, close_abort},
    [FCGI_PARAMS] = {open_params, take_params, close_params},
    [FCGI_STDIN] = {open_body, take_body, close_body},
};
static const struct kind management = {open_management, take_small, close_management};

static const struct kind *
kind_of(const struct record_reader *r)
{
	unsigned char type = r->head.header.type;

	if (id_of(r) == FCGI_NULL_REQUEST_ID)
		return &management;
	return type < sizeof kinds / sizeof kinds[0] && kinds[type].open != NULL ? &kinds[type]
										 : NULL;
}

static struct str
cut(struct str *in, size_t max)
{
	struct str part = {in->s, in->len < max ? in->len : max};

	in->s += part.len;
	in->len -= part.len;
	return part;
}

/* Returns true once the header is complete and valid.  Returns false while bytes are missing,
 * and if the header is invalid; then *bad is true. */
static bool
read_header(struct record_reader *r, struct str *in, bool *bad)
{
	struct str part;
	const struct kind *kind;

	if (r->head_bytes == FCGI_HEADER_LEN)
		return true;
	part = cut(in, FCGI_HEADER_LEN - r->head_bytes);
	memcpy(r->head.bytes + r->head_bytes, part.s, part.len);
	r->head_bytes += part.len;
	if (r->head_bytes < FCGI_HEADER_LEN)
		return false;
	r->content = content_of(r);
	r->padding = r->head.header.paddingLength;
	r->small_bytes = 0;
	r->ignored = false;
	kind = kind_of(r);
	*bad = r->head.header.version != FCGI_VERSION_1 || kind == NULL || !kind->open(r);
	return !*bad;
}

static void
read_content(struct record_reader *r, const struct record_limits *l, struct str *in)
{
	struct str part = cut(in, r->content);

	r->content -= part.len;
	if (!r->ignored && part.len > 0)
		kind_of(r)->take(r, l, part);
	if (r->content == 0)
		r->padding -= cut(in, r->padding).len;
}

enum record_end
record_read(
    struct record_reader *r, const struct record_limits *l, struct str *in, struct buf *out)
{
	enum record_end end = RECORD_NEEDS_MORE;
	bool bad = false;

	while (end == RECORD_NEEDS_MORE && !bad && in->len > 0) {
		if (!read_header(r, in, &bad))
			continue;
		read_content(r, l, in);
		if (r->content > 0 || r->padding > 0)
			break;
		r->head_bytes = 0;
		end = kind_of(r)->close(r, l, out);
	}
	return bad ? RECORD_BAD : end;
}

/* Wipes the bytes, because a form contains a password and the params a token. */
static void
wipe(struct buf *part)
{
	if (part->len > 0)
		sodium_memzero(part->s, part->len);
	if (part->cap > KEPT_BYTES)
		buf_free(part);
	buf_clear(part);
}

void
record_next(struct record_reader *r)
{
	wipe(&r->params);
	wipe(&r->body);
	r->params_bytes = r->body_bytes = 0;
	r->state = RECORD_IDLE;
	r->keep = r->endless = false;
}

void
record_reader_free(struct record_reader *r)
{
	record_next(r);
	buf_free(&r->params);
	buf_free(&r->body);
	*r = (struct record_reader){0};
}

/* --- names and values --- */

static bool
cut_length(struct str *in, size_t *len)
{
	const unsigned char *b = (const unsigned char *)in->s;

	if (in->len >= 1 && (b[0] & LENGTH_LONG) == 0) {
		*len = b[0];
		cut(in, 1);
		return true;
	}
	if (in->len < 4)
		return false;
	*len =
	    (size_t)(b[0] & ~LENGTH_LONG) << 24 | (size_t)b[1] << 16 | (size_t)b[2] << 8 | b[3];
	cut(in, 4);
	return true;
}

bool
record_pair(struct str *pairs, struct str *name, struct str *value)
{
	struct str in = *pairs;
	size_t name_len, value_len;

	if (!cut_length(&in, &name_len) || !cut_length(&in, &value_len) || name_len > in.len ||
	    value_len > in.len - name_len)
		return false;
	*name = cut(&in, name_len);
	*value = cut(&in, value_len);
	*pairs = in;
	return true;
}

/* --- answers --- */

/* Collects the pieces of an answer, after skipping the bytes that are sent already. */
struct gathering {
	struct iovec *pieces;
	size_t n, max;
	size_t skip; /* bytes still to be skipped */
};

/* Returns false once the pieces are full. */
static bool
gather(struct gathering *g, const void *bytes, size_t len)
{
	size_t skip = g->skip < len ? g->skip : len;

	g->skip -= skip;
	if (skip == len)
		return true;
	if (g->n == g->max)
		return false;
	g->pieces[g->n++] = (struct iovec){(char *)bytes + skip, len - skip};
	return g->n < g->max;
}

static bool
gather_stream(
    struct gathering *g, struct str s, const FCGI_Header *full, const FCGI_Header *last)
{
	while (s.len > 0) {
		struct str part = cut(&s, CONTENT_MAX);
		const FCGI_Header *h = part.len == CONTENT_MAX ? full : last;

		if (!gather(g, h, sizeof *h) || !gather(g, part.s, part.len))
			return false;
	}
	return true;
}

size_t
record_answer_next(struct record_answer *a, struct iovec *pieces, size_t max)
{
	struct gathering g = {pieces, 0, max, a->sent};

	a->full = header(FCGI_STDOUT, a->id, CONTENT_MAX);
	a->last_of_head = header(FCGI_STDOUT, a->id, a->head.len % CONTENT_MAX);
	a->last_of_body = header(FCGI_STDOUT, a->id, a->body.len % CONTENT_MAX);
	a->tail.stdout_end = header(FCGI_STDOUT, a->id, 0);
	a->tail.end = end_request(a->id, FCGI_REQUEST_COMPLETE);
	if (gather_stream(&g, a->head, &a->full, &a->last_of_head) &&
	    gather_stream(&g, a->body, &a->full, &a->last_of_body))
		gather(&g, &a->tail, sizeof a->tail);
	return g.n;
}
