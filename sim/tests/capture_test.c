// SPDX-License-Identifier: Apache-2.0
/* Captures: formats, what is wrong with them, and the side of each frame. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "host/tests/check_run.h"
#include "sim/capture/guess.h"
#include "sim/capture/reader.h"
#include "sim/capture/sides.h"
#include "sim/common/packet_build.h"

enum { FileMax = 1 << 16 };

static uint8_t image[FileMax];
static size_t size;
static char name[64];

static void put(const void *bytes, size_t n)
{
	ck_assert_uint_le(size + n, sizeof(image));
	memcpy(image + size, bytes, n);
	size += n;
}

static void put32(uint32_t v, bool swap)
{
	v = swap ? __builtin_bswap32(v) : v;
	put(&v, 4);
}

static void put16(uint16_t v, bool swap)
{
	v = swap ? (uint16_t)(v << 8 | v >> 8) : v;
	put(&v, 2);
}

static void pcap_head(bool swap, bool nano, uint32_t link)
{
	size = 0;
	put32(nano ? 0xa1b23c4d : 0xa1b2c3d4, swap);
	put16(2, swap);
	put16(4, swap);
	put32(0, swap);
	put32(0, swap);
	put32(65535, swap);
	put32(link, swap);
}

static void pcap_frame(bool swap, uint32_t s, uint32_t sub, uint32_t captured, uint32_t len)
{
	static const uint8_t bytes[2048];

	put32(s, swap);
	put32(sub, swap);
	put32(captured, swap);
	put32(len, swap);
	put(bytes, captured);
}

static void save(bool packed)
{
	int fd;

	snprintf(name, sizeof(name), "build/capture-test-XXXXXX");
	fd = mkstemp(name);
	ck_assert_int_ge(fd, 0);
	if (packed) {
		gzFile gz = gzdopen(fd, "wb");

		ck_assert_int_eq(gzwrite(gz, image, (unsigned)size), (int)size);
		gzclose(gz);
		return;
	}
	ck_assert_int_eq(write(fd, image, size), (ssize_t)size);
	close(fd);
}

static void check_two(uint64_t first_ns, uint64_t second_ns)
{
	char detail[WEIR_CAPTURE_DETAIL] = "";
	struct weir_capture *c;
	struct weir_captured f;

	ck_assert_msg(!weir_capture_open(name, &c, detail), "%s", detail);
	ck_assert_int_eq(weir_capture_next(c, &f), 1);
	ck_assert_uint_eq(f.time_ns, first_ns);
	ck_assert_uint_eq(f.captured, 60);
	ck_assert_uint_eq(f.wire_len, 60);
	ck_assert_uint_eq(f.number, 1);
	ck_assert_int_eq(weir_capture_next(c, &f), 1);
	ck_assert_uint_eq(f.time_ns, second_ns);
	ck_assert_uint_eq(f.captured, 40);
	ck_assert_uint_eq(f.wire_len, 1500);
	ck_assert_int_eq(weir_capture_next(c, &f), 0);
	ck_assert_int_eq(weir_capture_next(c, &f), 0);
	weir_capture_close(c);
	unlink(name);
}

START_TEST(test_pcap_formats)
{
	bool swap = _i & 1, nano = _i & 2, packed = _i & 4;

	pcap_head(swap, nano, 1);
	pcap_frame(swap, 1700000000, 123456, 60, 60);
	pcap_frame(swap, 1700000001, 7, 40, 1500);
	save(packed);
	check_two(1700000000000000000u + (nano ? 123456u : 123456000u), 1700000001000000000u + (nano ? 7u : 7000u));
}
END_TEST

static void block(uint32_t type, const void *body, uint32_t n, bool swap)
{
	put32(type, swap);
	put32(n + 12, swap);
	put(body, n);
	put32(n + 12, swap);
}

static uint32_t to(uint32_t v, bool swap)
{
	return swap ? __builtin_bswap32(v) : v;
}

START_TEST(test_pcapng)
{
	bool swap = _i & 1, nano = _i & 2;
	uint32_t section[4] = { to(0x1a2b3c4d, swap), 0, 0xffffffff, 0xffffffff };
	uint16_t one = swap ? 0x0100 : 1, nine = 9;
	uint8_t interface[20] = { 0 };
	uint64_t ticks = nano ? 1700000000000000005u : 1700000000000005u;

	memcpy(&section[1], &one, 2);
	memcpy(interface, &one, 2);
	/* Option 9, length 1: resolution 10^-9. */
	if (nano) {
		uint16_t length = one, option = swap ? 0x0900 : 9;

		memcpy(interface + 8, &option, 2);
		memcpy(interface + 10, &length, 2);
		memcpy(interface + 12, &nine, 1);
	}
	size = 0;
	block(0x0a0d0d0a, section, sizeof(section), swap);
	block(1, interface, nano ? 20 : 8, swap);
	for (int i = 0; i < 2; i++) {
		uint32_t captured = i ? 40 : 60, len = i ? 1500 : 60;
		uint32_t packet[5 + 15] = { 0, to((uint32_t)(ticks >> 32), swap), to((uint32_t)ticks, swap),
					    to(captured, swap), to(len, swap) };

		block(6, packet, 20 + captured, swap);
		ticks++;
	}
	save(_i & 4);
	check_two(nano ? 1700000000000000005u : 1700000000000005000u, nano ? 1700000000000000006u : 1700000000000006000u);
}
END_TEST

static void check_open_fails(const char *says)
{
	char detail[WEIR_CAPTURE_DETAIL] = "";
	struct weir_capture *c;

	ck_assert_int_lt(weir_capture_open(name, &c, detail), 0);
	ck_assert_msg(strstr(detail, says), "%s", detail);
	ck_assert_ptr_null(strchr(detail, '\n'));
	unlink(name);
}

START_TEST(test_cannot_open)
{
	snprintf(name, sizeof(name), "/nonexistent/x.pcap");
	check_open_fails("/nonexistent/x.pcap: cannot be read (No such file");
	snprintf(name, sizeof(name), "/tmp");
	check_open_fails("directory");
	size = 0;
	save(false);
	check_open_fails("the file is empty");
	save(true);
	check_open_fails("the file is empty");
	put("This is no capture, it only looks like text.", 44);
	save(false);
	check_open_fails("not a capture");
	pcap_head(false, false, 1);
	size = 11;
	save(false);
	check_open_fails("not a capture");
	pcap_head(false, false, 105);
	save(false);
	check_open_fails("link type IEEE802_11 is not Ethernet");
	pcap_head(false, false, 0);
	memcpy(image, "\x1f\x8b\x08\x00rubbish-rubbish", 19);
	size = 19;
	save(false);
	check_open_fails("gzip");
}
END_TEST

/* Where it breaks off: what came before is there, then one line. */
static void check_breaks_at(uint64_t whole, const char *says)
{
	char detail[WEIR_CAPTURE_DETAIL] = "", want[40];
	struct weir_capture *c;
	struct weir_captured f;
	uint64_t n = 0;
	int rc;

	ck_assert_msg(!weir_capture_open(name, &c, detail), "%s", detail);
	while ((rc = weir_capture_next(c, &f)) == 1)
		n++;
	ck_assert_int_eq(rc, -EBADMSG);
	ck_assert_uint_eq(n, whole);
	snprintf(want, sizeof(want), ": packet %u: ", (unsigned)whole + 1);
	ck_assert_ptr_nonnull(strstr(weir_capture_detail(c), want));
	ck_assert_msg(strstr(weir_capture_detail(c), says), "%s", weir_capture_detail(c));
	ck_assert_int_eq(weir_capture_next(c, &f), 0);
	weir_capture_close(c);
	unlink(name);
}

START_TEST(test_broken_off)
{
	for (unsigned cut = 1; cut < 76; cut += 5) {
		pcap_head(false, false, 1);
		pcap_frame(false, 1, 0, 60, 60);
		pcap_frame(false, 2, 0, 60, 60);
		size -= cut;
		save(cut % 2);
		check_breaks_at(1, "truncated");
	}
	/* A length that is none. */
	pcap_head(false, false, 1);
	pcap_frame(false, 1, 0, 60, 60);
	size = 24 + 16 + 60;
	put32(0, false);
	put32(0, false);
	put32(0x7fffffff, false);
	put32(60, false);
	save(false);
	check_breaks_at(1, "");
}
END_TEST

static void check_breaks_somewhere(void)
{
	char detail[WEIR_CAPTURE_DETAIL] = "";
	struct weir_capture *c;
	struct weir_captured f;
	uint64_t n = 0;
	int rc;

	ck_assert_msg(!weir_capture_open(name, &c, detail), "%s", detail);
	while ((rc = weir_capture_next(c, &f)) == 1)
		n++;
	ck_assert_int_eq(rc, -EBADMSG);
	ck_assert_uint_ge(n, 50);
	weir_capture_close(c);
	unlink(name);
}

START_TEST(test_broken_gzip)
{
	FILE *f;

	pcap_head(false, false, 1);
	for (int i = 0; i < 100; i++)
		pcap_frame(false, (uint32_t)i, (uint32_t)(i * 7919), 60, 60);
	save(true);
	/* A wrong check sum: nothing of so short a file can be trusted. */
	f = fopen(name, "r+");
	fseek(f, -6, SEEK_END);
	fputc(0x55, f);
	fclose(f);
	check_open_fails("broken gzip data");
	/* Cut off: what can be unpacked is there. */
	save(true);
	f = fopen(name, "r+");
	fseek(f, 0, SEEK_END);
	ck_assert_int_eq(ftruncate(fileno(f), ftell(f) - 9), 0);
	fclose(f);
	check_breaks_somewhere();
}
END_TEST

/* Read although libpcap would not, or would cut: see sim/capture/tolerate.h. */
START_TEST(test_tolerated)
{
	bool swap = _i & 1;
	uint32_t section[4] = { to(0x1a2b3c4d, swap), 0, 0xffffffff, 0xffffffff };
	uint16_t one = swap ? 0x0100 : 1;
	uint8_t interface[8] = { 0 };

	/* A record above the snap length of the header; a version that never was. */
	pcap_head(swap, false, 1);
	size = 4;
	put16(2, swap);
	put16(8224, swap);
	put32(0, swap);
	put32(0, swap);
	put32(50, swap);
	put32(1, swap);
	pcap_frame(swap, 1, 0, 60, 60);
	pcap_frame(swap, 2, 0, 40, 1500);
	save(_i & 2);
	check_two(1000000000, 2000000000);
	/* Interfaces whose snap lengths differ, in two sections. */
	memcpy(&section[1], &one, 2);
	memcpy(interface, &one, 2);
	size = 0;
	for (uint32_t i = 0; i < 2; i++) {
		uint32_t packet[5 + 15] = { to(1, swap), 0, to(1000000 * (i + 1), swap), to(i ? 40 : 60, swap),
					    to(i ? 1500 : 60, swap) };

		block(0x0a0d0d0a, section, sizeof(section), swap);
		for (uint32_t k = 0; k < 2; k++) {
			uint32_t snap = to(30 + 1000 * k, swap);

			memcpy(interface + 4, &snap, 4);
			block(1, interface, 8, swap);
		}
		block(6, packet, i ? 60 : 80, swap);
	}
	save(_i & 2);
	check_two(1000000000, 2000000000);
}
END_TEST

START_TEST(test_times)
{
	char detail[WEIR_CAPTURE_DETAIL];
	struct weir_capture *c;
	struct weir_captured f;

	pcap_head(false, false, 1);
	pcap_frame(false, 0xffffffff, 0xffffffff, 60, 60);
	pcap_frame(false, 0, 0, 60, 20);     /* shorter on the wire than captured: cannot be */
	save(false);
	ck_assert_int_eq(weir_capture_open(name, &c, detail), 0);
	ck_assert_int_eq(weir_capture_next(c, &f), 1);
	ck_assert_uint_le(f.time_ns, WEIR_CAPTURE_TIME_MAX);
	ck_assert_int_eq(weir_capture_next(c, &f), 1);
	ck_assert_uint_eq(f.time_ns, 0);
	ck_assert_uint_ge(f.wire_len, f.captured);
	weir_capture_close(c);
	unlink(name);
}
END_TEST

static const uint8_t mac_u[6] = { 2, 0, 0, 0, 0, 1 }, mac_p[6] = { 2, 0, 0, 0, 0, 2 }, mac_x[6] = { 2, 0, 0, 0, 0, 3 };

static size_t ip4_frame(uint8_t *buf, const uint8_t *dst_mac, const uint8_t *src_mac, const uint8_t src[4],
			const uint8_t dst[4], uint8_t proto, uint16_t sport, uint16_t dport, uint8_t flags, int tags)
{
	size_t at = 12;

	memset(buf, 0, 100);
	memcpy(buf, dst_mac, 6);
	memcpy(buf + 6, src_mac, 6);
	for (; tags; tags--, at += 4)
		memcpy(buf + at, "\x81\x00\x00\x07", 4);
	memcpy(buf + at, "\x08\x00\x45", 3);
	at += 2;
	buf[at + 9] = proto;
	memcpy(buf + at + 12, src, 4);
	memcpy(buf + at + 16, dst, 4);
	buf[at + 20] = (uint8_t)(sport >> 8);
	buf[at + 21] = (uint8_t)sport;
	buf[at + 22] = (uint8_t)(dport >> 8);
	buf[at + 23] = (uint8_t)dport;
	buf[at + 33] = flags;
	return at + 40;
}

static const uint8_t server[4] = { 192, 0, 2, 10 }, server2[4] = { 192, 0, 2, 11 }, client[4] = { 198, 51, 100, 7 },
		     client2[4] = { 198, 51, 100, 8 };

static struct weir_sides sides;

static int side_of(const uint8_t *dst_mac, const uint8_t *src_mac, const uint8_t src[4], const uint8_t dst[4], int tags)
{
	uint8_t buf[100];
	size_t n = ip4_frame(buf, dst_mac, src_mac, src, dst, 17, 1, 2, 0, tags);

	return weir_sides_of(&sides, buf, n);
}

START_TEST(test_sides)
{
	struct weir_prefix prefix[2];
	uint8_t arp[60] = { 0 }, six[60] = { 0 }, other[60] = { 0 };
	struct weir_addr a;

	ck_assert_int_eq(weir_prefix_parse("192.0.2.0/24", &prefix[0]), 0);
	ck_assert_int_eq(weir_prefix_parse("2001:db8::/32", &prefix[1]), 0);
	weir_sides_init(&sides, prefix, 2);
	/* Neither protected, nothing learned. */
	ck_assert_int_eq(side_of(mac_p, mac_x, client, client2, 0), 0);
	for (int tags = 0; tags < 3; tags++) {
		ck_assert_int_eq(side_of(mac_p, mac_u, client, server, tags), 0);
		ck_assert_int_eq(side_of(mac_u, mac_p, server, client, tags), 1);
	}
	/* Both or neither: by the MAC addresses seen before. */
	ck_assert_int_eq(side_of(mac_x, mac_p, server, server2, 0), 1);
	ck_assert_int_eq(side_of(mac_x, mac_u, client, client2, 0), 0);
	ck_assert_int_eq(side_of(mac_u, mac_x, client, client2, 0), 1);
	ck_assert_int_eq(side_of(mac_p, mac_x, client, client2, 0), 0);
	/* ARP: sender and target. */
	memcpy(arp, mac_x, 6);
	memcpy(arp + 6, mac_x, 6);
	memcpy(arp + 12, "\x08\x06\x00\x01\x08\x00\x06\x04\x00\x01", 10);
	memcpy(arp + 28, server, 4);
	memcpy(arp + 38, client, 4);
	ck_assert_int_eq(weir_sides_of(&sides, arp, sizeof(arp)), 1);
	memcpy(arp + 28, client, 4);
	memcpy(arp + 38, server, 4);
	ck_assert_int_eq(weir_sides_of(&sides, arp, sizeof(arp)), 0);
	/* IPv6 */
	memcpy(six + 12, "\x86\xdd\x60", 3);
	ck_assert_int_eq(weir_addr_parse("2001:db8::1", &a), 0);
	memcpy(six + 22, a.b, 16);
	ck_assert_int_eq(weir_sides_of(&sides, six, sizeof(six)), 1);
	/* No IP at all: by MAC. */
	memcpy(other, mac_u, 6);
	memcpy(other + 6, mac_p, 6);
	ck_assert_int_eq(weir_sides_of(&sides, other, sizeof(other)), 1);
	/* Any length is safe. */
	for (size_t n = 0; n < sizeof(six); n++)
		weir_sides_of(&sides, six, n);
}
END_TEST

static void guess(struct weir_guess *g, const uint8_t src[4], const uint8_t dst[4], uint8_t proto, uint16_t sport,
		  uint16_t dport, uint8_t flags)
{
	uint8_t buf[100];
	size_t n = ip4_frame(buf, mac_u, mac_p, src, dst, proto, sport, dport, flags, 0);

	weir_guess_frame(g, buf, n);
}

START_TEST(test_guess)
{
	struct weir_prefix got[WEIR_GUESS_MAX];
	struct weir_guess *g = weir_guess_new();

	ck_assert_uint_eq(weir_guess_result(g, got), 0);
	/* Nobody answers: the most contacted. */
	guess(g, client, client2, 17, 5000, 6000, 0);
	guess(g, client, client2, 17, 5000, 6000, 0);
	guess(g, client2, client, 17, 6000, 5000, 0);
	ck_assert_uint_eq(weir_guess_result(g, got), 1);
	ck_assert_mem_eq(got[0].addr.b, client2, 4);
	/* Connections, and a flood with forged sources and one of answers. */
	guess(g, client, server, 6, 5000, 8080, 2);
	guess(g, server, client, 6, 8080, 5000, 18);
	guess(g, client, server2, 17, 5000, 53, 0);
	for (uint8_t i = 0; i < 200; i++) {
		const uint8_t forged[4] = { 203, 0, 113, i };

		guess(g, forged, server, 6, 5000, 80, 2);
		guess(g, forged, server2, 17, 53, 5000, 0);
	}
	ck_assert_uint_eq(weir_guess_result(g, got), 2);
	ck_assert_mem_eq(got[0].addr.b, server, 4);
	ck_assert_mem_eq(got[1].addr.b, server2, 4);
	ck_assert_uint_eq(got[0].len, 32);
	weir_guess_free(g);
}
END_TEST

START_TEST(test_guess_is_bounded)
{
	struct weir_prefix got[WEIR_GUESS_MAX];
	struct weir_guess *g = weir_guess_new();

	for (uint32_t i = 0; i < 300000; i++) {
		const uint8_t forged[4] = { 10, (uint8_t)(i >> 16), (uint8_t)(i >> 8), (uint8_t)i };

		guess(g, forged, i % 2 ? server : server2, 6, 5000, 80, 2);
	}
	ck_assert_uint_eq(weir_guess_result(g, got), 2);
	weir_guess_free(g);
}
END_TEST

int main(void)
{
	TCase *c = tcase_create("capture");
	Suite *s = suite_create("capture");

	tcase_add_loop_test(c, test_pcap_formats, 0, 8);
	tcase_add_loop_test(c, test_pcapng, 0, 8);
	tcase_add_test(c, test_cannot_open);
	tcase_add_test(c, test_broken_off);
	tcase_add_test(c, test_broken_gzip);
	tcase_add_loop_test(c, test_tolerated, 0, 4);
	tcase_add_test(c, test_times);
	tcase_add_test(c, test_sides);
	tcase_add_test(c, test_guess);
	tcase_add_test(c, test_guess_is_bounded);
	suite_add_tcase(s, c);
	return check_run(s);
}
