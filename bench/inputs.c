/* SPDX-License-Identifier: MIT */
#include "inputs.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "must.h"
#include "tool/tissue.h"
#include "tool/vips.h"

enum {
    SIDE = 2048,
    QUICK_SIDE = 300,
    GLASS = 60,
    PIECE = 1024, /* at PIECE_X, PIECE_Y */
    PIECE_X = 603,
    PIECE_Y = 1005,
    SCALED = 1330, /* becomes 1024 */
    SCALED_X = 403,
    SCALED_Y = 805,
    WHOLE_X = 5,
    WHOLE_Y = 3,
    WHOLE_PIXELS_MAX = 1 << 24,
};

static unsigned add_tissue(bool quick, struct input *out)
{
    static const struct input all[] = {{.name = "tissue 1", .seed = 1, .is_drawn = true},
                                       {.name = "tissue 1, glass", .seed = 1, .glass = GLASS},
                                       {.name = "tissue 2", .seed = 2},
                                       {.name = "tissue 2, glass", .seed = 2, .glass = GLASS}};
    unsigned count = quick ? 1 : sizeof all / sizeof all[0];
    for (unsigned i = 0; i < count; i++) {
        out[i] = all[i];
        out[i].side = quick ? QUICK_SIDE : SIDE;
    }
    return count;
}

static void add_file(const char *path, const char *name, const char *part, struct og_rect area, double scale,
                     bool is_drawn, struct input *out)
{
    *out = (struct input){.area = area, .scale = scale, .is_drawn = is_drawn};
    snprintf(out->name, sizeof out->name, "%.*s%s", (int)strcspn(name, ".-"), name, part);
    snprintf(out->path, sizeof out->path, "%s", path);
}

static unsigned add_parts(const char *path, const char *name, int width, int height, struct input *out)
{
    unsigned n = 0;
    struct og_rect piece = {PIECE_X, PIECE_Y, PIECE, PIECE}, scaled = {SCALED_X, SCALED_Y, SCALED, SCALED};
    if (width >= PIECE_X + PIECE && height >= PIECE_Y + PIECE)
        add_file(path, name, ", piece", piece, 1, true, &out[n++]);
    if (width >= SCALED_X + SCALED && height >= SCALED_Y + SCALED)
        add_file(path, name, " × 0.77", scaled, (double)PIECE / SCALED, false, &out[n++]);
    if ((int64_t)width * height <= WHOLE_PIXELS_MAX)
        add_file(path, name, ", whole", (struct og_rect){WHOLE_X, WHOLE_Y, width - WHOLE_X, height - WHOLE_Y}, 1, false,
                 &out[n++]);
    return n;
}

static int is_visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static unsigned add_real(const char *folder, unsigned room, struct input *out)
{
    unsigned n = 0;
    struct dirent **all = NULL;
    int count = scandir(folder, &all, is_visible, alphasort);
    for (int i = 0; i < count; i++) {
        const char *name = all[i]->d_name;
        char path[512];
        struct stat info;
        struct og_source *source;
        struct og_error err = {0};
        snprintf(path, sizeof path, "%s/%s", folder, name);
        if (n + 3 <= room && stat(path, &info) == 0 && S_ISREG(info.st_mode) &&
            og_source_open_file(path, &source, &err) == OG_OK) {
            if (source->facts.vendor[0])
                n += add_parts(path, name, (int)source->facts.width, (int)source->facts.height, out + n);
            else
                add_file(path, name, "", (struct og_rect){0}, 1, true, &out[n++]);
            og_source_close(&source);
        }
        free(all[i]);
    }
    free(all);
    return n;
}

unsigned inputs_list(bool quick, struct input *out)
{
    const char *real = getenv("OG_REAL_SLIDES");
    unsigned n = add_tissue(quick, out);
    return real && !quick ? n + add_real(real, INPUTS_MAX - n, out + n) : n;
}

static struct og_source *open_tissue(const struct input *input)
{
    struct og_tissue tissue;
    struct og_source *source;
    struct og_error err = {0};
    og_tissue_make(input->side, input->side, input->seed, input->glass, &tissue);
    must(og_source_open_tissue(&tissue, &source, &err), &err);
    return source;
}

static void *read_area(const struct og_source *source, struct og_rect area)
{
    void *reader, *rgb = malloc((size_t)area.width * (size_t)area.height * 3);
    struct og_error err = {0};
    must(og_source_reader_new(source, &reader, &err), &err);
    must(source->kind->read(reader, area, rgb, 3 * (ptrdiff_t)area.width, &err), &err);
    og_source_reader_destroy(source, reader);
    return rgb;
}

/* The area as a file of its own, uncompressed. */
static void write_area(const struct og_source *source, const struct input *input, const char *path)
{
    struct og_rect area = input->area;
    struct og_error err = {0};
    void *rgb = read_area(source, area);
    size_t size = (size_t)area.width * (size_t)area.height * 3;
    VipsImage *whole = vips_image_new_from_memory(rgb, size, area.width, area.height, 3, VIPS_FORMAT_UCHAR);
    VipsImage *scaled = NULL;
    whole->Type = VIPS_INTERPRETATION_sRGB;
    if (vips_resize(whole, &scaled, input->scale, NULL) || vips_tiffsave(scaled, path, NULL))
        must(og_vips_error(&err, OG_IO, path, "write a part of a slide"), &err);
    g_object_unref(scaled);
    g_object_unref(whole);
    free(rgb);
}

struct picture *input_open(const struct input *input, const char *folder)
{
    struct og_source *source;
    struct og_error err = {0};
    if (input->side)
        return picture_new(input->name, open_tissue(input));
    must(og_source_open_file(input->path, &source, &err), &err);
    if (input->area.width) {
        char path[512];
        snprintf(path, sizeof path, "%s/part.tif", folder);
        remove(path);
        write_area(source, input, path);
        og_source_close(&source);
        must(og_source_open_file(path, &source, &err), &err);
    }
    return picture_new(input->name, source);
}
