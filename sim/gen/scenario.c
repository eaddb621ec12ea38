// SPDX-License-Identifier: Apache-2.0
#include "scenario.h"

/* Ten seconds with the attack from 2.5 to 7.5 s unless a row says otherwise (the defaults of
 * --duration, start= and duration=). Rates are such that a scenario has 50,000 to 150,000 packets:
 * far above any honest rate, and seconds of cycle-accurate simulation. */
const struct gen_scenario gen_scenarios[] = {
	{ "honest", "no attack at all: nothing may be dropped", { 0 } },
	{ "mixed", "SYN flood, DNS reflection, ICMPv6 flood and malformed headers, one after the other, overlapping", {
		"duration=8", "clients=80",
		"attack=syn,rate=12k,start=1.5,duration=3,target=192.0.2.10,port=80",
		"attack=dns-reflection,rate=8k,start=3,duration=3,target=192.0.2.11",
		"attack=icmp,rate=6k,start=4.5,duration=2,target=2001:db8:1::a",
		"attack=malformed,rate=1k,start=2,duration=5,target=192.0.2.12" } },
	{ "syn-flood", "SYN flood, forged sources", { "attack=syn,rate=15k" } },
	{ "syn-flood-few", "SYN flood from three sources", { "attack=syn,rate=12k,sources=3" } },
	{ "syn-flood-clients", "SYN flood that forges the addresses of the honest clients", {
		"attack=syn,rate=12k,sources=clients" } },
	{ "syn-flood-v6", "SYN flood over IPv6", { "attack=syn,rate=15k,target=2001:db8:1::a" } },
	{ "synack-reflection", "SYN-ACKs of servers that were asked in the victim's name", {
		"attack=synack,rate=12k" } },
	{ "ack-flood", "ACK flood, forged sources", { "attack=ack,rate=15k" } },
	{ "ack-flood-few", "ACK flood with payload from five sources", {
		"attack=ack,rate=8k,sources=5,size=60-1200" } },
	{ "rst-fin-flood", "RST and FIN floods on two servers", {
		"attack=rst,rate=8k", "attack=fin,rate=8k,target=192.0.2.11" } },
	{ "get-flood", "HTTP GET segments from 50 sources", { "attack=get,rate=8k" } },
	{ "udp-flood", "UDP flood, all ports, all sizes", { "attack=udp,rate=12k" } },
	{ "udp-flood-few", "UDP flood of one port from one source", {
		"attack=udp,rate=12k,sources=1,port=53,size=60-200" } },
	{ "udp-flood-v6", "UDP flood over IPv6", { "attack=udp,rate=12k,target=2001:db8:1::a" } },
	{ "udp-flood-large", "datagrams of 8 KB in fragments", { "attack=udp,rate=12k,size=8000,port=80" } },
	{ "icmp-flood", "ping flood, forged sources", { "attack=icmp,rate=12k" } },
	{ "icmp-flood-v6", "the same over IPv6", { "attack=icmp,rate=12k,target=2001:db8:1::a" } },
	{ "frag-flood", "fragments that never make a whole datagram", { "attack=frag,rate=10k" } },
	{ "frag-flood-v6", "the same over IPv6", { "attack=frag,rate=10k,target=2001:db8:1::a" } },
	{ "other-flood", "GRE, ESP, SCTP and others", { "attack=other,rate=12k" } },
	{ "dns-reflection", "DNS answers from 1000 open resolvers", { "attack=dns-reflection,rate=12k" } },
	{ "dns-reflection-large", "DNS answers of 3 to 4 KB, in fragments", {
		"attack=dns-reflection,rate=12k,size=3000-4096" } },
	{ "dns-reflection-v6", "DNS answers over IPv6", {
		"attack=dns-reflection,rate=12k,target=2001:db8:1::a" } },
	{ "ntp-reflection", "NTP monlist answers", { "attack=ntp-reflection,rate=12k" } },
	{ "memcached-reflection", "memcached values", { "attack=memcached-reflection,rate=12k" } },
	{ "ssdp-reflection", "UPnP answers", { "attack=ssdp-reflection,rate=12k" } },
	{ "cldap-reflection", "CLDAP answers, partly in fragments", { "attack=cldap-reflection,rate=12k" } },
	{ "chargen-reflection", "character generators", { "attack=chargen-reflection,rate=12k" } },
	{ "reflection-many", "eight reflectors at once on one address", {
		"attack=dns-reflection,rate=2k", "attack=ntp-reflection,rate=2k",
		"attack=memcached-reflection,rate=1k", "attack=ssdp-reflection,rate=2k",
		"attack=snmp-reflection,rate=1k", "attack=netbios-reflection,rate=1k",
		"attack=rpcbind-reflection,rate=1k", "attack=wsd-reflection,rate=1k" } },
	{ "carpet", "carpet bombing: UDP over a whole /24", {
		"attack=udp,rate=15k,target=192.0.2.0/24,size=60-600" } },
	{ "carpet-syn", "carpet bombing: SYN over a whole /24", { "attack=syn,rate=15k,target=192.0.2.0/24" } },
	{ "carpet-v6", "carpet bombing: NTP reflection over an IPv6 /64", {
		"attack=ntp-reflection,rate=12k,target=2001:db8:1::/64" } },
	{ "ramp", "SYN flood whose rate rises for 8 seconds", {
		"duration=12", "attack=syn,rate=16k,start=2,duration=9,ramp=8" } },
	{ "ramp-udp", "the same with UDP from 20 sources", {
		"duration=12", "attack=udp,rate=16k,start=2,duration=9,ramp=8,sources=20,size=60-300" } },
	{ "pulse", "UDP pulses of 300 ms every second", {
		"duration=12", "attack=udp,rate=30k,start=2,duration=9,on=300ms,off=700ms,size=60-300" } },
	{ "pulse-syn", "SYN pulses of 100 ms every 400 ms", {
		"attack=syn,rate=40k,on=100ms,off=300ms" } },
	{ "scan", "a scan of 1024 TCP ports on every address of the /24", {
		"attack=scan,rate=8k,target=192.0.2.0/24" } },
	{ "scan-xmas", "a scan with FIN, PSH and URG", { "attack=scan,rate=4k,method=xmas,port=1-65535" } },
	{ "scan-udp", "a scan of UDP ports", { "attack=scan,rate=4k,method=udp" } },
	{ "malformed", "every violation that IPv4 knows", { "attack=malformed,rate=5k" } },
	{ "malformed-v6", "every violation that IPv6 knows", { "attack=malformed,rate=5k,target=2001:db8:1::a" } },
	{ "vlan", "honest and attackers behind 802.1Q and 802.1ad tags", {
		"vlan=0,100,200.300", "attack=syn,rate=6k,vlan=100", "attack=udp,rate=6k,vlan=200.300,target=192.0.2.11",
		"attack=icmp,rate=4k,vlan=100,target=2001:db8:1::a" } },
	{ "overload", "SYN flood at what a gigabit wire carries", {
		"duration=1", "attack=syn,rate=1500k,start=250ms,duration=100ms" } },
};

const size_t gen_n_scenarios = sizeof(gen_scenarios) / sizeof(gen_scenarios[0]);
