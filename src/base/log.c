/* SPDX-License-Identifier: MIT */
#include "base/log.h"

#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

struct og_log {
    int fd;
    enum og_log_level most_detailed;
};

static const char *const names[OG_LOG_LEVELS] = {"error", "warn", "info", "debug"};

struct og_log *og_log_new(int fd, enum og_log_level most_detailed)
{
    struct og_log *log = malloc(sizeof *log);
    if (log)
        *log = (struct og_log){.fd = fd, .most_detailed = most_detailed};
    return log;
}

static size_t clip(int printed, size_t room)
{
    return printed < 0 ? 0 : (size_t)printed < room ? (size_t)printed : room - 1;
}

void og_log_write(struct og_log *log, enum og_log_level level, const char *part, const char *format, ...)
{
    if (level > log->most_detailed)
        return;
    struct timespec now;
    struct tm utc;
    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &utc);

    char line[1024];
    size_t room = sizeof line - 1;
    size_t n = strftime(line, room, "%Y-%m-%dT%H:%M:%S", &utc);
    n += clip(snprintf(line + n, room - n, ".%03ldZ %s %s: ", now.tv_nsec / 1000000, names[level], part), room - n);
    va_list args;
    va_start(args, format);
    n += clip(vsnprintf(line + n, room - n, format, args), room - n);
    va_end(args);
    for (size_t i = 0; i < n; i++)
        if ((unsigned char)line[i] < ' ' || line[i] == 0x7f)
            line[i] = '?';
    line[n++] = '\n';
    struct pollfd room_for_a_line = {.fd = log->fd, .events = POLLOUT};
    if (poll(&room_for_a_line, 1, 0) == 1 && write(log->fd, line, n) < 0)
        return;
}

const char *og_log_level_name(enum og_log_level level)
{
    return names[level];
}

void og_log_destroy(struct og_log **log)
{
    free(*log);
    *log = NULL;
}
