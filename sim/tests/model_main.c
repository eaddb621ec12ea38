// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>

#include "model_test.h"

int main(void)
{
	SRunner *runner = srunner_create(weir_model_vectors_suite());
	int failed;

	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
