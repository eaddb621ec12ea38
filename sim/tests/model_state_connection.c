// SPDX-License-Identifier: Apache-2.0
/* Connections (docs/datapath.md 13): every row of 13.2, windows, quotes, full sets, modes, candidates. */
#include <string.h>

#include "model_state.h"
#include "model_test.h"
#include "sim/common/packet_build.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define T 50u                          /* of the frame; entries before it are of T - 1 */
#define NOW (T * UNIT_US + 77)

enum { OPENER = 1, FIN_R = 2, FIN_P = 4, WS = 8, ADOPTED = 16 };

/** An entry; state 0: none. */
struct conn {
	uint8_t state, flags;
	uint32_t end_r, end_p;
};

struct row {
	const char *row;       /* of 13.2 */
	struct conn before;
	struct seg s;
	enum weir_state_event event;
	struct conn after;     /* state 0 with a state before: unchanged */
	bool touched;          /* time = T */
};

#define B 0x10000u
#define SCALED 0x100000u
#define IN(f, ...) { .flags = (f), __VA_ARGS__ }
#define OUT(f, ...) { .dir = 1, .flags = (f), __VA_ARGS__ }
#define EV(name) WEIR_EVENT_##name
#define SAME { 0 }

static const struct row rows[] = {
	{ "1", { 0 }, IN(SYN, .seq = 999), EV(syn_new), { 0 }, false },
	{ "1", { 6, 0, 1000, 5000 }, IN(SYN, .seq = 999), EV(syn_new), SAME, false },
	{ "2", { 1, OPENER | WS, 0, 5000 }, IN(SYN, .seq = 999, .ws = 1), EV(simultaneous),
	  { 2, OPENER | WS, 1000, 5000 }, true },
	{ "2", { 1, OPENER | WS, 0, 5000 }, IN(SYN, .seq = 999), EV(simultaneous), { 2, OPENER, 1000, 5000 }, true },
	{ "2", { 1, OPENER, 0, 5000 }, IN(SYN, .seq = 999, .ws = 1), EV(simultaneous), { 2, OPENER, 1000, 5000 }, true },
	{ "2", { 1, OPENER, 0, 5000 }, IN(SYN, .seq = 999, .len = 5), EV(simultaneous), { 2, OPENER, 1005, 5000 }, true },
	{ "3", { 2, OPENER, 1000, 5000 }, IN(SYN, .seq = 999), EV(known), SAME, false },
	{ "3", { 3, 0, 1000, 5000 }, IN(SYN, .seq = 999), EV(known), SAME, false },
	{ "3", { 3, OPENER, 1000, 5000 }, IN(SYN, .seq = 999), EV(known), SAME, false },
	{ "4", { 3, 0, 1000, 5000 }, IN(SYN, .seq = 1000), EV(syn_new), SAME, false },
	{ "5", { 3, OPENER, 1000, 5000 }, IN(SYN, .seq = 1000), EV(state), SAME, false },
	{ "5", { 2, OPENER, 1000, 5000 }, IN(SYN, .seq = 998), EV(state), SAME, false },
	{ "5", { 4, 0, 1000, 5000 }, IN(SYN, .seq = 999), EV(state), SAME, false },
	{ "5", { 5, 0, 1000, 5000 }, IN(SYN, .seq = 999), EV(state), SAME, false },

	{ "6", { 0 }, OUT(SYN, .seq = 4999, .ws = 1), EV(opened), { 1, OPENER | WS, 0, 5000 }, true },
	{ "6", { 0 }, OUT(SYN, .seq = 4999), EV(opened), { 1, OPENER, 0, 5000 }, true },
	{ "6", { 6, FIN_R | FIN_P | WS | ADOPTED, 77, 99 }, OUT(SYN, .seq = 4999), EV(opened), { 1, OPENER, 0, 5000 }, true },
	{ "6", { 1, OPENER | WS, 0, 5000 }, OUT(SYN, .seq = 4999), EV(opened), SAME, false },
	{ "6", { 1, OPENER | WS, 0, 5000 }, OUT(SYN, .seq = 7999, .ws = 1), EV(opened), { 1, OPENER | WS, 0, 8000 }, true },
	{ "7", { 2, OPENER, 1000, 5000 }, OUT(SYN, .seq = 1), EV(known), SAME, false },
	{ "7", { 3, 0, 1000, 5000 }, OUT(SYN, .seq = 1), EV(known), SAME, false },
	{ "7", { 4, 0, 1000, 5000 }, OUT(SYN, .seq = 4999), EV(known), SAME, false },
	{ "7", { 5, 0, 1000, 5000 }, OUT(SYN, .seq = 4999), EV(known), SAME, false },

	{ "8", { 1, OPENER | WS, 0, 5000 }, IN(SYN | ACK, .seq = 999, .ack = 5000, .ws = 1), EV(half_open),
	  { 3, OPENER | WS, 1000, 5000 }, true },
	{ "8", { 1, OPENER | WS, 0, 5000 }, IN(SYN | ACK, .seq = 999, .ack = 5000), EV(half_open),
	  { 3, OPENER, 1000, 5000 }, true },
	{ "8", { 1, OPENER, 0, 5000 }, IN(SYN | ACK, .seq = 999, .ack = 5000, .ws = 1), EV(half_open),
	  { 3, OPENER, 1000, 5000 }, true },
	{ "9", { 2, OPENER, 1000, 5000 }, IN(SYN | ACK, .seq = 999, .ack = 5000), EV(established),
	  { 4, OPENER, 1000, 5000 }, true },
	{ "10", { 3, OPENER, 1000, 5000 }, IN(SYN | ACK, .seq = 999, .ack = 5000), EV(known), SAME, false },
	{ "10", { 4, 0, 1000, 5000 }, IN(SYN | ACK, .seq = 999, .ack = 4000), EV(known), SAME, false },
	{ "10", { 5, 0, 1000, 5000 }, IN(SYN | ACK, .seq = 999 + B, .ack = 5000), EV(known), SAME, false },
	{ "11", { 0 }, IN(SYN | ACK, .seq = 999, .ack = 5000), EV(none), { 0 }, false },
	{ "12", { 1, OPENER, 0, 5000 }, IN(SYN | ACK, .seq = 999, .ack = 4999), EV(window), SAME, false },
	{ "12", { 2, OPENER, 1000, 5000 }, IN(SYN | ACK, .seq = 998, .ack = 5000), EV(window), SAME, false },
	{ "12", { 2, OPENER, 1000, 5000 }, IN(SYN | ACK, .seq = 999, .ack = 5001), EV(window), SAME, false },
	{ "12", { 3, 0, 1000, 5000 }, IN(SYN | ACK, .seq = 1000 + B, .ack = 5000), EV(window), SAME, false },
	{ "12", { 4, 0, 1000, 5000 }, IN(SYN | ACK, .seq = 999, .ack = 5001), EV(window), SAME, false },
	{ "12", { 5, 0, 1000, 5000 }, IN(SYN | ACK, .seq = 999, .ack = 4999 - B), EV(window), SAME, false },
	{ "13", { 6, 0, 1000, 5000 }, IN(SYN | ACK, .seq = 999, .ack = 5000), EV(state), SAME, false },

	{ "14", { 1, OPENER, 0, 5000 }, OUT(SYN | ACK, .seq = 4999, .ack = 1), EV(known), SAME, false },
	{ "14", { 2, OPENER, 1000, 5000 }, OUT(SYN | ACK, .seq = 4999, .ack = 1000), EV(known), SAME, false },
	{ "15", { 3, 0, 1000, 5000 }, OUT(SYN | ACK, .seq = 4999, .ack = 1000, .ws = 1), EV(known), SAME, false },
	{ "15a", { 4, WS, 1000, 5000 }, OUT(SYN | ACK, .seq = 4999, .ack = 1000), EV(known), SAME, false },
	{ "15a", { 4, 0, 1400, 5000 }, OUT(SYN | ACK, .seq = 4999, .ack = 1000), EV(known), SAME, false },
	{ "15a", { 5, FIN_R, 1001, 5000 }, OUT(SYN | ACK, .seq = 4999, .ack = 1000), EV(known), SAME, false },
	{ "16", { 4, WS, 1000, 5001 }, OUT(SYN | ACK, .seq = 4999, .ack = 1000), EV(half_open), { 3, 0, 1000, 5000 }, true },
	{ "16", { 6, FIN_R, 1000, 5000 }, OUT(SYN | ACK, .seq = 4999, .ack = 1000), EV(half_open), { 3, 0, 1000, 5000 }, true },
	{ "16", { 0 }, OUT(SYN | ACK, .seq = 4999, .ack = 1000, .ws = 1), EV(half_open), { 3, WS, 1000, 5000 }, true },
	{ "16", { 0 }, OUT(SYN | ACK, .seq = 4999, .ack = 1000), EV(half_open), { 3, 0, 1000, 5000 }, true },
	{ "16", { 3, OPENER | WS, 1000, 5000 }, OUT(SYN | ACK, .seq = 4998, .ack = 1000), EV(half_open),
	  { 3, 0, 1000, 4999 }, true },
	{ "16", { 3, 0, 1000, 5000 }, OUT(SYN | ACK, .seq = 4999, .ack = 1001), EV(half_open), { 3, 0, 1001, 5000 }, true },
	{ "16", { 4, FIN_R | ADOPTED, 77, 99 }, OUT(SYN | ACK, .seq = 4999, .ack = 1000), EV(half_open),
	  { 3, 0, 1000, 5000 }, true },
	{ "16", { 5, FIN_R | FIN_P, 77, 99 }, OUT(SYN | ACK, .seq = 4999, .ack = 1000), EV(half_open),
	  { 3, 0, 1000, 5000 }, true },
	{ "16", { 6, OPENER, 77, 99 }, OUT(SYN | ACK, .seq = 4999, .ack = 1000), EV(half_open), { 3, 0, 1000, 5000 }, true },

	{ "17", { 0 }, IN(RST, .seq = 1000), EV(none), { 0 }, false },
	{ "18", { 1, OPENER, 0, 5000 }, IN(RST | ACK, .ack = 5000), EV(reset), { 6, OPENER, 0, 5000 }, true },
	{ "18", { 1, OPENER, 0, 5000 }, IN(RST | ACK, .ack = 4999), EV(window), SAME, false },
	{ "18", { 1, OPENER, 0, 5000 }, IN(RST, .ack = 5000), EV(window), SAME, false },
	{ "19", { 2, OPENER, 1000, 5000 }, IN(RST, .seq = 1000), EV(reset), { 6, OPENER, 1000, 5000 }, true },
	{ "19", { 3, 0, 1000, 5000 }, IN(RST, .seq = 1000), EV(reset), { 6, 0, 1000, 5000 }, true },
	{ "19", { 4, WS, 1000, 5000 }, IN(RST | ACK, .seq = 1000), EV(reset), { 6, WS, 1000, 5000 }, true },
	{ "19", { 5, FIN_R, 1000, 5000 }, IN(RST, .seq = 1000), EV(reset), { 6, FIN_R, 1000, 5000 }, true },
	{ "19", { 4, 0, 1000, 5000 }, IN(RST, .seq = 990, .len = 10), EV(reset), { 6, 0, 1000, 5000 }, true },
	{ "20", { 4, 0, 1000, 5000 }, IN(RST, .seq = 1001), EV(known), SAME, false },
	{ "20", { 4, 0, 1000, 5000 }, IN(RST, .seq = 999), EV(known), SAME, false },
	{ "20", { 2, OPENER, 1000, 5000 }, IN(RST, .seq = 1001), EV(known), SAME, false },
	{ "20", { 3, 0, 1000, 5000 }, IN(RST, .seq = 1000 + B), EV(known), SAME, false },
	{ "20", { 5, 0, 1000, 5000 }, IN(RST, .seq = 1000 - B), EV(known), SAME, false },
	{ "20", { 6, 0, 1000, 5000 }, IN(RST, .seq = 1000), EV(known), SAME, false },
	{ "21", { 4, 0, 1000, 5000 }, IN(RST, .seq = 1001 + B), EV(window), SAME, false },
	{ "21", { 4, 0, 1000, 5000 }, IN(RST, .seq = 999 - B), EV(window), SAME, false },
	{ "21", { 6, 0, 1000, 5000 }, IN(RST, .seq = 1001 + B), EV(window), SAME, false },
	{ "22", { 0 }, OUT(RST, .seq = 5000), EV(none), { 0 }, false },
	{ "23", { 6, 0, 1000, 5000 }, OUT(RST, .seq = 5000), EV(known), SAME, false },
	{ "24", { 1, OPENER, 0, 5000 }, OUT(RST, .seq = 1), EV(reset), { 6, OPENER, 0, 5000 }, true },
	{ "24", { 4, WS, 1000, 5000 }, OUT(RST | ACK, .seq = 1), EV(reset), { 6, WS, 1000, 5000 }, true },
	{ "24", { 5, FIN_P, 1000, 5000 }, OUT(RST, .seq = 1), EV(reset), { 6, FIN_P, 1000, 5000 }, true },

	{ "26", { 0 }, IN(ACK, .seq = 1000, .ack = 5000), EV(none), { 0 }, false },
	{ "26", { 0 }, OUT(ACK | PSH, .seq = 5000, .ack = 1000, .len = 3), EV(none), { 0 }, false },

	{ "27", { 3, WS, 1000, 5000 }, IN(ACK, .seq = 1000, .ack = 5000), EV(established), { 4, WS, 1000, 5000 }, true },
	{ "27", { 3, 0, 1000, 5000 }, IN(ACK | PSH, .seq = 1000, .ack = 5000, .len = 7), EV(established),
	  { 4, 0, 1007, 5000 }, true },
	{ "27", { 3, 0, 1000, 5000 }, IN(ACK | FIN, .seq = 1000, .ack = 5000, .len = 7), EV(established),
	  { 5, FIN_R, 1008, 5000 }, true },
	{ "27", { 3, 0, 1000, 5000 }, IN(ACK, .seq = 990, .ack = 5000), EV(established), { 4, 0, 1000, 5000 }, true },
	{ "28", { 3, OPENER, 1000, 5000 }, IN(ACK, .seq = 1000, .ack = 4999, .len = 9), EV(known),
	  { 3, OPENER, 1009, 5000 }, false },
	{ "28", { 3, OPENER, 1000, 5000 }, IN(ACK, .seq = 1000, .ack = 5000), EV(known), SAME, false },
	{ "29", { 3, OPENER, 1000, 5000 }, IN(ACK, .seq = 1000, .ack = 5001), EV(window), SAME, false },
	{ "29", { 3, OPENER, 1000, 5000 }, IN(ACK, .seq = 1001 + B, .ack = 5000), EV(window), SAME, false },
	{ "29", { 3, 0, 1000, 5000 }, IN(ACK, .seq = 1000, .ack = 4999), EV(window), SAME, false },
	{ "29", { 3, 0, 1000, 5000 }, IN(ACK, .seq = 1000, .ack = 5001), EV(window), SAME, false },
	{ "29", { 3, 0, 1000, 5000 }, IN(ACK, .seq = 1001 + B, .ack = 5000), EV(window), SAME, false },
	{ "30", { 2, OPENER, 1000, 5000 }, IN(ACK, .seq = 1000, .ack = 5000, .len = 4), EV(established),
	  { 4, OPENER, 1004, 5000 }, true },
	{ "30", { 2, OPENER, 1000, 5000 }, IN(ACK | FIN, .seq = 1000, .ack = 5000), EV(established),
	  { 4, OPENER, 1001, 5000 }, true },
	{ "31", { 2, OPENER, 1000, 5000 }, IN(ACK, .seq = 1000, .ack = 4999), EV(state), SAME, false },
	{ "31", { 2, OPENER, 1000, 5000 }, IN(ACK, .seq = 1001 + B, .ack = 5000), EV(state), SAME, false },
	{ "31", { 1, OPENER, 0, 5000 }, IN(ACK, .seq = 0, .ack = 5000), EV(state), SAME, false },
	{ "32", { 4, 0, 1000, 5000 }, IN(ACK, .seq = 1001 + B, .ack = 5000), EV(window), SAME, false },
	{ "32", { 4, 0, 1000, 5000 }, IN(ACK, .seq = 999 - B, .ack = 5000), EV(window), SAME, false },
	{ "32", { 4, 0, 1000, 5000 }, IN(ACK, .seq = 1000, .ack = 5001), EV(window), SAME, false },
	{ "32", { 4, 0, 1000, 5000 }, IN(ACK, .seq = 1000, .ack = 4999 - B), EV(window), SAME, false },
	{ "32", { 5, 0, 1000, 5000 }, IN(ACK, .seq = 1000, .ack = 5001), EV(window), SAME, false },
	{ "32", { 6, 0, 1000, 5000 }, IN(ACK, .seq = 1000, .ack = 5001), EV(window), SAME, false },
	{ "32", { 4, WS, 1000, 5000 }, IN(ACK, .seq = 1001 + SCALED, .ack = 5000), EV(window), SAME, false },
	{ "32", { 4, WS, 1000, 5000 }, IN(ACK, .seq = 1000, .ack = 4999 - SCALED), EV(window), SAME, false },
	{ "33", { 6, 0, 1000, 5000 }, IN(ACK, .seq = 1000, .ack = 5000, .len = 3), EV(known), SAME, false },
	{ "34", { 5, FIN_R | FIN_P, 1000, 5000 }, IN(ACK, .seq = 1000, .ack = 5000), EV(closed),
	  { 6, FIN_R | FIN_P, 1000, 5000 }, true },
	{ "35", { 5, FIN_R | FIN_P, 1000, 5000 }, IN(ACK, .seq = 1000, .ack = 4999), EV(known),
	  { 5, FIN_R | FIN_P, 1000, 5000 }, true },
	{ "35", { 5, FIN_R | FIN_P, 1000, 5000 }, IN(ACK | FIN, .seq = 999, .ack = 5000), EV(known),
	  { 5, FIN_R | FIN_P, 1000, 5000 }, true },
	{ "35", { 5, FIN_P, 1000, 5000 }, IN(ACK, .seq = 1000, .ack = 5000), EV(known), { 5, FIN_P, 1000, 5000 }, true },
	{ "35", { 4, 0, 1000, 5000 }, IN(ACK, .seq = 1000, .ack = 5000, .len = 100), EV(known), { 4, 0, 1100, 5000 }, true },
	{ "35", { 4, 0, 1000, 5000 }, IN(ACK | FIN, .seq = 1000, .ack = 5000, .len = 100), EV(known),
	  { 5, FIN_R, 1101, 5000 }, true },
	{ "35", { 5, FIN_P, 1000, 5000 }, IN(ACK | FIN, .seq = 1000, .ack = 5000), EV(known),
	  { 5, FIN_R | FIN_P, 1001, 5000 }, true },
	/* Out of order, old, and the last places of the window. */
	{ "35", { 4, 0, 1000, 5000 }, IN(ACK, .seq = 900, .ack = 5000, .len = 50), EV(known), { 4, 0, 1000, 5000 }, true },
	{ "35", { 4, 0, 1000, 5000 }, IN(ACK, .seq = 1000 + B, .ack = 5000 - B), EV(known), { 4, 0, 1000 + B, 5000 }, true },
	{ "35", { 4, 0, 1000, 5000 }, IN(ACK, .seq = 1000 - B, .ack = 5000), EV(known), { 4, 0, 1000, 5000 }, true },
	{ "35", { 4, WS, 1000, 5000 }, IN(ACK, .seq = 1000 + SCALED, .ack = 5000 - SCALED), EV(known),
	  { 4, WS, 1000 + SCALED, 5000 }, true },
	{ "35", { 4, WS, 1000, 5000 }, IN(ACK, .seq = 1000 - SCALED, .ack = 5000), EV(known), { 4, WS, 1000, 5000 }, true },
	{ "36", { 3, OPENER, 1000, 5000 }, OUT(ACK, .seq = 5000, .ack = 1000), EV(established),
	  { 4, OPENER, 1000, 5000 }, true },
	{ "36", { 3, OPENER | WS, 1000, 5000 }, OUT(ACK, .seq = 5000, .ack = 1, .len = 20), EV(established),
	  { 4, OPENER | WS, 1000, 5020 }, true },
	{ "36", { 3, OPENER, 1000, 5000 }, OUT(ACK | FIN, .seq = 5000, .ack = 1000), EV(established),
	  { 5, OPENER | FIN_P, 1000, 5001 }, true },
	{ "37", { 1, OPENER, 0, 5000 }, OUT(ACK, .seq = 5000), EV(state), SAME, false },
	{ "38", { 2, OPENER, 1000, 5000 }, OUT(ACK, .seq = 5000, .len = 8), EV(known), { 2, OPENER, 1000, 5008 }, false },
	{ "38", { 3, 0, 1000, 5000 }, OUT(ACK, .seq = 5000, .len = 8), EV(known), { 3, 0, 1000, 5008 }, false },
	{ "38", { 6, 0, 1000, 5000 }, OUT(ACK, .seq = 5000, .len = 8), EV(known), SAME, false },
	{ "39", { 5, FIN_R | FIN_P, 1000, 5000 }, OUT(ACK, .seq = 5000, .ack = 1000), EV(closed),
	  { 6, FIN_R | FIN_P, 1000, 5000 }, true },
	{ "40", { 5, FIN_R | FIN_P, 1000, 5000 }, OUT(ACK, .seq = 5000, .ack = 999), EV(known),
	  { 5, FIN_R | FIN_P, 1000, 5000 }, true },
	{ "40", { 5, FIN_R, 1000, 5000 }, OUT(ACK, .seq = 5000, .ack = 1000), EV(known), { 5, FIN_R, 1000, 5000 }, true },
	{ "40", { 4, 0, 1000, 5000 }, OUT(ACK, .seq = 5000, .ack = 1000, .len = 1400), EV(known), { 4, 0, 1000, 6400 }, true },
	{ "40", { 4, 0, 1000, 5000 }, OUT(ACK | FIN, .seq = 5000, .ack = 1000), EV(known), { 5, FIN_P, 1000, 5001 }, true },
	/* What comes from inside is believed. */
	{ "40", { 4, 0, 1000, 5000 }, OUT(ACK, .seq = 5000 + 0x7fffffffu, .ack = 77), EV(known),
	  { 4, 0, 1000, 5000 + 0x7fffffffu }, true },
	{ "40", { 4, 0, 1000, 5000 }, OUT(ACK, .seq = 5000 + 0x80000000, .ack = 77), EV(known), { 4, 0, 1000, 5000 }, true },
};

/* Quotes; the look-up changes nothing. */
static const struct row quotes[] = {
	{ "quote", { 4, 0, 1000, 5000 }, IN(0, .quote = 1, .seq = 5000), EV(known), SAME, false },
	{ "quote", { 1, OPENER, 0, 5000 }, IN(0, .quote = 1, .seq = 4999), EV(known), SAME, false },
	{ "quote", { 5, 0, 1000, 5000 }, IN(0, .quote = 1, .seq = 5000 - B), EV(known), SAME, false },
	{ "quote", { 5, 0, 1000, 5000 }, IN(0, .quote = 1, .seq = 4999 - B), EV(quote), SAME, false },
	{ "quote", { 5, WS, 1000, 5000 }, IN(0, .quote = 1, .seq = 4999 - B), EV(known), SAME, false },
	{ "quote", { 4, 0, 1000, 5000 }, IN(0, .quote = 1, .seq = 5001), EV(quote), SAME, false },
	{ "quote", { 6, 0, 1000, 5000 }, IN(0, .quote = 1, .seq = 5000), EV(quote), SAME, false },
	{ "quote", { 0 }, IN(0, .quote = 1, .seq = 5000), EV(quote), { 0 }, false },
};

static struct weir_state_entry entry_of(const struct conn *c, const struct seg *s, uint32_t offset)
{
	return (struct weir_state_entry){
		.tag = state_connection_key(s).tag, .time = T - 1,
		.connection = {
			.state = c->state, .opener = !!(c->flags & OPENER), .fin_r = !!(c->flags & FIN_R),
			.fin_p = !!(c->flags & FIN_P), .ws = !!(c->flags & WS), .adopted = !!(c->flags & ADOPTED),
			.end_r = c->end_r + offset, .end_p = c->end_p + offset,
		},
	};
}

/** The entry of a SYN that opens has no number of the other side. */
static void check_entry(const struct row *t, const struct weir_state_entry *have, const struct weir_state_entry *want)
{
	const struct weir_connection *a = &have->connection, *b = &want->connection;

	ck_assert_msg(a->state == b->state && a->opener == b->opener && a->fin_r == b->fin_r && a->fin_p == b->fin_p &&
		      a->ws == b->ws && a->adopted == b->adopted && a->end_r == b->end_r && a->end_p == b->end_p &&
		      have->time == want->time,
		      "row %s: state %u %u, opener %u %u, fin %u%u %u%u, ws %u %u, adopted %u %u, end_r %u %u, "
		      "end_p %u %u, time %u %u", t->row, a->state, b->state, a->opener, b->opener, a->fin_r, a->fin_p,
		      b->fin_r, b->fin_p, a->ws, b->ws, a->adopted, b->adopted, a->end_r, b->end_r, a->end_p, b->end_p,
		      (unsigned)have->time, (unsigned)want->time);
}

static bool is_known(unsigned event)
{
	return event == EV(known) || event == EV(simultaneous) || event == EV(half_open) || event == EV(established) ||
	       event == EV(reset) || event == EV(adopted) || event == EV(closed);
}

static void check_row(const struct row *t, bool v6, uint32_t offset)
{
	const struct conn *after = t->after.state ? &t->after : &t->before;
	struct weir_state_entry before, want, have;
	struct weir_record r;
	struct seg s = t->s;
	bool found;

	state_begin();
	state_cfg.mode = WEIR_CONNECTION_on;
	state_configure();
	s.v6 = v6;
	s.seq += offset;
	s.ack += offset;
	before = entry_of(&t->before, &s, offset);
	state_time(NOW);
	if (t->before.state)
		state_write(WEIR_STATE_connection, state_connection_key(&s), 2, &before);
	r = state_packet(NOW, &s);
	ck_assert_msg(r.event == t->event, "row %s: event %s, wanted %s", t->row, weir_event_name(r.event),
		      weir_event_name(t->event));
	ck_assert_uint_eq(r.tclass == WEIR_TCLASS_tcp_known, !s.dir && !s.quote && is_known(r.event));
	ck_assert_uint_eq(r.verdict, WEIR_VERDICT_pass);
	found = state_read(WEIR_STATE_connection, state_connection_key(&s), &have);
	ck_assert_msg(found == !!after->state, "row %s: entry %d", t->row, found);
	if (found) {
		want = entry_of(after, &s, offset);
		if (t->after.state == 1)
			want.connection.end_r = 0;
		want.time = t->touched ? T : T - 1;
		check_entry(t, &have, &want);
	}
	send_end();
}

START_TEST(transitions)
{
	for (unsigned v6 = 0; v6 < 2; v6++) {
		check_row(&rows[_i], v6, 0);
		check_row(&rows[_i], v6, 0xfffffc10); /* 1000 wraps to below 0 … */
		check_row(&rows[_i], v6, 0xffffec7a); /* … and so does 5000 */
	}
}
END_TEST

START_TEST(quoted)
{
	for (unsigned v6 = 0; v6 < 2; v6++) {
		check_row(&quotes[_i], v6, 0);
		check_row(&quotes[_i], v6, 0xffffec7a);
	}
}
END_TEST

/* 25: adoption, while it is allowed, in both directions, but not by a FIN. */
START_TEST(adoption)
{
	struct weir_state_entry e;

	state_cfg.mode = WEIR_CONNECTION_on;
	state_cfg.adopt_until = T + 1;
	state_configure();
	ck_assert_uint_eq(TCP(NOW, .flags = ACK | PSH, .seq = 1000, .ack = 5000, .len = 10).event, EV(adopted));
	ck_assert(state_read(WEIR_STATE_connection, state_connection_key(&(struct seg){ 0 }), &e));
	ck_assert_uint_eq(e.connection.state, WEIR_ESTABLISHED);
	ck_assert_uint_eq(e.connection.adopted, 1);
	ck_assert_uint_eq(e.connection.ws, 1);
	ck_assert_uint_eq(e.connection.opener, 0);
	ck_assert_uint_eq(e.connection.end_r, 1010);
	ck_assert_uint_eq(e.connection.end_p, 5000);
	ck_assert_uint_eq(e.time, T);
	ck_assert_uint_eq(TCP(NOW, .rport = 2, .dir = 1, .flags = ACK, .seq = 5000, .ack = 1000).event, EV(adopted));
	ck_assert(state_read(WEIR_STATE_connection, state_connection_key(&(struct seg){ .rport = 2 }), &e));
	ck_assert_uint_eq(e.connection.end_r, 1000);
	ck_assert_uint_eq(e.connection.end_p, 5000);
	ck_assert_uint_eq(TCP(NOW, .rport = 3, .flags = ACK | FIN, .seq = 1000, .ack = 5000).event, EV(none));
	ck_assert_uint_eq(TCP(NOW, .rport = 3, .flags = RST, .seq = 1000).event, EV(none));
	ck_assert_uint_eq(TCP(NOW, .rport = 3, .flags = SYN | ACK, .seq = 1000).event, EV(none));
	ck_assert_uint_eq(TCP((T + 1) * UNIT_US - 1, .rport = 3, .flags = ACK, .seq = 1000).event, EV(adopted));
	ck_assert_uint_eq(TCP((T + 1) * UNIT_US, .rport = 4, .flags = ACK, .seq = 1000).event, EV(none));
}
END_TEST

/* The life of a connection, with what is done in each state. */
START_TEST(conversation)
{
	uint64_t t = NOW;

	state_cfg.mode = WEIR_CONNECTION_on;
	state_configure();
	ck_assert_uint_eq(TCP(t++, .flags = SYN, .seq = 999, .ws = 1).event, EV(syn_new));
	ck_assert_uint_eq(TCP(t++, .dir = 1, .flags = SYN | ACK, .seq = 4999, .ack = 1000, .ws = 1).event, EV(half_open));
	ck_assert_uint_eq(TCP(t++, .flags = SYN, .seq = 999, .ws = 1).event, EV(known));
	ck_assert_uint_eq(TCP(t++, .flags = ACK, .seq = 1000, .ack = 5000).event, EV(established));
	ck_assert_uint_eq(TCP(t++, .flags = ACK | PSH, .seq = 1000, .ack = 5000, .len = 99).event, EV(known));
	ck_assert_uint_eq(TCP(t++, .dir = 1, .flags = ACK, .seq = 5000, .ack = 1099, .len = 1400).event, EV(known));
	ck_assert_uint_eq(TCP(t++, .flags = ACK, .seq = 1099, .ack = 6400).event, EV(known));
	ck_assert_uint_eq(TCP(t++, .flags = ACK, .seq = 1099, .ack = 6401).event, EV(window));
	ck_assert_uint_eq(TCP(t++, .dir = 1, .flags = ACK | FIN, .seq = 6400, .ack = 1099).event, EV(known));
	ck_assert_uint_eq(TCP(t++, .flags = ACK | FIN, .seq = 1099, .ack = 6401).event, EV(known));
	ck_assert_uint_eq(TCP(t++, .dir = 1, .flags = ACK, .seq = 6401, .ack = 1100).event, EV(closed));
	ck_assert_uint_eq(TCP(t++, .dir = 1, .flags = ACK, .seq = 6401, .ack = 1100).event, EV(known));
	ck_assert_uint_eq(TCP(t++, .flags = SYN, .seq = 70000).event, EV(syn_new));
	/* And one from inside, with a simultaneous opening. */
	ck_assert_uint_eq(TCP(t++, .rport = 5, .dir = 1, .flags = SYN, .seq = 1).event, EV(opened));
	ck_assert_uint_eq(TCP(t++, .rport = 5, .flags = SYN, .seq = 11).event, EV(simultaneous));
	ck_assert_uint_eq(TCP(t++, .rport = 5, .dir = 1, .flags = SYN | ACK, .seq = 1, .ack = 12).event, EV(known));
	ck_assert_uint_eq(TCP(t++, .rport = 5, .flags = SYN | ACK, .seq = 11, .ack = 2).event, EV(established));
}
END_TEST

/* Expiry at the unit: an entry of that age is no more, one unit younger it is; by state. */
START_TEST(expiry)
{
	static const uint16_t timeout[] = { [1] = 3, 3, 3, 1023, 7, 1 };
	struct seg s = { .dir = 1, .flags = RST };
	unsigned state = (unsigned)_i + 1;
	struct weir_state_entry e = entry_of(&(struct conn){ .state = (uint8_t)state }, &s, 0);
	uint64_t first = 5000; /* beyond the 12 bits */

	state_cfg.mode = WEIR_CONNECTION_on;
	memcpy(state_timeout[WEIR_STATE_connection], timeout, sizeof(timeout));
	state_configure();
	for (unsigned over = 0; over < 2; over++) {
		e.time = first & 0xfff;
		state_time(first * UNIT_US);
		state_write(WEIR_STATE_connection, state_connection_key(&s), 0, &e);
		ck_assert_uint_eq(state_packet((first + timeout[state] + over) * UNIT_US - 1, &s).event,
				  over ? EV(none) : state == 6 ? EV(known) : EV(reset));
		first += 2000;
	}
}
END_TEST

/* A timeout of 0 counts as 1. */
START_TEST(timeout_0)
{
	state_cfg.mode = WEIR_CONNECTION_on;
	memset(state_timeout, 0, sizeof(state_timeout));
	state_configure();
	ck_assert_uint_eq(TCP(UNIT_US, .dir = 1, .flags = SYN, .seq = 1).event, EV(opened));
	ck_assert_uint_eq(TCP(2 * UNIT_US - 1, .flags = RST | ACK, .ack = 2).event, EV(reset));
	ck_assert_uint_eq(TCP(2 * UNIT_US - 1, .dir = 1, .flags = RST).event, EV(known));
	ck_assert_uint_eq(TCP(2 * UNIT_US, .dir = 1, .flags = RST).event, EV(none));
}
END_TEST

/* Victims: closed before SYN_SENT before half-open ones; established and closing ones never. */
START_TEST(victims)
{
	static const struct {
		uint8_t states[4];     /* in the probe order */
		int victim;            /* -1: full */
	} cases[] = {
		{ { 3, 2, 1, 6 }, 3 }, { { 3, 2, 1, 4 }, 2 }, { { 3, 2, 4, 5 }, 0 }, { { 4, 2, 3, 5 }, 1 },
		{ { 6, 6, 1, 1 }, 0 }, { { 5, 4, 4, 2 }, 3 }, { { 4, 4, 5, 5 }, -1 }, { { 1, 6, 6, 1 }, 1 },
	};
	const struct seg s = { .dir = 1, .flags = SYN | ACK };
	struct weir_hash_key key = state_connection_key(&s);
	struct weir_state_entry e;

	state_cfg.mode = WEIR_CONNECTION_on;
	state_configure();
	state_time(NOW);
	for (unsigned way = 0; way < 4; way++) {
		e = entry_of(&(struct conn){ .state = cases[_i].states[way] }, &s, 0);
		e.tag = key.tag + 4 + way;
		state_write(WEIR_STATE_connection, key, way, &e);
	}
	ck_assert_uint_eq(state_packet(NOW, &s).event, cases[_i].victim < 0 ? EV(full) : EV(half_open));
	for (unsigned way = 0; way < 4; way++)
		ck_assert_uint_eq(state_read(WEIR_STATE_connection,
					     (struct weir_hash_key){ .tag = key.tag + 4 + way, .index = key.index }, &e),
				  (int)way != cases[_i].victim);
	ck_assert_uint_eq(state_read(WEIR_STATE_connection, key, &e), cases[_i].victim >= 0);
}
END_TEST

/* A set full of established connections. */
START_TEST(full_set)
{
	const struct seg s = { .flags = ACK, .seq = 1, .ack = 1 };
	struct weir_state_entry e = entry_of(&(struct conn){ .state = 4 }, &s, 0);
	struct weir_record r;
	struct weir_model_table stat;

	state_cfg.mode = WEIR_CONNECTION_on;
	for (unsigned i = 0; i < WEIR_STATE_ACTIONS; i++)
		state_cfg.action[i] = WEIR_DO_drop;
	state_configure();
	state_time(NOW);
	state_fill(WEIR_STATE_connection, state_connection_key(&s), &e);
	/* Fail-open: it may be a connection that found no room. */
	r = state_packet(NOW, &s);
	ck_assert_uint_eq(r.event, EV(full));
	ck_assert_uint_eq(r.verdict, WEIR_VERDICT_pass);
	ck_assert_uint_eq(TCP(NOW, .flags = SYN, .seq = 1).event, EV(syn_new));
	ck_assert_uint_eq(TCP(NOW, .dir = 1, .flags = SYN, .seq = 1).event, EV(full));
	ck_assert_uint_eq(TCP(NOW, .dir = 1, .flags = RST, .seq = 1).event, EV(full));
	ck_assert_uint_eq(TCP(NOW, .quote = 1).event, EV(full));
	/* A hit is none of that. */
	e.tag = state_connection_key(&s).tag;
	state_write(WEIR_STATE_connection, state_connection_key(&s), 3, &e);
	ck_assert_uint_eq(TCP(NOW, .quote = 1, .seq = 77777777).event, EV(quote));
	state_fill(WEIR_STATE_connection, state_connection_key(&s), &e);
	weir_model_state(send_model, WEIR_STATE_connection, NOW, &stat);
	ck_assert_uint_eq(stat.full, 1);
	ck_assert_uint_eq(stat.used, 4);
	/* Fail-closed. */
	state_cfg.fail_closed = 1;
	state_cfg.adopt_until = UINT32_MAX;
	state_configure();
	r = state_packet(NOW, &s);
	ck_assert_uint_eq(r.event, EV(full));
	ck_assert_uint_eq(r.verdict, WEIR_VERDICT_drop);
	ck_assert_uint_eq(r.reason, WEIR_REASON_full_connection);
	ck_assert_uint_eq(r.tag, state_connection_key(&s).tag);
	ck_assert_uint_eq(TCP(NOW, .flags = RST, .seq = 1).reason, WEIR_REASON_full_connection);
	ck_assert_uint_eq(TCP(NOW, .quote = 1).reason, WEIR_REASON_full_connection);
	ck_assert_uint_eq(TCP(NOW, .dir = 1, .flags = RST, .seq = 1).verdict, WEIR_VERDICT_pass);
	ck_assert_uint_eq(TCP(NOW, .flags = SYN, .seq = 1).verdict, WEIR_VERDICT_pass);
	/* Asymmetric: no candidate. */
	state_cfg.mode = WEIR_CONNECTION_asymmetric;
	state_configure();
	r = state_packet(NOW, &s);
	ck_assert_uint_eq(r.event, EV(full));
	ck_assert_uint_eq(r.verdict, WEIR_VERDICT_pass);
}
END_TEST

/* Candidates by event: action, dry_run, direction, mode. */
START_TEST(candidates)
{
	static const struct {
		uint8_t state;
		struct seg s;
		enum weir_state_event event;
		enum weir_state_action action;
		uint8_t reason;
	} cases[] = {
		{ 0, { .flags = ACK }, EV(none), WEIR_ACTION_conn_none, WEIR_REASON_conn_none },
		{ 4, { .flags = SYN }, EV(state), WEIR_ACTION_conn_state, WEIR_REASON_conn_state },
		{ 4, { .flags = ACK, .seq = 200000 }, EV(window), WEIR_ACTION_conn_window, WEIR_REASON_conn_window },
		{ 0, { .quote = 1 }, EV(quote), WEIR_ACTION_icmp_quote, WEIR_REASON_icmp_quote },
	};
	const struct seg *s = &cases[_i].s;
	struct weir_state_entry e = entry_of(&(struct conn){ .state = cases[_i].state }, s, 0);
	unsigned action = cases[_i].action;
	struct weir_record r;

	state_cfg.mode = WEIR_CONNECTION_on;
	state_cfg.action[action] = WEIR_DO_drop;
	state_configure();
	state_time(NOW);
	if (cases[_i].state)
		state_write(WEIR_STATE_connection, state_connection_key(s), 0, &e);
	r = state_packet(NOW, s);
	ck_assert_uint_eq(r.event, cases[_i].event);
	ck_assert_uint_eq(r.verdict, WEIR_VERDICT_drop);
	ck_assert_uint_eq(r.reason, cases[_i].reason);
	ck_assert_uint_eq(r.tag, state_connection_key(s).tag);
	ck_assert_uint_eq(r.threshold, 0);
	ck_assert_uint_eq(r.measured, 0);
	state_cfg.action[action] = WEIR_DO_demote;
	state_configure();
	ck_assert_uint_eq(state_packet(NOW, s).verdict, WEIR_VERDICT_demote);
	state_cfg.dry_run[action] = 1;
	state_configure();
	r = state_packet(NOW, s);
	ck_assert_uint_eq(r.verdict, WEIR_VERDICT_pass);
	ck_assert_uint_eq(r.dry_reason, cases[_i].reason);
	state_cfg.dry_run[action] = 0;
	state_cfg.mode = WEIR_CONNECTION_asymmetric;
	state_configure();
	r = state_packet(NOW, s);
	ck_assert_uint_eq(r.event, EV(asymmetric));
	ck_assert_uint_eq(r.verdict, WEIR_VERDICT_pass);
	state_cfg.mode = WEIR_CONNECTION_off;
	state_configure();
	r = state_packet(NOW, s);
	ck_assert_uint_eq(r.event, EV(unseen));
	ck_assert_uint_eq(r.verdict, WEIR_VERDICT_pass);
	state_cfg.mode = WEIR_CONNECTION_on;
	state_cfg.action[action] = WEIR_DO_nothing;
	state_configure();
	ck_assert_uint_eq(state_packet(NOW, s).verdict, WEIR_VERDICT_pass);
}
END_TEST

/** Event of an ACK with four bytes changed. A wrong sum of TCP is not what it is about. */
static unsigned changed(enum weir_anomaly code, size_t at, unsigned high, unsigned low)
{
	struct weir_record r;
	uint8_t buf[2048];
	struct weir_pkt p = { .buf = buf, .cap = sizeof(buf), .l3 = 14, .l3_family = 4, .l4 = 34, .l4_proto = 6 };

	p.len = state_frame(&(struct seg){ .flags = ACK }, buf);
	p.end = 54;
	weir_pkt_set16(&p, at, (uint16_t)high);
	weir_pkt_set16(&p, at + 2, (uint16_t)low);
	if (code != WEIR_ANOMALY_ip4_checksum) {
		weir_pkt_fix_ip4(&p);
		weir_pkt_fix_l4(&p);
	}
	weir_model_packet(send_model, buf, 60, 60, 0, NOW, &r);
	ck_assert(weir_record_has_class(&r, WEIR_CLASS_checked));
	return r.event;
}

/* What has no look-up: dropped by an anomaly, a wrong sum (also when that is ignored), bypass, other transports. */
START_TEST(no_look_up)
{
	state_cfg.mode = WEIR_CONNECTION_on;
	state_configure();
	ck_assert_uint_eq(TCP(NOW, .flags = ACK).event, EV(none));
	ck_assert_uint_eq(TCP(NOW, .flags = ACK, .ttl0 = 1).event, EV(unseen));
	ck_assert_uint_eq(TCP(NOW, .quote = 1, .ttl0 = 1).event, EV(unseen));
	setup_anomaly(send_model, WEIR_ANOMALY_ip4_ttl_zero, WEIR_ANOMALY_Drop, 1);
	ck_assert_uint_eq(TCP(NOW, .flags = ACK, .ttl0 = 1).event, EV(none));
	setup_anomaly(send_model, WEIR_ANOMALY_ip4_ttl_zero, WEIR_ANOMALY_Demote, 0);
	ck_assert_uint_eq(TCP(NOW, .flags = ACK, .ttl0 = 1).event, EV(none));
	setup_anomaly(send_model, WEIR_ANOMALY_tcp_checksum, WEIR_ANOMALY_Ignore, 0);
	ck_assert_uint_eq(TCP(NOW, .flags = ACK, .bad_sum = 1).event, EV(unseen));
	setup_anomaly(send_model, WEIR_ANOMALY_tcp_flags_syn_fin, WEIR_ANOMALY_Count, 0);
	ck_assert_uint_eq(TCP(NOW, .flags = SYN | FIN).event, EV(unseen));
	setup_anomaly(send_model, WEIR_ANOMALY_tcp_flags_no_ack, WEIR_ANOMALY_Count, 0);
	ck_assert_uint_eq(TCP(NOW, .flags = FIN).event, EV(unseen));
	ck_assert_uint_eq(SEND(NOW, .dst = 0x020a).event, EV(unseen));
	ck_assert_uint_eq(TCP(NOW, .dir = 1, .quote = 1).event, EV(unseen));
	setup_anomaly(send_model, WEIR_ANOMALY_tcp_flags_fin_rst, WEIR_ANOMALY_Count, 0);
	ck_assert_uint_eq(TCP(NOW, .flags = FIN | RST).event, EV(unseen));
	setup_anomaly(send_model, WEIR_ANOMALY_tcp_port_zero, WEIR_ANOMALY_Count, 0);
	ck_assert_uint_eq(changed(WEIR_ANOMALY_tcp_port_zero, 34, 0, 0), EV(unseen));
	setup_anomaly(send_model, WEIR_ANOMALY_ip_land, WEIR_ANOMALY_Ignore, 0);
	ck_assert_uint_eq(changed(WEIR_ANOMALY_ip_land, 26, 0xc000, 0x020a), EV(unseen));
	setup_anomaly(send_model, WEIR_ANOMALY_ip4_checksum, WEIR_ANOMALY_Ignore, 0);
	ck_assert_uint_eq(changed(WEIR_ANOMALY_ip4_checksum, 24, 0x1234, 0xc633), EV(unseen));
	setup_bypass(send_model, 1);
	ck_assert_uint_eq(TCP(NOW, .flags = ACK).event, EV(unseen));
}
END_TEST

/* A quote has no look-up by its sender's address. */
START_TEST(quote_sender)
{
	struct weir_meter_cfg c = setup_rate(WEIR_METER_limit, 1000, 1, 7);

	setup_meter(send_model, SETUP_TABLE(WEIR_TABLE_remote, 0), &c);
	setup_meter(send_model, SETUP_TABLE(WEIR_TABLE_pair, 0), &c);
	for (unsigned i = 0; i < 5; i++)
		ck_assert_uint_eq(TCP(NOW, .quote = 1).verdict, WEIR_VERDICT_pass);
	ck_assert_uint_eq(TCP(NOW, .flags = ACK).verdict, WEIR_VERDICT_pass);
	ck_assert_uint_eq(TCP(NOW, .flags = ACK).reason, WEIR_REASON_meter_remote);
}
END_TEST

/* Known connections have a class of traffic of their own in the table `class`. */
START_TEST(class_known)
{
	struct weir_meter_cfg c = setup_rate(WEIR_METER_limit, 1000, 1, 7);

	state_cfg.mode = WEIR_CONNECTION_on;
	state_configure();
	setup_meter(send_model, SETUP_TABLE(WEIR_TABLE_class, WEIR_TCLASS_tcp), &c);
	ck_assert_uint_eq(TCP(NOW, .dir = 1, .flags = SYN | ACK, .seq = 4999, .ack = 1000).event, EV(half_open));
	for (unsigned i = 0; i < 3; i++)
		ck_assert_uint_eq(TCP(NOW, .flags = ACK, .seq = 1000, .ack = 5000).verdict, WEIR_VERDICT_pass);
	ck_assert_uint_eq(TCP(NOW, .rport = 2, .flags = ACK).verdict, WEIR_VERDICT_pass);
	ck_assert_uint_eq(TCP(NOW, .rport = 2, .flags = ACK).reason, WEIR_REASON_meter_class);
	c = setup_rate(WEIR_METER_drop, 1000, 1, 7);
	setup_meter(send_model, SETUP_TABLE(WEIR_TABLE_class, WEIR_TCLASS_tcp_known), &c);
	TCP(NOW, .flags = ACK, .seq = 1000, .ack = 5000);
	ck_assert_uint_eq(TCP(NOW, .flags = ACK, .seq = 1000, .ack = 5000).reason, WEIR_REASON_meter_class);
}
END_TEST

Suite *weir_model_state_connection_suite(void)
{
	Suite *s = suite_create("model: connections");
	TCase *rules = tcase_create("rows"), *rest = tcase_create("connections");

	suite_add_tcase(s, rules);
	tcase_add_loop_test(rules, transitions, 0, COUNT(rows));
	tcase_add_loop_test(rules, quoted, 0, COUNT(quotes));
	suite_add_tcase(s, rest);
	tcase_add_checked_fixture(rest, state_begin, send_end);
	tcase_add_test(rest, adoption);
	tcase_add_test(rest, conversation);
	tcase_add_loop_test(rest, expiry, 0, 6);
	tcase_add_test(rest, timeout_0);
	tcase_add_loop_test(rest, victims, 0, 8);
	tcase_add_test(rest, full_set);
	tcase_add_loop_test(rest, candidates, 0, 4);
	tcase_add_test(rest, no_look_up);
	tcase_add_test(rest, quote_sender);
	tcase_add_test(rest, class_known);
	return s;
}
