/* SPDX-License-Identifier: MIT */
#include "tool/plan.h"

#include <math.h>
#include <string.h>

/*
 * Found by measurement. Steps rise or fall by `slope` hundredths from frequency 0 to 7, but that of DC is the step
 * divided by `dc`; a bit is worth `bit` hundredths of a squared step. L1's high frequencies are half the way to L0,
 * whose residual corrects them anyhow; chroma's of L1 are lost where a viewer brings chroma to full size. A bit of L1
 * and of the base is worth less than one of L0, because what it corrects is wrong in all that is predicted from it;
 * and whole tiles of glass are corrected at L1 and L0 where the base is off by half a step.
 */
struct shape {
    int slope, bit, dc;
};

static const struct shape shape_l0 = {0, 13, 1}, shape_l1 = {30, 5, 1}, shape_l1_chroma = {200, 7, 1},
                          shape_base = {10, 6, 4}, shape_chroma = {0, 10, 1};

/* Chroma's step in the base, in hundredths of luma's: where nothing corrects chroma, and where L1 corrects what L0
 * tiles show, so that the base has to do for L1 and L2 alone and its luma may be coarser. */
enum { CHROMA_STEP = 78, CHROMA_STEP_CORRECTED = 58 };

/* From coarser levels nothing is predicted: their chroma need not be better than JPEG's. In hundredths of L2's luma
 * step, which is theirs, too. */
enum { CHROMA_STEP_COARSER = 105 };

/* What a bit is worth raised by this power errs as much more as steps do. */
static const double like_a_step = 2.2;

static enum og_status make_tables(struct og_plan *plan, struct og_jpeg_coder *coder, struct og_error *err)
{
    for (unsigned depth = 0; depth < OG_PLAN_DEPTHS; depth++) {
        struct og_span tables;
        enum og_status status = og_jpeg_code_tables(coder, &plan->coding[depth], &tables, err);
        if (status != OG_OK)
            return status;
        og_buf_unref(&plan->tables[depth]);
        plan->tables[depth] = og_buf_copy(tables.data, tables.size);
        if (!plan->tables[depth])
            return og_error_set(err, OG_NO_MEMORY, "out of memory");
    }
    return OG_OK;
}

enum og_status og_plan_fit(struct og_plan *plan, const struct og_plan_counts *counts, struct og_error *err)
{
    for (unsigned depth = 0; depth < OG_PLAN_DEPTHS; depth++)
        for (unsigned i = 0; i < 2; i++) {
            unsigned counted = depth < OG_PLAN_COARSER ? depth : OG_PLAN_COARSER - 1;
            og_huffman_make(&counts->of[counted][i], &plan->coding[depth].huffman[i]);
            og_huffman_bits(&plan->coding[depth].huffman[i], &plan->bits[depth][i]);
        }
    struct og_jpeg_coder *coder = og_jpeg_coder_new();
    enum og_status status = coder ? make_tables(plan, coder, err) : og_error_set(err, OG_NO_MEMORY, "out of memory");
    og_jpeg_coder_destroy(&coder);
    return status;
}

void og_plan_add_counts(struct og_plan_counts *to, const struct og_plan_counts *counts)
{
    for (unsigned depth = 0; depth < OG_PLAN_COARSER; depth++)
        for (unsigned i = 0; i < 2; i++)
            og_symbols_add(&to->of[depth][i], &counts->of[depth][i]);
}

/* Small levels and short runs are frequent, and so are empty blocks. */
static void expect(struct og_symbol_counts *counts)
{
    for (unsigned size = 0; size < OG_DC_SYMBOLS; size++)
        counts->dc[size] = UINT64_C(1) << (OG_DC_SYMBOLS - size);
    for (unsigned run = 0; run < 16; run++)
        for (unsigned size = 1; size <= OG_AC_SIZE_MAX; size++)
            counts->ac[run << 4 | size] = UINT64_C(1) << (28 - 2 * size - run / 2);
    counts->ac[OG_AC_END] = UINT64_C(1) << 27;
}

static int divided(int n, int by)
{
    return (n + by / 2) / by;
}

static int bounded(int step)
{
    return step < 1 ? 1 : step > 255 ? 255 : step;
}

static int step_of_quality(int quality)
{
    return bounded(quality < 50 ? divided(2500, quality) : 100 - quality);
}

int og_plan_quality_of_step(int step)
{
    return step <= 50 ? 100 - step : divided(2500, step);
}

int og_plan_share(int step, int hundredths)
{
    return bounded(divided(step * hundredths, 100));
}

int og_plan_whole_step(double step)
{
    return bounded((int)(step + 0.5));
}

static struct og_quantiser make_quantiser(double wished, struct shape shape, bool trellis)
{
    struct og_quantiser q = {.lambda = 0};
    int step = og_plan_whole_step(wished);
    for (int i = 0; i < OG_BLOCK; i++) {
        int frequency = og_zigzag[i] % OG_BLOCK_SIDE + og_zigzag[i] / OG_BLOCK_SIDE;
        q.step[i] = (uint8_t)bounded(divided(step * (700 + shape.slope * frequency), 700));
    }
    q.step[0] = (uint8_t)bounded(divided(q.step[0], shape.dc));
    if (trellis)
        q.lambda =
            (uint32_t)(step * step * OG_DCT_ONE * OG_DCT_ONE * shape.bit * pow(wished / step, like_a_step) / 100 + 0.5);
    return q;
}

enum og_status og_plan_make(uint32_t width, uint32_t height, const struct og_plan_settings *s, struct og_plan *out,
                            struct og_error *err)
{
    *out = (struct og_plan){.kernels = og_kernels_choose(),
                            .coding = {{.components = 1}, {.components = 1}, {.components = 3}, {.components = 3}}};
    if (!og_pyramid_make(width, height, OG_TILE_SIZE, 0, &out->pyramid))
        return og_error_set(err, OG_UNSUPPORTED, "%u x %u pixels: a slide has 1 to %u on each side", width, height,
                            OG_PYRAMID_SIDE_MAX);
    out->prediction = (struct og_prediction){OG_PREDICTOR_TAPS, s->tuning, s->chroma_step > 0};
    struct og_plan_counts counts = {0};
    for (unsigned depth = 0; depth < OG_PLAN_COARSER; depth++)
        for (unsigned i = 0; i < 2; i++)
            expect(&counts.of[depth][i]);
    int base_step = step_of_quality(s->base_quality);
    int base_chroma_step = og_plan_share(base_step, s->chroma_step ? CHROMA_STEP_CORRECTED : CHROMA_STEP);
    out->coding[0].quantiser[0] = make_quantiser(s->l0_step, shape_l0, s->trellis);
    out->coding[1].quantiser[0] = make_quantiser(s->l1_step, shape_l1, s->trellis);
    if (s->chroma_step) {
        out->coding[1].components = 3;
        out->coding[1].quantiser[1] = make_quantiser(s->chroma_step, shape_l1_chroma, s->trellis);
    }
    out->coding[2].quantiser[0] = make_quantiser(base_step, shape_base, s->trellis);
    out->coding[2].quantiser[1] = make_quantiser(base_chroma_step, shape_chroma, s->trellis);
    out->coding[OG_PLAN_COARSER].quantiser[0] = out->coding[2].quantiser[0];
    out->coding[OG_PLAN_COARSER].quantiser[1] =
        make_quantiser(og_plan_share(base_step, CHROMA_STEP_COARSER), shape_chroma, s->trellis);
    enum og_status status = og_plan_fit(out, &counts, err);
    if (status != OG_OK)
        og_plan_release(out);
    return status;
}

void og_plan_release(struct og_plan *plan)
{
    for (unsigned depth = 0; depth < OG_PLAN_DEPTHS; depth++)
        og_buf_unref(&plan->tables[depth]);
}
