// SPDX-License-Identifier: Apache-2.0
#include "host/common/link_serve.h"

#include <string.h>

enum { StatusDone, StatusUnknown, StatusRefused };
enum { HeadOctets = 2, HelloOctets = 3, ReadOctets = 7, WriteHead = 6, FillOctets = 12, ReplyHead = 3, RequestsEnd = 0x40 };
enum { RegisterId = 0x0, RegisterVersion = 0x4, RegisterSocVersion = 0x10004 };

static uint32_t get32(const uint8_t *at)
{
	return at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

static void put32(struct weir_link_server *s, uint32_t v)
{
	for (unsigned i = 0; i < 4; i++)
		s->reply[s->reply_len++] = (uint8_t)(v >> 8 * i);
}

void weir_link_server_init(struct weir_link_server *s, const struct weir_link_bus *bus)
{
	memset(s, 0, sizeof(*s));
	weir_link_decoder_init(&s->decoder);
	s->bus = bus;
	s->type = WEIR_LINK_HELLO;
}

static void send(struct weir_link_server *s, const uint8_t *body, size_t len)
{
	uint8_t wire[WEIR_LINK_WIRE_MAX];
	size_t n;

	if (!weir_link_encode(body, len, wire, sizeof(wire), &n))
		s->bus->out(s->bus->ctx, wire, n);
}

/* Words that a request is about; 0: its length or their number is wrong. */
static size_t count_of(const uint8_t *body, size_t len)
{
	size_t count = 0, most = body[0] == WEIR_LINK_FILL ? WEIR_LINK_FILL_MAX : WEIR_LINK_WORDS_MAX;

	if (body[0] == WEIR_LINK_READ && len == ReadOctets)
		count = body[WriteHead];
	else if (body[0] == WEIR_LINK_WRITE && len > WriteHead && (len - WriteHead) % 4 == 0)
		count = (len - WriteHead) / 4;
	else if (body[0] == WEIR_LINK_FILL && len == FillOctets)
		count = body[WriteHead] | (size_t)body[WriteHead + 1] << 8;
	return count <= most ? count : 0;
}

static uint8_t hello(const uint8_t *body, size_t len)
{
	return len != HelloOctets ? StatusRefused : body[HeadOctets] != WEIR_LINK_VERSION ? StatusUnknown : StatusDone;
}

static uint8_t check(const uint8_t *body, size_t len, size_t *ret_count)
{
	uint32_t address;

	if (body[0] == WEIR_LINK_HELLO)
		return hello(body, len);
	if (body[0] != WEIR_LINK_READ && body[0] != WEIR_LINK_WRITE && body[0] != WEIR_LINK_FILL)
		return StatusUnknown;
	*ret_count = count_of(body, len);
	if (!*ret_count)
		return StatusRefused;
	address = get32(body + HeadOctets);
	return address % 4 || address >= WEIR_LINK_ADDRESS_END || *ret_count > (WEIR_LINK_ADDRESS_END - address) / 4 ?
		       StatusRefused : StatusDone;
}

static void do_hello(struct weir_link_server *s)
{
	s->reply[s->reply_len++] = WEIR_LINK_VERSION;
	s->reply[s->reply_len++] = WEIR_LINK_WORDS_MAX;
	put32(s, s->bus->read(s->bus->ctx, RegisterId));
	put32(s, s->bus->read(s->bus->ctx, RegisterVersion));
	put32(s, s->bus->read(s->bus->ctx, RegisterSocVersion));
}

static void do_words(struct weir_link_server *s, const uint8_t *body, size_t count)
{
	uint32_t address = get32(body + HeadOctets);

	for (size_t i = 0; i < count; i++, address += 4) {
		if (body[0] == WEIR_LINK_READ)
			put32(s, s->bus->read(s->bus->ctx, address));
		else
			s->bus->write(s->bus->ctx, address,
				      get32(body[0] == WEIR_LINK_FILL ? body + WriteHead + 2 : body + WriteHead + 4 * i));
	}
}

static void request(struct weir_link_server *s, const uint8_t *body, size_t len)
{
	size_t count = 0;
	uint8_t status;

	if (body[0] >= RequestsEnd) {
		s->foreign++;
		return;
	}
	if (body[0] != WEIR_LINK_HELLO && body[0] == s->type && body[1] == s->number) {
		s->repeated++;
		send(s, s->reply, s->reply_len);
		return;
	}
	s->type = body[0];
	s->number = body[1];
	status = check(body, len, &count);
	s->reply[0] = body[0] | WEIR_LINK_REPLY;
	s->reply[1] = body[1];
	s->reply[2] = status;
	s->reply_len = ReplyHead;
	if (status == StatusDone && body[0] == WEIR_LINK_HELLO)
		do_hello(s);
	else if (status == StatusDone)
		do_words(s, body, count);
	send(s, s->reply, s->reply_len);
}

void weir_link_serve(struct weir_link_server *s, const uint8_t *octets, size_t n)
{
	size_t at = 0, len;

	while (at < n) {
		at += weir_link_decode(&s->decoder, octets + at, n - at, &len);
		if (len)
			request(s, s->decoder.octets, len);
	}
}

void weir_link_serve_notice(struct weir_link_server *s, const uint32_t words[WEIR_LINK_NOTICE_WORDS])
{
	uint8_t body[HeadOctets + 4 * WEIR_LINK_NOTICE_WORDS] = { WEIR_LINK_NOTICE, s->notice++ };

	for (unsigned i = 0; i < 4 * WEIR_LINK_NOTICE_WORDS; i++)
		body[HeadOctets + i] = (uint8_t)(words[i / 4] >> 8 * (i % 4));
	send(s, body, sizeof(body));
}

uint32_t weir_link_server_counts(const struct weir_link_server *s)
{
	return (uint32_t)s->repeated << 16 | ((s->decoder.bad + s->foreign) & 0xffff);
}
