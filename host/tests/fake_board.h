/* SPDX-License-Identifier: Apache-2.0 */
/** An appliance for tests, as a transport: registers that only remember, the link engine of docs/link.md written once more, a firmware that
 * answers mail, a clock of its own, and faults at a chosen step. No I/O: what times out does so at once, and the same every time. */
#ifndef WEIR_FAKE_BOARD_H
#define WEIR_FAKE_BOARD_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "host/libweir/device_priv.h"
#include "sim/live/capture_end.h"

/** What can go wrong with a call of the transport. */
enum fake_fault {
	FAKE_NONE,
	FAKE_LOST,        /* send: nothing arrives; receive: what came is lost */
	FAKE_CUT,         /* only the first half of it */
	FAKE_GARBAGE,     /* an octet of it is turned over */
	FAKE_NOISE,       /* octets that are none come before it */
	FAKE_TWICE,       /* the whole of it comes twice */
	FAKE_STALL,       /* send: -ETIMEDOUT, half of it gone; receive: nothing until the deadline, what came stays */
	FAKE_SIGNAL,      /* -EINTR */
	FAKE_UNPLUG,      /* -ENODEV, from then on */
	FAKE_BROKEN,      /* -EIO, from then on */
	FAKE_FAULTS
};
const char *fake_fault_name(enum fake_fault fault);

enum { FAKE_WORDS = 0x200000 / 4, FAKE_QUEUE = 1 << 16 };

struct fake_board {
	/* Set by a test at any time. */
	uint32_t *reg;               /* FAKE_WORDS of them */
	uint8_t version, words_max;  /* in its hello */
	bool deaf;                   /* answers nothing */
	bool echo;                   /* gives back what it gets: no appliance at all */
	uint8_t status;              /* of every reply but to a hello, when not 0 */
	uint32_t bit_rate;           /* that it understands; 0: any */
	uint32_t rate_refused;       /* that the line does not take; the rest it does */
	uint32_t mute_above;         /* at higher rates the host hears nothing */
	bool no_firmware;            /* takes no mail */
	int patience;                /* reads that come before the firmware looks at its mailbox, once */
	int slow_answer;             /* and before its answer is there, each time */
	unsigned not_now;            /* messages that get status 3 */
	uint32_t mail_status;        /* of all messages */
	unsigned refuse_nth;         /* the message from now on that gets status 2, 1 the next; 0: none */
	struct weir_capture_end capture;   /* frames that have been captured: weir_capture_end_record() */
	int64_t now_ms;
	atomic_bool stop;            /* fake_board_serve() ends */

	/* Faults: from step `first` on (calls of send and receive since fake_arm(), from 0), `times` steps long; 0: for ever. */
	enum fake_fault fault;
	unsigned first, times;

	/* What has happened. */
	unsigned step, sends, opens, closes, done, repeated, bad, mails;
	uint32_t line_rate;          /* as the host has set it */
	uint32_t words_written;
	uint8_t body[WEIR_LINK_BODY_MAX];   /* the last request that was done */

	/* Its own. */
	struct weir_link_decoder decoder;
	struct weir_link_request last;
	uint8_t reply[WEIR_LINK_WIRE_MAX];
	size_t reply_n;
	bool any_last;
	uint8_t notice_number;
	uint32_t answer[16];         /* on its way */
	int answer_due;              /* reads until it is there; -1: none */
	uint8_t queue[FAKE_QUEUE];   /* on the way to the host */
	size_t queued;
	int failed;                  /* what the transport says for ever */
};

/** Made as an appliance is at power-on; one at a time, which is what fake_board_ops opens. */
void fake_board_init(struct fake_board *b);
void fake_board_done(struct fake_board *b);
extern const struct weir_transport_ops fake_board_ops;

/** Open it. @param options NULL: 5 attempts of 100 ms. */
int fake_board_open(struct fake_board *b, const struct weir_open_options *options, struct weir_dev **ret, char *detail);

/** Serve it on a descriptor (a socket, the master of a pseudo terminal), as weir-sim would; in a thread of its own, until the other side is gone, or `stop`.
 * Octets go in small pieces. No faults. Set bit_rate to 0 before: a descriptor has none. */
void fake_board_serve(struct fake_board *b, int fd);

void fake_arm(struct fake_board *b, enum fake_fault fault, unsigned first, unsigned times);
/** A notice of 16 words: first, first + 1, ... */
void fake_notice(struct fake_board *b, uint32_t first);
/** Octets on the way to the host. */
void fake_put(struct fake_board *b, const void *octets, size_t n);
/** A body in its frame. */
void fake_put_body(struct fake_board *b, const void *body, size_t n);

#endif
