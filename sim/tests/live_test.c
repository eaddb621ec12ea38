// SPDX-License-Identifier: Apache-2.0
/* live_test WEIR_SIM rtl|model|both DIR: weir-sim between two interfaces that are sockets (docs/simulator.md, "Live"). Run from the
 * top folder. */
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "host/tests/check_run.h"
#include "live_peer.h"
#include "weir/weir_regs.h"

enum {
	Words = 8, UdpInbound = 128 + 14, Echoes = 40, FloodMs = 1500, IdleMs = 2000,
	WaitMs = 30000,          /* for what must come: a machine may stand still for seconds */
	SilenceMs = 300,         /* behind which nothing is thought to come any more */
	MarkBytes = 66, Sources = 200,
	LatencyMs = 60,          /* of one frame through an idle appliance, on a machine that others use too */
	MemoryKib = 8192,        /* more than that in a run is a leak */
};

static const char *weir_sim, *engine, *dir;
static struct peer_run run;
static struct peer_host host;
static int unprotected, protected;
static uint8_t frame[PEER_FRAME], got[PEER_FRAME];

static void folder(void)
{
	peer_folder(dir);
	unlink(peer_path("policy.yaml"));
}

static void begin(bool firmware, const char *policy)
{
	static char interfaces[2 * PEER_NAME + 2], option[PEER_NAME + 10] = "--seed=1";
	FILE *f;

	snprintf(interfaces, sizeof(interfaces), "%s,%s", peer_path("u"), peer_path("p"));
	if (policy) {
		f = fopen(peer_path("policy.yaml"), "w");
		fprintf(f, "weir_policy: 1\n%s", policy);
		fclose(f);
		snprintf(option, sizeof(option), "--policy=%s", peer_path("policy.yaml"));
	}
	peer_start(&run, weir_sim, "--engine", engine, firmware ? "--firmware" : "--no-firmware", "--live", interfaces, "--listen",
		   peer_path("link"), "--report", peer_path("report.json"), option, NULL);
	snprintf(option, sizeof(option), "--seed=1");
	peer_said(&run, "live between");
	unprotected = peer_frames_open(peer_path("u"));
	protected = peer_frames_open(peer_path("p"));
}

static long long told(const char *name)
{
	return peer_report(peer_path("report.json"), name);
}

static long long told_of(const char *what, int side)
{
	char name[PEER_NAME];

	snprintf(name, sizeof(name), "live.sides.%d.%s", side, what);
	return told(name);
}

static void ends_well(void)
{
	ck_assert_int_eq(peer_stop(&run, SIGTERM), 0);
	ck_assert(access(peer_path("u"), F_OK) && access(peer_path("p"), F_OK) && access(peer_path("link"), F_OK));
	ck_assert_int_eq(told("frames.unexplained"), 0);
	ck_assert_int_eq(told("compare.mismatches"), 0);
	ck_assert_int_eq(told("frames.offered") + told_of("not_carried", 0) + told_of("not_carried", 1),
			 told_of("arrived", 0) + told_of("arrived", 1));
	ck_assert_int_eq(told("frames.offered"), told("frames.passed") + told("frames.dropped") + told("frames.answered") +
			 told("frames.diverted") + told("frames.consumed") + told("frames.refused"));
	ck_assert_int_eq(told("frames.passed") + told("frames.generated"),
			 told_of("delivered", 0) + told_of("delivered", 1) + told_of("undelivered", 0) + told_of("undelivered", 1));
	ck_assert_int_gt(told("live.capacity_60"), 100);
	ck_assert_int_gt(told("live.capacity_1514"), 10);
	close(unprotected);
	close(protected);
}

static long ms_since(const struct timespec *then)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (now.tv_sec - then->tv_sec) * 1000 + (now.tv_nsec - then->tv_nsec) / 1000000;
}

/* What the appliance counted tells whether a frame was lost on the way in, inside, or on the way out. */
static size_t comes(int to)
{
	size_t len = peer_frames_receive(to, got, WaitMs);

	if (!len) {
		peer_stop(&run, SIGTERM);
		ck_abort_msg("no frame within %d ms: arrived %lld and %lld, not carried %lld and %lld, passed %lld, dropped %lld, "
			     "delivered %lld and %lld, undelivered %lld and %lld", WaitMs, told_of("arrived", 0), told_of("arrived", 1),
			     told_of("not_carried", 0), told_of("not_carried", 1), told("frames.passed"), told("frames.dropped"),
			     told_of("delivered", 0), told_of("delivered", 1), told_of("undelivered", 0), told_of("undelivered", 1));
	}
	return len;
}

static void goes_through(int from, int to, size_t len)
{
	size_t most = len < 60 ? 60 : len;

	peer_frames_send(from, frame, len);
	ck_assert_uint_eq(comes(to), most);
	ck_assert_mem_eq(got, frame, len);
}

START_TEST(both_ways)
{
	static const size_t lengths[] = { 60, 61, 63, 64, 65, 512, 1500, 1514 };
	struct timespec then;
	long best = LONG_MAX;

	begin(false, NULL);
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		peer_udp(frame, 1, lengths[i]);
		goes_through(unprotected, protected, lengths[i]);
		goes_through(protected, unprotected, lengths[i]);
	}
	/* An ARP request has 42 bytes until a MAC pads it. */
	memset(frame, 0xff, 6);
	memcpy(frame + 6, "\2\0\0\0\0\1\x08\x06\0\1\x08\0\6\4\0\1\2\0\0\0\0\1\xc6\x33\x64\1\0\0\0\0\0\0\xc0\0\2\1", 36);
	goes_through(unprotected, protected, 42);
	/* Too short, and too long: refused. */
	peer_frames_send(unprotected, frame, 13);
	peer_udp(frame, 1, 2050);
	peer_frames_send(unprotected, frame, 2050);
	peer_udp(frame, 1, 1600);
	peer_frames_send(unprotected, frame, 1600);
	ck_assert_uint_eq(peer_frames_receive(protected, got, SilenceMs), 0);
	peer_udp(frame, 2, 100);
	for (int i = 0; i < Echoes; i++) {
		clock_gettime(CLOCK_MONOTONIC, &then);
		goes_through(unprotected, protected, 100);
		if (ms_since(&then) < best)
			best = ms_since(&then);
	}
	ck_assert_int_le(best, LatencyMs);
	ends_well();
	ck_assert_int_eq(told("frames.refused"), 3);
	ck_assert_int_eq(told("frames.passed"), 17 + Echoes);
	ck_assert_int_eq(told_of("delivered", 1), 9 + Echoes);
}
END_TEST

static unsigned through(int from, int to, unsigned n)
{
	unsigned came = 0;

	for (unsigned i = 0; i < n; i++)
		peer_frames_send(from, frame, peer_udp(frame, i + 1, 60));
	/* Frames of a side come out in their order: behind this one, that no meter of UDP drops, there is none. */
	peer_frames_send(from, frame, peer_ack(frame, MarkBytes));
	while (comes(to) != MarkBytes)
		came++;
	return came;
}

/* What a host writes counts from the next frame on. */
START_TEST(threshold)
{
	const uint32_t limit[Words] = { 1u << 24 | 2u << WEIR_REG_METER_CFG_ACTION_LSB, 1u << 24, 2 };
	uint32_t before[Words];

	begin(false, NULL);
	peer_host_open(&host, peer_path("link"));
	ck_assert_uint_eq(through(unprotected, protected, 20), 20);
	peer_host_read(&host, WEIR_REG_METER_CFG(UdpInbound), Words, before);
	peer_host_write(&host, WEIR_REG_METER_CFG(UdpInbound), limit, Words);
	ck_assert_uint_lt(through(unprotected, protected, 20), 10);
	ck_assert_uint_eq(through(protected, unprotected, 20), 20);
	peer_host_write(&host, WEIR_REG_METER_CFG(UdpInbound), before, Words);
	ck_assert_uint_eq(through(unprotected, protected, 20), 20);
	ends_well();
	ck_assert_int_gt(told("reasons.class_udp.drop"), 10);
}
END_TEST

START_TEST(answers)
{
	unsigned answered = 0, passed = 0;

	begin(false, "protected: [192.0.2.0/24]\nsyn_flood: {per_address_syn_per_s: 16, total_syn_per_s: 64}\n");
	for (unsigned i = 0; i < 200; i++) {
		peer_frames_send(unprotected, frame, peer_syn(frame, 1 + i % 200, 2000 + i));
		while (peer_frames_receive(unprotected, got, i == 199 ? SilenceMs : 0)) {
			/* From who was asked, to who asked. */
			ck_assert(!memcmp(got, "\2\0\0\0\0\1\2\0\0\0\0\2", 12));
			answered++;
		}
	}
	while (peer_frames_receive(protected, got, SilenceMs))
		passed++;
	ends_well();
	ck_assert_uint_gt(answered, 50);
	ck_assert_int_eq(told("frames.answered"), answered);
	ck_assert_int_eq(told("frames.generated"), answered);
	ck_assert_int_eq(told("frames.passed"), passed);
}
END_TEST

/* As fast as the socket takes them: what is not carried is counted, the rest explained. */
START_TEST(more_than_it_carries)
{
	long long sent = 0, came = 0;
	size_t len = peer_udp(frame, 1, 1000);
	struct timespec then;

	begin(true, NULL);
	clock_gettime(CLOCK_MONOTONIC, &then);
	while (ms_since(&then) < FloodMs) {
		sent += send(unprotected, frame, len, MSG_DONTWAIT | MSG_NOSIGNAL) == (ssize_t)len;
		came += recv(protected, got, sizeof(got), MSG_DONTWAIT) > 0;
	}
	while (peer_frames_receive(protected, got, SilenceMs))
		came++;
	ends_well();
	ck_assert_int_eq(told_of("arrived", 0), sent);
	ck_assert_int_eq(told_of("delivered", 1), came);
	if (strcmp(engine, "model")) {
		ck_assert_int_gt(told_of("not_carried_queue", 0), 0);
		ck_assert(peer_has_said(&run, "frames not carried since the last such line"));
	}
	ck_assert_int_gt(came, 100);
}
END_TEST

/* Requests without end, and no reply read: frames go on, memory does not grow; then all that was kept is whole. */
START_TEST(host_that_does_not_read)
{
	struct weir_link_request req;
	uint8_t wire[WEIR_LINK_WIRE_MAX];
	size_t n, asked = 0, waited = 0, replies = 0;
	struct timespec then;
	unsigned source = 0;
	long memory;

	begin(false, NULL);
	peer_host_open(&host, peer_path("link"));
	peer_host_word(&host, 0);
	memory = peer_memory_kib(&run);
	clock_gettime(CLOCK_MONOTONIC, &then);
	while (ms_since(&then) < IdleMs) {
		ck_assert_int_eq(weir_link_read(&req, (uint8_t)asked, 0, WEIR_LINK_WORDS_MAX), 0);
		ck_assert_int_eq(weir_link_encode(req.body, req.len, wire, sizeof(wire), &n), 0);
		if (send(host.fd, wire, n, MSG_DONTWAIT | MSG_NOSIGNAL) == (ssize_t)n)
			asked++;
		else
			waited++;
		/* The default policy lets one source send 25,000 a second, and a fast machine would send more here. */
		source = source % Sources + 1;
		peer_udp(frame, source, 60);
		goes_through(unprotected, protected, 60);
	}
	/* The model answers fast enough to come to the limit in this time. */
	if (!strcmp(engine, "model"))
		ck_assert_uint_gt(waited, 10);
	ck_assert_int_lt(peer_memory_kib(&run) - memory, MemoryKib);
	while (peer_host_frame(&host, SilenceMs))
		replies++;
	ck_assert_uint_eq(host.decoder.bad, 0);
	ck_assert_uint_gt(replies, 10);
	host.number = 0x80;
	ck_assert_uint_eq(peer_host_word(&host, WEIR_REG_ID), WEIR_REG_ID_ID_RESET);
	ends_well();
}
END_TEST

START_TEST(peers_come_and_go)
{
	int other;

	begin(false, NULL);
	peer_udp(frame, 1, 60);
	goes_through(unprotected, protected, 60);
	/* A second one is not let in. */
	other = peer_frames_open(peer_path("p"));
	ck_assert_int_eq(recv(other, got, sizeof(got), 0), 0);
	close(other);
	goes_through(unprotected, protected, 60);
	close(protected);
	peer_frames_send(unprotected, frame, 60);
	usleep(100000);
	protected = peer_frames_open(peer_path("p"));
	usleep(100000);
	goes_through(unprotected, protected, 60);
	for (int i = 0; i < Echoes; i++) {
		close(protected);
		protected = peer_frames_open(peer_path("p"));
		goes_through(protected, unprotected, 60);
	}
	ends_well();
	ck_assert_int_eq(told_of("undelivered", 1), 1);
}
END_TEST

/* ctrl.run taken away and given back; nothing spins meanwhile, and the frames that wait are the first ones. */
START_TEST(stopped_by_a_host)
{
	const uint32_t stop = 0, go = WEIR_REG_CTRL_RUN_MASK;
	long used;

	begin(false, NULL);
	peer_host_open(&host, peer_path("link"));
	peer_udp(frame, 1, 60);
	goes_through(unprotected, protected, 60);
	peer_host_write(&host, WEIR_REG_CTRL, &stop, 1);
	for (int i = 0; i < 20; i++)
		peer_frames_send(unprotected, frame, peer_udp(frame, 1, 60 + (size_t)i));
	ck_assert_uint_eq(peer_frames_receive(protected, got, SilenceMs), 0);
	used = peer_cpu_ms(&run);
	usleep(IdleMs * 1000);
	ck_assert_int_lt(peer_cpu_ms(&run) - used, IdleMs / 4);
	peer_host_write(&host, WEIR_REG_CTRL, &go, 1);
	for (int i = 0; i < 20; i++)
		ck_assert_uint_eq(comes(protected), 60 + (size_t)i);
	ends_well();
	ck_assert_int_eq(told("frames.passed"), 21);
}
END_TEST

START_TEST(sleeps_when_idle)
{
	long used;

	begin(false, NULL);
	used = peer_cpu_ms(&run);
	usleep(IdleMs * 1000);
	ck_assert_int_lt(peer_cpu_ms(&run) - used, IdleMs / 8);
	ends_well();
}
END_TEST

START_TEST(bounded)
{
	static char interfaces[2 * PEER_NAME + 2];
	struct timespec then;

	snprintf(interfaces, sizeof(interfaces), "%s,%s", peer_path("u"), peer_path("p"));
	peer_start(&run, weir_sim, "--engine", engine, "--no-firmware", "--live", interfaces, "--duration=0.5", NULL);
	peer_said(&run, "live between");
	clock_gettime(CLOCK_MONOTONIC, &then);
	ck_assert_int_eq(peer_stop(&run, 0), 0);
	ck_assert_int_lt(ms_since(&then), WaitMs);
	ck_assert(peer_has_said(&run, "live capacity:") && peer_has_said(&run, "LIVE: this machine carries"));
}
END_TEST

int main(int argc, char **argv)
{
	Suite *suite = suite_create("live");
	TCase *tc = tcase_create("live");

	if (argc != 4) {
		fprintf(stderr, "usage: live_test WEIR_SIM rtl|model|both DIR\n");
		return 2;
	}
	weir_sim = argv[1];
	engine = argv[2];
	dir = argv[3];
	tcase_add_checked_fixture(tc, folder, NULL);
	tcase_add_test(tc, both_ways);
	tcase_add_test(tc, threshold);
	tcase_add_test(tc, answers);
	tcase_add_test(tc, more_than_it_carries);
	tcase_add_test(tc, host_that_does_not_read);
	tcase_add_test(tc, peers_come_and_go);
	tcase_add_test(tc, stopped_by_a_host);
	tcase_add_test(tc, sleeps_when_idle);
	tcase_add_test(tc, bounded);
	suite_add_tcase(suite, tc);
	return check_run(suite);
}
