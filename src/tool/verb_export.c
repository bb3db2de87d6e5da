/* SPDX-License-Identifier: MIT */
#include "tool/export.h"

#include "tool/monitor.h"
#include "tool/slide_path.h"
#include "tool/verbs.h"
#include "tool/words.h"

static void report(const char *path, const struct og_exported *exported, FILE *out)
{
    char tiles[32], bytes[32], duration[32];
    og_words_count(exported->tiles, tiles, sizeof tiles);
    og_words_bytes(exported->bytes, bytes, sizeof bytes);
    og_words_duration(exported->seconds, duration, sizeof duration);
    fprintf(out, "%s: %u levels, %s tiles of %s together, in %s\n", path, exported->levels, tiles, bytes, duration);
}

static enum og_status export_slide(const struct og_slide *slide, const struct og_values *values, FILE *out,
                                   struct og_error *err)
{
    struct og_monitor monitor;
    struct og_exported exported;
    struct og_export_options options = {.quality = (int)values->quality,
                                        .threads = (unsigned)values->threads,
                                        .watch = og_monitor_look,
                                        .context = &monitor};
    og_monitor_begin(&monitor, "exporting", values->quiet);
    enum og_status status = og_export(slide, values->out, &options, &exported, err);
    og_monitor_end(&monitor);
    if (status == OG_OK && !values->quiet)
        report(values->out, &exported, out);
    return status;
}

static enum og_status run(const struct og_arguments *arguments, FILE *out, struct og_error *err)
{
    const struct og_values *values = &arguments->values;
    struct og_slide *slide;
    if (!values->out)
        return og_error_set(err, OG_INVALID, "where to? give -o NAME.dzi or -o NAME.tif");
    enum og_status status = og_slide_open_path(arguments->operands[0], &slide, err);
    if (status != OG_OK)
        return status;
    status = export_slide(slide, values, out, err);
    og_slide_unref(&slide);
    return status;
}

const struct og_verb og_verb_export = {
    .name = "export",
    .operands = "SLIDE -o NAME.dzi | NAME.tif",
    .operand_count = 1,
    .takes = OG_TAKES(OUT) | OG_TAKES(QUALITY) | OG_TAKES(THREADS) | OG_TAKES(QUIET) | OG_TAKES(HELP),
    .summary = "make of a slide what other programs read at full size: Deep Zoom or a pyramid TIFF",
    .explanation =
        "NAME.dzi becomes a Deep Zoom image for any web server: every tile of every level in NAME_files/, byte\n"
        "for byte as origamid serves it at the same quality. NAME.tif becomes an ordinary tiled BigTIFF for\n"
        "OpenSlide, QuPath, libvips and whatever else reads such files: full size first, then one reduced image\n"
        "for each level, with the resolution. Of a slide's own tiles those from a quarter of its size down go\n"
        "into it as they are; the two finest levels are rebuilt and compressed as JPEG once, as they are served.\n"
        "SLIDE is an Origami slide or, for NAME.dzi, anything else that origamid serves.\n"
        "What has the name, at the start or by the end, is never replaced. The result has its name when it is whole, "
        "NAME.dzi last.\n",
    .examples = "  origami export slides/biopsy.tif -o biopsy.tif\n"
                "      a file for OpenSlide and QuPath\n"
                "  origami export slides/biopsy.tif -o /srv/www/biopsy.dzi\n"
                "      a folder for a web server that knows nothing of Origami\n"
                "  origami export slides/biopsy.tif -o biopsy.tif --quality 95\n"
                "      larger, and still nearer to what the slide holds\n",
    .run = run,
};
