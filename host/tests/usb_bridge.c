// SPDX-License-Identifier: Apache-2.0
/* A board on USB whose UART is the host link of a running simulator: an emulated FT2232H (usb_board.h) between libusb and the socket of
 * weir-sim --listen.
 *
 *   usb_bridge SOCKET SERIAL COMMAND...
 *
 * COMMAND sees the board as usb:SERIAL if libumockdev-preload is in its LD_PRELOAD (this program itself does not need it). Exit status:
 * that of COMMAND; 1 if it left a transfer, its claim of the interface, or the kernel's driver away. */
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "host/tests/usb_board.h"

int main(int argc, char **argv)
{
	struct sockaddr_un to = {.sun_family = AF_UNIX};

	if (argc < 4 || strlen(argv[1]) >= sizeof(to.sun_path)) {
		fprintf(stderr, "usage: usb_bridge SOCKET SERIAL COMMAND...\n");
		return 2;
	}
	memcpy(to.sun_path, argv[1], strlen(argv[1]) + 1);
	int line = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (connect(line, (struct sockaddr *)&to, sizeof(to)) != 0) {
		perror(argv[1]);
		return 1;
	}
	struct usb_world *world = usb_world_new();
	// An idle chip's thousand packets a second would take most of a processor here.
	struct usb_board *board =
		usb_board_plug(world, 1, &(struct usb_board_options){.serial = argv[2], .product = "weir-sim", .idle_us = 20000, .line = line});
	pid_t child = fork();
	if (child == 0) {
		execvp(argv[3], argv + 3);
		perror(argv[3]);
		_exit(127);
	}
	int ended = 0;
	waitpid(child, &ended, 0);
	int status = WIFEXITED(ended) ? WEXITSTATUS(ended) : 1;
	const char *left = usb_board_left(board);
	if (status == 0 && left != NULL) {
		fprintf(stderr, "usb_bridge: the board was not given back: %s\n", left);
		status = 1;
	}
	usb_board_free(board);
	usb_world_free(world);
	return status;
}
