/* SPDX-License-Identifier: MIT */
#include "http_load.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "slides.h"

enum { HEAD_BYTES = 2048, BODY_BYTES = 1 << 16, SAMPLES = 1 << 18, EVENTS = 256 };

struct link {
    int fd;
    int code;
    bool may_retry;
    double due;
    char head[HEAD_BYTES]; /* terminated, until the blank line was seen */
    size_t have;
    size_t body_left; /* once code is known */
    struct link *next;
};

struct samples {
    double *ms;
    size_t count;
};

struct run {
    const struct daemon *daemon;
    const struct http_load_plan *plan;
    struct stream stream;
    uint64_t random;
    int epoll;
    struct link *links, *idle;
    struct samples good, refused;
    size_t failed, unsent, under_way;
    double counts_from, counts_until;
};

static void give_up(const char *what)
{
    fprintf(stderr, "bench: %s: %s\n", what, strerror(errno));
    exit(1);
}

static void connect_link(struct run *run, struct link *link)
{
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = link};
    link->fd = daemon_connect(run->daemon);
    fcntl(link->fd, F_SETFL, O_NONBLOCK);
    if (epoll_ctl(run->epoll, EPOLL_CTL_ADD, link->fd, &event) != 0)
        give_up("epoll");
}

static void rest(struct run *run, struct link *link)
{
    link->next = run->idle;
    run->idle = link;
}

static void note(struct samples *samples, double ms)
{
    if (samples->count < SAMPLES)
        samples->ms[samples->count++] = ms;
}

static void finish(struct run *run, struct link *link)
{
    double now = wall_clock(), ms = 1e3 * (now - link->due);
    bool counts = now >= run->counts_from && now < run->counts_until;
    run->under_way--;
    if (counts && link->code == 200)
        note(&run->good, ms);
    else if (counts && link->code == 503 && link->may_retry)
        note(&run->refused, ms);
    else
        run->failed += counts;
    rest(run, link);
}

static void fail(struct run *run, struct link *link)
{
    close(link->fd);
    link->code = 0;
    connect_link(run, link);
    finish(run, link);
}

static bool ask(struct run *run, double due)
{
    struct link *link = run->idle;
    if (!link)
        return false;
    struct stream_tile tile = stream_next(&run->stream);
    char request[256];
    int length = snprintf(request, sizeof request, "GET /tiles/s%u/%u/%u_%u.jpg HTTP/1.1\r\nHost: localhost\r\n\r\n",
                          random_below(&run->random, run->plan->names), tile.level, tile.x, tile.y);
    run->idle = link->next;
    run->under_way++;
    link->due = due;
    link->code = 0;
    link->have = 0;
    if (send(link->fd, request, (size_t)length, MSG_NOSIGNAL) != length)
        fail(run, link);
    return true;
}

/* Returns the bytes of the body that came along with the head; false when the head makes no sense. */
static bool read_head(struct link *link, size_t *body)
{
    char *blank = strstr(link->head, "\r\n\r\n"), *length = strcasestr(link->head, "\r\nContent-Length:");
    unsigned long long size;
    if (!blank || !length || sscanf(link->head, "HTTP/1.1 %d", &link->code) != 1 ||
        sscanf(length + strlen("\r\nContent-Length:"), "%llu", &size) != 1)
        return false;
    link->may_retry = strcasestr(link->head, "\r\nRetry-After:");
    *body = link->have - (size_t)(blank + 4 - link->head);
    link->body_left = (size_t)size;
    return *body <= link->body_left;
}

static void take(struct run *run, struct link *link)
{
    static char body[BODY_BYTES];
    size_t got = 0;
    if (link->code == 0) {
        ssize_t n = recv(link->fd, link->head + link->have, HEAD_BYTES - 1 - link->have, 0);
        if (n < 0 && errno == EAGAIN)
            return;
        link->have += n > 0 ? (size_t)n : 0;
        link->head[link->have] = '\0';
        if (n <= 0 || !read_head(link, &got)) {
            fail(run, link);
            return;
        }
        link->body_left -= got;
    }
    while (link->body_left) {
        ssize_t n = recv(link->fd, body, link->body_left < BODY_BYTES ? link->body_left : BODY_BYTES, 0);
        if (n < 0 && errno == EAGAIN)
            return;
        if (n <= 0) {
            fail(run, link);
            return;
        }
        link->body_left -= (size_t)n;
    }
    finish(run, link);
}

static void listen_for(struct run *run, double seconds)
{
    struct epoll_event events[EVENTS];
    int n = epoll_wait(run->epoll, events, EVENTS, seconds > 0 ? (int)(1e3 * seconds) + 1 : 0);
    for (int i = 0; i < n; i++) {
        struct link *link = events[i].data.ptr;
        take(run, link);
    }
}

static void run_closed(struct run *run)
{
    while (wall_clock() < run->counts_until) {
        while (ask(run, wall_clock()))
            continue;
        listen_for(run, 0.01);
    }
}

/* Sleeps for whole milliseconds and then sends all that is due by then: cheap, and counted against the server. */
static void run_open(struct run *run, double start)
{
    double due = start, now;
    while ((now = wall_clock()) < run->counts_until) {
        for (; due <= now; due += random_gap(&run->random, 1 / run->plan->rate))
            if (!ask(run, due))
                run->unsent += due >= run->counts_from;
        listen_for(run, due - wall_clock());
    }
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void rank(struct samples *samples, double *p50, double *p99)
{
    size_t n = samples->count;
    if (!n)
        return;
    qsort(samples->ms, n, sizeof *samples->ms, by_size);
    *p50 = samples->ms[n / 2];
    *p99 = samples->ms[n - 1 - n / 100];
}

static void open_run(struct run *run)
{
    stream_open(&run->stream, STREAM_COLD, &run->plan->pyramid, run->plan->seed);
    run->epoll = epoll_create1(EPOLL_CLOEXEC);
    run->links = calloc(run->plan->connections, sizeof *run->links);
    run->good.ms = malloc(SAMPLES * sizeof(double));
    run->refused.ms = malloc(SAMPLES * sizeof(double));
    if (run->epoll < 0 || !run->links || !run->good.ms || !run->refused.ms)
        give_up("the load on HTTP");
    for (unsigned i = 0; i < run->plan->connections; i++) {
        connect_link(run, &run->links[i]);
        rest(run, &run->links[i]);
    }
}

static void close_run(struct run *run)
{
    for (unsigned i = 0; i < run->plan->connections; i++)
        close(run->links[i].fd);
    close(run->epoll);
    free(run->links);
    free(run->good.ms);
    free(run->refused.ms);
}

struct http_load_result http_load_run(const struct daemon *daemon, const struct http_load_plan *plan)
{
    struct run run = {.daemon = daemon, .plan = plan, .random = ~plan->seed};
    open_run(&run);
    double start = wall_clock();
    run.counts_from = start + plan->warm;
    run.counts_until = run.counts_from + plan->seconds;
    if (plan->rate > 0)
        run_open(&run, start);
    else
        run_closed(&run);
    struct http_load_result result = {.good = (double)run.good.count / plan->seconds,
                                      .refused = (double)run.refused.count / plan->seconds,
                                      .failed = (double)run.failed / plan->seconds,
                                      .unsent = (double)run.unsent / plan->seconds};
    while (run.under_way)
        listen_for(&run, 0.01);
    rank(&run.good, &result.good_p50, &result.good_p99);
    rank(&run.refused, &result.refused_p50, &result.refused_p99);
    close_run(&run);
    return result;
}
