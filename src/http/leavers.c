/* SPDX-License-Identifier: MIT */
#include "leavers.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/thread.h"

enum { EVENTS = 64, LOOKS = 8, LOOK_MS_MAX = 1000 };

#define NS_PER_MS UINT64_C(1000000)

#define STOP UINT64_MAX

/* A ticket is a place's number, from 1, and how often the place was used: an event that comes late fits no more. */
struct place {
    void *request;    /* NULL: free */
    uint64_t late_ns; /* when it will have waited too long; UINT64_MAX: that was said */
    int socket;
    uint32_t uses;
    uint32_t next_free;
};

struct og_leavers {
    int set, bell;
    struct og_thread thread;
    struct og_leavers_options options;
    int look_ms;

    pthread_mutex_t lock;
    /* under the lock */
    uint32_t first_free;  /* 0: none */
    struct place place[]; /* from 1 */
};

static uint64_t ticket_of(uint32_t at, uint32_t uses)
{
    return (uint64_t)uses << 32 | at;
}

static struct place *place_of(struct og_leavers *leavers, uint64_t ticket)
{
    struct place *place = &leavers->place[(uint32_t)ticket];
    return place->request && place->uses == ticket >> 32 ? place : NULL;
}

static void tell(struct og_leavers *leavers, uint64_t ticket)
{
    pthread_mutex_lock(&leavers->lock);
    struct place *place = place_of(leavers, ticket);
    if (place)
        leavers->options.left(leavers->options.context, place->request);
    pthread_mutex_unlock(&leavers->lock);
}

static void look_for_late(struct og_leavers *leavers, uint64_t now_ns)
{
    pthread_mutex_lock(&leavers->lock);
    for (uint32_t at = 1; at <= leavers->options.most; at++) {
        struct place *place = &leavers->place[at];
        if (!place->request || now_ns < place->late_ns)
            continue;
        place->late_ns = UINT64_MAX;
        leavers->options.late(leavers->options.context, place->request);
    }
    pthread_mutex_unlock(&leavers->lock);
}

static void *run(void *argument)
{
    struct og_leavers *leavers = argument;
    struct epoll_event events[EVENTS];
    uint64_t next_ns = 0;
    for (;;) {
        int n = epoll_wait(leavers->set, events, EVENTS, leavers->look_ms);
        for (int i = 0; i < n; i++) {
            if (events[i].data.u64 == STOP)
                return NULL;
            tell(leavers, events[i].data.u64);
        }
        uint64_t now_ns = og_clock_monotonic_ns();
        if (now_ns < next_ns)
            continue;
        look_for_late(leavers, now_ns);
        next_ns = now_ns + (uint64_t)leavers->look_ms * NS_PER_MS;
    }
}

static void release(struct og_leavers *leavers)
{
    if (leavers->bell >= 0)
        close(leavers->bell);
    if (leavers->set >= 0)
        close(leavers->set);
    pthread_mutex_destroy(&leavers->lock);
    free(leavers);
}

static bool add(const struct og_leavers *leavers, int fd, uint32_t what, uint64_t ticket)
{
    struct epoll_event event = {.events = what, .data.u64 = ticket};
    return epoll_ctl(leavers->set, EPOLL_CTL_ADD, fd, &event) == 0;
}

enum og_status og_leavers_start(const struct og_leavers_options *options, struct og_leavers **out, struct og_error *err)
{
    struct og_leavers *leavers = calloc(1, sizeof *leavers + (options->most + 1) * sizeof leavers->place[0]);
    if (!leavers)
        return og_error_set(err, OG_NO_MEMORY, "no memory for the watch over clients");
    pthread_mutex_init(&leavers->lock, NULL);
    leavers->options = *options;
    uint64_t look_ms = options->patience_ms / LOOKS + 1;
    leavers->look_ms = (int)(look_ms < LOOK_MS_MAX ? look_ms : LOOK_MS_MAX);
    for (uint32_t at = options->most; at > 0; at--) {
        leavers->place[at].next_free = leavers->first_free;
        leavers->first_free = at;
    }
    leavers->set = epoll_create1(EPOLL_CLOEXEC);
    leavers->bell = eventfd(0, EFD_CLOEXEC);
    if (leavers->set < 0 || leavers->bell < 0 || !add(leavers, leavers->bell, EPOLLIN, STOP) ||
        og_thread_start(&leavers->thread, "leavers", 0, run, leavers) != OG_OK) {
        release(leavers);
        return og_error_set(err, OG_NO_MEMORY, "the system gives no watch over clients: %s", strerror(errno));
    }
    *out = leavers;
    return OG_OK;
}

uint64_t og_leavers_watch(struct og_leavers *leavers, int socket, void *request)
{
    uint64_t ticket = OG_NOT_WATCHED;
    pthread_mutex_lock(&leavers->lock);
    uint32_t at = leavers->first_free;
    struct place *place = &leavers->place[at];
    if (at) {
        leavers->first_free = place->next_free;
        place->uses++;
        place->request = request;
        place->late_ns = og_clock_monotonic_ns() + leavers->options.patience_ms * NS_PER_MS;
        ticket = ticket_of(at, place->uses);
        place->socket = add(leavers, socket, EPOLLRDHUP | EPOLLONESHOT, ticket) ? socket : -1;
    }
    pthread_mutex_unlock(&leavers->lock);
    return ticket;
}

void og_leavers_forget(struct og_leavers *leavers, uint64_t ticket)
{
    if (ticket == OG_NOT_WATCHED)
        return;
    pthread_mutex_lock(&leavers->lock);
    struct place *place = place_of(leavers, ticket);
    if (place) {
        if (place->socket >= 0)
            epoll_ctl(leavers->set, EPOLL_CTL_DEL, place->socket, NULL);
        place->request = NULL;
        place->next_free = leavers->first_free;
        leavers->first_free = (uint32_t)ticket;
    }
    pthread_mutex_unlock(&leavers->lock);
}

void og_leavers_pause(struct og_leavers *leavers)
{
    pthread_mutex_lock(&leavers->lock);
    pthread_mutex_unlock(&leavers->lock);
}

void og_leavers_stop(struct og_leavers **owned)
{
    struct og_leavers *leavers = *owned;
    *owned = NULL;
    if (!leavers)
        return;
    while (eventfd_write(leavers->bell, 1) != 0 && errno == EINTR)
        ;
    og_thread_join(&leavers->thread);
    release(leavers);
}
