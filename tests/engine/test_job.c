/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "../../src/engine/job.h"
#include "support/cmocka_all.h"

/*
 * The job's table without threads: a tiny scheduler that pops tasks in a chosen order and pretends to run them.
 */
struct desk {
    struct og_job job;
    struct og_workplace place;
    struct og_task *queue[2][256];
    unsigned count[2];
    struct og_waiter waiter[OG_FAMILY_SLOTS];
};

static void push(struct desk *desk, struct og_ready *ready)
{
    for (unsigned i = 0; i < ready->count; i++) {
        int side = ready->item[i].demanded;
        desk->queue[side][desk->count[side]++] = ready->item[i].task;
    }
    ready->count = 0;
}

static void join(struct desk *desk, unsigned slot)
{
    struct og_ready ready = {0};
    struct og_buf *buf = NULL;
    assert_int_equal(og_job_join_locked(&desk->job, slot, &desk->waiter[slot], &ready, &buf), OG_PENDING);
    push(desk, &ready);
}

static void open_desk(struct desk *desk, unsigned slot, uint32_t present, uint32_t damaged)
{
    struct og_key key = og_key_make(1, 2, OG_KEY_FAMILY, 0, 0);
    static const uint8_t byte;
    memset(desk, 0, sizeof *desk);
    assert_int_equal(og_job_init(&desk->job), OG_OK);
    og_job_queue(&desk->job, &key, NULL, true, 0, 0, 0, 0);
    desk->job.place = &desk->place;
    for (unsigned i = 0; i < OG_FAMILY_SLOTS; i++)
        if (present >> i & 1)
            desk->place.stored.stream[i] = (struct og_span){&byte, 1};
    desk->place.stored.damaged = damaged;
    join(desk, slot);
}

static struct og_waiter *begin(struct desk *desk, uint32_t slots)
{
    struct og_ready ready = {0};
    struct og_waiter *lost = og_job_begin_locked(&desk->job, slots, &ready);
    push(desk, &ready);
    return lost;
}

/* Runs everything that one side holds, and says in which order encode tasks came. */
static unsigned run(struct desk *desk, int side, unsigned *encoded)
{
    unsigned n = 0;
    while (desk->count[side]) {
        struct og_task *task = desk->queue[side][--desk->count[side]];
        desk->job.entries--;
        enum og_claim claim = og_job_claim_locked(&desk->job, task, side ? OG_DEMAND : OG_SPECULATION);
        if (claim == OG_CLAIM_LATER) {
            desk->job.entries++;
            desk->queue[0][desk->count[0]++] = task;
        }
        if (claim != OG_CLAIM_RUN)
            continue;
        struct og_ready ready = {0};
        struct og_buf *buf = task->stage == OG_STAGE_ENCODE ? og_buf_new(1) : NULL;
        og_job_finish_locked(&desk->job, task, true, buf, &ready);
        push(desk, &ready);
        if (task->stage == OG_STAGE_ENCODE)
            encoded[n++] = task->slot;
    }
    return n;
}

static void close_desk(struct desk *desk)
{
    for (unsigned i = 0; i < OG_FAMILY_SLOTS; i++)
        og_buf_unref(&desk->job.result[i]);
    og_job_fini(&desk->job);
}

static const uint32_t all = 0x1fffff;

static void demand_runs_the_closure_of_the_slot_and_nothing_else(void **state)
{
    (void)state;
    for (unsigned slot = OG_SLOT_L1; slot < OG_FAMILY_SLOTS; slot++) {
        struct desk desk;
        unsigned encoded[OG_FAMILY_SLOTS];
        open_desk(&desk, slot, all, 0);
        assert_null(begin(&desk, all));

        assert_int_equal(run(&desk, 1, encoded), 1);

        assert_int_equal(encoded[0], slot);
        assert_non_null(desk.job.result[slot]);
        for (unsigned i = 0; i < OG_FAMILY_SLOTS; i++)
            assert_int_equal(desk.job.state[OG_STAGE_DECODE][i] == OG_TASK_DONE, og_slot_closure(slot) >> i & 1);
        close_desk(&desk);
    }
}

static void speculation_finishes_every_other_slot_of_the_slide(void **state)
{
    (void)state;
    struct desk desk;
    unsigned encoded[OG_FAMILY_SLOTS];
    uint32_t slots = all & ~(1u << 20 | 1u << 4);
    open_desk(&desk, OG_SLOT_L0, 1 | OG_SLOTS_L1, 0);
    begin(&desk, slots);

    run(&desk, 1, encoded);
    run(&desk, 0, encoded);

    for (unsigned i = OG_SLOT_L1; i < OG_FAMILY_SLOTS; i++)
        assert_int_equal(desk.job.result[i] != NULL, slots >> i & 1);
    assert_int_equal(desk.job.entries, 1);
    close_desk(&desk);
}

static void whoever_joins_late_lifts_his_tasks_to_demand(void **state)
{
    (void)state;
    struct desk desk;
    unsigned encoded[OG_FAMILY_SLOTS];
    open_desk(&desk, OG_SLOT_L0, all, 0);
    begin(&desk, all);
    run(&desk, 1, encoded);
    assert_null(desk.job.result[OG_SLOT_L0 + 15]);

    join(&desk, OG_SLOT_L0 + 15);
    unsigned n = run(&desk, 1, encoded);

    assert_int_equal(n, 1);
    assert_int_equal(encoded[0], OG_SLOT_L0 + 15);
    run(&desk, 0, encoded);
    assert_int_equal(desk.job.entries, 1);
    close_desk(&desk);
}

static void dropped_tasks_come_back_when_somebody_waits_after_all(void **state)
{
    (void)state;
    struct desk desk;
    unsigned encoded[OG_FAMILY_SLOTS];
    open_desk(&desk, OG_SLOT_L0, all, 0);
    begin(&desk, all);
    run(&desk, 1, encoded);
    while (desk.count[0]) {
        og_job_drop_locked(&desk.job, desk.queue[0][--desk.count[0]]);
        desk.job.entries--;
    }
    assert_int_equal(desk.job.entries, 1);

    join(&desk, OG_SLOT_L1 + 3);

    assert_int_equal(run(&desk, 1, encoded), 1);
    assert_int_equal(encoded[0], OG_SLOT_L1 + 3);
    close_desk(&desk);
}

static void demand_that_was_taken_back_becomes_speculation(void **state)
{
    (void)state;
    struct desk desk;
    unsigned encoded[OG_FAMILY_SLOTS];
    open_desk(&desk, 7, ~UINT32_C(0), 0);
    begin(&desk, ~UINT32_C(0));
    unsigned demanded = desk.count[1];
    assert_true(demanded > 0);

    assert_false(og_job_withdraw_locked(&desk.job, 8, &desk.waiter[7]));
    assert_true(og_job_withdraw_locked(&desk.job, 7, &desk.waiter[7]));
    assert_false(og_job_withdraw_locked(&desk.job, 7, &desk.waiter[7]));
    assert_int_equal(run(&desk, 1, encoded), 0);
    assert_int_equal(desk.count[0], OG_FAMILY_SLOTS);
    assert_int_equal(run(&desk, 0, encoded), OG_FAMILY_SLOTS - 1);
    assert_int_equal(desk.job.entries, 1);
    close_desk(&desk);
}

static void whoever_comes_back_lifts_the_tasks_again(void **state)
{
    (void)state;
    struct desk desk;
    unsigned encoded[OG_FAMILY_SLOTS];
    open_desk(&desk, 7, ~UINT32_C(0), 0);
    begin(&desk, ~UINT32_C(0));
    for (unsigned round = 0; round < 3; round++) {
        assert_true(og_job_withdraw_locked(&desk.job, 7, &desk.waiter[7]));
        if (round)
            assert_int_equal(run(&desk, 1, encoded), 0);
        join(&desk, 7);
        assert_true(desk.count[0] <= OG_FAMILY_SLOTS);
    }
    assert_int_equal(run(&desk, 1, encoded), 1);
    assert_int_equal(encoded[0], 7);
    assert_int_equal(run(&desk, 0, encoded), OG_FAMILY_SLOTS - 2);
    assert_int_equal(desk.job.entries, 1);
    close_desk(&desk);
}

static void one_of_two_who_wait_may_leave(void **state)
{
    (void)state;
    struct desk desk;
    unsigned encoded[OG_FAMILY_SLOTS];
    struct og_waiter other = {0};
    struct og_ready ready = {0};
    struct og_buf *buf = NULL;
    open_desk(&desk, 7, ~UINT32_C(0), 0);
    assert_int_equal(og_job_join_locked(&desk.job, 7, &other, &ready, &buf), OG_PENDING);
    begin(&desk, ~UINT32_C(0));
    assert_true(og_job_withdraw_locked(&desk.job, 7, &desk.waiter[7]));
    assert_int_equal(run(&desk, 1, encoded), 1);
    assert_int_equal(encoded[0], 7);
    close_desk(&desk);
}

static void an_answer_that_is_there_is_given_at_once(void **state)
{
    (void)state;
    struct desk desk;
    unsigned encoded[OG_FAMILY_SLOTS];
    struct og_ready ready = {0};
    struct og_waiter late = {0};
    struct og_buf *buf = NULL;
    open_desk(&desk, OG_SLOT_L0, all, 0);
    begin(&desk, all);
    run(&desk, 1, encoded);

    assert_int_equal(og_job_join_locked(&desk.job, OG_SLOT_L0, &late, &ready, &buf), OG_OK);

    assert_ptr_equal(buf, desk.job.result[OG_SLOT_L0]);
    assert_int_equal(ready.count, 0);
    og_buf_unref(&buf);
    close_desk(&desk);
}

static void damage_costs_exactly_the_slots_that_are_rebuilt_from_it(void **state)
{
    (void)state;
    for (unsigned bad = 0; bad < OG_FAMILY_SLOTS; bad++) {
        struct desk desk;
        unsigned encoded[OG_FAMILY_SLOTS];
        open_desk(&desk, OG_SLOT_L0 + 5, all & ~(1u << bad), 1u << bad);
        bool lost = og_slot_closure(OG_SLOT_L0 + 5) >> bad & 1;

        assert_int_equal(begin(&desk, all) != NULL, lost);
        run(&desk, 1, encoded);
        run(&desk, 0, encoded);

        for (unsigned i = OG_SLOT_L1; i < OG_FAMILY_SLOTS; i++)
            assert_int_equal(desk.job.result[i] == NULL, og_slot_closure(i) >> bad & 1);
        close_desk(&desk);
    }
}

static void a_failed_decode_answers_those_who_needed_it_and_no_others(void **state)
{
    (void)state;
    struct desk desk;
    unsigned encoded[OG_FAMILY_SLOTS];
    open_desk(&desk, OG_SLOT_L0, all, 0);
    join(&desk, OG_SLOT_L0 + 3);
    begin(&desk, all);
    struct og_task *task = &desk.job.tasks[OG_STAGE_DECODE][OG_SLOT_L1];
    assert_int_equal(og_job_claim_locked(&desk.job, task, OG_DEMAND), OG_CLAIM_RUN);
    desk.job.failure = OG_DAMAGED;
    struct og_ready ready = {0};

    struct og_waiter *lost = og_job_finish_locked(&desk.job, task, false, NULL, &ready);

    assert_ptr_equal(lost, &desk.waiter[OG_SLOT_L0]);
    assert_null(lost->next);
    run(&desk, 1, encoded);
    assert_non_null(desk.job.result[OG_SLOT_L0 + 3]);
    struct og_waiter late = {0};
    struct og_buf *buf = NULL;
    assert_int_equal(og_job_join_locked(&desk.job, OG_SLOT_L0 + 1, &late, &ready, &buf), OG_DAMAGED);
    close_desk(&desk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(demand_runs_the_closure_of_the_slot_and_nothing_else),
        cmocka_unit_test(speculation_finishes_every_other_slot_of_the_slide),
        cmocka_unit_test(whoever_joins_late_lifts_his_tasks_to_demand),
        cmocka_unit_test(dropped_tasks_come_back_when_somebody_waits_after_all),
        cmocka_unit_test(demand_that_was_taken_back_becomes_speculation),
        cmocka_unit_test(whoever_comes_back_lifts_the_tasks_again),
        cmocka_unit_test(one_of_two_who_wait_may_leave),
        cmocka_unit_test(an_answer_that_is_there_is_given_at_once),
        cmocka_unit_test(damage_costs_exactly_the_slots_that_are_rebuilt_from_it),
        cmocka_unit_test(a_failed_decode_answers_those_who_needed_it_and_no_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
