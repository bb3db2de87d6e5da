/* SPDX-License-Identifier: MIT */
#include "desk.h"

#include <stdlib.h>
#include <string.h>

#include "must.h"

void desk_open(struct desk *desk, const struct og_catalogue *catalogue, const char *id, int quality)
{
    *desk = (struct desk){.slide = og_catalogue_find(catalogue, id, strlen(id)),
                          .family = og_family_new(false),
                          .decoder = og_jpeg_decoder_new(og_kernels_choose()),
                          .floor = floor_new(quality),
                          .buffer = malloc(OG_SLIDE_BUFFER_BYTES)};
    struct og_error err = {0};
    must(og_reader_new(OG_READER_AUTO, &desk->reader, &err), &err);
    desk->family->prediction = og_slide_facts(desk->slide)->prediction;
    desk->grid = og_pyramid_grid(&og_slide_facts(desk->slide)->pyramid, 2);
}

void desk_put(struct desk *desk, uint32_t x, uint32_t y)
{
    struct og_error err = {0};
    struct og_stored_family *stored = &desk->stored;
    must(og_slide_read_family(desk->slide, desk->reader, x, y, desk->buffer, stored, &err), &err);
    for (unsigned slot = 0; slot < OG_FAMILY_SLOTS; slot++) {
        bool there = stored->stream[slot].size > 0;
        if (there)
            must(og_family_decode(desk->family, slot, desk->decoder, stored->tables[og_slot_place(slot).depth],
                                  stored->stream[slot], OG_TILE_SIZE, OG_TILE_SIZE, &err),
                 &err);
        if (slot != OG_SLOT_L2)
            og_family_rebuild(desk->family, og_kernels_choose(), slot, there);
    }
}

void desk_close(struct desk *desk)
{
    free(desk->buffer);
    floor_destroy(desk->floor);
    og_jpeg_decoder_destroy(&desk->decoder);
    og_family_destroy(&desk->family);
    og_reader_destroy(&desk->reader);
    og_slide_unref(&desk->slide);
}
