// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE                  // F_SETPIPE_SZ
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/tests/usb_board_priv.h"

#define CONFIG_LEN (9 + 2 * (9 + 2 * 7))

// --- The line, and time

static void tell_udev(struct usb_board *board)
{
	if (board->world->heard)
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
	int64_t left = until - usb_now_us();
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
		usb_fs_forget_vanished(board);
		if (!board->gone && !board->sick)
			usb_fs_work(board);
		if (board->sick && !board->gone && usb_now_us() >= board->late_us)
			usb_fs_go(board);
		usb_fs_show_ready(board);
		if (board->gone && !board->told && usb_now_us() >= board->tell_us) {
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
		snprintf(hex + 2 * i, 3, "%02X", all[i]);
}

struct usb_world *usb_world_new(void)
{
	struct usb_world *world = calloc(1, sizeof(*world));
	world->testbed = umockdev_testbed_new();
	const char *preload = getenv("LD_PRELOAD");
	world->heard = preload != NULL && strstr(preload, "libumockdev-preload") != NULL;
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
	usb_fs_show_ready(board);

	board->handler = usb_fs_new(board);
	pthread_create(&board->thread, NULL, run, board);
	if (world->heard)
		umockdev_testbed_uevent(world->testbed, board->sys, "add");
	return board;
}

void usb_board_unplug(struct usb_board *board)
{
	pthread_mutex_lock(&board->lock);
	bool told = board->told;
	if (!board->gone)
		usb_fs_go(board);
	board->told = true;
	usb_fs_show_ready(board);
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
	usb_fs_free(board);
	umockdev_testbed_remove_device(board->world->testbed, board->sys);
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

bool usb_board_claimed(struct usb_board *board)
{
	pthread_mutex_lock(&board->lock);
	usb_fs_forget_vanished(board);
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

const char *usb_board_left(struct usb_board *board)
{
	const char *left = NULL;
	int64_t until = usb_now_us() + 5000000;

	for (;;) {
		pthread_mutex_lock(&board->lock);
		usb_fs_forget_vanished(board);
		left = board->pending.first != NULL || board->done.first != NULL ? "a transfer in flight" :
			board->claimed ? "channel B claimed" :
			board->detached && !board->gone ? "the kernel's driver away" : NULL;
		pthread_mutex_unlock(&board->lock);
		if (left == NULL || usb_now_us() > until)
			return left;
		usleep(5000);
	}
}

void usb_board_chip(struct usb_board *board, void (*look)(struct chip *chip, void *ctx), void *ctx)
{
	pthread_mutex_lock(&board->lock);
	look(&board->chip, ctx);
	eventfd_write(board->wake, 1);
	pthread_mutex_unlock(&board->lock);
}
