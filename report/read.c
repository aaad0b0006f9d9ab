/* report/read.c -- reads a stored record except its rows, and holds the table of what differs
 * between types. */
#include "report/private.h"

#include "base/date.h"
#include "model/kinds.h"
#include "report/walk.h"
#include "json/read.h"

/* Appends the first of the texts that is an e-mail address.  False if none is. */
static bool
add_first_address(const struct str *texts, size_t n, struct buf *out)
{
	size_t start = out->len;

	for (size_t i = 0; i < n; i++) {
		if (texts[i].len > 0 && email_canonical(NULL, texts[i], out))
			return true;
		out->len = start;
	}
	return false;
}

static bool
dmarc_sender(const struct report *r, const struct report_settings *s, struct buf *out)
{
	const struct str texts[] = {str_of(s->from), text_of(r->head, "email")};

	return add_first_address(texts, sizeof texts / sizeof texts[0], out);
}

/* RFC 8460, 5.1: the submitter is the domain of the contact information.  That may be any text.
 */
static bool
tls_sender(const struct report *r, const struct report_settings *s, struct buf *out)
{
	const struct str texts[] = {
	    text_of(r->head, "contactInfo"), str_of(s->contact), str_of(s->from)};

	return add_first_address(texts, sizeof texts / sizeof texts[0], out);
}

static const struct renderer renderers[] = {
    {&dmarc_internal_report, "records", "application/xml", "dateRangeBegin", "dateRangeEnd",
	"rua", dmarc_document, dmarc_sender,
	&(const struct message_form){
	    .subtype = "mixed",
	    .attachment = "gzip",
	    .about = "DMARC aggregate report",
	}},
    {&tls_internal_report, "policies", "application/tlsrpt+json", "dateRangeStart",
	"dateRangeEnd", "mailRua", tls_document, tls_sender,
	&(const struct message_form){
	    .subtype = "report",
	    .report_type = "tlsrpt",
	    .attachment = "tlsrpt+gzip",
	    .domain_header = "TLS-Report-Domain",
	    .submitter_header = "TLS-Report-Submitter",
	    .tls_optional = true,
	    .about = "TLS aggregate report",
	}},
};

const struct renderer *
renderer_of(const struct type *t)
{
	for (size_t i = 0; i < sizeof renderers / sizeof renderers[0]; i++)
		if (renderers[i].type == t)
			return &renderers[i];
	return NULL;
}

bool
report_address(const struct report *r, size_t i, struct str *address)
{
	*address = text_from(
	    json_array_get(json_object_get(r->envelope, renderer_of(r->type)->addresses), i));
	return address->s != NULL;
}

const char *
report_media_type(const struct type *t)
{
	return renderer_of(t)->media_type;
}

struct str
text_from(const json_t *v)
{
	return (struct str){json_string_value(v), json_string_length(v)};
}

struct str
text_of(const json_t *object, const char *name)
{
	return text_from(json_object_get(object, name));
}

int64_t
date_of(const json_t *object, const char *name)
{
	int64_t seconds = 0;

	return date_parse(text_of(object, name), &seconds) ? seconds : 0;
}

json_t *
row_parse(struct str text, struct err *e)
{
	json_t *v = json_read(text, JSON_DECODE_ANY, NULL);

	if (v == NULL)
		err_set(e, ERR_SERVER_FAIL, "a stored report cannot be read");
	return v;
}

/* Parses the members of the object in text into *object, except one: *without gets the text of
 * that member. */
static bool
read_members(
    struct str text, const char *except, json_t **object, struct str *without, struct err *e)
{
	struct walk w;
	struct str name, value;

	*object = json_object();
	walk_object(&w, text);
	while (walk_member(&w, &name, &value)) {
		json_t *v;

		if (str_is(name, except)) {
			*without = value;
			continue;
		}
		v = row_parse(value, e);
		if (v == NULL)
			return false;
		json_object_setn_new(*object, name.s, name.len, v);
	}
	if (w.broken || without->s == NULL)
		return err_set(e, ERR_SERVER_FAIL, "a stored report lacks its %s", except);
	return true;
}

bool
report_read(
    struct report *r, const struct type *t, struct str id, struct str text, struct err *e)
{
	struct str report = {0};

	*r = (struct report){.type = t, .id = id};
	if (renderer_of(t) == NULL)
		return err_set(e, ERR_NOT_FOUND,
		    "records of type %s are not reports that can be sent", t->name);
	return read_members(text, "report", &r->envelope, &report, e) &&
	    read_members(report, renderer_of(t)->rows, &r->head, &r->rows, e);
}

void
report_free(struct report *r)
{
	json_decref(r->envelope);
	json_decref(r->head);
	*r = (struct report){0};
}

bool
report_document(const struct report *r, const struct report_settings *s, struct buf *out,
    struct report_left_out *left, struct err *e)
{
	return renderer_of(r->type)->document(r, s, out, left, e);
}
