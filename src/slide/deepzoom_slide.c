/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "deepzoom.h"
#include "slide_format.h"

static enum og_status read_stored(void *state, struct og_reader *reader, unsigned depth, uint32_t x, uint32_t y,
                                  uint8_t *buffer, struct og_stored_tile *out, struct og_error *err)
{
    return og_deepzoom_read(state, reader, depth, x, y, buffer, OG_SLIDE_BUFFER_BYTES, &out->stream, err);
}

static enum og_status open_whole(int directory, const char *name, struct og_deepzoom *slide, struct og_error *err)
{
    enum og_status status = og_deepzoom_open(directory, name, slide, err);
    if (status != OG_OK)
        return status;
    status = og_deepzoom_look(slide, 0, 0, 0, err);
    if (status != OG_OK)
        og_deepzoom_close(slide);
    return status;
}

static enum og_status open_slide(int directory, const char *name, struct og_slide_facts *facts, void **state,
                                 struct og_error *err)
{
    struct og_deepzoom *slide = calloc(1, sizeof *slide);
    if (!slide)
        return og_error_set(err, OG_NO_MEMORY, "out of memory");
    enum og_status status = open_whole(directory, name, slide, err);
    if (status != OG_OK) {
        free(slide);
        return status;
    }
    og_deepzoom_describe(slide, facts);
    *state = slide;
    return OG_OK;
}

static void close_slide(void *state)
{
    og_deepzoom_close(state);
    free(state);
}

static const char *const parts[] = {"_files", NULL};

const struct og_slide_format og_deepzoom_format = {
    .name = "deepzoom",
    .suffix = OG_DEEPZOOM_SUFFIX,
    .parts = parts,
    .open = open_slide,
    .read_stored = read_stored,
    .close = close_slide,
};
