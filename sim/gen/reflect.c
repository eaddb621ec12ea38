// SPDX-License-Identifier: Apache-2.0
/* What the amplifying services answer. Sizes are those of real answers to the requests that
 * attackers forge: monlist for NTP, ANY for DNS, stats for memcached and so on (US-CERT TA14-017A
 * lists the protocols). The ports are the default reflector list of docs/datapath.md. */
#include "pdu.h"

#include <stdio.h>
#include <string.h>

static void fill_letters(uint8_t *b, size_t len, struct weir_prng *r)
{
	for (size_t i = 0; i < len; i++)
		b[i] = (uint8_t)(' ' + weir_prng_below(r, 95));
}

/* Fixed head, cut when the payload is shorter. Returns how much of it stands. */
static size_t head(uint8_t *b, size_t len, const void *h, size_t n)
{
	if (n > len)
		n = len;
	memcpy(b, h, n);
	return n;
}

static void random_after(uint8_t *b, size_t len, const void *h, size_t n, struct weir_prng *r)
{
	n = head(b, len, h, n);
	weir_prng_fill(r, b + n, len - n);
}

static void text_after(uint8_t *b, size_t len, const char *h, struct weir_prng *r)
{
	size_t n = head(b, len, h, strlen(h));

	fill_letters(b + n, len - n, r);
}

static void fill_dns(uint8_t *b, size_t len, struct weir_prng *r)
{
	uint8_t q[512];
	size_t n;

	/* Type 255: everything there is about this name. */
	n = gen_dns_query(q, (uint16_t)weir_prng_next(r), "example.org", 255);
	if (len < n + 14) {
		head(b, len, q, n);
		return;
	}
	memcpy(b, q, n);
	gen_dns_answer(b, n, len, 0, len - n, r);
}

static void fill_ntp(uint8_t *b, size_t len, struct weir_prng *r)
{
	/* Mode 7, monlist: items of 72 bytes. */
	uint8_t h[8] = { 0xd7, 0, 3, 42, 0, 0, 0, 72 };

	h[1] = (uint8_t)weir_prng_below(r, 100);
	h[5] = (uint8_t)(len > 8 ? (len - 8) / 72 : 0);
	random_after(b, len, h, sizeof(h), r);
}

static void fill_memcached(uint8_t *b, size_t len, struct weir_prng *r)
{
	uint8_t h[8] = { 0 };
	size_t n;

	h[3] = (uint8_t)weir_prng_below(r, 200);      /* datagram of 200 */
	h[5] = 200;
	n = head(b, len, h, sizeof(h));
	if (h[3] == 0)
		n += head(b + n, len - n, "VALUE a 0 280000\r\n", 18);
	fill_letters(b + n, len - n, r);
}

static void fill_ssdp(uint8_t *b, size_t len, struct weir_prng *r)
{
	text_after(b, len, "HTTP/1.1 200 OK\r\nCACHE-CONTROL: max-age=1800\r\nEXT:\r\n"
		   "LOCATION: http://192.168.1.1:49152/rootDesc.xml\r\nSERVER: Linux UPnP/1.1\r\n"
		   "ST: upnp:rootdevice\r\nUSN: uuid:", r);
}

static void fill_cldap(uint8_t *b, size_t len, struct weir_prng *r)
{
	uint8_t h[] = { 0x30, 0x84, 0, 0, 0, 0, 0x02, 0x01, 0x07, 0x64, 0x84, 0, 0, 0, 0, 0x04, 0x00 };

	h[4] = (uint8_t)((len - 6) >> 8);
	h[5] = (uint8_t)(len - 6);
	h[13] = (uint8_t)((len - 15) >> 8);
	h[14] = (uint8_t)(len - 15);
	random_after(b, len, h, sizeof(h), r);
}

static void fill_chargen(uint8_t *b, size_t len, struct weir_prng *r)
{
	size_t start = weir_prng_below(r, 95);

	for (size_t i = 0; i < len; i++) {
		size_t line = i / 74, col = i % 74;

		b[i] = col == 72 ? '\r' : col == 73 ? '\n' :
		       (uint8_t)(' ' + (start + line + col) % 95);
	}
}

static void fill_qotd(uint8_t *b, size_t len, struct weir_prng *r)
{
	text_after(b, len, "\"", r);
}

static void fill_snmp(uint8_t *b, size_t len, struct weir_prng *r)
{
	uint8_t h[] = { 0x30, 0x82, 0, 0, 0x02, 0x01, 0x01, 0x04, 0x06,
			'p', 'u', 'b', 'l', 'i', 'c', 0xa2, 0x82 };

	h[2] = (uint8_t)((len - 4) >> 8);
	h[3] = (uint8_t)(len - 4);
	random_after(b, len, h, sizeof(h), r);
}

static void fill_rpc(uint8_t *b, size_t len, struct weir_prng *r)
{
	uint8_t h[24] = { 0, 0, 0, 0, 0, 0, 0, 1 };     /* accepted reply */

	weir_prng_fill(r, h, 4);
	random_after(b, len, h, sizeof(h), r);
}

static void fill_netbios(uint8_t *b, size_t len, struct weir_prng *r)
{
	static const uint8_t h[] = { 0x12, 0x34, 0x84, 0, 0, 0, 0, 1, 0, 0, 0, 0, 32, 'C', 'K' };

	random_after(b, len, h, sizeof(h), r);
}

static void fill_rip(uint8_t *b, size_t len, struct weir_prng *r)
{
	static const uint8_t h[] = { 2, 1, 0, 0, 0, 2, 0, 0 };

	random_after(b, len, h, sizeof(h), r);
}

static void fill_mssql(uint8_t *b, size_t len, struct weir_prng *r)
{
	text_after(b, len, "\x05\xc0\x01ServerName;SQL1;InstanceName;MSSQLSERVER;IsClustered;No;", r);
}

static void fill_ard(uint8_t *b, size_t len, struct weir_prng *r)
{
	static const uint8_t h[] = { 0, 1, 3, 0xea, 0, 0, 0, 0 };

	random_after(b, len, h, sizeof(h), r);
}

static void fill_wsd(uint8_t *b, size_t len, struct weir_prng *r)
{
	text_after(b, len, "<?xml version=\"1.0\" encoding=\"utf-8\"?><soap:Envelope xmlns:soap="
		   "\"http://www.w3.org/2003/05/soap-envelope\"><soap:Header>", r);
}

static void fill_tftp(uint8_t *b, size_t len, struct weir_prng *r)
{
	static const uint8_t h[] = { 0, 3, 0, 1 };

	random_after(b, len, h, sizeof(h), r);
}

const struct gen_reflector gen_reflectors[] = {
	{ "dns-reflection", 53, 900, 1472, fill_dns, "answers to ANY questions from open resolvers" },
	{ "ntp-reflection", 123, 440, 440, fill_ntp, "monlist answers" },
	{ "memcached-reflection", 11211, 1400, 1400, fill_memcached, "values from open memcached" },
	{ "ssdp-reflection", 1900, 260, 420, fill_ssdp, "UPnP discovery answers" },
	{ "cldap-reflection", 389, 1300, 3000, fill_cldap, "rootDSE answers, partly in fragments" },
	{ "chargen-reflection", 19, 74, 1472, fill_chargen, "character generators" },
	{ "qotd-reflection", 17, 60, 512, fill_qotd, "quotes of the day" },
	{ "snmp-reflection", 161, 400, 1472, fill_snmp, "GetBulk answers" },
	{ "rpcbind-reflection", 111, 240, 660, fill_rpc, "portmapper dumps" },
	{ "netbios-reflection", 137, 190, 300, fill_netbios, "NetBIOS node status" },
	{ "mssql-reflection", 1434, 180, 560, fill_mssql, "SQL Server browser" },
	{ "rip-reflection", 520, 504, 504, fill_rip, "RIPv1 routing tables" },
	{ "ard-reflection", 3283, 1006, 1006, fill_ard, "Apple Remote Desktop" },
	{ "wsd-reflection", 3702, 700, 1472, fill_wsd, "WS-Discovery" },
	{ "mdns-reflection", 5353, 120, 700, fill_dns, "multicast DNS answering unicast" },
	{ "tftp-reflection", 69, 516, 516, fill_tftp, "TFTP data" },
};

const size_t gen_n_reflectors = sizeof(gen_reflectors) / sizeof(gen_reflectors[0]);
