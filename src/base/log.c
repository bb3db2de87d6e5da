/* SPDX-License-Identifier: MIT */
#include "base/log.h"

#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/escape.h"

#define LINE_ROOM 1024
#define JSON_ROOM 4096 /* what a pipe takes in one piece */

struct og_log {
    int fd;
    enum og_log_level most_detailed;
    enum og_log_format format;
};

static const char *const names[OG_LOG_LEVELS] = {"error", "warn", "info", "debug"};

struct og_log *og_log_new(int fd, enum og_log_level most_detailed)
{
    struct og_log *log = malloc(sizeof *log);
    if (log)
        *log = (struct og_log){.fd = fd, .most_detailed = most_detailed};
    return log;
}

void og_log_set_format(struct og_log *log, enum og_log_format format)
{
    log->format = format;
}

void og_log_time(uint64_t since_1970_ns, char out[OG_LOG_TIME_ROOM])
{
    time_t seconds = (time_t)(since_1970_ns / 1000000000);
    struct tm utc;
    gmtime_r(&seconds, &utc);
    size_t n = strftime(out, OG_LOG_TIME_ROOM, "%Y-%m-%dT%H:%M:%S", &utc);
    snprintf(out + n, OG_LOG_TIME_ROOM - n, ".%03uZ", (unsigned)(since_1970_ns / 1000000 % 1000));
}

static size_t clip(int printed, size_t room)
{
    return printed < 0 ? 0 : (size_t)printed < room ? (size_t)printed : room - 1;
}

struct event {
    char time[OG_LOG_TIME_ROOM], text[LINE_ROOM];
    size_t length; /* of the text */
    const char *level, *part, *request;
};

static size_t print_text(char line[JSON_ROOM], const struct event *e)
{
    size_t room = LINE_ROOM - 1, n = 0;
    n += clip(snprintf(line, room, "%s %s %s: ", e->time, e->level, e->part), room);
    if (e->request)
        n += clip(snprintf(line + n, room - n, "[%s] ", e->request), room - n);
    n += clip(snprintf(line + n, room - n, "%s", e->text), room - n);
    for (size_t i = 0; i < n; i++)
        if ((unsigned char)line[i] < ' ' || line[i] == 0x7f)
            line[i] = '?';
    return n;
}

static size_t print_json(char line[JSON_ROOM], const struct event *e)
{
    size_t room = JSON_ROOM - 8, n = 0; /* the rest is for what closes it */
    n += clip(snprintf(line, room, "{\"time\":\"%s\",\"level\":\"%s\",\"part\":\"", e->time, e->level), room);
    n += og_escape_json(line + n, LINE_ROOM, e->part, strlen(e->part));
    if (e->request) {
        n += clip(snprintf(line + n, room - n, "\",\"request\":\""), room - n);
        n += og_escape_json(line + n, LINE_ROOM, e->request, strlen(e->request));
    }
    n += clip(snprintf(line + n, room - n, "\",\"text\":\""), room - n);
    n += og_escape_json(line + n, room - n, e->text, e->length);
    memcpy(line + n, "\"}", 2);
    return n + 2;
}

/* `request` is NULL when the event is about none. */
__attribute__((format(printf, 5, 0))) static void write_event(struct og_log *log, enum og_log_level level,
                                                              const char *part, const char *request, const char *format,
                                                              va_list args)
{
    struct timespec now;
    struct event e = {.level = names[level], .part = part, .request = request};
    char line[JSON_ROOM];
    clock_gettime(CLOCK_REALTIME, &now);
    og_log_time((uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec, e.time);
    e.length = clip(vsnprintf(e.text, sizeof e.text, format, args), sizeof e.text);
    size_t n = log->format == OG_LOG_JSON ? print_json(line, &e) : print_text(line, &e);
    line[n++] = '\n';
    struct pollfd room_for_a_line = {.fd = log->fd, .events = POLLOUT};
    if (poll(&room_for_a_line, 1, 0) == 1 && write(log->fd, line, n) < 0)
        return;
}

void og_log_write(struct og_log *log, enum og_log_level level, const char *part, const char *format, ...)
{
    if (level > log->most_detailed)
        return;
    va_list args;
    va_start(args, format);
    write_event(log, level, part, NULL, format, args);
    va_end(args);
}

void og_log_request(struct og_log *log, enum og_log_level level, const char *part, const char *request,
                    const char *format, ...)
{
    if (level > log->most_detailed)
        return;
    va_list args;
    va_start(args, format);
    write_event(log, level, part, request, format, args);
    va_end(args);
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
