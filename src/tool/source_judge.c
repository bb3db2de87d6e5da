/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "source_facts.h"
#include "tool/words.h"

enum { PAGES_LOOKED_AT = 64 };

enum og_status og_source_check_file(const char *path, struct og_error *err)
{
    struct stat st;
    if (stat(path, &st))
        return og_error_set(err, OG_IO, "%s: cannot open: %s", path, g_strerror(errno));
    if (S_ISDIR(st.st_mode))
        return og_error_set(err, OG_UNSUPPORTED, "%s: is a folder, not a picture or slide", path);
    if (!S_ISREG(st.st_mode))
        return og_error_set(err, OG_UNSUPPORTED, "%s: is no regular file", path);
    if (access(path, R_OK))
        return og_error_set(err, OG_IO, "%s: cannot open: %s", path, g_strerror(errno));
    if (st.st_size == 0)
        return og_error_set(err, OG_UNSUPPORTED, "%s: the file is empty", path);
    return OG_OK;
}

uint64_t og_source_spooled_bytes(VipsImage *image, const char *path)
{
    const char *loader = vips_foreign_find_load(path);
    if (loader && vips_foreign_flags(loader, path) & VIPS_FOREIGN_PARTIAL)
        return 0;
    uint64_t bytes = VIPS_IMAGE_SIZEOF_IMAGE(image);
    return bytes > vips_get_disc_threshold() ? bytes : 0;
}

enum og_status og_source_check_room(uint64_t bytes, const char *path, struct og_error *err)
{
    struct statvfs fs;
    char needed[32], left[32];
    if (statvfs(g_get_tmp_dir(), &fs) != 0)
        return og_error_set(err, OG_IO, "%s: cannot be decoded into a file in %s: %s; TMPDIR names another folder",
                            path, g_get_tmp_dir(), g_strerror(errno));
    uint64_t room = (uint64_t)fs.f_bavail * fs.f_frsize;
    if (room >= bytes)
        return OG_OK;
    og_words_bytes(bytes, needed, sizeof needed);
    og_words_bytes(room, left, sizeof left);
    return og_error_set(err, OG_IO,
                        "%s: is decoded into a file of %s, and in %s is room for %s; TMPDIR names another folder", path,
                        needed, g_get_tmp_dir(), left);
}

static bool is_origami(VipsImage *image)
{
    static const char *const names[] = {"openslide.comment", "tiff.ImageDescription", "image-description"};
    for (unsigned i = 0; i < G_N_ELEMENTS(names); i++) {
        const char *text;
        if (vips_image_get_typeof(image, names[i]) && vips_image_get_string(image, names[i], &text) == 0 &&
            text[0] == '{' && strstr(text, "\"origami\""))
            return true;
    }
    return false;
}

static enum og_status judge_page(const VipsImage *first, const char *path, int page, int pages, struct og_error *err)
{
    VipsImage *other = vips_image_new_from_file(path, "page", page, NULL);
    if (!other) {
        vips_error_clear();
        return OG_OK;
    }
    bool as_large = other->Xsize >= first->Xsize && other->Ysize >= first->Ysize;
    g_object_unref(other);
    if (!as_large)
        return OG_OK;
    return og_error_set(err, OG_UNSUPPORTED,
                        "%s: has %d pages, and page %d is as large as the first: a stack or an animation, not one "
                        "picture; save the page that you want as a file of its own",
                        path, pages, page + 1);
}

/* Colour spaces whose numbers mean the same in every format. */
static bool has_a_measure(VipsInterpretation space)
{
    return space == VIPS_INTERPRETATION_scRGB || space == VIPS_INTERPRETATION_LAB ||
           space == VIPS_INTERPRETATION_LABS || space == VIPS_INTERPRETATION_XYZ || space == VIPS_INTERPRETATION_LCH ||
           space == VIPS_INTERPRETATION_YXY;
}

static enum og_status judge_samples(VipsImage *image, const char *path, struct og_error *err)
{
    VipsBandFormat format = image->BandFmt;
    if (format == VIPS_FORMAT_UCHAR || format == VIPS_FORMAT_USHORT ||
        has_a_measure(vips_image_guess_interpretation(image)))
        return OG_OK;
    return og_error_set(
        err, OG_UNSUPPORTED,
        "%s: its samples are of the kind \"%s\", and nothing says which number is white; save it with 8 "
        "or 16 bits for each sample",
        path, vips_enum_nick(VIPS_TYPE_BAND_FORMAT, (int)format));
}

/* Further pages may be a pyramid's smaller levels. */
enum og_status og_source_judge(VipsImage *image, const char *path, struct og_error *err)
{
    if (is_origami(image))
        return og_error_set(err, OG_UNSUPPORTED, "%s: is an Origami slide already", path);
    enum og_status status = judge_samples(image, path, err);
    int pages = vips_image_get_typeof(image, VIPS_META_N_PAGES) ? vips_image_get_n_pages(image) : 1;
    for (int page = 1; page < pages && page < PAGES_LOOKED_AT && status == OG_OK; page++)
        status = judge_page(image, path, page, pages, err);
    return status;
}
