// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE                  // F_SETPIPE_SZ
#include "host/tests/usb_board.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/usbdevice_fs.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <umockdev.h>
#include <unistd.h>

#define CONFIG_LEN (9 + 2 * (9 + 2 * 7))
#define UDEV_US 20000                // from an unplugging to udev's message
#define LATE_US 100000               // FaultUnplugLate

// A transfer that the program has submitted and not reaped yet.
struct urb {
	struct urb *next;
	UMockdevIoctlClient *client;      // who
	UMockdevIoctlData *data, *buffer; // its struct usbdevfs_urb and its octets over there
	unsigned char endpoint, type;
	int len, actual, status;
	int taken;                        // out: octets that the chip has
	uint8_t octets[];
};

struct queue {
	struct urb *first, **last;
};

struct usb_world {
	UMockdevTestbed *testbed;
	char *root;
	unsigned devices;
	struct usb_board *boards;         // those that nobody has freed: of a test that failed
};

struct usb_board {
	struct usb_world *world;
	struct usb_board *next;
	struct handler *handler;
	char *sys;                        // "/sys/devices/usb1/1-1"
	char node[PATH_MAX], dev[32];     // the FIFO, by its own path and as "/dev/…"
	int fifo, wake, line;
	pthread_t thread;
	pthread_mutex_t lock;             // for all below
	struct chip chip;
	struct queue pending, done;
	UMockdevIoctlClient *claimer;
	bool claimed, detached;
	bool ready, gone, told, sick, stop;
	int64_t tell_us, late_us;
	enum usb_fault fault;
	unsigned fault_at, ioctls, transfers;
};

static int64_t now_us(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

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

// Whether poll() of the device node says POLLOUT.
static void show_ready(struct usb_board *board)
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

// Bulk transfers go on as far as the chip lets them.
static void work(struct usb_board *board)
{
	bool in_turn = true, out_turn = true;   // each direction in its order

	for (struct urb **at = &board->pending.first; *at != NULL;) {
		struct urb *urb = *at;
		uint8_t packet[CHIP_PACKET];
		bool complete = false;
		if ((urb->endpoint & 0x80) != 0) {
			while (in_turn && !complete) {
				size_t n = chip_packet(&board->chip, now_us(), packet);
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

static void go(struct usb_board *board)
{
	board->gone = true;
	board->tell_us = now_us() + UDEV_US;
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
		board->late_us = now_us() + LATE_US;
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
		work(board);
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

// Whoever has closed the node has nothing any more. (The signal client-vanished of UMockdevIoctlBase does not come.)
static void forget_vanished(struct usb_board *board)
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
	show_ready(board);
}

// @return 0, more, or -errno.
static long answer(struct usb_board *board, UMockdevIoctlClient *client)
{
	UMockdevIoctlData *arg = umockdev_ioctl_client_get_arg(client);
	gulong request = umockdev_ioctl_client_get_request(client);

	if (++board->ioctls == board->fault_at && board->fault == FaultUnplug)
		go(board);
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
		forget_vanished(board);
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
	show_ready(board);
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

// --- The line, and time

static void tell_udev(struct usb_board *board)
{
	umockdev_testbed_uevent(board->world->testbed, board->sys, "remove");
	unlink(board->node);
}

// Octets from the line: as fast as transfers take them, since a socket may bring more at once than a line would; nobody there to take
// them, they are lost when the buffer is full.
static void hear(struct usb_board *board)
{
	uint8_t octets[256];
	bool taker = false;

	for (struct urb *urb = board->pending.first; urb != NULL; urb = urb->next)
		taker |= urb->endpoint == 0x83;
	if (taker && board->chip.in_n > CHIP_BUFFER - sizeof(octets))
		return;
	ssize_t n = recv(board->line, octets, sizeof(octets), MSG_DONTWAIT);
	if (n > 0) {
		chip_hears(&board->chip, octets, (size_t)n);
	} else if (n == 0 || (errno != EAGAIN && errno != EINTR)) {
		close(board->line);
		board->line = -1;
	}
}

static void say(struct usb_board *board)
{
	ssize_t n = send(board->line, board->chip.out, board->chip.out_n, MSG_DONTWAIT | MSG_NOSIGNAL);
	if (n > 0) {
		board->chip.out_n -= (size_t)n;
		memmove(board->chip.out, board->chip.out + n, board->chip.out_n);
	}
}

static int wait_ms(const struct usb_board *board)
{
	int64_t until = INT64_MAX;

	if (board->gone && !board->told)
		until = board->tell_us;
	else if (board->sick && !board->gone)
		until = board->late_us;
	else if (board->pending.first != NULL && !board->gone)
		until = chip_due(&board->chip);
	if (until == INT64_MAX)
		return 1000;
	int64_t left = until - now_us();
	return left <= 0 ? 0 : (int)(left / 1000 + 1);
}

static void *run(void *user)
{
	struct usb_board *board = user;

	pthread_mutex_lock(&board->lock);
	while (!board->stop) {
		bool out = board->chip.out_n > 0 && !board->chip.hold;
		struct pollfd fds[2] = {{.fd = board->wake, .events = POLLIN}, {.fd = board->line, .events = POLLIN | (out ? POLLOUT : 0)}};
		int ms = wait_ms(board);
		pthread_mutex_unlock(&board->lock);
		poll(fds, 2, ms);
		pthread_mutex_lock(&board->lock);
		eventfd_t count;
		if ((fds[0].revents & POLLIN) != 0)
			eventfd_read(board->wake, &count);
		if (board->line >= 0 && (fds[1].revents & (POLLIN | POLLHUP | POLLERR)) != 0)
			hear(board);
		if (board->line >= 0 && (fds[1].revents & POLLOUT) != 0 && !board->chip.hold)
			say(board);
		forget_vanished(board);
		if (!board->gone && !board->sick)
			work(board);
		if (board->sick && !board->gone && now_us() >= board->late_us)
			go(board);
		show_ready(board);
		if (board->gone && !board->told && now_us() >= board->tell_us) {
			board->told = true;
			pthread_mutex_unlock(&board->lock);
			tell_udev(board);
			pthread_mutex_lock(&board->lock);
		}
	}
	pthread_mutex_unlock(&board->lock);
	return NULL;
}

// --- Plugging

// USB 2.0, 9.6: device, configuration, and a vendor's interface with two bulk endpoints for each channel; in hexadecimal.
static void descriptors(const struct usb_board_options *o, char *hex)
{
	uint16_t product = o->product_id != 0 ? o->product_id : 0x6010, release = o->release != 0 ? o->release : 0x0700;
	size_t packet = o->packet_len != 0 ? o->packet_len : CHIP_PACKET;
	int channels = o->one_interface ? 1 : 2;
	uint8_t all[18 + CONFIG_LEN] = {18, 1, 0x00, 0x02, 0, 0, 0, 64, 0x03, 0x04, (uint8_t)product, (uint8_t)(product >> 8),
		(uint8_t)release, (uint8_t)(release >> 8), 0, o->product != NULL ? 2 : 0, o->serial != NULL ? 3 : 0, 1};
	uint8_t *at = all + 18;
	size_t total = 9 + (size_t)channels * 23;
	uint8_t config[9] = {9, 2, (uint8_t)total, 0, (uint8_t)channels, 1, 0, 0x80, 250};

	memcpy(at, config, sizeof(config));
	at += sizeof(config);
	for (int i = 0; i < channels; i++) {
		uint8_t channel[23] = {9, 4, (uint8_t)i, 0, 2, 0xff, 0xff, 0xff, 0,
			7, 5, (uint8_t)(0x81 + 2 * i), 2, (uint8_t)packet, (uint8_t)(packet >> 8), 0,
			7, 5, (uint8_t)(0x02 + 2 * i), 2, (uint8_t)packet, (uint8_t)(packet >> 8), 0};
		memcpy(at, channel, sizeof(channel));
		at += sizeof(channel);
	}
	for (size_t i = 0; i < (size_t)(at - all); i++)
		sprintf(hex + 2 * i, "%02X", all[i]);
}

struct usb_world *usb_world_new(void)
{
	const char *preload = getenv("LD_PRELOAD");
	if (preload == NULL || strstr(preload, "libumockdev-preload") == NULL)
		return NULL;
	struct usb_world *world = calloc(1, sizeof(*world));
	world->testbed = umockdev_testbed_new();
	world->root = umockdev_testbed_get_root_dir(world->testbed);
	return world;
}

void usb_world_free(struct usb_world *world)
{
	while (world->boards != NULL)
		usb_board_free(world->boards);
	g_object_unref(world->testbed);
	g_free(world->root);
	free(world);
}

struct usb_board *usb_board_plug(struct usb_world *world, unsigned port, const struct usb_board_options *o)
{
	struct usb_board *board = calloc(1, sizeof(*board));
	char hex[2 * (18 + CONFIG_LEN) + 1], text[1024];
	unsigned address = ++world->devices + 1;
	GError *error = NULL;

	board->world = world;
	board->next = world->boards;
	world->boards = board;
	pthread_mutex_init(&board->lock, NULL);
	board->pending.last = &board->pending.first;
	board->done.last = &board->done.first;
	board->line = o->line;
	board->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	board->chip = (struct chip){.packet_len = o->packet_len, .idle_us = o->idle_us, .eeprom0 = 0xffff};
	snprintf(board->chip.serial, sizeof(board->chip.serial), "%s", o->serial != NULL ? o->serial : "");
	snprintf(board->chip.product, sizeof(board->chip.product), "%s", o->product != NULL ? o->product : "");
	chip_power(&board->chip);

	descriptors(o, hex);
	snprintf(board->dev, sizeof(board->dev), "/dev/bus/usb/001/%03u", address);
	snprintf(board->node, sizeof(board->node), "%s%s", world->root, board->dev);
	board->sys = g_strdup_printf("/sys/devices/usb1/1-%u", port);
	snprintf(text, sizeof(text),
		 "P: /devices/usb1/1-%u\nN: bus/usb/001/%03u=00\nE: DEVNAME=%s\nE: DEVTYPE=usb_device\nE: BUSNUM=001\nE: DEVNUM=%03u\n"
		 "E: MAJOR=189\nE: MINOR=%u\nE: SUBSYSTEM=usb\nA: busnum=1\nA: devnum=%u\nA: speed=%s\nA: bConfigurationValue=1\nH: descriptors=%s\n",
		 port, address, board->dev, address, address - 1, address, o->packet_len == 64 ? "12" : "480", hex);
	if (!umockdev_testbed_add_from_string(world->testbed, text, &error)) {
		fprintf(stderr, "usb_board: %s\n", error->message);
		abort();
	}
	unlink(board->node);
	if (mkfifo(board->node, 0660) != 0)
		abort();
	board->fifo = open(board->node, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	fcntl(board->fifo, F_SETPIPE_SZ, 4096);
	board->ready = true;
	show_ready(board);

	board->handler = g_object_new(handler_get_type(), NULL);
	board->handler->board = board;
	if (!umockdev_testbed_attach_ioctl(world->testbed, board->dev, &board->handler->parent, &error)) {
		fprintf(stderr, "usb_board: %s\n", error->message);
		abort();
	}
	pthread_create(&board->thread, NULL, run, board);
	umockdev_testbed_uevent(world->testbed, board->sys, "add");
	return board;
}

void usb_board_unplug(struct usb_board *board)
{
	pthread_mutex_lock(&board->lock);
	bool told = board->told;
	if (!board->gone)
		go(board);
	board->told = true;
	show_ready(board);
	pthread_mutex_unlock(&board->lock);
	if (!told)
		tell_udev(board);
}

void usb_board_free(struct usb_board *board)
{
	for (struct usb_board **at = &board->world->boards; *at != NULL; at = &(*at)->next)
		if (*at == board) {
			*at = board->next;
			break;
		}
	usb_board_unplug(board);
	pthread_mutex_lock(&board->lock);
	board->stop = true;
	eventfd_write(board->wake, 1);
	pthread_mutex_unlock(&board->lock);
	pthread_join(board->thread, NULL);
	umockdev_testbed_detach_ioctl(board->world->testbed, board->dev, NULL);
	umockdev_testbed_remove_device(board->world->testbed, board->sys);
	g_object_unref(board->handler);
	while (board->pending.first != NULL)
		drop(pick(&board->pending, &board->pending.first));
	while (board->done.first != NULL)
		drop(pick(&board->done, &board->done.first));
	g_clear_object(&board->claimer);
	close(board->fifo);
	close(board->wake);
	if (board->line >= 0)
		close(board->line);
	g_free(board->sys);
	pthread_mutex_destroy(&board->lock);
	free(board);
}

void usb_board_permit(struct usb_board *board, bool permit)
{
	chmod(board->node, permit ? 0666 : 0);
	// The rest of the world stays as it is for others: sysfs can be read, messages of udev heard (a socket in there).
	chmod(board->world->root, permit ? 0700 : 0777);
	// libumockdev-preload connects even when the node could not be opened, and ends a program that may not.
	char path[PATH_MAX];
	snprintf(path, sizeof(path), "%s/ioctl", board->world->root);
	chmod(path, 0755);
	snprintf(path, sizeof(path), "%s/ioctl%s", board->world->root, board->dev);
	chmod(path, 0777);
}

void usb_board_fault(struct usb_board *board, enum usb_fault fault, unsigned at)
{
	pthread_mutex_lock(&board->lock);
	board->fault = fault;
	board->fault_at = at;
	board->ioctls = board->transfers = 0;
	pthread_mutex_unlock(&board->lock);
}

unsigned usb_board_ioctls(struct usb_board *board)
{
	pthread_mutex_lock(&board->lock);
	unsigned n = board->ioctls;
	pthread_mutex_unlock(&board->lock);
	return n;
}

unsigned usb_board_transfers(struct usb_board *board)
{
	pthread_mutex_lock(&board->lock);
	unsigned n = board->transfers;
	pthread_mutex_unlock(&board->lock);
	return n;
}

unsigned usb_board_flying(struct usb_board *board)
{
	unsigned n = 0;

	pthread_mutex_lock(&board->lock);
	forget_vanished(board);
	for (struct urb *urb = board->pending.first; urb != NULL; urb = urb->next)
		n++;
	for (struct urb *urb = board->done.first; urb != NULL; urb = urb->next)
		n++;
	pthread_mutex_unlock(&board->lock);
	return n;
}

bool usb_board_claimed(struct usb_board *board)
{
	pthread_mutex_lock(&board->lock);
	forget_vanished(board);
	bool claimed = board->claimed;
	pthread_mutex_unlock(&board->lock);
	return claimed;
}

bool usb_board_detached(struct usb_board *board)
{
	pthread_mutex_lock(&board->lock);
	bool detached = board->detached;
	pthread_mutex_unlock(&board->lock);
	return detached;
}

void usb_board_chip(struct usb_board *board, void (*look)(struct chip *chip, void *ctx), void *ctx)
{
	pthread_mutex_lock(&board->lock);
	look(&board->chip, ctx);
	eventfd_write(board->wake, 1);
	pthread_mutex_unlock(&board->lock);
}
