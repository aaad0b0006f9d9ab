/* base/log.h -- one line an event on standard error: time, level, program, request id, event,
 * key=value ...
 *
 * Control bytes and quotes in values are escaped here, once.  Secrets are never handed to it.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdbool.h>

#include "base/str.h"

/* AUDIT is of who may do what, and is written at every log_level. */
enum log_level {
	LOG_LEVEL_AUDIT,
	LOG_LEVEL_ERROR,
	LOG_LEVEL_WARN,
	LOG_LEVEL_INFO,
	LOG_LEVEL_DEBUG
};

#define LOG_REQUEST_ID_MAX 64

struct log {
	const char *program;                     /* "outbox-worker" */
	enum log_level level;                    /* lines above it are not written */
	char request_id[LOG_REQUEST_ID_MAX + 1]; /* "" outside a request */
};

/* One "key", value pair an argument pair: "%s=%s" style text is built by fmt, whose string
 * values go through log_quote() where they came from outside. */
void log_line(const struct log *l, enum log_level level, const char *event, const char *fmt,
    ...) __attribute__((format(printf, 4, 5)));

#define LOG_QUOTED_MAX 200
struct log_quoted {
	char text[LOG_QUOTED_MAX * 4 + 3];
};
/* "quoted \x0a value", cut after LOG_QUOTED_MAX bytes; use .text at once. */
struct log_quoted log_quote(struct str value);

/* error, warn, info, debug */
/* What a request id may be: letters, digits and "-_.@", at most LOG_REQUEST_ID_MAX of them. */
bool log_is_request_id(struct str id);

bool log_level_parse(struct str name, enum log_level *level);

#endif
