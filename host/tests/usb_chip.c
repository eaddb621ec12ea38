// SPDX-License-Identifier: Apache-2.0
#include "host/tests/usb_chip.h"

#include <errno.h>
#include <string.h>

void chip_power(struct chip *chip)
{
	chip->packet_len = chip->packet_len == 0 ? CHIP_PACKET : chip->packet_len;
	chip->latency_ms = 16;
	chip->event = -1;
	chip->format = 0;
	chip->rate_value = 0x4138;          // 9,600 bit/s of 3 MHz
	chip->rate_index = 2;
	chip->in_n = chip->out_n = 0;
}

// USB 2.0, 9.6.7: a text is UTF-16LE behind its length and the number 3.
static int text(const char *ascii, uint8_t *ret, size_t room)
{
	uint8_t whole[255] = {0, 3};
	size_t n = 2;

	for (; *ascii != 0 && n + 2 <= sizeof(whole); ascii++, n += 2) {
		whole[n] = (uint8_t)*ascii;
		whole[n + 1] = 0;
	}
	whole[0] = (uint8_t)n;
	n = n < room ? n : room;
	memcpy(ret, whole, n);
	return (int)n;
}

static int descriptor(const struct chip *chip, uint16_t value, uint8_t *ret, size_t room)
{
	static const uint8_t english[4] = {4, 3, 0x09, 0x04};

	switch (value) {
	case 0x300: memcpy(ret, english, room < 4 ? room : 4); return room < 4 ? (int)room : 4;
	case 0x302: return chip->product[0] != 0 ? text(chip->product, ret, room) : -EPIPE;
	case 0x303: return chip->serial[0] != 0 ? text(chip->serial, ret, room) : -EPIPE;
	default: return -EPIPE;
	}
}

static uint8_t line_status(const struct chip *chip)
{
	return (uint8_t)(chip->line_errors | (chip->out_n == 0 ? 0x60 : 0));
}

static int vendor_out(struct chip *chip, uint8_t request, uint16_t value, uint16_t index)
{
	if ((index & 0xff) != 2)
		return -EPIPE;                  // a setting of another channel
	switch (request) {
	case 0x00:
		if (value > 2)
			return -EPIPE;
		if (value == 0) {
			chip->resets++;
			chip->event = -1;
		}
		chip->purges[value]++;
		if (value != 2)
			chip->in_n = 0;
		if (value != 1)
			chip->out_n = 0;
		return 0;
	case 0x02: return index >> 8 == 0 ? 0 : -EPIPE;
	case 0x03:
		chip->early_rates += chip->out_n != 0;
		chip->rate_value = value;
		chip->rate_index = index;
		return 0;
	case 0x04: chip->format = value; return 0;
	case 0x06: chip->event = (value & 0x100) != 0 ? value & 0xff : -1; return 0;
	case 0x09:
		if (value == 0 || value > 255)
			return -EPIPE;
		chip->latency_ms = (uint8_t)value;
		return 0;
	case 0x0b: chip->mode = value; return 0;
	default: return -EPIPE;
	}
}

int chip_control(struct chip *chip, const uint8_t setup[8], uint8_t *ret)
{
	uint16_t value = (uint16_t)(setup[2] | setup[3] << 8), index = (uint16_t)(setup[4] | setup[5] << 8);
	size_t room = (size_t)(setup[6] | setup[7] << 8);

	if (setup[0] == 0x80 && setup[1] == 6)
		return descriptor(chip, value, ret, room);
	if (setup[0] == 0x40 && room == 0) {
		chip->requests++;
		return vendor_out(chip, setup[1], value, index);
	}
	if (setup[0] != 0xc0 || room < 2)
		return -EPIPE;
	chip->requests++;
	switch (setup[1]) {
	case 0x05:
		ret[0] = 0x02;
		ret[1] = line_status(chip);
		return 2;
	case 0x90:
		ret[0] = (uint8_t)chip->eeprom0;
		ret[1] = (uint8_t)(chip->eeprom0 >> 8);
		return 2;
	default: return -EPIPE;
	}
}

int64_t chip_due(const struct chip *chip)
{
	int64_t latency_us = chip->latency_ms * 1000;
	return chip->sent_us + (chip->in_n == 0 && chip->idle_us > latency_us ? chip->idle_us : latency_us);
}

size_t chip_packet(struct chip *chip, int64_t now_us, uint8_t ret[CHIP_PACKET])
{
	size_t room = chip->packet_len - 2;
	size_t n = chip->in_n < room ? chip->in_n : room;
	// AN232B-04: the event character sends the buffer, but not as its first.
	bool event = chip->event >= 0 && n > 1 && memchr(chip->in + 1, chip->event, n - 1) != NULL;

	if (n < room && !event && now_us < chip_due(chip))
		return 0;
	ret[0] = chip->packet_len == CHIP_PACKET ? 0x02 : 0x01;
	ret[1] = line_status(chip);
	chip->line_errors = 0;
	memcpy(ret + 2, chip->in, n);
	chip->in_n -= n;
	memmove(chip->in, chip->in + n, chip->in_n);
	chip->sent_us = now_us;
	return n + 2;
}

double chip_bit_rate(const struct chip *chip)
{
	static const double fraction[8] = {0, 0.5, 0.25, 0.125, 0.375, 0.625, 0.75, 0.875};
	unsigned code = chip->rate_value | (unsigned)(chip->rate_index >> 8) << 16;
	double base = (code & 0x20000) != 0 ? 12e6 : 3e6;
	unsigned whole = code & 0x3fff, part = code >> 14 & 7;

	if (whole < 2)
		return part != 0 ? 0 : whole == 0 ? base : base / 1.5;
	return base / (whole + fraction[part]);
}

void chip_hears(struct chip *chip, const uint8_t *octets, size_t n)
{
	size_t room = CHIP_BUFFER - chip->in_n;
	size_t kept = n < room ? n : room;

	memcpy(chip->in + chip->in_n, octets, kept);
	chip->in_n += kept;
	if (kept < n) {
		chip->overruns += n - kept;
		chip->line_errors |= 0x02;
	}
}

size_t chip_takes(struct chip *chip, const uint8_t *octets, size_t n)
{
	size_t room = CHIP_BUFFER - chip->out_n;
	n = n < room ? n : room;
	memcpy(chip->out + chip->out_n, octets, n);
	chip->out_n += n;
	return n;
}
