// SPDX-License-Identifier: Apache-2.0
/* weirctl: the command line of libweir. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "ctl.h"

/* A descriptor that is closed at the start would become the link to the appliance, and text would go there. What stands in for it
 * fails: standard output cannot be written to, so that the failure is seen. */
static void fill_standard(void)
{
	static const int modes[] = { O_WRONLY, O_RDONLY, O_WRONLY };

	for (int fd = 0; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 && errno == EBADF && open("/dev/null", modes[fd]) != fd)
			_exit(CTL_FAILED);
}

int main(int argc, char **argv)
{
	struct ctl c;
	int status;

	fill_standard();
	/* A reader that goes away is an error of write(), which is told. */
	signal(SIGPIPE, SIG_IGN);
	status = ctl_read(&c, argc, argv);
	if (status) {
		c.json = false;
		return ctl_finish(&c, status < 0 ? CTL_DONE : status);
	}
	status = c.command->check ? c.command->check(&c) : CTL_DONE;
	if (status) {
		c.json = false;
		return ctl_finish(&c, status);
	}
	if (c.command->flags & CTL_CHANGES)
		ctl_hold();
	status = ctl_open(&c);
	if (!status)
		status = c.command->run(&c);
	weir_site_close(c.site);
	weir_dev_close(c.dev);
	return ctl_finish(&c, status);
}
