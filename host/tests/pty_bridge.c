// SPDX-License-Identifier: Apache-2.0
/* A pseudo terminal as the serial line of a running simulator: octets go to and fro between it and the socket of weir-sim --listen.
 *
 *   pty_bridge SOCKET LINK COMMAND...
 *
 * LINK becomes a symbolic link to the terminal while COMMAND runs. Exit status: that of COMMAND. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile sig_atomic_t ended;

static void on_child(int number)
{
	(void)number;
	ended = 1;
}

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

static void pass(int to, const char *octets, ssize_t n)
{
	while (n > 0) {
		ssize_t done = write(to, octets, (size_t)n);

		if (done < 0 && errno != EINTR && errno != EAGAIN)
			return;
		if (done > 0) {
			octets += done;
			n -= done;
		}
	}
}

static void bridge(int terminal, int appliance)
{
	struct pollfd p[2] = { { .fd = terminal, .events = POLLIN }, { .fd = appliance, .events = POLLIN } };
	char octets[4096];

	while (!ended) {
		ssize_t n;

		if (poll(p, 2, 100) <= 0)
			continue;
		if (p[0].revents & POLLIN && (n = read(terminal, octets, sizeof(octets))) > 0)
			pass(appliance, octets, n);
		else if (p[0].revents & POLLHUP)
			usleep(1000);   /* nobody has it open */
		if (p[1].revents) {
			n = read(appliance, octets, sizeof(octets));
			if (n <= 0)
				return;
			pass(terminal, octets, n);
		}
	}
}

int main(int argc, char **argv)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	int terminal, appliance, status;
	pid_t child;

	if (argc < 4 || strlen(argv[1]) >= sizeof(to.sun_path))
		return 2;
	memcpy(to.sun_path, argv[1], strlen(argv[1]) + 1);
	appliance = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (connect(appliance, (struct sockaddr *)&to, sizeof(to)))
		fail(argv[1]);
	terminal = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (terminal < 0 || grantpt(terminal) || unlockpt(terminal))
		fail("pseudo terminal");
	unlink(argv[2]);
	if (symlink(ptsname(terminal), argv[2]))
		fail(argv[2]);
	signal(SIGCHLD, on_child);
	child = fork();
	if (child == 0) {
		execvp(argv[3], argv + 3);
		fail(argv[3]);
	}
	bridge(terminal, appliance);
	waitpid(child, &status, 0);
	unlink(argv[2]);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
