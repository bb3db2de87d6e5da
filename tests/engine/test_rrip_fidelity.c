/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "image/family.h"
#include "image/fidelity.h"
#include "image/kernels.h"
#include "slide/slide.h"
#include "support/cmocka_all.h"
#include "support/pictures.h"
#include "support/rrip.h"

enum { T = RRIP_T, L1 = 2 * T, L0 = 4 * T };

/* Squared errors and samples of a whole level, luma alone and all of R, G and B. */
struct distance {
    uint64_t luma, rgb, samples;
};

struct bench {
    struct folder *folder;
    struct rrip_slide *slide;
    struct og_slide *opened;
    struct og_reader *reader;
    struct og_family *family;
    struct og_jpeg_decoder *decoder;
    uint8_t *buffer;
    uint8_t rgb[3][3 * L0 * L0]; /* by depth */
    uint8_t chroma[2][L0 * L0];
};

static void open_bench(struct bench *b, const struct rrip_recipe *recipe)
{
    struct og_error err;
    char path[128];
    b->folder = folder_make();
    b->slide = rrip_make(recipe);
    snprintf(path, sizeof path, "%s/a", b->folder->path);
    rrip_write(b->slide, path, RRIP_PACKS);
    int directory = open(b->folder->path, O_RDONLY | O_DIRECTORY);
    assert_int_equal(og_slide_open(directory, "a", 1, &b->opened, &err), OG_OK);
    close(directory);
    assert_int_equal(og_reader_new(OG_READER_PREAD, &b->reader, &err), OG_OK);
    b->family = og_family_new(false);
    b->decoder = og_jpeg_decoder_new(og_kernels_choose());
    b->buffer = malloc(OG_SLIDE_BUFFER_BYTES);
}

static void close_bench(struct bench *b)
{
    free(b->buffer);
    og_jpeg_decoder_destroy(&b->decoder);
    og_family_destroy(&b->family);
    og_reader_destroy(&b->reader);
    og_slide_unref(&b->opened);
    rrip_free(&b->slide);
    folder_remove(&b->folder);
}

/* Luma with chroma of half its size, which is brought to its size as a viewer's decoder would. */
static void colour(struct bench *b, const struct og_plane *luma, const struct og_plane *chroma, uint8_t *rgb)
{
    struct og_rect all = {0, 0, luma->width / 2, luma->height / 2};
    for (int i = 0; i < 2; i++)
        og_kernels_scalar.predict[OG_PREDICTOR_BILINEAR_ROUNDED].upsample(NULL, &chroma[i], all, b->chroma[i],
                                                                          luma->width);
    og_kernels_scalar.ycc_to_rgb(luma->data, b->chroma[0], b->chroma[1], (size_t)luma->width * (size_t)luma->height,
                                 rgb);
}

static void rebuild(struct bench *b, const struct rrip_family *family, enum og_predictor predictor)
{
    b->family->prediction.predictor = predictor;
    struct og_stored_family stored;
    struct og_error err;
    const struct og_slide_facts *facts = og_slide_facts(b->opened);
    struct og_extent size = og_pyramid_tile(&facts->pyramid, 2, family->x, family->y);
    assert_int_equal(og_slide_read_family(b->opened, b->reader, family->x, family->y, b->buffer, &stored, &err), OG_OK);
    assert_int_equal(og_family_decode_base(b->family, b->decoder, stored.tables[2], stored.stream[OG_SLOT_L2],
                                           (int)size.width, (int)size.height, &err),
                     OG_OK);
    for (unsigned slot = OG_SLOT_L1; slot < OG_FAMILY_SLOTS; slot++) {
        bool there = stored.stream[slot].size > 0;
        if (there)
            assert_int_equal(
                og_family_decode_residual(b->family, slot, b->decoder, stored.tables[1], stored.stream[slot], &err),
                OG_OK);
        og_family_rebuild(b->family, og_kernels_choose(), slot, there);
    }
    colour(b, &b->family->luma1, b->family->base + 1, b->rgb[1]);
    colour(b, &b->family->luma0, b->family->chroma1, b->rgb[0]);
}

static uint8_t luma_of(const uint8_t *rgb)
{
    float ycc[3];
    rrip_ycc(rgb, ycc);
    return (uint8_t)lroundf(ycc[0]);
}

static uint64_t squared(int difference)
{
    return (uint64_t)(difference * difference);
}

/* Of pixels inside the slide only. */
static void add(const struct bench *b, const struct rrip_family *family, unsigned depth, const uint8_t *luma,
                const uint8_t *rgb, struct distance *sum)
{
    const struct rrip_slide *s = b->slide;
    struct og_extent size = og_pyramid_size(&s->pyramid, depth);
    uint32_t side = (uint32_t)(L0 >> depth), x0 = family->x * side, y0 = family->y * side;
    for (uint32_t y = 0; y < side && y0 + y < size.height; y++)
        for (uint32_t x = 0; x < side && x0 + x < size.width; x++) {
            const uint8_t *due = s->source[depth] + 3 * ((size_t)(y0 + y) * s->whole[depth].width + x0 + x);
            sum->luma += squared(luma[y * side + x] - luma_of(due));
            for (int c = 0; c < 3; c++)
                sum->rgb += squared(rgb[3 * (y * side + x) + (uint32_t)c] - due[c]);
            sum->samples++;
        }
}

static void measure_ours(struct bench *b, enum og_predictor predictor, struct distance sum[2])
{
    for (uint32_t i = 0; i < b->slide->grid.width * b->slide->grid.height; i++) {
        const struct rrip_family *family = &b->slide->families[i];
        rebuild(b, family, predictor);
        add(b, family, 0, b->family->luma0.data, b->rgb[0], &sum[0]);
        add(b, family, 1, b->family->luma1.data, b->rgb[1], &sum[1]);
    }
}

static void measure_theirs(const struct bench *b, struct distance sum[2])
{
    static struct rrip_served served;
    for (uint32_t i = 0; i < b->slide->grid.width * b->slide->grid.height; i++) {
        const struct rrip_family *family = &b->slide->families[i];
        rrip_serve(family, &served);
        add(b, family, 0, served.luma0, served.rgb0, &sum[0]);
        add(b, family, 1, served.luma1, served.rgb1, &sum[1]);
    }
}

static void assert_no_farther(const struct rrip_recipe *recipe)
{
    static struct bench bench;
    struct distance ours[2] = {{0}}, theirs[2] = {{0}};
    open_bench(&bench, recipe);
    measure_ours(&bench, og_slide_facts(bench.opened)->prediction.predictor, ours);
    measure_theirs(&bench, theirs);
    close_bench(&bench);
    for (int depth = 0; depth < 2; depth++) {
        uint64_t samples = ours[depth].samples;
        print_message("L%d: luma %.3f dB, its own server %.3f dB; RGB %.3f dB, %.3f dB\n", depth,
                      og_psnr(ours[depth].luma, samples), og_psnr(theirs[depth].luma, samples),
                      og_psnr(ours[depth].rgb, 3 * samples), og_psnr(theirs[depth].rgb, 3 * samples));
        assert_true(ours[depth].luma <= theirs[depth].luma);
        assert_true(ours[depth].rgb <= theirs[depth].rgb);
    }
}

static void pixels_of_ingest_are_at_least_as_close_to_the_source_as_its_servers(void **state)
{
    (void)state;
    assert_no_farther(&(struct rrip_recipe){1300, 1100, RRIP_INGEST, RRIP_JPEG, 420, 60});
    assert_no_farther(&(struct rrip_recipe){1024, 1024, RRIP_INGEST, RRIP_WEBP, 444, 80});
    assert_no_farther(&(struct rrip_recipe){1024, 1024, RRIP_INGEST, RRIP_PROGRESSIVE, 422, 30});
}

static void pixels_of_encode_are_at_least_as_close_to_the_source_as_its_servers(void **state)
{
    (void)state;
    assert_no_farther(&(struct rrip_recipe){1300, 1100, RRIP_ENCODE, RRIP_JPEG, 444, 60});
    assert_no_farther(&(struct rrip_recipe){1024, 1024, RRIP_ENCODE, RRIP_WEBP, 420, 80});
    assert_no_farther(&(struct rrip_recipe){1024, 1024, RRIP_ENCODE, RRIP_PROGRESSIVE, 422, 30});
}

static void the_rounding_that_the_summary_tells_comes_closer_than_the_other(void **state)
{
    (void)state;
    static struct bench bench;
    for (enum rrip_encoder encoder = RRIP_ENCODE; encoder <= RRIP_INGEST; encoder++) {
        struct distance told[2] = {{0}}, other[2] = {{0}};
        open_bench(&bench, &(struct rrip_recipe){1024, 1024, encoder, RRIP_JPEG, 420, 70});
        enum og_predictor predictor = og_slide_facts(bench.opened)->prediction.predictor;
        measure_ours(&bench, predictor, told);
        measure_ours(&bench, predictor == OG_PREDICTOR_BILINEAR ? OG_PREDICTOR_BILINEAR_ROUNDED : OG_PREDICTOR_BILINEAR,
                     other);
        close_bench(&bench);
        assert_true(told[0].luma < other[0].luma);
        assert_true(told[1].luma < other[1].luma);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pixels_of_ingest_are_at_least_as_close_to_the_source_as_its_servers),
        cmocka_unit_test(pixels_of_encode_are_at_least_as_close_to_the_source_as_its_servers),
        cmocka_unit_test(the_rounding_that_the_summary_tells_comes_closer_than_the_other),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
