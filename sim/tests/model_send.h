// SPDX-License-Identifier: Apache-2.0
/** Tests of tables, meters and decisions: one model, and packets described in a few numbers. */
#ifndef WEIR_MODEL_SEND_H
#define WEIR_MODEL_SEND_H

#include <stdint.h>

#include "model_setup.h"
#include "host/common/hash.h"
#include "sim/model/record.h"

#define WINDOW_US 65536u

/** One packet; zero fields get the default. */
struct send {
	uint8_t src;       /**< source 198.51.100.SRC; default 7 */
	uint16_t dst;      /**< destination 192.0.X.Y; default 0x020a */
	uint16_t sport;    /**< default 40000 */
	uint16_t dport;    /**< default 7777 */
	uint8_t tcp;       /**< TCP with these flags instead of UDP */
	uint16_t payload;  /**< bytes */
	uint8_t dir;
	uint8_t ttl0;      /**< 1: TTL 0, an anomaly that drops */
};

/** A fresh model with setup_defaults(), and the hash of its key. */
extern struct weir_model *send_model;
extern struct weir_hash send_hash;
void send_begin(void);
/** Frees it. */
void send_end(void);

struct weir_record send_packet(uint64_t stamp_us, const struct send *s);
#define SEND(stamp_us, ...) send_packet(stamp_us, &(struct send){ __VA_ARGS__ })

/** Addresses as the record shows them. */
void send_source(uint8_t src, uint8_t ret[16]);
void send_target(uint16_t dst, uint8_t ret[16]);

/** Fields of the entry of a tag; fails the test when it is not there. */
struct weir_table_entry send_entry(unsigned table, uint64_t tag, int *ret_number);

/** Key of 198.51.100.SRC in the table `remote`. */
struct weir_hash_key send_remote_key(uint8_t src);

#endif
