/* SPDX-License-Identifier: MIT */
/* A lost wake-up leaves somebody asleep for ever: the test then does not end, and CTest's TIMEOUT says so. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdalign.h>

#include "support/threads.h"
#include "sync/park.h"
#include "sync/ring.h"

enum { MOST_MEMBERS = 8, SLOTS = 4 };

struct works {
    struct og_park items, room;
    struct og_ring *ring;
    unsigned producers;
    atomic_uint producing;
    uint64_t made[MOST_MEMBERS], used[MOST_MEMBERS];
};

static void push_or_sleep(struct works *works, void *item)
{
    while (!og_ring_push_pointer(works->ring, item)) {
        uint32_t ticket = og_park_prepare(&works->room);
        if (og_ring_push_pointer(works->ring, item)) {
            og_park_cancel(&works->room);
            break;
        }
        og_park_wait(&works->room, ticket);
    }
    og_park_notify_one(&works->items);
}

static void *pop_once(struct works *works, bool *over)
{
    *over = atomic_load_explicit(&works->producing, memory_order_acquire) == 0;
    return og_ring_pop(works->ring);
}

static void *pop_or_sleep(struct works *works)
{
    for (;;) {
        bool over;
        void *item = pop_once(works, &over);
        if (item || over)
            return item;
        uint32_t ticket = og_park_prepare(&works->items);
        item = pop_once(works, &over);
        if (item || over) {
            og_park_cancel(&works->items);
            return item;
        }
        og_park_wait(&works->items, ticket);
    }
}

static void work(struct og_member *member)
{
    struct works *works = member->shared;
    if (member->index < works->producers) {
        for (; og_member_has_time(member); works->made[member->index]++)
            push_or_sleep(works, works);
        atomic_fetch_sub_explicit(&works->producing, 1, memory_order_release); /* to pop_once */
        og_park_notify_all(&works->items);
        return;
    }
    for (; pop_or_sleep(works); works->used[member->index]++)
        og_park_notify_one(&works->room);
}

static void expect_all_items_used(unsigned producers, unsigned consumers)
{
    struct works works = {.producers = producers, .ring = og_ring_new(SLOTS)};
    og_park_init(&works.items);
    og_park_init(&works.room);
    atomic_init(&works.producing, producers);

    struct og_verdict verdict = og_crew_run(producers + consumers, work, &works);

    uint64_t made = 0, used = 0;
    for (unsigned i = 0; i < MOST_MEMBERS; i++) {
        made += works.made[i];
        used += works.used[i];
    }
    assert_string_equal(verdict.text, OG_AS_CLAIMED);
    assert_int_equal(used, made);
    assert_int_equal(atomic_load_explicit(&works.items.waiters, memory_order_relaxed), 0);
    assert_int_equal(atomic_load_explicit(&works.room.waiters, memory_order_relaxed), 0);
    og_ring_destroy(&works.ring);
}

static void one_producer_and_one_consumer_lose_no_wake_up(void **state)
{
    (void)state;
    expect_all_items_used(1, 1);
}

static void many_producers_and_one_consumer_lose_no_wake_up(void **state)
{
    (void)state;
    expect_all_items_used(6, 1);
}

static void one_producer_and_many_consumers_lose_no_wake_up(void **state)
{
    (void)state;
    expect_all_items_used(1, 6);
}

static void many_of_both_lose_no_wake_up(void **state)
{
    (void)state;
    expect_all_items_used(4, 4);
}

struct side {
    struct og_park park;
    alignas(64) atomic_uint turn; /* how often the ball has come here: written by the other side only */
};

struct rally {
    struct side sides[2];
    alignas(64) unsigned strokes; /* plain memory, as the two below: only who has the ball may touch it */
    unsigned wrong;
    bool over;
};

static bool has_ball(struct side *side, unsigned turn)
{
    return atomic_load_explicit(&side->turn, memory_order_acquire) >= turn;
}

/* Looks for a random while before it parks, so that parking often meets the very moment of the other one's notify. */
static void await_ball(struct og_member *member, struct side *side, unsigned turn)
{
    for (uint32_t looks = og_member_random(member) % 1024; looks > 0; looks--)
        if (has_ball(side, turn))
            return;
    while (!has_ball(side, turn)) {
        uint32_t ticket = og_park_prepare(&side->park);
        if (has_ball(side, turn))
            og_park_cancel(&side->park);
        else
            og_park_wait(&side->park, ticket);
    }
}

static void play(struct og_member *member)
{
    struct rally *rally = member->shared;
    unsigned me = member->index;
    struct side *mine = &rally->sides[me], *other = &rally->sides[1 - me];
    bool over = false;
    for (unsigned turn = 1; !over; turn++) {
        await_ball(member, mine, turn);
        rally->wrong += rally->strokes++ != 2 * (turn - 1) + me;
        over = rally->over || !og_member_has_time(member);
        rally->over = over;
        atomic_store_explicit(&other->turn, turn + me, memory_order_release); /* release only, on purpose */
        og_park_notify_one(&other->park);
    }
}

static void work_published_with_release_only_is_never_overlooked(void **state)
{
    (void)state;
    struct rally rally = {0};
    og_park_init(&rally.sides[0].park);
    og_park_init(&rally.sides[1].park);
    atomic_init(&rally.sides[0].turn, 1);
    assert_string_equal(og_crew_run(2, play, &rally).text, OG_AS_CLAIMED);
    assert_int_equal(rally.wrong, 0);
    assert_int_equal(atomic_load_explicit(&rally.sides[0].park.waiters, memory_order_relaxed), 0);
    assert_int_equal(atomic_load_explicit(&rally.sides[1].park.waiters, memory_order_relaxed), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_producer_and_one_consumer_lose_no_wake_up),
        cmocka_unit_test(many_producers_and_one_consumer_lose_no_wake_up),
        cmocka_unit_test(one_producer_and_many_consumers_lose_no_wake_up),
        cmocka_unit_test(many_of_both_lose_no_wake_up),
        cmocka_unit_test(work_published_with_release_only_is_never_overlooked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
