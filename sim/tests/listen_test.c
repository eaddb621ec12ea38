// SPDX-License-Identifier: Apache-2.0
/* listen_test WEIR_SIM WEIR_GEN rtl|model|both DIR: the host link of weir-sim (docs/simulator.md). Run from the top folder. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "host/tests/check_run.h"
#include "live_peer.h"
#include "weir/weir_regs.h"

enum { Words = 8, UdpInbound = 128 + 14, Halves = 12, NoiseOctets = 20000, FramesMin = 100 };
enum { EndsMs = 5000 };   /* a fifth of a second on an idle machine */

static const char *weir_sim, *weir_gen, *engine, *dir;
static struct peer_run run;
static struct peer_host host;

static void folder(void)
{
	peer_folder(dir);
}

/* Without a capture. */
static void serve(bool firmware)
{
	peer_start(&run, weir_sim, "--engine", engine, "--listen", peer_path("link"), firmware ? "--firmware" : "--no-firmware",
		   "--report", peer_path("report.json"), NULL);
	peer_said(&run, "serving the host link");
}

static void ends_well(void)
{
	ck_assert_int_eq(peer_stop(&run, SIGTERM), 0);
	ck_assert_int_eq(access(peer_path("link"), F_OK), -1);
	ck_assert_int_eq(peer_report(peer_path("report.json"), "frames.unexplained"), 0);
	ck_assert_int_eq(peer_report(peer_path("report.json"), "compare.mismatches"), 0);
}

START_TEST(requests)
{
	struct weir_link_request req;
	struct weir_link_hello hello;
	uint32_t words[WEIR_LINK_WORDS_MAX], mine[Words] = { 1, 0x7e7d7e7d, 3, 4, 5, 6, 7, 8 };

	serve(false);
	peer_host_open(&host, peer_path("link"));
	peer_host_hello(&host, &hello);
	ck_assert_uint_eq(hello.id, WEIR_REG_ID_ID_RESET);
	ck_assert_uint_eq(hello.words_max, WEIR_LINK_WORDS_MAX);
	ck_assert_uint_eq(hello.soc_version >> 16, WEIR_SOC_VERSION_MAJOR_RESET);
	ck_assert_uint_eq(peer_host_word(&host, WEIR_SOC_ID), WEIR_SOC_ID_ID_RESET);
	ck_assert_uint_ne(peer_host_word(&host, WEIR_REG_CLOCK), 0);
	peer_host_read(&host, WEIR_REG_METER_CFG(0), WEIR_LINK_WORDS_MAX, words);
	/* Entries are there as they were written, in the bits that they have. */
	peer_host_write(&host, WEIR_REG_METER_CFG(UdpInbound), mine, Words);
	peer_host_read(&host, WEIR_REG_METER_CFG(UdpInbound), Words, words);
	ck_assert_uint_eq(words[0], 1);
	ck_assert_uint_eq(words[1], 0x0e7d7e7d);
	ck_assert_int_eq(weir_link_fill(&req, ++host.number, WEIR_SOC_MAIL_IN(0), PEER_MAIL_WORDS, 0xabcdef01), 0);
	ck_assert_int_eq(peer_host_ask(&host, &req, NULL), 0);
	ck_assert_uint_eq(peer_host_word(&host, WEIR_SOC_MAIL_IN(15)), 0xabcdef01);
	/* What is no request, and what is refused. */
	ck_assert_int_eq(weir_link_read(&req, ++host.number, 0, 1), 0);
	req.body[0] = 0x3f;
	ck_assert_int_eq(peer_host_ask(&host, &req, words), -EOPNOTSUPP);
	ck_assert_int_eq(weir_link_read(&req, ++host.number, 0, 1), 0);
	req.body[2] = 2;
	ck_assert_int_eq(peer_host_ask(&host, &req, words), -EINVAL);
	/* Twice the same: done once. */
	ck_assert_int_eq(weir_link_read(&req, ++host.number, WEIR_REG_ID, 1), 0);
	ck_assert_int_eq(peer_host_ask(&host, &req, words), 0);
	ck_assert_int_eq(peer_host_ask(&host, &req, words), 0);
	ck_assert_uint_eq(peer_host_word(&host, WEIR_SOC_LINK_COUNTS), 1 << 16);
	peer_host_close(&host);
	ends_well();
}
END_TEST

START_TEST(time_goes_on)
{
	uint64_t now[2], wall;

	serve(false);
	peer_host_open(&host, peer_path("link"));
	wall = (uint64_t)time(NULL);
	for (int i = 0; i < 2; i++) {
		now[i] = peer_host_word(&host, WEIR_REG_NOW_LOW);
		now[i] |= (uint64_t)peer_host_word(&host, WEIR_REG_NOW_HIGH) << 32;
		sleep(1);
	}
	ck_assert_uint_ge(now[0] / 1000000 + 1, wall);
	ck_assert_uint_le(now[0] / 1000000, wall + 5);
	ck_assert(now[1] - now[0] > 900000 && now[1] - now[0] < 10000000);
	ends_well();
}
END_TEST

/* What a host may write anywhere in the configuration reads the same from both engines; `both` compares each read. */
START_TEST(all_configuration)
{
	static const struct {
		uint32_t base, n;
	} all[] = {
		{ WEIR_REG_METER_CFG(0), WEIR_REG_METER_CFG_COUNT }, { WEIR_REG_TABLE_CFG(0), WEIR_REG_TABLE_CFG_COUNT },
		{ WEIR_REG_ANOMALY_CFG(0), WEIR_REG_ANOMALY_CFG_COUNT },
	};
	uint32_t seed = 3, words[Words], back[Words];

	serve(false);
	peer_host_open(&host, peer_path("link"));
	for (size_t t = 0; t < sizeof(all) / sizeof(all[0]); t++)
		for (uint32_t i = 0; i < all[t].n; i++) {
			for (unsigned w = 0; w < Words; w++)
				words[w] = seed = seed * 1664525u + 1013904223u;
			peer_host_write(&host, all[t].base + i * WEIR_ENTRY_SPAN, words, Words);
			peer_host_read(&host, all[t].base + i * WEIR_ENTRY_SPAN, Words, back);
			/* Once more: what was read can be written. */
			peer_host_write(&host, all[t].base + i * WEIR_ENTRY_SPAN, back, Words);
			peer_host_read(&host, all[t].base + i * WEIR_ENTRY_SPAN, Words, words);
			ck_assert_mem_eq(words, back, sizeof(back));
		}
	ends_well();
}
END_TEST

static bool turned_away(void)
{
	struct peer_host other;
	uint8_t octet;
	bool away;

	peer_host_open(&other, peer_path("link"));
	away = peer_host_receive(&other, &octet, 1, 5000) == 0;
	peer_host_close(&other);
	return away;
}

START_TEST(one_at_a_time)
{
	struct weir_link_hello hello;

	serve(false);
	peer_host_open(&host, peer_path("link"));
	peer_host_hello(&host, &hello);
	ck_assert(turned_away());
	ck_assert(turned_away());
	peer_host_hello(&host, &hello);
	for (int i = 0; i < Halves; i++) {
		peer_host_close(&host);
		peer_host_open(&host, peer_path("link"));
		peer_host_hello(&host, &hello);
	}
	peer_host_close(&host);
	ends_well();
	ck_assert_int_eq(peer_report(peer_path("report.json"), "host_link.hosts"), Halves + 1);
	ck_assert_int_eq(peer_report(peer_path("report.json"), "host_link.turned_away"), 2);
}
END_TEST

/* Half a write, cut anywhere; the host after it finds nothing of it, and its own first request is done. */
START_TEST(vanishes_within_a_frame)
{
	const uint32_t words[Words] = { 0x7e7d7e7d, 0x7e7d7e7d, 1, 2, 3, 4, 5, 0x7e7d7e7d };
	struct weir_link_request req;
	struct weir_link_hello hello;
	uint32_t before[Words], after[Words];
	uint8_t wire[WEIR_LINK_WIRE_MAX];
	size_t n, cut;

	serve(false);
	peer_host_open(&host, peer_path("link"));
	peer_host_read(&host, WEIR_REG_METER_CFG(0), Words, before);
	ck_assert_int_eq(weir_link_write(&req, 77, WEIR_REG_METER_CFG(0), words, Words), 0);
	ck_assert_int_eq(weir_link_encode(req.body, req.len, wire, sizeof(wire), &n), 0);
	for (int i = 0; i < Halves; i++) {
		/* The last one lacks its closing flag only. */
		cut = i == Halves - 1 ? n - 1 : 1 + (size_t)i * (n - 2) / Halves;
		ck_assert_int_eq(send(host.fd, wire, cut, 0), (ssize_t)cut);
		peer_host_close(&host);
		peer_host_open(&host, peer_path("link"));
		weir_link_hello(&req, 1);
		peer_host_hello(&host, &hello);
		peer_host_read(&host, WEIR_REG_METER_CFG(0), Words, after);
		ck_assert_mem_eq(before, after, sizeof(before));
	}
	/* A whole one is done though nobody waits for its reply, and that goes to nobody. */
	ck_assert_int_eq(send(host.fd, wire, n, 0), (ssize_t)n);
	peer_host_close(&host);
	peer_host_open(&host, peer_path("link"));
	ck_assert_uint_eq(peer_host_frame(&host, 300), 0);
	peer_host_read(&host, WEIR_REG_METER_CFG(0), Words, after);
	ck_assert_uint_eq(after[1], 0x0e7d7e7d);
	ends_well();
}
END_TEST

START_TEST(any_octets)
{
	static uint8_t noise[NoiseOctets];
	struct weir_link_hello hello;
	uint32_t seed = 7, before[Words], after[Words];

	serve(false);
	peer_host_open(&host, peer_path("link"));
	peer_host_read(&host, WEIR_REG_METER_CFG(0), Words, before);
	for (size_t i = 0; i < NoiseOctets; i++) {
		seed = seed * 1664525u + 1013904223u;
		noise[i] = seed >> 28 == 0 ? 0x7e : (uint8_t)(seed >> 16);
	}
	ck_assert_int_eq(send(host.fd, noise, NoiseOctets, 0), NoiseOctets);
	ck_assert_int_eq(send(host.fd, "\x7d\x7e", 2, 0), 2);
	peer_host_hello(&host, &hello);
	peer_host_read(&host, WEIR_REG_METER_CFG(0), Words, after);
	ck_assert_mem_eq(before, after, sizeof(before));
	ck_assert_uint_gt(peer_host_word(&host, WEIR_SOC_LINK_COUNTS) & 0xffff, 100);
	ends_well();
}
END_TEST

START_TEST(socket_names)
{
	struct peer_run other = { 0 };
	struct weir_link_hello hello;
	struct stat before, after;

	/* One that was left behind. */
	serve(false);
	ck_assert_int_eq(kill(run.pid, SIGKILL), 0);
	while (waitpid(run.pid, NULL, 0) < 0)
		;
	ck_assert_int_eq(access(peer_path("link"), F_OK), 0);
	serve(false);
	peer_host_open(&host, peer_path("link"));
	peer_host_hello(&host, &hello);
	peer_host_close(&host);
	/* One that is in use stays, and is of use. */
	ck_assert_int_eq(stat(peer_path("link"), &before), 0);
	peer_start(&other, weir_sim, "--engine", engine, "--no-firmware", "--listen", peer_path("link"), NULL);
	peer_said(&other, "somebody serves this socket already");
	ck_assert_int_eq(peer_stop(&other, 0), 2);
	ck_assert_int_eq(stat(peer_path("link"), &after), 0);
	ck_assert(before.st_ino == after.st_ino);
	peer_host_open(&host, peer_path("link"));
	peer_host_hello(&host, &hello);
	ends_well();
	/* Somebody's file. */
	peer_start(&other, weir_sim, "--engine", engine, "--no-firmware", "--listen", peer_path("report.json"), NULL);
	peer_said(&other, "exists, and is no socket");
	ck_assert_int_eq(peer_stop(&other, 0), 2);
	ck_assert_int_eq(access(peer_path("report.json"), F_OK), 0);
	peer_start(&other, weir_sim, "--engine", engine, "--no-firmware", "--listen", peer_path("none/link"), NULL);
	peer_said(&other, "cannot listen there");
	ck_assert_int_eq(peer_stop(&other, 0), 2);
}
END_TEST

START_TEST(firmware_by_mail)
{
	const uint32_t hello[PEER_MAIL_WORDS] = { 0x00ab1201 }, get[PEER_MAIL_WORDS] = { 2, 1 }, nothing[PEER_MAIL_WORDS] = { 99 };
	uint32_t answer[PEER_MAIL_WORDS];

	serve(true);
	peer_host_open(&host, peer_path("link"));
	ck_assert_uint_eq(peer_host_word(&host, WEIR_SOC_CPU) & WEIR_SOC_CPU_RUN_MASK, WEIR_SOC_CPU_RUN_MASK);
	peer_host_mail(&host, hello, answer);
	ck_assert_uint_eq(answer[0], hello[0]);
	ck_assert_uint_eq(answer[1], 1);
	peer_host_mail(&host, get, answer);
	ck_assert_uint_eq(answer[0], get[0]);
	ck_assert_uint_eq(answer[1], 1);
	peer_host_mail(&host, nothing, answer);
	ck_assert_uint_eq(answer[0], 1u << 24 | 99);
	ends_well();
}
END_TEST

static void make_capture(void)
{
	struct peer_run gen;

	peer_start(&gen, weir_gen, "--seed=1", "--duration=2", "--clients=6", "--mix=udp=20,http-get=4,dns=20", "--out", peer_path("in.pcap"), NULL);
	ck_assert_int_eq(peer_stop(&gen, 0), 0);
}

/* Two packets of UDP in a window of 65 ms: the rest is dropped. */
static void limit_udp(void)
{
	const uint32_t limit[Words] = { 1u << 24 | 2u << WEIR_REG_METER_CFG_ACTION_LSB, 1u << 24, 2 };

	peer_host_write(&host, WEIR_REG_METER_CFG(UdpInbound), limit, Words);
}

START_TEST(held_until_told)
{
	const uint32_t stop = 0, go = WEIR_REG_CTRL_RUN_MASK, longest = 100;

	make_capture();
	peer_start(&run, weir_sim, "--engine", engine, "--no-firmware", "--listen", peer_path("link"), "--hold", "--once", "--report",
		   peer_path("report.json"), "--protect=192.0.2.0/24", peer_path("in.pcap"), NULL);
	peer_said(&run, "the first frame waits");
	/* Somebody who only looks whether the socket lives is no host. */
	peer_host_open(&host, peer_path("link"));
	peer_host_close(&host);
	peer_host_open(&host, peer_path("link"));
	limit_udp();
	peer_host_write(&host, WEIR_REG_CTRL, &stop, 1);
	while (!(peer_host_word(&host, WEIR_REG_STATUS) & WEIR_REG_STATUS_STOPPED_MASK))
		;
	peer_host_write(&host, WEIR_REG_MAX_FRAME, &longest, 1);
	peer_host_write(&host, WEIR_REG_CTRL, &go, 1);
	ck_assert_uint_eq(peer_host_word(&host, WEIR_REG_MAX_FRAME), longest);
	ck_assert_uint_eq(peer_host_word(&host, WEIR_REG_STATS_SIDE_TAKEN(0)), 0);
	peer_host_close(&host);
	ck_assert_int_eq(peer_stop(&run, 0), 0);
	ck_assert_int_gt(peer_report(peer_path("report.json"), "reasons.class_udp.drop"), 0);
	ck_assert_int_gt(peer_report(peer_path("report.json"), "frames.refused"), 10);
	ck_assert_int_gt(peer_report(peer_path("report.json"), "frames.passed"), 10);
	ck_assert_int_eq(peer_report(peer_path("report.json"), "frames.unexplained"), 0);
	ck_assert_int_eq(peer_report(peer_path("report.json"), "compare.mismatches"), 0);
	if (!strcmp(engine, "both"))
		ck_assert_int_eq(peer_report(peer_path("report.json"), "compare.packets"),
				 peer_report(peer_path("report.json"), "frames.offered"));
}
END_TEST

/* While the first frame waits for a host, and while what that one has left of the 30 s before it is simulated with the firmware: its report is there
 * soon: within a second on a machine that has nothing else to do. */
START_TEST(ends_while_held)
{
	struct timespec then, now;
	long ms;

	make_capture();
	/* The model alone is through with them sooner than it could be told. */
	for (int gone = 0; gone < (strcmp(engine, "model") ? 2 : 1); gone++) {
		peer_start(&run, weir_sim, "--engine", engine, "--firmware", "--listen", peer_path("link"), "--hold", "--once", "--report",
			   peer_path("report.json"), "--protect=192.0.2.0/24", peer_path("in.pcap"), NULL);
		peer_said(&run, "the first frame waits");
		if (gone) {
			peer_host_open(&host, peer_path("link"));
			peer_host_word(&host, WEIR_REG_STATUS);
			peer_host_close(&host);
			usleep(300000);
		}
		clock_gettime(CLOCK_MONOTONIC, &then);
		ck_assert_int_eq(peer_stop(&run, SIGTERM), 1);
		clock_gettime(CLOCK_MONOTONIC, &now);
		ms = (now.tv_sec - then.tv_sec) * 1000 + (now.tv_nsec - then.tv_nsec) / 1000000;
		ck_assert_msg(ms < EndsMs, "%ld ms", ms);
		ck_assert(peer_has_said(&run, "interrupted"));
		ck_assert_int_eq(peer_report(peer_path("report.json"), "frames.offered"), 0);
		ck_assert_int_eq(peer_report(peer_path("report.json"), "frames.unexplained"), 0);
	}
}
END_TEST

/* While the capture runs, and behind its end. */
START_TEST(served_behind_the_capture)
{
	uint32_t words[WEIR_LINK_WORDS_MAX], taken = 0;

	make_capture();
	peer_start(&run, weir_sim, "--engine", engine, "--no-firmware", "--listen", peer_path("link"), "--report", peer_path("report.json"),
		   "--protect=192.0.2.0/24", peer_path("in.pcap"), NULL);
	peer_said(&run, "serving the host link");
	peer_host_open(&host, peer_path("link"));
	while (!peer_has_said(&run, "end of the capture"))
		peer_host_read(&host, WEIR_REG_METER_CFG(0), WEIR_LINK_WORDS_MAX, words);
	limit_udp();
	for (unsigned side = 0; side < 2; side++)
		taken += peer_host_word(&host, WEIR_REG_STATS_SIDE_TAKEN(side));
	ck_assert_uint_gt(taken, FramesMin);
	peer_host_close(&host);
	ends_well();
	ck_assert_int_eq(peer_report(peer_path("report.json"), "frames.offered"), taken);
	ck_assert_int_eq(peer_report(peer_path("report.json"), "frames.passed"), taken);
}
END_TEST

int main(int argc, char **argv)
{
	Suite *suite = suite_create("listen");
	TCase *tc = tcase_create("listen");

	if (argc != 5) {
		fprintf(stderr, "usage: listen_test WEIR_SIM WEIR_GEN rtl|model|both DIR\n");
		return 2;
	}
	weir_sim = argv[1];
	weir_gen = argv[2];
	engine = argv[3];
	dir = argv[4];
	tcase_add_checked_fixture(tc, folder, NULL);
	tcase_add_test(tc, requests);
	tcase_add_test(tc, all_configuration);
	tcase_add_test(tc, time_goes_on);
	tcase_add_test(tc, one_at_a_time);
	tcase_add_test(tc, vanishes_within_a_frame);
	tcase_add_test(tc, any_octets);
	tcase_add_test(tc, socket_names);
	tcase_add_test(tc, firmware_by_mail);
	tcase_add_test(tc, held_until_told);
	tcase_add_test(tc, ends_while_held);
	tcase_add_test(tc, served_behind_the_capture);
	suite_add_tcase(suite, tc);
	return check_run(suite);
}
