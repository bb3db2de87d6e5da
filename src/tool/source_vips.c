/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "source_facts.h"
#include "tool/source.h"
#include "tool/vips.h"

struct file_source {
    VipsImage *image; /* 8-bit sRGB, three bands */
    char *path;
    uint64_t spooled_bytes;
};

struct file_reader {
    VipsRegion *region;
    const struct file_source *source;
};

static void replace(VipsImage **image, VipsImage *by)
{
    g_object_unref(*image);
    *image = by;
}

static enum og_status reader_new(void *state, void **reader, struct og_error *err)
{
    struct file_source *s = state;
    struct file_reader *r = calloc(1, sizeof *r);
    *reader = r;
    if (!r)
        return og_error_set(err, OG_NO_MEMORY, "%s: out of memory", s->path);
    r->region = vips_region_new(s->image);
    r->source = s;
    return OG_OK;
}

/* When that is full, the reader that met it knows the reason, and others only that there is none. */
static enum og_status name_spool(const struct file_source *s, enum og_status status, struct og_error *err)
{
    struct og_error old = *err;
    return s->spooled_bytes == 0
               ? status
               : og_error_set(err, status, "%s; it is decoded into a file in %s (TMPDIR)", old.text, g_get_tmp_dir());
}

static enum og_status read_area(void *reader, struct og_rect area, uint8_t *rgb, ptrdiff_t stride, struct og_error *err)
{
    struct file_reader *r = reader;
    VipsRect rect = {area.x, area.y, area.width, area.height};
    if (vips_region_prepare(r->region, &rect)) {
        char what[80];
        g_snprintf(what, sizeof what, "read the %d x %d pixels at %d, %d", area.width, area.height, area.x, area.y);
        return name_spool(r->source, og_vips_error(err, OG_IO, r->source->path, what), err);
    }
    for (int y = 0; y < area.height; y++)
        memcpy(rgb + y * stride, VIPS_REGION_ADDR(r->region, area.x, area.y + y), (size_t)area.width * 3);
    return OG_OK;
}

static void reader_destroy(void *reader)
{
    struct file_reader *r = reader;
    g_object_unref(r->region);
    free(r);
    vips_thread_shutdown();
}

static void file_close(void *state)
{
    struct file_source *s = state;
    if (s->image)
        g_object_unref(s->image);
    g_free(s->path);
    free(s);
}

static const struct og_source_kind file_kind = {reader_new, read_area, reader_destroy, file_close};

static bool is_lab(VipsImage *image)
{
    VipsInterpretation is = vips_image_guess_interpretation(image);
    return is == VIPS_INTERPRETATION_LAB || is == VIPS_INTERPRETATION_LABQ || is == VIPS_INTERPRETATION_LABS;
}

/* Lab needs no profile, and libvips takes one for it amiss. */
static enum og_status to_srgb(struct file_source *s, struct og_source_facts *facts, struct og_error *err)
{
    VipsImage *out;
    size_t size;
    const void *profile = is_lab(s->image) ? NULL : og_source_profile(&s->image, s->path, &size);
    g_strlcpy(facts->icc,
              !profile                            ? "none"
              : og_profile_is_srgb(profile, size) ? "srgb"
                                                  : "converted",
              sizeof facts->icc);
    if (strcmp(facts->icc, "converted") == 0) {
        if (vips_icc_transform(s->image, &out, "srgb", "embedded", TRUE, "depth", 8, NULL) == 0) {
            replace(&s->image, out);
            return OG_OK;
        }
        vips_error_clear();
        g_strlcpy(facts->icc, "none", sizeof facts->icc);
        g_strlcpy(facts->warning, "the embedded colour profile does not fit the pixels and was ignored",
                  sizeof facts->warning);
    }
    if (vips_colourspace(s->image, &out, VIPS_INTERPRETATION_sRGB, NULL))
        return og_vips_error(err, OG_UNSUPPORTED, s->path, "turn its colours into sRGB");
    replace(&s->image, out);
    return OG_OK;
}

/* What EXIF and TIFF call orientation: which corner of the scene the first pixel is. */
static enum og_status turn_upright(struct file_source *s, struct og_error *err)
{
    VipsImage *out;
    if (vips_image_get_orientation(s->image) == 1)
        return OG_OK;
    if (vips_autorot(s->image, &out, NULL))
        return og_vips_error(err, OG_UNSUPPORTED, s->path, "turn it upright");
    replace(&s->image, out);
    return OG_OK;
}

static enum og_status to_rgb_bytes(struct file_source *s, struct og_error *err)
{
    VipsImage *out;
    if (s->image->BandFmt != VIPS_FORMAT_UCHAR) {
        if (vips_cast(s->image, &out, VIPS_FORMAT_UCHAR, NULL))
            return og_vips_error(err, OG_UNSUPPORTED, s->path, "turn its samples into bytes");
        replace(&s->image, out);
    }
    if (vips_image_hasalpha(s->image)) {
        double rgb[3];
        og_source_background(s->image, rgb);
        VipsArrayDouble *background = vips_array_double_new(rgb, 3);
        int failed = vips_flatten(s->image, &out, "background", background, NULL);
        vips_area_unref(VIPS_AREA(background));
        if (failed)
            return og_vips_error(err, OG_UNSUPPORTED, s->path, "lay its pixels on the background");
        replace(&s->image, out);
    }
    if (s->image->Bands != 3)
        return og_error_set(err, OG_UNSUPPORTED, "%s: %d channels per pixel: only grey and colour pictures are read",
                            s->path, s->image->Bands);
    return OG_OK;
}

static enum og_status load(struct file_source *s, struct og_source_facts *facts, struct og_error *err)
{
    s->image = vips_image_new_from_file(s->path, "access", VIPS_ACCESS_RANDOM, "fail_on", VIPS_FAIL_ON_ERROR, NULL);
    if (!s->image)
        return og_vips_error(err, OG_UNSUPPORTED, s->path, "open as a picture or slide");
    enum og_status status = og_source_judge(s->image, s->path, err);
    s->spooled_bytes = og_source_spooled_bytes(s->image, s->path);
    if (status == OG_OK && s->spooled_bytes)
        status = og_source_check_room(s->spooled_bytes, s->path, err);
    if (status != OG_OK)
        return status;
    og_source_read_facts(s->image, facts);
    if (vips_image_guess_interpretation(s->image) == VIPS_INTERPRETATION_scRGB)
        g_strlcpy(facts->warning, "its floating-point samples are taken as linear light (scRGB): 0 is black, 1 white",
                  sizeof facts->warning);
    status = turn_upright(s, err);
    if (status == OG_OK)
        status = to_srgb(s, facts, err);
    return status == OG_OK ? to_rgb_bytes(s, err) : status;
}

enum og_status og_source_open_file(const char *path, struct og_source **out, struct og_error *err)
{
    *out = NULL;
    enum og_status status = og_source_check_file(path, err);
    if (status == OG_OK)
        status = og_vips_start(err);
    if (status != OG_OK)
        return status;
    struct og_source *source = calloc(1, sizeof *source);
    struct file_source *s = calloc(1, sizeof *s);
    if (!source || !s) {
        free(source);
        free(s);
        return og_error_set(err, OG_NO_MEMORY, "%s: out of memory", path);
    }
    s->path = g_strdup(path);
    source->kind = &file_kind;
    source->state = s;
    source->facts.file = strdup(path);
    g_autofree char *name = g_path_get_basename(path);
    g_strlcpy(source->facts.name, name, sizeof source->facts.name);
    status = load(s, &source->facts, err);
    if (status != OG_OK)
        og_source_close(&source);
    *out = source;
    return status;
}
