/* json/number.c -- exact values of JSON numbers. */
#include "json/number.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json/text.h"

#define U64_DIGITS_MAX 20     /* of 18446744073709551615 */
#define I64_DIGITS_SURE 18    /* any number with this many digits fits into an int64_t */
#define DOUBLE_DIGITS_MAX 767 /* significant digits of the longest double, written in full */
/* Larger exponents are cut to this: no text has enough digits to make up for them. */
#define EXPONENT_MAX INT64_C(1000000000000)
#define MARK_LEN (sizeof NUMBER_MARK - 1)

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* --- text --- */

size_t
number_span(struct str text)
{
	size_t n = 0;

	while (
	    n < text.len && text.s[n] != '\0' && strchr("+-.0123456789Ee", text.s[n]) != NULL)
		n++;
	return n;
}

static size_t
cut_digits(struct str *s)
{
	size_t n = 0;

	while (n < s->len && is_digit(s->s[n]))
		n++;
	s->s += n;
	s->len -= n;
	return n;
}

/* RFC 8259, 6. */
static bool
is_number(struct str s)
{
	str_cut_prefix(&s, "-");
	if (!str_cut_prefix(&s, "0") && cut_digits(&s) == 0)
		return false;
	if (str_cut_prefix(&s, ".") && cut_digits(&s) == 0)
		return false;
	if (str_cut_prefix_nocase(&s, "e")) {
		if (!str_cut_prefix(&s, "+"))
			str_cut_prefix(&s, "-");
		if (cut_digits(&s) == 0)
			return false;
	}
	return s.len == 0;
}

/* An integer without a sign or leading zeros, or one with "-" that is not "-0". */
static bool
is_i64(struct str s)
{
	uint64_t n;

	if (str_cut_prefix(&s, "-"))
		return str_to_u64(s, (uint64_t)INT64_MAX + 1, &n) && n > 0;
	return str_to_u64(s, INT64_MAX, &n);
}

bool
number_is_kept(struct str text)
{
	return is_number(text) && !is_i64(text);
}

/* --- in a tree --- */

static bool
is_kept(const json_t *v)
{
	return json_is_string(v) && json_string_length(v) > MARK_LEN &&
	    memcmp(json_string_value(v), NUMBER_MARK, MARK_LEN) == 0;
}

bool
string_is(const json_t *v)
{
	return json_is_string(v) && !is_kept(v);
}

bool
number_is(const json_t *v)
{
	return json_is_number(v) || is_kept(v);
}

void
number_text(const json_t *v, struct buf *out)
{
	if (json_is_integer(v))
		buf_printf(out, "%" JSON_INTEGER_FORMAT, json_integer_value(v));
	else if (json_is_real(v))
		text_real(out, json_real_value(v));
	else
		buf_puts(out, json_string_value(v) + MARK_LEN);
}

/* --- values --- */

/* The value is digits x 10^exponent.  The first and the last digit are not 0; the value 0 has
 * no digits. */
struct decimal {
	bool negative;
	bool too_long; /* the number has more digits than fit in here */
	size_t n;
	char digits[DOUBLE_DIGITS_MAX];
	int64_t exponent;
};

/* Appends a digit.  Zeros are held back in *zeros until a digit other than 0 follows. */
static void
add_digit(struct decimal *d, char digit, size_t *zeros)
{
	if (digit == '0') {
		*zeros += 1;
		return;
	}
	if (d->n == 0)
		*zeros = 0;
	if (*zeros >= sizeof d->digits - d->n) {
		d->too_long = true;
		return;
	}
	memset(d->digits + d->n, '0', *zeros);
	d->n += *zeros;
	d->digits[d->n++] = digit;
	*zeros = 0;
}

static int64_t
read_exponent(struct str s)
{
	bool negative = str_cut_prefix(&s, "-");
	int64_t n = 0;

	if (!negative)
		str_cut_prefix(&s, "+");
	for (; s.len > 0 && n < EXPONENT_MAX; s.s++, s.len--)
		n = n * 10 + (s.s[0] - '0');
	return negative ? -n : n;
}

/* s is a JSON number. */
static void
read_decimal(struct str s, struct decimal *d)
{
	size_t zeros = 0, behind_point = 0;
	bool point = false;

	d->negative = str_cut_prefix(&s, "-");
	d->too_long = false;
	d->n = 0;
	for (; s.len > 0 && s.s[0] != 'e' && s.s[0] != 'E'; s.s++, s.len--) {
		behind_point += point;
		if (s.s[0] == '.')
			point = true;
		else
			add_digit(d, s.s[0], &zeros);
	}
	d->exponent = (int64_t)zeros - (int64_t)behind_point;
	if (str_cut_prefix_nocase(&s, "e"))
		d->exponent += read_exponent(s);
}

static void
decimal_of(const json_t *v, struct decimal *d)
{
	struct buf text = {0};

	number_text(v, &text);
	read_decimal(buf_str(&text), d);
	buf_free(&text);
}

bool
number_is_integer(const json_t *v)
{
	struct decimal d;

	if (!number_is(v))
		return false;
	decimal_of(v, &d);
	return !d.too_long && (d.n == 0 || d.exponent >= 0);
}

/* Sets *n to the value without its sign; false if it is not an integer of at most max. */
static bool
magnitude(const struct decimal *d, uint64_t max, uint64_t *n)
{
	*n = 0;
	if (d->n == 0)
		return true;
	if (d->too_long || d->exponent < 0 || d->exponent > U64_DIGITS_MAX)
		return false;
	for (size_t i = 0; i < d->n + (size_t)d->exponent; i++) {
		uint64_t digit = i < d->n ? (uint64_t)(d->digits[i] - '0') : 0;

		if (__builtin_mul_overflow(*n, 10, n) || __builtin_add_overflow(*n, digit, n))
			return false;
	}
	return *n <= max;
}

bool
number_to_u64(const json_t *v, uint64_t max, uint64_t *n)
{
	struct decimal d;

	if (!number_is(v))
		return false;
	if (json_is_integer(v)) {
		*n = (uint64_t)json_integer_value(v);
		return json_integer_value(v) >= 0 && *n <= max;
	}
	decimal_of(v, &d);
	return (!d.negative || d.n == 0) && magnitude(&d, max, n);
}

bool
number_to_i64(const json_t *v, int64_t max, int64_t *n)
{
	struct decimal d;
	uint64_t size;

	if (!number_is(v))
		return false;
	if (json_is_integer(v)) {
		*n = json_integer_value(v);
		return *n >= -max && *n <= max;
	}
	decimal_of(v, &d);
	if (!magnitude(&d, (uint64_t)max, &size))
		return false;
	*n = d.negative ? -(int64_t)size : (int64_t)size;
	return true;
}

static bool
is_same(const struct decimal *a, const struct decimal *b)
{
	return a->n == b->n && memcmp(a->digits, b->digits, a->n) == 0 &&
	    (a->n == 0 || (a->exponent == b->exponent && a->negative == b->negative));
}

/* A double is exact enough if, written with as many digits as the text has, it gives the same
 * number.  This holds for 0.1 and 2^60, but not for 2^53+1. */
bool
number_to_double(const json_t *v, double *n)
{
	char written[DOUBLE_DIGITS_MAX + sizeof "-.e-324"];
	struct decimal sent, back;
	struct buf text = {0};

	if (!number_is(v))
		return false;
	number_text(v, &text);
	read_decimal(buf_str(&text), &sent);
	*n = strtod(buf_terminate(&text), NULL);
	buf_free(&text);
	if (!isfinite(*n) || sent.too_long)
		return false;
	snprintf(written, sizeof written, "%.*e", sent.n > 0 ? (int)sent.n - 1 : 0, *n);
	read_decimal(str_of(written), &back);
	return is_same(&sent, &back);
}
