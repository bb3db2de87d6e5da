/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "tool/encode_job.h"
#include "tool/picture.h"
#include "tool/slide_path.h"
#include "tool/tissue.h"
#include "tool/verbs.h"

static bool is_slide_name(const char *path)
{
    size_t length = strlen(path);
    return length >= 4 && strcmp(path + length - 4, ".tif") == 0;
}

static enum og_status check_picture(const struct og_arguments *arguments, struct og_error *err)
{
    uint32_t senseless = arguments->given & OG_TAKES_SLIDE;
    if (!senseless)
        return OG_OK;
    return og_error_set(err, OG_INVALID, "--%s is for slides; %s becomes an ordinary picture",
                        og_options_name(senseless), arguments->values.out);
}

static enum og_status write_slide(const struct og_source *source, const struct og_values *values, FILE *out,
                                  struct og_error *err)
{
    enum og_status status = og_slide_check_name(values->out, err);
    return status == OG_OK ? og_encode_job(source, values, out, err) : status;
}

static enum og_status run(const struct og_arguments *arguments, FILE *out, struct og_error *err)
{
    const struct og_values *values = &arguments->values;
    if (!values->out)
        return og_error_set(err, OG_INVALID, "where to? give -o OUT.tif or -o OUT.png");
    if (!values->size.width)
        return og_error_set(err, OG_INVALID, "how large? give --size WIDTHxHEIGHT");
    bool slide = is_slide_name(values->out) && !values->plain;
    enum og_status status = slide ? OG_OK : check_picture(arguments, err);
    if (status != OG_OK)
        return status;
    struct og_tissue tissue;
    struct og_source *source;
    og_tissue_make(values->size.width, values->size.height, (uint32_t)values->seed, (unsigned)values->glass, &tissue);
    status = og_source_open_tissue(&tissue, &source, err);
    if (status != OG_OK)
        return status;
    if (slide)
        status = write_slide(source, values, out, err);
    else
        status = og_picture_write(source, values->out, (unsigned)values->threads, values->quiet, err);
    og_source_close(&source);
    return status;
}

const struct og_verb og_verb_demo = {
    .name = "demo",
    .operands = "--size WxH -o OUT.tif",
    .operand_count = 0,
    .takes = OG_TAKES(OUT) | OG_TAKES(SIZE) | OG_TAKES(SEED) | OG_TAKES(GLASS) | OG_TAKES(PLAIN) | OG_TAKES_ENCODE |
             OG_TAKES(HELP),
    .summary = "make a slide of invented tissue, of any size",
    .explanation =
        "Draws tissue that looks like a haematoxylin and eosin stain at 0.25 \u00b5m per pixel; the same size,\n"
        "seed and share of glass always give the same pixels. OUT.tif becomes an Origami slide; any\n"
        "other name, or --plain, gives an ordinary picture in the format that the name says, with\n"
        "libvips' options in brackets; options that only a slide has are refused there.\n",
    .examples = "  origami demo --size 40000x30000 -o slides/demo.tif\n"
                "      a slide to look at\n"
                "  origami demo --size 4000x3000 --glass 0 --seed 7 -o dense.png\n"
                "      a picture of nothing but tissue, to encode later\n"
                "  origami demo --size 20000x15000 --plain -o 'scan.tif[tile,pyramid,compression=jpeg,bigtiff]'\n"
                "      a pyramid TIFF, as a scanner writes it\n",
    .run = run,
};
