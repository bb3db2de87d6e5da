/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "answers.h"
#include "support/cmocka_all.h"
#include "support/pictures.h"
#include "support/served.h"
#include "support/threads.h"

/* Slides with chroma residuals beside the same pictures without: both as the tool rebuilds them, from one cache. */

enum { SIZES = 7, SLIDES = 2 * SIZES, ASKERS = 4, CHROMA_STEP = 9 };

static const struct og_extent sizes[SIZES] = {{1, 1},      {3, 5},       {9, 700},    {257, 255},
                                              {530, 1026}, {1024, 1024}, {1290, 1100}};

struct pair {
    struct folder *folder;
    struct og_slide *slide[SLIDES];
    struct answers *rebuilt[SLIDES];
};

static bool has_chroma(unsigned slide)
{
    return slide % 2 == 1;
}

static void name_of(unsigned slide, char name[16])
{
    snprintf(name, 16, "s%u", slide);
}

static int setup(void **state)
{
    struct pair *pair = calloc(1, sizeof *pair);
    pair->folder = folder_make();
    int directory = open(pair->folder->path, O_RDONLY | O_DIRECTORY);
    *state = pair;
    for (unsigned i = 0; i < SLIDES; i++) {
        struct picture picture = {i % 4 < 2 ? PICTURE_NOISE : PICTURE_SMOOTH, sizes[i / 2].width, sizes[i / 2].height,
                                  i / 2};
        char name[16], file[24];
        struct og_error err;
        name_of(i, name);
        snprintf(file, sizeof file, "%s.tif", name);
        folder_add_coloured_slide(pair->folder, name, &picture, has_chroma(i) ? CHROMA_STEP : 0);
        if (og_slide_open(directory, file, 1 + i, &pair->slide[i], &err) != OG_OK)
            return -1;
        pair->rebuilt[i] = answers_rebuilt(pair->slide[i]);
        if (answers_failed(pair->rebuilt[i]))
            return -1;
    }
    close(directory);
    return 0;
}

static int teardown(void **state)
{
    struct pair *pair = *state;
    for (unsigned i = 0; i < SLIDES; i++) {
        answers_free(&pair->rebuilt[i]);
        og_slide_unref(&pair->slide[i]);
    }
    folder_remove(&pair->folder);
    free(pair);
    return 0;
}

static bool differs(const struct pair *pair, unsigned slide, unsigned tile)
{
    const struct og_buf *a = pair->rebuilt[slide]->tile[tile].buf, *b = pair->rebuilt[slide + 1]->tile[tile].buf;
    return a->size != b->size || memcmp(a->data, b->data, a->size) != 0;
}

static void slides_say_whether_they_have_chroma_residuals(void **state)
{
    const struct pair *pair = *state;
    for (unsigned i = 0; i < SLIDES; i++) {
        const struct og_slide_facts *facts = og_slide_facts(pair->slide[i]);
        assert_int_equal(facts->prediction.corrects_chroma, has_chroma(i));
        assert_int_equal(facts->description.encoder.chroma_step, has_chroma(i) ? CHROMA_STEP : 0);
        const struct og_buf *json = og_slide_json(pair->slide[i]);
        assert_int_equal(memmem(json->data, json->size, "chroma", 6) != NULL, has_chroma(i));
    }
}

static void chroma_residuals_bring_full_size_nearer_to_the_source(void **state)
{
    const struct pair *pair = *state;
    unsigned changed = 0;
    for (unsigned i = 0; i < SLIDES; i += 2) {
        const struct og_description *without = &og_slide_facts(pair->slide[i])->description;
        const struct og_description *with = &og_slide_facts(pair->slide[i + 1])->description;
        if (sizes[i / 2].width >= 257 && i % 4 < 2)
            assert_true(with->fidelity[0].psnr_rgb > without->fidelity[0].psnr_rgb + 0.5);
        uint32_t top = og_slide_facts(pair->slide[i])->pyramid.top;
        for (unsigned t = 0; t < pair->rebuilt[i]->count; t++) {
            bool is_full_size = pair->rebuilt[i]->tile[t].level == top;
            changed += is_full_size && differs(pair, i, t);
        }
    }
    assert_true(changed > 30);
}

struct round {
    const struct pair *pair;
    struct served served;
    struct og_metrics_block *block[ASKERS];
};

static void ask_for_tiles_of_all(struct og_member *member)
{
    struct round *round = member->shared;
    for (unsigned n = 0; n < 300; n++) {
        unsigned slide = og_member_random(member) % SLIDES;
        const struct answers *due = round->pair->rebuilt[slide];
        const struct answer *tile = &due->tile[og_member_random(member) % due->count];
        char name[16];
        struct og_buf *buf;
        name_of(slide, name);
        enum og_status status =
            served_ask(&round->served, round->block[member->index], name, tile->level, tile->x, tile->y, &buf);
        if (status != OG_OK)
            og_member_fail(member, "%s level %u tile %u,%u: %s", name, tile->level, tile->x, tile->y,
                           og_status_text(status));
        else if (buf->size != tile->buf->size || memcmp(buf->data, tile->buf->data, buf->size) != 0)
            og_member_fail(member, "%s level %u tile %u,%u differs", name, tile->level, tile->x, tile->y);
        og_buf_unref(&buf);
    }
}

static void serve(const struct pair *pair, struct og_engine_options options)
{
    struct round round = {.pair = pair};
    served_open(&round.served, pair->folder->path, options);
    for (unsigned i = 0; i < ASKERS; i++)
        round.block[i] = og_metrics_take(round.served.metrics);
    assert_string_equal(og_crew_run(ASKERS, ask_for_tiles_of_all, &round).text, OG_AS_CLAIMED);
    served_close(&round.served);
}

static void engines_of_any_size_serve_the_tools_bytes_of_both_from_one_cache(void **state)
{
    static const unsigned workers[] = {1, 2, 8};
    for (size_t i = 0; i < sizeof workers / sizeof workers[0]; i++)
        serve(*state, (struct og_engine_options){.workers = workers[i], .cache_bytes = 64 << 20});
}

static void so_do_engines_that_use_one_workplace_for_both(void **state)
{
    serve(*state, (struct og_engine_options){.workers = 2, .families = 1});
    serve(*state, (struct og_engine_options){.workers = 3, .families = 2, .cache_bytes = 1 << 20});
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(slides_say_whether_they_have_chroma_residuals),
        cmocka_unit_test(chroma_residuals_bring_full_size_nearer_to_the_source),
        cmocka_unit_test(engines_of_any_size_serve_the_tools_bytes_of_both_from_one_cache),
        cmocka_unit_test(so_do_engines_that_use_one_workplace_for_both),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
