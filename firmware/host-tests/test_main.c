// SPDX-License-Identifier: Apache-2.0
#include <check.h>
#include <stdlib.h>

/* One a file. */
#define SUITES(X) X(alarm) X(top) X(why) X(legit) X(mail) X(learn) X(meters) X(threshold) X(store) X(fw) X(day)
#define X(name) Suite *weir_test_##name(void);
SUITES(X)
#undef X

int main(void)
{
	SRunner *runner = srunner_create(NULL);
	int failed;

#define X(name) srunner_add_suite(runner, weir_test_##name());
	SUITES(X)
#undef X
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
