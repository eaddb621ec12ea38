// SPDX-License-Identifier: Apache-2.0
// usbfs as libusb uses it: the ioctls that submit transfers and reap them, answered by an FT2232H.
#include <assert.h>
#include <errno.h>
#include <linux/usbdevice_fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "host/tests/usb_board_priv.h"

#define UDEV_US 20000                // from an unplugging to udev's message
#define LATE_US 100000               // FaultUnplugLate

// --- Queues; all under the lock

static void put(struct queue *queue, struct urb *urb)
{
	urb->next = NULL;
	*queue->last = urb;
	queue->last = &urb->next;
}

static struct urb *pick(struct queue *queue, struct urb **at)
{
	struct urb *urb = *at;
	*at = urb->next;
	if (*at == NULL)
		queue->last = at;
	return urb;
}

static void drop(struct urb *urb)
{
	g_object_unref(urb->client);
	g_object_unref(urb->data);
	g_object_unref(urb->buffer);
	free(urb);
}

void usb_fs_show_ready(struct usb_board *board)
{
	bool ready = board->done.first != NULL;
	uint8_t octet = 0;

	if (ready == board->ready)
		return;
	ssize_t n = ready ? read(board->fifo, &octet, 1) : write(board->fifo, &octet, 1);
	assert(n == 1);
	(void)n;
	board->ready = ready;
}

static void finish(struct usb_board *board, struct urb **at, int status)
{
	struct urb *urb = pick(&board->pending, at);
	urb->status = status;
	put(&board->done, urb);
}

static void finish_all(struct usb_board *board, int status)
{
	while (board->pending.first != NULL)
		finish(board, &board->pending.first, status);
}

void usb_fs_work(struct usb_board *board)
{
	bool in_turn = true, out_turn = true;   // each direction in its order

	for (struct urb **at = &board->pending.first; *at != NULL;) {
		struct urb *urb = *at;
		uint8_t packet[CHIP_PACKET];
		bool complete = false;
		if ((urb->endpoint & 0x80) != 0) {
			while (in_turn && !complete) {
				size_t n = chip_packet(&board->chip, usb_now_us(), packet);
				if (n == 0)
					break;
				assert(urb->actual + (int)n <= urb->len);
				memcpy(urb->octets + urb->actual, packet, n);
				urb->actual += (int)n;
				complete = n < board->chip.packet_len || urb->actual == urb->len;
			}
			in_turn = complete;
		} else if (out_turn) {
			urb->taken += (int)chip_takes(&board->chip, urb->octets + urb->taken, (size_t)(urb->len - urb->taken));
			urb->actual = urb->taken;
			complete = out_turn = urb->taken == urb->len;
		}
		if (complete)
			finish(board, at, 0);
		else
			at = &urb->next;
	}
}

void usb_fs_go(struct usb_board *board)
{
	board->gone = true;
	board->tell_us = usb_now_us() + UDEV_US;
	finish_all(board, -ESHUTDOWN);
}

// --- usbfs

static void submit(struct usb_board *board, UMockdevIoctlClient *client, UMockdevIoctlData *arg)
{
	UMockdevIoctlData *data = umockdev_ioctl_data_resolve(arg, 0, sizeof(struct usbdevfs_urb), NULL);
	const struct usbdevfs_urb *u = (const struct usbdevfs_urb *)data->data;
	int status = 0;

	assert(u->buffer_length > 0);
	struct urb *urb = calloc(1, sizeof(*urb) + (size_t)u->buffer_length);
	urb->client = g_object_ref(client);
	urb->data = data;
	urb->buffer = umockdev_ioctl_data_resolve(data, offsetof(struct usbdevfs_urb, buffer), (gsize)u->buffer_length, NULL);
	urb->endpoint = u->endpoint;
	urb->type = u->type;
	urb->len = u->buffer_length;
	memcpy(urb->octets, urb->buffer->data, (size_t)urb->len);
	put(&board->pending, urb);

	struct urb **at = &board->pending.first;
	while (*at != urb)
		at = &(*at)->next;
	bool hit = ++board->transfers == board->fault_at;
	switch (hit ? board->fault : FaultNone) {
	case FaultStall: status = -EPIPE; break;
	case FaultProtocol: status = -EPROTO; break;
	case FaultOverflow: status = -EOVERFLOW; break;
	case FaultShort: finish(board, at, 0); return;
	case FaultUnplugLate:
		board->sick = true;
		board->late_us = usb_now_us() + LATE_US;
		break;
	default: break;
	}
	if (board->sick) {
		finish_all(board, -EPROTO);
	} else if (status != 0) {
		finish(board, at, status);
	} else if (urb->type == USBDEVFS_URB_TYPE_CONTROL) {
		int n = chip_control(&board->chip, urb->octets, urb->octets + 8);
		urb->actual = n < 0 ? 0 : n;
		finish(board, at, n < 0 ? n : 0);
	} else if ((urb->endpoint != 0x83 && urb->endpoint != 0x04) || !board->claimed || board->claimer != client) {
		finish(board, at, -ENOENT);     // another endpoint than channel B's
	} else {
		usb_fs_work(board);
	}
}

// The reaped transfer goes into *arg, and by its pointers back into the program's memory.
static bool reap(struct usb_board *board, UMockdevIoctlClient *client, UMockdevIoctlData *arg)
{
	for (struct urb **at = &board->done.first; *at != NULL; at = &(*at)->next) {
		if ((*at)->client != client)
			continue;
		struct urb *urb = pick(&board->done, at);
		struct usbdevfs_urb result = *(struct usbdevfs_urb *)urb->data->data;
		result.status = urb->status;
		result.actual_length = urb->actual;
		umockdev_ioctl_data_update(urb->data, offsetof(struct usbdevfs_urb, status), (guint8 *)&result.status, sizeof(result.status));
		umockdev_ioctl_data_update(urb->data, offsetof(struct usbdevfs_urb, actual_length), (guint8 *)&result.actual_length,
					   sizeof(result.actual_length));
		int skip = urb->type == USBDEVFS_URB_TYPE_CONTROL ? 8 : 0;
		if (urb->actual > 0 && ((urb->endpoint & 0x80) != 0 || skip != 0))
			umockdev_ioctl_data_update(urb->buffer, (gsize)skip, urb->octets + skip, urb->actual);
		UMockdevIoctlData *pointer = umockdev_ioctl_data_resolve(arg, 0, sizeof(void *), NULL);
		umockdev_ioctl_data_set_ptr(pointer, 0, urb->data);
		g_object_unref(pointer);
		drop(urb);
		return true;
	}
	return false;
}

static bool discard(struct usb_board *board, UMockdevIoctlClient *client, gulong address)
{
	for (struct urb **at = &board->pending.first; *at != NULL; at = &(*at)->next)
		if ((*at)->client == client && (*at)->data->client_addr == address) {
			finish(board, at, -ENOENT);
			return true;
		}
	return false;
}

// The signal client-vanished of UMockdevIoctlBase does not come.
void usb_fs_forget_vanished(struct usb_board *board)
{
	struct queue *queues[2] = {&board->pending, &board->done};

	for (int i = 0; i < 2; i++)
		for (struct urb **at = &queues[i]->first; *at != NULL;)
			if (!umockdev_ioctl_client_get_connected((*at)->client))
				drop(pick(queues[i], at));
			else
				at = &(*at)->next;
	if (board->claimer != NULL && (!board->claimed || !umockdev_ioctl_client_get_connected(board->claimer))) {
		board->claimed = false;
		g_clear_object(&board->claimer);
	}
	usb_fs_show_ready(board);
}

// @return 0, more, or -errno.
static long answer(struct usb_board *board, UMockdevIoctlClient *client)
{
	UMockdevIoctlData *arg = umockdev_ioctl_client_get_arg(client);
	gulong request = umockdev_ioctl_client_get_request(client);

	if (++board->ioctls == board->fault_at && board->fault == FaultUnplug)
		usb_fs_go(board);
	if (request == USBDEVFS_REAPURBNDELAY)
		return reap(board, client, arg) ? 0 : board->gone ? -ENODEV : -EAGAIN;
	if (board->gone)
		return -ENODEV;
	switch (request) {
	case USBDEVFS_GET_CAPABILITIES: {
		UMockdevIoctlData *data = umockdev_ioctl_data_resolve(arg, 0, 4, NULL);
		uint32_t caps = USBDEVFS_CAP_BULK_CONTINUATION | USBDEVFS_CAP_NO_PACKET_SIZE_LIM | USBDEVFS_CAP_REAP_AFTER_DISCONNECT;
		umockdev_ioctl_data_update(data, 0, (guint8 *)&caps, sizeof(caps));
		g_object_unref(data);
		return 0;
	}
	case USBDEVFS_SUBMITURB: submit(board, client, arg); return 0;
	case USBDEVFS_DISCARDURB: return discard(board, client, *(gulong *)arg->data) ? 0 : -EINVAL;
	case USBDEVFS_DISCONNECT_CLAIM: {
		UMockdevIoctlData *data = umockdev_ioctl_data_resolve(arg, 0, sizeof(struct usbdevfs_disconnect_claim), NULL);
		unsigned interface = ((struct usbdevfs_disconnect_claim *)data->data)->interface;
		g_object_unref(data);
		if (interface != 1)
			return -EINVAL;         // the other channel is not ours
		usb_fs_forget_vanished(board);
		if (board->fault == FaultBusy || (board->claimed && board->claimer != client))
			return -EBUSY;
		board->claimed = board->detached = true;
		g_set_object(&board->claimer, client);
		return 0;
	}
	case USBDEVFS_RELEASEINTERFACE:
		board->claimed = false;
		return 0;
	case USBDEVFS_IOCTL: {
		UMockdevIoctlData *data = umockdev_ioctl_data_resolve(arg, 0, sizeof(struct usbdevfs_ioctl), NULL);
		int code = ((struct usbdevfs_ioctl *)data->data)->ioctl_code;
		g_object_unref(data);
		if (code != (int)USBDEVFS_CONNECT)
			return -ENOTTY;
		board->detached = false;
		return 1;
	}
	default: return -ENOTTY;
	}
}

struct handler {
	UMockdevIoctlBase parent;
	struct usb_board *board;
};
struct handler_class {
	UMockdevIoctlBaseClass parent;
};
typedef struct handler Handler;
typedef struct handler_class HandlerClass;
G_DEFINE_TYPE(Handler, handler, UMOCKDEV_TYPE_IOCTL_BASE)

static gboolean handle_ioctl(UMockdevIoctlBase *base, UMockdevIoctlClient *client)
{
	struct usb_board *board = ((struct handler *)base)->board;

	pthread_mutex_lock(&board->lock);
	long result = answer(board, client);
	usb_fs_show_ready(board);
	eventfd_write(board->wake, 1);
	pthread_mutex_unlock(&board->lock);
	umockdev_ioctl_client_complete(client, result < 0 ? -1 : result, result < 0 ? (gint)-result : 0);
	return TRUE;
}

static void handler_class_init(HandlerClass *klass)
{
	klass->parent.handle_ioctl = handle_ioctl;
}

static void handler_init(Handler *handler)
{
	(void)handler;
}

struct handler *usb_fs_new(struct usb_board *board)
{
	struct handler *handler = g_object_new(handler_get_type(), NULL);
	GError *error = NULL;

	handler->board = board;
	if (!umockdev_testbed_attach_ioctl(board->world->testbed, board->dev, &handler->parent, &error)) {
		fprintf(stderr, "usb_fs: %s\n", error->message);
		abort();
	}
	return handler;
}

void usb_fs_free(struct usb_board *board)
{
	umockdev_testbed_detach_ioctl(board->world->testbed, board->dev, NULL);
	g_object_unref(board->handler);
	while (board->pending.first != NULL)
		drop(pick(&board->pending, &board->pending.first));
	while (board->done.first != NULL)
		drop(pick(&board->done, &board->done.first));
	g_clear_object(&board->claimer);
}
