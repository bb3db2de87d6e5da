/* SPDX-License-Identifier: MIT */
#ifndef OG_TESTS_DAEMON_HANGING_H
#define OG_TESTS_DAEMON_HANGING_H
/*
 * A service in this process over two slides, of which one has a tile whose read hangs when the test says so
 * (support/hung_reads.h), with a service manager that listens and a log that can be read.
 *
 * Threads:   the test's own.
 * Ownership: setup and teardown fit a cmocka fixture; the service is stopped by the latter.
 * Errors:    what does not start fails the test.
 */
#include "daemon/manager.h"
#include "daemon/service.h"
#include "support/folder.h"

#define HANGS "/tiles/hangs/9/1_0.jpg"
#define WELL  "/tiles/well/9/1_0.jpg"

struct hanging {
    struct folder *folder;
    struct manager manager;
    int log_fd;
    struct og_params params; /* one worker, one HTTP thread; to be changed before the start */
    struct og_service *service;
    uint16_t port;
};

int hanging_setup(void **state);
int hanging_teardown(void **state);

void hanging_start(struct hanging *h);
bool hanging_log_says(const struct hanging *h, const char *words);

#endif
