// SPDX-License-Identifier: Apache-2.0
/* sim: and tty: as the kernel gives them: who is not there, who is busy, who goes, who does not read; pieces, signals, terminals that are not ours. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <termios.h>
#include <unistd.h>

#include "fake_board.h"
#include "host/libweir/fd.h"
#include "host/tests/check_run.h"
#include "weir/weir_regs.h"

static struct fake_board b;
static struct weir_dev *dev;
static char detail[WEIR_DETAIL], folder[64], name[96], url[128];
static pthread_t thread;
static int listening, served;
static bool threaded;

static void setup(void)
{
	fake_board_init(&b);
	b.bit_rate = 0;
	dev = NULL;
	threaded = false;
	listening = served = -1;
	snprintf(folder, sizeof(folder), "/tmp/weir-lines-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	snprintf(name, sizeof(name), "%s/socket", folder);
	snprintf(url, sizeof(url), "sim:%s", name);
}

static void teardown(void)
{
	weir_dev_close(dev);
	b.stop = true;
	if (threaded)
		pthread_join(thread, NULL);
	if (served >= 0)
		close(served);
	if (listening >= 0)
		close(listening);
	unlink(name);
	rmdir(folder);
	fake_board_done(&b);
}

/* --- A server on a socket */

static void listen_there(void)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };

	memcpy(at.sun_path, name, strlen(name) + 1);
	listening = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	ck_assert_int_eq(bind(listening, (struct sockaddr *)&at, sizeof(at)), 0);
	ck_assert_int_eq(listen(listening, 4), 0);
}

static void *serve(void *arg)
{
	(void)arg;
	served = accept(listening, NULL, NULL);
	fake_board_serve(&b, served);
	return NULL;
}

static void start(void *(*run)(void *))
{
	threaded = true;
	ck_assert_int_eq(pthread_create(&thread, NULL, run, NULL), 0);
}

static void open_it(void)
{
	listen_there();
	start(serve);
	ck_assert_msg(weir_dev_open(url, NULL, &dev, detail) == 0, "%s", detail);
}

static void works(void)
{
	uint32_t words[256], got[256];

	for (unsigned i = 0; i < 256; i++)
		words[i] = i * 0x01010101u;
	ck_assert_int_eq(weir_write(dev, 0x100000, 256, words), 0);
	ck_assert_int_eq(weir_read(dev, 0x100000, 256, got), 0);
	ck_assert_mem_eq(words, got, sizeof(got));
}

/** Opening fails, in the time that it may take. */
static void fails(const char *where, int rc, const char *says)
{
	int64_t start_ms = weir_fd_now_ms();
	struct weir_open_options o = { .timeout_ms = 30, .attempts = 3 };
	int is = weir_dev_open(where, &o, &dev, detail);

	ck_assert_msg(is == rc, "%s: %s: %s", where, weir_error_name(is), detail);
	ck_assert_ptr_null(dev);
	ck_assert_msg(strstr(detail, says) && !strchr(detail, '\n'), "%s", detail);
	ck_assert_int_lt(weir_fd_now_ms() - start_ms, 1500);
}

/* --- sim: */

START_TEST(sim_nobody)
{
	char far[300] = "sim:/";
	int fd;

	fails(url, -ENOENT, "start weir-sim with --listen");
	fails("sim:", -EINVAL, "lacks the socket");
	fails("sim:/etc/passwd/x", -ENOTDIR, "sim:/etc/passwd/x");
	/* A file, and a socket that nobody listens on. */
	fd = open(name, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
	fails(url, -ECONNREFUSED, "start weir-sim");
	close(fd);
	unlink(name);
	listen_there();
	close(listening);
	listening = -1;
	fails(url, -ECONNREFUSED, "start weir-sim");
	memset(far + 5, 'x', 200);
	fails(far, -ENAMETOOLONG, "at most 107 bytes");
}
END_TEST

START_TEST(sim_permission)
{
	ck_assert_int_eq(chmod(folder, 0), 0);
	/* Nothing is denied to root. */
	if (geteuid() == 0)
		ck_assert_int_eq(setresuid(-1, 65534, -1), 0);
	fails(url, -EACCES, "permission");
	ck_assert(setresuid(-1, 0, -1) == 0 || getuid() != 0);
	ck_assert_int_eq(chmod(folder, 0700), 0);
}
END_TEST

START_TEST(sim_talks)
{
	open_it();
	works();
	ck_assert_int_ge(weir_dev_fd(dev), 0);
	ck_assert_str_eq(weir_dev_url(dev), url);
}
END_TEST

/** Closed before an octet: it has another host. */
static void *turn_away(void *arg)
{
	(void)arg;
	close(accept(listening, NULL, NULL));
	return NULL;
}

START_TEST(sim_busy)
{
	listen_there();
	start(turn_away);
	fails(url, -EBUSY, "somebody else has it");
}
END_TEST

/** It lets everybody in and says nothing. */
START_TEST(sim_silent)
{
	listen_there();
	fails(url, -ETIMEDOUT, "sent 3 times, 30 ms each: nothing came back");
}
END_TEST

/** The queue of those who want in is full: refused after a second, not waited for without end. */
START_TEST(sim_crowd)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int crowd[8];

	listen_there();
	ck_assert_int_eq(listen(listening, 0), 0);
	memcpy(at.sun_path, name, strlen(name) + 1);
	for (unsigned i = 0; i < 8; i++) {
		crowd[i] = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
		(void)!connect(crowd[i], (struct sockaddr *)&at, sizeof(at));
	}
	fails(url, -EBUSY, "somebody else has it");
	for (unsigned i = 0; i < 8; i++)
		close(crowd[i]);
}
END_TEST

START_TEST(sim_leaves)
{
	uint32_t word;

	open_it();
	shutdown(served, SHUT_RDWR);
	ck_assert_int_eq(weir_read(dev, 0, 1, &word), -ENODEV);
	ck_assert_msg(strstr(weir_dev_detail(dev), "open again"), "%s", weir_dev_detail(dev));
	ck_assert_int_eq(weir_read(dev, 0, 1, &word), -ENODEV);
	ck_assert_int_eq(weir_dev_poll(dev, 0), -ENODEV);
}
END_TEST

START_TEST(sim_leaves_meanwhile)
{
	open_it();
	shutdown(served, SHUT_RDWR);
	ck_assert_int_eq(weir_dev_poll(dev, -1), -ENODEV);
}
END_TEST

/** A server that has stopped reading: what does not go out in time is told, and the device does not hang. */
START_TEST(sim_full)
{
	struct weir_transport_options o = { 0 };
	struct weir_transport *t;
	uint8_t octets[600] = { 0 };
	int64_t start_ms;
	int rc = 0;

	listen_there();
	ck_assert_int_eq(weir_transport_sim.open(name, &o, &t, detail), 0);
	start_ms = weir_fd_now_ms();
	for (unsigned i = 0; i < 100000 && rc == 0; i++)
		rc = weir_transport_sim.send(t, octets, sizeof(octets), weir_fd_now_ms() + 50);
	ck_assert_int_eq(rc, -ETIMEDOUT);
	ck_assert_int_ge(weir_fd_now_ms() - start_ms, 50);
	ck_assert_int_lt(weir_fd_now_ms() - start_ms, 3000);
	weir_transport_sim.close(t);
}
END_TEST

/* --- Signals */

static volatile sig_atomic_t alarms;

static void on_alarm(int number)
{
	(void)number;
	alarms++;
}

static void alarms_every(long us)
{
	struct sigaction a = { .sa_handler = on_alarm };
	struct itimerval every = { { 0, us }, { 0, us } };

	alarms = 0;
	sigaction(SIGALRM, &a, NULL);
	setitimer(ITIMER_REAL, &every, NULL);
}

START_TEST(sim_signals)
{
	open_it();
	alarms_every(300);
	for (unsigned i = 0; i < 50; i++)
		works();
	ck_assert_int_gt(alarms, 5);
	ck_assert_int_eq(weir_dev_poll(dev, 2000), -EINTR);
	alarms_every(0);
	ck_assert_int_eq(weir_dev_poll(dev, 5), 0);
	works();
}
END_TEST

/* --- tty: */

static int terminal = -1;

static void *serve_terminal(void *arg)
{
	(void)arg;
	fake_board_serve(&b, terminal);
	return NULL;
}

static void make_terminal(void)
{
	terminal = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	ck_assert_int_ge(terminal, 0);
	ck_assert_int_eq(grantpt(terminal), 0);
	ck_assert_int_eq(unlockpt(terminal), 0);
	snprintf(url, sizeof(url), "tty:%s", ptsname(terminal));
}

static void end_terminal(void)
{
	weir_dev_close(dev);
	dev = NULL;
	b.stop = true;
	if (threaded)
		pthread_join(thread, NULL);
	threaded = false;
	close(terminal);
	terminal = -1;
}

START_TEST(tty_nobody)
{
	fails("tty:/dev/no-such-line", -ENOENT, "tty:/dev/no-such-line: No such file");
	fails("tty:", -ENOENT, "lacks a name");
	fails("tty:/dev/null", -ENOTTY, "no serial line");
	fails("tty:/etc/passwd", -ENOTTY, "no serial line");
	fails("tty:/etc", -EISDIR, "tty:/etc");
}
END_TEST

START_TEST(tty_talks)
{
	struct weir_open_options o = { .bit_rate = 1234567, .timeout_ms = 500 };
	struct termios before, meanwhile, after;
	int other;

	make_terminal();
	/* Somebody's settings, with all that would spoil octets. */
	other = open(url + 4, O_RDWR | O_NOCTTY | O_CLOEXEC);
	ck_assert_int_eq(tcgetattr(other, &before), 0);
	before.c_iflag |= IXON | ICRNL | ISTRIP;
	before.c_oflag |= OPOST | ONLCR;
	before.c_lflag |= ECHO | ICANON | ISIG;
	ck_assert_int_eq(tcsetattr(other, TCSANOW, &before), 0);
	ck_assert_int_eq(tcgetattr(other, &before), 0);
	start(serve_terminal);
	ck_assert_msg(weir_dev_open(url, &o, &dev, detail) == 0, "%s", detail);
	works();
	ck_assert_int_eq(tcgetattr(other, &meanwhile), 0);
	ck_assert_uint_eq(meanwhile.c_lflag & (ECHO | ICANON | ISIG), 0);
	/* Not for two at a time. */
	{
		struct weir_dev *second = NULL;
		int rc = weir_dev_open(url, &o, &second, detail);

		ck_assert_msg(rc == -EBUSY, "%d %s", rc, detail);
		ck_assert_ptr_null(second);
	}
	works();
	weir_dev_close(dev);
	dev = NULL;
	ck_assert_int_eq(tcgetattr(other, &after), 0);
	ck_assert_uint_eq(before.c_iflag, after.c_iflag);
	ck_assert_uint_eq(before.c_oflag, after.c_oflag);
	ck_assert_uint_eq(before.c_lflag, after.c_lflag);
	/* And again. */
	ck_assert_msg(weir_dev_open(url, &o, &dev, detail) == 0, "%s", detail);
	works();
	close(other);
	end_terminal();
}
END_TEST

START_TEST(tty_rate)
{
	struct weir_transport_options o = { .bit_rate = 3000000 };
	struct weir_transport *t;

	make_terminal();
	ck_assert_int_eq(weir_transport_tty.open(url + 4, &o, &t, detail), 0);
	ck_assert_int_eq(weir_transport_tty.rate(t, 12000000), 0);
	ck_assert_int_eq(weir_transport_tty.rate(t, 9600), 0);
	/* No line has that. */
	ck_assert_int_eq(weir_transport_tty.rate(t, 0xffffffff) == 0, 1);
	weir_transport_tty.close(t);
	end_terminal();
}
END_TEST

/** Nobody reads at the other end. */
START_TEST(tty_full)
{
	struct weir_transport_options o = { .bit_rate = 3000000 };
	struct weir_transport *t;
	uint8_t octets[600] = { 0 };
	int64_t start_ms;
	int rc = 0;

	make_terminal();
	ck_assert_int_eq(weir_transport_tty.open(url + 4, &o, &t, detail), 0);
	start_ms = weir_fd_now_ms();
	for (unsigned i = 0; i < 10000 && rc == 0; i++)
		rc = weir_transport_tty.send(t, octets, sizeof(octets), weir_fd_now_ms() + 50);
	ck_assert_int_eq(rc, -ETIMEDOUT);
	ck_assert_int_ge(weir_fd_now_ms() - start_ms, 50);
	ck_assert_int_lt(weir_fd_now_ms() - start_ms, 3000);
	weir_transport_tty.close(t);
	end_terminal();
}
END_TEST

START_TEST(tty_pulled)
{
	uint32_t word;

	make_terminal();
	start(serve_terminal);
	ck_assert_msg(weir_dev_open(url, NULL, &dev, detail) == 0, "%s", detail);
	/* The server must not hold it while it goes. */
	b.stop = true;
	pthread_join(thread, NULL);
	threaded = false;
	close(terminal);
	terminal = -1;
	ck_assert_int_eq(weir_read(dev, 0, 1, &word), -ENODEV);
	ck_assert_int_eq(weir_dev_poll(dev, -1), -ENODEV);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("lines");
	TCase *t = tcase_create("lines");

	tcase_set_timeout(t, 60);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, sim_nobody);
	tcase_add_test(t, sim_permission);
	tcase_add_test(t, sim_talks);
	tcase_add_test(t, sim_busy);
	tcase_add_test(t, sim_silent);
	tcase_add_test(t, sim_crowd);
	tcase_add_test(t, sim_leaves);
	tcase_add_test(t, sim_leaves_meanwhile);
	tcase_add_test(t, sim_full);
	tcase_add_test(t, sim_signals);
	tcase_add_test(t, tty_nobody);
	tcase_add_test(t, tty_talks);
	tcase_add_test(t, tty_rate);
	tcase_add_test(t, tty_full);
	tcase_add_test(t, tty_pulled);
	suite_add_tcase(s, t);
	return check_run(s);
}
