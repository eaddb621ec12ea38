/* SPDX-License-Identifier: Apache-2.0 */
/** The end of main() of a test program. */
#ifndef WEIR_TESTS_CHECK_RUN_H
#define WEIR_TESTS_CHECK_RUN_H

#include <check.h>
#include <stdlib.h>

/** Run a suite, taken, in Check's usual way: CK_FORK, CK_RUN_CASE and the like hold. @return exit status: EXIT_FAILURE when a test has failed. */
static inline int check_run(Suite *suite)
{
	SRunner *runner = srunner_create(suite);

	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}

/** The same for one case. */
static inline int check_run_case(const char *name, TCase *tc)
{
	Suite *suite = suite_create(name);

	suite_add_tcase(suite, tc);
	return check_run(suite);
}

#endif
