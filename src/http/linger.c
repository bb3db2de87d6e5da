/* SPDX-License-Identifier: MIT */
#include "linger.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/thread.h"

enum { MOST = 256, LOOK_MS = 50, GULP = 16 << 10, BELL = MOST };

#define NS_PER_S UINT64_C(1000000000)

struct lingerer {
    int socket; /* -1: none */
    uint64_t until_ns;
};

struct og_linger {
    int set, bell;
    struct og_thread thread;
    struct lingerer place[MOST]; /* the thread's */

    pthread_mutex_t lock;
    /* under the lock */
    bool stopping;
    unsigned arrived, taken; /* the latter: places, those of the arrivals included */
    struct lingerer arrival[MOST];
};

static void end(struct og_linger *linger, unsigned at)
{
    epoll_ctl(linger->set, EPOLL_CTL_DEL, linger->place[at].socket, NULL);
    close(linger->place[at].socket);
    linger->place[at].socket = -1;
}

/* One gulp, so that whoever sends without end keeps nobody else waiting. False: the other end has closed. */
static bool forget_what_came(int socket)
{
    char bytes[GULP];
    ssize_t n = recv(socket, bytes, sizeof bytes, MSG_DONTWAIT);
    return n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR));
}

static void hear(struct og_linger *linger, unsigned at)
{
    eventfd_t rings;
    if (at == BELL)
        (void)eventfd_read(linger->bell, &rings);
    else if (linger->place[at].socket >= 0 && !forget_what_came(linger->place[at].socket))
        end(linger, at);
}

/* Returns how many are left. */
static unsigned end_late(struct og_linger *linger)
{
    uint64_t now_ns = og_clock_monotonic_ns();
    unsigned left = 0;
    for (unsigned at = 0; at < MOST; at++) {
        if (linger->place[at].socket >= 0 && now_ns >= linger->place[at].until_ns)
            end(linger, at);
        left += linger->place[at].socket >= 0;
    }
    return left;
}

static bool add(const struct og_linger *linger, int fd, uint32_t at)
{
    struct epoll_event event = {.events = EPOLLIN | EPOLLRDHUP, .data.u32 = at};
    return epoll_ctl(linger->set, EPOLL_CTL_ADD, fd, &event) == 0;
}

static void seat(struct og_linger *linger, const struct lingerer *arrival, unsigned count)
{
    for (unsigned at = 0; at < MOST && count > 0; at++) {
        if (linger->place[at].socket >= 0)
            continue;
        linger->place[at] = arrival[--count];
        if (!add(linger, linger->place[at].socket, at))
            end(linger, at);
    }
}

/* Returns whether somebody lingers, or may come yet. */
static bool receive(struct og_linger *linger, unsigned *left)
{
    struct lingerer arrival[MOST];
    pthread_mutex_lock(&linger->lock);
    unsigned count = linger->arrived;
    memcpy(arrival, linger->arrival, count * sizeof arrival[0]);
    linger->arrived = 0;
    *left += count;
    linger->taken = *left;
    bool stopping = linger->stopping;
    pthread_mutex_unlock(&linger->lock);
    seat(linger, arrival, count);
    return !stopping || *left > 0;
}

static void *run(void *argument)
{
    struct og_linger *linger = argument;
    struct epoll_event events[64];
    unsigned left = 0;
    do {
        int n = epoll_wait(linger->set, events, sizeof events / sizeof events[0], left ? LOOK_MS : -1);
        for (int i = 0; i < n; i++)
            hear(linger, events[i].data.u32);
        left = end_late(linger);
    } while (receive(linger, &left));
    return NULL;
}

static void ring(struct og_linger *linger)
{
    while (eventfd_write(linger->bell, 1) != 0 && errno == EINTR)
        continue;
}

static void release(struct og_linger *linger)
{
    if (linger->bell >= 0)
        close(linger->bell);
    if (linger->set >= 0)
        close(linger->set);
    pthread_mutex_destroy(&linger->lock);
    free(linger);
}

enum og_status og_linger_start(struct og_linger **out, struct og_error *err)
{
    struct og_linger *linger = calloc(1, sizeof *linger);
    if (!linger)
        return og_error_set(err, OG_NO_MEMORY, "no memory for connections that are closed");
    pthread_mutex_init(&linger->lock, NULL);
    for (unsigned at = 0; at < MOST; at++)
        linger->place[at].socket = -1;
    linger->set = epoll_create1(EPOLL_CLOEXEC);
    linger->bell = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (linger->set < 0 || linger->bell < 0 || !add(linger, linger->bell, BELL) ||
        og_thread_start(&linger->thread, "linger", 0, run, linger) != OG_OK) {
        release(linger);
        return og_error_set(err, OG_NO_MEMORY, "no descriptors or thread for connections that are closed");
    }
    *out = linger;
    return OG_OK;
}

void og_linger_take(struct og_linger *linger, int socket)
{
    int unsent = 0, unread = 0;
    if (ioctl(socket, SIOCOUTQ, &unsent) != 0 || ioctl(socket, FIONREAD, &unread) != 0 || unsent + unread == 0)
        return;
    int own = fcntl(socket, F_DUPFD_CLOEXEC, 0);
    if (own < 0 || shutdown(own, SHUT_WR) != 0) {
        if (own >= 0)
            close(own);
        return;
    }
    pthread_mutex_lock(&linger->lock);
    bool room = linger->taken < MOST, first = linger->arrived == 0;
    if (room) {
        linger->arrival[linger->arrived++] = (struct lingerer){own, og_clock_monotonic_ns() + NS_PER_S};
        linger->taken++;
    }
    pthread_mutex_unlock(&linger->lock);
    if (!room)
        close(own);
    else if (first)
        ring(linger);
}

void og_linger_stop(struct og_linger **owned)
{
    struct og_linger *linger = *owned;
    *owned = NULL;
    if (!linger)
        return;
    pthread_mutex_lock(&linger->lock);
    linger->stopping = true;
    pthread_mutex_unlock(&linger->lock);
    ring(linger);
    og_thread_join(&linger->thread);
    release(linger);
}
