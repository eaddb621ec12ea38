// SPDX-License-Identifier: Apache-2.0
/** The other sides of a weir-sim that runs in real time: its process, a host on its link, peers on its interfaces. All that waits
 * has a limit, and fails the test behind it. */
#ifndef WEIR_LIVE_PEER_H
#define WEIR_LIVE_PEER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "host/common/link_proto.h"

enum { PEER_ARGS = 24, PEER_NAME = 100, PEER_FRAME = 2100, PEER_MAIL_WORDS = 16 };

/** Folder for sockets and files; made and emptied of them. */
void peer_folder(const char *dir);
/** DIR/name, valid until eight calls later. */
const char *peer_path(const char *name);

struct peer_run {
	pid_t pid;
	char out[PEER_NAME];       /* file of what it says */
};

/** Start a program with arguments up to NULL; what it says goes to DIR/out. */
void peer_start(struct peer_run *r, const char *program, ...);
/** Until it has said so. */
void peer_said(const struct peer_run *r, const char *text);
bool peer_has_said(const struct peer_run *r, const char *text);
/** End it with SIGTERM (0: wait until it ends by itself). @return exit status; a signal fails the test */
int peer_stop(struct peer_run *r, int signal_number);
/** User and system time it has used, ms; resident memory, KiB. */
long peer_cpu_ms(const struct peer_run *r);
long peer_memory_kib(const struct peer_run *r);

/** A host on a link socket. */
struct peer_host {
	int fd;
	uint8_t number;
	struct weir_link_decoder decoder;
	uint8_t in[4096];
	size_t in_at, in_len;
	unsigned notices;
};

void peer_host_open(struct peer_host *h, const char *path);
void peer_host_close(struct peer_host *h);
/** @return octets, 0 at the end, -1 when nothing came for wait_ms */
ssize_t peer_host_receive(struct peer_host *h, uint8_t *buf, size_t size, int wait_ms);
/** Next frame. @return its length in h->decoder.octets; 0: none for wait_ms */
size_t peer_host_frame(struct peer_host *h, int wait_ms);
/** Ask until there is a reply. @return as weir_link_reply() */
int peer_host_ask(struct peer_host *h, const struct weir_link_request *req, uint32_t *ret_words);
void peer_host_hello(struct peer_host *h, struct weir_link_hello *ret);
void peer_host_read(struct peer_host *h, uint32_t address, size_t n, uint32_t *ret);
uint32_t peer_host_word(struct peer_host *h, uint32_t address);
void peer_host_write(struct peer_host *h, uint32_t address, const uint32_t *words, size_t n);
/** A message to the firmware, and its answer. */
void peer_host_mail(struct peer_host *h, const uint32_t word[PEER_MAIL_WORDS], uint32_t ret[PEER_MAIL_WORDS]);

/** A peer on an interface that is a socket. @return fd */
int peer_frames_open(const char *path);
void peer_frames_send(int fd, const uint8_t *frame, size_t len);
/** @return length of a frame; 0: none for wait_ms, or the end */
size_t peer_frames_receive(int fd, uint8_t frame[PEER_FRAME], int wait_ms);

/** A number of a report, as "frames.passed" or "live.sides.0.arrived". */
long long peer_report(const char *file, const char *name);

/** 60 bytes or more: UDP from 198.51.100.source to 192.0.2.1:53; TCP SYN likewise to port 80; TCP ACK likewise of len bytes. */
size_t peer_udp(uint8_t frame[PEER_FRAME], unsigned source, size_t len);
size_t peer_syn(uint8_t frame[PEER_FRAME], unsigned source, unsigned port);
size_t peer_ack(uint8_t frame[PEER_FRAME], size_t len);

#endif
