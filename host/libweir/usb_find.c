// SPDX-License-Identifier: Apache-2.0
#include "host/libweir/usb_find.h"

#include <ctype.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/libweir/ft2232h.h"
#include "weir/device.h"

#define DEPTH 7                         // USB: no more hubs than that one behind the other

int weir_usb_init(libusb_context **ret)
{
	sigset_t all, before;

	// libusb watches for devices in a thread of its own. A signal that ended there would not wake whoever waits here.
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	int error = libusb_init(ret);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return error;
}

int weir_usb_errno(int error)
{
	switch (error) {
	case LIBUSB_SUCCESS: return 0;
	case LIBUSB_ERROR_NO_DEVICE:
	case LIBUSB_ERROR_NOT_FOUND: return -ENODEV;
	case LIBUSB_ERROR_ACCESS: return -EACCES;
	case LIBUSB_ERROR_BUSY: return -EBUSY;
	case LIBUSB_ERROR_NO_MEM: return -ENOMEM;
	case LIBUSB_ERROR_TIMEOUT: return -ETIMEDOUT;
	case LIBUSB_ERROR_INTERRUPTED: return -EINTR;
	default: return -EIO;
	}
}

static void place(libusb_device *device, char *ret, size_t room)
{
	uint8_t ports[DEPTH];
	int n = libusb_get_port_numbers(device, ports, DEPTH);
	size_t len = (size_t)snprintf(ret, room, "@%u", libusb_get_bus_number(device));

	for (int i = 0; i < n && len < room; i++)
		len += (size_t)snprintf(ret + len, room - len, "%c%u", i == 0 ? '-' : '.', ports[i]);
}

// A text of the board, which anybody may have built: nothing in it may reach a terminal but letters. @return LIBUSB_ERROR_, or 0;
// *ret_plain: it was all letters, and all of it.
static int text(libusb_device_handle *handle, uint8_t index, char *ret, size_t room, bool *ret_plain)
{
	int n = index == 0 ? 0 : libusb_get_string_descriptor_ascii(handle, index, (unsigned char *)ret, (int)room);

	ret[n > 0 ? n : 0] = 0;
	*ret_plain = n < (int)room - 1;
	for (char *c = ret; *c != 0; c++)
		if (!isgraph((unsigned char)*c) && *c != ' ') {
			*c = '?';
			*ret_plain = false;
		}
	return n < 0 ? n : 0;
}

static void ask(struct weir_usb_board *board, const struct libusb_device_descriptor *descriptor)
{
	libusb_device_handle *handle;
	char product[sizeof(board->product)];
	bool plain;

	place(board->device, board->place, sizeof(board->place));
	snprintf(board->product, sizeof(board->product), "FT2232H");
	board->error = libusb_open(board->device, &handle);
	if (board->error != 0)
		return;
	board->error = text(handle, descriptor->iSerialNumber, board->serial, sizeof(board->serial), &plain);
	// '@' would be a place, '?' is what a letter became that ASCII does not have.
	if (!plain || strpbrk(board->serial, "@? ") != NULL)
		board->serial[0] = 0;
	if (text(handle, descriptor->iProduct, product, sizeof(product), &plain) == 0 && product[0] != 0)
		memcpy(board->product, product, sizeof(product));
	libusb_close(handle);
}

int weir_usb_boards(libusb_context *ctx, struct weir_usb_board **ret, size_t *ret_n)
{
	libusb_device **devices;
	ssize_t n_devices = libusb_get_device_list(ctx, &devices);
	size_t n = 0;

	if (n_devices < 0)
		return weir_usb_errno((int)n_devices);
	struct weir_usb_board *boards = calloc((size_t)n_devices + 1, sizeof(*boards));
	for (ssize_t i = 0; boards != NULL && i < n_devices; i++) {
		struct libusb_device_descriptor d;
		if (libusb_get_device_descriptor(devices[i], &d) != 0 || d.idVendor != WEIR_FT2232H_VENDOR
		    || d.idProduct != WEIR_FT2232H_PRODUCT || d.bcdDevice != WEIR_FT2232H_RELEASE)
			continue;
		boards[n].device = libusb_ref_device(devices[i]);
		ask(&boards[n++], &d);
	}
	libusb_free_device_list(devices, 1);
	if (boards == NULL)
		return -ENOMEM;
	*ret = boards;
	*ret_n = n;
	return 0;
}

void weir_usb_boards_free(struct weir_usb_board *boards, size_t n)
{
	for (size_t i = 0; i < n; i++)
		libusb_unref_device(boards[i].device);
	free(boards);
}

void weir_usb_url(const struct weir_usb_board *boards, size_t n, size_t i, char *ret, size_t room)
{
	bool alone = boards[i].serial[0] != 0 && strlen(boards[i].serial) + sizeof("usb:") <= room;

	for (size_t j = 0; j < n; j++)
		alone &= j == i || strcmp(boards[i].serial, boards[j].serial) != 0;
	snprintf(ret, room, "usb:%s", alone ? boards[i].serial : boards[i].place);
}

void weir_usb_no_access(const struct weir_usb_board *board, char *detail)
{
	snprintf(detail, WEIR_DETAIL, "board %s: no permission for /dev/bus/usb/%03u/%03u: install the udev rule 60-weir.rules and plug the board in again, or be root",
		 board->place, libusb_get_bus_number(board->device), libusb_get_device_address(board->device));
}

// "usb:A, usb:B", as far as they fit.
static void name_all(const struct weir_usb_board *boards, size_t n, char *ret, size_t room)
{
	ret[0] = 0;
	for (size_t i = 0, len = 0; i < n && len < room; i++) {
		char url[64];
		weir_usb_url(boards, n, i, url, sizeof(url));
		len += (size_t)snprintf(ret + len, room - len, "%s%s", i == 0 ? "" : ", ", url);
	}
}

int weir_usb_choose(const struct weir_usb_board *boards, size_t n, const char *rest, size_t *ret_i, char *detail)
{
	const struct weir_usb_board *mute = NULL;
	char names[WEIR_DETAIL - 160];
	size_t found = 0, at = 0;

	for (size_t i = 0; i < n; i++) {
		if (boards[i].error != 0)
			mute = &boards[i];
		if (rest[0] == 0 || strcmp(rest, rest[0] == '@' ? boards[i].place : boards[i].serial) == 0) {
			found++;
			at = i;
		}
	}
	if (found == 1) {
		*ret_i = at;
		return 0;
	}
	name_all(boards, n, names, sizeof(names));
	if (found > 1) {
		snprintf(detail, WEIR_DETAIL, "%zu boards%s: name one: %s", found, rest[0] == 0 ? " on USB" : " have that serial number", names);
		return -ENOTUNIQ;
	}
	if (rest[0] != '@' && mute != NULL) {
		if (mute->error == LIBUSB_ERROR_ACCESS)
			weir_usb_no_access(mute, detail);
		else
			snprintf(detail, WEIR_DETAIL, "board %s does not tell its serial number; plug it in again", mute->place);
		return weir_usb_errno(mute->error);
	}
	if (n == 0)
		snprintf(detail, WEIR_DETAIL, "no FT2232H on USB (0403:6010): is the board plugged in and on?");
	else
		snprintf(detail, WEIR_DETAIL, "no board %.64s on USB; there: %s", rest, names);
	return -ENODEV;
}

int weir_dev_list(struct weir_found *ret, size_t n, size_t *ret_n)
{
	struct weir_usb_board *boards;
	libusb_context *ctx;
	size_t n_boards;
	int error = weir_usb_errno(weir_usb_init(&ctx));

	if (error != 0)
		return error == -ENOMEM ? error : -EIO;
	error = weir_usb_boards(ctx, &boards, &n_boards);
	if (error == 0) {
		for (size_t i = 0; i < n_boards && i < n; i++) {
			weir_usb_url(boards, n_boards, i, ret[i].url, sizeof(ret[i].url));
			snprintf(ret[i].product, sizeof(ret[i].product), "%s",
				 boards[i].error == LIBUSB_ERROR_ACCESS ? "FT2232H, no permission (60-weir.rules)" : boards[i].product);
		}
		*ret_n = n_boards;
		weir_usb_boards_free(boards, n_boards);
	}
	libusb_exit(ctx);
	return error == 0 || error == -ENOMEM ? error : -EIO;
}
