/* ctl/progress.c -- one progress line that is overwritten again and again. */
#include "ctl/progress.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "ctl/text.h"

#define CLEAR "\r\033[K"

void
progress_start(struct progress *p, bool alone)
{
	*p = (struct progress){
	    .seen = isatty(STDERR_FILENO) && (alone || !isatty(STDOUT_FILENO))};
}

void
progress_show(struct progress *p, uint64_t n, uint64_t of)
{
	if (of > 0)
		progress_say(p, "%" PRIu64 " of %" PRIu64, n, of);
	else
		progress_say(p, "%" PRIu64, n);
}

/* Returns the width of the terminal; 0: not known. */
static size_t
columns(void)
{
	struct winsize size = {0};

	return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

/* Cuts text so that the cursor stays in the same line. */
static void
fit(struct buf *text, size_t width)
{
	while (width > 0 && text->len > 0 && text_width(buf_str(text)) >= width)
		text->len--;
	while (text->len > 0 && width > 0 && ((unsigned char)text->s[text->len] & 0xc0) == 0x80)
		text->len--; /* do not cut inside a UTF-8 character */
}

void
progress_say(struct progress *p, const char *fmt, ...)
{
	struct buf text = {0}, line = {0};
	va_list ap;

	if (!p->seen)
		return;
	va_start(ap, fmt);
	buf_vprintf(&text, fmt, ap);
	va_end(ap);
	text_escape(buf_str(&text), &line);
	buf_terminate(&line);
	fit(&line, columns());
	fprintf(stderr, CLEAR "%.*s", (int)line.len, line.s);
	fflush(stderr);
	buf_free(&line);
	buf_free(&text);
	p->shown = true;
}

void
progress_hide(struct progress *p)
{
	if (p->shown)
		fputs(CLEAR, stderr);
	p->shown = false;
}
