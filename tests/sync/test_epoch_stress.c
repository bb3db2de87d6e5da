/* SPDX-License-Identifier: MIT */
/* Rungs two to four: order oracle and ownership stamp under readers and writers; CTest runs this on one core too. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sched.h>

#include "support/threads.h"
#include "sync/epoch.h"
#include "sync/ring.h"

enum { BOARDS = 4, NOTES = 512, MOST_MEMBERS = 8 };

struct wall;

/* All but `retired` and `author` is plain memory on purpose: the epoch's edges alone order it. */
struct note {
    struct og_retired retired; /* first */
    atomic_uint author;        /* who writes or reclaims it; 0 is nobody */
    unsigned board;
    uint64_t version;
    bool blank;
    struct wall *wall;
};

struct wall {
    struct og_epoch *epoch;
    unsigned writers;
    struct note *_Atomic boards[BOARDS];
    struct og_ring *blank;
    atomic_uint doubly_owned;
    uint64_t retired[MOST_MEMBERS];
    atomic_ullong reclaimed;
    struct note notes[NOTES];
};

static void push_patiently(struct og_ring *ring, void *item)
{
    while (!og_ring_push_pointer(ring, item))
        sched_yield();
}

static void wipe(struct og_retired *retired)
{
    struct note *note = (struct note *)retired;
    struct wall *wall = note->wall;
    unsigned before = atomic_exchange_explicit(&note->author, MOST_MEMBERS + 1, memory_order_relaxed);
    bool twice = note->blank;
    note->blank = true;
    unsigned after = atomic_exchange_explicit(&note->author, 0, memory_order_relaxed);
    if (before != 0 || after != MOST_MEMBERS + 1 || twice)
        atomic_fetch_add_explicit(&wall->doubly_owned, 1, memory_order_relaxed); /* read after the join */
    atomic_fetch_add_explicit(&wall->reclaimed, 1, memory_order_relaxed);        /* read after the join */
    push_patiently(wall->blank, note);
}

static void replace_note(struct og_member *member, struct wall *wall, struct note *note)
{
    const unsigned me = member->index + 1, board = og_member_random(member) % BOARDS;
    if (atomic_exchange_explicit(&note->author, me, memory_order_relaxed) != 0)
        og_member_fail(member, "a blank note belongs to somebody");
    og_epoch_enter(wall->epoch, member->index);
    struct note *old = atomic_load_explicit(&wall->boards[board], memory_order_acquire);
    note->board = board;
    note->blank = false;
    if (atomic_exchange_explicit(&note->author, 0, memory_order_relaxed) != me)
        og_member_fail(member, "a note was taken while it was written");
    do
        note->version = old->version + 1;
    while (!atomic_compare_exchange_weak_explicit(&wall->boards[board], &old, note, memory_order_acq_rel,
                                                  memory_order_acquire));
    og_epoch_retire(wall->epoch, &old->retired);
    og_epoch_leave(wall->epoch, member->index);
    wall->retired[member->index]++;
}

static void read_boards(struct og_member *member, struct wall *wall, uint64_t last[BOARDS])
{
    og_epoch_enter(wall->epoch, member->index);
    for (unsigned board = 0; board < BOARDS; board++) {
        const struct note *note = atomic_load_explicit(&wall->boards[board], memory_order_acquire);
        uint64_t version = note->version;
        if (og_member_random(member) % 256 == 0)
            sched_yield();
        if (note->blank || note->board != board || note->version != version)
            og_member_fail(member, "board %u shows a note that was wiped", board);
        if (version < last[board])
            og_member_fail(member, "board %u went from version %ju to %ju", board, (uintmax_t)last[board],
                           (uintmax_t)version);
        last[board] = version;
    }
    og_epoch_leave(wall->epoch, member->index);
}

static void live(struct og_member *member)
{
    struct wall *wall = member->shared;
    uint64_t last[BOARDS] = {0};
    while (og_member_has_time(member)) {
        struct note *note = member->index < wall->writers ? og_ring_pop(wall->blank) : NULL;
        if (note)
            replace_note(member, wall, note);
        else if (member->index < wall->writers)
            og_epoch_reclaim(wall->epoch);
        read_boards(member, wall, last);
    }
}

static void expect_no_wiped_notes(unsigned writers, unsigned readers)
{
    static struct wall wall;
    wall = (struct wall){.epoch = og_epoch_new(), .writers = writers, .blank = og_ring_new(NOTES)};
    for (unsigned i = 0; i < NOTES; i++) {
        struct note *note = &wall.notes[i];
        *note = (struct note){.retired.reclaim = wipe, .wall = &wall, .board = i, .blank = i >= BOARDS};
        if (i < BOARDS)
            atomic_init(&wall.boards[i], note);
        else
            assert_true(og_ring_push_pointer(wall.blank, note));
    }

    assert_string_equal(og_crew_run(writers + readers, live, &wall).text, OG_AS_CLAIMED);

    uint64_t retired = 0;
    for (unsigned i = 0; i < MOST_MEMBERS; i++)
        retired += wall.retired[i];
    og_epoch_destroy(&wall.epoch);
    assert_int_equal(atomic_load_explicit(&wall.doubly_owned, memory_order_relaxed), 0);
    assert_int_equal(atomic_load_explicit(&wall.reclaimed, memory_order_relaxed), retired);
    assert_int_equal(og_ring_count(wall.blank), NOTES - BOARDS);
    og_ring_destroy(&wall.blank);
}

static void one_writer_and_many_readers_never_see_a_wiped_note(void **state)
{
    (void)state;
    expect_no_wiped_notes(1, 7);
}

static void many_writers_and_readers_never_see_a_wiped_note(void **state)
{
    (void)state;
    expect_no_wiped_notes(4, 4);
}

static void writers_alone_lose_no_note(void **state)
{
    (void)state;
    expect_no_wiped_notes(8, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_writer_and_many_readers_never_see_a_wiped_note),
        cmocka_unit_test(many_writers_and_readers_never_see_a_wiped_note),
        cmocka_unit_test(writers_alone_lose_no_note),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
