/* base/log.c -- writes one line per event to standard error. */
#include "base/log.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const char *const level_names[] = {
    [LOG_LEVEL_AUDIT] = "audit",
    [LOG_LEVEL_ERROR] = "error",
    [LOG_LEVEL_WARN] = "warn",
    [LOG_LEVEL_INFO] = "info",
    [LOG_LEVEL_DEBUG] = "debug",
};

bool
log_level_parse(struct str name, enum log_level *level)
{
	for (size_t i = LOG_LEVEL_ERROR; i < sizeof level_names / sizeof level_names[0]; i++)
		if (str_is(name, level_names[i])) {
			*level = (enum log_level)i;
			return true;
		}
	return false;
}

bool
log_is_request_id(struct str id)
{
	for (size_t i = 0; i < id.len; i++)
		if (!isalnum((unsigned char)id.s[i]) && memchr("-_.@", id.s[i], 4) == NULL)
			return false;
	return id.len <= LOG_REQUEST_ID_MAX;
}

struct log_quoted
log_quote(struct str value)
{
	struct log_quoted q;
	size_t at = 0;

	q.text[at++] = '"';
	for (size_t i = 0; i < value.len && i < LOG_QUOTED_MAX; i++) {
		unsigned char c = (unsigned char)value.s[i];

		if (c < 0x20 || c >= 0x7f || c == '"' || c == '\\')
			at += (size_t)snprintf(q.text + at, sizeof q.text - at, "\\x%02x", c);
		else
			q.text[at++] = (char)c;
	}
	q.text[at++] = '"';
	q.text[at] = '\0';
	return q;
}

void
log_line(const struct log *l, enum log_level level, const char *event, const char *fmt, ...)
{
	struct buf line = {0};
	struct timespec now;
	struct tm t;
	char when[32];
	va_list ap;

	if (level > l->level)
		return;
	clock_gettime(CLOCK_REALTIME, &now);
	gmtime_r(&now.tv_sec, &t);
	strftime(when, sizeof when, "%Y-%m-%dT%H:%M:%S", &t);
	buf_printf(&line, "%s.%03ldZ %s %s[%d]", when, now.tv_nsec / 1000000,
	    level_names[level], l->program, (int)getpid());
	if (l->request_id[0] != '\0')
		buf_printf(&line, " request=%s", l->request_id);
	buf_printf(&line, " %s ", event);
	va_start(ap, fmt);
	buf_vprintf(&line, fmt, ap);
	va_end(ap);
	for (size_t i = 0; i < line.len; i++)
		if ((unsigned char)line.s[i] < 0x20 || line.s[i] == 0x7f)
			line.s[i] = '?';
	while (line.len > 0 && line.s[line.len - 1] == ' ')
		line.len--;
	buf_putc(&line, '\n');
	/* One write per line keeps the lines of several processes apart.  A failure cannot be
	 * reported anywhere. */
	if (write(STDERR_FILENO, line.s, line.len) < 0)
		(void)0;
	buf_free(&line);
}
