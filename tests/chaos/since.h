/* tests/chaos/since.h -- answers of Foo/changes (RFC 8620, 5.2), kept in a file, against the
 * change log.
 *
 *   since LETTER STATE     then, page after page, what came:
 *   created ID, updated ID, destroyed ID
 *   page STATE             the state after it
 *   until STATE            and that before it was asked: the last page's, or an earlier one */
#ifndef TESTS_CHAOS_SINCE_H
#define TESTS_CHAOS_SINCE_H

#include "tests/chaos/ledger.h"

/* Those of the ledger's type. */
bool since_check(const struct ledger *l, const char *path, struct err *e);

#endif
