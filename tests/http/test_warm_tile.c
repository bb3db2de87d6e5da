/* SPDX-License-Identifier: MIT */
#include <dlfcn.h>
#include <malloc.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server_fixture.h"
#include "support/allocations.h"
#include "support/cmocka_all.h"
#include "support/http_client.h"

static atomic_size_t locks_of_ours;

/*
 * Counts locks that this program's event threads take, not those of the libraries that it calls. The threads that watch
 * over connections take theirs whenever they look, which is once in a while and not for any tile.
 */
int pthread_mutex_lock(pthread_mutex_t *mutex)
{
    static int (*real)(pthread_mutex_t * mutex);
    static void *here;
    Dl_info caller, self;
    if (!real)
        real = dlsym(RTLD_NEXT, "pthread_mutex_lock");
    if (!here && dladdr((void *)pthread_mutex_lock, &self))
        here = self.dli_fbase;
    if (allocations_count_this_thread() && dladdr(__builtin_return_address(0), &caller) && caller.dli_fbase == here)
        atomic_fetch_add_explicit(&locks_of_ours, 1, memory_order_relaxed); /* a sum */
    return real(mutex);
}

enum { TILES = 50, ROUNDS = 20 };

static void ask_all(struct og_client *client, const char *method, int code, const char *headers)
{
    for (unsigned i = 0; i < TILES; i++) {
        char path[64];
        snprintf(path, sizeof path, "/tiles/s/0/%u_%u.jpg", i % 2, 2 * i);
        struct og_answer answer = og_client_ask(client, method, path, headers);
        assert_int_equal(answer.code, code);
        og_answer_free(&answer);
    }
}

static size_t locks(void)
{
    return atomic_load_explicit(&locks_of_ours, memory_order_relaxed);
}

static void a_warm_tile_takes_no_memory_and_no_lock(void **state)
{
    (void)state;
    struct og_fixture *f = og_fixture_start(1, 256);
    struct og_client *client = og_client_open(f->port);
    struct og_answer first = og_client_get(client, "/healthz"); /* what a connection needs is there */
    og_answer_free(&first);
    size_t calls = allocations_of_others().calls;
    uint64_t bytes = allocations_counted_by_jemalloc();
    ask_all(client, "GET", 200, "");
    struct allocations dressed = allocations_of_others();
    assert_true(dressed.calls > calls + TILES); /* it can count; and each tile was dressed */
    if (bytes) {
        uint64_t each = (allocations_counted_by_jemalloc() - bytes) / TILES;
        printf("a complete response takes %zu allocations, %zu bytes\n", (dressed.calls - calls) / TILES, (size_t)each);
        assert_true(each <= OG_BUF_RESPONSE_BYTES);
    }

    size_t locked = locks();
    for (unsigned round = 0; round < ROUNDS; round++) {
        ask_all(client, "GET", 200, "Accept-Encoding: gzip\r\nReferer: http://x/\r\nIf-None-Match: \"x\"\r\n");
        ask_all(client, "HEAD", 200, "");
        ask_all(client, "OPTIONS", 204, "");
    }
    assert_int_equal(allocations_of_others().calls, dressed.calls);
    assert_int_equal(locks(), locked);

    struct og_answer miss = og_client_get(client, "/tiles/s/0/0_7.jpg");
    assert_int_equal(miss.code, 200);
    assert_true(locks() > locked); /* it can count */
    og_answer_free(&miss);
    og_client_close(&client);
    og_fixture_stop(&f);
}

static void a_refusal_takes_no_memory(void **state)
{
    (void)state;
    struct og_fixture *f = og_fixture_start(1, 0); /* nobody may wait: every miss is refused */
    struct og_client *client = og_client_open(f->port);
    struct og_answer first = og_client_get(client, "/tiles/s/0/0_7.jpg");
    assert_int_equal(first.code, 503);
    og_answer_free(&first);
    size_t calls = allocations_of_others().calls;
    for (unsigned i = 0; i < 200; i++) {
        struct og_answer busy = og_client_get(client, i % 2 ? "/tiles/s/0/0_7.jpg" : "/nothing");
        assert_int_equal(busy.code, i % 2 ? 503 : 404);
        og_answer_free(&busy);
    }

    assert_int_equal(allocations_of_others().calls, calls);

    og_client_close(&client);
    og_fixture_stop(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_warm_tile_takes_no_memory_and_no_lock),
        cmocka_unit_test(a_refusal_takes_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
