// SPDX-License-Identifier: Apache-2.0
/* sim/common: random numbers, addresses, packet builder, label files. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gen_check.h"
#include "host/common/addr.h"
#include "host/tests/check_run.h"
#include "sim/common/labels.h"
#include "sim/common/packet_build.h"
#include "host/common/prng.h"

/* Random numbers: the vectors that the authors' C code gives. */

START_TEST(test_splitmix)
{
	static const uint64_t want[] = {
		UINT64_C(6457827717110365317), UINT64_C(3203168211198807973), UINT64_C(9817491932198370423),
		UINT64_C(4593380528125082431), UINT64_C(16408922859458223821),
	};
	uint64_t s = 1234567;

	for (size_t i = 0; i < 5; i++)
		ck_assert_uint_eq(weir_splitmix64(&s), want[i]);
}
END_TEST

START_TEST(test_xoshiro)
{
	static const uint64_t want[] = {
		11520, 0, 1509978240, UINT64_C(1215971899390074240), UINT64_C(1216172134540287360),
	};
	struct weir_prng p = { { 1, 2, 3, 4 } };

	for (size_t i = 0; i < 5; i++)
		ck_assert_uint_eq(weir_prng_next(&p), want[i]);
}
END_TEST

START_TEST(test_prng_ranges)
{
	struct weir_prng p, q;
	uint64_t sum = 0, seen = 0;

	weir_prng_seed(&p, 1, 2);
	weir_prng_seed(&q, 1, 3);
	ck_assert_uint_ne(weir_prng_next(&p), weir_prng_next(&q));
	ck_assert_uint_eq(weir_prng_below(&p, 0), 0);
	for (int i = 0; i < 10000; i++) {
		uint64_t v = weir_prng_range(&p, 10, 12);

		ck_assert_uint_ge(v, 10);
		ck_assert_uint_le(v, 12);
		seen |= 1u << (v - 10);
	}
	ck_assert_uint_eq(seen, 7);
	for (int i = 0; i < 100000; i++) {
		uint64_t v = weir_prng_exp(&p, 10000);

		ck_assert_uint_le(v, 200000);
		sum += v;
	}
	/* 100,000 draws: the mean's deviation is 32. */
	ck_assert_uint_gt(sum / 100000, 9850);
	ck_assert_uint_lt(sum / 100000, 10150);
}
END_TEST

/* Addresses */

START_TEST(test_prefix_parse)
{
	static const struct {
		const char *text;
		int err;
	} rows[] = {
		{ "192.0.2.0/24", 0 }, { "192.0.2.1", 0 }, { "0.0.0.0/0", 0 }, { "2001:db8::/32", 0 },
		{ "::/0", 0 }, { "::1", 0 }, { "192.0.2.1/24", -ERANGE }, { "2001:db8::1/64", -ERANGE },
		{ "192.0.2.0/33", -EINVAL }, { "2001:db8::/129", -EINVAL }, { "192.0.2.0/", -EINVAL },
		{ "192.0.2.0/2x", -EINVAL }, { "192.0.2.0/0024", -EINVAL }, { "/24", -EINVAL }, { "", -EINVAL },
		{ "192.0.2", -EINVAL }, { "x", -EINVAL }, { "192.0.2.0/-1", -EINVAL },
		{ "1111111111111111111111111111111111111111111111111111111111111111111111/1", -EINVAL },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct weir_prefix p = { .len = 77 };

		ck_assert_msg(weir_prefix_parse(rows[i].text, &p) == rows[i].err, "%s", rows[i].text);
		if (rows[i].err)
			ck_assert_uint_eq(p.len, 77);
	}
}
END_TEST

START_TEST(test_prefix_list)
{
	struct weir_prefix p[2];
	size_t n = 9, bad = 9;
	char text[WEIR_ADDR_TEXT_MAX];

	ck_assert_int_eq(weir_prefix_list_parse("192.0.2.0/24,2001:db8::/32", p, 2, &n, &bad), 0);
	ck_assert_uint_eq(n, 2);
	ck_assert_str_eq(weir_prefix_format(&p[1], text), "2001:db8::/32");
	ck_assert_int_eq(weir_prefix_list_parse("10.0.0.0/8,x", p, 2, &n, &bad), -EINVAL);
	ck_assert_uint_eq(bad, 11);
	ck_assert_int_eq(weir_prefix_list_parse("10.0.0.0/8,", p, 2, &n, NULL), -EINVAL);
	ck_assert_int_eq(weir_prefix_list_parse("", p, 2, &n, NULL), -EINVAL);
	ck_assert_int_eq(weir_prefix_list_parse("1.0.0.0/8,2.0.0.0/8,3.0.0.0/8", p, 2, &n, &bad), -ENOSPC);
	ck_assert_uint_eq(n, 2);
}
END_TEST

START_TEST(test_prefix_match)
{
	struct weir_prefix p, q;
	struct weir_addr a;
	char text[WEIR_ADDR_TEXT_MAX];

	ck_assert_int_eq(weir_prefix_parse("192.0.2.64/26", &p), 0);
	for (int last = 0; last < 256; last++) {
		snprintf(text, sizeof(text), "192.0.2.%d", last);
		ck_assert_int_eq(weir_addr_parse(text, &a), 0);
		ck_assert_int_eq(weir_prefix_has(&p, &a), last >= 64 && last < 128);
	}
	ck_assert_int_eq(weir_prefix_parse("::/0", &q), 0);
	ck_assert(!weir_prefix_has(&q, &a));
	ck_assert(!weir_prefix_overlaps(&p, &q));
	ck_assert_int_eq(weir_prefix_parse("192.0.0.0/16", &q), 0);
	ck_assert(weir_prefix_overlaps(&p, &q) && weir_prefix_overlaps(&q, &p));
	a = weir_prefix_nth(&p, 63);
	ck_assert_str_eq(weir_addr_format(&a, text), "192.0.2.127");
	a = weir_prefix_nth(&p, 64);
	ck_assert_str_eq(weir_addr_format(&a, text), "192.0.2.64");
	ck_assert_int_eq(weir_prefix_parse("2001:db8::/32", &q), 0);
	a = weir_prefix_nth(&q, UINT64_MAX);
	ck_assert_str_eq(weir_addr_format(&a, text), "2001:db8::ffff:ffff:ffff:ffff");
}
END_TEST

/* Packet builder */

static const uint8_t mac_a[6] = { 2, 0, 0, 0, 0, 1 }, mac_b[6] = { 2, 0, 0, 0, 0, 2 };

static struct weir_addr addr(const char *text)
{
	struct weir_addr a = { 0 };

	ck_assert_int_eq(weir_addr_parse(text, &a), 0);
	return a;
}

START_TEST(test_csum)
{
	/* RFC 1071, section 3, and a header often printed in textbooks. */
	static const uint8_t rfc[] = { 0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7 };
	static const uint8_t ip[] = { 0x45, 0, 0, 0x73, 0, 0, 0x40, 0, 0x40, 0x11, 0, 0, 0xc0, 0xa8, 0, 1,
				      0xc0, 0xa8, 0, 0xc7 };
	static const uint8_t odd[] = { 0x12, 0x34, 0x56 };

	ck_assert_uint_eq(weir_csum(rfc, 8), 0xffff - 0xddf2);
	ck_assert_uint_eq(weir_csum(ip, 20), 0xb861);
	ck_assert_uint_eq(weir_csum(odd, 3), 0xffff - (0x1234 + 0x5600));
	ck_assert_uint_eq(weir_csum(odd, 0), 0xffff);
}
END_TEST

/* Every stacking of layers, checked by the checker. */
START_TEST(test_layers)
{
	for (unsigned way = 0; way < 2 * 3 * 3 * 4 * 3; way++) {
		unsigned v6 = way % 2, tags = way / 2 % 3, l4 = way / 6 % 3, ext = way / 18 % 4, size = way / 72;
		static const size_t sizes[] = { 0, 5, 1200 };
		uint8_t buf[2048], data[1200];
		struct weir_pkt p;
		struct check c;

		memset(data, 0xa5, sizeof(data));
		weir_pkt_init(&p, buf, sizeof(buf));
		weir_pkt_eth(&p, mac_b, mac_a);
		if (tags > 1)
			weir_pkt_vlan(&p, 0x88a8, 7);
		if (tags > 0)
			weir_pkt_vlan(&p, 0x8100, 9);
		weir_pkt_ip(&p, &(struct weir_ip_spec){
			.src = addr(v6 ? "2001:db8::1" : "192.0.2.1"), .dst = addr(v6 ? "2001:db8::2" : "192.0.2.2"),
			.ttl = 64, .tos = 0x2e, .id = 77, .flow_label = 0x12345 });
		if (ext == 1)
			weir_pkt_ah(&p, 1, 2, 12);
		else if (ext == 2 && v6)
			weir_pkt_ip6_ext(&p, 60, NULL, 6);
		else if (ext == 3 && v6)
			weir_pkt_ip6_ext(&p, 0, NULL, 14);
		if (l4 == 0)
			weir_pkt_udp(&p, 1000, 53);
		else if (l4 == 1)
			weir_pkt_tcp(&p, &(struct weir_tcp_spec){ .sport = 1000, .dport = 53, .seq = 1, .ack = 2,
				.flags = WEIR_TCP_ACK, .window = 3, .opt = (const uint8_t *)"\1\1\1", .opt_len = 3 });
		else
			weir_pkt_icmp(&p, v6 ? 128 : 8, 0, 0x00010002);
		weir_pkt_bytes(&p, data, sizes[size]);
		ck_assert_int_eq(weir_pkt_end(&p), 0);
		ck_assert_uint_ge(p.len, 60);
		check_frame(buf, p.len, &c);
		ck_assert_msg(c.n_bad == 0, "way %u:%s", way, check_text(&c));
		ck_assert_msg(c.l4 && c.sum_checked, "way %u", way);
		ck_assert_uint_eq(c.tags, tags);
		ck_assert_int_eq(c.family, v6 ? 6 : 4);
		if (l4 != 2)
			ck_assert_uint_eq(c.dport, 53);
		if (l4 == 0)
			ck_assert_uint_eq(c.payload_len, sizes[size]);
	}
}
END_TEST

START_TEST(test_ip_options)
{
	static const uint8_t opt[] = { 7, 7, 4, 0, 0, 0, 0 };
	uint8_t buf[128];
	struct weir_pkt p;
	struct check c;

	weir_pkt_init(&p, buf, sizeof(buf));
	weir_pkt_eth(&p, mac_b, mac_a);
	weir_pkt_ip(&p, &(struct weir_ip_spec){ .src = addr("192.0.2.1"), .dst = addr("192.0.2.2"), .ttl = 1,
						.opt = opt, .opt_len = sizeof(opt) });
	weir_pkt_udp(&p, 1, 2);
	ck_assert_int_eq(weir_pkt_end(&p), 0);
	ck_assert_uint_eq(buf[14], 0x47);
	check_frame(buf, p.len, &c);
	ck_assert_msg(c.n_bad == 0, "%s", check_text(&c));
}
END_TEST

START_TEST(test_padn)
{
	uint8_t buf[4096];

	/* Every allowed length of an extension header is filled with well-formed padding. */
	for (size_t len = 6; len < 256 * 8; len += 8) {
		struct weir_pkt p;
		size_t at = 56, end = 54 + 2 + len;

		weir_pkt_init(&p, buf, sizeof(buf));
		weir_pkt_eth(&p, mac_b, mac_a);
		weir_pkt_ip(&p, &(struct weir_ip_spec){ .src = addr("::2"), .dst = addr("::3"), .ttl = 1 });
		weir_pkt_ip6_ext(&p, 60, NULL, len);
		ck_assert_int_eq(weir_pkt_end(&p), 0);
		while (at < end) {
			ck_assert_uint_eq(buf[at], 1);
			at += 2u + buf[at + 1];
		}
		ck_assert_uint_eq(at, end);
	}
}
END_TEST

START_TEST(test_llc_and_arp)
{
	uint8_t buf[128];
	struct weir_addr a = addr("192.0.2.1"), b = addr("192.0.2.2");
	struct weir_pkt p;
	struct check c;

	weir_pkt_init(&p, buf, sizeof(buf));
	weir_pkt_eth(&p, mac_b, mac_a);
	weir_pkt_arp(&p, 2, mac_a, &a, mac_b, &b);
	ck_assert_int_eq(weir_pkt_end(&p), 0);
	check_frame(buf, p.len, &c);
	ck_assert(c.arp && c.n_bad == 0);

	weir_pkt_init(&p, buf, sizeof(buf));
	weir_pkt_eth(&p, mac_b, mac_a);
	weir_pkt_llc(&p, 0xaa, 0xaa, 3);
	weir_pkt_snap(&p);
	weir_pkt_ip(&p, &(struct weir_ip_spec){ .src = a, .dst = b, .ttl = 1 });
	weir_pkt_udp(&p, 1, 2);
	ck_assert_int_eq(weir_pkt_end(&p), 0);
	ck_assert_uint_eq(weir_pkt_get16(&p, 12), 8 + 28);
	check_frame(buf, p.len, &c);
	ck_assert_msg(c.n_bad == 0 && c.sum_checked, "%s", check_text(&c));
}
END_TEST

START_TEST(test_no_room)
{
	/* At every size that is too small: an error, and not a byte beyond. */
	for (size_t cap = 0; cap < 62; cap++) {
		uint8_t *buf = malloc(cap ? cap : 1);
		struct weir_pkt p;

		weir_pkt_init(&p, buf, cap);
		weir_pkt_eth(&p, mac_b, mac_a);
		weir_pkt_ip(&p, &(struct weir_ip_spec){ .src = addr("192.0.2.1"), .dst = addr("192.0.2.2"),
							.ttl = 1 });
		weir_pkt_udp(&p, 1, 2);
		weir_pkt_bytes(&p, "01234567890123456789", 20);
		ck_assert_int_eq(weir_pkt_end(&p), -ENOSPC);
		ck_assert_uint_le(p.len, cap);
		free(buf);
	}
}
END_TEST

/* Fragments of every size put together again give the datagram. */
START_TEST(test_fragments)
{
	for (int v6 = 0; v6 < 2; v6++) {
		static uint8_t whole_buf[10000], again[10000];
		struct weir_pkt whole;
		size_t head = v6 ? 40 : 20, total;
		uint8_t *d;

		weir_pkt_init(&whole, whole_buf, sizeof(whole_buf));
		weir_pkt_eth(&whole, mac_b, mac_a);
		weir_pkt_ip(&whole, &(struct weir_ip_spec){ .src = addr(v6 ? "2001:db8::1" : "192.0.2.1"),
			.dst = addr(v6 ? "2001:db8::2" : "192.0.2.2"), .ttl = 3 });
		weir_pkt_udp(&whole, 5, 6);
		d = weir_pkt_room(&whole, 5001);
		for (size_t i = 0; i < 5001; i++)
			d[i] = (uint8_t)(i * 7);
		ck_assert_int_eq(weir_pkt_end(&whole), 0);
		total = whole.end - 14 - head;
		for (size_t room = 8; room <= 1480; room += 184) {
			for (size_t at = 0; at < total; at += room) {
				size_t len = total - at < room ? total - at : room;
				uint8_t buf[2048];
				struct weir_pkt p;
				struct check c;

				weir_pkt_init(&p, buf, sizeof(buf));
				ck_assert_int_eq(weir_pkt_fragment(&whole, at, len, 0x1234, &p), 0);
				check_frame(buf, p.len, &c);
				ck_assert_msg(c.n_bad == 0, "at %zu of %zu:%s", at, total, check_text(&c));
				ck_assert(c.fragment);
				ck_assert_int_eq(c.proto, 17);
				memcpy(again + at, buf + p.end - len, len);
			}
			ck_assert_mem_eq(again, whole_buf + 14 + head, total);
		}
		ck_assert_int_eq(weir_pkt_fragment(&whole, 4, 8, 1, &whole), -EINVAL);
		ck_assert_int_eq(weir_pkt_fragment(&whole, 0, total + 8, 1, &whole), -EINVAL);
		ck_assert_int_eq(weir_pkt_fragment(&whole, 0, 9, 1, &whole), -EINVAL);
	}
}
END_TEST

/* Label files */

#define HEAD "# weir-labels 1\n"
#define ROW0 "# attack 0 name=syn-0 class=syn target=192.0.2.10/32 start_ns=5 end_ns=9\n"

static int read_text(const char *text, size_t len, size_t max, struct weir_labels **ret, char *detail)
{
	FILE *f = fmemopen((void *)text, len ? len : 1, "r");
	int err;

	ck_assert_ptr_nonnull(f);
	if (!len)
		getc(f);
	err = weir_labels_read(f, "x", max, ret, detail, 200);
	fclose(f);
	return err;
}

START_TEST(test_labels_good)
{
	static const char text[] = HEAD ROW0
		"# attack 1 class=udp,frag end_ns=20 start_ns=10 name=u target=2001:db8::/32\n"
		"# any comment\n1 honest\n2 syn-0\n\n3-5 u\r\n6 u more words\n# end packets=6\n";
	static const int want[] = { -1, 0, 1, 1, 1, 1 };
	struct weir_labels *l = NULL;
	char detail[200] = "", classes[WEIR_LABEL_CLASSES_TEXT];

	ck_assert_msg(read_text(text, sizeof(text) - 1, 6, &l, detail) == 0, "%s", detail);
	ck_assert_uint_eq(weir_labels_packets(l), 6);
	for (size_t i = 0; i < 6; i++)
		ck_assert_int_eq(weir_labels_of(l, i), want[i]);
	ck_assert_int_eq(weir_labels_of(l, 6), WEIR_LABEL_HONEST);
	ck_assert_uint_eq(weir_labels_attacks(l), 2);
	ck_assert_str_eq(weir_labels_attack(l, 1)->name, "u");
	ck_assert_uint_eq(weir_labels_attack(l, 1)->start_ns, 10);
	ck_assert_uint_eq(weir_labels_attack(l, 1)->target.len, 32);
	ck_assert_str_eq(weir_label_classes_format(weir_labels_attack(l, 1)->classes, classes), "udp,frag");
	ck_assert_ptr_null(weir_labels_attack(l, 2));
	weir_labels_free(l);
	weir_labels_free(NULL);
}
END_TEST

START_TEST(test_labels_bad)
{
	static const struct {
		const char *text;
		int err;
		const char *detail;      /* how the message begins */
	} rows[] = {
		{ "", -EINVAL, "x:0: not a label file" },
		{ "hello\n", -EINVAL, "x:1: not a label file" },
		{ "# weir-labels 2\n", -EINVAL, "x:1: not a label file" },
		{ HEAD, -EINVAL, "x:1: no end line" },
		{ HEAD "1 honest\n", -EINVAL, "x:2: no end line" },
		{ HEAD "1 honest", -EINVAL, "x:2: last line is not complete" },
		{ HEAD "1 honest\n# end packets=2\n", -EINVAL, "x:3: the end says 2" },
		{ HEAD "1 honest\n# end packets=1\n2 honest\n", -EINVAL, "x:4: text behind" },
		{ HEAD "2 honest\n", -EINVAL, "x:2: expected packet 1, found 2" },
		{ HEAD "1 honest\n1 honest\n", -EINVAL, "x:3: expected packet 2, found 1" },
		{ HEAD "1\n", -EINVAL, "x:2: packet without a label" },
		{ HEAD "1 syn-0\n", -EINVAL, "x:2: label \"syn-0\" is not" },
		{ HEAD "-1 honest\n", -EINVAL, "x:2: expected a packet number" },
		{ HEAD "1x honest\n", -EINVAL, "x:2: expected a packet number" },
		{ HEAD "1-0 honest\n", -EINVAL, "x:2: bad range" },
		{ HEAD "1- honest\n", -EINVAL, "x:2: bad range" },
		{ HEAD "99999999999999999999 honest\n", -EINVAL, "x:2: expected a packet number" },
		{ HEAD "1-18446744073709551615 honest\n", -E2BIG, "x:2: more than 1000" },
		{ HEAD "1-1001 honest\n", -E2BIG, "x:2: more than 1000" },
		{ HEAD "# attack 1 name=a class=syn target=1.1.1.1 start_ns=1 end_ns=2\n", -EINVAL, "x:2: expected \"attack 0\"" },
		{ HEAD "# attack 0 name=a class=syn target=1.1.1.1 start_ns=3 end_ns=2\n", -EINVAL, "x:2: attack ends" },
		{ HEAD "# attack 0 name=a class=syn target=1.1.1.1 start_ns=3\n", -EINVAL, "x:2: attack row without end_ns" },
		{ HEAD "# attack 0 name=a class=sin target=1.1.1.1 start_ns=1 end_ns=2\n", -EINVAL, "x:2: bad value \"sin\"" },
		{ HEAD "# attack 0 name=honest class=syn\n", -EINVAL, "x:2: bad value \"honest\"" },
		{ HEAD "# attack 0 name=a name=b\n", -EINVAL, "x:2: name given twice" },
		{ HEAD "# attack 0 target=1.1.1.1/8\n", -EINVAL, "x:2: bad value" },
		{ HEAD "# attack 0 colour=red\n", -EINVAL, "x:2: unknown key" },
		{ HEAD "# attack 0 name\n", -EINVAL, "x:2: \"name\" is not" },
		{ HEAD ROW0 "# attack 1 name=syn-0 class=syn target=1.1.1.1 start_ns=1 end_ns=2\n", -EINVAL, "x:3: two attacks" },
		{ HEAD "1 honest\n" ROW0, -EINVAL, "x:3: attack row behind" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct weir_labels *l = NULL;
		char detail[200] = "";
		int err = read_text(rows[i].text, strlen(rows[i].text), 1000, &l, detail);

		ck_assert_msg(err == rows[i].err, "row %zu: %d %s", i, err, detail);
		ck_assert_ptr_null(l);
		ck_assert_msg(!strncmp(detail, rows[i].detail, strlen(rows[i].detail)), "row %zu: %s", i, detail);
	}
}
END_TEST

START_TEST(test_labels_long_line)
{
	char text[2000] = HEAD, detail[200];
	struct weir_labels *l = NULL;

	memset(text + strlen(text), 'a', 1900);
	text[1990] = '\n';
	ck_assert_int_eq(read_text(text, 1991, 10, &l, detail), -EINVAL);
	ck_assert_ptr_nonnull(strstr(detail, "x:2: line longer"));
	memcpy(text, HEAD "1 ho\0nest\n", 26);
	ck_assert_int_eq(read_text(text, 26, 10, &l, detail), -EINVAL);
	ck_assert_ptr_nonnull(strstr(detail, "x:2: not a text file"));
	ck_assert_int_eq(weir_labels_open("/nonexistent/x", 10, &l, detail, sizeof(detail)), -ENOENT);
}
END_TEST

START_TEST(test_labels_too_many_attacks)
{
	char *text = NULL, detail[200];
	size_t len;
	FILE *f = open_memstream(&text, &len);
	struct weir_labels *l = NULL;

	fprintf(f, HEAD);
	for (int i = 0; i <= WEIR_LABEL_ATTACKS_MAX; i++)
		fprintf(f, "# attack %d name=a%d class=any target=1.1.1.1 start_ns=1 end_ns=2\n", i, i);
	fclose(f);
	ck_assert_int_eq(read_text(text, len, 10, &l, detail), -EINVAL);
	ck_assert_ptr_nonnull(strstr(detail, "more than 64"));
	free(text);
}
END_TEST

/* What is written can be read; random damage to it never does harm. */
START_TEST(test_labels_round_and_damage)
{
	struct weir_label_attack a[2] = {
		{ .name = "syn-0", .classes = WEIR_LABEL_CLASS_syn, .start_ns = 1, .end_ns = 2 },
		{ .name = "x", .classes = WEIR_LABEL_CLASS_any, .start_ns = 3, .end_ns = UINT64_MAX },
	};
	char *text = NULL, detail[200];
	size_t len;
	FILE *f = open_memstream(&text, &len);
	struct weir_labels *l = NULL;
	struct weir_prng r;

	weir_prefix_parse("192.0.2.0/24", &a[0].target);
	weir_prefix_parse("2001:db8::5", &a[1].target);
	weir_labels_write_head(f, a, 2);
	for (int i = 1; i <= 300; i++)
		weir_labels_write_packet(f, (uint64_t)i, i % 3 == 0 ? NULL : a[i % 3 - 1].name, i % 7 ? NULL : "why");
	weir_labels_write_end(f, 300);
	fclose(f);
	ck_assert_msg(!read_text(text, len, 300, &l, detail), "%s", detail);
	ck_assert_uint_eq(weir_labels_packets(l), 300);
	for (int i = 1; i <= 300; i++)
		ck_assert_int_eq(weir_labels_of(l, (size_t)i - 1), i % 3 - 1);
	ck_assert_uint_eq(weir_labels_attack(l, 1)->end_ns, UINT64_MAX);
	weir_labels_free(l);
	ck_assert_int_eq(read_text(text, len, 299, &l, detail), -E2BIG);
	weir_prng_seed(&r, 5, 5);
	for (int i = 0; i < 3000; i++) {
		char *copy = malloc(len);
		size_t n = weir_prng_below(&r, 2) ? len : weir_prng_below(&r, len);

		memcpy(copy, text, len);
		for (unsigned k = (unsigned)weir_prng_range(&r, 1, 4); k > 0; k--)
			copy[weir_prng_below(&r, len)] = weir_prng_below(&r, 3) ? "0123456789 -=#,\n"[weir_prng_below(&r, 16)]
										   : (char)weir_prng_next(&r);
		l = NULL;
		if (!read_text(copy, n, 1000, &l, detail))
			weir_labels_free(l);
		free(copy);
	}
	free(text);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("gen-common");
	TCase *t = tcase_create("all");

	tcase_set_timeout(t, 60);
	tcase_add_test(t, test_splitmix);
	tcase_add_test(t, test_xoshiro);
	tcase_add_test(t, test_prng_ranges);
	tcase_add_test(t, test_prefix_parse);
	tcase_add_test(t, test_prefix_list);
	tcase_add_test(t, test_prefix_match);
	tcase_add_test(t, test_csum);
	tcase_add_test(t, test_layers);
	tcase_add_test(t, test_ip_options);
	tcase_add_test(t, test_padn);
	tcase_add_test(t, test_llc_and_arp);
	tcase_add_test(t, test_no_room);
	tcase_add_test(t, test_fragments);
	tcase_add_test(t, test_labels_good);
	tcase_add_test(t, test_labels_bad);
	tcase_add_test(t, test_labels_long_line);
	tcase_add_test(t, test_labels_too_many_attacks);
	tcase_add_test(t, test_labels_round_and_damage);
	suite_add_tcase(s, t);
	return check_run(s);
}
