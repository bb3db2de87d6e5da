/* SPDX-License-Identifier: MIT */
#ifndef OG_TESTS_DAEMON_LOAD_H
#define OG_TESTS_DAEMON_LOAD_H
/*
 * Clients that ask a daemon without end for tiles of the slide "s" and for a long asset, over kept connections, until
 * nobody listens any more and the load is over; each sixth sends many requests before it reads an answer. They count
 * answers that came whole, and connections that were closed in the middle of one: closed before its first byte is no
 * cut, the client may ask elsewhere.
 *
 * Threads:   start and end from the test's; the counts are read after the end.
 * Ownership: a value of the test's.
 * Errors:    a thread that does not start ends the test.
 */
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/thread.h"

#define LOAD_CLIENTS_MAX 24

struct load;

struct load_client {
    struct og_thread thread;
    struct load *load;
    unsigned index;
};

struct load {
    unsigned clients;
    uint16_t port;
    atomic_bool over;
    atomic_uint whole, cut;
    struct load_client client[LOAD_CLIENTS_MAX];
};

int load_setup(void **state); /* *state is a folder with that slide, for folder_teardown */

void load_start(struct load *load, uint16_t port);
void load_end(struct load *load);
void load_nap(unsigned milliseconds);

#endif
