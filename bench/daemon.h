/* SPDX-License-Identifier: MIT */
#ifndef OG_BENCH_DAEMON_H
#define OG_BENCH_DAEMON_H
/*
 * The real daemon as a process of its own, on a port of this machine that the system chose, and a connection to it.
 *
 * Threads:   the bench's main thread.
 * Ownership: start fills the caller's struct; stop ends the process.
 * Errors:    a daemon that does not start or does not answer ends the bench with what it said.
 */
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct daemon {
    pid_t pid;
    int output; /* its log */
    uint16_t port;
};

/* `settings` are further arguments separated by blanks, `environment` one setting as NAME=VALUE, or NULL. */
struct daemon daemon_start(const char *program, const char *slides, const char *settings, const char *environment);

struct daemon_use {
    double cpu;      /* seconds, user and system */
    double switches; /* voluntary and involuntary, of all threads that live */
};
struct daemon_use daemon_use(const struct daemon *daemon);

/* Waits for the end; what the daemon said since it started is left in `log`, terminated, cut to `room`. */
void daemon_stop(struct daemon *daemon, char *log, size_t room);

int daemon_connect(const struct daemon *daemon); /* a socket without delay */

/* Sends a GET and reads the whole answer; seconds until its first byte was here. `body` may be NULL. */
double daemon_get(int connection, const char *path, char *body, size_t room);

/* The same for bytes that need not be text: the size of the body, which is left in `body`. */
size_t daemon_fetch(int connection, const char *path, char *body, size_t room);

#endif
