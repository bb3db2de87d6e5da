/* SPDX-License-Identifier: MIT */
#include "support/cmocka_all.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "slide/slide.h"
#include "support/folder.h"
#include "tool/encode.h"
#include "tool/source_kept.h"
#include "tool/taps_fit.h"
#include "tool/tissue.h"

static const struct og_encode_options usual = {.wish = {.l0_step = 10, .trellis = true}, .threads = 2};

static struct og_reader *eye; /* of the test's thread */

static int make_reader(void **state)
{
    (void)state;
    return og_reader_new(OG_READER_PREAD, &eye, NULL) == OG_OK ? 0 : -1;
}

static int end_reader(void **state)
{
    (void)state;
    og_reader_destroy(&eye);
    return 0;
}

static enum og_status encode_tissue(const struct folder *folder, const char *name, uint32_t width, uint32_t height,
                                    unsigned glass, const struct og_encode_options *options,
                                    struct og_encode_result *result, struct og_error *err)
{
    struct og_tissue tissue;
    struct og_source *source;
    char path[160];
    snprintf(path, sizeof path, "%s/%s", folder->path, name);
    og_tissue_make(width, height, 3, glass, &tissue);
    assert_int_equal(og_source_open_tissue(&tissue, &source, err), OG_OK);
    enum og_status status = og_encode(source, path, options, result, err);
    og_source_close(&source);
    return status;
}

static struct og_slide *open_slide(const struct folder *folder, const char *name)
{
    struct og_slide *slide;
    struct og_error err = {0};
    if (og_slide_open(folder->fd, name, 1, &slide, &err) != OG_OK)
        fail_msg("%s", err.text);
    return slide;
}

static uint8_t *content(const struct folder *folder, const char *name, size_t *size)
{
    char path[160];
    snprintf(path, sizeof path, "%s/%s", folder->path, name);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    fseek(file, 0, SEEK_END);
    *size = (size_t)ftell(file);
    rewind(file);
    uint8_t *bytes = malloc(*size);
    assert_int_equal(fread(bytes, 1, *size, file), *size);
    fclose(file);
    return bytes;
}

static void a_slide_says_about_itself_what_the_encoder_measured(void **state)
{
    struct og_encode_result result;
    struct og_survey survey;
    struct og_error err = {0};
    assert_int_equal(encode_tissue(*state, "a.tif", 1500, 1100, 30, &usual, &result, &err), OG_OK);

    struct og_slide *slide = open_slide(*state, "a.tif");
    const struct og_slide_facts *facts = og_slide_facts(slide);
    const struct og_description *d = &facts->description;
    assert_int_equal(og_slide_survey(slide, eye, &survey, &err), OG_OK);
    assert_int_equal(facts->file_bytes, result.file_bytes);
    assert_int_equal(d->width, 1500);
    assert_int_equal(d->height, 1100);
    assert_true(d->mpp_x == 0.25 && d->mpp_y == 0.25 && d->magnification == 40);
    assert_string_equal(d->vendor, "origami demo");
    assert_string_equal(d->icc, "srgb");
    assert_int_equal(d->encoder.l0_step, 10);
    for (unsigned depth = 0; depth < 3; depth++) {
        assert_int_equal(survey.depth[depth].tiles, result.written.tiles[depth]);
        assert_int_equal(survey.depth[depth].absent, result.written.absent[depth]);
        assert_int_equal(survey.depth[depth].bytes, d->bytes[depth]);
        assert_true(d->fidelity[depth].psnr_luma > 36);
        assert_true(d->fidelity[depth].worst_psnr_luma <= d->fidelity[depth].psnr_luma);
    }
    og_slide_unref(&slide);
}

static void the_bytes_do_not_depend_on_the_number_of_threads(void **state)
{
    static const char *const names[3] = {"one.tif", "two.tif", "five.tif"};
    static const unsigned threads[3] = {1, 2, 5};
    uint8_t *bytes[3];
    size_t size[3];
    for (unsigned i = 0; i < 3; i++) {
        struct og_encode_options options = usual;
        struct og_encode_result result;
        struct og_error err = {0};
        options.threads = threads[i];
        options.wish.chroma_step = 9;
        assert_int_equal(encode_tissue(*state, names[i], 2100, 1100, 20, &options, &result, &err), OG_OK);
        bytes[i] = content(*state, names[i], &size[i]);
        assert_int_equal(size[i], size[0]);
        assert_memory_equal(bytes[i], bytes[0], size[0]);
    }
    for (unsigned i = 0; i < 3; i++)
        free(bytes[i]);
}

static void any_size_from_one_pixel_up_can_be_read_back_whole(void **state)
{
    static const uint32_t sizes[][2] = {{1, 1}, {1, 300}, {300, 1}, {2, 255}, {257, 1023}, {1025, 256}, {1024, 1024}};
    uint8_t *buffer = malloc(OG_SLIDE_BUFFER_BYTES);
    for (unsigned i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        struct og_encode_result result;
        struct og_stored_family family;
        struct og_stored_tile tile;
        struct og_error err = {0};
        assert_int_equal(encode_tissue(*state, "odd.tif", sizes[i][0], sizes[i][1], 10, &usual, &result, &err), OG_OK);
        struct og_slide *slide = open_slide(*state, "odd.tif");
        const struct og_slide_facts *facts = og_slide_facts(slide);
        struct og_extent grid = og_pyramid_grid(&facts->pyramid, 2);
        for (uint32_t y = 0; y < grid.height; y++)
            for (uint32_t x = 0; x < grid.width; x++) {
                assert_int_equal(og_slide_read_family(slide, eye, x, y, buffer, &family, &err), OG_OK);
                assert_int_equal(family.damaged, 0);
                assert_true(family.stream[OG_SLOT_L2].size > 0);
            }
        assert_int_equal(og_slide_read_stored(slide, eye, facts->last_depth, 0, 0, buffer, &tile, &err), OG_OK);
        og_slide_unref(&slide);
    }
    free(buffer);
}

static void plain_glass_needs_no_residuals(void **state)
{
    struct og_encode_result result;
    struct og_error err = {0};
    struct og_encode_options coloured = usual;
    coloured.wish.chroma_step = 1;
    assert_int_equal(encode_tissue(*state, "coloured.tif", 2048, 2048, 100, &coloured, &result, &err), OG_OK);
    assert_int_equal(result.written.absent[1], 16);
    assert_int_equal(encode_tissue(*state, "glass.tif", 2048, 2048, 100, &usual, &result, &err), OG_OK);
    assert_int_equal(result.written.tiles[0], 64);
    assert_int_equal(result.written.absent[0], 64);
    assert_int_equal(result.written.absent[1], 16);
    assert_int_equal(result.written.absent[2], 0);
}

static unsigned cell(uint32_t x, uint32_t y)
{
    uint32_t h = x * 0x9e3779b1u ^ y * 0x85ebca77u;
    h ^= h >> 15;
    return h * 0x2c1b3c6du >> 31;
}

/* Cells of two colours of one luma, which no coarser level foretells: no luma residual is worth anything. */
static enum og_status read_cells(void *reader, struct og_rect area, uint8_t *rgb, ptrdiff_t stride,
                                 struct og_error *err)
{
    static const uint8_t colours[2][3] = {{200, 100, 150}, {100, 151, 150}};
    (void)reader, (void)err;
    for (int y = 0; y < area.height; y++)
        for (int x = 0; x < area.width; x++)
            memcpy(rgb + y * stride + 3 * x, colours[cell((uint32_t)(area.x + x) / 3, (uint32_t)(area.y + y) / 3)], 3);
    return OG_OK;
}

static void chroma_alone_is_worth_a_residual(void **state)
{
    static const struct og_source_kind kind = {.read = read_cells};
    struct og_source source = {.facts = {.width = 512, .height = 512, .name = "cells"}, .kind = &kind};
    struct og_encode_options options = usual;
    struct og_encode_result with, without;
    struct og_error err = {0};
    char path[160];
    snprintf(path, sizeof path, "%s/cells.tif", ((const struct folder *)*state)->path);
    assert_int_equal(og_encode(&source, path, &options, &without, &err), OG_OK);
    options.wish.chroma_step = 8;
    assert_int_equal(og_encode(&source, path, &options, &with, &err), OG_OK);

    assert_int_equal(without.written.absent[1], 1);
    assert_int_equal(with.written.absent[1], 0);
    assert_true(with.description.fidelity[0].psnr_rgb > without.description.fidelity[0].psnr_rgb + 1);
}

static void the_little_that_an_edge_tile_shows_is_corrected_like_the_rest(void **state)
{
    struct og_encode_options options = usual;
    struct og_encode_result result;
    struct og_error err = {0};
    options.wish.l0_step = 22;
    assert_int_equal(encode_tissue(*state, "edge.tif", 280, 280, 0, &options, &result, &err), OG_OK);
    assert_int_equal(result.written.tiles[0], 4);
    assert_int_equal(result.written.absent[0], 0);
}

static void coarser_levels_have_tables_of_their_own(void **state)
{
    struct og_encode_result result;
    struct og_stored_tile l2, l3;
    struct og_error err = {0};
    uint8_t *buffer = malloc(OG_SLIDE_BUFFER_BYTES);
    assert_int_equal(encode_tissue(*state, "l3.tif", 1300, 400, 0, &usual, &result, &err), OG_OK);
    struct og_slide *slide = open_slide(*state, "l3.tif");
    assert_int_equal(og_slide_read_stored(slide, eye, 2, 0, 0, buffer, &l2, &err), OG_OK);
    assert_int_equal(og_slide_read_stored(slide, eye, 3, 0, 0, buffer, &l3, &err), OG_OK);
    assert_int_equal(l2.tables.size, l3.tables.size);
    assert_memory_not_equal(l2.tables.data, l3.tables.data, l2.tables.size);
    og_slide_unref(&slide);
    free(buffer);
}

static void an_existing_slide_is_replaced_by_a_whole_one(void **state)
{
    struct og_encode_result result;
    struct og_error err = {0};
    folder_write_text(*state, "old.tif", "something else");
    assert_int_equal(encode_tissue(*state, "old.tif", 300, 300, 0, &usual, &result, &err), OG_OK);
    struct og_slide *slide = open_slide(*state, "old.tif");
    assert_int_equal(og_slide_facts(slide)->pyramid.width, 300);
    og_slide_unref(&slide);
    assert_int_equal(folder_count(*state), 1);
}

struct watched {
    unsigned of_sample, of_slide;
    bool in_order;
};

static bool note_phase(void *context, uint64_t done, uint64_t all)
{
    struct watched *watched = context;
    watched->in_order &= all ? all == 600 * 500 : done == 0 && watched->of_slide == 0;
    *(all ? &watched->of_slide : &watched->of_sample) += 1;
    return true;
}

static void a_watcher_is_told_whether_it_sees_the_sample_or_the_slide(void **state)
{
    struct watched watched = {.in_order = true};
    struct og_encode_options options = usual;
    struct og_encode_result result;
    struct og_error err = {0};
    options.watch = note_phase;
    options.context = &watched;
    assert_int_equal(encode_tissue(*state, "x.tif", 600, 500, 0, &options, &result, &err), OG_OK);
    assert_true(watched.of_sample > 0 && watched.of_slide > 0 && watched.in_order);
}

static bool stop_after_some(void *context, uint64_t done, uint64_t all)
{
    (void)context, (void)all;
    return done < 1024 * 1024;
}

static void a_stopped_encode_leaves_nothing_behind(void **state)
{
    struct og_encode_options options = usual;
    struct og_encode_result result;
    struct og_error err = {0};
    options.watch = stop_after_some;
    assert_int_equal(encode_tissue(*state, "x.tif", 2048, 1100, 0, &options, &result, &err), OG_STOPPING);
    assert_int_equal(folder_count(*state), 0);
}

/* A grey source; one that fails from the moment when there is something in the draft, whose name is its state. */
static enum og_status read_grey(void *reader, struct og_rect area, uint8_t *rgb, ptrdiff_t stride, struct og_error *err)
{
    (void)reader, (void)err;
    for (int y = 0; y < area.height; y++)
        memset(rgb + y * stride, 200, (size_t)area.width * 3);
    return OG_OK;
}

static enum og_status read_until_written(void *reader, struct og_rect area, uint8_t *rgb, ptrdiff_t stride,
                                         struct og_error *err)
{
    struct stat draft;
    if (stat(reader, &draft) == 0 && draft.st_size > 0)
        return og_error_set(err, OG_IO, "bad.svs: cannot read at %d, %d", area.x, area.y);
    return read_grey(reader, area, rgb, stride, err);
}

/* Its state counts how often it is read. */
static enum og_status read_counted(void *reader, struct og_rect area, uint8_t *rgb, ptrdiff_t stride,
                                   struct og_error *err)
{
    atomic_fetch_add_explicit((atomic_uint *)reader, 1, memory_order_relaxed);
    return read_grey(reader, area, rgb, stride, err);
}

static void expect_refusal_unread(const struct folder *folder, const char *name, struct og_extent size,
                                  enum og_status status, struct og_error *err)
{
    static const struct og_source_kind kind = {.read = read_counted};
    atomic_uint reads = 0;
    struct og_source source = {.facts = {.width = size.width, .height = size.height}, .kind = &kind, .state = &reads};
    struct og_encode_result result;
    char path[160];
    snprintf(path, sizeof path, "%s/%s", folder->path, name);
    assert_int_equal(og_encode(&source, path, &usual, &result, err), status);
    assert_int_equal(atomic_load_explicit(&reads, memory_order_relaxed), 0);
}

static void a_place_where_nothing_can_be_written_is_told_before_a_pixel_is_read(void **state)
{
    struct og_error err = {0};
    expect_refusal_unread(*state, "no/such/x.tif", (struct og_extent){600, 500}, OG_IO, &err);
    assert_non_null(strstr(err.text, "no/such/x.tif: cannot create a file beside it: No such file"));
}

static void more_pixels_than_an_index_holds_are_refused_before_one_is_read(void **state)
{
    struct og_error err = {0};
    expect_refusal_unread(*state, "x.tif", (struct og_extent){4000000, 3500000}, OG_UNSUPPORTED, &err);
    assert_non_null(strstr(err.text, "x.tif: 4000000 x 3500000 pixels are 13354126 squares"));
    assert_non_null(strstr(err.text, "room for 11930464"));
    assert_int_equal(folder_count(*state), 0);
}

static void a_source_that_fails_half_way_is_named_and_leaves_nothing_behind(void **state)
{
    static const struct og_source_kind kind = {.read = read_until_written};
    const uint32_t families = OG_KEPT_AREAS + 2; /* the first ones are not read again */
    char path[160], draft[160];
    snprintf(path, sizeof path, "%s/x.tif", ((struct folder *)*state)->path);
    snprintf(draft, sizeof draft, "%s/.x.tif.draft", ((struct folder *)*state)->path);
    struct og_source source = {.facts = {.width = families * 1024, .height = 40}, .kind = &kind, .state = draft};
    struct og_encode_result result;
    struct og_error err = {0};
    folder_write_text(*state, "x.tif", "what was there");

    assert_int_equal(og_encode(&source, path, &usual, &result, &err), OG_IO);
    assert_non_null(strstr(err.text, "bad.svs: cannot read at"));
    size_t size;
    uint8_t *bytes = content(*state, "x.tif", &size);
    assert_memory_equal(bytes, "what was there", 14);
    free(bytes);
    assert_int_equal(folder_count(*state), 1);
}

static void a_digest_names_the_very_bytes_of_the_source(void **state)
{
    static const struct og_source_kind kind = {.read = read_grey};
    struct folder *folder = *state;
    char input[160], path[160];
    snprintf(input, sizeof input, "%s/abc", folder->path);
    snprintf(path, sizeof path, "%s/x.tif", folder->path);
    folder_write_text(folder, "abc", "abc");
    struct og_source source = {
        .facts = {.width = 10, .height = 10, .file = input, .name = "abc"}, .kind = &kind, .state = folder};
    struct og_encode_result result;
    struct og_error err = {0};
    assert_int_equal(og_encode(&source, path, &usual, &result, &err), OG_OK);
    assert_string_equal(result.description.source.digest,
                        "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_int_equal(result.description.source.size, 3);
}

static void the_trellis_saves_bytes_at_nearly_the_same_picture(void **state)
{
    struct og_encode_options quick = usual;
    struct og_encode_result fine, plain;
    struct og_error err = {0};
    quick.wish = (struct og_wish){.l0_step = 12}; /* rounding errs less than what the trellis leaves out */
    assert_int_equal(encode_tissue(*state, "fine.tif", 900, 700, 0, &usual, &fine, &err), OG_OK);
    assert_int_equal(encode_tissue(*state, "plain.tif", 900, 700, 0, &quick, &plain, &err), OG_OK);
    assert_true(fine.description.fidelity[0].ssim > plain.description.fidelity[0].ssim);
    assert_true(fine.file_bytes < plain.file_bytes);
}

/* Dense tissue on one half, glass on the other: the aim is for what there is to see. */
static void a_slide_is_steered_to_its_aim(void **state)
{
    static const double aims[] = {33, 36, 40};
    for (unsigned i = 0; i < 3; i++)
        for (unsigned glass = 0; glass <= 60; glass += 60) {
            struct og_encode_options options = {.wish = {.aim = aims[i], .trellis = glass == 0}, .threads = 2};
            struct og_encode_result result;
            struct og_error err = {0};
            assert_int_equal(encode_tissue(*state, "aim.tif", 1100, 1000, glass, &options, &result, &err), OG_OK);
            const struct og_description *d = &result.description;
            double reached = d->fidelity[0].psnr_tissue;
            assert_true(d->encoder.aim == aims[i] && d->encoder.l0_step > 0);
            assert_true(reached > aims[i] - 0.2 && reached < aims[i] + (options.wish.trellis ? 0.4 : 1.2));
            assert_true(d->fidelity[0].psnr_luma >= reached);
        }
}

/* Fitted to other places than the ones predicted, taps would be the weights of a blur; and a smoothing that does not
 * leave most of a residual where it is would be one. */
static void the_predictor_and_the_smoothing_are_fitted_to_the_slide(void **state)
{
    struct og_encode_options options = {.wish = {.aim = 36, .chroma_step = 10, .trellis = true}, .threads = 2};
    struct og_encode_result result;
    struct og_error err = {0};
    assert_int_equal(encode_tissue(*state, "taps.tif", 1500, 1200, 0, &options, &result, &err), OG_OK);
    for (unsigned i = 0; i < OG_PREDICTED; i++) {
        const struct og_taps *taps = &result.description.tuning.taps[i];
        assert_memory_not_equal(taps, &og_taps_usual, sizeof *taps);
        assert_true(taps->down.of[OG_TAPS_OWN] > 30 && taps->along.of[OG_TAPS_OWN] > 30);
    }
    const struct og_smoothing *smoothing = &result.description.tuning.smoothing;
    assert_true(og_smoothing_is_valid(smoothing));
    assert_in_range(smoothing->of[0][0], 30, og_smoothing_none.of[0][0] - 1);
    const struct og_taps *sharp = &result.description.tuning.taps[OG_PREDICTED_L0];
    assert_in_range(sharp->down.of[OG_TAPS_OWN], 50, 72);
    assert_in_range(sharp->along.of[OG_TAPS_OWN], 50, 72);
}

static void given_steps_are_kept_and_others_follow(void **state)
{
    struct og_encode_options options = {.wish = {.aim = 36, .l0_step = 20, .trellis = true}, .threads = 2};
    struct og_encode_result result;
    struct og_error err = {0};
    assert_int_equal(encode_tissue(*state, "a.tif", 600, 500, 0, &options, &result, &err), OG_OK);
    assert_int_equal(result.description.encoder.l0_step, 20);
    assert_int_equal(result.description.encoder.l1_step, 24);
    assert_int_equal(result.description.encoder.base_quality, 76);
    assert_true(result.description.encoder.aim == 0);
    options.wish.chroma_step = 18;
    assert_int_equal(encode_tissue(*state, "c.tif", 600, 500, 0, &options, &result, &err), OG_OK);
    assert_int_equal(result.description.encoder.l1_step, 24);
    assert_int_equal(result.description.encoder.base_quality, 71);
    assert_int_equal(result.description.encoder.chroma_step, 18);
    options.wish.chroma_step = OG_CHROMA_FOLLOWS;
    options.wish.l0_step = 14;
    assert_int_equal(encode_tissue(*state, "d.tif", 600, 500, 0, &options, &result, &err), OG_OK);
    assert_int_equal(result.description.encoder.l1_step, 17);
    assert_int_equal(result.description.encoder.base_quality, 79);
    assert_int_equal(result.description.encoder.chroma_step, 11);
    options.wish = (struct og_wish){.l0_step = 100, .l1_step = 7, .base_quality = 95};
    assert_int_equal(encode_tissue(*state, "b.tif", 600, 500, 0, &options, &result, &err), OG_OK);
    assert_int_equal(result.description.encoder.l0_step, 100);
    assert_int_equal(result.description.encoder.l1_step, 7);
    assert_int_equal(result.description.encoder.base_quality, 95);
}

static void glass_alone_does_not_steer(void **state)
{
    struct og_encode_options options = {.wish = {.aim = 36, .trellis = true}, .threads = 2};
    struct og_encode_result result;
    struct og_error err = {0};
    assert_int_equal(encode_tissue(*state, "glass.tif", 600, 500, 100, &options, &result, &err), OG_OK);
    assert_int_equal(result.description.encoder.l0_step, 15);
    assert_true(result.description.fidelity[0].psnr_tissue == 0);
}

static void steering_goes_towards_the_aim_and_keeps_within_bounds(void **state)
{
    (void)state;
    assert_float_equal(og_steer(36, 13, 36.15), 13, 1e-6);
    assert_true(og_steer(36, 13, 35.5) < 13 && og_steer(36, 13, 37) > 13);
    assert_float_equal(og_steer(36, 10, 36.15 + 5.3), 20, 1e-6);
    assert_float_equal(og_steer(36, 13, 99), 45, 1e-6);
    assert_float_equal(og_steer(36, 13, 10), 5, 1e-6);
    assert_float_equal(og_steer(60, 1, 10), 1, 1e-6);
}

int main(void)
{
#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, folder_setup, folder_teardown)
    const struct CMUnitTest tests[] = {
        IN_FOLDER(a_slide_says_about_itself_what_the_encoder_measured),
        IN_FOLDER(the_bytes_do_not_depend_on_the_number_of_threads),
        IN_FOLDER(any_size_from_one_pixel_up_can_be_read_back_whole),
        IN_FOLDER(plain_glass_needs_no_residuals),
        IN_FOLDER(chroma_alone_is_worth_a_residual),
        IN_FOLDER(the_little_that_an_edge_tile_shows_is_corrected_like_the_rest),
        IN_FOLDER(coarser_levels_have_tables_of_their_own),
        IN_FOLDER(an_existing_slide_is_replaced_by_a_whole_one),
        IN_FOLDER(a_watcher_is_told_whether_it_sees_the_sample_or_the_slide),
        IN_FOLDER(a_stopped_encode_leaves_nothing_behind),
        IN_FOLDER(a_place_where_nothing_can_be_written_is_told_before_a_pixel_is_read),
        IN_FOLDER(more_pixels_than_an_index_holds_are_refused_before_one_is_read),
        IN_FOLDER(a_source_that_fails_half_way_is_named_and_leaves_nothing_behind),
        IN_FOLDER(a_digest_names_the_very_bytes_of_the_source),
        IN_FOLDER(the_trellis_saves_bytes_at_nearly_the_same_picture),
        IN_FOLDER(a_slide_is_steered_to_its_aim),
        IN_FOLDER(the_predictor_and_the_smoothing_are_fitted_to_the_slide),
        IN_FOLDER(given_steps_are_kept_and_others_follow),
        IN_FOLDER(glass_alone_does_not_steer),
        cmocka_unit_test(steering_goes_towards_the_aim_and_keeps_within_bounds),
    };
    return cmocka_run_group_tests(tests, make_reader, end_reader);
}
