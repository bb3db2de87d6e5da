/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "engine/memory.h"
#include "support/cmocka_all.h"
#include "support/pictures.h"
#include "support/served.h"

enum { COPIES = 12, ACROSS = 8, TOP = 11, SIDE = ACROSS * 256, TILES = COPIES * ACROSS * ACROSS };

static int set_up(void **state)
{
    struct folder *folder = folder_make();
    struct picture noise = {.kind = PICTURE_NOISE, .width = SIDE, .height = SIDE};
    folder_add_slide(folder, "n", &noise);
    folder_add_names(folder, "n", COPIES);
    *state = folder;
    return 0;
}

static enum og_status ask(struct served *served, unsigned i, struct og_buf **out)
{
    char id[16];
    unsigned tile = i % (ACROSS * ACROSS);
    snprintf(id, sizeof id, "n-%u", i / (ACROSS * ACROSS));
    return served_ask(served, served->block, id, TOP, tile % ACROSS, tile / ACROSS, out);
}

static void held_answers_end_in_refusals_and_their_release_ends_those(void **state)
{
    const struct folder *folder = *state;
    static struct og_buf *held[TILES];
    struct og_engine_options options = {.workers = 1, .families = 2, .quality = 100};
    struct served served;
    served_open(&served, folder->path, options);
    size_t bytes = 0;
    unsigned n = 0;
    enum og_status status = OG_OK;
    while (n < TILES && (status = ask(&served, n, &held[n])) == OG_OK)
        bytes += held[n++]->size;
    assert_int_equal(status, OG_BUSY);
    assert_in_range(bytes, 16 << 20, og_engine_memory(&options));
    struct og_buf *other = NULL;
    assert_int_equal(ask(&served, TILES - 1, &other), OG_BUSY);

    for (unsigned i = 0; i < n; i++)
        og_buf_unref(&held[i]);

    assert_int_equal(ask(&served, TILES - 1, &other), OG_OK);
    og_buf_unref(&other);
    served_close(&served);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(held_answers_end_in_refusals_and_their_release_ends_those),
    };
    return cmocka_run_group_tests(tests, set_up, folder_teardown);
}
