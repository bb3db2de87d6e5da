/* SPDX-License-Identifier: MIT */
#include "support/cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "support/folder.h"
#include "support/slide_surgery.h"
#include "tool/inspect.h"

struct ward {
    struct folder *folder;
    struct surgery patient;
    struct og_inspected found;
};

static int setup(void **state)
{
    struct ward *w = *state = calloc(1, sizeof *w);
    w->folder = folder_make();
    surgery_add_patient(w->folder, "patient");
    w->patient = surgery_open(w->folder, "patient.tif");
    return 0;
}

static int teardown(void **state)
{
    struct ward *w = *state;
    surgery_close(&w->patient);
    folder_remove(&w->folder);
    free(w);
    return 0;
}

static bool go_on(void *context, uint64_t done, uint64_t all)
{
    (void)context;
    assert_true(done <= all);
    return true;
}

static const struct og_inspected *inspect(struct ward *w, unsigned threads)
{
    struct og_inspect_options options = {.threads = threads, .watch = go_on};
    struct og_slide *slide;
    struct og_error err = {0};
    surgery_save(&w->patient, w->folder, "patient.tif");
    if (og_slide_open(w->folder->fd, "patient.tif", 1, &slide, &err) != OG_OK ||
        og_inspect(slide, &options, &w->found, &err) != OG_OK)
        fail_msg("%s", err.text);
    og_slide_unref(&slide);
    return &w->found;
}

static void flip(struct ward *w, unsigned page, uint64_t index, unsigned slot)
{
    struct og_span tile = surgery_tile(&w->patient, page, index, slot);
    w->patient.bytes[(size_t)(tile.data - w->patient.bytes) + tile.size / 2] ^= 1;
}

static void expect_place(const struct og_damage *d, unsigned depth, uint32_t x, uint32_t y, bool whole_family)
{
    assert_int_equal(d->depth, depth);
    assert_int_equal(d->x, x);
    assert_int_equal(d->y, y);
    assert_int_equal(d->whole_family, whole_family);
    assert_true(d->reason[0] != '\0');
}

static void a_whole_slide_has_what_its_index_knows_and_no_damage(void **state)
{
    struct ward *w = *state;
    struct og_slide *slide;
    struct og_reader *reader;
    struct og_survey survey;
    struct og_error err;
    const struct og_inspected *found = inspect(w, 2);
    assert_int_equal(og_slide_open(w->folder->fd, "patient.tif", 1, &slide, &err), OG_OK);
    assert_int_equal(og_reader_new(OG_READER_PREAD, &reader, &err), OG_OK);
    assert_int_equal(og_slide_survey(slide, reader, &survey, &err), OG_OK);
    uint64_t tiles = 0, absent = 0, bytes = 0;
    for (unsigned depth = 0; depth < 3; depth++) {
        tiles += survey.depth[depth].tiles;
        absent += survey.depth[depth].absent;
        bytes += survey.depth[depth].bytes;
    }
    assert_true(absent > 0);
    assert_int_equal(found->tiles, tiles - absent);
    assert_int_equal(found->absent, absent);
    assert_int_equal(found->bytes, bytes);
    assert_int_equal(found->damaged, 0);
    assert_int_equal(found->lost, 0);
    og_reader_destroy(&reader);
    og_slide_unref(&slide);
}

static void a_flipped_bit_is_named_with_the_tiles_that_it_costs(void **state)
{
    struct ward *w = *state;
    uint64_t whole = inspect(w, 1)->tiles;

    flip(w, 0, 1, OG_SLOT_L0 + 6); /* L0 (2, 1) of family (1, 0) */
    const struct og_inspected *found = inspect(w, 1);
    assert_int_equal(found->damaged, 1);
    assert_int_equal(found->lost, 1);
    assert_int_equal(found->tiles, whole - 1);
    expect_place(&found->damage[0], 0, 6, 1, false);
    flip(w, 0, 1, OG_SLOT_L0 + 6);

    flip(w, 0, 1, OG_SLOT_L2);
    found = inspect(w, 1);
    assert_int_equal(found->damaged, 1);
    assert_int_equal(found->lost, OG_FAMILY_SLOTS);
    expect_place(&found->damage[0], 2, 1, 0, false);
    flip(w, 0, 1, OG_SLOT_L2);

    flip(w, 1, 1, 0);
    found = inspect(w, 1);
    assert_int_equal(found->damaged, 1);
    assert_int_equal(found->lost, 1);
    expect_place(&found->damage[0], 3, 1, 0, false);
}

static void a_damaged_index_entry_costs_its_family(void **state)
{
    struct ward *w = *state;
    struct og_span records = surgery_value(&w->patient, 0, OG_TAG_RECORDS);
    w->patient.bytes[(size_t)(records.data - w->patient.bytes) + OG_RECORD_BYTES(OG_FAMILY_SLOTS) + 20] ^= 1;
    const struct og_inspected *found = inspect(w, 1);
    assert_int_equal(found->damaged, 1);
    assert_int_equal(found->lost, OG_FAMILY_SLOTS);
    expect_place(&found->damage[0], 2, 1, 0, true);
}

static void a_tile_that_does_not_decode_is_damage_though_its_checksum_is_right(void **state)
{
    static const uint8_t hollow[] = {0xff, 0xd8, 0xff, 0xd9};
    struct ward *w = *state;
    surgery_set_tile(&w->patient, 0, 1, OG_SLOT_L1, (struct og_span){hollow, sizeof hollow});
    const struct og_inspected *found = inspect(w, 1);
    assert_int_equal(found->damaged, 1);
    expect_place(&found->damage[0], 1, 2, 0, false);
    assert_true(found->lost > 1);
}

static void what_is_found_does_not_depend_on_the_number_of_threads(void **state)
{
    struct ward *w = *state;
    static struct og_inspected one;
    for (uint64_t family = 0; family < 6; family++)
        flip(w, 0, family, OG_SLOT_L2);
    flip(w, 1, 0, 0);
    flip(w, 2, 0, 0);
    one = *inspect(w, 1);
    assert_int_equal(one.damaged, 8);
    for (unsigned threads = 2; threads < 9; threads += 3) {
        const struct og_inspected *found = inspect(w, threads);
        assert_int_equal(found->damaged, one.damaged);
        assert_int_equal(found->lost, one.lost);
        for (unsigned i = 0; i < one.damaged; i++)
            expect_place(&found->damage[i], one.damage[i].depth, one.damage[i].x, one.damage[i].y, false);
    }
}

static void a_file_that_was_cut_is_damaged_and_not_the_end(void **state)
{
    struct ward *w = *state;
    struct og_inspect_options options = {.threads = 2, .watch = go_on};
    struct og_slide *slide;
    struct og_error err = {0};
    char path[160];
    inspect(w, 1);
    assert_int_equal(og_slide_open(w->folder->fd, "patient.tif", 1, &slide, &err), OG_OK);
    snprintf(path, sizeof path, "%s/patient.tif", w->folder->path);
    assert_int_equal(truncate(path, 16), 0);
    assert_int_equal(og_inspect(slide, &options, &w->found, &err), OG_OK);
    assert_int_equal(w->found.damaged, 6 + 2 + 1);
    assert_int_equal(w->found.tiles, 0);
    og_slide_unref(&slide);
}

static bool stop(void *context, uint64_t done, uint64_t all)
{
    (void)context, (void)done, (void)all;
    return false;
}

static void it_stops_when_it_is_told_to(void **state)
{
    struct ward *w = *state;
    struct og_inspect_options options = {.threads = 2, .watch = stop};
    struct og_slide *slide;
    struct og_error err = {0};
    inspect(w, 1);
    assert_int_equal(og_slide_open(w->folder->fd, "patient.tif", 1, &slide, &err), OG_OK);
    assert_int_equal(og_inspect(slide, &options, &w->found, &err), OG_STOPPING);
    og_slide_unref(&slide);
}

int main(void)
{
#define ON_PATIENT(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
    const struct CMUnitTest tests[] = {
        ON_PATIENT(a_whole_slide_has_what_its_index_knows_and_no_damage),
        ON_PATIENT(a_flipped_bit_is_named_with_the_tiles_that_it_costs),
        ON_PATIENT(a_damaged_index_entry_costs_its_family),
        ON_PATIENT(a_tile_that_does_not_decode_is_damage_though_its_checksum_is_right),
        ON_PATIENT(what_is_found_does_not_depend_on_the_number_of_threads),
        ON_PATIENT(a_file_that_was_cut_is_damaged_and_not_the_end),
        ON_PATIENT(it_stops_when_it_is_told_to),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
