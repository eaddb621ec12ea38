// SPDX-License-Identifier: Apache-2.0
/** Tests of state: TCP segments between a few addresses, configuration and entries of the tables.
 * They use the model of model_send.h. */
#ifndef WEIR_MODEL_STATE_H
#define WEIR_MODEL_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include "model_send.h"
#include "sim/model/state.h"
#include "sim/model/weir_model.h"

#define UNIT_US (UINT64_C(1) << 20)
#define FIN 1
#define SYN 2
#define RST 4
#define PSH 8
#define ACK 16

/** One segment; zero fields get the default. */
struct seg {
	uint8_t dir;
	uint8_t flags;
	uint32_t seq, ack;
	uint16_t len;          /**< payload */
	uint8_t ws;            /**< with window scale */
	uint8_t v6;
	uint8_t src;           /**< last byte of the remote address; default 7 */
	uint16_t net;          /**< low 16 bits of the protected address; default 0x020a */
	uint16_t rport;        /**< default 40000 */
	uint16_t pport;        /**< default 80 */
	uint8_t ttl0;          /**< an anomaly that drops */
	uint8_t bad_sum;       /**< wrong TCP checksum */
	uint8_t cut;           /**< the payload is not known, so the checksum is not */
	uint8_t quote;         /**< an ICMP error of another router that quotes a segment from inside: seq, ports */
	uint8_t tags;          /**< VLAN tags, at most 2 */
	uint8_t snap, options; /**< LLC and SNAP; IPv4 options: not plain */
	uint8_t group;         /**< source MAC address with the group bit: an anomaly that counts */
	uint8_t to_group;      /**< to a MAC address of 1 a group, 2 all; no anomaly */
};

/** Build it. @return length */
uint32_t state_frame(const struct seg *s, uint8_t buf[2048]);

/** Build, judge. */
struct weir_record state_packet(uint64_t stamp_us, const struct seg *s);
#define TCP(stamp_us, ...) state_packet(stamp_us, &(struct seg){ __VA_ARGS__ })

/** The last frame that state_packet() built. */
extern uint8_t state_last[2048];

/** Configuration that the next state_configure() writes; state_begin() gives it useful values: all timeouts
 * 100 units, window 2^20, everything else off. */
extern struct weir_state_cfg state_cfg;
extern uint16_t state_timeout[WEIR_STATES][8];
void state_begin(void);
void state_configure(void);

/** Keys as the tables have them. */
struct weir_hash_key state_connection_key(const struct seg *s);
struct weir_hash_key state_remote_key(const struct seg *s);
struct weir_hash_key state_host_key(const struct seg *s);

/** What a table keeps of a key's tag. */
uint64_t state_tag(enum weir_state_number table, struct weir_hash_key key);

/** The entry of a key, in the way of the probe order `way` (0 the first): time in units, low bits. */
bool state_read(enum weir_state_number table, struct weir_hash_key key, struct weir_state_entry *ret);
void state_write(enum weir_state_number table, struct weir_hash_key key, unsigned way,
		 const struct weir_state_entry *e);

/** Fill the set of a key with other keys. @param e  the entries but for their tags */
void state_fill(enum weir_state_number table, struct weir_hash_key key, const struct weir_state_entry *e);

/** Time of maintenance. */
void state_time(uint64_t stamp_us);

#endif
