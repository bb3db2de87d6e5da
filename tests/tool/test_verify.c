/* SPDX-License-Identifier: MIT */
#include "support/cmocka_all.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "support/folder.h"
#include "support/rrip.h"
#include "tool/encode.h"
#include "tool/rebuild.h"
#include "tool/tissue.h"
#include "tool/unpack.h"
#include "tool/verify.h"

static bool go_on(void *context, uint64_t done, uint64_t all)
{
    (void)context;
    assert_true(done <= all);
    return true;
}

struct bench {
    struct folder *folder;
    char path[160];
    struct og_tissue tissue;
    struct og_source *source;
    struct og_encode_result encoded;
    struct og_slide *slide;
    struct og_verified found;
};

static struct og_source *tissue_source(struct og_tissue *tissue, uint32_t width, uint32_t height, uint32_t seed)
{
    struct og_source *source;
    struct og_error err;
    og_tissue_make(width, height, seed, 20, tissue);
    assert_int_equal(og_source_open_tissue(tissue, &source, &err), OG_OK);
    return source;
}

static void put_on_coloured(struct bench *b, uint32_t width, uint32_t height, int chroma_step, bool trellis)
{
    struct og_encode_options options = {.wish = {.l0_step = 10, .chroma_step = chroma_step, .trellis = trellis},
                                        .threads = 2};
    struct og_error err = {0};
    b->source = tissue_source(&b->tissue, width, height, 3);
    if (og_encode(b->source, b->path, &options, &b->encoded, &err) != OG_OK ||
        og_slide_open(b->folder->fd, "v.tif", 1, &b->slide, &err) != OG_OK)
        fail_msg("%s", err.text);
}

static void put_on(struct bench *b, uint32_t width, uint32_t height)
{
    put_on_coloured(b, width, height, 0, false);
}

static void take_off(struct bench *b)
{
    og_slide_unref(&b->slide);
    og_source_close(&b->source);
}

static int setup(void **state)
{
    struct bench *b = *state = calloc(1, sizeof *b);
    b->folder = folder_make();
    snprintf(b->path, sizeof b->path, "%s/v.tif", b->folder->path);
    return 0;
}

static int teardown(void **state)
{
    struct bench *b = *state;
    folder_remove(&b->folder);
    free(b);
    return 0;
}

static enum og_status verify(struct bench *b, const struct og_source *source, unsigned threads, struct og_error *err)
{
    struct og_verify_options options = {.threads = threads, .worst = OG_WORST_DEFAULT, .watch = go_on};
    return og_verify(source, b->slide, &options, &b->found, err);
}

static void verify_well(struct bench *b, unsigned threads)
{
    struct og_error err = {0};
    if (verify(b, b->source, threads, &err) != OG_OK)
        fail_msg("%s", err.text);
}

static void what_is_found_is_to_the_last_bit_what_the_encoder_reported(void **state)
{
    static const uint32_t sizes[][2] = {{1, 1},      {3, 5},      {7, 9},       {300, 1},
                                        {257, 1023}, {257, 1023}, {2101, 1100}, {1025, 2049}};
    struct bench *b = *state;
    for (unsigned i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        put_on_coloured(b, sizes[i][0], sizes[i][1], i % 2 ? 8 : 0, true);
        verify_well(b, 3);
        for (unsigned depth = 0; depth < 3; depth++) {
            struct og_fidelity found = og_tally_fidelity(&b->found.level[depth].tally);
            struct og_fidelity said = b->encoded.description.fidelity[depth];
            assert_true(found.psnr_luma == said.psnr_luma && found.psnr_rgb == said.psnr_rgb);
            assert_true(found.psnr_tissue == said.psnr_tissue);
            assert_true(found.ssim == said.ssim && found.worst_psnr_luma == said.worst_psnr_luma);
            assert_true(found.worst_x == said.worst_x && found.worst_y == said.worst_y);
        }
        assert_true(b->found.as_described);
        assert_int_equal(b->found.same_file, OG_FILE_UNKNOWN);
        take_off(b);
    }
}

static void every_stored_level_is_measured_in_every_tile(void **state)
{
    struct bench *b = *state;
    put_on(b, 4200, 1100);
    verify_well(b, 2);
    const struct og_slide_facts *facts = og_slide_facts(b->slide);
    assert_int_equal(b->found.levels, facts->last_depth + 1);
    assert_true(b->found.levels > 4);
    for (unsigned depth = 0; depth < b->found.levels; depth++) {
        const struct og_scores *s = &b->found.level[depth];
        struct og_extent grid = og_pyramid_grid(&facts->pyramid, depth), size = og_pyramid_size(&facts->pyramid, depth);
        uint64_t in_bins = 0;
        for (unsigned i = 0; i < OG_SCORE_BINS; i++)
            in_bins += s->bins[i];
        assert_int_equal(s->tiles, (uint64_t)grid.width * grid.height);
        assert_int_equal(in_bins, s->tiles);
        assert_int_equal(s->tally.samples, (uint64_t)size.width * size.height);
        assert_true(og_tally_fidelity(&s->tally).psnr_luma > 34);
        assert_true(og_scores_delta_e(s) > 0 && og_scores_delta_e(s) < 4);
        assert_true(s->worst_delta_e.delta_e >= og_scores_delta_e(s));
    }
    take_off(b);
}

static void figures_do_not_depend_on_the_number_of_threads(void **state)
{
    static struct og_verified one;
    struct bench *b = *state;
    put_on(b, 2100, 1300);
    verify_well(b, 1);
    one = b->found;
    for (unsigned threads = 2; threads < 9; threads += 3) {
        verify_well(b, threads);
        assert_int_equal(b->found.worst_count, one.worst_count);
        assert_memory_equal(b->found.level, one.level, sizeof one.level);
        assert_memory_equal(b->found.worst, one.worst, one.worst_count * sizeof one.worst[0]);
    }
    take_off(b);
}

static void the_worst_tiles_come_in_order_and_are_the_worst(void **state)
{
    struct bench *b = *state;
    put_on(b, 2100, 1300);
    verify_well(b, 2);
    struct og_fidelity full = og_tally_fidelity(&b->found.level[0].tally);
    assert_int_equal(b->found.worst_count, OG_WORST_DEFAULT);
    assert_int_equal(b->found.worst[0].x, full.worst_x);
    assert_int_equal(b->found.worst[0].y, full.worst_y);
    uint64_t below = 0;
    for (unsigned i = 1; i < b->found.worst_count; i++)
        assert_true(b->found.worst[i].psnr_luma >= b->found.worst[i - 1].psnr_luma);
    for (unsigned i = 0; i < (unsigned)b->found.worst[OG_WORST_DEFAULT - 1].psnr_luma; i++)
        below += b->found.level[0].bins[i];
    assert_true(below < OG_WORST_DEFAULT);
    take_off(b);
}

/* Rebuilt tiles go through the last step here, and have to be the very bytes that are served. */
static void what_is_measured_is_what_the_served_jpeg_is_made_of(void **state)
{
    struct bench *b = *state;
    put_on(b, 1500, 1100);
    const struct og_pyramid *p = &og_slide_facts(b->slide)->pyramid;
    struct og_unpacker *unpacker;
    struct og_rebuilder *rebuilder = og_rebuilder_new();
    struct og_jpeg_encoder *encoder = og_jpeg_encoder_new();
    struct og_error err;
    assert_int_equal(og_unpacker_new(&unpacker, &err), OG_OK);
    for (unsigned slot = OG_SLOT_L1; slot < OG_FAMILY_SLOTS; slot++) {
        if (!(og_pyramid_slots(p, 1, 1) >> slot & 1))
            continue;
        struct og_place place = og_slot_place(slot);
        uint32_t x = (4u >> place.depth) + place.dx, y = (4u >> place.depth) + place.dy;
        struct og_extent size = og_pyramid_tile(p, place.depth, x, y);
        struct og_unpacked unpacked;
        struct og_span made;
        struct og_buf *served;
        assert_int_equal(og_unpack_family(unpacker, b->slide, 1, 1, OG_SLOTS, &unpacked, &err), OG_OK);
        assert_int_equal(
            og_family_encode(unpacked.family, slot, encoder, 90, (int)size.width, (int)size.height, &made, &err),
            OG_OK);
        assert_int_equal(og_rebuilder_tile(rebuilder, b->slide, p->top - place.depth, x, y, 90, &served, &err), OG_OK);
        assert_int_equal(made.size, served->size);
        assert_memory_equal(made.data, served->data, made.size);
        og_buf_unref(&served);
    }
    og_jpeg_encoder_destroy(&encoder);
    og_rebuilder_destroy(&rebuilder);
    og_unpacker_destroy(&unpacker);
    take_off(b);
}

/* What the slide was painted from, as a source. */
static enum og_status painted_reader_new(void *made_from, void **reader, struct og_error *err)
{
    (void)err;
    *reader = made_from;
    return OG_OK;
}

static enum og_status painted_read(void *reader, struct og_rect area, uint8_t *rgb, ptrdiff_t stride,
                                   struct og_error *err)
{
    const struct rrip_slide *made = reader;
    (void)err;
    for (int y = 0; y < area.height; y++)
        memcpy(rgb + y * stride, made->source[0] + 3 * ((size_t)(area.y + y) * made->whole[0].width + (size_t)area.x),
               3 * (size_t)area.width);
    return OG_OK;
}

static void nothing(void *ended)
{
    (void)ended;
}

static void a_slide_of_the_published_layout_is_measured_in_every_stored_level(void **state)
{
    static const struct og_source_kind kind = {painted_reader_new, painted_read, nothing, nothing};
    static const struct rrip_recipe recipe = {1500, 1100, RRIP_ENCODE, RRIP_JPEG, 420, 90};
    struct bench *b = *state;
    char path[160];
    struct og_error err = {0};
    struct rrip_slide *made = rrip_make(&recipe);
    struct og_source source = {
        .facts = {.width = 1500, .height = 1100, .name = "painted"}, .kind = &kind, .state = made};
    snprintf(path, sizeof path, "%s/published", b->folder->path);
    rrip_write(made, path, RRIP_BUNDLE);
    assert_int_equal(og_slide_open(b->folder->fd, "published", 1, &b->slide, &err), OG_OK);
    if (verify(b, &source, 2, &err) != OG_OK)
        fail_msg("%s", err.text);
    assert_int_equal(b->found.levels, 4);
    for (unsigned depth = 0; depth < b->found.levels; depth++)
        assert_true(og_tally_fidelity(&b->found.level[depth].tally).psnr_luma > 30);
    assert_false(b->found.is_described);
    og_slide_unref(&b->slide);
    rrip_free(&made);
}

static void another_picture_of_the_same_size_is_far_away(void **state)
{
    struct bench *b = *state;
    struct og_tissue other_tissue;
    struct og_error err = {0};
    put_on(b, 1500, 1100);
    struct og_source *other = tissue_source(&other_tissue, 1500, 1100, 4);
    assert_int_equal(verify(b, other, 2, &err), OG_OK);
    assert_true(og_tally_fidelity(&b->found.level[0].tally).psnr_luma < 25);
    assert_true(og_scores_delta_e(&b->found.level[0]) > 5);
    assert_true(b->found.is_described && !b->found.as_described);
    og_source_close(&other);
    take_off(b);
}

static void a_picture_of_another_size_is_refused(void **state)
{
    struct bench *b = *state;
    struct og_tissue other_tissue;
    struct og_error err = {0};
    put_on(b, 600, 500);
    struct og_source *other = tissue_source(&other_tissue, 600, 501, 3);
    assert_int_equal(verify(b, other, 2, &err), OG_UNSUPPORTED);
    assert_non_null(strstr(err.text, "600 x 501"));
    og_source_close(&other);
    take_off(b);
}

static void a_damaged_tile_is_an_error_that_names_it(void **state)
{
    struct bench *b = *state;
    struct og_error err = {0};
    uint8_t byte;
    put_on(b, 2100, 1100);
    int fd = open(b->path, O_RDWR | O_CLOEXEC);
    assert_int_equal(pread(fd, &byte, 1, 16 + 2000), 1); /* within the first family's L2 tile */
    byte ^= 1;
    assert_int_equal(pwrite(fd, &byte, 1, 16 + 2000), 1);
    close(fd);
    assert_int_equal(verify(b, b->source, 2, &err), OG_DAMAGED);
    assert_non_null(strstr(err.text, "L2 tile 0, 0"));
    take_off(b);
}

static bool stop_after_some(void *context, uint64_t done, uint64_t all)
{
    (void)context, (void)all;
    return done < 1024 * 1024;
}

static void it_stops_when_it_is_told_to(void **state)
{
    struct bench *b = *state;
    struct og_verify_options options = {.threads = 2, .watch = stop_after_some};
    struct og_error err = {0};
    put_on(b, 2100, 1300);
    assert_int_equal(og_verify(b->source, b->slide, &options, &b->found, &err), OG_STOPPING);
    take_off(b);
}

static void a_gate_is_passed_at_its_figures_and_not_below(void **state)
{
    static const struct og_tally full = {.samples = 1000,
                                         .luma_error = 14557,
                                         .windows = 100,
                                         .ssim = 95,
                                         .worst_samples = 10,
                                         .worst_error = 488,
                                         .worst_x = 12,
                                         .worst_y = 7,
                                         .worst_ssim = 0.75,
                                         .worst_ssim_x = 3,
                                         .worst_ssim_y = 4};
    static const struct og_tally tiny = {.samples = 4, .luma_error = 1};
    double psnr = og_tally_fidelity(&full).psnr_luma;
    struct og_error err = {0};
    (void)state;
    assert_int_equal(og_gate_check(&(struct og_gate){0, 0}, &full, &err), OG_OK);
    assert_int_equal(og_gate_check(&(struct og_gate){psnr, 0.95}, &full, &err), OG_OK);
    assert_int_equal(og_gate_check(&(struct og_gate){psnr + 0.01, 0}, &full, &err), OG_BELOW);
    assert_non_null(strstr(err.text, "36.500 dB"));
    assert_non_null(strstr(err.text, "L0 tile 12, 7 with 31.25 dB"));
    assert_int_equal(og_gate_check(&(struct og_gate){0, 0.951}, &full, &err), OG_BELOW);
    assert_non_null(strstr(err.text, "SSIM of 0.95000"));
    assert_non_null(strstr(err.text, "L0 tile 3, 4 with 0.75000"));
    assert_int_equal(og_gate_check(&(struct og_gate){0, 0.951}, &tiny, &err), OG_OK);
}

int main(void)
{
#define ON_BENCH(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
    const struct CMUnitTest tests[] = {
        ON_BENCH(what_is_found_is_to_the_last_bit_what_the_encoder_reported),
        ON_BENCH(every_stored_level_is_measured_in_every_tile),
        ON_BENCH(figures_do_not_depend_on_the_number_of_threads),
        ON_BENCH(the_worst_tiles_come_in_order_and_are_the_worst),
        ON_BENCH(what_is_measured_is_what_the_served_jpeg_is_made_of),
        ON_BENCH(a_slide_of_the_published_layout_is_measured_in_every_stored_level),
        ON_BENCH(another_picture_of_the_same_size_is_far_away),
        ON_BENCH(a_picture_of_another_size_is_refused),
        ON_BENCH(a_damaged_tile_is_an_error_that_names_it),
        ON_BENCH(it_stops_when_it_is_told_to),
        cmocka_unit_test(a_gate_is_passed_at_its_figures_and_not_below),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
