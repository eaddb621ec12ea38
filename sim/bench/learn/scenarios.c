// SPDX-License-Identifier: Apache-2.0
#include "learn.h"

/* The rows with names of weir-gen's are its scenarios. One alarm of a series: an attack is one. */
const struct learn_scenario learn_scenarios[] = {
	{ "honest", "everything", { "--scenario=honest", "--duration=60" }, 0, false },
	{ "syn-flood", "state", { "--scenario=syn-flood" }, 1, false },
	{ "syn-flood-v6", "state", { "--scenario=syn-flood-v6" }, 1, false },
	{ "ack-flood", "state", { "--scenario=ack-flood" }, 1, false },
	{ "get-flood", "state, source", { "--scenario=get-flood" }, 1, false },
	{ "udp-flood", NULL, { "--scenario=udp-flood" }, 1, false },
	{ "udp-flood-few", "source", { "--scenario=udp-flood-few" }, 1, false },
	{ "icmp-flood", NULL, { "--scenario=icmp-flood" }, 1, false },
	{ "frag-flood", NULL, { "--scenario=frag-flood" }, 1, false },
	{ "dns-reflection", NULL, { "--scenario=dns-reflection" }, 1, false },
	{ "dns-reflection-v6", NULL, { "--scenario=dns-reflection-v6" }, 1, false },
	{ "ntp-reflection", NULL, { "--scenario=ntp-reflection" }, 1, false },
	{ "carpet", NULL, { "--scenario=carpet" }, 1, false },
	{ "pulse", NULL, { "--scenario=pulse" }, 1, false },
	{ "pulse-syn", "state", { "--scenario=pulse-syn" }, 1, false },
	/* Longer than an alarm holds apart: it ends, and goes on. */
	{ "pulse-slow", NULL, { "--duration=120", "--attack=udp,rate=12k,start=5,duration=110,on=2s,off=20s,size=60-300" }, 1, false },
	{ "ramp", "state", { "--scenario=ramp" }, 1, false },
	{ "ramp-udp", "source", { "--scenario=ramp-udp" }, 1, false },
	/* Two minutes: as slow as thresholds can follow, and three times as fast. */
	{ "slow-ramp", NULL, { "--duration=120", "--attack=udp,rate=4k,start=5,duration=115,ramp=115,size=60-300" }, 1, false },
	{ "slow-ramp-12k", NULL, { "--duration=120", "--attack=udp,rate=12k,start=5,duration=115,ramp=115,size=60-300" }, 1, false },
	/* Five times as many clients as were learned, all of them honest; for all of it, as nothing says when it begins. Apart: no aims. */
	{ "flash-crowd", "everything", { "--scenario=honest", "--clients=500" }, 0, true },
};

const size_t learn_n_scenarios = sizeof(learn_scenarios) / sizeof(learn_scenarios[0]);
