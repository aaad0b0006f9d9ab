/* tests/chaos/tests.c -- runs the tests of what make chaos stands on: the disk shim, the power
 * cut, the checker.  With arguments it is the program that the shim is tried on. */
#include "tests/chaos/tests.h"

#include <curl/curl.h>
#include <stdbool.h>

static const struct {
	const char *name;
	const CU_TestInfo *tests;
} suites[] = {
    {"chaos_disk", disk_tests},
    {"chaos_check", check_tests},
};

int
main(int argc, char **argv)
{
	bool ok = false;

	if (argc > 1)
		return disk_probe(argv + 1);
	curl_global_init(CURL_GLOBAL_DEFAULT);
	if (CU_initialize_registry() != CUE_SUCCESS)
		return 1;
	for (size_t i = 0; i < sizeof suites / sizeof suites[0]; i++) {
		CU_pSuite suite = CU_add_suite(suites[i].name, NULL, NULL);

		for (const CU_TestInfo *t = suites[i].tests; t->pName != NULL; t++)
			if (suite == NULL || CU_add_test(suite, t->pName, t->pTestFunc) == NULL)
				return 1;
	}
	CU_basic_set_mode(CU_BRM_VERBOSE);
	ok = CU_basic_run_tests() == CUE_SUCCESS && CU_get_number_of_failures() == 0;
	CU_cleanup_registry();
	curl_global_cleanup();
	return ok ? 0 : 1;
}
