/* report/name.c -- the id, the file name and the subject of a report. */
#include <ctype.h>
#include <sodium.h>
#include <string.h>

#include "model/kinds.h"
#include "report/private.h"

#define HASH_BYTES 8      /* of the hash of the stored id */
#define PUBLIC_ID_MAX 128 /* bytes of the stored id that are kept before the hash */

/* Whether c is atext (RFC 5322, 3.2.3), in ASCII. */
static bool
is_atext(char c)
{
	return isalnum((unsigned char)c) ||
	    (c != '\0' && strchr("!#$%&'*+-/=?^_`{|}~", c) != NULL);
}

/* Whether id is dot-atom ["@" dot-atom]. */
static bool
is_public_id(struct str id)
{
	bool after_atom = false, after_at = false;

	for (size_t i = 0; i < id.len; i++) {
		char c = id.s[i];
		bool ends_atom = c == '.' || (c == '@' && !after_at);

		if (ends_atom ? !after_atom : !is_atext(c))
			return false;
		after_at = after_at || c == '@';
		after_atom = !ends_atom;
	}
	return after_atom;
}

/* Appends the letters and digits of id, with each run of other characters as one "-", then a
 * hash of all of id. */
static void
add_changed_id(struct str id, struct buf *out)
{
	unsigned char hash[crypto_generichash_BYTES_MIN];
	char hex[2 * HASH_BYTES + 1];
	size_t start = out->len;

	for (size_t i = 0; i < id.len && out->len - start < PUBLIC_ID_MAX; i++) {
		if (isalnum((unsigned char)id.s[i]))
			buf_putc(out, id.s[i]);
		else if (out->len > start && out->s[out->len - 1] != '-')
			buf_putc(out, '-');
	}
	crypto_generichash(
	    hash, sizeof hash, (const unsigned char *)id.s, id.s == NULL ? 0 : id.len, NULL, 0);
	sodium_bin2hex(hex, sizeof hex, hash, HASH_BYTES);
	buf_printf(out, "%s%s", out->len > start ? "." : "", hex);
}

void
report_public_id(const struct report *r, struct buf *out)
{
	struct str id = text_of(r->head, "reportId");

	if (is_public_id(id))
		buf_add_str(out, id);
	else
		add_changed_id(id, out);
}

bool
report_submitter(const struct report *r, const struct report_settings *s, struct buf *out)
{
	struct buf address = {0};
	size_t start = out->len;
	bool ok = false;

	if (renderer_of(r->type)->sender(r, s, &address)) {
		const char *domain = (char *)memrchr(address.s, '@', address.len) + 1;

		/* It may be an address literal, which is no domain. */
		ok = domain_canonical(NULL,
		    (struct str){domain, (size_t)(address.s + address.len - domain)}, out);
	}
	if (!ok)
		out->len = start;
	buf_free(&address);
	return ok;
}

void
report_file_name(const struct report *r, const struct report_settings *s, struct buf *out)
{
	const struct renderer *form = renderer_of(r->type);

	if (!report_submitter(r, s, out))
		buf_puts(out, "unknown.invalid");
	buf_putc(out, '!');
	buf_add_str(out, text_of(r->envelope, "domain"));
	buf_printf(out, "!%lld!%lld!", (long long)date_of(r->head, form->begin),
	    (long long)date_of(r->head, form->end));
	buf_add_str(out, r->id);
	buf_printf(out, ".%s.gz", r->type->form);
}

void
report_subject(const struct report *r, const struct report_settings *s, struct buf *out)
{
	buf_puts(out, "Report Domain: ");
	buf_add_str(out, text_of(r->envelope, "domain"));
	buf_puts(out, " Submitter: ");
	if (!report_submitter(r, s, out))
		buf_puts(out, "unknown.invalid");
	buf_puts(out, " Report-ID: <");
	report_public_id(r, out);
	buf_putc(out, '>');
}
