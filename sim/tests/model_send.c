// SPDX-License-Identifier: Apache-2.0
#include "model_send.h"

#include <string.h>

#include "model_test.h"
#include "sim/common/packet_build.h"
#include "weir/weir_regs.h"

struct weir_model *send_model;
struct weir_hash send_hash;

void send_begin(void)
{
	send_model = weir_model_new();
	ck_assert_ptr_nonnull(send_model);
	setup_defaults(send_model);
	setup_hash(&send_hash);
}

void send_end(void)
{
	weir_model_free(send_model);
	send_model = NULL;
}

struct weir_record send_packet(uint64_t stamp_us, const struct send *s)
{
	static const uint8_t mac_src[6] = { 2, 0, 0, 0, 0, 1 }, mac_dst[6] = { 2, 0, 0, 0, 0, 2 };
	uint16_t dst = s->dst ? s->dst : 0x020a;
	struct weir_ip_spec ip = {
		.src = { .family = 4, .b = { 198, 51, 100, s->src ? s->src : 7 } },
		.dst = { .family = 4, .b = { 192, 0, (uint8_t)(dst >> 8), (uint8_t)dst } },
		.ttl = s->ttl0 ? 0 : 64,
	};
	uint16_t sport = s->sport ? s->sport : 40000, dport = s->dport ? s->dport : 7777;
	struct weir_record r;
	struct weir_pkt p;
	uint8_t buf[2048], *payload;

	weir_pkt_init(&p, buf, sizeof(buf));
	weir_pkt_eth(&p, mac_dst, mac_src);
	weir_pkt_ip(&p, &ip);
	if (s->tcp)
		weir_pkt_tcp(&p, &(struct weir_tcp_spec){ .sport = sport, .dport = dport, .flags = s->tcp });
	else
		weir_pkt_udp(&p, sport, dport);
	payload = weir_pkt_room(&p, s->payload);
	ck_assert_ptr_nonnull(payload);
	memset(payload, 0, s->payload);
	ck_assert_int_eq(weir_pkt_end(&p), 0);
	memset(&r, 0xaa, sizeof(r));
	weir_model_packet(send_model, buf, (uint32_t)p.len, (uint32_t)p.len, s->dir, stamp_us, &r);
	return r;
}

void send_source(uint8_t src, uint8_t ret[16])
{
	memcpy(ret, (uint8_t[16]){ [12] = 198, 51, 100, src }, 16);
}

void send_target(uint16_t dst, uint8_t ret[16])
{
	memcpy(ret, (uint8_t[16]){ [12] = 192, 0, (uint8_t)(dst >> 8), (uint8_t)dst }, 16);
}

struct weir_table_entry send_entry(unsigned table, uint64_t tag, int *ret_number)
{
	uint32_t word[8];
	int number = setup_find(send_model, table, tag, word);

	ck_assert_msg(number >= 0, "no entry of tag %010llx", (unsigned long long)tag);
	if (ret_number)
		*ret_number = number;
	return (struct weir_table_entry){
		.tag = tag,
		.m = {
			.tat = (uint32_t)WEIR_FIELD_GET(word, WEIR_REG_TABLE_REMOTE_TAT),
			.win = WEIR_FIELD_GET(word, WEIR_REG_TABLE_REMOTE_WIN),
			.count = (uint32_t)WEIR_FIELD_GET(word, WEIR_REG_TABLE_REMOTE_COUNT),
			.tripped = (uint8_t)WEIR_FIELD_GET(word, WEIR_REG_TABLE_REMOTE_TRIPPED),
			.quiet = (uint8_t)WEIR_FIELD_GET(word, WEIR_REG_TABLE_REMOTE_QUIET),
			.cfg = (uint8_t)WEIR_FIELD_GET(word, WEIR_REG_TABLE_REMOTE_CFG),
			.btat = (uint32_t)WEIR_FIELD_GET(word, WEIR_REG_TABLE_REMOTE_BTAT),
			.bcount = (uint32_t)WEIR_FIELD_GET(word, WEIR_REG_TABLE_REMOTE_BCOUNT),
		},
	};
}

struct weir_hash_key send_remote_key(uint8_t src)
{
	uint8_t a[16];

	send_source(src, a);
	return weir_hash_remote(&send_hash, 0, a);
}
