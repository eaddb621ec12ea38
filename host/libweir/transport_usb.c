// SPDX-License-Identifier: Apache-2.0
// FT2232H by libusb-1.0. One thread, the caller's: libusb's events are handled while it waits in here, and only then. Transfers are
// asynchronous; synchronous requests are made by open, rate, close and after an error, never by a callback.
//
// In: IN_N transfers are always in flight or wait, in the order in which they came, to be taken out of by receive; each goes back as soon
// as it is empty. So what is held is bounded by them, and behind them by the 4 KB of the chip. A chip that has nothing sends its two
// status bytes every millisecond (latency timer): between the caller's visits all transfers come back with nothing, and the chip keeps
// what arrives. What does not fit there is lost, as on any line; the numbers of the notices tell (docs/link.md).
#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/libweir/ft2232h.h"
#include "host/libweir/transport.h"
#include "host/libweir/usb_find.h"
#include "host/libweir/usb_wait.h"
#include "weir/device.h"

#define IN_N 4
#define IN_LEN 4096                  // a whole number of packets; the chip's buffer
#define OUT_LEN 600                  // transport.h
#define LATENCY_MS 1
#define EVENT_CHARACTER 0x7e         // ends a frame: its reply comes at once instead of after the latency timer (AN232B-04)
#define REQUEST_MS 500               // for a control request; a live chip needs less than one
#define CANCEL_MS 1000               // for transfers to come back once they are cancelled
#define GONE_MS 400                  // from the first failed transfer of an unplugged board until the kernel says so
#define OUT_OF_MEMORY "out of memory"
#define RATES "an FT2232H has 12,000,000, 8,000,000 and 96,000,000 / n bit/s, n from 16 to 131,071"
#define TYPE_OUT (LIBUSB_ENDPOINT_OUT | LIBUSB_REQUEST_TYPE_VENDOR | LIBUSB_RECIPIENT_DEVICE)
#define TYPE_IN (LIBUSB_ENDPOINT_IN | LIBUSB_REQUEST_TYPE_VENDOR | LIBUSB_RECIPIENT_DEVICE)

struct in {
	struct weir_transport *t;
	struct libusb_transfer *transfer;
	struct in *next;                  // in the queue of those that have something
	size_t at, n;                     // what is left of it
	uint8_t octets[IN_LEN];
};

struct weir_transport {
	libusb_context *ctx;
	libusb_device_handle *handle;
	struct weir_usb_wait wait;
	struct weir_transport_options options;
	char url[64];
	uint8_t in_endpoint, out_endpoint;
	uint16_t packet_len;
	bool claimed;
	bool closing;                     // nothing is submitted any more
	bool gone;                        // libusb has seen the board leave
	bool interrupted;                 // a signal came while send could not stop
	int error;                        // -errno: the way in is dead
	const char *in_why;               // … of what
	const char *why;                  // what the last failure was about
	int flying;                       // transfers that libusb has
	struct in in[IN_N];
	struct in *first, **last;         // those that have something, oldest first
	int event;                        // set by any callback that somebody may wait for
	struct libusb_transfer *out;
	int out_done;                     // 0 while it flies
	uint8_t out_octets[OUT_LEN];      // ours: a transfer may outlive the call
	struct weir_ft2232h_line line;
	uint64_t line_told;
};

__attribute__((format(printf, 2, 3))) static void debug(const struct weir_transport *t, const char *format, ...)
{
	char line[256];
	va_list ap;

	if (t->options.debug == NULL)
		return;
	va_start(ap, format);
	vsnprintf(line, sizeof(line), format, ap);
	va_end(ap);
	t->options.debug(t->options.debug_ctx, line);
}

static int request(struct weir_transport *t, uint8_t number, uint16_t value, uint16_t index)
{
	int n = libusb_control_transfer(t->handle, TYPE_OUT, number, value, index, NULL, 0, REQUEST_MS);
	return n < 0 ? n : 0;
}

// --- Way in

static void fail(struct weir_transport *t, int error, const char *what)
{
	t->event = 1;
	if (t->error != 0)
		return;
	t->error = error;
	t->in_why = what;
	debug(t, "usb: %s", what);
}

static void submit(struct in *in)
{
	struct weir_transport *t = in->t;

	if (t->closing || t->error != 0)
		return;
	int error = libusb_submit_transfer(in->transfer);
	if (error == 0)
		t->flying++;
	else
		fail(t, weir_usb_errno(error), "no more transfers are taken");
}

// Damage on the line, each time that it has doubled.
static void tell_line(struct weir_transport *t)
{
	const struct weir_ft2232h_line *l = &t->line;
	uint64_t n = l->overruns + l->parity + l->framing + l->breaks;

	if (n == 0 || n < 2 * t->line_told)
		return;
	t->line_told = n;
	debug(t, "usb: line: %llu overruns, %llu framing errors, %llu breaks, %llu parity errors so far", (unsigned long long)l->overruns,
	      (unsigned long long)l->framing, (unsigned long long)l->breaks, (unsigned long long)l->parity);
}

static void LIBUSB_CALL in_done(struct libusb_transfer *transfer)
{
	struct in *in = transfer->user_data;
	struct weir_transport *t = in->t;

	t->flying--;
	switch (transfer->status) {
	case LIBUSB_TRANSFER_COMPLETED:
		in->at = 0;
		in->n = weir_ft2232h_strip(in->octets, (size_t)transfer->actual_length, t->packet_len, &t->line);
		tell_line(t);
		if (in->n == 0) {
			submit(in);
			return;
		}
		in->next = NULL;
		*t->last = in;
		t->last = &in->next;
		t->event = 1;
		return;
	case LIBUSB_TRANSFER_CANCELLED:
		return;
	case LIBUSB_TRANSFER_NO_DEVICE:
		fail(t, -ENODEV, "unplugged");
		return;
	case LIBUSB_TRANSFER_STALL:
		fail(t, -EIO, "the endpoint in has stalled");
		return;
	case LIBUSB_TRANSFER_OVERFLOW:
		fail(t, -EIO, "more came than was asked for");
		return;
	default:
		fail(t, -EIO, "a transfer in has failed");
		return;
	}
}

static size_t take(struct weir_transport *t, uint8_t *ret, size_t room)
{
	size_t n = 0;

	while (t->first != NULL && n < room) {
		struct in *in = t->first;
		size_t part = in->n - in->at < room - n ? in->n - in->at : room - n;
		memcpy(ret + n, in->octets + in->at, part);
		n += part;
		in->at += part;
		if (in->at < in->n)
			break;
		t->first = in->next;
		if (t->first == NULL)
			t->last = &t->first;
		submit(in);
	}
	return n;
}

// When a board is unplugged, transfers fail before the kernel says that it has gone. Ask it, so that nobody takes one for the other.
static int verdict(struct weir_transport *t, int error)
{
	for (int64_t end = weir_usb_now_ms() + GONE_MS; error == -EIO && !t->gone && weir_usb_now_ms() < end;) {
		uint8_t status[WEIR_FT2232H_STATUS_LEN];
		int n = libusb_control_transfer(t->handle, TYPE_IN, WEIR_FT2232H_GET_STATUS, 0, WEIR_FT2232H_CHANNEL_B, status, sizeof(status), 100);
		if (n == LIBUSB_ERROR_NO_DEVICE)
			t->gone = true;
		if (n >= 0)
			return error;
		int never = 0;
		weir_usb_events(&t->wait, weir_usb_now_ms() + 20, &never);
	}
	if (error == -ENODEV || (error == -EIO && t->gone)) {
		t->why = "unplugged";
		return -ENODEV;
	}
	return error;
}

static int receive(struct weir_transport *t, uint8_t *ret, size_t room, int64_t deadline_ms, const sigset_t *let_in)
{
	for (bool asked = false; room > 0; asked = true) {
		if (t->first != NULL)
			return (int)take(t, ret, room > INT16_MAX ? INT16_MAX : room);
		if (t->error != 0) {
			t->why = t->in_why;
			return verdict(t, t->error);
		}
		if (t->interrupted) {
			t->interrupted = false;
			return -EINTR;
		}
		if (asked && weir_usb_now_ms() >= deadline_ms)
			return 0;
		t->event = 0;
		int error = weir_usb_events_or_signal(&t->wait, deadline_ms, &t->event, let_in);
		if (error == LIBUSB_ERROR_INTERRUPTED)
			return -EINTR;
		if (error != 0)
			return verdict(t, weir_usb_errno(error));
	}
	return 0;
}

static int usb_receive(struct weir_transport *t, uint8_t *ret, size_t room, int64_t deadline_ms)
{
	sigset_t before;

	t->why = "";
	weir_usb_hold_signals(&before);
	int n = receive(t, ret, room, deadline_ms, &before);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return n;
}

// --- Way out

static void LIBUSB_CALL out_done(struct libusb_transfer *transfer)
{
	struct weir_transport *t = transfer->user_data;

	t->flying--;
	t->out_done = 1;
}

static int send(struct weir_transport *t, const uint8_t *octets, size_t n, int64_t deadline_ms, const sigset_t *let_in)
{
	if (t->gone)
		return verdict(t, -ENODEV);
	if (n == 0)
		return 0;
	memcpy(t->out_octets, octets, n);
	libusb_fill_bulk_transfer(t->out, t->handle, t->out_endpoint, t->out_octets, (int)n, out_done, t, 0);
	int error = libusb_submit_transfer(t->out);
	if (error != 0)
		return verdict(t, weir_usb_errno(error));
	t->flying++;
	t->out_done = 0;

	// A signal does not stop it, since then nobody knew what has been sent; receive tells it.
	bool cancelled = false;
	for (int64_t end = deadline_ms; !t->out_done;) {
		error = weir_usb_events_or_signal(&t->wait, end, &t->out_done, let_in);
		if (error == LIBUSB_ERROR_INTERRUPTED)
			t->interrupted = true;
		else if (error != 0)
			return verdict(t, weir_usb_errno(error));
		if (t->out_done || weir_usb_now_ms() < end)
			continue;
		if (cancelled) {
			t->why = "a transfer out does not come back";
			return -EIO;              // its octets are still the kernel's
		}
		libusb_cancel_transfer(t->out);
		cancelled = true;
		end = weir_usb_now_ms() + CANCEL_MS;
	}
	if (t->out->status == LIBUSB_TRANSFER_COMPLETED && t->out->actual_length == (int)n)
		return 0;
	if (t->out->status == LIBUSB_TRANSFER_NO_DEVICE || t->gone)
		return verdict(t, -ENODEV);
	if (t->out->status == LIBUSB_TRANSFER_CANCELLED) {
		t->why = "the board takes no octets";
		return -ETIMEDOUT;
	}
	t->why = t->out->status == LIBUSB_TRANSFER_STALL ? "the endpoint out has stalled" : "a transfer out has failed";
	debug(t, "usb: %s (%d of %zu octets)", t->why, t->out->actual_length, n);
	return verdict(t, -EIO);
}

static int usb_send(struct weir_transport *t, const uint8_t *octets, size_t n, int64_t deadline_ms)
{
	sigset_t before;

	assert(n <= OUT_LEN);
	t->why = "";
	weir_usb_hold_signals(&before);
	int error = send(t, octets, n, deadline_ms, &before);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return error;
}

// --- Bit rate

// *ret_actual is what the chip will make of it.
static int set_rate(struct weir_transport *t, uint32_t bit_rate, uint32_t *ret_actual)
{
	uint16_t value, index;
	int error = weir_ft2232h_bit_rate(bit_rate, &value, &index, ret_actual);

	return error != 0 ? error : verdict(t, weir_usb_errno(request(t, WEIR_FT2232H_SET_BIT_RATE, value, index)));
}

static int usb_rate(struct weir_transport *t, uint32_t bit_rate)
{
	uint32_t actual;
	uint16_t value, index;

	t->why = "";
	// A rate that it has not must not cost the wait.
	if (weir_ft2232h_bit_rate(bit_rate, &value, &index, &actual) != 0) {
		t->why = RATES;
		return -EINVAL;
	}
	// A transfer is done when the chip has it, not when the line has: 600 octets at the old rate, and the chip's own 4 KB at worst.
	for (int64_t end = weir_usb_now_ms() + 100 + 4096 * 10 * 1000LL / t->options.bit_rate; weir_usb_now_ms() < end;) {
		uint8_t status[WEIR_FT2232H_STATUS_LEN];
		int n = libusb_control_transfer(t->handle, TYPE_IN, WEIR_FT2232H_GET_STATUS, 0, WEIR_FT2232H_CHANNEL_B, status, sizeof(status),
						REQUEST_MS);
		if (n < 0)
			return verdict(t, weir_usb_errno(n));
		if (n == sizeof(status) && (status[1] & WEIR_FT2232H_SENT) != 0)
			break;
	}
	int error = set_rate(t, bit_rate, &actual);
	if (error == 0) {
		t->options.bit_rate = bit_rate;
		debug(t, "usb: %u bit/s", actual);
	}
	return error;
}

// --- Open and close

static int LIBUSB_CALL left(libusb_context *ctx, libusb_device *device, libusb_hotplug_event event, void *user)
{
	struct weir_transport *t = user;

	(void)ctx;
	(void)event;
	if (t->handle != NULL && device == libusb_get_device(t->handle)) {
		t->gone = true;
		fail(t, -ENODEV, "unplugged");
	}
	return 0;
}

// The two bulk endpoints of channel B: 0x83 and 0x04 of every FT2232H, but the descriptor knows better.
static int endpoints(struct weir_transport *t)
{
	struct libusb_config_descriptor *config;
	int error = libusb_get_active_config_descriptor(libusb_get_device(t->handle), &config);

	if (error != 0)
		return weir_usb_errno(error);
	for (int i = 0; i < config->bNumInterfaces; i++) {
		const struct libusb_interface *interface = &config->interface[i];
		if (interface->num_altsetting < 1 || interface->altsetting[0].bInterfaceNumber != WEIR_FT2232H_INTERFACE_B)
			continue;
		for (int j = 0; j < interface->altsetting[0].bNumEndpoints; j++) {
			const struct libusb_endpoint_descriptor *e = &interface->altsetting[0].endpoint[j];
			if ((e->bmAttributes & LIBUSB_TRANSFER_TYPE_MASK) != LIBUSB_TRANSFER_TYPE_BULK)
				continue;
			if ((e->bEndpointAddress & LIBUSB_ENDPOINT_DIR_MASK) == LIBUSB_ENDPOINT_IN) {
				t->in_endpoint = e->bEndpointAddress;
				t->packet_len = e->wMaxPacketSize & 0x7ff;
			} else {
				t->out_endpoint = e->bEndpointAddress;
			}
		}
	}
	libusb_free_config_descriptor(config);
	bool fits = t->packet_len > WEIR_FT2232H_STATUS_LEN && IN_LEN % t->packet_len == 0;
	return t->in_endpoint != 0 && t->out_endpoint != 0 && fits ? 0 : -ENODEV;
}

// As the EEPROM says, channel B may be something else than a UART; nobody would answer then. Only told: an EEPROM that is empty or wrong
// says nothing, and the chip is two UARTs.
static void check_mode(struct weir_transport *t)
{
	uint8_t word[2];

	if (libusb_control_transfer(t->handle, TYPE_IN, WEIR_FT2232H_READ_EEPROM, 0, 0, word, 2, REQUEST_MS) == 2
	    && (word[0] != 0xff || word[1] != 0xff) && (word[1] & 7) != 0)
		debug(t, "usb: by its EEPROM channel B is no UART (mode %u): docs/board-usb.md", word[1] & 7);
}

static int start_chip(struct weir_transport *t, uint32_t *ret_actual)
{
	static const struct {
		uint8_t number;
		uint16_t value;
	} requests[] = {
		{WEIR_FT2232H_RESET, 0},
		{WEIR_FT2232H_SET_MODE, 0},
		{WEIR_FT2232H_SET_FORMAT, WEIR_FT2232H_FORMAT_8N1},
		{WEIR_FT2232H_SET_FLOW, 0},
		{WEIR_FT2232H_SET_LATENCY, LATENCY_MS},
		{WEIR_FT2232H_SET_EVENT, WEIR_FT2232H_EVENT_ON | EVENT_CHARACTER},
	};
	int error = 0;

	for (size_t i = 0; error == 0 && i < sizeof(requests) / sizeof(requests[0]); i++)
		error = request(t, requests[i].number, requests[i].value, WEIR_FT2232H_CHANNEL_B);
	if (error != 0)
		return verdict(t, weir_usb_errno(error));
	error = set_rate(t, t->options.bit_rate, ret_actual);
	// What came before at another rate, or for somebody else.
	for (uint16_t way = 1; error == 0 && way <= 2; way++)
		error = verdict(t, weir_usb_errno(request(t, WEIR_FT2232H_RESET, way, WEIR_FT2232H_CHANNEL_B)));
	return error;
}

static int start_transfers(struct weir_transport *t)
{
	t->out = libusb_alloc_transfer(0);
	for (int i = 0; i < IN_N; i++) {
		t->in[i].t = t;
		t->in[i].transfer = libusb_alloc_transfer(0);
		if (t->out == NULL || t->in[i].transfer == NULL)
			return -ENOMEM;
		libusb_fill_bulk_transfer(t->in[i].transfer, t->handle, t->in_endpoint, t->in[i].octets, IN_LEN, in_done, &t->in[i], 0);
	}
	for (int i = 0; i < IN_N; i++)
		submit(&t->in[i]);
	return verdict(t, t->error);
}

static void usb_close(struct weir_transport *t)
{
	if (t == NULL)
		return;
	t->closing = true;
	for (int i = 0; i < IN_N && t->flying > 0; i++)
		libusb_cancel_transfer(t->in[i].transfer);           // of one that does not fly: no effect
	if (!t->out_done)
		libusb_cancel_transfer(t->out);
	int never = 0;
	for (int64_t end = weir_usb_now_ms() + CANCEL_MS; t->flying > 0 && weir_usb_now_ms() < end;)
		weir_usb_events(&t->wait, end, &never);
	if (t->line_told != 0) {
		t->line_told = 0;
		tell_line(t);
	}
	if (t->claimed) {
		if (!t->gone && t->error == 0)
			request(t, WEIR_FT2232H_RESET, 0, WEIR_FT2232H_CHANNEL_B);   // event character off
		libusb_release_interface(t->handle, WEIR_FT2232H_INTERFACE_B);       // and ftdi_sio has it again
	}
	// After this the kernel has none of our buffers any more, whether it gave the transfers back or not.
	if (t->handle != NULL)
		libusb_close(t->handle);
	for (int i = 0; i < IN_N; i++)
		libusb_free_transfer(t->in[i].transfer);
	libusb_free_transfer(t->out);
	if (t->ctx != NULL)
		libusb_exit(t->ctx);
	free(t);
}

// Choose the board and open it; *ret_url is its name for messages.
static int open_board(struct weir_transport *t, const char *rest, char *detail)
{
	struct weir_usb_board *boards = NULL;
	size_t n = 0, i = 0;
	int error = weir_usb_boards(t->ctx, &boards, &n);

	if (error != 0) {
		snprintf(detail, WEIR_DETAIL, "the devices on USB cannot be listed");
		return error;
	}
	error = weir_usb_choose(boards, n, rest, &i, detail);
	if (error == 0) {
		weir_usb_url(boards, n, i, t->url, sizeof(t->url));
		error = weir_usb_errno(libusb_open(boards[i].device, &t->handle));
		if (error == -EACCES)
			weir_usb_no_access(&boards[i], detail);
		else if (error != 0)
			snprintf(detail, WEIR_DETAIL, "%s cannot be opened: has it been unplugged?", t->url);
	}
	weir_usb_boards_free(boards, n);
	return error;
}

static int claim(struct weir_transport *t, char *detail)
{
	int error = endpoints(t);

	if (error != 0) {
		snprintf(detail, WEIR_DETAIL, "%s has no channel B with two bulk endpoints: it is no FT2232H", t->url);
		return error;
	}
	libusb_set_auto_detach_kernel_driver(t->handle, 1);
	error = weir_usb_errno(libusb_claim_interface(t->handle, WEIR_FT2232H_INTERFACE_B));
	if (error == -EBUSY)
		snprintf(detail, WEIR_DETAIL, "%s: another program uses channel B; end it first", t->url);
	else if (error != 0)
		snprintf(detail, WEIR_DETAIL, "%s: channel B cannot be claimed: has it been unplugged?", t->url);
	t->claimed = error == 0;
	return error;
}

static int usb_open(const char *rest, const struct weir_transport_options *options, struct weir_transport **ret, char *detail)
{
	struct weir_transport *t = calloc(1, sizeof(*t));
	uint32_t actual = 0;
	uint16_t value, index;
	int error;

	detail[0] = 0;
	if (t == NULL) {
		snprintf(detail, WEIR_DETAIL, OUT_OF_MEMORY);
		return -ENOMEM;
	}
	t->options = *options;
	t->last = &t->first;
	t->out_done = 1;
	t->why = "";
	if (weir_ft2232h_bit_rate(options->bit_rate, &value, &index, &actual) != 0) {
		snprintf(detail, WEIR_DETAIL, "bit rate %u: " RATES, options->bit_rate);
		error = -EINVAL;
		goto failed;
	}
	error = weir_usb_errno(weir_usb_init(&t->ctx));
	if (error == 0)
		error = weir_usb_wait_init(&t->wait, t->ctx);
	if (error != 0) {
		snprintf(detail, WEIR_DETAIL, "USB is not there on this machine");
		goto failed;
	}
	error = open_board(t, rest, detail);
	if (error != 0)
		goto failed;
	// Without udev nobody tells; then failed transfers do.
	libusb_hotplug_register_callback(t->ctx, LIBUSB_HOTPLUG_EVENT_DEVICE_LEFT, LIBUSB_HOTPLUG_NO_FLAGS, WEIR_FT2232H_VENDOR,
					 WEIR_FT2232H_PRODUCT, LIBUSB_HOTPLUG_MATCH_ANY, left, t, NULL);
	error = claim(t, detail);
	if (error != 0)
		goto failed;
	check_mode(t);
	error = start_chip(t, &actual);
	if (error == 0)
		error = start_transfers(t);
	if (error != 0) {
		snprintf(detail, WEIR_DETAIL, "%s: %s", t->url,
			 error == -ENODEV ? "unplugged" : "the FT2232H does not take its settings; plug it in again");
		goto failed;
	}
	debug(t, "usb: %s, %u bit/s, packets of %u", t->url, actual, t->packet_len);
	*ret = t;
	return 0;

failed:
	// Whatever it was for: nothing is wrong with the board or its settings.
	if (error == -ENOMEM)
		snprintf(detail, WEIR_DETAIL, OUT_OF_MEMORY);
	usb_close(t);
	return error;
}

static int usb_fd(struct weir_transport *t)
{
	(void)t;
	return -ENOSYS;                   // libusb has several, and they wake every millisecond
}

static const char *usb_url(const struct weir_transport *t)
{
	return t->url;
}

static const char *usb_why(const struct weir_transport *t)
{
	return t->why;
}

const struct weir_transport_ops weir_transport_usb = {
	.scheme = "usb",
	.timeout_ms = 100,
	.open = usb_open,
	.send = usb_send,
	.receive = usb_receive,
	.fd = usb_fd,
	.rate = usb_rate,
	.url = usb_url,
	.close = usb_close,
	.why = usb_why,
};
