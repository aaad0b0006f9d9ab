/* base/str.h -- byte strings with a length: borrowed (str) and owned (buf).
 *
 * Sizes are bytes.  A process that gets no memory ends, and its parent starts another, so these
 * functions cannot fail. */
#ifndef BASE_STR_H
#define BASE_STR_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Borrowed bytes, not NUL-terminated. .s is NULL if there is no value. */
struct str {
	const char *s;
	size_t len;
};

/* Owned bytes; {0} is empty. buf_terminate() adds a NUL that .len does not count. */
struct buf {
	char *s;
	size_t len, cap;
};

#define STR(literal) ((struct str){(literal), sizeof(literal) - 1})

struct str str_of(const char *s);         /* borrows a NUL-terminated string; NULL gives {0} */
bool str_is(struct str a, const char *b); /* the same bytes */
bool str_equal(struct str a, struct str b);             /* the same bytes */
bool str_equal_nocase(struct str a, struct str b);      /* ASCII case ignored */
bool str_cut_prefix(struct str *s, const char *prefix); /* removes prefix if s begins with it */
bool str_cut_prefix_nocase(struct str *s, const char *prefix);
struct str str_trim(struct str s); /* removes blanks and tabs at both ends */
/* A decimal number without sign or leading zeros, at most max. */
bool str_to_u64(struct str s, uint64_t max, uint64_t *out);
char *str_dup(struct str s); /* NUL-terminated copy, for free() */

struct str buf_str(const struct buf *b); /* borrowed, until b changes */
void buf_reserve(
    struct buf *b, size_t more); /* makes room for that many more bytes behind .len */
void buf_add(struct buf *b, const void *bytes, size_t len);
void buf_add_str(struct buf *b, struct str s);
void buf_puts(struct buf *b, const char *s);
void buf_putc(struct buf *b, char c);
void buf_printf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void buf_vprintf(struct buf *b, const char *fmt, va_list ap)
    __attribute__((format(printf, 2, 0)));
const char *buf_terminate(struct buf *b); /* .s as a C string, borrowed */
void buf_clear(struct buf *b);            /* empties it and keeps the memory */
void buf_free(struct buf *b);             /* leaves {0}; safe on {0} */

/* Return memory, or end the process if there is none. */
void *mem_new(size_t n, size_t size);             /* n * size bytes of zero, for free() */
void *mem_grow(void *old, size_t n, size_t size); /* realloc() that checks n * size */

#endif
