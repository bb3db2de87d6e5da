/* SPDX-License-Identifier: MIT */
/*
 * What leaving Origami and coming back costs: a picture is encoded, exported as a TIFF at quality 90, encoded again
 * from that, and so on. PSNR of each export's full size against the source and against the first export; bytes of
 * slides.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "image/fidelity.h"
#include "must.h"
#include "report.h"
#include "slides.h"
#include "tool/encode.h"
#include "tool/export.h"
#include "tool/preset.h"
#include "tool/rebuild.h"
#include "tool/slide_path.h"
#include "tool/source.h"
#include "tool/tissue.h"

enum { SIDE = 4096, QUICK_SIDE = 600, GENERATIONS = 3, ROWS = 64, PATH_ROOM = 512, NAME_ROOM = 80 };

struct strip {
    void *reader;
    uint8_t *rgb, *luma; /* the chroma planes follow the luma */
};

static struct strip strip_new(const struct og_source *source)
{
    struct strip strip = {.rgb = malloc((size_t)source->facts.width * ROWS * 3),
                          .luma = malloc((size_t)source->facts.width * ROWS * 3)};
    struct og_error err = {0};
    must(og_source_reader_new(source, &strip.reader, &err), &err);
    return strip;
}

static void strip_read(struct strip *strip, const struct og_source *source, int y, int rows)
{
    int width = (int)source->facts.width;
    size_t pixels = (size_t)width * (size_t)rows;
    struct og_error err = {0};
    must(source->kind->read(strip->reader, (struct og_rect){0, y, width, rows}, strip->rgb, (ptrdiff_t)width * 3, &err),
         &err);
    og_kernels_scalar.rgb_to_ycc(strip->rgb, pixels, strip->luma, strip->luma + pixels, strip->luma + 2 * pixels);
}

static void strip_free(struct strip *strip, const struct og_source *source)
{
    og_source_reader_destroy(source, strip->reader);
    free(strip->rgb);
    free(strip->luma);
}

struct likeness {
    double luma, rgb; /* PSNR in dB */
};

static struct likeness compare(const struct og_source *a, const struct og_source *b)
{
    struct strip sa = strip_new(a), sb = strip_new(b);
    int width = (int)a->facts.width, height = (int)a->facts.height;
    uint64_t luma = 0, rgb = 0, pixels = (uint64_t)width * (uint64_t)height;
    for (int y = 0; y < height; y += ROWS) {
        int rows = height - y < ROWS ? height - y : ROWS;
        strip_read(&sa, a, y, rows);
        strip_read(&sb, b, y, rows);
        luma += og_squared_error(&(struct og_plane){sa.luma, width, width, rows},
                                 &(struct og_plane){sb.luma, width, width, rows});
        rgb += og_squared_error(&(struct og_plane){sa.rgb, 3 * width, 3 * width, rows},
                                &(struct og_plane){sb.rgb, 3 * width, 3 * width, rows});
    }
    strip_free(&sa, a);
    strip_free(&sb, b);
    return (struct likeness){og_psnr(luma, pixels), og_psnr(rgb, 3 * pixels)};
}

struct generation {
    struct og_source *seen;   /* as it is served at the default quality */
    struct og_source *onward; /* what the next one is encoded from */
    double slide_kb, onward_kb;
};

static struct og_source *export_and_open(const struct og_slide *slide, const char *path, int quality, double *kb)
{
    struct og_export_options options = {.quality = quality};
    struct og_exported exported;
    struct og_error err = {0};
    struct og_source *out;
    remove(path);
    must(og_export(slide, path, &options, &exported, &err), &err);
    must(og_source_open_file(path, &out, &err), &err);
    *kb = (double)exported.bytes / 1e3;
    return out;
}

static struct generation next_generation(const struct og_source *from, const char *folder, int number, int quality)
{
    struct og_encode_options options = {
        .wish = {.aim = OG_PRESET_BALANCED, .chroma_step = OG_CHROMA_FOLLOWS, .trellis = true}};
    struct og_encode_result encoded;
    struct og_error err = {0};
    struct og_slide *slide;
    struct generation made;
    double seen_kb;
    char slide_path[PATH_ROOM], seen[PATH_ROOM], onward[PATH_ROOM];
    snprintf(slide_path, sizeof slide_path, "%s/slide.tif", folder);
    snprintf(seen, sizeof seen, "%s/seen%d.tif", folder, number);
    snprintf(onward, sizeof onward, "%s/onward%d.tif", folder, number);
    must(og_encode(from, slide_path, &options, &encoded, &err), &err);
    must(og_slide_open_path(slide_path, &slide, &err), &err);
    made.slide_kb = (double)encoded.file_bytes / 1e3;
    made.seen = export_and_open(slide, seen, OG_REBUILD_QUALITY_DEFAULT, &seen_kb);
    made.onward = export_and_open(slide, onward, quality, &made.onward_kb);
    og_slide_unref(&slide);
    return made;
}

static void say(const struct report *report, const char *row, const char *what, const char *unit, double value)
{
    char name[2 * NAME_ROOM];
    snprintf(name, sizeof name, "%s %s", row, what);
    report_figure(report, name, unit, &value, 1);
}

static void measure_by(const struct report *report, const char *folder, const char *input,
                       const struct og_source *source, int quality)
{
    struct generation made[GENERATIONS];
    for (int i = 0; i < GENERATIONS; i++) {
        char row[NAME_ROOM];
        made[i] = next_generation(i ? made[i - 1].onward : source, folder, i, quality);
        snprintf(row, sizeof row, "%.20s, by %d, %d:", input, quality, i + 1);
        struct likeness to_source = compare(made[i].seen, source);
        say(report, row, "luma to source", "dB", to_source.luma);
        say(report, row, "RGB to source", "dB", to_source.rgb);
        if (i > 0) {
            struct likeness to_first = compare(made[i].seen, made[0].seen);
            say(report, row, "luma to first", "dB", to_first.luma);
            say(report, row, "RGB to first", "dB", to_first.rgb);
        }
        say(report, row, "slide", "kB", made[i].slide_kb);
        say(report, row, "export", "kB", made[i].onward_kb);
    }
    for (int i = 0; i < GENERATIONS; i++) {
        og_source_close(&made[i].seen);
        og_source_close(&made[i].onward);
    }
}

static void measure(const struct report *report, const char *folder, const char *input, struct og_source *source)
{
    static const int qualities[] = {OG_REBUILD_QUALITY_DEFAULT, 100};
    for (unsigned i = 0; i < sizeof qualities / sizeof qualities[0]; i++)
        measure_by(report, folder, input, source, qualities[i]);
    og_source_close(&source);
}

static void measure_tissue(const struct report *report, const char *folder)
{
    uint32_t side = report->quick ? QUICK_SIDE : SIDE;
    struct og_tissue tissue;
    struct og_source *source;
    struct og_error err = {0};
    og_tissue_make(side, side, 1, 0, &tissue);
    must(og_source_open_tissue(&tissue, &source, &err), &err);
    measure(report, folder, "tissue", source);
}

static void measure_real(const struct report *report, const char *folder)
{
    const char *real = getenv("OG_REAL_SLIDES");
    DIR *all = real ? opendir(real) : NULL;
    for (struct dirent *entry; all && (entry = readdir(all));) {
        char path[PATH_ROOM];
        struct stat info;
        struct og_source *source;
        struct og_error err = {0};
        snprintf(path, sizeof path, "%s/%s", real, entry->d_name);
        if (stat(path, &info) == 0 && S_ISREG(info.st_mode) && og_source_open_file(path, &source, &err) == OG_OK)
            measure(report, folder, entry->d_name, source);
    }
    if (all)
        closedir(all);
}

int main(int argc, char **argv)
{
    struct report report = report_open("generations", argc, argv);
    struct slides slides;
    slides_open(&slides); /* for its folder */
    report_title(&report, "exported and encoded again");
    measure_tissue(&report, slides.folder);
    measure_real(&report, slides.folder);
    slides_close(&slides);
    return 0;
}
