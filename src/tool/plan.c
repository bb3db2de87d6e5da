/* SPDX-License-Identifier: MIT */
#include "tool/family_maker.h"

static enum og_status make_tables(struct og_plan *plan, struct og_jpeg_encoder *encoder, struct og_error *err)
{
    for (unsigned depth = 0; depth < 3; depth++) {
        struct og_span tables;
        enum og_status status = og_jpeg_encode_tables(encoder, &plan->recipe[depth], &tables, err);
        if (status != OG_OK)
            return status;
        plan->tables[depth] = og_buf_copy(tables.data, tables.size);
        if (!plan->tables[depth])
            return og_error_set(err, OG_NO_MEMORY, "out of memory");
    }
    return OG_OK;
}

enum og_status og_plan_make(uint32_t width, uint32_t height, int base_quality, int l1_step, int l0_step,
                            struct og_plan *out, struct og_error *err)
{
    *out = (struct og_plan){
        .kernels = og_kernels_choose(),
        .recipe = {{.components = 1, .abbreviated = true, .flat_step = l0_step},
                   {.components = 1, .abbreviated = true, .flat_step = l1_step},
                   {.components = 3, .abbreviated = true, .quality = base_quality}},
    };
    if (!og_pyramid_make(width, height, OG_TILE_SIZE, 0, &out->pyramid))
        return og_error_set(err, OG_UNSUPPORTED, "%u x %u pixels: a slide has 1 to %u on each side", width, height,
                            OG_PYRAMID_SIDE_MAX);
    struct og_jpeg_encoder *encoder = og_jpeg_encoder_new();
    enum og_status status = encoder ? make_tables(out, encoder, err) : og_error_set(err, OG_NO_MEMORY, "out of memory");
    og_jpeg_encoder_destroy(&encoder);
    if (status != OG_OK)
        og_plan_release(out);
    return status;
}

void og_plan_release(struct og_plan *plan)
{
    for (unsigned depth = 0; depth < 3; depth++)
        og_buf_unref(&plan->tables[depth]);
}
