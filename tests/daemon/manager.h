/* SPDX-License-Identifier: MIT */
#ifndef OG_TESTS_DAEMON_MANAGER_H
#define OG_TESTS_DAEMON_MANAGER_H
/*
 * A service manager of a test's own: listens where $NOTIFY_SOCKET points, and remembers what it heard.
 *
 * Threads:   the test's. Ownership: open returns a value that close ends; the environment is set until then.
 * Errors:    fail the test. await waits at most ten seconds.
 */
#include <stdbool.h>

#include "support/folder.h"

struct manager {
    int fd;
};

struct manager manager_open(const struct folder *folder);
void manager_close(struct manager *manager);

/* Reads messages until one has the line `line`, and fails when `never` comes before it (NULL: anything may). */
bool manager_await(struct manager *manager, const char *line, const char *never);
unsigned manager_forget(struct manager *manager); /* what came and was not read: how many */

#endif
