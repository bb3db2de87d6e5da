/* SPDX-License-Identifier: MIT */
#include "support/hearing.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

void hearing_open(struct hearing *hearing)
{
    hearing->fd = memfd_create("log", MFD_CLOEXEC);
    hearing->log = og_log_new(hearing->fd, OG_LOG_INFO);
    hearing->metrics = og_metrics_new();
    hearing->block = og_metrics_take(hearing->metrics);
}

void hearing_close(struct hearing *hearing)
{
    og_metrics_destroy(&hearing->metrics);
    og_log_destroy(&hearing->log);
    close(hearing->fd);
}

const char *hearing_lines(struct hearing *hearing)
{
    ssize_t n = pread(hearing->fd, hearing->lines, sizeof hearing->lines - 1, 0);
    hearing->lines[n > 0 ? n : 0] = '\0';
    return hearing->lines;
}

unsigned hearing_count(struct hearing *hearing, const char *words)
{
    unsigned count = 0;
    for (const char *at = strstr(hearing_lines(hearing), words); at; at = strstr(at + 1, words))
        count++;
    return count;
}
