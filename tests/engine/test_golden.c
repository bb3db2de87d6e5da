/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "support/cmocka_all.h"
#include "support/pictures.h"
#include "support/served.h"
#include "support/threads.h"
#include "tool/rebuild.h"

/* Golden pixels: what the engine answers is byte for byte what the tool rebuilds step after step. */

enum { TILES_MAX = 400, ASKERS = 4 };

struct golden {
    struct folder *folder;
    struct {
        uint32_t level, x, y;
        struct og_buf *buf;
    } tile[TILES_MAX];
    unsigned tiles;
};

static void rebuild_all(struct golden *g, const char *name)
{
    struct og_error err = {0};
    struct og_slide *slide;
    int directory = open(g->folder->path, O_RDONLY | O_DIRECTORY);
    assert_int_equal(og_slide_open(directory, name, 1, &slide, &err), OG_OK);
    struct og_rebuilder *rebuilder = og_rebuilder_new();
    const struct og_pyramid *pyramid = &og_slide_facts(slide)->pyramid;
    for (uint32_t level = 0; level <= pyramid->top; level++) {
        struct og_extent grid = og_pyramid_grid(pyramid, pyramid->top - level);
        for (uint32_t y = 0; y < grid.height; y++)
            for (uint32_t x = 0; x < grid.width; x++) {
                assert_true(g->tiles < TILES_MAX);
                g->tile[g->tiles].level = level;
                g->tile[g->tiles].x = x;
                g->tile[g->tiles].y = y;
                assert_int_equal(og_rebuilder_tile(rebuilder, slide, level, x, y, OG_REBUILD_QUALITY_DEFAULT,
                                                   &g->tile[g->tiles++].buf, &err),
                                 OG_OK);
            }
    }
    og_rebuilder_destroy(&rebuilder);
    og_slide_unref(&slide);
    close(directory);
}

static int setup(void **state)
{
    struct golden *g = calloc(1, sizeof *g);
    g->folder = folder_make();
    struct picture picture = {PICTURE_SMOOTH, 2500, 1700, 5};
    folder_add_slide(g->folder, "golden", &picture);
    rebuild_all(g, "golden.tif");
    *state = g;
    return 0;
}

static int teardown(void **state)
{
    struct golden *g = *state;
    for (unsigned i = 0; i < g->tiles; i++)
        og_buf_unref(&g->tile[i].buf);
    folder_remove(&g->folder);
    free(g);
    return 0;
}

struct round {
    struct golden *golden;
    struct served served;
    struct og_metrics_block *block[ASKERS];
};

static void ask_in_some_order(struct og_member *member)
{
    struct round *round = member->shared;
    struct golden *g = round->golden;
    for (unsigned n = 0; n < 2 * g->tiles; n++) {
        unsigned i = og_member_random(member) % g->tiles;
        struct og_buf *buf;
        enum og_status status = served_ask(&round->served, round->block[member->index], "golden", g->tile[i].level,
                                           g->tile[i].x, g->tile[i].y, &buf);
        if (status != OG_OK)
            og_member_fail(member, "level %u tile %u,%u: %s", g->tile[i].level, g->tile[i].x, g->tile[i].y,
                           og_status_text(status));
        else if (buf->size != g->tile[i].buf->size || memcmp(buf->data, g->tile[i].buf->data, buf->size) != 0)
            og_member_fail(member, "level %u tile %u,%u differs", g->tile[i].level, g->tile[i].x, g->tile[i].y);
        og_buf_unref(&buf);
    }
}

static void serve(struct golden *g, struct og_engine_options options)
{
    struct round round = {.golden = g};
    served_open(&round.served, g->folder->path, options);
    for (unsigned i = 0; i < ASKERS; i++)
        round.block[i] = og_metrics_take(round.served.metrics);
    assert_string_equal(og_crew_run(ASKERS, ask_in_some_order, &round).text, OG_AS_CLAIMED);
    served_close(&round.served);
}

static void one_two_and_eight_workers_serve_the_tools_bytes(void **state)
{
    static const unsigned workers[] = {1, 2, 8};
    for (size_t i = 0; i < sizeof workers / sizeof workers[0]; i++)
        serve(*state, (struct og_engine_options){.workers = workers[i], .cache_bytes = 64 << 20});
}

static void so_do_engines_without_a_cache_and_with_one_workplace(void **state)
{
    serve(*state, (struct og_engine_options){.workers = 2, .families = 1});
    serve(*state, (struct og_engine_options){.workers = 3, .families = 2, .cache_bytes = 1 << 20});
}

static void so_does_every_kind_of_reader(void **state)
{
    for (enum og_reader_kind kind = OG_READER_PREAD; kind < OG_READER_KINDS; kind++)
        serve(*state, (struct og_engine_options){.workers = 2, .cache_bytes = 1 << 20, .reader = kind});
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_two_and_eight_workers_serve_the_tools_bytes),
        cmocka_unit_test(so_do_engines_without_a_cache_and_with_one_workplace),
        cmocka_unit_test(so_does_every_kind_of_reader),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
