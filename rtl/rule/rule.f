// SPDX-License-Identifier: Apache-2.0
rtl/rule/weir_rule_pkg.sv
rtl/rule/weir_rule_prefix.sv
rtl/rule/weir_rule_exact.sv
rtl/rule/weir_rules.sv
