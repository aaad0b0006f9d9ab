/* base/log.h -- writes one line per event to standard error: time, level, program, request id,
 * event, key=value ...
 *
 * log_quote() escapes control bytes and quotes in values.  Callers never log secrets. */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdbool.h>

#include "base/str.h"

/* AUDIT lines report changes of tokens, users and permissions; every log_level includes them.
 */
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
	enum log_level level;                    /* lines of a higher level are not written */
	char request_id[LOG_REQUEST_ID_MAX + 1]; /* "" outside a request */
};

/* fmt builds the text "key=%s ...".  String values from outside must go through log_quote(). */
void log_line(const struct log *l, enum log_level level, const char *event, const char *fmt,
    ...) __attribute__((format(printf, 4, 5)));

#define LOG_QUOTED_MAX 200
struct log_quoted {
	char text[LOG_QUOTED_MAX * 4 + 3];
};
/* "quoted \x0a value", cut after LOG_QUOTED_MAX bytes.  Use .text within the same expression.
 */
struct log_quoted log_quote(struct str value);

/* A request id has letters, digits and "-_.@", at most LOG_REQUEST_ID_MAX of them. */
bool log_is_request_id(struct str id);

bool log_level_parse(struct str name, enum log_level *level);

#endif
