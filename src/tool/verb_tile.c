/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "tool/interrupt.h"
#include "tool/outfile.h"
#include "tool/rebuild.h"
#include "tool/slide_path.h"
#include "tool/verbs.h"

static enum og_status read_number(const char *name, const char *text, uint32_t *out, struct og_error *err)
{
    uint64_t number;
    if (!og_parse_decimal(text, strlen(text), UINT32_MAX, &number))
        return og_error_set(err, OG_INVALID, "%s: \"%s\" is not a whole number", name, text);
    *out = (uint32_t)number;
    return OG_OK;
}

static enum og_status write_tile(const char *path, const struct og_buf *tile, struct og_error *err)
{
    struct og_outfile file;
    struct og_interrupt interrupt;
    og_interrupt_begin(&interrupt);
    enum og_status status = og_outfile_open(path, "", &file, err);
    if (status == OG_OK)
        status = og_outfile_write(&file, 0, tile->data, tile->size, err);
    if (status == OG_OK)
        status = og_outfile_commit(&file, err);
    og_outfile_discard(&file);
    og_interrupt_end(&interrupt);
    return status;
}

static enum og_status make_tile(const char *path, const uint32_t at[3], int quality, struct og_buf **out,
                                struct og_error *err)
{
    struct og_slide *slide;
    enum og_status status = og_slide_open_path(path, &slide, err);
    if (status != OG_OK)
        return status;
    struct og_rebuilder *rebuilder = og_rebuilder_new();
    status = rebuilder ? og_rebuilder_tile(rebuilder, slide, at[0], at[1], at[2], quality, out, err)
                       : og_error_set(err, OG_NO_MEMORY, "out of memory");
    og_rebuilder_destroy(&rebuilder);
    og_slide_unref(&slide);
    return status == OG_OK ? OG_OK : og_error_prefix(err, "%s", path);
}

static enum og_status run(const struct og_arguments *arguments, FILE *out, struct og_error *err)
{
    static const char *const names[3] = {"LEVEL", "X", "Y"};
    const struct og_values *values = &arguments->values;
    uint32_t at[3] = {0};
    enum og_status status = OG_OK;
    (void)out;
    if (!values->out)
        status = og_error_set(err, OG_INVALID, "where to? give -o OUT.jpg");
    else
        status = og_outfile_spares(values->out, arguments->operands[0], err);
    for (unsigned i = 0; i < 3 && status == OG_OK; i++)
        status = read_number(names[i], arguments->operands[1 + i], &at[i], err);
    if (status != OG_OK)
        return status;
    struct og_buf *tile = NULL;
    status = make_tile(arguments->operands[0], at, (int)values->quality, &tile, err);
    if (status == OG_OK && tile)
        status = write_tile(values->out, tile, err);
    og_buf_unref(&tile);
    return status;
}

const struct og_verb og_verb_tile = {
    .name = "tile",
    .operands = "SLIDE.tif LEVEL X Y -o OUT.jpg",
    .operand_count = 4,
    .takes = OG_TAKES(OUT) | OG_TAKES(QUALITY) | OG_TAKES(HELP),
    .summary = "take one tile out of a slide, as the daemon serves it",
    .explanation = "Writes the JPEG that origamid answers for /tiles/SLIDE/LEVEL/X_Y.jpg, byte for byte. Levels are\n"
                   "Deep Zoom's: 0 is one pixel, the largest is full size (origami info lists them); X and Y count\n"
                   "tiles from the upper left corner, from 0.\n",
    .examples = "  origami tile slides/biopsy.tif 17 120 88 -o tile.jpg\n"
                "      one tile of level 17\n"
                "  origami tile slides/biopsy.tif 0 0 0 -o pixel.jpg\n"
                "      the whole slide as one pixel\n",
    .run = run,
};
