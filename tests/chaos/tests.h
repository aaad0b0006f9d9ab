/* tests/chaos/tests.h -- the tests of what make chaos proves with. */
#ifndef TESTS_CHAOS_TESTS_H
#define TESTS_CHAOS_TESTS_H

#include <CUnit/Basic.h>

extern const CU_TestInfo disk_tests[];  /* the shim and the power cut */
extern const CU_TestInfo check_tests[]; /* the checker */

/* Does what those steps say, up to NULL, as disk_tests.c tells; the number of the first error.
 */
int disk_probe(char **steps);

#endif
