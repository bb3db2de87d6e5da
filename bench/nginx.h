/* SPDX-License-Identifier: MIT */
#ifndef OG_BENCH_NGINX_H
#define OG_BENCH_NGINX_H
/*
 * nginx as it serves a folder of files fastest: sendfile, open_file_cache, no access log, connections kept for good.
 *
 * Threads:   the bench's main thread.
 * Ownership: start returns a value; stop ends the processes. Its files lie in the folder, beside what it serves.
 * Errors:    an nginx that is not here or does not start ends the bench with the reason.
 */
#include <stdint.h>
#include <sys/types.h>

struct nginx {
    pid_t pid;
    uint16_t port;
};

struct nginx nginx_start(const char *folder, unsigned workers);
void nginx_stop(struct nginx *nginx);

#endif
