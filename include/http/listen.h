/* SPDX-License-Identifier: MIT */
#ifndef OG_HTTP_LISTEN_H
#define OG_HTTP_LISTEN_H
/*
 * og_listen: addresses as text and as sockets. Several sockets share one port (SO_REUSEPORT), so that the kernel
 * spreads connections over event threads that know nothing of one another.
 *
 * Threads:   pure, or single-threaded at start.
 * Ownership: open hands out descriptors that the caller closes.
 * Errors:    `err` says in a sentence what was wrong with the text, or who refused which address.
 */
#include <netinet/in.h>
#include <stdint.h>

#include "base/status.h"

struct og_address {
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    };
};

#define OG_ADDRESS_TEXT 64

/* "127.0.0.1:8080", "[::1]:8080", or ":8080" for every IPv4 address of this machine. Port 0: the system chooses one. */
OG_CHECKED enum og_status og_address_parse(const char *text, struct og_address *out, struct og_error *err);
void og_address_print(const struct og_address *address, char out[OG_ADDRESS_TEXT]);
uint16_t og_address_port(const struct og_address *address);

/* Whether `address` may be listened on. OG_BUSY: another process does, ourselves perhaps. */
OG_CHECKED enum og_status og_listen_try(const struct og_address *address, struct og_error *err);

/*
 * Opens `count` listening sockets on one address; port 0 in `address` becomes the port that the first one got. A port
 * that any other socket listens on is refused with OG_BUSY, even where the system would let us share it.
 */
OG_CHECKED enum og_status og_listen_open(struct og_address *address, unsigned count, int *fds, struct og_error *err);

#endif
