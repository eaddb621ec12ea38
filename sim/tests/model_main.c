// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>

#include "model_test.h"

int main(void)
{
	SRunner *runner = srunner_create(weir_model_vectors_suite());
	int failed;

	srunner_add_suite(runner, weir_model_parse_l2_suite());
	srunner_add_suite(runner, weir_model_parse_ip_suite());
	srunner_add_suite(runner, weir_model_parse_state_suite());
	srunner_add_suite(runner, weir_model_state_connection_suite());
	srunner_add_suite(runner, weir_model_state_count_suite());
	srunner_add_suite(runner, weir_model_state_syn_suite());
	srunner_add_suite(runner, weir_model_state_sketch_suite());
	srunner_add_suite(runner, weir_model_state_zombie_suite());
	srunner_add_suite(runner, weir_model_state_source_suite());
	srunner_add_suite(runner, weir_model_rule_prefix_suite());
	srunner_add_suite(runner, weir_model_rule_exact_suite());
	srunner_add_suite(runner, weir_model_rule_suite());
	srunner_add_suite(runner, weir_model_table_suite());
	srunner_add_suite(runner, weir_model_meter_suite());
	srunner_add_suite(runner, weir_model_decide_suite());
	srunner_add_suite(runner, weir_model_peak_suite());
	srunner_add_suite(runner, weir_model_state_peak_suite());
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
