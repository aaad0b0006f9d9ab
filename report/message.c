/* report/message.c -- writes a report as a message (RFC 9990, 3.5; RFC 8460, 5.3), with GMime.
 */
#include <gmime/gmime.h>
#include <sodium.h>

#include "config/version.h"
#include "report/private.h"

#define ID_BYTES 16 /* bytes of the hash in the Message-ID and the boundary */

/* Makes an id that depends only on the report and the destination. */
static void
make_id(const struct report *r, struct str to, char hex[static 2 * ID_BYTES + 1])
{
	crypto_generichash_state state;
	unsigned char hash[crypto_generichash_BYTES];
	struct str parts[] = {r->id, text_of(r->head, "reportId"),
	    text_of(r->envelope, "domain"), text_of(r->envelope, "createdAt"), to};

	crypto_generichash_init(&state, NULL, 0, sizeof hash);
	for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
		crypto_generichash_update(
		    &state, (const unsigned char *)&parts[i].len, sizeof parts[i].len);
		crypto_generichash_update(
		    &state, (const unsigned char *)parts[i].s, parts[i].len);
	}
	crypto_generichash_final(&state, hash, sizeof hash);
	sodium_bin2hex(hex, 2 * ID_BYTES + 1, hash, ID_BYTES);
}

static void
add_header(GMimeMessage *m, const char *name, const char *value)
{
	g_mime_object_append_header(GMIME_OBJECT(m), name, value, "us-ascii");
}

static void
add_address(GMimeMessage *m, GMimeAddressType type, struct str address)
{
	char *text = str_dup(address);

	g_mime_message_add_mailbox(m, type, NULL, text);
	free(text);
}

static void
add_headers(GMimeMessage *m, const struct report *r, const struct report_settings *s,
    const char *id, const char *submitter)
{
	const struct message_form *form = renderer_of(r->type)->message;
	GDateTime *date = g_date_time_new_from_unix_utc(date_of(r->envelope, "createdAt"));
	struct buf subject = {0}, message_id = {0};
	char *domain = str_dup(text_of(r->envelope, "domain"));

	report_subject(r, s, &subject);
	g_mime_message_set_subject(m, buf_terminate(&subject), "us-ascii");
	g_mime_message_set_date(m, date);
	buf_printf(&message_id, "%s@%s", id, submitter);
	g_mime_message_set_message_id(m, buf_terminate(&message_id));
	if (form->domain_header != NULL)
		add_header(m, form->domain_header, domain);
	if (form->submitter_header != NULL)
		add_header(m, form->submitter_header, submitter);
	if (form->tls_optional)
		add_header(m, "TLS-Required", "No");       /* RFC 8689 */
	add_header(m, "Auto-Submitted", "auto-generated"); /* RFC 3834 */
	add_header(m, "Precedence", "bulk");
	add_header(m, "X-Auto-Response-Suppress", "All");
	g_date_time_unref(date);
	buf_free(&subject);
	buf_free(&message_id);
	free(domain);
}

/* The text for a person who opens the message. */
static GMimeObject *
text_part(const struct report *r, const char *submitter)
{
	const struct renderer *form = renderer_of(r->type);
	GMimeTextPart *part = g_mime_text_part_new_with_subtype("plain");
	struct str domain = text_of(r->envelope, "domain");
	struct str begin = text_of(r->head, form->begin), end = text_of(r->head, form->end);
	struct buf text = {0};

	buf_printf(&text,
	    "This is a %s about %.*s,\nfrom %.*s to %.*s,\nsent by %s.\n\n"
	    "The report is attached.  It was made by a program, for a program to read.\n",
	    form->message->about, (int)domain.len, domain.s, (int)begin.len, begin.s,
	    (int)end.len, end.s, submitter);
	g_mime_text_part_set_text(part, buf_terminate(&text));
	buf_free(&text);
	return GMIME_OBJECT(part);
}

static GMimeObject *
document_part(const struct report *r, const struct report_settings *s, struct str document)
{
	GMimePart *part =
	    g_mime_part_new_with_type("application", renderer_of(r->type)->message->attachment);
	GMimeStream *bytes = g_mime_stream_mem_new_with_buffer(document.s, document.len);
	GMimeDataWrapper *content =
	    g_mime_data_wrapper_new_with_stream(bytes, GMIME_CONTENT_ENCODING_DEFAULT);
	struct buf name = {0};

	report_file_name(r, s, &name);
	g_mime_part_set_content(part, content);
	g_mime_part_set_content_encoding(part, GMIME_CONTENT_ENCODING_BASE64);
	g_mime_part_set_filename(part, buf_terminate(&name));
	g_object_unref(content);
	g_object_unref(bytes);
	buf_free(&name);
	return GMIME_OBJECT(part);
}

static GMimeObject *
body_of(const struct report *r, const struct report_settings *s, struct str document,
    const char *id, const char *submitter)
{
	const struct message_form *form = renderer_of(r->type)->message;
	GMimeMultipart *body = g_mime_multipart_new_with_subtype(form->subtype);
	GMimeObject *parts[] = {text_part(r, submitter), document_part(r, s, document)};

	if (form->report_type != NULL)
		g_mime_object_set_content_type_parameter(
		    GMIME_OBJECT(body), "report-type", form->report_type);
	g_mime_multipart_set_boundary(body, id);
	for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
		g_mime_multipart_add(body, parts[i]);
		g_object_unref(parts[i]);
	}
	return GMIME_OBJECT(body);
}

/* Appends the message, its lines ended by CR LF. */
static void
write_message(GMimeMessage *m, struct buf *out)
{
	GMimeFormatOptions *options = g_mime_format_options_new();
	GMimeStream *stream = g_mime_stream_mem_new();
	GByteArray *bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(stream));

	g_mime_format_options_set_newline_format(options, GMIME_NEWLINE_FORMAT_DOS);
	g_mime_object_write_to_stream(GMIME_OBJECT(m), options, stream);
	buf_add(out, bytes->data, bytes->len);
	buf_puts(out, "\r\n");
	g_object_unref(stream);
	g_mime_format_options_free(options);
}

bool
report_message(const struct report *r, const struct report_settings *s, struct str to,
    struct str document, struct buf *out, struct err *e)
{
	char id[2 * ID_BYTES + 1];
	struct buf submitter = {0}, sender = {0};
	GMimeMessage *m;
	GMimeObject *body;

	if (!report_submitter(r, s, &submitter)) {
		buf_free(&submitter);
		return err_set(
		    e, ERR_NOT_FOUND, "no address is known that could send the report");
	}
	buf_terminate(&submitter);
	if (s->from[0] != '\0')
		buf_puts(&sender, s->from);
	else
		renderer_of(r->type)->sender(r, s, &sender);
	make_id(r, to, id);
	g_mime_init();
	m = g_mime_message_new(FALSE);
	add_address(m, GMIME_ADDRESS_TYPE_FROM, buf_str(&sender));
	add_address(m, GMIME_ADDRESS_TYPE_TO, to);
	add_headers(m, r, s, id, submitter.s);
	body = body_of(r, s, document, id, submitter.s);
	g_mime_message_set_mime_part(m, body);
	write_message(m, out);
	g_object_unref(body);
	g_object_unref(m);
	buf_free(&submitter);
	buf_free(&sender);
	return true;
}
