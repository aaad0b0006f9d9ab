/* model/domain.c -- domain names: A-labels in lower case (RFC 5891), and underscores. */
#include <idn2.h>
#include <string.h>

#include "model/kinds.h"

/* A U-label may shrink in normalization; one longer than this is refused unread. */
#define RAW_LABEL_MAX (4 * DOMAIN_LABEL_MAX)

#define A_LABEL_PREFIX "xn--"

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
is_international(struct str label)
{
	for (size_t i = 0; i < label.len; i++)
		if ((unsigned char)label.s[i] >= 0x80)
			return true;
	return str_cut_prefix_nocase(&label, A_LABEL_PREFIX);
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
