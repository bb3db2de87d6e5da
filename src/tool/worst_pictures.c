/* SPDX-License-Identifier: MIT */
#include "tool/worst_pictures.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tool/outfile.h"
#include "tool/reference.h"
#include "tool/unpack.h"
#include "tool/vips.h"

enum { T = OG_TILE_SIZE, WIDTH_MAX = 3 * T + 2 * OG_WORST_GAP, WHITE = 255 };

struct easel {
    const struct og_kernels *kernels;
    struct og_reference *reference;
    struct og_unpacker *unpacker;
    uint8_t pixels[T * WIDTH_MAX * 3];
};

enum og_status og_worst_folder(const char *folder, bool *made, struct og_error *err)
{
    struct stat st;
    *made = mkdir(folder, 0777) == 0;
    if (*made || (errno == EEXIST && stat(folder, &st) == 0 && S_ISDIR(st.st_mode)))
        return OG_OK;
    return og_error_set(err, OG_IO, "%s: cannot make this folder: %s", folder, g_strerror(errno));
}

void og_worst_name(unsigned rank, const struct og_tile_score *tile, char *room, size_t size)
{
    g_snprintf(room, (gulong)size, "worst-%02u-L0-%u_%u.png", rank, tile->x, tile->y);
}

static bool is_picture(const char *name)
{
    unsigned rank;
    struct og_tile_score tile = {0};
    char same[64];
    if (sscanf(name, "worst-%u-L0-%u_%u.png", &rank, &tile.x, &tile.y) != 3)
        return false;
    og_worst_name(rank, &tile, same, sizeof same);
    return strcmp(name, same) == 0;
}

static enum og_status take_old_away(const char *folder, struct og_error *err)
{
    DIR *all = opendir(folder);
    int error = all ? 0 : errno;
    for (struct dirent *entry = all ? readdir(all) : NULL; entry && !error; entry = readdir(all))
        if (is_picture(entry->d_name) && unlinkat(dirfd(all), entry->d_name, 0) != 0)
            error = errno;
    if (all)
        closedir(all);
    return error ? og_outfile_error(folder, "take away its old pictures", error, err) : OG_OK;
}

static void draw_difference(const uint8_t *source, const uint8_t *slide, int samples, uint8_t *out)
{
    for (int i = 0; i < samples; i++) {
        int v = 128 + OG_WORST_GAIN * (slide[i] - source[i]);
        out[i] = (uint8_t)(v < 0 ? 0 : v > 255 ? 255 : v);
    }
}

static void draw_tile(struct easel *e, const struct og_tally_source *source, const struct og_plane tile[3],
                      bool chroma_halved)
{
    int width = source->planes[0].width, step = 3 * (width + OG_WORST_GAP), row = 3 * (3 * width + 2 * OG_WORST_GAP);
    for (int y = 0; y < source->planes[0].height; y++) {
        uint8_t *to = e->pixels + y * row;
        memset(to, WHITE, (size_t)row);
        og_tally_rgb_row(e->kernels, source, tile, chroma_halved, y, to, to + step);
        draw_difference(to, to + step, 3 * width, to + 2 * step);
    }
}

static enum og_status write_picture(const struct easel *e, const char *path, int width, int height,
                                    struct og_error *err)
{
    struct og_outfile file;
    enum og_status status = og_outfile_open(path, ".png", &file, err);
    if (status != OG_OK)
        return status;
    int whole = 3 * width + 2 * OG_WORST_GAP;
    size_t size = (size_t)whole * (size_t)height * 3;
    VipsImage *picture = vips_image_new_from_memory(e->pixels, size, whole, height, 3, VIPS_FORMAT_UCHAR);
    if (!picture || vips_pngsave(picture, file.temporary, NULL))
        status = og_vips_error(err, OG_IO, path, "write the picture");
    if (picture)
        g_object_unref(picture);
    if (status == OG_OK)
        status = og_outfile_commit(&file, err);
    og_outfile_discard(&file);
    return status;
}

static enum og_status draw(struct easel *e, const struct og_slide *slide, const struct og_tile_score *worst,
                           const char *path, struct og_error *err)
{
    struct og_plane planes[3];
    struct og_unpacked unpacked;
    bool halved;
    uint32_t fx = worst->x / 4, fy = worst->y / 4;
    unsigned slot = og_place_slot((struct og_place){0, worst->x % 4, worst->y % 4});
    enum og_status status = og_reference_read(e->reference, fx, fy, err);
    if (status == OG_OK)
        status = og_unpack_family(e->unpacker, slide, fx, fy, UINT32_C(1) << slot, &unpacked, err);
    if (status == OG_OK && unpacked.bad)
        status = og_error_set(err, OG_DAMAGED, "L0 tile %u, %u: the slide changed meanwhile", worst->x, worst->y);
    if (status != OG_OK)
        return status;
    struct og_tally_source source = og_reference_tile(e->reference, slot);
    og_unpacked_tile(&unpacked, slot, planes, &halved);
    draw_tile(e, &source, planes, halved);
    return write_picture(e, path, source.planes[0].width, source.planes[0].height, err);
}

enum og_status og_worst_draw(const char *folder, const struct og_source *source, const struct og_slide *slide,
                             const struct og_verified *found, const struct og_verify_options *options,
                             struct og_error *err)
{
    struct easel *e = calloc(1, sizeof *e);
    if (!e)
        return og_error_set(err, OG_NO_MEMORY, "out of memory");
    const struct og_pyramid *pyramid = &og_slide_facts(slide)->pyramid;
    uint64_t pixels = (uint64_t)pyramid->width * pyramid->height;
    e->kernels = og_kernels_choose();
    enum og_status status = take_old_away(folder, err);
    if (status == OG_OK)
        status = og_reference_new(source, pyramid, e->kernels, &e->reference, err);
    if (status == OG_OK)
        status = og_unpacker_new(&e->unpacker, err);
    for (unsigned i = 0; i < found->worst_count && status == OG_OK; i++) {
        char name[64];
        og_worst_name(i + 1, &found->worst[i], name, sizeof name);
        g_autofree char *path = g_build_filename(folder, name, NULL);
        status = draw(e, slide, &found->worst[i], path, err);
        if (status == OG_OK && options->watch && !options->watch(options->context, pixels, pixels))
            status = og_error_set(err, OG_STOPPING, "stopped before all pictures were drawn");
    }
    og_reference_destroy(&e->reference);
    og_unpacker_destroy(&e->unpacker);
    free(e);
    return status;
}
