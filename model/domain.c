/* model/domain.c -- domain names: A-labels in lower case (RFC 5891), and underscores. */
#include <idn2.h>
#include <string.h>

#include "model/domain.h"
#include "model/kinds.h"

/* A U-label may shrink in normalization; one longer than this is refused unread. */
#define RAW_LABEL_MAX (4 * DOMAIN_LABEL_MAX)

/* libidn2 lets through more than a host name may hold, so its labels come here too. */
static bool
add_ascii(struct str label, struct buf *out)
{
	if (label.len == 0 || label.len > DOMAIN_LABEL_MAX)
		return false;
	if (label.s[0] == '-' || label.s[label.len - 1] == '-')
		return false;
	for (size_t i = 0; i < label.len; i++) {
		char c = label.s[i];

		if (c >= 'A' && c <= 'Z')
			c = (char)(c - 'A' + 'a');
		else if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '-' &&
		    c != '_')
			return false;
		buf_putc(out, c);
	}
	return true;
}

static bool
add_international(struct str label, struct buf *out)
{
	uint8_t raw[RAW_LABEL_MAX + 1];
	uint8_t *a_label;
	bool ok;

	if (label.len > RAW_LABEL_MAX || memchr(label.s, '\0', label.len) != NULL)
		return false;
	memcpy(raw, label.s, label.len);
	raw[label.len] = '\0';
	if (idn2_lookup_u8(raw, &a_label, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL) != IDN2_OK)
		return false;
	ok = add_ascii(str_of((const char *)a_label), out);
	idn2_free(a_label);
	return ok;
}

static bool
is_ascii(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if ((unsigned char)s.s[i] >= 0x80)
			return false;
	return true;
}

static bool
is_international(struct str label)
{
	return !is_ascii(label) || str_cut_prefix_nocase(&label, DOMAIN_A_LABEL);
}

bool
domain_canonical(const struct field *f, struct str s, struct buf *out)
{
	size_t start = out->len;

	(void)f;
	for (;;) {
		const char *dot = s.len == 0 ? NULL : memchr(s.s, '.', s.len);
		struct str label = {s.s, dot == NULL ? s.len : (size_t)(dot - s.s)};

		if (!(is_international(label) ? add_international : add_ascii)(label, out))
			return false;
		if (out->len - start > DOMAIN_MAX)
			return false;
		if (dot == NULL)
			return true;
		buf_putc(out, '.');
		s.s += label.len + 1;
		s.len -= label.len + 1;
	}
}

/* --- beginnings --- */

static bool
is_white(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static struct str
trimmed(struct str s)
{
	while (s.len > 0 && is_white(s.s[0]))
		s = (struct str){s.s + 1, s.len - 1};
	while (s.len > 0 && is_white(s.s[s.len - 1]))
		s.len--;
	return s;
}

/* What an A-label stands for; NULL if it stands for nothing.  For idn2_free(). */
static char *
decoded(struct str a_label)
{
	char text[DOMAIN_LABEL_MAX + 1], *u_label = NULL;

	if (a_label.len > DOMAIN_LABEL_MAX)
		return NULL;
	memcpy(text, a_label.s, a_label.len);
	text[a_label.len] = '\0';
	return idn2_to_unicode_8z8z(text, &u_label, 0) == IDN2_OK ? u_label : NULL;
}

/* A whole label in Unicode, lower-case and normalized. */
static bool
add_unicode(struct str label, struct buf *out)
{
	struct buf a_label = {0};
	char *u_label = NULL;

	if (add_international(label, &a_label))
		u_label = decoded(buf_str(&a_label));
	if (u_label != NULL)
		buf_puts(out, u_label);
	idn2_free(u_label);
	buf_free(&a_label);
	return u_label != NULL;
}

/* The beginning of a label need not be one: no label ends in a hyphen.  With a letter behind
 * it, it may be. */
static bool
add_unicode_beginning(struct str label, struct buf *out)
{
	struct buf more = {0};
	bool ok = add_unicode(label, out);

	if (!ok) {
		buf_add_str(&more, label);
		buf_putc(&more, 'a');
		ok = add_unicode(buf_str(&more), out);
		out->len -= ok;
	}
	buf_free(&more);
	return ok;
}

static bool
add_ascii_beginning(struct str label, struct buf *out)
{
	struct buf more = {0};
	bool ok = false;

	if (label.len > DOMAIN_LABEL_MAX)
		goto out;
	buf_add_str(&more, label);
	if (label.len < DOMAIN_LABEL_MAX)
		buf_putc(&more, 'a');
	ok = label.len == 0 || add_ascii(buf_str(&more), out);
	if (ok && label.len > 0)
		out->len -= more.len - label.len;
out:
	buf_free(&more);
	return ok;
}

bool
domain_beginning(struct str s, struct buf *out)
{
	const size_t start = out->len;
	const char *dot;
	struct str whole;

	s = trimmed(s);
	str_cut_prefix(&s, ".");
	dot = s.len == 0 ? NULL : memrchr(s.s, '.', s.len);
	if (dot != NULL) {
		whole = (struct str){s.s, (size_t)(dot - s.s)};
		if (!domain_canonical(NULL, whole, out))
			return false;
		buf_putc(out, '.');
		s = (struct str){dot + 1, s.len - whole.len - 1};
	}
	return (is_ascii(s) ? add_ascii_beginning : add_unicode_beginning)(s, out) &&
	    out->len - start <= DOMAIN_MAX + 1;
}

bool
domain_label_begins(struct str a_label, struct str beginning)
{
	char *u_label = decoded(a_label);
	struct str label = str_of(u_label);
	bool begins =
	    label.len >= beginning.len && memcmp(label.s, beginning.s, beginning.len) == 0;

	idn2_free(u_label);
	return begins;
}
