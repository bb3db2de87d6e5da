/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "support/threads.h"
#include "sync/buf_pool.h"

enum { MEMBERS = 8, HELD = 12, LONGEST = 6000 };

static bool is_whole(const struct og_buf *buf)
{
    for (size_t i = 1; i < buf->size; i++)
        if (buf->data[i] != buf->data[0])
            return false;
    return true;
}

/* Each member fills its buffers with a byte of its own and must find that byte when it lets go. */
static void borrow(struct og_member *member)
{
    struct og_buf_pool *pool = member->shared;
    struct og_buf *held[HELD] = {0};
    uint8_t mine[LONGEST];
    memset(mine, (int)member->index + 1, sizeof mine);
    while (og_member_has_time(member)) {
        unsigned at = og_member_random(member) % HELD;
        if (held[at] && (held[at]->data[0] != mine[0] || !is_whole(held[at])))
            og_member_fail(member, "a buffer of %zu bytes changed while it was held", held[at]->size);
        og_buf_unref(&held[at]);
        held[at] = og_buf_pool_copy(pool, mine, 1 + og_member_random(member) % LONGEST);
        if (!held[at])
            og_member_fail(member, "no buffer");
    }
    for (unsigned at = 0; at < HELD; at++)
        og_buf_unref(&held[at]);
}

static void nobody_gets_a_buffer_that_is_held(void **state)
{
    (void)state;
    struct og_buf_pool *pool = og_buf_pool_new();
    assert_string_equal(og_crew_run(MEMBERS, borrow, pool).text, OG_AS_CLAIMED);
    og_buf_pool_destroy(&pool);
}

static void let_go(struct og_member *member)
{
    struct og_buf **bufs = member->shared;
    og_buf_unref(&bufs[member->index]);
}

/* The last of pool and buffers frees the rings: a second free or a leak is the sanitizers' to see. */
static void the_last_buffer_ends_the_pool(void **state)
{
    (void)state;
    for (unsigned round = 0; round < 50; round++) {
        struct og_buf_pool *pool = og_buf_pool_new();
        struct og_buf *bufs[MEMBERS];
        for (unsigned i = 0; i < MEMBERS; i++)
            bufs[i] = og_buf_pool_copy(pool, "tile", 5);
        og_buf_pool_destroy(&pool);
        assert_string_equal(og_crew_run(MEMBERS, let_go, bufs).text, OG_AS_CLAIMED);
        for (unsigned i = 0; i < MEMBERS; i++)
            assert_null(bufs[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nobody_gets_a_buffer_that_is_held),
        cmocka_unit_test(the_last_buffer_ends_the_pool),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
