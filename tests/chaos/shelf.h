/* tests/chaos/shelf.h -- the records of one type as they lie in the files: rows, bodies, and
 * every index, against the ledger. */
#ifndef TESTS_CHAOS_SHELF_H
#define TESTS_CHAOS_SHELF_H

#include "tests/chaos/ledger.h"

/* Reads all of it; what is wrong or lost is found in l->findings.  Claims for the ledger what
 * nobody was told of, and settles it. */
bool shelf_check(struct ledger *l, size_t *records, struct err *e);

#endif
