/* SPDX-License-Identifier: MIT */
/* The test is linked with --wrap=recv: bytes that never end, as of a client that sends faster than they are read. */
#include <arpa/inet.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/thread.h"
#include "http/linger.h"
#include "support/cmocka_all.h"

enum { TRIES = 5000 };

static atomic_bool endless;

ssize_t __real_recv(int socket, void *to, size_t size, int flags);
ssize_t __wrap_recv(int socket, void *to, size_t size, int flags);

ssize_t __wrap_recv(int socket, void *to, size_t size, int flags)
{
    bool more = atomic_load_explicit(&endless, memory_order_relaxed); /* nothing hangs on when it is seen */
    return more ? (ssize_t)size : __real_recv(socket, to, size, flags);
}

static void set_endless(bool value)
{
    atomic_store_explicit(&endless, value, memory_order_relaxed); /* as above */
}

static void nap(void)
{
    nanosleep(&(struct timespec){.tv_nsec = 2000000}, NULL);
}

struct pair {
    int client, server;
};

/* With a byte that the server has not read. */
static struct pair connected(void)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof at;
    int listening = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(listening, (struct sockaddr *)&at, sizeof at), 0);
    assert_int_equal(listen(listening, 1), 0);
    assert_int_equal(getsockname(listening, (struct sockaddr *)&at, &size), 0);
    struct pair pair = {.client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    assert_int_equal(connect(pair.client, (struct sockaddr *)&at, sizeof at), 0);
    assert_int_equal(send(pair.client, "x", 1, MSG_NOSIGNAL), 1);
    pair.server = accept(listening, NULL, NULL);
    char byte;
    assert_int_equal(__real_recv(pair.server, &byte, 1, MSG_PEEK), 1);
    close(listening);
    return pair;
}

static void leave(struct og_linger *linger, struct pair *pair)
{
    og_linger_take(linger, pair->server);
    close(pair->server);
}

/* Bytes that nobody takes are answered by a reset. */
static bool was_given_up(int client)
{
    bool taken = true;
    for (unsigned i = 0; taken && i < TRIES; i++, nap())
        taken = send(client, "x", 1, MSG_NOSIGNAL) == 1;
    return !taken;
}

static struct og_linger *start(void)
{
    struct og_linger *linger = NULL;
    struct og_error err;
    assert_int_equal(og_linger_start(&linger, &err), OG_OK);
    return linger;
}

static void whoever_sends_without_end_is_given_up_all_the_same(void **state)
{
    (void)state;
    struct og_linger *linger = start();
    struct pair pair = connected();
    set_endless(true);
    leave(linger, &pair);
    bool ended = was_given_up(pair.client);
    set_endless(false);
    og_linger_stop(&linger);
    close(pair.client);
    assert_true(ended);
}

struct newcomer {
    struct og_linger *linger;
    struct pair pair;
    atomic_bool taken;
};

static void *come(void *argument)
{
    struct newcomer *newcomer = argument;
    leave(newcomer->linger, &newcomer->pair);
    atomic_store_explicit(&newcomer->taken, true, memory_order_release);
    return NULL;
}

static void whoever_sends_without_end_keeps_no_event_thread_waiting(void **state)
{
    (void)state;
    struct og_linger *linger = start();
    struct pair first = connected();
    struct newcomer newcomer = {.linger = linger, .pair = connected()};
    struct og_thread thread;
    set_endless(true);
    leave(linger, &first);
    for (unsigned i = 0; i < 50; i++) /* let the thread begin to read */
        nap();
    assert_int_equal(og_thread_start(&thread, "newcomer", 0, come, &newcomer), OG_OK);
    bool taken = false;
    for (unsigned i = 0; !taken && i < TRIES; i++, nap())
        taken = atomic_load_explicit(&newcomer.taken, memory_order_acquire);
    set_endless(false);
    og_thread_join(&thread);
    close(first.client);
    close(newcomer.pair.client);
    og_linger_stop(&linger);
    assert_true(taken);
}

static void a_client_with_bytes_unread_sees_an_end_and_no_reset(void **state)
{
    (void)state;
    struct og_linger *linger = start();
    for (unsigned i = 0; i < 200; i++) {
        struct pair pair = connected();
        leave(linger, &pair);
        char byte;
        assert_int_equal(__real_recv(pair.client, &byte, 1, 0), 0); /* an end, not a reset */
        close(pair.client);
    }
    og_linger_stop(&linger);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whoever_sends_without_end_is_given_up_all_the_same),
        cmocka_unit_test(whoever_sends_without_end_keeps_no_event_thread_waiting),
        cmocka_unit_test(a_client_with_bytes_unread_sees_an_end_and_no_reset),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
