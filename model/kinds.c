/* model/kinds.c -- the kinds of single values: what is one, and how it is written. */
#include "model/kinds.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <string.h>

#include "base/date.h"
#include "json/number.h"
#include "json/text.h"

static bool
string_canonical(const struct field *f, struct str s, struct buf *out)
{
	(void)f;
	buf_add_str(out, s);
	return s.len == 0 || memchr(s.s, '\0', s.len) == NULL;
}

static bool
ip_canonical(const struct field *f, struct str s, struct buf *out)
{
	char text[INET6_ADDRSTRLEN];
	struct in6_addr a;
	int family;

	(void)f;
	if (s.len == 0 || s.len >= sizeof text || memchr(s.s, '\0', s.len) != NULL)
		return false;
	memcpy(text, s.s, s.len);
	text[s.len] = '\0';
	family = strchr(text, ':') != NULL ? AF_INET6 : AF_INET;
	if (inet_pton(family, text, &a) != 1)
		return false;
	/* Addresses in ::/96 are not IPv4 ones any more (RFC 4291, 2.5.5.1); inet_ntop() would
	 * write them with dots. */
	if (family == AF_INET6 && IN6_IS_ADDR_V4COMPAT(&a) && a.s6_addr16[6] != 0) {
		buf_printf(out, "::%x:%x", ntohs(a.s6_addr16[6]), ntohs(a.s6_addr16[7]));
		return true;
	}
	inet_ntop(family, &a, text, sizeof text);
	buf_puts(out, text);
	return true;
}

static bool
add_digits(struct str s, uint64_t max, struct buf *out)
{
	uint64_t n;

	buf_add_str(out, s);
	return str_to_u64(s, max, &n);
}

static bool
uint_canonical(const struct field *f, struct str s, struct buf *out)
{
	(void)f;
	return add_digits(s, UNSIGNED_INT_MAX, out);
}

static bool
uint64_canonical(const struct field *f, struct str s, struct buf *out)
{
	(void)f;
	return add_digits(s, UINT64_MAX, out);
}

/* RFC 8620, 1.3: 1.0 and 1e3 are integers too. */
static bool
add_uint(const json_t *v, uint64_t max, struct buf *out)
{
	uint64_t n;

	if (!number_to_u64(v, max, &n))
		return false;
	buf_printf(out, "%" PRIu64, n);
	return true;
}

static bool
uint_value(const json_t *v, struct buf *out)
{
	return add_uint(v, UNSIGNED_INT_MAX, out);
}

static bool
uint64_value(const json_t *v, struct buf *out)
{
	return add_uint(v, UINT64_MAX, out);
}

static bool
float_value(const json_t *v, struct buf *out)
{
	double n;

	if (!number_to_double(v, &n))
		return false;
	text_real(out, n);
	return true;
}

static bool
bool_value(const json_t *v, struct buf *out)
{
	if (!json_is_boolean(v))
		return false;
	text_scalar(out, v);
	return true;
}

static bool
date_canonical(const struct field *f, struct str s, struct buf *out)
{
	char text[DATE_LEN + 1];
	int64_t seconds;

	(void)f;
	if (!date_parse(s, &seconds))
		return false;
	date_format(seconds, text);
	buf_puts(out, text);
	return true;
}

static bool
enum_canonical(const struct field *f, struct str s, struct buf *out)
{
	buf_add_str(out, s);
	for (const struct enum_value *v = f->values->values; v->name != NULL; v++)
		if (str_is(s, v->name))
			return true;
	return false;
}

const struct kind_row model_kinds[KIND__COUNT] = {
    [KIND_STRING] = {"String", "must be a string without NUL characters",
	"Text in UTF-8 without NUL characters. It may be empty.", string_canonical, NULL},
    [KIND_DOMAIN] = {"DomainName", "must be a domain name, such as example.com",
	"A domain name of at most 253 bytes, in labels of at most 63: letters, digits, hyphens "
	"and underscores, no hyphen first or last, and no dot at the end. International "
	"labels follow IDNA2008. Stored in lower case, as A-labels.",
	domain_canonical, NULL},
    [KIND_EMAIL] = {"EmailAddress", "must be an e-mail address, such as reports@example.com",
	"An e-mail address of at most 254 bytes, at most 64 of them before the `@`; UTF-8 is "
	"allowed (RFC 6531), and so is an address literal, `a@[192.0.2.1]`. Of a `mailto:` URI "
	"(RFC "
	"6068) the address is stored, decoded; it may have one address and nothing else. "
	"Letters keep their case.",
	email_canonical, NULL},
    [KIND_URI] = {"Uri", "must be a URI, such as https://example.com/reports",
	"An absolute URI (RFC 3986) of at most 2048 bytes.", uri_canonical, NULL},
    [KIND_IP] = {"IpAddr", "must be an IPv4 or IPv6 address",
	"An IPv4 or IPv6 address. Stored as RFC 5952 says.", ip_canonical, NULL},
    [KIND_UINT] = {"UnsignedInt", "must be an integer from 0 to 9007199254740991",
	"An integer from 0 to 9007199254740991 (2^53-1).", uint_canonical, uint_value},
    [KIND_UINT64] = {"UnsignedInt64", "must be an integer from 0 to 18446744073709551615",
	"An integer from 0 to 18446744073709551615 (2^64-1). JavaScript and other programs "
	"that "
	"read numbers as doubles round it above 2^53.",
	uint64_canonical, uint64_value},
    [KIND_FLOAT] = {"Float", "must be a number that a double holds with all its digits",
	"A number that an IEEE 754 double gives back with all the digits that were sent, such "
	"as 0.1 or 1e300.",
	NULL, float_value},
    [KIND_BOOL] = {"Boolean", "must be true or false", "`true` or `false`.", NULL, bool_value},
    [KIND_DATE] = {"UTCDateTime",
	"must be a date and time in UTC, such as 2026-01-31T08:00:00Z",
	"A date and time in UTC, as in `2026-01-31T08:00:00Z`. A fraction of a second is "
	"dropped, and a leap second becomes the second after it.",
	date_canonical, NULL},
    [KIND_ENUM] = {"Enum", NULL, "One of the names that its table lists.", enum_canonical,
	NULL},
    [KIND_OBJECT] = {"Object", "must be an object", "An object with the fields of its table.",
	NULL, NULL},
};

void
kind_want(const struct field *f, struct buf *out)
{
	const char *before = "must be one of ";

	if (model_kinds[f->kind].want != NULL) {
		buf_puts(out, model_kinds[f->kind].want);
		return;
	}
	for (const struct enum_value *v = f->values->values; v->name != NULL; v++) {
		buf_puts(out, before);
		buf_puts(out, v->name);
		before = ", ";
	}
}
