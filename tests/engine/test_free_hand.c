/* SPDX-License-Identifier: MIT */
#include "../../src/engine/engine_parts.h"
#include "support/cmocka_all.h"

/* Workers without threads: what they noted about themselves, and the rings that they serve. The first is reserved. */

enum { WORKERS = 3 };

struct crew {
    struct og_engine engine;
    struct og_worker workers[WORKERS];
};

static int setup(void **state)
{
    static struct crew crew;
    crew = (struct crew){.engine.options.workers = WORKERS, .engine.workers = crew.workers};
    crew.workers[0].reserved = true;
    crew.engine.front_families = og_ring_new(2);
    crew.engine.front_tiles = og_ring_new(2);
    for (unsigned i = 0; i < OG_STAGES * OG_URGENCIES; i++)
        crew.engine.stage[i / OG_URGENCIES][i % OG_URGENCIES] = og_ring_new(2);
    *state = &crew;
    return 0;
}

static int teardown(void **state)
{
    struct crew *crew = *state;
    og_ring_destroy(&crew->engine.front_families);
    og_ring_destroy(&crew->engine.front_tiles);
    for (unsigned i = 0; i < OG_STAGES * OG_URGENCIES; i++)
        og_ring_destroy(&crew->engine.stage[i / OG_URGENCIES][i % OG_URGENCIES]);
    return 0;
}

/* Bit i of `busy` is worker i. */
static bool is_free(struct crew *crew, unsigned busy)
{
    for (unsigned i = 0; i < WORKERS; i++)
        atomic_store_explicit(&crew->workers[i].busy_since_ns, busy >> i & 1, memory_order_relaxed); /* one thread */
    return og_engine_has_hand_free(&crew->engine);
}

static bool is_free_with(struct crew *crew, struct og_ring *ring, unsigned busy)
{
    int work = 0;
    void *item = &work;
    assert_true(og_ring_push(ring, item));
    bool free = is_free(crew, busy);
    assert_ptr_equal(og_ring_pop(ring), &work);
    return free;
}

static void a_hand_is_free_when_one_works_and_another_has_nothing_to_do(void **state)
{
    for (unsigned busy = 0; busy < 1 << WORKERS; busy++)
        assert_int_equal(is_free(*state, busy), busy != 0 && busy != (1 << WORKERS) - 1);
}

static void who_sleeps_over_demand_is_not_free(void **state)
{
    struct crew *crew = *state;
    struct og_ring *demand[] = {
        crew->engine.front_families, crew->engine.front_tiles, crew->engine.stage[OG_STAGE_DECODE][OG_DEMAND],
        crew->engine.stage[OG_STAGE_RESIDUAL][OG_DEMAND], crew->engine.stage[OG_STAGE_ENCODE][OG_DEMAND]};
    for (size_t i = 0; i < sizeof demand / sizeof demand[0]; i++)
        for (unsigned busy = 0; busy < 1 << WORKERS; busy++)
            assert_false(is_free_with(crew, demand[i], busy));
}

/* The reserved worker does not serve it. */
static void over_speculation_only_the_reserved_one_is_free(void **state)
{
    struct crew *crew = *state;
    for (unsigned stage = 0; stage < OG_STAGES; stage++) {
        assert_true(is_free_with(crew, crew->engine.stage[stage][OG_SPECULATION], 6));
        assert_false(is_free_with(crew, crew->engine.stage[stage][OG_SPECULATION], 3));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_hand_is_free_when_one_works_and_another_has_nothing_to_do, setup, teardown),
        cmocka_unit_test_setup_teardown(who_sleeps_over_demand_is_not_free, setup, teardown),
        cmocka_unit_test_setup_teardown(over_speculation_only_the_reserved_one_is_free, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
