/* SPDX-License-Identifier: MIT */
#include "source_facts.h"

#include <stdlib.h>
#include <string.h>

#define MPP_OF_A_MICROSCOPE 20.0 /* coarser than that is a resolution made for printers */

static const char *property(VipsImage *image, const char *name)
{
    const char *text;
    return vips_image_get_typeof(image, name) && vips_image_get_string(image, name, &text) == 0 ? text : NULL;
}

static double number(VipsImage *image, const char *name)
{
    const char *text = property(image, name);
    double value = text ? g_ascii_strtod(text, NULL) : 0;
    return value > 0 && value < 1e6 ? value : 0;
}

static double plausible(double pixels_per_mm)
{
    double mpp = pixels_per_mm > 0 ? 1000 / pixels_per_mm : 0;
    return mpp < MPP_OF_A_MICROSCOPE && mpp > 0.001 ? mpp : 0;
}

static double tiff_pixels_per_mm(VipsImage *image, const char *name)
{
    const char *unit = property(image, "tiff.ResolutionUnit");
    double unit_mm = unit && strcmp(unit, "centimeter") == 0 ? 10 : unit && strcmp(unit, "inch") == 0 ? 25.4 : 0;
    return unit_mm > 0 ? number(image, name) / unit_mm : 0;
}

static void read_resolution(VipsImage *image, struct og_source_facts *facts)
{
    facts->mpp_x = number(image, "openslide.mpp-x");
    facts->mpp_y = number(image, "openslide.mpp-y");
    if (facts->mpp_x > 0 && facts->mpp_y > 0)
        return;
    facts->mpp_x = plausible(tiff_pixels_per_mm(image, "tiff.XResolution"));
    facts->mpp_y = plausible(tiff_pixels_per_mm(image, "tiff.YResolution"));
    if (facts->mpp_x > 0 && facts->mpp_y > 0)
        return;
    facts->mpp_x = plausible(image->Xres);
    facts->mpp_y = plausible(image->Yres);
    if (!(facts->mpp_x > 0 && facts->mpp_y > 0))
        facts->mpp_x = facts->mpp_y = 0;
}

static void swap_sides(struct og_source_facts *facts)
{
    uint32_t width = facts->width;
    double mpp_x = facts->mpp_x;
    facts->width = facts->height;
    facts->height = width;
    facts->mpp_x = facts->mpp_y;
    facts->mpp_y = mpp_x;
}

void og_source_read_facts(VipsImage *image, struct og_source_facts *facts)
{
    facts->width = (uint32_t)image->Xsize;
    facts->height = (uint32_t)image->Ysize;
    read_resolution(image, facts);
    if (vips_image_get_orientation_swap(image))
        swap_sides(facts);
    facts->magnification = number(image, "openslide.objective-power");
    const char *vendor = property(image, "openslide.vendor");
    g_strlcpy(facts->vendor, vendor ? vendor : "", sizeof facts->vendor);
}

void og_source_background(VipsImage *image, double rgb[3])
{
    rgb[0] = rgb[1] = rgb[2] = 255;
    const char *text = property(image, "openslide.background-color");
    if (!text || strlen(text) != 6)
        return;
    for (int i = 0; i < 3; i++) {
        int high = g_ascii_xdigit_value(text[2 * i]), low = g_ascii_xdigit_value(text[2 * i + 1]);
        rgb[i] = high >= 0 && low >= 0 ? 16 * high + low : 255;
    }
}

static void borrow_profile(VipsImage **image, const char *path)
{
    VipsImage *head, *copy;
    const void *data;
    size_t size;
    if (vips_tiffload(path, &head, NULL)) { /* not a TIFF at all */
        vips_error_clear();
        return;
    }
    if (vips_image_get_typeof(head, VIPS_META_ICC_NAME) &&
        vips_image_get_blob(head, VIPS_META_ICC_NAME, &data, &size) == 0 && vips_copy(*image, &copy, NULL) == 0) {
        vips_image_set_blob_copy(copy, VIPS_META_ICC_NAME, data, size);
        g_object_unref(*image);
        *image = copy;
    }
    g_object_unref(head);
}

const void *og_source_profile(VipsImage **image, const char *path, size_t *size)
{
    const void *data;
    if (!vips_image_get_typeof(*image, VIPS_META_ICC_NAME) && property(*image, "openslide.vendor"))
        borrow_profile(image, path);
    if (!vips_image_get_typeof(*image, VIPS_META_ICC_NAME) ||
        vips_image_get_blob(*image, VIPS_META_ICC_NAME, &data, size))
        return NULL;
    return data;
}

static uint32_t big_endian(const uint8_t *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

/* The profile's description says so: as ASCII (version 2) or UTF-16 (version 4). */
bool og_profile_is_srgb(const void *profile, size_t size)
{
    const uint8_t *bytes = profile;
    if (size < 132)
        return false;
    uint32_t tags = big_endian(bytes + 128);
    for (uint32_t i = 0; i < tags && 132 + 12 * (size_t)(i + 1) <= size; i++) {
        const uint8_t *tag = bytes + 132 + 12 * (size_t)i;
        size_t offset = big_endian(tag + 4), length = big_endian(tag + 8);
        if (memcmp(tag, "desc", 4) != 0 || offset > size || length > size - offset)
            continue;
        return memmem(bytes + offset, length, "sRGB", 4) || memmem(bytes + offset, length, "s\0R\0G\0B", 7);
    }
    return false;
}
