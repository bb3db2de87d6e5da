/* SPDX-License-Identifier: MIT */
#include "connections.h"

#include <pthread.h>
#include <stdalign.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "base/thread.h"
#include "linger.h"

enum { LOOKS = 8, LOOK_MS_MAX = 1000, ROOM = 16, SLOW = 8, PHASE_BITS = 2 };

#define NS_PER_MS UINT64_C(1000000)
#define NS_PER_S  UINT64_C(1000000000)

struct og_connection {
    alignas(64) _Atomic uint64_t state; /* since when, in nanoseconds; its last bits are the phase */
    /* under the lock */
    int socket;
    bool used, ended;
    uint64_t looked_at; /* the state in which it was looked whether the client has said all */
    struct og_connection *next_free;
};

struct candidate {
    uint64_t state;
    struct og_connection *connection;
};

struct og_connections {
    struct og_thread thread;
    struct og_metrics_block *metrics;
    uint64_t idle_ns, answer_ns, look_ns;
    unsigned most, crowded, youngest; /* the last: idle ones that are left alone */
    struct candidate *candidates;     /* the thread's */
    struct og_linger *linger;

    pthread_mutex_t lock;
    pthread_cond_t bell;
    /* under the lock */
    bool stopping;
    unsigned open, ended;
    struct og_connection *first_free;
    struct og_connection *place;
};

/* A few milliseconds coarse: it is looked at twice for each request. */
static uint64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
    return (uint64_t)now.tv_sec * NS_PER_S + (uint64_t)now.tv_nsec;
}

static enum og_phase phase_of(uint64_t state)
{
    return (enum og_phase)(state & ((1U << PHASE_BITS) - 1));
}

static uint64_t gone_since(uint64_t state, uint64_t now)
{
    uint64_t since = state >> PHASE_BITS << PHASE_BITS;
    return now > since ? now - since : 0;
}

static uint64_t state_of(const struct og_connection *connection)
{
    return atomic_load_explicit(&connection->state, memory_order_relaxed); /* nothing hangs on it but who is ended */
}

void og_connection_enter(struct og_connection *connection, enum og_phase phase)
{
    uint64_t state = now_ns() >> PHASE_BITS << PHASE_BITS | phase;
    atomic_store_explicit(&connection->state, state, memory_order_relaxed); /* read as state_of says */
}

static void shut_locked(struct og_connections *all, struct og_connection *connection)
{
    connection->ended = true;
    all->ended++;
    shutdown(connection->socket, SHUT_RDWR);
}

static void end_locked(struct og_connections *all, struct og_connection *connection, enum og_phase phase,
                       enum og_counter why)
{
    /* What the client did not take is not worth keeping: a reset drops it. */
    const struct linger at_once = {.l_onoff = 1};
    if (phase == OG_PHASE_ANSWER)
        setsockopt(connection->socket, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    og_count(all->metrics, why, 1); /* first: a client that sees the end finds it counted */
    shut_locked(all, connection);
}

/*
 * The client has closed its sending side. libmicrohttpd notices that, but not when it came together with the last
 * request: after a read that did not fill its buffer it waits for an event, and there is none any more. So each
 * connection is looked at once after its answer, a whole look later: by then no request that came before waits in a
 * buffer.
 */
static bool has_said_all_locked(const struct og_connections *all, struct og_connection *connection, uint64_t state,
                                uint64_t now)
{
    char byte;
    if (phase_of(state) != OG_PHASE_HEAD || state == connection->looked_at || gone_since(state, now) < all->look_ns)
        return false;
    connection->looked_at = state;
    return recv(connection->socket, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
}

static bool is_late(const struct og_connections *all, uint64_t state, uint64_t now)
{
    switch (phase_of(state)) {
    case OG_PHASE_HEAD:
        return gone_since(state, now) >= all->idle_ns;
    case OG_PHASE_ANSWER:
        return gone_since(state, now) >= all->answer_ns;
    case OG_PHASE_WAIT:
        break;
    }
    return false;
}

static void end_late_locked(struct og_connections *all)
{
    uint64_t now = now_ns();
    for (unsigned i = 0; i < all->most; i++) {
        struct og_connection *connection = &all->place[i];
        uint64_t state = state_of(connection);
        if (!connection->used || connection->ended)
            continue;
        if (is_late(all, state, now))
            end_locked(all, connection, phase_of(state),
                       phase_of(state) == OG_PHASE_HEAD ? OG_COUNT_CLOSED_IDLE : OG_COUNT_CLOSED_ANSWER);
        else if (has_said_all_locked(all, connection, state, now))
            shut_locked(all, connection);
    }
}

static int older_first(const void *a, const void *b)
{
    uint64_t left = ((const struct candidate *)a)->state, right = ((const struct candidate *)b)->state;
    return (left > right) - (left < right);
}

static bool is_crowded_locked(const struct og_connections *all)
{
    return all->open - all->ended > all->crowded;
}

static void end_oldest_locked(struct og_connections *all, enum og_phase phase, uint64_t least_ns, unsigned spared)
{
    uint64_t now = now_ns();
    unsigned n = 0;
    if (!is_crowded_locked(all))
        return;
    for (unsigned i = 0; i < all->most; i++) {
        struct og_connection *connection = &all->place[i];
        uint64_t state = state_of(connection);
        if (connection->used && !connection->ended && phase_of(state) == phase && gone_since(state, now) >= least_ns)
            all->candidates[n++] = (struct candidate){state, connection};
    }
    qsort(all->candidates, n, sizeof all->candidates[0], older_first);
    for (unsigned i = 0; i + spared < n && is_crowded_locked(all); i++)
        if (state_of(all->candidates[i].connection) == all->candidates[i].state) /* nothing has happened since */
            end_locked(all, all->candidates[i].connection, phase, OG_COUNT_CLOSED_ROOM);
}

static void make_room_locked(struct og_connections *all)
{
    end_oldest_locked(all, OG_PHASE_HEAD, 0, all->youngest);
    end_oldest_locked(all, OG_PHASE_ANSWER, all->answer_ns / SLOW, 0);
}

static struct timespec in(uint64_t ns)
{
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    ns += (uint64_t)at.tv_nsec;
    return (struct timespec){.tv_sec = at.tv_sec + (time_t)(ns / NS_PER_S), .tv_nsec = (long)(ns % NS_PER_S)};
}

static void *run(void *argument)
{
    struct og_connections *all = argument;
    pthread_mutex_lock(&all->lock);
    while (!all->stopping) {
        struct timespec next = in(all->look_ns);
        pthread_cond_timedwait(&all->bell, &all->lock, &next);
        end_late_locked(all);
        make_room_locked(all);
    }
    pthread_mutex_unlock(&all->lock);
    return NULL;
}

static void release(struct og_connections *all)
{
    og_linger_stop(&all->linger);
    pthread_cond_destroy(&all->bell);
    pthread_mutex_destroy(&all->lock);
    free(all->place);
    free(all->candidates);
    free(all);
}

static void init(struct og_connections *all, const struct og_connections_options *options)
{
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&all->bell, &monotonic);
    pthread_condattr_destroy(&monotonic);
    pthread_mutex_init(&all->lock, NULL);
    uint64_t shorter_ms = options->idle_ms < options->answer_ms ? options->idle_ms : options->answer_ms;
    uint64_t look_ms = shorter_ms / LOOKS + 1;
    all->look_ns = (look_ms < LOOK_MS_MAX ? look_ms : LOOK_MS_MAX) * NS_PER_MS;
    all->idle_ns = options->idle_ms * NS_PER_MS;
    all->answer_ns = options->answer_ms * NS_PER_MS;
    all->metrics = og_metrics_take(options->metrics);
    all->most = options->most;
    all->crowded = options->most - (options->most + ROOM - 1) / ROOM;
    all->youngest = (options->most - all->crowded + 1) / 2;
    all->candidates = calloc(options->most, sizeof all->candidates[0]);
    all->place = aligned_alloc(alignof(struct og_connection), options->most * sizeof all->place[0]);
}

static void lay_out(struct og_connections *all)
{
    memset(all->place, 0, all->most * sizeof all->place[0]);
    for (unsigned i = all->most; i-- > 0;) {
        all->place[i].next_free = all->first_free;
        all->first_free = &all->place[i];
    }
}

enum og_status og_connections_start(const struct og_connections_options *options, struct og_connections **out,
                                    struct og_error *err)
{
    struct og_connections *all = calloc(1, sizeof *all);
    if (!all)
        return og_error_set(err, OG_NO_MEMORY, "no memory for the table of connections");
    init(all, options);
    if (all->place)
        lay_out(all);
    enum og_status status = og_linger_start(&all->linger, err);
    if (status == OG_OK &&
        (!all->place || !all->candidates || og_thread_start(&all->thread, "sweeper", 0, run, all) != OG_OK))
        status = og_error_set(err, OG_NO_MEMORY, "no memory or thread for the table of connections");
    if (status != OG_OK) {
        release(all);
        return status;
    }
    *out = all;
    return OG_OK;
}

struct og_connection *og_connections_add(struct og_connections *all, int socket)
{
    pthread_mutex_lock(&all->lock);
    struct og_connection *connection = all->first_free;
    if (connection) {
        all->first_free = connection->next_free;
        connection->socket = socket;
        connection->used = true;
        connection->ended = false;
        all->open++;
        og_connection_enter(connection, OG_PHASE_HEAD);
    }
    if (is_crowded_locked(all))
        pthread_cond_signal(&all->bell);
    pthread_mutex_unlock(&all->lock);
    return connection;
}

void og_connections_remove(struct og_connections *all, struct og_connection *connection)
{
    og_linger_take(all->linger, connection->socket);
    pthread_mutex_lock(&all->lock);
    connection->used = false;
    all->ended -= connection->ended;
    all->open--;
    connection->next_free = all->first_free;
    all->first_free = connection;
    pthread_mutex_unlock(&all->lock);
}

void og_connections_stop(struct og_connections **owned)
{
    struct og_connections *all = *owned;
    *owned = NULL;
    if (!all)
        return;
    pthread_mutex_lock(&all->lock);
    all->stopping = true;
    pthread_cond_signal(&all->bell);
    pthread_mutex_unlock(&all->lock);
    og_thread_join(&all->thread);
    release(all);
}
