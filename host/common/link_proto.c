// SPDX-License-Identifier: Apache-2.0
#include "host/common/link_proto.h"

#include <errno.h>

/* Behind type and number: status, and of a hello two octets. */
enum { ReplyHead = 3, HelloExtra = 2, HelloWords = 3, NoticeHead = 2 };
enum { StatusDone, StatusUnknown, StatusRefused };

static void put32(struct weir_link_request *req, uint32_t v)
{
	for (unsigned i = 0; i < 4; i++)
		req->body[req->len++] = (uint8_t)(v >> 8 * i);
}

static uint32_t get32(const uint8_t *at)
{
	return at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

static void begin(struct weir_link_request *req, enum weir_link_type type, uint8_t number, size_t reply_words)
{
	req->body[0] = (uint8_t)type;
	req->body[1] = number;
	req->len = 2;
	req->reply_words = (uint16_t)reply_words;
}

static bool place_ok(uint32_t address, size_t count, size_t most)
{
	return address % 4 == 0 && count >= 1 && count <= most && address < WEIR_LINK_ADDRESS_END &&
	       count <= (WEIR_LINK_ADDRESS_END - address) / 4;
}

int weir_link_hello(struct weir_link_request *req, uint8_t number)
{
	begin(req, WEIR_LINK_HELLO, number, 0);
	req->body[req->len++] = WEIR_LINK_VERSION;
	return 0;
}

int weir_link_read(struct weir_link_request *req, uint8_t number, uint32_t address, size_t count)
{
	if (!place_ok(address, count, WEIR_LINK_WORDS_MAX))
		return -EINVAL;
	begin(req, WEIR_LINK_READ, number, count);
	put32(req, address);
	req->body[req->len++] = (uint8_t)count;
	return 0;
}

int weir_link_write(struct weir_link_request *req, uint8_t number, uint32_t address, const uint32_t *words, size_t count)
{
	if (!place_ok(address, count, WEIR_LINK_WORDS_MAX))
		return -EINVAL;
	begin(req, WEIR_LINK_WRITE, number, 0);
	put32(req, address);
	for (size_t i = 0; i < count; i++)
		put32(req, words[i]);
	return 0;
}

int weir_link_fill(struct weir_link_request *req, uint8_t number, uint32_t address, size_t count, uint32_t word)
{
	if (!place_ok(address, count, WEIR_LINK_FILL_MAX))
		return -EINVAL;
	begin(req, WEIR_LINK_FILL, number, 0);
	put32(req, address);
	req->body[req->len++] = (uint8_t)count;
	req->body[req->len++] = (uint8_t)(count >> 8);
	put32(req, word);
	return 0;
}

/** The status, as an error; octets of payload behind it must be as many as told. */
static int status_of(const struct weir_link_request *req, const uint8_t *body, size_t len, size_t payload)
{
	if (len < 2 || body[0] != (req->body[0] | WEIR_LINK_REPLY) || body[1] != req->body[1])
		return -EAGAIN;
	if (len < ReplyHead)
		return -EPROTO;
	switch (body[2]) {
	case StatusDone:
		return len == ReplyHead + payload ? 0 : -EPROTO;
	case StatusUnknown:
		return len == ReplyHead ? -EOPNOTSUPP : -EPROTO;
	case StatusRefused:
		return len == ReplyHead ? -EINVAL : -EPROTO;
	default:
		return -EPROTO;
	}
}

int weir_link_reply(const struct weir_link_request *req, const uint8_t *body, size_t len, uint32_t *ret_words)
{
	int rc = status_of(req, body, len, 4u * req->reply_words);

	for (size_t i = 0; rc == 0 && i < req->reply_words; i++)
		ret_words[i] = get32(body + ReplyHead + 4 * i);
	return rc;
}

int weir_link_hello_reply(const struct weir_link_request *req, const uint8_t *body, size_t len, struct weir_link_hello *ret_hello)
{
	int rc = status_of(req, body, len, HelloExtra + 4 * HelloWords);
	const uint8_t *at = body + ReplyHead;

	if (rc == 0)
		*ret_hello = (struct weir_link_hello){
			.version = at[0],
			.words_max = at[1],
			.id = get32(at + 2),
			.map_version = get32(at + 6),
			.soc_version = get32(at + 10),
		};
	return rc;
}

int weir_link_notice(const uint8_t *body, size_t len, uint8_t *ret_number, uint32_t ret_words[WEIR_LINK_NOTICE_WORDS])
{
	if (len < 2 || body[0] != WEIR_LINK_NOTICE)
		return -EAGAIN;
	if (len != NoticeHead + 4 * WEIR_LINK_NOTICE_WORDS)
		return -EPROTO;
	*ret_number = body[1];
	for (unsigned i = 0; i < WEIR_LINK_NOTICE_WORDS; i++)
		ret_words[i] = get32(body + NoticeHead + 4 * i);
	return 0;
}
