/* storage/serve/audit.c -- audit lines about changes to tokens, users and logins. */
#include "storage/serve/audit.h"

#include <sodium.h>
#include <stdarg.h>
#include <sys/socket.h>

#include "auth/permission.h"
#include "base/date.h"

struct peer
peer_of(int fd)
{
	struct ucred who;
	socklen_t len = sizeof who;

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &len) != 0)
		return (struct peer){.uid = (uid_t)-1};
	return (struct peer){.uid = who.uid, .pid = who.pid};
}

/* "refused" if the request was wrong, "failed" if the store failed. */
static const char *
outcome_of(const struct err *e)
{
	switch (e->code) {
	case ERR_NONE:
		return "done";
	case ERR_NOT_FOUND:
	case ERR_INVALID_ARGUMENTS:
	case ERR_UNAUTHORIZED:
	case ERR_FORBIDDEN:
		return "refused";
	default:
		return "failed";
	}
}

void
audit(const struct service *s, const struct reply *r, const char *event, const struct err *e,
    const char *fmt, ...)
{
	struct buf what = {0};
	va_list ap;

	va_start(ap, fmt);
	buf_vprintf(&what, fmt, ap);
	va_end(ap);
	buf_printf(&what, " outcome=%s", outcome_of(e));
	if (e->code != ERR_NONE)
		buf_printf(&what, " why=%s", log_quote(str_of(e->text)).text);
	log_line(s->env->log, LOG_LEVEL_AUDIT, event, "by_uid=%ld by_pid=%ld %s",
	    r->peer.uid == (uid_t)-1 ? -1L : (long)r->peer.uid, (long)r->peer.pid,
	    buf_terminate(&what));
	buf_free(&what);
}

struct audit_id
audit_id(const uint8_t id[static STORE_TOKEN_ID_LEN])
{
	struct audit_id out;

	sodium_bin2hex(out.text, sizeof out.text, id, STORE_TOKEN_ID_LEN);
	return out;
}

struct buf
audit_permissions(uint64_t bits)
{
	struct buf out = {0};

	permissions_format(bits, &out);
	buf_terminate(&out);
	return out;
}

void
audit_token(const struct service *s, const struct reply *r, const char *event,
    const struct err *e, const struct store_token *t)
{
	char expires[DATE_LEN + 1] = "never";
	struct buf names = audit_permissions(t->permissions);

	if (t->expires_s != 0)
		date_format(t->expires_s, expires);
	audit(s, r, event, e, "token=%s subject=%s permissions=%s expires=%s",
	    audit_id(t->id).text, log_quote(str_of(t->subject)).text, names.s, expires);
	buf_free(&names);
}
