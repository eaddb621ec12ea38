// SPDX-License-Identifier: Apache-2.0
/* weir-gen as a program: what it writes is read back with libpcap and taken apart by gen_check.c.
 * The program under test is named by WEIR_GEN (default build/weir-gen). */
#define _GNU_SOURCE
#include <check.h>
#include <inttypes.h>
#include <pcap/pcap.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "gen_check.h"
#include "host/common/addr.h"
#include "sim/common/labels.h"
#include "sim/gen/attack.h"
#include "sim/gen/pattern.h"
#include "sim/gen/scenario.h"

#define NS UINT64_C(1000000000)

/* Check writes down each ck_assert() that it passes, which costs most of the time where there is
 * one a packet. */
#define CHECK(cond, ...) do { if (!(cond)) ck_abort_msg(__VA_ARGS__); } while (0)
#define CHECK_HERE(r, cond) CHECK(cond, "packet %" PRIu64 ": %s", (r)->n, #cond)

static char dir[] = "build/gen-test-XXXXXX";
static char capture_file[64], labels_file[64], err_file[64];

static const char *program(void)
{
	const char *p = getenv("WEIR_GEN");

	return p ? p : "build/weir-gen";
}

/* Run with these arguments; returns the exit status, -1 when it was killed. */
__attribute__((format(printf, 1, 2)))
static int run(const char *fmt, ...)
{
	char args[1500], cmd[2000];
	va_list ap;
	int status;

	va_start(ap, fmt);
	vsnprintf(args, sizeof(args), fmt, ap);
	va_end(ap);
	snprintf(cmd, sizeof(cmd), "%s %s >/dev/null 2>%s", program(), args, err_file);
	status = system(cmd);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static char *slurp(const char *file, size_t *ret_len)
{
	FILE *f = fopen(file, "r");
	char *text = NULL;
	size_t len = 0, cap = 0, n;

	ck_assert_msg(f != NULL, "%s", file);
	do {
		if (cap - len < 65536)
			text = realloc(text, cap += cap + 131072);
		n = fread(text + len, 1, cap - len - 1, f);
		len += n;
	} while (n);
	fclose(f);
	text[len] = 0;
	if (ret_len)
		*ret_len = len;
	return text;
}

/* One capture, gone through packet by packet. */

struct reading {
	pcap_t *pcap;
	struct weir_labels *labels;
	uint64_t n, t_ns, last_ns[2];
	size_t last_len[2];
	int side, attack;
	const uint8_t *frame;
	size_t len;
	struct check c;
	char detail[32];              /* second word of the label, for malformed frames */
	FILE *label_text;
};

static void start_reading(struct reading *r)
{
	char err[PCAP_ERRBUF_SIZE], detail[300];

	*r = (struct reading){ 0 };
	r->pcap = pcap_open_offline_with_tstamp_precision(capture_file, PCAP_TSTAMP_PRECISION_NANO, err);
	ck_assert_msg(r->pcap != NULL, "%s", err);
	ck_assert_int_eq(pcap_datalink(r->pcap), DLT_EN10MB);
	ck_assert_msg(!weir_labels_open(labels_file, 10000000, &r->labels, detail, sizeof(detail)), "%s", detail);
	r->label_text = fopen(labels_file, "r");
	ck_assert_ptr_nonnull(r->label_text);
}

/* Which side by the sender's MAC address, except where that is the violation. */
static int side_of(const struct reading *r)
{
	static const uint8_t inner[6] = { 2, 0, 0, 0, 0, 2 };

	return r->attack < 0 && !memcmp(r->frame + 6, inner, 6);
}

static void next_detail(struct reading *r)
{
	char line[400], label[64];
	uint64_t n;

	do
		CHECK_HERE(r, fgets(line, sizeof(line), r->label_text));
	while (line[0] == '#');
	r->detail[0] = 0;
	CHECK_HERE(r, sscanf(line, "%" SCNu64 " %63s %31s", &n, label, r->detail) >= 2);
	CHECK_HERE(r, n == r->n);
}

/* False at the end. Checks order, spacing on the wire and labels on the way. */
static bool next_packet(struct reading *r)
{
	struct pcap_pkthdr *h;
	uint64_t t;
	int ret = pcap_next_ex(r->pcap, &h, &r->frame);

	if (ret == PCAP_ERROR_BREAK) {
		CHECK_HERE(r, r->n == weir_labels_packets(r->labels));
		return false;
	}
	CHECK_HERE(r, ret == 1);
	CHECK_HERE(r, h->len == h->caplen);
	t = (uint64_t)h->ts.tv_sec * NS + (uint64_t)h->ts.tv_usec;
	CHECK_HERE(r, t >= r->t_ns);
	r->t_ns = t;
	r->len = h->len;
	r->attack = weir_labels_of(r->labels, r->n);
	r->n++;
	r->side = side_of(r);
	CHECK_HERE(r, r->len >= 60);
	if (r->last_len[r->side])
		CHECK(t >= r->last_ns[r->side] + (r->last_len[r->side] + 24) * 8,
			      "packet %" PRIu64 ": too close", r->n);
	r->last_ns[r->side] = t;
	r->last_len[r->side] = r->len;
	check_frame(r->frame, r->len, &r->c);
	CHECK_HERE(r, r->len <= 1514 + 4 * r->c.tags);
	next_detail(r);
	return true;
}

static void end_reading(struct reading *r)
{
	pcap_close(r->pcap);
	weir_labels_free(r->labels);
	fclose(r->label_text);
}

static bool class_fits(unsigned classes, const char *tclass)
{
	return classes & weir_label_classes_parse(tclass);
}

/* Honest packets break no rule at all. */
static void check_honest(const struct reading *r)
{
	CHECK(r->c.n_bad == 0, "packet %" PRIu64 ":%s", r->n, check_text(&r->c));
	CHECK(r->c.arp || r->c.family, "packet %" PRIu64 " is neither IP nor ARP", r->n);
	if (r->c.l4 && !r->c.fragment)
		CHECK(r->c.sum_checked, "packet %" PRIu64 ": no sum", r->n);
}

/* A malformed one breaks the rule that its label names, and no other. */
static void check_malformed(const struct reading *r, bool *seen)
{
	unsigned allowed = 1;
	int code = 0;

	while (code < CheckAnomalies && (!check_name(code) || strcmp(check_name(code), r->detail)))
		code++;
	CHECK(code < CheckAnomalies, "packet %" PRIu64 ": kind \"%s\"", r->n, r->detail);
	CHECK(r->c.bad[code], "packet %" PRIu64 ": %s not found, but%s", r->n, r->detail,
		      check_text(&r->c));
	/* Nine extension headers cannot all differ. */
	if (code == Bad_ext_depth && r->c.bad[Bad_ext_repeat])
		allowed = 2;
	CHECK(r->c.n_bad == allowed, "packet %" PRIu64 ": %s brought%s", r->n, r->detail,
		      check_text(&r->c));
	if (seen)
		seen[code] = true;
}

static void check_attack(const struct reading *r)
{
	const struct weir_label_attack *a = weir_labels_attack(r->labels, (size_t)r->attack);
	struct weir_addr dst = { .family = (uint8_t)r->c.family };

	CHECK_HERE(r, r->t_ns >= a->start_ns);
	/* Pacing may move the last ones by the length of the queue. */
	CHECK_HERE(r, r->t_ns <= a->end_ns + 2000000);
	if (!strncmp(a->name, "malformed", 9))
		return;
	memcpy(dst.b, r->c.dst, r->c.family == 4 ? 4 : 16);
	CHECK(weir_prefix_has(&a->target, &dst), "packet %" PRIu64 ": not to the target", r->n);
	CHECK(class_fits(a->classes, r->c.tclass), "packet %" PRIu64 ": class %s", r->n, r->c.tclass);
	if (!strcmp(r->detail, "xmas") || !strcmp(r->detail, "fin"))
		CHECK_HERE(r, r->c.bad[Bad_tcp_flags_no_ack] && r->c.n_bad == 1);
	else if (!strcmp(r->detail, "null"))
		CHECK_HERE(r, r->c.bad[Bad_tcp_flags_null] && r->c.n_bad == 1);
	else
		CHECK(r->c.n_bad == 0, "packet %" PRIu64 ":%s", r->n, check_text(&r->c));
}

START_TEST(test_scenario)
{
	const struct gen_scenario *s = &gen_scenarios[_i];
	struct reading r;
	uint64_t of[WEIR_LABEL_ATTACKS_MAX] = { 0 }, honest = 0;

	ck_assert_int_eq(run("--scenario %s --out %s --labels %s", s->name, capture_file, labels_file), 0);
	start_reading(&r);
	while (next_packet(&r)) {
		if (r.attack < 0) {
			honest++;
			check_honest(&r);
			continue;
		}
		of[r.attack]++;
		check_attack(&r);
		if (!strncmp(weir_labels_attack(r.labels, (size_t)r.attack)->name, "malformed", 9))
			check_malformed(&r, NULL);
	}
	ck_assert_uint_gt(honest, 1000);
	for (size_t i = 0; i < weir_labels_attacks(r.labels); i++)
		ck_assert_msg(of[i] > 1000, "%s has %" PRIu64, weir_labels_attack(r.labels, i)->name, of[i]);
	end_reading(&r);
}
END_TEST

/* Every row of the list of anomalies can be made and is found again. */
START_TEST(test_every_anomaly)
{
	bool seen[CheckAnomalies] = { false };

	for (int v6 = 0; v6 < 2; v6++) {
		for (int vlan = 0; vlan < 2; vlan++) {
			struct reading r;

			ck_assert_int_eq(run("-c 0 -a malformed,rate=20k,target=%s%s -d 2 --out %s --labels %s",
					     v6 ? "2001:db8:1::9" : "192.0.2.9", vlan ? ",vlan=7.8" : "",
					     capture_file, labels_file), 0);
			start_reading(&r);
			while (next_packet(&r))
				check_malformed(&r, seen);
			end_reading(&r);
		}
	}
	for (int i = 0; i < CheckAnomalies; i++)
		ck_assert_msg(!check_name(i) || seen[i], "%s is never made", check_name(i));
}
END_TEST

/* One kind alone, by name. */
START_TEST(test_one_kind)
{
	struct reading r;
	int family = gen_malformed_has((size_t)_i, 4) ? 4 : 6;
	uint64_t n = 0;

	ck_assert_int_eq(run("-c 0 -a malformed,kind=%s,rate=1k,target=%s -d 1 --out %s --labels %s",
			     gen_malformed_name((size_t)_i), family == 4 ? "192.0.2.9" : "2001:db8:1::9",
			     capture_file, labels_file), 0);
	start_reading(&r);
	for (; next_packet(&r); n++) {
		ck_assert_str_eq(r.detail, gen_malformed_name((size_t)_i));
		check_malformed(&r, NULL);
	}
	ck_assert_uint_gt(n, 300);
	end_reading(&r);
}
END_TEST

/* Every type in both families, with its rate, and its source ports where it is a reflector. */
START_TEST(test_type)
{
	const struct gen_attack_type *t = gen_attack_type((size_t)_i / 4);
	int v6 = _i % 2, even = _i / 2 % 2;
	uint64_t n = 0;
	struct reading r;

	ck_assert_int_eq(run("-c 0 -a %s,rate=10k,target=%s,start=1,duration=2%s -d 4 --out %s --labels %s", t->name,
			     v6 ? "2001:db8:1::9" : "192.0.2.9", even ? ",spacing=even" : "",
			     capture_file, labels_file), 0);
	start_reading(&r);
	for (; next_packet(&r); n++) {
		check_attack(&r);
		if (t->reflector && r.c.l4)
			ck_assert_uint_eq(r.c.sport, t->reflector->port);
	}
	end_reading(&r);
	if (even)
		ck_assert_uint_eq(n, 20000);
	/* The deviation of a random number of 20,000 is 141. */
	ck_assert_uint_gt(n, 19400);
	ck_assert_uint_lt(n, 20600);
}
END_TEST

static void counts_per_100ms(const char *spec, unsigned *bins, size_t n)
{
	struct reading r;

	memset(bins, 0, n * sizeof(bins[0]));
	ck_assert_int_eq(run("-c 0 -a %s -d 10 --epoch 1000 --out %s --labels %s", spec, capture_file, labels_file), 0);
	start_reading(&r);
	while (next_packet(&r)) {
		size_t bin = (size_t)((r.t_ns - 1000 * NS) / (NS / 10));

		ck_assert_uint_lt(bin, n);
		bins[bin]++;
	}
	end_reading(&r);
}

START_TEST(test_ramp)
{
	unsigned bins[100];

	counts_per_100ms("syn,rate=20k,start=1,duration=9,ramp=8", bins, 100);
	ck_assert_uint_eq(bins[9], 0);
	/* In the middle of the ramp half of the rate; at its end all of it. */
	ck_assert_uint_gt(bins[50], 900);
	ck_assert_uint_lt(bins[50], 1100);
	ck_assert_uint_gt(bins[30], 400);
	ck_assert_uint_lt(bins[30], 620);
	ck_assert_uint_gt(bins[95], 1850);
	ck_assert_uint_lt(bins[95], 2150);
}
END_TEST

START_TEST(test_pulse)
{
	unsigned bins[100];

	counts_per_100ms("udp,rate=10k,start=1,duration=8,on=200ms,off=300ms,size=60", bins, 100);
	for (int i = 0; i < 80; i++) {
		unsigned want = i % 5 < 2 ? 1000 : 0;

		ck_assert_msg(bins[10 + i] >= want * 85 / 100 && bins[10 + i] <= want * 115 / 100 + 3,
			      "bin %d has %u", i, bins[10 + i]);
	}
}
END_TEST

START_TEST(test_sources_and_targets)
{
	struct {
		uint32_t addr;
		uint64_t n;
	} few[8] = { { 0, 0 } };
	bool hit[256] = { false };
	size_t n_few = 0, n_hit = 0;
	struct reading r;

	ck_assert_int_eq(run("-c 0 -a syn,rate=10k,sources=5,target=192.0.2.0/24 -d 2 -o %s -l %s", capture_file, labels_file), 0);
	start_reading(&r);
	while (next_packet(&r)) {
		uint32_t a;
		size_t i = 0;

		memcpy(&a, r.c.src, 4);
		while (i < n_few && few[i].addr != a)
			i++;
		ck_assert_uint_lt(i, 5);
		if (i == n_few)
			few[n_few++].addr = a;
		few[i].n++;
		hit[r.c.dst[3]] = true;
	}
	ck_assert_uint_eq(n_few, 5);
	for (size_t i = 0; i < 256; i++)
		n_hit += hit[i];
	ck_assert_uint_eq(n_hit, 256);
	end_reading(&r);

	ck_assert_int_eq(run("-c 0 -a syn,rate=10k,sources=203.0.113.16/28,port=81-83,sport=5,ttl=9 -d 2 -o %s -l %s", capture_file, labels_file), 0);
	start_reading(&r);
	while (next_packet(&r)) {
		ck_assert(r.c.src[0] == 203 && r.c.src[2] == 113 && r.c.src[3] >> 4 == 1);
		ck_assert(r.c.dport >= 81 && r.c.dport <= 83 && r.c.sport == 5);
		ck_assert_uint_eq(r.frame[14 + 8], 9);
	}
	end_reading(&r);
}
END_TEST

START_TEST(test_sizes)
{
	struct reading r;
	size_t lo = 9999, hi = 0;
	uint64_t frags = 0, starts = 0;

	ck_assert_int_eq(run("-c 0 -a udp,rate=20k,size=100-900 -d 2 -o %s -l %s", capture_file, labels_file), 0);
	start_reading(&r);
	while (next_packet(&r)) {
		lo = r.len < lo ? r.len : lo;
		hi = r.len > hi ? r.len : hi;
	}
	end_reading(&r);
	ck_assert_uint_eq(lo, 100);
	ck_assert_uint_eq(hi, 900);

	/* 5,000 bytes of frame: 4,966 of IP payload, in four pieces. */
	ck_assert_int_eq(run("-c 0 -a udp,rate=4k,size=5000 -d 2 -o %s -l %s", capture_file, labels_file), 0);
	start_reading(&r);
	while (next_packet(&r)) {
		ck_assert(r.c.fragment);
		frags++;
		starts += r.c.l4;
	}
	end_reading(&r);
	ck_assert_uint_ge(starts * 4, frags);
	ck_assert_uint_lt(starts * 4, frags + 4);
}
END_TEST

/* Honest TCP: every connection opens with a handshake; nobody acknowledges what was not sent, or
 * skips bytes; what comes twice is the same both times. */

#define CONNS 8192

struct conn {
	uint8_t key[36];
	uint32_t next[2];            /* highest sequence number sent, per side */
	bool syn[2], fin[2];
	uint64_t data[2], retransmissions;
	struct {
		uint32_t seq, len, sum;
	} seen[64];                  /* the last segments */
	unsigned n_seen;
};

static struct conn conns[CONNS];

static struct conn *conn_of(const struct reading *r)
{
	uint8_t key[36] = { 0 };
	uint32_t hash = 5;
	const struct check *c = &r->c;

	memcpy(key, r->side ? c->dst : c->src, 16);
	memcpy(key + 16, r->side ? c->src : c->dst, 16);
	key[32] = (uint8_t)((r->side ? c->dport : c->sport) >> 8);
	key[33] = (uint8_t)(r->side ? c->dport : c->sport);
	key[34] = (uint8_t)((r->side ? c->sport : c->dport) >> 8);
	key[35] = (uint8_t)(r->side ? c->sport : c->dport);
	for (int i = 0; i < 36; i++)
		hash = hash * 31 + key[i];
	for (unsigned i = 0; i < CONNS; i++) {
		struct conn *k = &conns[(hash + i) % CONNS];

		if (!memcmp(k->key, key, 36))
			return k;
		if (!k->syn[0] && !k->syn[1]) {
			memcpy(k->key, key, 36);
			return k;
		}
	}
	ck_abort_msg("more than %d connections", CONNS);
	return NULL;
}

/* A segment that comes again is one that was there, with the same bytes. */
static void same_again(struct conn *k, const struct reading *r)
{
	const uint8_t *data = r->frame + r->c.payload_at;
	uint32_t sum = 2166136261u;
	bool again = r->c.seq != k->next[r->side], found = false;

	for (size_t i = 0; i < r->c.payload_len; i++)
		sum = (sum ^ data[i]) * 16777619u;
	for (unsigned i = 0; i < 64 && again; i++)
		found |= k->seen[i].seq == r->c.seq && k->seen[i].len == r->c.payload_len && k->seen[i].sum == sum;
	CHECK(found == again, "packet %" PRIu64 ": not the same when sent again", r->n);
	k->retransmissions += again;
	k->seen[k->n_seen++ % 64].seq = r->c.seq;
	k->seen[(k->n_seen - 1) % 64].len = (uint32_t)r->c.payload_len;
	k->seen[(k->n_seen - 1) % 64].sum = sum;
}

static void follow(const struct reading *r)
{
	struct conn *k = conn_of(r);
	const struct check *c = &r->c;
	int s = r->side;
	uint32_t end = c->seq + (uint32_t)c->payload_len;

	if (c->flags & 2) {
		CHECK(!k->syn[s], "packet %" PRIu64 ": port used again", r->n);
		k->syn[s] = true;
		k->next[s] = c->seq + 1;
		if (c->flags & 16)
			CHECK_HERE(r, c->ack == k->next[!s]);
		return;
	}
	CHECK(k->syn[0] && k->syn[1], "packet %" PRIu64 ": no handshake", r->n);
	CHECK_HERE(r, c->flags & 16);
	CHECK((int32_t)(c->ack - k->next[!s]) <= 0, "packet %" PRIu64 ": acknowledges the unsent", r->n);
	CHECK((int32_t)(c->seq - k->next[s]) <= 0, "packet %" PRIu64 ": skips bytes", r->n);
	if (c->payload_len) {
		CHECK(!k->fin[s], "packet %" PRIu64 ": data after FIN", r->n);
		k->data[s] += c->payload_len;
		same_again(k, r);
	}
	if (c->flags & 1) {
		end++;
		k->fin[s] = true;
	}
	if ((int32_t)(end - k->next[s]) > 0)
		k->next[s] = end;
}

START_TEST(test_honest_tcp)
{
	uint64_t open = 0, closed = 0, both = 0, again = 0, get = 0, post = 0;
	struct reading r;

	memset(conns, 0, sizeof(conns));
	ck_assert_int_eq(run("-d 20 --loss 5 -c 150 --think 500ms -o %s -l %s", capture_file, labels_file), 0);
	start_reading(&r);
	while (next_packet(&r)) {
		check_honest(&r);
		if (r.c.proto == 6 && !r.c.fragment)
			follow(&r);
		if (r.c.proto == 6 && r.c.payload_len > 5) {
			get += !memcmp(r.frame + r.c.payload_at, "GET ", 4);
			post += !memcmp(r.frame + r.c.payload_at, "POST ", 5);
		}
	}
	end_reading(&r);
	for (size_t i = 0; i < CONNS; i++) {
		open += conns[i].syn[0];
		closed += conns[i].fin[0] && conns[i].fin[1];
		both += conns[i].data[0] && conns[i].data[1];
		again += conns[i].retransmissions;
	}
	ck_assert_uint_gt(open, 1000);
	ck_assert_uint_gt(closed * 10, open * 8);
	ck_assert_uint_gt(both * 10, open * 9);
	ck_assert_uint_gt(again, open / 20);
	ck_assert_uint_gt(get, 500);
	ck_assert_uint_gt(post, 50);
}
END_TEST

/* Everything that was promised is there, in both families, and every request has its answer. */
START_TEST(test_honest_mix)
{
	uint64_t n[2][5] = { { 0 } }, icmp[256] = { 0 }, icmp6[256] = { 0 }, arp = 0, frag[2] = { 0 };
	struct reading r;

	ck_assert_int_eq(run("-d 20 -c 200 -o %s -l %s", capture_file, labels_file), 0);
	start_reading(&r);
	while (next_packet(&r)) {
		int v6 = r.c.family == 6;

		ck_assert_int_eq(r.attack, WEIR_LABEL_HONEST);
		arp += r.c.arp;
		frag[v6] += r.c.fragment;
		if (r.c.proto == 17 && r.c.l4)
			n[v6][r.c.sport == 53 ? 0 : r.c.dport == 53 ? 1 : r.c.sport == 123 ? 2 : 3]++;
		if (r.c.proto == 1 && r.c.l4)
			icmp[r.c.dport >> 8]++;
		if (r.c.proto == 58 && r.c.l4)
			icmp6[r.c.dport >> 8]++;
	}
	end_reading(&r);
	ck_assert_uint_ge(arp, 8);
	for (int v6 = 0; v6 < 2; v6++) {
		ck_assert_uint_gt(n[v6][0], 50);
		ck_assert_uint_ge(n[v6][1], n[v6][0]);
		ck_assert_uint_le(n[v6][1], n[v6][0] + 20);
		ck_assert_uint_gt(n[v6][2], 3);
		ck_assert_uint_gt(n[v6][3], 300);
		ck_assert_uint_gt(frag[v6], 30);
	}
	ck_assert_uint_gt(icmp[8], 40);
	ck_assert_uint_ge(icmp[8], icmp[0]);
	ck_assert_uint_le(icmp[8], icmp[0] + 3);
	ck_assert_uint_gt(icmp6[128], 20);
	ck_assert_uint_gt(icmp6[135], 4);
	ck_assert_uint_gt(icmp6[136], 4);
}
END_TEST

START_TEST(test_vlan)
{
	uint64_t tags[3] = { 0 };
	struct reading r;

	ck_assert_int_eq(run("-d 5 --vlan 0,100,200.300 -o %s -l %s", capture_file, labels_file), 0);
	start_reading(&r);
	while (next_packet(&r)) {
		tags[r.c.tags]++;
		if (r.c.tags == 1)
			ck_assert_mem_eq(r.frame + 12, "\x81\x00\x00\x64", 4);
		if (r.c.tags == 2)
			ck_assert_mem_eq(r.frame + 12, "\x88\xa8\x00\xc8\x81\x00\x01\x2c", 8);
	}
	end_reading(&r);
	for (int i = 0; i < 3; i++)
		ck_assert_uint_gt(tags[i], 500);
}
END_TEST

/* More than the wire carries: the wire stays full, honest packets all get through, and it is said. */
START_TEST(test_full_wire)
{
	struct reading r;
	uint64_t before = 0, n = 0;
	char *err;

	ck_assert_int_eq(run("-d 1 -a udp,rate=200k,size=1514,start=0,duration=1 -c 50 -o %s -l %s", capture_file, labels_file), 0);
	err = slurp(err_file, NULL);
	ck_assert_msg(strstr(err, "weir-gen: udp-0: ") && strstr(err, "packets left out, the wire was full"), "%s", err);
	free(err);
	start_reading(&r);
	while (next_packet(&r)) {
		n += r.attack == 0;
		before++;
	}
	end_reading(&r);
	/* 1 Gbit/s in frames of 1,538 bytes on the wire: 81,274 a second. */
	ck_assert_uint_gt(n, 75000);
	ck_assert_uint_lt(n, 81275);
	ck_assert_uint_gt(before, n);
}
END_TEST

/* Noon has several times the packets of midnight, on both days. */
START_TEST(test_day)
{
	uint64_t part[8] = { 0 };
	struct reading r;

	ck_assert_int_eq(run("-d 80 --day 40 -c 40 --think 500ms -o %s -l %s", capture_file, labels_file), 0);
	start_reading(&r);
	while (next_packet(&r)) {
		check_honest(&r);
		part[r.t_ns / 1000000000 % 80 / 10]++;
	}
	end_reading(&r);
	for (int day = 0; day < 8; day += 4) {
		ck_assert_uint_gt(part[day + 1] + part[day + 2], 2 * (part[day] + part[day + 3]));
		ck_assert_uint_gt(part[day], 0);
	}
}
END_TEST

/* The same arguments, the same bytes; other seeds, other bytes. */
START_TEST(test_deterministic)
{
	static const char *const args[] = {
		"-S mixed", "-S vlan -s 9", "--pattern mixed-size -n 5000", "-S dns-reflection-large",
		"-S malformed-v6 -d 4", "-d 3 --mix http-get=1,out-dns-large=3 --loss 20",
		"-d 6 --day 4",
	};

	for (size_t i = 0; i < sizeof(args) / sizeof(args[0]); i++) {
		bool pattern = strstr(args[i], "pattern");
		size_t len[3], llen[2];
		char *text[3], *label[2] = { NULL, NULL };

		for (int k = 0; k < 3; k++) {
			char more[100] = "", seed[20] = "";

			if (!pattern)
				snprintf(more, sizeof(more), "-l %s", labels_file);
			if (k == 2)
				snprintf(seed, sizeof(seed), "-s 77");
			if (k == 2 && strstr(args[i], "-s 9")) {
				text[2] = strdup("");
				len[2] = 0;
				break;
			}
			ck_assert_int_eq(run("%s %s %s -o %s", args[i], seed, more, capture_file), 0);
			text[k] = slurp(capture_file, &len[k]);
			if (!pattern && k < 2)
				label[k] = slurp(labels_file, &llen[k]);
		}
		ck_assert_uint_eq(len[0], len[1]);
		ck_assert_msg(!memcmp(text[0], text[1], len[0]), "%s", args[i]);
		ck_assert_msg(len[0] != len[2] || memcmp(text[0], text[2], len[0]), "%s", args[i]);
		if (!pattern) {
			ck_assert_uint_eq(llen[0], llen[1]);
			ck_assert(!memcmp(label[0], label[1], llen[0]));
		}
		for (int k = 0; k < 3; k++)
			free(text[k]);
		free(label[0]);
		free(label[1]);
	}
}
END_TEST

/* Patterns: exact number, both sides back to back from the first nanosecond on. */
START_TEST(test_pattern)
{
	const struct gen_pattern *p = &gen_patterns[_i];
	char err[PCAP_ERRBUF_SIZE];
	struct pcap_pkthdr *h;
	const u_char *f;
	uint64_t n[2] = { 0 }, due[2], bad = 0, last = 0;
	uint8_t first[2][60];
	bool differ = false;
	pcap_t *pcap;

	due[0] = due[1] = 5 * NS;
	ck_assert_int_eq(run("--pattern %s -n 20001 --epoch 5 -o %s", p->name, capture_file), 0);
	pcap = pcap_open_offline_with_tstamp_precision(capture_file, PCAP_TSTAMP_PRECISION_NANO, err);
	ck_assert_msg(pcap != NULL, "%s", err);
	while (pcap_next_ex(pcap, &h, &f) == 1) {
		uint64_t t = (uint64_t)h->ts.tv_sec * NS + (uint64_t)h->ts.tv_usec;
		struct check c;
		/* A group address as source is one of the violations. */
		int side = f[11] == 2;

		check_frame(f, h->len, &c);
		if (c.bad[Bad_eth_src_eq_dst])
			side = t == due[1] && t != due[0] ? 1 : t == due[0] && t != due[1] ? 0 : n[0] > n[1];
		ck_assert_uint_ge(t, last);
		last = t;
		ck_assert_uint_eq(t, due[side]);
		due[side] += (h->len + 24) * 8;
		if (!n[side])
			memcpy(first[side], f, 60);
		differ |= memcmp(first[side] + 26, f + 26, 12) != 0;
		n[side]++;
		bad += c.n_bad > 0;
		if (strcmp(p->name, "mixed-size"))
			ck_assert_uint_eq(h->len, 60);
		if (strcmp(p->name, "malformed"))
			ck_assert_msg(c.n_bad == 0, "%s", check_text(&c));
	}
	pcap_close(pcap);
	ck_assert_uint_eq(n[0], 10001);
	ck_assert_uint_eq(n[1], 10000);
	ck_assert_uint_eq(bad, strcmp(p->name, "malformed") ? 0 : 20001);
	ck_assert_int_eq(differ, strcmp(p->name, "same-key") != 0);
}
END_TEST

/* Wrong usage: status 2, one line that says what. */
START_TEST(test_usage)
{
	static const struct {
		const char *args, *says;
	} rows[] = {
		{ "", "--out is missing" },
		{ "x", "unexpected \"x\"" },
		{ "-o x -l x", "same file" },
		{ "-o - -l -", "same file" },
		{ "-o x -o y", "--out given twice" },
		{ "-o x --seed z", "--seed=z: expected a number" },
		{ "-o x --seed -1", "--seed=-1: expected a number" },
		{ "-o x --duration 0", "--duration=0: expected a time" },
		{ "-o x --duration 1x", "expected a time" },
		{ "-o x --duration 99999999999", "expected a time" },
		{ "-o x --loss 101", "--loss=101: expected a percentage" },
		{ "-o x --loss 1s", "expected a percentage" },
		{ "-o x --clients 100001", "expected a number from 0 to 100000" },
		{ "-o x --clients 0", "nothing to write" },
		{ "-o x --protect 192.0.2.1/24", "has bits set behind" },
		{ "-o x --protect 192.0.2.0/24,", "is not a prefix" },
		{ "-o x --protect 198.18.0.0/24", "overlaps --protect" },
		{ "-o x --remote 10.0.0.0/30", "is too small" },
		{ "-o x --remote 10.0.0.0/8", "no --remote prefix of its family" },
		{ "-o x --vlan 4095", "is not 0 to 4094" },
		{ "-o x --vlan 1.2.3", "is not 0 to 4094" },
		{ "-o x --mix http=3", "--list=mix" },
		{ "-o x --mix http-get=0", "all weights are 0" },
		{ "-o x --scenario none", "unknown scenario" },
		{ "-o x --packets 5", "--packets goes with --pattern" },
		{ "-o x --pattern same-key --attack syn", "exclude each other" },
		{ "-o x --pattern same-key --clients 3", "exclude each other" },
		{ "-o x --pattern same-key --labels y", "exclude each other" },
		{ "-o x --pattern round", "unknown pattern" },
		{ "-o x --pattern same-key -n 0", "expected a number from 1" },
		{ "--list=everything", "expected scenarios, attacks" },
		{ "-o x -a sin", "unknown attack \"sin\"" },
		{ "-o x -a ''", "unknown attack" },
		{ "-o x -a syn,rat=1", "unknown key \"rat\"" },
		{ "-o x -a syn,rate", "is not key=value" },
		{ "-o x -a syn,rate=0", "rate=0: expected" },
		{ "-o x -a syn,rate=2M", "rate=2M: expected" },
		{ "-o x -a syn,rate=1,rate=2", "rate given twice" },
		{ "-o x -a syn,size=100", "syn does not take size" },
		{ "-o x -a icmp,port=80", "icmp does not take port" },
		{ "-o x -a udp,size=59", "size=59: expected" },
		{ "-o x -a udp,size=200-100", "size=200-100: expected" },
		{ "-o x -a ack,size=2000", "60 to 1514" },
		{ "-o x -a syn,port=0", "port=0: expected" },
		{ "-o x -a syn,port=70000", "port=70000: expected" },
		{ "-o x -a syn,target=10.0.0.1", "outside --protect" },
		{ "-o x -a syn,target=192.0.0.0/16", "outside --protect" },
		{ "-o x -a syn,target=192.0.2.1/24", "without bits behind" },
		{ "-o x -a syn,sources=2001:db8::/32", "not of the same family" },
		{ "-o x -a syn,sources=192.0.2.0/25", "sources lie in --protect" },
		{ "-o x -c 0 -a syn,sources=clients", "there are no clients" },
		{ "-o x -a syn,start=10", "starts after the end" },
		{ "-o x -a syn,duration=0", "duration=0: expected" },
		{ "-o x -a syn,on=1", "on and off" },
		{ "-o x -a syn,name=honest", "name=honest: expected" },
		{ "-o x -a syn,name=a -a udp,name=a", "two attacks named" },
		{ "-o x -a malformed,kind=nice", "unknown kind" },
		{ "-o x -a malformed,kind=ip6_rh0", "does not exist in IPv4" },
		{ "-o x -a scan,method=slow", "method=slow: expected" },
		{ "-o x -a syn,ttl=256", "ttl=256: expected" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char *err, cmd[300];
		int status;

		snprintf(cmd, sizeof(cmd), "%s", rows[i].args);
		status = run("%s", cmd);
		err = slurp(err_file, NULL);
		ck_assert_msg(status == 2, "%s: status %d: %s", rows[i].args, status, err);
		ck_assert_msg(strstr(err, rows[i].says), "%s: %s", rows[i].args, err);
		ck_assert_msg(!strncmp(err, "weir-gen: ", 10), "%s: %s", rows[i].args, err);
		ck_assert_msg(strchr(err, '\n') && !strchr(err, '\n')[1], "%s: %s", rows[i].args, err);
		free(err);
	}
	ck_assert_int_eq(access("x", F_OK), -1);
	ck_assert_int_eq(run("--nonsense -o x"), 2);
}
END_TEST

START_TEST(test_write_failure)
{
	static const struct {
		const char *args, *says;
	} rows[] = {
		{ "-d 2 -o /dev/full", "/dev/full: No space left" },
		{ "-d 20ms -c 1 -o /dev/full", "/dev/full: No space left" },
		{ "-d 2 -o /dev/null -l /dev/full", "/dev/full: No space left" },
		{ "-d 20ms -c 1 -o /dev/null -l /dev/full", "/dev/full: No space left" },
		{ "-d 2 -o /nonexistent/x", "/nonexistent/x: No such file" },
		{ "-d 2 -o /dev/null -l /nonexistent/x", "/nonexistent/x: No such file" },
	};
	char cmd[300], *text;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int status = run("%s", rows[i].args);
		char *err = slurp(err_file, NULL);

		ck_assert_msg(status == 1, "%s: status %d: %s", rows[i].args, status, err);
		ck_assert_msg(strstr(err, rows[i].says), "%s: %s", rows[i].args, err);
		ck_assert_msg(strchr(err, '\n') && !strchr(err, '\n')[1], "%s: %s", rows[i].args, err);
		free(err);
	}
	/* A list onto a full disk; a reader that goes away. */
	snprintf(cmd, sizeof(cmd), "%s --list >/dev/full 2>%s", program(), err_file);
	ck_assert_int_eq(WEXITSTATUS(system(cmd)), 1);
	snprintf(cmd, sizeof(cmd), "{ %s -S mixed -o - 2>/dev/null; echo $? >%s; } | true", program(), err_file);
	ck_assert_int_eq(system(cmd), 0);
	text = slurp(err_file, NULL);
	ck_assert_str_eq(text, "1\n");
	free(text);
}
END_TEST

/* Options beside a scenario win, attacks add up, and the manual is the committed one. */
START_TEST(test_scenario_options)
{
	struct reading r;
	uint64_t last = 0;

	ck_assert_int_eq(run("-S syn-flood -d 4 --epoch 100 -a icmp,rate=1k -o %s -l %s", capture_file, labels_file), 0);
	start_reading(&r);
	ck_assert_uint_eq(weir_labels_attacks(r.labels), 2);
	ck_assert_str_eq(weir_labels_attack(r.labels, 0)->name, "syn-0");
	ck_assert_str_eq(weir_labels_attack(r.labels, 1)->name, "icmp-0");
	ck_assert_uint_eq(weir_labels_attack(r.labels, 1)->start_ns, 101 * NS);
	ck_assert_uint_eq(weir_labels_attack(r.labels, 1)->end_ns, 103 * NS);
	while (next_packet(&r))
		last = r.t_ns;
	ck_assert_uint_lt(last, 104 * NS);
	ck_assert_uint_gt(last, 103 * NS);
	end_reading(&r);
}
END_TEST

static void in_own_dir(void)
{
	if (!mkdtemp(dir)) {
		perror(dir);
		exit(1);
	}
	snprintf(capture_file, sizeof(capture_file), "%s/x.pcap", dir);
	snprintf(labels_file, sizeof(labels_file), "%s/x.labels", dir);
	snprintf(err_file, sizeof(err_file), "%s/err", dir);
}

static void clean_up(void)
{
	unlink(capture_file);
	unlink(labels_file);
	unlink(err_file);
	rmdir(dir);
}

int main(void)
{
	Suite *s = suite_create("gen");
	TCase *t = tcase_create("all");
	SRunner *sr;
	int failed;

	in_own_dir();
	tcase_set_timeout(t, 300);
	tcase_add_loop_test(t, test_scenario, 0, (int)gen_n_scenarios);
	tcase_add_test(t, test_every_anomaly);
	tcase_add_loop_test(t, test_one_kind, 0, (int)gen_malformed_kinds());
	tcase_add_loop_test(t, test_type, 0, 4 * (int)gen_attack_types());
	tcase_add_test(t, test_ramp);
	tcase_add_test(t, test_pulse);
	tcase_add_test(t, test_sources_and_targets);
	tcase_add_test(t, test_sizes);
	tcase_add_test(t, test_honest_tcp);
	tcase_add_test(t, test_honest_mix);
	tcase_add_test(t, test_vlan);
	tcase_add_test(t, test_full_wire);
	tcase_add_test(t, test_day);
	tcase_add_test(t, test_deterministic);
	tcase_add_loop_test(t, test_pattern, 0, (int)gen_n_patterns);
	tcase_add_test(t, test_usage);
	tcase_add_test(t, test_write_failure);
	tcase_add_test(t, test_scenario_options);
	suite_add_tcase(s, t);
	sr = srunner_create(s);
	srunner_run_all(sr, CK_NORMAL);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	clean_up();
	return failed ? 1 : 0;
}
