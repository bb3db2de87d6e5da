/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "support/threads.h"

static struct og_buf *new_of(size_t size)
{
    struct og_buf *buf = og_buf_new(size);
    if (!buf)
        abort();
    return buf;
}

static void new_has_the_asked_size_and_one_owner(void **state)
{
    (void)state;
    struct og_buf *buf = new_of(100);

    memset(buf->data, 0xa5, 100);
    assert_int_equal(buf->size, 100);
    assert_int_equal(atomic_load_explicit(&buf->references, memory_order_relaxed), 1);
    og_buf_unref(&buf);
    assert_null(buf);
}

static void copy_holds_bytes_of_its_own(void **state)
{
    (void)state;
    char text[] = "tile";

    struct og_buf *buf = og_buf_copy(text, sizeof text);
    text[0] = 'p';

    assert_int_equal(buf->size, sizeof text);
    assert_string_equal((const char *)buf->data, "tile");
    og_buf_unref(&buf);
}

static void empty_buffers_exist(void **state)
{
    (void)state;
    struct og_buf *made = new_of(0), *copied = og_buf_copy(NULL, 0);

    assert_int_equal(made->size, 0);
    assert_int_equal(copied->size, 0);
    og_buf_unref(&made);
    og_buf_unref(&copied);
}

static void absurd_sizes_are_out_of_memory(void **state)
{
    (void)state;
    assert_null(og_buf_new(SIZE_MAX));
    assert_null(og_buf_new(SIZE_MAX - sizeof(struct og_buf)));
    assert_null(og_buf_new(SIZE_MAX - sizeof(struct og_buf) + 1));
}

static void bytes_live_until_the_last_owner_leaves(void **state)
{
    (void)state;
    struct og_buf *first = og_buf_copy("tile", 5), *second = og_buf_ref(first);
    assert_ptr_equal(first, second);

    og_buf_unref(&first);

    assert_null(first);
    assert_string_equal((const char *)second->data, "tile");
    og_buf_unref(&second);
}

static void unref_of_nothing_is_allowed(void **state)
{
    (void)state;
    struct og_buf *nothing = NULL;
    og_buf_unref(&nothing);
    assert_null(nothing);
}

static void cost_is_at_least_what_was_asked_for(void **state)
{
    (void)state;
    for (size_t size = 0; size < 5000; size += 7) {
        struct og_buf *buf = new_of(size);
        assert_in_range(og_buf_cost(buf), sizeof *buf + size, sizeof *buf + 2 * size + 64);
        og_buf_unref(&buf);
    }
}

/* Owners come and go in all threads; the sanitizers see a free too early, too often or never. */
static void come_and_go(struct og_member *member)
{
    struct og_buf *own = og_buf_ref(member->shared);
    while (og_member_has_time(member)) {
        struct og_buf *another = og_buf_ref(own);
        og_buf_unref(&own);
        own = another;
        if (memcmp(own->data, "tile", 5) != 0)
            og_member_fail(member, "the bytes changed");
    }
    og_buf_unref(&own);
}

static void owners_in_many_threads_see_the_same_bytes(void **state)
{
    (void)state;
    struct og_buf *buf = og_buf_copy("tile", 5);

    assert_string_equal(og_crew_run(4, come_and_go, buf).text, OG_AS_CLAIMED);

    assert_int_equal(atomic_load_explicit(&buf->references, memory_order_relaxed), 1);
    og_buf_unref(&buf);
}

struct dress {
    struct og_buf_dress dress;
    struct og_buf *left_by;
};

static void note_leaver(struct og_buf_dress *dress, struct og_buf *buf)
{
    ((struct dress *)dress)->left_by = buf;
}

static void a_dress_outlives_its_owners_and_sends_the_buffer_home(void **state)
{
    (void)state;
    struct dress first = {{note_leaver}, NULL}, second = {{note_leaver}, NULL};
    struct og_buf *buf = new_of(8), *same = buf, *other = og_buf_ref(buf);
    assert_null(og_buf_dress(buf));

    assert_ptr_equal(og_buf_put_on(buf, &first.dress), &first.dress);
    assert_ptr_equal(og_buf_put_on(buf, &second.dress), &first.dress);
    assert_ptr_equal(og_buf_dress(buf), &first.dress);
    og_buf_unref(&buf);
    assert_null(first.left_by);
    og_buf_unref(&other);

    assert_ptr_equal(first.left_by, same);
    assert_null(second.left_by);
    og_buf_send_home(same); /* a leak checker sees when it does not go */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(new_has_the_asked_size_and_one_owner),
        cmocka_unit_test(copy_holds_bytes_of_its_own),
        cmocka_unit_test(empty_buffers_exist),
        cmocka_unit_test(absurd_sizes_are_out_of_memory),
        cmocka_unit_test(bytes_live_until_the_last_owner_leaves),
        cmocka_unit_test(unref_of_nothing_is_allowed),
        cmocka_unit_test(a_dress_outlives_its_owners_and_sends_the_buffer_home),
        cmocka_unit_test(cost_is_at_least_what_was_asked_for),
        cmocka_unit_test(owners_in_many_threads_see_the_same_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
