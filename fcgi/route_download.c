/* fcgi/route_download.c -- downloads of reports in the form in which receivers get them (RFC
 * 8620, 6.2).
 *
 * A blob is made when a client asks for it.  Its id is the id of the record and a form:
 * - "d0000000001.xml" or "t0000000001.json" is the document;
 * - "d0000000001.eml" is the message to the first address of the record;
 * - ".gz" at the end means compressed. */
#include <ctype.h>
#include <stddef.h>
#include <string.h>

#include "base/gzip.h"
#include "base/id.h"
#include "fcgi/exchange.h"
#include "login/form.h"
#include "report/report.h"

#define BLOB_FORM_MAX 16   /* bytes of "json.gz", the longest form, and some to spare */
#define NAME_MAX_BYTES 255 /* of a file name in the URL */

/* The media types that a client may ask for; any other becomes TYPE_OF_OTHERS.  A browser runs
 * none of them, nor shows one as a page of this site. */
static const char *const types[] = {"application/xml", "application/json", "application/gzip",
    "application/tlsrpt+json", "application/tlsrpt+gzip", "message/rfc822", "text/plain",
    "application/octet-stream", NULL};
#define TYPE_OF_OTHERS "application/octet-stream"

struct blob {
	const struct type *type;
	struct str id; /* of the record */
	uint64_t number;
	bool message; /* false: the document */
	bool gzip;
};

static bool
no_such_blob(struct err *e)
{
	return err_set(e, ERR_NO_SUCH_PATH,
	    "There is no such blob; the id of a blob is ID.xml, ID.json or ID.eml, or one of "
	    "these with .gz");
}

/* Removes the text up to the first slash, and that slash, from *rest.  Returns the text. */
static struct str
take_part(struct str *rest)
{
	const char *slash = rest->len > 0 ? memchr(rest->s, '/', rest->len) : NULL;
	struct str part = {rest->s, slash != NULL ? (size_t)(slash - rest->s) : rest->len};
	size_t taken = part.len + (slash != NULL);

	rest->s += taken;
	rest->len -= taken;
	return part;
}

static bool
cut_suffix(struct str *s, const char *suffix)
{
	size_t len = strlen(suffix);

	if (s->len < len || memcmp(s->s + s->len - len, suffix, len) != 0)
		return false;
	s->len -= len;
	return true;
}

static bool
parse_blob(struct str text, struct blob *b, struct err *e)
{
	struct str form;

	*b = (struct blob){0};
	if (text.len < ID_LEN + 2 || text.len > ID_LEN + 1 + BLOB_FORM_MAX)
		return no_such_blob(e);
	b->id = (struct str){text.s, ID_LEN};
	b->type = model_type_lettered(text.s[0]);
	if (b->type == NULL || text.s[ID_LEN] != '.' ||
	    !id_parse(b->type->letter, b->id, &b->number))
		return no_such_blob(e);
	form = (struct str){text.s + ID_LEN + 1, text.len - ID_LEN - 1};
	b->gzip = cut_suffix(&form, ".gz");
	b->message = str_is(form, "eml");
	return b->message || str_is(form, b->type->form) || no_such_blob(e);
}

/* --- the blob --- */

static bool
make_message(const struct report *r, const struct report_settings *s, struct str document,
    struct buf *out, struct err *e)
{
	struct buf gzip = {0};
	struct str to;
	bool ok = false;

	if (!report_address(r, 0, &to))
		err_set(e, ERR_NOT_FOUND, "the report has no address to send a message to");
	else
		ok = gzip_add(document, &gzip, e) &&
		    report_message(r, s, to, buf_str(&gzip), out, e);
	buf_free(&gzip);
	return ok;
}

static bool
make_blob(const struct report *r, const struct blob *b, const struct report_settings *s,
    struct buf *out, struct report_left_out *left, struct err *e)
{
	struct buf document = {0}, message = {0};
	bool ok = report_document(r, s, &document, left, e) &&
	    (!b->message || make_message(r, s, buf_str(&document), &message, e));
	struct buf *plain = b->message ? &message : &document;

	if (ok && b->gzip) {
		ok = gzip_add(buf_str(plain), out, e);
	} else if (ok) {
		buf_free(out); /* the document may be long: it is handed over, not copied */
		*out = *plain;
		*plain = (struct buf){0};
	}
	buf_free(&document);
	buf_free(&message);
	return ok;
}

static const struct {
	const char *kind;
	size_t member; /* offset in struct report_left_out */
} kinds[] = {
    {"row", offsetof(struct report_left_out, rows)},
    {"extension", offsetof(struct report_left_out, extensions)},
    {"dkim", offsetof(struct report_left_out, dkim)},
    {"spf", offsetof(struct report_left_out, spf)},
};

static void
count_left_out(struct metrics *m, const struct report_left_out *left)
{
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
		metrics_add(m, METRIC_REPORT_LEFT_OUT, METRIC_LABELS(kinds[i].kind),
		    *(const uint64_t *)((const char *)left + kinds[i].member));
}

/* --- the answer --- */

/* RFC 8620, 6.2: the client chooses the Content-Type. */
static const char *
type_to_tell(struct str query, const char *otherwise)
{
	struct form form = {0};
	const char *told = otherwise;
	struct str wanted;

	if (!form_read(&form, query))
		return otherwise;
	wanted = form_value(&form, "accept");
	if (wanted.len > 0)
		told = TYPE_OF_OTHERS;
	for (size_t i = 0; types[i] != NULL; i++)
		if (str_equal_nocase(wanted, str_of(types[i])))
			told = types[i];
	form_free(&form);
	return told;
}

static bool
is_file_name(struct str name)
{
	for (size_t i = 0; i < name.len; i++)
		if (!isalnum((unsigned char)name.s[i]) &&
		    memchr("!-._@+", name.s[i], 6) == NULL)
			return false;
	return name.len > 0 && name.len <= NAME_MAX_BYTES && name.s[0] != '.';
}

static void
describe_answer(struct exchange *x, const struct blob *b, struct str name)
{
	const char *own = b->gzip ? "application/gzip"
	    : b->message          ? "message/rfc822"
				  : report_media_type(b->type);

	x->out->content_type = type_to_tell(x->request->query, own);
	buf_puts(&x->out->content_disposition, "attachment");
	if (is_file_name(name))
		buf_printf(
		    &x->out->content_disposition, "; filename=\"%.*s\"", (int)name.len, name.s);
	/* If a browser shows the download as a page anyway, the page has no rights. */
	buf_puts(&x->out->content_security_policy, "default-src 'none'; sandbox");
}

static bool
render(struct exchange *x, const struct blob *b, struct str body, struct err *e)
{
	struct report r;
	struct report_left_out left = {0};
	struct err why = {0};
	bool ok = report_read(&r, b->type, b->id, body, &why) &&
	    make_blob(&r, b, &x->http->report, &x->out->body, &left, &why);

	report_free(&r);
	count_left_out(x->http->jmap.metrics, &left);
	if (ok)
		return true;
	/* RFC 8620, 6.2 has no other status than 404 for a blob that does not exist. */
	return err_set(
	    e, why.code == ERR_NOT_FOUND ? ERR_NO_SUCH_PATH : ERR_NOT_READY, "%s", why.text);
}

static bool
send_blob(struct exchange *x, const struct blob *b, struct err *e)
{
	struct store_get q = {.type = b->type,
	    .ids = &b->number,
	    .n = 1,
	    .want_bodies = true,
	    .max_bytes = x->http->jmap.limits->max_size_response};
	struct store_rows rows = {0};
	struct err why = {0};
	bool ok = false;

	if (!store_get(x->http->jmap.store, &q, &rows, &why))
		err_set(e, ERR_NOT_READY, "%s", why.text);
	else if (rows.rows[0].change == 0)
		no_such_blob(e);
	else
		ok = render(x, b, rows.rows[0].body, e);
	store_rows_free(&rows);
	return ok;
}

/* x->rest is "ACCOUNT/BLOB/NAME". */
bool
route_download(struct exchange *x, struct err *e)
{
	struct str rest = x->rest;
	struct str account = take_part(&rest), text = take_part(&rest);
	struct principal p;
	struct blob b;

	/* Without a valid token, a client must not learn which blobs exist. */
	if (!exchange_authorize(x, &p, e))
		return false;
	if (!str_is(account, JMAP_ACCOUNT_ID))
		return err_set(e, ERR_NO_SUCH_PATH, "The account is %s", JMAP_ACCOUNT_ID);
	if (!parse_blob(text, &b, e) ||
	    !permission_check(p.permissions, b.type, ACTION_GET, ERR_NOT_PERMITTED, e) ||
	    !send_blob(x, &b, e))
		return false;
	describe_answer(x, &b, rest);
	return true;
}
