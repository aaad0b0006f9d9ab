/* model/problems.c -- what is wrong with a record, for programs and for people. */
#include <stdarg.h>
#include <stdlib.h>

#include "model/record.h"

#define DESCRIBED_MAX 5    /* problems told to a person */
#define PATH_SHOWN_MAX 200 /* bytes of a path shown to a person */

void
problems_add(struct problems *p, const char *path, const char *fmt, ...)
{
	struct buf want = {0};
	va_list ap;

	if (p->n == MODEL_MAX_PROBLEMS) {
		p->more++;
		return;
	}
	va_start(ap, fmt);
	buf_vprintf(&want, fmt, ap);
	va_end(ap);
	buf_terminate(&want);
	/* Doubled whenever n is a power of two. */
	if ((p->n & (p->n - 1)) == 0)
		p->list = mem_grow(p->list, p->n == 0 ? 1 : 2 * p->n, sizeof *p->list);
	p->list[p->n++] = (struct problem){str_dup(str_of(path)), want.s};
}

static void
add_path(struct buf *out, const char *path)
{
	struct str s = str_of(path);

	if (s.len > PATH_SHOWN_MAX) {
		s.len = PATH_SHOWN_MAX;
		while (s.len > 0 && ((unsigned char)s.s[s.len] & 0xc0) == 0x80)
			s.len--; /* not in the middle of a character */
		buf_add_str(out, s);
		buf_puts(out, "...");
	} else {
		buf_add_str(out, s);
	}
}

void
problems_describe(const struct problems *p, struct buf *out)
{
	size_t shown = p->n < DESCRIBED_MAX ? p->n : DESCRIBED_MAX;
	size_t rest = p->n - shown + p->more;
	const char *between = "";

	for (size_t i = 0; i < shown; i++) {
		buf_puts(out, between);
		add_path(out, p->list[i].path);
		if (p->list[i].path[0] != '\0')
			buf_putc(out, ' ');
		buf_puts(out, p->list[i].want);
		between = "; ";
	}
	if (rest > 0)
		buf_printf(out, "; and %zu more", rest);
	if (p->too_large)
		buf_printf(out, "%sthe record is larger than the server allows", between);
}

size_t
problems_count(const struct problems *p)
{
	return p->n + p->more;
}

void
problems_free(struct problems *p)
{
	for (size_t i = 0; i < p->n; i++) {
		free(p->list[i].path);
		free(p->list[i].want);
	}
	free(p->list);
	*p = (struct problems){0};
}
