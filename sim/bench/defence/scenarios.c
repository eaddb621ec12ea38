// SPDX-License-Identifier: Apache-2.0
#include "defence.h"

#include <stddef.h>

const struct defence_scenario defence_scenarios[] = {
	{ "honest", "everything" },
	{ "mixed", NULL },                   /* honest answers of DNS, honest ICMPv6 */
	{ "syn-flood", "state" },
	{ "syn-flood-few", "state, source" },
	{ "syn-flood-clients", NULL },       /* SYNs in the name of addresses that are legitimate */
	{ "syn-flood-v6", "state" },
	{ "synack-reflection", "state" },
	{ "ack-flood", "state" },
	{ "ack-flood-few", "state, source" },
	{ "rst-fin-flood", "state" },
	{ "get-flood", "state, source" },
	{ "udp-flood", NULL },
	{ "udp-flood-few", "source" },
	{ "udp-flood-v6", NULL },
	{ "udp-flood-large", NULL },
	{ "icmp-flood", NULL },
	{ "icmp-flood-v6", NULL },
	{ "frag-flood", NULL },
	{ "frag-flood-v6", NULL },
	{ "other-flood", "class" },
	{ "dns-reflection", NULL },          /* the victim asks outside itself */
	{ "dns-reflection-large", NULL },
	{ "dns-reflection-v6", NULL },
	{ "ntp-reflection", NULL },
	{ "memcached-reflection", "port" },
	{ "ssdp-reflection", "port" },
	{ "cldap-reflection", NULL },        /* fragments have no port */
	{ "chargen-reflection", "port" },
	{ "reflection-many", NULL },
	{ "carpet", NULL },
	{ "carpet-syn", "state" },
	{ "carpet-v6", NULL },
	{ "ramp", "state" },
	{ "ramp-udp", "source" },
	{ "pulse", NULL },
	{ "pulse-syn", "state" },
	{ "scan", "state, source" },
	{ "scan-xmas", "state, source" },
	{ "scan-udp", "source" },
	{ "malformed", "syntax" },
	{ "malformed-v6", "syntax" },
	{ "vlan", NULL },
	{ "overload", "state" },
};

const size_t defence_n_scenarios = sizeof(defence_scenarios) / sizeof(defence_scenarios[0]);
