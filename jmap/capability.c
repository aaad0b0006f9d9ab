/* jmap/capability.c -- what `using` may name (RFC 8620, 3.3). */
#include "jmap/capability.h"

#include "jmap/jmap.h"

/* The session offers the first two.  Stalwart's WebUI names all of these in every request, so
 * the others are let pass; no method here belongs to them. */
static const char *const known[] = {
    JMAP_CAPABILITY_CORE,
    JMAP_CAPABILITY_OUTBOX,
    "urn:ietf:params:jmap:blob",
    "urn:ietf:params:jmap:mail",
    "urn:ietf:params:jmap:calendars",
    "urn:ietf:params:jmap:contacts",
    "urn:ietf:params:jmap:principals",
    "urn:ietf:params:jmap:sieve",
    "urn:ietf:params:jmap:vacationresponse",
};

bool
capability_is_known(struct str urn)
{
	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
		if (str_is(urn, known[i]))
			return true;
	return false;
}
