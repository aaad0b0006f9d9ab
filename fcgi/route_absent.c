/* fcgi/route_absent.c -- the URLs for uploads and push.  RFC 8620, 2 requires them in every
 * Session, but the outbox supports neither, and the answers say so. */
#include "fcgi/exchange.h"

bool
route_upload(struct exchange *x, struct err *e)
{
	struct principal p;

	if (!exchange_authorize(x, &p, e))
		return false;
	err_set(e, ERR_BODY_LIMIT, "Nothing can be uploaded: maxSizeUpload is 0");
	e->limit = "maxSizeUpload";
	return false;
}

bool
route_eventsource(struct exchange *x, struct err *e)
{
	struct principal p;

	if (!exchange_authorize(x, &p, e))
		return false;
	return err_set(e, ERR_NOT_OFFERED, "The outbox does not push changes; call /changes");
}
