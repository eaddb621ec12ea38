// SPDX-License-Identifier: Apache-2.0
/* Requests, replies and notices of the host link (docs/link.md). No I/O, no allocation, no logging; any thread. Sending,
 * waiting and sending again are the caller's: one request at a time, its number other than that of the one before, and the
 * very same body again when no reply came. */
#ifndef WEIR_HOST_COMMON_LINK_PROTO_H
#define WEIR_HOST_COMMON_LINK_PROTO_H

#include "host/common/link_frame.h"

#define WEIR_LINK_VERSION 1u
#define WEIR_LINK_WORDS_MAX 64u
#define WEIR_LINK_FILL_MAX 8192u
#define WEIR_LINK_ADDRESS_END 0x200000u
#define WEIR_LINK_NOTICE_WORDS 16u

enum weir_link_type {
	WEIR_LINK_HELLO = 0x01,
	WEIR_LINK_READ = 0x02,
	WEIR_LINK_WRITE = 0x03,
	WEIR_LINK_FILL = 0x04,
	WEIR_LINK_NOTICE = 0x40,
	WEIR_LINK_REPLY = 0x80,	/* added to the type of the request */
};

/** A request under way: its body, and what its reply must look like. Filled by the functions below. */
struct weir_link_request {
	uint8_t body[WEIR_LINK_BODY_MAX];
	size_t len;
	uint16_t reply_words;	/* behind a status of 0 */
};

/** What the appliance says of itself. */
struct weir_link_hello {
	uint8_t version;	/* of the protocol */
	uint8_t words_max;	/* most words of a read or write */
	uint32_t id;		/* register id */
	uint32_t map_version;	/* of the registers of the data path */
	uint32_t soc_version;	/* of those of the soft core's part */
};

/** Build a request.
 *
 * @param req      Gets the request; changed only on success.
 * @param number   Sequence number.
 * @param address  Of the first word, a multiple of 4; the last word lies below WEIR_LINK_ADDRESS_END.
 * @param count    1 to WEIR_LINK_WORDS_MAX; of fill to WEIR_LINK_FILL_MAX.
 * @param words    Borrowed for the call.
 *
 * @retval 0        Built.
 * @retval -EINVAL  No such address or count. */
int weir_link_hello(struct weir_link_request *req, uint8_t number);
int weir_link_read(struct weir_link_request *req, uint8_t number, uint32_t address, size_t count);
int weir_link_write(struct weir_link_request *req, uint8_t number, uint32_t address, const uint32_t *words, size_t count);
int weir_link_fill(struct weir_link_request *req, uint8_t number, uint32_t address, size_t count, uint32_t word);

/** Look whether a frame is the reply to a request, and take its words.
 *
 * @param body       Borrowed for the call; any octets of any length.
 * @param ret_words  Room for WEIR_LINK_WORDS_MAX; set only on success: of a read the words, else unchanged. NULL when the
 *                   request is no read.
 *
 * @retval 0            Done.
 * @retval -EAGAIN      Not the reply to this request (a notice, or late): go on waiting.
 * @retval -EOPNOTSUPP  The appliance does not know the type or version; nothing was done.
 * @retval -EINVAL      It refuses length, count or address; nothing was done.
 * @retval -EPROTO      Type and number are right, the rest is not; what was done is unknown. */
int weir_link_reply(const struct weir_link_request *req, const uint8_t *body, size_t len, uint32_t *ret_words);

/** The same of a hello: ret_hello is set only on success. */
int weir_link_hello_reply(const struct weir_link_request *req, const uint8_t *body, size_t len, struct weir_link_hello *ret_hello);

/** Look whether a frame is a notice, and take its words.
 *
 * @param ret_number  Set only on success: by one more than that of the notice before, or some were lost.
 * @param ret_words   WEIR_LINK_NOTICE_WORDS; set only on success.
 *
 * @retval 0        It is.
 * @retval -EAGAIN  Something else.
 * @retval -EPROTO  By its type it is, by its length not. */
int weir_link_notice(const uint8_t *body, size_t len, uint8_t *ret_number, uint32_t ret_words[WEIR_LINK_NOTICE_WORDS]);

#endif
