/* base/str.c -- byte strings with a length. */
#include "base/str.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static void *
or_die(void *p)
{
	if (p == NULL) {
		fputs("out of memory\n", stderr);
		abort();
	}
	return p;
}

void *
mem_new(size_t n, size_t size)
{
	return or_die(calloc(n ? n : 1, size));
}

void *
mem_grow(void *old, size_t n, size_t size)
{
	return or_die(reallocarray(old, n ? n : 1, size));
}

struct str
str_of(const char *s)
{
	return s == NULL ? (struct str){0} : (struct str){s, strlen(s)};
}

bool
str_equal(struct str a, struct str b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.s, b.s, a.len) == 0);
}

bool
str_is(struct str a, const char *b)
{
	return str_equal(a, str_of(b));
}

bool
str_equal_nocase(struct str a, struct str b)
{
	return a.len == b.len && (a.len == 0 || strncasecmp(a.s, b.s, a.len) == 0);
}

static bool
cut_prefix(
    struct str *s, const char *prefix, int (*compare)(const char *, const char *, size_t))
{
	size_t len = strlen(prefix);

	if (s->len < len || compare(s->s, prefix, len) != 0)
		return false;
	s->s += len;
	s->len -= len;
	return true;
}

bool
str_cut_prefix(struct str *s, const char *prefix)
{
	return cut_prefix(s, prefix, strncmp);
}

bool
str_cut_prefix_nocase(struct str *s, const char *prefix)
{
	return cut_prefix(s, prefix, strncasecmp);
}

struct str
str_trim(struct str s)
{
	while (s.len > 0 && (s.s[0] == ' ' || s.s[0] == '\t')) {
		s.s++;
		s.len--;
	}
	while (s.len > 0 && (s.s[s.len - 1] == ' ' || s.s[s.len - 1] == '\t'))
		s.len--;
	return s;
}

bool
str_to_u64(struct str s, uint64_t max, uint64_t *out)
{
	uint64_t n = 0;

	if (s.len == 0 || (s.len > 1 && s.s[0] == '0'))
		return false;
	for (size_t i = 0; i < s.len; i++) {
		unsigned digit = (unsigned char)s.s[i] - (unsigned)'0';

		if (digit > 9 || n > (UINT64_MAX - digit) / 10)
			return false;
		n = n * 10 + digit;
	}
	if (n > max)
		return false;
	*out = n;
	return true;
}

char *
str_dup(struct str s)
{
	char *copy = mem_new(s.len + 1, 1);

	if (s.len > 0)
		memcpy(copy, s.s, s.len);
	return copy;
}

struct str
buf_str(const struct buf *b)
{
	return (struct str){b->s, b->len};
}

void
buf_reserve(struct buf *b, size_t more)
{
	size_t need, cap = b->cap ? b->cap : 64;

	if (__builtin_add_overflow(b->len, more, &need))
		or_die(NULL);
	if (need <= b->cap)
		return;
	while (cap < need)
		cap += cap / 2;
	b->s = mem_grow(b->s, cap, 1);
	b->cap = cap;
}

void
buf_add(struct buf *b, const void *bytes, size_t len)
{
	if (len == 0)
		return;
	buf_reserve(b, len);
	memcpy(b->s + b->len, bytes, len);
	b->len += len;
}

void
buf_add_str(struct buf *b, struct str s)
{
	buf_add(b, s.s, s.len);
}

void
buf_puts(struct buf *b, const char *s)
{
	buf_add(b, s, strlen(s));
}

void
buf_putc(struct buf *b, char c)
{
	buf_add(b, &c, 1);
}

void
buf_vprintf(struct buf *b, const char *fmt, va_list ap)
{
	va_list again;
	int len;

	va_copy(again, ap);
	buf_reserve(b, 128); /* long enough for most lines, so one pass suffices */
	len = vsnprintf(b->s + b->len, b->cap - b->len, fmt, ap);
	if (len > 0 && (size_t)len >= b->cap - b->len) {
		buf_reserve(b, (size_t)len + 1);
		vsnprintf(b->s + b->len, (size_t)len + 1, fmt, again);
	}
	if (len > 0)
		b->len += (size_t)len;
	va_end(again);
}

void
buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	buf_vprintf(b, fmt, ap);
	va_end(ap);
}

const char *
buf_terminate(struct buf *b)
{
	buf_reserve(b, 1);
	b->s[b->len] = '\0';
	return b->s;
}

void
buf_clear(struct buf *b)
{
	b->len = 0;
}

void
buf_free(struct buf *b)
{
	free(b->s);
	*b = (struct buf){0};
}
