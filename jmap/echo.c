/* jmap/echo.c -- Core/echo (RFC 8620, 4). */
#include "jmap/call.h"
#include "jmap/write.h"

#define ECHO_PRICE 2 /* units for each value that is written */

/* References can make the answer far larger than the request. */
bool
core_echo(struct call *c, struct err *e)
{
	if (!call_charge_tree(c, c->args, ECHO_PRICE, e))
		return false;
	return text_tree(c->run->out, c->args, c->run->jmap->limits->max_size_response) ||
	    err_set(e, ERR_REQUEST_TOO_LARGE, "The answer would be too large");
}
