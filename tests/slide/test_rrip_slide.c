/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "slide/rrip_pack.h"
#include "slide/slide.h"
#include "support/cmocka_all.h"
#include "support/folder.h"
#include "support/process_use.h"
#include "support/rrip.h"

#define DZI(tile, overlap)                                                                                             \
    "<Image TileSize='" #tile "' Overlap='" #overlap "' Format='jpg'><Size Height='1030' Width='2100'/></Image>"

/* 2100 x 1030: three by two families; level 12 is full size, L2 is level 10. What is in tiles is nobody's business. */
static int setup(void **state)
{
    folder_setup(state);
    folder_write_text(*state, "a/baseline_pyramid.dzi", DZI(256, 0));
    for (int i = 0; i < 6; i++) {
        char name[64];
        snprintf(name, sizeof name, "a/baseline_pyramid_files/10/%d_%d.jpg", i % 3, i / 3);
        folder_write_text(*state, name, name);
    }
    return 0;
}

static enum og_status open_a(const struct folder *folder, struct og_slide **slide, struct og_error *err)
{
    return og_slide_open(folder->fd, "a", 5, slide, err);
}

static struct og_slide *opened(const struct folder *folder)
{
    struct og_slide *slide;
    struct og_error err;
    if (open_a(folder, &slide, &err) != OG_OK)
        fail_msg("%s", err.text);
    return slide;
}

static void expect_refusal(const struct folder *folder, enum og_status status, const char *reason)
{
    struct og_slide *slide;
    struct og_error err = {.text = ""};
    unsigned before = og_use_descriptors();
    enum og_status found = open_a(folder, &slide, &err);
    if (found != status || strncmp(err.text, "a: ", 3) != 0 || !strstr(err.text, reason))
        fail_msg("status %d, \"%s\"; expected %d, \"%s\"", found, err.text, status, reason);
    assert_int_equal(og_use_descriptors(), before);
    assert_int_equal(open_a(folder, &slide, NULL), status);
}

static void expect_predictor(const struct folder *folder, enum og_predictor predictor)
{
    struct og_slide *slide = opened(folder);
    assert_true(og_slide_facts(slide)->residual);
    assert_int_equal(og_slide_facts(slide)->prediction.predictor, predictor);
    og_slide_unref(&slide);
}

/* A family through a reader and a buffer of its own. */
struct reading {
    struct og_reader *reader;
    uint8_t *buffer;
    struct og_stored_family family;
    struct og_error err;
};

static enum og_status read_family(struct reading *r, const struct folder *folder, uint32_t fx, uint32_t fy)
{
    struct og_slide *slide = opened(folder);
    assert_int_equal(og_reader_new(OG_READER_PREAD, &r->reader, NULL), OG_OK);
    r->buffer = malloc(OG_SLIDE_BUFFER_BYTES);
    enum og_status status = og_slide_read_family(slide, r->reader, fx, fy, r->buffer, &r->family, &r->err);
    og_reader_destroy(&r->reader);
    og_slide_unref(&slide);
    return status;
}

static void assert_stream(const struct reading *r, unsigned slot, const char *text)
{
    assert_int_equal(r->family.stream[slot].size, strlen(text));
    assert_memory_equal(r->family.stream[slot].data, text, strlen(text));
}

/* ---- opening ---- */

static void a_folder_with_residuals_is_a_residual_slide_of_its_name(void **state)
{
    folder_write_text(*state, "a/residuals_q32/L0/0_0/0_0.jpg", "x");
    struct og_slide *slide = opened(*state);
    const struct og_slide_facts *facts = og_slide_facts(slide);
    assert_string_equal(facts->id, "a");
    assert_string_equal(facts->format, "rrip");
    assert_true(facts->residual);
    assert_int_equal(facts->pyramid.width, 2100);
    assert_int_equal(facts->pyramid.height, 1030);
    assert_int_equal(facts->last_depth, 12);
    og_slide_unref(&slide);
}

static void without_residuals_it_is_served_when_full_size_is_stored_and_refused_when_not(void **state)
{
    expect_refusal(*state, OG_DAMAGED, "no residuals in residual_packs or residuals_q");
    folder_directory(*state, "a/residual_packs");
    expect_refusal(*state, OG_DAMAGED, "and no stored tiles at full size");
    folder_write_text(*state, "a/baseline_pyramid_files/12/0_0.jpg", "full");
    struct og_slide *slide = opened(*state);
    assert_false(og_slide_facts(slide)->residual);
    og_slide_unref(&slide);
    struct reading r = {0};
    assert_int_equal(read_family(&r, *state, 0, 0), OG_NOT_FOUND);
    free(r.buffer);
}

static void residuals_need_tiles_of_256_without_overlap_and_a_level_to_start_from(void **state)
{
    folder_write_text(*state, "a/residual_packs/0_0.pack", "x");
    folder_write_text(*state, "a/baseline_pyramid.dzi", DZI(512, 0));
    expect_refusal(*state, OG_UNSUPPORTED, "tiles of 256 without overlap, not of 512 with 0");
    folder_write_text(*state, "a/baseline_pyramid.dzi", DZI(256, 1));
    expect_refusal(*state, OG_UNSUPPORTED, "tiles of 256 without overlap, not of 256 with 1");
    folder_write_text(*state, "a/baseline_pyramid.dzi",
                      "<Image TileSize='256' Overlap='0' Format='jpg'><Size Height='9000' Width='1'/></Image>");
    expect_refusal(*state, OG_DAMAGED, "baseline_pyramid_files/12 is missing");
    folder_write_text(*state, "a/baseline_pyramid.dzi",
                      "<Image TileSize='256' Overlap='0' Format='jpg'><Size Height='2' Width='1'/></Image>");
    expect_refusal(*state, OG_DAMAGED, "no level for them to start from");
}

static void links_are_never_followed(void **state)
{
    folder_write_text(*state, "packs/0_0.pack", "x");
    folder_link(*state, "../packs", "a/residual_packs");
    expect_refusal(*state, OG_UNSUPPORTED, "residual_packs: not a folder, or a symbolic link");
    folder_delete(*state, "a/residual_packs");
    folder_write_text(*state, "q/L0/0_0/0_0.jpg", "x");
    folder_link(*state, "../q", "a/residuals_q32");
    expect_refusal(*state, OG_UNSUPPORTED, "residuals_q32: not a folder, or a symbolic link");
    folder_delete(*state, "a/residuals_q32");
    folder_write_text(*state, "b", "x");
    folder_directory(*state, "a/residual_packs");
    folder_link(*state, "../../b", "a/residual_packs/residuals.bundle");
    expect_refusal(*state, OG_UNSUPPORTED, "residual_packs/residuals.bundle: a symbolic link");
    folder_delete(*state, "a/residual_packs/residuals.bundle");
    folder_write_text(*state, "a/residual_packs/0_0.pack", "x");
    folder_link(*state, "../b", "a/summary.json");
    expect_refusal(*state, OG_UNSUPPORTED, "summary.json: a symbolic link");

    struct og_slide *slide;
    struct og_error err;
    folder_link(*state, "a", "link");
    assert_int_equal(og_slide_open(((struct folder *)*state)->fd, "link", 1, &slide, &err), OG_UNSUPPORTED);
}

static void of_two_folders_of_loose_residuals_neither_is_guessed_at(void **state)
{
    folder_write_text(*state, "a/residuals_q32/L0/0_0/0_0.jpg", "x");
    folder_directory(*state, "a/residuals_j40");
    expect_refusal(*state, OG_UNSUPPORTED, "more than one folder of residuals");
}

static void the_summary_tells_how_predictions_are_rounded(void **state)
{
    folder_directory(*state, "a/residuals_j40");
    expect_predictor(*state, OG_PREDICTOR_BILINEAR_ROUNDED);
    folder_write_text(*state, "a/summary.json", "{\"mode\": \"ingest\", \"l1_residuals\": 4, \"parents\": 1}");
    expect_predictor(*state, OG_PREDICTOR_BILINEAR_ROUNDED);
    folder_write_text(*state, "a/summary.json", "{\"mode\": \"gpu-encode\"}");
    expect_predictor(*state, OG_PREDICTOR_BILINEAR_ROUNDED);
    folder_write_text(*state, "a/summary.json", "{\"residual_jpeg_q_L\": 32, \"l1_residuals\": 4, \"parents\": 1}");
    expect_predictor(*state, OG_PREDICTOR_BILINEAR_ROUNDED);
    folder_write_text(*state, "a/summary.json", "{\"l1_residuals\": 4, \"parents\": 1}");
    expect_predictor(*state, OG_PREDICTOR_BILINEAR);
    folder_write_text(*state, "a/summary.json", "{\"parents\": 1}");
    expect_predictor(*state, OG_PREDICTOR_BILINEAR_ROUNDED);
    folder_write_text(*state, "a/summary.json", "[]");
    expect_refusal(*state, OG_DAMAGED, "summary.json: not a JSON object");
    folder_write_text(*state, "a/summary.json", "{\"mode\": ");
    expect_refusal(*state, OG_DAMAGED, "summary.json: byte");
}

static void a_bundle_of_another_slide_or_cut_short_is_refused(void **state)
{
    uint8_t bundle[32 + 6 * 12] = "ORIB\1";
    bundle[6] = 3, bundle[8] = 2, bundle[10] = 6, bundle[14] = 32;
    folder_write(*state, "a/residual_packs/residuals.bundle", bundle, sizeof bundle);
    struct og_slide *slide = opened(*state);
    og_slide_unref(&slide);
    folder_write(*state, "a/residual_packs/residuals.bundle", bundle, sizeof bundle - 1);
    expect_refusal(*state, OG_DAMAGED,
                   "residual_packs/residuals.bundle: its index of 72 bytes at 32 lies past the end");
    folder_write(*state, "a/residual_packs/residuals.bundle", bundle, 31);
    expect_refusal(*state, OG_DAMAGED, "residual_packs/residuals.bundle: 32 bytes at 0 lie past the end");
    bundle[6] = 4;
    folder_write(*state, "a/residual_packs/residuals.bundle", bundle, sizeof bundle);
    expect_refusal(*state, OG_DAMAGED, "where the slide has 3 x 2");
}

/* ---- reading ---- */

static void loose_residuals_are_found_under_their_absolute_places_and_any_suffix(void **state)
{
    struct reading r = {0};
    folder_write_text(*state, "a/residuals_q32/L1/1_0/2_1.jpg", "one");
    folder_write_text(*state, "a/residuals_q32/L0/1_0/7_2.webp", "two");
    folder_write_text(*state, "a/residuals_q32/L0/1_0/4_0.jxl", "three");
    assert_int_equal(read_family(&r, *state, 1, 0), OG_OK);
    assert_stream(&r, OG_SLOT_L2, "a/baseline_pyramid_files/10/1_0.jpg");
    assert_stream(&r, OG_SLOT_L1 + 2, "one");
    assert_stream(&r, OG_SLOT_L0 + 11, "two");
    assert_stream(&r, OG_SLOT_L0, "three");
    assert_stream(&r, OG_SLOT_L0 + 1, "");
    assert_int_equal(r.family.damaged, 0);
    free(r.buffer);
}

static void a_loose_residual_that_cannot_be_read_damages_its_slot_alone(void **state)
{
    struct reading r = {0};
    static uint8_t huge[300000];
    folder_write(*state, "a/residuals_q32/L1/0_0/0_0.jpg", huge, sizeof huge);
    folder_write(*state, "a/residuals_q32/L1/0_0/1_0.jpg", huge, 0);
    folder_link(*state, "1_0.jpg", "a/residuals_q32/L1/0_0/0_1.jpg");
    folder_write_text(*state, "a/residuals_q32/L1/0_0/1_1.jpg", "good");
    folder_write_text(*state, "a/residuals_q32/else/0_0.jpg", "x");
    folder_link(*state, "else", "a/residuals_q32/L0");
    assert_int_equal(read_family(&r, *state, 0, 0), OG_OK);
    assert_int_equal(r.family.damaged, OG_SLOTS_L0 | (OG_SLOTS_L1 & ~(UINT32_C(1) << (OG_SLOT_L1 + 3))));
    assert_stream(&r, OG_SLOT_L1 + 3, "good");
    assert_non_null(r.family.reason);
    free(r.buffer);
}

static void write_pack(const struct folder *folder, const char *name, unsigned slot, const char *text)
{
    struct rrip_family family = {0};
    family.stream[slot] = og_buf_copy(text, strlen(text));
    struct og_buf *pack = rrip_pack(&family), *record = rrip_record((struct og_span){pack->data, pack->size});
    folder_write(folder, name, record->data, record->size);
    og_buf_unref(&family.stream[slot]);
    og_buf_unref(&pack);
    og_buf_unref(&record);
}

static void a_missing_pack_is_no_residuals_and_a_bad_one_an_error_that_names_it(void **state)
{
    struct reading r = {0};
    write_pack(*state, "a/residual_packs/1_0.pack", OG_SLOT_L0 + 3, "stream");
    assert_int_equal(read_family(&r, *state, 1, 0), OG_OK);
    assert_stream(&r, OG_SLOT_L2, "a/baseline_pyramid_files/10/1_0.jpg");
    assert_stream(&r, OG_SLOT_L0 + 3, "stream");
    free(r.buffer);
    assert_int_equal(read_family(&r, *state, 0, 0), OG_OK);
    for (unsigned slot = OG_SLOT_L1; slot < OG_FAMILY_SLOTS; slot++)
        assert_int_equal(r.family.stream[slot].size, 0);
    free(r.buffer);
    folder_write_text(*state, "a/residual_packs/0_0.pack", "garbage");
    assert_int_equal(read_family(&r, *state, 0, 0), OG_DAMAGED);
    assert_string_equal(r.err.text, "a: residual_packs/0_0.pack: it claims 1651663207 bytes, which no pack has");
    free(r.buffer);
    static uint8_t huge[OG_RRIP_RECORD_BYTES_MAX + 1];
    folder_write(*state, "a/residual_packs/0_0.pack", huge, sizeof huge);
    assert_int_equal(read_family(&r, *state, 0, 0), OG_DAMAGED);
    free(r.buffer);
}

static void residuals_beyond_the_slide_are_kept_in_L1_and_dropped_in_L0(void **state)
{
    struct reading r = {0};
    write_pack(*state, "a/residual_packs/2_1.pack", OG_SLOT_L1 + 3, "beyond"); /* the last family is 52 x 6 pixels */
    assert_int_equal(read_family(&r, *state, 2, 1), OG_OK);
    assert_stream(&r, OG_SLOT_L1 + 3, "beyond");
    free(r.buffer);
    write_pack(*state, "a/residual_packs/2_1.pack", OG_SLOT_L0 + 15, "beyond");
    assert_int_equal(read_family(&r, *state, 2, 1), OG_OK);
    assert_stream(&r, OG_SLOT_L0 + 15, "");
    free(r.buffer);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, folder_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_folder_with_residuals_is_a_residual_slide_of_its_name),
        TEST(without_residuals_it_is_served_when_full_size_is_stored_and_refused_when_not),
        TEST(residuals_need_tiles_of_256_without_overlap_and_a_level_to_start_from),
        TEST(links_are_never_followed),
        TEST(of_two_folders_of_loose_residuals_neither_is_guessed_at),
        TEST(the_summary_tells_how_predictions_are_rounded),
        TEST(a_bundle_of_another_slide_or_cut_short_is_refused),
        TEST(loose_residuals_are_found_under_their_absolute_places_and_any_suffix),
        TEST(a_loose_residual_that_cannot_be_read_damages_its_slot_alone),
        TEST(a_missing_pack_is_no_residuals_and_a_bad_one_an_error_that_names_it),
        TEST(residuals_beyond_the_slide_are_kept_in_L1_and_dropped_in_L0),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
