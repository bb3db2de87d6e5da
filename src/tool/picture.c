/* SPDX-License-Identifier: MIT */
#include "tool/picture.h"

#include <stdio.h>
#include <string.h>

#include "base/thread.h"
#include "tool/monitor.h"
#include "tool/outfile.h"
#include "tool/vips.h"

struct drawing {
    const struct og_source *source;
    struct og_monitor monitor;
};

static void *start_reader(VipsImage *out, void *a, void *b)
{
    const struct og_source *source = a;
    struct og_error err = {0};
    void *reader = NULL;
    (void)out, (void)b;
    if (og_source_reader_new(source, &reader, &err) != OG_OK)
        vips_error("origami", "%s", err.text);
    return reader;
}

static int draw(VipsRegion *region, void *reader, void *a, void *b, gboolean *stop)
{
    const struct og_source *source = a;
    const VipsRect *r = &region->valid;
    struct og_rect area = {r->left, r->top, r->width, r->height};
    struct og_error err = {0};
    (void)b, (void)stop;
    if (source->kind->read(reader, area, VIPS_REGION_ADDR(region, r->left, r->top),
                           (ptrdiff_t)VIPS_REGION_LSKIP(region), &err) == OG_OK)
        return 0;
    vips_error("origami", "%s", err.text);
    return -1;
}

static int stop_reader(void *reader, void *a, void *b)
{
    const struct og_source *source = a;
    (void)b;
    og_source_reader_destroy(source, reader);
    return 0;
}

static void watch(VipsImage *image, VipsProgress *progress, void *context)
{
    struct drawing *drawing = context;
    if (!og_monitor_look(&drawing->monitor, (uint64_t)progress->npels, (uint64_t)progress->tpels))
        vips_image_set_kill(image, TRUE);
}

static VipsImage *make_image(struct drawing *drawing, unsigned threads)
{
    const struct og_source_facts *facts = &drawing->source->facts;
    VipsImage *image = vips_image_new();
    double xres = facts->mpp_x > 0 ? 1000 / facts->mpp_x : 1, yres = facts->mpp_y > 0 ? 1000 / facts->mpp_y : 1;
    vips_image_init_fields(image, (int)facts->width, (int)facts->height, 3, VIPS_FORMAT_UCHAR, VIPS_CODING_NONE,
                           VIPS_INTERPRETATION_sRGB, xres, yres);
    if (vips_image_pipelinev(image, VIPS_DEMAND_STYLE_SMALLTILE, NULL) ||
        vips_image_generate(image, start_reader, draw, stop_reader, (void *)drawing->source, NULL)) {
        g_object_unref(image);
        return NULL;
    }
    vips_image_set_int(image, VIPS_META_CONCURRENCY, (int)(threads ? threads : og_thread_cores()));
    vips_image_set_progress(image, TRUE);
    g_signal_connect(image, "eval", G_CALLBACK(watch), drawing);
    return image;
}

/* libvips knows the file by the name that it has until it is whole. */
static enum og_status complain(const struct og_outfile *file, struct og_error *err)
{
    og_vips_error(err, OG_IO, file->path, "write the picture");
    GString *text = g_string_new(err->text);
    g_string_replace(text, file->temporary, file->path, 0);
    og_error_set(err, OG_IO, "%s", text->str);
    g_string_free(text, TRUE);
    return OG_IO;
}

static enum og_status write_file(struct drawing *drawing, const char *name, const char *options, unsigned threads,
                                 struct og_error *err)
{
    struct og_outfile file;
    const char *suffix = strrchr(name, '.');
    enum og_status status = og_outfile_open(name, suffix ? suffix : "", &file, err);
    if (status != OG_OK)
        return status;
    g_autofree char *target = g_strconcat(file.temporary, options, NULL);
    VipsImage *image = make_image(drawing, threads);
    if (!image || vips_image_write_to_file(image, target, NULL))
        status = og_interrupt_came(&drawing->monitor.interrupt)
                     ? og_error_set(err, OG_STOPPING, "%s: stopped before it was whole; nothing was kept", name)
                     : complain(&file, err);
    if (status == OG_OK)
        status = og_outfile_commit(&file, err);
    if (image)
        g_object_unref(image);
    og_outfile_discard(&file);
    return status;
}

enum og_status og_picture_write(const struct og_source *source, const char *path, unsigned threads, bool quiet,
                                struct og_error *err)
{
    struct drawing drawing = {.source = source};
    og_monitor_begin(&drawing.monitor, "drawing", quiet);
    enum og_status status = og_vips_start(err);
    if (status == OG_OK) {
        g_autofree char *name = vips_filename_get_filename(path);
        g_autofree char *options = vips_filename_get_options(path);
        status = write_file(&drawing, name, options, threads, err);
    }
    og_monitor_end(&drawing.monitor);
    return status;
}
