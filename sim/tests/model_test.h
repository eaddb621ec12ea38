// SPDX-License-Identifier: Apache-2.0
/** Tests of the reference model: what its suites share. */
#ifndef WEIR_MODEL_TEST_H
#define WEIR_MODEL_TEST_H

#include <check.h>
#include <stdbool.h>
#include <stdint.h>

#include "host/common/lists.h"
#include "sim/model/meter.h"
#include "sim/model/weir_model.h"

Suite *weir_model_vectors_suite(void);
Suite *weir_model_parse_l2_suite(void);
Suite *weir_model_parse_ip_suite(void);
Suite *weir_model_parse_state_suite(void);
Suite *weir_model_state_connection_suite(void);
Suite *weir_model_state_count_suite(void);
Suite *weir_model_state_zombie_suite(void);
Suite *weir_model_state_syn_suite(void);
Suite *weir_model_state_sketch_suite(void);
Suite *weir_model_state_source_suite(void);
Suite *weir_model_rule_prefix_suite(void);
Suite *weir_model_rule_exact_suite(void);
Suite *weir_model_rule_suite(void);
Suite *weir_model_table_suite(void);
Suite *weir_model_meter_suite(void);
Suite *weir_model_decide_suite(void);
Suite *weir_model_peak_suite(void);
Suite *weir_model_state_peak_suite(void);

#endif
