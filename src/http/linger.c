/* SPDX-License-Identifier: MIT */
#include "linger.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/thread.h"

enum { MOST = 256, LOOK_MS = 50, BELL = MOST };

#define NS_PER_S UINT64_C(1000000000)

struct og_linger {
    int set, bell;
    struct og_thread thread;
    pthread_mutex_t lock;
    /* under the lock */
    bool stopping;
    unsigned count;
    struct {
        int socket; /* -1: free */
        uint64_t until_ns;
    } place[MOST];
};

static void end_locked(struct og_linger *linger, unsigned at)
{
    epoll_ctl(linger->set, EPOLL_CTL_DEL, linger->place[at].socket, NULL);
    close(linger->place[at].socket);
    linger->place[at].socket = -1;
    linger->count--;
}

/* False: the other end has closed, or broken off. */
static bool forget_what_came(int socket)
{
    char bytes[4096];
    ssize_t n;
    do
        n = recv(socket, bytes, sizeof bytes, MSG_DONTWAIT);
    while (n > 0 || (n < 0 && errno == EINTR));
    return n < 0 && errno == EAGAIN;
}

static void read_locked(struct og_linger *linger, unsigned at)
{
    if (linger->place[at].socket >= 0 && !forget_what_came(linger->place[at].socket))
        end_locked(linger, at);
}

static unsigned end_late_locked(struct og_linger *linger)
{
    uint64_t now_ns = og_clock_monotonic_ns();
    for (unsigned at = 0; linger->count > 0 && at < MOST; at++)
        if (linger->place[at].socket >= 0 && now_ns >= linger->place[at].until_ns)
            end_locked(linger, at);
    return linger->count;
}

static void *run(void *argument)
{
    struct og_linger *linger = argument;
    struct epoll_event events[64];
    unsigned left = 0;
    for (bool stopping = false; !stopping || left > 0;) {
        int n = epoll_wait(linger->set, events, sizeof events / sizeof events[0], left ? LOOK_MS : -1);
        pthread_mutex_lock(&linger->lock);
        for (int i = 0; i < n; i++) {
            eventfd_t rings;
            if (events[i].data.u32 != BELL)
                read_locked(linger, events[i].data.u32);
            else if (eventfd_read(linger->bell, &rings) != 0)
                continue;
        }
        left = end_late_locked(linger);
        stopping = linger->stopping;
        pthread_mutex_unlock(&linger->lock);
    }
    return NULL;
}

static void ring(struct og_linger *linger)
{
    while (eventfd_write(linger->bell, 1) != 0 && errno == EINTR)
        continue;
}

static bool add(struct og_linger *linger, int fd, uint32_t at)
{
    struct epoll_event event = {.events = EPOLLIN | EPOLLRDHUP, .data.u32 = at};
    return epoll_ctl(linger->set, EPOLL_CTL_ADD, fd, &event) == 0;
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

static unsigned free_place_locked(const struct og_linger *linger)
{
    unsigned at = 0;
    while (at < MOST && linger->place[at].socket >= 0)
        at++;
    return at;
}

static void keep_locked(struct og_linger *linger, int socket)
{
    unsigned at = free_place_locked(linger);
    int own = at < MOST ? fcntl(socket, F_DUPFD_CLOEXEC, 0) : -1;
    if (own < 0)
        return;
    linger->place[at].socket = own;
    linger->place[at].until_ns = og_clock_monotonic_ns() + NS_PER_S;
    linger->count++;
    if (shutdown(own, SHUT_WR) != 0 || !add(linger, own, at))
        end_locked(linger, at);
}

void og_linger_take(struct og_linger *linger, int socket)
{
    int unsent = 0, unread = 0;
    if (ioctl(socket, SIOCOUTQ, &unsent) != 0 || ioctl(socket, FIONREAD, &unread) != 0 || unsent + unread == 0)
        return;
    pthread_mutex_lock(&linger->lock);
    bool first = linger->count == 0;
    keep_locked(linger, socket);
    pthread_mutex_unlock(&linger->lock);
    if (first)
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
