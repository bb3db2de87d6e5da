/* SPDX-License-Identifier: MIT */
#include "pulse.h"

#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"

#define QUESTION_ROOM 256
#define ANSWER_START  "HTTP/1.1 "

enum state { ASKED, ALIVE };

struct line {
    int fd; /* our end; -1: none */
    enum state state;
    bool fresh; /* dialled for this question: when it is hung up the lane is full or stops */
};

struct og_pulse {
    bool (*dial)(void *context, unsigned lane, int socket);
    void *context;
    char question[QUESTION_ROOM];
    size_t length;
    unsigned lanes;
    struct line line[];
};

enum og_status og_pulse_new(const char *base, unsigned lanes, bool (*dial)(void *context, unsigned lane, int socket),
                            void *context, struct og_pulse **out, struct og_error *err)
{
    struct og_pulse *pulse = calloc(1, sizeof *pulse + lanes * sizeof pulse->line[0]);
    if (!pulse)
        return og_error_set(err, OG_NO_MEMORY, "out of memory");
    pulse->dial = dial;
    pulse->context = context;
    pulse->lanes = lanes;
    for (unsigned i = 0; i < lanes; i++)
        pulse->line[i].fd = -1;
    pulse->length = (size_t)snprintf(pulse->question, QUESTION_ROOM,
                                     "GET %.160s/healthz HTTP/1.1\r\nHost: localhost\r\n\r\n", base);
    *out = pulse;
    return OG_OK;
}

static void hang_up(struct line *line)
{
    if (line->fd >= 0)
        close(line->fd);
    line->fd = -1;
}

static bool send_question(const struct og_pulse *pulse, const struct line *line)
{
    return send(line->fd, pulse->question, pulse->length, MSG_NOSIGNAL | MSG_DONTWAIT) == (ssize_t)pulse->length;
}

static enum state dial_and_ask(struct og_pulse *pulse, unsigned lane)
{
    struct line *line = &pulse->line[lane];
    int ends[2];
    hang_up(line);
    line->fresh = true;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends) != 0)
        return ALIVE; /* no descriptors: nothing is known about the lane */
    line->fd = ends[0];
    if (pulse->dial(pulse->context, lane, ends[1]) && send_question(pulse, line))
        return ASKED;
    hang_up(line);
    return ALIVE;
}

static enum state ask(struct og_pulse *pulse, unsigned lane)
{
    struct line *line = &pulse->line[lane];
    line->fresh = false;
    return line->fd >= 0 && send_question(pulse, line) ? ASKED : dial_and_ask(pulse, lane);
}

/* A connection that was idle for long may have been closed: then another is dialled, once. */
static enum state hear(struct og_pulse *pulse, unsigned lane)
{
    struct line *line = &pulse->line[lane];
    char answer[1024];
    ssize_t n = recv(line->fd, answer, sizeof answer, MSG_DONTWAIT);
    if (n >= (ssize_t)sizeof ANSWER_START - 1 && memcmp(answer, ANSWER_START, sizeof ANSWER_START - 1) == 0)
        return ALIVE;
    if (!line->fresh)
        return dial_and_ask(pulse, lane);
    hang_up(line);
    return ALIVE; /* it answered, if only by hanging up */
}

static unsigned hear_all(struct og_pulse *pulse, struct pollfd *ears, unsigned patience_ms)
{
    unsigned waiting = 0;
    for (unsigned i = 0; i < pulse->lanes; i++) {
        bool asked = pulse->line[i].state == ASKED;
        waiting += asked;
        ears[i] = (struct pollfd){.fd = asked ? pulse->line[i].fd : -1, .events = POLLIN};
    }
    if (waiting == 0 || poll(ears, pulse->lanes, (int)patience_ms) <= 0)
        return waiting;
    for (unsigned i = 0; i < pulse->lanes; i++)
        if (ears[i].revents)
            pulse->line[i].state = hear(pulse, i);
    return waiting;
}

unsigned og_pulse_take(struct og_pulse *pulse, unsigned patience_ms)
{
    struct pollfd *ears = calloc(pulse->lanes, sizeof *ears);
    if (!ears)
        return 0;
    for (unsigned i = 0; i < pulse->lanes; i++)
        pulse->line[i].state = ask(pulse, i);
    uint64_t now = og_clock_monotonic_ns(), end = now + (uint64_t)patience_ms * 1000000;
    unsigned waiting = pulse->lanes;
    for (; waiting > 0 && now < end; now = og_clock_monotonic_ns())
        waiting = hear_all(pulse, ears, (unsigned)((end - now) / 1000000) + 1);
    free(ears);
    unsigned silent = 0;
    for (unsigned i = 0; i < pulse->lanes; i++)
        if (pulse->line[i].state == ASKED) {
            silent++;
            hang_up(&pulse->line[i]); /* an answer that comes late must not stand for the next */
        }
    return silent;
}

void og_pulse_rest(struct og_pulse *pulse)
{
    for (unsigned i = 0; i < pulse->lanes; i++)
        hang_up(&pulse->line[i]);
}

void og_pulse_destroy(struct og_pulse **pulse)
{
    if (*pulse)
        og_pulse_rest(*pulse);
    free(*pulse);
    *pulse = NULL;
}
